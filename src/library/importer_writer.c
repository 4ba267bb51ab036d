/*
 * The importer's writer thread: it applies batches of prepared records, many to a transaction.
 *
 * A transaction holds the write lock for at most COMMIT_MS or COMMIT_RECORDS, and a short pause
 * after it lets other writers in. Counts grow only when their transaction is on disk.
 */
#include "importer.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMMIT_RECORDS 16384
#define COMMIT_MS 1000
#define PAUSE_US 5000

static int writer_commit(struct importer *importer, struct error *err)
{
    struct import_counts *counts = &importer->counts, *pending = &importer->pending;
    int result;

    if (!importer->open)
        return ERR_OK;
    importer->open = false;
    result = imported_save(&importer->imported, importer->store, err);
    if (result == ERR_OK)
        result = writer_finish(importer->writer, err);
    if (result == ERR_OK)
        result = store_commit(importer->store, err);
    if (result != ERR_OK)
        return result;
    pthread_mutex_lock(&importer->lock);
    counts->added += pending->added;
    counts->updated += pending->updated;
    counts->unchanged += pending->unchanged;
    counts->merged += pending->merged;
    counts->binned += pending->binned;
    pthread_mutex_unlock(&importer->lock);
    memset(pending, 0, sizeof *pending);
    usleep(PAUSE_US);
    return segment_writer_tidy(importer->segments, err);
}

static int writer_open(struct importer *importer, struct error *err)
{
    int result = importer->open ? ERR_OK : writer_begin(importer->writer, err);

    if (result == ERR_OK && !importer->open) {
        importer->open = true;
        importer->open_since = clock_ticks_ms();
    }
    return result;
}

/* The end of a page: the caller's function, the commit, and word to the caller. */
static int writer_checkpoint(struct importer *importer, struct checkpoint *checkpoint,
                             struct error *err)
{
    int result = writer_open(importer, err); /* a page may have no records */

    checkpoint->page.added = importer->pending.added;
    checkpoint->page.updated = importer->pending.updated;
    checkpoint->page.unchanged = importer->pending.unchanged;
    checkpoint->page.binned = importer->pending.binned;
    checkpoint->page.changed = importer->changed;
    checkpoint->page.changed_len = importer->changed_len;
    if (result == ERR_OK)
        result = checkpoint->save(checkpoint->ctx, importer->store, &checkpoint->page, err);
    if (result == ERR_OK)
        result = writer_commit(importer, err);
    checkpoint->page.changed = NULL;
    importer->changed_len = 0;
    if (result != ERR_OK)
        return result;
    pthread_mutex_lock(&importer->lock);
    checkpoint->done = true;
    pthread_cond_broadcast(&importer->drained);
    pthread_mutex_unlock(&importer->lock);
    return ERR_OK;
}

/* For whoever takes the import back. */
static void writer_note(struct importer *importer, const struct prepared *item, enum applied what)
{
    const struct writer *writer = importer->writer;

    if (!importer->imported.name)
        return;
    if (what == APPLIED_BINNED)
        imported_note_binned(&importer->imported, item->aliases.items[0]);
    else if (what != APPLIED_UNCHANGED && writer->record)
        imported_note(&importer->imported, what == APPLIED_ADDED, writer->record, writer->before);
}

static int writer_batch(struct importer *importer, const struct batch *batch, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < batch->len && result == ERR_OK; i++) {
        enum applied what;

        result = writer_open(importer, err);
        if (result != ERR_OK)
            return result;
        result = writer_apply(importer->writer, &batch->items[i], &what, err);
        if (result != ERR_OK)
            return result;
        writer_note(importer, &batch->items[i], what);
        importer->pending.added += what == APPLIED_ADDED;
        importer->pending.updated += what == APPLIED_UPDATED;
        importer->pending.unchanged += what == APPLIED_UNCHANGED;
        importer->pending.binned += what == APPLIED_BINNED;
        importer->pending.merged += importer->writer->joined;
        importer->writer->joined = 0;
        if (importer->by_pages && (what == APPLIED_ADDED || what == APPLIED_UPDATED)
            && importer->writer->record)
            VEC_PUSH(importer->changed, importer->changed_len, importer->changed_cap,
                     importer->writer->record);
    }
    if (batch->checkpoint)
        return writer_checkpoint(importer, batch->checkpoint, err);
    if (importer->by_pages)
        return ERR_OK;
    if (clock_ticks_ms() - importer->open_since > COMMIT_MS
        || importer->pending.added + importer->pending.updated + importer->pending.unchanged
                   + importer->pending.binned
               > COMMIT_RECORDS)
        result = writer_commit(importer, err);
    return result;
}

/* The next batch, or NULL at the end. While the queue is empty what is open is committed, so that a
 * slow source does not keep the write lock. */
static struct batch *writer_next(struct importer *importer, int *result, struct error *err)
{
    struct batch *batch;

    pthread_mutex_lock(&importer->lock);
    if (!importer->first && !importer->finishing && importer->open && !importer->by_pages) {
        pthread_mutex_unlock(&importer->lock);
        *result = writer_commit(importer, err);
        if (*result != ERR_OK)
            return NULL;
        pthread_mutex_lock(&importer->lock);
    }
    while (!importer->first && !importer->finishing)
        pthread_cond_wait(&importer->filled, &importer->lock);
    batch = importer->abandoned ? NULL : importer->first;
    if (batch) {
        importer->first = batch->next;
        if (!importer->first)
            importer->last = NULL;
        importer->queued--;
        pthread_cond_signal(&importer->drained);
    }
    pthread_mutex_unlock(&importer->lock);
    return batch;
}

static void entry_stood(void *ctx)
{
    struct importer *importer = ctx;

    importer->pending.updated++;
    importer->pending.unchanged--;
    if (importer->imported.name)
        imported_note(&importer->imported, false, importer->writer->record,
                      importer->writer->before);
}

/* Entries that waited for others of their file. */
static int writer_settle(struct importer *importer, struct error *err)
{
    int result = ERR_OK;

    if (twice_waits(importer->writer))
        result = writer_open(importer, err);
    if (result == ERR_OK && importer->open)
        result = twice_settle(importer->writer, entry_stood, importer, err);
    return result == ERR_OK ? writer_commit(importer, err) : result;
}

static void writer_loop(struct importer *importer, int *result, struct error *err)
{
    struct batch *batch;

    while ((batch = writer_next(importer, result, err))) {
        *result = writer_batch(importer, batch, err);
        pthread_mutex_lock(&importer->lock);
        batch->next = importer->spare;
        importer->spare = batch;
        pthread_mutex_unlock(&importer->lock);
        if (*result != ERR_OK)
            return;
    }
    if (*result == ERR_OK && !importer->abandoned && !importer->by_pages)
        *result = writer_settle(importer, err);
}

void *importer_write(void *ctx)
{
    struct importer *importer = ctx;
    struct error err = { 0 };
    int result = ERR_OK;

    importer->writer = writer_new(importer->store);
    importer->writer->segments = importer->segments;
    if (!importer->by_pages)
        writer_watch_twice(importer->writer);
    writer_loop(importer, &result, &err);
    if (store_in_transaction(importer->store)) {
        writer_abort(importer->writer);
        store_rollback(importer->store);
    }
    writer_free(importer->writer);
    pthread_mutex_lock(&importer->lock);
    importer->status = result;
    importer->err = err;
    importer->finishing = true; /* nobody waits for a writer that is gone */
    pthread_cond_broadcast(&importer->drained);
    pthread_mutex_unlock(&importer->lock);
    return NULL;
}
