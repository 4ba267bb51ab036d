/*
 * Inside recommending: papers as the model sees them, the model, and its examination.
 *
 * A learner numbers the words that it meets; examples and models are of one learner and speak of
 * words by these numbers.
 */
#ifndef CARREL_SEARCH_RECOMMEND_H
#define CARREL_SEARCH_RECOMMEND_H

#include "carrel/recommend.h"

#include "carrel/hash.h"
#include "carrel/lengths.h"
#include "carrel/vectors.h"

#define LEARNED_WORDS 24 /* distinctive words of a paper */

struct example {
    int64_t work, at; /* when it was marked, ms; 0: never */
    double label, weight;
    float *vector; /* unit length; NULL: none */
    struct feature {
        uint32_t word;
        float value;
    } words[LEARNED_WORDS];
    size_t word_count;
};
struct examples {
    struct example *items;
    size_t len, cap;
};

struct model {
    double bias, bias_grad;
    double vector[VECTORS_DIM_MAX], vector_grad[VECTORS_DIM_MAX];
    double *words, *word_grads;
};

struct learner {
    struct store *store;
    struct arena *arena;
    const struct lengths *lengths;
    const struct embed_model *model; /* NULL: none */
    struct hashmap *vocabulary;      /* stem -> number */
    struct terms {
        char *term, *stem;
    } * terms;
    size_t term_count, term_cap;
    size_t dim;
    struct hashmap *counts; /* of the paper being read */
};

/* recommend_read.c: papers are added to `out`, whose items are the caller's to free. What the
 * reader has said something of, the newest first. */
int learner_marks(struct learner *l, struct examples *out, struct error *err);
/* Works that were never touched, over the whole library, the same each time. */
int learner_background(struct learner *l, struct examples *out, size_t limit, struct error *err);
/* The newest unread ones; of all, or of those that a query finds. */
int learner_unread(struct learner *l, struct examples *out, const char *query, size_t limit,
                   struct error *err);

/* recommend_model.c: the same examples, the same model; to be freed with model_free. */
struct model *model_train(const struct learner *l, const struct examples *set);
double model_score(const struct model *model, const struct example *x, size_t dim); /* 0..1 */
void model_free(struct model *model);

/* A paper in order of its score: the highest first, of equal ones the one that came first. */
struct ranked {
    const struct example *example;
    double score;
};
int ranked_compare(const void *a, const void *b);

/* recommend_test.c: fills result->test. */
void recommend_self_test(struct recommend_result *result, const struct learner *l,
                         const struct examples *marks, const struct examples *background,
                         const struct examples *unread);

#endif
