/*
 * CSL-JSON: an array of items (or one, or several one behind the other), of any size, cut into its
 * elements as it comes. Members that an entry has no field for are kept as they are ("csl:custom")
 * and written again.
 */
#include "csl.h"

#include "cited.h"
#include "cutter.h"

#include "carrel/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CSL_ITEM_MAX (4u << 20)

struct csl {
    struct cutter cutter;
    struct arena *arena;
};

/* ---- values ---- */

static void keep_raw(struct citation *entry, struct arena *arena, const char *member,
                     const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);

    if (text && entry->len < CITED_FIELDS && strlen(member) < 100 && !strpbrk(member, " \n\t"))
        citation_add(entry, arena, arena_printf(arena, "csl:%s", member), text);
    free(text);
}

/* A text, or a number as one; NULL: neither. */
static const char *csl_text(struct arena *arena, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        return arena_printf(arena, "%lld", (long long)json_integer_value(value));
    return NULL;
}

/* "A; B" are two for biblatex; an "and" within a name is kept from being one. */
static void add_list(struct citation *entry, struct arena *arena, const char *field,
                     const char *member, const json_t *value)
{
    struct citation one = { 0 };
    struct str list = STR_INIT;
    const char *at, *tex;
    size_t parts = 0;

    cited_add_plain(&one, arena, field, csl_text(arena, value));
    tex = citation_get(&one, field);
    for (at = tex ? tex : ""; *at;) {
        const char *end = strstr(at, "; ");
        size_t len = end ? (size_t)(end - at) : strlen(at);

        parts++;
        str_printf(&list, "%s%s", list.len ? " and " : "",
                   bib_list_guard(arena, arena_strndup(arena, at, len)));
        at += end ? len + 2 : len;
    }
    if (list.len > 0 && entry->len < CITED_FIELDS)
        citation_add(entry, arena, field, list.ptr);
    if (parts > 1 && strcmp(field, "location") != 0) /* an "and" between firms may be of a name */
        keep_raw(entry, arena, member, value);
    str_free(&list);
}

/* ---- names ---- */

static char *name_part(struct arena *arena, const json_t *person, const char *member)
{
    const char *text = json_string_value(json_object_get(person, member));
    char *clean = text ? cited_value(arena, text, strlen(text)) : NULL;
    struct str tex = STR_INIT;
    char *kept;

    if (clean)
        text_to_latex(&tex, clean);
    kept = strcmp(member, "literal") == 0 ? arena_strdup(arena, tex.ptr)
                                          : bib_name_guard(arena, tex.ptr);
    str_free(&tex);
    return kept;
}

static void add_person(struct str *list, struct arena *arena, const json_t *person)
{
    const char *literal = name_part(arena, person, "literal");
    const char *dropping = name_part(arena, person, "dropping-particle");
    struct bib_name name = { .first = name_part(arena, person, "given"),
                             .von = name_part(arena, person, "non-dropping-particle"),
                             .last = name_part(arena, person, "family"),
                             .jr = name_part(arena, person, "suffix") };

    if (*literal && !*name.last) {
        name.last = arena_strdup(arena, literal);
        name.body = true;
    }
    if (*dropping)
        name.von = arena_printf(arena, "%s%s%s", dropping, *name.von ? " " : "", name.von);
    if (!*name.last) {
        name.last = name.first;
        name.first = arena_strdup(arena, "");
    }
    if (!*name.first && !*name.von && !*name.jr && strpbrk(name.last, " ~{")) /* as it is */
        name.body = true;
    if (*name.last)
        bib_name_add(list, &name);
}

/* False when a person has more than an entry's names can hold. */
static bool person_plain(const json_t *person)
{
    static const char *const known[] = { "given", "family", "suffix", "non-dropping-particle",
                                         "literal" };
    const char *member;
    json_t *value;
    size_t i;

    json_object_foreach((json_t *)(uintptr_t)person, member, value)
    {
        for (i = 0; i < ARRAY_LEN(known) && strcmp(known[i], member) != 0; i++)
            ;
        if (i == ARRAY_LEN(known) || !json_is_string(value))
            return false;
    }
    return true;
}

