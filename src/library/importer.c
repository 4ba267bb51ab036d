/*
 * The importer, the caller's thread: records are prepared into batches, which wait in a bounded
 * queue for the writer thread (importer_writer.c).
 */
#include "importer.h"

#include "carrel/text.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_BYTES (8u << 20) /* a table of results is a record, too */
#define QUEUE_BATCHES 6
#define WRITER_CACHE_KIB 131072
#define PAGES_CACHE_KIB 32768
#define STEP_COLUMNS 60 /* of an import's name */

static void batch_free(struct batch *batch)
{
    size_t i;

    if (!batch)
        return;
    for (i = 0; i < BATCH_RECORDS; i++)
        fts_document_free(&batch->items[i].doc);
    arena_free(batch->arena);
    free(batch);
}

static struct batch *batch_take(struct importer *importer)
{
    struct batch *batch;

    pthread_mutex_lock(&importer->lock);
    batch = importer->spare;
    if (batch)
        importer->spare = batch->next;
    pthread_mutex_unlock(&importer->lock);
    if (!batch) {
        batch = mem_zalloc(sizeof *batch);
        batch->arena = arena_new();
    }
    batch->len = 0;
    batch->next = NULL;
    batch->checkpoint = NULL;
    arena_reset(batch->arena);
    return batch;
}

static int importer_open(struct importer **out, const char *library_dir, bool by_pages,
                         struct error *err)
{
    struct importer *importer = mem_zalloc(sizeof *importer);
    struct store_options options = { .create = true,
                                     .cache_kib = by_pages ? PAGES_CACHE_KIB : WRITER_CACHE_KIB };
    struct embedders embedders = { 0 };
    int result = store_open(&importer->store, library_dir, &options, err);

    *out = NULL;
    if (result == ERR_OK)
        result = store_exec(importer->store, "PRAGMA wal_autocheckpoint = 60000", err);
    if (result == ERR_OK)
        result = embedders_open(&embedders, importer->store, err);
    if (result != ERR_OK) {
        store_close(importer->store);
        free(importer);
        return result;
    }
    pthread_mutex_init(&importer->lock, NULL);
    pthread_cond_init(&importer->filled, NULL);
    pthread_cond_init(&importer->drained, NULL);
    importer->by_pages = by_pages;
    importer->preparer = preparer_new(&embedders);
    importer->segments = segment_writer_new(importer->store);
    if (pthread_create(&importer->thread, NULL, importer_write, importer) != 0)
        die("cannot start a thread");
    importer->running = true;
    *out = importer;
    return ERR_OK;
}

int importer_new(struct importer **out, const char *library_dir, struct error *err)
{
    return importer_open(out, library_dir, false, err);
}

int importer_new_by_pages(struct importer **out, const char *library_dir, struct error *err)
{
    return importer_open(out, library_dir, true, err);
}

void importer_step(struct importer *importer, const char *name)
{
    struct str plain = STR_INIT, cut = STR_INIT;

    utf8_squeeze(&plain, name, strlen(name)); /* of a file, which may have any bytes */
    text_ellipsis(&cut, plain.ptr, STEP_COLUMNS, false);
    importer->imported.name = mem_strdup(cut.len ? cut.ptr : "a file");
    str_free(&plain);
    str_free(&cut);
}

void importer_on_reject(struct importer *importer,
                        void (*reject)(void *ctx, long line, const char *why), void *ctx)
{
    importer->reject = reject;
    importer->reject_ctx = ctx;
}

static int importer_status(struct importer *importer, struct error *err)
{
    if (importer->status != ERR_OK && err)
        *err = importer->err;
    return importer->status;
}

/* Hands the batch over; waits while the queue is full. */
static int importer_send(struct importer *importer, struct error *err)
{
    struct batch *batch = importer->filling;
    int result;

    if (!batch)
        return ERR_OK;
    importer->filling = NULL;
    pthread_mutex_lock(&importer->lock);
    while (importer->queued >= QUEUE_BATCHES && !importer->finishing)
        pthread_cond_wait(&importer->drained, &importer->lock);
    if (importer->finishing) {
        result = importer_status(importer, err);
        pthread_mutex_unlock(&importer->lock);
        batch_free(batch);
        return result;
    }
    if (importer->last)
        importer->last->next = batch;
    else
        importer->first = batch;
    importer->last = batch;
    importer->queued++;
    pthread_cond_signal(&importer->filled);
    result = importer_status(importer, err);
    pthread_mutex_unlock(&importer->lock);
    return result;
}

