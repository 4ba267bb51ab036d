/*
 * What the fuzz targets of the parsers share. The first byte chooses the size of the pieces, so
 * that every cut is tried; each record is written, packed and unpacked, so that its texts are read
 * to their ends and must be clean.
 */
#ifndef TESTS_SOURCES_FUZZ_H
#define TESTS_SOURCES_FUZZ_H

#include "carrel/catalog.h"
#include "carrel/sources.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

static int fuzz_record(void *ctx, const struct record *record)
{
    struct arena *arena = arena_new();
    struct str out = STR_INIT;
    struct record back;

    (void)ctx;
    record_to_json(&out, record);
    if (!utf8_valid(out.ptr, out.len) || !record->title || !*record->title)
        if (!record->deleted)
            abort();
    record_copy(&back, record, arena);
    if (record->catalog && catalog_hash(back.catalog) != catalog_hash(record->catalog))
        abort();
    str_clear(&out);
    record_pack(&out, record);
    if (record_unpack(&back, arena, out.ptr, out.len, NULL) != ERR_OK)
        abort();
    str_free(&out);
    arena_free(arena);
    return 0;
}

static void fuzz_reject(void *ctx, long line, const char *why)
{
    (void)ctx;
    if (line < 0 || strchr(why, '\n') || !utf8_valid(why, strlen(why)))
        abort();
}

static int fuzz_feed(void *ctx, const struct parse_feed *feed)
{
    (void)ctx;
    if (feed->line < 0 || !utf8_valid(feed->url, strlen(feed->url))
        || !utf8_valid(feed->title, strlen(feed->title)) || strpbrk(feed->url, "\r\n\t\x1b")
        || strpbrk(feed->title, "\r\n\t\x1b") || strlen(feed->url) > 3 * 2048)
        abort();
    return 0;
}

static inline void fuzz_parse(enum parse_format format, const uint8_t *bytes, size_t size)
{
    const struct parse_sink sink = { .record = fuzz_record,
                                     .reject = fuzz_reject,
                                     .feed = fuzz_feed };
    size_t at, piece = size > 0 ? (size_t)bytes[0] * 4 + 1 : 1;
    struct parser *parser;
    struct error err = { 0 };
    int result = ERR_OK, finished;

    if (parser_new(&parser, format, &sink, &err) != ERR_OK)
        abort();
    for (at = 1; at < size && result == ERR_OK; at += piece)
        result = parser_feed(parser, bytes + at, size - at < piece ? size - at : piece, &err);
    finished = parser_finish(parser, &err);
    if (result != ERR_OK && finished == ERR_OK)
        abort();
    if (finished != ERR_OK && !*err.message)
        abort();
    parser_free(parser);
}

#endif
