/*
 * Two ranked lists become one.
 *
 * First a weighted sum of calibrated scores: each arm's score divided by the best of its own list,
 * .6 for words and .4 for vectors; a work that is missing from a list has 0 there. (Reciprocal rank
 * fusion was measured and came out below words alone, because the lists are not equally good.) Then
 * the best fifty are ordered anew by what their texts say (rerank.c), and small priors are added:
 * the query as a title, and news. The rest follow as they were.
 */
#include "hybrid.h"

#include "carrel/clock.h"
#include "carrel/text.h"
#include "carrel/vectors.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WEIGHT_LEXICAL 0.6
#define WEIGHT_SEMANTIC 0.4
#define RERANK 50
#define TITLE_PRIOR 0.5    /* the whole title is the query */
#define RECENCY_PRIOR 0.03 /* today; half of it after ... */
#define RECENCY_DAYS 365.0

static int better(const void *a, const void *b)
{
    const struct fused *x = a, *y = b;

    return x->score != y->score ? (x->score < y->score) - (x->score > y->score)
                                : (x->id < y->id) - (x->id > y->id);
}

static void sort(struct fused *items, size_t len)
{
    if (len > 1)
        qsort(items, len, sizeof *items, better);
}

/* ---- the union ---- */

static struct fused *place(struct fused_list *list, struct hashmap *places, int64_t id)
{
    bool added;
    uint64_t *at = hashmap_put(places, (const char *)&id, sizeof id, &added);

    if (added) {
        *at = list->len;
        list->items[list->len++].id = id;
    }
    return &list->items[*at];
}

static double best_score(const struct candidates *list)
{
    return list && list->len > 0 && list->items[0].score > 0 ? list->items[0].score : 1;
}

static void unite(struct fused_list *out, struct arena *arena, const struct candidates *lexical,
                  const struct candidates *semantic)
{
    size_t room = (lexical ? lexical->len : 0) + (semantic ? semantic->len : 0), i;
    double words = best_score(lexical), vectors = best_score(semantic);
    struct hashmap *places = hashmap_new();

    out->items = arena_alloc(arena, (room + 1) * sizeof *out->items);
    out->len = 0;
    for (i = 0; lexical && i < lexical->len; i++) {
        struct fused *item = place(out, places, lexical->items[i].id);

        item->lexical_rank = (int)i + 1;
        item->lexical = lexical->items[i].score;
        item->first += WEIGHT_LEXICAL * item->lexical / words;
    }
    for (i = 0; semantic && i < semantic->len; i++) {
        struct fused *item = place(out, places, semantic->items[i].id);

        item->semantic_rank = (int)i + 1;
        item->cosine = semantic->items[i].score;
        if (item->cosine > 0)
            item->first += WEIGHT_SEMANTIC * item->cosine / vectors;
    }
    for (i = 0; i < out->len; i++)
        out->items[i].score = out->items[i].first;
    hashmap_free(places);
}

/* ---- the best of it by their texts ---- */

/* Cosines of those that the scan did not bring. */
static int fill_cosines(struct plan *plan, const struct idea *idea, struct fused *items,
                        size_t count, struct error *err)
{
    int64_t ids[RERANK];
    size_t at[RERANK], len = 0, i;
    float scores[RERANK];
    int result = ERR_OK;

    for (i = 0; i < count; i++) {
        if (items[i].semantic_rank == 0) {
            at[len] = i;
            ids[len++] = items[i].id;
        }
    }
    if (len > 0 && idea->has_vector)
        result = vectors_score(plan->store, idea->vector, idea->dim, ids, len, scores, err);
    for (i = 0; i < len && idea->has_vector && result == ERR_OK; i++)
        items[at[i]].cosine = isnan(scores[i]) ? 0 : (double)scores[i];
    return result;
}

struct rerank_texts {
    struct rerank_doc docs[RERANK];
    int32_t days[RERANK];
};

static int read_texts(struct rerank_texts *out, struct plan *plan, const struct fused *items,
                      size_t count, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int step = 1;
    int result = stmt_prepare(&stmt, plan->store,
                              "SELECT t.title, t.abstract, t.authors, w.day FROM work_text t "
                              "JOIN work w ON w.id = t.id WHERE t.id = ?1",
                              err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        struct rerank_doc *doc = &out->docs[i];

        stmt_bind_int(stmt, 1, items[i].id);
        step = stmt_step(stmt, err);
        if (step < 0)
            return step;
        doc->title = step ? arena_strdup(plan->arena, stmt_text(stmt, 0)) : "";
        doc->abstract = step ? arena_strdup(plan->arena, stmt_text(stmt, 1)) : "";
        doc->authors = step ? arena_strdup(plan->arena, stmt_text(stmt, 2)) : "";
        out->days[i] = step ? (int32_t)stmt_int(stmt, 3) : 0;
        doc->cosine = items[i].cosine;
        stmt_reset(stmt);
    }
    return result;
}

