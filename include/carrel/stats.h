/*
 * What a library holds and how it is used, in panels: rows with a count each, and for most panels
 * the counts of weeks or days. Computed anew from the library, in one state of it; nothing is
 * stored. A function of the library, the day and the options alone. Runs on the thread that owns
 * the connection and ends with ERR_CANCELLED when that is cancelled.
 *
 * Weeks end with `today`, so that the last one is whole.
 */
#ifndef CARREL_STATS_H
#define CARREL_STATS_H

#include "carrel/publish.h"
#include "carrel/topics.h"

#define STATS_WEEKS 26
#define STATS_WEEKS_MAX 104
#define STATS_LIMIT 15 /* rows of a panel */
#define STATS_LIMIT_MAX 1000

enum stats_kind {
    STATS_PAPERS,       /* one row: papers published a week */
    STATS_CATEGORIES,   /* papers published a week, by category, cross-lists too */
    STATS_BURSTS,       /* topics: papers a week, the count is since the burst began */
    STATS_READING,      /* what the reader did, a day */
    STATS_SAMPLES,      /* papers sampled a day, by metric and source; the count is all samples */
    STATS_AUTHORS,      /* of papers of these weeks */
    STATS_AUTHORS_EVER, /* of all papers */
    STATS_SOURCES,      /* records */
    STATS_LINKS,        /* by kind */
    STATS_DOCUMENTS,    /* by state */
    STATS_VISITS,       /* of websites (carrel/usage.h), a day: views, clicks, searches, visitors */
    STATS_POPULAR,      /* papers by views on websites, a day */
    STATS_SEARCHES,     /* what visitors search for there, a day */
    STATS_PANELS
};

struct stats_row {
    char *name;
    char *key; /* of a popular paper: its id; else NULL */
    int64_t count;
    unsigned *counts; /* one a period; NULL: the panel has none */
    int64_t first;    /* ms, when the first of it was, 0 unknown: samples */
    int64_t newest;   /* ms, when the newest of it came, 0 unknown */
};
struct stats_panel {
    enum stats_kind kind;
    int period_days; /* 7 or 1; 0: no periods */
    int32_t first_day;
    size_t periods;
    struct stats_row *rows; /* as the kind orders them: most first, reading as listed above */
    size_t len;
    int64_t more; /* rows that were left out */
};

struct stats_options {
    int weeks; /* 0: STATS_WEEKS; at most STATS_WEEKS_MAX */
    int32_t today;
    const char *category; /* as samples_in_category: papers, categories, authors and bursts of it;
                             NULL all */
    size_t limit;         /* rows of a panel; 0: STATS_LIMIT */
    void (*progress)(void *ctx, int percent); /* of bursts, as topics_read; may be NULL */
    void *ctx;
};
struct stats {
    struct publish_totals totals;
    struct stats_panel panels[STATS_PANELS]; /* bursts are left empty: stats_bursts */
};

/* In the arena. ERR_NOTFOUND: nothing is in such a category. */
int stats_read(struct stats *out, struct store *store, struct arena *arena,
               const struct stats_options *options, struct error *err);
/* The panel of bursts: topics by weeks, which takes seconds in a large library. */
int stats_bursts(struct stats_panel *out, struct store *store, struct arena *arena,
                 const struct stats_options *options, struct error *err);

const char *stats_name(enum stats_kind kind);  /* "papers", for data */
const char *stats_title(enum stats_kind kind); /* "Papers a week", for people */

#endif
