/*
 * The watch: what other threads and processes change, and what runs in the background.
 *
 * One look at a time, on the writer's thread, whose connection is the only one that can tell
 * (PRAGMA data_version is per connection). Two things are told apart: content (works and the
 * reader's state), which makes the lists ask again, at most every two seconds while a harvest goes
 * on, and more seldom while nobody looks at the terminal; and everything else (jobs, the ledger),
 * which only the rooms that show it follow.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/kinds.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CONTENT_MS 2000 /* lists do not ask again sooner */
#define UNSEEN_MS 30000 /* nor so, while nobody looks at the terminal */

struct watch_task {
    struct task task;
    int64_t version;
    uint64_t content;
    struct str work;
    size_t work_count;
    struct news news;
    bool looked; /* at content and work, because the version was another one, or jobs run */
};

/* Cheap marks of everything that lists of papers show. */
static uint64_t watch_content(struct store *store)
{
    static const char *const marks[] = { "SELECT value FROM meta WHERE key = 'text_gen'",
                                         "SELECT value FROM meta WHERE key = 'works'",
                                         "SELECT max(id) FROM record",
                                         "SELECT count(*) FROM alert WHERE dismissed IS NULL",
                                         "SELECT max(seq) FROM change_log" };
    int64_t values[ARRAY_LEN(marks)] = { 0 };
    size_t i;

    for (i = 0; i < ARRAY_LEN(marks); i++)
        store_query_int(store, marks[i], &values[i], NULL);
    return hash64(values, sizeof values, 0);
}

static void watch_work(struct watch_task *t, struct store *store)
{
    struct job_filter filter = { .states = 1u << JOB_RUNNING, .limit = 100 };
    struct arena *arena = arena_new();
    struct job *jobs = NULL;

    if (jobs_list(store, arena, &filter, &jobs, &t->work_count, NULL) == ERR_OK
        && t->work_count > 0) {
        job_headline(&t->work, &jobs[0]);
        if (!strstr(t->work.ptr, ": ")) { /* a subject alone: say what is done with it */
            str_insert(&t->work, 0, " ", 1);
            str_insert(&t->work, 0, jobs[0].kind, strlen(jobs[0].kind));
            str_trim(&t->work);
        }
        if (t->work_count > 1)
            str_printf(&t->work, ", %zu more", t->work_count - 1);
    }
    arena_free(arena);
}

static int watch_run(struct task *task, void *worker, struct error *err)
{
    struct watch_task *t = (struct watch_task *)task;
    int64_t before = t->version;

    (void)err;
    if (!worker)
        return ERR_OK;
    t->version = store_data_version(worker);
    t->looked = t->version != before || t->work_count > 0;
    if (t->looked) {
        t->content = watch_content(worker);
        watch_work(t, worker);
        news_look(&t->news, worker);
    }
    return ERR_OK;
}

void desk_moved(struct desk *desk)
{
    int i;

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i]->ops->moved)
            desk->stack[i]->ops->moved(desk->stack[i]);
}

static void watch_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct watch_task *t = (struct watch_task *)task;

    desk->watching = false;
    if (!t->looked || task->status != ERR_OK)
        return;
    if (!str_eq(desk->work.ptr, t->work.ptr)) {
        str_clear(&desk->work);
        str_add(&desk->work, t->work.ptr);
        desk->repaint = true;
    }
    desk->work_count = t->work_count;
    news_take(desk, &t->news);
    if (desk->content && t->content != desk->content)
        desk->content_due = true;
    desk->content = t->content;
    if (desk->data_version)
        desk_moved(desk);
    desk->data_version = t->version;
}

static void watch_free(struct task *task)
{
    struct watch_task *t = (struct watch_task *)task;

    str_free(&t->work);
    news_free(&t->news);
    free(t);
}

static void watch_post(struct desk *desk)
{
    struct watch_task *t = mem_zalloc(sizeof *t);

    t->task.name = "watch";
    t->task.run = watch_run;
    t->task.done = watch_done;
    t->task.free = watch_free;
    t->version = desk->data_version;
    t->content = desk->content;
    t->work_count = desk->work_count;
    str_init(&t->work);
    news_start(&t->news, desk);
    desk->watching = true;
    pool_post(desk->writer, &t->task);
}

void desk_watch(struct desk *desk)
{
    int64_t now = clock_ticks_ms();
    int i;

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i]->ops->tick && desk->stack[i]->ops->tick(desk->stack[i]))
            desk->repaint = true;
    if (desk->content_due && now - desk->content_shown > (desk->focused ? CONTENT_MS : UNSEEN_MS)) {
        desk->content_due = false;
        desk->content_shown = now;
        desk_changed(desk);
    }
    desk_library_made(desk); /* by an import, say */
    desk_background(desk);
    if (!desk->headless)
        desk_remote_start(desk);
    desk_reap(desk);
    news_tell(desk);
    if (desk->watching || now - desk->watched < DESK_WATCH_MS)
        return;
    desk->watched = now;
    watch_post(desk);
}
