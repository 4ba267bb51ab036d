/*
 * Inside linear mode: the desk told line by line (linear.c reads and waits, linear_line.c says what
 * a line means, linear_keys.c which key, linear_tell.c what is told).
 */
#ifndef CARREL_UI_LINEAR_H
#define CARREL_UI_LINEAR_H

#include "desk.h"

/* What was there before a line was carried out, to tell what it changed. */
struct linear_seen {
    uint64_t view;
    struct view_lines lines;
    struct str room, status, line, detail;
    struct str key; /* of the paper at the cursor; empty: none */
    bool failed;    /* the room cannot show what it was asked for */
};

struct linear {
    struct desk *desk;
    bool tty; /* somebody types: there is a prompt */
    struct str in;
    bool eof;
    int rows;   /* lines that are told at once; 0: all */
    int next;   /* line that "more" goes on with */
    int failed; /* commands that did not do what they were asked for */
    int done;   /* commands in all */
    int lesson; /* of the tutor that was told last, from 1; 0 none */
    bool working, waited;
    bool shown; /* a line of a room was told: a command may mean what stands there */
    struct {
        int64_t told, newest; /* ids: those up to there were told of, or are older than this */
        struct str said;      /* of those that have ended since, a line each */
        bool failed;
    } jobs;
    struct linear_seen seen;
};

/* linear.c */
void linear_settle(struct linear *l);       /* until what was asked for is here; ^C stops it */
void linear_doze(struct linear *l, int ms); /* until results come, at most so long */
bool linear_was_interrupted(void);          /* since it was asked last */

/* linear_jobs.c */
void linear_jobs_start(struct linear *l); /* those that are there already are not told of */
bool linear_jobs_tell(struct linear *l); /* what has become of the others; false: nothing to tell */
void linear_wait(struct linear *l);      /* until no job runs or is queued */

/* linear_tell.c. Everything that is written goes through linear_say: one line, no control
 * characters, nothing that draws. */
void linear_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void linear_plain(struct str *out, const char *text); /* what of a text is said */
void linear_look(struct linear *l, struct view_lines *lines);
void linear_remember(struct linear *l); /* what is there, before a line is carried out */
void linear_changes(struct linear *l);  /* what has become of it */
/* What the desk has to say, if anything; true: that something was not done. */
bool linear_message(struct linear *l);
void linear_room(struct linear *l);  /* where one is */
void linear_where(struct linear *l); /* and the line at the cursor, or its number in a text */
void linear_chunk(struct linear *l, int from);
void linear_here(struct linear *l); /* the line at the cursor, and what stands beside it */

/* linear_keys.c */
const char *linear_key_name(const char *line); /* "<CR>" of "enter"; else the line */
/* The command of a line that is a key here, malloc'd; NULL: none is; empty: refused, and said. */
char *linear_key(struct linear *l, const char *line);
char *linear_key_words(struct linear *l, const char *line); /* "t toread" */
/* A key that is none here but is in another room: said, as an error. */
bool linear_key_refused(struct linear *l, const char *line);
/* It would ask for words to do something to papers, and none is at hand: said, as an error. */
bool linear_asks_in_vain(struct linear *l, const char *line);

/* linear_line.c */
void linear_run(struct linear *l, const char *line);
/* Linear mode's own words, for Help; NULL behind the last. */
const char *linear_word(size_t i, const char **help);

#endif
