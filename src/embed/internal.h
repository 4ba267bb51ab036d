/*
 * Inside embed: the model file's layout, and what its reader, its writer and the kernels share.
 *
 * Layout, little-endian:
 *     struct model_header                 512 bytes
 *     struct model_row[words + buckets]   scale and weight of each row
 *     uint32_t[words + 1]                 where each stem begins in the pool; the last is its end
 *     uint32_t[slots]                     open addressing by hash64(stem): 0 free, else the word's
 *                                         number + 1 in the low 18 bits and 14 bits of the hash
 *     char[]                              the pool of stems
 *     (zeros up to a multiple of 4096)
 *     int8_t[words + buckets][dim]        the rows
 * The id is XXH64 of everything behind the header, seeded with nothing; the header has a hash of
 * its own. So the same model is the same bytes and the same id everywhere.
 */
#ifndef CARREL_EMBED_INTERNAL_H
#define CARREL_EMBED_INTERNAL_H

#include "carrel/embed.h"
#include "carrel/kernels.h"

#define MODEL_MAGIC 0x31444D454C525243ull /* "CRRLEMD1" on a little-endian machine */
#define MODEL_VERSION 1
#define MODEL_WORD_BITS 18
#define MODEL_WORDS_MAX ((1u << MODEL_WORD_BITS) - 2)
#define MODEL_BUCKETS_MAX (1u << 20)
#define MODEL_SIZE_MAX ((size_t)1 << 30)
#define MODEL_PAGE 4096
#define MODEL_FIXED 1024.0f /* weights and idf are fixed point with 10 bits behind the point */

#define GRAM_LEN 4
#define PIECES_MAX 17 /* the whole and 16 grams */

struct model_header {
    uint64_t magic;
    uint32_t version, dim, words, buckets, slots, pool;
    uint64_t id, header_hash; /* header_hash is 0 while it is computed */
    uint64_t seed, inputs, base;
    int64_t docs, tokens;
    uint32_t epochs, batch;
    double rate, temperature, drop, sif;
    double title_hit, sentence_hit;
    uint8_t reserved[512 - 144];
};
_Static_assert(sizeof(struct model_header) == 512, "the header is 512 bytes");

/* A row's share in a text is scale * int8; scale holds the word's weight exp(a), too. */
struct model_row {
    float scale;
    int16_t log_weight; /* a, fixed point */
    uint16_t idf;       /* ln(docs / df), fixed point; buckets have 0 */
};
_Static_assert(sizeof(struct model_row) == 8, "a row's numbers are 8 bytes");

struct embed_model {
    struct embed_info info;
    const struct kernels *kernels;
    const struct model_header *header;
    const struct model_row *rows;
    const uint32_t *offsets, *slots;
    const char *pool;
    const int8_t *table;
    size_t size;
    void *map; /* to unmap, NULL when the bytes are somebody else's */
};

/* Where the parts lie; false when the numbers in the header make no file. */
struct model_layout {
    size_t rows, offsets, slots, pool, table, size;
};
bool model_layout(struct model_layout *out, const struct model_header *header);
uint64_t model_header_hash(const struct model_header *header);
void model_info(struct embed_info *out, const struct model_header *header);

/* The slot's value for a word: its number and some bits of its hash. */
static inline uint32_t model_slot(uint32_t word, uint64_t hash)
{
    return (word + 1) | ((uint32_t)(hash >> (32 + MODEL_WORD_BITS)) << MODEL_WORD_BITS);
}

/* Buckets of a stem that is no word: one of the first half by its whole, so that it is like itself
 * more than like anything else, and of the second half those of the 4-grams of "<stem>". */
size_t model_pieces(uint32_t out[PIECES_MAX], const char *stem, size_t len, uint32_t buckets);
/* One Greek letter is known by its name, as TeX writes it; else the stem itself. */
const char *model_stem(const char *stem, size_t *len);

const struct kernels *kernels_avx2(void);

#endif
