/*
 * Postings in files of their own, for ranked retrieval: which works hold a stem, how often in each
 * column, and how much a block of them can score at most.
 *
 * A segment is one immutable file over a set of works. It is derived from the full-text index and
 * can be thrown away at any time; store/segments.c decides which segments are true of a library.
 * Works are numbered by their id less the segment's first id. A term's postings lie in blocks of
 * 128: ids as bit-packed differences, counts by column bit-packed beside them, and a bound on the
 * BM25F sum of the block, so that a search can pass over blocks that cannot reach its best twenty.
 * (Block bounds: S. Ding, T. Suel, "Faster Top-k Document Retrieval Using Block-Max Indexes", SIGIR
 * 2011.)
 *
 * Nothing in a file is trusted: every offset is checked where it is used, and a damaged file gives
 * wrong or no postings, never a read outside it. No function here keeps global state; a struct
 * postings may be read by many threads.
 */
#ifndef CARREL_POSTINGS_H
#define CARREL_POSTINGS_H

#include "carrel/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- BM25F, the part of it that one posting decides ---- */

#define BM25F_K1 1.2
#define BM25F_B 0.75
#define BM25F_TITLE 2.5
#define BM25F_ABSTRACT 1.0
#define BM25F_AUTHORS 2.0

/* Tokens in a work's columns. */
struct lengths_entry {
    uint8_t title, authors; /* saturated at 255 */
    uint16_t abstract;      /* saturated at 65,535 */
};

/* weight / (1 - b + b length / average), tabled by length. */
struct bm25f {
    double average[3]; /* title, abstract, authors */
    double title[256], authors[256], abstract[4096];
};
void bm25f_init(struct bm25f *bm, double avg_title, double avg_abstract, double avg_authors);
/* The weighted, normalised frequency before it saturates; NULL length: as long as the average. */
double bm25f_sum(const struct bm25f *bm, unsigned title, unsigned abstract, unsigned authors,
                 const struct lengths_entry *length);
static inline double bm25f_saturate(double sum) /* what idf is multiplied by */
{
    return sum * (BM25F_K1 + 1) / (BM25F_K1 + sum);
}

/* ---- writing ---- */

struct posting {
    uint32_t doc; /* work id less the segment's first id */
    uint16_t abstract;
    uint8_t title, authors; /* counts, saturated */
};

struct postings_info { /* what a segment says of itself */
    int64_t library_id, name;
    int64_t first_id, last_id, docs;
    double avg_title, avg_abstract, avg_authors; /* its bounds were made with these */
};

/* Terms in byte order into a temporary file that finish renames to `path`, after fsync. */
struct postings_writer;
int postings_writer_new(struct postings_writer **out, const char *path,
                        const struct postings_info *info, struct error *err);
/* `items` ascending by doc, at least one. `lengths` by doc, `length_count` of them. */
int postings_writer_term(struct postings_writer *writer, const char *stem, size_t len,
                         const struct posting *items, size_t count,
                         const struct lengths_entry *lengths, size_t length_count,
                         struct error *err);
/* *hash: of the whole file, for postings_verify. */
int postings_writer_finish(struct postings_writer *writer, uint64_t *hash, struct error *err);
void postings_writer_free(struct postings_writer *writer); /* and removes what is not finished */

/* Collects works in memory and writes them as one segment. A work that is added again replaces
 * what was there. One thread. */
struct postings_builder;
struct posting_counts {
    uint16_t abstract;
    uint8_t title, authors;
};
struct postings_builder *postings_builder_new(void);
void postings_builder_free(struct postings_builder *builder);
void postings_builder_clear(struct postings_builder *builder);
/* `stems`: each followed by 0x1F, with `counts` in the same order. */
void postings_builder_add(struct postings_builder *builder, int64_t id,
                          const struct lengths_entry *length, const char *stems, size_t stems_len,
                          const struct posting_counts *counts);
