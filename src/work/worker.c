/*
 * The worker's threads: claim, run, settle, and wait for more.
 *
 * One lock guards who runs what; it is never held over a call of the store or of a kind. A thread
 * without a job sleeps until another thread's job has ended (that may have freed one that waited),
 * until the next pause or lease is over, or until it is time to look for jobs of other processes.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define LEASE_MS 30000
#define POLL_MS 500
#define TROUBLE_MS 2000 /* pause after the queue could not be read */
#define ABANDON_MS 60   /* patience when a job is given back on the way out */

const struct job_kind *job_kind_find(const struct job_kind *kinds, size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    return NULL;
}

void job_progress(struct job_run *run, int64_t done, int64_t total, const char *unit)
{
    atomic_store(&run->slot->done, done);
    atomic_store(&run->slot->total, total);
    atomic_store(&run->slot->unit, unit);
}

void worker_pause(struct worker *worker, pthread_cond_t *condition, int64_t ms)
{
    struct timespec until;

    if (ms <= 0)
        return;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000;
    }
    pthread_cond_timedwait(condition, &worker->lock, &until);
}

void slot_order_stop(struct job_slot *slot, enum stop_reason reason)
{
    if (slot->id == 0 || slot->reason != STOP_NONE)
        return;
    slot->reason = reason;
    atomic_store(&slot->stop, true);
}

/* ---- one job ---- */

static void slot_take(struct job_slot *slot, const struct job *job)
{
    struct worker *worker = slot->worker;

    pthread_mutex_lock(&worker->lock);
    atomic_store(&slot->stop, false);
    atomic_store(&slot->done, 0);
    atomic_store(&slot->total, 0);
    atomic_store(&slot->unit, NULL);
    slot->reason = STOP_NONE;
    slot->kind = job_kind_find(worker->options.kinds, worker->options.kind_count, job->kind);
    slot->id = job->id;
    slot->token = job->token;
    slot->started = slot->beaten = clock_ticks_ms();
    slot->written = 0;
    if (worker->leaving) /* claimed at the same moment */
        slot_order_stop(slot, STOP_LEAVE);
    pthread_mutex_unlock(&worker->lock);
}

