/*
 * Cancelling and retrying: what people do with jobs that are there. What fell because of a job
 * comes back with it, unless something else stands in its way.
 */
#include "jobs_internal.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int cancel_locked(struct store *store, int64_t id, bool *stopping, struct error *err)
{
    enum job_state state = JOB_QUEUED;
    int result = jobs_state_of(store, id, &state, err);

    if (result != ERR_OK)
        return result;
    if (state > JOB_RUNNING)
        return error_set(err, ERR_FAILED, "job %" PRId64 " has ended: it is %s", id,
                         job_state_name(state));
    *stopping = state == JOB_RUNNING;
    if (state == JOB_QUEUED)
        return jobs_finish(store, id, JOB_CANCELLED, NULL, "cancelled", err);
    result = store_run(store, "UPDATE job SET stopping = 1 WHERE id = ?1", id, 0, NULL, err);
    return result == ERR_OK ? jobs_note(store, id, err, "told to stop") : result;
}

int jobs_cancel(struct store *store, int64_t id, bool *stopping, struct error *err)
{
    bool own, ignored;
    int result = jobs_begin(store, false, &own, err);

    if (result != ERR_OK)
        return result;
    return jobs_end(store, own, cancel_locked(store, id, stopping ? stopping : &ignored, err), err);
}

/* ---- retrying ---- */

static int revive_row(struct store *store, int64_t id, int64_t waits, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "UPDATE job SET state = 0, waits = ?2, ready = 1, due = ?3, seen = ?3, "
                     "attempts = 0, stopping = 0, blocker = 0, worker = NULL, result = NULL, "
                     "error = NULL, done = 0, total = 0, unit = NULL, started = 0, "
                     "finished = 0 WHERE id = ?1",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, waits);
    stmt_bind_int(stmt, 3, clock_real_ms());
    result = stmt_run(stmt, err);
    return result == ERR_OK ? jobs_note(store, id, err, "retried by hand") : result;
}

/* Another open job that has this job's key, 0 none. */
static int key_rival(struct store *store, int64_t id, int64_t *rival, struct error *err)
{
    int result = store_lookup(store, rival,
                              "SELECT o.id FROM job j JOIN job o ON o.key = j.key AND o.state < 2 "
                              "WHERE j.id = ?1",
                              NULL, id, 0, err);

    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* Back to the queue, unless something else stands in its way: *why then says what. */
static int revive(struct store *store, int64_t id, struct str *why, struct error *err)
{
    struct job_waiting waiting;
    int64_t rival = 0;
    int result = jobs_waiting(store, id, &waiting, err);

    str_clear(why);
    if (result == ERR_OK)
        result = key_rival(store, id, &rival, err);
    if (result != ERR_OK)
        return result;
    if (waiting.blocker)
        str_printf(why, "job %" PRId64 " waits for job %" PRId64 ", which %s: retry that one", id,
                   waiting.blocker, jobs_fell(waiting.blocker_state));
    else if (rival)
        str_printf(why, "job %" PRId64 " does the same as job %" PRId64 " and is open", rival, id);
    if (waiting.blocker)
        return jobs_wait(store, id, 0, waiting.blocker, err);
    return rival ? ERR_OK : revive_row(store, id, waiting.open, err);
}

/* What fell because of `id` and has not been brought back. */
static int fallen_of(struct store *store, int64_t id, struct job_ids *ids, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "SELECT id FROM job WHERE blocker = ?1 AND blocker != 0 ORDER BY id", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    return jobs_collect(stmt, ids, err);
}

static int retry_locked(struct store *store, int64_t id, struct error *err)
{
    enum job_state state = JOB_QUEUED;
    struct job_ids ids = { 0 };
    struct str why = STR_INIT;
    size_t i;
    int result = jobs_state_of(store, id, &state, err);

    if (result == ERR_OK && state != JOB_FAILED && state != JOB_CANCELLED)
        result = error_set(err, ERR_FAILED,
                           "job %" PRId64 " is %s; only failed and cancelled jobs are retried", id,
                           job_state_name(state));
    if (result == ERR_OK)
        result = revive(store, id, &why, err);
    if (result == ERR_OK && why.len > 0)
        result =
            error_set(err, strstr(why.ptr, "the same") ? ERR_EXISTS : ERR_FAILED, "%s", why.ptr);
    if (result == ERR_OK)
        result = fallen_of(store, id, &ids, err);
    for (i = 0; i < ids.len && result == ERR_OK; i++) {
        result = revive(store, ids.items[i], &why, err);
        if (result == ERR_OK && why.len == 0)
            result = fallen_of(store, ids.items[i], &ids, err);
    }
    free(ids.items);
    str_free(&why);
    return result;
}

int jobs_retry(struct store *store, int64_t id, struct error *err)
{
    bool own;
    int result = jobs_begin(store, false, &own, err);

    return result == ERR_OK ? jobs_end(store, own, retry_locked(store, id, err), err) : result;
}
