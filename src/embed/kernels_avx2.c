/*
 * Kernels for processors with AVX2 (Intel since 2013, AMD since 2015).
 *
 * Bits are counted by looking nibbles up in a register (Mula, Kurz, Lemire, "Faster Population
 * Counts Using AVX2 Instructions", 2018); four patterns at a time, so that their four sums leave
 * as one word.
 */
#ifdef __x86_64__

#define KERNEL(name) avx2_##name
#define TARGET __attribute__((target("avx2,popcnt")))
#include "kernels_body.h"

#include "internal.h"

#include <immintrin.h>

TARGET static int32_t avx2_dot_i8(const int8_t *a, const int8_t *b, size_t dim)
{
    __m256i sum = _mm256_setzero_si256();
    __m128i half;
    int32_t rest;
    size_t i;

    for (i = 0; i + 16 <= dim; i += 16) {
        __m256i x = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i_u *)(a + i)));
        __m256i y = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i_u *)(b + i)));

        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(x, y));
    }
    half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0x4E));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, 0xB1));
    rest = _mm_cvtsi128_si32(half);
    for (; i < dim; i++)
        rest += a[i] * b[i];
    return rest;
}

/* Bits that differ, summed in each 64-bit lane. */
TARGET static inline __m256i avx2_count(const uint64_t *pattern, __m256i query)
{
    const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1,
                                           2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const __m256i nibble = _mm256_set1_epi8(0x0F);
    __m256i x = _mm256_xor_si256(_mm256_loadu_si256((const __m256i_u *)pattern), query);
    __m256i low = _mm256_shuffle_epi8(table, _mm256_and_si256(x, nibble));
    __m256i high = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(x, 4), nibble));

    return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}

TARGET static void avx2_hamming4(uint16_t *out, const uint64_t *p, size_t count,
                                 const uint64_t *query)
{
    __m256i q = _mm256_loadu_si256((const __m256i_u *)query);
    size_t i;

    for (i = 0; i + 4 <= count; i += 4, p += 16) {
        __m256i four = _mm256_or_si256(
            _mm256_or_si256(avx2_count(p, q), _mm256_slli_epi64(avx2_count(p + 4, q), 16)),
            _mm256_or_si256(_mm256_slli_epi64(avx2_count(p + 8, q), 32),
                            _mm256_slli_epi64(avx2_count(p + 12, q), 48)));
        __m128i two =
            _mm_add_epi16(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
        uint64_t sums = (uint64_t)_mm_cvtsi128_si64(_mm_add_epi16(two, _mm_srli_si128(two, 8)));

        memcpy(out + i, &sums, sizeof sums);
    }
    for (; i < count; i++, p += 4)
        out[i] =
            (uint16_t)(__builtin_popcountll(p[0] ^ query[0]) + __builtin_popcountll(p[1] ^ query[1])
                       + __builtin_popcountll(p[2] ^ query[2])
                       + __builtin_popcountll(p[3] ^ query[3]));
}

TARGET static void avx2_hamming(uint16_t *out, const uint64_t *patterns, size_t count,
                                const uint64_t *query, size_t words)
{
    size_t i, k;

    if (words == 4) {
        avx2_hamming4(out, patterns, count, query);
        return;
    }
    for (i = 0; i < count; i++, patterns += words) {
        int sum = 0;

        for (k = 0; k < words; k++)
            sum += __builtin_popcountll(patterns[k] ^ query[k]);
        out[i] = (uint16_t)sum;
    }
}

static const struct kernels kernels_table = {
    .name = "avx2",
    .add_row = avx2_add_row,
    .dot_i8 = avx2_dot_i8,
    .dot_row = avx2_dot_row,
    .hamming = avx2_hamming,
    .multiply = avx2_multiply,
    .add_scaled = avx2_add_scaled,
    .dot = avx2_dot,
    .exp_cosine = avx2_exp_cosine,
    .adam = avx2_adam,
};

const struct kernels *kernels_avx2(void)
{
    return &kernels_table;
}

#else

typedef int kernels_avx2_is_empty_here;

#endif
