/*
 * Crossref's works as JSON: what publishers have registered of a DOI, one by itself or a list. Any
 * field but the DOI may be missing, an empty list, or a list of null. Texts are JATS, HTML and
 * MathML, at times escaped twice. How often a work is cited is a metric and no part of the record.
 */
#include "whole.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define FORMULA_MAX 8192 /* bytes of one formula's source */
#define VENUE_PART 60    /* bytes of a volume, an issue, pages */

/* ---- texts ---- */

/* The first text of a list; many fields are lists of one. */
static const char *crossref_first(const json_t *work, const char *key)
{
    const json_t *value = json_object_get(work, key);
    const char *text = json_string_value(json_is_array(value) ? json_array_get(value, 0) : value);

    return text && !str_blank(text) ? text : NULL;
}

/* "<jats:tex-math ...>...</jats:tex-math>" at '<': where it ends and its text lies; NULL: it is no
 * such element. */
static const char *element_end(const char *at, const char *name, const char **text, size_t *len)
{
    char close[40];
    size_t size = strlen(name), room = strnlen(at, FORMULA_MAX);
    const char *end;

    if (strncmp(at + 1, name, size) != 0 || !strchr("> ", at[1 + size]))
        return NULL;
    *text = memchr(at, '>', room);
    snprintf(close, sizeof close, "</%s>", name);
    end = *text ? memmem(at, room, close, strlen(close)) : NULL;
    if (!end || end < *text)
        return NULL;
    (*text)++;
    *len = (size_t)(end - *text);
    return end + strlen(close);
}

static const char *formula_end(const char *at, const char **text, size_t *len)
{
    static const char *const names[] = { "jats:tex-math", "tex-math", "mml:annotation",
                                         "annotation" };
    const char *end = NULL;
    size_t i;

    for (i = 0; i < ARRAY_LEN(names) && !end; i++)
        end = element_end(at, names[i], text, len);
    return end;
}

/* Springer's formulas are whole documents. */
static void formula_body(struct str *out, const char *text, size_t len)
{
    static const char begin[] = "\\begin{document}", close[] = "\\end{document}";
    const char *from = memmem(text, len, begin, sizeof begin - 1), *to;

    if (from) {
        from += sizeof begin - 1;
        len -= (size_t)(from - text);
        text = from;
        to = memmem(text, len, close, sizeof close - 1);
        len = to ? (size_t)(to - text) : len;
    }
    str_add_mem(out, text, len);
}

static bool ends_in(const struct str *text, const char *end)
{
    size_t len = strlen(end);

    return text->len >= len && memcmp(text->ptr + text->len - len, end, len) == 0;
}

static bool is_annotation(const char *at)
{
    return str_starts(at, "<mml:annotation") || str_starts(at, "<annotation");
}

/* A formula that is given as TeX and as MathML stays once. */
static void formulas_once(struct str *out, const char *at)
{
    while (*at) {
        const char *text, *next;
        size_t len;
        const char *end = *at == '<' ? formula_end(at, &text, &len) : NULL;

        if (!end) {
            str_add_char(out, *at++);
            continue;
        }
        next = end + strspn(end, " ");
        if (!is_annotation(at) && !str_starts(next, "<mml:math") && !str_starts(next, "<math")
            && !ends_in(out, "math>") && !ends_in(out, "math> "))
            formula_body(out, text, len);
        at = end;
    }
}

/* Lines and indents of XML mean nothing: only elements make paragraphs. */
static char *crossref_plain(struct parser *p, const char *text, bool paragraphs)
{
    struct str line = STR_INIT, once = STR_INIT, plain = STR_INIT;
    char *kept;

    utf8_squeeze(&line, text, strnlen(text, FIELD_MAX));
    formulas_once(&once, line.ptr);
    html_text(&plain, once.ptr);
    str_clear(&once);
    html_text(&once, plain.ptr); /* what was escaped twice */
    kept = paragraphs ? field_abstract(p, once.ptr) : field_squeeze(p, once.ptr);
    str_free(&line);
    str_free(&once);
    str_free(&plain);
    return kept;
}

static void crossref_abstract(struct parser *p, const char *text)
{
    char *abstract = crossref_plain(p, text, true);

    if (abstract && str_istarts(abstract, "abstract\n\n"))
        abstract += strlen("abstract\n\n");
    p->record.abstract = abstract;
}

/* Some publishers put a running head there, in words of the title. */
static bool is_running_head(const char *title, const char *subtitle)
{
    size_t words = 0, known = 0;

    while (*subtitle) {
        size_t len = strcspn(subtitle, " ");
        char word[64];

        snprintf(word, sizeof word, "%.*s", (int)(len < 63 ? len : 63), subtitle);
        words += len > 0;
        known += len > 0 && strcasestr(title, word) != NULL;
        subtitle += len + (subtitle[len] == ' ');
    }
    return 2 * known >= words;
}

