/*
 * Durable jobs: a queue in the library that any number of processes may fill and work.
 *
 * A job is claimed under a lease that its worker renews; a worker that dies loses the lease and the
 * job goes to another. Each claim draws a new token, and completing asks for it inside the caller's
 * own transaction, together with the job's effect: so a job may be started twice, but takes effect
 * once. (The token is the "fencing token" of the literature on leases.)
 *
 * Two clocks: what people see (created, started, finished) is clock_now_ms(); what decides when
 * something may run (due, leases) is clock_real_ms(), which tests cannot fix. When that clock is
 * set back, leases and pauses begun in its future are dated anew.
 *
 * Every function runs on the thread that owns the connection. Those that write open a transaction
 * of their own unless the caller is in one. ERR_NOTFOUND: no such job.
 */
#ifndef CARREL_JOBS_H
#define CARREL_JOBS_H

#include "carrel/jsonw.h"
#include "carrel/mem.h"
#include "carrel/store.h"

enum job_state { JOB_QUEUED, JOB_RUNNING, JOB_DONE, JOB_FAILED, JOB_CANCELLED, JOB_STATES };
const char *job_state_name(enum job_state state); /* "queued" ... */
bool job_state_from(const char *name, enum job_state *state);

enum {
    JOB_KIND_MAX = 40,       /* bytes */
    JOB_KEY_MAX = 200,       /* bytes */
    JOB_JSON_MAX = 65536,    /* bytes of a payload or result */
    JOB_PRIORITY_MAX = 1000, /* and its negative */
    JOB_AFTER_MAX = 1000,    /* jobs that one job waits for */
    JOB_ATTEMPTS = 5,        /* unless asked otherwise */
    JOB_ATTEMPTS_MAX = 1000,
};

/* One row. Texts lie in the arena they were read into, "" where there is none. */
struct job {
    int64_t id;
    enum job_state state;
    char *kind, *payload /* JSON object */, *key, *worker, *unit;
    char *result; /* JSON of a done job */
    char *error;  /* why it failed; of a done job: what could not be done */
    int priority, attempts, attempts_max;
    bool stopping;       /* cancelled while it runs: its worker has been told */
    int64_t done, total; /* in `unit`s; total 0: unknown */
    int64_t waits;       /* jobs it still waits for */
    int64_t blocker;     /* the failed or cancelled job that took this one with it, 0 none */
    int64_t created, started, finished; /* ms of clock_now_ms(), 0: not yet */
    int64_t due;                        /* ms of clock_real_ms(): not before */
    int64_t began, seen; /* clock_real_ms(): this attempt's start, its last sign of life */
    int64_t token;       /* of the claim */
};

/* ---- asking for work ---- */

/* Priorities that carrel itself gives; all else has 0. */
#define JOB_ASKED 5    /* somebody has asked for it: before what the schedule wants */
#define JOB_AWAITED 10 /* somebody waits for it, and nothing else is waited for: no network */

struct job_request {
    const char *kind;     /* letters, digits, '-', '.' */
    const char *payload;  /* a JSON object; NULL = {} */
    const char *key;      /* at most one open job of a key; NULL: any number */
    int priority;         /* higher first, then older first: JOB_ASKED ... */
    int64_t delay_ms;     /* not before now and this */
    int attempts_max;     /* 0 = JOB_ATTEMPTS */
    const int64_t *after; /* waits until these are done */
    size_t after_count;
    bool after_any_end; /* when one of them fails or is cancelled: run all the same, not fall with
                           it */
};
/* *existing (may be NULL): an open job of the same key was there, and *id is that one. ERR_USAGE,
 * ERR_LIMIT: a bad request. A job whose predecessor has failed already is added as failed. */
int jobs_add(struct store *store, const struct job_request *request, int64_t *id, bool *existing,
             struct error *err);

/* The open job of a key. ERR_NOTFOUND, without a message. */
int jobs_by_key(struct store *store, const char *key, int64_t *id, struct error *err);
/* A request that its sender has named, so that it may be sent again: see jobs_once. */
struct job_once {
    const char *token, *key; /* whose name, which one */
    const char *request;     /* a hash of what is asked for */
};
#define JOB_ONCE_MS (24 * 3600000LL) /* how long a name is known */
/* The job that this name led to in the last day, ERR_NOTFOUND (without a message) when there is
 * none, ERR_EXISTS when something else was asked for by it. */
int jobs_once_find(struct store *store, const struct job_once *once, int64_t *id,
                   struct error *err);
/* In the transaction that adds the job. */
int jobs_once_save(struct store *store, const struct job_once *once, int64_t id, struct error *err);

/* ---- working ---- */

struct job_claim {
    const char *worker; /* who, for people: "host/pid" */
    const char *const *kinds;
    size_t kind_count;
    int64_t lease_ms;
    int urgent; /* only what has this priority or a higher one; 0: anything */
};
/* The first job that is due, of the highest priority, marked as running. out->id is 0 when there is
 * none; *next_due then says when to look again (clock_real_ms(), 0: nothing waits for a time).
 * Costs a few index probes however long the queue is; no lock is taken when there is nothing. */
int jobs_claim(struct store *store, struct arena *arena, const struct job_claim *claim,
               struct job *out, int64_t *next_due, struct error *err);

