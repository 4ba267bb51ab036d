/*
 * The desk: a stack of views, the workers behind them, and the watch for what other processes
 * change.
 *
 * Everything in the desk's files runs on the loop thread and never waits: reading is posted to
 * `readers`, writing to `writer` (one thread, so that what is asked first is done first), and
 * results come back through desk_drain. Feeds are in feeds.c, commands in actions*.c, keys and
 * prompts in prompt.c, drawing in frame.c, other programs in outside.c, other processes and the
 * queue of jobs in watch.c and background.c.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/works.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define READERS 2
#define PROGRAMS 2
#define LEAVE_WRITES_MS 2000 /* what was asked for is written, unless the disk hangs */

/* clang-format off */
static const struct view_ops *const all_views[] = {
    &view_review,
    &view_today,
    &view_queue,
    &view_library,
    &view_search,
    &view_paper,
    &view_jobs,
    &view_job,
    &view_harvest,
    &view_source,
    &view_tables,
    &view_log,
    &view_help,
    &view_duplicates,
    &view_trending,
    &view_topics,
    &view_analytics,
    &view_page,
    &view_repositories,
    &view_repository,
    &view_reader,
    &view_code,
    &view_cite,
    &view_highlights,
    &view_tags,
    &view_changes,
    &view_welcome,
};
/* clang-format on */

const struct view_ops *desk_view_at(size_t i)
{
    return i < ARRAY_LEN(all_views) ? all_views[i] : NULL;
}

const struct view_ops *desk_view_ops(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(all_views); i++)
        if (strcmp(all_views[i]->name, name) == 0)
            return all_views[i];
    return NULL;
}

void desk_list_views(struct str *out)
{
    size_t i, last = ARRAY_LEN(all_views) - 1;

    for (i = 0; i <= last; i++)
        str_printf(out, "%s%s", i == 0 ? "" : i < last ? ", " : " or ", all_views[i]->name);
}

struct app *desk_app(struct desk *desk)
{
    return desk->app;
}

struct view *desk_view(struct desk *desk)
{
    return desk->depth > 0 ? desk->stack[desk->depth - 1] : NULL;
}

void desk_say(struct desk *desk, enum style style, const char *fmt, ...)
{
    va_list ap;

    str_clear(&desk->message);
    va_start(ap, fmt);
    str_vprintf(&desk->message, fmt, ap);
    va_end(ap);
    while (desk->message.len > 0 && desk->message.ptr[desk->message.len - 1] == '\n')
        str_cut(&desk->message, desk->message.len - 1);
    desk->message_style = style;
    desk->refused = style == STYLE_ERROR || style == STYLE_WARN;
    remote_said(desk, desk->message.ptr, style == STYLE_ERROR || style == STYLE_WARN);
    if (style == STYLE_ERROR && !str_eq(desk->last_error, desk->message.ptr)) {
        log_write(LOG_ERROR, "%s", desk->message.ptr);
        free(desk->last_error); /* said again and again, it stands in the log once */
        desk->last_error = mem_strdup(desk->message.ptr);
    }
}

void desk_refuse(struct desk *desk, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    desk_say(desk, STYLE_DIM, "%s", text.ptr);
    desk->refused = true;
    remote_outcome(desk, ERR_FAILED);
    str_free(&text);
}

void desk_each_binding(struct desk *desk,
                       void (*each)(void *ctx, const char *context, const char *keys,
                                    const char *command),
                       void *ctx)
{
    size_t i;

    for (i = 0; i < desk->keymap.len; i++)
        each(ctx, desk->keymap.items[i].context, desk->keymap.items[i].keys,
             desk->keymap.items[i].command);
}

/* A worker without a library is fine: views say that there is none. */
static void *desk_worker_open(void *ctx)
{
    struct app *app = ctx;
    struct store *store = NULL;
    struct error err;

    if (app_open_store(&store, app, false, &err) != ERR_OK)
        log_write(LOG_WARN, "%s", err.message);
    return store;
}

static void desk_worker_close(void *ctx, void *worker)
{
    (void)ctx;
    store_close(worker);
}

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

