/*
 * What a peer's answer that is no page means: why it refuses us, that its disk is full, or that it
 * is no carrel at all. Words of its own come from outside: they are bounded here, and made fit for
 * a terminal with the rest of the message (exchange.c).
 */
#include "internal.h"

#include "carrel/net.h"
#include "carrel/utf8.h"

#include <jansson.h>
#include <string.h>

#define WORDS_MAX 160 /* bytes of its words */

/* The message of a service's error, {"error":{"message":...}}, appended; nothing where it is none.
 */
static void their_words(struct str *out, const struct net_answer *answer)
{
    json_t *json = json_loadb(answer->body.ptr ? answer->body.ptr : "", answer->body.len, 0, NULL);
    const char *message =
        json_string_value(json_object_get(json_object_get(json, "error"), "message"));

    if (message) {
        utf8_squeeze(out, message, strlen(message));
        str_cut(out, utf8_fit(out->ptr, WORDS_MAX));
    }
    json_decref(json);
}

static void tell_refused(const struct exchange *x, int status, const char *words, struct error *err)
{
    const char *file = x->peer->token_file;

    error_set(err, ERR_REFUSED,
              "%s refuses us (HTTP %d): %s; 'carrel token new --scope sync' there makes %s%s",
              x->peer->url, status, words, file ? "another for " : "one for this peer's token-file",
              file ? file : "");
}

/* A server that is busy or broken may be anything; one that knows no such thing is no carrel. */
static bool is_no_carrel(const struct net_answer *answer)
{
    int status = answer->status;
    const char *body = answer->body.ptr ? answer->body.ptr : "";

    if (status >= 200 && status < 300)
        return body[strspn(body, " \t\r\n")] == '<';
    return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
}

void http_words(const struct exchange *x, const struct net_answer *answer, int result,
                struct error *err)
{
    struct str words = STR_INIT;
    int status = answer->status;

    if (status >= 400)
        their_words(&words, answer);
    if (status == 507)
        error_set(err, result,
                  "the disk of %s is full: nothing was lost, free some there and do it again",
                  x->peer->url);
    else if (words.len > 0 && (status == 401 || status == 403))
        tell_refused(x, status, words.ptr, err);
    else if (words.len > 0)
        error_set(err, result, "%s says: %s (HTTP %d)%s", x->peer->url, words.ptr, status,
                  status == 404 ? "; is its path right?" : "");
    else if (is_no_carrel(answer))
        error_set(err, result,
                  "%s answers as no carrel does (HTTP %d): another server is there, or in front of "
                  "it, or the path is wrong",
                  x->peer->url, status);
    str_free(&words);
}
