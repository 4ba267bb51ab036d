/*
 * The history of harvests and the list of what they could not fetch.
 */
#include "streams_internal.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/webhooks.h"

#include <stdlib.h>
#include <string.h>

#define RUNS_KEPT 1000

const char *run_state_name(enum run_state state)
{
    static const char *const names[] = {
        "running", "done", "partial", "failed", "cancelled", "lost"
    };

    return (size_t)state < ARRAY_LEN(names) ? names[state] : "";
}

void run_counts_to_json(struct jsonw *w, const struct harvest_run *run)
{
    jsonw_key_int(w, "requests", run->requests);
    jsonw_key_int(w, "seen", run->seen);
    jsonw_key_int(w, "added", run->added);
    jsonw_key_int(w, "updated", run->updated);
    jsonw_key_int(w, "unchanged", run->unchanged);
    jsonw_key_int(w, "rejected", run->rejected);
    jsonw_key_int(w, "retries", run->retries);
    jsonw_key_int(w, "bytes", run->bytes);
    jsonw_key_int(w, "binned", run->binned);
}

void run_to_json(struct jsonw *w, const struct harvest_run *run)
{
    jsonw_object(w);
    jsonw_key_int(w, "id", run->id);
    jsonw_key_string(w, "source", run->source);
    jsonw_key_string(w, "state", run_state_name(run->state));
    jsonw_key_time(w, "started", run->started);
    jsonw_key_time(w, "ended", run->ended);
    jsonw_key_int(w, "took_ms", run->took_ms);
    run_counts_to_json(w, run);
    jsonw_key_int(w, "gaps", run->gaps);
    if (run->took_ms > 0)
        jsonw_key_double(w, "per_second", (double)(run->seen * 10000 / run->took_ms) / 10);
    jsonw_key_string(w, "error", *run->error ? run->error : NULL);
    jsonw_end(w);
}

static int runs_insert(struct store *store, struct harvest_run *run, struct error *err)
{
    struct stmt *stmt;
    char owner[96];
    int result = stmt_prepare(
        &stmt, store, "INSERT INTO harvest_run(source, owner, started) VALUES(?1, ?2, ?3)", err);

    if (result != ERR_OK)
        return result;
    owner_self(owner);
    run->started = clock_now_ms();
    run->state = RUN_RUNNING;
    stmt_bind_text(stmt, 1, run->source);
    stmt_bind_text(stmt, 2, owner);
    stmt_bind_int(stmt, 3, run->started);
    result = stmt_run(stmt, err);
    run->id = store_last_id(store);
    if (result != ERR_OK)
        return result;
    result = stmt_prepare(&stmt, store,
                          "DELETE FROM harvest_run WHERE source = ?1 AND id <= (SELECT id FROM "
                          "harvest_run WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, run->source);
    stmt_bind_int(stmt, 2, RUNS_KEPT);
    return stmt_run(stmt, err);
}

int runs_begin(struct store *store, const struct stream_lease *lease, struct harvest_run *run,
               struct error *err)
{
    struct stmt *stmt;
    bool own;
    int result = streams_begin(store, &own, err);

    if (result != ERR_OK)
        return result;
    result = runs_insert(store, run, err);
    if (result == ERR_OK)
        result = stmt_prepare(
            &stmt, store, "UPDATE harvest_lease SET run_id = ?3 WHERE source = ?1 AND token = ?2",
            err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, lease->source);
        stmt_bind_int(stmt, 2, lease->token);
        stmt_bind_int(stmt, 3, run->id);
        result = stmt_run(stmt, err);
    }
    return streams_end(store, own, result, err);
}