static struct pool *desk_pool(struct desk *desk, int threads)
{
    const struct pool_options options = { .threads = threads,
                                          .worker_open = desk_worker_open,
                                          .worker_close = desk_worker_close,
                                          .ctx = desk->app };

    return pool_new(&options);
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

/* What they were asked is answered as stopped; views ask those that know the library. */
static void desk_pools_end(struct desk *desk)
{
    pool_free(desk->old_readers, desk);
    pool_free(desk->old_writer, desk);
    desk->old_readers = desk->old_writer = NULL;
    desk_changed(desk);
}

/* What was opened by its id and is not here is told, and leaves one where one was. */
static void desk_leave_missing(struct desk *desk)
{
    struct view *view = desk_view(desk);
    const struct error *why = NULL;

    if (!view || !view->named || view->asked > 0)
        return;
    view->named = false;
    if (view->ops->failure && desk->depth > 1)
        why = view->ops->failure(view);
    if (!why || why->code != ERR_NOTFOUND)
        return;
    desk_remote_settle(desk); /* who asked for it is told why by the view */
    desk_say(desk, STYLE_ERROR, "%s", why->message);
    desk_pop(desk);
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

void view_close(struct view *view)
{
    if (!view)
        return;
    if (view->ops->close && view->state)
        view->ops->close(view);
    free(view->argument);
    free(view->name);
    str_free(&view->ahead);
    free(view);
}

/* NULL, and said, when it cannot be opened. */
struct view *view_new(struct desk *desk, const struct view_ops *ops, const char *argument)
{
    struct view *view = mem_zalloc(sizeof *view);
    struct error err = { 0 };

    view->ops = ops;
    view->desk = desk;
    view->id = ++desk->next_id;
    view->argument = mem_strdup(argument);
    str_init(&view->ahead);
    if (ops->open(view, argument, &err) == ERR_OK)
        return view;
    remote_outcome(desk, err.code);
    desk_say(desk, STYLE_ERROR, "%s", err.message);
    view_close(view);
    return NULL;
}

void desk_open(struct desk *desk, const struct view_ops *ops, const char *argument)
{
    struct view *view = view_new(desk, ops, argument);

    if (!view)
        return;
    if (desk->depth == VIEW_STACK) { /* the oldest but the first goes */
        view_close(desk->stack[1]);
        memmove(&desk->stack[1], &desk->stack[2], (VIEW_STACK - 2) * sizeof *desk->stack);
        desk->depth--;
    }
    desk->stack[desk->depth++] = view;
    desk->in_sidebar = false; /* keys are for what was opened */
}

void desk_pop(struct desk *desk)
{
    if (desk->depth > 1)
        view_close(desk->stack[--desk->depth]);
}

struct view *desk_below(struct view *view)
{
    struct desk *desk = view->desk;
    int at = desk->depth, i; /* one that is being opened will lie on top */

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i] == view)
            at = i;
    return at > 0 ? desk->stack[at - 1] : NULL;
}

void desk_follow(struct view *list, const char *key)
{
    struct desk *desk = list->desk;
    struct view *top = desk_view(desk);

    if (desk->depth < 2 || desk->stack[desk->depth - 2] != list || top->ops != &view_paper
        || str_eq(top->argument, key))
        return;
    desk_pop(desk);
    desk_open(desk, &view_paper, key);
}

/* A room that is open already is come back to, what lies over it is closed; any other one is opened
 * over what is there, so that Esc leads back. */
void desk_room(struct desk *desk, const struct view_ops *ops, const char *argument)
{
    int i;

    for (i = desk->depth - 1; i >= 0; i--)
        if (desk->stack[i]->ops == ops && str_eq(desk->stack[i]->argument, argument))
            break;
    if (i < 0) {
        desk_open(desk, ops, argument);
        return;
    }
    while (desk->depth > i + 1)
        view_close(desk->stack[--desk->depth]);
    desk->in_sidebar = false;
}

