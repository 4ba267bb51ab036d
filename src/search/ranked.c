/*
 * The best of what a plan matches, by score: the lexical arm of search.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

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

/* Every match, ranked by the function on FTS5's own index. */
static int scan_rows(struct plan *plan, struct top *top, int64_t *total, struct error *err)
{
    struct rank_context context = { .plan = plan, .lengths = plan->lengths };
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    int result, step;

    str_add(&sql, "SELECT f.rowid, carrel_rank(f.fts, ?2) FROM fts f");
    if (plan->where.len > 0)
        str_add(&sql, " CROSS JOIN work w ON w.id = f.rowid");
    str_add(&sql, " WHERE f.fts MATCH ?1");
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

static int scan(struct candidates *out, struct plan *plan, size_t cap, struct error *err)
{
    struct top top;
    int result;

    out->total = 0;
    out->total_is_exact = true;
    top_init(&top, cap);
    result = scan_rows(plan, &top, &out->total, err);
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
    result = scan(out, plan, top, err);
    if (result != ERR_OK || out->total >= relax_below || !plan_can_relax(root))
        return result;
    plan_init(&relaxed, plan->store, plan->arena, plan->lengths);
    relaxed.typing = plan->typing;
    plan_free(plan);
    *plan = relaxed;
    out->relaxed = true;
    result = plan_relax(plan, root, err);
    if (result == ERR_OK && plan->match.len > 0)
        result = scan(out, plan, top, err);
    return result;
}
