/*
 * Atom: arXiv's query API, both generations of its server, and the Atom form of its daily listing.
 *
 * Nothing depends on the order of elements or on prefixes. An entry whose id lies below
 * /api/errors# is the API's way of reporting an error, whatever the HTTP status was.
 */
#include "parser.h"

#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

static const char *atom_attribute(const char **attributes, const char *name)
{
    for (; attributes[0]; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

static void atom_link_element(struct parser *p, const char **attributes)
{
    const char *rel = atom_attribute(attributes, "rel"),
               *title = atom_attribute(attributes, "title");
    const char *href = atom_attribute(attributes, "href"),
               *type = atom_attribute(attributes, "type");

    if (!href)
        return;
    if ((title && strcmp(title, "pdf") == 0) || (type && strcmp(type, "application/pdf") == 0))
        field_once(p, &p->record.pdf_url, href);
    else if (title && strcmp(title, "doi") == 0)
        field_alias(p, href);
    else if (!rel || strcmp(rel, "alternate") == 0)
        field_once(p, &p->record.url, href);
}

static void atom_start(struct parser *p, const char *name, const char **attributes)
{
    const char *term;

    if (strcmp(name, "entry") == 0 && !p->in_record) {
        record_begin(p, "arxiv-atom", (long)XML_GetCurrentLineNumber(p->xml) + p->line_number);
        return;
    }
    if (!p->in_record)
        return;
    if (strcmp(name, "source") == 0) /* the feed an entry was taken from */
        p->aside = true;
    if (p->aside)
        return;
    if (strcmp(name, "author") == 0)
        p->in_author = true;
    else if (strcmp(name, "link") == 0)
        atom_link_element(p, attributes);
    else if (strcmp(name, "category") == 0 || strcmp(name, "primary_category") == 0) {
        term = atom_attribute(attributes, "term");
        if (term && name[0] == 'p')
            p->primary = field_squeeze(p, term);
        else if (term)
            field_category(p, term);
    }
}

/* The primary category comes first, wherever it stood. */
static void atom_order_categories(struct parser *p)
{
    struct text_list old = p->record.categories;
    size_t i;

    if (!p->primary)
        return;
    p->record.categories = (struct text_list){ 0 };
    field_category(p, p->primary);
    for (i = 0; i < old.len; i++)
        field_category(p, old.items[i]);
}

/* An entry of the query API or of the listing; carrel's own feeds tell of papers in plain text. */
static bool atom_is_arxiv(const struct parser *p)
{
    struct ident ident;

    return p->own_feed || p->record.announce || strcmp(p->record.source, "rss") == 0
           || (p->id_text && ident_parse(&ident, p->id_text) && ident.scheme == ID_ARXIV);
}

static void atom_finish_entry(struct parser *p)
{
    const char *url = p->record.url;

    if (p->id_text && strstr(p->id_text, "/api/errors#")) {
        p->in_record = false;
        utf8_fixed(p->info.error_code, sizeof p->info.error_code, "api-error");
        utf8_fixed(p->info.error_text, sizeof p->info.error_text,
                   p->record.abstract ? p->record.abstract : "unknown error");
        return;
    }
    if (!p->record.title) {
        record_reject(p, p->record_line, "an entry without title");
        return;
    }
    if (p->record.abstract && str_starts(p->record.abstract, "arXiv:"))
        p->record.source = "rss";
    if (p->own_feed) {
        p->record.source = "feed";
        p->record.updated = NULL;
    }
    if (!atom_is_arxiv(p)) {
        p->record.source = "feed";
        field_entry(p);
        if (!p->record.title) {
            record_reject(p, p->record_line, "an entry without title");
            return;
        }
    }
    if (!(p->id_text && field_id(p, p->id_text))) {
        if (url && !field_id(p, url))
            field_id(p, arena_printf(p->arena, "url:%s", url));
    }
    if (p->record.doi)
        field_alias(p, p->record.doi);
    field_listing(p);
    atom_order_categories(p);
    record_emit(p);
}

static void atom_entry_field(struct parser *p, const char *name, const char *text)
{
    if (strcmp(name, "name") == 0 && p->in_author)
        field_author(p, text, false);
    else if (p->in_author) /* affiliation, uri, email: not kept */
        return;
    else if (strcmp(name, "id") == 0)
        field_once(p, &p->id_text, text);
    else if (strcmp(name, "title") == 0)
        field_once(p, &p->record.title, text);
    else if (strcmp(name, "summary") == 0)
        p->record.abstract = field_abstract(p, text);
    else if (strcmp(name, "content") == 0)
        p->content = arena_strdup(p->arena, text);
    else if (strcmp(name, "published") == 0)
        p->record.published = field_time(p, text);
    else if (strcmp(name, "updated") == 0)
        p->record.updated = field_time(p, text);
    else if (strcmp(name, "date") == 0 && p->own_feed)
        p->record.published = field_time(p, text);
    else if (strcmp(name, "comment") == 0)
        p->record.comment = field_squeeze(p, text);
    else if (strcmp(name, "journal_ref") == 0 || strcmp(name, "journal_reference") == 0)
        p->record.venue = field_squeeze(p, text);
    else if (strcmp(name, "identifier") == 0)
        field_identifier(p, text);
    else if (strcmp(name, "publicationName") == 0)
        field_once(p, &p->record.venue, text);
    else if (strcmp(name, "doi") == 0 || strcmp(name, "DOI") == 0)
        p->record.doi = field_squeeze(p, text);
    else if (strcmp(name, "announce_type") == 0)
        p->record.announce = field_squeeze(p, text);
    else if (strcmp(name, "rights") == 0)
        p->record.license = field_squeeze(p, text);
    else if (strcmp(name, "creator") == 0)
        field_author_list(p, text, false);
}

static long atom_number(const char *text)
{
    char *end;
    long number = strtol(text, &end, 10);

    return end == text || number < 0 ? -1 : number;
}

static void atom_end(struct parser *p, const char *name, const char *text)
{
    if (p->in_record) {
        if (strcmp(name, "entry") == 0)
            atom_finish_entry(p);
        else if (strcmp(name, "source") == 0)
            p->aside = false;
        else if (strcmp(name, "author") == 0)
            p->in_author = false;
        else if (!p->aside)
            atom_entry_field(p, name, text);
        return;
    }
    if (strcmp(name, "generator") == 0)
        p->own_feed = strcmp(text, "carrel") == 0;
    else if (strcmp(name, "updated") == 0)
        utf8_fixed(p->info.response_date, sizeof p->info.response_date, text);
    else if (strcmp(name, "totalResults") == 0)
        p->info.total = atom_number(text);
    else if (strcmp(name, "startIndex") == 0)
        p->info.start = atom_number(text);
    else if (strcmp(name, "itemsPerPage") == 0)
        p->info.per_page = atom_number(text);
}

const struct xml_format format_atom = { .source = "arxiv-atom",
                                        .start = atom_start,
                                        .end = atom_end };
