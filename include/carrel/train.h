/*
 * Training an embedding model on titles and abstracts: what `carrel train` runs.
 *
 * A paper's title should lie near its abstract, and a sentence near the rest of its paper, and both
 * far from those of other papers in the batch (InfoNCE with in-batch negatives: van den Oord et
 * al., "Representation Learning with Contrastive Predictive Coding", 2018; sentence pairs: Lee et
 * al., "Latent Retrieval for Weakly Supervised Open Domain Question Answering", 2019). Words that
 * query and document share are dropped from the document half of the time, so that the model learns
 * what word search cannot see. Optimised by Adam on touched rows only (Kingma and Ba, 2015).
 *
 * The same texts in the same order, options and seed give the same bytes, on any machine and with
 * any number of threads: work is cut into fixed pieces, each number is summed in one order, and
 * exp, log and random numbers are our own.
 *
 * A trainer is used by one thread (it starts others inside train and evaluate).
 */
#ifndef CARREL_TRAIN_H
#define CARREL_TRAIN_H

#include "carrel/embed.h"
#include "carrel/str.h"

#include <stdatomic.h>

struct train_progress {
    int epoch, epochs; /* epoch from 1 */
    long step, steps;  /* over all epochs */
    double loss;       /* mean of the last steps */
};

/* Zero means the default in brackets. */
struct train_options {
    int dim;                        /* a multiple of 64 [256; the base's] */
    int epochs;                     /* [8; 3 with a base] */
    int batch;                      /* pairs [2048, less for few papers] */
    int words, buckets;             /* rows [64000, 20000; the base's and what is new] */
    int threads;                    /* [2] */
    double rate;                    /* of Adam at its height [0.01; 0.001 with a base] */
    double temperature, drop, sif;  /* [0.05, 0.5, 0.001] */
    uint64_t seed;                  /* [1] */
    const struct embed_model *base; /* to start from; borrowed */
    void (*progress)(void *ctx, const struct train_progress *progress); /* caller's thread */
    void *ctx;
    const atomic_bool *cancel;
};

struct trainer;
struct trainer *trainer_new(const struct train_options *options);
void trainer_free(struct trainer *trainer);

/* One paper; false when it is left out: no abstract worth the name, or a title seen before. */
bool trainer_add(struct trainer *trainer, const char *title, const char *abstract);
long trainer_docs(const struct trainer *trainer);

#define TRAIN_DOCS_MIN 500 /* fewer teach nothing */

/* ERR_LIMIT: fewer than TRAIN_DOCS_MIN papers. ERR_CANCELLED. Once a trainer. */
int trainer_run(struct trainer *trainer, struct error *err);
/* The model file's bytes, int8; and the same opened, borrowing those bytes. After trainer_run. */
int trainer_model(struct trainer *trainer, struct str *out, struct error *err);

/*
 * How well a model finds known items among the papers kept out of training: each held-out paper is
 * looked for by its title, and by one sentence, among up to 50,000 papers.
 */
struct train_score {
    long queries, pool;
    double title_hit, title_mrr;       /* found first; mean of 1 / rank */
    double sentence_hit, sentence_mrr; /* 0..1 */
    float *reciprocal;                 /* 1 / rank of each query, titles first: 2 * queries */
};
int trainer_evaluate(struct trainer *trainer, const struct embed_model *model,
                     struct train_score *out, struct error *err);
void train_score_free(struct train_score *score);
/* Mean difference of the reciprocal ranks (b - a) and its standard error over the same queries. */
void train_score_compare(const struct train_score *a, const struct train_score *b,
                         double *difference, double *error);

#endif
