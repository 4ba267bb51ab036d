/*
 * Inside the worker: its threads' slots, and who may touch what.
 */
#ifndef CARREL_WORK_INTERNAL_H
#define CARREL_WORK_INTERNAL_H

#include "carrel/worker.h"

#include <pthread.h>

/* Why a job was told to stop; the first reason counts. */
enum stop_reason { STOP_NONE, STOP_CANCEL, STOP_LOST, STOP_TIMEOUT, STOP_LEAVE };

/* A thread that runs jobs. What is not atomic is guarded by the worker's lock. */
struct job_slot {
    struct worker *worker;
    const struct worker_lane *lane; /* NULL: takes whatever there is */
    pthread_t thread;
    int64_t id, token; /* 0: nothing runs */
    uint64_t looked;   /* worker->settled when it looked for a job last */
    const struct job_kind *kind;
    int64_t started, beaten; /* ticks */
    int64_t written;         /* `done` as last written down */
    enum stop_reason reason;
    atomic_bool stop;
    _Atomic int64_t done, total;
    const char *_Atomic unit;
    bool ended, joined; /* the thread */
};

struct worker {
    struct worker_options options;
    char *library, *name;
    const char **kinds; /* names of those worked here */
    size_t kind_count;
    pthread_mutex_t lock;
    pthread_cond_t wake;  /* a job ended, or everybody leaves */
    pthread_cond_t ended; /* a thread ended */
    struct job_slot *slots;
    int slot_count;   /* options.threads, and one for each lane */
    int alive;        /* threads that have not ended */
    int busy;         /* threads that run a job or look for one */
    uint64_t settled; /* jobs so far: what was seen of the queue before the last is out of date */
    bool leaving;
    int64_t idle_since; /* ticks; with `once` */
    struct worker_totals totals;
    pthread_t keeper;
};

/* Run or settled on the slot's thread. */
void slot_settle(struct job_slot *slot, struct job_run *run, int result, struct error *err);
/* With the lock held. */
void slot_order_stop(struct job_slot *slot, enum stop_reason reason);
/* Waits on the condition up to `ms`; with the lock held. */
void worker_pause(struct worker *worker, pthread_cond_t *condition, int64_t ms);

void *keeper_main(void *worker);

#endif
