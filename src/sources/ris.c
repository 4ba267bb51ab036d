/*
 * RIS: a line a value, "TY  - JOUR". Files are odd: one blank before the sign or three, lines that
 * go on without a tag, records without an end, tags that nobody knows. Whatever has no place in an
 * entry is kept under its tag ("ris:C1") and written again.
 */
#include "cited.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RIS_VALUE_MAX (512u << 10)
#define RIS_RECORD_MAX (4u << 20)

struct ris {
    struct str line;
    long number, tag_line, start; /* of lines; where the value, where the record begins */
    char tag[3];                  /* of the value that is being read, "" none */
    struct str value;
    char type[24]; /* TY, "" no record */
    long orphan;   /* line of the first value outside of a record, 0 none */
    bool titled;   /* it has a title: another TY begins another record */
    bool too_long; /* the line, or the record */
    bool isi;      /* tags without a sign: another format of this look */
    size_t bytes;  /* of the record */
    struct citation entry;
    struct text_list notes;   /* N1, as they came */
    struct cited_lists lists; /* what more than one line adds to */
    const char *doi;          /* DO, bare; NULL none */
    const char *journal; /* JO: the journal's name where no other tag has it, else a short one */
    struct arena *arena;
};

static struct ris *ris_of(struct parser *p)
{
    if (!p->ris) {
        p->ris = mem_zalloc(sizeof *p->ris);
        str_init(&p->ris->line);
        str_init(&p->ris->value);
        p->ris->arena = arena_new();
        p->ris->number = p->line_number;
    }
    return p->ris;
}

void ris_free(struct parser *p)
{
    if (!p->ris)
        return;
    cited_lists_free(&p->ris->lists);
    str_free(&p->ris->line);
    str_free(&p->ris->value);
    arena_free(p->ris->arena);
    free(p->ris);
}

/* ---- tags ---- */

enum ris_way { RIS_TEXT, RIS_NAME, RIS_DATE, RIS_LIST, RIS_MORE };

/* Where several tags mean one field the first that comes has it; RIS_MORE adds a paragraph. */
static const struct {
    const char *tag, *field;
    enum ris_way way;
} tags[] = {
    { "TI", "title", RIS_TEXT },
    { "T1", "title", RIS_TEXT },
    { "CT", "title", RIS_TEXT },
    { "BT", "booktitle", RIS_TEXT },
    { "JF", "journaltitle", RIS_TEXT },
    { "JA", "shortjournal", RIS_TEXT },
    { "J1", "shortjournal", RIS_TEXT },
    { "J2", "shortjournal", RIS_TEXT },
    { "T3", "series", RIS_TEXT },
    { "ST", "shorttitle", RIS_TEXT },
    { "TT", "translatedtitle", RIS_TEXT },
    { "AU", "author", RIS_NAME },
    { "A1", "author", RIS_NAME },
    { "ED", "editor", RIS_NAME },
    { "A2", "editor", RIS_NAME },
    { "A3", "seriesauthor", RIS_NAME },
    { "A4", "translator", RIS_NAME },
    { "AB", "abstract", RIS_MORE },
    { "N2", "abstract", RIS_MORE },
    { "N1", "note", RIS_MORE },
    { "KW", "keywords", RIS_LIST },
    { "VL", "volume", RIS_TEXT },
    { "IS", "number", RIS_TEXT },
    { "SP", "pages", RIS_TEXT },
    { "EP", "lastpage", RIS_TEXT },
    { "PB", "publisher", RIS_TEXT },
    { "CY", "location", RIS_TEXT },
    { "PP", "location", RIS_TEXT },
    { "SN", "issn", RIS_TEXT },
    { "UR", "url", RIS_TEXT },
    { "DO", "doi", RIS_TEXT },
    { "PY", "date", RIS_DATE },
    { "Y1", "date", RIS_DATE },
    { "DA", "date", RIS_DATE },
    { "Y2", "urldate", RIS_DATE },
    { "ET", "edition", RIS_TEXT },
    { "LA", "language", RIS_TEXT },
    { "NV", "volumes", RIS_TEXT },
};

