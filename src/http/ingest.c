/*
 * The thread that writes events (ingest.h). While it waits for the disk, requests gather; the
 * busier the service, the larger the transactions. Between them it does the housekeeping: what is
 * old is pruned, a salt of yesterday destroyed, and once a second those who listen are told how
 * things stand.
 */
#include "ingest.h"

#include "usage.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GROUP_EVENTS 20000 /* of one transaction, about: no batch is divided */
#define GATHER_EVENTS 500  /* when the last transaction had so many, it pays to */
#define GATHER_MS 5        /* wait a moment for those who were just answered */
#define FOLD_EVENTS 4000   /* are counted at once (carrel/events.h), */
#define FOLD_MS 500        /* after this time at most, */
#define FOLD_IDLE_MS 20    /* or when none come for so long */
#define FOLD_PATIENCE_MS 1000
#define TICK_MS 1000
#define PRUNE_MS 60000
#define PRUNE_BUSY_MS 50 /* between two slices, while there is more */
#define STOP_PATIENCE_MS 2000
#define CACHE_KIB 65536

struct ingest {
    struct http_server *server;
    struct store *store;
    struct events_writer *writer;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct ingest_batch *first, **end;
    size_t most; /* events that may wait */
    bool started, closing;
    pthread_mutex_t salt_lock;
    struct salt salt;
    /* the thread's own */
    struct event *events;
    enum event_fate *fates;
    size_t cap, fates_cap;
    size_t last;               /* events of the last transaction */
    size_t uncounted;          /* events that are written and not counted, */
    int64_t uncounted_since;   /* and since when; ticks, ms */
    int64_t prune_at, tell_at; /* ticks, ms */
    int64_t keep_ms;
    struct ingest_figures figures;
};

struct ingest_figures *ingest_figures(struct ingest *ingest)
{
    return &ingest->figures;
}

/* ---- the salt ---- */

int ingest_salt(struct ingest *ingest, struct salt *out, struct error *err)
{
    int64_t day = clock_now_ms() / 86400000;
    int result = ERR_OK;

    pthread_mutex_lock(&ingest->salt_lock);
    if (ingest->salt.day != day)
        result = salt_open(&ingest->salt, ingest->server->app->library, day, err);
    *out = ingest->salt;
    pthread_mutex_unlock(&ingest->salt_lock);
    return result;
}

/* ---- the queue ---- */

int ingest_offer(struct ingest *ingest, struct ingest_batch *batch, struct error *err)
{
    int result = ERR_OK;

    batch->next = NULL;
    pthread_mutex_lock(&ingest->lock);
    if (ingest->closing) {
        result = error_set(err, ERR_CANCELLED, "the service is stopping");
    } else if (atomic_load(&ingest->figures.waiting) + batch->count > ingest->most) {
        result = error_set(err, ERR_BUSY, "too many events wait to be written");
        atomic_fetch_add(&ingest->figures.refused, 1);
    } else { /* suspended first: it may be resumed at once */
        MHD_suspend_connection(batch->x->connection);
        atomic_fetch_add(&ingest->figures.waiting, batch->count);
        *ingest->end = batch;
        ingest->end = &batch->next;
        pthread_cond_signal(&ingest->wake);
    }
    pthread_mutex_unlock(&ingest->lock);
    return result;
}

/* Takes the first batches, as many as go into one transaction; waits for them for a while. */
static struct ingest_batch *queue_take(struct ingest *ingest, int64_t wait_ms, bool *closing)
{
    struct ingest_batch *taken, **cut;
    struct timespec until;
    size_t count = 0;

    clock_gettime(CLOCK_MONOTONIC, &until); /* the other one may be set back */
    until.tv_nsec += wait_ms % 1000 * 1000000;
    until.tv_sec += wait_ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&ingest->lock);
    if (!ingest->first && !ingest->closing)
        pthread_cond_clockwait(&ingest->wake, &ingest->lock, CLOCK_MONOTONIC, &until);
    taken = ingest->first;
    for (cut = &ingest->first; *cut && (count == 0 || count + (*cut)->count <= GROUP_EVENTS);
         cut = &(*cut)->next)
        count += (*cut)->count;
    ingest->first = *cut;
    if (!ingest->first)
        ingest->end = &ingest->first;
    *closing = ingest->closing;
    if (taken)
        *cut = NULL;
    pthread_mutex_unlock(&ingest->lock);
    return taken;
}

