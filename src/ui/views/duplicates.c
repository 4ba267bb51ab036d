/*
 * Duplicates: pairs of papers that may be one, for a person to decide. One above the other with
 * what speaks for it; merging and keeping apart are commands like any other, so `u` takes them
 * back.
 */
#include "../asker.h"

#include "carrel/related.h"
#include "carrel/text.h"
#include "carrel/view.h"
#include "carrel/works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX 200
#define NEWEST_COMPARED 2000
#define PAIR_ROWS 4 /* two papers, why, a blank line */

struct pair_row {
    struct duplicate_pair pair;
    struct work_row sides[2];
};

struct pairs_question {
    struct question question;
    struct pair_row *rows;
    size_t count;
};

struct pairs_view {
    struct pair_row *rows; /* in the answer's arena */
    struct listview list;
    struct asker asker;
};

/* ---- asking ---- */

static int pairs_read(struct question *question, struct store *store, struct error *err)
{
    struct pairs_question *q = (struct pairs_question *)question;
    struct duplicate_pair *pairs;
    size_t count, i;
    int result =
        duplicates_find(&pairs, &count, store, question->arena, NEWEST_COMPARED, PAIRS_MAX, err);

    q->rows = arena_alloc(question->arena, (count + 1) * sizeof *q->rows);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct pair_row *row = &q->rows[q->count];
        int64_t ids[2] = { pairs[i].a, pairs[i].b };

        row->pair = pairs[i];
        result = works_rows(store, question->arena, ids, 2, row->sides, err);
        q->count += result == ERR_OK && row->sides[0].id && row->sides[1].id;
    }
    return result;
}

static void pairs_ask(struct view *view)
{
    struct pairs_view *v = view->state;

    asker_ask(&v->asker, view,
              question_new(sizeof(struct pairs_question), "duplicates", pairs_read));
}

static void pairs_result(struct view *view, struct task *task)
{
    struct pairs_view *v = view->state;
    const struct pairs_question *q = (const struct pairs_question *)task;

    if (!asker_answered(&v->asker, view, task) || v->asker.error.code)
        return;
    asker_keep(&v->asker, task);
    v->rows = q->rows;
    v->list.count = (int)q->count;
    listview_clamp(&v->list);
}

static void pairs_changed(struct view *view)
{
    struct pairs_view *v = view->state;

    asker_changed(&v->asker, view, pairs_ask);
}

/* ---- drawing ---- */

static void draw_side(struct canvas *canvas, int x, int y, int width, const struct work_row *side)
{
    struct str people = STR_INIT;
    int used;

    str_add_mem(&people, side->authors, strcspn(side->authors, "\n"));
    if (strchr(side->authors, '\n'))
        str_add(&people, " et al.");
    canvas_text(canvas, x, y, 11, STYLE_DIM, *side->published ? side->published : "no date");
    used = canvas_text(canvas, x + 11, y, width - 11, STYLE_NORMAL, side->title);
    if (used + 14 < width) {
        used += 11 + 2;
        used += canvas_text(canvas, x + used, y, width - used, STYLE_DIM, side->key) + 2;
        if (used < width)
            canvas_text(canvas, x + used, y, width - used, STYLE_DIM, people.ptr);
    }
    str_free(&people);
}

static void draw_pair(struct canvas *canvas, const struct pair_row *row, bool here, int x, int y,
                      int width, int rows)
{
    struct str why = STR_INIT;

    str_printf(&why, "%.0f%%: %s", 100 * row->pair.score, row->pair.why);
    draw_side(canvas, x + 1, y, width - 1, &row->sides[0]);
    if (rows > 1)
        draw_side(canvas, x + 1, y + 1, width - 1, &row->sides[1]);
    if (rows > 2)
        canvas_text(canvas, x + 12, y + 2, width - 12, STYLE_DIM, why.ptr);
    if (here) {
        canvas_cursor_row(canvas, x, y, width);
        if (rows > 1)
            canvas_cursor_row(canvas, x, y + 1, width);
    }
    str_free(&why);
}

static void pairs_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                       int height)
{
    struct pairs_view *v = view->state;
    int fit = height / PAIR_ROWS > 0 ? height / PAIR_ROWS : 1, i;

    if (v->asker.error.code) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_ERROR, v->asker.error.message);
        return;
    }
    if (v->list.count == 0) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_DIM,
                    v->asker.loaded ? "No two papers look like one." : "Comparing papers…");
        return;
    }
    listview_place(&v->list, fit);
    for (i = 0; i < fit && v->list.top + i < v->list.count; i++)
        draw_pair(canvas, &v->rows[v->list.top + i], v->list.top + i == v->list.cursor, x,
                  y + i * PAIR_ROWS, width, height - i * PAIR_ROWS);
}

