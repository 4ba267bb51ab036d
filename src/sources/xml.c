/*
 * XML for all feeds: expat without namespaces, events by local name, the root element choosing the
 * format.
 *
 * Sources disagree about prefixes, and some files lack their declarations, so a prefix is simply
 * cut off. Text is bounded per element, nesting by depth; expat's own protection against entity
 * expansion stays on.
 */
#include "parser.h"

#include "carrel/utf8.h"

#include <iconv.h>
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
        { "ListRecords", PARSE_OAI, &format_oai },  { "GetRecord", PARSE_OAI, &format_oai },
        { "opml", PARSE_OPML, &format_opml }
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(roots); i++)
        if (strcmp(roots[i].root, name) == 0)
            break;
    if (i == ARRAY_LEN(roots) || (roots[i].format == PARSE_OPML && !p->sink.feed))
        return;
    /* An Atom listing is asked for as rss, a feed is a feed. */
    if (!p->asked_auto && p->format != roots[i].format
        && !(p->format == PARSE_RSS && roots[i].format == PARSE_ARXIV_ATOM))
        return;
    p->format = p->asked_auto ? roots[i].format : p->format;
    p->xml_format = roots[i].ops;
}

/* Expat still calls handlers after it was stopped (the end of an empty element): they are not to
 * see them. */
static void xml_halt(struct parser *p)
{
    p->halted = true;
    XML_StopParser(p->xml, XML_FALSE);
}

/* Markup inside a text (Atom's xhtml, a title with <sub>): its words belong to the text around it.
 */
