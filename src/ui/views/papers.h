/*
 * Inside the lists of papers: what papers.c (asking, moving, the contract) and papers_draw.c share.
 */
#ifndef CARREL_UI_PAPERS_H
#define CARREL_UI_PAPERS_H

#include "carrel/hash.h"
#include "carrel/search.h"
#include "carrel/view.h"

#define PASSAGE_WORDS 16 /* bytes, up to the next blank */
#define CHUNKS_MAX 48    /* more than any screen needs; the one farthest from the cursor goes */

struct papers {
    struct str query;   /* what the person asked */
    const char *filter; /* what the view adds, NULL nothing */
    enum search_sort sort;
    struct search_result *chunks[CHUNKS_MAX]; /* stretches of the list, each at its own offset */
    int chunk_count;
    int rows; /* how long the list is, whether its rows are here or not */
    int64_t total;
    bool exact, relaxed;
    double took_ms;
    int cursor, top, height;
    uint64_t task;                           /* under way, 0 none */
    bool loaded, typing, fresh;              /* fresh: Today shows news, not the newest */
    struct error error;                      /* of what is shown */
    struct error slip;                       /* of the query while it is typed */
    struct hashmap *marked;                  /* keys */
    struct hashmap *unmarked;                /* the marks before the last ones went, for "gv" */
    int64_t keep;                            /* paper under the cursor across a reload */
    int seek, seek_at, seek_left, seek_asks; /* looking for the next unread one: direction, place */
    bool explain;
    bool passages;    /* Search: in the text of documents */
    bool newest;      /* Today: by date although there is enough history to recommend from */
    bool recommended; /* what is shown is */
    int64_t alerts;   /* Today: open ones of the journal */
    char hint[200];   /* another query that may have been meant, "" none */
};

struct search_hit *papers_row(const struct papers *p, int at); /* NULL: not here (yet) */
bool papers_is_marked(const struct papers *p, const char *key);
void papers_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
void papers_status(struct view *view, struct str *out);

#endif
