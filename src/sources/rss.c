/*
 * RSS: arXiv's daily listing, and any other RSS 2.0 or 1.0 feed. A channel without items (weekends,
 * holidays) is no error. The date of a listing is that of the announcement: it is taken as
 * published for new papers and as updated for replacements; a cross-listing says nothing about
 * either.
 */
#include "parser.h"

#include "carrel/utf8.h"

#include <string.h>

static void rss_start(struct parser *p, const char *name, const char **attributes)
{
    (void)attributes;
    if (strcmp(name, "item") == 0 && !p->in_record)
        record_begin(p, "rss", (long)XML_GetCurrentLineNumber(p->xml) + p->line_number);
}

/* An item of arXiv's listing; everything else is somebody's feed. */
static bool rss_is_listing(const struct parser *p)
{
    return p->record.announce || (p->guid && str_istarts(p->guid, "oai:arxiv.org:"))
           || (p->record.abstract && str_starts(p->record.abstract, "arXiv:"));
}

static void rss_item(struct parser *p)
{
    const char *url = p->record.url;
    bool feed = !rss_is_listing(p);

    field_creators(p, feed);
    if (feed)
        field_entry(p);
    if (!p->record.title) {
        record_reject(p, p->record_line, "an item without title");
        return;
    }
    if (!(p->guid && field_id(p, p->guid)) && url)
        field_id(p, url);
    field_listing(p);
    if (feed)
        p->record.source = "feed";
    if (!p->record.id) {
        if (url)
            field_id(p, arena_printf(p->arena, "url:%s", url));
    }
    if (p->record.doi)
        field_alias(p, p->record.doi);
    record_emit(p);
}

/* <author> is for an address; where there is a <creator> beside it, that is the name. */
static void rss_creator(struct parser *p, const char *name, const char *text)
{
    bool dublin = name[0] == 'c';

    if (str_blank(text) || p->creators.len >= AUTHORS_MAX || (!dublin && p->creators.len > 0))
        return;
    text_list_add(&p->creators, p->arena, text, strlen(text));
}

static void rss_end(struct parser *p, const char *name, const char *text)
{
    if (!p->in_record && (strcmp(name, "pubDate") == 0 || strcmp(name, "date") == 0))
        utf8_fixed(p->info.response_date, sizeof p->info.response_date, text);
    if (!p->in_record)
        return;
    if (strcmp(name, "item") == 0)
        rss_item(p);
    else if (strcmp(name, "title") == 0)
        field_once(p, &p->record.title, text);
    else if (strcmp(name, "link") == 0)
        field_once(p, &p->record.url, text);
    else if (strcmp(name, "description") == 0 && !p->record.abstract)
        p->record.abstract = field_abstract(p, text);
    else if (strcmp(name, "guid") == 0)
        field_once(p, &p->guid, text);
    else if (strcmp(name, "category") == 0 || strcmp(name, "subject") == 0)
        field_category(p, text);
    else if (strcmp(name, "pubDate") == 0 || strcmp(name, "date") == 0) {
        char *time = field_time(p, text);

        if (time) /* a day: listings come out at midnight of some zone */
            p->record.published =
                arena_strndup(p->arena, time, strlen(time) < 10 ? strlen(time) : 10);
    } else if (strcmp(name, "announce_type") == 0)
        field_once(p, &p->record.announce, text);
    else if (strcmp(name, "rights") == 0)
        field_once(p, &p->record.license, text);
    else if (strcmp(name, "creator") == 0 || strcmp(name, "author") == 0)
        rss_creator(p, name, text);
    else if (strcmp(name, "encoded") == 0 && !p->content)
        p->content = arena_strdup(p->arena, text);
    else if (strcmp(name, "identifier") == 0)
        field_identifier(p, text);
    else if (strcmp(name, "publicationName") == 0)
        field_once(p, &p->record.venue, text);
    else if (strcmp(name, "publicationDate") == 0 && !p->record.published)
        p->record.published = field_time(p, text);
    else if (strcmp(name, "DOI") == 0 || strcmp(name, "doi") == 0)
        field_once(p, &p->record.doi, text);
    else if (strcmp(name, "journal_reference") == 0)
        field_once(p, &p->record.venue, text);
}

const struct xml_format format_rss = { .source = "rss", .start = rss_start, .end = rss_end };
