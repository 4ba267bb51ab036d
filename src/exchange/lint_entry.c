/*
 * The rules of lint on what an entry of a bibliography says, as it was written: a record has only
 * what could be read of that. "": nothing is wrong.
 */
#include "lint.h"

#include "carrel/bibname.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MACRO_LETTERS 24

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

/* ---- names ---- */

static bool word_and(const char *at)
{
    return strncasecmp(at, "and", 3) == 0 && (!at[3] || isspace((unsigned char)at[3]));
}

/* "and" without a name on one side. */
static bool lone_and(const char *at)
{
    bool name = false, empty = false;
    int depth = 0;

    for (at += strspn(at, " "); *at && !empty; at += strcspn(at, " "), at += strspn(at, " ")) {
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
    return empty || !name;
}

/* A stretch of a name between commas: its words, and whether the first is of initials ("J.J."). */
struct name_part {
    size_t words;
    bool initials;
};

static void part_word(struct name_part *part, const char *word, size_t len)
{
    size_t i;

    if (part->words++ > 0 || len < 2)
        return;
    for (i = 0; i + 1 < len && isupper((unsigned char)word[i]) && word[i + 1] == '.'; i += 2)
        i += word[i + 2] == '-' && i + 2 < len;
    part->initials = i >= len;
}

/* Parts it at the commas that stand in no braces; how many parts there are, of which the first
 * three are looked at. */
static size_t name_parts(struct name_part parts[3], const char *name, size_t len)
{
    size_t count = 0, at = 0, begin;
    int depth = 0;

    memset(parts, 0, 3 * sizeof *parts);
    while (at < len) {
        begin = at;
        for (; at < len && (depth > 0 || !strchr(" ,", name[at])); at++)
            depth += (name[at] == '{') - (name[at] == '}');
        if (at > begin && count < 3)
            part_word(&parts[count], name + begin, at - begin);
        count += at < len && name[at] == ',';
        at += at < len;
    }
    return count + 1;
}

/* "Last, First" and "Last, Jr, First" are names; where the parts between commas are people
 * themselves ("J.J. Sakurai, Jim Napolitano", "Roe, R., Smith, J."), an "and" was meant. */
static bool several_people(const char *name, size_t len)
{
    struct name_part parts[3];
    size_t count;

    if (memchr(name, '=', len)) /* biblatex: family=Roe, given=Rick */
        return false;
    count = name_parts(parts, name, len);
    if (count == 2)
        return parts[0].initials && parts[0].words > 1 && parts[1].words > 1;
    return count > 3
           || (count == 3
               && (memchr(name, ';', len)
                   || (parts[2].words > 1 && (parts[1].words > 1 || parts[1].initials))));
}

static const char *names_wrong(struct arena *arena, const char *field, const char *list)
{
    const char *name;
    size_t len;

    if (lone_and(list))
        return arena_printf(arena, "an \"and\" without a name in %s", field);
    while (bib_names_next(&list, &name, &len))
        if (several_people(name, len))
            return arena_printf(arena, "'%.*s' in %s looks like several people: \"and\" parts them",
                                (int)(len < 100 ? len : utf8_fit(name, 100)), name, field);
    return NULL;
}

const char *lint_entry_names(struct arena *arena, const struct citation *entry)
{
    static const char *const fields[] = { "author", "editor", "translator" };
    const char *wrong = NULL;
    size_t i;

    for (i = 0; i < ARRAY_LEN(fields) && !wrong; i++) {
        const char *list = citation_get(entry, fields[i]);

        wrong = list ? names_wrong(arena, fields[i], list) : NULL;
    }
    return wrong;
}
