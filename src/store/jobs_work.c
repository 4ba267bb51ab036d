/*
 * The queue as workers see it: claim, renew, end.
 *
 * Every write of a worker names the token it was given and asks for state = running; when no row
 * answers, the lease is another's and the worker is told so. Claims and renewals do not wait for
 * the disk (store_begin_light): what a power cut takes of them, the lease's end puts right.
 * Completing is as durable as the effect beside it.
 */
#include "jobs_internal.h"

#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/holder.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REAP_AT_ONCE 100    /* leases taken back in one transaction */
#define PROMOTE_AT_ONCE 500 /* pauses ended in one transaction */
#define CLOCK_SLACK_MS 2000 /* a time that lies further ahead means that the clock was set back */

/* ---- dead workers ---- */

struct dead {
    int64_t id, attempts, attempts_max;
    bool stopping;
    char worker[100];
};

static int reap_one(struct store *store, const struct dead *dead, struct error *err)
{
    struct stmt *stmt;
    char why[200];
    int result;

    if (dead->stopping)
        return jobs_finish(store, dead->id, JOB_CANCELLED, NULL, "cancelled", err);
    snprintf(why, sizeof why, "attempt %" PRId64 ": no sign of life from its worker %s",
             dead->attempts, dead->worker);
    result = jobs_note(store, dead->id, err, "%s", why);
    if (result != ERR_OK)
        return result;
    if (dead->attempts >= dead->attempts_max)
        return jobs_finish(store, dead->id, JOB_FAILED, NULL, why, err);
    result = stmt_prepare(&stmt, store,
                          "UPDATE job SET state = 0, ready = 1, lease_until = NULL, seen = ?2 "
                          "WHERE id = ?1",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, dead->id);
    stmt_bind_int(stmt, 2, clock_real_ms());
    return stmt_run(stmt, err);
}

static int reap(struct store *store, int64_t now, struct error *err)
{
    struct dead dead[REAP_AT_ONCE];
    size_t count = 0, i;
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT id, attempts, attempts_max, stopping, worker FROM job "
                                    "WHERE state = 1 AND lease_until < ?1 LIMIT ?2",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, now);
    stmt_bind_int(stmt, 2, REAP_AT_ONCE);
    while ((step = stmt_step(stmt, err)) == 1) {
        dead[count].id = stmt_int(stmt, 0);
        dead[count].attempts = stmt_int(stmt, 1);
        dead[count].attempts_max = stmt_int(stmt, 2);
        dead[count].stopping = stmt_int(stmt, 3);
        snprintf(dead[count].worker, sizeof dead->worker, "%s", stmt_text(stmt, 4));
        count++;
    }
    stmt_reset(stmt);
    for (i = 0; i < count && step == 0; i++)
        step = reap_one(store, &dead[i], err);
    return step;
}

/* Pauses that have ended. */
static int promote(struct store *store, int64_t now, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "UPDATE job SET ready = 1 WHERE id IN (SELECT id FROM job WHERE state = 0 AND "
                     "waits = 0 AND ready = 0 AND due <= ?1 ORDER BY due LIMIT ?2)",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, now);
    stmt_bind_int(stmt, 2, PROMOTE_AT_ONCE);
    return stmt_run(stmt, err);
}

/* ---- claiming ---- */

/* First column of a one-row query with `now` as ?1; 0 for NULL. */
static int ask(struct store *store, const char *sql, int64_t now, int64_t *value, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, now);
    result = stmt_step(stmt, err);
    if (result == 1)
        *value = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* Whether time has something to do here, and when it next will (0: never). */
static int look_at_clock(struct store *store, int64_t now, bool *work, int64_t *next_due,
                         struct error *err)
{
    int64_t lease = 0, due = 0;
    int result =
        ask(store, "SELECT min(lease_until) FROM job WHERE state = 1 AND ?1", now, &lease, err);

    if (result == ERR_OK)
        result = ask(store,
                     "SELECT min(due) FROM job WHERE state = 0 AND waits = 0 AND ready = 0 AND ?1",
                     now, &due, err);
    *work = (lease && lease < now) || (due && due <= now);
    *next_due = lease && (!due || lease + 1 < due) ? lease + 1 : due;
    return result;
}