static void keep_raw(struct ris *r, const char *tag, const char *value)
{
    if (r->entry.len < CITED_FIELDS)
        citation_add(&r->entry, r->arena, arena_printf(r->arena, "ris:%s", tag), value);
}

/* "2001/09/01/" "2016/01/" "2015/october" "2001-09-01" "2005" as a date; what stands behind the
 * day, or is no date at all, is kept as it was. */
static void take_date(struct ris *r, const char *field, const char *value)
{
    const char *before = citation_get(&r->entry, field);
    char part[4][40] = { "", "", "", "" }, date[16], canonical[16];
    int month,
        count = sscanf(value, "%39[^/-]%*1[/-]%39[^/-]%*1[/-]%39[^/-]", part[0], part[1], part[2]);

    if (count == 1 && value[strlen(part[0])] == '/' && value[strlen(part[0]) + 1] == '/')
        snprintf(part[3], sizeof part[3], "%s", value + strlen(part[0]) + 2);
    month = citation_month(part[1]);
    snprintf(date, sizeof date, "%.4s", part[0]);
    if (strlen(part[0]) == 4 && month)
        snprintf(date, sizeof date,
                 isdigit((unsigned char)*part[2]) ? "%.4s-%02d-%02d" : "%.4s-%02d", part[0], month,
                 atoi(part[2]) % 100);
    if (strlen(part[0]) != 4 || !citation_day(canonical, date)) {
        keep_raw(r, r->tag, value);
        return;
    }
    if (!before || (strlen(canonical) > strlen(before) && str_starts(canonical, before)))
        citation_set(&r->entry, r->arena, field, canonical);
    if (strcmp(canonical, date) != 0 || *part[3] || strspn(value, "0123456789/-") != strlen(value))
        if (str_to_long(part[1], 1, 12, &(long){ 0 }) || !month)
            keep_raw(r, r->tag, value);
}

static void take_row(struct ris *r, const char *field, enum ris_way way, const char *value)
{
    if (way == RIS_NAME)
        cited_list_name(&r->lists, field, value);
    else if (way == RIS_DATE)
        take_date(r, field, value);
    else if (way == RIS_LIST)
        cited_list_text(&r->lists, field, value, ", ");
    else if (way == RIS_MORE)
        cited_list_text(&r->lists, field, value, "\n\n");
    else if (citation_get(&r->entry, field))
        keep_raw(r, r->tag, value);
    else
        cited_add_text(&r->entry, r->arena, field, value);
    r->titled |= strcmp(field, "title") == 0;
}

/* T2 is the title of what it appeared in, which goes by the type of the record. */
static const char *container(const struct ris *r)
{
    static const char *const volumes[] = { "book",      "collection", "proceedings",
                                           "reference", "report",     "thesis" };
    const char *type = citation_of_ris(r->type);
    size_t i;

    for (i = 0; i < ARRAY_LEN(volumes); i++)
        if (strcmp(type, volumes[i]) == 0)
            return "series";
    return citation_inside(type) ? "booktitle" : "journaltitle";
}

/* Without what people put in front of it: "doi:", or an address. */
static const char *bare_doi(const char *value)
{
    const char *host = strcasestr(value, "doi.org/");

    if (str_istarts(value, "doi:"))
        return value + 4 + strspn(value + 4, " ");
    return str_istarts(value, "http") && host ? host + strlen("doi.org/") : value;
}

static void take_value(struct ris *r, const char *value)
{
    size_t i;

    if (strcmp(r->tag, "ID") == 0 && !*r->entry.key) {
        r->entry.key = arena_strdup(r->arena, value);
        return;
    }
    if (strcmp(r->tag, "JO") == 0 && !r->journal) {
        r->journal = arena_strdup(r->arena, value);
        return;
    }
    if (strcmp(r->tag, "DO") == 0) {
        value = bare_doi(value);
        r->doi = r->doi ? r->doi : arena_strdup(r->arena, value);
    }
    if (strcmp(r->tag, "N1") == 0)
        text_list_add(&r->notes, r->arena, value, strlen(value));
    if (strcmp(r->tag, "T2") == 0) {
        take_row(r, container(r), RIS_TEXT, value);
        return;
    }
    for (i = 0; i < ARRAY_LEN(tags); i++)
        if (strcmp(tags[i].tag, r->tag) == 0) {
            take_row(r, tags[i].field, tags[i].way, value);
            return;
        }
    keep_raw(r, r->tag, value);
}

