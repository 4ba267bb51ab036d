/*
 * The entries of a bibliography as values: marker, identifiers, year, first author, a guess at the
 * title. Identifiers are certain; the rest follows the two common orders "Authors. Year. Title.
 * Venue." and "Authors, Title, Venue, Year".
 */
#include "structure.h"

#include "carrel/mentions.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TITLE_LEAST 12
#define TITLE_MOST 300

/* ---- years ---- */

/* The four digits at `at`, when they are a year and stand alone. */
static uint32_t year_at(const char *text, size_t len, size_t at)
{
    uint32_t year;

    if (at + 4 > len || (at > 0 && (isalnum((unsigned char)text[at - 1]) || text[at - 1] == '.'))
        || (at + 4 < len && isdigit((unsigned char)text[at + 4]))
        || (at + 5 < len && text[at + 4] == '.' && isdigit((unsigned char)text[at + 5])))
        return 0;
    if (!(text[at] == '1' && text[at + 1] == '9') && !(text[at] == '2' && text[at + 1] == '0')
        && !(text[at] == '1' && text[at + 1] == '8'))
        return 0;
    if (!isdigit((unsigned char)text[at + 2]) || !isdigit((unsigned char)text[at + 3]))
        return 0;
    year = (uint32_t)strtoul((char[]){ text[at], text[at + 1], text[at + 2], text[at + 3], 0 },
                             NULL, 10);
    return year <= 2099 ? year : 0;
}

/* A year in brackets, or followed by a full stop, is the entry's; else the last one. */
static uint32_t find_year(const char *text, size_t len, size_t *where)
{
    uint32_t found = 0, year;
    size_t i;

    *where = len;
    for (i = 0; i + 4 <= len; i++) {
        year = year_at(text, len, i);
        if (year == 0)
            continue;
        if (i > 0 && (text[i - 1] == '-' || text[i - 1] == '/'))
            continue; /* page ranges, parts of addresses */
        found = year;
        *where = i;
        if (i > 0 && text[i - 1] == '(')
            return year;
    }
    return found;
}

/* ---- authors ---- */

static bool is_initial(const char *word, size_t len)
{
    size_t i, letters = 0;

    for (i = 0; i < len; i++) {
        if (isupper((unsigned char)word[i]))
            letters++;
        else if (!strchr(".-", word[i]))
            return false;
    }
    return letters > 0 && (letters <= 2 || memchr(word, '.', len));
}

/* Where the first name of the list ends: a comma, "and", or a full stop that ends no initial. */
static size_t first_segment(const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        if (text[i] == ',' || text[i] == ';' || text[i] == '&' || text[i] == '(' || text[i] == ':')
            return i;
        if (len - i > 5 && strncmp(text + i, " and ", 5) == 0)
            return i;
        if (len - i > 6 && strncmp(text + i, " et al", 6) == 0)
            return i;
        if (text[i] == '.' && i >= 2 && islower((unsigned char)text[i - 1])
            && islower((unsigned char)text[i - 2]))
            return i;
    }
    return len;
}

static char *family_name(struct arena *arena, const char *text, size_t len)
{
    size_t end = first_segment(text, len), first, last, next, word;
    bool reversed;

    while (end > 0 && text[end - 1] == ' ')
        end--;
    if (end == 0 || end > 60)
        return NULL;
    for (last = end; last > 0 && text[last - 1] != ' '; last--)
        ;
    /* "Vaswani, A." and "Vaswani A": the name comes first. */
    for (next = end; next < len && (text[next] == ',' || text[next] == ' '); next++)
        ;
    for (word = next; word < len && !strchr(" ,;", text[word]); word++)
        ;
    for (first = 0; first < end && text[first] != ' '; first++)
        ;
    reversed = next > end && is_initial(text + next, word - next) && !is_initial(text, first);
    if (reversed)
        return arena_strndup(arena, text, end);
    if (last > 0 && is_initial(text + last, end - last)) {
        while (last > 0 && text[last - 1] == ' ')
            last--;
        return last > 0 ? arena_strndup(arena, text, last) : NULL;
    }
    return arena_strndup(arena, text + last, end - last);
}

/* ---- titles ---- */

static size_t count_words(const char *text, size_t len)
{
    size_t n = 0, i;

    for (i = 0; i < len; i++)
        n += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
    return n;
}

/* Ends of sentences, but for initials and the usual abbreviations. */
static size_t sentence_end(const char *text, size_t len, size_t from)
{
    size_t i, word;

    for (i = from; i < len; i++) {
        if ((text[i] == '?' || text[i] == '!') && i + 1 < len && text[i + 1] == ' ')
            return i + 1;
        if (text[i] != '.' || (i + 1 < len && text[i + 1] != ' '))
            continue;
        for (word = i; word > from && text[word - 1] != ' ' && text[word - 1] != '.'; word--)
            ;
        if (i - word <= 1
            || (i - word == 2 && isupper((unsigned char)text[word])
                && isupper((unsigned char)text[word + 1]) && i + 2 < len
                && isupper((unsigned char)text[i + 2])))
            continue;
        return i;
    }
    return len;
}

