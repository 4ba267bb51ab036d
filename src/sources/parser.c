/*
 * The parser's face: which format it is, records out, and the one place where a sink is called.
 */
#include "parser.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum parse_format format;
} parse_names[] = { { "auto", PARSE_AUTO },
                    { "jsonl", PARSE_JSONL },
                    { "arxiv-atom", PARSE_ARXIV_ATOM },
                    { "oai", PARSE_OAI },
                    { "rss", PARSE_RSS } };

bool parse_format_from(const char *name, enum parse_format *format)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(parse_names); i++) {
        if (strcmp(parse_names[i].name, name) == 0) {
            *format = parse_names[i].format;
            return true;
        }
    }
    return false;
}

const char *parse_format_name(enum parse_format format)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(parse_names); i++)
        if (parse_names[i].format == format)
            return parse_names[i].name;
    return "";
}

int parser_new(struct parser **out, enum parse_format format, const struct parse_sink *sink,
               struct error *err)
{
    struct parser *p = mem_zalloc(sizeof *p);

    (void)err;
    p->format = format;
    p->asked_auto = format == PARSE_AUTO;
    p->sink = *sink;
    p->arena = arena_new();
    p->info.total = p->info.start = p->info.per_page = -1;
    str_init(&p->text);
    str_init(&p->scratch);
    str_init(&p->line);
    *out = p;
    return ERR_OK;
}

void parser_free(struct parser *p)
{
    if (!p)
        return;
    if (p->xml)
        XML_ParserFree(p->xml);
    arena_free(p->arena);
    str_free(&p->text);
    str_free(&p->scratch);
    str_free(&p->line);
    free(p);
}

const struct parse_info *parser_info(const struct parser *p)
{
    return &p->info;
}

enum parse_format parser_format(const struct parser *p)
{
    return p->format;
}

void record_begin(struct parser *p, const char *source, long line)
{
    arena_reset(p->arena);
    memset(&p->record, 0, sizeof p->record);
    p->record.source = source;
    p->record.line = line;
    p->record_line = line;
    p->in_record = true;
    p->broken = false;
    p->in_author = p->in_header = p->in_date = false;
    p->id_text = p->guid = p->primary = NULL;
    p->first_name = p->last_name = p->suffix = NULL;
    p->descriptions = 0;
    p->metadata = NULL;
    str_clear(&p->scratch);
}

void record_reject(struct parser *p, long line, const char *why)
{
    p->in_record = false;
    if (p->sink.reject)
        p->sink.reject(p->sink.ctx, line, why);
}

void record_emit(struct parser *p)
{
    p->in_record = false;
    if (p->stopped)
        return;
    if (p->broken) {
        record_reject(p, p->record_line, "a field is longer than 512 KiB");
        return;
    }
    p->stopped = p->sink.record(p->sink.ctx, &p->record);
}

/* The first byte that is not white space (or a byte order mark) tells XML from JSON. */
static int parser_sniff(struct parser *p, const char **bytes, size_t *len, struct error *err)
{
    static const unsigned char bom[] = { 0xEF, 0xBB, 0xBF };

    if (!p->begun && *len >= 3 && memcmp(*bytes, bom, 3) == 0) {
        *bytes += 3;
        *len -= 3;
    }
    while (*len > 0 && isspace((unsigned char)**bytes)) {
        p->line_number += **bytes == '\n';
        (*bytes)++;
        (*len)--;
    }
    if (*len == 0)
        return ERR_OK;
    p->begun = true;
    if (p->format != PARSE_AUTO)
        return ERR_OK;
    if (**bytes == '{')
        p->format = PARSE_JSONL;
    else if (**bytes == '<')
        p->format = PARSE_ARXIV_ATOM; /* for now: the root element decides */
    else if (**bytes == '[')
        return error_set(err, ERR_PARSE,
                         "a JSON array; carrel reads JSONL, one object on each line");
    else
        return error_set(err, ERR_PARSE, "neither XML (Atom, OAI-PMH, RSS) nor JSONL");
    return ERR_OK;
}

int parser_feed(struct parser *p, const void *bytes, size_t len, struct error *err)
{
    const char *at = bytes;
    int result = ERR_OK;

    if (!p->begun)
        result = parser_sniff(p, &at, &len, err);
    if (result != ERR_OK || !p->begun || len == 0)
        return result;
    result = p->format == PARSE_JSONL ? jsonl_feed(p, at, len, err) : xml_feed(p, at, len, err);
    if (p->stopped)
        return p->stopped;
    return result;
}

int parser_finish(struct parser *p, struct error *err)
{
    int result;

    if (!p->begun)
        return p->format == PARSE_JSONL
                   ? ERR_OK
                   : error_set(err, ERR_PARSE, "empty: not one byte of content");
    result = p->format == PARSE_JSONL ? jsonl_finish(p, err) : xml_finish(p, err);
    return p->stopped ? p->stopped : result;
}
