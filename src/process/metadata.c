/*
 * What a document says about itself: title, authors, abstract, identifiers, year. Taken from the
 * first pages only, since later ones speak of other papers.
 */
#include "structure.h"

#include "carrel/mentions.h"
#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ABSTRACT_MAX 6000
#define ABSTRACT_LEAST 150 /* bytes of one without a heading */
#define AUTHORS_MAX 200

static void add_block(struct str *out, const struct document *doc,
                      const struct document_block *block)
{
    str_add_mem(out, doc->text + block->start, block->end - block->start);
}

/* ---- authors ---- */

/* Words of addresses: a line that has one holds no names. */
static bool is_address(const char *text)
{
    static const char *const words[] = {
        "universit",
        "institut",
        "department",
        "school",
        "laborator",
        "college",
        "research",
        "center",
        "centre",
        "faculty",
        "@",
        "http",
        "inc.",
        "corporation",
        "google",
        "microsoft",
        "facebook",
        "ibm",
        "deepmind",
        "openai",
        "academy",
        "foundation",
        "division",
        "street",
        "avenue",
        "dept",
        "group",
        "germany",
        "france",
        "china",
        "usa",
        "canada",
        "italy",
        "japan",
        "email",
        "e-mail",
        "editor",
        "received",
        "accepted",
        "copyright",
        "hospital",
        "clinic",
        "technolog",
        "science",
        "engineering",
        "workshop",
        "conference",
        "proceedings",
        "journal",
        "version",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "equal contribution",
        "corresponding",
        "issn",
        "vol.",
        "doi",
        "submitted",
        "preprint",
        "abstract",
        "keywords",
        "labs",
        "team",
        "society",
        "ltd",
        "company",
        "ministry",
        "national",
        "gmbh",
        "review",
        "article",
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strcasestr(text, words[i]))
            return true;
    return false;
}

/* Names of places that look like people's. */
static bool is_place(const char *text)
{
    static const char *const places[] = {
        "new york",       "new jersey",      "new zealand",    "new delhi",     "san francisco",
        "san diego",      "san jose",        "los angeles",    "santa barbara", "santa cruz",
        "hong kong",      "south korea",     "south africa",   "united states", "united kingdom",
        "saudi arabia",   "tel aviv",        "palo alto",      "mountain view", "menlo park",
        "ann arbor",      "los alamos",      "salt lake city", "st. louis",     "north carolina",
        "rio de janeiro", "sao paulo",       "buenos aires",   "abu dhabi",     "the netherlands",
        "new haven",      "new south wales",
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(places); i++)
        if (strcasecmp(text, places[i]) == 0)
            return true;
    return false;
}

/* A line with a postal code is of a place. */
static bool has_postcode(const char *text)
{
    size_t run = 0;

    for (; *text && run < 5; text++)
        run = isdigit((unsigned char)*text) ? run + 1 : 0;
    return run == 5;
}

static bool particle(const char *word, size_t len)
{
    static const char *const particles[] = { "de",  "del", "della", "der", "den", "van",
                                             "von", "la",  "le",    "di",  "da",  "dos",
                                             "du",  "el",  "al",    "bin", "ten", "ter",
                                             "zu",  "y",   "st.",   "jr.", "jr" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(particles); i++)
        if (strlen(particles[i]) == len && strncasecmp(word, particles[i], len) == 0)
            return true;
    return false;
}

/* Two to five words that begin with a capital (or a letter beyond ASCII), at least one longer than
 * an initial. */
static bool is_name(const char *text)
{
    size_t words = 0, longer = 0, len;

    for (; *text; text += len + strspn(text + len, " ")) {
        len = strcspn(text, " ");
        if (len == 0)
            break;
        if (particle(text, len))
            continue;
        if (!isupper((unsigned char)text[0]) && (unsigned char)text[0] < 0xC3)
            return false;
        longer += len > 2;
        words++;
    }
    return words >= 2 && words <= 5 && longer >= 1;
}

/* Letters, hyphens, dots and apostrophes stay; marks and digits go; anything else ends the name. */
static void clean_name(struct str *out, const char *text, size_t len)
{
    size_t i, took;
    unsigned rune;

    for (i = 0; i < len; i += took) {
        took = utf8_decode(text + i, len - i, &rune);
        if (rune < 0x80 && (isalpha((int)rune) || strchr(" .-'", (int)rune)))
            str_add_char(out, (char)rune);
        else if ((rune >= 0xC0 && rune < 0x2000) || rune >= 0x2E80 || rune == 0x2019
                 || rune == 0x2010)
            str_add_rune(out, rune);
    }
    str_trim(out);
    while (out->len > 0 && strchr("-'. ", out->ptr[0]))
        str_remove(out, 0, 1);
}

