/*
 * OAI-PMH 2.0: ListRecords and GetRecord in the formats arXiv, arXivRaw and oai_dc, of arXiv and of
 * others.
 *
 * The format is told by the elements met, not by a declaration, since some files have none. A
 * record that is marked deleted is handed on as such when it has an identifier. The new arXiv
 * server prints the MSC class inside acm-class, so neither is kept as a category. Its abstracts in
 * oai_dc are the first description, the comment is the second.
 */
#include "parser.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

static const char *oai_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

static long oai_number(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    return end == text || number < 0 ? -1 : number;
}

static int oai_version(const char *text)
{
    long number = oai_number(text);

    return number < 1 || number > 999 ? 0 : (int)number;
}

static bool oai_is_answer(const char *name)
{
    return str_starts(name, "List") || str_starts(name, "Get") || strcmp(name, "Identify") == 0;
}

static void oai_start(struct parser *p, const char *name, const char **attributes)
{
    const char *value;

    if (p->depth == 2 && oai_is_answer(name))
        utf8_fixed(p->verb, sizeof p->verb, name);
    if (p->in_record && strcmp(name, "about") == 0)
        p->aside = true;
    if (p->in_record && p->aside)
        return;
    if (strcmp(name, "record") == 0 && !p->in_record) {
        record_begin(p, "oai", (long)XML_GetCurrentLineNumber(p->xml) + p->line_number);
    } else if (strcmp(name, "header") == 0 && p->in_record) {
        p->in_header = true;
        value = oai_attribute(attributes, "status");
        p->record.deleted = value && strcmp(value, "deleted") == 0;
    } else if (strcmp(name, "error") == 0 && !p->in_record) {
        value = oai_attribute(attributes, "code");
        utf8_fixed(p->info.error_code, sizeof p->info.error_code, value ? value : "unknown");
    } else if (strcmp(name, "resumptionToken") == 0) {
        value = oai_attribute(attributes, "completeListSize");
        if (value)
            p->info.total = oai_number(value);
        value = oai_attribute(attributes, "cursor");
        if (value)
            p->info.start = oai_number(value);
        value = oai_attribute(attributes, "expirationDate");
        if (value)
            utf8_fixed(p->info.token_expires, sizeof p->info.token_expires, value);
    } else if (p->in_record && strcmp(name, "arXiv") == 0) {
        p->metadata = "arXiv";
        p->record.source = "oai-arxiv";
    } else if (p->in_record && strcmp(name, "arXivRaw") == 0) {
        p->metadata = "arXivRaw";
        p->record.source = "oai-raw";
    } else if (p->in_record && strcmp(name, "dc") == 0) {
        p->metadata = "dc";
        p->record.source = "oai-dc";
    } else if (p->in_record && strcmp(name, "author") == 0) {
        p->in_author = true;
        p->first_name = p->last_name = p->suffix = NULL;
    } else if (p->in_record && strcmp(name, "version") == 0) {
        value = oai_attribute(attributes, "version");
        p->version =
            (struct record_version){ .number =
                                         value && value[0] == 'v' ? oai_version(value + 1) : 0 };
        if (p->version.number > p->record.version)
            p->record.version = p->version.number;
    }
}

static void oai_author(struct parser *p)
{
    char *name = p->last_name;

    p->in_author = false;
    if (!name)
        return;
    if (p->first_name)
        name = arena_printf(p->arena, "%s %s", p->first_name, name);
    if (p->suffix)
        name = arena_printf(p->arena, "%s %s", name, p->suffix);
    field_author(p, name, false);
}

static void oai_words(struct parser *p, const char *text)
{
    char *copy = field_squeeze(p, text), *word, *rest;

    for (word = copy ? strtok_r(copy, " ", &rest) : NULL; word; word = strtok_r(NULL, " ", &rest))
        field_category(p, word);
}

/* Versions come in whatever order. */
static bool oai_version_field(struct parser *p, const char *name, const char *text)
{
    struct record_version *version = &p->version;

    if (version->number == 0)
        return false;
    if (strcmp(name, "date") == 0) {
        version->at = field_time(p, text);
        if (version->number == 1)
            p->record.published = version->at;
        if (version->number == p->record.version)
            p->record.updated = version->at;
    } else if (strcmp(name, "size") == 0) {
        version->size = field_squeeze(p, text);
    } else if (strcmp(name, "version") == 0) {
        record_version_add(&p->record.versions, p->arena, version);
        *version = (struct record_version){ 0 };
    }
    return true;
}

/* Elements that arXiv and arXivRaw share. */
static void oai_arxiv_field(struct parser *p, const char *name, const char *text)
{
    bool raw = strcmp(p->metadata, "arXivRaw") == 0;

    if (strcmp(name, "id") == 0)
        field_id(p, text);
    else if (strcmp(name, "keyname") == 0)
        p->last_name = field_squeeze(p, text);
    else if (strcmp(name, "forenames") == 0)
        p->first_name = field_squeeze(p, text);
    else if (strcmp(name, "suffix") == 0)
        p->suffix = field_squeeze(p, text);
    else if (strcmp(name, "author") == 0)
        oai_author(p);
    else if (p->in_author)
        return;
    else if (strcmp(name, "authors") == 0 && raw)
        field_author_list(p, text, true);
    else if (strcmp(name, "title") == 0)
        p->record.title = field_squeeze(p, text);
    else if (strcmp(name, "abstract") == 0)
        p->record.abstract = field_abstract(p, text);
    else if (strcmp(name, "categories") == 0)
        oai_words(p, text);
    else if (strcmp(name, "created") == 0)
        p->record.published = field_time(p, text);
    else if (strcmp(name, "updated") == 0)
        p->record.updated = field_time(p, text);
    else if (oai_version_field(p, name, text))
        return;
    else if (strcmp(name, "comments") == 0)
        p->record.comment = field_squeeze(p, text);
    else if (strcmp(name, "journal-ref") == 0)
        p->record.venue = field_squeeze(p, text);
    else if (strcmp(name, "doi") == 0) {
        p->record.doi = field_squeeze(p, text);
        if (p->record.doi) /* several DOIs in one field: the first */
            p->record.doi[strcspn(p->record.doi, " ")] = '\0';
    } else if (strcmp(name, "license") == 0)
        p->record.license = field_squeeze(p, text);
}