void desk_changed(struct desk *desk)
{
    int i;

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i]->ops->changed)
            desk->stack[i]->ops->changed(desk->stack[i]);
    if (desk->beside && desk->beside->ops->changed)
        desk->beside->ops->changed(desk->beside);
    desk_reload_feeds(desk);
}

void desk_resize(struct desk *desk, int width, int height)
{
    bool ascii = desk->canvas.ascii;

    canvas_free(&desk->canvas);
    canvas_init(&desk->canvas, width, height, ascii);
    desk->canvas.theme = &desk->theme;
    desk_pictures_choose(desk);
    desk->repaint = true;
}

static void desk_pools_open(struct desk *desk)
{
    desk->bare = !desk_has_library(desk);
    desk->readers = desk_pool(desk, READERS);
    desk->writer = desk_pool(desk, 1);
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

struct desk *desk_new(struct app *app, int width, int height, bool headless, struct error *err)
{
    struct desk *desk = mem_zalloc(sizeof *desk);

    desk->app = app;
    desk->headless = headless;
    desk->running = true;
    desk->sidebar = config_bool(app->config, "ui.sidebar");
    str_init(&desk->message);
    str_init(&desk->work);
    str_init(&desk->doing);
    news_start(&desk->news, desk);
    desk->news.event = -1;
    str_init(&desk->feed_edit.said);
    str_init(&desk->clock);
    str_init(&desk->teach);
    desk->focused = true;
    canvas_init(&desk->canvas, width, height, app->ascii);
    desk->canvas.theme = &desk->theme;
    desk_pictures_start(desk);
    desk_remember_load(desk);
    if (desk_theme_start(desk, err) != ERR_OK
        || keymap_load(&desk->keymap, app->config, err) != ERR_OK) {
        desk_free(desk);
        return NULL;
    }
    desk_pools_open(desk);
    desk->key_troubles = keymap_check(&desk->keymap, NULL, NULL);
    if (desk->key_troubles > 0)
        desk_say(desk, STYLE_WARN, "%zu of your keys %s: :keys tells which", desk->key_troubles,
                 desk->key_troubles == 1 ? "does not do what it says" : "do not do what they say");
    desk_reload_feeds(desk);
    return desk;
}

void desk_leave(struct desk *desk)
{
    struct pollfd fd = { .fd = desk->writer ? pool_fd(desk->writer) : -1, .events = POLLIN };
    int64_t until = clock_ticks_ms() + LEAVE_WRITES_MS;

    desk_beside_close(desk);
    while (desk->depth > 0)
        view_close(desk->stack[--desk->depth]);
    pool_free(desk->programs, desk); /* ends what still runs */
    desk->programs = NULL;
    while (desk->writer && pool_pending(desk->writer) > 0 && clock_ticks_ms() < until) {
        poll(&fd, 1, 20);
        pool_drain(desk->writer, desk);
    }
}

void desk_free(struct desk *desk)
{
    size_t i;

    if (!desk)
        return;
    desk_leave(desk);
    desk_remote_stop(desk);
    pool_free(desk->readers, desk);
    pool_free(desk->writer, desk);
    pool_free(desk->old_readers, desk);
    pool_free(desk->old_writer, desk);
    config_free(desk->old_config);
    desk_free_feeds(desk->feeds, desk->feed_len);
    keymap_free(&desk->keymap);
    for (i = 0; i < ARRAY_LEN(desk->edits); i++)
        line_edit_free(&desk->edits[i]);
    str_free(&desk->message);
    str_free(&desk->work);
    str_free(&desk->doing);
    news_free(&desk->news);
    str_free(&desk->feed_edit.said);
    free(desk->feed_edit.name);
    free(desk->feed_edit.before);
    free(desk->feed_edit.counted);
    str_free(&desk->clock);
    str_free(&desk->teach);
    desk_palette_free(desk);
    wildmenu_close(desk);
    remembered_free(&desk->remembered);
    free(desk->theme_before);
    free(desk->last_command);
    free(desk->last_error);
    free(desk->search_before);
    free(desk->note_before);
    free(desk->pictures_said);
    canvas_free(&desk->canvas);
    free(desk);
}
