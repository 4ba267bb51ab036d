/*
 * The desk's workers: readers, a writer, and threads for programs. What they were asked comes back
 * through desk_drain, on the loop.
 */
#include "desk.h"

#include "carrel/log.h"

#define READERS 2
#define PROGRAMS 2

/* Without a library that is there it still works: views say that there is none. */
static void *desk_worker_open(void *ctx)
{
    struct app *app = ctx;
    struct store *store = NULL;
    struct error err;

    if (app_open_store(&store, app, false, &err) != ERR_OK)
        log_write(LOG_WARN, "%s", err.message);
    return store;
}

/* Of a desk that begins without one, of which nothing need be told when it is left. */
static void *desk_worker_bare(void *ctx)
{
    struct store *store = NULL;

    return app_open_store(&store, ctx, false, NULL) == ERR_OK ? store : NULL;
}

static void desk_worker_close(void *ctx, void *worker)
{
    (void)ctx;
    store_close(worker);
}

static struct pool *desk_pool(struct desk *desk, int threads)
{
    const struct pool_options options = { .threads = threads,
                                          .worker_open =
                                              desk->bare ? desk_worker_bare : desk_worker_open,
                                          .worker_close = desk_worker_close,
                                          .ctx = desk->app };

    return pool_new(&options);
}

void desk_pools_open(struct desk *desk)
{
    desk->bare = !desk_has_library(desk);
    desk->readers = desk_pool(desk, READERS);
    desk->writer = desk_pool(desk, 1);
}

/* What they were asked is answered as stopped; views ask those that know the library. */
static void desk_pools_end(struct desk *desk)
{
    pool_free(desk->old_readers, desk);
    pool_free(desk->old_writer, desk);
    desk->old_readers = desk->old_writer = NULL;
    desk_changed(desk);
}

/* Workers open the library when they start: those that found none are sent home, later, since this
 * may run in one of their results. */
void desk_library_made(struct desk *desk)
{
    struct pool *readers = desk->readers, *writer = desk->writer;

    if (!desk->bare || desk->old_readers || !desk_has_library(desk))
        return;
    desk_pools_open(desk);
    desk->feeds_task = 0;
    desk->watching = false;
    desk->old_readers = readers;
    desk->old_writer = writer;
}

/* ---- tasks ---- */

static void desk_view_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct view *view;
    int i;

    desk->asked--;
    for (i = desk->depth - 1; i >= 0 && desk->stack[i]->id != task->owner; i--)
        ;
    view = i >= 0 ? desk->stack[i] : desk_beside_of(desk, task->owner);
    if (view) {
        view->asked--;
        view->ops->result(view, task);
        if (view->asked == 0 && !view->answered)
            desk_key_ahead(desk, view);
    }
    desk->repaint = true;
}

uint64_t desk_post(struct view *view, struct task *task)
{
    task->done = desk_view_done;
    task->owner = view->id;
    view->desk->asked++;
    view->asked++;
    return pool_post(view->desk->readers, task);
}

uint64_t desk_post_program(struct view *view, struct task *task)
{
    struct desk *desk = view->desk;

    if (!desk->programs)
        desk->programs = desk_pool(desk, PROGRAMS);
    task->done = desk_view_done;
    task->owner = view->id;
    desk->asked++;
    view->asked++;
    return pool_post(desk->programs, task);
}

void desk_cancel(struct desk *desk, uint64_t task)
{
    pool_cancel(desk->readers, task);
}

void desk_drain(struct desk *desk)
{
    pool_drain(desk->readers, desk);
    pool_drain(desk->writer, desk);
    if (desk->programs)
        pool_drain(desk->programs, desk);
    if (desk->old_readers)
        desk_pools_end(desk);
    desk_leave_missing(desk);
    tutor_look(desk);
}

bool desk_idle(struct desk *desk)
{
    return pool_pending(desk->readers) == 0 && pool_pending(desk->writer) == 0
           && (!desk->programs || pool_pending(desk->programs) == 0);
}
