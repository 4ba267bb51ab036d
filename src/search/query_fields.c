/*
 * The fields of the query language: their names, and which values they take.
 */
#include "query.h"

#include "repositories.h"

#include "carrel/clock.h"

#include "carrel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *name;
    enum field field;
} field_table[] = {
    { "title", FIELD_TITLE },     { "abstract", FIELD_ABSTRACT },
    { "author", FIELD_AUTHOR },   { "cat", FIELD_CAT },
    { "date", FIELD_DATE },       { "added", FIELD_ADDED },
    { "is", FIELD_IS },           { "tag", FIELD_TAG },
    { "has", FIELD_HAS },         { "source", FIELD_SOURCE },
    { "doi", FIELD_DOI },         { "id", FIELD_ID },
    { "near", FIELD_NEAR },       { "query", FIELD_QUERY },
    { "stars", FIELD_STARS },     { "kind", FIELD_KIND },
    { "ti", FIELD_TITLE },        { "abs", FIELD_ABSTRACT },
    { "au", FIELD_AUTHOR },       { "authors", FIELD_AUTHOR },
    { "category", FIELD_CAT },    { "task", FIELD_TASK },
    { "method", FIELD_METHOD },   { "language", FIELD_LANGUAGE },
    { "lang", FIELD_LANGUAGE },   { "topic", FIELD_TOPIC },
    { "license", FIELD_LICENSE }, { "licence", FIELD_LICENSE },
    { "year", FIELD_DATE },       { "collection", FIELD_COLLECTION },
    { "venue", FIELD_VENUE },     { "journal", FIELD_VENUE },
    { "key", FIELD_KEY },
};

const char *field_name(enum field field)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(field_table); i++)
        if (field_table[i].field == field)
            return field_table[i].name;
    return "";
}

const char *query_field_at(size_t i, const char **field)
{
    if (i >= ARRAY_LEN(field_table))
        return NULL;
    *field = field_name(field_table[i].field);
    return field_table[i].name;
}

/* Levenshtein distance at most 1, for "did you mean". */
static bool one_letter_off(const char *a, size_t len, const char *b)
{
    size_t other = strlen(b), i = 0, k = 0;
    int edits = 0;

    if (len + 1 < other || other + 1 < len)
        return false;
    while (i < len && k < other) {
        if (tolower((unsigned char)a[i]) == b[k]) {
            i++;
            k++;
            continue;
        }
        if (++edits > 1)
            return false;
        if (len > other)
            i++;
        else if (len < other)
            k++;
        else {
            i++;
            k++;
        }
    }
    return edits + (int)(len - i) + (int)(other - k) <= 1;
}

enum field field_of(const char *name, size_t len)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(field_table); i++)
        if (strlen(field_table[i].name) == len && strncasecmp(field_table[i].name, name, len) == 0)
            return field_table[i].field;
    return FIELD_NONE;
}

const char *field_nearly(const char *name, size_t len)
{
    size_t i;

    if (len < 3)
        return NULL;
    for (i = 0; i < len; i++)
        if (!isalpha((unsigned char)name[i]))
            return NULL;
    for (i = 0; i < ARRAY_LEN(field_table); i++)
        if (strlen(field_table[i].name) >= 3 && one_letter_off(name, len, field_table[i].name))
            return field_table[i].name;
    return NULL;
}

int field_columns(enum field field)
{
    switch (field) {
    case FIELD_TITLE:
        return COLUMN_TITLE;
    case FIELD_ABSTRACT:
        return COLUMN_ABSTRACT;
    case FIELD_AUTHOR:
        return COLUMN_AUTHORS;
    default:
        return 0;
    }
}

static bool one_of(const char *value, const char *list)
{
    char padded[64], lowered[48];
    size_t i;

    if (!*value || strpbrk(value, " \t\n") || strlen(value) >= sizeof lowered)
        return false;
    snprintf(lowered, sizeof lowered, "%s", value);
    for (i = 0; lowered[i]; i++)
        lowered[i] = (char)tolower((unsigned char)lowered[i]);
    snprintf(padded, sizeof padded, " %s ", lowered);
    return strstr(list, padded) != NULL;
}

/* "7d", "2w", "3m", "1y", "today", a date, or a range of dates with one end open. */
static bool date_value_ok(const char *value)
{
    const char *dots = strstr(value, "..");
    char *left, *right;
    size_t digits = strspn(value, "0123456789");
    bool ok;

    if (one_of(value, " today yesterday week month year "))
        return true;
    if (digits > 0 && digits < 5 && value[digits] && !value[digits + 1]
        && strchr("dwmy", value[digits]))
        return true;
    if (!dots)
        return date_parse(value, NULL, NULL);
    left = mem_strndup(value, (size_t)(dots - value));
    right = mem_strdup(dots + 2);
    ok = (*left || *right) && (!*left || date_parse(left, NULL, NULL))
         && (!*right || date_parse(right, NULL, NULL));
    free(left);
    free(right);
    return ok;
}

/* "2025..2020" */
static bool date_value_reversed(const char *value)
{
    const char *dots = strstr(value, "..");
    char *left = dots ? mem_strndup(value, (size_t)(dots - value)) : NULL;
    int32_t first, last;
    bool reversed =
        dots && date_parse(left, &first, NULL) && date_parse(dots + 2, NULL, &last) && last < first;

    free(left);
    return reversed;
}

const char *field_complaint(enum field field, const char *value)
{
    static const char is[] =
        " unread read later skip starred withdrawn tagged reading replaced changed ";
    static const char has[] = " code pdf text doi note tag abstract ";

    switch (field) {
    case FIELD_DATE:
    case FIELD_ADDED:
        if (!date_value_ok(value))
            return "is no date: write 2024, 2024-03, 2024-03..2025, 7d, week or today";
        return date_value_reversed(value) ? "ends before it begins" : NULL;
    case FIELD_IS:
        return one_of(value, is) ? NULL
                                 : "is not one of unread, read, reading, later, skip, starred, "
                                   "tagged, withdrawn, "
                                   "replaced, changed";
    case FIELD_HAS:
        return one_of(value, has) ? NULL
                                  : "is not one of code, pdf, text, doi, note, tag, abstract";
    case FIELD_STARS: {
        int64_t least, most;

        return repo_count_range(value, &least, &most) ? NULL
                                                      : "is no number: write >500, 100..2000, 1k..";
    }
    case FIELD_VENUE:
        return tokens_in(value) ? NULL
                                : "names no venue: write venue:nature, venue:\"physical review\" "
                                  "or venue:neuro*";
    case FIELD_KEY:
        return tokens_in(value) && !strpbrk(value, " \t\n")
                   ? NULL
                   : "is no key of a paper: write key:lee2024lamps, or key:lee* for all that "
                     "begin so";
    case FIELD_KIND:
        return one_of(value, " paper repository ") ? NULL : "is not one of: paper, repository";
    case FIELD_NEAR:
    case FIELD_ID: {
        struct ident ident;

        return ident_parse(&ident, value) ? NULL
                                          : "is no id: write arxiv:1706.03762, a DOI, or their URL";
    }
    default:
        return NULL;
    }
}