/* ---- commands ---- */

/* `merge A B` or `split A B`, as if typed. */
static void decide(struct view *view, const char *command, int first)
{
    struct pairs_view *v = view->state;
    const struct pair_row *row = &v->rows[v->list.cursor];
    char *line = mem_printf("%s %s %s", command, row->sides[first].key, row->sides[!first].key);

    desk_run_line(view->desk, line);
    free(line);
}

static bool pairs_command(struct view *view, int argc, char **argv)
{
    struct pairs_view *v = view->state;
    const char *name = argv[0];

    if (listview_command(&v->list, argc, argv))
        return true;
    if (v->list.count == 0)
        return strcmp(name, "open-other") == 0;
    if (strcmp(name, "open") == 0)
        desk_open(view->desk, &view_paper, v->rows[v->list.cursor].sides[0].key);
    else if (strcmp(name, "open-other") == 0)
        desk_open(view->desk, &view_paper, v->rows[v->list.cursor].sides[1].key);
    else if (strcmp(name, "one-paper") == 0)
        decide(view, "merge", 0);
    else if (strcmp(name, "one-paper-other") == 0)
        decide(view, "merge", 1);
    else if (strcmp(name, "two-papers") == 0)
        decide(view, "split", 0);
    else
        return false;
    return true;
}

/* ---- the contract ---- */

static int pairs_open(struct view *view, const char *argument, struct error *err)
{
    (void)argument;
    (void)err;
    view->state = mem_zalloc(sizeof(struct pairs_view));
    pairs_ask(view);
    return ERR_OK;
}

static void pairs_status(struct view *view, struct str *out)
{
    const struct pairs_view *v = view->state;

    if (v->asker.loaded)
        str_printf(out, "%d%s pair%s", v->list.count, v->list.count == PAIRS_MAX ? "+" : "",
                   v->list.count == 1 ? "" : "s");
}

static size_t pairs_selection(struct view *view, struct arena *arena, char ***keys)
{
    const struct pairs_view *v = view->state;

    if (v->list.cursor >= v->list.count)
        return 0;
    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, v->rows[v->list.cursor].sides[0].key);
    return 1;
}

static const struct error *pairs_failure(const struct view *view)
{
    const struct pairs_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void pairs_data(struct view *view, struct jsonw *w)
{
    const struct pairs_view *v = view->state;
    int i;

    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < v->list.count; i++) {
        const struct pair_row *row = &v->rows[i];

        jsonw_object(w);
        jsonw_key_string(w, "id", row->sides[0].key);
        jsonw_key_string(w, "other", row->sides[1].key);
        jsonw_key_double(w, "score", row->pair.score);
        jsonw_key_string(w, "why", row->pair.why);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void add_side(struct str *out, const struct work_row *side)
{
    text_from_latex(out, side->title);
    text_stop(out);
    str_printf(out, "%s%.*s%s%s %s, %s", *side->authors ? " " : "",
               (int)strcspn(side->authors, "\n"), side->authors,
               strchr(side->authors, '\n') ? " and others" : "", *side->authors ? "." : "",
               *side->published ? side->published : "no date", side->key);
}

/* Both papers, and what speaks for it that they are one. */
static bool pairs_line(struct view *view, int at, struct str *out)
{
    const struct pair_row *row = &((struct pairs_view *)view->state)->rows[at];

    add_side(out, &row->sides[0]);
    str_add(out, ". And: ");
    add_side(out, &row->sides[1]);
    str_printf(out, ". One paper by %.0f percent: %s.", 100 * row->pair.score, row->pair.why);
    return true;
}

static void pairs_lines(struct view *view, struct view_lines *lines)
{
    listview_lines(&((struct pairs_view *)view->state)->list, lines);
}

static void pairs_close(struct view *view)
{
    struct pairs_view *v = view->state;

    asker_close(&v->asker, view);
    free(v);
}

const struct view_ops view_duplicates = { .name = "duplicates",
                                          .title = "Duplicates",
                                          .hint = "m one paper  M the other way  x two papers  "
                                                  "Enter open  gl the other  u undo",
                                          .open = pairs_open,
                                          .draw = pairs_draw,
                                          .command = pairs_command,
                                          .changed = pairs_changed,
                                          .result = pairs_result,
                                          .selection = pairs_selection,
                                          .status = pairs_status,
                                          .failure = pairs_failure,
                                          .data = pairs_data,
                                          .lines = pairs_lines,
                                          .line = pairs_line,
                                          .close = pairs_close };
