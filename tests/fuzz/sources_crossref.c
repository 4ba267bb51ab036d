/* Places and answers of Crossref; and any bytes as a saved list of works. */
#include "sources_round.h"

#include "carrel/sources.h"

/* What is kept is clean, on one line, and bounded. */
static void check(const char *text, size_t most, bool one_line)
{
    if (text
        && (strlen(text) > most || !utf8_valid(text, strlen(text)) || !*text
            || (one_line && strchr(text, '\n'))))
        abort();
}

static int look(void *ctx, const struct record *record)
{
    struct ident ident;

    (void)ctx;
    if (!record->id || !ident_parse(&ident, record->id) || ident.scheme != ID_DOI
        || record->aliases.len > 1 || !record->title)
        abort();
    check(record->title, 4096, true);
    check(record->abstract, 256 << 10, false);
    check(record->venue, 256 << 10, true);
    check(record->published, 10, true);
    for (size_t i = 0; i < record->authors.len; i++)
        check(record->authors.items[i], 512 << 10, true);
    return 0;
}

static void list(const uint8_t *bytes, size_t size)
{
    const struct parse_sink sink = { .record = look };
    struct parser *parser;
    struct error err = { 0 };

    if (parser_new(&parser, PARSE_CROSSREF, &sink, &err) != ERR_OK)
        abort();
    if ((parser_feed(parser, bytes, size, &err) != ERR_OK || parser_finish(parser, &err) != ERR_OK)
        && !*err.message)
        abort();
    parser_free(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const char *const streams[] = { "dois", NULL };

    fuzz_round(source_find("crossref"), streams, bytes, size);
    list(bytes, size);
    return 0;
}
