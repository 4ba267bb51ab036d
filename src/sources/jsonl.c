/*
 * JSONL: carrel's interchange record, one JSON object a line. Only the title is required. A line
 * that is not understood is rejected and the next one read; types are taken tolerantly (one author
 * as a string, an id without scheme), since people write such files by hand.
 */
#include "pwc.h"

#include "carrel/clock.h"
#include "carrel/credit.h"
#include "carrel/utf8.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define UNKNOWN_MAX 20   /* names of fields that are told */
#define UNKNOWN_BYTES 60 /* of one; a longer one is no slip of the pen */

static char *jsonl_text(struct parser *p, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    return json_is_string(value) ? field_squeeze(p, json_string_value(value)) : NULL;
}

static void jsonl_list(struct parser *p, const json_t *object, const char *key,
                       struct text_list *list, size_t most)
{
    const json_t *value = json_object_get(object, key);
    size_t i, count = json_is_array(value) ? json_array_size(value) : 1;

    for (i = 0; i < count && i < most; i++) {
        const json_t *item = json_is_array(value) ? json_array_get(value, i) : value;
        char *text = json_is_string(item) ? field_squeeze(p, json_string_value(item)) : NULL;

        if (text)
            text_list_add(list, p->arena, text, strlen(text));
    }
}

/* One comma, and one word before it: "Lovelace, Ada". */
static bool jsonl_family_first(const char *name)
{
    const char *comma = strchr(name, ',');

    return comma && !strchr(comma + 1, ',') && !memchr(name, ' ', (size_t)(comma - name));
}

/* Notes keep their lines. */
static void jsonl_notes(struct parser *p, const json_t *object)
{
    const json_t *value = json_object_get(object, "notes");
    size_t i;

    for (i = 0; i < json_array_size(value) && i < 1000; i++) {
        const json_t *item = json_array_get(value, i);
        struct str clean = STR_INIT;

        if (json_is_string(item)) {
            utf8_clean(&clean, json_string_value(item), json_string_length(item));
            str_trim(&clean);
            if (clean.len)
                text_list_add(&p->record.notes, p->arena, clean.ptr, clean.len);
        }
        str_free(&clean);
    }
}

/* All in one string: "A B, C D and E F", or BibTeX's "B, A and D, C". */
static void jsonl_author_text(struct parser *p, const char *text)
{
    char *list = field_squeeze(p, text), *at, *end;

    if (!list)
        return;
    for (at = list; at; at = end ? end + 5 : NULL) {
        end = strstr(at, " and ");
        if (end)
            *end = '\0';
        if ((end || at != list) && jsonl_family_first(at))
            field_author(p, at, true);
        else
            field_author_list(p, at, false);
    }
}

static void jsonl_authors(struct parser *p, const json_t *object)
{
    const json_t *value = json_object_get(object, "authors");
    size_t i;

    if (json_is_string(value))
        jsonl_author_text(p, json_string_value(value));
    for (i = 0; i < json_array_size(value); i++) {
        const json_t *item = json_array_get(value, i);

        if (json_is_object(item))
            item = json_object_get(item, "name");
        if (json_is_string(item))
            field_author(p, json_string_value(item), false);
    }
}

/* A date that says nothing would be lost without a word: "yesterday", month 13. */
static bool jsonl_date_bad(const json_t *object, const char *key, const char *read)
{
    const json_t *value = json_object_get(object, key);

    return !read && value && !json_is_null(value)
           && !(json_is_string(value) && str_blank(json_string_value(value)));
}

static char *jsonl_date(struct parser *p, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    char year[24];

    if (json_is_integer(value)) {
        snprintf(year, sizeof year, "%lld", (long long)json_integer_value(value));
        return field_time(p, year);
    }
    return json_is_string(value) ? field_time(p, json_string_value(value)) : NULL;
}

/* "attribution": those that carrel knows go on with the data. */
static void jsonl_credits(struct parser *p, const json_t *object)
{
    const json_t *list = json_object_get(object, "attribution");
    size_t i;

    for (i = 0; i < json_array_size(list) && p->record.credits.len < 20; i++) {
        const char *name = json_string_value(json_object_get(json_array_get(list, i), "name"));

        if (name && credit_find(name))
            text_list_add(&p->record.credits, p->arena, name, strlen(name));
    }
}

