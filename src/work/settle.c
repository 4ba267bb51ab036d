/*
 * The end of an attempt: what a kind's function returned, and why it was told to stop, as one
 * change of the job's row.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <inttypes.h>

#define RETRY_MS 2000
#define RETRY_MAX_MS 600000

/* Would the same call fail again? */
static bool permanent(int code)
{
    switch (code) {
    case ERR_USAGE:
    case ERR_PARSE:
    case ERR_NOTFOUND:
    case ERR_LIMIT:
    case ERR_CORRUPT:
    case ERR_REFUSED:
    case ERR_READONLY:
    case ERR_VERSION:
    case ERR_EXISTS:
        return true;
    default:
        return false;
    }
}

static int64_t retry_ms(const struct job_kind *kind, const struct job_run *run, int code)
{
    if (permanent(code))
        return -1;
    if (run->retry_ms > 0)
        return run->retry_ms;
    return job_backoff_ms(run->job->attempts, kind->retry_ms ? kind->retry_ms : RETRY_MS,
                          kind->retry_max_ms ? kind->retry_max_ms : RETRY_MAX_MS);
}

static void count(struct worker *worker, int64_t *total)
{
    pthread_mutex_lock(&worker->lock);
    ++*total;
    pthread_mutex_unlock(&worker->lock);
}

/* The effect, if its transaction is open, the last of the progress, and the completion, together. */
static int complete(struct job_run *run, const char *warning, struct error *err)
{
    struct job_beat beat = { .id = run->job->id,
                             .token = run->job->token,
                             .lease_ms = run->slot->worker->options.lease_ms,
                             .done = atomic_load(&run->slot->done),
                             .total = atomic_load(&run->slot->total),
                             .unit = atomic_load(&run->slot->unit) };
    enum job_order order;
    int result = store_in_transaction(run->store) ? ERR_OK : store_begin(run->store, err);

    if (result == ERR_OK)
        result = jobs_beat(run->store, &beat, &order, err);
    if (result == ERR_OK)
        result = jobs_complete(run->store, run->job->id, run->job->token,
                               run->result.len ? run->result.ptr : NULL, warning, err);
    if (result == ERR_OK)
        return store_commit(run->store, err);
    store_rollback(run->store);
    return result;
}

static int settle_failure(struct job_slot *slot, struct job_run *run, int code, const char *why,
                          struct error *err)
{
    struct worker *worker = slot->worker;
    int64_t pause = retry_ms(slot->kind, run, code);
    bool last = pause < 0 || run->job->attempts >= run->job->attempts_max;
    int result = jobs_fail(run->store, run->job->id, run->job->token, why, pause, err);

    if (result == ERR_OK) {
        count(worker, last ? &worker->totals.failed : &worker->totals.retried);
        log_write(last ? LOG_ERROR : LOG_WARN, "job %" PRId64 " (%s): %s%s", run->job->id,
                  run->job->kind, why, last ? "" : "; it is tried again");
    }
    return result;
}

static int settle_stopped(struct job_slot *slot, struct job_run *run, enum stop_reason reason,
                          struct error *err)
{
    struct worker *worker = slot->worker;
    int64_t id = run->job->id, token = run->job->token;
    int result = ERR_OK;

    if (reason == STOP_CANCEL) {
        result = jobs_stopped(run->store, id, token, err);
        count(worker, &worker->totals.cancelled);
    } else if (reason == STOP_LEAVE) {
        result = jobs_release(run->store, id, token, err);
        count(worker, &worker->totals.returned);
    }
    return result;
}

static int settle(struct job_slot *slot, struct job_run *run, enum stop_reason reason, int result,
                  struct error *why, struct error *err)
{
    struct worker *worker = slot->worker;
    bool good = result == ERR_OK || result == ERR_PARTIAL;

    if (good) {
        result = complete(run, result == ERR_PARTIAL ? why->message : NULL, err);
        if (result == ERR_OK) {
            bool partial = why->code == ERR_PARTIAL;

            count(worker, partial ? &worker->totals.partial : &worker->totals.done);
            log_write(LOG_INFO, "job %" PRId64 " (%s): done", run->job->id, run->job->kind);
        }
        if (result == ERR_OK || result == ERR_BUSY)
            return result;
        *why = *err; /* could not be written down: a failure like another */
    } else if (store_in_transaction(run->store)) {
        store_rollback(run->store);
    }
    if (reason == STOP_TIMEOUT)
        result = error_set(why, ERR_FAILED, "took longer than its %g s",
                           (double)slot->kind->timeout_ms / 1000);
    else if (reason != STOP_NONE && !good)
        return settle_stopped(slot, run, reason, err);
    return settle_failure(slot, run, result, *why->message ? why->message : "no reason given", err);
}

void slot_settle(struct job_slot *slot, struct job_run *run, int result, struct error *why)
{
    struct error err = { 0 };
    enum stop_reason reason;

    pthread_mutex_lock(&slot->worker->lock);
    reason = slot->reason;
    pthread_mutex_unlock(&slot->worker->lock);
    if (result == ERR_OK)
        why->code = ERR_OK;
    result = settle(slot, run, reason, result, why, &err);
    if (result == ERR_BUSY)
        log_write(LOG_WARN, "%s; what was done here is not kept", err.message);
    else if (result != ERR_OK) /* its lease will end, and then it goes to somebody again */
        log_write(LOG_ERROR, "job %" PRId64 " (%s): %s", run->job->id, run->job->kind, err.message);
}
