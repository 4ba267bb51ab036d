/*
 * The queue as those see it who ask for work: adding, cancelling, retrying, and what the end of one
 * job means to those that wait for it.
 *
 * Invariants: `waits` of a queued job is the number of its predecessors that have not ended; an
 * ended job waits for nothing. A job that fell because a predecessor failed names it in `blocker`,
 * so that a retry of the one brings back the other. Predecessors are older than their successors,
 * so there are no circles.
 */
#include "jobs_internal.h"

#include "carrel/clock.h"

#include <ctype.h>
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
    struct stmt *stmt;
    va_list ap;
    int result;

    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    result = stmt_prepare(&stmt, store,
                          "INSERT INTO job_event(job_id, at, text) VALUES(?1, ?2, ?3)", err);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, id);
        stmt_bind_int(stmt, 2, clock_now_ms());
        stmt_bind_text(stmt, 3, text.ptr);
        result = stmt_run(stmt, err);
    }
    str_free(&text);
    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "DELETE FROM job_event WHERE job_id = ?1 AND id <= (SELECT id FROM "
                              "job_event WHERE job_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, STORY_LINES);
    return stmt_run(stmt, err);
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
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE job SET waits = waits - 1 WHERE state = 0 AND waits > 0 AND "
                              "(?2 OR any_end = 1) AND id IN (SELECT job_id FROM job_after WHERE "
                              "after_id = ?1)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, done);
    return stmt_run(stmt, err);
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
    stmt_bind_text(stmt, 4, state == JOB_FAILED ? "failed" : "was cancelled");
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

/* ---- adding ---- */

static int add_check(const struct job_request *request, struct error *err)
{
    const char *at;

    for (at = request->kind; *at; at++)
        if (!isalnum((unsigned char)*at) && *at != '-' && *at != '.')
            break;
    if (!*request->kind || *at || at - request->kind > JOB_KIND_MAX)
        return error_set(err, ERR_USAGE,
                         "'%.60s' is no kind of job: at most %d letters, digits, '-' and '.'",
                         request->kind, JOB_KIND_MAX);
    if (request->payload && strlen(request->payload) > JOB_JSON_MAX)
        return error_set(err, ERR_LIMIT, "%s: the job's payload is larger than %d bytes",
                         request->kind, JOB_JSON_MAX);
    if (request->key && (!*request->key || strlen(request->key) > JOB_KEY_MAX))
        return error_set(err, ERR_LIMIT, "%s: a job's key has 1 to %d bytes", request->kind,
                         JOB_KEY_MAX);
    if (abs(request->priority) > JOB_PRIORITY_MAX)
        return error_set(err, ERR_USAGE, "%s: a priority is between -%d and %d", request->kind,
                         JOB_PRIORITY_MAX, JOB_PRIORITY_MAX);
    if (request->attempts_max < 0 || request->attempts_max > JOB_ATTEMPTS_MAX)
        return error_set(err, ERR_USAGE, "%s: a job has 1 to %d attempts", request->kind,
                         JOB_ATTEMPTS_MAX);
    if (request->after_count > JOB_AFTER_MAX)
        return error_set(err, ERR_LIMIT, "%s: a job waits for at most %d others", request->kind,
                         JOB_AFTER_MAX);
    return ERR_OK;
}

static int add_check_payload(struct store *store, const struct job_request *request,
                             struct error *err)
{
    struct stmt *stmt;
    bool good;
    int result;

    if (!request->payload)
        return ERR_OK;
    result = stmt_prepare(
        &stmt, store, "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' ELSE 0 END",
        err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, request->payload);
    result = stmt_step(stmt, err);
    good = result == 1 && stmt_int(stmt, 0);
    stmt_reset(stmt);
    if (result < 0)
        return result;
    return good ? ERR_OK
                : error_set(err, ERR_USAGE, "%s: a job's payload is a JSON object, not: %.80s",
                            request->kind, request->payload);
}

/* The open job of this key, 0 when there is none. */
static int key_holder(struct store *store, const char *key, int64_t *id, struct error *err)
{
    struct stmt *stmt;
    int result;

    *id = 0;
    if (!key || !*key)
        return ERR_OK;
    result = stmt_prepare(&stmt, store, "SELECT id FROM job WHERE key = ?1 AND state < 2", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, key);
    result = stmt_step(stmt, err);
    if (result == 1)
        *id = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int jobs_by_key(struct store *store, const char *key, int64_t *id, struct error *err)
{
    int result = key_holder(store, key, id, err);

    return result == ERR_OK && *id == 0 ? ERR_NOTFOUND : result;
}

static int job_state_of(struct store *store, int64_t id, enum job_state *state, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT state FROM job WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1)
        *state = (enum job_state)stmt_int(stmt, 0);
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND, "there is no job %" PRId64, id);
    return result < 0 ? result : ERR_OK;
}

