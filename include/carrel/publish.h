/*
 * Reading many works at once, for exports: the order in which they are published, and merged
 * records with a handful of prepared statements each. Runs on the thread that owns the connection.
 */
#ifndef CARREL_PUBLISH_H
#define CARREL_PUBLISH_H

#include "carrel/record.h"
#include "carrel/store.h"

/* What decides where a work is published and whether that has changed. */
struct publish_key {
    int64_t id;
    const char *key;     /* lives during the call */
    int32_t day;         /* 0: undated */
    int64_t changed;     /* ms */
    unsigned credits;    /* credits_bits: whose data is in it */
    uint64_t state_hash; /* of what is published beside the records: the tags */
};

/* Every work, newest first (day, then key). A non-zero return of `each` stops and is returned. */
int publish_each(struct store *store, int (*each)(void *ctx, const struct publish_key *key),
                 void *ctx, struct error *err);

/* The merged record of one work, in the arena: fields, authors, categories, code links, tags and
 * notes. ERR_NOTFOUND when it is gone. */
int publish_record(struct store *store, struct arena *arena, int64_t id, struct record *out,
                   struct error *err);

/* The same, but for code links that only a repository of this library claims: what is the same on
 * all machines that have exchanged their records. */
int publish_shared(struct store *store, struct arena *arena, int64_t id, struct record *out,
                   struct error *err);

/* When its words were last new, at their sources or by hand, in ms: the same on all machines that
 * sync, whenever each of them has heard of it. */
int publish_updated(struct store *store, int64_t id, int64_t *ms, struct error *err);

struct publish_count {
    const char *name; /* lives during the call */
    int64_t count;
};
/* Counts for the statistics: `what` is "category", "year", "month", "source", "tag". Ordered by
 * count for category, source and tag (then name), by name for the others. */
int publish_counts(struct store *store, const char *what,
                   int (*each)(void *ctx, const struct publish_count *count), void *ctx,
                   struct error *err);

/* What works have, pair by pair: `what` is "category" (codes), "source" (of current records),
 * "author" (names), "code" (works that have any; the name is ""). Texts live during the call;
 * non-zero from `each` ends it and is returned. */
int publish_pairs(struct store *store, const char *what,
                  int (*each)(void *ctx, int64_t work, const char *name), void *ctx,
                  struct error *err);

struct publish_totals {
    int64_t works, records, authors, categories, with_code, withdrawn;
    int64_t unread, read, later, starred, tags, notes, queries;
    int32_t first_day, last_day; /* DAY_NONE when no work has a date */
    int64_t newest_added;        /* ms, 0 none */
};
int publish_totals(struct store *store, struct publish_totals *totals, struct error *err);

#endif