/* The best job of these kinds: one probe of job_ready a kind. */
static int look_for_job(struct store *store, const struct job_claim *claim, int64_t *id,
                        struct error *err)
{
    int64_t best_priority = 0;
    size_t i;
    int result = ERR_OK;

    *id = 0;
    for (i = 0; i < claim->kind_count && result == ERR_OK; i++) {
        struct stmt *stmt;

        result = stmt_prepare(&stmt, store,
                              "SELECT id, priority FROM job WHERE state = 0 AND waits = 0 AND "
                              "ready = 1 AND kind = ?1 ORDER BY priority DESC, id LIMIT 1",
                              err);
        if (result != ERR_OK)
            break;
        stmt_bind_text(stmt, 1, claim->kinds[i]);
        result = stmt_step(stmt, err);
        if (result == 1) {
            int64_t found = stmt_int(stmt, 0), priority = stmt_int(stmt, 1);

            if ((!claim->urgent || priority >= claim->urgent)
                && (*id == 0 || priority > best_priority
                    || (priority == best_priority && found < *id))) {
                *id = found;
                best_priority = priority;
            }
        }
        stmt_reset(stmt);
        result = result < 0 ? result : ERR_OK;
    }
    return result;
}

static int claim_row(struct store *store, const struct job_claim *claim, int64_t id, int64_t now,
                     struct error *err)
{
    char holder[HOLDER_MAX];
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "UPDATE job SET state = 1, token = token + 1, attempts = attempts + 1, "
        "worker = ?2, holder = ?6, began = ?3, seen = ?3, lease_until = ?4, started = ?5, "
        "done = 0, total = 0, unit = NULL WHERE id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, claim->worker);
    stmt_bind_int(stmt, 3, now);
    stmt_bind_int(stmt, 4, now + claim->lease_ms);
    stmt_bind_int(stmt, 5, clock_now_ms());
    holder_self(holder);
    stmt_bind_text(stmt, 6, holder);
    return stmt_run(stmt, err);
}

static int claim_locked(struct store *store, struct arena *arena, const struct job_claim *claim,
                        struct job *out, struct error *err)
{
    int64_t now = clock_real_ms(), id = 0;
    int result = reap(store, now, err);

    if (result == ERR_OK)
        result = promote(store, now, err);
    if (result == ERR_OK)
        result = look_for_job(store, claim, &id, err);
    if (result == ERR_OK && id != 0)
        result = claim_row(store, claim, id, now, err);
    if (result == ERR_OK && id != 0)
        result = jobs_get(store, arena, id, out, err);
    return result;
}

int jobs_claim(struct store *store, struct arena *arena, const struct job_claim *claim,
               struct job *out, int64_t *next_due, struct error *err)
{
    int64_t id = 0;
    bool work = false, own;
    int result;

    memset(out, 0, sizeof *out);
    result = look_at_clock(store, clock_real_ms(), &work, next_due, err);
    if (result == ERR_OK)
        result = look_for_job(store, claim, &id, err);
    if (result != ERR_OK || (!work && id == 0))
        return result;
    result = jobs_begin(store, true, &own, err);
    if (result != ERR_OK)
        return result;
    result = jobs_end(store, own, claim_locked(store, arena, claim, out, err), err);
    if (result != ERR_OK)
        memset(out, 0, sizeof *out);
    else if (out->id == 0)
        result = look_at_clock(store, clock_real_ms(), &work, next_due, err);
    return result;
}

/* ---- while it works ---- */

int jobs_beat(struct store *store, const struct job_beat *beat, enum job_order *order,
              struct error *err)
{
    int64_t now = clock_real_ms();
    struct stmt *stmt;
    bool own;
    int result = jobs_begin(store, true, &own, err);

    if (result != ERR_OK)
        return result;
    result = stmt_prepare(&stmt, store,
                          "UPDATE job SET seen = ?3, lease_until = ?4, done = ?5, total = ?6, "
                          "unit = coalesce(?7, unit) WHERE id = ?1 AND token = ?2 AND state = 1 "
                          "RETURNING stopping",
                          err);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, beat->id);
        stmt_bind_int(stmt, 2, beat->token);
        stmt_bind_int(stmt, 3, now);
        stmt_bind_int(stmt, 4, now + beat->lease_ms);
        stmt_bind_int(stmt, 5, beat->done);
        stmt_bind_int(stmt, 6, beat->total);
        stmt_bind_text(stmt, 7, beat->unit);
        result = stmt_step(stmt, err);
        *order = result == 0 ? JOB_LOST : result == 1 && stmt_int(stmt, 0) ? JOB_STOP : JOB_GO_ON;
        stmt_reset(stmt);
        result = result < 0 ? result : ERR_OK;
    }
    return jobs_end(store, own, result, err);
}

