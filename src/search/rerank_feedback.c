/*
 * Learning from the best: the query moves towards those that the other features have put first.
 */
#include "rerank_internal.h"

#include "carrel/mem.h"
#include "carrel/vectors.h"

#include <math.h>
#include <stdlib.h>

#define BEST 5          /* documents that the query learns from */
#define BEST_SHARE 2.0f /* what they weigh together, against 1 of the query */

/* The best so far that have a vector; how many. */
static size_t pick_best(size_t best[BEST], const struct rerank_doc *docs, const double *scores,
                        size_t count)
{
    size_t len = 0, i, k;

    for (i = 0; i < count; i++) {
        if (!docs[i].vector || (len == BEST && scores[i] <= scores[best[BEST - 1]]))
            continue;
        k = len < BEST ? len++ : BEST - 1;
        for (; k > 0 && scores[best[k - 1]] < scores[i]; k--)
            best[k] = best[k - 1];
        best[k] = i;
    }
    return len;
}

/* Cosine of a document and the query moved towards the best others (J. Rocchio, in "The SMART
 * Retrieval System", 1971): a document does not speak for itself, or being first would keep it
 * there. `units` are the best ones' vectors, of unit length, and `all` their sum. */
static double feedback_cosine(const struct rerank_query *query, const struct rerank_doc *doc,
                              const float *all, const float *own, size_t others)
{
    float moved[VECTORS_DIM_MAX], unit[VECTORS_DIM_MAX];
    size_t i;

    for (i = 0; i < query->dim; i++) {
        float sum = all[i] - (own ? own[i] : 0);

        moved[i] = query->vector[i] + (others > 0 ? BEST_SHARE * sum / (float)others : 0);
        unit[i] = doc->vector[i];
    }
    embed_normalise(moved, query->dim);
    return embed_normalise(unit, query->dim) ? fmax((double)rerank_dot(moved, unit, query->dim), 0)
                                             : 0;
}

void rerank_feedback(const struct rerank_query *query, struct rerank_doc *docs, size_t count,
                     unsigned off)
{
    double *scores = mem_alloc((count + 1) * sizeof *scores);
    size_t best[BEST], len, dim = query->dim, i, k;
    float *units, *all;

    for (i = 0; i < count; i++)
        scores[i] = rerank_score(&docs[i], off);
    len = pick_best(best, docs, scores, count);
    units = mem_zalloc((BEST + 1) * dim * sizeof *units);
    all = units + BEST * dim;
    for (k = 0; k < len; k++) {
        for (i = 0; i < dim; i++)
            units[k * dim + i] = docs[best[k]].vector[i];
        embed_normalise(units + k * dim, dim);
        for (i = 0; i < dim; i++)
            all[i] += units[k * dim + i];
    }
    for (i = 0; i < count; i++) {
        for (k = 0; k < len && best[k] != i; k++)
            ;
        if (docs[i].vector)
            docs[i].features[FEATURE_FEEDBACK] = feedback_cosine(
                query, &docs[i], all, k < len ? units + k * dim : NULL, len - (k < len));
    }
    free(units);
    free(scores);
}
