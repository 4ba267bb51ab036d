/*
 * key: of the query language.
 */
#ifndef CARREL_SEARCH_CITE_KEYS_H
#define CARREL_SEARCH_CITE_KEYS_H

#include "internal.h"

int filter_key(struct plan *plan, const struct node *node, struct error *err);

#endif
