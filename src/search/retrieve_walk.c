/*
 * The walks through the postings of one segment.
 *
 * All words: the rarest word leads, blocks that cannot reach the best so far are passed over, and
 * only works that have every word are scored. Any word: MaxScore (H. Turtle, J. Flood, "Query
 * Evaluation: Strategies and Optimizations", IPM 1995) with block bounds (S. Ding, T. Suel, SIGIR
 * 2011): words that cannot lift a work among the best by themselves are looked up, not walked.
 *
 * Scores are those of rank_term to the last bit: what is offered is summed in the order of the
 * plan's groups.
 *
 * All of it is one file, since the compiler should see the insides of what is done for each
 * posting.
 */
#include "retrieve_walk.h"

#define EXACT_BELOW 100000  /* the rarest word's works: so many are all looked at and counted */
#define EXACT_FILTERED 5000 /* with a filter, which is asked about each */
#define CANCEL_EVERY 0x1FFF /* works between two looks at the cancel flag */

/* ---- words and scores ---- */

void retrieve_settle(struct group_cursor *g)
{
    size_t i;

    g->doc = g->cursors[0].doc;
    for (i = 1; i < g->count; i++)
        if (g->cursors[i].doc < g->doc)
            g->doc = g->cursors[i].doc;
}

static inline void group_seek(struct group_cursor *g, uint32_t doc)
{
    size_t i;

    if (g->doc >= doc)
        return;
    for (i = 0; i < g->count; i++)
        cursor_seek(&g->cursors[i], doc);
    retrieve_settle(g);
}

/* What its block can give a work from `doc` on, and until which work. */
static double group_bound(const struct retrieval *r, struct group_cursor *g, uint32_t doc,
                          uint32_t *last)
{
    double sum = 0;
    size_t i;

    *last = CURSOR_END;
    for (i = 0; i < g->count; i++) {
        uint32_t end;

        sum += cursor_bound(&g->cursors[i], doc, &end);
        if (end < *last)
            *last = end;
    }
    return g->group->idf * bm25f_saturate(sum * r->stretch) * RETRIEVE_SLACK;
}

/* Its part of the score of the work it stands at; false when the word is in other columns only. */
static bool group_score(const struct retrieval *r, struct group_cursor *g,
                        const struct lengths_entry *length, double *score)
{
    unsigned sum[3] = { 0, 0, 0 };
    size_t i;

    for (i = 0; i < g->count; i++) {
        unsigned counts[3];

        if (g->cursors[i].doc != g->doc)
            continue;
        cursor_counts(&g->cursors[i], counts);
        sum[0] += g->group->columns & COLUMN_TITLE ? counts[0] : 0;
        sum[1] += g->group->columns & COLUMN_ABSTRACT ? counts[1] : 0;
        sum[2] += g->group->columns & COLUMN_AUTHORS ? counts[2] : 0;
    }
    if (sum[0] + sum[1] + sum[2] == 0)
        return false;
    *score = g->group->idf * bm25f_saturate(bm25f_sum(r->plan->bm, sum[0], sum[1], sum[2], length));
    return true;
}

static bool passes(struct retrieval *r, int64_t id)
{
    int result = filter_passes(&r->filter, id, r->err);

    if (result < 0)
        r->result = result;
    return result == 1;
}

static double threshold(const struct retrieval *r)
{
    return r->top->len == r->top->cap && r->top->cap > 0 ? r->top->items[0].score : -1;
}

static bool is_dead(const struct retrieval *r, uint32_t doc)
{
    const uint64_t *dead = r->segment->dead;

    return dead && (dead[doc / 64] >> (doc % 64) & 1);
}

static const struct lengths_entry *length_of(const struct retrieval *r, int64_t id)
{
    const struct lengths *lengths = r->plan->lengths;

    return id >= 0 && id < lengths->count ? &lengths->entries[id] : NULL;
}

/* Sums the groups that stand at `doc`, in the plan's order; how many of them match. */
static size_t score_exactly(struct retrieval *r, uint32_t doc, double *score)
{
    const struct lengths_entry *length = length_of(r, r->first + doc);
    size_t i, matched = 0;

    for (i = 0; i < r->count; i++)
        r->parts[i] = -1;
    for (i = 0; i < r->count; i++) {
        struct group_cursor *g = &r->groups[i];

        if (g->doc == doc && group_score(r, g, length, &r->parts[g->order]))
            matched++;
    }
    *score = 0;
    for (i = 0; i < r->count; i++)
        if (r->parts[i] >= 0)
            *score += r->parts[i];
    return matched;
}

static bool keeps_going(struct retrieval *r)
{
    if ((++r->steps & CANCEL_EVERY) == 0 && store_is_cancelled(r->plan->store))
        r->result = error_set(r->err, ERR_CANCELLED, "search: stopped");
    return r->result == ERR_OK;
}

/* ---- all words ---- */

/* Can the blocks around `doc` reach the best so far? If not, *next is where others begin. */
static bool all_can_reach(struct retrieval *r, uint32_t doc, uint32_t *next)
{
    uint32_t until = CURSOR_END, last;
    double sum = 0;
    size_t i;

    for (i = 0; i < r->count; i++) {
        sum += group_bound(r, &r->groups[i], doc, &last);
        if (last < until)
            until = last;
    }
    *next = until == CURSOR_END ? CURSOR_END : until + 1;
    return sum >= threshold(r);
}