static void add_names(struct citation *entry, struct arena *arena, const char *field,
                      const char *member, const json_t *people)
{
    struct str list = STR_INIT;
    bool plain = true;
    size_t i;

    for (i = 0; i < json_array_size(people) && i < AUTHORS_MAX; i++) {
        add_person(&list, arena, json_array_get(people, i));
        plain &= person_plain(json_array_get(people, i));
    }
    if (list.len > 0)
        citation_add(entry, arena, field, list.ptr);
    if (!plain)
        keep_raw(entry, arena, member, people);
    str_free(&list);
}

/* ---- dates ---- */

static long date_number(const json_t *value)
{
    const char *text = json_string_value(value);
    long number = json_is_integer(value) ? (long)json_integer_value(value) : 0;

    if (text && !str_to_long(text, -9999, 9999, &number))
        number = 0;
    return number >= -9999 && number <= 9999 ? number : 0;
}

static bool date_part(struct str *out, const json_t *part)
{
    long year = date_number(json_array_get(part, 0)), month = date_number(json_array_get(part, 1));
    long day = date_number(json_array_get(part, 2));

    if (!year || month < 0 || month > 12 || day < 0 || day > 31)
        return false;
    str_printf(out, "%s%04ld", year < 0 ? "-" : "", labs(year));
    if (month)
        str_printf(out, "-%02ld", month);
    if (month && day)
        str_printf(out, "-%02ld", day);
    return true;
}

static void add_date(struct citation *entry, struct arena *arena, const char *field,
                     const char *member, const json_t *value)
{
    const json_t *parts = json_object_get(value, "date-parts");
    const char *raw = json_string_value(json_object_get(value, "raw"));
    struct str date = STR_INIT;
    char day[16];
    bool good = json_array_size(parts) > 0 && date_part(&date, json_array_get(parts, 0));

    if (good && json_array_size(parts) > 1) {
        const json_t *end = json_array_get(parts, 1);

        str_add_char(&date, '/');
        if (date_number(json_array_get(end, 0)) != 0 || json_array_size(end) == 0)
            good = date_part(&date, end); /* else it has no end */
    }
    if (!parts && raw && citation_day(day, raw)) {
        str_add(&date, day);
        good = true;
    }
    if (good)
        citation_add(entry, arena, field, date.ptr);
    if (!good || json_object_size(value) > 1 || raw)
        keep_raw(entry, arena, member, value);
    str_free(&date);
}

/* ---- items ---- */

static void add_member(struct citation *entry, struct arena *arena, const struct csl_member *row,
                       const json_t *value)
{
    const char *field = row->field, *text = csl_text(arena, value);

    if (row->way == CSL_NAMES && json_is_array(value))
        add_names(entry, arena, field, row->member, value);
    else if (row->way == CSL_DATE && json_is_object(value))
        add_date(entry, arena, field, row->member, value);
    else if (!text || citation_get(entry, field))
        keep_raw(entry, arena, row->member, value);
    else if (row->way == CSL_RICH)
        cited_add_rich(entry, arena, field, text);
    else if (row->way == CSL_PAGES)
        cited_add_pages(entry, arena, text);
    else if (row->way == CSL_LIST)
        add_list(entry, arena, field, row->member, value);
    else
        cited_add_plain(entry, arena, field, text);
}

static void csl_container(struct citation *entry, struct arena *arena, const json_t *value)
{
    const char *text = csl_text(arena, value);
    const char *field = citation_inside(entry->type) ? "booktitle" : "journaltitle";

    if (text)
        cited_add_rich(entry, arena, field, text);
    else
        keep_raw(entry, arena, "container-title", value);
}

static void csl_member(struct citation *entry, struct arena *arena, const char *member,
                       const json_t *value)
{
    const struct csl_member *row;
    size_t i;

    if (strcmp(member, "id") == 0 || strcmp(member, "type") == 0)
        return;
    if (strcmp(member, "container-title") == 0) {
        csl_container(entry, arena, value);
        return;
    }
    /* Articles are in an issue, all else has a number; where it is the other way round, as it is.
     */
    if (strcmp(member, strcmp(entry->type, "article") == 0 ? "number" : "issue") == 0) {
        keep_raw(entry, arena, member, value);
        return;
    }
    for (i = 0; (row = citation_csl_member(i)); i++)
        if (row->when != CSL_WRITE && strcmp(row->member, member) == 0) {
            add_member(entry, arena, row, value);
            return;
        }
    keep_raw(entry, arena, member, value);
}

