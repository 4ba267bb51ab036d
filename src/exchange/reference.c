/*
 * References in the words of a few styles, as plain text. A style is how it writes names and a row
 * of parts; a part is left out with all that stands around its value when there is no value.
 */
#include "reference.h"

#include "bibliography.h"

#include "carrel/bibname.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* `natural`: none of them is turned. */
static void add_names(struct str *out, const struct names_style *style, const char *list,
                      bool natural)
{
    struct arena *arena = arena_new();
    bool others;
    size_t count = names_count(list, &others), shown, i, len;
    /* A comma parts what was turned from what follows. */
    const char *pair = style->pair + (natural && *style->pair == ','), *one;

    others |= count > style->most;
    shown = count > style->most ? style->kept : count;
    for (i = 0; i < shown && bib_names_next(&list, &one, &len); i++) {
        struct bib_name name;

        bib_name_parse(&name, arena, one, len);
        if (i > 0)
            str_add(out, others || i + 1 < shown ? ", " : shown == 2 ? pair : style->last);
        add_name(out, style, &name, !natural && (style->turned || (style->turned_first && i == 0)));
    }
    if (others)
        str_add(out, shown > 1 ? ", et al." : style->others);
    arena_free(arena);
}

/* ---- parts ---- */

static void add_year(struct str *out, const struct citation *entry, bool with_month)
{
    static const char months[12][6] = { "Jan.", "Feb.", "Mar.",  "Apr.", "May",  "June",
                                        "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec." };
    const char *date = citation_get(entry, "date"), *year = citation_get(entry, "year");
    char day[16];

    if (!date || !citation_day(day, date)) {
        year = year ? year : "n.d.";
        str_add_mem(out, year, utf8_fit(year, 10));
        return;
    }
    if (with_month && strlen(day) >= 7)
        str_printf(out, "%s ", months[atoi(day + 5) - 1]);
    str_printf(out, "%.4s", day);
}

/* Is it a work of its own, whose title no style puts into quotes? */
static bool whole_work(const struct citation *entry)
{
    static const char *const types[] = { "book",   "mvbook",     "collection",  "mvcollection",
                                         "manual", "reference",  "proceedings", "mvproceedings",
                                         "report", "techreport", "booklet",     "periodical" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i], entry->type) == 0)
            return true;
    return false;
}

/* 0 a doctor's, 1 a master's, -1 no thesis */
static int thesis_kind(const struct citation *entry)
{
    const char *type = citation_get(entry, "type");

    if (!strstr(entry->type, "thesis"))
        return -1;
    return strcmp(entry->type, "mastersthesis") == 0 || (type && strcasestr(type, "ma"));
}

/* Its edition, unless it is the first, of which styles say nothing. */
static const char *edition_told(const struct citation *entry)
{
    const char *edition = citation_get(entry, "edition");
    struct str words = STR_INIT;
    bool told;

    if (edition)
        reference_edition(&words, edition);
    told = words.len > 0;
    str_free(&words);
    return told ? edition : NULL;
}

/* What a style asks for that is no field: its value, or something where it has none of its own but
 * is so. */
static const char *part_told(const struct style *style, const struct citation *entry,
                             const char *field)
{
    const char *kind = citation_get(entry, "eprinttype"), *author = citation_get(entry, "author");
    const char *editor = citation_get(entry, "editor"), *title = citation_get(entry, "title");
    const char *journal = citation_get(entry, "journaltitle");
    const char *inside = journal ? NULL : citation_get(entry, "booktitle");
    int thesis = thesis_kind(entry);

    if (strcmp(field, "end") == 0)
        return "";
    if (strcmp(field, "edition") == 0)
        return journal ? NULL : edition_told(entry);
    if (strcmp(field, "chapter") == 0)
        return inside ? citation_get(entry, "pages") : NULL;
    if (strcmp(field, "medium") == 0)
        return reference_medium(entry);
    if (strcmp(field, "platform") == 0)
        return reference_platform(entry);
    if (strcmp(field, "arxiv") == 0)
        return kind && strcasecmp(kind, "arxiv") == 0 ? citation_get(entry, "eprint") : NULL;
    if (strcmp(field, "year") == 0 || strcmp(field, "date") == 0)
        return "";
    if (strcmp(field, "names") == 0)
        return author ? author : editor;
    if (strcmp(field, "editors") == 0)
        return author && inside ? editor : NULL;
    if (strcmp(field, "inside") == 0)
        return inside;
    if (strcmp(field, "edited") == 0) /* or in a journal: no "In" */
        return journal ? journal : author && inside ? editor : NULL;
    if (strcmp(field, "quoted") == 0)
        return whole_work(entry) ? NULL : title;
    if (strcmp(field, "bare") == 0)
        return whole_work(entry) ? title : NULL;
    if (strcmp(field, "degree") == 0)
        return thesis < 0 ? NULL : style->thesis[thesis];
    if (strcmp(field, "placed") == 0) /* the institution is told elsewhere */
        return thesis >= 0 ? "" : journal;
    if (strcmp(field, "imprint") == 0)
        return citation_get(entry, "publisher");
    return citation_get(entry, field);
}

