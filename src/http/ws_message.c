/*
 * What clients say: {"token"}, {"subscribe"}, {"unsubscribe"}, alone or together. Each message is
 * answered by {"subscribed"}, the topics that are delivered from now on, or by an error in the form
 * that all errors of the service have. A wrong message changes nothing and costs nothing else; only
 * who has not yet said who it is has to be right at once.
 */
#include "ws.h"

#include <stdio.h>
#include <string.h>

#define TOKEN_MAX 8192

static const struct field fields[] = {
    { "token", FIELD_TEXT, .least = 1, .most = TOKEN_MAX, .help = "who it is" },
    { "subscribe", FIELD_TEXTS, .most = TOPICS, .values = "events|jobs|scrapes|metrics",
      .help = "topics to be told of" },
    { "unsubscribe", FIELD_TEXTS, .most = TOPICS, .values = "events|jobs|scrapes|metrics",
      .help = "topics to be told of no more" },
    { 0 },
};

static void say_subscribed(struct ws_client *c)
{
    struct str text = STR_INIT;
    struct jsonw w;
    int i;

    jsonw_start(&w, &text);
    jsonw_object(&w);
    jsonw_key(&w, "subscribed");
    jsonw_array(&w);
    for (i = 0; i < TOPICS; i++)
        if (c->topics & (1u << i))
            jsonw_string(&w, topic_name((enum topic)i));
    jsonw_end(&w);
    jsonw_end(&w);
    ws_client_say(c, &text);
    str_free(&text);
}

static void say_error(struct ws_client *c, const char *field, const struct error *err)
{
    struct str text = STR_INIT;

    error_write(&text, "bad_request", err->message, field);
    ws_client_say(c, &text);
    str_free(&text);
}

/* ---- topics ---- */

void ws_client_listen(struct ws_client *c, unsigned topics)
{
    struct ws *ws = c->ws;
    int i;

    for (i = 0; i < TOPICS; i++) {
        unsigned bit = 1u << i;

        if ((topics & bit) == (c->topics & bit))
            continue;
        if (topics & bit) {
            if (ws->listeners[i]++ == 0)
                bus_listen(ws->server->bus, bit, ws_told, &ws->taps[i]);
        } else if (--ws->listeners[i] == 0) {
            bus_leave(ws->server->bus, ws_told, &ws->taps[i]);
        }
    }
    ws_queue_drop(&c->queue, c->topics & ~topics); /* nothing of them comes behind the answer */
    c->topics = topics;
}

static unsigned topics_of(const json_t *names)
{
    unsigned topics = 0;
    size_t i;
    int t;

    for (i = 0; i < json_array_size(names); i++)
        for (t = 0; t < TOPICS; t++)
            if (strcmp(topic_name((enum topic)t), json_string_value(json_array_get(names, i))) == 0)
                topics |= 1u << t;
    return topics;
}

/* ---- who it is ---- */

static void take_token(struct ws_client *c, const char *token)
{
    struct caller caller = { 0 };
    struct error err = { 0 };
    const char *why = NULL;

    if (auth_token(&caller, &why, c->ws->server, &c->ws->store, token, &err) != ERR_OK)
        ws_client_close(c, WS_INTERNAL, "the token cannot be looked up: %s", err.message);
    else if (why)
        ws_client_close(c, WS_UNAUTHORIZED, "the token is refused: %s", why);
    else if (!scope_allows(caller.scope, SCOPE_READ))
        ws_client_close(c, WS_FORBIDDEN, "this needs the scope read; the token has %s",
                        scope_name(caller.scope));
    c->caller = caller;
    c->allowed = c->state == WS_OPEN;
    c->first_by = 0;
}

static void obey(struct ws_client *c, const json_t *message)
{
    const char *token = body_text(message, "token");

    if (token)
        take_token(c, token);
    else if (!c->allowed)
        ws_client_close(c, WS_UNAUTHORIZED, "the first message must be {\"token\":\"...\"}");
    if (c->state != WS_OPEN)
        return;
    ws_client_listen(c, (c->topics & ~topics_of(json_object_get(message, "unsubscribe")))
                            | topics_of(json_object_get(message, "subscribe")));
    say_subscribed(c);
}

void ws_message(struct ws_client *c, const char *text, size_t len)
{
    json_error_t why;
    json_t *message = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
    struct error err = { 0 };
    const char *field = NULL;
    int result = ERR_OK;

    if (!message)
        result = error_set(&err, ERR_PARSE, "the message is no JSON: column %d: %.100s", why.column,
                           why.text);
    else if (fields_check(fields, message, &field, &err) != ERR_OK)
        result = ERR_PARSE;
    else if (json_object_size(message) == 0)
        result = error_set(&err, ERR_PARSE, "a message says token, subscribe or unsubscribe");
    if (result == ERR_OK)
        obey(c, message);
    else if (c->allowed)
        say_error(c, field, &err);
    else
        ws_client_close(c, WS_UNAUTHORIZED, "the first message must be {\"token\":\"...\"}");
    json_decref(message);
}
