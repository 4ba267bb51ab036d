/*
 * The form of a paper's fields: a line each, continued by lines that begin with a blank; lines that
 * begin with '#' are for the reader.
 */
#include "edit_form.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <string.h>

void edit_form_names(struct str *out)
{
    const struct edit_field *field;
    size_t i;

    for (i = 0; (field = edit_field_at(i)); i++)
        str_printf(out, "%s%s", i ? ", " : "", field->name);
}

/* A value of several lines goes on behind blanks. */
static void add_value(struct str *out, const char *value)
{
    while (*value) {
        size_t len = strcspn(value, "\n");

        str_add_mem(out, value, len);
        value += len + strspn(value + len, "\n");
        if (*value)
            str_add(out, "\n  ");
    }
}

/* What has no value stands apart: an empty line among full ones looks like a value that is empty.
 */
static void add_field(struct str *out, const struct edit_field *field, const char *value,
                      struct str *unset)
{
    if (!*value) {
        str_printf(unset, "%s:\n", field->name);
        return;
    }
    str_printf(out, "%s: ", field->name);
    add_value(out, value);
    str_add_char(out, '\n');
}

void edit_form_write(struct str *out, const struct record *record, const char *id,
                     const char *hints)
{
    struct arena *arena = arena_new();
    const struct edit_field *field;
    struct str unset = STR_INIT;
    size_t i;

    for (i = 0; (field = edit_field_at(i)); i++)
        add_field(out, field, edit_value(record, field, arena), &unset);
    if (unset.len > 0)
        str_printf(out, "\n# Nobody says these; write behind the colon:\n%s", unset.ptr);
    str_printf(out,
               "\n# %s. What you change goes before what its sources say;\n"
               "# a field that you empty is theirs again. It is written:\n",
               id);
    for (i = 0; (field = edit_field_at(i)); i++)
        str_printf(out, "#   %-9s %s\n", field->name, field->help);
    str_add(out, hints);
    str_free(&unset);
    arena_free(arena);
}

/* "field: value" -> the field, and where its value begins; NULL with a message: there is none. */
static const struct edit_field *field_of_line(const char **value, const char *line, size_t len,
                                              size_t number, struct error *err)
{
    size_t name = 0;
    char word[24];
    struct str names = STR_INIT;
    const struct edit_field *field = NULL;

    while (name < len && (isalnum((unsigned char)line[name]) || line[name] == '_'))
        name++;
    if (name < len && line[name] == ':' && name < sizeof word) {
        memcpy(word, line, name);
        word[name] = '\0';
        field = edit_field_find(word);
    }
    *value = line + name + (name < len); /* not behind the end of what has no colon */
    if (!field) {
        edit_form_names(&names);
        error_set(err, ERR_USAGE, "line %zu: '%.*s' is no field: a line is FIELD: VALUE, of %s",
                  number, (int)(len < 40 ? len : 40), line, names.ptr);
        str_free(&names);
    }
    return field;
}

/* Behind what is collected a change of it, if it is one. */
static void add_change(struct edit_change *changes, size_t *count, const struct edit_field *field,
                       struct str *value, const struct record *record, struct arena *arena)
{
    struct str new = STR_INIT, old = STR_INIT;
    const char *present = field ? edit_value(record, field, arena) : "";

    utf8_squeeze(&new, value->ptr, value->len);
    utf8_squeeze(&old, present, strlen(present));
    if (field && strcmp(new.ptr, old.ptr) != 0)
        changes[(*count)++] =
            (struct edit_change){ .field = field, .value = arena_strndup(arena, new.ptr, new.len) };
    str_clear(value);
    str_free(&new);
    str_free(&old);
}

int edit_form_read(struct edit_change **changes, size_t *count, const char *text,
                   const struct record *record, struct arena *arena, struct error *err)
{
    const struct edit_field *field = NULL;
    struct str value = STR_INIT;
    size_t number = 0, lines = 1, i;
    int result = ERR_OK;

    for (i = 0; text[i]; i++)
        lines += text[i] == '\n';
    *changes = arena_alloc(arena, (lines + 1) * sizeof **changes);
    *count = 0;
    while (*text && result == ERR_OK) {
        size_t len = strcspn(text, "\n");
        const char *at = text;

        number++;
        text += len + (text[len] == '\n');
        if (len == 0 || at[0] == '#' || strspn(at, " \t\r") >= len)
            continue;
        if (at[0] != ' ' && at[0] != '\t') {
            add_change(*changes, count, field, &value, record, arena);
            field = field_of_line(&at, at, len, number, err);
            len = (size_t)(strchrnul(at, '\n') - at);
            result = field ? ERR_OK : ERR_USAGE;
        }
        if (result == ERR_OK) {
            str_add_char(&value, ' ');
            str_add_mem(&value, at, len);
        }
    }
    if (result == ERR_OK)
        add_change(*changes, count, field, &value, record, arena);
    str_free(&value);
    return result;
}
