/*
 * Spherical k-means (kmeans.h): rows go to the center of the highest cosine, centers to the mean
 * direction of their rows, until no row moves.
 */
#include "kmeans.h"

#include "carrel/kernels.h"
#include "carrel/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ASK_EVERY 1024 /* rows */

float kmeans_length(const int8_t *vector, size_t dim)
{
    return sqrtf((float)kernels_best()->dot_i8(vector, vector, dim));
}

/* The sequence of splitmix64 (G. Steele et al., OOPSLA 2014), as numbers below 1. */
static double draw(uint64_t *state)
{
    uint64_t x = *state += 0x9E3779B97F4A7C15u;

    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return (double)((x ^ x >> 31) >> 11) * 0x1p-53;
}

static const int8_t *row_at(const struct kmeans_rows *rows, size_t i)
{
    return rows->vectors + i * rows->dim;
}

static void add_unit(float *sum, const struct kmeans_rows *rows, size_t i)
{
    const int8_t *row = row_at(rows, i);
    size_t whole = rows->dim & ~(size_t)7, d;
    float scale = 1 / rows->lengths[i];

    kernels_best()->add_row(sum, row, scale, whole);
    for (d = whole; d < rows->dim; d++)
        sum[d] += scale * (float)row[d];
}

static float cosine(const struct kmeans *km, size_t cluster, const int8_t *vector, float length)
{
    return kernels_best()->dot_row(km->centers + cluster * km->dim, vector, km->dim) / length;
}

static void set_center(struct kmeans *km, size_t cluster)
{
    float *center = km->centers + cluster * km->dim, *sum = km->sums + cluster * km->dim;
    double square = 0;
    size_t d;

    for (d = 0; d < km->dim; d++)
        square += (double)sum[d] * (double)sum[d];
    km->lengths[cluster] = (float)sqrt(square);
    for (d = 0; d < km->dim; d++)
        center[d] = square > 0 ? sum[d] / km->lengths[cluster] : 0;
}

/* Each next seed is a row drawn by how far it is from those before. */
static bool seed(struct kmeans *km, const struct kmeans_rows *rows,
                 bool (*stop)(void *ctx, int passes), void *ctx)
{
    double *far = mem_alloc(rows->count * sizeof *far), sum, at;
    uint64_t state = 1;
    bool going = true;
    size_t c, i;

    for (i = 0; i < rows->count; i++)
        far[i] = 1;
    for (c = 0; c < km->k && going; c++) {
        for (sum = 0, i = 0; i < rows->count; i++)
            sum += far[i];
        at = draw(&state) * sum;
        for (i = 0; i + 1 < rows->count && (at -= far[i]) >= 0;)
            i++;
        add_unit(km->sums + c * km->dim, rows, i);
        set_center(km, c);
        for (i = 0; i < rows->count; i++)
            far[i] =
                fmin(far[i], fmax(0, 1 - (double)cosine(km, c, row_at(rows, i), rows->lengths[i])));
        going = !stop || !stop(ctx, 0);
    }
    free(far);
    return going;
}

static uint32_t nearest(const struct kmeans *km, const int8_t *vector, float length)
{
    uint32_t best = 0, c;
    float most = -2;

    for (c = 0; c < km->k; c++) {
        float now = km->lengths[c] > 0 ? cosine(km, c, vector, length) : -1;

        if (now > most) {
            most = now;
            best = c;
        }
    }
    return best;
}

/* Rows to their centers; *moved counts those that were elsewhere. */
static bool assign(struct kmeans *km, const struct kmeans_rows *rows, int pass, size_t *moved,
                   bool (*stop)(void *ctx, int passes), void *ctx)
{
    size_t i;

    *moved = 0;
    for (i = 0; i < rows->count; i++) {
        uint32_t cluster = nearest(km, row_at(rows, i), rows->lengths[i]);

        if (i % ASK_EVERY == 0 && stop && stop(ctx, pass))
            return false;
        *moved += pass == 0 || km->of[i] != cluster;
        km->of[i] = cluster;
    }
    return true;
}

static void move_centers(struct kmeans *km, const struct kmeans_rows *rows)
{
    size_t i;

    memset(km->sums, 0, km->k * km->dim * sizeof *km->sums);
    memset(km->sizes, 0, km->k * sizeof *km->sizes);
    for (i = 0; i < rows->count; i++) {
        add_unit(km->sums + km->of[i] * km->dim, rows, i);
        km->sizes[km->of[i]]++;
    }
    for (i = 0; i < km->k; i++)
        set_center(km, i);
}

bool kmeans_run(struct kmeans *out, const struct kmeans_rows *rows, size_t k,
                bool (*stop)(void *ctx, int passes), void *ctx)
{
    size_t moved = 1;
    int pass;

    *out = (struct kmeans){ .k = k, .dim = rows->dim };
    out->centers = mem_zalloc(k * rows->dim * sizeof *out->centers);
    out->sums = mem_zalloc(k * rows->dim * sizeof *out->sums);
    out->lengths = mem_zalloc(k * sizeof *out->lengths);
    out->of = mem_zalloc(rows->count * sizeof *out->of);
    out->sizes = mem_zalloc(k * sizeof *out->sizes);
    if (!seed(out, rows, stop, ctx))
        return false;
    for (pass = 0; pass < KMEANS_PASSES && moved > 0; pass++) {
        if (!assign(out, rows, pass, &moved, stop, ctx))
            return false;
        move_centers(out, rows);
    }
    return true;
}

void kmeans_free(struct kmeans *km)
{
    free(km->centers);
    free(km->sums);
    free(km->lengths);
    free(km->of);
    free(km->sizes);
}

void kmeans_cosines(float *out, const struct kmeans *km, const int8_t *vector, float length)
{
    size_t c;

    for (c = 0; c < km->k; c++)
        out[c] = km->lengths[c] > 0 ? cosine(km, c, vector, length) : -1;
}

/* With s the sum and x the member, both known by their lengths and the angle between them. */
float kmeans_without(const struct kmeans *km, size_t cluster, float cosine_with)
{
    double length = (double)km->lengths[cluster], along = length * (double)cosine_with;
    double rest = length * length - 2 * along + 1;

    return km->sizes[cluster] > 1 && rest > 1e-9 ? (float)((along - 1) / sqrt(rest)) : -1;
}
