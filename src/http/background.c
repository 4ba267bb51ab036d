/*
 * Work beside the requests, as the desk does it: the queue of jobs on threads of their own, what is
 * due by the schedule, files that nobody wants any more, and the watch that tells the bus of jobs.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/log.h"
#include "carrel/uploads.h"

#include <stdlib.h>
#include <string.h>

#define NICE 5
#define SCHEDULE_MS 30000
#define SWEEP_MS 3600000

struct background {
    struct http_server *server;
    struct worker *worker; /* NULL: none is wanted */
    struct job_watch *watch;
    int64_t scheduled, swept; /* ticks */
    char said[300];           /* the last trouble: told once, not every half minute */
};

int background_start(struct background **out, struct http_server *server, struct error *err)
{
    struct app *app = (struct app *)(uintptr_t)server->app;
    struct worker_options options = { .threads = (int)config_int(app->config, "worker.threads"),
                                      .nice = NICE };
    struct background *background = mem_zalloc(sizeof *background);
    int result = ERR_OK;

    background->server = server;
    background->scheduled = clock_ticks_ms() - SCHEDULE_MS;
    background->swept = clock_ticks_ms() - SWEEP_MS;
    if (options.threads > 0)
        result = app_worker_stay(&background->worker, app, &options, err);
    if (result == ERR_OK) {
        background->watch = watch_new(server);
        *out = background;
        return ERR_OK;
    }
    free(background);
    *out = NULL;
    return result;
}

static void trouble(struct background *background, const struct error *err)
{
    if (strcmp(background->said, err->message) != 0)
        log_write(LOG_WARN, "harvest: %s", err->message);
    snprintf(background->said, sizeof background->said, "%.299s", err->message);
}

void background_tick(struct background *background)
{
    const struct app *app = background->server->app;
    int64_t now = clock_ticks_ms();
    bool schedule = background->worker && now - background->scheduled >= SCHEDULE_MS;
    bool sweep = now - background->swept >= SWEEP_MS;
    struct store *store = NULL;
    struct error err = { 0 };

    if (!schedule && !sweep)
        return;
    if (http_store_take(background->server, &store, &err) != ERR_OK) {
        trouble(background, &err);
        return;
    }
    if (schedule) {
        background->scheduled = now;
        if (app_schedule(app, store, &err) != ERR_OK)
            trouble(background, &err);
        else
            background->said[0] = '\0';
    }
    if (sweep) {
        background->swept = now;
        uploads_sweep(app, store);
    }
    http_store_give(background->server, store);
}

void background_stop(struct background *background)
{
    if (background && background->worker)
        worker_stop(background->worker);
}

bool background_end(struct background *background, int64_t ms)
{
    bool ended;

    if (!background)
        return true;
    watch_free(background->watch);
    ended = worker_free(background->worker, ms);
    free(background);
    return ended;
}
