/*
 * OPML: the feeds that a reader of feeds gives away. Outlines nest (folders, which have no address
 * of their own, are passed over); each one with an xmlUrl is a feed. What the address is worth is
 * for the sink to say.
 */
#include "parser.h"

#include "carrel/utf8.h"

#include <string.h>

#define OPML_TITLE_MAX 300
#define OPML_URL_MAX 2048

/* The first of these attributes that says something; programs differ in how they write them. */
static const char *opml_attribute(const char **attributes, const char *name)
{
    size_t i;

    for (i = 0; attributes[i]; i += 2)
        if (str_ieq(attributes[i], name) && !str_blank(attributes[i + 1]))
            return attributes[i + 1];
    return NULL;
}

static void opml_start(struct parser *p, const char *name, const char **attributes)
{
    long line = (long)XML_GetCurrentLineNumber(p->xml) + p->line_number;
    const char *url = opml_attribute(attributes, "xmlUrl");
    const char *title = opml_attribute(attributes, "title");
    struct str clean = STR_INIT, address = STR_INIT;
    struct parse_feed feed = { .line = line };

    if (p->stopped || !str_ieq(name, "outline") || !url)
        return;
    if (!title)
        title = opml_attribute(attributes, "text");
    if (strlen(url) > OPML_URL_MAX) {
        record_reject(p, line, "the address of a feed is longer than 2,048 bytes");
        return;
    }
    utf8_squeeze(&address, url, strlen(url));
    if (title)
        utf8_squeeze(&clean, title, strnlen(title, OPML_TITLE_MAX));
    feed.url = address.ptr;
    feed.title = clean.ptr;
    p->stopped = p->sink.feed(p->sink.ctx, &feed);
    str_free(&clean);
    str_free(&address);
}

static void opml_end(struct parser *p, const char *name, const char *text)
{
    (void)p;
    (void)name;
    (void)text;
}

const struct xml_format format_opml = { .source = "opml", .start = opml_start, .end = opml_end };