static int runs_update(struct store *store, const struct harvest_run *run, struct error *err)
{
    const int64_t numbers[] = { run->id,       run->state,   run->ended,     run->took_ms,
                                run->requests, run->retries, run->bytes,     run->seen,
                                run->added,    run->updated, run->unchanged, run->rejected,
                                run->gaps,     run->binned };
    struct stmt *stmt;
    size_t i;
    int result = stmt_prepare(
        &stmt, store,
        "UPDATE harvest_run SET state = ?2, ended = ?3, took_ms = ?4, requests = ?5, retries = ?6, "
        "bytes = ?7, seen = ?8, added = ?9, updated = ?10, unchanged = ?11, rejected = ?12, "
        "gaps = ?13, binned = ?14, error = ?15 WHERE id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < ARRAY_LEN(numbers); i++)
        stmt_bind_int(stmt, (int)i + 1, numbers[i]);
    stmt_bind_text(stmt, 15, run->error && *run->error ? run->error : NULL);
    return stmt_run(stmt, err);
}

int runs_save(struct store *store, const struct harvest_run *run, struct error *err)
{
    bool own;
    int result;

    if (run->state == RUN_RUNNING)
        return runs_update(store, run, err);
    result = streams_begin(store, &own, err);
    if (result != ERR_OK)
        return result;
    result = runs_update(store, run, err);
    if (result == ERR_OK)
        result = webhooks_run_ended(store, run->id, err);
    return streams_end(store, own, result, err);
}

static void run_read(struct stmt *stmt, struct arena *arena, struct harvest_run *run)
{
    run->id = stmt_int(stmt, 0);
    run->source = arena_strdup(arena, stmt_text(stmt, 1));
    run->owner = arena_strdup(arena, stmt_text(stmt, 2));
    run->state = (enum run_state)stmt_int(stmt, 3);
    run->started = stmt_int(stmt, 4);
    run->ended = stmt_int(stmt, 5);
    run->took_ms = stmt_int(stmt, 6);
    run->requests = stmt_int(stmt, 7);
    run->retries = stmt_int(stmt, 8);
    run->bytes = stmt_int(stmt, 9);
    run->seen = stmt_int(stmt, 10);
    run->added = stmt_int(stmt, 11);
    run->updated = stmt_int(stmt, 12);
    run->unchanged = stmt_int(stmt, 13);
    run->rejected = stmt_int(stmt, 14);
    run->gaps = stmt_int(stmt, 15);
    run->error = arena_strdup(arena, stmt_text(stmt, 16));
    run->binned = stmt_int(stmt, 17);
}

#define RUN                                                                                        \
    "SELECT id, source, owner, state, started, ended, took_ms, requests, retries, bytes, seen, "   \
    "added, updated, unchanged, rejected, gaps, error, binned FROM harvest_run "

int runs_get(struct store *store, struct arena *arena, int64_t id, struct harvest_run *out,
             struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, RUN "WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    if (step == 1)
        run_read(stmt, arena, out);
    stmt_reset(stmt);
    return step == 0  ? error_set(err, ERR_NOTFOUND, "there is no such harvest")
           : step < 0 ? step
                      : ERR_OK;
}

int runs_list(struct store *store, struct arena *arena, const char *source, size_t limit,
              struct harvest_run **out, size_t *count, struct error *err)
{
    struct harvest_run *list = NULL;
    struct stmt *stmt;
    size_t cap = 0;
    int result = stmt_prepare(&stmt, store,
                              RUN "WHERE ?1 IS NULL OR source = ?1 ORDER BY id DESC LIMIT ?2", err);

    *count = 0;
    *out = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_int(stmt, 2, limit ? (int64_t)limit : 20);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct harvest_run run;

        run_read(stmt, arena, &run);
        VEC_PUSH(list, *count, cap, run);
    }
    stmt_reset(stmt);
    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    if (*count > 0)
        memcpy(*out, list, *count * sizeof **out);
    free(list);
    return result;
}

int runs_health(struct store *store, struct arena *arena, struct source_health **out, size_t *count,
                struct error *err)
{
    size_t cap = 0;
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT source, max(ended), max(CASE state WHEN ?1 THEN ended ELSE 0 END), (SELECT "
        "count(*) FROM harvest_gap g WHERE g.source = r.source AND closed IS NULL) FROM "
        "harvest_run r GROUP BY source",
        err);

    *count = 0;
    *out = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, RUN_DONE);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct source_health health = { .source = arena_strdup(arena, stmt_text(stmt, 0)),
                                        .last_run = stmt_int(stmt, 1),
                                        .last_good = stmt_int(stmt, 2),
                                        .gaps = stmt_int(stmt, 3) };

        ARENA_PUSH(arena, *out, *count, cap, health);
    }
    stmt_reset(stmt);
    return result;
}

/* ---- gaps ---- */

