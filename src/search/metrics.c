/*
 * Measures of a ranking, and whether two rankings differ by more than chance.
 */
#include "carrel/metrics.h"

#include "carrel/mem.h"

#include <math.h>
#include <stdlib.h>

#define NDCG_DEPTH 10
#define RECALL_DEPTH 100

static double discounted(int grade, size_t at)
{
    return grade > 0 ? (exp2(grade) - 1) / log2((double)at + 2) : 0;
}

static int falling(const void *a, const void *b)
{
    return *(const int *)b - *(const int *)a;
}

/* The gain of the best order there is. */
static double ideal_gain(const int *judged, size_t relevant)
{
    int *sorted = mem_dup(judged, relevant * sizeof *judged);
    double sum = 0;
    size_t i;

    qsort(sorted, relevant, sizeof *sorted, falling);
    for (i = 0; i < relevant && i < NDCG_DEPTH; i++)
        sum += discounted(sorted[i], i);
    free(sorted);
    return sum;
}

void metrics_query(struct metrics *out, const int *ranked, size_t count, const int *judged,
                   size_t relevant)
{
    double gain = 0, precision = 0, ideal = ideal_gain(judged, relevant);
    size_t i, found = 0, early = 0;

    for (i = 0; i < count; i++) {
        if (ranked[i] <= 0)
            continue;
        found++;
        precision += (double)found / (double)(i + 1);
        early += i < RECALL_DEPTH;
        if (i < NDCG_DEPTH)
            gain += discounted(ranked[i], i);
    }
    out->ndcg10 = ideal > 0 ? gain / ideal : 0;
    out->map = precision / (double)relevant;
    out->recall100 = (double)early / (double)relevant;
}

/* xorshift64* (S. Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016).
 */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 2685821657736338717u;
}

double metrics_sign_flip(const double *differences, size_t count, int rounds, uint64_t seed)
{
    uint64_t state = seed ? seed : 1, bits = 0;
    double observed = 0;
    int round, extreme = 0;
    size_t i;

    for (i = 0; i < count; i++)
        observed += differences[i];
    observed = fabs(observed);
    for (round = 0; round < rounds; round++) {
        double sum = 0;

        for (i = 0; i < count; i++) {
            if (i % 64 == 0)
                bits = next_random(&state);
            sum += bits & 1 ? differences[i] : -differences[i];
            bits >>= 1;
        }
        extreme += fabs(sum) >= observed - 1e-12;
    }
    /* The order that was seen counts as one of them: p is never 0. */
    return (extreme + 1.0) / (rounds + 1.0);
}
