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

/* What the name of a file says that it is: "1706.03762v5.pdf", "10.1145_3292500.3330701.pdf",
 * "2020.acl-main.207.pdf" (whose DOI is 10.18653/v1/2020.acl-main.207). Anybody may call a file so:
 * it is no more than likely. False: nothing. */
bool ident_of_file(struct ident *out, const char *path);
/* The same for what has these names: appended unless it has one of that scheme already. */
bool file_proposes(struct str *id, const char *path, const struct text_list *aliases);
bool ident_is_acl(const struct ident *ident); /* a DOI of the ACL Anthology */

#endif
