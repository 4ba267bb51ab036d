/*
 * What another machine has, taken into a library (src/sync brings it). On the thread that owns the
 * connection.
 */
#ifndef CARREL_ARRIVALS_H
#define CARREL_ARRIVALS_H

#include "carrel/ops.h"
#include "carrel/store.h"

/* A record as it is kept: what one source said of one paper. */
struct arrival {
    const char *source;
    int64_t fetched; /* ms; when its words were last new, on any machine */
    const void *payload;
    size_t len;
    size_t size; /* bytes that it unpacks to, as far as somebody has looked */
};

/* How far a library has come: what comes later has greater numbers. */
struct library_cursors {
    int64_t record, again, op;
};
int library_cursors(struct store *store, struct library_cursors *out, struct error *err);

/* What was taken from clocks that are more than a day ahead of ours. */
struct arrivals_ahead {
    int64_t count;
    int64_t latest;            /* ms; the last time that they carry */
    char machine[MACHINE_HEX]; /* whose the first of them is */
    bool others;               /* some are of another machine */
};

struct arrivals_report {
    int64_t added, updated; /* papers and records */
    int64_t binned;         /* papers that went into the bin, less those that came out of it */
    int64_t taken;          /* operations that have changed something */
    int64_t refused;        /* that are not as they must be */
    struct arrivals_ahead ahead;
    char why[700];           /* of the first that was refused */
    int64_t both;            /* notes that have several texts now */
    char both_of[300];       /* the papers of the first of them, by their titles */
    int64_t queries;         /* saved under one name in both places, of which one is lost */
    char queries_lost[1000]; /* which stands, and what the lost one was: a line each of the first */
    struct library_cursors before, after;
    bool alone; /* nobody else has written meanwhile */
    bool plain; /* nothing but what came has changed */
};

struct arrivals_page {
    const struct arrival *records;
    const struct op *ops;
    size_t record_count, op_count;
    /* Up to there the other has our operations; what we have said behind it was not known there. */
    int64_t known;
    /* In the last transaction, behind all of them; may be NULL. */
    int (*save)(void *ctx, struct store *store, const struct arrivals_report *report,
                struct error *err);
    void *ctx;
};

struct arrivals;
int arrivals_new(struct arrivals **out, struct store *store, struct error *err);
/* What was kept until it could be understood is taken by the first that opens the library with a
 * newer carrel, so that it is as it should be before the next exchange. Nothing else is written. */
int arrivals_learn(struct store *store, struct error *err);
void arrivals_free(struct arrivals *arrivals); /* NULL is fine */
/* In several short transactions: when that fails, or the program is killed, a part may have been
 * taken, and `save` has not been called. What is wrong with one of them is reported, and the others
 * are taken. */
int arrivals_take(struct arrivals *arrivals, const struct arrivals_page *page,
                  struct arrivals_report *report, struct error *err);

#endif
