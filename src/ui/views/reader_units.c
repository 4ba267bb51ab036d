/*
 * Sentences and paragraphs of a document's text.
 */
#include "reader.h"

#include <ctype.h>
#include <string.h>

#define ABBREVIATION_MAX 6

size_t reader_block_of(const struct document *doc, uint32_t offset)
{
    size_t low = 0, high = doc->block_count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (doc->blocks[mid].start <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 ? low - 1 : 0;
}

/* "Fig.", "e.g.", "et al.", an initial: a full stop that ends no sentence. */
static bool abbreviated(const char *text, size_t start, size_t stop)
{
    static const char *const known[] = { "fig",  "figs", "eq",     "eqs", "sec",  "tab",
                                         "al",   "cf",   "vs",     "e.g", "i.e",  "no",
                                         "vol",  "pp",   "p",      "dr",  "prof", "ref",
                                         "refs", "resp", "approx", "st",  "mr",   "mrs" };
    size_t from = stop, i;
    char word[ABBREVIATION_MAX + 1];

    while (from > start && (isalpha((unsigned char)text[from - 1]) || text[from - 1] == '.'))
        from--;
    if (stop - from == 1)
        return isupper((unsigned char)text[from]) != 0;
    if (stop == from || stop - from > ABBREVIATION_MAX)
        return false;
    for (i = 0; i < stop - from; i++)
        word[i] = (char)tolower((unsigned char)text[from + i]);
    word[i] = '\0';
    for (i = 0; i < ARRAY_LEN(known); i++)
        if (strcmp(word, known[i]) == 0)
            return true;
    return false;
}

/* Where the sentence that begins at `from` ends: behind its last sign. */
static size_t sentence_end(const char *text, size_t from, size_t end)
{
    size_t i;

    for (i = from; i < end; i++) {
        size_t stop = i;

        if (!strchr(".!?", text[i]) || (text[i] == '.' && abbreviated(text, from, i)))
            continue;
        while (i + 1 < end && strchr(".!?)]\"'", text[i + 1]))
            i++;
        while (i + 3 < end && memcmp(text + i + 1, "\xE2\x80\x9D", 3) == 0) /* ” */
            i += 3;
        if (i + 1 >= end || text[i + 1] == '\n')
            return i + 1 > end ? end : i + 1;
        if (text[i + 1] == ' ' && !(text[stop] == '.' && islower((unsigned char)text[i + 2])))
            return i + 1;
    }
    return end;
}

struct reader_span reader_sentence(const struct document *doc, uint32_t offset)
{
    const struct document_block *block = &doc->blocks[reader_block_of(doc, offset)];
    size_t start = block->start, end;

    for (;;) {
        end = sentence_end(doc->text, start, block->end);
        if (offset < end || end >= block->end)
            break;
        start = end;
        while (start < block->end && strchr(" \n", doc->text[start]))
            start++;
    }
    return (struct reader_span){ (uint32_t)start, (uint32_t)end };
}

/* Letters, digits, and what joins them; all that is no ASCII counts as a letter. */
static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80 || (c && strchr("-'_", c));
}

struct reader_span reader_word_behind(const struct document *doc, uint32_t offset)
{
    uint32_t start = offset, end;

    while (start < doc->reading_len && !is_word(doc->text[start]))
        start++;
    for (end = start; end < doc->reading_len && is_word(doc->text[end]); end++)
        ;
    return (struct reader_span){ start, end };
}

struct reader_span reader_word_before(const struct document *doc, uint32_t offset)
{
    uint32_t end = offset, start;

    while (end > 0 && !is_word(doc->text[end - 1]))
        end--;
    for (start = end; start > 0 && is_word(doc->text[start - 1]); start--)
        ;
    return (struct reader_span){ start, end };
}

size_t reader_words(const struct document *doc, struct reader_span span)
{
    struct reader_span word = reader_word_behind(doc, span.start);
    size_t count = 0;

    while (word.end > word.start && word.start < span.end) {
        count++;
        word = reader_word_behind(doc, word.end);
    }
    return count;
}

struct reader_span reader_paragraph(const struct document *doc, uint32_t offset)
{
    const struct document_block *block = &doc->blocks[reader_block_of(doc, offset)];

    return (struct reader_span){ block->start, block->end };
}
