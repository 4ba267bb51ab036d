/*
 * The pool: worker threads, a queue of tasks, and a queue of results that the loop empties.
 *
 * One mutex guards both queues. A finished task or a message is appended to the results and a byte
 * written to the pipe, so the loop can sleep in poll(2). A task that was cancelled before it began
 * is not run, but is delivered like any other.
 */
#include "carrel/task.h"

#include "carrel/mem.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct message {
    struct message *next;
    struct task *task; /* a finished task, or: */
    void (*fn)(void *app, void *data);
    void (*drop)(void *data);
    void *data;
};

struct worker {
    struct pool *pool;
    pthread_t thread;
    struct task *running;
};

struct pool {
    struct pool_options options;
    struct worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct task *first, *last;
    struct message *results, *results_last;
    uint64_t next_id;
    size_t pending;
    bool stopping;
    int pipe[2];
};

static void pool_result(struct pool *pool, struct message *message)
{
    bool empty;
    char byte = 1;

    message->next = NULL;
    pthread_mutex_lock(&pool->lock);
    empty = pool->results == NULL;
    if (empty)
        pool->results = message;
    else
        pool->results_last->next = message;
    pool->results_last = message;
    pthread_mutex_unlock(&pool->lock);
    if (empty && write(pool->pipe[1], &byte, 1) < 0)
        return; /* the pipe is full: the loop wakes anyway */
}

static struct task *pool_take(struct pool *pool, struct worker *worker)
{
    struct task *task;

    pthread_mutex_lock(&pool->lock);
    worker->running = NULL;
    while (!pool->first && !pool->stopping)
        pthread_cond_wait(&pool->wake, &pool->lock);
    task = pool->first;
    if (task) {
        pool->first = task->next;
        if (!pool->first)
            pool->last = NULL;
        worker->running = task;
    }
    pthread_mutex_unlock(&pool->lock);
    return task;
}

static void *pool_main(void *ctx)
{
    struct worker *worker = ctx;
    struct pool *pool = worker->pool;
    void *own = pool->options.worker_open ? pool->options.worker_open(pool->options.ctx) : NULL;
    struct task *task;

    while ((task = pool_take(pool, worker))) {
        struct message *message = mem_zalloc(sizeof *message);

        if (atomic_load(&task->cancel))
            task->status = error_set(&task->err, ERR_CANCELLED, "%s: stopped", task->name);
        else
            task->status = task->run(task, own, &task->err);
        message->task = task;
        pthread_mutex_lock(&pool->lock);
        worker->running = NULL;
        pthread_mutex_unlock(&pool->lock);
        pool_result(pool, message);
    }
    if (pool->options.worker_close)
        pool->options.worker_close(pool->options.ctx, own);
    return NULL;
}

struct pool *pool_new(const struct pool_options *options)
{
    struct pool *pool = mem_zalloc(sizeof *pool);
    int i;

    pool->options = *options;
    pool->next_id = 1;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    if (pipe2(pool->pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        die("cannot make a pipe");
    pool->workers = mem_zalloc((size_t)options->threads * sizeof *pool->workers);
    for (i = 0; i < options->threads; i++) {
        pool->workers[i].pool = pool;
        if (pthread_create(&pool->workers[i].thread, NULL, pool_main, &pool->workers[i]) != 0)
            die("cannot start a thread");
    }
    return pool;
}

uint64_t pool_post(struct pool *pool, struct task *task)
{
    uint64_t id;

    task->next = NULL;
    pthread_mutex_lock(&pool->lock);
    id = task->id = pool->next_id++;
    if (pool->last)
        pool->last->next = task;
    else
        pool->first = task;
    pool->last = task;
    pool->pending++;
    pthread_cond_signal(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    return id;
}

void pool_cancel(struct pool *pool, uint64_t id)
{
    struct task *task;
    int i;

    pthread_mutex_lock(&pool->lock);
    for (task = pool->first; task; task = task->next)
        if (task->id == id)
            atomic_store(&task->cancel, true);
    for (i = 0; i < pool->options.threads; i++)
        if (pool->workers[i].running && pool->workers[i].running->id == id)
            atomic_store(&pool->workers[i].running->cancel, true);
    pthread_mutex_unlock(&pool->lock);
}

/* With the lock. */
static void cancel_everything(struct pool *pool)
{
    struct task *task;
    int i;

    for (task = pool->first; task; task = task->next)
        atomic_store(&task->cancel, true);
    for (i = 0; i < pool->options.threads; i++)
        if (pool->workers[i].running)
            atomic_store(&pool->workers[i].running->cancel, true);
}

void pool_cancel_all(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    cancel_everything(pool);
    pthread_mutex_unlock(&pool->lock);
}

int pool_fd(const struct pool *pool)
{
    return pool->pipe[0];
}

size_t pool_pending(const struct pool *pool)
{
    struct pool *mutable = (struct pool *)(uintptr_t)pool;
    size_t pending;

    pthread_mutex_lock(&mutable->lock);
    pending = pool->pending;
    pthread_mutex_unlock(&mutable->lock);
    return pending;
}

static void pool_deliver(struct pool *pool, struct message *message, void *app)
{
    struct task *task = message->task;

    if (task) {
        pthread_mutex_lock(&pool->lock);
        pool->pending--;
        pthread_mutex_unlock(&pool->lock);
        if (task->done)
            task->done(app, task);
        if (task->free)
            task->free(task);
    } else {
        message->fn(app, message->data);
    }
    free(message);
}

void pool_drain(struct pool *pool, void *app)
{
    struct message *message;
    char bytes[64];

    while (read(pool->pipe[0], bytes, sizeof bytes) > 0)
        ;
    pthread_mutex_lock(&pool->lock);
    message = pool->results;
    pool->results = pool->results_last = NULL;
    pthread_mutex_unlock(&pool->lock);
    while (message) {
        struct message *next = message->next;

        pool_deliver(pool, message, app);
        message = next;
    }
}

void pool_tell(struct pool *pool, void (*fn)(void *app, void *data), void (*drop)(void *data),
               void *data)
{
    struct message *message = mem_zalloc(sizeof *message);

    message->fn = fn;
    message->drop = drop;
    message->data = data;
    pool_result(pool, message);
}

void pool_free(struct pool *pool, void *app)
{
    int i;

    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    cancel_everything(pool);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (i = 0; i < pool->options.threads; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pool_drain(pool, app);
    close(pool->pipe[0]);
    close(pool->pipe[1]);
    pthread_mutex_destroy(&pool->lock);
    pthread_cond_destroy(&pool->wake);
    free(pool->workers);
    free(pool);
}
