/*
 * Rules on trends in the library (carrel/alerts.h): which works were past their thresholds before.
 * That a work comes to a rule once is a key of the schema; so it holds whoever looks at the same
 * time or dies, and the rule's mark only says whether looking again is worth while.
 */
#include "alerts_internal.h"

#include "carrel/clock.h"

int alerts_passed(struct store *store, const struct alert_rule *rule, int64_t work, bool *passed,
                  struct error *err)
{
    int64_t there;
    int result = store_lookup(store, &there,
                              "SELECT 1 FROM alert_passed WHERE rule_id = ?1 AND work_id = ?2",
                              NULL, rule->id, work, err);

    *passed = result == ERR_OK;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* *first: it never was, and is there. */
static int passed_note(struct store *store, int64_t rule, int64_t work, bool *first,
                       struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "INSERT OR IGNORE INTO alert_passed(rule_id, work_id) "
                                    "SELECT ?1, id FROM work WHERE id = ?2 RETURNING work_id",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, rule);
    stmt_bind_int(stmt, 2, work);
    step = stmt_step(stmt, err);
    *first = step == 1;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* No event stands behind it: its number is the row's own, below zero. */
static int journal_trend(struct store *store, const struct alert_rule *rule,
                         const struct alert_event *event, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "INSERT INTO alert(rule_id, rule, event, event_id, work_id, detail, at, hook) "
                     "SELECT ?1, ?2, 4, -1 - coalesce(max(id), 0), ?3, ?4, ?5, ?6 FROM alert",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, rule->id);
    stmt_bind_text(stmt, 2, rule->name);
    stmt_bind_int(stmt, 3, event->work);
    stmt_bind_text(stmt, 4, event->detail);
    stmt_bind_int(stmt, 5, clock_now_ms());
    stmt_bind_int(stmt, 6, rule->hook ? HOOK_WAITS : HOOK_NONE);
    return stmt_run(stmt, err);
}

/* *same: nobody has looked since the rule was read. */
static int trend_now(struct store *store, struct alert_rule *rule, bool *same, struct error *err)
{
    struct stmt *stmt;
    int64_t seen = rule->sampled;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT seen, sampled FROM alert_rule WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, rule->id);
    step = stmt_step(stmt, err);
    if (step == 1)
        seen = stmt_int(stmt, 0);
    *same = step == 1 && seen == rule->seen;
    if (!*same) {
        rule->sampled = step == 1 ? stmt_int(stmt, 1) : seen;
        rule->seen = seen;
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int alerts_settle_trend(struct store *store, struct alert_rule *rule,
                        const struct alert_event *events, size_t count, int64_t *added,
                        struct error *err)
{
    bool same = false, first_look = rule->seen < 0;
    size_t i;
    int result = store_begin(store, err);

    *added = 0;
    if (result != ERR_OK)
        return result;
    result = trend_now(store, rule, &same, err);
    if (result == ERR_OK && !same) {
        store_rollback(store);
        return ERR_OK;
    }
    for (i = 0; i < count && result == ERR_OK; i++) {
        bool first;

        result = passed_note(store, rule->id, events[i].work, &first, err);
        if (result != ERR_OK || !first || first_look || !events[i].hit)
            continue;
        result = journal_trend(store, rule, &events[i], err);
        ++*added;
    }
    if (result == ERR_OK)
        result = alerts_mark_move(store, rule->id, rule->sampled, err);
    result = alerts_end(store, result, err);
    if (result == ERR_OK)
        rule->seen = rule->sampled;
    return result;
}

static int passed_move(struct store *store, const char *sql, int64_t a, int64_t b,
                       struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, a);
    stmt_bind_int(stmt, 2, b);
    return stmt_run(stmt, err);
}

int alerts_merge(struct store *store, int64_t keep, int64_t gone, struct error *err)
{
    static const char *const sql[] = {
        "UPDATE OR REPLACE alert_passed SET work_id = ?1 WHERE work_id = ?2",
        "UPDATE alert SET work_id = ?1 WHERE work_id = ?2",
        "UPDATE alert_event SET work_id = sign(work_id) * ?1 WHERE work_id IN (?2, -?2)",
    };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(sql) && result == ERR_OK; i++)
        result = passed_move(store, sql[i], keep, gone, err);
    return result;
}

/* What the reader was told goes with the paper that was called so; its aliases must have moved. */
int alerts_split(struct store *store, int64_t from, int64_t to, struct error *err)
{
    static const char *const sql[] = {
        "INSERT OR IGNORE INTO alert_passed(rule_id, work_id) SELECT rule_id, ?2 "
        "FROM alert_passed WHERE work_id = ?1",
        "UPDATE alert SET work_id = ?2 WHERE work_id = ?1 AND key IN "
        "(SELECT scheme || ':' || value FROM alias WHERE work_id = ?2)",
        "UPDATE alert_event SET work_id = ?2 WHERE work_id = ?1 AND key IN "
        "(SELECT scheme || ':' || value FROM alias WHERE work_id = ?2)",
    };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(sql) && result == ERR_OK; i++)
        result = passed_move(store, sql[i], from, to, err);
    return result;
}