static void add_text(struct str *out, const char *tex)
{
    struct str text = STR_INIT;

    plain_value(&text, tex); /* "1--9" comes out with a dash */
    str_add(out, text.ptr);
    str_free(&text);
}

static void add_imprint(struct str *out, const struct style *style, const struct citation *entry)
{
    const char *place = citation_get(entry, "location");

    if (place && !style->publisher_first) {
        add_text(out, place);
        str_add(out, ": ");
    }
    add_text(out, citation_get(entry, "publisher"));
    if (place && style->publisher_first) {
        str_add(out, ", ");
        add_text(out, place);
    }
}

static void add_people(struct str *out, const struct style *style, const struct citation *entry,
                       const char *field, const char *list)
{
    const struct names_style *names = &style->names;
    bool editors = strcmp(field, "editors") == 0, others;

    if (editors && names->edited)
        str_add(out, names->edited);
    add_names(out, names, list, editors);
    if (editors ? !names->edited : !citation_get(entry, "author"))
        str_add(out, names_count(list, &others) > 1 || others ? names->editors : names->editor);
    if (!editors && names->stop && out->len > 0 && out->ptr[out->len - 1] != '.')
        str_add_char(out, '.');
}

static void add_title(struct str *out, const char *tex)
{
    struct str text = STR_INIT;

    plain_value(&text, tex);
    str_add_mem(out, text.ptr, reference_title_len(text.ptr));
    str_free(&text);
}

/* What has words of its own in references; false: it has none. */
static bool add_words(struct str *out, const char *field, const char *value)
{
    static const struct {
        const char *field;
        void (*add)(struct str *out, const char *tex);
    } words[] = { { "title", add_title },
                  { "edition", reference_edition },
                  { "pages", reference_pages },
                  { "chapter", reference_pages },
                  { "version", reference_version } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(words) && strcmp(words[i].field, field) != 0; i++)
        ;
    if (i < ARRAY_LEN(words))
        words[i].add(out, value);
    return i < ARRAY_LEN(words);
}

static void add_value(struct str *out, struct arena *arena, const struct style *style,
                      const struct citation *entry, const char *field, const char *value)
{
    static const char *const titles[] = { "title", "quoted", "bare", NULL };
    size_t i;

    for (i = 0; titles[i] && strcmp(titles[i], field) != 0; i++)
        ;
    if (titles[i])
        field = "title";
    if (strcmp(field, "names") == 0 || strcmp(field, "editors") == 0)
        add_people(out, style, entry, field, value);
    else if (strcmp(field, "year") == 0 || strcmp(field, "date") == 0)
        add_year(out, entry, *field == 'd');
    else if (strcmp(field, "imprint") == 0)
        add_imprint(out, style, entry);
    else if (citation_verbatim(field) || strcmp(field, "arxiv") == 0)
        str_add(out, value);
    else if (!add_words(out, field, csl_whole_title(arena, entry, field, value)))
        add_text(out, csl_whole_title(arena, entry, field, value));
}

/* The last byte, of a quotation the last one in it. */
static char last_byte(const struct str *out)
{
    size_t quote = str_ends(out->ptr, "”") ? strlen("”") : 0;

    return out->len > quote ? out->ptr[out->len - quote - 1] : '\0';
}

/* No stop behind one, no comma behind an opening, as people write. */
static void add_around(struct str *out, const char *around)
{
    char last = last_byte(out);

    if (around[0] == '.' && (last == '.' || last == '?' || last == '!'))
        around++;
    if ((around[0] == ',' || around[0] == ' ' || around[0] == '.') && (last == ' ' || last == '\0'))
        around += strspn(around, ",. ");
    str_add(out, around);
}

static void add_part(struct str *out, struct arena *arena, const struct style *style,
                     const struct part *part, const struct citation *entry)
{
    const char *value = part_told(style, entry, part->field);

    if (!value || (part->unless && part_told(style, entry, part->unless))
        || (part->only && !part_told(style, entry, part->only)))
        return;
    add_around(out, part->before);
    add_value(out, arena, style, entry, part->field, value);
    add_around(out, part->behind);
}

const char *reference_style(size_t i, const char **help)
{
    const struct style *style = style_at(i);

    if (style && help)
        *help = style->help;
    return style ? style->name : NULL;
}

bool reference_write(struct str *out, const char *name, const struct citation *entry)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT;
    const struct style *style;
    struct citation own;
    size_t i, k;

    reference_settle(&own, arena, entry);
    for (i = 0; (style = style_at(i)) && strcmp(style->name, name) != 0; i++)
        ;
    for (k = 0; style && k < PARTS && style->parts[k].field; k++)
        add_part(&text, arena, style, &style->parts[k], &own);
    str_trim(&text);
    if (text.len > 0 && !citation_get(&own, "doi") && !citation_get(&own, "url"))
        add_around(&text, ".");
    str_add(out, text.ptr);
    str_free(&text);
    arena_free(arena);
    return style != NULL;
}
