/* Identifiers inside running text: arXiv numbers, DOIs, addresses. */
#ifndef CARREL_PROCESS_IDENTIFIERS_H
#define CARREL_PROCESS_IDENTIFIERS_H

#include "carrel/mem.h"

#include <stdint.h>

/* The first one in a terminated text, in the arena; NULL when there is none. An arXiv number must
 * be announced ("arXiv:", "arxiv.org/abs/", "abs/"); *version (may be NULL) is 0 without one. */
char *find_arxiv(struct arena *arena, const char *text, uint32_t *version);
char *find_doi(struct arena *arena, const char *text);
char *find_url(struct arena *arena, const char *text);

#endif
