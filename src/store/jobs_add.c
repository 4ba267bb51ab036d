/*
 * Adding to the queue: is the request a job, is there one of its key, and what does it wait for?
 * One whose predecessor has failed is added as failed, so that a retry of the one brings it back.
 */
#include "jobs_internal.h"

#include "carrel/clock.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    int64_t good = 0;
    int result;

    if (!request->payload)
        return ERR_OK;
    result = store_lookup(
        store, &good, "SELECT CASE WHEN json_valid(?1) THEN json_type(?1) = 'object' ELSE 0 END",
        request->payload, 0, 0, err);
    if (result == ERR_OK && !good)
        result = error_set(err, ERR_USAGE, "%s: a job's payload is a JSON object, not: %.80s",
                           request->kind, request->payload);
    return result;
}

/* The open job of this key, 0 when there is none. */
static int key_holder(struct store *store, const char *key, int64_t *id, struct error *err)
{
    int result = ERR_NOTFOUND;

    *id = 0;
    if (key && *key)
        result = store_lookup(store, id, "SELECT id FROM job WHERE key = ?1 AND state < 2", key, 0,
                              0, err);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int jobs_by_key(struct store *store, const char *key, int64_t *id, struct error *err)
{
    int result = key_holder(store, key, id, err);

    return result == ERR_OK && *id == 0 ? ERR_NOTFOUND : result;
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
    int result = jobs_state_of(store, after, &state, err);

    if (result != ERR_OK || state == JOB_DONE)
        return result;
    return store_run(store, "INSERT OR IGNORE INTO job_after(after_id, job_id) VALUES(?1, ?2)",
                     after, id, NULL, err);
}

static int add_waits(struct store *store, int64_t id, const struct job_request *request,
                     struct error *err)
{
    struct job_waiting waiting = { 0 };
    char why[100];
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < request->after_count && result == ERR_OK; i++)
        result = add_after(store, id, request->after[i], err);
    if (result == ERR_OK)
        result = jobs_waiting(store, id, &waiting, err);
    if (result == ERR_OK)
        result = jobs_wait(store, id, waiting.open, waiting.blocker, err);
    if (result != ERR_OK || waiting.blocker == 0)
        return result;
    snprintf(why, sizeof why, "job %" PRId64 ", which it waits for, %s", waiting.blocker,
             jobs_fell(waiting.blocker_state));
    return jobs_finish(store, id, waiting.blocker_state, NULL, why, err);
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
