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

/* One line of a job's story. */
int jobs_note(struct store *store, int64_t id, struct error *err, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Ends a job, and with it those that wait for it and cannot do without. In a transaction. */
int jobs_finish(struct store *store, int64_t id, enum job_state state, const char *result,
                const char *error, struct error *err);

#endif
