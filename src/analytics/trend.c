/*
 * Velocity, acceleration and robust z-scores of sampled series (carrel/trend.h). Days are measured
 * from the end of the window, so that the sums of the least-squares fit stay small and exact.
 */
#include "carrel/trend.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define MAD_SCALE 1.4826     /* of a normal distribution: deviation over median deviation */
#define MEAN_AD_SCALE 1.2533 /* the same over the mean absolute deviation */

/* Slope over the points of first..last; NAN when fewer than two lie there. */
static double trend_slope(const struct sample_point *points, size_t count, int64_t first,
                          int64_t last)
{
    double n = 0, sum_x = 0, sum_y = 0, above = 0, below = 0;
    for (size_t i = 0; i < count; i++)
        if (points[i].day >= first && points[i].day <= last) {
            n += 1;
            sum_x += (double)(points[i].day - last);
            sum_y += points[i].value;
        }
    if (n < 2)
        return NAN;
    for (size_t i = 0; i < count; i++)
        if (points[i].day >= first && points[i].day <= last) {
            double x = (double)(points[i].day - last) - sum_x / n;
            above += x * (points[i].value - sum_y / n);
            below += x * x;
        }
    return above / below;
}

void trend_measure(struct trend_measure *out, const struct sample_point *points, size_t count,
                   int32_t today, int32_t window)
{
    assert(window >= 1 && window <= TREND_WINDOW_MAX);
    while (count > 0 && points[count - 1].day > today)
        count--;
    *out = (struct trend_measure){ .value = NAN, .velocity = NAN, .acceleration = NAN };
    if (count == 0)
        return;
    int64_t middle = (int64_t)today - window;
    out->samples = count;
    out->gaps = (size_t)((int64_t)today - points[0].day + 1) - count;
    out->value = points[count - 1].value;
    out->velocity = trend_slope(points, count, middle, today);
    out->acceleration =
        (out->velocity - trend_slope(points, count, middle - window, middle)) / window;
}

static int trend_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts; count is not 0. */
static double trend_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, trend_compare);
    return count % 2 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
}

void trend_usual(struct trend_usual *out, double *values, size_t count)
{
    *out = (struct trend_usual){ NAN, NAN };
    if (count == 0)
        return;
    double sum = 0;
    out->median = trend_median(values, count);
    for (size_t i = 0; i < count; i++) {
        values[i] = fabs(values[i] - out->median);
        sum += values[i];
    }
    out->spread = MAD_SCALE * trend_median(values, count);
    if (out->spread <= 0)
        out->spread = MEAN_AD_SCALE * sum / (double)count;
}

double trend_zscore(const struct trend_usual *usual, double value)
{
    return usual->spread > 0 ? (value - usual->median) / usual->spread : NAN;
}
