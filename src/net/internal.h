/*
 * Inside net: what its files need of each other. net_send (send.c) decides; one transfer
 * (transfer.c) is one request on the wire.
 */
#ifndef CARREL_NET_INTERNAL_H
#define CARREL_NET_INTERNAL_H

#include "carrel/net.h"

#include <curl/curl.h>
#include <sys/socket.h>

#define NET_DEADLINE_MS 180000
#define NET_PATIENCE_MS (15 * 60000)
#define NET_MAX_BYTES ((size_t)32 << 20)
#define NET_TRIES 5
#define NET_REDIRECTS 5
#define NET_POLL_MS 50       /* how soon a cancel is noticed */
#define NET_CONNECT_MS 30000 /* longest time to get through */
#define NET_STALL_MS 60000   /* an answer that has begun and then rests so long is dead */
#define NET_WAIT_MAX_MS (24 * 3600000LL) /* more than a server may ask for in earnest */

struct net {
    char *agent, *ca_file; /* ca_file NULL: the system's */
    int64_t backoff_ms, backoff_max_ms;
    int64_t stall_ms; /* NET_STALL_MS; tests: less */
};

struct net_client {
    struct net *net;
    const struct net_ledger *ledger;
    void *ctx;
    CURL *easy;
    CURLM *multi;
};

/* ---- address.c ---- */

/* Is it an address that may be asked: https, or http to this machine; no name and password in it.
 * Fills `clean` with it as the ledger has it (without fragment), and *loopback. ERR_USAGE. */
int address_check(struct str *clean, bool *loopback, const char *url, struct error *err);
/* The same for an address a server redirects to: *loopback tells of that server before, of the
 * address after. From elsewhere nothing leads to this machine. */
int address_follow(struct str *clean, bool *loopback, const char *url, struct error *err);
/* An address as the ledger has it: the values of parameters that hold keys by their name (token,
 * api_key, signature ...) are replaced by "***". Appended. */
void address_redact(struct str *out, const char *url);
/* Host names alike, so that credentials may go on to the second after a redirect. */
bool address_same_host(const char *a, const char *b);

/* ---- limits.c: what servers say about their limits ---- */

/* Retry-After: seconds or an HTTP date, as a time to wait from `now` (ms since 1970; `date` is the
 * answer's Date header or NULL, by which a wrong clock of ours does not count). -1: neither. */
int64_t limits_retry_after(const char *value, const char *date, int64_t now);
/* Reads all headers and the status: *not_before (0: nothing asked) and *remaining (-1 unknown).
 * `limited`: the answer is a 403, 429 or 5xx, with which a Retry-After means what it says. */
void limits_read(const struct net_answer *answer, bool limited, int64_t now, int64_t *not_before,
                 int *remaining);

/* ---- content.c ---- */

/* Do the first bytes look like what was asked for? ERR_PARSE with what it is instead. */
int content_check(enum net_expect expect, const struct str *body, struct error *err);

/* ---- answer.c ---- */

void answer_reset(struct net_answer *answer); /* headers, body and status; keeps the counts */
void answer_header_line(struct net_answer *answer, const char *line, size_t len);
/* The first line of an error's body for people, appended; nothing when it is markup. */
void answer_excerpt(struct str *out, const struct net_answer *answer);

/* ---- transfer.c ---- */

struct transfer {
    const struct net_request *request;
    const char *url; /* of this hop */
    const char *method;
    bool loopback; /* http is allowed because of it: the address must be of this machine */
    bool foreign;  /* redirected to another host: credentials stay behind */
    const char *etag, *last_modified; /* to send; "" none */
    int64_t ticket;                   /* the ledger's leave */
    struct net_answer *answer;
    /* results */
    CURLcode code;
    char detail[CURL_ERROR_SIZE];
    bool too_large, cancelled, stalled;
    bool expired;         /* its leave did not last */
    const char *rejected; /* why an address was not connected to; static */
    char *redirect;       /* malloc'd absolute address of a 3xx, NULL none */
    int64_t bytes, took_ms;
};
/* Runs it; `answer` holds what came. ERR_OK whatever curl said (transfer->code). */
void transfer_run(struct net_client *client, struct transfer *transfer);

void net_tell(const struct net_request *request, const char *state, int64_t until, int64_t received,
              int64_t size);
bool net_cancelled(const struct net_request *request);

#endif
