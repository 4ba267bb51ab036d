/*
 * Alert rules and the events that wait for them (carrel/alerts.h). What happened is noted by the
 * triggers of schema/0013.sql; here rules take it, each behind its own mark. The journal is
 * alerts_journal.c.
 */
#include "alerts_internal.h"

#include "carrel/clock.h"

#include <math.h>
#include <string.h>

static const char *const alert_names[] = { "", "new", "replaced", "withdrawn", "trend" };

const char *alert_on_name(enum alert_on on)
{
    return (size_t)on < sizeof alert_names / sizeof *alert_names ? alert_names[on] : "";
}

bool alert_on_from(enum alert_on *on, const char *name)
{
    int i;

    for (i = ALERT_NEW; i <= ALERT_TREND; i++)
        if (strcmp(name, alert_names[i]) == 0) {
            *on = (enum alert_on)i;
            return true;
        }
    return false;
}

int alerts_end(struct store *store, int result, struct error *err)
{
    if (result == ERR_OK)
        result = store_commit(store, err);
    else
        store_rollback(store);
    return result;
}

static int rule_find(struct store *store, const char *name, int64_t *rule, struct error *err)
{
    return store_lookup(store, rule, "SELECT id FROM alert_rule WHERE name = ?1", name, 0, 0, err);
}

static void bind_limit(struct stmt *stmt, int at, double limit)
{
    if (isnan(limit))
        stmt_bind_null(stmt, at);
    else
        stmt_bind_double(stmt, at, limit);
}

static int rule_insert(struct store *store, const struct alert_rule *rule, struct error *err)
{
    struct stmt *stmt;
    int64_t there;
    int result = rule_find(store, rule->name, &there, err);

    if (result == ERR_OK)
        return error_set(err, ERR_EXISTS,
                         "there is an alert called '%s'; 'alert rm %s' takes it away", rule->name,
                         rule->name);
    if (result == ERR_NOTFOUND)
        result = stmt_prepare(
            &stmt, store,
            "INSERT INTO alert_rule(name, event, query, seen, created, metric, above, velocity, "
            "zscore) VALUES(?1, ?2, ?3, iif(?2 = 4, -1, coalesce((SELECT seq FROM sqlite_sequence "
            "WHERE name = 'alert_event'), 0)), ?4, ?5, ?6, ?7, ?8)",
            err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, rule->name);
    stmt_bind_int(stmt, 2, rule->on);
    stmt_bind_text(stmt, 3, rule->query);
    stmt_bind_int(stmt, 4, clock_now_ms());
    stmt_bind_text(stmt, 5, rule->on == ALERT_TREND ? rule->metric : "");
    bind_limit(stmt, 6, rule->on == ALERT_TREND ? rule->above : NAN);
    bind_limit(stmt, 7, rule->on == ALERT_TREND ? rule->velocity : NAN);
    bind_limit(stmt, 8, rule->on == ALERT_TREND ? rule->zscore : NAN);
    return stmt_run(stmt, err);
}

int alerts_add(struct store *store, const struct alert_rule *rule, struct error *err)
{
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    return alerts_end(store, rule_insert(store, rule, err), err);
}

static int rule_delete(struct store *store, const char *sql, int64_t rule, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, rule);
    return stmt_run(stmt, err);
}

static int rule_missing(struct error *err, const char *name)
{
    return error_set(err, ERR_NOTFOUND, "no alert called '%s'; 'alert list' shows them", name);
}

int alerts_remove(struct store *store, const char *name, struct error *err)
{
    int64_t rule = 0;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = rule_find(store, name, &rule, err);
    if (result == ERR_NOTFOUND)
        rule_missing(err, name);
    if (result == ERR_OK)
        result = rule_delete(store, "DELETE FROM alert_rule WHERE id = ?1", rule, err);
    if (result == ERR_OK)
        result = rule_delete(store, "DELETE FROM alert_passed WHERE rule_id = ?1", rule, err);
    return alerts_end(store, result, err);
}

void *alerts_room(struct arena *arena, void *items, size_t count, size_t *cap, size_t size)
{
    void *wider;

    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 16;
    wider = arena_alloc(arena, *cap * size);
    if (count)
        memcpy(wider, items, count * size);
    return wider;
}

static double column_limit(struct stmt *stmt, int column)
{
    return stmt_is_null(stmt, column) ? NAN : stmt_double(stmt, column);
}

int alerts_rules(struct store *store, struct arena *arena, struct alert_rule **out, size_t *count,
                 struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(
                  &stmt, store,
                  "SELECT id, name, event, query, seen, (SELECT count(*) FROM alert WHERE rule_id "
                  "= r.id), metric, above, velocity, zscore, sampled FROM alert_rule r ORDER BY id",
                  err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        *out = alerts_room(arena, *out, *count, &cap, sizeof **out);
        (*out)[(*count)++] = (struct alert_rule){ .id = stmt_int(stmt, 0),
                                                  .name = arena_strdup(arena, stmt_text(stmt, 1)),
                                                  .on = (enum alert_on)stmt_int(stmt, 2),
                                                  .query = arena_strdup(arena, stmt_text(stmt, 3)),
                                                  .seen = stmt_int(stmt, 4),
                                                  .fired = stmt_int(stmt, 5),
                                                  .metric = arena_strdup(arena, stmt_text(stmt, 6)),
                                                  .above = column_limit(stmt, 7),
                                                  .velocity = column_limit(stmt, 8),
                                                  .zscore = column_limit(stmt, 9),
                                                  .sampled = stmt_int(stmt, 10) };
    }
    stmt_reset(stmt);
    return step;
}

