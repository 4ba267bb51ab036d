/*
 * MinHash signatures: see chunks.h. The hash functions are one 64-bit hash of a shingle, multiplied
 * and shifted differently for each entry (multiply-shift, Dietzfelbinger et al., "A reliable
 * randomized algorithm for the closest-pair problem", J. Algorithms 1997).
 */
#include "carrel/chunks.h"

#include "carrel/hash.h"
#include "carrel/text.h"

#include <string.h>

#define SHINGLE 5

struct shingler {
    uint64_t words[SHINGLE]; /* hashes of the last ones, as a ring */
    size_t seen;
    uint64_t factors[MINHASH_SIZE];
    uint32_t *out;
};

/* SplitMix64, for odd factors that are the same on every machine. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15ull;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

static int shingle_word(void *ctx, const struct text_token *token)
{
    struct shingler *s = ctx;
    uint64_t in_order[SHINGLE], hash;
    size_t i;

    s->words[s->seen++ % SHINGLE] = hash64(token->term, token->term_len, 0);
    if (s->seen < SHINGLE)
        return 0;
    for (i = 0; i < SHINGLE; i++)
        in_order[i] = s->words[(s->seen + i) % SHINGLE];
    hash = hash64(in_order, sizeof in_order, 1);
    for (i = 0; i < MINHASH_SIZE; i++) {
        uint32_t value = (uint32_t)(hash * s->factors[i] >> 32);

        if (value < s->out[i])
            s->out[i] = value;
    }
    return 0;
}

bool minhash_text(uint32_t out[MINHASH_SIZE], const char *text, size_t len)
{
    struct shingler s = { .out = out };
    uint64_t state = 1;
    size_t i;

    for (i = 0; i < MINHASH_SIZE; i++) {
        s.factors[i] = next_random(&state) | 1;
        out[i] = UINT32_MAX;
    }
    text_tokenize(text, len, shingle_word, &s);
    if (s.seen >= SHINGLE)
        return true;
    memset(out, 0, MINHASH_SIZE * sizeof *out);
    return false;
}

double minhash_similarity(const uint32_t a[MINHASH_SIZE], const uint32_t b[MINHASH_SIZE])
{
    size_t same = 0, i;

    for (i = 0; i < MINHASH_SIZE; i++)
        same += a[i] == b[i];
    return (double)same / MINHASH_SIZE;
}
