/*
 * Any RSS or Atom feed: [source "my-journal"] with kind = feed and url = ... One stream, one
 * request, conditional. The budget is that of the feed's host. Its records are called
 * "feed:my-journal", so that two feeds that tell of one article do not take turns in replacing each
 * other's words.
 *
 * A feed shows its newest entries only. When none of those of the last reading is left, some have
 * come and gone between the two: that is a gap that nothing can fill, and a reason to read it more
 * often.
 *
 * Cursor: seen (short hashes of the entries' ids, a comma between), day (of the last reading).
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_MAX 200
#define SEEN_LEN 8 /* hexadecimal digits */

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

static int feed_cursor(struct cursor *cursor, const char *text, struct error *err)
{
    int result = cursor_parse(cursor, text, err);

    if (result != ERR_OK || strcmp(cursor->kind, "feed") == 0)
        return result;
    cursor_free(cursor);
    return error_set(err, ERR_CORRUPT, "the saved place '%.60s' is not one of a feed", text);
}

static int feed_begin(const struct source_settings *settings, const char *stream,
                      const struct source_span *span, struct str *cursor, struct error *err)
{
    struct cursor old = { 0 };
    int result = ERR_OK;

    (void)settings;
    (void)stream;
    if (span->cursor && *span->cursor)
        result = feed_cursor(&old, span->cursor, err);
    else
        cursor_init(&old, "feed");
    if (result == ERR_OK)
        cursor_print(&old, cursor);
    cursor_free(&old);
    return result;
}

static int feed_request(const struct source_settings *settings, const char *text,
                        struct source_request *request, struct error *err)
{
    struct cursor cursor;
    int result = feed_cursor(&cursor, text, err);

    if (result != ERR_OK)
        return result;
    cursor_free(&cursor);
    source_request_clear(request);
    str_add(&request->url, source_url(&source_feed, settings, "url"));
    str_printf(&request->purpose, "%s feed", settings->name);
    request->conditional = true;
    return ERR_OK;
}

/* ---- entries ---- */

struct feed_reading {
    const struct parse_sink *sink;
    struct arena *arena;
    const char *base; /* of the feed */
    char *source;
    const char *before; /* hashes of the last reading */
    size_t known;       /* entries that are among them */
    struct str seen;
};

/* "/a/b", "//host/a", "a.html": where the feed's own address leads with it. */
static char *feed_absolute(const struct feed_reading *reading, const char *url)
{
    const char *base = reading->base, *host = strstr(base, "://") + 3;
    size_t site = (size_t)(host - base) + strcspn(host, "/?#"), folder = strcspn(base, "?#");

    if (strncmp(url, "//", 2) == 0)
        return arena_printf(reading->arena, "%.*s%s", (int)(host - base) - 2, base, url);
    if (*url == '/')
        return arena_printf(reading->arena, "%.*s%s", (int)site, base, url);
    while (folder > site && base[folder - 1] != '/')
        folder--;
    return arena_printf(reading->arena, "%.*s%s%s", (int)folder, base, folder == site ? "/" : "",
                        url);
}

/* Has it a scheme of its own? */
static bool feed_has_scheme(const char *url)
{
    size_t len = strspn(url, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

    return len > 0 && url[len] == ':';
}

static void feed_address(const struct feed_reading *reading, struct record *record)
{
    struct ident ident;

    if (!record->url || feed_has_scheme(record->url))
        return;
    record->url = feed_absolute(reading, record->url);
    if (!record->id || str_starts(record->id, "url:")) {
        record->id = arena_printf(reading->arena, "url:%s", record->url);
        if (!ident_parse(&ident, record->id))
            record->id = NULL;
    }
}

static void feed_note(struct feed_reading *reading, const struct record *record)
{
    const char *id = record->id ? record->id : record->title;
    char hash[SEEN_LEN + 1];

    snprintf(hash, sizeof hash, "%08" PRIx32, (uint32_t)hash64(id, strlen(id), 0));
    reading->known += strstr(reading->before, hash) != NULL;
    if (reading->seen.len < (size_t)SEEN_MAX * (SEEN_LEN + 1))
        str_printf(&reading->seen, "%s%s", reading->seen.len ? "," : "", hash);
}

static int feed_record(void *ctx, const struct record *record)
{
    struct feed_reading *reading = ctx;
    struct record named = *record;

    arena_reset(reading->arena);
    feed_address(reading, &named);
    if (strcmp(record->source, "feed") == 0)
        named.source = reading->source;
    feed_note(reading, &named);
    return reading->sink->record(reading->sink->ctx, &named);
}

static void feed_reject(void *ctx, long line, const char *why)
{
    struct feed_reading *reading = ctx;

    if (reading->sink->reject)
        reading->sink->reject(reading->sink->ctx, line, why);
}

static void feed_gap(const struct source_settings *settings, const struct cursor *cursor,
                     const struct feed_reading *reading, struct source_turn *turn)
{
    if (!*reading->before || turn->count == 0 || reading->known > 0)
        return;
    str_printf(&turn->gap_what, "entries of %s after %s", settings->name,
               cursor_get(cursor, "day"));
    str_add(&turn->gap_why,
            "none of those read then is in the feed any more, so some may have come "
            "and gone: read it more often (every = ...)");
}

static int feed_answer(const struct source_settings *settings, const char *text, const void *bytes,
                       size_t len, const struct parse_sink *sink, struct source_turn *turn,
                       struct error *err)
{
    struct feed_reading reading = { .sink = sink, .seen = STR_INIT };
    const struct parse_sink naming = { .ctx = &reading,
                                       .record = feed_record,
                                       .reject = feed_reject };
    struct source_count count;
    struct parse_info info;
    struct cursor cursor;
    int result = feed_cursor(&cursor, text, err);

    if (result != ERR_OK)
        return result;
    source_turn_clear(turn);
    reading.arena = arena_new();
    reading.base = source_url(&source_feed, settings, "url");
    reading.source = mem_printf("feed:%s", settings->name);
    reading.before = cursor_get(&cursor, "seen");
    result = source_parse(PARSE_RSS, bytes, len, &naming, &count, &info, err);
    if (result == ERR_OK) {
        turn->count = turn->got = count.records + count.rejects;
        turn->finished = true;
        feed_gap(settings, &cursor, &reading, turn);
        if (turn->count > 0) {
            cursor_set(&cursor, "seen", reading.seen.ptr);
            cursor_set_day(&cursor, "day", clock_today());
        }
        cursor_print(&cursor, &turn->cursor);
    }
    arena_free(reading.arena);
    free(reading.source);
    str_free(&reading.seen);
    cursor_free(&cursor);
    return result;
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
