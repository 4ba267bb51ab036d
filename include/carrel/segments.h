/*
 * The segments of a library: which files of postings are true of it, and keeping them so.
 *
 * The table `segment` lists them and is read and written inside transactions, so a reader's list
 * always fits the index it sees; the files are immutable and named by random numbers, so that a
 * file is either the one that is meant or not there. Works they do not cover (ids above `to`, and
 * `pending`) are for FTS5 to find. Nothing here is needed for a right answer: without a cache
 * folder, or with damaged files, segments_get says so and all is asked of FTS5.
 */
#ifndef CARREL_SEGMENTS_H
#define CARREL_SEGMENTS_H

#include "carrel/fts.h"
#include "carrel/postings.h"
#include "carrel/store.h"

struct segment {
    const struct postings *postings;
    const uint64_t *dead; /* bits by id less the segment's first: do not count; or NULL */
};
struct segment_set {
    const struct segment *items;
    size_t count;
    int64_t to;             /* works with larger ids are in no segment */
    const int64_t *pending; /* these, too, are to be asked of FTS5; ascending */
    size_t pending_count;
};
/* As of the connection's current state; borrowed until the next call on it. ERR_NOTFOUND: there
 * are none, or not all of them can be read: rank by FTS5. */
int segments_get(const struct segment_set **out, struct store *store, struct error *err);
/* Gives back the pages of segments when a connection has read much of them: after a search. */
void segments_relax(struct store *store);

/* ---- the writer's side ---- */

/* Collects what an import adds, on the connection that adds it. One thread. */
struct segment_writer;
struct segment_writer *segment_writer_new(struct store *store);
void segment_writer_free(struct segment_writer *writer);
/* Inside the transaction, after fts_insert or fts_delete of the same work. */
void segment_writer_add(struct segment_writer *writer, int64_t id, const struct fts_document *doc);
void segment_writer_drop(struct segment_writer *writer, int64_t id);
/* The transaction is rolled back: forgets what is not published. */
void segment_writer_reset(struct segment_writer *writer);
/* Right before store_commit: publishes what was collected once that is enough for a segment. A
 * failure to write (a full disk) is logged, not returned: the works stay for FTS5. */
int segment_writer_flush(struct segment_writer *writer, struct error *err);
/* After store_commit: merges when one was published. */
int segment_writer_tidy(struct segment_writer *writer, struct error *err);
/* Outside a transaction, at the end of an import: covers whatever is in no segment, and merges.
 * `stop` (may be NULL) ends it early, which does no harm. */
int segment_writer_finish(struct segment_writer *writer, bool (*stop)(void *ctx), void *ctx,
                          struct error *err);

/* Inside a transaction, by fts_insert and fts_delete: the segments' word on this work is void. */
int segments_note(struct store *store, int64_t id, bool is_new, struct error *err);
/* Inside a transaction: no segment counts any more. */
int segments_forget(struct store *store, struct error *err);
/* Reads every segment whole: ERR_CORRUPT or ERR_NOTFOUND names the first bad one. */
int segments_verify(struct store *store, int64_t *count, struct error *err);
/* How many works no segment covers. */
int segments_uncovered(struct store *store, int64_t *count, struct error *err);

void segments_close(void *handle); /* store_close calls it */

#endif
