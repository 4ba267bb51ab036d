/*
 * Papers with Code, as its dumps and the archive of them have it: rows of papers and of links
 * between papers and code.
 *
 * The service closed in July 2025; what is read here does not change any more. A paper is known
 * by the last part of its address there ("pwc:attention-is-all-you-need"); its arXiv number is one
 * more name, so that two addresses of one paper meet in one work. A row of links names one
 * repository; rows of one paper are one record, added to as they come (record.adds). Of a row's
 * members any may be null, missing, or a text where a truth value is meant.
 */
#include "pwc.h"

#include "csl.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/utf8.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROW_MAX (64u << 20) /* bytes; a task with all its tables is one row */
#define NAMES_MAX 200
#define NAME_BYTES 200
#define UNFILLED "Please enter a description about the method here"

const char *pwc_string(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));

    return text && !str_blank(text) ? text : NULL;
}

bool pwc_true(const json_t *row, const char *key)
{
    const json_t *value = json_object_get(row, key);
    const char *text = json_string_value(value);

    if (text)
        return str_ieq(text, "true") || strcmp(text, "1") == 0;
    return json_is_true(value) || json_integer_value(value) == 1;
}

char *pwc_text(struct parser *p, const json_t *row, const char *key)
{
    const char *text = pwc_string(row, key);

    return text ? field_squeeze(p, text) : NULL;
}

/* ---- who the paper is ---- */

/* Its own name there first; else its arXiv number. */
static void pwc_identity(struct parser *p, const json_t *row, const char *arxiv,
                         const char *address)
{
    const char *page = pwc_string(row, "paper_url");
    const char *number = pwc_string(row, arxiv), *url = pwc_string(row, address);
    const char *review = pwc_string(row, "openreview_id");
    char *named = number ? arena_printf(p->arena, "arxiv:%.100s", number) : NULL;

    if (page)
        field_id(p, page);
    if (!p->record.id && named)
        field_id(p, named);
    if (!p->record.id && url)
        field_id(p, url);
    if (named)
        field_alias(p, named);
    if (url)
        field_alias(p, url);
    if (review && strlen(review) < 100)
        field_alias(p, arena_printf(p->arena, "openreview:%s", review));
}

/* The arXiv version and DOI that the address of the abstract tells. */
static void pwc_address(struct parser *p, const char *url)
{
    struct ident ident;

    if (!url || !ident_parse(&ident, url))
        return;
    if (ident.scheme == ID_ARXIV)
        p->record.version = ident.version;
    if (ident.scheme == ID_DOI && !p->record.doi)
        p->record.doi = arena_strdup(p->arena, ident.value);
}

char *pwc_date(struct parser *p, const char *text)
{
    char day[11];

    if (!text)
        return NULL;
    snprintf(day, sizeof day, "%.10s", text); /* "2018-05-27T00:00:00", from parquet */
    return date_parse(day, NULL, NULL) ? arena_strdup(p->arena, day) : field_time(p, text);
}

/* ---- names: tasks as texts or objects; methods, without those that nobody described ---- */

bool pwc_unfilled(const json_t *method)
{
    const char *text = pwc_string(method, "description");

    return text && strncmp(text, UNFILLED, sizeof UNFILLED - 1) == 0;
}

void pwc_name(struct parser *p, struct text_list *list, const char *text)
{
    char *name = text ? field_squeeze(p, text) : NULL;
    size_t i;

    if (!name || strlen(name) > NAME_BYTES || list->len >= NAMES_MAX)
        return;
    for (i = 0; i < list->len; i++)
        if (strcmp(list->items[i], name) == 0)
            return;
    text_list_add(list, p->arena, name, strlen(name));
}

void pwc_names(struct parser *p, const json_t *row, const char *key, const char *member,
               struct text_list *list)
{
    const json_t *values = json_object_get(row, key);
    size_t i;

    for (i = 0; i < json_array_size(values); i++) {
        const json_t *value = json_array_get(values, i);

        if (json_is_string(value))
            pwc_name(p, list, json_string_value(value));
        else if (!pwc_unfilled(value))
            pwc_name(p, list, pwc_string(value, member));
    }
}

char *pwc_paper_id(struct parser *p, const char *address)
{
    struct ident ident;
    struct str id = STR_INIT;
    char *kept;

    if (!address || !ident_parse(&ident, address) || ident.scheme == ID_REPO)
        return NULL;
    ident_print(&id, &ident);
    kept = arena_strndup(p->arena, id.ptr, id.len);
    str_free(&id);
    return kept;
}

void pwc_begin(struct parser *p, const char *source, long line)
{
    record_begin(p, source, line);
    text_list_add(&p->record.credits, p->arena, "pwc", 3);
}

/* ---- papers ---- */

