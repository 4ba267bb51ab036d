/*
 * A canvas: a grid of cells that views draw on. One file copies it to the terminal; others write it
 * as text, ANSI or SVG. Knows widths, not terminals. One thread.
 */
#ifndef CARREL_CANVAS_H
#define CARREL_CANVAS_H

#include "carrel/str.h"

#include <stdbool.h>
#include <stdint.h>

enum style {
    STYLE_NORMAL,
    STYLE_BAR,   /* title and status lines */
    STYLE_TITLE, /* a paper's title */
    STYLE_UNREAD,
    STYLE_DIM,    /* dates, counts, hints */
    STYLE_ACCENT, /* ids, links, keys */
    STYLE_HEADING,
    STYLE_MATCH,
    STYLE_ERROR,
    STYLE_WARN,
    STYLE_COUNT
};

/* How a style looks. Colours are 0..255 of the xterm palette, -1 the terminal's own. */
struct look {
    int16_t fg, bg;
    bool bold, dim, underline, reverse;
};
extern const struct look looks[STYLE_COUNT];

#define CELL_BYTES 24

struct cell {
    char text[CELL_BYTES]; /* one grapheme; "" is the right half of a wide one */
    uint8_t width;         /* 1, 2, or 0 for a right half */
    uint8_t style;
    bool cursor; /* the row the user stands on */
};

struct canvas {
    int width, height;
    struct cell *cells; /* height rows of width */
    bool ascii;
    int cursor_x, cursor_y; /* of a prompt; -1: hidden */
};

void canvas_init(struct canvas *canvas, int width, int height, bool ascii); /* 1..500 x 1..200 */
void canvas_free(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

/* Writes one line of text at (x, y), at most `columns` wide (what does not fit is cut with an
 * ellipsis); bytes \x02 and \x03 switch to STYLE_MATCH and back. Returns the columns used. Outside
 * the canvas nothing happens. */
int canvas_text(struct canvas *canvas, int x, int y, int columns, enum style style,
                const char *text);
void canvas_fill(struct canvas *canvas, int x, int y, int columns, enum style style,
                 const char *glyph);
/* One line of text that ends before column `end`. */
void canvas_right(struct canvas *canvas, int end, int y, enum style style, const char *text);
/* Text over several lines of at most `width` columns, as many as `rows`; how many it takes. Without
 * a canvas it only measures. */
int canvas_wrapped(struct canvas *canvas, int x, int y, int width, int rows, enum style style,
                   const char *text);
/* Marks a stretch of a row as the cursor's. */
void canvas_cursor_row(struct canvas *canvas, int x, int y, int columns);
void canvas_vline(struct canvas *canvas, int x, int y, int rows);

void canvas_to_text(struct str *out, const struct canvas *canvas); /* trailing blanks cut */
void canvas_to_ansi(struct str *out, const struct canvas *canvas, bool color);
void canvas_to_svg(struct str *out, const struct canvas *canvas);

#endif
