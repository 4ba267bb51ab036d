/*
 * How fast a sampled number rises, and how unusual that is beside its like. Pure arithmetic over
 * series that the caller has read (carrel/samples.h); their days ascend, each day once. No database, no clock; any thread may call.
 * A day without a sample is a gap: it is counted, and never filled in.
 */
#ifndef CARREL_TREND_H
#define CARREL_TREND_H

#include "carrel/samples.h"

#define TREND_WINDOW 7       /* days, when nothing else is asked for */
#define TREND_WINDOW_MAX 366 /* days */

struct trend_measure {
    double value;        /* newest sample, NAN without any */
    double velocity;     /* units a day, NAN when the window has fewer than two samples */
    double acceleration; /* units a day squared, NAN unless both windows have a velocity */
    size_t samples;      /* up to and including `today` */
    size_t gaps;         /* days without a sample, from the first sample to `today` */
};

/* Velocity is the least-squares slope over the samples of the days today-window..today, so a gap
 * neither counts as zero nor weighs; acceleration is that less the velocity of the window before
 * (which ends at today-window), divided by the window. Points after `today` are left out. The
 * window is 1..TREND_WINDOW_MAX days. */
void trend_measure(struct trend_measure *out, const struct sample_point *points, size_t count,
                   int32_t today, int32_t window);

/* What is usual in a group: the median, and a spread in units of a standard deviation. */
struct trend_usual {
    double median, spread; /* spread is 0 when all values are equal; both NAN for an empty group */
};

/* The spread is 1.4826 times the median absolute deviation; where more than half of the values are
 * equal (so that this is 0) 1.2533 times the mean absolute deviation (B. Iglewicz and D. Hoaglin,
 * How to Detect and Handle Outliers, 1993). Sorts and then overwrites `values`, which must be
 * finite. */
void trend_usual(struct trend_usual *out, double *values, size_t count);
/* How many spreads `value` lies above what is usual; NAN where the group cannot tell. */
double trend_zscore(const struct trend_usual *usual, double value);

#endif
