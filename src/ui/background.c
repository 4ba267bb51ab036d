/*
 * Work in the background while the desk is open: the queue of jobs on threads of their own.
 *
 * Never without a terminal (dump only looks), and only where there is a library. Leaving does not
 * wait: what runs is told to stop, and a thread that does not come back in time is left behind by
 * the end of the process; its job is in the queue again, and its token no longer counts.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/log.h"

#include <inttypes.h>
#include <stdlib.h>

#define NICE 10
#define TRY_MS 2000       /* between attempts to start */
#define SCHEDULE_MS 30000 /* between looks at what is due */

/* ---- asking for harvests and exchanges, on the writer's thread ---- */

struct ask_task {
    struct task task;
    const struct app *app;
    char *name; /* of a source, or of a peer; NULL: what is due */
    bool peer;
    int64_t id;
    bool existing;
};

static int ask_run(struct task *task, void *worker, struct error *err)
{
    struct ask_task *t = (struct ask_task *)task;

    if (!worker)
        return t->name ? error_set(err, ERR_FAILED, "there is no library yet") : ERR_OK;
    if (!t->name)
        return app_schedule(t->app, worker, err);
    return t->peer ? app_peer_ask(worker, t->name, &t->id, &t->existing, err)
                   : app_harvest_ask(worker, t->name, &t->id, &t->existing, err);
}

static void ask_done(void *ctx, struct task *task)
{
    struct ask_task *t = (struct ask_task *)task;
    struct desk *desk = ctx;

    desk->repaint = true;
    if (task->status != ERR_OK && (t->name || task->status != ERR_CANCELLED))
        desk_say(desk, STYLE_ERROR, "harvest: %s", task->err.message);
    else if (t->name)
        desk_say(desk, STYLE_NORMAL, "job %" PRId64 " %s %s%s", t->id,
                 t->peer ? "exchanges with" : "harvests", t->name, t->existing ? " already" : "");
    if (t->name)
        desk_moved(desk);
}

static void ask_free(struct task *task)
{
    free(((struct ask_task *)task)->name);
    free(task);
}

static void ask(struct desk *desk, const char *name, bool peer)
{
    struct ask_task *t = mem_zalloc(sizeof *t);

    t->task.name = "harvest";
    t->task.run = ask_run;
    t->task.done = ask_done;
    t->task.free = ask_free;
    t->app = desk->app;
    t->name = mem_strdup(name);
    t->peer = peer;
    pool_post(desk->writer, &t->task);
}

void desk_harvest(struct desk *desk, const char *source)
{
    ask(desk, source, false);
}

void desk_exchange(struct desk *desk, const char *peer)
{
    ask(desk, peer, true);
}

/* What the schedule says; a wrong setting is told once, not every half minute. */
static void desk_schedule(struct desk *desk, int64_t now)
{
    if (desk->scheduled && now - desk->scheduled < SCHEDULE_MS)
        return;
    desk->scheduled = now;
    desk_harvest(desk, NULL);
}

/* ---- the queue ---- */

void desk_background(struct desk *desk)
{
    struct worker_options options = {
        .threads = (int)config_int(desk->app->config, "worker.threads"),
        .nice = NICE,
    };
    int64_t now = clock_ticks_ms();
    struct error err = { 0 };

    if (desk->worker && !desk->scripted)
        desk_schedule(desk, now);
    if (desk->worker || desk->headless || options.threads < 1)
        return;
    if (desk->worker_tried && now - desk->worker_tried < TRY_MS)
        return;
    desk->worker_tried = now;
    if (desk_has_library(desk)
        && app_worker_stay(&desk->worker, desk->app, &options, &err) != ERR_OK)
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
