/*
 * HTTP requests under a ledger: the only place that speaks libcurl.
 *
 * Every request is written down before it is sent and settled after, through a table of functions
 * (the store implements it; net knows no SQL). The same table hands out each origin's budget, so
 * that it holds over all threads and processes of a library. A transfer is tried again with
 * exponential back-off and full jitter when the other side is overloaded, unreachable or sends
 * something that is not what was asked for.
 *
 * A struct net is made once per process and may be shared by threads; a struct net_client is one
 * curl handle with one ledger connection and belongs to one thread.
 */
#ifndef CARREL_NET_H
#define CARREL_NET_H

#include "carrel/error.h"
#include "carrel/str.h"

#include <stdatomic.h>
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
};

/* What is written down before a request is sent. */
struct net_note {
    const char *source;  /* who asks: "arxiv" */
    const char *purpose; /* one line for people: "cs:cs:CL from 2026-03-01, page 3"; may be NULL */
    const char *url;     /* without secrets */
    int64_t run;         /* the harvest run it belongs to; 0 none */
    int try;             /* 1 for the first */
    int64_t deadline_ms; /* when nobody has settled it by then, its sender has died */
};

/* What is written down after it. */
struct net_outcome {
    int status;    /* HTTP; 0: no answer */
    int64_t bytes; /* received on the wire */
    int64_t took_ms;
    int64_t not_before; /* ms since 1970 UTC from Retry-After or RateLimit headers; 0: none */
    int remaining;      /* requests left in the origin's own window; -1 unknown */
    bool refused;       /* 401 or 403 that is no rate limit: the origin is to be left alone */
    const char *error;  /* one line; NULL: fine */
    const char *etag, *last_modified; /* of a good answer to a conditional request; else NULL */
};

/* What net needs of a store; each call is a short transaction. Called on the client's thread. */
struct net_ledger {
    /* Asks for leave to send. 0 with *ticket > 0: it is written down, send now. 0 with *ticket = 0:
     * not before *wait_ms. ERR_REFUSED: this origin is stopped; the message says why. */
    int (*reserve)(void *ctx, const struct net_origin *origin, const struct net_note *note,
                   int64_t *ticket, int64_t *wait_ms, struct error *err);
    int (*settle)(void *ctx, const struct net_origin *origin, int64_t ticket,
                  const struct net_outcome *outcome, struct error *err);
    /* Validators of the last good answer from this address, appended to empty strings. */
    int (*validators)(void *ctx, const char *url, struct str *etag, struct str *last_modified,
                      struct error *err);
};

struct net_options {
    const char *version;    /* of carrel, for the User-Agent */
    const char *contact;    /* address or URL from the configuration; may be NULL */
    int64_t backoff_ms;     /* first pause of the exponential back-off; 0 = 1 s (tests: less) */
    int64_t backoff_max_ms; /* 0 = 120 s */
};
struct net;
struct net *net_new(const struct net_options *options);
void net_free(struct net *net);
const char *net_versions(void); /* "libcurl 7.88.1, ..." for --version */

struct net_client;
/* The ledger's ctx is used on the client's thread only. */
struct net_client *net_client_new(struct net *net, const struct net_ledger *ledger, void *ctx);
void net_client_free(struct net_client *client);

/* What the first bytes must look like; anything else is a fault and is tried again like a 503. */
enum net_expect { NET_ANY, NET_XML, NET_JSON, NET_PDF };

struct net_header {
    char *name, *value; /* name in lower case */
};

/* An answer; zeroed before its first use, reused by the next call, freed by net_answer_free. */
struct net_answer {
    int status;
    bool not_modified; /* 304 to a conditional request */
    struct str body;   /* decoded, bounded by max_bytes */
    struct net_header *headers;
    size_t header_len, header_cap;
    char *url; /* after redirects */
    int tries;
    int64_t bytes; /* on the wire, all tries */
};
const char *net_answer_header(const struct net_answer *answer, const char *name); /* or NULL */
void net_answer_free(struct net_answer *answer);

/* Where a request stands, for people. `state` is static text. */
struct net_progress {
    const char *state;      /* "waiting", "receiving", "backing off" */
    int64_t until;          /* waiting, backing off: ms since 1970 UTC; else 0 */
    int64_t received, size; /* bytes; size -1 unknown */
};

struct net_request {
    const struct net_origin *origin;
    struct net_note note; /* source, purpose and run are the caller's; net fills in the rest */
    const char *method;   /* NULL = GET, or POST with a body */
    const char *url;      /* https, or http to a loopback address */
    const char *const *headers; /* "Name: value" */
    size_t header_count;
    const void *body;
    size_t body_len;
    const char *body_type;
    enum net_expect expect;
    bool conditional;    /* send what validators() knows */
    bool public_only;    /* an address that came from outside: private ones are refused */
    size_t max_bytes;    /* of the decoded body; 0 = 32 MiB */
    int64_t deadline_ms; /* of one try; 0 = 180 s */
    int redirects;       /* at most; 0 = 5, -1 none */
    int tries;           /* at most; 0 = 5 */
    /* The caller's own look at a 2xx body, run before the request is settled: ERR_PARSE is a fault
     * and is tried again like a 503. May be NULL. */
    int (*check)(void *ctx, const struct net_answer *answer, struct error *err);
    void (*progress)(void *ctx, const struct net_progress *progress); /* may be NULL */
    void *ctx;
    const atomic_bool *cancel; /* may be NULL */
};

/*
 * Sends, waiting for the budget and trying again as needed. ERR_OK: a 2xx or a 304 whose body
 * passed. Else ERR_CANCELLED at once when *cancel is set; ERR_REFUSED (401, 403: not tried again,
 * and the origin is stopped); ERR_NOTFOUND (404, 410); ERR_LIMIT (too large, too many redirects);
 * ERR_PARSE (wrong content to the last); ERR_USAGE (an address that may not be asked);
 * ERR_NETWORK (all else). answer->status tells the last HTTP status in every case.
 */
int net_send(struct net_client *client, const struct net_request *request,
             struct net_answer *answer, struct error *err);

/* Percent-encodes all but unreserved characters, appended. */
void net_escape(struct str *out, const char *text);

#endif