static int add_row(struct store *store, const struct job_request *request, int64_t *id,
                   struct error *err)
{
    int64_t now = clock_real_ms();
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO job(kind, payload, key, priority, any_end, ready, due, "
                              "seen, attempts_max, created) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, request->kind);
    stmt_bind_text(stmt, 2, request->payload ? request->payload : "{}");
    stmt_bind_text(stmt, 3, request->key);
    stmt_bind_int(stmt, 4, request->priority);
    stmt_bind_int(stmt, 5, request->after_any_end);
    stmt_bind_int(stmt, 6, request->delay_ms <= 0);
    stmt_bind_int(stmt, 7, now + (request->delay_ms > 0 ? request->delay_ms : 0));
    stmt_bind_int(stmt, 8, now);
    stmt_bind_int(stmt, 9, request->attempts_max ? request->attempts_max : JOB_ATTEMPTS);
    stmt_bind_int(stmt, 10, clock_now_ms());
    result = stmt_run(stmt, err);
    *id = store_last_id(store);
    return result;
}

/* One predecessor. One that has failed already is remembered, too: a retry of it is waited for. */
static int add_after(struct store *store, int64_t id, int64_t after, struct error *err)
{
    enum job_state state = JOB_QUEUED;
    struct stmt *stmt;
    int result = job_state_of(store, after, &state, err);

    if (result != ERR_OK || state == JOB_DONE)
        return result;
    result = stmt_prepare(&stmt, store,
                          "INSERT OR IGNORE INTO job_after(after_id, job_id) VALUES(?1, ?2)", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, after);
    stmt_bind_int(stmt, 2, id);
    return stmt_run(stmt, err);
}

/* What a job waits for, as things are: predecessors still open, and the first that stands in its
 * way for good (0 none). */
static int count_predecessors(struct store *store, int64_t id, int64_t *open, int64_t *bad,
                              enum job_state *bad_state, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT count(*) FILTER (WHERE p.state < 2), "
                              "min(p.id) FILTER (WHERE p.state > 2 AND NOT j.any_end), "
                              "max(p.state) FILTER (WHERE p.state > 2 AND NOT j.any_end) "
                              "FROM job_after a JOIN job p ON p.id = a.after_id "
                              "JOIN job j ON j.id = a.job_id WHERE a.job_id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1) {
        *open = stmt_int(stmt, 0);
        *bad = stmt_int(stmt, 1);
        *bad_state = (enum job_state)stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int set_waits(struct store *store, int64_t id, int64_t waits, int64_t blocker,
                     struct error *err)
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

static int add_waits(struct store *store, int64_t id, const struct job_request *request,
                     struct error *err)
{
    enum job_state bad_state = JOB_FAILED;
    int64_t open = 0, bad = 0;
    char why[100];
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < request->after_count && result == ERR_OK; i++)
        result = add_after(store, id, request->after[i], err);
    if (result == ERR_OK)
        result = count_predecessors(store, id, &open, &bad, &bad_state, err);
    if (result == ERR_OK)
        result = set_waits(store, id, open, bad, err);
    if (result != ERR_OK || bad == 0)
        return result;
    snprintf(why, sizeof why, "job %" PRId64 ", which it waits for, %s", bad,
             bad_state == JOB_FAILED ? "failed" : "was cancelled");
    return jobs_finish(store, id, bad_state, NULL, why, err);
}

int jobs_add(struct store *store, const struct job_request *request, int64_t *id, bool *existing,
             struct error *err)
{
    int64_t holder = 0;
    bool own;
    int result = add_check(request, err);

    if (existing)
        *existing = false;
    if (result == ERR_OK)
        result = add_check_payload(store, request, err);
    if (result == ERR_OK)
        result = jobs_begin(store, false, &own, err);
    if (result != ERR_OK)
        return result;
    result = key_holder(store, request->key, &holder, err);
    if (result == ERR_OK && holder) {
        *id = holder;
        if (existing)
            *existing = true;
    } else if (result == ERR_OK) {
        result = add_row(store, request, id, err);
        if (result == ERR_OK && request->after_count > 0)
            result = add_waits(store, *id, request, err);
    }
    return jobs_end(store, own, result, err);
}

/* ---- cancelling ---- */

static int cancel_locked(struct store *store, int64_t id, bool *stopping, struct error *err)
{
    enum job_state state = JOB_QUEUED;
    struct stmt *stmt;
    int result = job_state_of(store, id, &state, err);

    if (result != ERR_OK)
        return result;
    if (state > JOB_RUNNING)
        return error_set(err, ERR_FAILED, "job %" PRId64 " has ended: it is %s", id,
                         job_state_name(state));
    *stopping = state == JOB_RUNNING;
    if (state == JOB_QUEUED)
        return jobs_finish(store, id, JOB_CANCELLED, NULL, "cancelled", err);
    result = stmt_prepare(&stmt, store, "UPDATE job SET stopping = 1 WHERE id = ?1", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_run(stmt, err);
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
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT o.id FROM job j JOIN job o ON o.key = j.key AND o.state < 2 "
                              "WHERE j.id = ?1",
                              err);

    *rival = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1)
        *rival = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* Back to the queue, unless something else stands in its way: *why then says what. */
static int revive(struct store *store, int64_t id, struct str *why, struct error *err)
{
    enum job_state bad_state = JOB_FAILED;
    int64_t open = 0, bad = 0, rival = 0;
    int result = count_predecessors(store, id, &open, &bad, &bad_state, err);

    str_clear(why);
    if (result == ERR_OK)
        result = key_rival(store, id, &rival, err);
    if (result != ERR_OK)
        return result;
    if (bad)
        str_printf(why, "job %" PRId64 " waits for job %" PRId64 ", which %s: retry that one", id,
                   bad, bad_state == JOB_FAILED ? "failed" : "was cancelled");
    else if (rival)
        str_printf(why, "job %" PRId64 " does the same as job %" PRId64 " and is open", rival, id);
    if (bad)
        return set_waits(store, id, 0, bad, err);
    return rival ? ERR_OK : revive_row(store, id, open, err);
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
    int result = job_state_of(store, id, &state, err);

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
