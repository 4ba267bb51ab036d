/*
 * A canvas as text, ANSI or SVG.
 */
#include "carrel/canvas.h"

#include <stdio.h>
#include <string.h>

static const struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
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

static void ansi_color(struct str *out, int32_t color, bool ground)
{
    if (color >= COLOR_RGB)
        str_printf(out, ";%d;2;%d;%d;%d", ground ? 48 : 38, color >> 16 & 255, color >> 8 & 255,
                   color & 255);
    else if (color != COLOR_OWN)
        str_printf(out, ";%d;5;%d", ground ? 48 : 38, color);
}

static void ansi_style(struct str *out, const struct canvas *canvas, const struct cell *cell,
                       bool color)
{
    struct look look = theme_look(canvas->theme, (enum style)cell->style, cell->cursor,
                                  color ? DEPTH_TRUE : DEPTH_NONE);

    str_add(out, "\033[0");
    if (color && cell->look == CELL_COLORS) {
        str_printf(out, ";38;2;%d;%d;%d;48;2;%d;%d;%dm", cell->fg[0], cell->fg[1], cell->fg[2],
                   cell->bg[0], cell->bg[1], cell->bg[2]);
        return;
    }
    if (look.bold)
        str_add(out, ";1");
    if (look.underline)
        str_add(out, ";4");
    if (look.reverse)
        str_add(out, ";7");
    ansi_color(out, look.fg, false);
    ansi_color(out, look.bg, true);
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
                ansi_style(out, canvas, cell, color);
            str_add(out, cell->text);
            last = cell;
        }
        str_add(out, "\033[0m\n");
    }
}

/* ---- SVG ---- */

#define SVG_CELL_W 9
#define SVG_CELL_H 19

static void svg_color(char out[8], const struct theme *theme, int32_t color, bool ground)
{
    uint8_t rgb[3];

    theme_rgb(rgb, theme, color, ground);
    snprintf(out, 8, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
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
    struct look look =
        theme_look(canvas->theme, (enum style)first->style, first->cursor, DEPTH_TRUE);
    char fg[8], bg[8], ground[8];
    bool blank = true;
    int x;

    if (first->look == CELL_COLORS) {
        svg_blocks(out, first, from, y, to - from);
        return;
    }
    svg_color(ground, canvas->theme, canvas->theme->looks[STYLE_NORMAL].bg, true);
    svg_color(look.reverse ? bg : fg, canvas->theme, look.fg, false);
    svg_color(look.reverse ? fg : bg, canvas->theme, look.bg, true);
    if (strcmp(bg, ground) != 0)
        svg_rect(out, from, y, to - from, SVG_CELL_H, bg, "");
    for (x = from; x < to; x++)
        blank &= strcmp(cell_at(canvas, x, y)->text, " ") == 0 || cell_at(canvas, x, y)->width == 0;
    if (blank)
        return;
    str_printf(out, "<text y=\"%d\" fill=\"%s\"%s%s x=\"", y * SVG_CELL_H + 14, fg,
               look.bold ? " font-weight=\"bold\"" : "",
               look.underline ? " text-decoration=\"underline\"" : "");
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
    char ground[8];

    svg_color(ground, canvas->theme, canvas->theme->looks[STYLE_NORMAL].bg, true);
    str_printf(out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
               "font-family=\"DejaVu Sans "
               "Mono,Menlo,Consolas,monospace\" font-size=\"15\" xml:space=\"preserve\">\n"
               "<rect width=\"100%%\" height=\"100%%\" fill=\"%s\"/>\n",
               canvas->width * SVG_CELL_W, canvas->height * SVG_CELL_H, ground);
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