static const char *pwc_paper(struct parser *p, const json_t *row)
{
    const char *abstract = pwc_string(row, "abstract");
    const json_t *authors = json_object_get(row, "authors");
    size_t i;

    p->record.title = pwc_text(p, row, "title");
    if (!p->record.title)
        return "a paper without a title";
    pwc_identity(p, row, "arxiv_id", "url_abs");
    pwc_address(p, pwc_string(row, "url_abs"));
    if (!abstract)
        abstract = pwc_string(row, "short_abstract");
    if (abstract)
        p->record.abstract = field_abstract(p, abstract);
    for (i = 0; i < json_array_size(authors); i++)
        if (json_is_string(json_array_get(authors, i)))
            field_author(p, json_string_value(json_array_get(authors, i)), false);
    p->record.published = pwc_date(p, pwc_string(row, "date"));
    p->record.venue = pwc_text(p, row, "proceeding");
    p->record.url = pwc_text(p, row, "url_abs");
    if (!p->record.url)
        p->record.url = pwc_text(p, row, "conference_url_abs");
    p->record.pdf_url = pwc_text(p, row, "url_pdf");
    if (!p->record.pdf_url)
        p->record.pdf_url = pwc_text(p, row, "conference_url_pdf");
    pwc_names(p, row, "tasks", "task", &p->record.tasks);
    pwc_names(p, row, "methods", "name", &p->record.methods);
    return NULL;
}

/* ---- links ---- */

static const char *pwc_evidence(const json_t *row)
{
    if (pwc_true(row, "is_official"))
        return "official";
    if (pwc_true(row, "mentioned_in_paper"))
        return "paper";
    return pwc_true(row, "mentioned_in_github") ? "readme" : "listed";
}

/* The name in the address, in words: better than none. */
static char *pwc_slug_title(struct parser *p)
{
    char *title, *at;

    if (!p->record.id || !str_starts(p->record.id, "pwc:"))
        return NULL;
    title = arena_strdup(p->arena, p->record.id + 4);
    for (at = title; *at; at++)
        if (*at == '-' || *at == '_')
            *at = ' ';
    return field_squeeze(p, title);
}

static const char *pwc_add_link(struct parser *p, const json_t *row)
{
    static char code[] = "code";
    const char *framework = pwc_text(p, row, "framework");
    char *url = pwc_text(p, row, "repo_url");
    struct record_link link = { .kind = code,
                                .url = url,
                                .evidence = (char *)(uintptr_t)pwc_evidence(row) };

    if (!url)
        return "a link without an address";
    link.said = arena_strdup(p->arena, "Papers with Code");
    if (framework && !str_ieq(framework, "none") && strlen(framework) < 40)
        link.said = arena_printf(p->arena, "Papers with Code, %s", framework);
    if (!record_link_add(&p->record.links, p->arena, &link))
        return "its repository has no address (http:// or https://)";
    text_list_add(&p->record.code_urls, p->arena, url, strlen(url));
    return NULL;
}

static const char *pwc_link(struct parser *p, const json_t *row)
{
    p->record.source = "pwc-links";
    pwc_identity(p, row, "paper_arxiv_id", "paper_url_abs");
    p->record.version = 0; /* it is of the paper, whatever its version */
    p->record.title = pwc_text(p, row, "paper_title");
    if (!p->record.title)
        p->record.title = pwc_slug_title(p);
    if (!p->record.title)
        return "a link without a paper";
    p->record.url = pwc_text(p, row, "paper_url_abs");
    p->record.pdf_url = pwc_text(p, row, "paper_url_pdf");
    p->record.adds = true;
    return pwc_add_link(p, row);
}

/* ---- rows ---- */

bool pwc_is_row(const json_t *row)
{
    return json_object_get(row, "repo_url") || json_object_get(row, "paper_url") || pwc_is_task(row)
           || pwc_is_method(row) || pwc_is_dataset(row);
}

void pwc_row(struct parser *p, const json_t *row, long line)
{
    const char *bad;

    pwc_begin(p, "pwc", line);
    if (json_object_get(row, "repo_url")) {
        bad = pwc_link(p, row);
    } else if (json_object_get(row, "paper_url")) {
        bad = pwc_paper(p, row);
    } else if (pwc_is_task(row)) {
        pwc_task(p, row, line); /* a record for each table, too */
        return;
    } else if (pwc_is_row(row)) {
        if (pwc_unfilled(row)) {
            log_write(LOG_INFO, "line %ld: a method that nobody described is left out", line);
            return;
        }
        bad = pwc_described(p, row);
    } else {
        bad =
            "not a row of Papers with Code (papers, links, evaluation tables, methods, data sets)";
    }
    if (bad)
        record_reject(p, line, bad);
    else
        record_emit(p);
}

/* ---- documents ---- */

static void pwc_said(struct parser *p, const char *text)
{
    utf8_fixed(p->info.error_code, sizeof p->info.error_code, "api-error");
    utf8_fixed(p->info.error_text, sizeof p->info.error_text, text);
}

/* Cells that the server has cut are none: half an abstract would pass for a whole one. */
static void pwc_cut_cells(struct parser *p, json_t *row, const json_t *cells)
{
    size_t i;

    p->info.cut += json_array_size(cells) > 0;
    for (i = 0; i < json_array_size(cells); i++)
        if (json_is_string(json_array_get(cells, i)))
            json_object_del(row, json_string_value(json_array_get(cells, i)));
}

