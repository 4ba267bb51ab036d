/*
 * References in the words of a few styles, as plain text. A style is how it writes names and a row
 * of parts; a part is left out with all that stands around its value when there is no value.
 */
#include "bibliography.h"

#include "carrel/bibname.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct names_style {
    bool turned; /* all: "Last, F."; else the first one only, when `turned_first` */
    bool turned_first;
    bool initials;
    const char *last; /* before the last of several, and before the second of two */
    const char *pair;
    size_t most, kept; /* of more than `most` the first `kept`, and "et al." */
};

struct part {
    const char *before, *field, *behind;
    const char *unless; /* left out where this field is there */
};

#define PARTS 14

static const struct style {
    const char *name;
    struct names_style names;
    const char *month; /* "": years only */
    struct part parts[PARTS];
} styles[] = {
    { "apa",
      { .turned = true, .initials = true, .last = ", & ", .pair = ", & ", .most = 20, .kept = 19 },
      "",
      { { "", "author", " ", NULL },
        { "(", "year", "). ", NULL },
        { "", "title", ". ", NULL },
        { "", "journaltitle", "", NULL },
        { "In ", "booktitle", "", "journaltitle" },
        { ", ", "volume", "", NULL },
        { "(", "number", ")", NULL },
        { ", ", "pages", "", NULL },
        { ". ", "institution", "", "journaltitle" },
        { ". ", "publisher", "", "journaltitle" },
        { ". arXiv:", "arxiv", "", "journaltitle" },
        { ". https://doi.org/", "doi", "", NULL },
        { ". ", "url", "", "doi" } } },
    { "ieee",
      { .initials = true, .last = ", and ", .pair = " and ", .most = 6, .kept = 1 },
      "m",
      { { "", "author", ", ", NULL },
        { "“", "title", ",” ", NULL },
        { "", "journaltitle", "", NULL },
        { "in ", "booktitle", "", "journaltitle" },
        { ", ", "institution", "", "journaltitle" },
        { ", ", "publisher", "", "journaltitle" },
        { ", arXiv:", "arxiv", "", "journaltitle" },
        { ", vol. ", "volume", "", NULL },
        { ", no. ", "number", "", NULL },
        { ", pp. ", "pages", "", NULL },
        { ", ", "year", "", NULL },
        { ", doi: ", "doi", "", NULL },
        { ". Available: ", "url", "", "doi" } } },
    { "chicago",
      { .turned_first = true, .last = ", and ", .pair = ", and ", .most = 10, .kept = 7 },
      "",
      { { "", "author", " ", NULL },
        { "", "year", ". ", NULL },
        { "“", "title", ".” ", NULL },
        { "", "journaltitle", "", NULL },
        { "In ", "booktitle", "", "journaltitle" },
        { " ", "volume", "", NULL },
        { " (", "number", ")", NULL },
        { ": ", "pages", "", NULL },
        { ". ", "institution", "", "journaltitle" },
        { ". ", "publisher", "", "journaltitle" },
        { ". arXiv:", "arxiv", "", "journaltitle" },
        { ". https://doi.org/", "doi", "", NULL },
        { ". ", "url", "", "doi" } } },
};

/* ---- names ---- */

/* "Jean-Paul" -> "J.-P.", "Ada K." -> "A. K." */
static void add_initials(struct str *out, const char *given)
{
    bool start = true;
    size_t at = 0, len = strlen(given);

    while (at < len) {
        unsigned rune;
        size_t took = utf8_decode(given + at, len - at, &rune);

        if (given[at] == ' ' || given[at] == '-') {
            str_add_char(out, given[at]);
            start = true;
        } else if (start) {
            str_add_mem(out, given + at, took);
            str_add_char(out, '.');
            start = false;
        }
        at += took;
    }
}

static void add_name(struct str *out, const struct names_style *style, const struct bib_name *name,
                     bool turned)
{
    struct str first = STR_INIT, last = STR_INIT, plain = STR_INIT;

    plain_value(&plain, name->first);
    if (style->initials)
        add_initials(&first, plain.ptr);
    else
        str_add(&first, plain.ptr);
    str_clear(&plain);
    str_printf(&plain, "%s%s%s", name->von, *name->von ? " " : "", name->last);
    plain_value(&last, plain.ptr);
    if (first.len == 0)
        str_add(out, last.ptr);
    else if (turned)
        str_printf(out, "%s, %s", last.ptr, first.ptr);
    else
        str_printf(out, "%s %s", first.ptr, last.ptr);
    if (*name->jr)
        str_printf(out, ", %s", name->jr);
    str_free(&first);
    str_free(&last);
    str_free(&plain);
}

