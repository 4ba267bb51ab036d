/*
 * Enquiries: what single papers a source has been asked for, and which are to be asked for next.
 * That a source knows nothing of a paper is an answer, too, and kept like one. All functions run on
 * the thread that owns the connection.
 */
#ifndef CARREL_ENQUIRIES_H
#define CARREL_ENQUIRIES_H

#include "carrel/record.h"
#include "carrel/store.h"

#define ENQUIRY_AGAIN_DAYS 180 /* what a registry says of a paper changes seldom */

/* The source has answered for an id ("doi:10.1145/1"), in the open transaction; ids that no work
 * has leave nothing. */
int enquiries_put(struct store *store, const char *source, const char *id, bool known, int64_t now,
                  struct error *err);
/* The DOIs, bare, that the source is to be asked for, at most `most`: of works that the reader has
 * marked, then the newest that were never asked for, then those asked for longest ago. arXiv
 * registers its own elsewhere: those are none. */
int enquiries_due(struct store *store, struct arena *arena, const char *source, int64_t now,
                  size_t most, struct text_list *out, struct error *err);
/* How many that would be without `most`, and how many of them were never asked for. */
int enquiries_due_count(struct store *store, const char *source, int64_t now, int64_t *due,
                        int64_t *unasked, struct error *err);

#endif
