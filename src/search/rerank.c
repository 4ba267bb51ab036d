/*
 * Re-ranking the best of the fused list by features of their texts.
 *
 * A hand-weighted sum: BM25 with soft term frequencies, cosines of document, title and best
 * passage, best sentence, nearness of the rarest words, the nearest words for each word of the
 * query (rerank_features.c), and, when these have shown the best five, how near a document is to
 * the query and the others of them (rerank_feedback.c). The weights were chosen on six test
 * collections; docs/BENCHMARKS.md says how they fare on others, and `carrel eval --ablation` what
 * each is worth.
 */
#include "rerank_internal.h"

#include "carrel/mem.h"

#include <math.h>
#include <stdlib.h>

const double rerank_weights[SEARCH_FEATURES] = {
    [FEATURE_BM25] = 0.0,     [FEATURE_SOFT_BM25] = 0.5,  [FEATURE_COSINE] = 0.05,
    [FEATURE_TITLE] = 0.15,   [FEATURE_SENTENCE] = 0.125, [FEATURE_PASSAGE] = 0.05,
    [FEATURE_PAIRS] = 0.05,   [FEATURE_SOFT] = 0.25,      [FEATURE_NEAR] = 0.15,
    [FEATURE_FEEDBACK] = 0.3,
};

double rerank_score(const struct rerank_doc *doc, unsigned off)
{
    double score = 0;
    int f;

    for (f = 0; f < SEARCH_FEATURES; f++)
        if (!(off & SEARCH_OFF_FEATURE(f)))
            score += rerank_weights[f] * doc->features[f];
    return score;
}

static void divide_by_best(struct rerank_doc *docs, size_t count, enum search_feature feature)
{
    double best = 0;
    size_t i;

    for (i = 0; i < count; i++)
        best = fmax(best, docs[i].features[feature]);
    for (i = 0; i < count && best > 0; i++)
        docs[i].features[feature] /= best;
}

/* Those without a natural scale are divided by the best of the candidates. */
static void normalise(struct rerank_doc *docs, size_t count)
{
    static const enum search_feature scaled[] = {
        FEATURE_BM25,     FEATURE_SOFT_BM25, FEATURE_COSINE, FEATURE_TITLE,
        FEATURE_SENTENCE, FEATURE_PASSAGE,   FEATURE_PAIRS,
    };
    size_t k;

    for (k = 0; k < ARRAY_LEN(scaled); k++)
        divide_by_best(docs, count, scaled[k]);
}

static double mean_sentence(const struct rerank_text *texts, size_t count)
{
    double tokens = 0, sentences = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        tokens += (double)texts[i].len;
        sentences += (double)texts[i].sentences;
    }
    return sentences > 0 ? tokens / sentences : 1;
}

void rerank_run(const struct rerank_query *query, struct rerank_doc *docs, size_t count,
                unsigned off)
{
    struct rerank_work w = { .query = query, .arena = arena_new(), .stems = hashmap_new() };
    struct rerank_text *texts = mem_zalloc((count + 1) * sizeof *texts);
    double average;
    size_t i;

    w.dim = query->model ? (size_t)embed_info(query->model)->dim : 0;
    rerank_take_terms(&w);
    for (i = 0; i < count; i++)
        rerank_read(&w, &texts[i], &docs[i]);
    average = mean_sentence(texts, count);
    for (i = 0; i < count; i++) {
        rerank_features(&w, &texts[i], average, &docs[i]);
        rerank_text_free(&texts[i]);
    }
    normalise(docs, count);
    if (query->vector && !(off & SEARCH_OFF_FEATURE(FEATURE_FEEDBACK))) {
        rerank_feedback(query, docs, count, off);
        divide_by_best(docs, count, FEATURE_FEEDBACK);
    }
    for (i = 0; i < count; i++)
        docs[i].score = rerank_score(&docs[i], off);
    free(texts);
    free(w.rows);
    hashmap_free(w.stems);
    arena_free(w.arena);
}
