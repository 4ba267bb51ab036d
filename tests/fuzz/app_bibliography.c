/*
 * Any bytes as a bibliography (the first one says of which format), each entry written in every
 * format and style. What is written is read again, and is one entry of the same key.
 */
#include "carrel/bibliography.h"
#include "carrel/sources.h"
#include "carrel/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct back {
    int count;
};

static int take_back(void *ctx, const struct record *record)
{
    (void)record;
    ((struct back *)ctx)->count++;
    return 0;
}

static void take_none(void *ctx, long line, const char *why)
{
    (void)ctx;
    (void)line;
    (void)why;
}

static void read_again(enum parse_format format, const char *text, size_t len)
{
    struct back back = { 0 };
    struct parse_sink sink = { .ctx = &back, .record = take_back, .reject = take_none };
    struct parser *parser;

    if (parser_new(&parser, format, &sink, NULL) != ERR_OK
        || parser_feed(parser, text, len, NULL) != ERR_OK || parser_finish(parser, NULL) != ERR_OK
        || back.count != 1) {
        fprintf(stderr, "%d entries came back of\n%s\n", back.count, text);
        abort();
    }
    parser_free(parser);
}

static int write_all(void *ctx, const struct record *record)
{
    static const struct {
        struct bibliography_options options;
        enum parse_format format;
    } ways[] = { { { .form = BIB_BIBTEX }, PARSE_BIBTEX },
                 { { .form = BIB_BIBTEX, .ascii = true }, PARSE_BIBTEX },
                 { { .form = BIB_BIBLATEX }, PARSE_BIBTEX },
                 { { .form = BIB_RIS }, PARSE_RIS },
                 { { .form = BIB_CSL }, PARSE_CSL },
                 { { .form = BIB_CSL, .pandoc = true }, PARSE_CSL } };
    struct arena *arena = arena_new();
    struct citation entry;
    struct str out = STR_INIT, key = STR_INIT;
    const char *style;
    size_t i;

    (void)ctx;
    bibliography_entry(&entry, arena, record, NULL);
    cite_key(&key, CITE_KEY_DEFAULT, record);
    for (i = 0; i < sizeof ways / sizeof *ways; i++) {
        str_clear(&out);
        str_add(&out, bibliography_before(ways[i].options.form));
        bibliography_add(&out, &ways[i].options, &entry, key.ptr);
        str_add(&out, bibliography_behind(ways[i].options.form));
        if (!utf8_valid(out.ptr, out.len))
            abort();
        if (citation_get(&entry, "title")) /* else there may be nothing that this format knows */
            read_again(ways[i].format, out.ptr, out.len);
    }
    for (i = 0; (style = reference_style(i, NULL)); i++) {
        str_clear(&out);
        if (!reference_write(&out, style, &entry) || !utf8_valid(out.ptr, out.len))
            abort();
    }
    str_free(&out);
    str_free(&key);
    arena_free(arena);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const enum parse_format formats[] = { PARSE_BIBTEX, PARSE_RIS, PARSE_CSL };
    struct parse_sink sink = { .record = write_all, .reject = take_none };
    struct parser *parser;

    if (size == 0 || parser_new(&parser, formats[bytes[0] % 3], &sink, NULL) != ERR_OK)
        return 0;
    if (parser_feed(parser, bytes + 1, size - 1, NULL) == ERR_OK)
        parser_finish(parser, NULL);
    parser_free(parser);
    return 0;
}