static void crossref_title(struct parser *p, const json_t *work)
{
    const char *title = crossref_first(work, "title"), *subtitle = crossref_first(work, "subtitle");
    char *more = NULL;

    p->record.title = title ? crossref_plain(p, title, false) : NULL;
    if (p->record.title && subtitle)
        more = crossref_plain(p, subtitle, false);
    if (more && strlen(p->record.title) + strlen(more) < TITLE_MAX / 2
        && !is_running_head(p->record.title, more))
        p->record.title = arena_printf(
            p->arena, "%s%s %s", p->record.title,
            strchr(":?!", p->record.title[strlen(p->record.title) - 1]) ? "" : ":", more);
}

/* ---- people ---- */

static void crossref_author(struct parser *p, const json_t *author)
{
    static const char *const parts[] = { "given", "family", "suffix" };
    const char *group = whole_text(author, "name");
    struct str name = STR_INIT;
    char *plain;
    size_t i;

    for (i = 0; i < ARRAY_LEN(parts); i++)
        if (whole_text(author, parts[i]))
            str_printf(&name, "%s%s", name.len ? " " : "", whole_text(author, parts[i]));
    if (name.len == 0 && group)
        str_add(&name, group);
    plain = name.len > 0 ? crossref_plain(p, name.ptr, false) : NULL;
    if (plain)
        field_author(p, plain, false);
    str_free(&name);
}

static void crossref_authors(struct parser *p, const json_t *work)
{
    const json_t *authors = json_object_get(work, "author");
    size_t i;

    for (i = 0; i < json_array_size(authors) && i < AUTHORS_MAX; i++)
        crossref_author(p, json_array_get(authors, i));
}

/* ---- when and where ---- */

/* "date-parts": [[2020, 6, 2]], of which the later may be missing and all may be null. */
static char *crossref_date(struct parser *p, const json_t *work, const char *key)
{
    const json_t *list = json_object_get(json_object_get(work, key), "date-parts");
    const json_t *parts = json_array_get(list, 0);
    json_int_t year = json_integer_value(json_array_get(parts, 0)),
               month = json_integer_value(json_array_get(parts, 1)),
               day = json_integer_value(json_array_get(parts, 2));
    char *whole;
    int32_t first;

    if (year < 1000 || year > 9999)
        return NULL;
    if (month < 1 || month > 12)
        return arena_printf(p->arena, "%04d", (int)year);
    whole = arena_printf(p->arena, "%04d-%02d-%02d", (int)year, (int)month,
                         day < 1 || day > 31 ? 0 : (int)day);
    return date_parse(whole, &first, NULL) ? whole : arena_strndup(p->arena, whole, 7);
}

/* `issued` is the earliest of them, but at times missing. */
static void crossref_published(struct parser *p, const json_t *work)
{
    static const char *const keys[] = { "issued", "published-online", "published-print",
                                        "published", "posted" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(keys) && !p->record.published; i++)
        p->record.published = crossref_date(p, work, keys[i]);
}

/* "28", but not the "null" that some deposits hold. */
static const char *venue_part(struct parser *p, const json_t *work, const char *key)
{
    const char *text = whole_text(work, key);
    char *plain = text && strlen(text) <= VENUE_PART ? crossref_plain(p, text, false) : NULL;

    return plain && strcmp(plain, "null") != 0 ? plain : NULL;
}

/* "Nature 521(7553), 436-444", as authors write it. */
static void crossref_venue(struct parser *p, const json_t *work)
{
    const char *name = crossref_first(work, "container-title");
    const char *volume = venue_part(p, work, "volume"), *issue = venue_part(p, work, "issue"),
               *pages = venue_part(p, work, "page");
    char *plain;

    if (!name)
        name = crossref_first(work, "short-container-title");
    plain = name ? crossref_plain(p, name, false) : NULL;
    if (!plain)
        return;
    if (!pages)
        pages = venue_part(p, work, "article-number");
    if (volume)
        plain = arena_printf(p->arena, "%s %s", plain, volume);
    if (issue)
        plain = arena_printf(p->arena, "%s%s(%s)", plain, volume ? "" : " ", issue);
    p->record.venue = pages ? arena_printf(p->arena, "%s, %s", plain, pages) : plain;
}

/* "journal article, Public Library of Science (PLoS)" */
static void crossref_comment(struct parser *p, const json_t *work)
{
    const char *type = whole_text(work, "type"), *publisher = whole_text(work, "publisher");
    char *kind = type ? crossref_plain(p, type, false) : NULL,
         *house = publisher ? crossref_plain(p, publisher, false) : NULL, *at;

    for (at = kind; at && *at; at++)
        *at = *at == '-' ? ' ' : *at;
    p->record.comment = kind && house ? arena_printf(p->arena, "%s, %s", kind, house)
                        : kind        ? kind
                                      : house;
}

