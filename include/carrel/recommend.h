/*
 * Recommendations: a linear model of one reader, learned from what they starred, tagged, read, put
 * off and skipped, over the vectors and the words of papers. It grades itself on the reader's own
 * past.
 */
#ifndef CARREL_RECOMMEND_H
#define CARREL_RECOMMEND_H

#include "carrel/mem.h"
#include "carrel/store.h"

#define RECOMMEND_LIKED 8 /* liked papers that are needed before anything is said */

struct recommend_item {
    int64_t id;
    double score;     /* 0..1, probability of interest by the model */
    bool exploration; /* here because the model is unsure of it, not because it is sure */
    char *because;    /* one line: words that count for it, and the liked paper it is most like */
};
struct recommend_test { /* time split: learned from the earlier part, asked about the later one */
    size_t learned_liked, learned_other;
    size_t liked;          /* papers liked in the later part */
    size_t candidates;     /* papers it had to choose from */
    int hits, newest_hits; /* liked ones among its first 20, and among the newest 20 */
    double expected;       /* hits of 20 drawn blindly */
};
struct recommend_result {
    struct arena *arena;
    struct recommend_item *items;
    size_t len;
    size_t liked, disliked; /* what it learned from */
    bool tested;            /* enough history for the test */
    struct recommend_test test;
    char *missing; /* cold start: what is missing, one line; NULL: nothing */
};
struct recommend_options {
    size_t limit;      /* 0 = 20 */
    size_t candidates; /* newest unread works that are looked at, 0 = 2000 */
    bool self_test;    /* costs a second training */
    const char *query; /* only works that it finds, newest first; NULL: all unread ones */
};
/* The newest unread works by expected interest. No error when there is too little history: see
 * `missing`. */
int recommend_run(struct recommend_result **out, struct store *store,
                  const struct recommend_options *options, struct error *err);
/* The works that a query finds, in that order, as an answer of search whose snippets are the
 * reasons. *out is NULL when there is too little history, or nothing was found. */
struct search_result;
int recommend_search(struct search_result **out, struct store *store, const char *query,
                     size_t limit, struct error *err);
void recommend_free(struct recommend_result *result);

#endif
