/*
 * Inside ranked retrieval: the words of a query in one segment, and the two walks over them.
 */
#ifndef CARREL_SEARCH_RETRIEVE_WALK_H
#define CARREL_SEARCH_RETRIEVE_WALK_H

#include "retrieve.h"

#define RETRIEVE_SLACK (1 + 1e-9) /* for the rounding of sums of bounds */

/* One word of the query in one segment. */
struct group_cursor {
    const struct term_group *group;
    size_t order; /* in the plan */
    struct posting_cursor *cursors;
    size_t count;
    uint32_t doc;
    uint64_t df; /* at most: of all its stems */
    double max;  /* no work gets more from it */
};

struct retrieval {
    struct plan *plan;
    struct top *top;
    struct filter filter;
    int64_t *total;
    bool *exact;
    struct error *err;
    int result; /* of a filter or a cancel; the walk ends when it is not ERR_OK */
    /* the segment */
    const struct segment *segment;
    int64_t first;
    double stretch;
    struct group_cursor *groups; /* in an order that suits the walk */
    size_t count;
    double *parts; /* of a score, by the plan's order */
    double *below; /* the most that the first so many groups can give */
    uint32_t steps;
};

/* After its cursors were opened: to the first work that any of them has. */
void retrieve_settle(struct group_cursor *g);
/* The groups are sorted: for all words the rarest first, for any word the weakest first. */
void retrieve_all(struct retrieval *r);
void retrieve_any(struct retrieval *r);

#endif
