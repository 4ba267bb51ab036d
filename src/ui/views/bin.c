/*
 * Bin: papers that were removed, the last one first. Enter or r brings the one under the cursor
 * back, or those that are marked, which is a command like any other, so `u` removes them again.
 */
#include "../asker.h"
#include "../desk.h"
#include "../marks.h"

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
    struct marks marks;
    struct str find; /* what n and N go on with */
    int range;       /* the row where a range begins that is being chosen; -1: none is */
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
    v->range = -1; /* other rows may stand there now */
    v->list.count = (int)q->count;
    listview_clamp(&v->list);
}

static void bin_changed(struct view *view)
{
    struct bin_view *v = view->state;

    asker_changed(&v->asker, view, bin_ask);
}

/* ---- marking ---- */

static bool is_marked(const struct bin_view *v, int at)
{
    int from = v->range < v->list.cursor ? v->range : v->list.cursor;
    int to = v->range < v->list.cursor ? v->list.cursor : v->range;

    return (v->range >= 0 && at >= from && at <= to) || marks_has(&v->marks, v->rows[at].key);
}

static void range_end(struct bin_view *v)
{
    int i;

    for (i = 0; i < v->list.count && v->range >= 0; i++)
        if (is_marked(v, i))
            marks_put(&v->marks, v->rows[i].key, true);
    v->range = -1;
}

/* No query finds what was removed: words of a title, or of a name, mark here. */
static void mark_words(struct view *view, int argc, char **argv, bool on)
{
    struct bin_view *v = view->state;
    struct str words = STR_INIT;
    size_t before = marks_count(&v->marks);
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&words, "%s%s", i > 1 ? " " : "", argv[i]);
    for (i = 0; i < v->list.count; i++)
        if (strcmp(words.ptr, "*") == 0 || strcasestr(v->rows[i].title, words.ptr)
            || strcasestr(v->rows[i].key, words.ptr))
            marks_put(&v->marks, v->rows[i].key, on);
    if (marks_count(&v->marks) == before)
        desk_refuse(view->desk, "no paper of the bin with '%.60s' that is not %s", words.ptr,
                    on ? "marked" : "without a mark");
    str_free(&words);
}

static void mark_row(struct bin_view *v)
{
    const char *key;

    if (v->range >= 0) {
        range_end(v);
    } else if (v->list.cursor < v->list.count) {
        key = v->rows[v->list.cursor].key;
        marks_put(&v->marks, key, !marks_has(&v->marks, key));
        v->list.cursor++;
        listview_clamp(&v->list);
    }
}

static void mark_range(struct view *view)
{
    struct bin_view *v = view->state;

    if (v->range >= 0) {
        range_end(v);
    } else if (v->list.count > 0) {
        v->range = v->list.cursor;
        desk_say(view->desk, STYLE_DIM,
                 "move, then V marks the range, r brings it back, Esc leaves it");
    }
}

static bool bin_marking(struct view *view, int argc, char **argv)
{
    struct bin_view *v = view->state;
    bool on = strcmp(argv[0], "select") == 0;

    if ((on || strcmp(argv[0], "unselect") == 0) && argc > 1)
        mark_words(view, argc, argv, on);
    else if (on)
        mark_row(v);
    else if (strcmp(argv[0], "unselect") == 0)
        marks_clear(&v->marks);
    else if (strcmp(argv[0], "reselect") == 0)
        marks_again(&v->marks);
    else if (strcmp(argv[0], "select-range") == 0)
        mark_range(view);
    else
        return false;
    return true;
}

/* ---- finding ---- */

static bool row_has(const void *ctx, int at)
{
    const struct bin_view *v = ctx;

    return strcasestr(v->rows[at].title, v->find.ptr) || strcasestr(v->rows[at].key, v->find.ptr);
}

static void bin_match(struct view *view, int direction, bool here)
{
    struct bin_view *v = view->state;

    if (v->find.len > 0 && v->list.count > 0
        && !listview_match(&v->list, direction, here, row_has, v))
        desk_say(view->desk, STYLE_WARN, "no paper of the bin has '%.60s'", v->find.ptr);
}

