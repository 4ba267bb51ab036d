/*
 * From a record to an entry of a bibliography. What came from one stands as it was written for as
 * long as it says the same as the work; what the work says otherwise, or besides, is put in its
 * place.
 */
#include "bibliography.h"

#include "carrel/bibliography.h"
#include "carrel/bibname.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* ---- the same said in TeX and in plain text ---- */

static void readable(struct str *out, const char *tex)
{
    struct str plain = STR_INIT;

    text_from_latex(&plain, tex);
    utf8_squeeze(out, plain.ptr, plain.len);
    str_free(&plain);
}

/* A work's text may be TeX (arXiv's titles) or plain with a backslash: either may be meant. */
bool entry_same_text(const char *tex, const char *text)
{
    struct str a = STR_INIT, b = STR_INIT, c = STR_INIT;
    bool same;

    readable(&a, tex);
    utf8_squeeze(&b, text, strlen(text));
    readable(&c, text);
    same = strcmp(a.ptr, b.ptr) == 0 || strcmp(a.ptr, c.ptr) == 0;
    str_free(&a);
    str_free(&b);
    str_free(&c);
    return same;
}

static bool same_name(const struct bib_name *name, const char *author)
{
    struct str a = STR_INIT, b = STR_INIT;
    bool same;

    bib_name_plain(&a, name);
    text_from_latex(&b, author);
    same = strcmp(a.ptr, author) == 0 || strcmp(a.ptr, b.ptr) == 0;
    str_free(&a);
    str_free(&b);
    return same;
}

static bool same_names(struct arena *arena, const char *list, const struct text_list *authors)
{
    const char *name;
    size_t len, count = 0;
    bool same = true;

    while (same && bib_names_next(&list, &name, &len)) {
        struct bib_name parts;

        bib_name_parse(&parts, arena, name, len);
        if (parts.others)
            continue;
        same = count < authors->len && same_name(&parts, authors->items[count]);
        count++;
    }
    return same && count == authors->len;
}

/* ---- titles ---- */

/* Capitals that a style would lose: inside a word, or several. */
static bool word_protected(const char *word, size_t len)
{
    size_t i, capitals = 0, small = 0;

    for (i = 0; i < len; i++) {
        capitals += isupper((unsigned char)word[i]) != 0;
        small += islower((unsigned char)word[i]) != 0;
    }
    return capitals > 1 || (capitals == 1 && small > 0 && !isupper((unsigned char)word[0]));
}

/* Is it written like a sentence, so that a capital within it is a name's? */
static bool title_sentence(const char *title)
{
    size_t words = 0, capitals = 0;

    for (title += strcspn(title, " "); *title;) { /* behind its first word */
        size_t len;

        title += strspn(title, " ");
        len = strcspn(title, " ");
        if (len > 3 && !word_protected(title, len)) {
            words++;
            capitals += isupper((unsigned char)*title) != 0;
        }
        title += len;
    }
    return words > 2 && capitals * 2 < words;
}

/* Has it formulas or commands, and braces that pair? Those that do not would end the entry. */
static bool is_tex(const char *text)
{
    const char *at;
    int depth = 0;

    for (at = text; *at && depth >= 0; at++)
        depth += (*at == '{') - (*at == '}');
    return depth == 0 && strpbrk(text, "\\$");
}

/* Plain text as a title in TeX; formulas and what is TeX already are left alone. */
static char *title_tex(struct arena *arena, const char *title)
{
    bool tex = is_tex(title), sentence = title_sentence(title), first = true;
    struct str out = STR_INIT;
    const char *at = title;
    char *kept;

    while (*at) {
        size_t len = strcspn(at, " "), edge = len;
        char *word = arena_strndup(arena, at, len);
        bool guard;

        while (edge > 0 && strchr(".,:;?!)", at[edge - 1]))
            edge--;
        guard = !strpbrk(word, "\\${}")
                && (word_protected(at, edge)
                    || (sentence && !first && edge > 1 && isupper((unsigned char)*at)));
        if (tex) {
            str_add(&out, word);
        } else if (guard) {
            str_add_char(&out, '{');
            text_to_latex(&out, arena_strndup(arena, at, edge));
            str_add_char(&out, '}');
            text_to_latex(&out, word + edge);
        } else {
            text_to_latex(&out, word);
        }
        first = strchr(":.?!", len ? at[len - 1] : '.') != NULL;
        at += len;
        if (*at)
            str_add_char(&out, *at++);
    }
    kept = arena_strdup(arena, out.ptr);
    str_free(&out);
    return kept;
}

char *entry_value(struct arena *arena, const char *text)
{
    struct str out = STR_INIT;
    char *kept;

    if (is_tex(text))
        return arena_strdup(arena, text);
    text_to_latex(&out, text);
    kept = arena_strdup(arena, out.ptr);
    str_free(&out);
    return kept;
}

/* ---- the record's fields ---- */

