/*
 * One delivery of a webhook on the wire: signed, under the ledger, without redirects, its answer
 * bounded. What is sent again is another request with the same body and Idempotency-Key.
 */
#include "hooks.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/ledger.h"
#include "carrel/signature.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (64u << 10)
#define EXCERPT 200       /* bytes */
#define PATIENCE_MS 10000 /* for another delivery to the same place to end */

static int secret_of(struct str *out, const struct config *config, const char *name,
                     struct error *err)
{
    char *key = mem_printf("webhook.%s.secret-file", name);
    const char *file = config_text(config, key);
    int result =
        file ? file_read_secret(out, file, SIGNATURE_SECRET_LEAST, err)
             : error_set(err, ERR_USAGE, "%s is not set: a file with %d or more random bytes", key,
                         SIGNATURE_SECRET_LEAST);

    if (file && result != ERR_OK && err)
        error_context(err, "%s", key);
    free(key);
    return result;
}

int hook_check(const struct config *config, const struct webhook *hook, struct error *err)
{
    struct str secret = STR_INIT;
    int result;

    if (!*hook->url)
        return error_set(err, ERR_USAGE, "webhook.%s.url is not set", hook->name);
    result = net_check(hook->url, err);
    if (result != ERR_OK && err)
        error_context(err, "webhook.%s.url", hook->name);
    if (result == ERR_OK)
        result = secret_of(&secret, config, hook->name, err);
    if (result != ERR_OK && err)
        err->code = ERR_USAGE;
    str_forget(&secret);
    return result == ERR_OK ? ERR_OK : ERR_USAGE;
}

/* What its answer means for another try. Nothing is gained by sending the same bytes again where
 * they were understood and refused. */
static int verdict(int result, int status, const char *url, struct error *err)
{
    static const int refused[] = { 400, 405, 406, 413, 415, 422 };
    size_t i;

    if (result == ERR_OK || result == ERR_CANCELLED || result == ERR_USAGE)
        return result;
    for (i = 0; i < ARRAY_LEN(refused); i++)
        if (status == refused[i])
            result = ERR_REFUSED;
    if (status == 410)
        result = error_set(err, ERR_NOTFOUND, "%s wants nothing more (HTTP 410)", url);
    else if (result != ERR_REFUSED || status == 401 || status == 403)
        result = ERR_NETWORK;
    if (err)
        err->code = result;
    return result;
}

int hook_send(struct store *store, const struct hook_message *message, const atomic_bool *cancel,
              struct net_answer *answer, struct error *err)
{
    const struct config *config = message->config;
    const struct webhook *hook = message->hook;
    const struct net_options options = { .version = CARREL_VERSION,
                                         .contact = config_text(config, "harvest.contact"),
                                         .backoff_ms = 1 };
    struct arena *arena = arena_new();
    struct str secret = STR_INIT, signature = STR_INIT;
    const struct net_origin origin = { .name = arena_printf(arena, "webhook %s", hook->name) };
    const char *headers[4];
    struct net_request request = { .origin = &origin,
                                   .note = { .source = "webhook",
                                             .purpose = webhook_event_name(message->event) },
                                   .url = hook->url,
                                   .headers = headers,
                                   .header_count = ARRAY_LEN(headers),
                                   .body = message->body->ptr,
                                   .body_len = message->body->len,
                                   .body_type = "application/json",
                                   .max_bytes = ANSWER_MAX,
                                   .deadline_ms = config_int(config, "webhook.time-limit"),
                                   .redirects = -1,
                                   .tries = 1,
                                   .patience_ms = PATIENCE_MS,
                                   .forgiving = true,
                                   .cancel = cancel };
    int result =
        *hook->url ? secret_of(&secret, config, hook->name, err) : hook_check(config, hook, err);

    if (result == ERR_OK) {
        struct net *net = net_new(&options);
        struct net_client *client = net_client_new(net, ledger_table(), store);

        signature_write(&signature, &secret, clock_real_ms() / 1000, message->body->ptr,
                        message->body->len);
        headers[0] = arena_printf(arena, SIGNATURE_HEADER ": %s", signature.ptr);
        headers[1] = arena_printf(arena, "Idempotency-Key: %s", message->key);
        headers[2] = arena_printf(arena, "X-Carrel-Event: %s", webhook_event_name(message->event));
        headers[3] = arena_printf(arena, "X-Carrel-Delivery: %" PRId64, message->delivery);
        result = net_send(client, &request, answer, err);
        net_client_free(client);
        net_free(net);
        result = verdict(result, answer->status, hook->url, err);
    }
    str_forget(&secret);
    str_free(&signature);
    arena_free(arena);
    return result;
}

void hook_excerpt(struct str *out, const struct net_answer *answer)
{
    size_t i;

    for (i = 0; i < answer->body.len && i < EXCERPT; i++) {
        unsigned char c = (unsigned char)answer->body.ptr[i];

        str_add_char(out, c >= ' ' && c < 0x7F ? (char)c : ' ');
    }
    str_trim(out);
}
