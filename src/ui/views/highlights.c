/*
 * Highlights of all papers: quotes with their notes, by paper, narrowed down as one types. Enter
 * opens the Reader there; notes and removals are commands like any other, so `u` takes them back.
 */
#include "../asker.h"
#include "../desk.h"
#include "reader.h"

#include "carrel/reading.h"
#include "carrel/text.h"
#include "carrel/utf8.h"
#include "carrel/works.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUOTE_WORDS 40 /* bytes, up to the next blank: the Reader looks for these */

struct quote_row {
    struct highlight highlight;
    struct work_row work; /* id 0: its paper is not here */
    char *title, *quote;  /* readable, on one line */
};

struct quotes_question {
    struct question question;
    struct quote_row *rows;
    size_t count;
};

/* A line of the list: the paper, or one of its quotes. */
struct quote_line {
    int row;
    bool heading;
};

struct quotes_view {
    struct quote_row *rows; /* in the answer's arena */
    int count, found;       /* found: that `find` leaves */
    struct quote_line *lines;
    struct listview list; /* of lines */
    struct str find;
    struct asker asker;
};

/* ---- asking ---- */

static int quote_read(struct quote_row *row, struct store *store, struct arena *arena,
                      struct error *err)
{
    struct str text = STR_INIT;
    char *name = arena_printf(arena, "file:%s", row->highlight.document);
    int64_t work = 0;
    int result = works_find(store, &work, name, err);

    if (result == ERR_OK)
        result = works_rows(store, arena, &work, 1, &row->work, err);
    if (result == ERR_NOTFOUND)
        result = ERR_OK;
    text_from_latex(&text, row->work.id ? row->work.title : "A document that is not here");
    row->title = arena_strdup(arena, text.ptr);
    str_clear(&text);
    utf8_squeeze(&text, row->highlight.anchor.quote, strlen(row->highlight.anchor.quote));
    row->quote = arena_strdup(arena, text.ptr);
    str_free(&text);
    return result;
}

static int quotes_read(struct question *question, struct store *store, struct error *err)
{
    struct quotes_question *q = (struct quotes_question *)question;
    struct highlight *rows;
    size_t i;
    int result = highlights_of(&rows, &q->count, store, question->arena, NULL, err);

    q->rows = arena_alloc(question->arena, (q->count + 1) * sizeof *q->rows);
    for (i = 0; i < q->count && result == ERR_OK; i++) {
        q->rows[i].highlight = rows[i];
        if (i > 0 && strcmp(rows[i].document, rows[i - 1].document) == 0)
            q->rows[i].work = q->rows[i - 1].work;
        result = quote_read(&q->rows[i], store, question->arena, err);
    }
    return result;
}

static void quotes_ask(struct view *view)
{
    struct quotes_view *v = view->state;

    asker_ask(&v->asker, view,
              question_new(sizeof(struct quotes_question), "highlights", quotes_read));
}

static bool is_shown(const struct quotes_view *v, const struct quote_row *row)
{
    return v->find.len == 0 || strcasestr(row->quote, v->find.ptr)
           || strcasestr(row->title, v->find.ptr) || strcasestr(row->highlight.note, v->find.ptr);
}

/* What is found, below the papers it stands in. */
static void quotes_show(struct quotes_view *v)
{
    const char *document = "";
    int i;

    v->list.count = v->found = 0;
    for (i = 0; i < v->count; i++) {
        if (!is_shown(v, &v->rows[i]))
            continue;
        if (strcmp(document, v->rows[i].highlight.document) != 0)
            v->lines[v->list.count++] = (struct quote_line){ .row = i, .heading = true };
        document = v->rows[i].highlight.document;
        v->lines[v->list.count++] = (struct quote_line){ .row = i };
        v->found++;
    }
    listview_clamp(&v->list);
}

static void quotes_result(struct view *view, struct task *task)
{
    struct quotes_view *v = view->state;
    const struct quotes_question *q = (const struct quotes_question *)task;
    bool first = v->count == 0;

    if (!asker_answered(&v->asker, view, task) || v->asker.error.code)
        return;
    asker_keep(&v->asker, task);
    v->rows = q->rows;
    v->count = (int)q->count;
    v->lines = mem_realloc(v->lines, (2 * q->count + 1) * sizeof *v->lines);
    quotes_show(v);
    if (first && v->list.count > 1)
        v->list.cursor = 1; /* on a quote, not on the paper above it */
}

