/* Searching in the text of documents: see passages.c. */
#ifndef CARREL_SEARCH_PASSAGES_H
#define CARREL_SEARCH_PASSAGES_H

#include "hybrid.h"

struct passages_query {
    struct store *store;
    struct arena *arena; /* of the result */
    const struct query *query;
    const struct search_options *options;
    const struct lengths *lengths;
    bool typing;
    size_t limit, offset;
    struct search_result *result;
};
/* Words and phrases without a field, and what AND, OR, NOT and brackets make of them. */
bool passages_is_text(const struct node *node);
/* Hits with a passage each, totals, mode and the next page's cursor into the result. */
int passages_run(struct passages_query *q, struct error *err);

#endif
