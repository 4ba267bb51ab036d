/*
 * Access tokens in the library: what was given out, so that one can be listed and taken back. The
 * tokens themselves are not kept. All functions run on the thread that owns the connection.
 */
#ifndef CARREL_ACCESS_H
#define CARREL_ACCESS_H

#include "carrel/mem.h"
#include "carrel/store.h"

struct access_token {
    char *id, *scope, *note;
    const char *key; /* the name of what signed it; "": from before they had names */
    int64_t created, expires, revoked; /* ms since 1970; revoked 0: it holds */
};
int access_add(struct store *store, const struct access_token *token, struct error *err);
/* By its id, or eight or more digits of its beginning that no other has. ERR_NOTFOUND. Taking one
 * back twice is no error. */
int access_revoke(struct store *store, const char *id, int64_t now, struct error *err);
int access_list(struct store *store, struct arena *arena, struct access_token **out, size_t *count,
                struct error *err);
/* Is it one that was given out here and not taken back? */
int access_holds(struct store *store, const char *id, bool *holds, struct error *err);
/* How many were taken back: another number, and somebody's token may hold no more. */
int access_revoked(struct store *store, int64_t *count, struct error *err);

#endif