/* A handful of rules: all are read. */
int alerts_rule(struct store *store, struct arena *arena, const char *name, struct alert_rule *out,
                struct error *err)
{
    struct alert_rule *rules;
    size_t i, count;
    int result = alerts_rules(store, arena, &rules, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (strcmp(rules[i].name, name) == 0) {
            *out = rules[i];
            return ERR_OK;
        }
    return result != ERR_OK ? result : rule_missing(err, name);
}

int alerts_events(struct store *store, struct arena *arena, const struct alert_rule *rule,
                  struct alert_event **out, size_t *count, int64_t *upto, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT id, work_id, event FROM alert_event WHERE id > ?1 "
                                    "ORDER BY id LIMIT ?2",
                                    err);

    *out = arena_alloc(arena, ALERT_EVENTS_MAX * sizeof **out);
    *count = 0;
    *upto = rule->seen;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, rule->seen);
    stmt_bind_int(stmt, 2, ALERT_EVENTS_MAX);
    while ((step = stmt_step(stmt, err)) == 1) {
        *upto = stmt_int(stmt, 0);
        if (stmt_int(stmt, 2) == rule->on)
            (*out)[(*count)++] =
                (struct alert_event){ .id = stmt_int(stmt, 0), .work = stmt_int(stmt, 1) };
    }
    stmt_reset(stmt);
    return step;
}

/* Adds to *added, unless the rule has told it before its paper went and came back. */
static int journal_write(struct store *store, const struct alert_rule *rule, int64_t event,
                         int64_t *added, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO alert(rule_id, rule, event, event_id, work_id, detail, "
                              "at, hook) SELECT ?1, ?2, event, id, work_id, detail, at, ?4 FROM "
                              "alert_event e WHERE id = ?3 AND NOT EXISTS (SELECT 1 FROM alert a "
                              "WHERE a.work_id = e.work_id AND a.rule_id = ?1 AND a.event = "
                              "e.event AND a.at = e.at AND a.detail = e.detail) RETURNING 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, rule->id);
    stmt_bind_text(stmt, 2, rule->name);
    stmt_bind_int(stmt, 3, event);
    stmt_bind_int(stmt, 4, rule->hook ? HOOK_WAITS : HOOK_NONE);
    while ((step = stmt_step(stmt, err)) == 1)
        ++*added;
    stmt_reset(stmt);
    return step;
}

int alerts_mark_move(struct store *store, int64_t rule, int64_t upto, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "UPDATE alert_rule SET seen = ?2 WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, rule);
    stmt_bind_int(stmt, 2, upto);
    return stmt_run(stmt, err);
}

int alerts_settle(struct store *store, struct alert_rule *rule, const struct alert_event *events,
                  size_t count, int64_t upto, int64_t *added, struct error *err)
{
    int64_t seen = upto;
    size_t i;
    int result = store_begin(store, err);

    *added = 0;
    if (result != ERR_OK)
        return result;
    result = store_lookup(store, &seen, "SELECT seen FROM alert_rule WHERE id = ?1", NULL, rule->id,
                          0, err);
    if (result == ERR_NOTFOUND || (result == ERR_OK && seen != rule->seen)) {
        store_rollback(store);
        rule->seen = seen;
        return ERR_OK;
    }
    for (i = 0; i < count && result == ERR_OK; i++)
        if (events[i].hit)
            result = journal_write(store, rule, events[i].id, added, err);
    if (result == ERR_OK)
        result = alerts_wait(store, rule, upto, err);
    if (result == ERR_OK)
        result = alerts_mark_move(store, rule->id, upto, err);
    result = alerts_end(store, result, err);
    if (result == ERR_OK)
        rule->seen = upto;
    return result;
}

int alerts_mark(struct store *store, int64_t *mark, struct error *err)
{
    int result = store_lookup(store, mark, "SELECT seq FROM sqlite_sequence WHERE name = ?1",
                              "alert_event", 0, 0, err);

    if (result == ERR_NOTFOUND) /* none ever */
        *mark = result = 0;
    return result;
}

int alerts_take_back(struct store *store, int64_t mark, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "DELETE FROM alert_event WHERE id > ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, mark);
    return stmt_run(stmt, err);
}

int alerts_sweep(struct store *store, struct error *err)
{
    struct stmt *stmt;
    int result = store_begin_light(store, err);

    if (result != ERR_OK)
        return result;
    result = stmt_prepare(&stmt, store,
                          "DELETE FROM alert_event WHERE id <= coalesce((SELECT min(seen) FROM "
                          "alert_rule WHERE event <> 4), 9223372036854775807) AND (work_id >= 0 "
                          "OR NOT EXISTS (SELECT 1 FROM bin_work b WHERE b.id = -work_id UNION ALL "
                          "SELECT 1 FROM work w WHERE w.id = -work_id))",
                          err);
    if (result == ERR_OK)
        result = stmt_run(stmt, err);
    return alerts_end(store, result, err);
}
