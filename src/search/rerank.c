/*
 * Re-ranking the best of the fused list by features of their texts.
 *
 * A hand-weighted sum: BM25 with soft term frequencies, cosines of document, title and best
 * passage, best sentence, nearness of the rarest words, the nearest words for each word of the
 * query, and, when these have shown the best five, how near a document is to the query and the
 * others of them. The weights were chosen on six test collections; docs/BENCHMARKS.md says how they
 * fare on others, and `carrel eval --ablation` what each is worth.
 *
 * Every distinct stem of the query and the candidates gets a row: its vector, and its cosine to
 * each stem of the query. Documents are then lists of row numbers, so that a stem that occurs in
 * many of them is looked up and compared once.
 *
 * BM25: S. Robertson, S. Walker et al., "Okapi at TREC-3", 1994. Soft term frequency and best match
 * for each query word after word-embedding translation models (G. Zuccon et al., ADCS 2015) and
 * MaxSim (O. Khattab, M. Zaharia, SIGIR 2020); pairs by distance after T. Tao, C. Zhai, SIGIR 2007.
 */
#include "rerank.h"

#include "carrel/hash.h"
#include "carrel/mem.h"
#include "carrel/text.h"
#include "carrel/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define K1 1.2
#define B 0.75
#define TERMS_MAX 64    /* of the query, the rarest first; longer queries are cut */
#define TOKENS_MAX 2000 /* of a document; an abstract has some 200 */
#define BLOCK 25        /* words; a passage is two blocks, and starts every block */
#define RARE 6          /* words whose nearness counts */
#define NEAR_COSINE 0.5 /* from here on a word counts as nearly the same */
#define SOFT_SHARE 0.5  /* of an occurrence, that such a word is worth */
#define SENTENCE_MIN 3  /* words */
#define BEST 5          /* documents that the query learns from */
#define BEST_SHARE 2.0f /* what they weigh together, against 1 of the query */

const double rerank_weights[SEARCH_FEATURES] = {
    [FEATURE_BM25] = 0.0,     [FEATURE_SOFT_BM25] = 0.5,  [FEATURE_COSINE] = 0.05,
    [FEATURE_TITLE] = 0.15,   [FEATURE_SENTENCE] = 0.125, [FEATURE_PASSAGE] = 0.05,
    [FEATURE_PAIRS] = 0.05,   [FEATURE_SOFT] = 0.25,      [FEATURE_NEAR] = 0.15,
    [FEATURE_FEEDBACK] = 0.3,
};

/* One distinct stem. */
struct row {
    int term;      /* which of the query, -1: none */
    float *vector; /* its part of a text's vector; NULL: the model has nothing for it */
    float norm;
    float *cosines; /* to each term of the query; NULL with `vector` */
};

struct doc_text {
    uint32_t *rows;     /* by token: title, then abstract */
    uint32_t *sentence; /* its number, by token */
    size_t len, title_len, sentences;
    double authors[TERMS_MAX]; /* how often each term of the query is in a name */
};

struct work {
    const struct rerank_query *query;
    struct rank_term terms[TERMS_MAX];
    size_t term_count;
    size_t dim;
    struct arena *arena;
    struct hashmap *stems; /* stem -> row + 1 */
    struct row *rows;
    size_t row_count, row_cap;
    uint32_t term_rows[TERMS_MAX];
    double total_idf;
    /* of the document being read */
    struct doc_text *doc;
    const char *text;
    size_t last_end;
    bool in_title;
};

/* ---- stems and their cosines ---- */

/* Eight lanes at a time: floats are not reordered by the compiler on its own. */
typedef float lanes __attribute__((vector_size(32)));

static float dot(const float *a, const float *b, size_t dim)
{
    lanes sum = { 0 };
    float total = 0;
    size_t i;

    for (i = 0; i + 8 <= dim; i += 8) {
        lanes x, y;

        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        sum += x * y;
    }
    for (; i < dim; i++)
        total += a[i] * b[i];
    for (i = 0; i < 8; i++)
        total += sum[i];
    return total;
}

static void row_compare(struct work *w, struct row *row)
{
    size_t i;

    row->cosines = arena_alloc(w->arena, w->term_count * sizeof *row->cosines);
    for (i = 0; i < w->term_count; i++) {
        const struct row *term = &w->rows[w->term_rows[i]];

        if (term->vector && (int)i != row->term)
            row->cosines[i] = dot(term->vector, row->vector, w->dim) / (term->norm * row->norm);
    }
}

