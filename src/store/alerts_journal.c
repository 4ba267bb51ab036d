/*
 * The journal of alerts (carrel/alerts.h): read, put away, and handed to the command of a rule.
 * Who runs a command claims its rows for a time, so that two processes do not both tell them; a
 * claim whose holder died runs out, and they are told again. A row with a failure that waits is
 * claimed by nobody: until the time of its claim it is left alone.
 */
#include "alerts_internal.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define ROWS                                                                                       \
    "SELECT a.id, a.rule, a.event, a.detail, a.at, coalesce(a.dismissed, 0), coalesce(w.id, 0), "  \
    "w.key, t.title, a.hook, a.failure FROM alert a LEFT JOIN work w ON w.id = a.work_id "         \
    "LEFT JOIN work_text t ON t.id = w.id "

const char *alert_hook_name(enum alert_hook hook)
{
    static const char *const names[] = { "none", "waiting", "told", "failed" };

    return (size_t)hook < sizeof names / sizeof *names ? names[hook] : "";
}

/* All that a statement of ROWS gives. */
static int journal_read(struct stmt *stmt, struct arena *arena, struct alert_row **out,
                        size_t *count, struct error *err)
{
    size_t cap = 0;
    int step;

    while ((step = stmt_step(stmt, err)) == 1) {
        *out = alerts_room(arena, *out, *count, &cap, sizeof **out);
        (*out)[(*count)++] =
            (struct alert_row){ .id = stmt_int(stmt, 0),
                                .rule = arena_strdup(arena, stmt_text(stmt, 1)),
                                .on = (enum alert_on)stmt_int(stmt, 2),
                                .detail = arena_strdup(arena, stmt_text(stmt, 3)),
                                .at = stmt_int(stmt, 4),
                                .dismissed = stmt_int(stmt, 5),
                                .work = stmt_int(stmt, 6),
                                .key = arena_strdup(arena, stmt_text(stmt, 7)),
                                .title = arena_strdup(arena, stmt_text(stmt, 8)),
                                .hook = (enum alert_hook)stmt_int(stmt, 9),
                                .failure = arena_strdup(arena, stmt_text(stmt, 10)) };
    }
    stmt_reset(stmt);
    return step;
}

int alerts_log(struct store *store, struct arena *arena, const char *rule, bool all, int64_t limit,
               struct alert_row **out, size_t *count, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              ROWS "WHERE (?1 OR a.dismissed IS NULL) AND (?3 IS NULL OR a.rule = "
                                   "?3) AND w.id IS NOT NULL ORDER BY a.id DESC LIMIT ?2",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, all);
    stmt_bind_int(stmt, 2, limit);
    stmt_bind_text(stmt, 3, rule);
    return journal_read(stmt, arena, out, count, err);
}

int alerts_open(struct store *store, int64_t *count, struct error *err)
{
    return store_query_int(store,
                           "SELECT count(*) FROM alert a WHERE dismissed IS NULL AND EXISTS "
                           "(SELECT 1 FROM work w WHERE w.id = a.work_id)",
                           count, err);
}

static int dismiss_rows(struct store *store, const char *rule, int64_t id, int64_t *count,
                        struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "UPDATE alert SET dismissed = ?2 WHERE dismissed IS NULL AND (?1 = "
                              "0 OR id = ?1) AND (?3 IS NULL OR rule = ?3) RETURNING id",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, clock_now_ms());
    stmt_bind_text(stmt, 3, rule);
    while ((step = stmt_step(stmt, err)) == 1) {
        char item[24];
        int logged;

        snprintf(item, sizeof item, "%" PRId64, stmt_int(stmt, 0));
        logged = state_log(store, "alert", item, "dismissed", NULL, "1", err);
        if (logged != ERR_OK) {
            stmt_reset(stmt);
            return logged;
        }
        ++*count;
    }
    stmt_reset(stmt);
    return step;
}

int alerts_dismiss(struct store *store, const char *rule, int64_t id, int64_t *count,
                   struct error *err)
{
    int result = state_begin(store, err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    result = dismiss_rows(store, rule, id, count, err);
    if (result == ERR_OK && *count == 0 && rule)
        result = error_set(err, ERR_NOTFOUND,
                           "no open alert of '%.40s'; 'alert log' shows numbers and names", rule);
    else if (result == ERR_OK && *count == 0 && id != 0)
        result = error_set(err, ERR_NOTFOUND,
                           "no open alert %" PRId64 "; 'alert log' shows their numbers", id);
    return state_end(store, result, err);
}

int alerts_undo(struct store *store, const char *item, bool dismissed, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE alert SET dismissed = iif(?2, ?3, NULL) WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, atoll(item));
    stmt_bind_int(stmt, 2, dismissed);
    stmt_bind_int(stmt, 3, clock_now_ms());
    return stmt_run(stmt, err);
}

