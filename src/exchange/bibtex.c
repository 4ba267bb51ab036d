/*
 * BibTeX and biblatex. The two differ in the names of some fields and in how they write a date; a
 * field that neither knows is written as it is, and what only another format knows is left out.
 */
#include "bibliography.h"

#include "carrel/bibname.h"

#include <stdlib.h>
#include <string.h>

static const char *const renamed[][2] = {
    { "journaltitle", "journal" },     { "location", "address" },
    { "annotation", "annote" },        { "eprinttype", "archiveprefix" },
    { "eprintclass", "primaryclass" },
};

/* What readers look for comes first. */
static const char *const order[] = { "author",    "editor",       "title",     "subtitle",
                                     "booktitle", "journaltitle", "series",    "volume",
                                     "number",    "pages",        "publisher", "institution",
                                     "location",  "edition",      "date",      "year",
                                     "month" };

static const char *bibtex_name(const struct citation *entry, const char *field)
{
    size_t i;

    if (strcmp(field, "institution") == 0 && strstr(entry->type, "thesis"))
        return "school";
    for (i = 0; i < ARRAY_LEN(renamed); i++)
        if (strcmp(renamed[i][0], field) == 0)
            return renamed[i][1];
    return field;
}

static void add_value(struct str *out, const char *name, const char *value, bool ascii)
{
    struct str text = STR_INIT;
    const char *at;
    int depth = 0;

    if (ascii)
        latex_to_ascii(&text, value);
    else
        str_add(&text, value);
    for (at = text.ptr; *at && depth >= 0; at++)
        depth += (*at == '{') - (*at == '}');
    str_printf(out, "  %s = {", name);
    for (at = text.ptr; *at; at++) {
        if (depth != 0 && (*at == '{' || *at == '}')) /* it would end, or never end, the entry */
            str_add(out, *at == '{' ? "%7B" : "%7D");
        else
            str_add_char(out, *at);
    }
    str_add(out, "},\n");
    str_free(&text);
}

/* "2001-09-12" as BibTeX has it; false for what it cannot say. */
static bool add_date(struct str *out, const char *date)
{
    static const char months[12][4] = { "jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec" };
    char day[16];

    if (!citation_day(day, date) || strcmp(day, date) != 0)
        return false;
    str_printf(out, "  year = {%.4s},\n", day);
    if (strlen(day) >= 7)
        str_printf(out, "  month = %s,\n", months[atoi(day + 5) - 1]);
    if (strlen(day) == 10)
        str_printf(out, "  day = {%d},\n", atoi(day + 8));
    return true;
}

static void add_field(struct str *out, const struct bibliography_options *options,
                      const struct citation *entry, const struct citation_field *field)
{
    bool classic = options->form == BIB_BIBTEX;

    if (strchr(field->name, ':')
        || (classic && strcmp(field->name, "date") == 0 && add_date(out, field->value)))
        return;
    add_value(out, classic ? bibtex_name(entry, field->name) : field->name, field->value,
              options->ascii && !citation_verbatim(field->name));
}

static bool ordered(const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(order) && strcmp(order[i], name) != 0; i++)
        ;
    return i < ARRAY_LEN(order);
}

void bibtex_write(struct str *out, const struct bibliography_options *options,
                  const struct citation *entry, const char *key)
{
    size_t i, k;

    str_printf(out, "@%s{%s,\n", *entry->type ? entry->type : "misc", key);
    for (i = 0; i < ARRAY_LEN(order); i++)
        for (k = 0; k < entry->len; k++)
            if (strcmp(entry->fields[k].name, order[i]) == 0)
                add_field(out, options, entry, &entry->fields[k]);
    for (k = 0; k < entry->len; k++)
        if (!ordered(entry->fields[k].name))
            add_field(out, options, entry, &entry->fields[k]);
    str_add(out, "}\n");
}
