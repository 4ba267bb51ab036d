/*
 * Nearest works by brute force: distances of sign bits in blocks, the least of them kept by a
 * falling threshold, the kept ones ranked by their int8 rows.
 *
 * The threshold: a histogram counts how many works were met at each distance; as soon as enough lie
 * at or below some distance, nothing farther can be among the wanted, and the limit falls to it.
 * So only a few thousand of millions are ever written down, and nothing is sorted but these.
 */
#include "carrel/kernels.h"
#include "carrel/mem.h"

#include "vectors_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 2048 /* patterns between looks at the cancel flag; 64 KiB */
#define STRETCH 32
#define SHORTLIST 1000   /* works whose rows are read at least */
#define SHORTLIST_TIES 4 /* times as many when they are all equally near */

struct candidate {
    int64_t id;
    uint16_t distance;
};

struct shortlist {
    size_t wanted, len, cap, below; /* below: works met at a distance under `limit` */
    unsigned limit;                 /* nothing farther is wanted */
    uint32_t *histogram;
    struct candidate *items;
};

static void shortlist_add(struct shortlist *list, int64_t id, unsigned distance)
{
    struct candidate candidate = { id, (uint16_t)distance };

    if (distance == list->limit && list->len > SHORTLIST_TIES * list->wanted + SHORTLIST)
        return; /* as good as those at hand, which are enough */
    list->histogram[distance]++;
    list->below += distance < list->limit;
    VEC_PUSH(list->items, list->len, list->cap, candidate);
    while (list->below >= list->wanted)
        list->below -= list->histogram[--list->limit];
}

/* Drops what the limit has left behind. */
static void shortlist_tidy(struct shortlist *list)
{
    size_t i, kept = 0;

    for (i = 0; i < list->len; i++)
        if (list->items[i].distance <= list->limit)
            list->items[kept++] = list->items[i];
    list->len = kept;
}

static bool allowed(const struct vector_filter *filter, int64_t id)
{
    return !filter || (id < filter->count && (filter->bits[id / 64] >> (id % 64) & 1));
}

static bool present(const uint64_t *pattern, size_t words)
{
    size_t i;

    for (i = 0; i < words; i++)
        if (pattern[i])
            return true;
    return false;
}

/* Is any work of these 64 allowed? Whole stretches of a narrow filter are passed over. */
static bool block_allowed(const struct vector_filter *filter, int64_t first, int64_t last)
{
    int64_t at;

    if (!filter)
        return true;
    for (at = first / 64; at <= last / 64 && at * 64 < filter->count; at++)
        if (filter->bits[at])
            return true;
    return false;
}

static void scan_block(struct shortlist *list, const struct signs *signs, const uint16_t *distances,
                       int64_t first, size_t count, const struct vector_filter *filter)
{
    size_t i, k, end;

    for (i = 0; i < count; i = end) {
        unsigned near = 0;

        /* Most stretches have nothing near, which is seen without a branch for each. */
        for (k = 0; i + STRETCH <= count && k < STRETCH; k++)
            near |= (unsigned)(distances[i + k] <= list->limit);
        end = i + STRETCH <= count ? i + STRETCH : count;
        for (k = i; (near || end == count) && k < end; k++) {
            int64_t id = first + (int64_t)k;

            if (distances[k] <= list->limit && allowed(filter, id)
                && present(signs->bits + (size_t)id * signs->words, signs->words))
                shortlist_add(list, id, distances[k]);
        }
    }
    if (list->len > 8 * list->wanted)
        shortlist_tidy(list);
}

static int scan(struct store *store, struct shortlist *list, const struct signs *signs,
                const uint64_t *query, const struct vector_filter *filter, struct error *err)
{
    const struct kernels *kernels = kernels_best();
    uint16_t distances[BLOCK];
    int64_t first;

    for (first = 0; first < signs->count; first += BLOCK) {
        size_t count = signs->count - first < BLOCK ? (size_t)(signs->count - first) : BLOCK;

        if (store_is_cancelled(store))
            return error_set(err, ERR_CANCELLED, "search was stopped");
        if (!block_allowed(filter, first, first + (int64_t)count - 1))
            continue;
        kernels->hamming(distances, signs->bits + (size_t)first * signs->words, count, query,
                         signs->words);
        scan_block(list, signs, distances, first, count, filter);
    }
    shortlist_tidy(list);
    return ERR_OK;
}

/* One view of the library for many rows: without it each row pays for a lock of its own. */
static int view_begin(struct store *store, bool *own, struct error *err)
{
    struct stmt *stmt;
    int result;

    *own = !store_in_transaction(store);
    if (!*own)
        return ERR_OK;
    result = stmt_prepare(&stmt, store, "BEGIN", err);
    return result == ERR_OK ? stmt_run(stmt, err) : result;
}

static void view_end(struct store *store, bool own)
{
    if (own && store_in_transaction(store))
        store_rollback(store); /* nothing was written */
}

static int hit_compare(const void *a, const void *b)
{
    const struct vector_hit *x = a, *y = b;

    if (x->score != y->score)
        return x->score < y->score ? 1 : -1;
    return (x->id < y->id) - (x->id > y->id);
}

