/*
 * Running a query: from its text to the answer, counts and exports. The ranked way is here, the
 * others are in run_ordered.c.
 */
#include "run.h"

#include "carrel/clock.h"
#include "carrel/shelves.h"
#include "carrel/trace.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_DEFAULT 20
#define RELAX_BELOW 5

/* A cursor of ranked answers is a letter for the kind of search and how many came before. */
int run_take_cursor(struct run *run, char kind, struct error *err)
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
                                    any || run->query->exact ? 0 : below, err);
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

int ranked_run(struct run *run, struct error *err)
{
    struct search_result *result = run->result;
    struct arms arms = {
        .plan = &run->plan, .query = run->query, .options = run->options, .text = run->text
    };
    int64_t start = clock_ticks_us();
    int code = run_take_cursor(run, 'r', err);

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

    if (result == ERR_OK)
        run->query->exact |= run->options->exact;
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

/* For who only asks which works these are. */
static int run_keys(struct run *run, struct error *err)
{
    struct search_result *result = run->result;
    struct stmt *stmt;
    size_t i, kept = 0;
    int step = 0, code = stmt_prepare(&stmt, run->store, "SELECT key FROM work WHERE id = ?1", err);

    for (i = 0; i < result->len && code == ERR_OK && step >= 0; i++) {
        stmt_bind_int(stmt, 1, result->hits[i].row.id);
        step = stmt_step(stmt, err);
        if (step == 1) {
            result->hits[kept] = result->hits[i];
            result->hits[kept++].row.key = stmt_dup(stmt, 0, result->arena);
        }
        stmt_reset(stmt);
    }
    result->len = kept;
    return code == ERR_OK && step < 0 ? step : code;
}

static int run_whole_rows(struct run *run, struct error *err)
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
        if (run->options->progress)
            code = reading_percent(&hit->percent, run->store, id, err);
        if (code != ERR_OK || !(run->options->snippets || run->options->explain))
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

int run_rows(struct run *run, struct error *err)
{
    return run->options->keys ? run_keys(run, err) : run_whole_rows(run, err);
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

static int run_all(struct run *run, struct error *err)
{
    const struct search_options *options = run->options;
    enum search_in in = options->in;
    int64_t start;
    int code = ERR_OK;

    if (in == SEARCH_IN_WORKS && run_means_repositories(run->query->root))
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
        code = run_take_cursor(run, in == SEARCH_IN_TEXT ? 't' : 'h', err);
    if (code == ERR_OK)
        code = run_kind(run, in, err);
    start = clock_ticks_us();
    if (code == ERR_OK && !options->typing && !options->sentence && !options->keys
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