static char *crossref_address(struct parser *p, const json_t *object, const char *key)
{
    const char *text = whole_text(object, key);
    char *url = text && strlen(text) < TITLE_MAX ? field_squeeze(p, text) : NULL;

    return url && (str_istarts(url, "https://") || str_istarts(url, "http://"))
                   && !strpbrk(url, " \"<>\\")
               ? url
               : NULL;
}

/* That of the version of record. */
static void crossref_license(struct parser *p, const json_t *work)
{
    const json_t *list = json_object_get(work, "license");
    size_t i;

    for (i = 0; i < json_array_size(list) && !p->record.license; i++) {
        const json_t *license = json_array_get(list, i);
        const char *version = whole_text(license, "content-version");

        if (version && strcmp(version, "vor") == 0)
            p->record.license = crossref_address(p, license, "URL");
    }
}

/* ---- names ---- */

/* The arXiv paper that its own publisher calls its preprint, if it is one alone. */
static void crossref_preprint(struct parser *p, const json_t *work)
{
    const json_t *list = json_object_get(json_object_get(work, "relation"), "has-preprint");
    struct ident only = { .scheme = ID_NONE }, ident;
    struct str id = STR_INIT;
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        const json_t *relation = json_array_get(list, i);
        const char *text = whole_text(relation, "id"), *by = whole_text(relation, "asserted-by");

        if (!text || !by || strcmp(by, "subject") != 0 || !ident_parse(&ident, text)
            || ident.scheme != ID_ARXIV)
            continue;
        if (only.scheme == ID_ARXIV && strcmp(only.value, ident.value) != 0)
            goto out;
        only = ident;
    }
    if (only.scheme == ID_ARXIV) {
        ident_print(&id, &only);
        field_alias(p, id.ptr);
    }
out:
    str_free(&id);
}

static bool crossref_doi(struct parser *p, const char *doi)
{
    struct ident ident;

    if (!doi || !ident_parse(&ident, doi) || ident.scheme != ID_DOI || !field_id(p, doi))
        return false;
    p->record.version = 0;
    p->record.doi = arena_strdup(p->arena, ident.value);
    return true;
}

static void crossref_citations(struct parser *p, const json_t *work)
{
    const json_t *number = json_object_get(work, "is-referenced-by-count");
    double value = json_number_value(number);

    if (json_is_number(number) && isfinite(value) && value >= 0)
        record_metric_add(
            &p->record.metrics, p->arena,
            &(struct record_metric){ .source = "crossref", .name = "citations", .value = value });
}

/* ---- a work ---- */

/* NULL, or why it cannot be a record. */
static const char *crossref_record(struct parser *p, const json_t *work)
{
    if (!crossref_doi(p, whole_text(work, "DOI")))
        return "a work without a DOI";
    crossref_title(p, work);
    if (!p->record.title)
        return "a work without a title";
    if (whole_text(work, "abstract"))
        crossref_abstract(p, whole_text(work, "abstract"));
    crossref_authors(p, work);
    crossref_published(p, work);
    crossref_venue(p, work);
    crossref_comment(p, work);
    crossref_license(p, work);
    crossref_preprint(p, work);
    crossref_citations(p, work);
    p->record.url = crossref_address(p, work, "URL");
    return NULL;
}

static void crossref_item(struct parser *p, const json_t *work, long number)
{
    const char *bad;

    if (!json_is_object(work)) {
        record_reject(p, number, "not a JSON object");
        return;
    }
    record_begin(p, "crossref", number);
    bad = crossref_record(p, work);
    if (bad)
        record_reject(p, number, bad);
    else
        record_emit(p);
}

/* {"status":"failed","message-type":"validation-failure","message":[{"message":"..."}]} */
static bool crossref_complaint(struct parser *p, const json_t *root)
{
    const char *status = whole_text(root, "status"), *type = whole_text(root, "message-type");
    const char *text = whole_text(json_array_get(json_object_get(root, "message"), 0), "message");

    if (!status || strcmp(status, "failed") != 0)
        return false;
    utf8_fixed(p->info.error_code, sizeof p->info.error_code, type ? type : "failed");
    utf8_fixed(p->info.error_text, sizeof p->info.error_text, text ? text : "it failed");
    return true;
}

int crossref_finish(struct parser *p, struct error *err)
{
    json_t *root = whole_load(p, err);
    const json_t *message = json_object_get(root, "message"),
                 *items = json_object_get(message, "items");
    size_t i;
    int result = ERR_OK;

    if (!root)
        return ERR_PARSE;
    if (json_is_array(items)) {
        p->info.total = (long)json_array_size(items);
        for (i = 0; i < json_array_size(items) && !p->stopped; i++)
            crossref_item(p, json_array_get(items, i), (long)i + 1);
    } else if (json_is_object(message)) {
        crossref_item(p, message, 1);
    } else if (!crossref_complaint(p, root)) {
        result = error_set(err, ERR_PARSE, "neither a work nor a list of works");
    }
    json_decref(root);
    return result;
}
