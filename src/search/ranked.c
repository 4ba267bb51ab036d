/*
 * The best of what a plan matches, by score: the lexical arm of search.
 */
#include "retrieve.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PENDING_ONE_BY_ONE 64

/* Is a worse than b? Equal scores: the newer paper (higher id) is better. */
static bool worse(const struct candidate *a, const struct candidate *b)
{
    return a->score != b->score ? a->score < b->score : a->id < b->id;
}

static void heap_down(struct candidate *heap, size_t len, size_t at)
{
    for (;;) {
        size_t kid = 2 * at + 1;
        struct candidate swap;

        if (kid >= len)
            return;
        if (kid + 1 < len && worse(&heap[kid + 1], &heap[kid]))
            kid++;
        if (!worse(&heap[kid], &heap[at]))
            return;
        swap = heap[at];
        heap[at] = heap[kid];
        heap[kid] = swap;
        at = kid;
    }
}

void top_init(struct top *top, size_t cap)
{
    top->items = mem_alloc((cap + 1) * sizeof *top->items);
    top->len = 0;
    top->cap = cap;
}

void top_free(struct top *top)
{
    free(top->items);
}

bool top_offer(struct top *top, int64_t id, double score)
{
    struct candidate item = { id, score }, *heap = top->items;
    size_t at;

    if (top->len == top->cap) {
        if (top->cap == 0 || worse(&item, &heap[0]))
            return false;
        heap[0] = item;
        heap_down(heap, top->len, 0);
        return true;
    }
    heap[top->len++] = item;
    for (at = top->len - 1; at > 0 && worse(&heap[at], &heap[(at - 1) / 2]); at = (at - 1) / 2) {
        struct candidate swap = heap[at];

        heap[at] = heap[(at - 1) / 2];
        heap[(at - 1) / 2] = swap;
    }
    return true;
}

static int candidate_compare(const void *a, const void *b)
{
    return worse(a, b) ? 1 : worse(b, a) ? -1 : 0;
}

void top_sort(struct top *top)
{
    if (top->len > 1)
        qsort(top->items, top->len, sizeof *top->items, candidate_compare);
}

/* Every match, ranked by the function on FTS5's own index; `rows` narrows them, NULL: all. */
static int scan_rows(struct plan *plan, const char *rows, struct top *top, int64_t *total,
                     struct error *err)
{
    struct rank_context context = { .plan = plan };
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    int result, step;

    str_add(&sql, "SELECT f.rowid, carrel_rank(f.fts, ?2) FROM fts f");
    if (plan->where.len > 0)
        str_add(&sql, " CROSS JOIN work w ON w.id = f.rowid");
    str_add(&sql, " WHERE f.fts MATCH ?1");
    if (rows)
        str_printf(&sql, " AND %s", rows);
    if (plan->where.len > 0)
        str_printf(&sql, " AND (%s)", plan->where.ptr);
    result = stmt_prepare_once(&stmt, plan->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, plan->match.ptr);
    stmt_bind_pointer(stmt, 2, &context, "carrel-rank");
    plan_bind(stmt, plan, 3);
    while ((step = stmt_step(stmt, err)) == 1) {
        (*total)++;
        top_offer(top, stmt_int(stmt, 0), stmt_double(stmt, 1));
    }
    stmt_free(stmt);
    return step;
}

/* Few are looked up one by one; many would be that many walks through the words' lists. */
void rows_pending(char *out, size_t size, const char *column, const struct segment_set *set)
{
    snprintf(out, size, "%s <= %" PRId64 " AND %s%s IN (SELECT work_id FROM segment_pending)",
             column, set->to, set->pending_count > PENDING_ONE_BY_ONE ? "+" : "", column);
}

/* What the segments do not cover: newer works, and those that have changed since. */
static int scan_rest(struct plan *plan, const struct segment_set *set, struct top *top,
                     int64_t *total, struct error *err)
{
    char rows[140];
    int64_t newest = 0;
    int result = store_query_int(plan->store, "SELECT ifnull(max(id), 0) FROM work", &newest, err);

    snprintf(rows, sizeof rows, "f.rowid > %" PRId64, set->to);
    if (result == ERR_OK && newest > set->to)
        result = scan_rows(plan, rows, top, total, err);
    if (result != ERR_OK || set->pending_count == 0)
        return result;
    rows_pending(rows, sizeof rows, "f.rowid", set);
    return scan_rows(plan, rows, top, total, err);
}

