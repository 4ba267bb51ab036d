/*
 * Any text as a saved place of a source, and any bytes as the answer to what it asks: the first
 * line is the cursor, the rest the answer. What comes of it must be a cursor that can be used
 * again, and a page passed over must lead on.
 */
#ifndef TESTS_SOURCES_ROUND_H
#define TESTS_SOURCES_ROUND_H

#include "carrel/clock.h"
#include "carrel/source.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

static const char *get_text(void *ctx, const char *key)
{
    (void)ctx;
    return strcmp(key, "url") == 0 ? "https://example.org/a/feed?x#y" : NULL;
}

static size_t get_values(void *ctx, const char *key, const char *const **values)
{
    (void)ctx;
    (void)key;
    *values = NULL;
    return 0;
}

static int take(void *ctx, const struct record *record)
{
    (void)ctx;
    (void)record;
    return 0;
}

static const struct source_settings settings = { NULL, "test", get_text, get_values, false };

static void ask(const struct source_ops *ops, const char *cursor)
{
    struct source_request request;
    struct error err = { 0 };

    source_request_init(&request);
    if (ops->request(&settings, cursor, &request, &err) != ERR_OK)
        abort(); /* a cursor of our own making */
    if (!str_starts(request.url.ptr, "https://") || strpbrk(request.url.ptr, " \r\n\"<>"))
        abort();
    source_request_free(&request);
}

/* A round that goes on from there, or begins behind it. */
static void begin(const struct source_ops *ops, const char *stream, const char *cursor,
                  bool finished)
{
    const struct source_span span = {
        .cursor = cursor, .finished = finished, .since = DAY_NONE, .today = 20513
    };
    struct str next = STR_INIT;
    struct error err = { 0 };

    if (ops->begin(&settings, stream, &span, &next, &err) == ERR_OK && finished)
        ask(ops, next.ptr);
    str_free(&next);
}

static void answer(const struct source_ops *ops, const char *cursor, const char *bytes, size_t len)
{
    const struct parse_sink sink = { .record = take };
    struct source_turn turn;
    struct error err = { 0 };

    source_turn_init(&turn);
    if (ops->answer(&settings, cursor, bytes, len, &sink, &turn, &err) == ERR_OK) {
        if (!turn.finished)
            ask(ops, turn.cursor.ptr);
        if (turn.gap_cursor.len)
            ask(ops, turn.gap_cursor.ptr);
    } else if (!*err.message) {
        abort();
    }
    if (ops->unchanged && ops->unchanged(&settings, cursor, &sink, &turn, &err) == ERR_OK
        && !turn.finished)
        ask(ops, turn.cursor.ptr);
    if (ops->denied && ops->denied(&settings, cursor, 404, bytes, len, &sink, &turn, &err) == ERR_OK
        && !turn.finished)
        ask(ops, turn.cursor.ptr);
    if (ops->pass_over && ops->pass_over(&settings, cursor, &turn, &err) == ERR_OK) {
        ask(ops, turn.gap_cursor.ptr);
        if (!turn.finished)
            ask(ops, turn.cursor.ptr);
        if (strcmp(turn.cursor.ptr, cursor) == 0)
            abort();
    }
    source_turn_free(&turn);
}

static inline void fuzz_round(const struct source_ops *ops, const char *const *streams,
                              const uint8_t *bytes, size_t size)
{
    const char *end = memchr(bytes, '\n', size);
    size_t len = end ? (size_t)(end - (const char *)bytes) : size;
    char *cursor;
    struct source_request request;
    struct error err = { 0 };

    if (len > SOURCE_CURSOR_MAX / 2) /* what is added to it must have room */
        return;
    cursor = malloc(len + 1);
    memcpy(cursor, bytes, len);
    cursor[len] = '\0';
    source_request_init(&request);
    for (; *streams; streams++) {
        begin(ops, *streams, cursor, false);
        begin(ops, *streams, cursor, true);
    }
    if (ops->request(&settings, cursor, &request, &err) == ERR_OK)
        answer(ops, cursor, end ? end + 1 : "", end ? size - len - 1 : 0);
    else if (!*err.message)
        abort();
    source_request_free(&request);
    free(cursor);
}

#endif
