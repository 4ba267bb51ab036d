/*
 * Entries of bibliographies: their fields, how a record keeps them, and their types in the words
 * of each format.
 */
#include "carrel/citation.h"
#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <string.h>

const char *citation_get(const struct citation *entry, const char *name)
{
    size_t i;

    for (i = 0; i < entry->len; i++)
        if (strcmp(entry->fields[i].name, name) == 0)
            return entry->fields[i].value;
    return NULL;
}

const char *citation_first(const struct citation *entry, const char *const *names)
{
    const char *value = NULL;

    for (; *names && !value; names++)
        value = citation_get(entry, *names);
    return value;
}

void citation_add(struct citation *entry, struct arena *arena, const char *name, const char *value)
{
    struct citation_field field = { arena_strdup(arena, name), arena_strdup(arena, value) };

    ARENA_PUSH(arena, entry->fields, entry->len, entry->cap, field);
}

static void citation_drop(struct citation *entry, size_t at)
{
    memmove(entry->fields + at, entry->fields + at + 1,
            (entry->len - at - 1) * sizeof *entry->fields);
    entry->len--;
}

void citation_set(struct citation *entry, struct arena *arena, const char *name, const char *value)
{
    size_t i;

    for (i = 0; i < entry->len && strcmp(entry->fields[i].name, name) != 0; i++)
        ;
    if (i == entry->len && value)
        citation_add(entry, arena, name, value);
    else if (i < entry->len && value)
        entry->fields[i].value = arena_strdup(arena, value);
    else if (i < entry->len)
        citation_drop(entry, i);
}

void citation_copy(struct citation *to, const struct citation *from, struct arena *arena)
{
    size_t i;

    *to = (struct citation){ .type = arena_strdup(arena, from->type),
                             .key = arena_strdup(arena, from->key) };
    for (i = 0; i < from->len; i++)
        citation_add(to, arena, from->fields[i].name, from->fields[i].value);
}

/* ---- two entries of one paper ---- */

/* Where and when a paper appeared: what tells a good entry from a poor one. Those of one row mean
 * the same, and an entry has one of them. */
static const char *const places[][3] = {
    { "journaltitle", "booktitle" },
    { "date", "year" },
    { "publisher", "institution", "school" },
    { "volume" },
    { "number" },
    { "pages" },
    { "series" },
    { "edition" },
    { "editor" },
    { "doi" },
};

static bool says_place(const struct citation *entry, size_t row)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(places[row]) && places[row][i]; i++)
        if (citation_get(entry, places[row][i]))
            return true;
    return false;
}

bool citation_poorer(const struct citation *later, const struct citation *earlier)
{
    size_t row, lacks = 0, more = 0;

    for (row = 0; row < ARRAY_LEN(places); row++) {
        lacks += says_place(earlier, row) && !says_place(later, row);
        more += says_place(later, row) && !says_place(earlier, row);
    }
    return strcmp(later->key, earlier->key) != 0 && lacks > 0 && more <= lacks;
}

/* Does the entry say it already, in this or in another field? */
static bool says_of(const struct citation *entry, const char *name)
{
    static const char *const whole[][2] = {
        { "subtitle", "title" }, { "month", "date" }, { "crossref", "title" }, { "xdata", "title" }
    };
    size_t row, i;

    if (citation_get(entry, name) || strchr(name, ':')) /* of a format, and of that entry alone */
        return true;
    for (i = 0; i < ARRAY_LEN(whole); i++)
        if (strcmp(whole[i][0], name) == 0 && citation_get(entry, whole[i][1]))
            return true;
    for (row = 0; row < ARRAY_LEN(places); row++)
        for (i = 0; i < ARRAY_LEN(places[row]) && places[row][i]; i++)
            if (strcmp(places[row][i], name) == 0)
                return says_place(entry, row);
    return false;
}

void citation_fill(struct citation *to, const struct citation *from, struct arena *arena)
{
    struct citation before;
    size_t i;

    citation_copy(&before, to, arena);
    if (!*to->type || strcmp(to->type, "misc") == 0)
        to->type = arena_strdup(arena, from->type);
    for (i = 0; i < from->len; i++)
        if (!says_of(&before, from->fields[i].name))
            citation_add(to, arena, from->fields[i].name, from->fields[i].value);
}

void citation_key_clean(char *key)
{
    char *from, *to = key;

    for (from = key; *from; from++)
        if ((unsigned char)*from > ' ' && !strchr("{}(),\"#%=~\\'@", *from) && *from != 0x7F)
            *to++ = *from;
    if (*to) /* the empty one is shared by all threads */
        *to = '\0';
}

bool citation_key(struct str *out, struct arena *arena, const struct text_list *kept)
{
    struct citation entry;

    if (!citation_from(&entry, arena, kept))
        return false;
    str_add(out, entry.key);
    citation_key_clean(out->ptr);
    str_cut(out, strlen(out->ptr));
    return true;
}

