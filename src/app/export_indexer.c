/*
 * A ring of batches between one thread that fills them and one that indexes them. Where no thread
 * can be had, a batch is indexed as it is handed over.
 */
#include "export_indexer.h"

#include <pthread.h>
#include <stdlib.h>

#define BATCHES 4

struct batch {
    struct arena *arena;
    struct record *records;
    size_t len, cap;
};

struct indexer {
    struct site_index *index; /* the thread's, until it has ended */
    pthread_t thread;
    bool threaded, begun;
    struct batch batches[BATCHES];
    pthread_mutex_t lock;
    pthread_cond_t moved;
    size_t given, done; /* batches; under the lock, as is `over` */
    bool over;
};

static void batch_index(struct site_index *index, const struct batch *batch)
{
    size_t i;

    for (i = 0; i < batch->len; i++)
        site_index_add(index, &batch->records[i]);
}

/* The next batch to index; NULL: there will be no more. */
static struct batch *indexer_take(struct indexer *indexer)
{
    struct batch *batch = NULL;

    pthread_mutex_lock(&indexer->lock);
    while (indexer->done == indexer->given && !indexer->over)
        pthread_cond_wait(&indexer->moved, &indexer->lock);
    if (indexer->done < indexer->given)
        batch = &indexer->batches[indexer->done % BATCHES];
    pthread_mutex_unlock(&indexer->lock);
    return batch;
}

static void *indexer_main(void *ctx)
{
    struct indexer *indexer = ctx;
    struct batch *batch;

    while ((batch = indexer_take(indexer))) {
        batch_index(indexer->index, batch);
        pthread_mutex_lock(&indexer->lock);
        indexer->done++;
        pthread_cond_signal(&indexer->moved);
        pthread_mutex_unlock(&indexer->lock);
    }
    return NULL;
}

struct indexer *indexer_new(void)
{
    struct indexer *indexer = mem_zalloc(sizeof *indexer);
    size_t i;

    indexer->index = site_index_new();
    for (i = 0; i < BATCHES; i++)
        indexer->batches[i].arena = arena_new();
    pthread_mutex_init(&indexer->lock, NULL);
    pthread_cond_init(&indexer->moved, NULL);
    indexer->threaded = pthread_create(&indexer->thread, NULL, indexer_main, indexer) == 0;
    return indexer;
}

/* Hands over the batch that was filled; waits until there is room for `more` of them. */
static void indexer_give(struct indexer *indexer, size_t more)
{
    pthread_mutex_lock(&indexer->lock);
    if (indexer->begun && !indexer->threaded) {
        batch_index(indexer->index, &indexer->batches[indexer->given % BATCHES]);
        indexer->done++;
    }
    indexer->given += indexer->begun;
    pthread_cond_signal(&indexer->moved);
    while (indexer->given - indexer->done > BATCHES - more)
        pthread_cond_wait(&indexer->moved, &indexer->lock);
    pthread_mutex_unlock(&indexer->lock);
}

struct arena *indexer_begin(struct indexer *indexer)
{
    struct batch *batch;

    indexer_give(indexer, 1);
    indexer->begun = true;
    batch = &indexer->batches[indexer->given % BATCHES];
    batch->len = 0;
    arena_reset(batch->arena);
    return batch->arena;
}

void indexer_add(struct indexer *indexer, const struct record *record)
{
    struct batch *batch = &indexer->batches[indexer->given % BATCHES];

    VEC_PUSH(batch->records, batch->len, batch->cap, *record);
}

static void indexer_join(struct indexer *indexer)
{
    if (!indexer->threaded)
        return;
    pthread_mutex_lock(&indexer->lock);
    indexer->over = true;
    pthread_cond_signal(&indexer->moved);
    pthread_mutex_unlock(&indexer->lock);
    pthread_join(indexer->thread, NULL);
    indexer->threaded = false;
}

const struct site_index *indexer_end(struct indexer *indexer)
{
    indexer_give(indexer, 0);
    indexer->begun = false;
    indexer_join(indexer);
    return indexer->index;
}

void indexer_free(struct indexer *indexer)
{
    size_t i;

    if (!indexer)
        return;
    indexer_join(indexer);
    for (i = 0; i < BATCHES; i++) {
        arena_free(indexer->batches[i].arena);
        free(indexer->batches[i].records);
    }
    site_index_free(indexer->index);
    pthread_cond_destroy(&indexer->moved);
    pthread_mutex_destroy(&indexer->lock);
    free(indexer);
}
