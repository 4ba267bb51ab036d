/*
 * Ranked retrieval from segments of postings: the fast way for queries that are words all of which,
 * or any of which, must be there.
 */
#ifndef CARREL_SEARCH_RETRIEVE_H
#define CARREL_SEARCH_RETRIEVE_H

#include "internal.h"

#include "carrel/segments.h"

enum shape { SHAPE_OTHER, SHAPE_ALL, SHAPE_ANY };
/* What the ranked part of a plan asks. */
enum shape retrieve_shape(const struct plan *plan);

/* SQL: the works of FTS5's table (its rowid is `column`) that no segment speaks for, though they
 * are not newer. */
void rows_pending(char *out, size_t size, const char *column, const struct segment_set *set);
/* Offers the best of the works that segments cover to `top`, and adds to *total those it saw match
 * (a lower bound when *exact becomes false). ERR_NOTFOUND: a segment is damaged, ask FTS5. */
int retrieve_segments(struct plan *plan, enum shape shape, const struct segment_set *set,
                      struct top *top, int64_t *total, bool *exact, struct error *err);

/* ---- the condition beside the words (filter.c) ---- */

struct filter {
    struct plan *plan;
    struct stmt *one; /* is this work in? NULL: there is no condition */
    uint64_t *bits;   /* all that are, by id; NULL until it is worth it */
    int64_t last;
    size_t checks;
};
int filter_open(struct filter *filter, struct plan *plan, struct error *err);
int filter_passes(struct filter *filter, int64_t id, struct error *err); /* 1 yes, 0 no, or error */
void filter_close(struct filter *filter);

/* ---- cursors (cursor.c) ---- */

#define CURSOR_END UINT32_MAX

/* A place in one stem's postings of one segment. */
struct posting_cursor {
    struct postings_term term;
    struct postings_block block;
    uint32_t at_block; /* the one that is loaded */
    uint32_t shallow;  /* the one whose bound was asked for last */
    size_t at;
    uint32_t doc; /* CURSOR_END behind the last */
    bool counted; /* the block's counts are unpacked */
    bool damaged;
};
/* False: the segment does not have the stem. */
bool cursor_open(struct posting_cursor *cursor, const struct postings *postings, const char *stem);
/* To the first work that is not before `doc`; never backwards. */
void cursor_seek(struct posting_cursor *cursor, uint32_t doc);
/* The bound of the block that would hold `doc`, and its last work. */
double cursor_bound(struct posting_cursor *cursor, uint32_t doc, uint32_t *last);
/* Counts of the work it stands at: title, abstract, authors. */
void cursor_counts(struct posting_cursor *cursor, unsigned counts[3]);

#endif