/* "aliases": further ids of the same paper; what is none is left out. */
static void jsonl_aliases(struct parser *p, const json_t *object)
{
    const json_t *list = json_object_get(object, "aliases");
    size_t i;

    for (i = 0; i < json_array_size(list); i++)
        if (json_is_string(json_array_get(list, i)))
            field_alias(p, json_string_value(json_array_get(list, i)));
}

/* What is no version is left out. */
static void jsonl_versions(struct parser *p, const json_t *object)
{
    const json_t *list = json_object_get(object, "versions");
    size_t i;

    for (i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        json_int_t number = json_integer_value(json_object_get(item, "version"));
        struct record_version version = { .number = number > 0 && number < 1000 ? (int)number : 0,
                                          .at = jsonl_date(p, item, "at"),
                                          .size = jsonl_text(p, item, "size") };

        if (version.number > 0 || version.at)
            record_version_add(&p->record.versions, p->arena, &version);
    }
}

/* Fills the record; NULL, or why it cannot be one. */
static const char *jsonl_record(struct parser *p, const json_t *object)
{
    const json_t *abstract = json_object_get(object, "abstract");
    const json_t *source = json_object_get(object, "id");
    char *id, *state;

    if (json_is_string(json_object_get(object, "title")))
        p->record.title = field_title(p, json_string_value(json_object_get(object, "title")));
    if (!p->record.title)
        return "no title (\"title\" must be a string that is not empty)";
    id = jsonl_text(p, object, "id");
    if (json_is_string(source) && id && !field_id(p, id))
        return "the id is none that carrel knows (arxiv:…, doi:…, hf:…, repo:…, file:…, local:…)";
    if (source && !json_is_string(source) && !json_is_null(source))
        return "the id must be a string";
    if (json_is_string(abstract))
        p->record.abstract = field_abstract(p, json_string_value(abstract));
    jsonl_authors(p, object);
    jsonl_list(p, object, "categories", &p->record.categories, 200);
    p->record.published = jsonl_date(p, object, "published");
    p->record.updated = jsonl_date(p, object, "updated");
    if (jsonl_date_bad(object, "published", p->record.published)
        || jsonl_date_bad(object, "updated", p->record.updated))
        return "published or updated is no date (2024, 2024-03, 2024-03-01 or RFC 3339)";
    jsonl_versions(p, object);
    p->record.doi = jsonl_text(p, object, "doi");
    p->record.venue = jsonl_text(p, object, "venue");
    p->record.comment = jsonl_text(p, object, "comment");
    p->record.url = jsonl_text(p, object, "url");
    p->record.pdf_url = jsonl_text(p, object, "pdf_url");
    jsonl_list(p, object, "code_urls", &p->record.code_urls, 200);
    jsonl_list(p, object, "tasks", &p->record.tasks, 200);
    jsonl_list(p, object, "methods", &p->record.methods, 200);
    jsonl_credits(p, object);
    jsonl_list(p, object, "tags", &p->record.tags, 200);
    jsonl_notes(p, object);
    state = jsonl_text(p, object, "state");
    if (state && !read_state_from(&p->record.state, state))
        return "state is none of unread, read, later, skip";
    p->record.starred = json_is_true(json_object_get(object, "starred"));
    if (p->record.doi)
        field_alias(p, p->record.doi);
    jsonl_aliases(p, object);
    return NULL;
}

/* Metrics and links are written by an export, and not read. */
static const char *const jsonl_fields[] = {
    "id",      "title",   "abstract", "authors", "categories", "published",   "updated", "doi",
    "venue",   "comment", "url",      "pdf_url", "tags",       "code_urls",   "notes",   "tasks",
    "methods", "aliases", "state",    "starred", "metrics",    "attribution", "links",   "versions",
};

static bool jsonl_knows(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(jsonl_fields); i++)
        if (strcmp(jsonl_fields[i], name) == 0)
            return true;
    return false;
}

