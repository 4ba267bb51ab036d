/*
 * Any RSS or Atom feed: [source "my-journal"] with kind = feed and url = ... One stream, one
 * request, conditional; a feed is whole in itself, so there is nothing to page and no gap to fill.
 * The budget is that of the feed's host.
 */
#include "internal.h"

#include <stdio.h>
#include <string.h>

static const struct source_setting feed_urls[] = { { "url", NULL }, { NULL, NULL } };

static int feed_origin(const struct source_settings *settings, struct source_origin *origin,
                       struct error *err)
{
    const char *url = source_url(&source_feed, settings, "url");

    *origin = (struct source_origin){ .interval_ms = 1000 };
    if (!url || !url_host(url, origin->name, sizeof origin->name))
        return error_set(err, ERR_USAGE, "source \"%s\" is a feed and needs url = https://...",
                         settings->name);
    return ERR_OK;
}

static int feed_plan(const struct source_settings *settings, struct source_plan *plan,
                     struct error *err)
{
    (void)settings;
    (void)err;
    text_list_add(&plan->streams, plan->arena, "feed", 4);
    return ERR_OK;
}

static int feed_begin(const struct source_settings *settings, const char *stream,
                      const struct source_span *span, struct str *cursor, struct error *err)
{
    (void)settings;
    (void)stream;
    (void)span;
    (void)err;
    str_clear(cursor);
    str_add(cursor, "feed?");
    return ERR_OK;
}

static int feed_request(const struct source_settings *settings, const char *cursor,
                        struct source_request *request, struct error *err)
{
    if (strcmp(cursor, "feed?") != 0)
        return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of a feed", cursor);
    source_request_clear(request);
    str_add(&request->url, source_url(&source_feed, settings, "url"));
    str_printf(&request->purpose, "%s feed", settings->name);
    request->conditional = true;
    return ERR_OK;
}

static int feed_answer(const struct source_settings *settings, const char *cursor,
                       const void *bytes, size_t len, const struct parse_sink *sink,
                       struct source_turn *turn, struct error *err)
{
    struct source_count count;
    struct parse_info info;
    int result;

    (void)settings;
    source_turn_clear(turn);
    result = source_parse(PARSE_RSS, bytes, len, sink, &count, &info, err);
    if (result != ERR_OK)
        return result;
    turn->count = turn->got = count.records + count.rejects;
    turn->finished = true;
    str_add(&turn->cursor, cursor);
    return ERR_OK;
}

const struct source_ops source_feed = {
    .kind = "feed",
    .title = "feed",
    .every_ms = 6 * SOURCE_HOUR_MS,
    .urls = feed_urls,
    .origin = feed_origin,
    .plan = feed_plan,
    .begin = feed_begin,
    .request = feed_request,
    .answer = feed_answer,
};
