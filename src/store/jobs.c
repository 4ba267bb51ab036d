/*
 * The queue's rows, as all who change them need them: states and their names, one job's story, what
 * a job waits for, and what the end of one means to those that wait for it.
 *
 * Invariants: `waits` of a queued job is the number of its predecessors that have not ended; an
 * ended job waits for nothing. A job that fell because a predecessor failed names it in `blocker`,
 * so that a retry of the one brings back the other. Predecessors are older than their successors,
 * so there are no circles.
 */
#include "jobs_internal.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STORY_LINES 60 /* kept of each job */

static const char *const state_names[JOB_STATES] = { "queued", "running", "done", "failed",
                                                     "cancelled" };

const char *job_state_name(enum job_state state)
{
    return state_names[state];
}

bool job_state_from(const char *name, enum job_state *state)
{
    size_t i;

    for (i = 0; i < JOB_STATES; i++) {
        if (strcmp(state_names[i], name) == 0) {
            *state = (enum job_state)i;
            return true;
        }
    }
    return false;
}

int jobs_begin(struct store *store, bool light, bool *own, struct error *err)
{
    *own = !store_in_transaction(store);
    if (!*own)
        return ERR_OK;
    return light ? store_begin_light(store, err) : store_begin(store, err);
}

int jobs_end(struct store *store, bool own, int result, struct error *err)
{
    if (!own)
        return result;
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int jobs_collect(struct stmt *stmt, struct job_ids *ids, struct error *err)
{
    int step;

    while ((step = stmt_step(stmt, err)) == 1)
        VEC_PUSH(ids->items, ids->len, ids->cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

int jobs_note(struct store *store, int64_t id, struct error *err, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list ap;
    int result;

    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    result = store_run(store, "INSERT INTO job_event(job_id, at, text) VALUES(?1, ?2, ?3)", id,
                       clock_now_ms(), text.ptr, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "DELETE FROM job_event WHERE job_id = ?1 AND id <= (SELECT id FROM "
                           "job_event WHERE job_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                           id, STORY_LINES, NULL, err);
    str_free(&text);
    return result;
}

int jobs_state_of(struct store *store, int64_t id, enum job_state *state, struct error *err)
{
    int64_t number = *state;
    int result =
        store_lookup(store, &number, "SELECT state FROM job WHERE id = ?1", NULL, id, 0, err);

    *state = (enum job_state)number;
    return result == ERR_NOTFOUND ? error_set(err, ERR_NOTFOUND, "there is no job %" PRId64, id)
                                  : result;
}

/* ---- what a job waits for ---- */

int jobs_waiting(struct store *store, int64_t id, struct job_waiting *out, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT count(*) FILTER (WHERE p.state < 2), "
                              "min(p.id) FILTER (WHERE p.state > 2 AND NOT j.any_end), "
                              "max(p.state) FILTER (WHERE p.state > 2 AND NOT j.any_end) "
                              "FROM job_after a JOIN job p ON p.id = a.after_id "
                              "JOIN job j ON j.id = a.job_id WHERE a.job_id = ?1",
                              err);

    *out = (struct job_waiting){ .blocker_state = JOB_FAILED };
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1) {
        out->open = stmt_int(stmt, 0);
        out->blocker = stmt_int(stmt, 1);
        out->blocker_state = (enum job_state)stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int jobs_wait(struct store *store, int64_t id, int64_t waits, int64_t blocker, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "UPDATE job SET waits = ?2, blocker = ?3 WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, waits);
    stmt_bind_int(stmt, 3, blocker);
    return stmt_run(stmt, err);
}

const char *jobs_fell(enum job_state state)
{
    return state == JOB_FAILED ? "failed" : "was cancelled";
}

/* ---- the end of a job ---- */

static int finish_row(struct store *store, int64_t id, enum job_state state, const char *result,
                      const char *error, struct error *err)
{
    struct stmt *stmt;
    int code = stmt_prepare(&stmt, store,
                            "UPDATE job SET state = ?2, result = ?3, error = ?4, finished = ?5, "
                            "lease_until = NULL, stopping = 0 WHERE id = ?1",
                            err);

    if (code != ERR_OK)
        return code;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, state);
    stmt_bind_text(stmt, 3, result);
    stmt_bind_text(stmt, 4, error);
    stmt_bind_int(stmt, 5, clock_now_ms());
    return stmt_run(stmt, err);
}

/* Those that only waited for it to end, one way or the other. */
static int finish_release(struct store *store, int64_t id, bool done, struct error *err)
{
    return store_run(store,
                     "UPDATE job SET waits = waits - 1 WHERE state = 0 AND waits > 0 AND "
                     "(?2 OR any_end = 1) AND id IN (SELECT job_id FROM job_after WHERE "
                     "after_id = ?1)",
                     id, done, NULL, err);
}

/* Those that cannot do without it end with it; they go to the end of `fallen`. */
static int finish_fell(struct store *store, int64_t id, enum job_state state,
                       struct job_ids *fallen, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "UPDATE job SET state = ?2, finished = ?3, blocker = ?1, "
        "error = printf('job %d, which it waits for, %s', ?1, ?4) "
        "WHERE state = 0 AND any_end = 0 AND id IN (SELECT job_id FROM job_after WHERE after_id = "
        "?1) RETURNING id",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, state);
    stmt_bind_int(stmt, 3, clock_now_ms());
    stmt_bind_text(stmt, 4, jobs_fell(state));
    return jobs_collect(stmt, fallen, err);
}

int jobs_finish(struct store *store, int64_t id, enum job_state state, const char *result,
                const char *error, struct error *err)
{
    struct job_ids ended = { 0 };
    size_t i;
    int code = finish_row(store, id, state, result, error, err);

    VEC_PUSH(ended.items, ended.len, ended.cap, id);
    for (i = 0; i < ended.len && code == ERR_OK; i++) {
        int64_t at = ended.items[i];

        code = finish_release(store, at, state == JOB_DONE, err);
        if (code == ERR_OK && state != JOB_DONE)
            code = finish_fell(store, at, state, &ended, err);
    }
    free(ended.items);
    return code;
}
