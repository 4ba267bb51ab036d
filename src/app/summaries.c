/*
 * The starter library's abstracts, by the parser that brings them into a library, so that they
 * compare byte for byte.
 */
#include "summaries.h"

#include "carrel/app.h"
#include "carrel/hash.h"
#include "carrel/mem.h"
#include "carrel/sources.h"

#include <stdlib.h>
#include <string.h>

struct summaries {
    struct hashmap *texts;
    bool read;
};

struct summaries *summaries_new(void)
{
    struct summaries *summaries = mem_zalloc(sizeof *summaries);

    summaries->texts = hashmap_new();
    return summaries;
}

void summaries_free(struct summaries *summaries)
{
    if (!summaries)
        return;
    hashmap_free(summaries->texts);
    free(summaries);
}

static int summary_take(void *ctx, const struct record *record)
{
    if (record->abstract)
        hashmap_put(ctx, record->abstract, strlen(record->abstract), NULL);
    return 0;
}

static void summary_reject(void *ctx, long line, const char *why)
{
    (void)ctx;
    (void)line;
    (void)why;
}

static void summaries_read(struct summaries *summaries)
{
    const struct parse_sink sink = { .ctx = summaries->texts,
                                     .record = summary_take,
                                     .reject = summary_reject };
    struct parser *parser;
    size_t len;
    const char *text = asset_starter(&len);

    summaries->read = true;
    if (parser_new(&parser, PARSE_JSONL, &sink, NULL) != ERR_OK)
        return;
    if (parser_feed(parser, text, len, NULL) == ERR_OK)
        parser_finish(parser, NULL);
    parser_free(parser);
}

bool summaries_has(struct summaries *summaries, const char *abstract)
{
    if (!summaries->read)
        summaries_read(summaries);
    return hashmap_get(summaries->texts, abstract, strlen(abstract)) != NULL;
}