static void quotes_changed(struct view *view)
{
    struct quotes_view *v = view->state;

    asker_changed(&v->asker, view, quotes_ask);
}

/* ---- drawing ---- */

static void draw_line(const struct quotes_view *v, struct canvas *canvas, int x, int y, int width,
                      const struct quote_line *line)
{
    const struct quote_row *row = &v->rows[line->row];
    char page[24];
    int sign = *row->highlight.note ? 2 : 0;

    if (line->heading) {
        canvas_text(canvas, x + 1, y, width - 1, STYLE_HEADING, row->title);
        return;
    }
    snprintf(page, sizeof page, "p. %u", row->highlight.page + 1);
    canvas_text(canvas, x + 2, y, 7, STYLE_DIM, page);
    canvas_text(canvas, x + 9, y, width - 9 - sign, STYLE_NORMAL, row->quote);
    if (sign)
        canvas_text(canvas, x + width - 1, y, 1, STYLE_ACCENT, "✎");
}

/* The quote under the cursor, whole, and its note. */
static void draw_whole(const struct quotes_view *v, struct canvas *canvas, int x, int y, int width,
                       int rows)
{
    const struct quote_row *row = &v->rows[v->lines[v->list.cursor].row];
    int used = 1;

    canvas_fill(canvas, x, y, width, STYLE_DIM, "─");
    used +=
        canvas_wrapped(canvas, x + 1, y + used, width - 2, rows - used, STYLE_NORMAL, row->quote);
    if (*row->highlight.note && used < rows)
        canvas_wrapped(canvas, x + 1, y + used, width - 2, rows - used, STYLE_ACCENT,
                       row->highlight.note);
}

static void quotes_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                        int height)
{
    struct quotes_view *v = view->state;
    int whole = height >= 12 ? height / 3 : 0, i;

    if (v->asker.error.code || v->list.count == 0) {
        canvas_wrapped(
            canvas, x + 1, y, width - 2, height, v->asker.error.code ? STYLE_ERROR : STYLE_DIM,
            v->asker.error.code ? v->asker.error.message
            : !v->asker.loaded  ? "Looking…"
            : v->count > 0      ? "No highlight has that. / and Enter show all again."
                           : "Nothing is highlighted yet; in the Reader (T on a paper) v selects "
                             "and H highlights.");
        return;
    }
    listview_place(&v->list, height - whole);
    for (i = 0; i < height - whole && v->list.top + i < v->list.count; i++) {
        draw_line(v, canvas, x, y + i, width, &v->lines[v->list.top + i]);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    if (whole)
        draw_whole(v, canvas, x, y + height - whole, width, whole);
}

/* ---- in words ---- */

static void quotes_lines(struct view *view, struct view_lines *lines)
{
    struct quotes_view *v = view->state;

    listview_lines(&v->list, lines);
}

static bool quotes_line(struct view *view, int at, struct str *out)
{
    const struct quotes_view *v = view->state;
    const struct quote_row *row = &v->rows[v->lines[at].row];

    if (v->lines[at].heading) {
        str_printf(out, "heading: %s", row->title);
        return true;
    }
    str_add(out, row->quote);
    text_stop(out);
    str_printf(out, " Page %u of %s", row->highlight.page + 1, row->title);
    text_note(out, row->highlight.note);
    return true;
}

/* ---- commands ---- */

static void quote_open(struct view *view, const struct quote_row *row, bool heading)
{
    const char *quote = row->highlight.anchor.quote;
    size_t len = 0;
    char *line;

    if (heading && row->work.id) {
        desk_open(view->desk, &view_paper, row->work.key);
        return;
    }
    while (quote[len] && quote[len] != '\n' && (len < QUOTE_WORDS || quote[len] != ' '))
        len++;
    line = mem_printf("file:%s %u\t%.*s", row->highlight.document, row->highlight.page + 1,
                      (int)len, quote);
    desk_open(view->desk, &view_reader, line);
    free(line);
}

static void quote_remove(struct view *view, const struct quote_row *row)
{
    char name[] = "highlights", rm[] = "rm";
    char *words[] = { name, rm, row->highlight.uid };

    desk_run_argv(view->desk, 3, words);
}

static bool quotes_command(struct view *view, int argc, char **argv)
{
    struct quotes_view *v = view->state;
    const struct quote_line *line;
    const struct quote_row *row;

    if (strcmp(argv[0], "highlights") == 0) /* what is typed with words is the library's */
        return false;
    if (strcmp(argv[0], "annotate") == 0 && view->desk->note_of) {
        reader_note_write(view->desk, view->desk->note_of, view->desk->note_before, argv[1]);
        return true;
    }
    if (listview_command(&v->list, argc, argv))
        return true;
    if (v->list.cursor >= v->list.count)
        return false;
    line = &v->lines[v->list.cursor];
    row = &v->rows[line->row];
    if (strcmp(argv[0], "open") == 0 && argc == 1)
        quote_open(view, row, line->heading);
    else if (strcmp(argv[0], "remove-highlight") == 0 && !line->heading)
        quote_remove(view, row);
    else if (strcmp(argv[0], "edit-highlight") == 0 && !line->heading)
        desk_prompt_note(view->desk, row->highlight.uid, row->highlight.note);
    else if (strcmp(argv[0], "annotate") == 0 && !line->heading)
        reader_note_write(view->desk, row->highlight.uid, NULL, argc > 1 ? argv[1] : "");
    else if (strcmp(argv[0], "yank") == 0)
        desk_copy_text(view->desk, row->quote, "the quote");
    else
        return false;
    return true;
}

static void quotes_finding(struct view *view, const char *text, bool done)
{
    struct quotes_view *v = view->state;

    (void)done;
    str_clear(&v->find);
    if (text)
        str_add(&v->find, text);
    quotes_show(v);
}

/* ---- the contract ---- */

static int quotes_open(struct view *view, const char *argument, struct error *err)
{
    struct quotes_view *v = mem_zalloc(sizeof *v);

    (void)err;
    str_init(&v->find);
    if (argument)
        str_add(&v->find, argument);
    view->state = v;
    quotes_ask(view);
    return ERR_OK;
}

static bool quotes_peel(struct view *view)
{
    struct quotes_view *v = view->state;

    if (v->find.len == 0)
        return false;
    quotes_finding(view, NULL, true);
    return true;
}

static void quotes_status(struct view *view, struct str *out)
{
    const struct quotes_view *v = view->state;

    if (v->asker.loaded && v->find.len > 0)
        str_printf(out, "%d of %d with \"%s\"", v->found, v->count, v->find.ptr);
    else if (v->asker.loaded)
        str_printf(out, "%d highlight%s", v->count, v->count == 1 ? "" : "s");
}

static size_t quotes_selection(struct view *view, struct arena *arena, char ***keys)
{
    const struct quotes_view *v = view->state;
    const struct quote_row *row =
        v->list.cursor < v->list.count ? &v->rows[v->lines[v->list.cursor].row] : NULL;

    if (!row || !row->work.id)
        return 0;
    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, row->work.key);
    return 1;
}