/* What a worker tells while it works. */
struct job_beat {
    int64_t id, token, lease_ms;
    int64_t done, total;
    const char *unit; /* "papers"; NULL: unchanged */
};
enum job_order { JOB_GO_ON, JOB_STOP /* it was cancelled */, JOB_LOST /* it is another's now */ };
/* Renews the lease and writes progress down. */
int jobs_beat(struct store *store, const struct job_beat *beat, enum job_order *order,
              struct error *err);
/* Reads what has been ordered, without writing. */
int jobs_order(struct store *store, int64_t id, int64_t token, enum job_order *order,
               struct error *err);

/* These four end an attempt. ERR_BUSY: the lease is another's, nothing was changed, and whatever
 * the caller did in the same transaction must be rolled back. */

/* Inside the transaction that holds the effect. `warning`: what could not be done, may be NULL. */
int jobs_complete(struct store *store, int64_t id, int64_t token, const char *result,
                  const char *warning, struct error *err);
/* retry_ms < 0: for good. Otherwise it is tried again after that time while attempts are left; then
 * it is a dead letter: failed, kept, and retried only by hand. A job asked to stop is cancelled. */
int jobs_fail(struct store *store, int64_t id, int64_t token, const char *why, int64_t retry_ms,
              struct error *err);
/* Back to the queue as if it had not been claimed: its worker has to leave. */
int jobs_release(struct store *store, int64_t id, int64_t token, struct error *err);
/* The worker has stopped as it was told. */
int jobs_stopped(struct store *store, int64_t id, int64_t token, struct error *err);

/* Exponential back-off with jitter: between half and the whole of first * 2^(attempt-1), at most
 * `most`. */
int64_t job_backoff_ms(int attempt, int64_t first_ms, int64_t most_ms);

/* Takes over from dead workers, mends times after the clock was set back. Each claim does as much
 * for leases; a worker calls this now and then for the rest. */
int jobs_tidy(struct store *store, struct error *err);
/* Forgets finished jobs: those older than keep_ms, and beyond the newest `keep`. At most a thousand
 * a call; *gone says how many. */
int jobs_prune(struct store *store, int64_t keep_ms, int64_t keep, int64_t *gone,
               struct error *err);

/* ---- people ---- */

/* A failed or cancelled job once more, with all its attempts, and with it what fell with it.
 * ERR_EXISTS: another open job has its key. ERR_FAILED: it is not at an end, or is done. */
int jobs_retry(struct store *store, int64_t id, struct error *err);
/* A queued one is cancelled at once (*stopping false); a running one is told to stop. ERR_FAILED:
 * it has ended. */
int jobs_cancel(struct store *store, int64_t id, bool *stopping, struct error *err);

int jobs_get(struct store *store, struct arena *arena, int64_t id, struct job *out,
             struct error *err);

struct job_filter {
    unsigned states;  /* bits 1 << enum job_state; 0: all */
    const char *kind; /* NULL: all */
    size_t limit;     /* of each state; 0 = 200 */
};
/* Running ones first, then queued ones in the order they will be run, then the newest ends. */
int jobs_list(struct store *store, struct arena *arena, const struct job_filter *filter,
              struct job **out, size_t *count, struct error *err);
/* A page of all jobs, newest first: those with smaller ids than `before` (0: from the newest).
 * filter->limit as above. */
int jobs_page(struct store *store, struct arena *arena, const struct job_filter *filter,
              int64_t before, struct job **out, size_t *count, struct error *err);
int jobs_counts(struct store *store, int64_t counts[JOB_STATES], struct error *err);
/* Since when the oldest of those waits that only lack a worker: ms of clock_real_ms(); 0: none. */
int jobs_oldest_due(struct store *store, int64_t *due, struct error *err);
/* What happened to a job that is not in its row: failures, lost leases, retries. Oldest first. */
struct job_event {
    int64_t at; /* clock_now_ms() */
    char *text;
};
int jobs_story(struct store *store, struct arena *arena, int64_t id, struct job_event **out,
               size_t *count, struct error *err);
/* Jobs of a kind of which an attempt has failed behind *event, where a look before ended: those
 * that wait for the next attempt, and those that are at their end. */
int jobs_failed_since(struct store *store, struct arena *arena, const char *kind, int64_t *event,
                      struct job **out, size_t *count, struct error *err);
/* The jobs it waits for, or those that wait for it; ascending. */
int jobs_around(struct store *store, struct arena *arena, int64_t id, bool before, int64_t **out,
                size_t *count, struct error *err);

/* A member of a payload (or any JSON object) as text, in the arena; NULL when it is absent. */
int job_member(struct store *store, struct arena *arena, const char *json, const char *name,
               char **out, struct error *err);
/* The texts of a member that is an array of them, appended. */
struct text_list;
int job_texts(struct store *store, struct arena *arena, const char *json, const char *name,
              struct text_list *out, struct error *err);
/* The same of its objects, as JSON. */
int job_values(struct store *store, struct arena *arena, const char *json, const char *name,
               struct text_list *out, struct error *err);
/* DESIGN section 11's members alone: id, kind, state, progress, attempts, error, result. */
void job_status_to_json(struct jsonw *w, const struct job *job);
/* The job as JSON, an object: DESIGN section 11's members and a few more. */
void job_to_json(struct jsonw *w, const struct job *job);

#endif
