/*
 * Blocks become the document's text. Words broken at line ends are made whole, notes and figures
 * that interrupt a paragraph come behind it, and every line's place is kept.
 */
#include "structure.h"

#include "carrel/utf8.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct emitter {
    struct document *doc;
    struct blocks *blocks;
    struct words *words;
    struct str text;
    struct document_block *out;
    size_t count, cap;
    struct document_line *lines;
    size_t line_count, line_cap;
};

/* A line end inside a word: '-' behind a letter, a letter on the next line. */
static bool broken_word(const char *left, size_t left_len, const char *right, size_t right_len)
{
    return left_len >= 2 && right_len >= 1 && left[left_len - 1] == '-'
           && (isalnum((unsigned char)left[left_len - 2])
               || (unsigned char)left[left_len - 2] >= 0x80)
           && (isalnum((unsigned char)right[0]) || (unsigned char)right[0] >= 0xC0);
}

/* What goes between two lines of a block; may take the hyphen off the text so far. */
static void add_seam(struct emitter *e, const struct line *line, const struct block *block,
                     size_t start)
{
    const char *right = e->blocks->flow->text.ptr + line->at;
    char *left = e->text.ptr + start;
    size_t len = e->text.len - start;

    if (len == 0)
        return;
    if (block->kind == BLOCK_CODE) {
        str_add_char(&e->text, '\n');
    } else if (broken_word(left, len, right, line->len)) {
        if (!words_keep_hyphen(e->words, left, len, right, line->len)) {
            str_cut(&e->text, e->text.len - 1);
            e->lines[e->line_count - 1].end--;
        }
    } else {
        str_add_char(&e->text, ' ');
    }
}

static void add_lines(struct emitter *e, const struct block *block, size_t start)
{
    size_t i;

    for (i = 0; i < block->count; i++) {
        const struct line *line = &e->blocks->flow->lines[block->first + i];
        struct document_line out = { .page = line->page, .box = line->box };

        add_seam(e, line, block, start);
        out.start = (uint32_t)e->text.len;
        str_add_mem(&e->text, e->blocks->flow->text.ptr + line->at, line->len);
        out.end = (uint32_t)e->text.len;
        VEC_PUSH(e->lines, e->line_count, e->line_cap, out);
    }
}

static void emit_block(struct emitter *e, size_t at)
{
    struct block *block = &e->blocks->items[at];
    struct document_block out = {
        .kind = block->kind, .level = block->level, .page = block->page, .box = block->box
    };
    size_t next = at;

    if (e->text.len > 0)
        str_add(&e->text, "\n\n");
    out.start = (uint32_t)e->text.len;
    do {
        add_lines(e, &e->blocks->items[next], out.start);
        next = e->blocks->items[next].next;
    } while (next != 0);
    out.end = (uint32_t)e->text.len;
    block->emitted = (uint32_t)e->count;
    VEC_PUSH(e->out, e->count, e->cap, out);
}

static void *to_arena(struct arena *arena, void *heap, size_t size)
{
    void *copy = arena_alloc(arena, size > 0 ? size : 1);

    if (size > 0)
        memcpy(copy, heap, size);
    free(heap);
    return copy;
}

/* Where each page's text starts: the first line on it, or where the next page's does. */
static void set_page_starts(struct document *doc)
{
    uint32_t start = doc->reading_len;
    size_t i;

    for (i = 0; i < doc->page_count; i++)
        doc->pages[i].start = DOCUMENT_NONE;
    for (i = 0; i < doc->line_count; i++) {
        struct document_page *page = &doc->pages[doc->lines[i].page];

        if (doc->lines[i].start < doc->reading_len && page->start == DOCUMENT_NONE)
            page->start = doc->lines[i].start;
    }
    for (i = doc->page_count; i-- > 0;) {
        if (doc->pages[i].start == DOCUMENT_NONE)
            doc->pages[i].start = start;
        start = doc->pages[i].start;
    }
}

void emit_document(struct document *doc, struct blocks *blocks)
{
    struct emitter e = { .doc = doc, .blocks = blocks, .text = STR_INIT };
    int furniture;
    size_t i;

    e.words = words_new(blocks->flow);
    for (furniture = 0; furniture < 2; furniture++) {
        for (i = 0; i < blocks->count; i++)
            if (!blocks->items[i].continues
                && (blocks->items[i].kind >= BLOCK_RUNNING_HEAD) == (furniture == 1))
                emit_block(&e, i);
        if (furniture == 0)
            doc->reading_len = (uint32_t)e.text.len;
    }
    doc->len = (uint32_t)e.text.len;
    doc->text = arena_strndup(doc->arena, e.text.ptr, e.text.len);
    doc->block_count = e.count;
    doc->blocks = to_arena(doc->arena, e.out, e.count * sizeof *e.out);
    doc->line_count = e.line_count;
    doc->lines = to_arena(doc->arena, e.lines, e.line_count * sizeof *e.lines);
    set_page_starts(doc);
    str_free(&e.text);
    words_free(e.words);
}

#define OPEN_LEVELS 8

/* Ends the open sections of this level and deeper; returns the one that stays around. */
static uint32_t close_sections(struct document *doc, uint32_t open[OPEN_LEVELS], uint32_t level,
                               uint32_t at)
{
    uint32_t i, parent = DOCUMENT_NONE;

    for (i = 0; i < OPEN_LEVELS; i++) {
        if (i < level) {
            parent = open[i] != DOCUMENT_NONE ? open[i] : parent;
        } else if (open[i] != DOCUMENT_NONE) {
            doc->sections[open[i]].end = at;
            open[i] = DOCUMENT_NONE;
        }
    }
    return parent;
}

void make_sections(struct document *doc)
{
    uint32_t open[OPEN_LEVELS];
    size_t i, count = 0;

    memset(open, 0xFF, sizeof open);
    for (i = 0; i < doc->block_count; i++)
        count += doc->blocks[i].kind == BLOCK_HEADING;
    doc->sections = arena_alloc(doc->arena, (count + 1) * sizeof *doc->sections);
    for (i = 0; i < doc->block_count; i++) {
        const struct document_block *block = &doc->blocks[i];
        struct document_section *section = &doc->sections[doc->section_count];
        uint32_t level = block->level < OPEN_LEVELS ? block->level : OPEN_LEVELS - 1;

        if (block->kind != BLOCK_HEADING)
            continue;
        section->title =
            arena_strndup(doc->arena, doc->text + block->start, block->end - block->start);
        section->level = level;
        section->page = block->page;
        section->start = block->start;
        section->end = doc->reading_len;
        section->parent = close_sections(doc, open, level, block->start);
        open[level] = (uint32_t)doc->section_count++;
    }
}

void build_document(struct document *doc, const struct raw_page *pages, size_t page_count,
                    const char *info_title)
{
    struct flow flow;
    struct blocks blocks;

    layout_pages(&flow, pages, page_count);
    mark_furniture(&flow, pages, page_count);
    blocks_make(&blocks, &flow, pages, page_count);
    mark_front(&blocks, info_title);
    mark_headings(&blocks);
    mark_captions(&blocks);
    mark_references(&blocks);
    mark_notes(&blocks);
    mark_figures(&blocks);
    join_blocks(&blocks);
    emit_document(doc, &blocks);
    make_sections(doc);
    find_figures(doc, &blocks);
    read_references(doc);
    read_citations(doc);
    read_metadata(doc, info_title);
    blocks_free(&blocks);
    flow_free(&flow);
}
