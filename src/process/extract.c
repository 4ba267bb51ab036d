/*
 * One file, whatever it is: its bytes choose the reader, and a document with a state comes out.
 */
#include "extract.h"

#include "carrel/utf8.h"
#include "structure.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SNIFF 1024

static bool has(const char *bytes, size_t len, const char *what)
{
    return memmem(bytes, len, what, strlen(what)) != NULL;
}

static bool starts_markup(const char *bytes, size_t len)
{
    size_t i = len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

    while (i < len && strchr(" \t\r\n", bytes[i]))
        i++;
    return (len - i >= 14 && strncasecmp(bytes + i, "<!doctype html", 14) == 0)
           || (len - i >= 5 && strncasecmp(bytes + i, "<html", 5) == 0);
}

/* What the bytes are, whatever the name says. */
static enum document_format sniff(const char *bytes, size_t len, enum document_format named)
{
    size_t head = len < SNIFF ? len : SNIFF;

    if (has(bytes, head, "%PDF-"))
        return FORMAT_PDF;
    if (starts_markup(bytes, head))
        return FORMAT_HTML;
    if (named == FORMAT_AUTO && has(bytes, len < 20 * SNIFF ? len : 20 * SNIFF, "\\documentclass"))
        return FORMAT_TEX;
    return named == FORMAT_AUTO ? FORMAT_TEXT : named;
}

static void whole_state(struct document *doc)
{
    if (doc->state == DOCUMENT_DONE && str_blank(doc->text))
        document_fail(doc, DOCUMENT_REFUSED, "there is no text in it");
}

/* ---- PDF ---- */

/* The last resort, for a file that MuPDF cannot make sense of. */
static void rescue(struct document *doc, const struct pdf_request *request)
{
    struct str text = STR_INIT;
    char *why = doc->message;
    size_t chars = rescue_text(&text, request->bytes, request->len);

    if (chars >= 40) {
        extract_text(doc, text.ptr, text.len);
        document_fail(doc, DOCUMENT_REPAIRED, "only its bare text could be had: %s", why);
    }
    str_free(&text);
}

static int extract_pdf(struct document *doc, struct pdf_reader *reader,
                       const struct pdf_request *request, struct error *err)
{
    struct raw_page *pages = NULL;
    char *title = NULL;
    int result = pdf_read(reader, request, doc, &pages, &title, err);
    size_t i;

    if (result == ERR_OK && pages && doc->state != DOCUMENT_REFUSED)
        build_document(doc, pages, doc->page_count, title);
    for (i = 0; pages && i < doc->page_count; i++)
        raw_page_free(&pages[i]);
    free(pages);
    if (result == ERR_OK && doc->state == DOCUMENT_REFUSED && doc->reading_len == 0)
        rescue(doc, request);
    return result;
}

/* ---- the others ---- */

static void extract_plain(struct document *doc, enum document_format format, const char *bytes,
                          size_t len)
{
    struct str clean = STR_INIT;

    if (len > TEXT_BYTES_MAX) {
        document_fail(doc, DOCUMENT_LIMIT, "it is larger than %u MiB", TEXT_BYTES_MAX >> 20);
        return;
    }
    if (memchr(bytes, '\0', len < 8 * SNIFF ? len : 8 * SNIFF)) {
        document_fail(doc, DOCUMENT_REFUSED, "it is neither a PDF nor text");
        return;
    }
    utf8_clean(&clean, bytes, len);
    if (format == FORMAT_MARKDOWN)
        extract_markdown(doc, clean.ptr, clean.len);
    else if (format == FORMAT_HTML)
        extract_html(doc, clean.ptr, clean.len);
    else if (format == FORMAT_TEX)
        extract_tex(doc, clean.ptr, clean.len);
    else
        extract_text(doc, clean.ptr, clean.len);
    str_free(&clean);
}

int extract(struct document **out, struct pdf_reader *reader, enum document_format named,
            const struct pdf_request *request, struct error *err)
{
    struct document *doc = document_new();
    enum document_format format = sniff(request->bytes, request->len, named);
    int result = ERR_OK;

    doc->format = format;
    if (request->len == 0)
        document_fail(doc, DOCUMENT_REFUSED, "it is empty");
    else if (named == FORMAT_PDF && format == FORMAT_HTML)
        document_fail(doc, DOCUMENT_REFUSED, "it is a web page, not a PDF");
    else if (format == FORMAT_PDF)
        result = extract_pdf(doc, reader, request, err);
    else
        extract_plain(doc, format, request->bytes, request->len);
    whole_state(doc);
    *out = doc;
    return result;
}