static uint32_t row_of(struct work *w, const char *stem, size_t len, int term)
{
    struct row row = { .term = term };
    bool added;
    uint64_t *place = hashmap_put(w->stems, stem, len, &added);

    if (!added)
        return (uint32_t)(*place - 1);
    *place = w->row_count + 1;
    if (w->query->model) {
        row.vector = arena_alloc(w->arena, w->dim * sizeof *row.vector);
        if (embed_add_stem(w->query->model, row.vector, stem, len, 1))
            row.norm = sqrtf(dot(row.vector, row.vector, w->dim));
        if (row.norm <= 0)
            row.vector = NULL;
    }
    /* Terms of the query come first, all of them before any comparison. */
    if (row.vector && term < 0)
        row_compare(w, &row);
    VEC_PUSH(w->rows, w->row_count, w->row_cap, row);
    return (uint32_t)(w->row_count - 1);
}

static int rarer(const void *a, const void *b)
{
    const struct rank_term *x = a, *y = b;

    return x->idf != y->idf ? (x->idf < y->idf) - (x->idf > y->idf) : strcmp(x->stem, y->stem);
}

static void take_terms(struct work *w)
{
    struct rank_term *sorted = mem_dup(w->query->terms, w->query->count * sizeof *w->query->terms);
    size_t i;

    if (w->query->count > 1)
        qsort(sorted, w->query->count, sizeof *sorted, rarer);
    w->term_count = w->query->count < TERMS_MAX ? w->query->count : TERMS_MAX;
    memcpy(w->terms, sorted, w->term_count * sizeof *sorted);
    free(sorted);
    for (i = 0; i < w->term_count; i++) {
        w->term_rows[i] = row_of(w, w->terms[i].stem, w->terms[i].len, (int)i);
        w->total_idf += w->terms[i].idf;
    }
    for (i = 0; i < w->term_count; i++)
        if (w->rows[w->term_rows[i]].vector)
            row_compare(w, &w->rows[w->term_rows[i]]);
}

/* ---- reading a document ---- */

/* Does a sentence end between two words? */
static bool sentence_ends(const char *text, size_t from, size_t to)
{
    size_t i;

    for (i = from; i + 1 < to; i++)
        if (strchr(".?!", text[i]) && (text[i + 1] == ' ' || text[i + 1] == '\n'))
            return true;
    return false;
}

static int read_token(void *ctx, const struct text_token *token)
{
    struct work *w = ctx;
    struct doc_text *doc = w->doc;

    if (doc->len == TOKENS_MAX)
        return 1;
    if (doc->len > 0 && w->last_end > 0 && sentence_ends(w->text, w->last_end, token->start))
        doc->sentences++;
    w->last_end = token->end;
    doc->sentence[doc->len] = (uint32_t)doc->sentences;
    doc->rows[doc->len++] = row_of(w, token->stem, token->stem_len, -1);
    return 0;
}

static int read_author(void *ctx, const struct text_token *token)
{
    struct work *w = ctx;
    uint64_t *place = hashmap_get(w->stems, token->stem, token->stem_len);

    if (place && w->rows[*place - 1].term >= 0)
        w->doc->authors[w->rows[*place - 1].term] += 1;
    return 0;
}

static void read_text(struct work *w, const char *text)
{
    w->text = text;
    w->last_end = 0;
    text_tokenize(text, strlen(text), read_token, w);
}

static void read_doc(struct work *w, struct doc_text *doc, const struct rerank_doc *from)
{
    memset(doc, 0, sizeof *doc);
    doc->rows = mem_alloc(TOKENS_MAX * sizeof *doc->rows);
    doc->sentence = mem_alloc(TOKENS_MAX * sizeof *doc->sentence);
    w->doc = doc;
    read_text(w, from->title);
    doc->title_len = doc->len;
    doc->sentences += doc->len > 0;
    read_text(w, from->abstract);
    doc->sentences++;
    text_tokenize(from->authors, strlen(from->authors), read_author, w);
}

static void free_doc(struct doc_text *doc)
{
    free(doc->rows);
    free(doc->sentence);
}

