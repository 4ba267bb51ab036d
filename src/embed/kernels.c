/*
 * The portable kernels, those for x86-64 with popcnt, and the choice among all.
 */
#define KERNEL(name) portable_##name
#define TARGET
#include "kernels_body.h"

#include "internal.h"

#include <stdatomic.h>

static int32_t portable_dot_i8(const int8_t *a, const int8_t *b, size_t dim)
{
    int32_t sum = 0;
    size_t i;

    for (i = 0; i < dim; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Bits of a word by adding neighbours, then fours, then eights (Knuth, TAOCP 4A, 7.1.3). */
static uint16_t portable_bits(uint64_t x)
{
    x -= (x >> 1) & 0x5555555555555555ull;
    x = (x & 0x3333333333333333ull) + ((x >> 2) & 0x3333333333333333ull);
    x = (x + (x >> 4)) & 0x0F0F0F0F0F0F0F0Full;
    return (uint16_t)((x * 0x0101010101010101ull) >> 56);
}

static void portable_hamming(uint16_t *out, const uint64_t *patterns, size_t count,
                             const uint64_t *query, size_t words)
{
    size_t i, k;

    for (i = 0; i < count; i++, patterns += words) {
        unsigned sum = 0;

        for (k = 0; k < words; k++)
            sum += portable_bits(patterns[k] ^ query[k]);
        out[i] = (uint16_t)sum;
    }
}

static const struct kernels kernels_portable = {
    .name = "portable",
    .add_row = portable_add_row,
    .dot_i8 = portable_dot_i8,
    .dot_row = portable_dot_row,
    .hamming = portable_hamming,
    .multiply = portable_multiply,
    .add_scaled = portable_add_scaled,
    .dot = portable_dot,
    .exp_cosine = portable_exp_cosine,
    .adam = portable_adam,
};

#ifdef __x86_64__

#define POPCNT __attribute__((target("popcnt")))

POPCNT static void popcnt_hamming4(uint16_t *out, const uint64_t *p, size_t count,
                                   const uint64_t *query)
{
    const uint64_t a = query[0], b = query[1], c = query[2], d = query[3];
    size_t i;

    for (i = 0; i < count; i++, p += 4)
        out[i] = (uint16_t)(__builtin_popcountll(p[0] ^ a) + __builtin_popcountll(p[1] ^ b)
                            + __builtin_popcountll(p[2] ^ c) + __builtin_popcountll(p[3] ^ d));
}

POPCNT static void popcnt_hamming(uint16_t *out, const uint64_t *patterns, size_t count,
                                  const uint64_t *query, size_t words)
{
    size_t i, k;

    if (words == 4) {
        popcnt_hamming4(out, patterns, count, query);
        return;
    }
    for (i = 0; i < count; i++, patterns += words) {
        int sum = 0;

        for (k = 0; k < words; k++)
            sum += __builtin_popcountll(patterns[k] ^ query[k]);
        out[i] = (uint16_t)sum;
    }
}

static const struct kernels kernels_popcnt = {
    .name = "popcnt",
    .add_row = portable_add_row,
    .dot_i8 = portable_dot_i8,
    .dot_row = portable_dot_row,
    .hamming = popcnt_hamming,
    .multiply = portable_multiply,
    .add_scaled = portable_add_scaled,
    .dot = portable_dot,
    .exp_cosine = portable_exp_cosine,
    .adam = portable_adam,
};

const struct kernels *kernels_at(size_t i)
{
    const struct kernels *able[4];
    size_t count = 0;

    __builtin_cpu_init();
    able[count++] = &kernels_portable;
    if (__builtin_cpu_supports("popcnt"))
        able[count++] = &kernels_popcnt;
    if (__builtin_cpu_supports("popcnt") && __builtin_cpu_supports("avx2"))
        able[count++] = kernels_avx2();
    return i < count ? able[i] : NULL;
}

#else

const struct kernels *kernels_at(size_t i)
{
    return i == 0 ? &kernels_portable : NULL;
}

#endif

const struct kernels *kernels_best(void)
{
    static const struct kernels *_Atomic chosen; /* every thread would choose the same */
    const struct kernels *best = atomic_load_explicit(&chosen, memory_order_relaxed), *next;
    size_t i;

    if (best)
        return best;
    for (i = 0; (next = kernels_at(i)); i++)
        best = next;
    atomic_store_explicit(&chosen, best, memory_order_relaxed);
    return best;
}
