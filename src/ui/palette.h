/*
 * Inside the palette: what can be chosen, and how the worker's answers come to it.
 */
#ifndef CARREL_UI_PALETTE_H
#define CARREL_UI_PALETTE_H

#include "desk.h"
#include "fuzzy.h"

enum palette_kind {
    PALETTE_COMMAND,
    PALETTE_ROOM,
    PALETTE_FEED,
    PALETTE_TAG,
    PALETTE_PAPER,
    PALETTE_KINDS
};

struct palette_item {
    enum palette_kind kind;
    char *text;       /* shown, and matched */
    char *more;       /* shown behind it */
    char *line;       /* the command that it stands for */
    const char *also; /* other words for it, that are not shown; NULL none */
    const char *keys; /* that run it here; NULL none; borrowed from the key map */
    int order;        /* in its list */
    int recent;       /* 1: used last; 0: not lately */
    int place;        /* of a paper in its answer, from 0 */
};

struct palette_list {
    struct palette_item *items;
    size_t len, cap;
};

struct palette_ranked {
    const struct palette_item *item;
    int score;
};

struct palette {
    struct palette_list items;    /* commands, rooms, feeds, tags, papers that were used */
    struct palette_list papers;   /* of the answer to what is typed */
    struct palette_ranked *shown; /* the best first */
    size_t shown_len, shown_cap;
    int cursor, top, rows;  /* rows: on the screen */
    uint64_t search, names; /* tasks under way, 0 none */
};

void palette_add(struct palette_list *list, const struct palette_item *item); /* takes its texts */
void palette_clear(struct palette_list *list);
/* palette_items.c: everything but papers of an answer */
void palette_fill(struct desk *desk, struct palette *palette);
const char *palette_kind_name(enum palette_kind kind);
/* palette_ask.c: the library, on a worker; answers are taken with palette_answer, and drawn */
void palette_ask_papers(struct desk *desk, struct palette *palette, const char *text);
void palette_ask_names(struct desk *desk, struct palette *palette);
/* palette.c: the lists have changed */
void palette_rank(struct desk *desk);

#endif
