/*
 * Harvest on disk: the streams and the places in them, who harvests what now, the history of runs,
 * and the gaps: what could not be fetched. The driver (harvest.h) writes it, views and commands
 * read it.
 *
 * Times are clock_now_ms() but for leases, which are in real time. Every function runs on the
 * thread that owns the connection; those that write open a transaction of their own unless the
 * caller is in one. Texts lie in the arena they were read into and are never NULL.
 */
#ifndef CARREL_STREAMS_H
#define CARREL_STREAMS_H

#include "carrel/mem.h"
#include "carrel/store.h"

/* ---- streams ---- */

struct stream {
    int64_t id; /* 0: not saved yet */
    char *source, *name, *cursor;
    bool finished;      /* the cursor has ended a round: the next one begins there */
    int64_t taken;      /* records of the page at the cursor that are saved already */
    int64_t got, total; /* of this round; total -1 unknown */
    int64_t records;    /* in all rounds */
    int64_t rounds;     /* whole ones */
    int32_t since;      /* the day asked for when this round began; DAY_NONE none */
    int64_t began, completed, changed; /* this round, the last whole one, the last page; 0 none */
};
/* A stream that is not there yet is given as a new one (id 0), not as ERR_NOTFOUND. */
int streams_get(struct store *store, struct arena *arena, const char *source, const char *name,
                struct stream *out, struct error *err);
int streams_save(struct store *store, struct stream *stream, struct error *err);
/* By source and name; source NULL: all. */
int streams_list(struct store *store, struct arena *arena, const char *source, struct stream **out,
                 size_t *count, struct error *err);

/* ---- leases ---- */

struct stream_lease {
    char source[128];
    int64_t token;
};
struct stream_holder {
    char *owner; /* "host 1234": of whom to tell people */
    int64_t run, taken, until;
};
/* One harvester a source over all threads and processes. ERR_BUSY: somebody alive has it (then the
 * message says who); a holder whose process has died, or who has not renewed it for lease_ms, loses
 * it, and its run is marked as lost. */
int lease_take(struct store *store, const char *source, int64_t lease_ms,
               struct stream_lease *lease, struct error *err);
/* ERR_BUSY: it is somebody else's now; what the caller does in the same transaction must be rolled
 * back. */
int lease_renew(struct store *store, const struct stream_lease *lease, int64_t lease_ms,
                struct error *err);
int lease_drop(struct store *store, const struct stream_lease *lease, struct error *err);
/* ERR_NOTFOUND: nobody alive has it. */
int lease_holder(struct store *store, struct arena *arena, const char *source,
                 struct stream_holder *out, struct error *err);

/* ---- runs ---- */

enum run_state { RUN_RUNNING, RUN_DONE, RUN_PARTIAL, RUN_FAILED, RUN_CANCELLED, RUN_LOST };
const char *run_state_name(enum run_state state); /* "running", "done" ... */

struct harvest_run {
    int64_t id;
    char *source, *owner;
    enum run_state state;
    int64_t started, ended, took_ms; /* ended 0: not yet */
    int64_t requests, retries, bytes;
    int64_t seen, added, updated, unchanged, rejected, gaps;
    int64_t binned; /* of papers that were removed */
    char *error;    /* "" none */
};
/* The members that count, into an object that is open; or the run as an object. */
struct jsonw;
void run_counts_to_json(struct jsonw *w, const struct harvest_run *run);
void run_to_json(struct jsonw *w, const struct harvest_run *run);
/* Fills in run->id and run->started; the lease's run from now on. */
int runs_begin(struct store *store, const struct stream_lease *lease, struct harvest_run *run,
               struct error *err);
/* Counts, state and error as they stand. One that has ended is told to webhooks (webhooks.h). */
int runs_save(struct store *store, const struct harvest_run *run, struct error *err);
/* ERR_NOTFOUND. */
int runs_get(struct store *store, struct arena *arena, int64_t id, struct harvest_run *out,
             struct error *err);
/* Newest first; source NULL: all; limit 0 = 20. Keeps the last 1,000 of each source. */
int runs_list(struct store *store, struct arena *arena, const char *source, size_t limit,
              struct harvest_run **out, size_t *count, struct error *err);

/* How a source stands, of which there were runs. */
struct source_health {
    char *source;
    int64_t last_run;  /* when its last run ended, */
    int64_t last_good; /* and the last one that is RUN_DONE; 0: none was */
    int64_t gaps;      /* that are open */
};
/* By name. */
int runs_health(struct store *store, struct arena *arena, struct source_health **out, size_t *count,
                struct error *err);

/* ---- gaps ---- */

struct harvest_gap {
    int64_t id;
    char *source, *stream, *what, *why;
    char *cursor; /* "": the stream stands there; "!...": nothing would bring it; else how to ask */
    int64_t tries;
    int64_t found, tried, closed; /* closed 0: open */
    int64_t run;                  /* the run that tried last */
};
#define GAP_TRIES 6 /* a gap is asked for again in so many runs, then left to a person */
/* A new gap, or, when an open one of the same stream and cursor is there, one more try at it.
 * Fills in gap->id. */
int gaps_note(struct store *store, struct harvest_gap *gap, struct error *err);
int gaps_close(struct store *store, int64_t id, struct error *err);
/* The stream has gone on: closes the gap it stood at. */
int gaps_passed(struct store *store, const char *source, const char *stream, struct error *err);
/* One gap has been filled in part: its new place. */
int gaps_move(struct store *store, int64_t id, const char *cursor, struct error *err);
/* Oldest first; source NULL: all; `open`: only those. */
int gaps_list(struct store *store, struct arena *arena, const char *source, bool open,
              struct harvest_gap **out, size_t *count, struct error *err);

#endif
