/*
 * Sending a request: leave from the ledger, one hop after the other, and what to do with what came
 * back: take it, follow it, try again later, or give up.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

bool net_cancelled(const struct net_request *request)
{
    return request->cancel && atomic_load(request->cancel);
}

void net_tell(const struct net_request *request, const char *state, int64_t until, int64_t received,
              int64_t size)
{
    const struct net_progress progress = { state, until, received, size };

    if (request->progress)
        request->progress(request->ctx, &progress);
}

enum verdict {
    TAKE,   /* a good answer */
    FOLLOW, /* a redirect */
    AGAIN,  /* a fault of the moment */
    STOP,   /* nothing would change by asking again */
};

/* One request through all its hops and tries. */
struct send {
    struct net_client *client;
    const struct net_request *request;
    struct net_answer *answer;
    struct str url;   /* of this hop */
    struct str noted; /* the same as the ledger has it */
    struct str etag, last_modified;
    const char *method;
    bool loopback, foreign;
    int redirects, try;
    int64_t not_before; /* what the last answer asked for; 0 nothing */
    int result;         /* of the last hop */
    struct error err;
};

static int send_cancelled(struct error *err)
{
    return error_set(err, ERR_CANCELLED, NET_STOPPED);
}

/* In slices, so that a cancel is noticed. */
static int send_sleep(const struct net_request *request, int64_t until, struct error *err)
{
    while (!net_cancelled(request)) {
        int64_t left = until - clock_ticks_ms();

        if (left <= 0)
            return ERR_OK;
        clock_sleep_ms(left < NET_POLL_MS ? left : NET_POLL_MS);
    }
    return send_cancelled(err);
}

static int64_t send_patience(const struct net_request *request)
{
    return request->patience_ms > 0 ? request->patience_ms : NET_PATIENCE_MS;
}

static int send_impatient(const struct net_request *request, int64_t wait, struct error *err)
{
    char at[32];

    time_format(at, clock_real_ms() + wait);
    return error_set(err, ERR_BUSY, "%s may not be asked again before %s", request->origin->name,
                     at);
}

/* Waits for leave and returns with the request written down. */
static int send_reserve(struct send *send, int64_t *ticket, struct error *err)
{
    const struct net_request *request = send->request;
    int64_t deadline = request->deadline_ms > 0 ? request->deadline_ms : NET_DEADLINE_MS;
    struct net_note note = request->note;
    int result;

    note.url = send->noted.ptr;
    note.try = send->try;
    for (;;) {
        int64_t wait = 0;

        if (net_cancelled(request))
            return send_cancelled(err);
        *ticket = 0;
        note.deadline_ms = clock_real_ms() + deadline + 10000;
        result = send->client->ledger->reserve(send->client->ctx, request->origin, &note, ticket,
                                               &wait, err);
        if (result != ERR_OK || *ticket > 0)
            return result;
        if (wait > send_patience(request))
            return send_impatient(request, wait, err);
        wait = wait > 0 ? wait : 1;
        net_tell(request, "waiting", clock_real_ms() + wait, 0, -1);
        result = send_sleep(request, clock_ticks_ms() + wait, err);
        if (result != ERR_OK)
            return result;
    }
}

/* ---- judging ---- */

static enum verdict judge_curl(struct send *send, const struct transfer *transfer)
{
    const char *detail =
        transfer->detail[0] ? transfer->detail : curl_easy_strerror(transfer->code);

    if (transfer->cancelled) {
        send->result = send_cancelled(&send->err);
        return STOP;
    }
    if (transfer->expired) {
        send->result =
            error_set(&send->err, ERR_NETWORK, "broken off: the leave to ask could not be kept");
        return AGAIN;
    }
    if (transfer->stalled) {
        send->result = error_set(&send->err, ERR_NETWORK, "no answer in time (it broke off)");
        return AGAIN;
    }
    if (transfer->rejected) {
        send->result = error_set(&send->err, ERR_USAGE, "%s is not asked: %s", send->noted.ptr,
                                 transfer->rejected);
        return STOP;
    }
    if (transfer->too_large) {
        send->result =
            error_set(&send->err, ERR_LIMIT, "the answer is larger than %zu KiB",
                      (send->request->max_bytes ? send->request->max_bytes : NET_MAX_BYTES) / 1024);
        return STOP;
    }
    switch (transfer->code) {
    case CURLE_PARTIAL_FILE:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR: /* a broken gzip stream ends so */
        send->result = error_set(&send->err, ERR_PARSE, "the answer was cut short (%s)", detail);
        return AGAIN;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
        send->result =
            error_set(&send->err, ERR_NETWORK, "its certificate is not to be trusted: %s", detail);
        return STOP;
    case CURLE_SSL_CONNECT_ERROR: /* who speaks http answers a greeting of TLS with text, or hangs
                                     up */
        send->result =
            error_set(&send->err, ERR_NETWORK, "%s%s", detail,
                      strstr(detail, "wrong version number") || strstr(detail, "SSL_ERROR_SYSCALL")
                          ? " (is it http there, not https?)"
                          : "");
        return AGAIN;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
        send->result = error_set(&send->err, ERR_USAGE, "%s: %s", send->noted.ptr, detail);
        return STOP;
    case CURLE_OPERATION_TIMEDOUT:
        send->result = error_set(&send->err, ERR_NETWORK, "no answer in time (%s)", detail);
        return AGAIN;
    default:
        send->result = error_set(&send->err, ERR_NETWORK, "%s", detail);
        return AGAIN;
    }
}

