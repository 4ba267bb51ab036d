/*
 * Drawing the Reader: the text in its column, what is marked in it, the panel beside or over it.
 */
#include "reader.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CAPTION_ROWS 4     /* that stay below a picture, at least */
#define CAPTION_COLUMNS 30 /* and beside one in a panel that is wide and low */

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
    if (!l.beside && r->panel == PANEL_PEEK) { /* below the sentence that is read */
        l.panel_rows = height / 2;
        l.text_rows = height - l.panel_rows;
        l.panel_y = y + l.text_rows;
    } else if (!l.beside) {
        l.text_rows = 0;
    }
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
        memset(styles + (start - line->start), (int)style, end - start);
}

static void paint_matches(uint8_t *styles, const struct reader *r, const struct reader_line *line)
{
    size_t i;

    for (i = reader_span_behind(&r->matches, line->start);
         i < r->matches.len && r->matches.items[i].start < line->end; i++)
        paint(styles, line, r->matches.items[i].start, r->matches.items[i].end, STYLE_MATCH);
}

static void paint_mentions(uint8_t *styles, const struct reader *r, const struct reader_line *line)
{
    const struct reader_mentions *all = &r->text->mentions;
    size_t i;

    for (i = reader_mention_behind(all, line->start);
         i < all->len && all->items[i].start < line->end; i++)
        paint(styles, line, all->items[i].start, all->items[i].end, STYLE_ACCENT);
}

static void paint_highlights(uint8_t *styles, const struct reader *r,
                             const struct reader_line *line)
{
    size_t i;

    for (i = 0; i < r->highlight_count && r->highlights[i].start < line->end; i++)
        paint(styles, line, r->highlights[i].start, r->highlights[i].end, STYLE_HIGHLIGHT);
}

