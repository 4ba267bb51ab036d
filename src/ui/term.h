/*
 * Inside the desk in a terminal. One a process, on the thread of the loop.
 *
 *     term.c           ncurses: what terminfo says, what is typed
 *     term_loop.c      what wakes it, painting, what the desk asks of its face
 *     term_signals.c   signals, and the terminal as it was
 */
#ifndef CARREL_UI_TERM_H
#define CARREL_UI_TERM_H

#include "desk.h"
#include "paint.h"
#include "term_modes.h"
#include "term_pictures.h"

struct term {
    struct desk *desk;
    void *input; /* a pad of ncurses, term.c's own: reading from it draws nothing */
    struct term_modes modes;
    struct painter painter;
    struct str title; /* the window's, as it was set last */
    int64_t key_at;   /* ticks (us): when the keys that wait to be painted were seen; 0 none */
    int64_t key_cpu;  /* the loop's own processor time (us) by then */
    int64_t rows_at;  /* the same, of keys whose rows are still being read; 0 none */
    int keys;
    struct term_pictures pictures;
    struct str bytes; /* to be written */
    size_t written;   /* since the last key */
    bool all;         /* the next painting writes everything */
};

/* ---- term.c ---- */

int term_open(struct error *err); /* ERR_FAILED: terminfo does not know it. Once, before all else */
void term_start(struct term *term);
void term_stop(struct term *term);  /* nothing when it is not ours; term_start begins again */
void term_input(struct term *term); /* all keys that are there, to the desk */
void term_resize(struct term *term);

/* ---- term_loop.c ---- */

void term_raw(void *face, const char *bytes, size_t len); /* `face`: a struct term */
void term_bytes(struct term *term);                       /* those that wait */

/* ---- term_signals.c ---- */

/* Keeps how the terminal is now. */
int term_signals_open(struct error *err);
void term_signals_catch(void); /* from now on */
int term_signals_fd(void);     /* to be read: a byte for each signal, its number */
void term_signals_close(void);
void term_take(void);
bool term_is_ours(void);
void term_give_back(void); /* as it was */
void term_restore(
    void); /* the same with the modes, also in a handler; nothing when it is not ours */

#endif
