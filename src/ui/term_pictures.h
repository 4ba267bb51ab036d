/*
 * What a terminal needs for pictures beside its cells: kitty's pixels before them, sixels after
 * them. Makes bytes; who owns the terminal writes them.
 */
#ifndef CARREL_UI_TERM_PICTURES_H
#define CARREL_UI_TERM_PICTURES_H

#include "carrel/canvas.h"

#define TERM_SENT 6   /* pictures that the terminal keeps */
#define TERM_SIXELS 6 /* pieces that we keep encoded */

struct term_sixel {
    uint32_t id, used;
    struct picture_place place;
    struct str bytes;
};

struct term_pictures {
    struct cell *shown; /* the cells painted last; NULL: not known */
    int width, height;
    struct {
        uint32_t id;
        struct picture_place place;
    } at[CANVAS_PICTURES]; /* what they showed */
    size_t at_count;
    struct {
        uint32_t id, used; /* 0: none */
        int columns, rows;
    } sent[TERM_SENT];
    struct term_sixel sixels[TERM_SIXELS];
    uint32_t clock;
};

/* Before the cells are written: pixels that the terminal does not have. */
void term_pictures_before(struct term_pictures *pictures, const struct canvas *canvas,
                          struct str *out);
/* After it: what cells cannot show, where something changed; `all`: everywhere. */
void term_pictures_after(struct term_pictures *pictures, const struct canvas *canvas, bool all,
                         struct str *out);
/* The terminal is given away or left: what it keeps is taken back, and nothing is known of it. */
void term_pictures_leave(struct term_pictures *pictures, bool tmux, struct str *out);
void term_pictures_free(struct term_pictures *pictures); /* its members */

#endif