static char *take_title(struct arena *arena, const char *text, size_t len)
{
    while (len > 0 && strchr(" .,;:\"", text[len - 1]))
        len--;
    while (len > 0 && strchr(" .,;:\")", *text)) {
        text++;
        len--;
    }
    if (len < TITLE_LEAST || len > TITLE_MOST || count_words(text, len) < 2)
        return NULL;
    return arena_strndup(arena, text, len);
}

/* In quotes: "…", “…”, ‘‘…’’ or ``…''. */
static char *quoted_title(struct arena *arena, const char *text)
{
    static const char *const pairs[][2] = { { "“", "”" },   { "``", "''" }, { "‘‘", "’’" },
                                            { "\"", "\"" }, { "„", "“" },   { "”", "”" } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(pairs); i++) {
        const char *open = strstr(text, pairs[i][0]), *close;

        if (!open)
            continue;
        open += strlen(pairs[i][0]);
        close = strstr(open, pairs[i][1]);
        if (close)
            return take_title(arena, open, (size_t)(close - open));
    }
    return NULL;
}

/* Many commas and initials: a list of authors. */
static bool looks_like_names(const char *text, size_t len)
{
    size_t commas = 0, initials = 0, lower = 0, words = 0, i, k;

    for (i = 0; i < len; i = k + 1) {
        for (k = i; k < len && text[k] != ' '; k++)
            ;
        if (k == i)
            continue;
        words++;
        commas += text[k - 1] == ',';
        initials += is_initial(text + i, k - i - (text[k - 1] == ','));
        lower += islower((unsigned char)text[i])
                 && !(k - i == 3 && strncmp(text + i, "and", 3) == 0) && k - i > 3;
    }
    return lower * 4 < words && (commas + initials) * 3 >= words;
}

static char *unquoted_title(struct arena *arena, const char *text, size_t len, size_t year_where)
{
    size_t from = 0, end;

    /* Authors. Year. Title. */
    if (year_where < len && year_where > 3 && year_where < len * 2 / 3) {
        from = year_where + 4;
        if (from < len && islower((unsigned char)text[from]))
            from++;
        while (from < len && strchr(" ).,:", text[from]))
            from++;
        end = sentence_end(text, len, from);
        if (end > from && end - from >= TITLE_LEAST)
            return take_title(arena, text + from, end - from);
    }
    for (from = 0; from < len; from = end + 1) {
        end = sentence_end(text, len, from);
        while (from < end && text[from] == ' ')
            from++;
        if (end - from >= TITLE_LEAST && !looks_like_names(text + from, end - from)
            && count_words(text + from, end - from) >= 3 && from > 0)
            return take_title(arena, text + from, end - from);
    }
    return NULL;
}

/* ---- entries ---- */

static size_t read_marker(struct document_reference *ref, struct arena *arena, const char *text,
                          size_t len)
{
    size_t i = 0, start = 0;

    if (len > 2 && text[0] == '[') {
        for (i = 1; i < len && i < 20 && text[i] != ']'; i++)
            ;
        if (i >= len || text[i] != ']')
            return 0;
        ref->marker = arena_strndup(arena, text + 1, i - 1);
        i++;
    } else {
        for (; i < len && i < 4 && isdigit((unsigned char)text[i]); i++)
            ;
        start = i;
        if (i == 0 || i >= len || !(text[i] == '.' || text[i] == ')' || text[i] == ' '))
            return 0;
        ref->marker = arena_strndup(arena, text, start);
        i++;
    }
    while (i < len && text[i] == ' ')
        i++;
    return i;
}

static void read_entry(struct document *doc, struct document_reference *ref, char *text, size_t len)
{
    size_t skip = read_marker(ref, doc->arena, text, len), where;
    const char *body = text + skip;
    size_t body_len = len - skip;

    ref->arxiv = find_arxiv(doc->arena, body, NULL);
    ref->doi = find_doi(doc->arena, body);
    ref->url = find_url(doc->arena, body);
    ref->year = find_year(body, body_len, &where);
    ref->first_author = family_name(doc->arena, body, body_len);
    ref->title = quoted_title(doc->arena, body);
    if (!ref->title)
        ref->title = unquoted_title(doc->arena, body, body_len, where);
}

void read_references(struct document *doc)
{
    size_t i, count = 0;

    for (i = 0; i < doc->block_count; i++)
        count += doc->blocks[i].kind == BLOCK_REFERENCE;
    doc->references = arena_alloc(doc->arena, (count + 1) * sizeof *doc->references);
    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];
        struct document_reference *ref = &doc->references[doc->reference_count];
        char *text;

        if (block->kind != BLOCK_REFERENCE || block->end - block->start < 12)
            continue;
        ref->start = block->start;
        ref->end = block->end;
        text = mem_strndup(doc->text + block->start, block->end - block->start);
        read_entry(doc, ref, text, block->end - block->start);
        free(text);
        doc->reference_count++;
    }
}
