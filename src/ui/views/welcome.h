/*
 * Inside the guided start: its state, shared by its steps. welcome.c goes through them,
 * welcome_fields.c chooses fields of arXiv, welcome_keys.c has the keys to try, welcome_looks.c the
 * themes.
 */
#ifndef CARREL_UI_WELCOME_H
#define CARREL_UI_WELCOME_H

#include "../desk.h"

#include "carrel/subjects.h"
#include "carrel/welcome.h"

/* Line by line there is nothing to look at, and no step for it. */
enum welcome_step {
    WELCOME_HELLO,
    WELCOME_FIELDS,
    WELCOME_STARTER,
    WELCOME_KEYS,
    WELCOME_LOOKS,
    WELCOME_END
};

#define WELCOME_ROWS 5 /* of the little list for trying keys */

#define LOOKS_MAX 40
struct looks {
    struct look_item {
        char name[40], about[120];
    } items[LOOKS_MAX];
    struct listview list; /* of them */
    char before[40];      /* what was worn when the step was come to */
    char chosen[40];      /* and is worn now; "": the same */
};

struct welcome {
    enum welcome_step step;
    struct textview text; /* of the step; of a list what stands above it */
    int above;            /* lines of the screen in front of the list */

    struct str typed;
    const struct subject *found[SUBJECTS_MAX];
    struct listview list; /* of those */
    const char *chosen[SUBJECTS_MAX];
    size_t chosen_len;

    bool starter;

    struct looks looks;

    size_t lesson; /* of the keys */
    int cursor;    /* of the little list */
    bool starred[WELCOME_ROWS], opened;

    bool leaving; /* Esc was pressed, and is asked for once more */
    bool applying, applied;
};

void step_title(struct view *view, const char *what); /* "Step 1 of 5: " and this */

/* welcome_fields.c */
void fields_filter(struct welcome *w, const char *typed);
bool fields_is_chosen(const struct welcome *w, const char *category);
bool fields_is_meant(const struct welcome *w); /* the one at the cursor, by what is typed */
void fields_toggle(struct view *view);         /* the one at the cursor */
void fields_intro(struct view *view);
void fields_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
bool fields_line(const struct welcome *w, int at, struct str *out);

/* welcome_keys.c */
void keys_intro(struct view *view);
void keys_try(struct view *view,
              const char *what); /* a key was pressed that is one of the tour's */
void keys_escape(
    struct view *view); /* Esc: back, where that is asked for; else the rest is left out */
bool keys_done(const struct welcome *w);
void keys_skip(struct welcome *w);
void keys_draw(const struct welcome *w, struct canvas *canvas, int x, int y, int width, int height);

/* welcome_looks.c */
void looks_enter(struct view *view);
void looks_moved(struct view *view); /* the cursor has: what it is on is worn */
void looks_back(struct view *view);  /* as it was before, unless another one was chosen elsewhere */
/* The theme to be remembered; "": none, or another one was chosen elsewhere since. */
const char *looks_taken(const struct view *view);
void looks_intro(struct view *view);
void looks_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);

#endif