/* ---- features ---- */

static double bm25_part(double tf, double idf, double length, double average)
{
    double norm = 1 - B + B * length / (average > 0 ? average : 1);

    return tf > 0 ? idf * tf * (K1 + 1) / (tf + K1 * norm) : 0;
}

/* BM25, with the words alone and with their near ones. */
static void feature_bm25(const struct work *w, const struct doc_text *doc, struct rerank_doc *out)
{
    double tf[TERMS_MAX] = { 0 }, soft[TERMS_MAX] = { 0 };
    size_t i, t;

    for (i = 0; i < doc->len; i++) {
        const struct row *row = &w->rows[doc->rows[i]];

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
static void feature_soft(const struct work *w, const struct doc_text *doc, struct rerank_doc *out)
{
    float best[TERMS_MAX] = { 0 };
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

static void feature_sentence(const struct work *w, const struct doc_text *doc, double average,
                             struct rerank_doc *out)
{
    size_t from = 0, to, i, t;

    for (; from < doc->len; from = to) {
        double tf[TERMS_MAX] = { 0 }, sum = 0;

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

static double cosine_to(const struct work *w, const float *sum)
{
    float norm = sqrtf(dot(sum, sum, w->dim));

    return norm > 0 ? (double)(dot(sum, w->query->vector, w->dim) / norm) : 0;
}

static void add_rows(const struct work *w, float *sum, const struct doc_text *doc, size_t from,
                     size_t to)
{
    size_t i, k;

    for (; from < to; from++) {
        const float *vector = w->rows[doc->rows[from]].vector;

        for (i = 0; vector && i + 8 <= w->dim; i += 8) {
            lanes x, y;

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
static void feature_vectors(const struct work *w, const struct doc_text *doc,
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
static void feature_pairs(const struct work *w, const struct doc_text *doc, struct rerank_doc *out)
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

/* ---- learning from the best ---- */

static double score_of(const struct rerank_doc *doc, unsigned off)
{
    double score = 0;
    int f;

    for (f = 0; f < SEARCH_FEATURES; f++)
        if (!(off & SEARCH_OFF_FEATURE(f)))
            score += rerank_weights[f] * doc->features[f];
    return score;
}

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
    return embed_normalise(unit, query->dim) ? fmax((double)dot(moved, unit, query->dim), 0) : 0;
}

static void feature_feedback(const struct rerank_query *query, struct rerank_doc *docs,
                             size_t count, unsigned off)
{
    double *scores = mem_alloc((count + 1) * sizeof *scores);
    size_t best[BEST], len, dim = query->dim, i, k;
    float *units, *all;

    for (i = 0; i < count; i++)
        scores[i] = score_of(&docs[i], off);
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

static double mean_sentence(const struct doc_text *texts, size_t count)
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
    struct work w = { .query = query, .arena = arena_new(), .stems = hashmap_new() };
    struct doc_text *texts = mem_zalloc((count + 1) * sizeof *texts);
    double average;
    size_t i;

    w.dim = query->model ? (size_t)embed_info(query->model)->dim : 0;
    take_terms(&w);
    for (i = 0; i < count; i++)
        read_doc(&w, &texts[i], &docs[i]);
    average = mean_sentence(texts, count);
    for (i = 0; i < count; i++) {
        memset(docs[i].features, 0, sizeof docs[i].features);
        feature_bm25(&w, &texts[i], &docs[i]);
        feature_soft(&w, &texts[i], &docs[i]);
        feature_sentence(&w, &texts[i], average, &docs[i]);
        feature_vectors(&w, &texts[i], &docs[i]);
        feature_pairs(&w, &texts[i], &docs[i]);
        docs[i].features[FEATURE_COSINE] = docs[i].cosine > 0 ? docs[i].cosine : 0;
        free_doc(&texts[i]);
    }
    normalise(docs, count);
    if (query->vector && !(off & SEARCH_OFF_FEATURE(FEATURE_FEEDBACK))) {
        feature_feedback(query, docs, count, off);
        divide_by_best(docs, count, FEATURE_FEEDBACK);
    }
    for (i = 0; i < count; i++)
        docs[i].score = score_of(&docs[i], off);
    free(texts);
    free(w.rows);
    hashmap_free(w.stems);
    arena_free(w.arena);
}
