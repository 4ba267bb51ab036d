/*
 * What net and the ledger's keeper say to each other: plain records and a table of functions. Both
 * see this header and nothing else of one another; the store's implementation is in ledger.h.
 */
#ifndef CARREL_NET_LEDGER_H
#define CARREL_NET_LEDGER_H

#include "carrel/error.h"
#include "carrel/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A budget: all requests that share it, over all threads and processes of the library. */
struct net_origin {
    const char *name;    /* "arxiv" */
    int64_t interval_ms; /* least time from the end of one answer to the next request */
    int connections;     /* at a time; 0 = 1 */
    int window_requests; /* at most so many in each window_ms; 0: no such limit */
    int64_t window_ms;
    int64_t limited_ms; /* to keep away after "too many requests" without a word for how long, twice
                           as long with each try; 0: as after any other fault */
};

/* What is written down before a request is sent. */
struct net_note {
    const char *source;  /* who asks: "arxiv" */
    const char *purpose; /* one line for people: "cs:cs:CL from 2026-03-01, page 3"; may be NULL */
    const char *url;     /* without secrets */
    int64_t run;         /* the harvest run it belongs to; 0 none */
    int try;             /* 1 for the first */
    int64_t deadline_ms; /* real time: not settled by then, its sender has died */
};

#define NET_STOPPED "stopped"

/* What is written down after it. */
struct net_outcome {
    int status;    /* HTTP; 0: no answer */
    int64_t bytes; /* received on the wire */
    int64_t took_ms;
    int64_t not_before; /* ms since 1970 UTC: until then it is left alone; 0: no such time */
    int remaining;      /* requests left in the origin's own window; -1 unknown */
    bool refused;       /* 401 or 403 that is no rate limit: the origin is to be left alone */
    const char *error;  /* one line; NULL: fine; NET_STOPPED: the user did not want it any more */
    bool kept;          /* a good answer whose validators are kept, or that it has none */
    const char *etag, *last_modified; /* of such an answer, NULL where it has none */
};

/* What net needs of a store; each call is a short transaction. Called on the client's thread. */
struct net_ledger {
    /* Asks for leave to send. 0 with *ticket > 0: it is written down, send now. 0 with *ticket = 0:
     * not before *wait_ms. ERR_REFUSED: this origin is stopped; the message says why. */
    int (*reserve)(void *ctx, const struct net_origin *origin, const struct net_note *note,
                   int64_t *ticket, int64_t *wait_ms, struct error *err);
    /* Also when the request was cancelled: it must not be held up by the same cancel flag. */
    int (*settle)(void *ctx, const struct net_origin *origin, int64_t ticket,
                  const struct net_outcome *outcome, struct error *err);
    /* Validators of the last answer from this address that was accepted (the records in it have
     * been saved; with the store: ledger_accept), appended to empty strings. */
    int (*validators)(void *ctx, const char *url, struct str *etag, struct str *last_modified,
                      struct error *err);
    /* Is the leave still good? False: the request is broken off and tried again. NULL: always. */
    bool (*holds)(void *ctx, int64_t ticket);
};

#endif
