/*
 * The fields that a person may set, as text and in a record.
 */
#include "carrel/edit.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <stddef.h>
#include <string.h>

#define FIELD_MAX 65536 /* bytes of one */

static const struct edit_field fields[] = {
    { "title", "as it is printed", offsetof(struct record, title), NULL },
    { "authors", "\"Given Family\", parted by semicolons", offsetof(struct record, authors), NULL },
    { "date", "2020, 2020-07 or 2020-07-05", offsetof(struct record, published), NULL },
    { "venue", "journal, conference or publisher", offsetof(struct record, venue), NULL },
    { "doi", "10.18653/v1/2020.acl-main.207 or its address", offsetof(struct record, doi), "doi" },
    { "arxiv", "2004.07180 or its address", offsetof(struct record, aliases), "arxiv" },
    { "abstract", "the words of its abstract", offsetof(struct record, abstract), NULL },
};

const struct edit_field *edit_field_at(size_t i)
{
    return i < ARRAY_LEN(fields) ? &fields[i] : NULL;
}

const struct edit_field *edit_field_find(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(fields); i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    return NULL;
}

static char **text_at(const struct record *record, const struct edit_field *field)
{
    return (char **)(void *)((char *)(uintptr_t)record + field->offset);
}

static struct text_list *list_at(const struct record *record, const struct edit_field *field)
{
    return (struct text_list *)(void *)((char *)(uintptr_t)record + field->offset);
}

static bool is_list(const struct edit_field *field)
{
    return field->offset == offsetof(struct record, authors)
           || field->offset == offsetof(struct record, aliases);
}

/* ---- out of a record ---- */

static char *joined(const struct text_list *list, struct arena *arena)
{
    struct str text = STR_INIT;
    char *value;

    text_list_join(&text, list, "; ");
    value = arena_strndup(arena, text.ptr, text.len);
    str_free(&text);
    return value;
}

/* Of the ids in the list the one of the field's scheme, without it. */
static char *number_among(const struct text_list *ids, const struct edit_field *field,
                          struct arena *arena)
{
    size_t len = strlen(field->scheme), i;

    for (i = 0; i < ids->len; i++)
        if (str_starts(ids->items[i], field->scheme) && ids->items[i][len] == ':')
            return arena_strdup(arena, ids->items[i] + len + 1);
    return arena_strdup(arena, "");
}

char *edit_value(const struct record *record, const struct edit_field *field, struct arena *arena)
{
    const char *text;

    if (is_list(field))
        return field->scheme ? number_among(list_at(record, field), field, arena)
                             : joined(list_at(record, field), arena);
    text = *text_at(record, field);
    return arena_strdup(arena, text ? text : "");
}

/* ---- into a record ---- */

static void set_authors(struct text_list *list, const char *value, struct arena *arena)
{
    struct str name = STR_INIT;

    *list = (struct text_list){ 0 };
    while (*value) {
        size_t len = strcspn(value, ";");

        str_clear(&name);
        utf8_squeeze(&name, value, len);
        if (name.len > 0)
            text_list_add(list, arena, name.ptr, name.len);
        value += len + (value[len] == ';');
    }
    str_free(&name);
}

static void set_number(struct text_list *ids, const struct edit_field *field, const char *number,
                       struct arena *arena)
{
    struct text_list kept = { 0 };
    size_t len = strlen(field->scheme), i;

    for (i = 0; i < ids->len; i++)
        if (!str_starts(ids->items[i], field->scheme) || ids->items[i][len] != ':')
            text_list_add(&kept, arena, ids->items[i], strlen(ids->items[i]));
    *ids = kept;
    if (*number) {
        char *id = arena_printf(arena, "%s:%s", field->scheme, number);

        text_list_add(ids, arena, id, strlen(id));
    }
}

/* Its canonical form: dates are checked, identifiers parsed, white space squeezed. */
static int canonical(char **out, const struct edit_field *field, const char *value,
                     struct arena *arena, struct error *err)
{
    struct str text = STR_INIT;
    struct ident ident;
    int result = ERR_OK;

    utf8_squeeze(&text, value, strlen(value));
    *out = arena_strndup(arena, text.ptr, text.len);
    str_free(&text);
    if (strlen(value) > FIELD_MAX)
        result = error_set(err, ERR_USAGE, "%s: more than 64 KiB", field->name);
    else if (**out && field->scheme) {
        if (!ident_parse(&ident, *out)
            || strcmp(ident_scheme_name(ident.scheme), field->scheme) != 0)
            result = error_set(err, ERR_USAGE, "%s: '%.100s' is none; it is written %s",
                               field->name, *out, field->help);
        else
            *out = arena_strdup(arena, ident.value);
    } else if (**out && field->offset == offsetof(struct record, published)
               && !date_parse(*out, NULL, NULL)) {
        result = error_set(err, ERR_USAGE, "%s: '%.100s' is no date; it is written %s", field->name,
                           *out, field->help);
    }
    return result;
}

int edit_set(struct record *record, const struct edit_field *field, const char *value,
             struct arena *arena, struct error *err)
{
    char *text;
    int result = canonical(&text, field, value, arena, err);

    if (result != ERR_OK)
        return result;
    if (!is_list(field))
        *text_at(record, field) = *text ? text : NULL;
    else if (field->scheme)
        set_number(list_at(record, field), field, text, arena);
    else
        set_authors(list_at(record, field), text, arena);
    return ERR_OK;
}
