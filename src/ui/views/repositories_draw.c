/*
 * Repositories, drawn: as many columns as there is room for, what has gone, is archived or a fork
 * said in words, and below the list what is known of the one under the cursor.
 */
#include "repositories.h"

#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STARS_COLUMNS 8
#define PAPERS_COLUMNS 7
#define PUSHED_COLUMNS 11
#define FOOT_ROWS 4
#define FOOT_FROM 12 /* rows of the view; less has no foot */

/* Widths, with the blank before each; 0: there is no room for it. */
struct columns {
    int name, language, license, description, pushed, papers;
};

static struct columns columns_of(int width)
{
    struct columns c = { .papers = width >= 30 ? PAPERS_COLUMNS : 0,
                         .pushed = width >= 44 ? PUSHED_COLUMNS : 0,
                         .language = width >= 90   ? 12
                                     : width >= 54 ? 9
                                                   : 0,
                         .license = width >= 130 ? 12 : 0 };
    int left = width - 1 - STARS_COLUMNS - c.papers - c.pushed - c.language - c.license;

    c.name = left >= 60 ? left / 3 + 8 : left;
    if (c.name > 44)
        c.name = 44;
    c.description = left - c.name;
    return c;
}

static void draw_head(const struct repositories_view *v, struct canvas *canvas, int x, int y,
                      int width)
{
    struct columns c = columns_of(width);
    bool sorted = !v->paper && !v->shown_unasked;
    int at = x + STARS_COLUMNS + 1, end = x + width - 1;

#define HEAD(order) (sorted && v->sort == (order) ? STYLE_HEADING : STYLE_DIM)
    canvas_right(canvas, x + STARS_COLUMNS, y, HEAD(REPOSITORIES_STARS), "stars");
    canvas_text(canvas, at, y, c.name, HEAD(REPOSITORIES_NAME), "repository");
    at += c.name;
    if (c.language)
        canvas_text(canvas, at, y, c.language - 1, STYLE_DIM, "language");
    at += c.language;
    if (c.license)
        canvas_text(canvas, at, y, c.license - 1, STYLE_DIM, "licence");
    at += c.license;
    if (c.description)
        canvas_text(canvas, at, y, c.description - 1, STYLE_DIM, "description");
    if (c.pushed)
        canvas_text(canvas, end - c.papers - c.pushed + 1, y, c.pushed - 1,
                    HEAD(REPOSITORIES_PUSHED), "pushed");
    if (c.papers)
        canvas_right(canvas, end, y, STYLE_DIM, "papers");
#undef HEAD
}

/* "gone", "archived fork": what it is not to be overlooked for. */
static void add_marks(struct str *out, const struct repository_row *row)
{
    if (row->state != REPOSITORY_KNOWN)
        str_add(out, repository_state_name(row->state));
    if (row->archived)
        str_printf(out, "%sarchived", out->len ? " " : "");
    if (row->fork)
        str_printf(out, "%sfork", out->len ? " " : "");
}

/* The name, cut to leave room for what is said behind it. */
static void draw_name(struct canvas *canvas, const struct repository_row *row, int x, int y,
                      int columns, bool marks)
{
    struct str said = STR_INIT;
    int width;

    if (marks)
        add_marks(&said, row);
    width = said.len ? text_width(said.ptr) + 1 : 0;
    if (width > columns / 2)
        width = columns / 2;
    canvas_text(canvas, x, y, columns - width,
                row->state == REPOSITORY_KNOWN && !row->archived ? STYLE_TITLE : STYLE_DIM,
                row->name);
    if (width > 1) {
        int used = text_width(row->name);

        used = used < columns - width ? used : columns - width;
        canvas_text(canvas, x + used + 1, y, width - 1,
                    row->state == REPOSITORY_KNOWN ? STYLE_ACCENT : STYLE_WARN, said.ptr);
    }
    str_free(&said);
}

static void draw_row(const struct repositories_view *v, struct canvas *canvas, int row, int x,
                     int y, int width)
{
    const struct repository_row *item = &v->read.rows[row];
    struct columns c = columns_of(width);
    int at = x + STARS_COLUMNS + 1, end = x + width - 1;
    char text[24] = "";

    if (item->stars >= 0)
        snprintf(text, sizeof text, "%" PRId64, item->stars);
    canvas_right(canvas, x + STARS_COLUMNS, y, *text ? STYLE_NORMAL : STYLE_DIM,
                 *text ? text : "-");
    /* Where all are linked and no more, each need not say so. */
    draw_name(canvas, item, at, y, c.name - 1, !v->shown_unasked);
    at += c.name;
    if (c.language)
        canvas_text(canvas, at, y, c.language - 1, STYLE_NORMAL, item->language);
    at += c.language;
    if (c.license)
        canvas_text(canvas, at, y, c.license - 1, STYLE_DIM, item->license);
    at += c.license;
    if (c.description)
        canvas_text(canvas, at, y, c.description - 1, STYLE_NORMAL, item->description);
    snprintf(text, sizeof text, "%.10s", item->pushed);
    if (c.pushed)
        canvas_text(canvas, end - c.papers - c.pushed + 1, y, c.pushed - 1, STYLE_DIM, text);
    snprintf(text, sizeof text, "%" PRId64, item->papers);
    if (c.papers)
        canvas_right(canvas, end, y, item->papers ? STYLE_NORMAL : STYLE_DIM, text);
}

