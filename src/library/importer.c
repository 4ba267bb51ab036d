/*
 * The importer: two threads, a bounded queue of batches between them, group commit.
 *
 * The caller's thread prepares records (the costly half) into batches; the writer thread applies
 * them. A transaction holds the write lock for at most COMMIT_MS or COMMIT_RECORDS, and a short
 * pause after it lets other writers in. Counts grow only when their transaction is on disk.
 *
 * By pages (a harvest), the caller says where a transaction ends: a batch may carry a checkpoint,
 * whose function runs behind its records inside the transaction, which is committed then and only
 * then.
 */
#include "imported.h"
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH_RECORDS 256
#define BATCH_BYTES (8u << 20) /* a table of results is a record, too */
#define QUEUE_BATCHES 6
#define COMMIT_RECORDS 16384
#define COMMIT_MS 1000
#define PAUSE_US 5000
#define WRITER_CACHE_KIB 131072
#define PAGES_CACHE_KIB 32768
#define STEP_COLUMNS 60 /* of an import's name */

/* Lives on the stack of the caller, who waits for it. */
struct checkpoint {
    int (*save)(void *ctx, struct store *store, const struct import_counts *page,
                struct error *err);
    void *ctx;
    struct import_counts page;
    bool done;
};

struct batch {
    struct arena *arena;
    struct prepared items[BATCH_RECORDS];
    size_t len;
    struct checkpoint *checkpoint; /* behind the records; NULL: none */
    struct batch *next;
};

struct importer {
    char *dir;
    struct preparer *preparer;
    struct batch *filling;
    int64_t rejected, offered;
    void (*reject)(void *ctx, long line, const char *why);
    void *reject_ctx;

    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t filled, drained;
    struct batch *first, *last, *spare;
    size_t queued;
    bool finishing, abandoned;
    bool by_pages;
    int64_t page_offered, page_rejected; /* what they were at the last checkpoint */
    int status;                          /* of the writer thread */
    struct error err;
    struct import_counts counts; /* committed */

    /* the writer thread's own */
    struct store *store;
    struct writer *writer;
    struct segment_writer *segments; /* the caller's, once the thread is gone */
    struct import_counts pending;
    int64_t *changed; /* records of this page */
    size_t changed_len, changed_cap;
    struct imported imported;
    bool open;
    int64_t open_since;
};

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

/* ---- the writer thread ---- */

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
        *result = writer_commit(importer, err);
}

static void *writer_main(void *ctx)
{
    struct importer *importer = ctx;
    struct error err = { 0 };
    int result = ERR_OK;

    importer->writer = writer_new(importer->store);
    importer->writer->segments = importer->segments;
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

/* ---- the caller's thread ---- */

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
    if (pthread_create(&importer->thread, NULL, writer_main, importer) != 0)
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
