/*
 * venue: of the query language, and the function of SQL that it asks.
 */
#ifndef CARREL_SEARCH_VENUES_H
#define CARREL_SEARCH_VENUES_H

#include "internal.h"

/* carrel_venue on this connection; once (rank_register). */
int venues_register(struct store *store, struct error *err);
int filter_venue(struct plan *plan, const struct node *node, struct error *err);

#endif
