/*
 * What the text of one candidate says about the query, as numbers.
 *
 * BM25: S. Robertson, S. Walker et al., "Okapi at TREC-3", 1994. Soft term frequency and best match
 * for each query word after word-embedding translation models (G. Zuccon et al., ADCS 2015) and
 * MaxSim (O. Khattab, M. Zaharia, SIGIR 2020); pairs by distance after T. Tao, C. Zhai, SIGIR 2007.
 */
#include "rerank_internal.h"

#include <math.h>
#include <string.h>

#define K1 1.2
#define B 0.75
#define BLOCK 25        /* words; a passage is two blocks, and starts every block */
#define RARE 6          /* words whose nearness counts */
#define NEAR_COSINE 0.5 /* from here on a word counts as nearly the same */
#define SOFT_SHARE 0.5  /* of an occurrence, that such a word is worth */
#define SENTENCE_MIN 3  /* words */

static double bm25_part(double tf, double idf, double length, double average)
{
    double norm = 1 - B + B * length / (average > 0 ? average : 1);

    return tf > 0 ? idf * tf * (K1 + 1) / (tf + K1 * norm) : 0;
}

/* BM25, with the words alone and with their near ones. */
static void feature_bm25(const struct rerank_work *w, const struct rerank_text *doc,
                         struct rerank_doc *out)
{
    double tf[RERANK_TERMS] = { 0 }, soft[RERANK_TERMS] = { 0 };
    size_t i, t;

    for (i = 0; i < doc->len; i++) {
        const struct rerank_row *row = &w->rows[doc->rows[i]];

        if (row->term >= 0)
            tf[row->term] += 1;
        if (!row->cosines)
            continue;
        for (t = 0; t < w->term_count; t++)
            if (row->cosines[t] > NEAR_COSINE)
                soft[t] += row->cosines[t];
    }
    for (t = 0; t < w->term_count; t++) {
        tf[t] += BM25F_AUTHORS * doc->authors[t];
        soft[t] *= SOFT_SHARE;
    }
    for (t = 0; t < w->term_count; t++) {
        double length = (double)doc->len, average = w->query->average_length;

        out->features[FEATURE_BM25] += bm25_part(tf[t], w->terms[t].idf, length, average);
        out->features[FEATURE_SOFT_BM25] +=
            bm25_part(tf[t] + soft[t], w->terms[t].idf, length, average);
    }
}

/* For each word of the query the nearest other word of the document, weighted by idf. */
static void feature_soft(const struct rerank_work *w, const struct rerank_text *doc,
                         struct rerank_doc *out)
{
    float best[RERANK_TERMS] = { 0 };
    size_t i, t;

    for (i = 0; i < doc->len; i++) {
        const float *cosines = w->rows[doc->rows[i]].cosines;

        for (t = 0; cosines && t < w->term_count; t++)
            best[t] = cosines[t] > best[t] ? cosines[t] : best[t];
    }
    for (t = 0; t < w->term_count && w->total_idf > 0; t++) {
        double share = w->terms[t].idf / w->total_idf * best[t];

        out->features[FEATURE_SOFT] += share;
        if (best[t] > NEAR_COSINE)
            out->features[FEATURE_NEAR] += share;
    }
}

static void feature_sentence(const struct rerank_work *w, const struct rerank_text *doc,
                             double average, struct rerank_doc *out)
{
    size_t from = 0, to, i, t;

    for (; from < doc->len; from = to) {
        double tf[RERANK_TERMS] = { 0 }, sum = 0;

        for (to = from; to < doc->len && doc->sentence[to] == doc->sentence[from]; to++)
            ;
        for (i = from; i < to; i++)
            if (w->rows[doc->rows[i]].term >= 0)
                tf[w->rows[doc->rows[i]].term] += 1;
        for (t = 0; t < w->term_count; t++)
            sum += bm25_part(tf[t], w->terms[t].idf, (double)(to - from), average);
        if (to - from >= SENTENCE_MIN && sum > out->features[FEATURE_SENTENCE])
            out->features[FEATURE_SENTENCE] = sum;
    }
}

