/*
 * Inside the library: what is embedded behind everything else, when it has no vector of the model
 * that serves.
 */
#ifndef CARREL_LIBRARY_EMBED_MISSING_H
#define CARREL_LIBRARY_EMBED_MISSING_H

#include "internal.h"

struct embed_kind {
    /* Those without vectors of the model, at most `limit` ids. */
    int (*without)(int64_t *ids, size_t limit, size_t *count, struct store *store, uint64_t model,
                   struct error *err);
    /* Vectors for some; by `model`, or, when that is NULL, by options->embed. */
    int (*embed)(struct store *store, const struct vectors_model *which,
                 const struct embed_model *model, const struct library_embedding *options,
                 const int64_t *ids, size_t count, struct error *err);
    size_t at_once; /* how many of them, at most; then progress is told */
};
extern const struct embed_kind embed_documents;    /* passages.c */
extern const struct embed_kind embed_repositories; /* repositories.c */

/* All of them; *added were made. Can be stopped at any time (options->progress), and goes on with
 * the next call. Nothing is done where a server's model serves and options->embed is NULL. */
int embed_missing(const struct embed_kind *kind, struct store *store,
                  const struct library_embedding *options, int64_t *added, struct error *err);
/* Is there any? *serving is the model, slot -1: none serves, and nothing is missing. */
int embed_is_missing(bool *missing, struct vectors_model *serving, const struct embed_kind *kind,
                     struct store *store, struct error *err);

#endif