/* ---- writing ---- */

/* One array of all batches. */
static size_t gather(struct ingest *ingest, const struct ingest_batch *taken)
{
    size_t count = 0, i;

    for (; taken; taken = taken->next)
        for (i = 0; i < taken->count; i++)
            VEC_PUSH(ingest->events, count, ingest->cap, taken->events[i]);
    if (count > ingest->fates_cap) {
        ingest->fates_cap = ingest->cap;
        ingest->fates = mem_realloc(ingest->fates, ingest->fates_cap * sizeof *ingest->fates);
    }
    return count;
}

static void tell_events(struct ingest *ingest, size_t count)
{
    struct str json = STR_INIT;
    size_t i;

    for (i = 0; i < count && bus_heard(ingest->server->bus, TOPIC_EVENTS); i++) {
        if (ingest->fates[i] != EVENT_ACCEPTED)
            continue;
        str_clear(&json);
        usage_json_event(&json, &ingest->events[i]);
        bus_tell(ingest->server->bus, TOPIC_EVENTS, json.ptr);
    }
    str_free(&json);
}

/* The request goes on, and may be gone with its batch at once: nothing is read of it afterwards. */
static void let_go(struct ingest *ingest, struct ingest_batch *batch, const enum event_fate *fates,
                   int result, const struct error *err)
{
    size_t i;

    batch->result = result;
    batch->err = *err;
    for (i = 0; i < batch->count && result == ERR_OK; i++) {
        batch->fates[i] = fates[i];
        atomic_fetch_add(
            fates[i] == EVENT_ACCEPTED ? &ingest->figures.accepted : &ingest->figures.duplicate, 1);
    }
    atomic_fetch_sub(&ingest->figures.waiting, batch->count);
    MHD_resume_connection(batch->x->connection);
}

static void write_taken(struct ingest *ingest, struct ingest_batch *taken)
{
    size_t count = gather(ingest, taken), at = 0;
    struct ingest_figures *figures = &ingest->figures;
    int64_t began = clock_ticks_us();
    struct error err = { 0 };
    int result =
        events_write(ingest->writer, ingest->events, count, ingest->fates, clock_now_ms(), &err);

    ingest->last = count;
    if (result == ERR_OK) {
        ingest->uncounted_since = ingest->uncounted ? ingest->uncounted_since : clock_ticks_ms();
        ingest->uncounted += count;
        atomic_fetch_add(&figures->commits, 1);
        histogram_add(&figures->sizes, bounds_events, (double)count);
        histogram_add(&figures->seconds, bounds_seconds, (double)(clock_ticks_us() - began) / 1e6);
        tell_events(ingest, count);
    } else {
        log_write(LOG_ERROR, "events: %s", err.message);
    }
    while (taken) {
        struct ingest_batch *next = taken->next;
        size_t own = taken->count;

        let_go(ingest, taken, ingest->fates + at, result, &err);
        at += own;
        taken = next;
    }
}

/* ---- housekeeping ---- */

/* What cannot be counted now stays noted, and is tried again. */
static void count_written(struct ingest *ingest, bool at_once)
{
    struct error err = { 0 };

    if (ingest->uncounted == 0
        || (!at_once && ingest->uncounted < FOLD_EVENTS
            && clock_ticks_ms() < ingest->uncounted_since + FOLD_MS))
        return;
    if (events_fold(ingest->store, FOLD_PATIENCE_MS, &err) == ERR_OK)
        ingest->uncounted = 0;
    else
        log_write(LOG_WARN, "events: %s", err.message);
    ingest->uncounted_since = clock_ticks_ms();
}

static void prune(struct ingest *ingest, int64_t ticks)
{
    struct error err = { 0 };
    bool more = false;

    if (ticks < ingest->prune_at)
        return;
    if (events_prune(ingest->store, clock_now_ms(), ingest->keep_ms, &more, &err) != ERR_OK)
        log_write(LOG_WARN, "events: %s", err.message);
    ingest->prune_at = clock_ticks_ms() + (more ? PRUNE_BUSY_MS : PRUNE_MS);
}