int importer_add(struct importer *importer, const struct record *record, struct error *err)
{
    const char *why = NULL;
    struct batch *batch;

    if (!importer->filling)
        importer->filling = batch_take(importer);
    batch = importer->filling;
    importer->offered++;
    if (!preparer_run(importer->preparer, &batch->items[batch->len], record, batch->arena, &why)) {
        importer->rejected++;
        if (importer->reject)
            importer->reject(importer->reject_ctx, record->line, why);
        return ERR_OK;
    }
    batch->len++;
    return batch->len == BATCH_RECORDS || arena_bytes(batch->arena) > BATCH_BYTES
               ? importer_send(importer, err)
               : ERR_OK;
}

int importer_checkpoint(struct importer *importer,
                        int (*save)(void *ctx, struct store *store,
                                    const struct import_counts *page, struct error *err),
                        void *ctx, struct import_counts *page, struct error *err)
{
    struct checkpoint checkpoint = { .save = save, .ctx = ctx };
    int result;

    checkpoint.page.seen = importer->offered - importer->page_offered;
    checkpoint.page.rejected = importer->rejected - importer->page_rejected;
    if (!importer->filling)
        importer->filling = batch_take(importer);
    importer->filling->checkpoint = &checkpoint;
    result = importer_send(importer, err);
    pthread_mutex_lock(&importer->lock);
    while (result == ERR_OK && !checkpoint.done && !importer->finishing)
        pthread_cond_wait(&importer->drained, &importer->lock);
    if (result == ERR_OK && !checkpoint.done)
        result = importer_status(importer, err);
    pthread_mutex_unlock(&importer->lock);
    if (result != ERR_OK)
        return result;
    importer->page_offered = importer->offered;
    importer->page_rejected = importer->rejected;
    if (page)
        *page = checkpoint.page;
    return ERR_OK;
}

void importer_counts(const struct importer *importer, struct import_counts *counts)
{
    struct importer *mutable = (struct importer *)(uintptr_t)importer;

    pthread_mutex_lock(&mutable->lock);
    *counts = importer->counts;
    pthread_mutex_unlock(&mutable->lock);
    counts->seen = importer->offered;
    counts->rejected = importer->rejected;
}

static void importer_join(struct importer *importer, bool abandon)
{
    if (!importer->running)
        return;
    pthread_mutex_lock(&importer->lock);
    importer->finishing = true;
    importer->abandoned = abandon;
    pthread_cond_signal(&importer->filled);
    pthread_mutex_unlock(&importer->lock);
    pthread_join(importer->thread, NULL);
    importer->running = false;
}

int importer_finish(struct importer *importer, struct import_counts *counts, struct error *err)
{
    int result = importer_send(importer, err);
    const struct lengths *lengths;

    importer_join(importer, false);
    if (result == ERR_OK)
        result = importer_status(importer, err);
    if (result == ERR_OK)
        result =
            imported_return(&importer->imported, importer->store, &importer->counts.returned, err);
    importer->counts.added += importer->counts.returned;
    importer->counts.binned -= importer->counts.returned;
    if (counts)
        importer_counts(importer, counts);
    /* The next search should not have to rebuild them. */
    if (result == ERR_OK)
        result = lengths_get(&lengths, importer->store, err);
    if (result == ERR_OK)
        result = vectors_refresh(importer->store, err);
    if (result == ERR_OK)
        result = segment_writer_finish(importer->segments, NULL, NULL, err);
    return result;
}

static void importer_free_list(struct batch *batch)
{
    while (batch) {
        struct batch *next = batch->next;

        batch_free(batch);
        batch = next;
    }
}

void importer_free(struct importer *importer)
{
    if (!importer)
        return;
    importer_join(importer, true);
    batch_free(importer->filling);
    importer_free_list(importer->first);
    importer_free_list(importer->spare);
    preparer_free(importer->preparer);
    segment_writer_free(importer->segments);
    store_close(importer->store);
    pthread_mutex_destroy(&importer->lock);
    pthread_cond_destroy(&importer->filled);
    pthread_cond_destroy(&importer->drained);
    free(importer->changed);
    imported_free(&importer->imported);
    free(importer);
}