void postings_builder_drop(struct postings_builder *builder, int64_t id); /* if it is there */
size_t postings_builder_docs(const struct postings_builder *builder);
size_t postings_builder_size(const struct postings_builder *builder); /* postings held */
bool postings_builder_has(const struct postings_builder *builder, int64_t id);
/* Of the works held, at least 1: title, abstract, authors. */
void postings_builder_averages(const struct postings_builder *builder, double averages[3]);
/* Ids held, ascending; malloc'd. */
int64_t *postings_builder_ids(const struct postings_builder *builder, size_t *count);
/* Fills info's first_id, last_id and docs; the rest of it is given. At least one work. */
int postings_builder_write(struct postings_builder *builder, const char *path,
                           struct postings_info *info, uint64_t *hash, struct error *err);

/* ---- reading ---- */

struct postings;
/* Maps the file: ERR_NOTFOUND, ERR_CORRUPT (not a segment, cut short, another machine's). */
int postings_open(struct postings **out, const char *path, struct error *err);
void postings_close(struct postings *postings); /* NULL is fine */
const struct postings_info *postings_info(const struct postings *postings);
size_t postings_bytes(const struct postings *postings);
/* Reads the whole file and compares: ERR_CORRUPT. */
int postings_verify(const struct postings *postings, uint64_t hash, struct error *err);
/* Forgets the pages that were read (they stay in the system's cache, but not in our memory). */
void postings_release(const struct postings *postings);

#define POSTINGS_BLOCK 128

struct postings_term {
    const struct postings *postings;
    uint32_t df, blocks;
    double bound;                /* of any posting's sum */
    const uint8_t *heads, *data; /* heads: NULL when there is one block */
    size_t data_len;
};
bool postings_find(const struct postings *postings, const char *stem, size_t len,
                   struct postings_term *out);

struct postings_block {
    uint32_t count;
    uint32_t docs[POSTINGS_BLOCK];
    uint16_t title[POSTINGS_BLOCK], abstract[POSTINGS_BLOCK], authors[POSTINGS_BLOCK];
    const uint8_t *counts_at; /* of the packed counts, until postings_counts */
    uint8_t title_bits, abstract_bits, authors_bits;
};
/* Last doc of a block (UINT32_MAX for the last one) and the bound of its sums. */
uint32_t postings_block_last(const struct postings_term *term, uint32_t block);
double postings_block_bound(const struct postings_term *term, uint32_t block);
/* Has any of a block's works the term among its authors? */
bool postings_block_authors(const struct postings_term *term, uint32_t block);
/* The first block, from `from` on, that may hold `doc` or later ones; `blocks` at the end. */
uint32_t postings_block_seek(const struct postings_term *term, uint32_t from, uint32_t doc);
/* Docs of a block; false when the file is damaged. Then, when needed, the counts. */
bool postings_docs(const struct postings_term *term, uint32_t block, struct postings_block *out);
void postings_counts(struct postings_block *block);

/* All terms in order, for merging and checks. */
struct postings_walk {
    const struct postings *postings;
    size_t block, at, left;
    uint64_t offset;
    char stem[256];
    size_t len;
};
void postings_walk_start(struct postings_walk *walk, const struct postings *postings);
bool postings_walk_next(struct postings_walk *walk, struct postings_term *out);

/* One segment out of several. `dead[i]`, sorted, lists ids that count no longer in segment i; an id
 * lives in one segment at most. `lengths` by work id. ERR_NOTFOUND when nothing is left. */
struct postings_source {
    const struct postings *postings;
    const int64_t *dead;
    size_t dead_count;
};
int postings_merge(const struct postings_source *sources, size_t count, const char *path,
                   struct postings_info *info, const struct lengths_entry *lengths,
                   size_t length_count, bool (*stop)(void *ctx), void *stop_ctx, uint64_t *hash,
                   struct error *err);

#endif
