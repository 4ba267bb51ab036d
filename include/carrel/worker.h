/*
 * Working the queue of jobs (jobs.h) on background threads: each has a connection of its own,
 * claims a job, runs its kind's function and settles it. One more thread keeps the leases alive,
 * writes progress down and brings orders to stop, so that a kind's function needs to know none of
 * it.
 *
 * A kind's function may be run more than once for one job (its worker died, its lease ran out), so
 * its effect belongs into one transaction: it begins it, and returns ERR_OK with the transaction
 * still open; the worker then completes the job in the same transaction and commits both, or rolls
 * both back when the job has become another's. Without an open transaction only the completion is
 * written; then the effect must be one that may happen twice.
 */
#ifndef CARREL_WORKER_H
#define CARREL_WORKER_H

#include "carrel/jobs.h"

struct job_slot;

/* What a kind's function is given. Its thread's alone. */
struct job_run {
    struct store *store;     /* its statements end with ERR_CANCELLED when `stop` is set */
    const struct job *job;   /* as claimed */
    struct arena *arena;     /* gone after the run */
    void *ctx;               /* worker_options.ctx */
    const atomic_bool *stop; /* set: leave soon with ERR_CANCELLED, whatever the reason */
    struct str result;       /* to be filled: JSON, kept with the job; empty: null */
    int64_t retry_ms;        /* to be set beside an error: when to try again; 0: the kind's own */
    struct job_slot *slot;   /* the worker's */
};

/* Where it stands; cheap, call it as often as you like. `unit` is static text: "papers". */
void job_progress(struct job_run *run, int64_t done, int64_t total, const char *unit);

/* One row of the table of kinds. */
struct job_kind {
    const char *name;
    const char *help; /* one line; names the payload's members */
    /* ERR_OK: done. ERR_PARTIAL: done, and the message says what could not be. ERR_USAGE,
     * ERR_PARSE, ERR_NOTFOUND, ERR_LIMIT, ERR_CORRUPT, ERR_REFUSED, ERR_READONLY, ERR_VERSION,
     * ERR_EXISTS: would fail again, so failed for good. Anything else is tried again. */
    int (*run)(struct job_run *run, struct error *err);
    int attempts;         /* at most; 0 = JOB_ATTEMPTS */
    int64_t retry_ms;     /* first pause; 0 = 2 s. It doubles, with jitter, */
    int64_t retry_max_ms; /* up to this; 0 = 10 min */
    int64_t timeout_ms;   /* 0: none */
};
const struct job_kind *job_kind_find(const struct job_kind *kinds, size_t count, const char *name);

/* A thread beside the others, for jobs that must not wait until one of those is free. */
struct worker_lane {
    const char *kind; /* NULL: any */
    int urgent;       /* as in job_claim */
    bool alone;       /* other threads leave jobs of this kind to it */
};

struct worker_options {
    const char *library;
    const struct job_kind *kinds; /* lives as long as the worker */
    size_t kind_count;
    const char *only;                /* one kind; NULL: all of them */
    int threads;                     /* 1..64 */
    const struct worker_lane *lanes; /* a thread more for each; not with `only` */
    size_t lane_count;
    bool once; /* end when there is nothing to do and nothing will be within once_wait_ms */
    int64_t once_wait_ms;
    int64_t lease_ms;  /* 0 = 30 s */
    int64_t poll_ms;   /* how often other processes' new jobs are looked for; 0 = 500 */
    int64_t keep_ms;   /* history: 0 = 30 days */
    int64_t keep_jobs; /* and at most so many of each state; 0 = 5,000 */
    int nice;          /* how far its threads stand back for others, 0..19: the desk comes first */
    /* Each thread's connection before its first job; NULL: as it is. */
    void (*opened)(void *ctx, struct store *store);
    void *ctx; /* given to the kinds, and to that */
};

struct worker;
/* ERR_USAGE: no such kind. The library must exist. */
int worker_start(struct worker **out, const struct worker_options *options, struct error *err);
/* Asks everybody to leave; what runs is told to stop and goes back to the queue. Returns at once.
 * Any thread. */
void worker_stop(struct worker *worker);
/* True when all threads have ended; waits for it up to `ms`. */
bool worker_wait(struct worker *worker, int64_t ms);
struct worker_totals {
    int64_t done, partial, failed, retried, cancelled, returned;
};
void worker_totals(struct worker *worker, struct worker_totals *totals); /* any thread */
/* Stops and waits up to `ms`. False: a thread has not come back; its job was given back to the
 * queue, the worker's memory stays, and the process should end soon with _exit(). NULL is fine. */
bool worker_free(struct worker *worker, int64_t ms);

#endif
