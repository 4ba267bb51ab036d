/*
 * Inside the harvest's tables: transactions of one's own, and who we are.
 */
#ifndef CARREL_STORE_STREAMS_INTERNAL_H
#define CARREL_STORE_STREAMS_INTERNAL_H

#include "internal.h"

#include "carrel/streams.h"

int streams_begin(struct store *store, bool *own, struct error *err);
int streams_end(struct store *store, bool own, int result, struct error *err);

/* "host 1234", for people. */
void owner_self(char out[96]);

#endif
