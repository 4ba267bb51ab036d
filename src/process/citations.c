/*
 * Marks in the text that name entries of the bibliography: "[3, 5–7]", "[Vas17]", "trees (3, 5)",
 * raised numbers, "(Vaswani et al., 2017)" and "Vaswani et al. (2017)". A mark counts only when an
 * entry answers it.
 */
#include "structure.h"

#include "carrel/hash.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MARK_MAX 120  /* bytes between brackets */
#define RANGE_MAX 30  /* entries of "[3–32]" */
#define NAME_REACH 60 /* bytes between a name and its year */
#define CITATIONS_MAX 200000

struct citing {
    struct document *doc;
    struct hashmap *markers; /* "12", "Vas17" -> entry + 1 */
    struct hashmap *years;   /* year -> first entry + 1; further ones through `same_year` */
    uint32_t *same_year;     /* entry -> next entry + 1 of that year */
    struct document_citation *out;
    size_t count, cap;
};

static void cite(struct citing *c, size_t start, size_t end, uint32_t reference)
{
    struct document_citation mark = { .start = (uint32_t)start,
                                      .end = (uint32_t)end,
                                      .reference = reference };

    if (c->count < CITATIONS_MAX)
        VEC_PUSH(c->out, c->count, c->cap, mark);
}

static uint32_t by_marker(const struct citing *c, const char *text, size_t len)
{
    const uint64_t *found = hashmap_get(c->markers, text, len);

    return found ? (uint32_t)(*found - 1) : DOCUMENT_NONE;
}

