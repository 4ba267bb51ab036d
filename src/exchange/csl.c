/*
 * CSL-JSON. Titles keep what CSL can say of their TeX (csl_text.c); all else becomes plain text.
 * What a reader kept of CSL's own members is written as it came. Which member a field is, is in the
 * model's table (citation_csl_member); what CSL says otherwise than an entry, csl_settle.c.
 */
#include "bibliography.h"

#include "carrel/bibname.h"
#include "carrel/jsonw.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- values ---- */

static void key_tex(struct jsonw *w, const char *key, const char *tex, bool plain)
{
    struct str text = STR_INIT;

    if (plain)
        str_add(&text, tex);
    else
        plain_value(&text, tex);
    jsonw_key_string(w, key, text.ptr);
    str_free(&text);
}

struct writing {
    struct jsonw *w;
    struct arena *arena;
    const struct citation *entry;
    bool pandoc, english, sorts; /* `sorts`: particles of names count in sorting */
};

static void key_rich(const struct writing *c, const char *key, const char *field, const char *tex)
{
    static const char *const titles[] = { "title",     "shorttitle", "booktitle",
                                          "maintitle", "series",     "volumetitle" };
    struct str text = STR_INIT, sentence = STR_INIT;
    size_t i;

    for (i = 0; i < ARRAY_LEN(titles) && strcmp(titles[i], field) != 0; i++)
        ;
    csl_rich(&text, tex);
    if (c->pandoc && c->english && i < ARRAY_LEN(titles))
        csl_sentence(&sentence, text.ptr);
    jsonw_key_string(c->w, key, sentence.len ? sentence.ptr : text.ptr);
    str_free(&text);
    str_free(&sentence);
}

static void person(const struct writing *c, const struct bib_name *name)
{
    bool sorts = name->sorts || (c->sorts && !name->drops);

    jsonw_object(c->w);
    if (name->body) {
        key_tex(c->w, "literal", name->last, false);
    } else {
        key_tex(c->w, "family", name->last, false);
        if (*name->first)
            key_tex(c->w, "given", name->first, false);
        if (*name->von)
            key_tex(c->w, sorts ? "non-dropping-particle" : "dropping-particle", name->von, false);
        if (*name->jr)
            key_tex(c->w, "suffix", name->jr, false);
    }
    jsonw_end(c->w);
}

static void key_names(const struct writing *c, const char *key, const char *list)
{
    const char *one;
    size_t len;

    jsonw_key(c->w, key);
    jsonw_array(c->w);
    while (bib_names_next(&list, &one, &len)) {
        struct bib_name name;

        bib_name_parse(&name, c->arena, one, len);
        if (!name.others)
            person(c, &name);
    }
    jsonw_end(c->w);
}

/* Words behind an "and" that belong to a firm's name. */
static bool firm(const char *at, size_t len)
{
    static const char *const words[] = { "Sons",       "Co",       "Company",
                                         "Associates", "Brothers", "Daughters",
                                         "Partners",   "Bros",     "Cie" };
    size_t i, word = 0;

    while (word < len && isalpha((unsigned char)at[word]))
        word++;
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strlen(words[i]) == word && memcmp(words[i], at, word) == 0)
            return true;
    return word == len; /* "Simon and Schuster" */
}

/* Up to an "and" between two things, outside braces, or to the end. */
static size_t list_part(const char *at)
{
    int depth = 0;
    size_t i;

    for (i = 0; at[i]; i++) {
        depth += (at[i] == '{') - (at[i] == '}');
        if (depth <= 0 && i > 0 && str_starts(at + i, " and ") && at[i + 5])
            return i;
    }
    return i;
}

/* "A and B": a list for biblatex, for BibTeX a name. Places are parted; publishers where both sides
 * are several words. */
static void key_list(const struct writing *c, const char *key, const char *field, const char *list)
{
    bool places = strcmp(field, "location") == 0 || strcmp(field, "origlocation") == 0
                  || strcmp(field, "jurisdiction") == 0;
    struct str text = STR_INIT;
    bool several = false; /* words before the "and" */

    while (*list) {
        size_t len = list_part(list);
        bool parted = places || (several && !firm(list, len));

        str_printf(&text, "%s%s",
                   !text.len ? ""
                   : parted  ? "; "
                             : " and ",
                   citation_in_words(field, arena_strndup(c->arena, list, len)));
        several = memchr(list, ' ', len) != NULL;
        list += len + (list[len] ? strlen(" and ") : 0);
    }
    key_tex(c->w, key, text.ptr, false);
    str_free(&text);
}

/* ---- dates ---- */

/* The numbers of "0712-12-13"; years before 1000 and before Christ, too. False: no date. */
static bool date_part(struct jsonw *w, const char *date)
{
    bool negative = *date == '-';
    char day[16], year[8];
    char same[16];

    date += negative;
    snprintf(year, sizeof year, "%.4s", date);
    if (strlen(year) != 4 || strspn(year, "0123456789") != 4)
        return false;
    /* citation_day knows years from 1000 on: the rest of the date is that of a leap year */
    snprintf(same, sizeof same, "%.4s%.6s", *year == '0' || negative ? "2000" : year, date + 4);
    if (!citation_day(day, same))
        return false;
    jsonw_array(w);
    jsonw_int(w, negative ? -atoi(year) : atoi(year));
    if (strlen(day) >= 7)
        jsonw_int(w, atoi(day + 5));
    if (strlen(day) >= 10)
        jsonw_int(w, atoi(day + 8));
    jsonw_end(w);
    return true;
}

