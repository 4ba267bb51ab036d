/*
 * From lines in reading order to blocks that mean something, and from those to a document.
 *
 *     layout_pages, mark_furniture   (layout.h)
 *     blocks_make                    lines -> blocks
 *     mark_headings, mark_front, mark_captions, mark_figures, mark_notes, mark_references
 *     emit_document                  blocks -> text, offsets, sections
 *     read_references, read_citations, read_metadata
 */
#ifndef CARREL_PROCESS_STRUCTURE_H
#define CARREL_PROCESS_STRUCTURE_H

#include "layout.h"

struct block {
    size_t first, count; /* lines */
    enum block_kind kind;
    uint32_t level; /* of a heading */
    uint32_t page, region;
    struct document_box box; /* on its first page */
    float size;
    unsigned flags;   /* PIECE_BOLD when all lines are, ... */
    size_t next;      /* a block that goes on where this one stops, or 0 */
    bool continues;   /* it is such a block */
    uint32_t emitted; /* index in the document, once it is there */
};

struct blocks {
    struct flow *flow;
    const struct raw_page *pages;
    size_t page_count;
    struct block *items;
    size_t count, cap;
    size_t references; /* the heading of the bibliography, `count` when there is none */
};

void blocks_make(struct blocks *blocks, struct flow *flow, const struct raw_page *pages,
                 size_t page_count);
void blocks_free(struct blocks *blocks);
/* The block's text with one blank between lines, appended. */
void block_text(struct str *out, const struct blocks *blocks, const struct block *block);
/* The text of its first line; not terminated there. */
const char *block_start(const struct blocks *blocks, const struct block *block, size_t *len);

void mark_front(struct blocks *blocks, const char *info_title);
void mark_headings(struct blocks *blocks);
void mark_captions(struct blocks *blocks);
void mark_figures(struct blocks *blocks);
void mark_notes(struct blocks *blocks);      /* footnotes, equations, code */
void mark_references(struct blocks *blocks); /* cuts the bibliography into entries */
void join_blocks(struct blocks *blocks);     /* paragraphs that go on in the next column or page */

/* How a caption begins: "Figure 3:" -> its kind, the length of the label ("Figure 3"), 0 for other
 * text. `strict` wants punctuation behind the number. */
size_t caption_label(const char *text, size_t len, bool strict, enum figure_kind *kind);
/* Headings that mean the same in every paper: "abstract", "references" ... (numbers left out). */
bool heading_is(const char *text, size_t len, const char *const *names, size_t count);
extern const char *const reference_headings[];
extern const size_t reference_headings_len;

/* Which words a document uses, to tell a hyphen that belongs from one that breaks a line. */
struct words;
struct words *words_new(const struct flow *flow);
void words_free(struct words *words);
/* `left` ends in '-' at a line's end, `right` begins the next line: does the hyphen stay? */
bool words_keep_hyphen(const struct words *words, const char *left, size_t left_len,
                       const char *right, size_t right_len);

void emit_document(struct document *doc, struct blocks *blocks);
void make_sections(struct document *doc); /* from the heading blocks */
void find_figures(struct document *doc, const struct blocks *blocks);
void read_references(struct document *doc);
void read_citations(struct document *doc);
void read_metadata(struct document *doc, const char *info_title);

/* All of the above. */
void build_document(struct document *doc, const struct raw_page *pages, size_t page_count,
                    const char *info_title);

#endif
