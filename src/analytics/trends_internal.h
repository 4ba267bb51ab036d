/*
 * Inside trends: the works that have the metric, as one reading of the library finds them.
 */
#ifndef CARREL_ANALYTICS_TRENDS_INTERNAL_H
#define CARREL_ANALYTICS_TRENDS_INTERNAL_H

#include "carrel/trends.h"

struct trends_held {
    int64_t work;
    struct trend_measure measure;
    char *source, *item, *category;
    int32_t published;
    int band;
    double zscore;
    int level; /* of its group */
    size_t group_size;
};

struct trends_reader {
    struct store *store;
    struct arena *arena;
    const struct trends_options *options;
    const char *metric;
    int32_t window;
    struct trends *out;
    struct trends_held *held;
    size_t len, cap, metric_cap;
    struct hashmap *places;  /* of works in `held` */
    struct hashmap *counted; /* works by metric */
    struct error *err;
};

/* trends_pass.c. One pass for reader->metric; trends_measure chooses the metric as the options have
 * it. ERR_NOTFOUND: nothing here has the one that was asked for. */
int trends_pass(struct trends_reader *reader);
int trends_measure(struct trends_reader *reader);

/* trends_groups.c. Categories and ages first; works that are not there are left out. */
int trends_read_groups(struct trends_reader *reader);
void trends_score(struct trends_reader *reader);
char *trends_group_name(struct trends_reader *reader,
                        const struct trends_held *held); /* in the arena */

#endif