char *citation_untitled(struct arena *arena, const struct citation *entry)
{
    static const char *const names[] = { "author", "editor", "organization", "institution", NULL };
    const char *who = *entry->key ? entry->key : citation_first(entry, names);

    if (!who || entry->len == 0)
        return NULL;
    return arena_printf(arena, "Untitled (%.*s)", (int)utf8_fit(who, 200), who);
}

/* ---- in a record ---- */

void citation_keep(struct text_list *out, struct arena *arena, const struct citation *entry)
{
    char *text = arena_printf(arena, "@%s %s", entry->type, entry->key);
    size_t i;

    text_list_add(out, arena, text, strlen(text));
    for (i = 0; i < entry->len; i++) {
        text = arena_printf(arena, "%s %s", entry->fields[i].name, entry->fields[i].value);
        text_list_add(out, arena, text, strlen(text));
    }
}

bool citation_from(struct citation *out, struct arena *arena, const struct text_list *kept)
{
    size_t i;

    *out = (struct citation){ .type = "misc", .key = "" };
    for (i = 0; i < kept->len; i++) {
        char *name = arena_strdup(arena, kept->items[i]), *value = strchr(name, ' ');

        if (!value)
            continue;
        *value++ = '\0';
        if (*name == '@') {
            out->type = name + 1;
            out->key = value;
        } else {
            ARENA_PUSH(arena, out->fields, out->len, out->cap,
                       ((struct citation_field){ name, value }));
        }
    }
    return kept->len > 0;
}

/* ---- fields ---- */

static bool among(const char *name, const char *const *names, size_t count)
{
    size_t i;

    for (i = 0; i < count && strcmp(names[i], name) != 0; i++)
        ;
    return i < count;
}

bool citation_verbatim(const char *name)
{
    static const char *const verbatim[] = {
        "doi",        "url",        "eprint",      "file",       "isbn",        "issn",     "date",
        "urldate",    "eventdate",  "origdate",    "eprinttype", "eprintclass", "crossref", "xdata",
        "xref",       "ids",        "related",     "entryset",   "keywordsraw", "pmid",     "pmcid",
        "bdsk-url-1", "bdsk-url-2", "bdsk-file-1", "verba",      "verbb",       "verbc"
    };

    return strchr(name, ':') || among(name, verbatim, ARRAY_LEN(verbatim));
}

const char *citation_venue_field(const struct citation *entry)
{
    static const char *const venues[] = { "journaltitle", "booktitle", "eventtitle",
                                          "institution",  "publisher", "organization",
                                          "howpublished", "maintitle", "shortjournal" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(venues); i++)
        if (citation_get(entry, venues[i]))
            return venues[i];
    return NULL;
}

const char *citation_venue(const struct citation *entry)
{
    const char *field = citation_venue_field(entry);

    return field ? citation_get(entry, field) : NULL;
}

bool citation_inside(const char *type)
{
    static const char *const inside[] = { "inproceedings", "conference",    "incollection",
                                          "inbook",        "inreference",   "bookinbook",
                                          "suppbook",      "suppcollection" };

    return among(type, inside, ARRAY_LEN(inside));
}

bool citation_in_series(const struct citation *entry)
{
    static const char *const kinds[] = { "book",      "collection",     "proceedings",
                                         "reference", "inproceedings",  "incollection",
                                         "inbook",    "inreference",    "bookinbook",
                                         "suppbook",  "suppcollection", "conference" };

    return citation_get(entry, "series") && among(entry->type, kinds, ARRAY_LEN(kinds));
}

/* ---- dates ---- */

static int digits(const char **at, int most)
{
    int value = 0, count = 0;

    while (count < most && **at >= '0' && **at <= '9') {
        value = value * 10 + (*(*at)++ - '0');
        count++;
    }
    return count == most ? value : -1;
}

static void put(char *out, int number, int width)
{
    while (width-- > 0) {
        out[width] = (char)('0' + number % 10);
        number /= 10;
    }
}

bool citation_day(char out[16], const char *date)
{
    const char *at = date + strspn(date, " ");
    int year = digits(&at, 4), month = -1, day = -1;

    if (year < 1000)
        return false;
    if (*at == '-') {
        at++;
        month = digits(&at, 2);
    }
    if (month >= 1 && month <= 12 && *at == '-') {
        at++;
        day = digits(&at, 2);
    }
    strcpy(out, "0000-00-00");
    put(out, year, 4);
    if (month < 1 || month > 12) {
        out[4] = '\0';
        return true;
    }
    put(out + 5, month, 2);
    put(out + 8, day > 0 ? day : 0, 2);
    if (!date_parse(out, NULL, NULL))
        out[7] = '\0';
    return true;
}

