/*
 * Builds a document of a format without pages: blocks are opened, filled with text, and closed.
 */
#ifndef CARREL_PROCESS_PLAIN_H
#define CARREL_PROCESS_PLAIN_H

#include "carrel/document.h"

struct plain {
    struct document *doc;
    struct str text;
    struct str part; /* the block that is open */
    enum block_kind kind;
    uint32_t level;
    struct document_block *blocks;
    size_t count, cap;
    bool keep_lines; /* line feeds in it stay (code) */
};

void plain_start(struct plain *plain, struct document *doc);
void plain_open(struct plain *plain, enum block_kind kind, uint32_t level); /* closes the last */
void plain_add(struct plain *plain, const char *text, size_t len);
void plain_close(struct plain *plain);
/* Moves everything into the document, with lines, sections, references and citations. */
void plain_finish(struct plain *plain);

#endif
