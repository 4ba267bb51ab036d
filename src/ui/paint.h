/*
 * The painter: the bytes that make a terminal's screen that of a canvas. It remembers what it has
 * painted and writes what is different: cells, and where that is less, a scrolled region first.
 * Makes bytes only; who owns the terminal writes them. One thread.
 */
#ifndef CARREL_UI_PAINT_H
#define CARREL_UI_PAINT_H

#include "carrel/canvas.h"

struct paint_terminal {
    enum depth palette;
    bool erases;        /* to the end of a line: \e[K */
    bool erases_inside; /* so many cells (terminfo: ech) */
    bool erase_colored; /* and paints the ground that is set (terminfo: bce) */
    bool scrolls;       /* has regions that scroll (terminfo: csr) */
    bool looks;         /* knows SGR at all; else text alone is written */
    bool links;         /* OSC 8 */
    /* Puts the cursor there. NULL: as ECMA-48 has it. */
    void (*move)(struct str *out, int x, int y);
};

/* A look brought down to the terminal, and where it leads to. */
struct pen {
    struct look look;
    uint32_t link;
};

struct painter {
    struct paint_terminal terminal;
    struct cell *shown; /* NULL: nothing is known of the screen */
    int width, height;
    const struct theme *theme; /* of what is shown */
    struct pen pen;
    int x, y; /* of the terminal's cursor; x -1: not known */
    bool cursor_seen;
};

/* Appends the bytes. `whole`: as if nothing were known of the screen. */
void painter_paint(struct painter *painter, const struct canvas *canvas, bool whole,
                   struct str *out);
/* Others have written to the terminal, or will: nothing is known any more. */
void painter_forget(struct painter *painter);
/* The cursor and the look are not known, the cells are: something was written that left them. */
void painter_moved(struct painter *painter);

/* paint_scroll.c: scrolls lines where that spares writing cells, in `shown` as well. */
void painter_scroll(struct painter *painter, const struct canvas *canvas, struct str *out);
/* For it: the cursor to a place, the look to plain, cells as erasing leaves them. */
void painter_go(struct painter *painter, int x, int y, struct str *out);
void painter_plain(struct painter *painter, struct str *out);
void painter_blank(const struct painter *painter, struct cell *cells, size_t count);

#endif
