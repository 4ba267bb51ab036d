/*
 * Inside the queue: what its files need of each other.
 */
#ifndef CARREL_STORE_JOBS_INTERNAL_H
#define CARREL_STORE_JOBS_INTERNAL_H

#include "internal.h"

#include "carrel/jobs.h"

/* A list of ids that grows. */
struct job_ids {
    int64_t *items;
    size_t len, cap;
};

/* A transaction of one's own unless the caller is in one. */
int jobs_begin(struct store *store, bool light, bool *own, struct error *err);
int jobs_end(struct store *store, bool own, int result, struct error *err);

/* Runs a statement that is bound; the first columns of its rows are added to ids. */
int jobs_collect(struct stmt *stmt, struct job_ids *ids, struct error *err);

/* *state stays as it is when that is an error; ERR_NOTFOUND says that there is no such job. */
int jobs_state_of(struct store *store, int64_t id, enum job_state *state, struct error *err);

/* What a job waits for, as things are. */
struct job_waiting {
    int64_t open;    /* predecessors that have not ended */
    int64_t blocker; /* the first that stands in its way for good, 0 none */
    enum job_state blocker_state;
};
int jobs_waiting(struct store *store, int64_t id, struct job_waiting *out, struct error *err);
int jobs_wait(struct store *store, int64_t id, int64_t waits, int64_t blocker, struct error *err);
/* What became of a blocker, in words: "failed", "was cancelled". */
const char *jobs_fell(enum job_state state);

/* One line of a job's story. */
int jobs_note(struct store *store, int64_t id, struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Ends a job, and with it those that wait for it and cannot do without. In a transaction. */
int jobs_finish(struct store *store, int64_t id, enum job_state state, const char *result,
                const char *error, struct error *err);

#endif
