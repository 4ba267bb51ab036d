/*
 * Inside re-ranking: the query, the rows of all stems, and documents as lists of them.
 */
#ifndef CARREL_SEARCH_RERANK_INTERNAL_H
#define CARREL_SEARCH_RERANK_INTERNAL_H

#include "rerank.h"

#include "carrel/hash.h"

#include <string.h>

#define RERANK_TERMS 64 /* of the query, the rarest first; longer queries are cut */

/* One distinct stem. */
struct rerank_row {
    int term;      /* which of the query, -1: none */
    float *vector; /* its part of a text's vector; NULL: the model has nothing for it */
    float norm;
    float *cosines; /* to each term of the query; NULL with `vector` */
};

struct rerank_text {
    uint32_t *rows;     /* by token: title, then abstract */
    uint32_t *sentence; /* its number, by token */
    size_t len, title_len, sentences;
    double authors[RERANK_TERMS]; /* how often each term of the query is in a name */
};

struct rerank_work {
    const struct rerank_query *query;
    struct rank_term terms[RERANK_TERMS];
    size_t term_count;
    size_t dim;
    struct arena *arena;
    struct hashmap *stems; /* stem -> row + 1 */
    struct rerank_row *rows;
    size_t row_count, row_cap;
    uint32_t term_rows[RERANK_TERMS];
    double total_idf;
    /* of the document being read */
    struct rerank_text *doc;
    const char *text;
    size_t last_end;
};

/* Eight at a time: floats are not reordered by the compiler on its own. */
typedef float rerank_lanes __attribute__((vector_size(32)));

static inline float rerank_dot(const float *a, const float *b, size_t dim)
{
    rerank_lanes sum = { 0 };
    float total = 0;
    size_t i;

    for (i = 0; i + 8 <= dim; i += 8) {
        rerank_lanes x, y;

        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        sum += x * y;
    }
    for (; i < dim; i++)
        total += a[i] * b[i];
    for (i = 0; i < 8; i++)
        total += sum[i];
    return total;
}

/* rerank_text.c. The terms first, before any document. */
void rerank_take_terms(struct rerank_work *w);
void rerank_read(struct rerank_work *w, struct rerank_text *doc, const struct rerank_doc *from);
void rerank_text_free(struct rerank_text *doc); /* its members */

/* rerank_features.c: raw ones, all but that of feedback; `average` tokens of a sentence. */
void rerank_features(const struct rerank_work *w, const struct rerank_text *doc, double average,
                     struct rerank_doc *out);

/* The weighted sum of the features that are not `off`. */
double rerank_score(const struct rerank_doc *doc, unsigned off);

/* rerank_feedback.c: its feature, by the scores of all others. */
void rerank_feedback(const struct rerank_query *query, struct rerank_doc *docs, size_t count,
                     unsigned off);

#endif
