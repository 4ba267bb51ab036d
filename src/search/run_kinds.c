/*
 * What is looked for: papers, passages, repositories, or all of them in one list.
 */
#include "run.h"

#include "repositories.h"

#include "carrel/clock.h"

#include <string.h>

#define KINDS 3 /* of hits: papers, passages, repositories */

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
bool run_means_repositories(const struct node *root)
{
    size_t i;

    if (root->kind == NODE_FILTER)
        return root->field == FIELD_KIND && str_ieq(root->text, "repository");
    for (i = 0; root->kind == NODE_AND && i < root->len; i++)
        if (run_means_repositories(root->kids[i]))
            return true;
    return false;
}

/* The filter of the query that has an order of its own; NULL: none has. */
static const struct node *means_shelf(const struct node *root)
{
    const struct node *found = NULL;
    size_t i;

    if (root->kind == NODE_FILTER
        && ((root->field == FIELD_IS
             && (str_ieq(root->text, "reading") || str_ieq(root->text, "later")))
            || (root->field == FIELD_COLLECTION && !strchr(root->text, '*'))))
        return root;
    for (i = 0; root->kind == NODE_AND && i < root->len && !found; i++)
        found = means_shelf(root->kids[i]);
    return found;
}

static int run_works(struct run *run, struct error *err)
{
    const struct search_options *options = run->options;
    const struct node *shelf = means_shelf(run->query->root);
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
    } else if (options->sort == SORT_READ) {
        code = read_run(run, err);
    } else if (options->sort == SORT_QUEUE) {
        code = shelf_run(run, SORT_QUEUE, NULL, err);
    } else if (options->sort == SORT_RELEVANCE && shelf) {
        code = shelf_run(run, str_ieq(shelf->text, "later") ? SORT_QUEUE : SORT_READ,
                         shelf->field == FIELD_COLLECTION ? shelf->text : NULL, err);
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
    int code = run_take_cursor(run, 'b', err);

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

int run_kind(struct run *run, enum search_in in, struct error *err)
{
    return in == SEARCH_IN_TEXT           ? run_passages(run, err)
           : in == SEARCH_IN_REPOSITORIES ? run_repositories(run, err)
           : in == SEARCH_IN_ALL          ? run_every(run, err)
                                          : run_works(run, err);
}