bool repositories_line(struct view *view, int at, struct str *out)
{
    const struct repositories_view *v = view->state;
    const struct repository_row *item = &v->read.rows[at];
    struct str marks = STR_INIT;

    str_printf(out, "%s", item->name);
    add_marks(&marks, item);
    if (marks.len)
        str_printf(out, ", %s", marks.ptr);
    if (item->stars >= 0)
        str_printf(out, ", %" PRId64 " star%s", item->stars, item->stars == 1 ? "" : "s");
    if (*item->language)
        str_printf(out, ", %s", item->language);
    if (*item->pushed)
        str_printf(out, ", pushed %.10s", item->pushed);
    str_printf(out, ", %" PRId64 " paper%s. %s", item->papers, item->papers == 1 ? "" : "s",
               item->description);
    str_free(&marks);
    return true;
}

static void draw_linear(struct view *view, struct canvas *canvas, int at, int x, int y, int width)
{
    struct str line = STR_INIT;

    repositories_line(view, at, &line);
    canvas_text(canvas, x, y, width, STYLE_NORMAL, line.ptr);
    str_free(&line);
}

/* ---- below the list ---- */

static void add_totals(struct str *out, const struct repositories_view *v)
{
    const struct repositories_totals *totals = &v->read.totals;
    int64_t known = totals->known + totals->gone;

    if (v->paper)
        str_printf(out, "of %s", v->paper);
    else if (v->shown_unasked)
        str_printf(out, "%d of %" PRId64 " never asked for; f shows the %" PRId64 " known",
                   v->list.count, totals->unasked, known);
    else if (v->list.count < known)
        str_printf(out, "%d of %" PRId64 " known", v->list.count, known);
    else
        str_printf(out, "%" PRId64 " known", known);
    if (!v->paper && !v->shown_unasked && totals->unasked > 0)
        str_printf(out, "; %" PRId64 " more linked, not asked for (f)", totals->unasked);
}

/* Who the one under the cursor is, whole. */
static void draw_foot(const struct repositories_view *v, struct canvas *canvas, int x, int y,
                      int width)
{
    const struct repository_row *row = &v->read.rows[v->list.cursor];
    struct str line = STR_INIT, marks = STR_INIT;
    size_t at = 0, next = 0;
    int i;

    add_marks(&marks, row);
    canvas_fill(canvas, x, y, width, STYLE_DIM, canvas->ascii ? "-" : "─");
    str_printf(&line, " %s%s%s%s%s%s%s ", row->name, *row->language ? ", " : "", row->language,
               *row->license ? ", " : "", row->license, marks.len ? ", " : "", marks.ptr);
    canvas_text(canvas, x + 1, y, width - 2, STYLE_ACCENT, line.ptr);
    for (i = 0; i < 2 && row->description[at]; i++, at += next) {
        size_t len = text_wrap(row->description + at, width - 2, &next);
        bool rest = i == 1 && row->description[at + next];
        char *text = mem_strndup(row->description + at, rest ? strlen(row->description + at) : len);

        canvas_text(canvas, x + 1, y + 1 + i, width - 2, STYLE_NORMAL, text);
        free(text);
    }
    str_clear(&line);
    add_totals(&line, v);
    canvas_text(canvas, x + 1, y + 3, width - 2, STYLE_DIM, line.ptr);
    str_free(&line);
    str_free(&marks);
}

/* ---- nothing ---- */

static void say_nothing(struct str *out, const struct repositories_view *v)
{
    const struct repositories_totals *totals = &v->read.totals;

    if (v->paper)
        str_printf(out, "%s links to no repository.", v->paper);
    else if (v->shown_unasked)
        str_add(out, "Every repository that papers here link to was asked for. f shows them.");
    else if (totals->linked == 0)
        str_add(out, "No repository is known, and no paper here links to one. Links to code come "
                     "with Hugging Face and Papers with Code, from documents (F in a list) and "
                     "with import.\n\n:add https://github.com/OWNER/NAME asks for one.");
    else
        str_printf(out,
                   "No repository is known yet. Papers here link to %" PRId64
                   " (f lists them); GitHub was not asked about any.\n\nA sync asks it with this "
                   "section in the config (:paths says where), beside those of other sources:\n\n"
                   "    [source \"github\"]\n"
                   "        token-file = ~/.config/carrel/github-token\n\n"
                   "Without a token GitHub answers 60 requests an hour.\n\n"
                   ":add https://github.com/OWNER/NAME asks for one, and F for the one under the "
                   "cursor of that list.",
                   totals->linked);
}

static void draw_empty(const struct repositories_view *v, struct canvas *canvas, int x, int y,
                       int width, int height)
{
    struct str why = STR_INIT;

    if (v->asker.error.code)
        str_add(&why, v->asker.error.message);
    else if (!v->asker.loaded)
        str_add(&why, canvas->ascii ? "Looking..." : "Looking…");
    else
        say_nothing(&why, v);
    canvas_wrapped(canvas, x + 1, y, width - 2, height,
                   v->asker.error.code ? STYLE_ERROR : STYLE_DIM, why.ptr);
    str_free(&why);
}

void repositories_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                       int height)
{
    struct repositories_view *v = view->state;
    bool linear = desk_app(view->desk)->linear;
    int foot = height < FOOT_FROM || linear ? 0 : FOOT_ROWS, i;

    if (v->list.count == 0) {
        draw_empty(v, canvas, x, y, width, height);
        return;
    }
    v->head = linear ? 0 : 1;
    if (!linear)
        draw_head(v, canvas, x, y, width);
    listview_place(&v->list, height - foot - v->head);
    for (i = 0; i < v->list.height && v->list.top + i < v->list.count; i++) {
        if (linear)
            draw_linear(view, canvas, v->list.top + i, x, y + i, width);
        else
            draw_row(v, canvas, v->list.top + i, x, y + v->head + i, width);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + v->head + i, width);
    }
    if (foot)
        draw_foot(v, canvas, x, y + v->head + v->list.height, width);
}
