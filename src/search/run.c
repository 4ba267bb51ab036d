/*
 * Running a query: the ranked way (ranked.c), the ordered way (date or arrival), counts and
 * exports.
 */
#include "hybrid.h"
#include "repositories.h"

#include "carrel/clock.h"
#include "carrel/reading.h"
#include "carrel/trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 20
#define KINDS 3 /* of hits: papers, passages, repositories */
#define LIMIT_MAX 10000
#define RELAX_BELOW 5
#define READ_DEEPEST 1000               /* works that were read, at most */
#define RANKED_DEEPEST (LIMIT_MAX * 10) /* a ranked list ends here */
#define ORDERED_FAR 1000                /* from here it is asked which end is nearer */

struct run {
    struct store *store;
    const struct search_options *options;
    const int64_t *order; /* of a list that is given; borrowed */
    size_t order_count;
    struct search_result *result;
    struct query *query, *filter;
    const char *text;
    struct plan plan;
    const struct lengths *lengths;
    size_t limit, offset;
    char *after;
};

/* A cursor of ranked answers is a letter for the kind of search and how many came before. */
static int take_cursor(struct run *run, char kind, struct error *err)
{
    long offset;

    if (!run->after)
        return ERR_OK;
    if (run->after[0] != kind || !str_to_long(run->after + 1, 0, RANKED_DEEPEST, &offset))
        return error_set(err, ERR_USAGE, "the cursor '%s' is not one of this search", run->after);
    run->offset = (size_t)offset;
    return ERR_OK;
}

/* ---- the ranked way ---- */

static int lexical_run(struct run *run, struct error *err)
{
    struct arena *arena = run->result->arena;
    struct candidates best;
    size_t i;
    int64_t start = clock_ticks_us(), below = RELAX_BELOW;
    bool any = run->options->any_word && idea_is_loose(run->query);
    int result = any ? arms_any_word(&run->plan, run->query, err) : ERR_OK;

    if (run->options->relax_below)
        below = (int64_t)run->options->relax_below;
    if (result == ERR_OK)
        result = lexical_candidates(&best, &run->plan, run->query->root, run->limit + run->offset,
                                    any ? 0 : below, err);
    plan_stage(&run->plan, STAGE_WORDS, start);
    if (result != ERR_OK)
        return result;
    run->result->relaxed = best.relaxed || any;
    run->result->total = best.total;
    run->result->total_is_exact = best.total_is_exact;
    run->result->hits = arena_alloc(arena, run->limit * sizeof *run->result->hits);
    for (i = run->offset; i < best.len; i++) {
        struct search_hit *hit = &run->result->hits[run->result->len++];

        hit->row.id = best.items[i].id;
        hit->score = best.items[i].score;
    }
    return ERR_OK;
}

static int ranked_run(struct run *run, struct error *err)
{
    struct search_result *result = run->result;
    struct arms arms = {
        .plan = &run->plan, .query = run->query, .options = run->options, .text = run->text
    };
    int64_t start = clock_ticks_us();
    int code = take_cursor(run, 'r', err);

    if (code == ERR_OK)
        code = arms_open(&arms, err);
    plan_stage(&run->plan, STAGE_UNDERSTAND, start);
    if (code == ERR_OK)
        code = arms.use == SEARCH_LEXICAL ? lexical_run(run, err)
                                          : arms_run(&arms, run->limit, run->offset, result, err);
    idea_free(&arms.idea);
    if (code != ERR_OK)
        return code;
    result->mode = arms.use;
    if (arms.name && result->understood)
        result->understood =
            arena_printf(result->arena, "%s; an author is called so", result->understood);
    if (result->relaxed && result->understood)
        result->understood =
            arena_printf(result->arena, "%s; few papers have all the words, so any of them count",
                         result->understood);
    if ((int64_t)(run->offset + result->len) < result->total && result->len > 0)
        result->next = arena_printf(result->arena, "r%zu", run->offset + result->len);
    return ERR_OK;
}

/* ---- the ordered way ---- */

/* The condition of the whole query over work w; words as a subquery. */
static void ordered_where(struct run *run, struct str *sql)
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
static int ordered_bind(struct stmt *stmt, const struct plan *plan)
{
    int next = 1;

    if (plan->match.len > 0)
        stmt_bind_text(stmt, next++, plan->match.ptr);
    plan_bind(stmt, plan, next);
    return next + (int)plan->value_count;
}

static int ordered_total(struct run *run, struct error *err)
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