static bool xml_is_markup(const struct parser *p, const char *name)
{
    static const char *const names[] = { "a",      "b",   "br",  "code", "div", "em",
                                         "i",      "li",  "ol",  "p",    "pre", "span",
                                         "strong", "sub", "sup", "tt",   "u",   "ul" };
    size_t i;

    if (!p->in_record || strlen(name) > 6)
        return false;
    for (i = 0; i < ARRAY_LEN(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void xml_markup_space(struct parser *p, const char *name)
{
    if (name[0] == 'p' || name[0] == 'd' || name[0] == 'l' || strcmp(name, "br") == 0)
        str_add_char(&p->text, ' ');
}

static bool xml_ends_record(const char *name)
{
    return strcmp(name, "entry") == 0 || strcmp(name, "item") == 0 || strcmp(name, "record") == 0;
}

/* Expat may stop at the first letter of a lower-case doctype, before the rest of it has come. */
static bool xml_is_web_page(const struct parser *p)
{
    static const char doctype[] = "<!doctype html";
    size_t len = p->head_len < sizeof doctype - 1 ? p->head_len : sizeof doctype - 1;

    return (len > 2 && strncasecmp(p->head, doctype, len) == 0)
           || str_ieq(p->info.error_text, "html");
}

static void xml_start(void *ctx, const char *name, const char **attributes)
{
    struct parser *p = ctx;

    if (p->halted)
        return;
    name = xml_local(name);
    if (p->depth++ == 0) {
        xml_root(p, name);
        if (!p->xml_format) {
            utf8_fixed(p->info.error_text, 60, name);
            xml_halt(p);
            return;
        }
    }
    if (p->depth > DEPTH_MAX) {
        xml_halt(p);
        return;
    }
    if (xml_is_markup(p, name)) {
        xml_markup_space(p, name);
        return;
    }
    str_clear(&p->text);
    p->xml_format->start(p, name, attributes);
}

static void xml_end(void *ctx, const char *name)
{
    struct parser *p = ctx;

    if (p->halted)
        return;
    p->depth--;
    if (p->in_record && arena_bytes(p->arena) > RECORD_MAX)
        p->broken = true; /* of many small elements; what is left of it is passed over */
    name = xml_local(name);
    if (xml_is_markup(p, name))
        return;
    if (!p->broken || !p->in_record)
        p->xml_format->end(p, name, p->text.ptr);
    else if (xml_ends_record(name))
        record_reject(p, p->record_line,
                      "a field is longer than 512 KiB, or all of it than 32 MiB");
    str_clear(&p->text);
    if (p->stopped)
        xml_halt(p);
}

static void xml_text(void *ctx, const char *text, int len)
{
    struct parser *p = ctx;

    if (p->halted)
        return;
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
    if (!p->xml_format && xml_is_web_page(p))
        return error_set(err, ERR_PARSE, "a web page (HTML), not a feed");
    if (p->halted && !p->xml_format && strcmp(p->info.error_text, "opml") == 0)
        return error_set(err, ERR_PARSE,
                         "a list of feeds (OPML), which is read in a shell: carrel import FILE");
    if (p->halted && !p->xml_format && p->asked_auto)
        return error_set(err, ERR_PARSE,
                         "line %ld: <%s> is not a feed carrel reads (Atom, OAI-PMH, RSS), nor a "
                         "list of them (OPML)",
                         line, p->info.error_text);
    if (p->halted && !p->xml_format)
        return error_set(err, ERR_PARSE, "line %ld: <%s> does not begin %s", line,
                         p->info.error_text, parse_format_name(p->format));
    if (p->halted)
        return error_set(err, ERR_LIMIT, "line %ld: elements nest deeper than %d", line, DEPTH_MAX);
    return error_set(err, ERR_PARSE, "line %ld: %s", line, XML_ErrorString(code));
}

/* &eacute; and its like, which HTML has and XML has not: feeds are full of them. */
static void xml_skipped(void *ctx, const char *name, int is_parameter)
{
    const char *text = is_parameter ? NULL : html_entity(name, strlen(name));

    if (text)
        xml_text(ctx, text, (int)strlen(text));
}

/* The document type that would define them is somewhere else. Nothing is fetched: expat gets an
 * empty one, and then takes an entity that it does not know for one that was defined there. */
static int xml_external(XML_Parser xml, const char *context, const char *base, const char *system,
                        const char *public)
{
    XML_Parser empty;

    (void)base;
    (void)system;
    (void)public;
    if (context) /* an entity in the text that lies in a file */
        return XML_STATUS_OK;
    empty = XML_ExternalEntityParserCreate(xml, NULL, NULL);
    if (!empty)
        die("out of memory (XML parser)");
    XML_Parse(empty, "", 0, 1);
    XML_ParserFree(empty);
    return XML_STATUS_OK;
}

/* Encodings of one byte a character; iconv's others have more states than a feed is trusted with.
 */
static bool xml_encoding_plain(const char *name)
{
    static const char *const families[] = { "windows-125", "cp125", "iso-8859-", "iso8859-",
                                            "koi8-" };
    size_t i, len;

    for (i = 0; i < ARRAY_LEN(families); i++) {
        len = strlen(families[i]);
        if (strncasecmp(name, families[i], len) == 0 && strlen(name) <= len + 2
            && strspn(name + len, "0123456789rRuU") == strlen(name + len))
            return true;
    }
    return false;
}

static int xml_encoding(void *ctx, const char *name, XML_Encoding *encoding)
{
    iconv_t convert = xml_encoding_plain(name) ? iconv_open("UTF-32LE", name) : (iconv_t)-1;
    int byte;

    (void)ctx;
    if (convert == (iconv_t)-1)
        return XML_STATUS_ERROR;
    for (byte = 0; byte < 256; byte++) {
        char in = (char)byte, *from = &in;
        uint32_t rune[2] = { 0 };
        char *to = (char *)rune;
        size_t in_left = 1, out_left = sizeof rune;

        iconv(convert, NULL, NULL, NULL, NULL);
        encoding->map[byte] = iconv(convert, &from, &in_left, &to, &out_left) == (size_t)-1
                                      || out_left != sizeof rune[0]
                                  ? -1
                                  : (int)rune[0];
    }
    iconv_close(convert);
    encoding->data = NULL;
    encoding->convert = NULL;
    encoding->release = NULL;
    return XML_STATUS_OK;
}

static void xml_open(struct parser *p)
{
    p->xml = XML_ParserCreate(NULL);
    if (!p->xml)
        die("out of memory (XML parser)");
    XML_SetUserData(p->xml, p);
    XML_SetElementHandler(p->xml, xml_start, xml_end);
    XML_SetCharacterDataHandler(p->xml, xml_text);
    XML_UseForeignDTD(p->xml, XML_TRUE);
    XML_SetParamEntityParsing(p->xml, XML_PARAM_ENTITY_PARSING_ALWAYS);
    XML_SetExternalEntityRefHandler(p->xml, xml_external);
    XML_SetSkippedEntityHandler(p->xml, xml_skipped);
    XML_SetUnknownEncodingHandler(p->xml, xml_encoding, NULL);
}

static bool xml_is_control(char c)
{
    return (unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

/* Servers let through control characters that XML does not allow at all; expat would end there and
 * lose the rest of the answer. They become blanks (not in UTF-16, where such bytes are parts). */
static const char *xml_printable(struct parser *p, const char *bytes, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (xml_is_control(bytes[i]))
            break;
    if (i == len || p->head[0] != '<' || p->head[1] == '\0')
        return bytes;
    str_clear(&p->line);
    str_add_mem(&p->line, bytes, len);
    for (; i < len; i++)
        if (xml_is_control(bytes[i]))
            p->line.ptr[i] = ' ';
    return p->line.ptr;
}

int xml_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    size_t i;

    if (!p->xml)
        xml_open(p);
    for (i = 0; i < len && p->head_len < sizeof p->head - 1; i++)
        p->head[p->head_len++] = bytes[i];
    while (len > 0) {
        int part = len > (1 << 20) ? 1 << 20 : (int)len;

        if (XML_Parse(p->xml, xml_printable(p, bytes, (size_t)part), part, 0) == XML_STATUS_ERROR
            || p->halted)
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

        if (p->depth > 0 && !p->stopped && !p->halted)
            return error_set(err, ERR_PARSE, "line %ld: the document is cut short",
                             (long)XML_GetCurrentLineNumber(p->xml) + p->line_number);
        return result;
    }
    if (p->verb[0] && strcmp(p->verb, "ListRecords") != 0 && strcmp(p->verb, "GetRecord") != 0)
        return error_set(err, ERR_PARSE, "an OAI-PMH answer to %s, which holds no records",
                         p->verb);
    return ERR_OK;
}
