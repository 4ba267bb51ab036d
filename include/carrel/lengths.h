/*
 * Document lengths for ranking, four bytes a work, in the mapped file cache/lengths.
 *
 * The file is right for exactly one value of meta.text_gen, a random number that every transaction
 * which changes texts draws anew: a writer that dies between writing the file and committing leaves
 * a file that nobody trusts. Whoever finds it stale rebuilds it from the table work_length.
 */
#ifndef CARREL_LENGTHS_H
#define CARREL_LENGTHS_H

#include "carrel/postings.h"
#include "carrel/store.h"

struct lengths {
    const struct lengths_entry *entries; /* by work id; ids from `count` on are unknown */
    int64_t count;
    int64_t docs;
    double avg_title, avg_authors, avg_abstract; /* at least 1 */
};
/* The lengths as of the connection's current state; rebuilt when stale. Borrowed: good until the
 * next call on this connection. Without a writable cache folder they are kept in memory. */
int lengths_get(const struct lengths **out, struct store *store, struct error *err);
void lengths_close(void *handle); /* store_close calls it */
struct lengths_entry lengths_saturate(int64_t title, int64_t authors, int64_t abstract);

/* The writer's side: changes of one transaction. Begin after store_begin, commit right before
 * store_commit. */
struct lengths_writer;
struct lengths_writer *lengths_writer_begin(struct store *store);
int lengths_writer_set(struct lengths_writer *writer, int64_t id, int title, int authors,
                       int abstract, struct error *err);
int lengths_writer_remove(struct lengths_writer *writer, int64_t id, struct error *err);
int lengths_writer_commit(struct lengths_writer *writer, struct error *err); /* frees the writer */
void lengths_writer_free(struct lengths_writer *writer);                     /* without commit */

#endif
