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
#include "carrel/net_ledger.h" /* struct net_origin, net_note, net_outcome, net_ledger */
#include "carrel/str.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct net_options {
    const char *version; /* of carrel, for the User-Agent */
    const char *contact; /* address or URL from the configuration; may be NULL */
    const char *ca_file; /* certificates that are trusted; NULL: $SSL_CERT_FILE, or the system's */
    int64_t backoff_ms;  /* first pause of the exponential back-off; 0 = 1 s (tests: less) */
    int64_t backoff_max_ms; /* 0 = 120 s */
};
struct net;
struct net *net_new(const struct net_options *options);
void net_free(struct net *net);
const char *net_versions(void); /* "libcurl 7.88.1, ..." for --version */

struct net_client;
/* Keeps nothing and lets everything go at once: for one's own service and for peers, which are no
 * sources. Its ctx is NULL. */
extern const struct net_ledger net_no_ledger;
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
    bool kept;         /* the ledger has its validators, for ledger_accept */
    struct str body;   /* decoded, bounded by max_bytes */
    struct net_header *headers;
    size_t header_len, header_cap;
    char *url; /* after redirects, as the ledger has it: without fragment and secrets */
    int tries;
    int64_t not_before; /* what the server asked for: ms since 1970; 0: nothing */
    int64_t bytes;      /* on the wire, all tries */
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
    bool conditional;    /* send what validators() knows, and keep those of the answer */
    bool keep;           /* keep them for a later conditional request, though this is none */
    bool public_only;    /* an address that came from outside: private ones are refused */
    size_t max_bytes;    /* of the decoded body; 0 = 32 MiB */
    int64_t deadline_ms; /* of one try; 0 = 180 s */
    bool forgiving;      /* a 401 or 403 is of this request alone: the origin is not stopped */
    int redirects;       /* at most; 0 = 5, -1 none */
    int tries;           /* at most; 0 = 5 */
    int64_t patience_ms; /* longest single wait for a budget or a server; 0 = 15 min */
    /* The caller's own look at a 2xx body, run before the request is settled: ERR_PARSE is a fault
     * and is tried again like a 503. May be NULL. */
    int (*check)(void *ctx, const struct net_answer *answer, struct error *err);
    /* The same of a 403, 404, 410 or 451. ERR_OK: the service's own word that there is no such
     * thing, ERR_NOTFOUND; ERR_PARSE: words of somebody else, a fault that is tried again (a 403
     * stays a refusal). NULL: all but a 403 are its word. */
    int (*denial)(void *ctx, const struct net_answer *answer, struct error *err);
    void (*progress)(void *ctx, const struct net_progress *progress); /* may be NULL */
    void *ctx;
    const atomic_bool *cancel; /* may be NULL */
};

/*
 * Sends, waiting for the budget and trying again as needed. ERR_OK: a 2xx or a 304 whose body
 * passed. Else ERR_CANCELLED at once when *cancel is set; ERR_REFUSED (401, 403: not tried again,
 * and the origin is stopped); ERR_NOTFOUND (404, 410, 451, or what denial() says); ERR_LIMIT (too
 * large, too many redirects); ERR_PARSE (wrong content to the last); ERR_USAGE (an address that may
 * not be asked); ERR_BUSY (the budget or the server asks for a wait longer than patience_ms; the
 * message says until when); ERR_NETWORK (all else); or what the ledger failed with. answer->status
 * tells the last HTTP status in every case (0: none), and the body of an error is there, too. Each
 * redirect is a request of its own to the ledger.
 */
int net_send(struct net_client *client, const struct net_request *request,
             struct net_answer *answer, struct error *err);

/* May net_send ask this address, as far as can be told from it? ERR_USAGE says why not. */
int net_check(const char *url, struct error *err);

/*
 * A look at an address that came from outside, before anything is asked of it: ERR_USAGE when it is
 * none of http or https, has a name in it, or its host is a number or name of a private network in
 * any spelling (decimal, hexadecimal, wrapped in IPv6). Names are not looked up here: what they
 * lead to is checked when the connection is made (public_only).
 */
int net_check_public(const char *url, struct error *err);

/* *header (malloc'd) = "Authorization: Bearer ..." with the token that the file holds; NULL without
 * a file. ERR_USAGE: it holds none. */
int net_bearer(char **header, const char *file, struct error *err);

/* Percent-encodes all but unreserved characters, appended. */
void net_escape(struct str *out, const char *text);

#endif
