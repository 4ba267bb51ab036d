/*
 * Pictures in a terminal: RGB pixels as the bytes that show them. Three ways: kitty's graphics
 * protocol (sent once, then shown wherever its placeholder characters stand), sixel, and half
 * blocks (two pixels in a cell). Which of them a terminal can do is in terminal_pictures.h. Knows
 * pixels and bytes, no terminal and no file. Any thread.
 */
#ifndef CARREL_PICTURE_H
#define CARREL_PICTURE_H

#include "carrel/str.h"

#include <stdbool.h>
#include <stdint.h>

/* Borrowed pixels: RGB, three bytes each, rows without padding. */
struct picture {
    uint32_t id; /* of these very pixels: picture_next_id(); never 0 */
    uint32_t width, height;
    const unsigned char *pixels;
    const struct str *packed; /* as picture_kitty_pack makes it; NULL: made when it is sent */
};

uint32_t picture_next_id(void); /* no two pictures of a process have the same */

enum picture_kind { PICTURES_OFF, PICTURES_BLOCKS, PICTURES_SIXEL, PICTURES_KITTY };
const char *picture_kind_name(enum picture_kind kind); /* "off", "blocks", "sixel", "kitty" */

#define PICTURE_TRUE_COLOR (1 << 24)

/* What a terminal shows, and how. */
struct picture_display {
    enum picture_kind kind;
    int colors;                  /* 0, 8, 256 or PICTURE_TRUE_COLOR */
    int cell_width, cell_height; /* pixels, 1 or more */
    bool tmux;                   /* what tmux does not know goes through it to the terminal */
    char why[160];               /* what is not possible here and why, one line; "": all is */
};

/* ---- size ---- */

#define PICTURE_CELLS_MAX 297 /* columns and rows of a picture: kitty has no more numbers */

/* The cells of a picture that keeps its shape within so many columns and rows (0: as many as there
 * may be). Each at least 1. */
void picture_fit(int *columns, int *rows, const struct picture_display *display, uint32_t width,
                 uint32_t height, int columns_most, int rows_most);
/* Other pixels of the same picture, each the exact mean of the area it covers. The caller frees. */
unsigned char *picture_scale(const struct picture *picture, uint32_t width, uint32_t height);

/* ---- half blocks ---- */

#define PICTURE_BLOCK "\xE2\x96\x80" /* U+2580: its colour above, its background below */

/* One row of a picture that was scaled to `columns` x 2 rows: cells from `from` on, as text with
 * SGR colours, these put back at its end. */
void picture_blocks_row(struct str *out, const unsigned char *scaled, int columns, int row,
                        int from, int count, int colors);
/* The nearest of the xterm palette's 16..255, and that colour. */
int picture_palette_nearest(const unsigned char rgb[3]);
void picture_palette_color(unsigned char rgb[3], int color);
bool picture_is_light(const unsigned char rgb[3]); /* where there is black and white only */

/* ---- kitty ---- */

/* Image ids are numbers that a colour of the 256 and a third mark can tell: a picture's own one,
 * likely no other program's in the same terminal. */
struct picture_kitty_id {
    uint32_t id;
    int color; /* 16..255: the low byte */
    int mark;  /* 1..255: the high byte */
};
struct picture_kitty_id picture_kitty_id(const struct picture *picture);
/* What is sent of the pixels, for whoever has another thread to make it on. */
void picture_kitty_pack(struct str *out, const struct picture *picture);
/* Sends the pixels, and how many cells they cover. The terminal answers nothing. */
void picture_kitty_send(struct str *out, const struct picture *picture, int columns, int rows,
                        bool tmux);
/* How many cells they cover now. */
void picture_kitty_place(struct str *out, const struct picture *picture, int columns, int rows,
                         bool tmux);
void picture_kitty_delete(struct str *out, const struct picture *picture, bool tmux);
/* The character that shows the cell (row, column) of the picture, to be written in colour
 * `color` of the 256. At most PICTURE_CELLS_MAX of each. */
void picture_kitty_cell(struct str *out, const struct picture *picture, int row, int column);
/* Mark number `i`, or 0 behind the last. */
unsigned picture_kitty_mark(int i);

/* ---- sixel ---- */

/* A rectangle of the pixels, with at most 256 colours (median cut). */
void picture_sixel(struct str *out, const unsigned char *pixels, uint32_t width, uint32_t height);

/* ---- tmux ---- */

/* Wraps one escape sequence so that tmux hands it on. */
void picture_tmux_wrap(struct str *out, const char *bytes, size_t len);

#endif
