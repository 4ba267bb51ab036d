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
/* The newest value of each metric; `at` is the beginning of its day. */
int samples_newest(struct store *store, struct arena *arena, int64_t work,
                   struct record_metrics *out, struct error *err);
/* Two works become one; and what splitting moves: the series of one of the ids. */
int samples_merge(struct store *store, int64_t keep, int64_t gone, struct error *err);
int samples_split(struct store *store, int64_t from, int64_t to, const char *item,
                  struct error *err);

#endif
