/*
 * RSS: arXiv's daily listing, and any other RSS 2.0 or 1.0 feed. A channel without items (weekends,
 * holidays) is no error. The date of a listing is that of the announcement: it is taken as
 * published for new papers and as updated for replacements; a cross-listing says nothing about
 * either.
 */
#include "parser.h"

#include <string.h>

static void rss_start(struct parser *p, const char *name, const char **attributes)
{
    (void)attributes;
    if (strcmp(name, "item") == 0 && !p->in_record)
        record_begin(p, "rss", (long)XML_GetCurrentLineNumber(p->xml) + p->line_number);
}

static void rss_description(struct parser *p)
{
    char *text = p->record.abstract, *type, *abstract;

    if (!text || strncmp(text, "arXiv:", 6) != 0)
        return;
    type = strstr(text, "Announce Type: ");
    if (type && !p->record.announce)
        p->record.announce =
            arena_strndup(p->arena, type + 15, strspn(type + 15, "abcdefghijklmnopqrstuvwxyz-"));
    if (!p->record.id) {
        char *id = arena_strndup(p->arena, text, strcspn(text, " "));

        field_id(p, id);
    }
    abstract = strstr(text, "Abstract: ");
    if (abstract)
        p->record.abstract = abstract + 10;
}

static void rss_dates(struct parser *p)
{
    const char *announce = p->record.announce;

    if (!announce || !p->record.published)
        return;
    if (strncmp(announce, "replace", 7) == 0)
        p->record.updated = p->record.published;
    if (strcmp(announce, "new") != 0)
        p->record.published = NULL;
}

static void rss_item(struct parser *p)
{
    const char *url = p->record.url;

    if (!p->record.title) {
        record_reject(p, p->record_line, "an item without title");
        return;
    }
    if (!(p->guid && field_id(p, p->guid)) && !(url && field_id(p, url))) {
        rss_description(p);
        if (!p->record.id && url) {
            p->record.source = "feed";
            field_id(p, arena_printf(p->arena, "url:%s", url));
        }
    }
    rss_description(p);
    rss_dates(p);
    if (p->record.doi)
        field_alias(p, p->record.doi);
    record_emit(p);
}

static void rss_end(struct parser *p, const char *name, const char *text)
{
    if (!p->in_record)
        return;
    if (strcmp(name, "item") == 0)
        rss_item(p);
    else if (strcmp(name, "title") == 0)
        p->record.title = field_squeeze(p, text);
    else if (strcmp(name, "link") == 0)
        p->record.url = field_squeeze(p, text);
    else if (strcmp(name, "description") == 0)
        p->record.abstract = field_abstract(p, text);
    else if (strcmp(name, "guid") == 0)
        p->guid = field_squeeze(p, text);
    else if (strcmp(name, "category") == 0 || strcmp(name, "subject") == 0)
        field_category(p, text);
    else if (strcmp(name, "pubDate") == 0 || strcmp(name, "date") == 0) {
        char *time = field_time(p, text);

        if (time) /* a day: listings come out at midnight of some zone */
            p->record.published =
                arena_strndup(p->arena, time, strlen(time) < 10 ? strlen(time) : 10);
    } else if (strcmp(name, "announce_type") == 0)
        p->record.announce = field_squeeze(p, text);
    else if (strcmp(name, "rights") == 0)
        p->record.license = field_squeeze(p, text);
    else if (strcmp(name, "creator") == 0)
        field_author_list(p, text, false);
    else if (strcmp(name, "author") == 0 && p->record.authors.len == 0 && !strchr(text, '@'))
        field_author_list(p, text, false);
    else if (strcmp(name, "DOI") == 0 || strcmp(name, "doi") == 0)
        p->record.doi = field_squeeze(p, text);
    else if (strcmp(name, "journal_reference") == 0)
        p->record.venue = field_squeeze(p, text);
}

const struct xml_format format_rss = { .source = "rss", .start = rss_start, .end = rss_end };
