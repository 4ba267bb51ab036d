/*
 * The parser's face: which format it is, records out, and the one place where a sink is called.
 */
#include "pwc.h"
#include "whole.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <expat.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum parse_format format;
} parse_names[] = { { "auto", PARSE_AUTO },
                    { "jsonl", PARSE_JSONL },
                    { "arxiv-atom", PARSE_ARXIV_ATOM },
                    { "oai", PARSE_OAI },
                    { "rss", PARSE_RSS },
                    { "hf", PARSE_HF },
                    { "pwc", PARSE_PWC },
                    { "opml", PARSE_OPML },
                    { "crossref", PARSE_CROSSREF },
                    { "bibtex", PARSE_BIBTEX },
                    { "biblatex", PARSE_BIBTEX },
                    { "ris", PARSE_RIS },
                    { "csl", PARSE_CSL },
                    { "zotero", PARSE_ZOTERO },
                    { "papis", PARSE_PAPIS },
                    { "arxiv-mail", PARSE_ARXIV_MAIL } };

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

const char *parse_format_at(size_t i)
{
    return i < ARRAY_LEN(parse_names) ? parse_names[i].name : NULL;
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
    str_init(&p->early);
    str_init(&p->narrow);
    *out = p;
    return ERR_OK;
}

void parser_free(struct parser *p)
{
    size_t i;

    if (!p)
        return;
    if (p->xml)
        XML_ParserFree(p->xml);
    pwc_free(p);
    bibtex_free(p);
    ris_free(p);
    csl_free(p);
    arxiv_mail_free(p);
    for (i = 0; i < p->unknown_len; i++)
        free(p->unknown[i].name);
    free(p->unknown);
    arena_free(p->arena);
    str_free(&p->text);
    str_free(&p->scratch);
    str_free(&p->line);
    str_free(&p->early);
    str_free(&p->narrow);
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
    p->in_author = p->in_header = p->aside = false;
    p->version = (struct record_version){ 0 };
    p->id_text = p->guid = p->primary = p->content = NULL;
    memset(&p->creators, 0, sizeof p->creators);
    p->first_name = p->last_name = p->suffix = NULL;
    p->descriptions = 0;
    p->metadata = NULL;
    str_clear(&p->scratch);
}

void record_reject(struct parser *p, long line, const char *why)
{
    struct str clean = STR_INIT;

    p->in_record = false;
    p->broken = false;
    utf8_squeeze(&clean, why, strlen(why)); /* it may quote what was sent */
    if (p->sink.reject)
        p->sink.reject(p->sink.ctx, line, clean.ptr);
    str_free(&clean);
}

void record_note(struct parser *p, long line, const char *why, bool partly)
{
    struct str clean = STR_INIT;

    utf8_squeeze(&clean, why, strlen(why));
    if (p->sink.note)
        p->sink.note(p->sink.ctx, line, clean.ptr, partly);
    str_free(&clean);
}

/* The name of a field that is longer than any paper's, NULL when there is none. */
static const char *record_too_long(const struct record *r)
{
    const struct {
        const char *name, *text;
        size_t most;
    } fields[] = { { "title", r->title, TITLE_MAX },
                   { "abstract", r->abstract, ABSTRACT_MAX },
                   { "venue", r->venue, ABSTRACT_MAX },
                   { "comment", r->comment, ABSTRACT_MAX },
                   { "doi", r->doi, TITLE_MAX },
                   { "url", r->url, TITLE_MAX },
                   { "pdf_url", r->pdf_url, TITLE_MAX },
                   { "license", r->license, ABSTRACT_MAX },
                   { "announce type", r->announce, TITLE_MAX } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(fields); i++)
        if (fields[i].text && strlen(fields[i].text) > fields[i].most)
            return fields[i].name;
    return NULL;
}

void record_emit(struct parser *p)
{
    const char *long_field = record_too_long(&p->record);

    p->in_record = false;
    if (p->stopped)
        return;
    if (long_field) {
        char why[64];

        snprintf(why, sizeof why, "the %s is too long to be one", long_field);
        record_reject(p, p->record_line, why);
        return;
    }
    p->stopped = p->sink.record(p->sink.ctx, &p->record);
}

