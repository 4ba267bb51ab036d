/*
 * Inside the running of a query: what its files know of one run. run.c begins and ends it,
 * run_ordered.c lists by date, arrival, reading or an order that is given, run_kinds.c asks for
 * papers, passages and repositories, alone or together.
 */
#ifndef CARREL_SEARCH_RUN_H
#define CARREL_SEARCH_RUN_H

#include "hybrid.h"

#define LIMIT_MAX 10000
#define RANKED_DEEPEST (LIMIT_MAX * 10) /* a ranked list ends here */

struct run {
    struct store *store;
    const struct search_options *options;
    const int64_t *order; /* of a list that is given; borrowed */
    size_t order_count;
    struct search_result *result;
    struct query *query, *filter;
    const char *text;
    struct plan plan;
    const struct lengths *lengths;
    size_t limit, offset;
    char *after;
};

/* A cursor of a list is a letter for the kind of search and how many came before: sets the run's
 * offset. */
int run_take_cursor(struct run *run, char kind, struct error *err);

/* ---- the ways, each filling in the result's hits (ids and scores), total and cursor ---- */

int ranked_run(struct run *run, struct error *err);
int ordered_run(struct run *run, const char *column, struct error *err); /* "day" or "added" */
int given_run(struct run *run, struct error *err); /* of run->order, those that the query finds */
/* What was read last comes first; the queue (SORT_QUEUE) and a collection (or NULL) come as the
 * reader has them. */
int shelf_run(struct run *run, enum search_sort sort, const char *collection, struct error *err);
/* What was read comes first, the last one before the others, then all else by date. */
int read_run(struct run *run, struct error *err);
int ordered_total(struct run *run, struct error *err);
/* The condition of the whole query over work w, words as a subquery; and its values from parameter
 * 1 on: returns the next. */
void ordered_where(struct run *run, struct str *sql);
int ordered_bind(struct stmt *stmt, const struct plan *plan);

/* What each hit shows. */
int run_rows(struct run *run, struct error *err);

/* ---- the kinds of answers ---- */

/* Does the query itself say that repositories are meant? */
bool run_means_repositories(const struct node *root);
/* The rows too. `in` says what is looked for. */
int run_kind(struct run *run, enum search_in in, struct error *err);

#endif