static void key_date(const struct writing *c, const char *key, const char *date)
{
    const char *end = strchr(date, '/');
    struct str parts = STR_INIT;
    struct jsonw w;
    bool good;

    jsonw_start(&w, &parts);
    jsonw_array(&w);
    good = date_part(&w, date);
    if (end && (!end[1] || !isdigit((unsigned char)end[end[1] == '-' ? 2 : 1]))) { /* open */
        jsonw_array(&w);
        jsonw_int(&w, 0);
        jsonw_end(&w);
    } else if (end) {
        date_part(&w, end + 1);
    }
    jsonw_end(&w);
    if (good) {
        jsonw_key(c->w, key);
        jsonw_object(c->w);
        jsonw_key(c->w, "date-parts");
        jsonw_raw(c->w, parts.ptr);
        if (strspn(date, "0123456789") == 4 && str_starts(date + 4, "-2") && date[6] >= '1'
            && date[6] <= '4') /* "2004-22": the summer */
            jsonw_key_int(c->w, "season", date[6] - '0');
        if (strchr(date, '~') || strchr(date, '?'))
            jsonw_key_bool(c->w, "circa", true);
        jsonw_end(c->w);
    }
    str_free(&parts);
}

static void key_pages(struct jsonw *w, const char *key, const char *pages)
{
    struct str text = STR_INIT, plain = STR_INIT;
    const char *at;

    text_from_latex(&plain, pages);
    for (at = plain.ptr; *at; at++) {
        if (str_starts(at, "\xE2\x80\x93")) {
            str_add_char(&text, '-');
            at += 2;
        } else {
            str_add_char(&text, *at);
        }
    }
    jsonw_key_string(w, key, text.ptr);
    str_free(&plain);
    str_free(&text);
}

/* ---- items ---- */

static const char *member_of(const struct citation *entry, const struct csl_member *row)
{
    if (strcmp(row->field, "number") == 0 && strcmp(entry->type, "article") == 0)
        return "issue";
    if (strcmp(row->field, "number") == 0 && citation_in_series(entry))
        return "collection-number";
    return row->member;
}

/* Was it kept as CSL had it, or written by a row before? */
static bool member_done(const struct citation *entry, size_t at)
{
    const char *member = member_of(entry, citation_csl_member(at));
    char kept[64] = "csl:";
    size_t i;

    strncat(kept, member, sizeof kept - 5);
    if (citation_get(entry, kept))
        return true;
    for (i = 0; i < at; i++) {
        const struct csl_member *row = citation_csl_member(i);

        if (row->when != CSL_READ && strcmp(member_of(entry, row), member) == 0
            && citation_get(entry, row->field))
            return true;
    }
    return false;
}

static void row_write(const struct writing *c, size_t at)
{
    const struct csl_member *row = citation_csl_member(at);
    const char *field = row->field, *value = citation_get(c->entry, field);
    const char *member = member_of(c->entry, row);

    if (!value || row->when == CSL_READ || member_done(c->entry, at))
        return;
    if (row->way == CSL_RICH)
        key_rich(c, member, field,
                 citation_in_words(field, csl_whole_title(c->arena, c->entry, field, value)));
    else if (row->way == CSL_NAMES)
        key_names(c, member, value);
    else if (row->way == CSL_DATE)
        key_date(c, member, value);
    else if (row->way == CSL_PAGES)
        key_pages(c->w, member, value);
    else if (row->way == CSL_LIST)
        key_list(c, member, field, value);
    else
        key_tex(c->w, member, citation_in_words(field, value), citation_verbatim(field));
}

static void type_write(struct jsonw *w, const struct citation *entry)
{
    const char *kept = citation_get(entry, "csl:type");
    char type[40] = "";

    if (kept && *kept == '"' && strlen(kept) < sizeof type)
        strncat(type, kept + 1, strlen(kept) - 2);
    if (kept && !strchr(type, '\\') && strcmp(citation_of_csl(type), entry->type) == 0)
        jsonw_key_string(w, "type", type);
    else
        jsonw_key_string(w, "type", citation_csl(entry->type));
}

/* Is it English, or does it not say what it is? */
static bool is_english(const struct citation *entry)
{
    static const char *const fields[] = { "langid", "language", NULL };
    const char *language = citation_first(entry, fields);

    return !language || str_starts(citation_in_words("language", language), "en");
}

/* biblatex: particles do not count in sorting unless it is said; in BibTeX they do. */
static bool is_sorting(const struct citation *entry, bool pandoc)
{
    const char *options = citation_get(entry, "options");

    if (pandoc)
        return options && strstr(options, "useprefix") && !strstr(options, "useprefix=false");
    return !options || !strstr(options, "useprefix=false");
}

void csl_write(struct str *out, const struct bibliography_options *options,
               const struct citation *given, const char *key)
{
    struct arena *arena = arena_new();
    struct citation own;
    struct jsonw w;
    struct writing c = { .w = &w, .arena = arena, .entry = &own, .pandoc = options->pandoc };
    size_t i;

    csl_settle(&own, arena, given, options->pandoc);
    c.english = is_english(&own);
    c.sorts = is_sorting(&own, options->pandoc);
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "id", key);
    type_write(&w, &own);
    for (i = 0; citation_csl_member(i); i++)
        row_write(&c, i);
    for (i = 0; i < own.len; i++)
        if (str_starts(own.fields[i].name, "csl:") && strcmp(own.fields[i].name, "csl:type") != 0) {
            jsonw_key(&w, own.fields[i].name + 4);
            jsonw_raw(&w, own.fields[i].value);
        }
    jsonw_end(&w);
    arena_free(arena);
}