static void slot_drop(struct job_slot *slot)
{
    struct worker *worker = slot->worker;

    pthread_mutex_lock(&worker->lock);
    slot->id = 0;
    worker->busy--;
    worker->settled++;
    worker->idle_since = clock_ticks_ms();
    pthread_cond_broadcast(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
}

static void slot_run(struct job_slot *slot, struct store *store, struct arena *arena,
                     const struct job *job)
{
    struct job_run run = { .store = store, .job = job, .arena = arena, .slot = slot };
    struct error err = { 0 };
    int result;

    slot_take(slot, job);
    str_init(&run.result);
    run.ctx = slot->worker->options.ctx;
    run.stop = &slot->stop;
    store_set_cancel(store, &slot->stop);
    result = slot->kind->run(&run, &err);
    store_set_cancel(store, NULL);
    slot_settle(slot, &run, result, &err);
    str_free(&run.result);
    slot_drop(slot);
}

/* ---- the threads ---- */

/* How long a thread without a job may sleep; ends the worker when `once` is over. With the lock. */
static int64_t idle_ms(struct worker *worker, int64_t next_due)
{
    int64_t poll = worker->options.poll_ms, until = next_due - clock_real_ms();
    bool soon = next_due && until <= worker->options.once_wait_ms;
    bool patient = clock_ticks_ms() - worker->idle_since < worker->options.once_wait_ms;

    if (worker->options.once && worker->busy == 0 && !(soon && patient)) {
        worker->leaving = true;
        pthread_cond_broadcast(&worker->wake);
        return 0;
    }
    return next_due && until < poll ? (until < 1 ? 1 : until) : poll;
}

/* A job that was settled since this thread looked may be back in the queue: it looks again. */
static void slot_idle(struct job_slot *slot, int claimed, int64_t next_due)
{
    struct worker *worker = slot->worker;
    int64_t ms;

    pthread_mutex_lock(&worker->lock);
    worker->busy--;
    ms = claimed != ERR_OK                 ? TROUBLE_MS
         : slot->looked != worker->settled ? 0
                                           : idle_ms(worker, next_due);
    if (!worker->leaving && ms > 0)
        worker_pause(worker, &worker->wake, ms);
    pthread_mutex_unlock(&worker->lock);
}

/* A thread that looks for a job counts as busy: what it may find keeps the others from ending. */
static bool slot_look(struct job_slot *slot)
{
    struct worker *worker = slot->worker;
    bool stay;

    pthread_mutex_lock(&worker->lock);
    stay = !worker->leaving;
    worker->busy += stay;
    slot->looked = worker->settled;
    pthread_mutex_unlock(&worker->lock);
    return stay;
}

static void slot_loop(struct job_slot *slot, struct store *store)
{
    struct worker *worker = slot->worker;
    struct job_claim claim = { .worker = worker->name,
                               .kinds = worker->kinds,
                               .kind_count = worker->kind_count,
                               .lease_ms = worker->options.lease_ms };
    struct arena *arena = arena_new();

    if (slot->lane)
        claim.urgent = slot->lane->urgent;
    if (slot->lane && slot->lane->kind) {
        claim.kinds = &slot->lane->kind;
        claim.kind_count = 1;
    }
    while (slot_look(slot)) {
        struct error err = { 0 };
        struct job job;
        int64_t next_due = 0;
        int result;

        arena_reset(arena);
        result = jobs_claim(store, arena, &claim, &job, &next_due, &err);
        if (result != ERR_OK)
            log_write(LOG_WARN, "jobs: %s", err.message);
        if (result == ERR_OK && job.id)
            slot_run(slot, store, arena, &job);
        else
            slot_idle(slot, result, next_due);
    }
    arena_free(arena);
}

/* On Linux the nice value is a thread's own, and the threads that it starts inherit it. */
static void worker_stand_back(const struct worker *worker)
{
    if (worker->options.nice > 0
        && setpriority(PRIO_PROCESS, (id_t)gettid(), worker->options.nice) != 0)
        log_write(LOG_DEBUG, "jobs: cannot lower the priority of a thread");
}

static void *slot_main(void *ctx)
{
    struct job_slot *slot = ctx;
    struct worker *worker = slot->worker;
    struct store_options options = { 0 };
    struct store *store = NULL;
    struct error err = { 0 };
    int result;

    worker_stand_back(worker);
    result = store_open(&store, worker->library, &options, &err);
    if (result == ERR_OK && worker->options.opened)
        worker->options.opened(worker->options.ctx, store);
    if (result == ERR_OK)
        slot_loop(slot, store);
    else
        log_write(LOG_ERROR, "jobs: %s", err.message);
    store_close(store);
    pthread_mutex_lock(&worker->lock);
    worker->alive--;
    slot->ended = true;
    pthread_cond_broadcast(&worker->ended);
    pthread_cond_broadcast(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
    return NULL;
}

/* ---- beginning and end ---- */

static void worker_defaults(struct worker_options *options)
{
    if (options->lease_ms <= 0)
        options->lease_ms = LEASE_MS;
    if (options->poll_ms <= 0)
        options->poll_ms = POLL_MS;
    if (options->keep_ms <= 0)
        options->keep_ms = 30 * 86400000LL;
    if (options->keep_jobs <= 0)
        options->keep_jobs = 5000;
}

static void worker_name(struct worker *worker)
{
    char host[65] = "";

    if (gethostname(host, sizeof host - 1) != 0 || !*host)
        snprintf(host, sizeof host, "here");
    worker->name = mem_printf("%s/%ld", host, (long)getpid());
}

/* Of a lane's own? */
static bool is_apart(const struct worker *worker, const char *kind)
{
    size_t i;

    for (i = 0; i < worker->options.lane_count; i++)
        if (worker->options.lanes[i].alone && strcmp(worker->options.lanes[i].kind, kind) == 0)
            return true;
    return false;
}

static void worker_kinds(struct worker *worker)
{
    size_t i;

    worker->kinds = mem_zalloc((worker->options.kind_count + 1) * sizeof *worker->kinds);
    for (i = 0; i < worker->options.kind_count; i++)
        if (worker->options.only ? strcmp(worker->options.only, worker->options.kinds[i].name) == 0
                                 : !is_apart(worker, worker->options.kinds[i].name))
            worker->kinds[worker->kind_count++] = worker->options.kinds[i].name;
}

static void worker_destroy(struct worker *worker)
{
    pthread_cond_destroy(&worker->wake);
    pthread_cond_destroy(&worker->ended);
    pthread_mutex_destroy(&worker->lock);
    free(worker->slots);
    free(worker->kinds);
    free(worker->library);
    free(worker->name);
    free(worker);
}

static void worker_threads(struct worker *worker)
{
    int i;

    worker->slot_count = worker->options.threads + (int)worker->options.lane_count;
    worker->slots = mem_zalloc((size_t)worker->slot_count * sizeof *worker->slots);
    worker->alive = worker->slot_count;
    worker->idle_since = clock_ticks_ms();
    for (i = 0; i < worker->slot_count; i++) {
        worker->slots[i].worker = worker;
        if (i >= worker->options.threads)
            worker->slots[i].lane = &worker->options.lanes[i - worker->options.threads];
        if (pthread_create(&worker->slots[i].thread, NULL, slot_main, &worker->slots[i]) != 0)
            die("cannot start a thread");
    }
    if (pthread_create(&worker->keeper, NULL, keeper_main, worker) != 0)
        die("cannot start a thread");
}

int worker_start(struct worker **out, const struct worker_options *options, struct error *err)
{
    struct worker *worker;
    pthread_condattr_t monotonic;

    *out = NULL;
    assert(options->threads >= 1 && options->threads <= 64);
    if (options->only && !job_kind_find(options->kinds, options->kind_count, options->only))
        return error_set(err, ERR_USAGE, "there is no kind of job called '%s'", options->only);
    worker = mem_zalloc(sizeof *worker);
    worker->options = *options;
    worker_defaults(&worker->options);
    worker->library = mem_strdup(options->library);
    worker_name(worker);
    worker_kinds(worker);
    pthread_mutex_init(&worker->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&worker->wake, &monotonic);
    pthread_cond_init(&worker->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    worker_threads(worker);
    *out = worker;
    return ERR_OK;
}

void worker_stop(struct worker *worker)
{
    int i;

    pthread_mutex_lock(&worker->lock);
    worker->leaving = true;
    for (i = 0; i < worker->slot_count; i++)
        slot_order_stop(&worker->slots[i], STOP_LEAVE);
    pthread_cond_broadcast(&worker->wake);
    pthread_mutex_unlock(&worker->lock);
}

bool worker_wait(struct worker *worker, int64_t ms)
{
    int64_t until = clock_ticks_ms() + ms;
    bool ended;

    pthread_mutex_lock(&worker->lock);
    while (worker->alive > 0 && clock_ticks_ms() < until)
        worker_pause(worker, &worker->ended, until - clock_ticks_ms());
    ended = worker->alive == 0;
    pthread_mutex_unlock(&worker->lock);
    return ended;
}

void worker_totals(struct worker *worker, struct worker_totals *totals)
{
    pthread_mutex_lock(&worker->lock);
    *totals = worker->totals;
    pthread_mutex_unlock(&worker->lock);
}

/* A thread is stuck (reading a pipe that nobody writes to, say) and this process is about to end:
 * its job need not wait for the lease. The token keeps the thread from completing it all the same.
 */
static void worker_abandon(struct worker *worker)
{
    struct store_options options = { .busy_ms = ABANDON_MS };
    struct store *store = NULL;
    int i;

    if (store_open(&store, worker->library, &options, NULL) != ERR_OK)
        return;
    pthread_mutex_lock(&worker->lock);
    for (i = 0; i < worker->slot_count; i++)
        if (worker->slots[i].id)
            jobs_release(store, worker->slots[i].id, worker->slots[i].token, NULL);
    pthread_mutex_unlock(&worker->lock);
    store_close(store);
}

/* Those that have ended; all of them, unless somebody is stuck. */
static void worker_join(struct worker *worker)
{
    int i;

    for (i = 0; i < worker->slot_count; i++) {
        struct job_slot *slot = &worker->slots[i];
        bool ended;

        pthread_mutex_lock(&worker->lock);
        ended = slot->ended && !slot->joined;
        pthread_mutex_unlock(&worker->lock);
        if (ended)
            pthread_join(slot->thread, NULL);
        slot->joined = slot->joined || ended;
    }
}

bool worker_free(struct worker *worker, int64_t ms)
{
    bool ended;

    if (!worker)
        return true;
    worker_stop(worker);
    ended = worker_wait(worker, ms);
    worker_join(worker);
    if (!ended) {
        worker_abandon(worker);
        return false;
    }
    pthread_join(worker->keeper, NULL);
    worker_destroy(worker);
    return true;
}
