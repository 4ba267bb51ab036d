/*
 * The semantic arm: the works nearest to the query's vector, among those where the rest of the
 * query holds.
 *
 * A condition is asked of the nearest thousand first: those of them where it holds are the head of
 * the list that a scan under the condition would give, so when they are enough nothing is lost.
 * When they are too few the condition is narrow, its works are listed once as a bitmap, and the
 * vectors are scanned under it.
 */
#include "hybrid.h"

#include "carrel/vectors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static int condition(struct plan *out, struct plan *plan, const struct idea *idea,
                     struct error *err)
{
    plan_init(out, plan->store, plan->arena, plan->lengths);
    return idea->hard ? plan_condition(out, idea->hard, err) : ERR_OK;
}

/* Keeps those hits where the condition holds, in their order. */
static int keep_allowed(struct plan *where, struct vector_hit *hits, size_t *count,
                        struct error *err)
{
    struct str sql = STR_INIT, ids = STR_INIT;
    struct stmt *stmt = NULL;
    uint64_t *allowed = NULL;
    int64_t most = 0;
    size_t i, kept = 0;
    int result, step;

    for (i = 0; i < *count; i++) {
        str_printf(&ids, "%c%" PRId64, i ? ',' : '[', hits[i].id);
        most = hits[i].id > most ? hits[i].id : most;
    }
    str_add(&ids, *count ? "]" : "[]");
    str_printf(&sql,
               "SELECT w.id FROM work w WHERE w.id IN (SELECT value FROM json_each(?1)) AND (%s)",
               where->where.ptr);
    result = stmt_prepare_once(&stmt, where->store, sql.ptr, err);
    if (result == ERR_OK) {
        allowed = mem_zalloc((size_t)(most / 64 + 1) * sizeof *allowed);
        stmt_bind_text(stmt, 1, ids.ptr);
        plan_bind(stmt, where, 2);
        while ((step = stmt_step(stmt, err)) == 1) {
            int64_t id = stmt_int(stmt, 0);

            allowed[id / 64] |= 1ull << (id % 64);
        }
        result = step;
    }
    for (i = 0; i < *count && result == ERR_OK; i++)
        if (allowed[hits[i].id / 64] >> (hits[i].id % 64) & 1)
            hits[kept++] = hits[i];
    *count = kept;
    stmt_free(stmt);
    free(allowed);
    str_free(&sql);
    str_free(&ids);
    return result;
}

/* All works where the condition holds, as a bitmap. */
static int list_allowed(struct plan *where, struct vector_filter *filter, struct error *err)
{
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    uint64_t *bits = NULL;
    int64_t most = 0;
    int result = store_query_int(where->store, "SELECT max(id) FROM work", &most, err), step;

    if (result != ERR_OK)
        return result;
    bits = mem_zalloc((size_t)(most / 64 + 1) * sizeof *bits);
    filter->bits = bits;
    filter->count = most + 1;
    str_printf(&sql, "SELECT w.id FROM work w WHERE %s", where->where.ptr);
    result = stmt_prepare_once(&stmt, where->store, sql.ptr, err);
    if (result == ERR_OK) {
        plan_bind(stmt, where, 1);
        while ((step = stmt_step(stmt, err)) == 1) {
            int64_t id = stmt_int(stmt, 0);

            if (id <= most)
                bits[id / 64] |= 1ull << (id % 64);
        }
        result = step;
    }
    stmt_free(stmt);
    str_free(&sql);
    return result;
}

/* The papers that were named are no answer. */
static void drop_near(const struct idea *idea, struct vector_hit *hits, size_t *count)
{
    size_t i, k, kept = 0;

    for (i = 0; i < *count; i++) {
        for (k = 0; k < idea->near_count && idea->near[k] != hits[i].id; k++)
            ;
        if (k == idea->near_count)
            hits[kept++] = hits[i];
    }
    *count = kept;
}

int semantic_candidates(struct candidates *out, struct plan *plan, const struct idea *idea,
                        size_t k, size_t wanted, struct vectors_scan *begun, struct error *err)
{
    struct vector_hit *hits = mem_alloc((k + 1) * sizeof *hits);
    struct vector_filter filter = { 0 };
    struct plan where;
    size_t count = 0, i;
    bool all;
    int result = condition(&where, plan, idea, err);

    memset(out, 0, sizeof *out);
    if (result == ERR_OK && !begun)
        result = vectors_begin(&begun, plan->store, idea->vector, idea->dim, k, NULL, err);
    if (result == ERR_OK)
        result = vectors_finish(begun, hits, &count, err);
    else if (begun)
        vectors_finish(begun, NULL, &count, NULL);
    all = count < k;
    if (result == ERR_OK && where.where.len > 0) {
        result = keep_allowed(&where, hits, &count, err);
        if (result == ERR_OK && count < wanted && !all) {
            result = list_allowed(&where, &filter, err);
            if (result == ERR_OK)
                result = vectors_search(plan->store, idea->vector, idea->dim, k, &filter, hits,
                                        &count, err);
        }
    }
    drop_near(idea, hits, &count);
    out->items = arena_alloc(plan->arena, (count + 1) * sizeof *out->items);
    for (i = 0; i < count && result == ERR_OK; i++) {
        out->items[i].id = hits[i].id;
        out->items[i].score = (double)hits[i].score;
    }
    out->len = result == ERR_OK ? count : 0;
    out->total = (int64_t)out->len;
    out->total_is_exact = all;
    free((void *)(uintptr_t)filter.bits);
    free(hits);
    plan_free(&where);
    return result;
}
