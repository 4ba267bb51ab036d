/*
 * What a page shows, before anybody knows what it means: pieces of text on their baselines, boxes
 * of drawings and pictures. The PDF driver makes these; layout and structure work on nothing else,
 * so they need no PDF library and are tested without one.
 */
#ifndef CARREL_PROCESS_RAW_H
#define CARREL_PROCESS_RAW_H

#include "carrel/document.h"

enum piece_flag {
    PIECE_BOLD = 1,     /* all of it */
    PIECE_ITALIC = 2,   /* most of it */
    PIECE_MONO = 4,     /* most of it */
    PIECE_SIDEWAYS = 8, /* not along the page's x axis */
    PIECE_MATH = 16,    /* a third or more of it is mathematical symbols or set in their fonts */
    PIECE_JOINED = 32,  /* no blank before it, though it is a piece of its own (a raised mark) */
};

/* A run of characters on one baseline without wide gaps. */
struct piece {
    struct document_box box;
    float base;       /* y of the baseline */
    float size;       /* font size of most characters, points */
    uint32_t at, len; /* in the page's text */
    uint32_t chars;   /* code points but blanks */
    unsigned flags;
};

struct drawing {
    struct document_box box;
    bool picture; /* an image, else lines and areas */
};

struct raw_page {
    float width, height;
    struct str text;
    struct piece *pieces; /* in the order they were drawn */
    size_t piece_count, piece_cap;
    struct drawing *drawings;
    size_t drawing_count, drawing_cap;
    uint32_t lost; /* glyphs of which the font does not say what they mean */
};

void raw_page_free(struct raw_page *page); /* its members */

#endif
