/*
 * A document's blocks as lines: each kind with its indent, a blank line between blocks, lists and
 * bibliographies with what hangs below their first words.
 */
#include "reader.h"

#include "carrel/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define HANG_MAX 6

/* First line, and the lines below it. */
struct indents {
    int first, rest;
};

/* "• ", "- ", "1. ", "(a) ": the columns of the mark a list's item begins with, 0 none. */
static int item_mark(const char *text, size_t len)
{
    static const char *const signs[] = { "•", "–", "-", "*", "◦", "▪", "■" };
    size_t i, at;

    for (i = 0; i < ARRAY_LEN(signs); i++) {
        size_t sign = strlen(signs[i]);

        if (len > sign + 1 && memcmp(text, signs[i], sign) == 0 && text[sign] == ' ')
            return 2;
    }
    at = len > 0 && text[0] == '(' ? 1 : 0;
    for (i = at; i < len && i < at + 3 && isalnum((unsigned char)text[i]); i++)
        ;
    if (i > at && i + 1 < len
        && (text[i] == ')' || (text[i] == '.' && isdigit((unsigned char)text[at])))
        && text[i + 1] == ' ')
        return (int)i + 2;
    return 0;
}

static struct indents indents_of(const struct document_block *block, const char *text)
{
    int mark;

    switch (block->kind) {
    case BLOCK_CAPTION:
    case BLOCK_FIGURE:
        return (struct indents){ 4, 4 };
    case BLOCK_EQUATION:
        return (struct indents){ 6, 6 };
    case BLOCK_REFERENCE:
        return (struct indents){ 0, 4 };
    case BLOCK_CODE:
        return (struct indents){ 2, 4 };
    case BLOCK_FOOTNOTE:
        return (struct indents){ 2, 2 };
    case BLOCK_PARAGRAPH:
        mark = item_mark(text + block->start, block->end - block->start);
        return mark ? (struct indents){ 2, 2 + (mark > HANG_MAX ? HANG_MAX : mark) }
                    : (struct indents){ 0, 0 };
    default:
        return (struct indents){ 0, 0 };
    }
}

static void add_line(struct reader_lines *out, size_t block, size_t start, size_t end, int indent)
{
    struct reader_line line = { .start = (uint32_t)start,
                                .end = (uint32_t)end,
                                .block = (uint32_t)block,
                                .indent = (uint16_t)indent };

    VEC_PUSH(out->items, out->len, out->cap, line);
}

/* What text_wrap is given ends with the block, not with the document. */
static void wrap_block(struct reader_lines *out, const struct document *doc, size_t index,
                       struct str *copy)
{
    const struct document_block *block = &doc->blocks[index];
    struct indents indents = indents_of(block, doc->text);
    size_t at = 0, next, len;
    bool first = true;

    str_clear(copy);
    str_add_mem(copy, doc->text + block->start, block->end - block->start);
    while (at < copy->len) {
        int indent = first ? indents.first : indents.rest;
        int room = out->width - indent;

        len = text_wrap(copy->ptr + at, room < 8 ? 8 : room, &next);
        add_line(out, index, block->start + at, block->start + at + len,
                 out->width - indent < 8 ? 0 : indent);
        at += next;
        first = false;
    }
}

static bool has_sentences(enum block_kind kind)
{
    return kind == BLOCK_PARAGRAPH || kind == BLOCK_CAPTION || kind == BLOCK_FOOTNOTE;
}

static void add_sentences(struct reader_lines *out, const struct document *doc, size_t index)
{
    const struct document_block *block = &doc->blocks[index];
    struct reader_span span = { 0, block->start };

    while (span.end < block->end) {
        uint32_t next = span.end;

        while (next < block->end && strchr(" \n", doc->text[next]))
            next++;
        if (next == block->end)
            return;
        span = reader_sentence(doc, next);
        add_line(out, index, span.start, span.end, 0);
    }
}

/* Entries of a bibliography and the words in a figure follow each other closely. */
static bool close_together(enum block_kind above, enum block_kind below)
{
    return above == below
           && (above == BLOCK_REFERENCE || above == BLOCK_FIGURE || above == BLOCK_AUTHORS);
}

void reader_wrap(struct reader_lines *out, const struct document *doc, int width)
{
    struct str copy = STR_INIT;
    size_t i, above = DOCUMENT_NONE;

    *out = (struct reader_lines){ .width = width };
    for (i = 0; i < doc->block_count && doc->blocks[i].start < doc->reading_len; i++) {
        const struct document_block *block = &doc->blocks[i];

        if (block->end <= block->start)
            continue;
        if (width == READER_SENTENCES && has_sentences(block->kind)) {
            add_sentences(out, doc, i);
            continue;
        }
        if (width != READER_SENTENCES && above != DOCUMENT_NONE
            && !close_together(doc->blocks[above].kind, block->kind))
            add_line(out, i, block->start, block->start, 0);
        wrap_block(out, doc, i, &copy);
        above = i;
    }
    str_free(&copy);
}

void reader_lines_free(struct reader_lines *lines)
{
    free(lines->items);
    *lines = (struct reader_lines){ 0 };
}

size_t reader_line_of(const struct reader_lines *lines, uint32_t offset)
{
    size_t low = 0, high = lines->len;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (lines->items[mid].start <= offset)
            low = mid + 1;
        else
            high = mid;
    }
    return low > 0 ? low - 1 : 0;
}