/* The first byte that is not white space (or a byte order mark) tells XML from JSON. */
static int parser_sniff(struct parser *p, const char **bytes, size_t *len, struct error *err)
{
    static const char bom[] = "\xEF\xBB\xBF";

    while (*len > 0 && p->bom < 3 && **bytes == bom[p->bom]) {
        p->bom++;
        (*bytes)++;
        (*len)--;
    }
    if (*len > 0)
        p->bom = 3; /* only at the very beginning */
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
    else if (**bytes == '<' || **bytes == '\xFF' || **bytes == '\xFE') /* or UTF-16's mark */
        p->format = PARSE_ARXIV_ATOM; /* for now: the root element decides */
    else if (**bytes == '[')
        p->format = PARSE_PWC; /* the first row decides */
    else
        return error_set(err, ERR_PARSE,
                         "neither XML (Atom, OAI-PMH, RSS), JSONL, BibTeX, RIS nor CSL-JSON");
    return ERR_OK;
}

/* What each format does with bytes and at their end; XML's are one. */
static const struct {
    enum parse_format format;
    int (*feed)(struct parser *p, const char *bytes, size_t len, struct error *err);
    int (*finish)(struct parser *p, struct error *err);
} parse_ways[] = { { PARSE_JSONL, jsonl_feed, jsonl_finish },
                   { PARSE_HF, whole_feed, hf_finish },
                   { PARSE_CROSSREF, whole_feed, crossref_finish },
                   { PARSE_PWC, pwc_feed, pwc_finish },
                   { PARSE_BIBTEX, bibtex_feed, bibtex_finish },
                   { PARSE_RIS, ris_feed, ris_finish },
                   { PARSE_CSL, csl_feed, csl_finish },
                   { PARSE_ARXIV_MAIL, arxiv_mail_feed, arxiv_mail_finish },
                   { PARSE_AUTO, xml_feed, xml_finish } };

static size_t parser_way(const struct parser *p)
{
    size_t i = 0;

    while (i + 1 < ARRAY_LEN(parse_ways) && parse_ways[i].format != p->format)
        i++;
    return i;
}

static int parser_failure(const struct parser *p, struct error *err)
{
    if (err)
        *err = p->failure;
    return p->failure.code;
}

static int parser_pass(struct parser *p, const char *at, size_t len, struct error *err)
{
    struct error why = { 0 };
    int result = ERR_OK;

    if (p->stopped)
        return p->stopped;
    if (!p->begun && !p->failed)
        result = parser_sniff(p, &at, &len, &why);
    if (result == ERR_OK && p->begun && len > 0 && !p->failed)
        result = parse_ways[parser_way(p)].feed(p, at, len, &why);
    if (p->stopped)
        return p->stopped;
    if (result != ERR_OK) {
        p->failed = true;
        p->failure = why;
    }
    return p->failed ? parser_failure(p, err) : ERR_OK;
}

int parser_feed(struct parser *p, const void *bytes, size_t len, struct error *err)
{
    const char *at = bytes;

    return early_feed(p, &at, &len, false) ? parser_pass(p, at, len, err) : ERR_OK;
}

int parser_finish(struct parser *p, struct error *err)
{
    const char *at = NULL;
    size_t len = 0;
    int result = ERR_OK;

    if (early_feed(p, &at, &len, true))
        result = parser_pass(p, at, len, err);
    if (p->stopped)
        return p->stopped;
    if (p->failed)
        return parser_failure(p, err);
    if (!p->begun)
        return p->format == PARSE_JSONL || p->format == PARSE_BIBTEX || p->format == PARSE_RIS
                   ? ERR_OK
                   : error_set(err, ERR_PARSE, "empty: not one byte of content");
    result = parse_ways[parser_way(p)].finish(p, err);
    return p->stopped ? p->stopped : result;
}

const char *sources_versions(void)
{
    static char text[60];
    XML_Expat_Version expat = XML_ExpatVersionInfo();

    snprintf(text, sizeof text, "expat %d.%d.%d, jansson %s", expat.major, expat.minor, expat.micro,
             jansson_version_str());
    return text;
}