/* Of a book the number is the one in its series. */
static void csl_series(struct citation *entry, struct arena *arena)
{
    const char *number = citation_get(entry, "collectionnumber");

    if (!number || citation_get(entry, "number") || !citation_in_series(entry))
        return;
    citation_set(entry, arena, "number", number);
    citation_set(entry, arena, "collectionnumber", NULL);
}

/* A thesis and a report have no publisher but where they were written. */
static void csl_settle(struct citation *entry, struct arena *arena)
{
    const char *publisher = citation_get(entry, "publisher");
    const char *country = citation_get(entry, "jurisdiction");

    if (country && strcmp(entry->type, "patent") == 0 && !citation_get(entry, "location")) {
        citation_set(entry, arena, "location", country); /* biblatex's word for it */
        citation_set(entry, arena, "jurisdiction", NULL);
    }
    if (publisher && (strcmp(entry->type, "thesis") == 0 || strcmp(entry->type, "report") == 0)) {
        citation_set(entry, arena, "institution", publisher);
        citation_set(entry, arena, "publisher", NULL);
    }
}

static void csl_bad(void *ctx, long line, const char *why)
{
    record_reject(ctx, line, why);
}

static struct csl *csl_of(struct parser *p)
{
    struct cutter_sink sink = { .ctx = p, .element = csl_element, .bad = csl_bad };

    if (!p->csl) {
        p->csl = mem_zalloc(sizeof *p->csl);
        p->csl->arena = arena_new();
        cutter_init(&p->csl->cutter, CSL_ITEM_MAX, &sink);
        p->csl->cutter.line += p->line_number;
    }
    return p->csl;
}

bool csl_is_item(const json_t *item)
{
    return json_is_string(json_object_get(item, "type"))
           && (json_object_get(item, "id") || json_object_get(item, "issued")
               || json_is_array(json_object_get(item, "author")));
}

int csl_element(void *ctx, const char *bytes, size_t len, long line)
{
    struct parser *p = ctx;
    struct arena *arena = csl_of(p)->arena;
    struct citation entry = { .key = "" };
    json_error_t why;
    json_t *item = json_loadb(bytes, len, 0, &why), *value;
    const char *member, *type, *key;

    if (!json_is_object(item)) {
        record_reject(p, line, item ? "not a JSON object" : "not JSON");
        json_decref(item);
        return p->stopped ? 1 : 0;
    }
    arena_reset(arena);
    type = csl_text(arena, json_object_get(item, "type"));
    key = csl_text(arena, json_object_get(item, "id"));
    entry.type = citation_of_csl(type ? type : "document");
    entry.key = key ? cited_value(arena, key, strlen(key)) : "";
    if (!entry.key)
        entry.key = "";
    if (type && strcmp(citation_csl(entry.type), type) != 0)
        keep_raw(&entry, arena, "type", json_object_get(item, "type"));
    json_object_foreach(item, member, value) csl_member(&entry, arena, member, value);
    csl_settle(&entry, arena);
    csl_series(&entry, arena);
    json_decref(item);
    cited_emit(p, &entry, "csl", line);
    return p->stopped ? 1 : 0;
}

void csl_free(struct parser *p)
{
    if (!p->csl)
        return;
    cutter_free(&p->csl->cutter);
    arena_free(p->csl->arena);
    free(p->csl);
}

int csl_feed(struct parser *p, const char *bytes, size_t len, struct error *err)
{
    if (p->pwc) /* it was found out by its first item, and goes on there */
        return pwc_feed(p, bytes, len, err);
    return cutter_feed(&csl_of(p)->cutter, bytes, len, err);
}

int csl_finish(struct parser *p, struct error *err)
{
    return p->pwc ? pwc_finish(p, err) : cutter_finish(&csl_of(p)->cutter, err);
}
