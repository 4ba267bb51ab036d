/*
 * Inside the trainer: texts as numbers, the team of threads, random numbers, and the file's writer.
 */
#ifndef CARREL_EMBED_TRAIN_H
#define CARREL_EMBED_TRAIN_H

#include "internal.h"

#include "carrel/hash.h"
#include "carrel/mem.h"
#include "carrel/train.h"

/* ---- texts (corpus.c) ---- */

/* A paper is a run of stems: the title, then the sentences. */
struct corpus_doc {
    size_t start;   /* in corpus.stems */
    uint32_t title; /* stems of the title */
    uint32_t first; /* its sentences in corpus.ends */
    uint16_t sentences;
    bool held; /* kept out of training */
};
struct corpus {
    struct hashmap *known;  /* stem -> number, in the order of appearance */
    struct hashmap *titles; /* seen */
    struct corpus_stem {
        const char *text;
        uint32_t len;
        uint32_t last; /* document it was last counted in, + 1 */
        int64_t count, docs;
    } * stem;
    size_t stem_len, stem_cap;
    uint32_t *stems; /* of all papers, one after the other */
    size_t stems_len, stems_cap;
    uint32_t *ends; /* of sentences, from the paper's start */
    size_t ends_len, ends_cap;
    struct corpus_doc *docs;
    size_t len, cap;
    uint64_t inputs; /* running hash of what was added */
};
void corpus_init(struct corpus *corpus);
void corpus_free(struct corpus *corpus);
bool corpus_add(struct corpus *corpus, const char *title, const char *abstract);
/* Stems of a paper and how many: title and abstract. */
const uint32_t *corpus_stems(const struct corpus *corpus, const struct corpus_doc *doc,
                             uint32_t *count);
/* Where sentence `at` begins and ends, in stems from the paper's start. */
void corpus_sentence(const struct corpus *corpus, const struct corpus_doc *doc, unsigned at,
                     uint32_t *from, uint32_t *to);

/* ---- rows of the table (vocabulary.c) ---- */

/* Each stem of the corpus is one row (a word) or several (buckets). */
struct vocabulary_rows {
    uint32_t words, buckets;
    struct vocabulary_word {
        const char *text;
        uint32_t len;
        int64_t count; /* in the corpus, 0 when it is only the base's */
        float idf;
    } * word;
    uint32_t *first; /* of stem s: rows[first[s] .. first[s + 1]) */
    uint32_t *rows;
};
void vocabulary_choose(struct vocabulary_rows *out, const struct corpus *corpus,
                       const struct train_options *options);
void vocabulary_rows_free(struct vocabulary_rows *rows);

/* ---- random numbers and functions that are the same everywhere (numbers.c) ---- */

struct random {
    uint64_t state;
};
struct random random_of(uint64_t seed, uint64_t a, uint64_t b);
uint64_t random_next(struct random *random);
uint32_t random_below(struct random *random, uint32_t limit);
float random_unit(struct random *random);   /* [0, 1) */
float random_normal(struct random *random); /* mean 0, variance 1 */
double number_log(double x);                /* x > 0 */
double number_exp(double x);                /* |x| < 700 */

/* Zeros, aligned to a cache line; free() releases them. */
float *floats_new(size_t count);

/* ---- a team of threads (team.c) ---- */

struct team;
struct team *team_new(int threads);
void team_free(struct team *team);
int team_size(const struct team *team);
/* Calls `work(ctx, item, member)` for each item once, on any member (0 .. size - 1), and returns
 * when all are done. What an item computes must depend on the item alone. */
void team_run(struct team *team, size_t items, void (*work)(void *ctx, size_t item, int member),
              void *ctx);

/* ---- the table and its file (write.c) ---- */

struct table {
    uint32_t dim, rows;
    float *e, *m, *v;   /* rows x dim: values and Adam's moments */
    float *a, *am, *av; /* log-weights and their moments */
};
void model_write(struct str *out, const struct table *table, const struct vocabulary_rows *rows,
                 struct model_header *header);

/* ---- */

struct trainer {
    struct train_options options;
    struct corpus corpus;
    struct vocabulary_rows vocabulary;
    struct table table;
    struct model_header header;
    struct team *team;
    bool prepared; /* options, vocabulary and held-out papers are settled */
    bool done;
};
int trainer_prepare(struct trainer *trainer, struct error *err);
bool trainer_cancelled(const struct trainer *trainer);

#endif
