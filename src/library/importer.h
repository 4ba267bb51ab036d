/*
 * The importer: two threads, a bounded queue of batches between them, group commit.
 *
 * The caller's thread prepares records, the costly half, into batches (importer.c); the writer
 * thread applies them (importer_writer.c).
 *
 * By pages (a harvest), the caller says where a transaction ends: a batch may carry a checkpoint,
 * whose function runs behind its records inside the transaction, which is committed then and only
 * then.
 */
#ifndef CARREL_LIBRARY_IMPORTER_H
#define CARREL_LIBRARY_IMPORTER_H

#include "imported.h"
#include "internal.h"

#include <pthread.h>

#define BATCH_RECORDS 256

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

/* The writer thread; ctx is the importer. */
void *importer_write(void *ctx);

#endif