static void add_name(struct document *doc, const char *text, size_t len)
{
    struct text_list *authors = &doc->meta.authors;
    struct str name = STR_INIT, squeezed = STR_INIT;
    size_t i;

    clean_name(&name, text, len);
    utf8_squeeze(&squeezed, name.ptr, name.len);
    for (i = 0; i < authors->len && !str_ieq(authors->items[i], squeezed.ptr); i++)
        ;
    if (is_name(squeezed.ptr) && !is_address(squeezed.ptr) && !is_place(squeezed.ptr)
        && i == authors->len && authors->len < AUTHORS_MAX)
        text_list_add(authors, doc->arena, squeezed.ptr, squeezed.len);
    str_free(&name);
    str_free(&squeezed);
}

/* Names are parted by commas, semicolons, "and", "&", bullets, and by marks raised behind them. */
static size_t name_end(const char *text, size_t len, size_t *next)
{
    static const char *const parts[] = { ",",  ";", " and ", " & ", "•", "·", "|", " und ",
                                         "  ", "†", "‡",     "∗",   "*", "§", "¶", "¹",
                                         "²",  "³", "⁴",     "⁵",   "⁶", "⁷", "⁸", "⁹" };
    size_t i, k;

    for (i = 0; i < len; i++)
        for (k = 0; k < ARRAY_LEN(parts); k++)
            if (len - i >= strlen(parts[k]) && strncmp(text + i, parts[k], strlen(parts[k])) == 0) {
                *next = i + strlen(parts[k]);
                return i;
            }
    *next = len;
    return len;
}

static void add_names(struct document *doc, const char *text, size_t len)
{
    size_t at = 0, next;

    if (len >= 3 && strncasecmp(text, "by ", 3) == 0)
        at = 3;
    if (len - at >= 4 && strncmp(text + at, "and ", 4) == 0)
        at += 4;
    while (at < len) {
        size_t end = name_end(text + at, len - at, &next);

        add_name(doc, text + at, end);
        at += next;
    }
}

static void read_authors(struct document *doc)
{
    size_t i, k = 0;
    struct str line = STR_INIT;

    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];

        if (block->kind != BLOCK_AUTHORS)
            continue;
        while (k < doc->line_count && doc->lines[k].start < block->start)
            k++;
        for (; k < doc->line_count && doc->lines[k].start < block->end; k++) {
            str_clear(&line);
            str_add_mem(&line, doc->text + doc->lines[k].start,
                        doc->lines[k].end - doc->lines[k].start);
            if (!is_address(line.ptr) && !has_postcode(line.ptr))
                add_names(doc, line.ptr, line.len);
        }
    }
    str_free(&line);
}

/* ---- abstract ---- */

static bool ends_abstract(const char *text, size_t len)
{
    static const char *const words[] = { "keywords",
                                         "key words",
                                         "index terms",
                                         "ccs concepts",
                                         "categories and subject",
                                         "introduction",
                                         "general terms",
                                         "additional key",
                                         "acm reference",
                                         "jel ",
                                         "pacs",
                                         "msc",
                                         "mathematics subject" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(words); i++)
        if (len >= strlen(words[i]) && strncasecmp(text, words[i], strlen(words[i])) == 0)
            return true;
    return false;
}

/* Behind "Abstract" and what stands between it and the text; 0 when the block begins otherwise. */
static size_t abstract_prefix(const char *text, size_t len)
{
    size_t i = 8;

    if (len < 9 || (strncasecmp(text, "abstract", 8) != 0 && strncasecmp(text, "summary:", 8) != 0))
        return 0;
    while (i < len
           && (strchr(" .:-*", text[i]) || strncmp(text + i, "—", 3) == 0
               || strncmp(text + i, "–", 3) == 0))
        i += (unsigned char)text[i] >= 0x80 ? 3 : 1;
    return i < len && !islower((unsigned char)text[8]) ? i : 0;
}

static void add_abstract(struct str *out, const struct document *doc, size_t at, size_t skip)
{
    size_t first = at;

    for (; at < doc->block_count && out->len < ABSTRACT_MAX; at++) {
        const struct document_block *block = &doc->blocks[at];
        const char *text = doc->text + block->start;
        size_t len = block->end - block->start;

        if (block->kind == BLOCK_FOOTNOTE || block->kind == BLOCK_FIGURE
            || block->kind == BLOCK_CAPTION)
            continue;
        if ((block->kind != BLOCK_PARAGRAPH && block->kind != BLOCK_EQUATION
             && block->kind != BLOCK_AUTHORS)
            || ends_abstract(text, len))
            break;
        if (out->len > 0)
            str_add(out, "\n\n");
        str_add_mem(out, text + skip, len - skip);
        skip = 0;
        if (at - first >= 6)
            break;
    }
}

/* Without a heading: the first long paragraph between the authors and the first heading. */
static void guess_abstract(struct str *out, const struct document *doc)
{
    bool front = false;
    size_t i;

    for (i = 0; i < doc->block_count && doc->blocks[i].page == 0; i++) {
        const struct document_block *block = &doc->blocks[i];

        front |= block->kind == BLOCK_TITLE;
        if (block->kind == BLOCK_HEADING && front)
            return;
        if (front && block->kind == BLOCK_PARAGRAPH
            && block->end - block->start >= ABSTRACT_LEAST) {
            add_block(out, doc, block);
            return;
        }
    }
}

