/*
 * Drawing the Reader: the text in its column, what is marked in it, the panel beside or over it.
 */
#include "reader.h"

#include "carrel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where text and panel go. A panel has a column of its own where there is room, else it lies over
 * the text. */
struct layout {
    int text_x, text_rows;
    int panel_x, panel_y, panel_width, panel_rows; /* width 0: none */
    bool beside;
};

static struct layout layout_of(const struct reader *r, int x, int y, int width, int height)
{
    struct layout l = { .text_x = x + 2, .text_rows = height };
    int left = width - r->lines.width - 5;

    if (r->panel == PANEL_NONE) {
        if (width > r->lines.width + 4)
            l.text_x = x + (width - r->lines.width) / 2;
        return l;
    }
    l.beside = left >= READER_PANEL_FROM;
    l.panel_x = l.beside ? x + r->lines.width + 5 : x + 1;
    l.panel_width = l.beside ? left : width - 2;
    l.panel_y = y;
    l.panel_rows = height;
    if (!l.beside)
        l.text_rows = 0;
    return l;
}

/* ---- text ---- */

static enum style block_style(enum block_kind kind)
{
    switch (kind) {
    case BLOCK_TITLE:
        return STYLE_TITLE;
    case BLOCK_HEADING:
        return STYLE_HEADING;
    case BLOCK_CAPTION:
    case BLOCK_FIGURE:
    case BLOCK_FOOTNOTE:
    case BLOCK_AUTHORS:
        return STYLE_DIM;
    default:
        return STYLE_NORMAL;
    }
}

/* One style a byte of the line; what is painted later lies over what was before. */
static void paint(uint8_t *styles, const struct reader_line *line, uint32_t start, uint32_t end,
                  enum style style)
{
    if (start < line->start)
        start = line->start;
    if (end > line->end)
        end = line->end;
    if (end > start)
        memset(styles + (start - line->start), style, end - start);
}

static void paint_matches(uint8_t *styles, const struct reader *r, const struct reader_line *line)
{
    size_t i;

    for (i = reader_span_behind(&r->matches, line->start);
         i < r->matches.len && r->matches.items[i].start < line->end; i++)
        paint(styles, line, r->matches.items[i].start, r->matches.items[i].end, STYLE_MATCH);
}

static void draw_runs(struct canvas *canvas, int x, int y, int columns, const char *text,
                      const uint8_t *styles, size_t len)
{
    size_t at = 0, next;

    while (at < len && columns > 0) {
        char *run;
        int used;

        for (next = at + 1; next < len && styles[next] == styles[at]; next++)
            ;
        run = mem_strndup(text + at, next - at);
        used = canvas_text(canvas, x, y, columns, (enum style)styles[at], run);
        free(run);
        x += used;
        columns -= used;
        at = next;
    }
}

static void draw_line(const struct reader *r, struct canvas *canvas, size_t index, int x, int y)
{
    const struct reader_line *line = &r->lines.items[index];
    const struct document *doc = r->text->doc;
    size_t len = line->end - line->start;
    uint8_t *styles;

    if (len == 0)
        return;
    styles = mem_alloc(len);
    memset(styles, block_style(doc->blocks[line->block].kind), len);
    paint_matches(styles, r, line);
    draw_runs(canvas, x + line->indent, y, r->lines.width - line->indent + 1,
              doc->text + line->start, styles, len);
    free(styles);
}

static void draw_text(const struct view *view, struct canvas *canvas, const struct layout *l, int y)
{
    const struct reader *r = view->state;
    size_t cursor = reader_cursor(r);
    int i;

    for (i = 0; i < l->text_rows && r->top + i < (int)r->lines.len; i++) {
        draw_line(r, canvas, (size_t)(r->top + i), l->text_x, y + i);
        if ((size_t)(r->top + i) == cursor && !view->desk->app->linear)
            canvas_text(canvas, l->text_x - 2, y + i, 1, STYLE_ACCENT, canvas->ascii ? ">" : "›");
    }
}

/* ---- the panel ---- */

static void panel_frame(struct canvas *canvas, const struct layout *l, const char *title)
{
    int i;

    if (l->beside)
        canvas_vline(canvas, l->panel_x - 2, l->panel_y, l->panel_rows);
    else
        for (i = 0; i < l->panel_rows; i++)
            canvas_fill(canvas, l->panel_x - 1, l->panel_y + i, l->panel_width + 2, STYLE_NORMAL,
                        " ");
    canvas_text(canvas, l->panel_x, l->panel_y, l->panel_width, STYLE_HEADING, title);
}

static void draw_outline(struct reader *r, struct canvas *canvas, const struct layout *l)
{
    const struct document *doc = r->text->doc;
    int i, rows = l->panel_rows - 1;
    uint32_t least = DOCUMENT_NONE;

    for (i = 0; i < r->list.count; i++)
        if (outline_at(doc, (size_t)i).level < least)
            least = outline_at(doc, (size_t)i).level;
    panel_frame(canvas, l, "Outline");
    listview_place(&r->list, rows);
    for (i = 0; i < rows && r->list.top + i < r->list.count; i++) {
        struct outline_entry entry = outline_at(doc, (size_t)(r->list.top + i));
        int indent = (int)(entry.level - least) * 2, y = l->panel_y + 1 + i;
        char page[16] = "";

        if (indent > l->panel_width / 3)
            indent = l->panel_width / 3;
        if (doc->page_count > 1 && entry.page != DOCUMENT_NONE)
            snprintf(page, sizeof page, "%u", entry.page + 1);
        canvas_text(canvas, l->panel_x + indent, y, l->panel_width - indent - (int)strlen(page) - 1,
                    STYLE_NORMAL, entry.title);
        canvas_right(canvas, l->panel_x + l->panel_width, y, STYLE_DIM, page);
        if (r->list.top + i == r->list.cursor)
            canvas_cursor_row(canvas, l->panel_x, y, l->panel_width);
    }
}

/* ---- all of it ---- */

static void draw_nothing(const struct reader *r, struct canvas *canvas, int x, int y, int width,
                         int height)
{
    const char *hint = "F fetches its PDF and reads it.";
    int rows;

    if (!r->asker.error.code) {
        canvas_text(canvas, x + 2, y, width - 2, STYLE_DIM,
                    canvas->ascii ? "Opening..." : "Opening…");
        return;
    }
    rows = canvas_wrapped(canvas, x + 2, y, width - 4, height, STYLE_ERROR, r->asker.error.message);
    if (r->asker.error.code == ERR_NOTFOUND)
        canvas_wrapped(canvas, x + 2, y + rows + 1, width - 4, height - rows - 1, STYLE_DIM, hint);
}

void reader_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct reader *r = view->state;
    struct layout l;

    if (!r->text) {
        draw_nothing(r, canvas, x, y, width, height);
        return;
    }
    reader_wrap_again(view, reader_measure(view, width));
    reader_place(r, height);
    l = layout_of(r, x, y, width, height);
    draw_text(view, canvas, &l, y);
    if (r->panel == PANEL_OUTLINE)
        draw_outline(r, canvas, &l);
}
