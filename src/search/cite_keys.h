/*
 * key: of the query language: cite_keys.c counts and compares, cite_keys_near.c tells which works
 * may have the key.
 */
#ifndef CARREL_SEARCH_CITE_KEYS_H
#define CARREL_SEARCH_CITE_KEYS_H

#include "internal.h"

int filter_key(struct plan *plan, const struct node *node, struct error *err);

struct key_sought {
    struct store *store;
    struct arena *arena;
    const char *form;  /* of keys that are made */
    const char *value; /* without the star */
    size_t len;        /* bytes */
    bool prefix;       /* all that begin with the value */
};
/* Each work that may be given such a key, the oldest in the library first; many that are not are
 * among them. Non-zero stops and is returned; so is ERR_CANCELLED. */
int key_works(const struct key_sought *sought,
              int (*each)(void *ctx, int64_t work, const struct record *, struct error *err),
              void *ctx, struct error *err);

#endif
