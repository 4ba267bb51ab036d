/*
 * Watching the queue for the bus. Jobs may be worked by any process of the library, so the rows
 * are what is watched: four times a second, only while somebody listens, and only when something
 * was committed. Three lists of bounded length tell what is new, what runs and what has ended.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/jobs.h"
#include "carrel/log.h"

#include <stdlib.h>
#include <string.h>

#define TICK_MS 250
#define NEWEST 200
#define ENDED 50  /* of each state */
#define ASKED 200 /* by themselves */

struct known {
    int64_t id;
    uint64_t state; /* a hash of what is told */
    bool ended, seen;
};

struct job_watch {
    struct http_server *server;
    pthread_t thread;
    atomic_bool stop;
    struct store *store;
    struct known *known;
    size_t len, cap;
    int64_t version;
    bool primed; /* what is there has been seen: what differs from now on is told */
};

static bool is_heard(const struct job_watch *watch)
{
    return bus_heard(watch->server->bus, TOPIC_JOBS)
           || bus_heard(watch->server->bus, TOPIC_SCRAPES);
}

static void tell(struct job_watch *watch, const struct str *json, const struct job *job)
{
    bus_tell(watch->server->bus, TOPIC_JOBS, json->ptr);
    if (strcmp(job->kind, "harvest") == 0)
        bus_tell(watch->server->bus, TOPIC_SCRAPES, json->ptr);
}

static struct known *known_find(struct job_watch *watch, int64_t id)
{
    size_t i;

    for (i = 0; i < watch->len; i++)
        if (watch->known[i].id == id)
            return &watch->known[i];
    return NULL;
}

static void see(struct job_watch *watch, const struct job *job)
{
    struct known *known = known_find(watch, job->id), fresh = { .id = job->id };
    struct str json = STR_INIT;
    struct jsonw w;
    uint64_t state;

    jsonw_start(&w, &json);
    jsonw_object(&w);
    jsonw_key(&w, "job");
    job_status_to_json(&w, job);
    jsonw_end(&w);
    state = hash64(json.ptr, json.len, job->stopping);
    if (!known) {
        VEC_PUSH(watch->known, watch->len, watch->cap, fresh);
        known = &watch->known[watch->len - 1];
    }
    if (watch->primed && known->state != state)
        tell(watch, &json, job);
    known->state = state;
    known->ended = job->state >= JOB_DONE;
    known->seen = true;
    str_free(&json);
}

static void see_all(struct job_watch *watch, const struct job *jobs, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        see(watch, &jobs[i]);
}

static int see_lists(struct job_watch *watch, struct arena *arena, struct error *err)
{
    const struct job_filter newest = { .limit = NEWEST },
                            running = { .states = 1u << JOB_RUNNING, .limit = NEWEST },
                            ended = { .states =
                                          1u << JOB_DONE | 1u << JOB_FAILED | 1u << JOB_CANCELLED,
                                      .limit = ENDED };
    struct job *jobs;
    size_t count;
    int result = jobs_list(watch->store, arena, &ended, &jobs, &count, err);

    if (result == ERR_OK)
        see_all(watch, jobs, count);
    if (result == ERR_OK)
        result = jobs_page(watch->store, arena, &newest, 0, &jobs, &count, err);
    if (result == ERR_OK)
        see_all(watch, jobs, count);
    if (result == ERR_OK)
        result = jobs_list(watch->store, arena, &running, &jobs, &count, err);
    if (result == ERR_OK)
        see_all(watch, jobs, count);
    return result;
}

/* Those that are in no list: an open one is asked for by itself, the others are forgotten, and so
 * are open ones beyond a number; what becomes of them is told when a list has it. */
static int see_rest(struct job_watch *watch, struct arena *arena, struct error *err)
{
    struct job job;
    size_t i, asked = 0;
    int result = ERR_OK;

    for (i = 0; i < watch->len && result == ERR_OK; i++) {
        if (watch->known[i].seen)
            continue;
        if (!watch->known[i].ended && asked++ < ASKED) {
            result = jobs_get(watch->store, arena, watch->known[i].id, &job, err);
            if (result == ERR_OK)
                see(watch, &job);
        }
        if (result == ERR_NOTFOUND)
            result = ERR_OK;
        if (!watch->known[i].seen)
            watch->known[i--] = watch->known[--watch->len];
    }
    return result;
}

static void tick(struct job_watch *watch)
{
    int64_t version = store_data_version(watch->store);
    struct error err = { 0 };
    struct arena *arena;
    size_t i;
    int result;

    if (watch->primed && version == watch->version)
        return;
    arena = arena_new();
    for (i = 0; i < watch->len; i++)
        watch->known[i].seen = false;
    result = see_lists(watch, arena, &err);
    if (result == ERR_OK)
        result = see_rest(watch, arena, &err);
    if (result == ERR_OK) {
        watch->version = version;
        watch->primed = true;
    } else {
        log_write(LOG_WARN, "jobs are not watched: %s", err.message);
    }
    arena_free(arena);
}

static void *watch_main(void *ctx)
{
    struct job_watch *watch = ctx;
    struct error err = { 0 };

    if (app_open_store(&watch->store, watch->server->app, false, &err) != ERR_OK)
        log_write(LOG_WARN, "jobs are not watched: %s", err.message);
    while (watch->store && !atomic_load(&watch->stop)) {
        if (is_heard(watch)) {
            tick(watch);
        } else {
            watch->primed = false;
            watch->len = 0;
        }
        clock_sleep_ms(TICK_MS);
    }
    store_close(watch->store);
    return NULL;
}

struct job_watch *watch_new(struct http_server *server)
{
    struct job_watch *watch = mem_zalloc(sizeof *watch);

    watch->server = server;
    if (pthread_create(&watch->thread, NULL, watch_main, watch) != 0)
        die("cannot start a thread");
    return watch;
}

void watch_free(struct job_watch *watch)
{
    if (!watch)
        return;
    atomic_store(&watch->stop, true);
    pthread_join(watch->thread, NULL);
    free(watch->known);
    free(watch);
}
