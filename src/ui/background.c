/*
 * Work in the background while the desk is open: the queue of jobs on threads of their own.
 *
 * Never without a terminal (dump only looks), and only where there is a library. Leaving does not
 * wait: what runs is told to stop, and a thread that does not come back in time is left behind by
 * the end of the process; its job is in the queue again, and its token no longer counts.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/kinds.h"
#include "carrel/log.h"

#include <stdlib.h>

#define NICE 10
#define TRY_MS 2000 /* between attempts to start */

static bool has_library(const struct app *app)
{
    char *path = path_join(app->library, "library.db");
    bool there = file_exists(path);

    free(path);
    return there;
}

void desk_background(struct desk *desk)
{
    struct worker_options options = {
        .threads = (int)config_int(desk->app->config, "worker.threads"),
        .nice = NICE,
    };
    int64_t now = clock_ticks_ms();
    struct error err = { 0 };

    if (desk->worker || desk->headless || options.threads < 1)
        return;
    if (desk->worker_tried && now - desk->worker_tried < TRY_MS)
        return;
    desk->worker_tried = now;
    if (has_library(desk->app)
        && app_worker_start(&desk->worker, desk->app, &options, &err) != ERR_OK)
        log_write(LOG_WARN, "%s", err.message);
}

void desk_background_stop(struct desk *desk)
{
    if (desk->worker)
        worker_stop(desk->worker);
}

bool desk_background_end(struct desk *desk, int64_t ms)
{
    bool ended = worker_free(desk->worker, ms);

    if (ended)
        desk->worker = NULL;
    return ended;
}
