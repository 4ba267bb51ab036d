/*
 * The order of a ranked list, kept while one works through it. Each verdict teaches the ranking
 * something, and would shuffle what has not been looked at: some of it to above the cursor.
 *
 * So a paper keeps the place it was first shown at, also one that was taken out and is back; what
 * comes new stands above. A new day, or asking for the list anew, ranks anew.
 */
#include "papers.h"

#include "carrel/clock.h"
#include "carrel/mem.h"

#include <stdlib.h>

void order_free(struct papers_order *order)
{
    free(order->works);
    *order = (struct papers_order){ 0 };
}

struct papers_order order_copy(const struct papers_order *order)
{
    struct papers_order copy = { .day = clock_today() };
    size_t i;

    for (i = 0; order->day == copy.day && i < order->len; i++)
        VEC_PUSH(copy.works, copy.len, copy.cap, order->works[i]);
    return copy;
}

struct placed {
    size_t at; /* in the order; new papers lie before it, as they were ranked */
    struct search_hit hit;
};

static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;

    return (x->at > y->at) - (x->at < y->at);
}

static size_t order_find(const struct papers_order *order, int64_t work)
{
    size_t i;

    for (i = 0; i < order->len && order->works[i] != work; i++)
        ;
    return i;
}

/* The new papers of the answer, then what was known. */
static void order_extend(struct papers_order *order, const struct search_result *answer)
{
    struct papers_order both = { .day = order->day };
    size_t i;

    for (i = 0; i < answer->len; i++)
        if (order_find(order, answer->hits[i].row.id) == order->len)
            VEC_PUSH(both.works, both.len, both.cap, answer->hits[i].row.id);
    for (i = 0; i < order->len; i++)
        VEC_PUSH(both.works, both.len, both.cap, order->works[i]);
    order_free(order);
    *order = both;
}

void order_keep(struct papers_order *order, struct search_result *answer)
{
    struct placed *placed = mem_zalloc((answer->len + 1) * sizeof *placed);
    size_t i;

    order_extend(order, answer);
    for (i = 0; i < answer->len; i++)
        placed[i] = (struct placed){ order_find(order, answer->hits[i].row.id), answer->hits[i] };
    qsort(placed, answer->len, sizeof *placed, by_place);
    for (i = 0; i < answer->len; i++)
        answer->hits[i] = placed[i].hit;
    free(placed);
}
