/*
 * What rises: the sampled papers of a library with how fast their upvotes, comments or stars grow,
 * and how unusual that is among papers of their kind. Computed anew each time in one pass over the
 * samples; nothing of it is stored. A function of the library, the day and the options alone. Runs
 * on the thread that owns the connection and ends with ERR_CANCELLED when that is cancelled.
 *
 * One value a day: a work may have several series of a metric, of several sources or (merged) of
 * several of its ids. They are not added up: the same people may stand behind each, and a day on
 * which only some of them were sampled would be a fall that nobody made; for the same reason the
 * highest of each day is not taken. What counts is the work's leading series: of those with a
 * velocity (else of all) the one whose newest value is highest, the first by source and item where
 * they are equal. What is shown of a paper is always what one source really counted.
 *
 * Groups: the z-score of a velocity is that among works of the same first category and age (up to
 * 7, 30, 90, 365 days since publication, older, undated). With fewer than TRENDS_GROUP_MIN works
 * that have a velocity the group is that of the age in all categories, then all works; and
 * with fewer than TRENDS_GROUP_LEAST there is no score (NAN): a few numbers tell nothing of what is
 * usual. See trend_usual (carrel/trend.h) for the arithmetic.
 */
#ifndef CARREL_TRENDS_H
#define CARREL_TRENDS_H

#include "carrel/trend.h"

#define TRENDS_GROUP_MIN 20
#define TRENDS_GROUP_LEAST 5
#define TRENDS_METRIC "upvotes" /* when nothing else is asked for, and there are any */
#define TRENDS_POINTS 90        /* days of samples that come with each item */
#define TRENDS_LIMIT_MAX 1000

enum trends_sort { TRENDS_VELOCITY, TRENDS_ZSCORE, TRENDS_VALUE, TRENDS_ACCELERATION };
#define TRENDS_SORTS 4
const char *trends_sort_name(enum trends_sort sort);
/* By name or a beginning of it that is nobody else's; ERR_USAGE tells what there is. */
int trends_sort_find(enum trends_sort *out, const char *name, struct error *err);

struct trends_options {
    const char *metric;    /* NULL: TRENDS_METRIC, or where nothing counts that the one that most
                              papers have */
    const char *category;  /* only works that are in it (samples_in_category); NULL: all. Groups
                              are the same with it. */
    int32_t today, window; /* days; window 1..TREND_WINDOW_MAX, 0: TREND_WINDOW */
    enum trends_sort sort; /* largest first, those without it last, then by value and key */
    size_t limit;          /* 0: 20; at most TRENDS_LIMIT_MAX */
};

struct trends_item {
    int64_t work;
    char *key, *title, *category; /* its first; "" none */
    int32_t published;            /* 0: unknown */
    char *source, *item;          /* of its leading series */
    struct trend_measure measure;
    double zscore;               /* NAN: its group is too small */
    char *group;                 /* what it was compared with: "cs.CL, up to 30 days old" */
    size_t group_size;           /* works with a velocity in it */
    struct sample_point *points; /* of the last TRENDS_POINTS days */
    size_t point_count;
};

struct trends_metric {
    char *name;
    size_t works, samples;
    int32_t first, last; /* days */
};

struct trends {
    char *metric; /* "" when the library has no samples */
    int32_t today, window;
    struct trends_item *items;
    size_t len;
    size_t works, measured;        /* of the category: have the metric; have a velocity */
    size_t sampled;                /* of all categories: have the metric */
    struct trends_metric *metrics; /* all that there are, by name */
    size_t metric_count;
};

/* All of it lies in the arena. ERR_NOTFOUND: such a metric or category is not there. */
int trends_read(struct trends *out, struct store *store, struct arena *arena,
                const struct trends_options *options, struct error *err);
/* Works of options->metric (not NULL) that are past every limit that is not NAN: more than so much,
 * by the numbers of trends_read. In order of id; a metric that nothing counts has none. */
struct trends_limits {
    double value, velocity, zscore;
};
struct trends_passed {
    int64_t work;
    double value, velocity, zscore; /* zscore NAN when no limit asks for it */
};
int trends_past(struct trends_passed **out, size_t *count, struct store *store, struct arena *arena,
                const struct trends_options *options, const struct trends_limits *limits,
                struct error *err);
/* Ids of all works with a velocity of the metric (as above), fastest first: an order for lists. */
int trends_order(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                 const struct trends_options *options, struct error *err);

#endif
