/*
 * Is the body what was asked for? Captive portals and error pages are HTML with status 200; the
 * first bytes tell. What parses and what does not is for the caller's own check.
 */
#include "internal.h"

#include <string.h>
#include <strings.h>

#define PDF_SEARCH 1024 /* "%PDF-" may stand behind other bytes */

static const char *skip_space(const char *at, const char *end)
{
    if (end - at >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0)
        at += 3;
    while (at < end && strchr(" \t\r\n", *at) && *at)
        at++;
    return at;
}

static bool begins(const char *at, const char *end, const char *with)
{
    size_t len = strlen(with);

    return (size_t)(end - at) >= len && strncasecmp(at, with, len) == 0;
}

/* Comments, processing instructions and a document type may stand before <html>. */
static bool is_html(const char *at, const char *end)
{
    int i;

    for (i = 0; i < 8 && at < end; i++) {
        const char *close;

        at = skip_space(at, end);
        if (begins(at, end, "<!doctype html") || begins(at, end, "<html")
            || begins(at, end, "<head") || begins(at, end, "<body") || begins(at, end, "<script"))
            return true;
        if (!begins(at, end, "<!--") && !begins(at, end, "<?"))
            return false;
        close = begins(at, end, "<?") ? memmem(at, (size_t)(end - at), "?>", 2)
                                      : memmem(at, (size_t)(end - at), "-->", 3);
        if (!close)
            return false;
        at = close + (close[0] == '?' ? 2 : 3);
    }
    return false;
}

/* XML in UTF-16 begins with its byte order mark. */
static bool is_xml(const char *at, const char *end)
{
    return at < end
           && (*at == '<'
               || (end - at > 3
                   && (memcmp(at, "\xFF\xFE<", 3) == 0 || memcmp(at, "\xFE\xFF\0<", 4) == 0)));
}

int content_check(enum net_expect expect, const struct str *body, struct error *err)
{
    static const char *const names[] = { "anything", "XML", "JSON", "a PDF" };
    const char *end = body->ptr + body->len, *at = skip_space(body->ptr, end);
    size_t head = body->len < PDF_SEARCH ? body->len : PDF_SEARCH;
    bool good = true;

    if (expect == NET_ANY)
        return ERR_OK;
    if (at == end)
        return error_set(err, ERR_PARSE, "an empty answer in place of %s", names[expect]);
    if (is_html(at, end))
        return error_set(err, ERR_PARSE, "a web page (HTML) in place of %s", names[expect]);
    if (expect == NET_XML)
        good = is_xml(at, end);
    else if (expect == NET_JSON)
        good = *at == '{' || *at == '[';
    else
        good = memmem(body->ptr, head, "%PDF-", 5) != NULL;
    return good ? ERR_OK
                : error_set(err, ERR_PARSE, "something else in place of %s", names[expect]);
}
