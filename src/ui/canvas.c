/*
 * The canvas: drawing by display width, and writing the grid as text, ANSI or SVG.
 *
 * A wide grapheme takes its cell and an empty one; overwriting either half blanks the other, so a
 * row is always exactly as wide as the canvas.
 */
#include "carrel/canvas.h"

#include "carrel/mem.h"
#include "carrel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct look looks[STYLE_COUNT] = {
    [STYLE_NORMAL] = { -1, -1, false, false, false, false },
    [STYLE_BAR] = { 255, 24, true, false, false, false },
    [STYLE_TITLE] = { 255, -1, true, false, false, false },
    [STYLE_UNREAD] = { 231, -1, true, false, false, false },
    [STYLE_DIM] = { 245, -1, false, false, false, false },
    [STYLE_ACCENT] = { 74, -1, false, false, false, false },
    [STYLE_HEADING] = { 179, -1, true, false, false, false },
    [STYLE_MATCH] = { 220, -1, true, false, true, false },
    [STYLE_ERROR] = { 203, -1, true, false, false, false },
    [STYLE_WARN] = { 214, -1, false, false, false, false },
    [STYLE_HIGHLIGHT] = { 16, 187, false, false, true, false },
    [STYLE_SELECTED] = { 16, 74, true, false, true, false },
    [STYLE_GONE] = { 203, -1, false, false, false, false },
    [STYLE_CAME] = { 114, -1, false, false, false, false },
};

void canvas_init(struct canvas *canvas, int width, int height, bool ascii)
{
    memset(canvas, 0, sizeof *canvas);
    canvas->width = width < 1 ? 1 : width > 500 ? 500 : width;
    canvas->height = height < 1 ? 1 : height > 200 ? 200 : height;
    canvas->ascii = ascii;
    canvas->display = (struct picture_display){ .kind = ascii ? PICTURES_OFF : PICTURES_BLOCKS,
                                                .colors = PICTURE_TRUE_COLOR,
                                                .cell_width = 8,
                                                .cell_height = 16 };
    canvas->cells =
        mem_zalloc((size_t)canvas->width * (size_t)canvas->height * sizeof *canvas->cells);
    canvas_clear(canvas);
}

void canvas_free(struct canvas *canvas)
{
    size_t i;

    for (i = 0; i < CANVAS_SCALED; i++)
        free(canvas->scaled[i].pixels);
    free(canvas->cells);
    canvas->cells = NULL;
}

static struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

static void cell_blank(struct cell *cell, enum style style)
{
    memset(cell, 0, sizeof *cell);
    cell->text[0] = ' ';
    cell->width = 1;
    cell->style = (uint8_t)style;
}

void canvas_clear(struct canvas *canvas)
{
    int x, y;

    for (y = 0; y < canvas->height; y++)
        for (x = 0; x < canvas->width; x++)
            cell_blank(cell_at(canvas, x, y), STYLE_NORMAL);
    canvas->cursor_x = canvas->cursor_y = -1;
    canvas->picture_count = 0;
}

static void cell_put(struct canvas *canvas, int x, int y, const char *text, size_t len, int width,
                     enum style style)
{
    struct cell *cell = cell_at(canvas, x, y);

    if (cell->width == 0 && x > 0)
        cell_blank(cell_at(canvas, x - 1, y), (enum style)cell_at(canvas, x - 1, y)->style);
    if (x + width < canvas->width && cell_at(canvas, x + width, y)->width == 0)
        cell_blank(cell_at(canvas, x + width, y), (enum style)cell_at(canvas, x + width, y)->style);
    memset(cell, 0, sizeof *cell);
    if (len >= CELL_BYTES || (canvas->ascii && (unsigned char)text[0] >= 0x80)) {
        memset(cell->text, '?', (size_t)width);
        if (width == 2) { /* two question marks would need two cells */
            cell->text[1] = '\0';
            cell_blank(cell_at(canvas, x + 1, y), style);
            cell_at(canvas, x + 1, y)->text[0] = '?';
            width = 1;
        }
    } else {
        memcpy(cell->text, text, len);
        if (width == 2) {
            memset(cell_at(canvas, x + 1, y), 0, sizeof *cell);
            cell_at(canvas, x + 1, y)->style = (uint8_t)style;
        }
    }
    cell->width = (uint8_t)width;
    cell->style = (uint8_t)style;
}

static enum style text_switch(char byte, enum style style)
{
    return byte == '\x02'   ? STYLE_MATCH
           : byte == '\x04' ? STYLE_GONE
           : byte == '\x05' ? STYLE_CAME
                            : style;
}

static int text_columns(const char *text)
{
    struct str plain = STR_INIT;
    int columns;

    for (; *text; text++)
        if (*text < '\x02' || *text > '\x05')
            str_add_char(&plain, *text);
    columns = text_width(plain.ptr);
    str_free(&plain);
    return columns;
}