static void read_abstract(struct document *doc)
{
    static const char *const names[] = { "abstract", "summary", "a b s t r a c t",
                                         "zusammenfassung", "résumé" };
    struct str text = STR_INIT;
    size_t i, skip;

    for (i = 0; i < doc->block_count && doc->blocks[i].page <= 2 && text.len == 0; i++) {
        const struct document_block *block = &doc->blocks[i];
        const char *start = doc->text + block->start;
        size_t len = block->end - block->start;

        if (block->kind >= BLOCK_RUNNING_HEAD || block->kind == BLOCK_TITLE)
            continue;
        if (heading_is(start, len, names, ARRAY_LEN(names)))
            add_abstract(&text, doc, i + 1, 0);
        else if ((skip = abstract_prefix(start, len)) > 0)
            add_abstract(&text, doc, i, skip);
    }
    if (text.len == 0)
        guess_abstract(&text, doc);
    if (text.len > 0)
        doc->meta.abstract = arena_strndup(doc->arena, text.ptr, text.len);
    str_free(&text);
}

/* ---- identifiers and year ---- */

/* A number of four digits that may be a year, and is no page of a range. */
static uint32_t year_at(const char *text, const char *at)
{
    char *end;
    unsigned long year;

    if (!isdigit((unsigned char)*at) || (at > text && isdigit((unsigned char)at[-1])))
        return 0;
    year = strtoul(at, &end, 10);
    if (year < 1900 || year > 2099 || end - at != 4
        || ((*end == '-' || strncmp(end, "–", 3) == 0)
            && isdigit((unsigned char)end[*end == '-' ? 1 : 3]))
        || (at > text && at[-1] == '-') || (at - text >= 3 && strncmp(at - 3, "–", 3) == 0))
        return 0;
    return (uint32_t)year;
}

/* Years of the stamp or of a notice on the first page. */
static uint32_t notice_year(const char *text)
{
    static const struct {
        const char *word;
        size_t reach; /* bytes within which the year stands */
    } notices[] = { { "©", 80 },         { "copyright", 80 },    { "(c)", 80 },
                    { "published", 80 }, { "proceedings", 160 }, { "accepted", 80 },
                    { "received", 80 },  { "preprint", 80 },     { "submitted", 80 },
                    { "vol", 80 } };
    uint32_t best = 0;
    size_t i, k;

    for (i = 0; i < ARRAY_LEN(notices) && best == 0; i++) {
        const char *at = strcasestr(text, notices[i].word);

        for (k = 0; at && k < notices[i].reach && at[k] && best == 0; k++)
            best = year_at(text, at + k);
    }
    return best;
}

/* "arXiv:1706.03762v5 [cs.CL] 6 Dec 2017": the last number of four digits. */
static uint32_t stamp_year(const char *text)
{
    const char *at = strstr(text, "arXiv:");
    uint32_t year = 0;
    size_t i;

    for (i = 6; at && at[i] && i < 60; i++)
        if (at[i - 1] == ' ' && isdigit((unsigned char)at[i]) && strspn(at + i, "0123456789") == 4)
            year = (uint32_t)strtoul(at + i, NULL, 10);
    return year >= 1991 && year <= 2099 ? year : 0;
}

static void read_identity(struct document *doc)
{
    struct str stamps = STR_INIT, front = STR_INIT;
    size_t i;

    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];
        struct str *out = block->kind == BLOCK_STAMP ? &stamps : &front;

        if (block->page > 0 || block->kind == BLOCK_REFERENCE || front.len > 20000)
            continue;
        add_block(out, doc, block);
        str_add_char(out, '\n');
    }
    doc->meta.arxiv = find_arxiv(doc->arena, stamps.ptr, &doc->meta.arxiv_version);
    doc->meta.year = stamp_year(stamps.ptr);
    if (!doc->meta.arxiv && doc->meta.year == 0) {
        doc->meta.arxiv = find_arxiv(doc->arena, front.ptr, &doc->meta.arxiv_version);
        doc->meta.year = stamp_year(front.ptr);
    }
    doc->meta.doi = find_doi(doc->arena, front.ptr);
    if (!doc->meta.doi)
        doc->meta.doi = find_doi(doc->arena, stamps.ptr);
    if (doc->meta.year == 0)
        doc->meta.year = notice_year(front.ptr);
    str_free(&stamps);
    str_free(&front);
}

void read_metadata(struct document *doc, const char *info_title)
{
    size_t i;

    for (i = 0; i < doc->block_count && !doc->meta.title; i++)
        if (doc->blocks[i].kind == BLOCK_TITLE)
            doc->meta.title = arena_strndup(doc->arena, doc->text + doc->blocks[i].start,
                                            doc->blocks[i].end - doc->blocks[i].start);
    if (!doc->meta.title && info_title && info_title[0])
        doc->meta.title = arena_strdup(doc->arena, info_title);
    read_authors(doc);
    read_abstract(doc);
    read_identity(doc);
}
