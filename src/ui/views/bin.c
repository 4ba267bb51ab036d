/*
 * Bin: papers that were removed, the last one first. Enter or r brings the one under the cursor
 * back, which is a command like any other, so `u` removes it again.
 */
#include "../asker.h"
#include "../desk.h"

#include "carrel/bin.h"
#include "carrel/clock.h"
#include "carrel/text.h"
#include "carrel/view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 5000 /* more than these are not shown */

struct bin_question {
    struct question question;
    struct bin_paper *rows;
    size_t count;
    int64_t all;
};

struct bin_view {
    struct bin_paper *rows; /* in the answer's arena */
    int64_t all;
    struct listview list;
    struct asker asker;
};

/* ---- asking ---- */

static int bin_read(struct question *question, struct store *store, struct error *err)
{
    struct bin_question *q = (struct bin_question *)question;
    int result = bin_list(&q->rows, &q->count, store, question->arena, ROWS_MAX, err);

    return result == ERR_OK ? bin_count(store, &q->all, err) : result;
}

static void bin_ask(struct view *view)
{
    struct bin_view *v = view->state;

    asker_ask(&v->asker, view, question_new(sizeof(struct bin_question), "bin", bin_read));
}

static void bin_result(struct view *view, struct task *task)
{
    struct bin_view *v = view->state;
    const struct bin_question *q = (const struct bin_question *)task;

    if (!asker_answered(&v->asker, view, task) || v->asker.error.code)
        return;
    asker_keep(&v->asker, task);
    v->rows = q->rows;
    v->all = q->all;
    v->list.count = (int)q->count;
    listview_clamp(&v->list);
}

static void bin_changed(struct view *view)
{
    struct bin_view *v = view->state;

    asker_changed(&v->asker, view, bin_ask);
}

/* ---- drawing ---- */

static void draw_row(struct canvas *canvas, int x, int y, int width, const struct bin_paper *row)
{
    char at[32];
    struct str title = STR_INIT;
    int used;

    time_format(at, row->at);
    at[10] = '\0'; /* the day */
    text_from_latex(&title, *row->title ? row->title : row->key);
    canvas_text(canvas, x + 1, y, 10, STYLE_DIM, at);
    used = 12 + canvas_text(canvas, x + 12, y, width - 12, STYLE_NORMAL, title.ptr);
    if (used + 2 < width)
        canvas_text(canvas, x + used + 2, y, width - used - 2, STYLE_DIM, row->key);
    str_free(&title);
}

static void bin_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct bin_view *v = view->state;
    int i;

    if (v->asker.error.code || v->list.count == 0) {
        canvas_wrapped(canvas, x + 1, y, width - 2, height,
                       v->asker.error.code ? STYLE_ERROR : STYLE_DIM,
                       v->asker.error.code ? v->asker.error.message
                       : v->asker.loaded   ? "The bin is empty. X in a list puts papers into it."
                                           : "Looking…");
        return;
    }
    listview_place(&v->list, height);
    for (i = 0; i < height && v->list.top + i < v->list.count; i++) {
        draw_row(canvas, x, y + i, width, &v->rows[v->list.top + i]);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
}

/* ---- the contract ---- */

static bool bin_command(struct view *view, int argc, char **argv)
{
    struct bin_view *v = view->state;
    char bin[] = "bin", restore[] = "restore";
    char *words[] = { bin, restore, NULL };

    if (listview_command(&v->list, argc, argv))
        return true;
    if (strcmp(argv[0], "open") != 0 && strcmp(argv[0], "bring-back") != 0)
        return false;
    if (v->list.cursor >= v->list.count)
        return true;
    words[2] = v->rows[v->list.cursor].key;
    desk_run_argv(view->desk, 3, words);
    return true;
}

static int bin_open(struct view *view, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    view->state = mem_zalloc(sizeof(struct bin_view));
    bin_ask(view);
    return ERR_OK;
}

static void bin_status(struct view *view, struct str *out)
{
    const struct bin_view *v = view->state;

    if (!v->asker.loaded)
        return;
    str_printf(out, "%" PRId64 " paper%s", v->all, v->all == 1 ? "" : "s");
    if (v->all > v->list.count)
        str_printf(out, ", the last %d", v->list.count);
}

static const struct error *bin_failure(const struct view *view)
{
    const struct bin_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void bin_data(struct view *view, struct jsonw *w)
{
    const struct bin_view *v = view->state;
    int i;

    jsonw_key_int(w, "total", v->all);
    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < v->list.count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "id", v->rows[i].key);
        jsonw_key_string(w, "title", v->rows[i].title);
        jsonw_key_time(w, "removed", v->rows[i].at);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static bool bin_line(struct view *view, int at, struct str *out)
{
    const struct bin_paper *row = &((struct bin_view *)view->state)->rows[at];
    char when[32];

    time_format(when, row->at);
    text_from_latex(out, row->title);
    str_printf(out, ", removed %.10s, %s", when, row->key);
    return true;
}

static void bin_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct bin_view *)view->state)->list, lines);
}

static void bin_close(struct view *view)
{
    struct bin_view *v = view->state;

    asker_close(&v->asker, view);
    free(v);
}

const struct view_ops view_bin = { .name = "bin",
                                   .title = "Bin",
                                   .hint = "Enter or r brings it back  u undo  Esc back  :bin "
                                           "empty drops all",
                                   .open = bin_open,
                                   .draw = bin_draw,
                                   .command = bin_command,
                                   .changed = bin_changed,
                                   .result = bin_result,
                                   .status = bin_status,
                                   .failure = bin_failure,
                                   .data = bin_data,
                                   .lines = bin_lines,
                                   .line = bin_line,
                                   .close = bin_close };
