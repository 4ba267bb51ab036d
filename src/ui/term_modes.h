/*
 * What the desk switches on in a terminal beside drawing: mouse, bracketed paste, focus, title. The
 * bytes that switch all of it off again are kept ready, so that a handler of a crash has them. One
 * terminal a process.
 */
#ifndef CARREL_UI_TERM_MODES_H
#define CARREL_UI_TERM_MODES_H

#include "carrel/str.h"

#include <stdbool.h>

struct term_modes {
    bool rich;  /* more than cells: not the Linux console, nor a terminal of old */
    bool mouse; /* it is ours */
    bool title; /* we write it */
};

/* By $TERM: does it take sequences that it does not know in silence? */
bool term_is_rich(const char *term);
void term_modes_enter(const struct term_modes *modes, struct str *out);
void term_modes_mouse(const struct term_modes *modes, struct str *out); /* as it says now */
/* All of it off. Borrowed. */
const char *term_modes_leave(void);
/* The same and all else, when nobody gets to do it properly: also in a handler of a signal. */
const char *term_modes_crash(void);
/* The window's title; control characters are left out. */
void term_modes_title(struct str *out, const char *title);

#endif
