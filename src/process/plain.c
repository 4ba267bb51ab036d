/*
 * Documents without pages: blocks from a parser become text, lines, sections; entries below a
 * heading "References" become the bibliography.
 */
#include "plain.h"

#include "carrel/utf8.h"
#include "structure.h"

#include <stdlib.h>
#include <string.h>

#define BLOCKS_MAX 1000000

void plain_start(struct plain *plain, struct document *doc)
{
    *plain = (struct plain){ .doc = doc, .text = STR_INIT, .part = STR_INIT };
}

void plain_open(struct plain *plain, enum block_kind kind, uint32_t level)
{
    plain_close(plain);
    plain->kind = kind;
    plain->level = level;
    plain->keep_lines = kind == BLOCK_CODE;
}

/* A blank that does not break a line is a blank. */
void plain_add(struct plain *plain, const char *text, size_t len)
{
    const char *end = text + len, *at;

    while ((at = memmem(text, (size_t)(end - text), "\xC2\xA0", 2)) != NULL) {
        str_add_mem(&plain->part, text, (size_t)(at - text));
        str_add_char(&plain->part, ' ');
        text = at + 2;
    }
    str_add_mem(&plain->part, text, (size_t)(end - text));
}

void plain_close(struct plain *plain)
{
    struct document_block block = { .kind = plain->kind, .level = plain->level };
    size_t start;

    if (str_blank(plain->part.ptr) || plain->count >= BLOCKS_MAX) {
        str_clear(&plain->part);
        return;
    }
    if (plain->text.len > 0)
        str_add(&plain->text, "\n\n");
    start = plain->text.len;
    block.start = (uint32_t)start;
    if (plain->keep_lines) {
        str_trim(&plain->part);
        str_add_mem(&plain->text, plain->part.ptr, plain->part.len);
    } else {
        utf8_squeeze(&plain->text, plain->part.ptr, plain->part.len);
    }
    block.end = (uint32_t)plain->text.len;
    VEC_PUSH(plain->blocks, plain->count, plain->cap, block);
    str_clear(&plain->part);
}

/* Blocks below the last heading "References" are entries, up to the next heading of its level. */
static void mark_entries(struct document *doc)
{
    size_t i, head = doc->block_count;

    for (i = 0; i < doc->block_count; i++)
        if (doc->blocks[i].kind == BLOCK_HEADING
            && heading_is(doc->text + doc->blocks[i].start,
                          doc->blocks[i].end - doc->blocks[i].start, reference_headings,
                          reference_headings_len))
            head = i;
    for (i = head + 1; i < doc->block_count; i++) {
        if (doc->blocks[i].kind == BLOCK_HEADING && doc->blocks[i].level <= doc->blocks[head].level)
            break;
        if (doc->blocks[i].kind == BLOCK_PARAGRAPH)
            doc->blocks[i].kind = BLOCK_REFERENCE;
    }
}

static void first_title(struct document *doc)
{
    size_t i;

    for (i = 0; i < doc->block_count && !doc->meta.title; i++)
        if (doc->blocks[i].kind == BLOCK_TITLE || doc->blocks[i].kind == BLOCK_HEADING) {
            doc->meta.title = arena_strndup(doc->arena, doc->text + doc->blocks[i].start,
                                            doc->blocks[i].end - doc->blocks[i].start);
            doc->blocks[i].kind = BLOCK_TITLE;
            doc->blocks[i].level = 0;
        }
}

void plain_finish(struct plain *plain)
{
    struct document *doc = plain->doc;
    size_t i;

    plain_close(plain);
    doc->page_count = 1;
    doc->pages = arena_alloc(doc->arena, sizeof *doc->pages);
    doc->text = arena_strndup(doc->arena, plain->text.ptr, plain->text.len);
    doc->len = doc->reading_len = (uint32_t)plain->text.len;
    doc->pages[0].chars = (uint32_t)utf8_count(doc->text);
    doc->block_count = plain->count;
    doc->blocks = arena_alloc(doc->arena, (plain->count + 1) * sizeof *doc->blocks);
    if (plain->count > 0)
        memcpy(doc->blocks, plain->blocks, plain->count * sizeof *doc->blocks);
    doc->line_count = plain->count;
    doc->lines = arena_alloc(doc->arena, (plain->count + 1) * sizeof *doc->lines);
    for (i = 0; i < plain->count; i++) {
        doc->lines[i].start = doc->blocks[i].start;
        doc->lines[i].end = doc->blocks[i].end;
    }
    mark_entries(doc);
    first_title(doc);
    make_sections(doc);
    read_references(doc);
    read_citations(doc);
    read_metadata(doc, NULL);
    free(plain->blocks);
    str_free(&plain->text);
    str_free(&plain->part);
}
