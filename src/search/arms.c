/*
 * Asking both arms: which of them a query gets, what vectors may add, and the totals that come of
 * it.
 */
#include "hybrid.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <string.h>

#define ARM_DEPTH 1000    /* of each list */
#define RELAX_HYBRID 20   /* a page: fewer with all words, and any of three or more count */
#define FEW 5             /* lexical hits of a single word; below that its neighbours are shown */
#define ENOUGH 100        /* works near the query and under its condition: more are not dug for */
#define FLOOR_COSINE 0.25 /* a work that lacks the words must be at least this near */
#define FLOOR_SHARE 0.5   /* and this near, as a share of the nearest */

int arms_any_word(struct plan *plan, const struct query *query, struct error *err)
{
    struct plan relaxed;

    plan_init(&relaxed, plan->store, plan->arena, plan->lengths);
    relaxed.typing = plan->typing;
    relaxed.stage_ms = plan->stage_ms;
    plan_free(plan);
    *plan = relaxed;
    return plan_relax(plan, query->root, err);
}

static int ask_words(struct candidates *out, const struct arms *arms, size_t depth,
                     struct error *err)
{
    const struct search_options *options = arms->options;
    const struct idea *idea = &arms->idea;
    bool any = options->any_word && idea->soft > 1 && !idea->exact;
    int64_t below = options->relax_below ? (int64_t)options->relax_below : RELAX_HYBRID;
    int result = any ? arms_any_word(arms->plan, arms->query, err) : ERR_OK;

    if (result == ERR_OK)
        result = lexical_candidates(out, arms->plan, arms->query->root, depth,
                                    any || idea->exact ? 0 : below, err);
    out->relaxed |= any;
    return result;
}

/* May the vectors bring works that lack the words? One word is what it says, unless there is next
 * to nothing of it. */
static bool will_add(const struct idea *idea)
{
    return !idea->exact && idea->has_vector && (idea->soft > 1 || idea->near_count > 0);
}

static bool may_add(const struct idea *idea, const struct candidates *lexical)
{
    if (idea->exact || !idea->has_vector)
        return false;
    return will_add(idea) || (idea->soft == 1 && lexical->total < FEW);
}

/* Drops the tail that is near to nothing. */
static void cut_far(struct candidates *list)
{
    double floor = list->len > 0 ? list->items[0].score * FLOOR_SHARE : 0;

    if (floor < FLOOR_COSINE)
        floor = FLOOR_COSINE;
    while (list->len > 0 && list->items[list->len - 1].score < floor)
        list->len--;
}

static void count_added(struct search_result *result, const struct fused_list *list,
                        const struct candidates *lexical)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        result->added += list->items[i].lexical_rank == 0;
    result->total = lexical->total + result->added;
    /* Beyond the list a work may be counted by both. */
    result->total_is_exact =
        lexical->total_is_exact && (result->added == 0 || lexical->total <= (int64_t)lexical->len);
}

/* Both arms at once: the vectors on a thread of their own, where it is sure that they will be
 * asked. */
static int ask_both(struct fused_list *out, const struct arms *arms, size_t depth,
                    struct search_result *result, struct error *err)
{
    struct candidates lexical = { 0 }, semantic = { 0 };
    struct vectors_scan *scan = NULL;
    struct str asked = STR_INIT;
    bool add;
    int64_t start = clock_ticks_us();
    const struct idea *idea = &arms->idea;
    int code = ERR_OK;

    if (will_add(idea))
        code = vectors_begin(&scan, arms->plan->store, idea->vector, idea->dim, depth, NULL, err);
    if (code == ERR_OK)
        code = ask_words(&lexical, arms, depth, err);

