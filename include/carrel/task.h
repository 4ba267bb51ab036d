/*
 * Work off the loop thread: a task is run on a worker, and its `done` on the loop (STYLE,
 * "Threads"). Posting hands the task over; done runs exactly once, cancelled or not, then free.
 */
#ifndef CARREL_TASK_H
#define CARREL_TASK_H

#include "carrel/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task {
    const char *name; /* for the log and the jobs view */
    int (*run)(struct task *task, void *worker,
               struct error *err);              /* worker thread; `worker` is its own state */
    void (*done)(void *app, struct task *task); /* loop thread */
    void (*free)(struct task *task);            /* loop thread, after done */
    atomic_bool cancel;
    int status; /* what run returned; ERR_CANCELLED when it never ran */
    struct error err;
    struct task *next; /* the queue's */
    uint64_t id;       /* given at posting */
    uint64_t owner;    /* the poster's own, e.g. a view's id */
};

struct pool_options {
    int threads;
    void *(*worker_open)(
        void *ctx); /* on the worker thread at its start, e.g. a store connection; may be NULL */
    void (*worker_close)(void *ctx, void *worker);
    void *ctx;
};
struct pool;
struct pool *pool_new(const struct pool_options *options);
uint64_t pool_post(struct pool *pool, struct task *task); /* FIFO; any thread */
void pool_cancel(struct pool *pool, uint64_t id);         /* a no-op when it is gone; loop thread */
void pool_cancel_all(struct pool *pool); /* what waits and what runs; loop thread */
int pool_fd(const struct pool *pool);    /* readable when results wait: for poll(2) */
void pool_drain(struct pool *pool,
                void *app); /* runs done + free of what is finished; loop thread */
size_t pool_pending(const struct pool *pool); /* posted and not yet drained */
/* Progress and partial results: runs `fn(app, data)` on the loop before the task's done; `drop`
 * frees data when the pool ends first. Worker thread. */
void pool_tell(struct pool *pool, void (*fn)(void *app, void *data), void (*drop)(void *data),
               void *data);
void pool_free(struct pool *pool, void *app); /* cancels all, joins, drains */

#endif
