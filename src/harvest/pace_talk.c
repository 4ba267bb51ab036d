/*
 * Talking to the peer that hands out leases: one message, one answer, no second try.
 *
 * These requests are the ledger's own messages and go to one's own machine: they are no entries of
 * it, which would be three for each real one.
 */
#include "pace_internal.h"

#include "carrel/jsonw.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_MAX 4096

void pace_talk_close(struct pace_talk *talk)
{
    net_client_free(talk->client);
    talk->client = NULL;
}

void pace_message(struct jsonw *w, struct str *out, const struct pace_talk *talk, const char *verb,
                  const char *origin)
{
    jsonw_start(w, out);
    jsonw_object(w);
    jsonw_key_string(w, "do", verb);
    jsonw_key_string(w, "origin", origin);
    jsonw_key_string(w, "machine", talk->pace->machine);
    jsonw_key_string(w, "holder", talk->holder);
}

static int answer_read(struct pace_answer *out, const struct str *body, struct error *err)
{
    json_t *json = json_loadb(body->ptr, body->len, JSON_REJECT_DUPLICATES, NULL);
    const char *stopped = json_string_value(json_object_get(json, "stopped"));
    bool good = json_is_boolean(json_object_get(json, "granted"))
                && json_is_integer(json_object_get(json, "lease"))
                && json_is_integer(json_object_get(json, "wait_ms"));

    *out = (struct pace_answer){ 0 };
    if (good) {
        out->granted = json_is_true(json_object_get(json, "granted"));
        out->lease = (int64_t)json_integer_value(json_object_get(json, "lease"));
        out->wait_ms = (int64_t)json_integer_value(json_object_get(json, "wait_ms"));
        snprintf(out->stopped, sizeof out->stopped, "%s", stopped ? stopped : "");
        good = !out->granted || out->lease > 0;
    }
    json_decref(json);
    return good ? ERR_OK : error_set(err, ERR_PARSE, "it answers something that is no lease");
}

/* A peer of before does not know the question. */
static int talk_failed(const struct pace_talk *talk, int result, int status, struct error *err)
{
    if (result == ERR_NOTFOUND || status == 405)
        return error_set(err, result, "peer %s knows no leases (HTTP %d)", talk->pace->peer,
                         status);
    return result;
}

int pace_send(struct pace_talk *talk, const struct str *message, int64_t deadline_ms,
              const atomic_bool *cancel, struct pace_answer *answer, struct error *err)
{
    const struct pace *pace = talk->pace;
    char name[80];
    const struct net_origin origin = { .name = name };
    const char *const headers[] = { pace->bearer };
    const struct net_request request = { .origin = &origin,
                                         .url = pace->url,
                                         .headers = headers,
                                         .header_count = pace->bearer ? 1 : 0,
                                         .body = message->ptr,
                                         .body_len = message->len,
                                         .body_type = "application/json",
                                         .expect = NET_JSON,
                                         .max_bytes = ANSWER_MAX,
                                         .deadline_ms = deadline_ms,
                                         .redirects = -1,
                                         .tries = 1,
                                         .cancel = cancel };
    struct net_answer got = { 0 };
    int result;

    if (pace->broken.code != ERR_OK) {
        *err = pace->broken;
        return pace->broken.code;
    }
    snprintf(name, sizeof name, "peer %.60s", pace->peer);
    if (!talk->client)
        talk->client = net_client_new(pace->net, &net_no_ledger, NULL);
    result = net_send(talk->client, &request, &got, err);
    if (result == ERR_OK) {
        result = answer_read(answer, &got.body, err);
        if (result != ERR_OK)
            error_context(err, "%s", name);
    } else {
        result = talk_failed(talk, result, got.status, err);
    }
    net_answer_free(&got);
    return result;
}
