/*
 * The keeper: one thread that looks after what the others run. It renews leases, writes progress
 * down, brings orders to stop and ends what takes too long; and now and then it tidies the queue
 * and forgets old history.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <inttypes.h>

#define TICK_MS 100     /* how fast an order to stop arrives */
#define PROGRESS_MS 500 /* how often progress is written down */
#define TIDY_MS 5000
#define PRUNE_MS 600000
#define PATIENCE_MS 5000 /* with another writer: shorter than a lease */

struct keeper {
    struct worker *worker;
    struct store *store;
    int64_t tidied, pruned; /* ticks */
};

/* A copy of what a slot runs, so that the lock need not be held while the store works. */
struct watched {
    struct job_beat beat;
    bool due;
};

static bool watch(struct worker *worker, struct job_slot *slot, struct watched *watched)
{
    int64_t now = clock_ticks_ms();
    int64_t since = now - slot->beaten, timeout;

    if (slot->id == 0)
        return false;
    timeout = slot->kind->timeout_ms;
    if (timeout > 0 && now - slot->started > timeout)
        slot_order_stop(slot, STOP_TIMEOUT);
    watched->beat = (struct job_beat){ .id = slot->id,
                                       .token = slot->token,
                                       .lease_ms = worker->options.lease_ms,
                                       .done = atomic_load(&slot->done),
                                       .total = atomic_load(&slot->total),
                                       .unit = atomic_load(&slot->unit) };
    watched->due = since > worker->options.lease_ms / 3
                   || (since > PROGRESS_MS && watched->beat.done != slot->written);
    if (watched->due) {
        slot->beaten = now;
        slot->written = watched->beat.done;
    }
    return true;
}

static void keep_slot(struct keeper *keeper, struct job_slot *slot)
{
    struct worker *worker = keeper->worker;
    enum job_order order = JOB_GO_ON;
    struct error err = { 0 };
    struct watched watched;
    bool runs;
    int result;

    pthread_mutex_lock(&worker->lock);
    runs = watch(worker, slot, &watched);
    pthread_mutex_unlock(&worker->lock);
    if (!runs)
        return;
    result = watched.due
                 ? jobs_beat(keeper->store, &watched.beat, &order, &err)
                 : jobs_order(keeper->store, watched.beat.id, watched.beat.token, &order, &err);
    if (result != ERR_OK)
        log_write(LOG_WARN, "jobs: %s", err.message);
    if (result != ERR_OK || order == JOB_GO_ON)
        return;
    pthread_mutex_lock(&worker->lock);
    if (slot->id == watched.beat.id && slot->token == watched.beat.token)
        slot_order_stop(slot, order == JOB_STOP ? STOP_CANCEL : STOP_LOST);
    pthread_mutex_unlock(&worker->lock);
}

static void keep_house(struct keeper *keeper)
{
    const struct worker_options *options = &keeper->worker->options;
    int64_t now = clock_ticks_ms(), gone = 0;
    struct error err = { 0 };
    int result = ERR_OK;

    if (now - keeper->tidied > TIDY_MS) {
        keeper->tidied = now;
        result = jobs_tidy(keeper->store, &err);
    }
    if (result == ERR_OK && now - keeper->pruned > PRUNE_MS) {
        keeper->pruned = now;
        result = jobs_prune(keeper->store, options->keep_ms, options->keep_jobs, &gone, &err);
    }
    if (result != ERR_OK)
        log_write(LOG_WARN, "jobs: %s", err.message);
    if (gone > 0)
        log_write(LOG_DEBUG, "jobs: %" PRId64 " old ones forgotten", gone);
}

static bool keep_waiting(struct worker *worker)
{
    bool stay;

    pthread_mutex_lock(&worker->lock);
    if (worker->alive > 0)
        worker_pause(worker, &worker->ended, worker->busy > 0 ? TICK_MS : TICK_MS * 5);
    stay = worker->alive > 0;
    pthread_mutex_unlock(&worker->lock);
    return stay;
}

void *keeper_main(void *ctx)
{
    struct keeper keeper = { .worker = ctx };
    struct store_options options = { .busy_ms = PATIENCE_MS };
    struct error err = { 0 };
    int i;

    keeper.tidied = clock_ticks_ms() - TIDY_MS;
    keeper.pruned = clock_ticks_ms() - PRUNE_MS + TIDY_MS; /* not in a short visit */
    if (store_open(&keeper.store, keeper.worker->library, &options, &err) != ERR_OK) {
        log_write(LOG_ERROR, "jobs: %s", err.message);
        return NULL;
    }
    while (keep_waiting(keeper.worker)) {
        for (i = 0; i < keeper.worker->slot_count; i++)
            keep_slot(&keeper, &keeper.worker->slots[i]);
        keep_house(&keeper);
    }
    store_close(keeper.store);
    return NULL;
}
