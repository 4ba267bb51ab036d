/*
 * A value that goes on into what was meant as the next fields, since its closing bracket is
 * missing: where, and what these are. Of a title that has swallowed only what can be said of a
 * paper by an edit, nothing is lost when it is cut there.
 */
#include "bibliography.h"
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
static const char *swallowed(const char *value, size_t *len)
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

static bool tail_read(struct citation *tail, struct arena *arena, const char *name)
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

/* ---- the rule ---- */

/* The names of the fields in the tail: "journal, year". */
static char *tail_names(const struct linting *l, const struct citation *tail)
{
    char *names = arena_strdup(l->arena, "");
    size_t i;

    for (i = 0; i < tail->len; i++)
        names = arena_printf(l->arena, "%s%s%.40s", names, i ? ", " : "", tail->fields[i].name);
    return names;
}

/* What the paper has already needs no edit; of two values of one kind only one could be kept. */
static bool is_said(const struct linting *l, const char *edit)
{
    const struct record *r = l->paper->record;

    return strcmp(edit, "venue") == 0  ? r->venue != NULL
           : strcmp(edit, "date") == 0 ? r->published != NULL
           : strcmp(edit, "doi") == 0  ? r->doi != NULL
                                       : r->authors.len > 0;
}

/* Can edits say all of the tail, so that nothing of it is lost? */
static bool tail_is_kept(const struct linting *l, const struct citation *tail)
{
    const struct citation *entry = l->paper->entry;
    /* a journal is written where the entry has a place for it, and nothing in it */
    const char *place = citation_venue(entry) ? NULL : bibliography_place(entry->type), *edits[8];
    size_t i, k;
    char *value;

    if (tail->len > ARRAY_LEN(edits))
        return false;
    for (i = 0; i < tail->len; i++) {
        edits[i] = lint_tail_edit(l->arena, &tail->fields[i], &value);
        if (!edits[i]
            || (strcmp(edits[i], "venue") == 0 && !(place && place[0] == tail->fields[i].name[0])))
            return false;
        for (k = 0; k < i; k++)
            if (strcmp(edits[k], edits[i]) == 0)
                return false;
    }
    return true;
}

/* A title is cut there, unless it has been mended already, or more would be lost than edits say. */
static void swallowed_title(const struct linting *l, const char *value, const char *name,
                            size_t len)
{
    const char *title = l->paper->record->title ? l->paper->record->title : "", *edit;
    struct str plain = STR_INIT;
    struct citation tail;
    bool whole = tail_read(&tail, l->arena, name);
    char *names, *kept;
    size_t i;

    text_from_latex(&plain, arena_strndup(l->arena, value, (size_t)(name - value)));
    while (plain.len > 0 && strchr(" ,", plain.ptr[plain.len - 1]))
        str_cut(&plain, plain.len - 1);
    if (plain.len == 0 || strlen(title) <= plain.len || !str_starts(title, plain.ptr))
        goto out;
    names = tail.len ? tail_names(l, &tail) : arena_strndup(l->arena, name, len);
    if (!whole || !tail_is_kept(l, &tail)) {
        lint_found(
            l,
            arena_printf(l->arena,
                         "title has swallowed %s: the bracket that closes it is missing behind "
                         "'%.60s'; mend the file and import it again",
                         names, plain.ptr),
            NULL, NULL);
        goto out;
    }
    lint_found(
        l, arena_printf(l->arena, "title has swallowed %s: its closing bracket is missing", names),
        "title", arena_strdup(l->arena, plain.ptr));
    for (i = 0; i < tail.len; i++) {
        edit = lint_tail_edit(l->arena, &tail.fields[i], &kept);
        if (!is_said(l, edit))
            lint_found(l, arena_printf(l->arena, "its %.40s is in the title", tail.fields[i].name),
                       edit, kept);
    }
out:
    str_free(&plain);
}

void lint_rule_swallowed(const struct linting *l)
{
    const struct citation *entry = l->paper->entry;
    size_t i, len;

    for (i = 0; entry && i < entry->len; i++) {
        const struct citation_field *field = &entry->fields[i];
        const char *name = strchr(field->name, ':') ? NULL : swallowed(field->value, &len);

        if (name && strcmp(field->name, "title") == 0)
            swallowed_title(l, field->value, name, len);
        else if (name)
            lint_found(l,
                       arena_printf(l->arena,
                                    "%.40s has swallowed %.*s: its closing bracket is missing",
                                    lint_field(field->name), (int)len, name),
                       NULL, NULL);
    }
}