static int gaps_again(struct store *store, struct harvest_gap *gap, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "UPDATE harvest_gap SET tries = tries + (run_id != ?6), tried = ?4, why = ?5, "
                     "what = ?7, run_id = ?6 WHERE closed IS NULL AND source = ?1 AND stream = ?2 "
                     "AND cursor = ?3 RETURNING id, tries",
                     err);

    gap->id = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, gap->source);
    stmt_bind_text(stmt, 2, gap->stream);
    stmt_bind_text(stmt, 3, gap->cursor ? gap->cursor : "");
    stmt_bind_int(stmt, 4, clock_now_ms());
    stmt_bind_text(stmt, 5, gap->why);
    stmt_bind_int(stmt, 6, gap->run);
    stmt_bind_text(stmt, 7, gap->what);
    while ((result = stmt_step(stmt, err)) == 1) {
        gap->id = stmt_int(stmt, 0);
        gap->tries = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return result;
}

static int gaps_insert(struct store *store, struct harvest_gap *gap, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO harvest_gap(source, stream, what, why, cursor, found, "
                              "tried, run_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, gap->source);
    stmt_bind_text(stmt, 2, gap->stream);
    stmt_bind_text(stmt, 3, gap->what);
    stmt_bind_text(stmt, 4, gap->why);
    stmt_bind_text(stmt, 5, gap->cursor ? gap->cursor : "");
    stmt_bind_int(stmt, 6, clock_now_ms());
    stmt_bind_int(stmt, 7, gap->run);
    result = stmt_run(stmt, err);
    gap->id = store_last_id(store);
    gap->tries = 1;
    return result;
}

int gaps_note(struct store *store, struct harvest_gap *gap, struct error *err)
{
    bool own;
    int result = streams_begin(store, &own, err);

    if (result != ERR_OK)
        return result;
    result = gaps_again(store, gap, err);
    if (result == ERR_OK && gap->id == 0)
        result = gaps_insert(store, gap, err);
    return streams_end(store, own, result, err);
}

int gaps_close(struct store *store, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "UPDATE harvest_gap SET closed = ?2 WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, clock_now_ms());
    return stmt_run(stmt, err);
}

int gaps_passed(struct store *store, const char *source, const char *stream, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE harvest_gap SET closed = ?3 WHERE closed IS NULL AND source "
                              "= ?1 AND stream = ?2 AND cursor = ''",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_text(stmt, 2, stream);
    stmt_bind_int(stmt, 3, clock_now_ms());
    return stmt_run(stmt, err);
}

int gaps_move(struct store *store, int64_t id, const char *cursor, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "UPDATE harvest_gap SET cursor = ?2 WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, cursor);
    return stmt_run(stmt, err);
}

int gaps_list(struct store *store, struct arena *arena, const char *source, bool open,
              struct harvest_gap **out, size_t *count, struct error *err)
{
    struct harvest_gap *list = NULL;
    struct stmt *stmt;
    size_t cap = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT id, source, stream, what, why, cursor, tries, found, tried, "
                              "ifnull(closed, 0), run_id FROM harvest_gap "
                              "WHERE (?1 IS NULL OR source = ?1) AND (closed IS NULL OR NOT ?2) "
                              "ORDER BY id",
                              err);

    *count = 0;
    *out = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_int(stmt, 2, open);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct harvest_gap gap = { .id = stmt_int(stmt, 0),
                                   .source = arena_strdup(arena, stmt_text(stmt, 1)),
                                   .stream = arena_strdup(arena, stmt_text(stmt, 2)),
                                   .what = arena_strdup(arena, stmt_text(stmt, 3)),
                                   .why = arena_strdup(arena, stmt_text(stmt, 4)),
                                   .cursor = arena_strdup(arena, stmt_text(stmt, 5)),
                                   .tries = stmt_int(stmt, 6),
                                   .found = stmt_int(stmt, 7),
                                   .tried = stmt_int(stmt, 8),
                                   .closed = stmt_int(stmt, 9),
                                   .run = stmt_int(stmt, 10) };

        VEC_PUSH(list, *count, cap, gap);
    }
    stmt_reset(stmt);
    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    if (*count > 0)
        memcpy(*out, list, *count * sizeof **out);
    free(list);
    return result;
}