static long number_of(const char *text, size_t len)
{
    long value = 0;
    size_t i;

    for (i = 0; i < len; i++) {
        if (!isdigit((unsigned char)text[i]) || value > 9999)
            return 0;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static void cite_range(struct citing *c, size_t start, size_t end, long from, long to)
{
    char number[16];
    long i;

    for (i = from; i <= to && i - from < RANGE_MAX; i++) {
        uint32_t entry = by_marker(c, number, (size_t)snprintf(number, sizeof number, "%ld", i));

        if (entry != DOCUMENT_NONE)
            cite(c, start, end, entry);
    }
}

/* The inside of brackets: markers by commas or semicolons, ranges by hyphens or dashes. */
static void cite_list(struct citing *c, size_t start, size_t end)
{
    const char *text = c->doc->text;
    size_t at = start + 1, stop;
    long range_from = 0;

    while (at < end - 1) {
        bool range;

        for (stop = at; stop < end - 1
                        && (isalnum((unsigned char)text[stop]) || text[stop] == '+'
                            || text[stop] == '&' || text[stop] == '*');
             stop++)
            ;
        range = strncmp(text + stop, "–", 3) == 0 || strncmp(text + stop, "-", 1) == 0;
        if (range_from > 0 && stop > at) {
            cite_range(c, start, end, range_from + 1, number_of(text + at, stop - at));
        } else if (stop > at) {
            uint32_t entry = by_marker(c, text + at, stop - at);

            if (entry != DOCUMENT_NONE)
                cite(c, start, end, entry);
        }
        range_from = range ? number_of(text + at, stop - at) : 0;
        at = stop + (strncmp(text + stop, "–", 3) == 0 ? 3 : 1);
    }
}

static void cite_brackets(struct citing *c, size_t from, size_t to)
{
    const char *text = c->doc->text;
    size_t i, end;

    for (i = from; i < to; i++) {
        if (text[i] != '[')
            continue;
        for (end = i + 1; end < to && end - i < MARK_MAX && text[end] != ']' && text[end] != '[';
             end++)
            ;
        if (end < to && text[end] == ']')
            cite_list(c, i, end + 1);
    }
}

/* ---- numbers in round brackets ---- */

/* "Equation (3)", "step (2)": something else is numbered. */
static bool counts_other(const char *text, size_t from, size_t at)
{
    static const char *const words[] = { "eq",        "eqs",  "equation",  "equations", "step",
                                         "steps",     "case", "line",      "lines",     "rule",
                                         "rules",     "part", "and",       "or",        "problem",
                                         "condition", "to",   "inequality" };
    size_t end = at, start, i;

    while (end > from && strchr(" .\n", text[end - 1]))
        end--;
    for (start = end; start > from && isalpha((unsigned char)text[start - 1]); start--)
        ;
    for (i = 0; i < ARRAY_LEN(words); i++)
        if (strlen(words[i]) == end - start
            && strncasecmp(words[i], text + start, end - start) == 0)
            return true;
    return false;
}

/* Behind a word, and only numbers inside: "(10)", "(3, 5–7)". */
static void cite_round(struct citing *c, size_t from, size_t to)
{
    const char *text = c->doc->text;
    size_t i, end;

    for (i = from + 2; i < to; i++) {
        if (text[i] != '(' || !strchr(" \n", text[i - 1])
            || !(isalnum((unsigned char)text[i - 2]) || strchr(".,)\"", text[i - 2])))
            continue;
        for (end = i + 1; end < to && end - i < MARK_MAX
                          && (strchr("0123456789, -\n", text[end])
                              || strncmp(text + end, "\xE2\x80\x93", 3) == 0);
             end += (unsigned char)text[end] == 0xE2 ? 3 : 1)
            ;
        if (end > i + 1 && end < to && text[end] == ')' && !counts_other(text, from, i))
            cite_list(c, i, end + 1);
    }
}

/* Numbered equations and items look the same: these are marks when they name a third of the
 * entries, and more than two. */
static bool names_enough(const struct citing *c)
{
    bool *named = mem_zalloc(c->doc->reference_count * sizeof *named);
    size_t i, count = 0;

    for (i = 0; i < c->count; i++) {
        count += !named[c->out[i].reference];
        named[c->out[i].reference] = true;
    }
    free(named);
    return count > 2 && count * 3 >= c->doc->reference_count;
}

/* ---- raised numbers ---- */

/* A raised digit of UTF-8 text: its value, and its length in bytes; -1 for anything else. */
static int raised_digit(const char *text, size_t *len)
{
    const unsigned char *u = (const unsigned char *)text;

    *len = 2;
    if (u[0] == 0xC2 && u[1] == 0xB9)
        return 1;
    if (u[0] == 0xC2 && (u[1] == 0xB2 || u[1] == 0xB3))
        return u[1] - 0xB0;
    *len = 3;
    if (u[0] == 0xE2 && u[1] == 0x81 && (u[2] == 0xB0 || (u[2] >= 0xB4 && u[2] <= 0xB9)))
        return u[2] - 0xB0;
    return -1;
}

/* "word³,⁵" where entries are numbered and brackets are not used. */
static void cite_raised(struct citing *c, size_t from, size_t to)
{
    const char *text = c->doc->text;
    size_t i = from, start, len;
    int digit;

    while (i < to) {
        long value = 0;

        start = i;
        while (i < to && (digit = raised_digit(text + i, &len)) >= 0 && value < 10000) {
            value = value * 10 + digit;
            i += len;
        }
        if (i == start)
            i++;
        else if (start > from
                 && (isalpha((unsigned char)text[start - 1]) || strchr(".,;)", text[start - 1])))
            cite_range(c, start, i, value, value);
    }
}

/* ---- names and years ---- */

/* The entry of that year whose first author's name ends nearest before `at`. */
static uint32_t by_author(const struct citing *c, const uint64_t *first, size_t at, size_t *start)
{
    const char *text = c->doc->text;
    size_t low = at > NAME_REACH ? at - NAME_REACH : 0, best = 0;
    uint32_t found = DOCUMENT_NONE, entry, steps = 0;

    for (entry = (uint32_t)*first; entry != 0 && steps < 200; entry = c->same_year[entry - 1]) {
        const char *name = c->doc->references[entry - 1].first_author;
        size_t len = name ? strlen(name) : 0, i;

        steps++;
        if (len < 2)
            continue;
        for (i = at > len ? at - len : 0; i > low; i--)
            if (text[i] == name[0] && strncmp(text + i, name, len) == 0
                && !isalpha((unsigned char)text[i - 1]))
                break;
        if (i > low && i >= best) {
            /* Of several by one author in one year the later one answers only "2017b". */
            if (i == best && found != DOCUMENT_NONE && text[at + 4] != 'b')
                continue;
            best = i;
            found = entry - 1;
        }
    }
    *start = best;
    return found;
}

static void cite_authors(struct citing *c, size_t from, size_t to)
{
    const char *text = c->doc->text;
    size_t i, start;

    for (i = from; i + 4 <= to; i++) {
        const uint64_t *first;
        uint32_t year, entry;

        if (!((text[i] == '1' && text[i + 1] == '9') || (text[i] == '2' && text[i + 1] == '0'))
            || (i > 0 && isdigit((unsigned char)text[i - 1])))
            continue;
        year = (uint32_t)number_of(text + i, 4);
        first = year > 0 ? hashmap_get(c->years, (const char *)&year, sizeof year) : NULL;
        if (!first)
            continue;
        entry = by_author(c, first, i, &start);
        if (entry != DOCUMENT_NONE)
            cite(c, start, i + 4 + (islower((unsigned char)text[i + 4]) != 0), entry);
        i += 3;
    }
}

static void index_entries(struct citing *c)
{
    size_t i;

    /* Backwards, so that each year's list runs forwards and the first of equal markers wins. */
    for (i = c->doc->reference_count; i-- > 0;) {
        const struct document_reference *ref = &c->doc->references[i];
        uint64_t *place;

        if (ref->marker)
            *hashmap_put(c->markers, ref->marker, strlen(ref->marker), NULL) = i + 1;
        if (ref->year == 0)
            continue;
        place = hashmap_put(c->years, (const char *)&ref->year, sizeof ref->year, NULL);
        c->same_year[i] = (uint32_t)*place;
        *place = i + 1;
    }
}

static int by_place(const void *a, const void *b)
{
    const struct document_citation *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->reference < y->reference ? -1 : x->reference > y->reference;
}

static void each_text(struct citing *c, void (*scan)(struct citing *, size_t, size_t))
{
    size_t i;

    for (i = 0; i < c->doc->block_count; i++) {
        const struct document_block *block = &c->doc->blocks[i];

        if (block->kind != BLOCK_REFERENCE && block->kind < BLOCK_RUNNING_HEAD
            && block->kind != BLOCK_TITLE && block->kind != BLOCK_AUTHORS
            && block->kind != BLOCK_CODE)
            scan(c, block->start, block->end);
    }
}

/* One style of numbers; few marks of another one are formulas, footnotes and the like. */
static void cite_numbers(struct citing *c)
{
    size_t before;

    each_text(c, cite_brackets);
    before = c->count;
    if (before < 3)
        each_text(c, cite_round);
    if (before < 3 && !names_enough(c))
        c->count = before;
    if (c->count < 3)
        each_text(c, cite_raised);
}

void read_citations(struct document *doc)
{
    struct citing c = { .doc = doc };
    size_t marked = 0, i;

    if (doc->reference_count == 0)
        return;
    c.markers = hashmap_new();
    c.years = hashmap_new();
    c.same_year = mem_zalloc(doc->reference_count * sizeof *c.same_year);
    for (i = 0; i < doc->reference_count; i++)
        marked += doc->references[i].marker != NULL;
    index_entries(&c);
    if (marked * 2 >= doc->reference_count) {
        cite_numbers(&c);
    }
    if (c.count < 3)
        each_text(&c, cite_authors);
    if (c.count > 0) {
        qsort(c.out, c.count, sizeof *c.out, by_place);
        doc->citations = arena_alloc(doc->arena, c.count * sizeof *c.out);
        memcpy(doc->citations, c.out, c.count * sizeof *c.out);
        doc->citation_count = c.count;
    }
    free(c.out);
    free(c.same_year);
    hashmap_free(c.markers);
    hashmap_free(c.years);
}
