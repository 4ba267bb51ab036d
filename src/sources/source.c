/*
 * The table of sources, and what the driver and the sources share about addresses.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <ctype.h>
#include <string.h>

static const struct source_ops *const sources[] = { &source_arxiv,  &source_huggingface,
                                                    &source_feed,   &source_pwc,
                                                    &source_github, &source_crossref };

const struct source_ops *source_at(size_t i)
{
    return i < ARRAY_LEN(sources) ? sources[i] : NULL;
}

const struct source_ops *source_find(const char *kind)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(sources); i++)
        if (strcmp(sources[i]->kind, kind) == 0)
            return sources[i];
    return NULL;
}

const char *source_url(const struct source_ops *ops, const struct source_settings *settings,
                       const char *key)
{
    const struct source_setting *setting;
    const char *value = settings->text(settings->ctx, key);

    if (value && *value)
        return value;
    for (setting = ops->urls; setting->key; setting++)
        if (strcmp(setting->key, key) == 0)
            return setting->fallback;
    return NULL;
}

void source_base(struct str *out, const struct source_ops *ops,
                 const struct source_settings *settings)
{
    const char *base = source_url(ops, settings, "url");
    size_t len = strlen(base);

    while (len > 0 && base[len - 1] == '/')
        len--;
    str_add_mem(out, base, len);
}

/* The host of an address, without user, port and brackets; false when there is none. */
bool url_host(const char *url, char *host, size_t size)
{
    const char *at = strstr(url, "://"), *user;
    size_t len;

    if (!at)
        return false;
    at += 3;
    len = strcspn(at, "/?#");
    user = memchr(at, '@', len);
    if (user) {
        len -= (size_t)(user + 1 - at);
        at = user + 1;
    }
    if (*at == '[') {
        at++;
        len = strcspn(at, "]");
    } else {
        size_t colon = strcspn(at, ":");

        len = colon < len ? colon : len;
    }
    if (len == 0 || len >= size)
        return false;
    memcpy(host, at, len);
    host[len] = '\0';
    return true;
}

bool source_is_loopback(const char *url)
{
    char host[256];

    if (!url_host(url, host, sizeof host))
        return false;
    if (str_ieq(host, "localhost") || strcmp(host, "::1") == 0)
        return true;
    return str_starts(host, "127.") && strspn(host, "0123456789.") == strlen(host);
}

bool source_all_loopback(const struct source_ops *ops, const struct source_settings *settings)
{
    const struct source_setting *setting;

    for (setting = ops->urls; setting->key; setting++) {
        const char *url = source_url(ops, settings, setting->key);

        if (url && !source_is_loopback(url))
            return false;
    }
    return true;
}

void source_request_init(struct source_request *request)
{
    memset(request, 0, sizeof *request);
    str_init(&request->url);
    str_init(&request->purpose);
}

void source_request_clear(struct source_request *request)
{
    str_clear(&request->url);
    str_clear(&request->purpose);
    request->media = SOURCE_XML;
    request->conditional = request->keep = request->authorized = false;
    request->headers = NULL;
    request->header_count = 0;
}

void source_request_free(struct source_request *request)
{
    str_free(&request->url);
    str_free(&request->purpose);
}

int32_t span_first(const struct source_span *span)
{
    return span->since != DAY_NONE ? span->since : span->today - FIRST_DAYS;
}

bool span_covered(const struct source_span *span, const struct cursor *old)
{
    int32_t begun = cursor_day(old, "since");

    if (span->finished)
        return false;
    return span->since == DAY_NONE || (begun != DAY_NONE && begun <= span->since);
}

static void turn_texts(struct source_turn *turn, void (*each)(struct str *))
{
    each(&turn->cursor);
    each(&turn->note);
    each(&turn->gap_what);
    each(&turn->gap_why);
    each(&turn->gap_cursor);
}

void source_turn_init(struct source_turn *turn)
{
    memset(turn, 0, sizeof *turn);
    turn_texts(turn, str_init);
    turn->total = -1;
}

void source_turn_clear(struct source_turn *turn)
{
    turn_texts(turn, str_clear);
    turn->finished = false;
    turn->count = turn->got = 0;
    turn->total = -1;
}

void source_turn_free(struct source_turn *turn)
{
    turn_texts(turn, str_free);
}
