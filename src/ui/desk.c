/*
 * The desk: it begins, speaks on its last line, and ends.
 *
 * Everything in the desk's files runs on the loop thread and never waits: reading is posted to
 * `readers`, writing to `writer` (one thread, so that what is asked first is done first), and
 * results come back through desk_drain. The stack of views is in desk_views.c, the workers in
 * desk_pools.c, feeds in feeds.c, commands in actions*.c, keys and prompts in prompt.c, drawing in
 * frame.c, other programs in outside.c, other processes and the queue of jobs in watch.c and
 * background.c.
 */
#include "desk.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define LEAVE_WRITES_MS 2000 /* what was asked for is written, unless the disk hangs */

struct app *desk_app(struct desk *desk)
{
    return desk->app;
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

void desk_resize(struct desk *desk, int width, int height)
{
    bool ascii = desk->canvas.ascii;

    canvas_free(&desk->canvas);
    canvas_init(&desk->canvas, width, height, ascii);
    desk->canvas.theme = &desk->theme;
    desk_pictures_choose(desk);
    desk->repaint = true;
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
    for (i = 0; i < ARRAY_LEN(desk->children); i++) /* they may run on */
        free(desk->children[i].name);
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
    free(desk->note_of);
    free(desk->pictures_said);
    canvas_free(&desk->canvas);
    free(desk);
}