static void tell_realtime(struct ingest *ingest, int64_t ticks)
{
    struct str json = STR_INIT;
    struct error err = { 0 };

    if (ticks < ingest->tell_at || !bus_heard(ingest->server->bus, TOPIC_METRICS))
        return;
    if (usage_json_realtime(&json, ingest->store, clock_now_ms(), &err) == ERR_OK)
        bus_tell(ingest->server->bus, TOPIC_METRICS, json.ptr);
    else
        log_write(LOG_WARN, "events: %s", err.message);
    ingest->tell_at = ticks + TICK_MS;
    str_free(&json);
}

static void keep_house(struct ingest *ingest)
{
    int64_t ticks = clock_ticks_ms();
    struct error err = { 0 };
    struct salt salt;

    if (ingest_salt(ingest, &salt, &err) != ERR_OK)
        log_write(LOG_WARN, "events: %s", err.message);
    explicit_bzero(&salt, sizeof salt);
    prune(ingest, ticks);
    tell_realtime(ingest, ticks);
}

static void *ingest_run(void *ctx)
{
    struct ingest *ingest = ctx;
    bool closing = false;

    while (!closing) {
        int64_t wait = ingest->prune_at - clock_ticks_ms();
        struct ingest_batch *taken;

        wait = wait < 0 ? 0 : wait > TICK_MS ? TICK_MS : wait;
        if (ingest->uncounted > 0 && wait > FOLD_IDLE_MS)
            wait = FOLD_IDLE_MS;
        if (ingest->last >= GATHER_EVENTS)
            clock_sleep_ms(GATHER_MS);
        ingest->last = 0;
        taken = queue_take(ingest, wait, &closing);
        if (taken)
            write_taken(ingest, taken);
        count_written(ingest, !taken);
        closing = closing && !taken;
        if (!closing)
            keep_house(ingest);
    }
    return NULL;
}

/* ---- beginning and end ---- */

int ingest_start(struct ingest **out, struct http_server *server, struct error *err)
{
    const struct config *config = server->app->config;
    struct store_options options = { .cache_kib = CACHE_KIB };
    struct ingest *ingest = mem_zalloc(sizeof *ingest);
    int result;

    ingest->server = server;
    ingest->end = &ingest->first;
    ingest->most = (size_t)config_int(config, "events.queue");
    ingest->keep_ms = config_int(config, "events.keep");
    ingest->salt.day = -1;
    pthread_mutex_init(&ingest->lock, NULL);
    pthread_mutex_init(&ingest->salt_lock, NULL);
    pthread_cond_init(&ingest->wake, NULL);
    result = store_open(&ingest->store, server->app->library, &options, err);
    if (result == ERR_OK)
        result = events_open(&ingest->writer, ingest->store, err);
    if (result == ERR_OK && pthread_create(&ingest->thread, NULL, ingest_run, ingest) != 0)
        result = error_set(err, ERR_FAILED, "no thread to write events");
    ingest->started = result == ERR_OK;
    if (result != ERR_OK) {
        ingest_free(ingest);
        ingest = NULL;
    }
    *out = ingest;
    return result;
}

/* Whoever was let go gets the answer from the daemon's threads: they have a moment for it. */
void ingest_stop(struct ingest *ingest)
{
    int64_t until;

    if (!ingest || !ingest->started)
        return;
    ingest->started = false;
    pthread_mutex_lock(&ingest->lock);
    ingest->closing = true;
    pthread_cond_signal(&ingest->wake);
    pthread_mutex_unlock(&ingest->lock);
    pthread_join(ingest->thread, NULL);
    until = clock_ticks_ms() + STOP_PATIENCE_MS;
    while (atomic_load(&ingest->server->unanswered) > 0 && clock_ticks_ms() < until)
        clock_sleep_ms(5);
}

void ingest_free(struct ingest *ingest)
{
    if (!ingest)
        return;
    events_free(ingest->writer);
    store_close(ingest->store);
    free(ingest->events);
    free(ingest->fates);
    explicit_bzero(&ingest->salt, sizeof ingest->salt);
    pthread_mutex_destroy(&ingest->lock);
    pthread_mutex_destroy(&ingest->salt_lock);
    pthread_cond_destroy(&ingest->wake);
    free(ingest);
}
