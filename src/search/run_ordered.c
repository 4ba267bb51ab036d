/*
 * Lists in an order that no score gives: by date or arrival, as read, as given.
 */
#include "run.h"

#include "carrel/reading.h"
#include "carrel/shelves.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_DEEPEST 1000 /* works that were read, at most */
#define ORDERED_FAR 1000  /* from here it is asked which end is nearer */

/* The condition of the whole query over work w; words as a subquery. */
void ordered_where(struct run *run, struct str *sql)
{
    struct plan *plan = &run->plan;
    bool first = true;

    if (plan->match.len > 0) {
        str_add(sql, " WHERE w.id IN (SELECT rowid FROM fts WHERE fts MATCH ?1)");
        first = false;
    }
    if (plan->where.len > 0)
        str_printf(sql, "%s(%s)", first ? " WHERE " : " AND ", plan->where.ptr);
}

/* Numbered parameters and "?" do not mix: with words, ?1 is taken and the rest follow. */
int ordered_bind(struct stmt *stmt, const struct plan *plan)
{
    int next = 1;

    if (plan->match.len > 0)
        stmt_bind_text(stmt, next++, plan->match.ptr);
    plan_bind(stmt, plan, next);
    return next + (int)plan->value_count;
}

int ordered_total(struct run *run, struct error *err)
{
    struct str sql = STR_INIT;
    struct stmt *stmt;
    int result;

    if (run->plan.match.len == 0 && run->plan.where.len == 0)
        return works_count(run->store, &run->result->total, err);
    str_add(&sql, "SELECT count(*) FROM work w");
    ordered_where(run, &sql);
    result = stmt_prepare_once(&stmt, run->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    ordered_bind(stmt, &run->plan);
    result = stmt_step(stmt, err);
    if (result == 1)
        run->result->total = stmt_int(stmt, 0);
    stmt_free(stmt);
    return result < 0 ? result : ERR_OK;
}

/* How many come before the work that the page should hold: the page begins half a page earlier. */
static int ordered_place(struct run *run, const char *column, struct error *err)
{
    struct str sql = STR_INIT;
    struct stmt *stmt;
    int result;

    str_add(&sql, "SELECT count(*), EXISTS(SELECT 1 FROM work WHERE id = ");
    str_printf(&sql, "%" PRId64 ") FROM work w", run->options->around);
    ordered_where(run, &sql);
    str_printf(&sql, "%s(w.%s, w.id) > (SELECT a.%s, a.id FROM work a WHERE a.id = %" PRId64 ")",
               run->plan.match.len || run->plan.where.len ? " AND " : " WHERE ", column, column,
               run->options->around);
    result = stmt_prepare_once(&stmt, run->store, sql.ptr, err);
    str_free(&sql);
    if (result != ERR_OK)
        return result;
    ordered_bind(stmt, &run->plan);
    result = stmt_step(stmt, err);
    if (result == 1 && stmt_int(stmt, 1)) {
        run->result->place = stmt_int(stmt, 0);
        run->offset = (size_t)run->result->place;
        run->offset -= run->offset < run->limit / 2 ? run->offset : run->limit / 2;
    }
    stmt_free(stmt);
    return result < 0 ? result : ERR_OK;
}

/* One page as SQL. From the end when that is nearer: the database steps over what is left out. */
static int ordered_prepare(struct stmt **stmt, struct run *run, const char *column, bool backwards,
                           size_t skip, size_t count, int64_t key, int64_t id, struct error *err)
{
    const char *way = backwards ? "" : " DESC";
    struct str sql = STR_INIT;
    int code, next;

    str_printf(&sql, "SELECT w.id, w.%s FROM work w", column);
    ordered_where(run, &sql);
    if (run->after)
        str_printf(&sql, "%s(w.%s, w.id) < (?, ?)",
                   run->plan.match.len || run->plan.where.len ? " AND " : " WHERE ", column);
    str_printf(&sql, " ORDER BY w.%s%s, w.id%s LIMIT ? OFFSET ?", column, way, way);
    code = stmt_prepare_once(stmt, run->store, sql.ptr, err);
    str_free(&sql);
    if (code != ERR_OK)
        return code;
    next = ordered_bind(*stmt, &run->plan);
    if (run->after) {
        stmt_bind_int(*stmt, next++, key);
        stmt_bind_int(*stmt, next++, id);
    }
    stmt_bind_int(*stmt, next++, (int64_t)count);
    stmt_bind_int(*stmt, next, (int64_t)skip);
    return ERR_OK;
}

/* A page far down, read from the end and turned round. */
static int ordered_backwards(struct run *run, const char *column, struct error *err)
{
    struct search_result *result = run->result;
    size_t left = (size_t)result->total - run->offset, i;
    size_t count = left < run->limit ? left : run->limit;
    int64_t last_key = 0;
    struct stmt *stmt;
    int step;
    int code = ordered_prepare(&stmt, run, column, true, left - count, count, 0, 0, err);

    if (code != ERR_OK)
        return code;
    result->hits = arena_alloc(result->arena, run->limit * sizeof *result->hits);
    while ((step = stmt_step(stmt, err)) == 1) {
        if (result->len == 0)
            last_key = stmt_int(stmt, 1);
        result->hits[result->len++].row.id = stmt_int(stmt, 0);
    }
    stmt_free(stmt);
    for (i = 0; i < result->len / 2; i++) {
        struct search_hit swap = result->hits[i];

        result->hits[i] = result->hits[result->len - 1 - i];
        result->hits[result->len - 1 - i] = swap;
    }
    if (left > count && result->len > 0)
        result->next = arena_printf(result->arena, "%c%" PRId64 ".%" PRId64, column[0], last_key,
                                    result->hits[result->len - 1].row.id);
    return step;
}

static int ordered_forwards(struct run *run, const char *column, struct error *err)
{
    struct search_result *result = run->result;
    int64_t key = 0, id = 0;
    char kind = 0;
    int size = 0;
    struct stmt *stmt;
    int step, code;

    if (run->after
        && (sscanf(run->after, "%c%" SCNd64 ".%" SCNd64 "%n", &kind, &key, &id, &size) != 3
            || kind != column[0] || run->after[size] != '\0'))
        return error_set(err, ERR_USAGE, "the cursor '%s' is not one of this search", run->after);
    code = ordered_prepare(&stmt, run, column, false, run->after ? 0 : run->offset, run->limit + 1,
                           key, id, err);
    if (code != ERR_OK)
        return code;
    result->hits = arena_alloc(result->arena, run->limit * sizeof *result->hits);
    while ((step = stmt_step(stmt, err)) == 1) {
        if (result->len == run->limit) { /* one more: there is a next page */
            result->next =
                arena_printf(result->arena, "%c%" PRId64 ".%" PRId64, column[0], key, id);
            step = 0;
            break;
        }
        id = stmt_int(stmt, 0);
        key = stmt_int(stmt, 1);
        result->hits[result->len++].row.id = id;
    }
    stmt_free(stmt);
    return step;
}

static int ordered_page(struct run *run, const char *column, struct error *err)
{
    return !run->after && run->offset > ORDERED_FAR && (int64_t)run->offset < run->result->total
                   && run->offset > (size_t)run->result->total / 2
               ? ordered_backwards(run, column, err)
               : ordered_forwards(run, column, err);
}

int ordered_run(struct run *run, const char *column, struct error *err)
{
    bool counted = !(run->options->keys && run->after);
    int code = counted ? ordered_total(run, err) : ERR_OK;

    if (code == ERR_OK && run->options->around && !run->after)
        code = ordered_place(run, column, err);
    if (code != ERR_OK)
        return code;
    run->result->offset = run->offset;
    return ordered_page(run, column, err);
}

/* ---- in an order that is given ---- */

static int id_compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Which works of the order the query finds, ascending; malloc'd. */
static int given_found(struct run *run, int64_t **found, size_t *count, struct error *err)
{
    struct str sql = STR_INIT, ids = STR_INIT;
    size_t cap = 0, i;
    struct stmt *stmt;
    int step = 0, code;

    for (i = 0; i < run->order_count; i++)
        str_printf(&ids, "%c%" PRId64, i ? ',' : '[', run->order[i]);
    str_add(&ids, ids.len ? "]" : "[]");
    str_add(&sql, "SELECT w.id FROM work w");
    ordered_where(run, &sql);
    str_printf(&sql, "%s w.id IN (SELECT value FROM json_each(?))",
               run->plan.match.len || run->plan.where.len ? " AND" : " WHERE");
    code = stmt_prepare_once(&stmt, run->store, sql.ptr, err);
    if (code == ERR_OK) {
        stmt_bind_text(stmt, ordered_bind(stmt, &run->plan), ids.ptr);
        while ((step = stmt_step(stmt, err)) == 1)
            VEC_PUSH(*found, *count, cap, stmt_int(stmt, 0));
        stmt_free(stmt);
    }
    str_free(&ids);
    str_free(&sql);
    if (*count > 1)
        qsort(*found, *count, sizeof **found, id_compare);
    return code == ERR_OK ? step : code;
}

int given_run(struct run *run, struct error *err)
{
    struct search_result *result = run->result;
    int64_t *found = NULL;
    size_t count = 0, place = 0, i;
    int code = run_take_cursor(run, 'g', err);

    if (code == ERR_OK)
        code = given_found(run, &found, &count, err);
    if (code == ERR_OK) {
        result->total = (int64_t)count;
        result->offset = run->offset;
        result->hits = arena_alloc(result->arena, run->limit * sizeof *result->hits);
    }
    for (i = 0; count > 0 && i < run->order_count && result->len < run->limit; i++)
        if (bsearch(&run->order[i], found, count, sizeof *found, id_compare)
            && place++ >= run->offset)
            result->hits[result->len++].row.id = run->order[i];
    if (code == ERR_OK && result->len > 0 && run->offset + result->len < count)
        result->next = arena_printf(result->arena, "g%zu", run->offset + result->len);
    free(found);
    return code;
}

int shelf_run(struct run *run, enum search_sort sort, const char *collection, struct error *err)
{
    struct arena *arena = run->result->arena;
    int64_t *works;
    int code =
        collection ? collection_order(&works, &run->order_count, run->store, arena, collection, err)
        : sort == SORT_QUEUE
            ? queue_order(&works, &run->order_count, run->store, arena, err)
            : reading_recent(&works, &run->order_count, run->store, arena, READ_DEEPEST, err);

    if (code == ERR_NOTFOUND) { /* a collection that is none is empty */
        works = NULL;
        run->order_count = 0;
        code = ERR_OK;
    }
    run->order = works;
    return code == ERR_OK ? given_run(run, err) : code;
}

/* The query leaves out the works that are given; they are numbers, so they stand in the text. */
static void ordered_leave_out(struct run *run)
{
    struct str where = STR_INIT;
    size_t i;

    if (run->plan.where.len > 0)
        str_printf(&where, "(%s) AND ", run->plan.where.ptr);
    for (i = 0; i < run->order_count; i++)
        str_printf(&where, "%s%" PRId64, i ? "," : "w.id NOT IN (", run->order[i]);
    if (run->order_count > 0) {
        str_add_char(&where, ')');
        str_clear(&run->plan.where);
        str_add(&run->plan.where, where.ptr);
    }
    str_free(&where);
}

/* The page goes on with the rest, by date, behind those of `read` that it has. */
static int read_rest(struct run *run, const struct search_result *read, struct error *err)
{
    struct search_result *result = run->result;
    size_t before = read->len;
    int code;

    if (before == run->limit) { /* the rest begins with the next page */
        result->next = arena_printf(result->arena, "g%zu", run->offset + before);
        return ERR_OK;
    }
    ordered_leave_out(run);
    run->offset -= (int64_t)run->offset < read->total ? run->offset : (size_t)read->total;
    run->limit -= before;
    result->len = 0;
    code = ordered_page(run, "day", err);
    if (code == ERR_OK && before > 0) {
        struct search_hit *hits = arena_alloc(result->arena, (before + result->len) * sizeof *hits);

        memcpy(hits, read->hits, before * sizeof *hits);
        memcpy(hits + before, result->hits, result->len * sizeof *hits);
        result->hits = hits;
        result->len += before;
    }
    return code;
}

int read_run(struct run *run, struct error *err)
{
    struct search_result *result = run->result, read;
    bool behind = run->after && run->after[0] == 'd'; /* the cursor of the rest */
    size_t offset = run->offset;
    int64_t total, *works;
    int code = ordered_total(run, err);

    total = result->total;
    if (code == ERR_OK)
        code =
            reading_recent(&works, &run->order_count, run->store, result->arena, READ_DEEPEST, err);
    if (code != ERR_OK)
        return code;
    run->order = works;
    if (!behind) {
        code = given_run(run, err);
        offset = run->offset;
        run->after = NULL;
    }
    read = *result;
    if (behind)
        read.total = 0;
    if (code == ERR_OK && !read.next) {
        result->total = total - read.total;
        code = read_rest(run, &read, err);
    }
    result->total = total;
    result->offset = offset;
    return code;
}
