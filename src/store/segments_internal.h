/*
 * What the files about segments need of each other.
 */
#ifndef CARREL_SEGMENTS_INTERNAL_H
#define CARREL_SEGMENTS_INTERNAL_H

#include "carrel/segments.h"

#include "internal.h"

#define SEGMENT_LEAST 64 /* works: fewer are left to FTS5 */

char *segment_path(struct store *store, int64_t name); /* malloc'd */
/* A blob of ids as an array (malloc'd). */
int64_t *segment_ids(const void *blob, size_t len, size_t *count);
/* Adds ids to the dead of a row of `segment`. */
int segment_bury(struct store *store, int64_t row, const int64_t *ids, size_t count,
                 struct error *err);
/* Inside a transaction: lists a new file. */
int segment_list(struct store *store, const struct postings_info *info, uint64_t hash,
                 const int64_t *dead, size_t dead_count, struct error *err);
int segment_touch(struct store *store, struct error *err); /* the list has changed */
int64_t segment_new_name(void);
/* Merges small segments while there are many; outside a transaction. */
int segments_merge(struct store *store, bool (*stop)(void *ctx), void *ctx, struct error *err);

#endif