/* What would be lost without a word: a field by another name. */
static void jsonl_unknown(struct parser *p, json_t *object)
{
    const char *name;
    json_t *value;
    size_t i;

    json_object_foreach(object, name, value)
    {
        if (jsonl_knows(name))
            continue;
        for (i = 0; i < p->unknown_len && strcmp(p->unknown[i].name, name) != 0; i++)
            ;
        if (i < p->unknown_len) {
            p->unknown[i].more++;
        } else if (p->unknown_len < UNKNOWN_MAX && strlen(name) < UNKNOWN_BYTES) {
            struct unknown_field field = { mem_strdup(name), p->line_number, 0 };

            VEC_PUSH(p->unknown, p->unknown_len, p->unknown_cap, field);
        }
    }
}

static void jsonl_tell_unknown(struct parser *p)
{
    struct str name = STR_INIT;
    size_t i;

    for (i = 0; i < p->unknown_len && p->sink.unknown; i++) {
        str_clear(&name);
        utf8_squeeze(&name, p->unknown[i].name, strlen(p->unknown[i].name));
        p->sink.unknown(p->sink.ctx, name.ptr, p->unknown[i].line, p->unknown[i].more);
    }
    str_free(&name);
}

/* carrel's own lines have a title; of the archive's only those that name their page have one. */
static bool jsonl_foreign(const json_t *object)
{
    return json_object_get(object, "paper_url") || !json_object_get(object, "title");
}

static void jsonl_line(struct parser *p, const char *line, size_t len)
{
    json_error_t why;
    json_t *object;
    const char *bad;
    char message[256];

    p->line_number++;
    while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == ' '))
        len--;
    while (len > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        len--;
    }
    if (len == 0)
        return;
    if (len == 1 && *line == '{' && p->asked_auto && !p->any_line) {
        p->not_lines = true;
        return;
    }
    p->any_line = true;
    object = json_loadb(line, len, JSON_REJECT_DUPLICATES, &why);
    if (!object) {
        snprintf(message, sizeof message, "not JSON: %s (column %d)",
                 json_error_code(&why) == json_error_null_character ? "a text holds \\u0000"
                                                                    : why.text,
                 why.column);
        record_reject(p, p->line_number, message);
        return;
    }
    if (!json_is_object(object)) {
        json_decref(object);
        record_reject(p, p->line_number, "not a JSON object");
        return;
    }
    if (p->asked_auto && pwc_is_row(object) && jsonl_foreign(object)) { /* the archive, converted */
        pwc_row(p, object, p->line_number);
        json_decref(object);
        return;
    }
    record_begin(p, "jsonl", p->line_number);
    bad = jsonl_record(p, object);
    if (p->sink.unknown && !bad)
        jsonl_unknown(p, object);
    json_decref(object);
    if (bad)
        record_reject(p, p->line_number, bad);
    else
        record_emit(p);
}

int jsonl_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    while (len > 0 && !p->stopped) {
        const char *end = memchr(bytes, '\n', len);
        size_t part = end ? (size_t)(end - bytes) : len;

        if (!p->skipping && p->line.len + part > LINE_MAX_BYTES) {
            record_reject(p, p->line_number + 1, "the line is longer than 16 MiB");
            str_clear(&p->line);
            p->skipping = true;
        }
        if (!end) {
            if (!p->skipping)
                str_add_mem(&p->line, bytes, part);
            return ERR_OK;
        }
        if (p->skipping) {
            p->skipping = false;
            p->line_number++;
        } else if (p->line.len > 0) {
            str_add_mem(&p->line, bytes, part);
            jsonl_line(p, p->line.ptr, p->line.len);
            str_clear(&p->line);
        } else {
            jsonl_line(p, bytes, part);
        }
        if (p->not_lines)
            return error_set(err, ERR_PARSE,
                             "a JSON document over several lines; carrel reads "
                             "JSONL, one object on each line");
        bytes += part + 1;
        len -= part + 1;
    }
    return ERR_OK;
}

int jsonl_finish(struct parser *p, struct error *err)
{
    (void)err;
    if (p->line.len > 0 && !p->stopped)
        jsonl_line(p, p->line.ptr, p->line.len);
    str_clear(&p->line);
    jsonl_tell_unknown(p);
    return ERR_OK;
}
