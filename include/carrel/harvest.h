/*
 * The harvest: runs sources under the ledger and saves what they bring.
 *
 * Sources of different origins run side by side, a worker thread each with its own connection;
 * within one origin everything is serial. A source is harvested by one carrel at a time over all
 * processes of a library (a lease); who comes second waits, and goes on from the place the first
 * one reached. Each page's records and the place behind them are one transaction, so a harvest that
 * is killed asks for at most one page again and adds nothing twice.
 */
#ifndef CARREL_HARVEST_H
#define CARREL_HARVEST_H

#include "carrel/config.h"
#include "carrel/source.h"
#include "carrel/streams.h"

#include <stdatomic.h>

/* ---- what the configuration asks for ---- */

struct harvest_source {
    char *name; /* of the section; also in the library */
    const struct source_ops *ops;
    struct source_settings settings;
    struct source_origin origin; /* its interval is the one to keep */
    int64_t every_ms;
    struct text_list streams;
};
struct harvest_plan {
    struct arena *arena;
    struct harvest_source *sources;
    size_t count;
};
/* Every enabled source, or only those that are named (ERR_USAGE: there is none of that name, or a
 * setting is wrong). Without any [source] in the configuration: arXiv and Hugging Face. It must
 * live as long as the plan. One thread. */
int harvest_plan_new(struct harvest_plan *plan, const struct config *config,
                     const char *const *names, size_t name_count, struct error *err);
/* What one harvest alone asks its sources for, in place of their configured lists. */
struct harvest_subject {
    const char *query; /* in the source's own syntax; NULL: none */
    const char *const *categories;
    size_t category_count; /* with a query: it is meant within these */
};
/* The same with such a subject (NULL: none). Of sources that are not named only those that can be
 * asked so; a named one that cannot is ERR_USAGE. */
int harvest_plan_subject(struct harvest_plan *plan, const struct config *config,
                         const char *const *names, size_t name_count,
                         const struct harvest_subject *subject, struct error *err);
void harvest_plan_free(struct harvest_plan *plan);
/* When it is due by its schedule (clock_now_ms(); 0: now): `every` after the last whole round of
 * the stream that is furthest behind; after a run that was not whole, or was stopped, a quarter of
 * an hour, and twice as long each time that nothing comes, up to `every` or half a day. */
int harvest_next_due(struct store *store, const struct harvest_source *source, int64_t *due,
                     struct error *err);

/* What a source that is asked for one thing after the other would be asked for now. */
struct harvest_wants {
    const char *what;     /* "repositories"; NULL: it has lists of its own */
    int64_t due, unasked; /* unasked: of those, never asked for yet */
};
int harvest_wants(struct store *store, const struct harvest_source *source,
                  struct harvest_wants *wants, struct error *err);

/* ---- running it ---- */

struct harvest_progress {
    const char *source, *what; /* what: "cs:cs:CL changed since 2026-03-01, page 3"; may be NULL */
    const char *state;  /* "waiting", "receiving", "backing off", "saving", "waiting for ..." */
    int64_t until;      /* waiting: clock_real_ms(); else 0 */
    int64_t got, total; /* of the stream's round; total -1 unknown */
    int64_t seen;       /* records of this run */
    int64_t took_ms;    /* since the run began */
};

struct harvest_options {
    const char *library;                   /* its folder; it is made when there is none */
    const struct config *config;           /* lives as long as the call */
    const char *version;                   /* for the User-Agent */
    const char *const *sources;            /* only these */
    size_t source_count;                   /* 0: all */
    int32_t since;                         /* DAY_NONE: go on, at first the last 30 days */
    const struct harvest_subject *subject; /* NULL: their lists */
    int64_t max;                           /* records of each source; 0: no limit */
    bool due;         /* only what its schedule says; does not wait for others */
    int64_t slice_ms; /* a source that takes longer ends at the next page, and goes on with the next
                         run; 0: it takes what it takes */
    /* Any worker thread, one call at a time, at most some ten a second. May be NULL. */
    void (*progress)(void *ctx, const struct harvest_progress *progress);
    void *ctx;
    const atomic_bool *cancel; /* may be NULL */
};

struct harvest_result {
    char *name;
    struct harvest_run run; /* counts; id 0: it did not run */
    bool skipped;           /* not due, or (with `due`) being harvested already */
    int64_t due;   /* skipped: it is not due before (clock_now_ms()); 0: another carrel is at it */
    bool followed; /* another carrel had just done it */
    bool more;     /* stopped at `max`, at the end of its slice, or of its origin's window */
    bool sliced;   /* at the end of its slice */
    int status;    /* ERR_OK, or why it ended early */
    char *error;   /* "" fine */
    size_t missed; /* gaps found or met again in this run */
    struct harvest_gap *gaps; /* all that are open */
    size_t gap_count;
    int64_t next_allowed; /* when its origin may be asked again; 0: now */
};
struct harvest_report {
    struct arena *arena;
    struct harvest_result *results;
    size_t count;
    bool partial;       /* something could not be fetched */
    char *pace_problem; /* why a peer did not give leave (pace.h); NULL: it did, or there is none */
};
/*
 * ERR_OK: done, or partly (report->partial). ERR_CANCELLED; ERR_USAGE (nothing was started); or
 * what went wrong with the library (no room, not to be written). The report is filled in always and
 * freed by harvest_report_free. Blocks until all is done; its own threads do the work.
 */
int harvest_sync(const struct harvest_options *options, struct harvest_report *report,
                 struct error *err);
void harvest_report_free(struct harvest_report *report);

/*
 * Fetches single papers. `found[i]` says which of the ids came (the library may know some already:
 * ask it first). Each scheme of ids has a service that is asked; harvest_looks_up says which.
 * ERR_NETWORK and others when the source could not be asked; ERR_USAGE when no source can look up
 * such ids.
 */
/* "arXiv", "Hugging Face"; NULL: ids of this scheme cannot be looked up. */
const char *harvest_looks_up(enum id_scheme scheme);
int harvest_lookup(const struct harvest_options *options, const struct ident *ids, size_t count,
                   bool *found, struct error *err);
/*
 * The full text of one paper as Markdown, and where it came from, appended. ERR_NOTFOUND: the
 * service has none; ERR_NETWORK and others as above. harvest_has_text: who has it; NULL: nobody,
 * for such ids.
 */
const char *harvest_has_text(enum id_scheme scheme);
int harvest_text(const struct harvest_options *options, const struct ident *id, struct str *text,
                 struct str *url, struct error *err);

#endif