static int ordered_run(struct run *run, const char *column, struct error *err)
{
    int code = ordered_total(run, err);

    if (code == ERR_OK && run->options->around && !run->after)
        code = ordered_place(run, column, err);
    if (code != ERR_OK)
        return code;
    run->result->offset = run->offset;
    return !run->after && run->offset > ORDERED_FAR && (int64_t)run->offset < run->result->total
                   && run->offset > (size_t)run->result->total / 2
               ? ordered_backwards(run, column, err)
               : ordered_forwards(run, column, err);
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

static int given_run(struct run *run, struct error *err)
{
    struct search_result *result = run->result;
    int64_t *found = NULL;
    size_t count = 0, place = 0, i;
    int code = take_cursor(run, 'g', err);

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

/* What was read last comes first. */
static int read_run(struct run *run, struct error *err)
{
    int64_t *works;
    int code = reading_recent(&works, &run->order_count, run->store, run->result->arena,
                              READ_DEEPEST, err);

    run->order = works;
    return code == ERR_OK ? given_run(run, err) : code;
}

/* ---- both ---- */

/* The parts of a query become members of a group. */
static void query_append(struct node *group, const struct query *query)
{
    size_t i;

    if (query->root->kind == NODE_AND)
        for (i = 0; i < query->root->len; i++)
            node_add(group, query->arena, query->root->kids[i]);
    else if (query->root->kind != NODE_ALL)
        node_add(group, query->arena, query->root);
}

/* The query and the filter that must hold as well, as one. */
static int run_parse(struct run *run, const char *text, struct error *err)
{
    const char *filter = run->options->default_filter;
    struct node *both, *hard;
    int result = run->options->sentence ? query_from_words(&run->query, text, err)
                                        : query_parse(&run->query, text, NULL, err);

    if (result != ERR_OK || !filter || str_blank(filter))
        return result;
    result = query_parse(&run->filter, filter, NULL, err);
    if (result != ERR_OK || run->filter->root->kind == NODE_ALL)
        return result;
    /* A group of its own: its words are no matter of taste. It comes first: the word being typed is
     * the last one. */
    hard = node_new(run->query->arena, NODE_AND);
    hard->hard = true;
    node_add(hard, run->query->arena, run->filter->root);
    both = node_new(run->query->arena, NODE_AND);
    node_add(both, run->query->arena, hard);
    query_append(both, run->query);
    run->query->root = both;
    return ERR_OK;
}

static int run_rows(struct run *run, struct error *err)
{
    struct search_result *result = run->result;
    size_t i, kept = 0;
    int code = ERR_OK;

    for (i = 0; i < result->len && code == ERR_OK; i++) {
        struct search_hit *hit = &result->hits[kept];
        int64_t id = result->hits[i].row.id;
        struct stmt *stmt;

        *hit = result->hits[i];
        code = works_rows(run->store, result->arena, &id, 1, &hit->row, err);
        if (code != ERR_OK || hit->row.id == 0)
            continue; /* merged away since the index was read */
        kept++;
        if (!(run->options->snippets || run->options->explain))
            continue;
        code = stmt_prepare(&stmt, run->store, "SELECT abstract FROM work_text WHERE id = ?1", err);
        if (code != ERR_OK)
            return code;
        stmt_bind_int(stmt, 1, hit->row.id);
        if (stmt_step(stmt, err) == 1) {
            if (run->options->snippets)
                hit_snippets(hit, &run->plan, result->arena, stmt_text(stmt, 0));
            if (run->options->explain)
                hit_explain(hit, &run->plan, result->arena, stmt_text(stmt, 0));
        }
        stmt_reset(stmt);
    }
    result->len = kept;
    return code;
}

static int run_open(struct run *run, struct store *store, const char *text,
                    const struct search_options *options, struct search_result *result,
                    struct error *err)
{
    int64_t start = clock_ticks_us();
    int code;

    memset(run, 0, sizeof *run);
    run->store = store;
    run->options = options;
    run->result = result;
    run->text = text;
    plan_init(&run->plan, store, result->arena, NULL);
    run->plan.stage_ms = result->stage_ms;
    code = run_parse(run, text, err);
    if (code == ERR_OK && !options->sentence)
        code = understand_categories(run->query, store, err);
    if (code == ERR_OK)
        code = rank_register(store, err);
    if (code == ERR_OK)
        code = lengths_get(&run->lengths, store, err);
    if (code != ERR_OK)
        return code;
    run->plan.lengths = run->lengths;
    /* Behind a blank, bracket or quote the word is complete. */
    run->plan.typing = options->typing && *text && !strchr(" \t\n)\"", text[strlen(text) - 1]);
    code = plan_compile(&run->plan, run->query->root, err);
    plan_stage(&run->plan, STAGE_UNDERSTAND, start);
    return code;
}

static void run_close(struct run *run)
{
    plan_free(&run->plan);
    query_free(run->query);
    query_free(run->filter);
}

static int run_others(struct run *run, int (*ask)(struct passages_query *, struct error *),
                      struct error *err)
{
    struct passages_query q = { .store = run->store,
                                .arena = run->result->arena,
                                .query = run->query,
                                .options = run->options,
                                .lengths = run->lengths,
                                .typing = run->plan.typing,
                                .limit = run->limit,
                                .offset = run->offset,
                                .result = run->result };

    run->result->offset = run->offset;
    return ask(&q, err);
}

static int run_passages(struct run *run, struct error *err)
{
    return run_others(run, passages_run, err);
}

static int run_repositories(struct run *run, struct error *err)
{
    return run_others(run, repositories_run_query, err);
}

/* Does the query itself say that repositories are meant? */
static bool means_repositories(const struct node *root)
{
    size_t i;

    if (root->kind == NODE_FILTER)
        return root->field == FIELD_KIND && str_ieq(root->text, "repository");
    for (i = 0; root->kind == NODE_AND && i < root->len; i++)
        if (means_repositories(root->kids[i]))
            return true;
    return false;
}

/* Does the query say so by itself? */
static bool means_reading(const struct node *root)
{
    size_t i;

    if (root->kind == NODE_FILTER)
        return root->field == FIELD_IS && str_ieq(root->text, "reading");
    for (i = 0; root->kind == NODE_AND && i < root->len; i++)
        if (means_reading(root->kids[i]))
            return true;
    return false;
}

static int run_works(struct run *run, struct error *err)
{
    const struct search_options *options = run->options;
    int64_t start;
    int code;

    if (options->sort == SORT_RELEVANCE && run->plan.match.len > 0) {
        if (run->offset > RANKED_DEEPEST)
            run->offset = RANKED_DEEPEST;
        code = ranked_run(run, err);
        run->result->offset = run->offset;
    } else if (options->sort == SORT_GIVEN) {
        run->order = options->order;
        run->order_count = options->order_count;
        code = given_run(run, err);
    } else if (options->sort == SORT_READ
               || (options->sort == SORT_RELEVANCE && means_reading(run->query->root))) {
        code = read_run(run, err);
    } else {
        code = ordered_run(run, options->sort == SORT_ADDED ? "added" : "day", err);
    }
    start = clock_ticks_us();
    if (code == ERR_OK)
        code = run_rows(run, err);
    plan_stage(&run->plan, STAGE_ROWS, start);
    return code;
}

/* Best first, each by the share it has of the best of its own kind. */
static void interleave(struct search_result *out, const struct search_result *lists, size_t count,
                       size_t limit)
{
    size_t at[KINDS] = { 0 }, i;

    out->hits = arena_alloc(out->arena, (limit + 1) * sizeof *out->hits);
    for (out->len = 0; out->len < limit; out->len++) {
        double best = -1;
        size_t next = count;

        for (i = 0; i < count; i++) {
            double top = lists[i].len && lists[i].hits[0].score > 0 ? lists[i].hits[0].score : 1;
            double share = at[i] < lists[i].len ? lists[i].hits[at[i]].score / top : -1;

            if (at[i] < lists[i].len && (next == count || share > best)) {
                best = share;
                next = i;
            }
        }
        if (next == count)
            return;
        out->hits[out->len] = lists[next].hits[at[next]++];
    }
}

/* Papers stand before passages and these before repositories where their shares are equal. */
static int run_lists(struct run *run, struct search_result *lists, struct error *err)
{
    static int (*const ask[KINDS])(struct run *, struct error *) = { run_works, run_passages,
                                                                     run_repositories };
    struct search_result *out = run->result;
    size_t limit = run->limit, i;
    int code = ERR_OK;

    for (i = 0; i < KINDS && code == ERR_OK; i++) {
        lists[i] = (struct search_result){ .arena = out->arena, .total_is_exact = true };
        run->result = &lists[i];
        run->limit = limit;
        run->offset = 0;
        run->after = NULL;
        code = ask[i](run, err);
    }
    run->result = out;
    run->limit = limit;
    return code;
}

/* All lists from their beginnings, since none knows how far the others reach; so not further than
 * LIMIT_MAX. */
static int run_every(struct run *run, struct error *err)
{
    struct search_result *out = run->result, lists[KINDS];
    size_t limit = run->limit, offset, found = 0, i;
    bool more = false;
    int code = take_cursor(run, 'b', err);

    if (code != ERR_OK)
        return code;
    offset = run->offset;
    if (limit + offset > LIMIT_MAX)
        offset = LIMIT_MAX - limit;
    run->limit += offset;
    code = run_lists(run, lists, err);
    if (code != ERR_OK)
        return code;
    interleave(out, lists, KINDS, run->limit);
    for (i = 0; i < KINDS; i++) {
        found += lists[i].len;
        more |= lists[i].next != NULL;
        out->total += lists[i].total;
        out->total_is_exact &= lists[i].total_is_exact;
    }
    for (i = 0; i + offset < out->len; i++)
        out->hits[i] = out->hits[i + offset];
    if (out->len == run->limit && run->limit < LIMIT_MAX && (found > out->len || more))
        out->next = arena_printf(out->arena, "b%zu", offset + i);
    out->len = i;
    out->offset = offset;
    out->mode = lists[0].mode;
    out->relaxed = lists[0].relaxed;
    return ERR_OK;
}

static int run_all(struct run *run, struct error *err)
{
    const struct search_options *options = run->options;
    enum search_in in = options->in;
    int64_t start;
    int code = ERR_OK;

    if (in == SEARCH_IN_WORKS && means_repositories(run->query->root))
        in = SEARCH_IN_REPOSITORIES;
    if (options->explain) {
        struct str text = STR_INIT;

        query_explain(&text, run->query);
        run->result->understood = arena_strdup(run->result->arena, text.ptr);
        str_free(&text);
    }
    run->limit = options->limit ? options->limit : LIMIT_DEFAULT;
    if (run->limit > LIMIT_MAX)
        run->limit = LIMIT_MAX;
    run->offset = options->offset;
    run->after = options->after ? arena_strdup(run->result->arena, options->after) : NULL;
    run->result->place = -1;
    if (in == SEARCH_IN_TEXT || in == SEARCH_IN_REPOSITORIES)
        code = take_cursor(run, in == SEARCH_IN_TEXT ? 't' : 'h', err);
    if (code == ERR_OK)
        code = in == SEARCH_IN_TEXT           ? run_passages(run, err)
               : in == SEARCH_IN_REPOSITORIES ? run_repositories(run, err)
               : in == SEARCH_IN_ALL          ? run_every(run, err)
                                              : run_works(run, err);
    start = clock_ticks_us();
    if (code == ERR_OK && !options->typing && !options->sentence
        && (in == SEARCH_IN_WORKS || in == SEARCH_IN_ALL))
        code = understand_hints(run->result, run->store, run->query, run->text, err);
    plan_stage(&run->plan, STAGE_ROWS, start);
    return code;
}

/* CARREL_TRACE=search: a line for each search. */
static void run_trace(const struct run *run)
{
    struct str line = STR_INIT;

    if (!trace_on("search"))
        return;
    search_stages_print(&line, run->result);
    trace_write("search", "%s: %.100s", line.ptr, run->text);
    str_free(&line);
}

int search_run(struct search_result **out, struct store *store, const char *query_text,
               const struct search_options *options, struct error *err)
{
    static const struct search_options none;
    struct search_result *result = mem_zalloc(sizeof *result);
    int64_t start = clock_ticks_us();
    struct run run;
    int code;

    *out = NULL;
    result->arena = arena_new();
    result->total_is_exact = true;
    code = run_open(&run, store, query_text, options ? options : &none, result, err);
    if (code == ERR_OK)
        code = run_all(&run, err);
    run_close(&run);
    result->took_ms = (double)(clock_ticks_us() - start) / 1000.0;
    run_trace(&run);
    if (code != ERR_OK) {
        search_result_free(result);
        return code;
    }
    *out = result;
    return ERR_OK;
}

void search_result_free(struct search_result *result)
{
    if (!result)
        return;
    arena_free(result->arena);
    free(result);
}

int search_count(int64_t *count, struct store *store, const char *query_text, struct error *err)
{
    static const struct search_options none;
    struct search_result result = { .arena = arena_new() };
    struct run run;
    int code = run_open(&run, store, query_text, &none, &result, err);

    if (code == ERR_OK)
        code = ordered_total(&run, err);
    run_close(&run);
    arena_free(result.arena);
    *count = result.total;
    return code;
}

int search_each(struct store *store, const char *query_text, int (*each)(void *ctx, int64_t work),
                void *ctx, struct error *err)
{
    static const struct search_options none;
    struct search_result result = { .arena = arena_new() };
    struct str sql = STR_INIT;
    struct stmt *stmt = NULL;
    struct run run;
    int code = run_open(&run, store, query_text, &none, &result, err);

    str_add(&sql, "SELECT w.id FROM work w");
    ordered_where(&run, &sql);
    str_add(&sql, " ORDER BY w.day DESC, w.key");
    if (code == ERR_OK)
        code = stmt_prepare_once(&stmt, store, sql.ptr, err);
    if (code == ERR_OK) {
        ordered_bind(stmt, &run.plan);
        while ((code = stmt_step(stmt, err)) == 1) {
            code = each(ctx, stmt_int(stmt, 0));
            if (code != 0)
                break;
        }
    }
    stmt_free(stmt);
    str_free(&sql);
    run_close(&run);
    arena_free(result.arena);
    return code;
}
