/*
 * The kernels' text, compiled once for each target by the files that include it with
 * KERNEL(name) and TARGET defined.
 *
 * Floats are added eight lanes at a time in GCC's vector extension, never contracted into fused
 * multiply-adds (-ffp-contract=off), so every target gives the same bits: a model trained with the
 * same seed on another machine is the same file.
 */
#include "carrel/kernels.h"

#include <math.h>
#include <string.h>

typedef float lanes __attribute__((vector_size(32), aligned(4), may_alias));
typedef int32_t lanes_int __attribute__((vector_size(32), aligned(4), may_alias));

#define AT(p) (*(lanes *)(p))
#define AT_CONST(p) (*(const lanes *)(p))

TARGET static void KERNEL(add_row)(float *sum, const int8_t *row, float scale, size_t dim)
{
    size_t i, k;

    for (i = 0; i < dim; i += 8)
        for (k = 0; k < 8; k++)
            sum[i + k] += scale * (float)row[i + k];
}

TARGET static void KERNEL(add_scaled)(float *out, const float *in, float scale, size_t n)
{
    size_t i;

    for (i = 0; i < n; i += 8)
        AT(out + i) += AT_CONST(in + i) * scale;
}

TARGET static float KERNEL(dot)(const float *a, const float *b, size_t n)
{
    lanes sum = { 0 };
    size_t i;

    for (i = 0; i < n; i += 8)
        sum += AT_CONST(a + i) * AT_CONST(b + i);
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
}

TARGET static float KERNEL(dot_row)(const float *a, const int8_t *row, size_t dim)
{
    float sum[8] = { 0 }, rest = 0;
    size_t i, k;

    for (i = 0; i + 8 <= dim; i += 8)
        for (k = 0; k < 8; k++)
            sum[k] += a[i + k] * (float)row[i + k];
    for (; i < dim; i++)
        rest += a[i] * (float)row[i];
    return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7])) + rest;
}

/* Four rows by sixteen columns stay in registers over the whole inner loop. */
TARGET static void KERNEL(multiply)(float *c, size_t c_row, const float *a, size_t a_row,
                                    size_t a_col, const float *b, size_t panel, size_t rows,
                                    size_t cols, size_t inner)
{
    size_t i, j, k;

    for (j = 0; j < cols; j += 16) {
        for (i = 0; i < rows; i += 4) {
            const float *from = b + j * panel, *p = a + i * a_row;
            float *c0 = c + i * c_row + j, *c1 = c0 + c_row, *c2 = c1 + c_row, *c3 = c2 + c_row;
            lanes s00 = AT(c0), s01 = AT(c0 + 8), s10 = AT(c1), s11 = AT(c1 + 8);
            lanes s20 = AT(c2), s21 = AT(c2 + 8), s30 = AT(c3), s31 = AT(c3 + 8);

            for (k = 0; k < inner; k++, from += 16, p += a_col) {
                lanes left = AT_CONST(from), right = AT_CONST(from + 8);

                s00 += left * p[0];
                s01 += right * p[0];
                s10 += left * p[a_row];
                s11 += right * p[a_row];
                s20 += left * p[2 * a_row];
                s21 += right * p[2 * a_row];
                s30 += left * p[3 * a_row];
                s31 += right * p[3 * a_row];
            }
            AT(c0) = s00, AT(c0 + 8) = s01, AT(c1) = s10, AT(c1 + 8) = s11;
            AT(c2) = s20, AT(c2 + 8) = s21, AT(c3) = s30, AT(c3 + 8) = s31;
        }
    }
}

/* 2^(x log2 e): the integer part goes into the exponent, the rest through the Taylor polynomial of
 * degree 6 on [-ln 2 / 2, ln 2 / 2] (error about 1e-7). libm's differs between machines. */
TARGET static void KERNEL(exp_cosine)(float *values, float scale, size_t n)
{
    const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
    size_t i;

    for (i = 0; i < n; i += 8) {
        lanes x = (AT(values + i) - 1.0f) * scale;
        lanes_int low = x < -80.0f;
        lanes_int bits = (low & (lanes_int)((lanes){ 0 } - 80.0f)) | (~low & (lanes_int)x);
        lanes whole, rest, power;

        x = (lanes)bits;
        whole = (x * 1.44269504f + magic) - magic;
        rest = x - whole * 0.693359375f - whole * -2.12194440e-4f;
        power = 1.0f
                + rest
                      * (1.0f
                         + rest
                               * (0.5f
                                  + rest
                                        * (0.166666667f
                                           + rest
                                                 * (4.16666667e-2f
                                                    + rest
                                                          * (8.33333333e-3f
                                                             + rest * 1.38888889e-3f)))));
        bits = (__builtin_convertvector(whole, lanes_int) + 127) << 23;
        AT(values + i) = power * (lanes)bits;
    }
}

TARGET static void KERNEL(adam)(float *row, float *m, float *v, const float *gradient, float rate,
                                float v_bias, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        float g = gradient[i];

        m[i] = 0.9f * m[i] + 0.1f * g;
        v[i] = 0.999f * v[i] + 0.001f * (g * g);
        row[i] -= rate * m[i] / (sqrtf(v[i] * v_bias) + 1e-8f);
    }
}
