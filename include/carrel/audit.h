/*
 * What writing requests to the service did: who, what, when, with which end. A log in the library
 * that only grows at its end and is cut at its beginning. All functions run on the thread that owns
 * the connection.
 */
#ifndef CARREL_AUDIT_H
#define CARREL_AUDIT_H

#include "carrel/mem.h"
#include "carrel/store.h"

#define AUDIT_KEPT 10000 /* rows; older ones are forgotten */

struct audit_row {
    int64_t id, at; /* ms since 1970 */
    const char *request, *token, *client, *method, *path, *subject;
    int status;
};
/* The row's id is given out here, `at` is now. */
int audit_add(struct store *store, const struct audit_row *row, struct error *err);
/* Newest first, at most `limit`, of those with smaller ids than `before` (0: all). */
int audit_list(struct store *store, struct arena *arena, int64_t before, size_t limit,
               struct audit_row **out, size_t *count, struct error *err);

#endif
