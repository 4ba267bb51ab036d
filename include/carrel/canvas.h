/*
 * A canvas: a grid of cells that views draw on. One file copies it to the terminal; others write it
 * as text, ANSI or SVG. Knows widths, not terminals. One thread.
 */
#ifndef CARREL_CANVAS_H
#define CARREL_CANVAS_H

#include "carrel/picture.h"
#include "carrel/str.h"
#include "carrel/theme.h"

#include <stdbool.h>
#include <stdint.h>

#define CELL_BYTES 24

/* Cells of pictures have no style, but colours of their own. */
enum cell_look {
    CELL_STYLED,
    CELL_COLORS, /* fg and bg: red, green, blue */
    CELL_INDEX,  /* fg[0]: of the 256 colours */
    CELL_PIXELS, /* whoever has the terminal draws pixels over it */
};

struct cell {
    char text[CELL_BYTES]; /* one grapheme; "" is the right half of a wide one */
    uint8_t width;         /* 1, 2, or 0 for a right half */
    uint8_t style;
    bool cursor;  /* the row the user stands on */
    uint8_t look; /* enum cell_look */
    uint8_t fg[3], bg[3];
    uint32_t link; /* canvas_link_of; 0: none */
};

/* Where a picture stands: a window of columns x rows at (x, y) onto a sheet of all_columns x
 * all_rows cells, on which the whole picture lies; from_column and from_row of the sheet are at the
 * window's upper left corner. */
struct picture_place {
    int x, y, columns, rows;
    int all_columns, all_rows; /* at most PICTURE_CELLS_MAX each */
    int from_column, from_row;
};

#define CANVAS_LINKS 64   /* at a time */
#define CANVAS_PICTURES 4 /* at a time */
#define CANVAS_SCALED 6   /* kept, so that a picture that stays is not scaled again */

struct canvas_scaled {
    uint32_t id, used; /* 0: none */
    int columns, rows;
    unsigned char *pixels; /* columns x 2 rows */
};

struct canvas {
    int width, height;
    struct cell *cells; /* height rows of width */
    bool ascii;
    const struct theme *theme; /* borrowed; canvas_init: theme_plain() */
    struct {
        uint32_t id;
        char *address;
    } links[CANVAS_LINKS]; /* since it was cleared */
    size_t link_count;
    int cursor_x, cursor_y;         /* of a prompt; -1: hidden */
    struct picture_display display; /* how pictures are shown; canvas_init: in half blocks */
    struct {
        struct picture picture;
        struct picture_place place;
    } pictures[CANVAS_PICTURES]; /* since it was cleared */
    size_t picture_count;
    struct canvas_scaled scaled[CANVAS_SCALED];
    uint32_t scaled_clock;
};

void canvas_init(struct canvas *canvas, int width, int height, bool ascii); /* 1..500 x 1..200 */
void canvas_free(struct canvas *canvas);
void canvas_clear(struct canvas *canvas);

/* Writes one line of text at (x, y), at most `columns` wide (what does not fit is cut with an
 * ellipsis); bytes \x02, \x04 and \x05 switch to STYLE_MATCH, STYLE_GONE and STYLE_CAME, \x03 back.
 * Returns the columns used. Outside the canvas nothing happens. */
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

/* Where the cells of a stretch lead to, for terminals that know links (OSC 8) and for the mouse. An
 * address with control characters leads nowhere. */
void canvas_link(struct canvas *canvas, int x, int y, int columns, const char *address);
const char *canvas_link_of(const struct canvas *canvas, int x, int y); /* NULL: none; borrowed */

/* A picture, whose pixels are borrowed until the canvas is cleared; or, where none can be shown,
 * display.why. What is written over it later stands before it. */
void canvas_picture(struct canvas *canvas, const struct picture *picture,
                    const struct picture_place *place);

void canvas_to_text(struct str *out, const struct canvas *canvas); /* trailing blanks cut */
void canvas_to_ansi(struct str *out, const struct canvas *canvas, bool color);
void canvas_to_svg(struct str *out, const struct canvas *canvas);

#endif
