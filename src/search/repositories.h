/* Searching repositories: see repositories.c; their filters: repo_filter.c. */
#ifndef CARREL_SEARCH_REPOSITORIES_H
#define CARREL_SEARCH_REPOSITORIES_H

#include "hybrid.h"
#include "passages.h"

/* As passages_run, with a hit's `repository` in place of a passage. */
int repositories_run_query(struct passages_query *q, struct error *err);

/* Is the whole of it about repositories themselves: stars, language, topic, license, kind, dates? */
bool repo_filter_is(const struct node *node);
/* As a condition over "repository r", appended to plan->where. */
int repo_filter_where(struct plan *plan, const struct node *node, struct error *err);
/* "500", ">500", "<=10", "100..200": false for anything else. */
bool repo_count_range(const char *text, int64_t *least, int64_t *most);

#endif