/* Their vectors; *rows is the caller's to free. */
static int read_rows(struct rerank_texts *out, int8_t **rows, struct plan *plan,
                     const struct idea *idea, const struct fused *items, size_t count,
                     struct error *err)
{
    int64_t ids[RERANK];
    bool have[RERANK];
    size_t i;
    int result;

    *rows = mem_alloc(count * idea->dim);
    for (i = 0; i < count; i++)
        ids[i] = items[i].id;
    result = vectors_rows(plan->store, idea->dim, ids, count, *rows, have, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        out->docs[i].vector = have[i] ? *rows + i * idea->dim : NULL;
    return result;
}

static double recency(int32_t day)
{
    double age = (double)clock_today() - day;

    return day > 0 ? RECENCY_PRIOR * exp2(-fmax(age, 0) / RECENCY_DAYS) : 0;
}

/* Is the title, folded, what was asked for? */
static bool title_asked(const char *title, const char *asked)
{
    struct str key = STR_INIT;
    bool same;

    text_key(&key, title);
    same = key.len > 0 && strcmp(key.ptr, asked) == 0;
    str_free(&key);
    return same;
}

static void take_scores(struct fused *items, const struct rerank_texts *texts, size_t count,
                        const char *asked, unsigned off)
{
    size_t i;
    int f;

    for (i = 0; i < count; i++) {
        struct fused *item = &items[i];

        item->reranked = true;
        item->score = texts->docs[i].score;
        for (f = 0; f < SEARCH_FEATURES; f++)
            item->parts[f] =
                off & SEARCH_OFF_FEATURE(f) ? 0 : rerank_weights[f] * texts->docs[i].features[f];
        if (!(off & SEARCH_OFF_TITLE_PRIOR) && title_asked(texts->docs[i].title, asked))
            item->title_prior = TITLE_PRIOR;
        if (!(off & SEARCH_OFF_RECENCY_PRIOR))
            item->recency_prior = recency(texts->days[i]);
        item->score += item->title_prior + item->recency_prior;
    }
}

/* What was not looked at stays behind what was, on the same scale. */
static void scale_rest(struct fused_list *list, size_t count)
{
    double least = list->items[count - 1].score, most, scale;
    size_t i;

    if (count == list->len)
        return;
    most = list->items[count].score;
    scale = most > 0 && least < most ? least / most * 0.999 : 1;
    for (i = count; i < list->len; i++)
        list->items[i].score *= scale > 0 ? scale : 0;
}

static int rerank(struct fused_list *list, struct plan *plan, const struct idea *idea,
                  const struct search_options *options, const char *asked, struct error *err)
{
    size_t count = list->len < RERANK ? list->len : RERANK;
    struct rerank_texts *texts = mem_zalloc(sizeof *texts);
    struct rerank_query query = {
        .terms = idea->terms,
        .count = idea->term_count,
        .vector = idea->has_vector ? idea->vector : NULL,
        .dim = idea->dim,
        .model = idea->model,
        .average_length =
            plan->lengths ? plan->lengths->avg_title + plan->lengths->avg_abstract : 1,
    };
    int64_t start = clock_ticks_us();
    int8_t *rows = NULL;
    int result = fill_cosines(plan, idea, list->items, count, err);

    if (result == ERR_OK)
        result = read_texts(texts, plan, list->items, count, err);
    if (result == ERR_OK && idea->has_vector)
        result = read_rows(texts, &rows, plan, idea, list->items, count, err);
    start = plan_stage(plan, STAGE_TEXTS, start);
    if (result == ERR_OK) {
        rerank_run(&query, texts->docs, count, options->off);
        take_scores(list->items, texts, count, asked, options->off);
        sort(list->items, count);
        scale_rest(list, count);
    }
    plan_stage(plan, STAGE_RERANK, start);
    free(rows);
    free(texts);
    return result;
}

int fuse(struct fused_list *out, struct plan *plan, const struct idea *idea,
         const struct candidates *lexical, const struct candidates *semantic,
         const struct search_options *options, const char *asked, struct error *err)
{
    unite(out, plan->arena, lexical, semantic);
    sort(out->items, out->len);
    if (out->len == 0 || options->off & SEARCH_OFF_RERANK)
        return ERR_OK;
    return rerank(out, plan, idea, options, asked, err);
}
