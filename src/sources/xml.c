/*
 * XML for all feeds: expat without namespaces, events by local name, the root element choosing the
 * format.
 *
 * Sources disagree about prefixes, and some files lack their declarations, so a prefix is simply
 * cut off. Text is bounded per element, nesting by depth; expat's own protection against entity
 * expansion stays on.
 */
#include "parser.h"

#include <string.h>
#include <strings.h>

static const char *xml_local(const char *name)
{
    const char *colon = strrchr(name, ':');

    return colon ? colon + 1 : name;
}

/* The root element names the format. */
static void xml_root(struct parser *p, const char *name)
{
    static const struct {
        const char *root;
        enum parse_format format;
        const struct xml_format *ops;
    } roots[] = {
        { "feed", PARSE_ARXIV_ATOM, &format_atom }, { "entry", PARSE_ARXIV_ATOM, &format_atom },
        { "rss", PARSE_RSS, &format_rss },          { "RDF", PARSE_RSS, &format_rss },
        { "OAI-PMH", PARSE_OAI, &format_oai },      { "record", PARSE_OAI, &format_oai },
        { "ListRecords", PARSE_OAI, &format_oai },  { "metadata", PARSE_OAI, &format_oai }
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(roots); i++)
        if (strcmp(roots[i].root, name) == 0)
            break;
    if (i == ARRAY_LEN(roots))
        return;
    /* An Atom listing is asked for as rss, a feed is a feed. */
    if (!p->asked_auto && p->format != roots[i].format
        && !(p->format == PARSE_RSS && roots[i].format == PARSE_ARXIV_ATOM))
        return;
    p->format = p->asked_auto ? roots[i].format : p->format;
    p->xml_format = roots[i].ops;
}

static void xml_start(void *ctx, const char *name, const char **attributes)
{
    struct parser *p = ctx;

    name = xml_local(name);
    if (p->depth++ == 0) {
        xml_root(p, name);
        if (!p->xml_format) {
            strncat(p->info.error_text, name, 60);
            XML_StopParser(p->xml, XML_FALSE);
            return;
        }
    }
    if (p->depth > DEPTH_MAX) {
        XML_StopParser(p->xml, XML_FALSE);
        return;
    }
    str_clear(&p->text);
    p->xml_format->start(p, name, attributes);
}

static void xml_end(void *ctx, const char *name)
{
    struct parser *p = ctx;

    p->depth--;
    p->xml_format->end(p, xml_local(name), p->text.ptr);
    str_clear(&p->text);
    if (p->stopped)
        XML_StopParser(p->xml, XML_FALSE);
}

static void xml_text(void *ctx, const char *text, int len)
{
    struct parser *p = ctx;

    if (p->text.len + (size_t)len > FIELD_MAX)
        p->broken = true;
    else
        str_add_mem(&p->text, text, (size_t)len);
}

static int xml_error(struct parser *p, struct error *err)
{
    enum XML_Error code = XML_GetErrorCode(p->xml);
    long line = (long)XML_GetCurrentLineNumber(p->xml) + p->line_number;

    if (p->stopped)
        return p->stopped;
    if (code == XML_ERROR_ABORTED && !p->xml_format && p->asked_auto) {
        return error_set(err, ERR_PARSE,
                         "line %ld: <%s> is not a feed carrel reads (Atom, OAI-PMH, RSS)%s", line,
                         p->info.error_text,
                         strcasecmp(p->info.error_text, "html") == 0 ? "; it is a web page" : "");
    }
    if (code == XML_ERROR_ABORTED && !p->xml_format)
        return error_set(err, ERR_PARSE, "line %ld: <%s> does not begin %s", line,
                         p->info.error_text, parse_format_name(p->format));
    if (code == XML_ERROR_ABORTED)
        return error_set(err, ERR_LIMIT, "line %ld: elements nest deeper than %d", line, DEPTH_MAX);
    return error_set(err, ERR_PARSE, "line %ld: %s", line, XML_ErrorString(code));
}

static void xml_open(struct parser *p)
{
    p->xml = XML_ParserCreate(NULL);
    if (!p->xml)
        die("out of memory (XML parser)");
    XML_SetUserData(p->xml, p);
    XML_SetElementHandler(p->xml, xml_start, xml_end);
    XML_SetCharacterDataHandler(p->xml, xml_text);
}

int xml_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    if (!p->xml)
        xml_open(p);
    while (len > 0) {
        int part = len > (1 << 20) ? 1 << 20 : (int)len;

        if (XML_Parse(p->xml, bytes, part, 0) == XML_STATUS_ERROR)
            return xml_error(p, err);
        bytes += part;
        len -= (size_t)part;
    }
    return ERR_OK;
}

int xml_finish(struct parser *p, struct error *err)
{
    if (XML_Parse(p->xml, "", 0, 1) == XML_STATUS_ERROR) {
        int result = xml_error(p, err);

        if (p->depth > 0 && !p->stopped)
            error_set(err, ERR_PARSE, "line %ld: the document is cut short",
                      (long)XML_GetCurrentLineNumber(p->xml) + p->line_number);
        return result;
    }
    return ERR_OK;
}
