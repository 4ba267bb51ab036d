/*
 * The rules of lint on what an entry of a bibliography says, as it was written: a record has only
 * what could be read of that. "": nothing is wrong.
 */
#include "lint.h"

#include "carrel/bibname.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MACRO_LETTERS 12

const char *lint_field(const char *name)
{
    return strcmp(name, "journaltitle") == 0 ? "journal" : name;
}

const char *lint_entry_year(struct arena *arena, const struct citation *entry)
{
    const char *year = citation_get(entry, "year");

    if (!year || (strlen(year) == 4 && strspn(year, "0123456789") == 4))
        return NULL;
    return arena_printf(arena, "the year '%.40s' has not four digits", year);
}

/* "126--31" is 126 to 131, "26-1" runs backwards; what is no plain number ("e12", "S3") is let be.
 */
const char *lint_entry_pages(struct arena *arena, const struct citation *entry)
{
    const char *pages = citation_get(entry, "pages"), *at = pages;
    size_t first, second;
    long from, to, unit = 1;

    if (!pages)
        return NULL;
    first = strspn(at, "0123456789");
    at += first;
    if (first == 0 || first > 8 || *at != '-')
        return NULL;
    at += strspn(at, "-");
    second = strspn(at, "0123456789");
    if (second == 0 || second > 8 || (at[second] && !strchr(" ,;", at[second])))
        return NULL;
    from = strtol(pages, NULL, 10);
    to = strtol(at, NULL, 10);
    while (second-- > 0)
        unit *= 10;
    if (to < from && unit <= from)
        to += from / unit * unit;
    return to < from ? arena_printf(arena, "the pages '%.40s' run backwards", pages) : NULL;
}

const char *lint_entry_type(struct arena *arena, const struct citation *entry)
{
    return citation_type_known(entry->type)
               ? NULL
               : arena_printf(arena, "there is no type @%.40s", entry->type);
}

/* "may~2", "jan # feb" and numbers name one. */
const char *lint_entry_month(struct arena *arena, const struct citation *entry)
{
    const char *month = citation_get(entry, "month"), *at = month;

    while (at && *at) {
        size_t len = strcspn(at, " ~/-,;.{}\\#");
        char *word = arena_strndup(arena, at, len);

        if (len > 0 && citation_month(word))
            return NULL;
        at += len;
        at += strspn(at, " ~/-,;.{}\\#");
    }
    return month ? arena_printf(arena, "'%.40s' is no month", month) : NULL;
}

/* A name of few small letters alone: what is left of a macro that the file did not define. */
const char *lint_entry_macro(const char **macro, struct arena *arena, const struct citation *entry)
{
    static const char *const fields[] = { "journaltitle", "booktitle", "publisher", "series" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(fields); i++) {
        const char *value = citation_get(entry, fields[i]);
        size_t len = value ? strlen(value) : 0;

        if (len > 1 && len <= MACRO_LETTERS && islower((unsigned char)*value)
            && strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789_") == len) {
            *macro = value;
            return arena_printf(arena, "%s '%s' looks like a macro (@string) that its file has not",
                                lint_field(fields[i]), value);
        }
    }
    return NULL;
}

static bool word_and(const char *at)
{
    return strncasecmp(at, "and", 3) == 0 && (!at[3] || isspace((unsigned char)at[3]));
}

const char *lint_entry_names(struct arena *arena, const struct citation *entry)
{
    static const char *const fields[] = { "author", "editor", "translator" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(fields); i++) {
        const char *at = citation_get(entry, fields[i]);
        bool name = false, empty = false, any = at != NULL;
        int depth = 0;

        for (at = at ? at + strspn(at, " ") : ""; *at && !empty;
             at += strcspn(at, " "), at += strspn(at, " ")) {
            size_t len = strcspn(at, " "), k;

            if (depth == 0 && word_and(at)) {
                empty = !name;
                name = false;
            } else {
                name = true;
            }
            for (k = 0; k < len; k++)
                depth += (at[k] == '{') - (at[k] == '}');
        }
        if (any && (empty || !name))
            return arena_printf(arena, "an \"and\" without a name in %s", fields[i]);
    }
    return NULL;
}
