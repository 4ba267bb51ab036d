/*
 * Which pictures a terminal can show: what is asked of it, what it answers, and what follows from
 * that. Asking and waiting is the business of others (the command line waits, the desk does not).
 */
#ifndef CARREL_TERMINAL_PICTURES_H
#define CARREL_TERMINAL_PICTURES_H

#include "carrel/picture.h"

#include <stddef.h>

/* What a terminal has answered so far. Zero to begin with. */
struct picture_answers {
    bool kitty, sixel;
    bool done;                   /* the last question is answered: there is no more to come */
    int cell_width, cell_height; /* pixels; 0: not told */
    int width, height;           /* of the whole text area, pixels; 0: not told */
    char name[64];               /* what it calls itself; "": not told */
    char sequence[256];          /* an escape sequence begun */
    size_t len;
};

/* One byte from the terminal; false: it belongs to no escape sequence. */
bool picture_answer(struct picture_answers *answers, char byte);

enum picture_wish {
    PICTURES_AUTO,
    PICTURES_WANT_KITTY,
    PICTURES_WANT_SIXEL,
    PICTURES_WANT_BLOCKS,
    PICTURES_WANT_OFF
};
/* False: not one of auto, kitty, sixel, blocks, off. */
bool picture_wish_parse(enum picture_wish *wish, const char *text);

/* All that is known. */
struct picture_facts {
    enum picture_wish wish;
    const char *term, *colorterm; /* the environment's; may be NULL */
    bool ascii, linear;           /* as the reader wants it */
    bool no_color;
    int colors;                     /* of terminfo; 0: not known */
    int width, height;              /* of the window in pixels; 0: not known */
    int columns, rows;              /* of the window */
    bool tmux;                      /* we are in it */
    bool tmux_passes;               /* allow-passthrough is on */
    char outer[128];                /* the terminal that tmux is in; "": not known */
    struct picture_answers answers; /* empty: not asked */
};

/* The questions, the one that everybody answers last; none where they would do harm. */
void picture_ask(struct str *out, const struct picture_facts *facts);
void picture_choose(struct picture_display *display, const struct picture_facts *facts);

#endif
