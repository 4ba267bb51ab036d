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
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 2048 /* patterns between looks at the cancel flag; 64 KiB */
#define STRETCH 32
#define SHORTLIST 1000     /* works whose rows are read at least */
#define THREAD_WORKS 20000 /* fewer are scanned sooner than a thread is there */
#define SHORTLIST_TIES 4   /* times as many when they are all equally near */

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

static int scan_signs(struct store *store, struct shortlist *list, const struct signs *signs,
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

/* ---- a scan ---- */

struct vectors_scan {
    struct store *store;
    struct vectors_model model;
    float query[VECTORS_DIM_MAX]; /* unit length */
    uint64_t bits[VECTORS_DIM_MAX / 64];
    size_t k;
    const struct vector_filter *filter;
    int64_t without; /* this work is left out; -1: none */
    const struct signs *signs;
    uint32_t histogram[VECTORS_DIM_MAX + 2];
    struct shortlist list;
    struct vector_hit *all; /* the list by rows, when `ranked` */
    size_t len;
    bool ranked, nothing, threaded;
    int result;
    struct error err;
    pthread_t thread;
};

static void scan_take(struct vectors_scan *scan, int64_t id, const int8_t *row)
{
    scan->all[scan->len++] =
        (struct vector_hit){ id, embed_score(scan->query, row, (size_t)scan->model.dim) };
}

/* By the file; false when it cannot be read to the end. */
static bool rank_by_file(struct vectors_scan *scan)
{
    size_t dim = (size_t)scan->model.dim, i;
    int8_t row[VECTORS_DIM_MAX];

    for (i = 0; i < scan->list.len; i++) {
        int64_t id = scan->list.items[i].id;
        int found = id == scan->without ? ERR_NOTFOUND : rows_read(scan->signs->rows, id, dim, row);

        if (found == ERR_OK)
            scan_take(scan, id, row);
        else if (found != ERR_NOTFOUND)
            return false;
    }
    return true;
}

static int rank_by_table(struct vectors_scan *scan, struct error *err)
{
    size_t dim = (size_t)scan->model.dim, i;
    int8_t row[VECTORS_DIM_MAX];
    bool own;
    int result = view_begin(scan->store, &own, err);

    scan->len = 0;
    for (i = 0; i < scan->list.len && result == ERR_OK; i++) {
        int64_t id = scan->list.items[i].id;

        if (id == scan->without)
            continue;
        result = vectors_row(scan->store, scan->model.slot, id, dim, row, err);
        if (result == ERR_OK)
            scan_take(scan, id, row);
        else if (result == ERR_NOTFOUND) /* gone, or not here yet in what we see */
            result = ERR_OK;
    }
    view_end(scan->store, own);
    return result;
}

/* What needs no database. */
static void scan_work(struct vectors_scan *scan)
{
    scan->result =
        scan_signs(scan->store, &scan->list, scan->signs, scan->bits, scan->filter, &scan->err);
    if (scan->result != ERR_OK)
        return;
    scan->all = mem_alloc((scan->list.len + 1) * sizeof *scan->all);
    scan->ranked = scan->signs->rows > 0 && rank_by_file(scan);
}

static void *scan_thread(void *ctx)
{
    scan_work(ctx);
    return NULL;
}

/* Signals are for the thread that asked. */
static void scan_start(struct vectors_scan *scan)
{
    sigset_t all, before;

    if (scan->signs->rows <= 0 || scan->signs->count < THREAD_WORKS)
        return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    scan->threaded = pthread_create(&scan->thread, NULL, scan_thread, scan) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* `query` is of unit length. Also for `nearest`: `without` is left out. */
static int scan_open(struct vectors_scan **out, struct store *store,
                     const struct vectors_model *model, const float *query, size_t k,
                     const struct vector_filter *filter, int64_t without, struct error *err)
{
    struct vectors_scan *scan = mem_zalloc(sizeof *scan);
    size_t dim = (size_t)model->dim;
    int8_t small[VECTORS_DIM_MAX];

    *out = scan;
    scan->store = store;
    scan->model = *model;
    scan->k = k;
    scan->filter = filter;
    scan->without = without;
    memcpy(scan->query, query, dim * sizeof *query);
    embed_quantise(small, query, dim);
    embed_signs(scan->bits, small, dim);
    scan->list = (struct shortlist){ .wanted = 2 * k > SHORTLIST ? 2 * k : SHORTLIST,
                                     .limit = (unsigned)dim + 1,
                                     .histogram = scan->histogram };
    return signs_get(&scan->signs, store, model, err);
}

static void scan_free(struct vectors_scan *scan)
{
    free(scan->list.items);
    free(scan->all);
    free(scan);
}

/* Ranks what the file did not, and gives the best. */
static int scan_close(struct vectors_scan *scan, struct vector_hit *hits, size_t *count,
                      struct error *err)
{
    int result = scan->result;

    if (result != ERR_OK)
        error_set(err, result, "%s", scan->err.message);
    else if (!scan->ranked)
        result = rank_by_table(scan, err);
    if (result == ERR_OK) {
        if (scan->len > 1)
            qsort(scan->all, scan->len, sizeof *scan->all, hit_compare);
        *count = scan->len < scan->k ? scan->len : scan->k;
        memcpy(hits, scan->all, *count * sizeof *scan->all);
    }
    scan_free(scan);
    return result;
}

/* All of it on this thread. */
static int scan_now(struct store *store, const struct vectors_model *model, const float *query,
                    size_t k, const struct vector_filter *filter, int64_t without,
                    struct vector_hit *hits, size_t *count, struct error *err)
{
    struct vectors_scan *scan;
    int result = scan_open(&scan, store, model, query, k, filter, without, err);

    if (result != ERR_OK) {
        scan_free(scan);
        return result;
    }
    scan_work(scan);
    return scan_close(scan, hits, count, err);
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

int vectors_begin(struct vectors_scan **out, struct store *store, const float *query, size_t dim,
                  size_t k, const struct vector_filter *filter, struct error *err)
{
    struct vectors_model serving;
    float *unit = mem_dup(query, dim * sizeof *query);
    int result = serving_model(store, &serving, dim, err);

    *out = NULL;
    if (result == ERR_OK && (!embed_normalise(unit, dim) || k == 0)) {
        *out = mem_zalloc(sizeof **out);
        (*out)->nothing = true;
    } else if (result == ERR_OK) {
        result = scan_open(out, store, &serving, unit, k, filter, -1, err);
    }
    free(unit);
    if (result == ERR_OK && !(*out)->nothing)
        scan_start(*out);
    if (result != ERR_OK && *out) {
        scan_free(*out);
        *out = NULL;
    }
    return result;
}

int vectors_finish(struct vectors_scan *scan, struct vector_hit *hits, size_t *count,
                   struct error *err)
{
    *count = 0;
    if (scan->threaded)
        pthread_join(scan->thread, NULL);
    if (scan->nothing || !hits) {
        scan_free(scan);
        return ERR_OK;
    }
    if (!scan->threaded)
        scan_work(scan);
    return scan_close(scan, hits, count, err);
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
        result = scan_now(store, &serving, unit, k, filter, -1, hits, count, err);
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
        result = scan_now(store, &serving, query, k, filter, work, hits, count, err);
    return result;
}

/* The file of rows for a few works, when it is up to date. */
static int rows_at_hand(struct store *store, const struct vectors_model *model, int *fd,
                        struct error *err)
{
    const struct signs *signs;
    int result = ERR_OK;

    *fd = 0;
    if (store_in_transaction(store))
        return ERR_OK;
    result = signs_get(&signs, store, model, err);
    *fd = result == ERR_OK ? signs->rows : 0;
    return result;
}

int vectors_rows(struct store *store, size_t dim, const int64_t *ids, size_t count, int8_t *out,
                 bool *have, struct error *err)
{
    struct vectors_model serving;
    size_t i;
    bool own = false;
    int fd = 0, result = serving_model(store, &serving, dim, err);

    if (result == ERR_OK)
        result = rows_at_hand(store, &serving, &fd, err);
    if (result == ERR_OK && fd <= 0)
        result = view_begin(store, &own, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        int8_t *row = out + i * dim;
        int found = fd > 0 ? rows_read(fd, ids[i], dim, row) : ERR_IO;

        if (found == ERR_IO)
            found = vectors_row(store, serving.slot, ids[i], dim, row, err);
        have[i] = found == ERR_OK;
        result = found == ERR_NOTFOUND ? ERR_OK : found;
    }
    view_end(store, own);
    return result;
}

int vectors_score(struct store *store, const float *query, size_t dim, const int64_t *ids,
                  size_t count, float *scores, struct error *err)
{
    float *unit = mem_dup(query, dim * sizeof *query);
    int8_t *rows = mem_alloc((count + 1) * dim);
    bool *have = mem_alloc((count + 1) * sizeof *have);
    size_t i;
    int result = vectors_rows(store, dim, ids, count, rows, have, err);

    embed_normalise(unit, dim);
    for (i = 0; i < count && result == ERR_OK; i++)
        scores[i] = have[i] ? embed_score(unit, rows + i * dim, dim) : NAN;
    free(have);
    free(rows);
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
