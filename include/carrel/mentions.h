/* Identifiers that running text mentions: arXiv numbers, DOIs, addresses. Any thread. */
#ifndef CARREL_MENTIONS_H
#define CARREL_MENTIONS_H

#include "carrel/mem.h"
#include "carrel/record.h"

#include <stdint.h>

/* The first one in a terminated text, in the arena; NULL when there is none. An arXiv number must
 * be announced ("arXiv:", "arxiv.org/abs/", "abs/"); *version (may be NULL) is 0 without one. */
char *find_arxiv(struct arena *arena, const char *text, uint32_t *version);
char *find_doi(struct arena *arena, const char *text);
char *find_url(struct arena *arena, const char *text);
/* The next arXiv number or DOI at or behind *at, which moves behind it; *where is its first byte.
 * Also as badges, `eprint` fields and Hugging Face's pages have them. False: no more. */
bool mention_next(struct ident *out, const char **where, const char **at);

#endif