/* An identifier of oai_dc may be an address, a DOI, or the text of a journal reference. */
static void oai_dc_identifier(struct parser *p, const char *text)
{
    char *value = field_squeeze(p, text);
    struct ident ident;

    if (!value)
        return;
    if (!ident_parse(&ident, value)) {
        if (strncmp(value, "http", 4) == 0) {
            if (!p->record.url)
                p->record.url = value;
        } else if (!p->record.venue)
            p->record.venue = value;
        return;
    }
    if (ident.scheme == ID_DOI) {
        p->record.doi = arena_strdup(p->arena, ident.value);
        field_alias(p, value);
    } else if (ident.scheme == ID_ARXIV && !p->record.id)
        field_id(p, value);
    else
        field_alias(p, value);
}

static void oai_dc_field(struct parser *p, const char *name, const char *text)
{
    if (strcmp(name, "title") == 0 && !p->record.title)
        p->record.title = field_squeeze(p, text);
    else if (strcmp(name, "creator") == 0)
        field_author(p, text, true);
    else if (strcmp(name, "subject") == 0) {
        char *subject = field_squeeze(p, text);

        if (subject && subject_category(subject))
            field_category(p, subject_category(subject));
    } else if (strcmp(name, "description") == 0) {
        if (p->descriptions++ == 0)
            p->record.abstract = field_abstract(p, text);
        else if (!p->record.comment) {
            p->record.comment = field_squeeze(p, text);
            if (p->record.comment && str_starts(p->record.comment, "Comment: "))
                p->record.comment += 9;
        }
    } else if (strcmp(name, "date") == 0) {
        char *time = field_time(p, text);

        if (!p->record.published)
            p->record.published = time;
        else
            p->record.updated = time;
    } else if (strcmp(name, "identifier") == 0)
        oai_dc_identifier(p, text);
    else if (strcmp(name, "rights") == 0 && !p->record.license)
        p->record.license = field_squeeze(p, text);
}

static void oai_record(struct parser *p)
{
    bool known = p->record.id || (p->id_text && field_id(p, p->id_text));

    if (p->id_text && !known)
        known = field_id(p, arena_printf(p->arena, "oai:%s", p->id_text));
    if (p->record.deleted) {
        if (known)
            record_emit(p);
        else
            record_reject(p, p->record_line, "a deleted record without identifier");
        return;
    }
    if (!p->metadata)
        record_reject(
            p, p->record_line,
            "a record without metadata in a format carrel reads (arXiv, arXivRaw, oai_dc)");
    else if (!p->record.title)
        record_reject(p, p->record_line, "a record without title");
    else {
        if (p->record.doi)
            field_alias(p, p->record.doi);
        if (p->id_text)
            field_alias(p, p->id_text);
        record_emit(p);
    }
}

/* The day of a header's change; where a list must be taken up again depends on their order. */
static void oai_datestamp(struct parser *p, const char *text)
{
    char *stamp = field_squeeze(p, text);
    char day[16];
    int32_t first;

    if (!stamp || strlen(stamp) < 10)
        return;
    stamp[10] = '\0';
    if (!date_parse(stamp, &first, NULL))
        return;
    date_format(day, first);
    if (!*p->info.first_datestamp)
        utf8_fixed(p->info.first_datestamp, sizeof p->info.first_datestamp, day);
    if (strcmp(day, p->info.datestamp) < 0)
        p->info.unordered = true;
    else
        utf8_fixed(p->info.datestamp, sizeof p->info.datestamp, day);
}

static void oai_end(struct parser *p, const char *name, const char *text)
{
    if (p->in_record) {
        if (strcmp(name, "record") == 0)
            oai_record(p);
        else if (strcmp(name, "about") == 0)
            p->aside = false;
        else if (p->aside)
            return;
        else if (strcmp(name, "header") == 0)
            p->in_header = false;
        else if (p->in_header) {
            if (strcmp(name, "identifier") == 0)
                p->id_text = field_squeeze(p, text);
            else if (strcmp(name, "datestamp") == 0)
                oai_datestamp(p, text);
        } else if (p->metadata && strcmp(p->metadata, "dc") == 0)
            oai_dc_field(p, name, text);
        else if (p->metadata)
            oai_arxiv_field(p, name, text);
        return;
    }
    if (strcmp(name, "resumptionToken") == 0) {
        utf8_fixed(p->info.token, sizeof p->info.token, text);
    } else if (strcmp(name, "error") == 0) {
        utf8_fixed(p->info.error_text, sizeof p->info.error_text, text);
    } else if (strcmp(name, "responseDate") == 0) {
        utf8_fixed(p->info.response_date, sizeof p->info.response_date, text);
    }
}

const struct xml_format format_oai = { .source = "oai", .start = oai_start, .end = oai_end };
