/*
 * Vectors of works: one of the library's present model each, searched by brute force.
 *
 * Truth is the table `embedding` (int8, see embed.h). Beside it lies cache/signs: the sign bits of
 * every vector by work id, mapped, 32 bytes a work at 256 dimensions. A search scans them by
 * Hamming distance, takes the nearest thousand or so without sorting the rest, and ranks those by
 * the cosine of the int8 rows. (Sign bits with re-scoring: Shen et al., "Learning Binary Codes...",
 * and many since; why it is enough here is measured in docs/EMBEDDINGS.md.)
 *
 * The file is kept up by whoever reads it: each row of the table has the number of the transaction
 * that wrote it, and a reader fetches what is newer than the file. So a sync of a thousand papers
 * costs a thousand rows. It can be deleted at any time.
 *
 * All functions run on the thread that owns the connection; a scan ends with ERR_CANCELLED when
 * the connection's cancel flag is set. Inside a transaction the last committed state is searched.
 */
#ifndef CARREL_VECTORS_H
#define CARREL_VECTORS_H

#include "carrel/embed.h"
#include "carrel/store.h"

/* The model the library's vectors are of (its own when it has one, else the built-in), opened once
 * and borrowed until the connection closes. ERR_NOTFOUND: this build has none; or the vectors are
 * those of a server, which has no model here. */
int vectors_model(const struct embed_model **out, struct store *store, struct error *err);

struct vector_hit {
    int64_t id;
    float score; /* cosine, -1..1 */
};

/* Works that may be found: bit id % 64 of word id / 64. Ids from `count` on are not allowed. */
struct vector_filter {
    const uint64_t *bits;
    int64_t count;
};

/* The `k` works nearest to a vector of the present model's dimension, best first, equal scores by
 * newer id; *count of them (fewer when the library has fewer). `hits` has room for k. NULL filter:
 * all works. */
int vectors_search(struct store *store, const float *query, size_t dim, size_t k,
                   const struct vector_filter *filter, struct vector_hit *hits, size_t *count,
                   struct error *err);
/* The works nearest to a work, itself left out. ERR_NOTFOUND: it has no vector. */
int vectors_nearest(struct store *store, int64_t work, size_t k, const struct vector_filter *filter,
                    struct vector_hit *hits, size_t *count, struct error *err);
/* Cosines of given works (in any order); NAN for one that has no vector. */
int vectors_score(struct store *store, const float *query, size_t dim, const int64_t *ids,
                  size_t count, float *scores, struct error *err);
/* The vector of one work as int8; `out` has room for *dim at entry, which is the dimension after.
 * ERR_NOTFOUND: it has none. */
int vectors_get(struct store *store, int64_t work, int8_t *out, size_t *dim, struct error *err);

/* Brings cache/signs up to date, so that the next search need not. */
int vectors_refresh(struct store *store, struct error *err);

struct vector_stats {
    int64_t works, vectors; /* vectors of the present model */
    char model[64];
    int dim;
};
int vectors_stats(struct store *store, struct vector_stats *out, struct error *err);

void vectors_close(void *handle); /* store_close calls it */

#endif
