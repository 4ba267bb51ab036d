/*
 * The abstracts of the starter library, which are summaries of ours: they are shown and searched
 * like others, but an entry for another's bibliography must not pass them off as the authors' own.
 * They are known by their words, whichever way the papers came into the library.
 */
#ifndef CARREL_APP_SUMMARIES_H
#define CARREL_APP_SUMMARIES_H

#include <stdbool.h>

struct summaries;
/* Reads them when it is asked first. */
struct summaries *summaries_new(void);
void summaries_free(struct summaries *summaries); /* NULL is fine */
/* Is it one of them? */
bool summaries_has(struct summaries *summaries, const char *abstract);

#endif
