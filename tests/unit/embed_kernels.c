/*
 * Every variant of every kernel that this machine can run gives the same bits as the portable one,
 * and the portable ones do what they say.
 */
#include "embed_test.h"

#include <math.h>

#define COUNT 203

static unsigned state = 1;

static unsigned next(void)
{
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static float next_float(void)
{
    return (float)next() / (float)(1 << 23) - 1;
}

static void fill(float *out, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        out[i] = next_float();
}

static void test_hamming(void **unused)
{
    static const size_t widths[] = { 1, 2, 4, 6, 12, 24 };
    static uint64_t patterns[COUNT * 24], query[24];
    static uint16_t out[COUNT];
    const struct kernels *kernels;
    size_t w, i, k, v, bit;

    (void)unused;
    for (i = 0; i < COUNT * 24; i++)
        patterns[i] = (uint64_t)next() << 40 ^ (uint64_t)next() << 20 ^ next();
    for (i = 0; i < 24; i++)
        query[i] = (uint64_t)next() << 40 ^ (uint64_t)next() << 20 ^ next();
    memset(patterns, 0xFF, 48 * sizeof *patterns);
    for (v = 0; (kernels = kernels_at(v)); v++) {
        for (w = 0; w < ARRAY_LEN(widths); w++) {
            kernels->hamming(out, patterns, COUNT, query, widths[w]);
            for (i = 0; i < COUNT; i++) {
                unsigned bits = 0;

                for (k = 0; k < widths[w]; k++)
                    for (bit = 0; bit < 64; bit++)
                        bits += ((patterns[i * widths[w] + k] ^ query[k]) >> bit) & 1;
                assert_int_equal(out[i], bits);
            }
        }
    }
    assert_true(v >= 1);
}

static void test_dot_i8(void **unused)
{
    static int8_t a[1000], b[1000];
    const struct kernels *kernels;
    size_t v, dim, i;

    (void)unused;
    for (i = 0; i < ARRAY_LEN(a); i++) {
        a[i] = (int8_t)next();
        b[i] = (int8_t)next();
    }
    memset(a, -128, 64);
    memset(b, -128, 64);
    for (v = 0; (kernels = kernels_at(v)); v++) {
        for (dim = 0; dim < ARRAY_LEN(a); dim += 37) {
            int32_t sum = 0;

            for (i = 0; i < dim; i++)
                sum += a[i] * b[i];
            assert_int_equal(kernels->dot_i8(a, b, dim), sum);
        }
    }
}

static void test_floats_same(void **unused)
{
    static float a[256], b[256], c[256], first[5][256], sum[5][256];
    static int8_t row[256];
    const struct kernels *kernels;
    float dots[5];
    size_t v, i;

    (void)unused;
    fill(a, 256);
    fill(b, 256);
    for (i = 0; i < 256; i++)
        row[i] = (int8_t)next();
    for (v = 0; (kernels = kernels_at(v)); v++) {
        memcpy(first[v], a, sizeof a);
        kernels->exp_cosine(first[v], 20, 256);
        memcpy(sum[v], b, sizeof b);
        kernels->add_row(sum[v], row, 0.37f, 256);
        kernels->add_scaled(sum[v], a, -1.7f, 256);
        memcpy(c, b, sizeof c);
        kernels->adam(sum[v], c, c, a, 0.01f, 1.5f, 256);
        dots[v] = kernels->dot(a, sum[v], 256);
        assert_memory_equal(first[v], first[0], sizeof a);
        assert_memory_equal(sum[v], sum[0], sizeof a);
        assert_memory_equal(&dots[v], &dots[0], sizeof(float));
    }
    for (i = 0; i < 256; i++)
        assert_true(fabs((double)first[0][i] - exp(20 * ((double)a[i] - 1)))
                    < 2e-6 * exp(20 * ((double)a[i] - 1)) + 1e-30);
}

static void test_multiply(void **unused)
{
    enum { ROWS = 8, COLS = 32, INNER = 40 };
    static float a[ROWS * INNER], b[INNER * COLS], packed[INNER * COLS], c[5][ROWS * COLS];
    static float turned[ROWS * INNER], again[ROWS * COLS];
    const struct kernels *kernels;
    size_t v, i, j, k;

    (void)unused;
    fill(a, ARRAY_LEN(a));
    fill(b, ARRAY_LEN(b));
    for (k = 0; k < INNER; k++)
        for (j = 0; j < COLS; j++)
            packed[(j / 16 * INNER + k) * 16 + j % 16] = b[k * COLS + j];
    for (i = 0; i < ROWS; i++)
        for (k = 0; k < INNER; k++)
            turned[k * ROWS + i] = a[i * INNER + k];
    for (v = 0; (kernels = kernels_at(v)); v++) {
        memset(c[v], 0, sizeof c[v]);
        kernels->multiply(c[v], COLS, a, INNER, 1, packed, INNER, ROWS, COLS, INNER);
        assert_memory_equal(c[v], c[0], sizeof c[0]);
        memset(again, 0, sizeof again); /* the other way round, in two steps of the inner loop */
        kernels->multiply(again, COLS, turned, 1, ROWS, packed, INNER, ROWS, COLS, 24);
        kernels->multiply(again, COLS, turned + 24 * ROWS, 1, ROWS, packed + 24 * 16, INNER, ROWS,
                          COLS, INNER - 24);
        assert_memory_equal(again, c[0], sizeof again);
    }
    for (i = 0; i < ROWS; i++)
        for (j = 0; j < COLS; j++) {
            double sum = 0;

            for (k = 0; k < INNER; k++)
                sum += (double)a[i * INNER + k] * (double)b[k * COLS + j];
            assert_true(fabs(sum - (double)c[0][i * COLS + j]) < 1e-4);
        }
}

int embed_kernel_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hamming),
        cmocka_unit_test(test_dot_i8),
        cmocka_unit_test(test_floats_same),
        cmocka_unit_test(test_multiply),
    };

    return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
