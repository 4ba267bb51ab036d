/*
 * Kleinberg's two-state automaton over batches (carrel/topics.h). The binomial coefficients are the
 * same in both states and left out.
 */
#include "carrel/topics.h"

#include <assert.h>
#include <math.h>

static double cost(double share, double with, double all)
{
    return -(with * log(share) + (all - with) * log1p(-share));
}

double burst_live(size_t *first, const unsigned *with, const unsigned *all, size_t count)
{
    double sum_with = 0, sum_all = 0, usual, burst, enter = BURST_GAMMA * log((double)count);
    double low = 0, high = INFINITY, weight = 0; /* of the cheapest way that ends in each state */
    bool from_low[TOPICS_PERIODS_MAX];           /* into the bursting state */
    size_t t;

    assert(count >= 1 && count <= TOPICS_PERIODS_MAX);
    for (t = 0; t < count; t++) {
        sum_with += with[t];
        sum_all += all[t];
    }
    if (sum_with <= 0 || sum_with >= sum_all)
        return 0;
    usual = sum_with / sum_all;
    burst = fmin(BURST_SCALE * usual, 0.9999);
    if (burst <= usual)
        return 0;
    for (t = 0; t < count; t++) {
        double before = low;

        from_low[t] = low + enter < high;
        low = fmin(before, high) + cost(usual, with[t], all[t]);
        high = fmin(before + enter, high) + cost(burst, with[t], all[t]);
    }
    if (high >= low)
        return 0;
    for (t = count; t-- > 0;) {
        weight += cost(usual, with[t], all[t]) - cost(burst, with[t], all[t]);
        *first = t;
        if (from_low[t])
            break;
    }
    return weight;
}
