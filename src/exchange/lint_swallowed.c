/*
 * A value that goes on into what was meant as the next fields, since its closing bracket is
 * missing: where, and what these are. Of a title that has swallowed only what can be said of a
 * paper by an edit, nothing is lost when it is cut there.
 */
#include "lint.h"

#include "carrel/bibname.h"
#include "carrel/clock.h"
#include "carrel/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- where ---- */

/* The length of the name of a field that ends before `at`, 0: there is none. */
static size_t field_before(const char *text, const char *at)
{
    static const char *const names[] = {
        "abstract",    "address", "author",       "booktitle", "date",         "doi",      "editor",
        "institution", "isbn",    "issn",         "journal",   "journaltitle", "keywords", "month",
        "note",        "number",  "organization", "pages",     "publisher",    "school",   "series",
        "title",       "url",     "volume",       "year"
    };
    const char *from = at;
    size_t i;

    while (from > text && isalpha((unsigned char)from[-1]))
        from--;
    for (i = 0; i < ARRAY_LEN(names); i++)
        if (strlen(names[i]) == (size_t)(at - from)
            && strncasecmp(names[i], from, strlen(names[i])) == 0)
            return strlen(names[i]);
    return 0;
}

/* As a field's value is written. A number ends there: prose has words behind "volume = 3". */
static bool value_begins(const char *at, bool behind_comma)
{
    const char *end = at + strspn(at, "0123456789");

    if (end == at || !behind_comma)
        return *at == '{' || *at == '"';
    end += strspn(end, " ");
    return *end == '\0' || *end == ',' || *end == '}';
}

/* <a title="..."> */
static bool within_tag(const char *text, const char *at)
{
    const char *open = memrchr(text, '<', (size_t)(at - text));

    return open && isalpha((unsigned char)open[1]) && !memchr(open, '>', (size_t)(at - open));
}

/* "Foo, journal = {Bar}": behind a comma what follows the sign may be a number, too. */
const char *lint_swallowed(const char *value, size_t *len)
{
    const char *sign, *name, *before;

    for (sign = strchr(value, '='); sign; sign = strchr(sign + 1, '=')) {
        const char *next = sign + 1 + strspn(sign + 1, " ");

        for (name = sign; name > value && name[-1] == ' ';)
            name--;
        *len = field_before(value, name);
        name -= *len;
        for (before = name; before > value && before[-1] == ' ';)
            before--;
        if (*len == 0 || before == value || (before[-1] != ',' && before == name))
            continue;
        if (value_begins(next, before[-1] == ',') && !within_tag(value, name))
            return name;
    }
    return NULL;
}

/* ---- what ---- */

/* From behind the sign to behind the value; NULL: it has no end. */
static const char *value_end(const char *at)
{
    int depth = 0;

    if (*at == '"') {
        at = strchr(at + 1, '"');
        return at ? at + 1 : NULL;
    }
    if (*at != '{')
        return at + strcspn(at, ", }");
    for (; *at; at++) {
        if (*at == '\\' && at[1])
            at++;
        else if (*at == '{')
            depth++;
        else if (*at == '}' && --depth == 0)
            return at + 1;
    }
    return NULL;
}

/* NAME = VALUE, with the comma behind it; false: something else stands there. */
static bool tail_next(const char **at, struct arena *arena, struct citation *tail)
{
    const char *name = *at, *from, *to;
    size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"), i;
    char *word = arena_strndup(arena, name, len), *value;

    from = name + len + strspn(name + len, " \n\t");
    if (len == 0 || *from != '=')
        return false;
    from++;
    from += strspn(from, " \n\t");
    to = value_end(from);
    if (!to || to == from)
        return false;
    value = *from == '{' || *from == '"' ? arena_strndup(arena, from + 1, (size_t)(to - from) - 2)
                                         : arena_strndup(arena, from, (size_t)(to - from));
    for (i = 0; i < len; i++)
        word[i] = (char)tolower((unsigned char)word[i]);
    citation_add(tail, arena, word, value);
    *at = to + strspn(to, " \n\t,");
    return true;
}

bool lint_tail(struct citation *tail, struct arena *arena, const char *name)
{
    *tail = (struct citation){ .type = "", .key = "" };
    while (*name && tail_next(&name, arena, tail))
        ;
    return *name == '\0';
}

/* ---- as edits ---- */

static bool as_text(struct str *out, struct arena *arena, const char *value)
{
    (void)arena;
    text_from_latex(out, value);
    return out->len > 0;
}

static bool as_date(struct str *out, struct arena *arena, const char *value)
{
    (void)arena;
    str_add(out, value);
    return date_parse(value, NULL, NULL);
}

static bool as_doi(struct str *out, struct arena *arena, const char *value)
{
    struct ident ident;

    (void)arena;
    if (!ident_parse(&ident, value) || ident.scheme != ID_DOI)
        return false;
    str_add(out, ident.value);
    return true;
}

static bool as_authors(struct str *out, struct arena *arena, const char *value)
{
    const char *one;
    size_t len;
    bool all = true;

    while (bib_names_next(&value, &one, &len)) {
        struct bib_name name;

        bib_name_parse(&name, arena, one, len);
        all &= !name.others;
        str_add(out, out->len ? "; " : "");
        bib_name_plain(out, &name);
    }
    return all && out->len > 0;
}

const char *lint_tail_edit(struct arena *arena, const struct citation_field *field, char **value)
{
    static const struct {
        const char *field, *edit;
        bool (*as)(struct str *out, struct arena *arena, const char *value);
    } rows[] = { { "journal", "venue", as_text },    { "journaltitle", "venue", as_text },
                 { "booktitle", "venue", as_text },  { "year", "date", as_date },
                 { "date", "date", as_date },        { "doi", "doi", as_doi },
                 { "author", "authors", as_authors } };
    struct str text = STR_INIT;
    const char *edit = NULL;
    size_t i;

    for (i = 0; i < ARRAY_LEN(rows) && !edit; i++)
        if (strcmp(rows[i].field, field->name) == 0 && rows[i].as(&text, arena, field->value))
            edit = rows[i].edit;
    *value = arena_strdup(arena, text.ptr);
    str_free(&text);
    return edit;
}