/* {"features":…,"rows":[{"row_idx":…,"row":{…},"truncated_cells":[]}],"num_rows_total":…} */
static void pwc_rows_page(struct parser *p, const json_t *page, long line)
{
    const json_t *rows = json_object_get(page, "rows");
    const json_t *count = json_object_get(page, "num_rows_total");
    json_int_t total = json_is_integer(count) ? json_integer_value(count) : -1;
    size_t i;

    p->info.total = total > LONG_MAX ? LONG_MAX : (long)total;
    p->info.listed = (long)json_array_size(rows);
    p->info.partial = json_is_true(json_object_get(page, "partial"));
    for (i = 0; i < json_array_size(rows) && !p->stopped; i++) {
        const json_t *item = json_array_get(rows, i);
        json_t *row = json_object_get(item, "row");

        pwc_cut_cells(p, row, json_object_get(item, "truncated_cells"));
        if (json_is_object(row))
            pwc_row(p, row, line);
        else
            record_reject(p, line, "a row without its cells");
    }
}

/* NaN and Infinity, which programs write for missing values though JSON has none, become empty
 * texts of the same length; false: there are none. */
static bool pwc_mend(char *bytes, size_t len)
{
    static const char *const words[] = { "NaN", "Infinity", "-Infinity" };
    bool string = false, mended = false;
    size_t i, k;

    for (i = 0; i < len; i++) {
        if (string && bytes[i] == '\\')
            i++;
        else if (bytes[i] == '"')
            string = !string;
        for (k = 0; !string && k < ARRAY_LEN(words); k++) {
            size_t size = strlen(words[k]);

            if (i + size > len || memcmp(bytes + i, words[k], size) != 0)
                continue;
            memset(bytes + i, ' ', size);
            memset(bytes + i, '"', 2);
            i += size - 1;
            mended = true;
            break;
        }
    }
    return mended;
}

/* NULL: it cannot be read, and `why` says so. */
static json_t *pwc_load(const char *bytes, size_t len, json_error_t *why)
{
    json_t *row = json_loadb(bytes, len, JSON_ALLOW_NUL, why);
    char *copy;

    if (row)
        return row;
    copy = mem_dup(bytes, len + 1);
    if (pwc_mend(copy, len))
        row = json_loadb(copy, len, JSON_ALLOW_NUL, why);
    free(copy);
    return row;
}

static int pwc_element(void *ctx, const char *bytes, size_t len, long line)
{
    struct parser *p = ctx;
    json_error_t why;
    json_t *row = pwc_load(bytes, len, &why);
    char message[160];

    if (!row) {
        snprintf(message, sizeof message, "not JSON: %.100s", why.text);
        record_reject(p, line + (why.line > 1 ? why.line - 1 : 0), message);
        return 0;
    }
    if (p->format == PARSE_CSL) {
        json_decref(row);
        return csl_element(p, bytes, len, line);
    }
    if (p->asked_auto && !p->pwc->any && !pwc_is_row(row)) {
        bool cited = csl_is_item(row);

        json_decref(row);
        if (cited) { /* a bibliography: from here on it is read as one */
            p->format = PARSE_CSL;
            return csl_element(p, bytes, len, line);
        }
        return error_set(
            &p->pwc->error, ERR_PARSE,
            "a JSON array; carrel reads JSONL, one object on each line, dumps of "
            "Papers with Code, CSL-JSON, and lists of Hugging Face papers as --format hf");
    }
    p->pwc->any = true;
    if (pwc_string(row, "error") && !pwc_is_row(row))
        pwc_said(p, pwc_string(row, "error"));
    else if (json_is_array(json_object_get(row, "rows")) && json_object_get(row, "num_rows_total"))
        pwc_rows_page(p, row, line);
    else
        pwc_row(p, row, line);
    json_decref(row);
    return p->stopped ? 1 : 0;
}

static void pwc_bad(void *ctx, long line, const char *why)
{
    struct parser *p = ctx;

    record_reject(p, line, why);
}

int pwc_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    const struct cutter_sink sink = { p, pwc_element, pwc_bad };
    int result;

    if (!p->pwc)
        p->pwc = mem_zalloc(sizeof *p->pwc);
    if (!p->pwc->cutting) {
        cutter_init(&p->pwc->cutter, ROW_MAX, &sink);
        p->pwc->cutting = true;
        p->pwc->cutter.line += p->line_number;
    }
    result = cutter_feed(&p->pwc->cutter, bytes, len, err);
    if (p->pwc->error.code && err)
        *err = p->pwc->error;
    return p->pwc->error.code ? p->pwc->error.code : p->stopped ? p->stopped : result;
}

int pwc_finish(struct parser *p, struct error *err)
{
    return cutter_finish(&p->pwc->cutter, err);
}

void pwc_free(struct parser *p)
{
    if (!p->pwc)
        return;
    if (p->pwc->cutting)
        cutter_free(&p->pwc->cutter);
    free(p->pwc);
}
