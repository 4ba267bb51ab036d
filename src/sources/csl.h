/* Items of CSL-JSON, for arrays of which only their first element tells what they are (pwc.c). */
#ifndef CARREL_SOURCES_CSL_H
#define CARREL_SOURCES_CSL_H

#include "parser.h"

#include <jansson.h>

bool csl_is_item(const json_t *item);
/* One item's bytes, as a cutter gives them out; ctx is the parser. */
int csl_element(void *ctx, const char *bytes, size_t len, long line);

#endif
