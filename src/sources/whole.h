/* JSON documents that are read whole before their first record (whole.c). */
#ifndef CARREL_SOURCES_WHOLE_H
#define CARREL_SOURCES_WHOLE_H

#include "parser.h"

#include <jansson.h>

/* ERR_LIMIT: more than 32 MiB. */
int whole_feed(struct parser *p, const char *bytes, size_t len, struct error *err);
/* What has been fed; NULL: ERR_PARSE, and err says where. The caller's to free. */
json_t *whole_load(struct parser *p, struct error *err);
/* A member that is a text and not blank, else NULL; borrowed. */
const char *whole_text(const json_t *object, const char *key);

#endif