    start = plan_stage(arms->plan, STAGE_WORDS, start);
    result->relaxed = lexical.relaxed;
    add = code == ERR_OK && may_add(idea, &lexical);
    if (add)
        code = semantic_candidates(&semantic, arms->plan, idea, depth, ENOUGH, scan, err);
    else if (scan)
        vectors_finish(scan, NULL, &(size_t){ 0 }, NULL);
    plan_stage(arms->plan, STAGE_VECTORS, start);
    if (code == ERR_OK) {
        if (!arms->options->any_word) /* who wants the whole tail gets it */
            cut_far(&semantic);
        text_key(&asked, arms->text);
        code = fuse(out, arms->plan, idea, &lexical, add ? &semantic : NULL, arms->options,
                    asked.ptr, err);
        str_free(&asked);
    }
    if (code == ERR_OK)
        count_added(result, out, &lexical);
    return code;
}

static int ask_vectors(struct fused_list *out, const struct arms *arms, size_t depth,
                       struct search_result *result, struct error *err)
{
    struct candidates semantic = { 0 };
    struct search_options only = *arms->options;
    int64_t start = clock_ticks_us();
    int code = ERR_OK;

    only.off |= SEARCH_OFF_RERANK;
    if (arms->idea.has_vector)
        code = semantic_candidates(&semantic, arms->plan, &arms->idea, depth, depth, NULL, err);
    plan_stage(arms->plan, STAGE_VECTORS, start);
    if (code == ERR_OK)
        code = fuse(out, arms->plan, &arms->idea, NULL, &semantic, &only, "", err);
    result->total = result->added = (int64_t)semantic.len;
    result->total_is_exact = semantic.total_is_exact;
    return code;
}

static void show(struct search_result *result, const struct fused_list *list, size_t limit,
                 size_t offset, bool explain)
{
    size_t i;

    result->hits = arena_alloc(result->arena, limit * sizeof *result->hits);
    for (i = offset; i < list->len && result->len < limit; i++) {
        const struct fused *item = &list->items[i];
        struct search_hit *hit = &result->hits[result->len++];

        hit->row.id = item->id;
        hit->score = item->score;
        if (!explain)
            continue;
        hit->arms = arena_alloc(result->arena, sizeof *hit->arms);
        hit->arms->lexical_rank = item->lexical_rank;
        hit->arms->semantic_rank = item->semantic_rank;
        hit->arms->lexical = item->lexical;
        hit->arms->cosine = item->cosine;
        hit->arms->fused = item->first;
        hit->arms->reranked = item->reranked;
        memcpy(hit->arms->parts, item->parts, sizeof hit->arms->parts);
        hit->arms->title_prior = item->title_prior;
        hit->arms->recency_prior = item->recency_prior;
    }
}

int arms_open(struct arms *arms, struct error *err)
{
    enum search_mode mode = arms->options->mode;
    int result;

    arms->use = SEARCH_LEXICAL;
    if (mode == SEARCH_LEXICAL)
        return ERR_OK;
    result = idea_read(&arms->idea, arms->plan, arms->query, err);
    if (result != ERR_OK)
        return result;
    if (mode != SEARCH_AUTO && arms->idea.dim == 0)
        return error_set(err, ERR_USAGE,
                         "this library has no vectors to search by; use --mode lexical");
    if (mode == SEARCH_SEMANTIC) {
        arms->use = SEARCH_SEMANTIC;
        return ERR_OK;
    }
    result = understand_name(&arms->name, arms->query, arms->plan->store, err);
    if (result != ERR_OK)
        return result;
    arms->idea.exact |= arms->name;
    if (arms->idea.has_vector)
        arms->use = SEARCH_HYBRID;
    return ERR_OK;
}

int arms_run(struct arms *arms, size_t limit, size_t offset, struct search_result *result,
             struct error *err)
{
    size_t depth = limit + offset > ARM_DEPTH ? limit + offset : ARM_DEPTH;
    struct fused_list list = { 0 };
    int code = arms->use == SEARCH_SEMANTIC ? ask_vectors(&list, arms, depth, result, err)
                                            : ask_both(&list, arms, depth, result, err);

    if (code == ERR_OK)
        show(result, &list, limit, offset, arms->options->explain);
    return code;
}