/* ---- records ---- */

static void record_start(struct ris *r, const char *type)
{
    arena_reset(r->arena);
    r->entry = (struct citation){ .type = "", .key = "" };
    r->notes = (struct text_list){ 0 };
    r->doi = r->journal = NULL;
    cited_lists_start(&r->lists, &r->entry, r->arena);
    snprintf(r->type, sizeof r->type, "%s", type);
    r->start = r->tag_line;
    r->titled = r->too_long = false;
    r->bytes = 0;
}

/* Publishers write the DOI as a note, too: no remark about the paper, and kept for RIS only. */
static void settle_notes(struct ris *r)
{
    const char *note = citation_get(&r->entry, "note");
    size_t i, said = 0;

    for (i = 0; i < r->notes.len && r->doi; i++)
        said += strcasecmp(bare_doi(r->notes.items[i]), r->doi) == 0;
    if (said == 0 || !note)
        return;
    cited_list_drop(&r->lists, "note");
    for (i = 0; i < r->notes.len; i++)
        if (strcasecmp(bare_doi(r->notes.items[i]), r->doi) == 0)
            keep_raw(r, "N1", r->notes.items[i]);
        else
            cited_list_text(&r->lists, "note", r->notes.items[i], "\n\n");
}

static void settle_journal(struct ris *r)
{
    const char *name = citation_get(&r->entry, "journaltitle");
    struct citation one = { 0 };

    if (!r->journal)
        return;
    cited_add_text(&one, r->arena, "journaltitle", r->journal);
    if (!name)
        cited_add_text(&r->entry, r->arena, "journaltitle", r->journal);
    else if (citation_get(&r->entry, "shortjournal")
             || str_eq(name, citation_get(&one, "journaltitle")))
        keep_raw(r, "JO", r->journal);
    else
        cited_add_text(&r->entry, r->arena, "shortjournal", r->journal);
}

/* Fields whose name depends on the type, and pages from their two ends. */
static void settle(struct ris *r)
{
    struct citation *e = &r->entry;
    const char *type = e->type, *first = citation_get(e, "pages"), *last;
    const char *serial = citation_get(e, "issn"), *publisher = citation_get(e, "publisher");

    settle_notes(r);
    cited_lists_settle(&r->lists);
    settle_journal(r);
    last = citation_get(e, "lastpage");
    if (first && last)
        citation_set(e, r->arena, "pages", arena_printf(r->arena, "%s--%s", first, last));
    else if (last)
        keep_raw(r, "EP", last);
    citation_set(e, r->arena, "lastpage", NULL);
    if (serial && strcmp(type, "article") != 0 && strlen(serial) > 9) {
        citation_set(e, r->arena, "isbn", serial);
        citation_set(e, r->arena, "issn", NULL);
    }
    if (publisher && (strcmp(type, "thesis") == 0 || strcmp(type, "report") == 0)) {
        citation_set(e, r->arena, "institution", publisher);
        citation_set(e, r->arena, "publisher", NULL);
    }
}

/* Values that belong to no record: nothing says what they are of. */
static void orphan_end(struct parser *p)
{
    struct ris *r = p->ris;

    if (r->orphan)
        record_reject(p, r->orphan, "values without a TY line before them: no record begins here");
    r->orphan = 0;
}

static void record_end(struct parser *p)
{
    struct ris *r = p->ris;

    orphan_end(p);
    if (!*r->type)
        return;
    r->entry.type = citation_of_ris(r->type);
    if (strcmp(citation_ris(r->entry.type), r->type) != 0)
        citation_add(&r->entry, r->arena, "ris:TY", r->type);
    settle(r);
    if (r->too_long)
        record_reject(p, r->start, "a record of more than 4 MiB");
    else
        cited_emit(p, &r->entry, "ris", r->start);
    *r->type = '\0';
}

