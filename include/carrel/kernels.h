/*
 * The few loops that vectors spend their time in, in variants for what the processor can do.
 *
 * The choice is made by __builtin_cpu_supports and a table of function pointers. Every variant of a
 * kernel gives the same bits: integer kernels by nature, float kernels because each adds in the
 * same order, eight lanes wide, and never contracts a multiply and an add. Any thread.
 */
#ifndef CARREL_KERNELS_H
#define CARREL_KERNELS_H

#include <stddef.h>
#include <stdint.h>

struct kernels {
    const char *name; /* "portable", "popcnt", "avx2", "avx512" */
    /* sum[i] += scale * row[i]; dim is a multiple of 8. */
    void (*add_row)(float *sum, const int8_t *row, float scale, size_t dim);
    /* Any dim up to 65,536. */
    int32_t (*dot_i8)(const int8_t *a, const int8_t *b, size_t dim);
    float (*dot_row)(const float *a, const int8_t *row, size_t dim); /* any dim */
    /* Hamming distances of `count` patterns of `words` 64-bit words to the query. */
    void (*hamming)(uint16_t *out, const uint64_t *patterns, size_t count, const uint64_t *query,
                    size_t words);
    /* c += a * b, sums over k in order. a[i][k] lies at a[i * a_row + k * a_col]; b is packed in
     * panels of 16 columns, panel j's row k at b[(j * panel + k) * 16]; rows of c are c_row floats
     * apart. `rows` is a multiple of 4, `cols` of 16. */
    void (*multiply)(float *c, size_t c_row, const float *a, size_t a_row, size_t a_col,
                     const float *b, size_t panel, size_t rows, size_t cols, size_t inner);
    /* out[i] += scale * in[i], and the dot product; n is a multiple of 8. */
    void (*add_scaled)(float *out, const float *in, float scale, size_t n);
    float (*dot)(const float *a, const float *b, size_t n);
    /* values[i] = exp(scale * (values[i] - 1)), for cosines: the largest result is about 1.
     * n is a multiple of 8. */
    void (*exp_cosine)(float *values, float scale, size_t n);
    /* One step of Adam on a row (Kingma and Ba, 2015): m, v and the row are updated by `gradient`;
     * rate is bias-corrected by the caller. n is a multiple of 8. */
    void (*adam)(float *row, float *m, float *v, const float *gradient, float rate, float v_bias,
                 size_t n);
};

/* The best for this machine, and all that it can run (NULL behind the last), for tests. */
const struct kernels *kernels_best(void);
const struct kernels *kernels_at(size_t i);

#endif