/* A walk that did not look at everything knows this much: each work of the most frequent word of
 * which any may be there is a match. */
static int64_t least_total(const struct plan *plan, enum shape shape, int64_t total)
{
    size_t i;

    if (shape != SHAPE_ANY || plan->where.len > 0)
        return total;
    for (i = 0; i < plan->group_count; i++)
        if (plan->groups[i].stem_count == 1 && plan->groups[i].columns == COLUMN_ANY
            && plan->groups[i].df > total)
            total = plan->groups[i].df;
    return total;
}

/* One word without a filter: its document frequency is kept. */
static bool total_is_known(const struct plan *plan, int64_t *total)
{
    if (plan->group_count != 1 || plan->where.len > 0 || plan->groups[0].stem_count != 1
        || plan->groups[0].columns != COLUMN_ANY)
        return false;
    *total = plan->groups[0].df;
    return true;
}

/* ERR_NOTFOUND: there are no segments, or not of use here. */
static int scan_segments(struct candidates *out, struct plan *plan, enum shape shape,
                         struct top *top, struct error *err)
{
    const struct segment_set *set;
    struct error why = { 0 };
    int result = segments_get(&set, plan->store, &why);

    if (result == ERR_OK)
        result = retrieve_segments(plan, shape, set, top, &out->total, &out->total_is_exact, &why);
    if (result == ERR_OK)
        result = scan_rest(plan, set, top, &out->total, &why);
    segments_relax(plan->store);
    if (result != ERR_OK)
        return error_set(err, result, "%s", why.message);
    if (!out->total_is_exact && total_is_known(plan, &out->total))
        out->total_is_exact = true;
    else if (!out->total_is_exact)
        out->total = least_total(plan, shape, out->total);
    return ERR_OK;
}

/* In one view of the library: the list of segments and FTS5 must speak of the same. */
static int scan(struct candidates *out, struct plan *plan, enum shape shape, size_t cap,
                struct error *err)
{
    bool own = !store_in_transaction(plan->store);
    struct top top;
    int result = own ? store_begin_read(plan->store, err) : ERR_OK;

    if (result != ERR_OK)
        return result;
    out->total = 0;
    out->total_is_exact = true;
    top_init(&top, cap);
    result = shape == SHAPE_OTHER ? ERR_NOTFOUND : scan_segments(out, plan, shape, &top, err);
    if (result == ERR_NOTFOUND) {
        top.len = 0;
        out->total = 0;
        out->total_is_exact = true;
        result = scan_rows(plan, NULL, &top, &out->total, err);
    }
    if (own)
        store_rollback(plan->store);
    top_sort(&top);
    out->len = top.len;
    out->items = arena_alloc(plan->arena, (top.len + 1) * sizeof *out->items);
    if (top.len > 0)
        memcpy(out->items, top.items, top.len * sizeof *out->items);
    top_free(&top);
    return result;
}

int lexical_candidates(struct candidates *out, struct plan *plan, const struct node *root,
                       size_t top, int64_t relax_below, struct error *err)
{
    struct plan relaxed;
    int result;

    memset(out, 0, sizeof *out);
    out->total_is_exact = true;
    if (plan->match.len == 0)
        return ERR_OK;
    result = scan(out, plan, retrieve_shape(plan), top, err);
    if (result != ERR_OK || out->total >= relax_below || !plan_can_relax(root))
        return result;
    plan_init(&relaxed, plan->store, plan->arena, plan->lengths);
    relaxed.typing = plan->typing;
    relaxed.stage_ms = plan->stage_ms;
    plan_free(plan);
    *plan = relaxed;
    out->relaxed = true;
    result = plan_relax(plan, root, err);
    if (result == ERR_OK && plan->match.len > 0)
        result = scan(out, plan, retrieve_shape(plan), top, err);
    return result;
}
