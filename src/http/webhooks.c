/*
 * Deliveries of other carrels: who signs them is known by the secret (RFC 2104;
 * carrel/signature.h). What can be judged by the headers is judged before a body is gathered; the
 * digest needs the body.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <string.h>

#define EVENT_HEADER "X-Carrel-Event"
#define KEY_HEADER "Idempotency-Key"

static bool unsigned_as(struct exchange *x, const char *why)
{
    exchange_error(x, 401, "unauthorized", SIGNATURE_HEADER, "%s", why);
    return false;
}

bool signature_check(struct exchange *x)
{
    const char *header = request_header(x, SIGNATURE_HEADER);
    struct signature signature;

    if (!hook_peers_any(x->server->peers))
        return unsigned_as(x,
                           "nobody's deliveries are taken: no [webhook-in \"NAME\"] is configured");
    if (!header)
        return unsigned_as(x, "this needs a signature: t=SECONDS,v1=DIGITS");
    if (!signature_parse(&signature, header))
        return unsigned_as(x, "it is no signature: t=SECONDS,v1=64 digits");
    if (!signature_is_timely(&signature, clock_real_ms() / 1000))
        return unsigned_as(x, "its time is more than five minutes from ours");
    return true;
}

/* Names are short and of one line. */
static bool key_is_good(const char *key)
{
    size_t len = key ? strlen(key) : 0, i;

    for (i = 0; i < len; i++)
        if ((unsigned char)key[i] <= ' ' || (unsigned char)key[i] >= 0x7F)
            return false;
    return len > 0 && len <= WEBHOOK_KEY_MAX;
}

static int key_of(struct exchange *x, const char **key, struct error *err)
{
    *key = request_header(x, KEY_HEADER);
    if (key_is_good(*key))
        return ERR_OK;
    x->field = KEY_HEADER;
    return error_set(err, ERR_PARSE,
                     *key ? "at most %d printed characters without blanks" : "it is missing",
                     WEBHOOK_KEY_MAX);
}

static int answer_ping(struct exchange *x)
{
    struct jsonw w;

    jsonw_start(&w, &x->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "event", webhook_event_name(WEBHOOK_PING));
    jsonw_end(&w);
    str_add_char(&x->out, '\n');
    return ERR_OK;
}

static int take(struct exchange *x, const char *peer, enum webhook_event event, struct error *err)
{
    struct hook_incoming incoming = { .peer = peer, .event = event, .body = &x->body };
    int result = key_of(x, &incoming.key, err);

    if (result == ERR_OK)
        result = body_read(x, err);
    if (result == ERR_OK)
        result = http_store_take(x->server, &x->store, err);
    if (result == ERR_OK)
        result = hook_take(x->server->peers, x->server->app, x->store, &incoming, &x->status,
                           &x->out, err);
    if (result == ERR_OK)
        return result;
    x->status = x->status >= 400 ? x->status : 0;
    if (result == ERR_BUSY)
        exchange_header(x, "Retry-After", "1");
    if (result == ERR_EXISTS)
        x->field = KEY_HEADER;
    return result;
}

static int handle(struct exchange *x, enum webhook_event event, struct error *err)
{
    const char *name = request_header(x, EVENT_HEADER), *peer;
    struct signature signature;

    if (!signature_parse(&signature, request_header(x, SIGNATURE_HEADER))
        || !(peer = hook_peers_find(x->server->peers, &signature, &x->body))) {
        unsigned_as(x, "it fits none of our secrets");
        return ERR_OK;
    }
    if (name && strcmp(name, webhook_event_name(WEBHOOK_PING)) == 0)
        return answer_ping(x);
    if (name && strcmp(name, webhook_event_name(event)) != 0) {
        x->field = EVENT_HEADER;
        return error_set(err, ERR_PARSE, "%s is taken here, not '%.60s'", webhook_event_name(event),
                         name);
    }
    return take(x, peer, event, err);
}

int handle_hook_scraped(struct exchange *x, struct error *err)
{
    return handle(x, WEBHOOK_SCRAPED, err);
}

int handle_hook_processed(struct exchange *x, struct error *err)
{
    return handle(x, WEBHOOK_PROCESSED, err);
}
