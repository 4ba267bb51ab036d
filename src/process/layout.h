/*
 * From the pieces of pages to lines in reading order.
 *
 * Method: a recursive cut of each page (after the XY-cut of Nagy and Seth, 1984), where a vertical
 * cut is a gutter that many column-wide pieces respect on both sides, and pieces that cross it (a
 * title, a wide figure's caption) are bands between which the columns are read. Most pages of a
 * document share their gutter, so a page with little evidence takes that of the others.
 */
#ifndef CARREL_PROCESS_LAYOUT_H
#define CARREL_PROCESS_LAYOUT_H

#include "raw.h"

struct line {
    struct document_box box;
    float base, size;
    float left, right; /* edges of the column it stands in */
    uint32_t page;
    uint32_t region;  /* lines that follow each other in one column of one band share it */
    uint32_t at, len; /* in the flow's text */
    uint32_t chars;
    unsigned flags; /* enum piece_flag */
    enum block_kind kind;
    bool hyphen; /* it ends inside a word, most likely */
};

struct flow {
    struct str text;
    struct line *lines; /* in reading order */
    size_t count, cap;
    uint32_t regions;
    float body_size; /* font size most characters have */
    float leading;   /* usual distance of baselines in running text */
};

void flow_free(struct flow *flow); /* its members */

/* Lines of all pages, and the usual sizes. */
void layout_pages(struct flow *flow, const struct raw_page *pages, size_t count);

/* Marks running heads, page numbers and stamps: what stands at the same place at the edge of
 * several pages and differs in digits only. */
void mark_furniture(struct flow *flow, const struct raw_page *pages, size_t count);

#endif
