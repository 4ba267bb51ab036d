/*
 * Samples: numbers that sources count about a paper (upvotes, comments, stars), one value a day and
 * metric, so that what rises can be told from what is high. A day without a sample is a gap;
 * nothing is ever filled in. All functions run on the thread that owns the connection.
 */
#ifndef CARREL_SAMPLES_H
#define CARREL_SAMPLES_H

#include "carrel/record.h"
#include "carrel/store.h"

/* What a record counted, as samples of its work, in the open transaction; metrics without a time
 * are left out. A later value of the same day takes the place of the earlier one. */
int samples_put(struct store *store, int64_t work, const struct record *record, struct error *err);
/* All samples of a work: by source, metric, item and day. Texts in the arena. */
struct sample {
    char *source, *metric, *item;
    int32_t day;
    double value;
};
int samples_list(struct store *store, struct arena *arena, int64_t work, struct sample **out,
                 size_t *count, struct error *err);

/* One sampled day, in days since 1970-01-01 UTC. */
struct sample_point {
    int32_t day;
    double value;
};
/* What one source counted under one of its ids of a work; texts and points live during the call. */
struct sample_series {
    int64_t work;
    const char *source, *metric, *item;
    const struct sample_point *points; /* days ascend, each once */
    size_t count;                      /* 1 or more */
};
/* Every series of the library up to the day `until`: those of works by work, source, metric and
 * item, then those of repositories, one by one, for each of their works (so a work may come again).
 * Non-zero from `each` ends it and is returned. */
int samples_each(struct store *store, int32_t until,
                 int (*each)(void *ctx, const struct sample_series *series), void *ctx,
                 struct error *err);
/* What groups works: their first category ("" none) and the day they were published (0 unknown).
 * ERR_NOTFOUND for a work that has gone. */
int samples_group(struct store *store, struct arena *arena, int64_t work, char **category,
                  int32_t *published, struct error *err);
/* Is the work in this category, first or not? "math.*" is all whose code begins with "math.". */
int samples_in_category(struct store *store, int64_t work, const char *category, bool *in,
                        struct error *err);
/* ERR_NOTFOUND, naming it, when no work of the library is in such a category. */
int samples_category_known(struct store *store, const char *category, struct error *err);

/* Titles and abstracts of works published from `first` to `last`, newest first, of a category (as
 * above) or, NULL, all. Non-zero from `each` ends it and is returned. */
int samples_texts(struct store *store, int32_t first, int32_t last, const char *category,
                  int (*each)(void *ctx, int64_t work, int32_t day, const char *title,
                              const char *abstract),
                  void *ctx, struct error *err);

/* The same works and days without their texts, from an index alone where there is no category. */
int samples_works(struct store *store, int32_t first, int32_t last, const char *category,
                  int (*each)(void *ctx, int64_t work, int32_t day), void *ctx, struct error *err);

/* The day of the newest sample of a work or a repository; 0: there is none. */
int samples_last_day(struct store *store, int32_t *day, struct error *err);
/* The newest value of each metric; `at` is the beginning of its day. */
int samples_newest(struct store *store, struct arena *arena, int64_t work,
                   struct record_metrics *out, struct error *err);
/* Two works become one; and what splitting moves: the series of one of the ids. */
int samples_merge(struct store *store, int64_t keep, int64_t gone, struct error *err);
int samples_split(struct store *store, int64_t from, int64_t to, const char *item,
                  struct error *err);

#endif
