/*
 * The embedding model: a table of one vector a word stem, and texts as weighted sums of them.
 *
 * A static model (no network is run): text -> stems by text_tokenize, the same function that makes
 * the full-text index -> sum over stems of exp(a) * E -> unit length. Stems outside the vocabulary
 * are hashed into shared rows ("buckets"), whole and by their character 4-grams, as fastText does
 * (Bojanowski et al., "Enriching Word Vectors with Subword Information", 2017). How it is trained
 * is in train.h and docs/EMBEDDINGS.md; the frequency weights start from SIF (Arora et al., "A
 * Simple but Tough-to-Beat Baseline for Sentence Embeddings", 2017).
 *
 * A model is immutable: any number of threads may use one. Its bytes are used where they lie, in a
 * mapped file or in the program itself, so only the pages of words that occur are ever read.
 */
#ifndef CARREL_EMBED_H
#define CARREL_EMBED_H

#include "carrel/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMBED_DIM_MAX 1024    /* of our own models; they have a multiple of 64 */
#define EMBED_NONE UINT32_MAX /* no such word */
#define EMBED_MARK "CRRLEMD"  /* a file of a model begins with it */

struct embed_model;

/* Where a model comes from; all of it lies in the file's header. */
struct embed_info {
    char name[48];  /* "carrel-256-1f2e3d4c": dimension and the first half of `id` */
    uint64_t id;    /* hash of the contents: vectors are stored with it */
    int dim;        /* numbers a vector */
    uint32_t words; /* stems with a row of their own */
    uint32_t buckets;
    uint64_t seed, inputs; /* of the training; `inputs` is a hash of all texts in their order */
    uint64_t base;         /* id of the model it started from, 0 none */
    int64_t docs, tokens;  /* it was trained on */
    int epochs, batch;
    double rate, temperature, drop, sif;
    double title_hit, sentence_hit; /* held-out known-item accuracy at 1, 0..1 */
};

/* Maps a file. ERR_PARSE: not a model, or damaged; ERR_VERSION: from a newer carrel. */
int embed_open(struct embed_model **out, const char *path, struct error *err);
/* Uses bytes that outlive the model (aligned to 8). */
int embed_open_memory(struct embed_model **out, const void *bytes, size_t len, struct error *err);
/* The model that is built into the program; never closed. NULL when this build has none. */
const struct embed_model *embed_builtin(void);
void embed_close(struct embed_model *model); /* NULL is fine */
const struct embed_info *embed_info(const struct embed_model *model);
size_t embed_size(const struct embed_model *model); /* bytes of the file */
/* Reads all of it and compares the checksum; opening checks only what makes use of it safe. */
int embed_verify(const struct embed_model *model, struct error *err);

/*
 * Texts. A sum is `dim` floats that the caller zeroes; adding more texts to it is the same as
 * embedding them joined. The functions return how many stems counted.
 */
size_t embed_add_text(const struct embed_model *model, float *sum, const char *text, size_t len);
/* Stems that are ready, separated by 0x1F (a leading 0x01 is skipped): a prepared column of fts.h.
 */
size_t embed_add_stems(const struct embed_model *model, float *sum, const char *stems, size_t len);
/* One stem, `weight` times. False: it has no row that says anything. */
bool embed_add_stem(const struct embed_model *model, float *sum, const char *stem, size_t len,
                    float weight);
/* To unit length. False (and zeros) when nothing was added. */
bool embed_normalise(float *vector, size_t dim);
/* All of it: title and abstract (either may be NULL) to a unit vector. False: no known word. */
bool embed_text(const struct embed_model *model, const char *title, const char *abstract,
                float *out);

/*
 * What is stored: the direction as int8, scaled so that the largest component is 127. Lengths do
 * not matter: embed_cosine divides by both.
 */
void embed_quantise(int8_t *out, const float *vector, size_t dim);
float embed_cosine(const int8_t *a, const int8_t *b, size_t dim); /* 0 when either is zero */
/* Cosine of a unit vector and a stored one. */
float embed_score(const float *unit, const int8_t *vector, size_t dim);
/* Sign bits, component i in bit i % 64 of word i / 64; (dim + 63) / 64 words. A vector never has
 * all bits 0: that pattern means "no vector" where bits are kept by work id. */
void embed_signs(uint64_t *out, const int8_t *vector, size_t dim);

/*
 * Word by word, for soft matching of terms (MaxSim over stems). A stem that is known has a row of
 * int8 in the model, borrowed from it: the direction of the word, its length left out.
 */
uint32_t embed_word(const struct embed_model *model, const char *stem, size_t len); /* or NONE */
const int8_t *embed_word_row(const struct embed_model *model, uint32_t word);
/* The stem of a word (not terminated) and its bytes. */
const char *embed_word_stem(const struct embed_model *model, uint32_t word, size_t *len);
/* exp(a): how much one occurrence weighs in a text; common words weigh little. */
float embed_word_weight(const struct embed_model *model, uint32_t word);
/* ln(docs / documents with it) in the training texts. A library's own counts (table stem) are
 * better where they are at hand. */
float embed_word_idf(const struct embed_model *model, uint32_t word);

/* One stem as a direction, known or not: its row, or the sum of its buckets. */
struct embed_term {
    uint32_t word; /* EMBED_NONE: spelled from buckets */
    float weight, idf;
    int8_t vector[EMBED_DIM_MAX]; /* the first `dim` count */
};
/* False: nothing is known about it (the vector is zero). */
bool embed_term(const struct embed_model *model, struct embed_term *out, const char *stem,
                size_t len);

#endif