void alert_row_json(struct jsonw *w, const struct alert_row *row)
{
    char at[32];

    time_format(at, row->at);
    jsonw_object(w);
    if (row->id)
        jsonw_key_int(w, "id", row->id);
    jsonw_key_string(w, "at", at);
    jsonw_key_string(w, "alert", row->rule);
    jsonw_key_string(w, "on", alert_on_name(row->on));
    jsonw_key_string(w, "detail", row->detail);
    jsonw_key_string(w, "paper", row->work ? row->key : NULL);
    jsonw_key_string(w, "title", row->work ? row->title : NULL);
    jsonw_key_bool(w, "dismissed", row->dismissed != 0);
    jsonw_key_string(w, "command", alert_hook_name(row->hook));
    if (*row->failure)
        jsonw_key_string(w, "failure", row->failure);
    jsonw_end(w);
}

/* ---- the command ---- */

static int rule_names(struct store *store, struct arena *arena, const char *sql, char ***rules,
                      size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store, sql, err);

    *rules = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        *rules = alerts_room(arena, *rules, *count, &cap, sizeof **rules);
        (*rules)[(*count)++] = arena_strdup(arena, stmt_text(stmt, 0));
    }
    stmt_reset(stmt);
    return step;
}

int alerts_waiting(struct store *store, struct arena *arena, char ***rules, size_t *count,
                   struct error *err)
{
    return rule_names(store, arena, "SELECT DISTINCT rule FROM alert WHERE hook = 1 ORDER BY rule",
                      rules, count, err);
}

#define UNTOLD "dismissed IS NULL AND (hook = 3 OR (hook = 1 AND failure <> ''))"

int alerts_untold(struct store *store, struct arena *arena, char ***rules, size_t *count,
                  struct error *err)
{
    return rule_names(store, arena,
                      "SELECT DISTINCT rule FROM alert WHERE " UNTOLD " ORDER BY rule", rules,
                      count, err);
}

int alerts_again(struct store *store, const char *rule, int64_t *count, struct error *err)
{
    struct stmt *stmt;
    int step = 0, result = store_begin(store, err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    result =
        stmt_prepare(&stmt, store,
                     "UPDATE alert SET hook = 1, tries = 0, claimed = 0 WHERE rule = ?1 AND " UNTOLD
                     " RETURNING 1",
                     err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, rule);
        while ((step = stmt_step(stmt, err)) == 1)
            ++*count;
        stmt_reset(stmt);
        result = step;
    }
    return alerts_end(store, result, err);
}

static int claim_row(struct store *store, int64_t id, int64_t until, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "UPDATE alert SET claimed = ?2, tries = tries + 1, failure = '' WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, until);
    return stmt_run(stmt, err);
}

static int claim_rows(struct store *store, struct arena *arena, const char *rule, int64_t after,
                      int64_t until, struct alert_row **out, size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = stmt_prepare(&stmt, store,
                              ROWS "WHERE a.hook = 1 AND a.rule = ?1 AND a.id > ?2 AND a.claimed "
                                   "<= ?3 ORDER BY a.id LIMIT ?4",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, rule);
    stmt_bind_int(stmt, 2, after);
    stmt_bind_int(stmt, 3, clock_real_ms());
    stmt_bind_int(stmt, 4, ALERT_TOLD_MAX);
    result = journal_read(stmt, arena, out, count, err);
    for (i = 0; i < *count && result == ERR_OK; i++)
        result = claim_row(store, (*out)[i].id, until, err);
    return result;
}

int alerts_claim(struct store *store, struct arena *arena, const char *rule, int64_t after,
                 int64_t until, struct alert_row **out, size_t *count, struct error *err)
{
    int result = store_begin(store, err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    return alerts_end(store, claim_rows(store, arena, rule, after, until, out, count, err), err);
}

static int told_row(struct store *store, int64_t id, enum alert_end end, const char *failure,
                    int64_t pause_ms, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "UPDATE alert SET hook = CASE WHEN ?2 = 0 THEN 2 WHEN ?2 = 1 AND tries >= ?3 THEN 3 ELSE 1 "
        "END, tries = max(tries - (?2 >= 2), 0), claimed = iif(?2 = 1 OR ?2 = 2, "
        "?5 + (?6 << min(max(tries - 1, 0), 10)), 0), failure = coalesce(?4, '') WHERE id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, end);
    stmt_bind_int(stmt, 3, ALERT_TRIES);
    stmt_bind_text(stmt, 4, failure);
    stmt_bind_int(stmt, 5, clock_real_ms());
    stmt_bind_int(stmt, 6, pause_ms);
    return stmt_run(stmt, err);
}

int alerts_told(struct store *store, const struct alert_row *rows, size_t count, enum alert_end end,
                const char *failure, int64_t pause_ms, struct error *err)
{
    size_t i;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < count && result == ERR_OK; i++)
        result = told_row(store, rows[i].id, end, failure, pause_ms, err);
    return alerts_end(store, result, err);
}

int alerts_let_go(struct store *store, const char *rule, struct error *err)
{
    struct stmt *stmt;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result =
        stmt_prepare(&stmt, store, "UPDATE alert SET hook = 0 WHERE hook = 1 AND rule = ?1", err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, rule);
        result = stmt_run(stmt, err);
    }
    return alerts_end(store, result, err);
}