/* Does it say anything that each format can? */
static bool says_something(const struct citation *entry)
{
    size_t i;

    for (i = 0; i < entry->len && strchr(entry->fields[i].name, ':'); i++)
        ;
    return i < entry->len;
}

static void set_title(struct citation *entry, struct arena *arena, const struct record *record)
{
    const char *title = citation_get(entry, "title"), *more = citation_get(entry, "subtitle");
    const char *other = title ? title : citation_get(entry, "booktitle");
    const char *both = other                   ? other
                       : says_something(entry) ? citation_untitled(arena, entry)
                                               : NULL;
    struct str text = STR_INIT;

    if (title && more) {
        text_from_latex(&text, title);
        both = arena_printf(arena, "%s%s %s", title,
                            text.len && strchr(".:?!", text.ptr[text.len - 1]) ? "" : ":", more);
    }
    if (!both || !entry_same_text(both, record->title)) {
        citation_set(entry, arena, "title", title_tex(arena, record->title));
        citation_set(entry, arena, "subtitle", NULL);
    }
    str_free(&text);
}

/* Of a book that has editors alone these are what a person has set right; of what is in a book they
 * are the book's. */
static const char *field_of_authors(const struct citation *entry, const struct record *hand)
{
    return hand && hand->authors.len > 0 && !citation_get(entry, "author")
                   && citation_get(entry, "editor") && !citation_inside(entry->type)
               ? "editor"
               : "author";
}

static void set_authors(struct citation *entry, struct arena *arena, const struct record *record,
                        const struct record *hand)
{
    static const char *const fields[] = { "author", "editor", "translator", NULL };
    const char *list = citation_first(entry, fields), *field = field_of_authors(entry, hand);
    struct str names = STR_INIT;
    size_t i;

    if (record->authors.len == 0 || (list && same_names(arena, list, &record->authors)))
        return;
    for (i = 0; i < record->authors.len; i++) {
        struct str plain = STR_INIT;
        struct bib_name name;

        text_from_latex(&plain, record->authors.items[i]);
        bib_name_guess(&name, arena, plain.ptr);
        bib_name_add(&names, &name);
        str_free(&plain);
    }
    citation_set(entry, arena, field, names.ptr);
    citation_set(entry, arena, arena_printf(arena, "csl:%s", field), NULL);
    str_free(&names);
}

bool bibliography_arxiv_month(const char *id, int *year, int *month)
{
    const char *number = strrchr(id, '/') ? strrchr(id, '/') + 1 : id + strlen("arxiv:");

    if (!str_starts(id, "arxiv:") || strspn(number, "0123456789") < 4)
        return false;
    *year = (number[0] - '0') * 10 + number[1] - '0';
    *year += *year >= 91 ? 1900 : 2000;
    *month = (number[2] - '0') * 10 + number[3] - '0';
    return *month >= 1 && *month <= 12;
}

/* Is the day the one on which this number was given? What is sent on a month's last day may get a
 * number of the next. */
static bool arxiv_day(const char *id, const char *day)
{
    int year, month, of_year = 0, of_month = 0, months;

    if (!bibliography_arxiv_month(id, &year, &month)
        || sscanf(day, "%4d-%2d", &of_year, &of_month) < 1)
        return false;
    months = (year - of_year) * 12 + month - of_month;
    return of_month == 0 ? year == of_year : months == 0 || months == 1;
}

static bool of_preprint(const struct record *record, const char *day)
{
    bool is = record->id && arxiv_day(record->id, day);
    size_t i;

    for (i = 0; i < record->aliases.len && !is; i++)
        is = arxiv_day(record->aliases.items[i], day);
    return is;
}

/* Does it say where and when the paper was printed, in more than an archive? */
static bool says_printed(const struct citation *entry)
{
    static const char *const places[] = { "journaltitle", "booktitle", NULL };
    const char *date = citation_get(entry, "date"), *where = citation_first(entry, places);
    char day[16];

    date = date ? date : citation_get(entry, "year");
    return date && citation_day(day, date) && where && !strcasestr(where, "arxiv")
           && strcasecmp(where, "CoRR") != 0;
}

/* When an entry says when the paper was printed, the day of the preprint is no news to it, but for
 * a person who has said so. */
static void set_date(struct citation *entry, struct arena *arena, const struct record *record,
                     const struct record *hand)
{
    const char *date = citation_get(entry, "date"), *year = citation_get(entry, "year");
    const char *published = record->published;
    char mine[16], day[16];

    if (!published || !citation_day(day, published))
        return;
    if ((date && citation_day(mine, date) && strcmp(mine, day) == 0)
        || (!date && year && citation_day(mine, year) && strcmp(mine, day) == 0)
        || (!(hand && hand->published) && says_printed(entry) && of_preprint(record, day)))
        return;
    citation_set(entry, arena, "date", day);
    citation_set(entry, arena, "year", NULL);
    citation_set(entry, arena, "month", NULL);
    citation_set(entry, arena, "csl:issued", NULL);
}