static int text_put(struct canvas *canvas, int x, int y, int columns, enum style style,
                    const char *text)
{
    enum style now = style;
    size_t len = strlen(text), at = 0;
    int used = 0, limit;

    if (y < 0 || y >= canvas->height || x < 0 || x >= canvas->width)
        return 0;
    if (columns > canvas->width - x)
        columns = canvas->width - x;
    limit = text_columns(text) > columns ? columns - 1 : columns;
    while (at < len) {
        int width;
        size_t took;

        if (text[at] >= '\x02' && text[at] <= '\x05') {
            now = text_switch(text[at++], style);
            continue;
        }
        took = text_grapheme(text + at, len - at, &width);
        if (used + width > limit) {
            if (limit < columns)
                cell_put(canvas, x + used, y, canvas->ascii ? "~" : "…", canvas->ascii ? 1 : 3, 1,
                         style);
            return used + (limit < columns);
        }
        if (width > 0)
            cell_put(canvas, x + used, y, text + at, took, width, now);
        used += width;
        at += took;
    }
    return used;
}

int canvas_text(struct canvas *canvas, int x, int y, int columns, enum style style,
                const char *text)
{
    struct str plain = STR_INIT;
    int used;

    if (!canvas->ascii)
        return text_put(canvas, x, y, columns, style, text);
    text_to_ascii(&plain, text);
    used = text_put(canvas, x, y, columns, style, plain.ptr);
    str_free(&plain);
    return used;
}

void canvas_right(struct canvas *canvas, int end, int y, enum style style, const char *text)
{
    int width = text_width(text);

    canvas_text(canvas, end - width, y, width, style, text);
}

int canvas_wrapped(struct canvas *canvas, int x, int y, int width, int rows, enum style style,
                   const char *text)
{
    size_t at = 0, next;
    int lines = 0;

    while (text[at] && lines < rows) {
        size_t len = text_wrap(text + at, width, &next);

        if (canvas) {
            char *line = mem_strndup(text + at, len);

            canvas_text(canvas, x, y + lines, width, style, line);
            free(line);
        }
        lines++;
        at += next;
    }
    return lines;
}

void canvas_fill(struct canvas *canvas, int x, int y, int columns, enum style style,
                 const char *glyph)
{
    int i;

    if (y < 0 || y >= canvas->height)
        return;
    for (i = 0; i < columns && x + i < canvas->width; i++)
        if (x + i >= 0)
            canvas_text(canvas, x + i, y, 1, style, glyph);
}

void canvas_cursor_row(struct canvas *canvas, int x, int y, int columns)
{
    int i;

    if (y < 0 || y >= canvas->height)
        return;
    for (i = x; i < x + columns && i < canvas->width; i++)
        cell_at(canvas, i, y)->cursor = true;
}

void canvas_vline(struct canvas *canvas, int x, int y, int rows)
{
    int i;

    for (i = 0; i < rows; i++)
        canvas_text(canvas, x, y + i, 1, STYLE_DIM, "│");
}

void canvas_to_text(struct str *out, const struct canvas *canvas)
{
    int x, y;

    for (y = 0; y < canvas->height; y++) {
        size_t start = out->len;

        for (x = 0; x < canvas->width; x++)
            str_add(out, cell_at(canvas, x, y)->text);
        while (out->len > start && out->ptr[out->len - 1] == ' ')
            str_cut(out, out->len - 1);
        str_add_char(out, '\n');
    }
}

static bool look_same(const struct cell *a, const struct cell *b)
{
    return a->style == b->style && a->cursor == b->cursor && a->look == b->look
           && memcmp(a->fg, b->fg, sizeof a->fg) == 0 && memcmp(a->bg, b->bg, sizeof a->bg) == 0;
}

static void ansi_style(struct str *out, const struct cell *cell, bool color)
{
    const struct look *look = &looks[cell->style];

    str_add(out, "\033[0");
    if (color && cell->look == CELL_COLORS) {
        str_printf(out, ";38;2;%d;%d;%d;48;2;%d;%d;%dm", cell->fg[0], cell->fg[1], cell->fg[2],
                   cell->bg[0], cell->bg[1], cell->bg[2]);
        return;
    }
    if (look->bold)
        str_add(out, ";1");
    if (look->underline)
        str_add(out, ";4");
    if (cell->cursor || (!color && cell->style == STYLE_BAR))
        str_add(out, ";7");
    if (color && look->fg >= 0)
        str_printf(out, ";38;5;%d", look->fg);
    if (color && look->bg >= 0)
        str_printf(out, ";48;5;%d", look->bg);
    str_add_char(out, 'm');
}

void canvas_to_ansi(struct str *out, const struct canvas *canvas, bool color)
{
    int x, y;

    for (y = 0; y < canvas->height; y++) {
        const struct cell *last = NULL;

        for (x = 0; x < canvas->width; x++) {
            const struct cell *cell = cell_at(canvas, x, y);

            if (!last || !look_same(last, cell))
                ansi_style(out, cell, color);
            str_add(out, cell->text);
            last = cell;
        }
        str_add(out, "\033[0m\n");
    }
}