int jobs_order(struct store *store, int64_t id, int64_t token, enum job_order *order,
               struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "SELECT stopping FROM job WHERE id = ?1 AND token = ?2 AND state = 1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, token);
    result = stmt_step(stmt, err);
    *order = result == 0 ? JOB_LOST : result == 1 && stmt_int(stmt, 0) ? JOB_STOP : JOB_GO_ON;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* ---- the end of an attempt ---- */

struct held {
    int64_t attempts, attempts_max;
    bool stopping;
};

/* Is the lease still this token's? In a transaction, so that the answer stays true. */
static int hold(struct store *store, int64_t id, int64_t token, struct held *held,
                struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT attempts, attempts_max, stopping FROM job WHERE id = ?1 AND "
                              "token = ?2 AND state = 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, token);
    result = stmt_step(stmt, err);
    if (result == 1) {
        held->attempts = stmt_int(stmt, 0);
        held->attempts_max = stmt_int(stmt, 1);
        held->stopping = stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_BUSY,
                         "job %" PRId64 ": its lease ran out and it went to another worker", id);
    return result < 0 ? result : ERR_OK;
}

int jobs_complete(struct store *store, int64_t id, int64_t token, const char *result,
                  const char *warning, struct error *err)
{
    struct held held;
    int code;

    assert(store_in_transaction(store));
    if (result && strlen(result) > JOB_JSON_MAX)
        return error_set(err, ERR_LIMIT, "job %" PRId64 ": its result is larger than %d bytes", id,
                         JOB_JSON_MAX);
    code = hold(store, id, token, &held, err);
    return code == ERR_OK ? jobs_finish(store, id, JOB_DONE, result, warning, err) : code;
}

static int fail_pause(struct store *store, int64_t id, int64_t retry_ms, const char *why,
                      struct error *err)
{
    int64_t now = clock_real_ms();
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "UPDATE job SET state = 0, ready = ?2 <= 0, due = ?3 + ?2, seen = ?3, "
                     "lease_until = NULL, error = ?4 WHERE id = ?1",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, retry_ms);
    stmt_bind_int(stmt, 3, now);
    stmt_bind_text(stmt, 4, why);
    return stmt_run(stmt, err);
}

static int fail_locked(struct store *store, int64_t id, int64_t token, const char *why,
                       int64_t retry_ms, struct error *err)
{
    struct held held = { 0 };
    int result = hold(store, id, token, &held, err);

    if (result != ERR_OK)
        return result;
    if (held.stopping)
        return jobs_finish(store, id, JOB_CANCELLED, NULL, "cancelled", err);
    result = jobs_note(store, id, err, "attempt %" PRId64 ": %s", held.attempts, why);
    if (result != ERR_OK)
        return result;
    if (retry_ms < 0 || held.attempts >= held.attempts_max)
        return jobs_finish(store, id, JOB_FAILED, NULL, why, err);
    return fail_pause(store, id, retry_ms, why, err);
}

int jobs_fail(struct store *store, int64_t id, int64_t token, const char *why, int64_t retry_ms,
              struct error *err)
{
    bool own;
    int result = jobs_begin(store, true, &own, err);

    if (result != ERR_OK)
        return result;
    return jobs_end(store, own, fail_locked(store, id, token, why, retry_ms, err), err);
}