static void set_value(struct citation *entry, struct arena *arena, const char *field,
                      const char *text)
{
    const char *before = citation_get(entry, field);

    if (!text || !*text || (before && entry_same_text(before, text)))
        return;
    citation_set(entry, arena, field, entry_value(arena, text));
}

/* One that the entry has already, though its writing differs, stays. */
static void set_plain(struct citation *entry, struct arena *arena, const char *field,
                      const char *text)
{
    const char *before = citation_get(entry, field);

    if (text && *text && (!before || !strcasestr(before, text)))
        citation_set(entry, arena, field, text);
}

static void set_eprint(struct citation *entry, struct arena *arena, const struct record *record)
{
    const char *number;

    const char *class = record->categories.len > 0 ? record->categories.items[0] : "";

    if (!record->id || !str_starts(record->id, "arxiv:") || citation_get(entry, "eprint"))
        return;
    number = record->id + strlen("arxiv:");
    citation_set(entry, arena, "eprint", number);
    citation_set(entry, arena, "eprinttype", "arXiv");
    if (*class && !strchr(number, '/') && !strchr(class, ' ')) /* a class, no subject in words */
        citation_set(entry, arena, "eprintclass", class);
}

/* Where it appeared, of a record that no bibliography knows: by the words of its name. */
static void guess_type(struct citation *entry, struct arena *arena, const struct record *record)
{
    static const char *const meetings[] = {
        "proceedings", "proc.", "conference", "workshop", "symposium", "neurips",
        "nips",        "icml",  "iclr",       "cvpr",     "iccv",      "eccv",
        "acl ",        "emnlp", "naacl",      "aaai",     "ijcai",     "advances in neural"
    };
    size_t i;

    entry->type = record->venue ? "article" : "misc";
    for (i = 0; record->venue && i < ARRAY_LEN(meetings); i++)
        if (strcasestr(record->venue, meetings[i]))
            entry->type = "inproceedings";
    if (record->venue)
        citation_set(entry, arena, citation_inside(entry->type) ? "booktitle" : "journaltitle",
                     entry_value(arena, record->venue));
}

const char *bibliography_place(const char *type)
{
    return citation_inside(type)          ? "booktitle"
           : strcmp(type, "article") == 0 ? "journaltitle"
                                          : NULL;
}

/* An article without its journal has it from whoever knows it. */
static void set_place(struct citation *entry, struct arena *arena, const struct record *record)
{
    static const char *const parents[] = { "crossref", "xdata", NULL };
    const char *place = bibliography_place(entry->type);

    if (place && record->venue && !citation_venue(entry) && !citation_first(entry, parents))
        citation_set(entry, arena, place, entry_value(arena, record->venue));
}

/* Is the word one of a list, whatever its case? */
static bool keyword_there(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (*list) {
        size_t part;

        list += strspn(list, ",; ");
        part = strcspn(list, ",;");
        while (part > len && list[part - 1] == ' ')
            part--;
        if (part == len && strncasecmp(list, word, len) == 0)
            return true;
        list += strcspn(list, ",;");
    }
    return false;
}

/* Tags are words that others see as keywords. A blank of a keyword is a dash of a tag. */
static void set_keywords(struct citation *entry, struct arena *arena, const struct text_list *tags)
{
    const char *before = citation_get(entry, "keywords");
    struct str list = STR_INIT;
    size_t i;

    str_add(&list, before ? before : "");
    for (i = 0; i < tags->len; i++) {
        char *tag = entry_value(arena, tags->items[i]), *words = arena_strdup(arena, tag), *at;

        for (at = words; *at; at++)
            *at = *at == '-' ? ' ' : *at;
        if (!keyword_there(list.ptr, tag) && !keyword_there(list.ptr, words))
            str_printf(&list, "%s%s", list.len ? ", " : "", tag);
    }
    if (list.len > 0)
        citation_set(entry, arena, "keywords", list.ptr);
    str_free(&list);
}

void bibliography_entry(struct citation *out, struct arena *arena, const struct record *record,
                        const struct record *hand)
{
    if (!citation_from(out, arena, &record->cited))
        guess_type(out, arena, record);
    else if (hand)
        entry_by_hand(out, arena, hand);
    if (record->title)
        set_title(out, arena, record);
    set_authors(out, arena, record, hand);
    set_place(out, arena, record);
    set_date(out, arena, record, hand);
    if (record->doi && *record->doi)
        set_plain(out, arena, "doi", record->doi);
    else if (record->id && str_starts(record->id, "doi:"))
        set_plain(out, arena, "doi", record->id + strlen("doi:"));
    set_eprint(out, arena, record);
    if (!citation_get(out, "url"))
        set_plain(out, arena, "url", record->url);
    set_value(out, arena, "abstract", record->abstract);
    set_value(out, arena, "note", record->comment);
    set_keywords(out, arena, &record->tags);
}