/* A 2xx: the first bytes, then the caller's own look. */
static enum verdict judge_body(struct send *send)
{
    const struct net_request *request = send->request;

    send->result = content_check(request->expect, &send->answer->body, &send->err);
    if (send->result == ERR_OK && request->check)
        send->result = request->check(request->ctx, send->answer, &send->err);
    if (send->result == ERR_OK)
        return TAKE;
    return send->result == ERR_PARSE ? AGAIN : STOP;
}

static bool is_redirect(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static enum verdict judge_refusal(struct send *send, int status)
{
    struct str why = STR_INIT;

    answer_excerpt(&why, send->answer);
    if (status == 403 && (send->not_before > 0 || strcasestr(why.ptr, "rate limit"))) {
        send->result = error_set(&send->err, ERR_NETWORK, "HTTP 403, too many requests%s", why.ptr);
        str_free(&why);
        return AGAIN;
    }
    /* This one thing is withheld; all else may be asked for. */
    if (status == 403 && send->request->denial
        && send->request->denial(send->request->ctx, send->answer, NULL) == ERR_OK) {
        send->result = error_set(&send->err, ERR_NOTFOUND, "HTTP 403, withheld%s", why.ptr);
        str_free(&why);
        return STOP;
    }
    send->result = error_set(
        &send->err, ERR_REFUSED, "HTTP %d%s%s", status,
        status == 401 ? ", it wants to know who asks" : ", it will not serve us", why.ptr);
    str_free(&why);
    return STOP;
}

/* The service's own word for what went wrong ("ResponseNotReady"), where it is one. */
static const char *answer_error_code(const struct net_answer *answer)
{
    const char *code = net_answer_header(answer, "x-error-code");

    if (!code
        || strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
               < strlen(code))
        return NULL;
    return code;
}

/* There is nothing: is that the service's own word? */
static enum verdict judge_nothing(struct send *send, int status)
{
    const struct net_request *request = send->request;
    struct str why = STR_INIT;

    send->result =
        request->denial ? request->denial(request->ctx, send->answer, &send->err) : ERR_OK;
    if (send->result == ERR_OK) {
        answer_excerpt(&why, send->answer);
        send->result = error_set(&send->err, ERR_NOTFOUND, "HTTP %d%s%s", status,
                                 status == 404   ? ", there is nothing at this address"
                                 : status == 451 ? ", withheld for legal reasons"
                                                 : "",
                                 why.ptr);
        str_free(&why);
    }
    return send->result == ERR_PARSE ? AGAIN : STOP;
}

static enum verdict judge_status(struct send *send, const struct transfer *transfer)
{
    int status = send->answer->status;
    const char *code = answer_error_code(send->answer);
    struct str why = STR_INIT;
    bool again = (status >= 500 && status != 507) || status == 408 || status == 425
                 || status == 429; /* a full disk stays full for a while */

    if (status >= 200 && status < 300)
        return judge_body(send);
    if (is_redirect(status) && transfer->redirect)
        return FOLLOW;
    if (status == 304 && (send->etag.len || send->last_modified.len)) {
        send->answer->not_modified = true;
        send->result = ERR_OK;
        return TAKE;
    }
    if (status == 401 || status == 403)
        return judge_refusal(send, status);
    if (status == 404 || status == 410 || status == 451)
        return judge_nothing(send, status);
    answer_excerpt(&why, send->answer);
    send->result = error_set(&send->err, ERR_NETWORK, "HTTP %d%s%s%.40s%s", status,
                             status == 429   ? ", too many requests"
                             : status == 503 ? ", busy"
                                             : "",
                             code ? ", " : "", code ? code : "", why.ptr);
    str_free(&why);
    return again ? AGAIN : STOP;
}

/* ---- hops and tries ---- */

/* Full jitter: anything between nothing and the step, so that many who failed together do not come
 * back together (Brooker, "Exponential Backoff and Jitter", 2015). */
static int64_t send_backoff(const struct net *net, int try)
{
    int64_t step = net->backoff_ms;
    uint64_t random = 0;

    while (--try > 0 && step < net->backoff_max_ms)
        step *= 2;
    if (step > net->backoff_max_ms)
        step = net->backoff_max_ms;
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        random = (uint64_t)clock_ticks_us();
    return (int64_t)(random % (uint64_t)(step + 1));
}

/* Until when an origin is left alone that wants fewer requests and does not say from when on. */
static int64_t send_hold(const struct send *send, int status, int64_t now)
{
    int64_t pause = send->request->origin->limited_ms;
    int i;

    if ((status == 429 || status == 403) && pause > 0) {
        for (i = 1; i < send->try && pause < NET_WAIT_MAX_MS; i++)
            pause *= 2;
        return now + (pause < NET_WAIT_MAX_MS ? pause : NET_WAIT_MAX_MS);
    }
    return status == 429 || status == 503 ? now + send_backoff(send->client->net, send->try) : 0;
}

/* Two addresses that differ in what the ledger leaves out would share their validators. */
static bool send_may_keep(const struct send *send)
{
    return strcmp(send->url.ptr, send->noted.ptr) == 0;
}

static bool send_is_conditional(const struct send *send)
{
    return send->request->conditional && send_may_keep(send);
}

static int send_settle(struct send *send, int64_t ticket, const struct transfer *transfer,
                       enum verdict verdict, int remaining, struct error *err)
{
    bool good = verdict == TAKE && !send->answer->not_modified && send_may_keep(send)
                && (send->request->conditional || send->request->keep);
    struct net_outcome outcome = {
        .status = send->answer->status,
        .bytes = transfer->bytes,
        .took_ms = transfer->took_ms,
        .not_before = send->not_before,
        .remaining = remaining,
        .refused = verdict == STOP && send->result == ERR_REFUSED && !send->request->forgiving,
        .error = verdict == TAKE || verdict == FOLLOW ? NULL : send->err.message,
        .kept = good,
        .etag = good ? net_answer_header(send->answer, "etag") : NULL,
        .last_modified = good ? net_answer_header(send->answer, "last-modified") : NULL,
    };

    send->answer->kept = good;
    return send->client->ledger->settle(send->client->ctx, send->request->origin, ticket, &outcome,
                                        err);
}

/* One request on the wire. */
static int send_hop(struct send *send, enum verdict *verdict, char **redirect, struct error *err)
{
    struct transfer transfer = { .request = send->request,
                                 .method = send->method,
                                 .loopback = send->loopback && str_starts(send->url.ptr, "http:"),
                                 .foreign = send->foreign,
                                 .answer = send->answer };
    int64_t ticket, now;
    int remaining = -1, status, result;

    str_clear(&send->etag);
    str_clear(&send->last_modified);
    result = ERR_OK;
    if (send_is_conditional(send))
        result = send->client->ledger->validators(send->client->ctx, send->noted.ptr, &send->etag,
                                                  &send->last_modified, err);
    if (result == ERR_OK)
        result = send_reserve(send, &ticket, err);
    if (result != ERR_OK)
        return result;
    transfer.url = send->url.ptr;
    transfer.ticket = ticket;
    transfer.etag = send->etag.ptr;
    transfer.last_modified = send->last_modified.ptr;
    net_tell(send->request, "receiving", 0, 0, -1);
    transfer_run(send->client, &transfer);
    send->answer->bytes += transfer.bytes;
    now = clock_real_ms();
    status = send->answer->status;
    limits_read(send->answer, status == 403 || status == 429 || status >= 500, now,
                &send->not_before, &remaining);
    send->answer->not_before = send->not_before;
    memset(&send->err, 0, sizeof send->err);
    *verdict = transfer.code != CURLE_OK || transfer.cancelled || transfer.expired
                   ? judge_curl(send, &transfer)
                   : judge_status(send, &transfer);
    /* Whoever else asks this origin is to hold back as well. */
    if (*verdict == AGAIN && !send->not_before)
        send->not_before = send_hold(send, status, now);
    result = send_settle(send, ticket, &transfer, *verdict, remaining, err);
    *redirect = transfer.redirect;
    return result;
}

/* Where another host was pointed to, its query may be a key (stores sign their addresses so). */
static void send_note_url(struct send *send)
{
    str_clear(&send->noted);
    if (send->foreign)
        str_add_mem(&send->noted, send->url.ptr, strcspn(send->url.ptr, "?"));
    else
        address_redact(&send->noted, send->url.ptr);
}

/* To where a 3xx points: checked like the first address. What is far away has nothing to tell us
 * about the servers of this machine. */
static int send_follow(struct send *send, const char *redirect, struct error *err)
{
    int most = send->request->redirects < 0    ? 0
               : send->request->redirects == 0 ? NET_REDIRECTS
                                               : send->request->redirects;
    int status = send->answer->status, result;
    struct str next = STR_INIT;
    bool loopback = send->loopback;

    if (send->redirects++ == most)
        return error_set(err, ERR_LIMIT, "%s redirects %s", send->noted.ptr,
                         most ? "too often" : "elsewhere");
    result = address_follow(&next, &loopback, redirect, err);
    if (result == ERR_OK) {
        send->loopback = loopback;
        send->foreign |= !address_same_host(send->request->url, redirect);
        if (status == 303 || (status != 307 && status != 308 && strcmp(send->method, "POST") == 0))
            send->method = "GET";
        str_clear(&send->url);
        str_add(&send->url, next.ptr);
        send_note_url(send);
    } else if (err) {
        error_context(err, "redirected");
    }
    str_free(&next);
    return result;
}

/* One try: all its hops. send->result tells what came of it when *verdict is not TAKE. */
static int send_try(struct send *send, enum verdict *verdict, struct error *err)
{
    int result = address_check(&send->url, &send->loopback, send->request->url, err);

    send->redirects = 0;
    send->foreign = false;
    send_note_url(send);
    send->method = send->request->method ? send->request->method
                   : send->request->body ? "POST"
                                         : "GET";
    while (result == ERR_OK) {
        char *redirect = NULL;

        result = send_hop(send, verdict, &redirect, err);
        if (result != ERR_OK || *verdict != FOLLOW) {
            free(redirect);
            break;
        }
        result = send_follow(send, redirect, err);
        free(redirect);
    }
    return result;
}

/* Also after the last try: who has to wait so long has not failed. */
static int send_may_wait(const struct send *send, struct error *err)
{
    int64_t wait = send->not_before - clock_real_ms();

    return wait > send_patience(send->request) ? send_impatient(send->request, wait, err) : ERR_OK;
}

static int send_pause(struct send *send, struct error *err)
{
    int64_t now = clock_real_ms(), pause = send_backoff(send->client->net, send->try);

    if (send->not_before - now > pause)
        pause = send->not_before - now;
    net_tell(send->request, "backing off", now + pause, 0, -1);
    return send_sleep(send->request, clock_ticks_ms() + pause, err);
}

int net_send(struct net_client *client, const struct net_request *request,
             struct net_answer *answer, struct error *err)
{
    struct send send = { .client = client, .request = request, .answer = answer };
    int tries = request->tries > 0 ? request->tries : NET_TRIES, result;
    enum verdict verdict = STOP;

    str_init(&send.url);
    str_init(&send.noted);
    str_init(&send.etag);
    str_init(&send.last_modified);
    answer_reset(answer);
    answer->bytes = 0;
    for (send.try = 1;; send.try++) {
        result = send_try(&send, &verdict, err);
        answer->tries = send.try;
        if (result == ERR_OK && verdict == AGAIN)
            result = send_may_wait(&send, err);
        if (result != ERR_OK || verdict != AGAIN || send.try >= tries)
            break;
        result = send_pause(&send, err);
        if (result != ERR_OK)
            break;
    }
    free(answer->url);
    answer->url = mem_strdup(send.noted.ptr);
    if (result == ERR_OK && verdict != TAKE) {
        result = send.result;
        if (err)
            *err = send.err;
        if (verdict == AGAIN && answer->tries > 1 && err)
            error_context(err, "%s, after %d tries", request->origin->name, answer->tries);
        else if (result != ERR_CANCELLED && err)
            error_context(err, "%s", request->origin->name);
    }
    str_free(&send.url);
    str_free(&send.noted);
    str_free(&send.etag);
    str_free(&send.last_modified);
    return result;
}