static int release_locked(struct store *store, int64_t id, int64_t token, struct error *err)
{
    struct held held = { 0 };
    struct stmt *stmt;
    int result = hold(store, id, token, &held, err);

    if (result != ERR_OK)
        return result;
    if (held.stopping)
        return jobs_finish(store, id, JOB_CANCELLED, NULL, "cancelled", err);
    result = stmt_prepare(&stmt, store,
                          "UPDATE job SET state = 0, ready = 1, attempts = attempts - 1, "
                          "lease_until = NULL, worker = NULL WHERE id = ?1",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_run(stmt, err);
    return result == ERR_OK ? jobs_note(store, id, err, "back in the queue: its worker ended")
                            : result;
}

int jobs_release(struct store *store, int64_t id, int64_t token, struct error *err)
{
    bool own;
    int result = jobs_begin(store, true, &own, err);

    return result == ERR_OK ? jobs_end(store, own, release_locked(store, id, token, err), err)
                            : result;
}

int jobs_stopped(struct store *store, int64_t id, int64_t token, struct error *err)
{
    struct held held;
    bool own;
    int result = jobs_begin(store, true, &own, err);

    if (result != ERR_OK)
        return result;
    result = hold(store, id, token, &held, err);
    if (result == ERR_OK)
        result = jobs_finish(store, id, JOB_CANCELLED, NULL, "cancelled", err);
    return jobs_end(store, own, result, err);
}

int64_t job_backoff_ms(int attempt, int64_t first_ms, int64_t most_ms)
{
    int64_t ticks = clock_ticks_us(), whole = first_ms;
    uint64_t dice = hash64(&ticks, sizeof ticks, (uint64_t)attempt);

    while (--attempt > 0 && whole < most_ms)
        whole *= 2;
    if (whole > most_ms)
        whole = most_ms;
    return whole / 2 + (whole > 1 ? (int64_t)(dice % (uint64_t)(whole - whole / 2 + 1)) : whole);
}

/* ---- now and then ---- */

/* Leases and pauses that began in the future, as the clock now has it, begin now. */
static int redate(struct store *store, int64_t now, struct error *err)
{
    static const char *const texts[] = {
        "UPDATE job SET lease_until = ?1 + (lease_until - seen), seen = ?1 "
        "WHERE state = 1 AND seen > ?1 + ?2",
        "UPDATE job SET due = ?1 + (due - seen), seen = ?1 "
        "WHERE state = 0 AND waits = 0 AND ready = 0 AND seen > ?1 + ?2"
    };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(texts) && result == ERR_OK; i++) {
        struct stmt *stmt;

        result = stmt_prepare(&stmt, store, texts[i], err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, now);
        stmt_bind_int(stmt, 2, CLOCK_SLACK_MS);
        result = stmt_run(stmt, err);
    }
    return result;
}

/* Running jobs whose process is certainly gone: their leases end now. */
static int end_leases_of_dead(struct store *store, struct error *err)
{
    struct job_ids dead = { 0 };
    struct stmt *stmt;
    size_t i;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT id, holder, token FROM job WHERE state = 1", err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1)
        if (*stmt_text(stmt, 1) && holder_is_dead(stmt_text(stmt, 1))) {
            VEC_PUSH(dead.items, dead.len, dead.cap, stmt_int(stmt, 0));
            VEC_PUSH(dead.items, dead.len, dead.cap, stmt_int(stmt, 2));
        }
    stmt_reset(stmt);
    result = step;
    for (i = 0; i < dead.len && result == ERR_OK; i += 2) { /* pairs: job and token */
        result = stmt_prepare(
            &stmt, store,
            "UPDATE job SET lease_until = 1 WHERE id = ?1 AND token = ?2 AND state = 1", err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, dead.items[i]);
        stmt_bind_int(stmt, 2, dead.items[i + 1]);
        result = stmt_run(stmt, err);
    }
    free(dead.items);
    return result;
}

int jobs_tidy(struct store *store, struct error *err)
{
    int64_t now = clock_real_ms(), ahead = 0, next;
    bool work = false, own;
    int result = store_in_transaction(store) ? ERR_OK : end_leases_of_dead(store, err);

    if (result == ERR_OK)
        result = look_at_clock(store, now, &work, &next, err);
    if (result == ERR_OK)
        result = ask(store,
                     "SELECT EXISTS (SELECT 1 FROM job WHERE state = 1 AND seen > ?1) OR "
                     "EXISTS (SELECT 1 FROM job WHERE state = 0 AND waits = 0 AND ready = 0 AND "
                     "seen > ?1)",
                     now + CLOCK_SLACK_MS, &ahead, err);
    if (result != ERR_OK || (!work && !ahead))
        return result;
    result = jobs_begin(store, true, &own, err);
    if (result != ERR_OK)
        return result;
    if (ahead)
        result = redate(store, now, err);
    if (result == ERR_OK)
        result = reap(store, now, err);
    if (result == ERR_OK)
        result = promote(store, now, err);
    return jobs_end(store, own, result, err);
}
