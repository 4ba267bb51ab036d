/*
 * What bibliographies have said of the library's works: the entries that were imported, for
 * writing them again, and what keys for citing are made of. Runs on the thread that owns the
 * connection.
 */
#ifndef CARREL_CITED_H
#define CARREL_CITED_H

#include "carrel/record.h"
#include "carrel/store.h"

/* The entry of a work, as record.cited has it; empty where there is none. Of several the last one
 * leads, unless it is a poorer one by another hand, and the others say what it does not. */
int cited_read(struct text_list *out, struct store *store, struct arena *arena, int64_t work,
               struct error *err);
/* The key that it came with first; "" where it has none. */
int cited_key(struct str *out, struct store *store, int64_t work, struct error *err);
/* Each work that has such a key, the oldest first; with `key` only those that have this one.
 * Non-zero stops and is returned. */
int cited_keys(struct store *store, const char *key,
               int (*each)(void *ctx, int64_t work, const char *key), void *ctx, struct error *err);
/* The number of the last record that there is: entries that come later have a higher one. */
int cited_last(int64_t *last, struct store *store, struct error *err);
/* Keys by which a paper came beside its first one, in entries behind that number (0: all); each
 * once for a paper. Nothing is written by them. Non-zero stops and is returned. */
int cited_others(struct store *store, int64_t behind,
                 int (*each)(void *ctx, int64_t work, const char *key, const char *first),
                 void *ctx, struct error *err);
/* Works that came by an entry behind that number whose key was another's already, and which that
 * is: `work` is written by it with a letter. */
int cited_shared(struct store *store, int64_t behind,
                 int (*each)(void *ctx, int64_t work, const char *key, int64_t other), void *ctx,
                 struct error *err);
/* Each work of these days (of the first one it may have appeared on; 0 is undated), the oldest in
 * the library first, with id, title, authors and date. */
int cited_works(struct store *store, int32_t first, int32_t last,
                int (*each)(void *ctx, int64_t work, const struct record *), void *ctx,
                struct error *err);

#endif
