/*
 * Files go to the parser as bytes. Zotero's database and Papis' folders are read by their own
 * readers, which hand what they find to a parser's sink.
 */
#include "import_read.h"

#include "carrel/file.h"
#include "carrel/zotero.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Only a file is looked into: a pipe gives its bytes once. */
static bool is_sqlite(const char *path)
{
    static const char magic[] = "SQLite format 3";
    struct stat st;
    bool plain = stat(path, &st) == 0 && S_ISREG(st.st_mode);
    FILE *file = plain ? fopen(path, "re") : NULL;
    char head[sizeof magic] = "";
    bool same = file && fread(head, 1, sizeof head, file) == sizeof head
                && memcmp(head, magic, sizeof magic) == 0;

    if (file)
        fclose(file);
    return same;
}

static bool holds(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    bool there = file_exists(path);

    free(path);
    return there;
}

static enum parse_format what_is(const struct import_source *source)
{
    if (source->format != PARSE_AUTO)
        return source->format;
    if (is_sqlite(source->path))
        return PARSE_ZOTERO;
    if (!folder_exists(source->path))
        return PARSE_AUTO;
    return holds(source->path, "zotero.sqlite") ? PARSE_ZOTERO : PARSE_PAPIS;
}

static int zotero_take(void *ctx, const struct zotero_item *item)
{
    return zotero_emit(ctx, item);
}

/* Stands before the sink: tags are made, and what came is counted. */
struct passing {
    const struct import_source *source;
    struct arena *arena;
    int64_t records;
};

static int pass_record(void *ctx, const struct record *record)
{
    struct passing *passing = ctx;
    const struct parse_sink *sink = passing->source->sink;
    struct text_list words = { 0 };
    struct record own = *record;

    passing->records++;
    if (!passing->source->tags || record->cited.len == 0)
        return sink->record(sink->ctx, record);
    arena_reset(passing->arena);
    cited_keywords(&words, passing->arena, &record->cited);
    text_list_copy(&own.tags, passing->arena);
    cited_add_tags(&own.tags, passing->arena, &words);
    return sink->record(sink->ctx, &own);
}

static void pass_reject(void *ctx, long line, const char *why)
{
    struct passing *passing = ctx;

    passing->records++;
    passing->source->sink->reject(passing->source->sink->ctx, line, why);
}

static void pass_note(void *ctx, long line, const char *why, bool partly)
{
    const struct parse_sink *sink = ((struct passing *)ctx)->source->sink;

    sink->note(sink->ctx, line, why, partly);
}

static int pass_feed(void *ctx, const struct parse_feed *feed)
{
    const struct parse_sink *sink = ((struct passing *)ctx)->source->sink;

    return sink->feed(sink->ctx, feed);
}

static void pass_unknown(void *ctx, const char *name, long line, long more)
{
    const struct parse_sink *sink = ((struct passing *)ctx)->source->sink;

    sink->unknown(sink->ctx, name, line, more);
}

static int read_library(const struct import_source *source, enum parse_format format,
                        const struct parse_sink *sink, const struct passing *passing,
                        struct error *err)
{
    struct parser *parser;
    int result = parser_new(&parser, PARSE_CSL, sink, err);

    if (result != ERR_OK)
        return result;
    if (format == PARSE_ZOTERO)
        result = zotero_read(source->path, zotero_take, parser, source->cancel, err);
    else
        result = papis_read(parser, source->path, source->cancel, err);
    if (result == ERR_OK && passing->records == 0)
        result = format == PARSE_ZOTERO
                     ? error_set(err, ERR_PARSE, "%s: no item of Zotero's", source->path)
                     : error_set(err, ERR_PARSE,
                                 "%s is a folder, and holds neither zotero.sqlite nor info.yaml of "
                                 "Papis",
                                 source->path);
    parser_free(parser);
    return result;
}

/* parse_file calls it with the sink's own ctx. */
static int pass_progress(void *ctx, int64_t done, int64_t size)
{
    const struct import_source *source = ((struct passing *)ctx)->source;

    return source->progress ? source->progress(source->sink->ctx, done, size) : 0;
}

int import_read(const struct import_source *source, struct parse_info *info, struct error *err)
{
    enum parse_format format = what_is(source);
    bool folder = format == PARSE_ZOTERO || format == PARSE_PAPIS;
    struct passing passing = { .source = source, .arena = arena_new() };
    struct parse_sink sink = { .ctx = &passing,
                               .record = pass_record,
                               .reject = pass_reject,
                               .note = source->sink->note ? pass_note : NULL,
                               .feed = source->sink->feed ? pass_feed : NULL,
                               .unknown = source->sink->unknown ? pass_unknown : NULL };
    int result;

    *info = (struct parse_info){ .total = -1, .start = -1, .per_page = -1 };
    if (folder && strcmp(source->path, "-") == 0)
        result = error_set(err, ERR_USAGE, "%s is read from its folder, not from standard input",
                           parse_format_name(format));
    else if (folder)
        result = read_library(source, format, &sink, &passing, err);
    else
        result = parse_file(source->path, format, &sink, pass_progress, info, err);
    arena_free(passing.arena);
    return result;
}
