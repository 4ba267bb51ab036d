/*
 * Re-ranking: what the texts of some fifty candidates say about a query, beyond a count of its
 * words. Pure: texts and a model in, numbers out.
 */
#ifndef CARREL_SEARCH_RERANK_H
#define CARREL_SEARCH_RERANK_H

#include "carrel/embed.h"
#include "internal.h"

#include <stdbool.h>
#include <stddef.h>

/* One word of the query as rankers see it: a distinct stem of the index. */
struct rank_term {
    const char *stem;
    size_t len;
    double idf; /* by the library's own counts */
};
struct rerank_query {
    const struct rank_term *terms;
    size_t count;
    const float *vector; /* unit length, `dim` numbers; NULL: no words that the model knows */
    size_t dim;
    const struct embed_model *model; /* NULL: features that need it stay 0 */
    double average_length;           /* tokens of title and abstract, over the library */
};
struct rerank_doc {
    const char *title, *abstract, *authors; /* authors one per line */
    double cosine;        /* of the whole document; 0 when it has no vector */
    const int8_t *vector; /* of the whole document, as many numbers as the query's; may be NULL */
    double features[SEARCH_FEATURES];       /* out: raw, then divided by the best where said */
    double score;                           /* out: weighted sum */
};
/* The weights, by enum search_feature. */
extern const double rerank_weights[SEARCH_FEATURES];
/* `off` has a bit for each feature that is to be left out (SEARCH_OFF_FEATURE). */
void rerank_run(const struct rerank_query *query, struct rerank_doc *docs, size_t count,
                unsigned off);

#endif