static int rank(struct store *store, const struct vectors_model *model, const float *query,
                const struct shortlist *list, int64_t without, struct vector_hit *hits, size_t k,
                size_t *count, struct error *err)
{
    struct vector_hit *all = mem_alloc((list->len + 1) * sizeof *all);
    int8_t vector[VECTORS_DIM_MAX];
    size_t len = 0, i;
    bool own;
    int result = view_begin(store, &own, err);

    for (i = 0; i < list->len && result == ERR_OK; i++) {
        if (list->items[i].id == without)
            continue;
        result =
            vectors_row(store, model->slot, list->items[i].id, (size_t)model->dim, vector, err);
        if (result == ERR_OK)
            all[len++] = (struct vector_hit){ list->items[i].id,
                                              embed_score(query, vector, (size_t)model->dim) };
        else if (result == ERR_NOTFOUND) /* gone, or not here yet in what we see */
            result = ERR_OK;
    }
    view_end(store, own);
    if (result == ERR_OK) {
        if (len > 1)
            qsort(all, len, sizeof *all, hit_compare);
        *count = len < k ? len : k;
        memcpy(hits, all, *count * sizeof *all);
    }
    free(all);
    return result;
}

/* Also for `nearest`: `without` is left out. */
static int search(struct store *store, const struct vectors_model *model, const float *query,
                  size_t k, const struct vector_filter *filter, int64_t without,
                  struct vector_hit *hits, size_t *count, struct error *err)
{
    size_t dim = (size_t)model->dim;
    uint64_t bits[VECTORS_DIM_MAX / 64];
    int8_t small[VECTORS_DIM_MAX];
    uint32_t histogram[VECTORS_DIM_MAX + 2] = { 0 };
    struct shortlist list = { .wanted = 2 * k > SHORTLIST ? 2 * k : SHORTLIST,
                              .limit = (unsigned)dim + 1,
                              .histogram = histogram };
    const struct signs *signs;
    int result = signs_get(&signs, store, model, err);

    embed_quantise(small, query, dim);
    embed_signs(bits, small, dim);
    if (result == ERR_OK)
        result = scan(store, &list, signs, bits, filter, err);
    if (result == ERR_OK)
        result = rank(store, model, query, &list, without, hits, k, count, err);
    free(list.items);
    return result;
}

static int serving_model(struct store *store, struct vectors_model *serving, size_t dim,
                         struct error *err)
{
    struct vectors_model next;
    int result = vectors_models(store, serving, &next, err);

    if (result == ERR_OK && serving->slot < 0)
        return error_set(err, ERR_NOTFOUND, "the library has no vectors");
    if (result == ERR_OK && dim != 0 && dim != (size_t)serving->dim)
        return error_set(err, ERR_USAGE, "a vector of %zu numbers cannot be compared with %s (%d)",
                         dim, serving->name, serving->dim);
    return result;
}

int vectors_search(struct store *store, const float *query, size_t dim, size_t k,
                   const struct vector_filter *filter, struct vector_hit *hits, size_t *count,
                   struct error *err)
{
    struct vectors_model serving;
    float *unit = mem_dup(query, dim * sizeof *query);
    int result = serving_model(store, &serving, dim, err);

    *count = 0;
    if (result == ERR_OK && embed_normalise(unit, dim) && k > 0)
        result = search(store, &serving, unit, k, filter, -1, hits, count, err);
    free(unit);
    return result;
}

int vectors_nearest(struct store *store, int64_t work, size_t k, const struct vector_filter *filter,
                    struct vector_hit *hits, size_t *count, struct error *err)
{
    struct vectors_model serving;
    int8_t vector[VECTORS_DIM_MAX];
    float query[VECTORS_DIM_MAX];
    size_t i;
    int result = serving_model(store, &serving, 0, err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    result = vectors_row(store, serving.slot, work, (size_t)serving.dim, vector, err);
    if (result == ERR_NOTFOUND)
        return error_set(err, ERR_NOTFOUND, "that paper has no vector yet");
    if (result != ERR_OK)
        return result;
    for (i = 0; i < (size_t)serving.dim; i++)
        query[i] = vector[i];
    if (embed_normalise(query, (size_t)serving.dim) && k > 0)
        result = search(store, &serving, query, k, filter, work, hits, count, err);
    return result;
}

int vectors_score(struct store *store, const float *query, size_t dim, const int64_t *ids,
                  size_t count, float *scores, struct error *err)
{
    struct vectors_model serving;
    float *unit = mem_dup(query, dim * sizeof *query);
    int8_t vector[VECTORS_DIM_MAX];
    size_t i;
    bool own = false;
    int result = serving_model(store, &serving, dim, err);

    embed_normalise(unit, dim);
    if (result == ERR_OK)
        result = view_begin(store, &own, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        result = vectors_row(store, serving.slot, ids[i], dim, vector, err);
        scores[i] = result == ERR_OK ? embed_score(unit, vector, dim) : NAN;
        if (result == ERR_NOTFOUND)
            result = ERR_OK;
    }
    view_end(store, own);
    free(unit);
    return result;
}

int vectors_refresh(struct store *store, struct error *err)
{
    struct vectors_model serving, next;
    const struct signs *signs;
    int result = vectors_models(store, &serving, &next, err);

    if (result != ERR_OK || serving.slot < 0)
        return result;
    return signs_get(&signs, store, &serving, err);
}