/* ---- SVG ---- */

#define SVG_CELL_W 9
#define SVG_CELL_H 19
#define SVG_BG "#16181d"
#define SVG_FG "#d4d4d4"

/* The xterm palette: 16 named, 6x6x6 cube, 24 greys. */
static void svg_color(char out[8], int color, const char *own)
{
    static const char *const named[16] = { "#000000", "#cd3131", "#0dbc79", "#e5e510",
                                           "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5",
                                           "#666666", "#f14c4c", "#23d18b", "#f5f543",
                                           "#3b8eea", "#d670d6", "#29b8db", "#ffffff" };
    static const int steps[6] = { 0, 95, 135, 175, 215, 255 };
    struct str text = STR_INIT;

    if (color < 0)
        str_add(&text, own);
    else if (color < 16)
        str_add(&text, named[color]);
    else if (color < 232)
        str_printf(&text, "#%02x%02x%02x", (unsigned)steps[(color - 16) / 36],
                   (unsigned)steps[(color - 16) / 6 % 6], (unsigned)steps[(color - 16) % 6]);
    else
        str_printf(&text, "#%02x%02x%02x", (unsigned)(8 + (color - 232) * 10),
                   (unsigned)(8 + (color - 232) * 10), (unsigned)(8 + (color - 232) * 10));
    memcpy(out, text.ptr, 8);
    str_free(&text);
}

static void svg_rect(struct str *out, int x, int y, int columns, int height, const char *color,
                     const char *more)
{
    str_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"%s/>\n",
               x * SVG_CELL_W, y * SVG_CELL_H, columns * SVG_CELL_W, height, color, more);
}

/* Half blocks as rectangles, which no font can misplace. */
static void svg_blocks(struct str *out, const struct cell *cell, int x, int y, int columns)
{
    static const char crisp[] = " shape-rendering=\"crispEdges\"";
    char above[8], below[8];

    snprintf(above, sizeof above, "#%02x%02x%02x", cell->fg[0], cell->fg[1], cell->fg[2]);
    snprintf(below, sizeof below, "#%02x%02x%02x", cell->bg[0], cell->bg[1], cell->bg[2]);
    svg_rect(out, x, y, columns, SVG_CELL_H, below, crisp);
    if (strcmp(above, below) != 0)
        svg_rect(out, x, y, columns, SVG_CELL_H / 2, above, crisp);
}

/* One run of cells that look alike: its background, then its text, each wide cell at its own
 * column. */
static void svg_run(struct str *out, const struct canvas *canvas, int y, int from, int to)
{
    const struct cell *first = cell_at(canvas, from, y);
    const struct look *look = &looks[first->style];
    char fg[8], bg[8], swap[8];
    bool blank = true;
    int x;

    if (first->look == CELL_COLORS) {
        svg_blocks(out, first, from, y, to - from);
        return;
    }
    svg_color(fg, look->fg, SVG_FG);
    svg_color(bg, look->bg, SVG_BG);
    if (first->cursor) {
        memcpy(swap, "#2d4a66", 8);
        memcpy(bg, swap, 8);
    }
    if (strcmp(bg, SVG_BG) != 0)
        svg_rect(out, from, y, to - from, SVG_CELL_H, bg, "");
    for (x = from; x < to; x++)
        blank &= strcmp(cell_at(canvas, x, y)->text, " ") == 0 || cell_at(canvas, x, y)->width == 0;
    if (blank)
        return;
    str_printf(out, "<text y=\"%d\" fill=\"%s\"%s%s x=\"", y * SVG_CELL_H + 14, fg,
               look->bold ? " font-weight=\"bold\"" : "",
               look->underline ? " text-decoration=\"underline\"" : "");
    for (x = from; x < to; x++)
        if (cell_at(canvas, x, y)->width
            > 0) /* a position for each grapheme keeps the grid whatever the font */
            str_printf(out, "%s%d", x > from ? " " : "", x * SVG_CELL_W);
    str_add(out, "\">");
    for (x = from; x < to; x++)
        str_add_markup(out, cell_at(canvas, x, y)->text);
    str_add(out, "</text>\n");
}

void canvas_to_svg(struct str *out, const struct canvas *canvas)
{
    int y, from, to;

    str_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
               "font-family=\"DejaVu Sans "
               "Mono,Menlo,Consolas,monospace\" font-size=\"15\" xml:space=\"preserve\">\n"
               "<rect width=\"100%%\" height=\"100%%\" fill=\"" SVG_BG "\"/>\n",
               canvas->width * SVG_CELL_W, canvas->height * SVG_CELL_H);
    for (y = 0; y < canvas->height; y++) {
        for (from = 0; from < canvas->width; from = to) {
            for (to = from + 1;
                 to < canvas->width && look_same(cell_at(canvas, from, y), cell_at(canvas, to, y));
                 to++)
                ;
            svg_run(out, canvas, y, from, to);
        }
    }
    str_add(out, "</svg>\n");
}
