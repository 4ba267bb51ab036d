/* A document as bytes, to cross from the child. The bytes are not trusted when they are read. */
#ifndef CARREL_PROCESS_PACK_H
#define CARREL_PROCESS_PACK_H

#include "carrel/document.h"

void document_pack(struct str *out, const struct document *doc);
/* ERR_CORRUPT for bytes that are no document: lengths, offsets, indices, states and UTF-8 are all
 * checked. */
int document_unpack(struct document **out, const void *bytes, size_t len, struct error *err);

#endif
