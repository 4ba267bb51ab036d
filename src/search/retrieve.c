/*
 * The best works of segments without looking at all of them: the words of a query are opened in
 * each segment and walked in the way that suits its shape (retrieve_walk.c).
 *
 * Bounds were made with the averages of the segment's own time; `stretch` makes them hold for
 * today's.
 */
#include "retrieve_walk.h"

#include <stdlib.h>

/* Weights shrink or grow with the averages; at length 0 they do not change, and towards long texts
 * by the ratio of the averages. */
static double stretch_of(const struct postings_info *then, const struct lengths *now)
{
    const double ratios[] = { now->avg_title / then->avg_title,
                              now->avg_abstract / then->avg_abstract,
                              now->avg_authors / then->avg_authors };
    double most = 1;
    size_t i;

    for (i = 0; i < ARRAY_LEN(ratios); i++)
        if (ratios[i] > most)
            most = ratios[i];
    return most;
}

static bool group_open(struct retrieval *r, struct group_cursor *g, size_t order)
{
    const struct term_group *group = &r->plan->groups[order];
    double sum = 0;
    size_t i;

    *g = (struct group_cursor){ .group = group, .order = order };
    g->cursors = mem_alloc(group->stem_count * sizeof *g->cursors);
    for (i = 0; i < group->stem_count; i++) {
        struct posting_cursor *cursor = &g->cursors[g->count];

        if (!cursor_open(cursor, r->segment->postings, group->stems[i]))
            continue;
        sum += cursor->term.bound;
        g->df += cursor->term.df;
        g->count++;
    }
    if (g->count == 0)
        return false;
    g->max = group->idf * bm25f_saturate(sum * r->stretch) * RETRIEVE_SLACK;
    retrieve_settle(g);
    return true;
}

static int rarest_first(const void *a, const void *b)
{
    const struct group_cursor *x = a, *y = b;

    return (x->df > y->df) - (x->df < y->df);
}

static int weakest_first(const void *a, const void *b)
{
    const struct group_cursor *x = a, *y = b;

    return (x->max > y->max) - (x->max < y->max);
}

/* score_exactly has a place for each group of the plan; those the segment lacks leave theirs. */
static void renumber(struct retrieval *r)
{
    size_t i, k;

    for (i = 0; i < r->count; i++) {
        size_t place = 0;

        for (k = 0; k < r->count; k++)
            place += r->groups[k].group < r->groups[i].group;
        r->groups[i].order = place;
    }
}

static bool segment_damaged(const struct retrieval *r)
{
    size_t i, k;

    for (i = 0; i < r->count; i++)
        for (k = 0; k < r->groups[i].count; k++)
            if (r->groups[i].cursors[k].damaged)
                return true;
    return false;
}

static void retrieve_segment(struct retrieval *r, enum shape shape, const struct segment *segment)
{
    size_t i, wanted = r->plan->group_count;

    r->segment = segment;
    r->first = postings_info(segment->postings)->first_id;
    r->stretch = stretch_of(postings_info(segment->postings), r->plan->lengths);
    r->count = 0;
    for (i = 0; i < wanted; i++) {
        if (group_open(r, &r->groups[r->count], i))
            r->count++;
        else
            free(r->groups[r->count].cursors);
    }
    renumber(r);
    if (shape == SHAPE_ALL && r->count == wanted) {
        qsort(r->groups, r->count, sizeof *r->groups, rarest_first);
        retrieve_all(r);
    } else if (shape == SHAPE_ANY && r->count > 0) {
        qsort(r->groups, r->count, sizeof *r->groups, weakest_first);
        retrieve_any(r);
    }
    if (r->result == ERR_OK && segment_damaged(r))
        r->result = error_set(r->err, ERR_NOTFOUND, "a segment of the index is damaged");
    for (i = 0; i < r->count; i++)
        free(r->groups[i].cursors);
}

int retrieve_segments(struct plan *plan, enum shape shape, const struct segment_set *set,
                      struct top *top, int64_t *total, bool *exact, struct error *err)
{
    struct retrieval r = { .plan = plan, .top = top, .total = total, .exact = exact, .err = err };
    size_t i;

    r.groups = mem_alloc((plan->group_count + 1) * sizeof *r.groups);
    r.parts = mem_alloc((plan->group_count + 1) * sizeof *r.parts);
    r.below = mem_alloc((plan->group_count + 1) * sizeof *r.below);
    r.result = filter_open(&r.filter, plan, err);
    /* In any order: the result does not depend on it. */
    for (i = 0; i < set->count && r.result == ERR_OK; i++)
        retrieve_segment(&r, shape, &set->items[i]);
    filter_close(&r.filter);
    free(r.groups);
    free(r.parts);
    free(r.below);
    return r.result;
}
