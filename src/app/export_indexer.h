/*
 * The search index of a website's segment, made on a thread of its own while the papers behind are
 * read and written: words cost more than all the rest.
 *
 * Records come in batches. A batch is its giver's until the next one is begun, then the thread's.
 */
#ifndef CARREL_APP_EXPORT_INDEXER_H
#define CARREL_APP_EXPORT_INDEXER_H

#include "carrel/mem.h"
#include "carrel/record.h"
#include "carrel/site_index.h"

struct indexer;
struct indexer *indexer_new(void);
/* Begins a batch, the first one, too, and hands over the one before. Waits where the thread is far
 * behind. What records of the batch point to belongs into the arena. */
struct arena *indexer_begin(struct indexer *indexer);
void indexer_add(struct indexer *indexer, const struct record *record);
/* All that was added, indexed, once the thread is done; borrows. Nothing may be added afterwards.
 */
const struct site_index *indexer_end(struct indexer *indexer);
void indexer_free(struct indexer *indexer); /* at any time; NULL: nothing */

#endif
