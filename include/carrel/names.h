/*
 * Names the library knows, by how they begin: for completion at the prompt and in shells.
 */
#ifndef CARREL_NAMES_H
#define CARREL_NAMES_H

#include "carrel/store.h"

enum name_kind { NAME_TAG, NAME_QUERY, NAME_WORK, NAME_CATEGORY, NAME_SOURCE, NAME_JOB, NAME_TASK, NAME_DATASET, NAME_ALERT, NAME_COLLECTION, NAME_VENUE, NAME_CITED };

/* Calls `each` for at most `limit` names that begin with `prefix` (bytes, as they are stored), in
 * order; jobs by number, newest first. Any thread, its own connection. */
int names_each(struct store *store, enum name_kind kind, const char *prefix, int limit,
               void (*each)(void *ctx, const char *name), void *ctx, struct error *err);

#endif