int citation_month(const char *text)
{
    static const char names[][10] = { "january",   "february", "march",    "april",
                                      "may",       "june",     "july",     "august",
                                      "september", "october",  "november", "december" };
    size_t len = strlen(text), i;
    long number;

    if (str_to_long(text, 1, 12, &number))
        return (int)number;
    if (len > 3 && text[len - 1] == '.')
        len--;
    for (i = 0; i < ARRAY_LEN(names) && len >= 3; i++)
        if (len <= strlen(names[i]) && strncasecmp(text, names[i], len) == 0
            && (len == 3 || len == 4 || names[i][len] == '\0'))
            return (int)i + 1;
    return 0;
}

/* ---- types ---- */

/* The first row of a word is what it is turned into. */
static const struct {
    const char *type, *ris, *csl;
} types[] = {
    { "article", "JOUR", "article-journal" },
    { "book", "BOOK", "book" },
    { "inproceedings", "CONF", "paper-conference" },
    { "conference", "CONF", "paper-conference" },
    { "incollection", "CHAP", "chapter" },
    { "inbook", "CHAP", "chapter" },
    { "bookinbook", "CHAP", "chapter" },
    { "suppbook", "CHAP", "chapter" },
    { "suppcollection", "CHAP", "chapter" },
    { "inreference", "ENCYC", "entry-encyclopedia" },
    { "collection", "EDBOOK", "book" },
    { "reference", "DICT", "book" },
    { "mvbook", "BOOK", "book" },
    { "mvcollection", "BOOK", "book" },
    { "mvproceedings", "BOOK", "book" },
    { "proceedings", "BOOK", "book" },
    { "thesis", "THES", "thesis" },
    { "phdthesis", "THES", "thesis" },
    { "mastersthesis", "THES", "thesis" },
    { "report", "RPRT", "report" },
    { "techreport", "RPRT", "report" },
    { "manual", "BOOK", "book" },
    { "online", "ELEC", "webpage" },
    { "electronic", "ELEC", "webpage" },
    { "www", "ELEC", "webpage" },
    { "booklet", "PAMP", "pamphlet" },
    { "unpublished", "UNPB", "manuscript" },
    { "patent", "PAT", "patent" },
    { "dataset", "DATA", "dataset" },
    { "software", "COMP", "software" },
    { "standard", "STAND", "standard" },
    { "periodical", "SER", "periodical" },
    { "letter", "PCOMM", "personal_communication" },
    { "image", "FIGURE", "figure" },
    { "artwork", "ART", "graphic" },
    { "audio", "SOUND", "song" },
    { "music", "MUSIC", "musical_score" },
    { "movie", "MPCT", "motion_picture" },
    { "video", "VIDEO", "motion_picture" },
    { "jurisdiction", "CASE", "legal_case" },
    { "legislation", "STAT", "legislation" },
    { "legal", "BILL", "bill" },
    { "performance", "HEAR", "hearing" },
    { "misc", "GEN", "document" },
    /* only from there */
    { "video", "VIDEO", "broadcast" },
    { "article", "MGZN", "article-magazine" },
    { "article", "NEWS", "article-newspaper" },
    { "article", "EJOUR", "review" },
    { "article", "ABST", "review-book" },
    { "article", "INPR", "article-journal" },
    { "article", "JFULL", "article-journal" },
    { "book", "EBOOK", "book" },
    { "book", "CLSWK", "classic" },
    { "inproceedings", "CPAPER", "paper-conference" },
    { "incollection", "ECHAP", "entry" },
    { "inreference", "ENCYC", "entry-dictionary" },
    { "online", "BLOG", "post-weblog" },
    { "online", "ICOMM", "post" },
    { "misc", "SLIDE", "speech" },
    { "misc", "MAP", "map" },
    { "misc", "ELEC", "article" },
    { "dataset", "AGGR", "dataset" },
};

bool citation_type_known(const char *type)
{
    /* those that no other format has a name for */
    static const char *const more[] = { "suppperiodical", "mvreference", "set",     "xdata",
                                        "commentary",     "review",      "bibnote", "preprint" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i].type, type) == 0)
            return true;
    return among(type, more, ARRAY_LEN(more)) || str_starts(type, "custom");
}

const char *citation_ris(const char *type)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i].type, type) == 0)
            return types[i].ris;
    return "GEN";
}

const char *citation_csl(const char *type)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i].type, type) == 0)
            return types[i].csl;
    return "document";
}

const char *citation_of_ris(const char *ris)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i].ris, ris) == 0)
            return types[i].type;
    return "misc";
}

const char *citation_of_csl(const char *csl)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(types); i++)
        if (strcmp(types[i].csl, csl) == 0)
            return types[i].type;
    return "misc";
}