static double cosine_to(const struct rerank_work *w, const float *sum)
{
    float norm = sqrtf(rerank_dot(sum, sum, w->dim));

    return norm > 0 ? (double)(rerank_dot(sum, w->query->vector, w->dim) / norm) : 0;
}

static void add_rows(const struct rerank_work *w, float *sum, const struct rerank_text *doc,
                     size_t from, size_t to)
{
    size_t i, k;

    for (; from < to; from++) {
        const float *vector = w->rows[doc->rows[from]].vector;

        for (i = 0; vector && i + 8 <= w->dim; i += 8) {
            rerank_lanes x, y;

            memcpy(&x, sum + i, sizeof x);
            memcpy(&y, vector + i, sizeof y);
            x += y;
            memcpy(sum + i, &x, sizeof x);
        }
        for (k = w->dim & ~(size_t)7; vector && k < w->dim; k++)
            sum[k] += vector[k];
    }
}

/* Cosines of the title and of the best passage of fifty words. */
static void feature_vectors(const struct rerank_work *w, const struct rerank_text *doc,
                            struct rerank_doc *out)
{
    float title[EMBED_DIM_MAX] = { 0 }, last[EMBED_DIM_MAX], here[EMBED_DIM_MAX],
          both[EMBED_DIM_MAX];
    double best = 0, cosine;
    size_t at, i;

    if (!w->query->vector || w->dim == 0)
        return;
    add_rows(w, title, doc, 0, doc->title_len);
    cosine = cosine_to(w, title);
    out->features[FEATURE_TITLE] = cosine > 0 ? cosine : 0;
    memset(last, 0, w->dim * sizeof *last);
    for (at = 0; at < doc->len; at += BLOCK) {
        memset(here, 0, w->dim * sizeof *here);
        add_rows(w, here, doc, at, at + BLOCK < doc->len ? at + BLOCK : doc->len);
        for (i = 0; i < w->dim; i++)
            both[i] = last[i] + here[i];
        cosine = at > 0 || doc->len <= BLOCK ? cosine_to(w, both) : 0;
        best = cosine > best ? cosine : best;
        memcpy(last, here, w->dim * sizeof *last);
    }
    out->features[FEATURE_PASSAGE] = best;
}

/* Pairs of the query's rarest words: how near they come to each other. */
static void feature_pairs(const struct rerank_work *w, const struct rerank_text *doc,
                          struct rerank_doc *out)
{
    int last[RARE];
    int nearest[RARE][RARE] = { { 0 } };
    int count = w->term_count < RARE ? (int)w->term_count : RARE, a, b;
    size_t i;

    for (a = 0; a < count; a++)
        last[a] = -1;
    for (i = 0; i < doc->len; i++) {
        int term = w->rows[doc->rows[i]].term;

        if (term < 0 || term >= count)
            continue;
        for (a = 0; a < count; a++) {
            int x = a < term ? a : term, y = a < term ? term : a, distance;

            if (a == term || last[a] < 0)
                continue;
            distance = (int)i - last[a];
            if (!nearest[x][y] || distance < nearest[x][y])
                nearest[x][y] = distance;
        }
        last[term] = (int)i;
    }
    for (a = 0; a < count; a++)
        for (b = a + 1; b < count; b++)
            if (nearest[a][b])
                out->features[FEATURE_PAIRS] +=
                    (w->terms[a].idf < w->terms[b].idf ? w->terms[a].idf : w->terms[b].idf)
                    / sqrt(nearest[a][b]);
}

void rerank_features(const struct rerank_work *w, const struct rerank_text *doc, double average,
                     struct rerank_doc *out)
{
    memset(out->features, 0, sizeof out->features);
    feature_bm25(w, doc, out);
    feature_soft(w, doc, out);
    feature_sentence(w, doc, average, out);
    feature_vectors(w, doc, out);
    feature_pairs(w, doc, out);
    out->features[FEATURE_COSINE] = out->cosine > 0 ? out->cosine : 0;
}