/* The value that has been read, whole with the lines that went on. */
static void value_end(struct parser *p)
{
    struct ris *r = p->ris;
    char *value;

    if (!*r->tag)
        return;
    value = cited_value(r->arena, r->value.ptr, r->value.len);
    if (strcmp(r->tag, "TY") == 0) {
        char type[24];
        size_t len = 0;

        while (value && len + 1 < sizeof type && isalnum((unsigned char)value[len]))
            len++;
        snprintf(type, sizeof type, "%.*s", (int)(len ? len : 3), len ? value : "GEN");
        if (r->titled || r->orphan)
            record_end(p);
        if (*r->type)
            snprintf(r->type, sizeof r->type, "%s", type);
        else
            record_start(r, type);
    } else if (*r->type && value) {
        r->bytes += strlen(value);
        r->too_long |= r->bytes > RIS_RECORD_MAX;
        if (!r->too_long)
            take_value(r, value);
    } else if (value && !r->orphan) {
        r->orphan = r->tag_line;
    }
    *r->tag = '\0';
    str_clear(&r->value);
}

/* ---- lines ---- */

/* "TY  - " with any number of blanks, or none behind the sign at the end of the line. */
static size_t tag_of(const char *line)
{
    size_t at = 2;

    if (!isupper((unsigned char)line[0]) || !isalnum((unsigned char)line[1])
        || islower((unsigned char)line[1]))
        return 0;
    while (line[at] == ' ' || line[at] == '\t')
        at++;
    if (line[at] != '-' || at > 6 || (at == 2 && line[at + 1] && line[at + 1] != ' '))
        return 0;
    return at + 1;
}

static void line_read(struct parser *p)
{
    struct ris *r = p->ris;
    struct str text = STR_INIT;
    const char *line;
    size_t tag;

    r->number++;
    cited_decode(&text, r->line.ptr, r->line.len, "");
    str_clear(&r->line);
    str_reserve(&text, 1);
    for (line = text.ptr; str_starts(line, "\xEF\xBB\xBF"); line += 3)
        ;
    tag = tag_of(line);
    if (tag > 0) {
        value_end(p);
        snprintf(r->tag, sizeof r->tag, "%.2s", line);
        r->tag_line = r->number;
        str_add(&r->value, line + tag);
        if (strcmp(r->tag, "ER") == 0) {
            *r->tag = '\0';
            str_clear(&r->value);
            record_end(p);
        }
    } else if (*r->tag && r->value.len < RIS_VALUE_MAX) {
        str_printf(&r->value, "\n%s", line);
    } else if (!*r->type && (str_starts(line, "FN ") || str_starts(line, "PT "))) {
        r->isi = true;
    }
    str_free(&text);
}

int ris_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    struct ris *r = ris_of(p);

    (void)err;
    while (len > 0 && !p->stopped) {
        size_t part = 0;

        while (part < len && bytes[part] != '\n' && bytes[part] != '\r')
            part++;
        if (r->line.len + part <= RIS_VALUE_MAX)
            str_add_mem(&r->line, bytes, part);
        else
            r->too_long = true;
        if (part < len) {
            bool second = bytes[part] == '\n' && part == 0 && r->line.len == 0 && p->after_return;

            p->after_return = bytes[part] == '\r';
            if (!second)
                line_read(p);
            part++;
        } else {
            p->after_return = false;
        }
        bytes += part;
        len -= part;
    }
    return ERR_OK;
}

int ris_finish(struct parser *p, struct error *err)
{
    struct ris *r = ris_of(p);

    if (r->line.len > 0)
        line_read(p);
    value_end(p);
    record_end(p);
    if (r->isi && !p->stopped)
        return error_set(err, ERR_PARSE,
                         "tags without a sign (\"PT J\"): Web of Science's own format; have it "
                         "export RIS or BibTeX");
    return ERR_OK;
}