/* As in other rooms that are lists; a library's query finds nothing here. */
static bool bin_finding(struct view *view, int argc, char **argv)
{
    struct bin_view *v = view->state;

    if (strcmp(argv[0], "find") == 0 && argc > 1) {
        str_clear(&v->find);
        str_add(&v->find, argv[1]);
        bin_match(view, 1, true);
    } else if (strcmp(argv[0], "next-match") == 0 || strcmp(argv[0], "prev-match") == 0) {
        bin_match(view, argv[0][0] == 'n' ? 1 : -1, false);
    } else {
        return false;
    }
    return true;
}

static bool bin_peel(struct view *view)
{
    struct bin_view *v = view->state;
    bool peels = v->range >= 0 || marks_count(&v->marks) > 0;

    if (v->range < 0 && peels) {
        marks_clear(&v->marks);
        desk_say(view->desk, STYLE_DIM, "no more marks; gv brings them back");
    }
    v->range = -1;
    return peels;
}

/* ---- drawing ---- */

static void draw_row(struct canvas *canvas, int x, int y, int width, const struct bin_paper *row,
                     bool marked)
{
    char at[32];
    struct str title = STR_INIT;
    int used;

    time_format(at, row->at);
    at[10] = '\0'; /* the day */
    text_from_latex(&title, *row->title ? row->title : row->key);
    canvas_text(canvas, x, y, 1, STYLE_ACCENT, marked ? "+" : " ");
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
        draw_row(canvas, x, y + i, width, &v->rows[v->list.top + i], is_marked(v, v->list.top + i));
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
}

/* ---- the contract ---- */

/* `bin restore ID...`, as if typed: the marked ones, else the one under the cursor. */
static void bring_back(struct view *view)
{
    struct bin_view *v = view->state;
    struct arena *arena = arena_new();
    struct mark_set *set;
    char **keys, **words;
    size_t count;

    range_end(v);
    set = marks_share(&v->marks);
    count = mark_set_keys(set, arena, &keys);
    if (count == 0 && v->list.cursor < v->list.count)
        keys[count++] = v->rows[v->list.cursor].key;
    words = arena_alloc(arena, (count + 2) * sizeof *words);
    words[0] = arena_strdup(arena, "bin");
    words[1] = arena_strdup(arena, "restore");
    memcpy(words + 2, keys, count * sizeof *words);
    if (count > 0)
        desk_run_argv(view->desk, (int)count + 2, words);
    if (set)
        marks_done(&v->marks, set);
    mark_set_free(set);
    arena_free(arena);
}

static bool bin_command(struct view *view, int argc, char **argv)
{
    struct bin_view *v = view->state;

    if (listview_command(&v->list, argc, argv) || bin_marking(view, argc, argv)
        || bin_finding(view, argc, argv))
        return true;
    if (strcmp(argv[0], "open") != 0 && strcmp(argv[0], "bring-back") != 0)
        return false;
    bring_back(view);
    return true;
}

static int bin_open(struct view *view, const char *argument, struct error *err)
{
    struct bin_view *v = mem_zalloc(sizeof *v);

    (void)argument;
    (void)err;
    marks_init(&v->marks);
    str_init(&v->find);
    v->range = -1;
    view->state = v;
    bin_ask(view);
    return ERR_OK;
}

static void bin_status(struct view *view, struct str *out)
{
    const struct bin_view *v = view->state;

    if (!v->asker.loaded)
        return;
    if (marks_count(&v->marks) > 0)
        str_printf(out, "%zu marked, ", marks_count(&v->marks));
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
    if (marks_count(&v->marks) > 0)
        jsonw_key_int(w, "marked", (int64_t)marks_count(&v->marks));
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
    const struct bin_view *v = view->state;
    const struct bin_paper *row = &v->rows[at];
    char when[32];

    time_format(when, row->at);
    str_add(out, is_marked(v, at) ? "marked, " : "");
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
    marks_free(&v->marks);
    str_free(&v->find);
    free(v);
}

const struct view_ops view_bin = {
    .name = "bin",
    .title = "Bin",
    .hint = "r brings it back  Space V T mark  / find  u undo  Esc back  "
            ":bin empty drops all",
    .open = bin_open,
    .draw = bin_draw,
    .command = bin_command,
    .peel = bin_peel,
    .changed = bin_changed,
    .result = bin_result,
    .status = bin_status,
    .failure = bin_failure,
    .data = bin_data,
    .lines = bin_lines,
    .line = bin_line,
    .close = bin_close
};