static void all_take(struct retrieval *r, uint32_t doc)
{
    double score;
    int64_t id = r->first + doc;

    if (is_dead(r, doc) || score_exactly(r, doc, &score) < r->count)
        return;
    if (!passes(r, id))
        return;
    (*r->total)++;
    top_offer(r->top, id, score);
}

/* Every word but the first stands at the lead's work, or the lead moves on. */
static bool all_align(struct retrieval *r, uint32_t *doc)
{
    size_t i;

    for (i = 1; i < r->count; i++) {
        group_seek(&r->groups[i], *doc);
        if (r->groups[i].doc != *doc) {
            *doc = r->groups[i].doc;
            return false;
        }
    }
    return true;
}

void retrieve_all(struct retrieval *r)
{
    struct group_cursor *lead = &r->groups[0];
    bool whole = lead->df <= (r->plan->where.len > 0 ? EXACT_FILTERED : EXACT_BELOW);
    uint32_t checked = 0, doc = lead->doc, next;
    bool known = false;

    while (doc != CURSOR_END && keeps_going(r)) {
        if (!whole && (!known || doc > checked)) {
            if (!all_can_reach(r, doc, &next)) {
                *r->exact = false;
                if (next == CURSOR_END)
                    break;
                group_seek(lead, next);
                doc = lead->doc;
                continue;
            }
            known = true;
            checked = next == CURSOR_END ? CURSOR_END : next - 1;
        }
        if (all_align(r, &doc)) {
            all_take(r, doc);
            doc++;
        }
        group_seek(lead, doc);
        doc = lead->doc;
    }
}

/* ---- any word ---- */

/* How many of the words, the weakest first, cannot lift a work among the best even together. */
static size_t any_split(const struct retrieval *r, const double *below)
{
    size_t split = 0;

    while (split < r->count && below[split + 1] < threshold(r))
        split++;
    return split;
}

static uint32_t any_next(const struct retrieval *r, size_t split)
{
    uint32_t doc = CURSOR_END;
    size_t i;

    for (i = split; i < r->count; i++)
        if (r->groups[i].doc < doc)
            doc = r->groups[i].doc;
    return doc;
}

/* Can any work up to *until be among the best? */
static bool any_can_reach(struct retrieval *r, size_t split, double below, uint32_t doc,
                          uint32_t *until)
{
    uint32_t last;
    double sum = below;
    size_t i;

    *until = CURSOR_END;
    for (i = split; i < r->count; i++) {
        sum += group_bound(r, &r->groups[i], doc, &last);
        if (last < *until)
            *until = last;
    }
    return sum >= threshold(r);
}

/* A work that a strong word has: what can it reach with the others? Strong words' parts are exact,
 * weak ones' are bounds until they are looked up, the strongest of them first. */
static bool any_promises(struct retrieval *r, size_t split, uint32_t doc, bool *matches)
{
    const struct lengths_entry *length = length_of(r, r->first + doc);
    double sum = 0, part;
    size_t i;

    *matches = false;
    for (i = split; i < r->count; i++) {
        if (r->groups[i].doc == doc && group_score(r, &r->groups[i], length, &part)) {
            sum += part * RETRIEVE_SLACK;
            *matches = true;
        }
    }
    for (i = split; i-- > 0;) {
        if (sum + r->below[i + 1] < threshold(r))
            return false;
        group_seek(&r->groups[i], doc);
        if (r->groups[i].doc == doc && group_score(r, &r->groups[i], length, &part)) {
            sum += part * RETRIEVE_SLACK;
            *matches = true;
        }
    }
    return sum >= threshold(r);
}

/* Without a filter a match is counted even when it is not among the best; with one, counting would
 * mean asking about it. */
static void any_take(struct retrieval *r, size_t split, uint32_t doc)
{
    bool matches, promises, filtered = r->plan->where.len > 0;
    double score;

    if (is_dead(r, doc))
        return;
    promises = any_promises(r, split, doc, &matches);
    if (!promises && filtered)
        *r->exact = false;
    if (matches && !filtered)
        (*r->total)++;
    if (!matches || !promises || !passes(r, r->first + doc))
        return;
    if (filtered)
        (*r->total)++;
    score_exactly(r, doc, &score);
    top_offer(r->top, r->first + doc, score);
}

void retrieve_any(struct retrieval *r)
{
    double *below = r->below;
    uint32_t checked = 0, doc;
    bool known = false;
    size_t split = 0, i;

    below[0] = 0;
    for (i = 0; i < r->count; i++)
        below[i + 1] = below[i] + r->groups[i].max;
    for (;;) {
        size_t now = any_split(r, below);

        if (now != split)
            known = false;
        if (now > 0)
            *r->exact = false;
        split = now;
        doc = any_next(r, split);
        if (doc == CURSOR_END || !keeps_going(r))
            break;
        if (!known || doc > checked) {
            uint32_t until;

            known = true;
            if (!any_can_reach(r, split, below[split], doc, &until)) {
                *r->exact = false;
                if (until == CURSOR_END)
                    break;
                for (i = split; i < r->count; i++)
                    group_seek(&r->groups[i], until + 1);
                known = false;
                continue;
            }
            checked = until;
        }
        any_take(r, split, doc);
        for (i = split; i < r->count; i++)
            if (r->groups[i].doc == doc)
                group_seek(&r->groups[i], doc + 1);
    }
}