static const struct error *quotes_failure(const struct view *view)
{
    const struct quotes_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void quotes_data(struct view *view, struct jsonw *w)
{
    const struct quotes_view *v = view->state;
    int i;

    jsonw_key_int(w, "total", v->count);
    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < v->list.count; i++) {
        const struct quote_row *row = &v->rows[v->lines[i].row];

        if (v->lines[i].heading)
            continue;
        jsonw_object(w);
        jsonw_key_string(w, "id", row->highlight.uid);
        jsonw_key_string(w, "paper", row->work.id ? row->work.key : NULL);
        jsonw_key_int(w, "page", row->highlight.page + 1);
        jsonw_key_string(w, "quote", row->quote);
        jsonw_key_string(w, "note", *row->highlight.note ? row->highlight.note : NULL);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void quotes_close(struct view *view)
{
    struct quotes_view *v = view->state;

    asker_close(&v->asker, view);
    str_free(&v->find);
    free(v->lines);
    free(v);
}

const struct view_ops view_highlights = { .name = "highlights",
                                          .title = "Highlights",
                                          .hint = "Enter there  / narrow down  e note  x remove  y "
                                                  "copy  E export  u undo  Esc back",
                                          .open = quotes_open,
                                          .draw = quotes_draw,
                                          .command = quotes_command,
                                          .changed = quotes_changed,
                                          .result = quotes_result,
                                          .finding = quotes_finding,
                                          .peel = quotes_peel,
                                          .selection = quotes_selection,
                                          .status = quotes_status,
                                          .failure = quotes_failure,
                                          .data = quotes_data,
                                          .lines = quotes_lines,
                                          .line = quotes_line,
                                          .close = quotes_close };