static size_t names_count(const char *list, bool *others)
{
    const char *one;
    size_t len, count = 0;

    *others = false;
    while (bib_names_next(&list, &one, &len)) {
        *others |= len == 6 && memcmp(one, "others", 6) == 0;
        count++;
    }
    return count - *others;
}

static void add_names(struct str *out, const struct names_style *style, const char *list)
{
    struct arena *arena = arena_new();
    bool others;
    size_t count = names_count(list, &others), shown, i, len;
    const char *one;

    others |= count > style->most;
    shown = count > style->most ? style->kept : count;
    for (i = 0; i < shown && bib_names_next(&list, &one, &len); i++) {
        struct bib_name name;

        bib_name_parse(&name, arena, one, len);
        if (i > 0)
            str_add(out, others || i + 1 < shown ? ", " : shown == 2 ? style->pair : style->last);
        add_name(out, style, &name, style->turned || (style->turned_first && i == 0));
    }
    if (others)
        str_add(out, shown == 1 ? " et al." : ", et al.");
    arena_free(arena);
}

/* ---- parts ---- */

static void add_year(struct str *out, const struct style *style, const struct citation *entry)
{
    static const char months[12][6] = { "Jan.", "Feb.", "Mar.",  "Apr.", "May",  "June",
                                        "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec." };
    const char *date = citation_get(entry, "date"), *year = citation_get(entry, "year");
    char day[16] = "";

    if (!date || !citation_day(day, date))
        snprintf(day, sizeof day, "%.10s", year ? year : "n.d.");
    if (date && *style->month && strlen(day) >= 7)
        str_printf(out, "%s ", months[atoi(day + 5) - 1]);
    str_printf(out, "%.*s", date ? 4 : 10, day);
}

static const char *part_value(const struct citation *entry, const char *field)
{
    const char *kind = citation_get(entry, "eprinttype"), *value;

    if (strcmp(field, "arxiv") == 0)
        return kind && strcasecmp(kind, "arxiv") == 0 ? citation_get(entry, "eprint") : NULL;
    if (strcmp(field, "year") == 0)
        return "";
    value = citation_get(entry, field);
    if (!value && strcmp(field, "author") == 0)
        value = citation_get(entry, "editor");
    return value;
}

static void add_value(struct str *out, const struct style *style, const struct citation *entry,
                      const char *field, const char *value)
{
    struct str text = STR_INIT;

    if (strcmp(field, "author") == 0) {
        add_names(out, &style->names, value);
    } else if (strcmp(field, "year") == 0) {
        add_year(out, style, entry);
    } else if (citation_verbatim(field)) {
        str_add(out, value);
    } else { /* "1--9" comes out with a dash */
        plain_value(&text, value);
        str_add(out, text.ptr);
    }
    str_free(&text);
}

/* No stop behind one, no comma behind an opening, as people write. */
static void add_around(struct str *out, const char *around)
{
    char last = out->len ? out->ptr[out->len - 1] : '\0';

    if (around[0] == '.' && (last == '.' || last == '?' || last == '!'))
        around++;
    if ((around[0] == ',' || around[0] == ' ' || around[0] == '.') && (last == ' ' || last == '\0'))
        around += strspn(around, ",. ");
    str_add(out, around);
}

static void add_part(struct str *out, const struct style *style, const struct part *part,
                     const struct citation *entry)
{
    const char *value = part_value(entry, part->field);

    if (!value || (part->unless && part_value(entry, part->unless)))
        return;
    add_around(out, part->before);
    add_value(out, style, entry, part->field, value);
    if (strcmp(part->field, "author") == 0 && strcmp(style->name, "ieee") != 0
        && out->ptr[out->len - 1] != '.')
        str_add_char(out, '.');
    add_around(out, part->behind);
}

bool reference_write(struct str *out, const char *name, const struct citation *entry)
{
    struct str text = STR_INIT;
    size_t i, k;

    for (i = 0; i < ARRAY_LEN(styles) && strcmp(styles[i].name, name) != 0; i++)
        ;
    for (k = 0; i < ARRAY_LEN(styles) && k < PARTS && styles[i].parts[k].field; k++)
        add_part(&text, &styles[i], &styles[i].parts[k], entry);
    str_trim(&text);
    if (text.len > 0 && !citation_get(entry, "doi") && !citation_get(entry, "url"))
        add_around(&text, ".");
    str_add(out, text.ptr);
    str_free(&text);
    return i < ARRAY_LEN(styles);
}