static void paint_chosen(uint8_t *styles, const struct reader *r, const struct reader_line *line)
{
    const struct reader_mention *mention = reader_mention_at(r);
    struct reader_span span = reader_selected(r);

    if (mention)
        paint(styles, line, mention->start, mention->end, STYLE_SELECTED);
    if (r->sel.on)
        paint(styles, line, span.start, span.end, STYLE_SELECTED);
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

static int columns_between(const struct document *doc, uint32_t start, uint32_t end)
{
    char *copy = mem_strndup(doc->text + start, end - start);
    int columns = text_width(copy);

    free(copy);
    return columns;
}

/* Addresses are links, whole also where they were wrapped. */
static void draw_links(const struct reader *r, struct canvas *canvas,
                       const struct reader_line *line, int x, int y)
{
    const struct reader_mentions *all = &r->text->mentions;
    struct arena *arena = NULL;
    size_t i;

    for (i = reader_mention_behind(all, line->start);
         i < all->len && all->items[i].start < line->end; i++) {
        const struct reader_mention *mention = &all->items[i];
        uint32_t start = mention->start > line->start ? mention->start : line->start;
        uint32_t end = mention->end < line->end ? mention->end : line->end;

        if (mention->kind != MENTION_ADDRESS)
            continue;
        arena = arena ? arena : arena_new();
        canvas_link(canvas, x + columns_between(r->text->doc, line->start, start), y,
                    columns_between(r->text->doc, start, end),
                    reader_address(r->text, mention, arena));
    }
    arena_free(arena);
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
    memset(styles, (int)block_style(doc->blocks[line->block].kind), len);
    paint_mentions(styles, r, line);
    paint_highlights(styles, r, line);
    paint_matches(styles, r, line);
    paint_chosen(styles, r, line);
    draw_runs(canvas, x + line->indent, y, r->lines.width - line->indent + 1,
              doc->text + line->start, styles, len);
    free(styles);
    draw_links(r, canvas, line, x + line->indent, y);
    reader_hints_draw(r, canvas, line, x + line->indent, y);
}

/* In the margin, for terminals without colours: a selection, a highlight, one with a note. */
static const char *margin_sign(const struct reader *r, const struct reader_line *line, bool ascii)
{
    struct reader_span span = reader_selected(r);
    size_t i;

    if (line->start == line->end)
        return NULL;
    if (r->sel.on && span.start < line->end && span.end > line->start)
        return ascii ? "#" : "█";
    for (i = 0; i < r->highlight_count && r->highlights[i].start < line->end; i++)
        if (r->highlights[i].end > line->start)
            return *r->highlights[i].row.note && r->highlights[i].start >= line->start ? "*"
                   : ascii                                                             ? "|"
                                                                                       : "▎";
    return NULL;
}

static void draw_text(const struct view *view, struct canvas *canvas, const struct layout *l, int y)
{
    const struct reader *r = view->state;
    size_t cursor = reader_cursor(r);
    int i;

    for (i = 0; i < l->text_rows && r->top + i < (int)r->lines.len; i++) {
        const char *sign = margin_sign(r, &r->lines.items[r->top + i], canvas->ascii);

        draw_line(r, canvas, (size_t)(r->top + i), l->text_x, y + i);
        if (sign)
            canvas_text(canvas, l->text_x - 1, y + i, 1, STYLE_HEADING, sign);
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
    if (l->panel_rows < l->text_rows + l->panel_rows && !l->beside)
        canvas_fill(canvas, l->panel_x - 1, l->panel_y, l->panel_width + 2, STYLE_DIM,
                    canvas->ascii ? "-" : "─");
    canvas_text(canvas, l->panel_x, l->panel_y, l->panel_width, STYLE_HEADING, title);
}

static void draw_outline(struct reader *r, struct canvas *canvas, const struct layout *l)
{
    const struct document *doc = r->text->doc;
    int i, rows = l->panel_rows - 1;
    uint32_t least = DOCUMENT_NONE;
    size_t here = outline_here(r);

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
        if ((size_t)(r->list.top + i) == here)
            canvas_text(canvas, l->panel_x - 1, y, 1, STYLE_ACCENT, canvas->ascii ? ">" : "›");
        if (r->list.top + i == r->list.cursor)
            canvas_cursor_row(canvas, l->panel_x, y, l->panel_width);
    }
}

/* A picture, and its words below it; beside it in a panel across the screen. */
static void draw_peek(struct view *view, struct canvas *canvas, const struct layout *l)
{
    struct reader *r = view->state;
    bool across = !l->beside && l->panel_width > 2 * CAPTION_COLUMNS;
    int x = l->panel_x, y = l->panel_y + 1, columns = l->panel_width, rows = l->panel_rows - 1;
    struct reader_room most = { across ? columns - CAPTION_COLUMNS - 2 : columns,
                                across ? rows : rows - 1 - CAPTION_ROWS };
    struct reader_room used;
    char *title = mem_printf("%s%s%s", l->beside ? "" : " ", r->peek_title, l->beside ? "" : " ");

    panel_frame(canvas, l, title);
    used = reader_figure_draw(view, canvas, x, y, most);
    if (used.rows > 0 && across) {
        x += used.columns + 2;
        columns -= used.columns + 2;
    } else if (used.rows > 0) {
        y += used.rows + 1;
        rows -= used.rows + 1;
    }
    textview_draw(&r->peek, canvas, x, y, columns, rows);
    free(title);
}

/* Two rows each: where and what, and the note. */
static void draw_highlights(struct reader *r, struct canvas *canvas, const struct layout *l)
{
    struct listview *list = &r->list;
    int i, rows = (l->panel_rows - 1) / 2;

    panel_frame(canvas, l, "Highlights");
    listview_place(list, rows);
    for (i = 0; i < rows && list->top + i < list->count; i++) {
        const struct reader_highlight *item = &r->highlights[list->top + i];
        bool lost = item->found == ANCHOR_LOST;
        uint32_t page = lost ? item->row.page : document_page_of(r->text->doc, item->start, NULL);
        const char *quote = item->row.anchor.quote;
        struct str line = STR_INIT;
        int y = l->panel_y + 1 + 2 * i;

        str_printf(&line, "p.%u %s", page + 1, lost ? "(lost) " : "");
        utf8_squeeze(&line, quote, strlen(quote)); /* paragraphs have blanks between them */
        canvas_text(canvas, l->panel_x, y, l->panel_width, lost ? STYLE_DIM : STYLE_NORMAL,
                    line.ptr);
        canvas_text(canvas, l->panel_x + 2, y + 1, l->panel_width - 2, STYLE_WARN, item->row.note);
        if (list->top + i == list->cursor)
            canvas_cursor_row(canvas, l->panel_x, y, l->panel_width);
        str_free(&line);
    }
}

/* ---- all of it ---- */

static void draw_nothing(const struct reader *r, struct canvas *canvas, int x, int y, int width,
                         int height)
{
    const char *hint = r->asker.error.code == ERR_NOTFOUND ? "F fetches its PDF and reads it."
                       : r->asker.error.code == ERR_FAILED
                           ? "gp shows its pages as they are printed."
                           : "";
    int rows;

    if (!r->asker.error.code) {
        canvas_text(canvas, x + 2, y, width - 2, STYLE_DIM,
                    canvas->ascii ? "Opening..." : "Opening…");
        return;
    }
    rows = canvas_wrapped(canvas, x + 2, y, width - 4, height, STYLE_ERROR, r->asker.error.message);
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
    l = layout_of(r, x, y, width, height);
    r->text_height = l.text_rows > 0 ? l.text_rows : height;
    reader_place(r, r->text_height);
    draw_text(view, canvas, &l, y);
    if (r->panel == PANEL_OUTLINE)
        draw_outline(r, canvas, &l);
    else if (r->panel == PANEL_PEEK)
        draw_peek(view, canvas, &l);
    else if (r->panel == PANEL_HIGHLIGHTS)
        draw_highlights(r, canvas, &l);
}
