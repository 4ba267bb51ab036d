/*
 * The log: what carrel has said since it started.
 */
#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <stdlib.h>
#include <string.h>

struct log_view {
    struct textview text;
    uint64_t seen;
};

static void log_fill(struct log_view *log)
{
    struct log_line *lines = mem_alloc(1000 * sizeof *lines);
    size_t count = log_recent(lines, 1000), i;

    log->seen = log_last_seq();
    textview_clear(&log->text);
    for (i = 0; i < count; i++) {
        char at[32];

        time_format(at, lines[i].at_ms);
        textview_add(&log->text,
                     lines[i].level == LOG_ERROR  ? STYLE_ERROR
                     : lines[i].level == LOG_WARN ? STYLE_WARN
                                                  : STYLE_NORMAL,
                     9, "%.8s %s", at + 11, lines[i].text);
    }
    if (count == 0)
        textview_add(&log->text, STYLE_DIM, 0, "Nothing has been said yet.");
    free(lines);
}

static int log_open(struct view *view, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    view->state = mem_zalloc(sizeof(struct log_view));
    log_fill(view->state);
    return ERR_OK;
}

static void log_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct log_view *log = view->state;

    if (log->seen != log_last_seq())
        log_fill(log);
    textview_draw(&log->text, canvas, x, y, width, height);
}

static bool log_command(struct view *view, int argc, char **argv)
{
    struct log_view *log = view->state;

    return textview_command(&log->text, argc, argv);
}

static void log_data(struct view *view, struct jsonw *w)
{
    struct log_view *log = view->state;

    textview_data(&log->text, w);
}

static struct textview *log_text(const struct view *view)
{
    return &((struct log_view *)view->state)->text;
}

static void log_close(struct view *view)
{
    struct log_view *log = view->state;

    textview_clear(&log->text);
    str_free(&log->text.find);
    free(log);
}

const struct view_ops view_log = { .name = "log",
                                   .title = "Log",
                                   .hint = "j k scroll  / find  n N next, before  : command  "
                                           "? help  Q quit",
                                   .open = log_open,
                                   .draw = log_draw,
                                   .command = log_command,
                                   .data = log_data,
                                   .text = log_text,
                                   .close = log_close };
