/*
 * A document: what was read out of one PDF, text, Markdown, HTML or TeX file, as plain values.
 *
 * There is one text, valid UTF-8 without control characters but \n. Everything else points into it
 * by byte offsets: blocks, lines, sections, references, citation marks. Reading text comes first,
 * in reading order and with a blank line between blocks; what a reader leaves out (running heads,
 * page numbers, stamps in the margin) follows behind `reading_len`.
 *
 * Boxes are in points (1/72 inch) from the page's upper left corner as it is shown, y downwards.
 * Pages count from 0. Formats without pages have one page of size 0. All memory lies in the
 * document's arena; a document is made by one thread and may then be read by any.
 */
#ifndef CARREL_DOCUMENT_H
#define CARREL_DOCUMENT_H

#include "carrel/error.h"
#include "carrel/mem.h"
#include "carrel/record.h"
#include "carrel/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DOCUMENT_NONE UINT32_MAX /* no such block, page, entry ... */

/* How it went. The names are those of `process --json`. */
enum document_state {
    DOCUMENT_DONE,
    DOCUMENT_REPAIRED,  /* a broken file, of which some text could be had; `message` says how */
    DOCUMENT_SCANNED,   /* pictures of pages: no text, or hardly any */
    DOCUMENT_ENCRYPTED, /* needs a password, or another one */
    DOCUMENT_REFUSED,   /* not a document, broken beyond repair, or it broke the reader */
    DOCUMENT_LIMIT,     /* would take too much time, memory or room */
};
/* How the message of a document begins whose letters are mostly unknown (repaired; scanned
 * when hardly any are known). */
#define DOCUMENT_GARBLED "most of its text is in fonts that do not say which letters they show"
const char *document_state_name(enum document_state state);
bool document_state_is_text(enum document_state state); /* done or repaired */

enum document_format {
    FORMAT_AUTO,
    FORMAT_PDF,
    FORMAT_TEXT,
    FORMAT_MARKDOWN,
    FORMAT_HTML,
    FORMAT_TEX
};
const char *document_format_name(enum document_format format); /* "pdf", "text", ... */
/* By the end of the name (".pdf", ".md", ...); FORMAT_AUTO when that says nothing. */
enum document_format document_format_from(const char *path);

struct document_box {
    float x0, y0, x1, y1;
};

enum block_kind {
    BLOCK_PARAGRAPH,
    BLOCK_TITLE,
    BLOCK_AUTHORS, /* names, affiliations, addresses below the title */
    BLOCK_HEADING,
    BLOCK_CAPTION,
    BLOCK_FOOTNOTE,
    BLOCK_EQUATION,
    BLOCK_REFERENCE,
    BLOCK_FIGURE, /* words inside a figure, cells of a table */
    BLOCK_CODE,
    BLOCK_RUNNING_HEAD, /* from here on: not part of the reading text */
    BLOCK_PAGE_NUMBER,
    BLOCK_STAMP, /* written sideways in the margin */
};
const char *block_kind_name(enum block_kind kind);

struct document_block {
    enum block_kind kind;
    uint32_t level; /* of a heading: 1 is the highest; otherwise 0 */
    uint32_t page;  /* where it starts */
    uint32_t start, end;
    struct document_box box; /* of its part on that page */
};

/* A line as it stands on its page: leads from an offset to a place. Ordered by start. */
struct document_line {
    uint32_t start, end, page;
    struct document_box box;
};

struct document_page {
    float width, height;
    uint32_t start; /* offset of the first reading text that starts on it (or behind it) */
    uint32_t chars; /* code points it shows, without blanks */
    bool scanned;   /* one picture covers it, and there is hardly any text */
};

struct document_section {
    char *title;     /* "3.2 Attention" */
    uint32_t level;  /* 1 is the highest */
    uint32_t parent; /* index of the section around it, or DOCUMENT_NONE */
    uint32_t page;
    uint32_t start, end; /* from its heading to the next of the same or a higher level */
};

struct document_outline { /* the file's own table of contents, in order */
    char *title;
    uint32_t level; /* 1 is the highest */
    uint32_t page;  /* DOCUMENT_NONE where it leads nowhere */
    float y;
};

struct document_link {
    uint32_t page;
    struct document_box box;
    char *uri;       /* NULL for a place in the document */
    uint32_t target; /* page, or DOCUMENT_NONE */
};

enum figure_kind { FIGURE_FIGURE, FIGURE_TABLE, FIGURE_ALGORITHM };
struct document_figure {
    enum figure_kind kind;
    char *label; /* "Figure 2" */
    uint32_t page;
    struct document_box box; /* of the picture or table alone; empty (x1 <= x0) when not found */
    uint32_t caption;        /* index of its block */
};

struct document_reference { /* an entry of the bibliography */
    uint32_t start, end;
    char *marker; /* "12", "Vas17"; NULL in author-year styles */
    char *arxiv;  /* bare number */
    char *doi;    /* bare, lower case */
    char *url;
    char *first_author; /* family name */
    char *title;        /* a guess; NULL when nothing looked like one */
    uint32_t year;      /* 0 unknown */
};

struct document_citation { /* a mark in the text: "[12]", "(Vaswani et al., 2017)" */
    uint32_t start, end;
    uint32_t reference; /* index; a mark that names several appears once for each */
};

struct document_metadata { /* as the content says it, NULL or empty where it does not */
    char *title;
    struct text_list authors;
    char *abstract;
    char *doi;
    char *arxiv; /* bare number, without version */
    uint32_t arxiv_version;
    uint32_t year;
};

struct document {
    struct arena *arena;
    enum document_state state;
    enum document_format format;
    char *message; /* why it is not DONE, one line; NULL otherwise */
    char *text;
    uint32_t len, reading_len;
    struct document_metadata meta;
    struct document_page *pages;
    size_t page_count;
    struct document_block *blocks; /* ordered by start */
    size_t block_count;
    struct document_line *lines;
    size_t line_count;
    struct document_section *sections;
    size_t section_count;
    struct document_outline *outline;
    size_t outline_count;
    struct document_link *links;
    size_t link_count;
    struct document_figure *figures;
    size_t figure_count;
    struct document_reference *references;
    size_t reference_count;
    struct document_citation *citations; /* ordered by start */
    size_t citation_count;
};

struct document *document_new(void);
void document_free(struct document *doc); /* NULL is fine */
/* Sets the state and its reason; what was read stays. */
void document_fail(struct document *doc, enum document_state state, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The page that shows the byte at `offset`, and (when box is not NULL) the line it stands in. */
uint32_t document_page_of(const struct document *doc, uint32_t offset, struct document_box *box);
/* The innermost section around an offset, or DOCUMENT_NONE. */
uint32_t document_section_of(const struct document *doc, uint32_t offset);

/* A document as bytes, to cross from the child and to be kept. ERR_CORRUPT for bytes that are none:
 * lengths, offsets, indices, states and UTF-8 are all checked. */
void document_pack(struct str *out, const struct document *doc);
int document_unpack(struct document **out, const void *bytes, size_t len, struct error *err);
/* Goes up whenever documents are read better, so that kept ones can be read again. */
#define DOCUMENT_READER 5

/* Appends what people read: the whole text, or one page of it. Blocks are separated by a blank
 * line. */
void document_print_text(struct str *out, const struct document *doc);
void document_print_page(struct str *out, const struct document *doc, uint32_t page);
/* The sections (or, where there are none, the file's outline), one a line, indented by level, with
 * page numbers that count from 1. */
void document_print_outline(struct str *out, const struct document *doc);

#endif
