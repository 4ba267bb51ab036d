/*
 * Vectors of works: one of the library's present model each, searched by brute force.
 *
 * Truth is a table of int8 vectors (see embed.h). Beside it lies cache/signs: the sign bits of
 * every vector by work id, mapped, 32 bytes a work at 256 dimensions. A search scans them by
 * Hamming distance, takes the nearest thousand or so without sorting the rest, and ranks those by
 * the cosine of the int8 rows, out of cache/rows, which has them by work id, or out of the table.
 * What that loses against an exact scan is measured in docs/EMBEDDINGS.md.
 *
 * The files are kept up by whoever reads them: each transaction notes whose vectors it changed, and
 * a reader fetches what is newer than the file. So a sync of a thousand papers costs a thousand
 * rows. They can be deleted at any time.
 *
 * All functions run on the thread that owns the connection; a scan ends with ERR_CANCELLED when
 * the connection's cancel flag is set. Inside a transaction a committed state is searched.
 */
#ifndef CARREL_VECTORS_H
#define CARREL_VECTORS_H

#include "carrel/embed.h"
#include "carrel/store.h"

/* ---- searching ---- */

/* The model the library's vectors are of (its own when it has one, else the built-in), opened once
 * and borrowed until the connection closes. ERR_NOTFOUND: this build has none, or the vectors are
 * those of a server (vectors_models tells). */
int vectors_model(const struct embed_model **out, struct store *store, struct error *err);

/* A text as a unit vector to search with, by that model or, for a server's, by the function that
 * was set; `out` has room for VECTORS_DIM_MAX numbers. ERR_NOTFOUND: neither is at hand, or the
 * text has no word that says anything. */
int vectors_embed(struct store *store, const char *text, float *out, size_t *dim,
                  struct error *err);
/* How texts get to the server, set by whoever can reach it; for this connection, whose cancel flag
 * is handed on (may be NULL). */
typedef int vectors_embedder(void *ctx, struct store *store, const atomic_bool *cancel,
                             const char *text, float *out, size_t dim, struct error *err);
void vectors_set_embedder(struct store *store, vectors_embedder *embedder, void *ctx);

struct vector_hit {
    int64_t id;
    float score; /* cosine, -1..1 */
};

/* Works that may be found: bit id % 64 of word id / 64. Ids from `count` on are not allowed. */
struct vector_filter {
    const uint64_t *bits;
    int64_t count;
};

/* The `k` works nearest to a vector of the present model's dimension (any length), best first,
 * equal scores by newer id; *count of them (fewer when the library has fewer). `hits` has room for
 * k. NULL filter: all works. */
int vectors_search(struct store *store, const float *query, size_t dim, size_t k,
                   const struct vector_filter *filter, struct vector_hit *hits, size_t *count,
                   struct error *err);
/* The same in two halves, with a thread of its own in between where that pays (a library of any
 * size, cache/rows at hand): begin, do something else, finish. In between the connection may do
 * anything but search vectors; `filter` must stay. finish frees the scan, whatever it returns;
 * `hits` has room for k. NULL hits: the answer is not wanted any more. */
struct vectors_scan;
int vectors_begin(struct vectors_scan **out, struct store *store, const float *query, size_t dim,
                  size_t k, const struct vector_filter *filter, struct error *err);
int vectors_finish(struct vectors_scan *scan, struct vector_hit *hits, size_t *count,
                   struct error *err);
/* The works nearest to a work, itself left out. ERR_NOTFOUND: it has no vector. */
int vectors_nearest(struct store *store, int64_t work, size_t k, const struct vector_filter *filter,
                    struct vector_hit *hits, size_t *count, struct error *err);
/* Cosines of given works (in any order); NAN for one that has no vector. */
int vectors_score(struct store *store, const float *query, size_t dim, const int64_t *ids,
                  size_t count, float *scores, struct error *err);
/* The vectors of given works, `dim` numbers each, and which of them have one. */
int vectors_rows(struct store *store, size_t dim, const int64_t *ids, size_t count, int8_t *out,
                 bool *have, struct error *err);
/* The vector of one work as int8; `out` has room for *dim at entry, which is the dimension after.
 * ERR_NOTFOUND: it has none. */
int vectors_get(struct store *store, int64_t work, int8_t *out, size_t *dim, struct error *err);

/* Brings cache/signs up to date, so that the next search need not. */
int vectors_refresh(struct store *store, struct error *err);

/* ---- models ---- */

#define VECTORS_DIM_MAX 4096

enum vectors_kind { VECTORS_BUILTIN, VECTORS_FILE, VECTORS_SERVER };
struct vectors_model {
    int slot; /* which of the two tables; -1: there is no such model */
    enum vectors_kind kind;
    char name[160];
    uint64_t content;
    int dim;
};
/* The one that serves and the one in preparation (slot -1 where there is none). A library that has
 * no vectors yet is served by the built-in model, which vectors_settle will note. */
int vectors_models(struct store *store, struct vectors_model *serving, struct vectors_model *next,
                   struct error *err);
/* Will vectors_settle change anything? */
int vectors_unsettled(struct store *store, bool *unsettled, struct error *err);
/* The model itself: the built-in one, or models/NAME.bin. Borrowed from the connection. */
int vectors_open_model(const struct embed_model **out, struct store *store,
                       const struct vectors_model *model, struct error *err);
/* Inside a transaction. Notes the built-in model for a library without one; when the program has a
 * newer built-in model than the one that serves, that one serves from now on (the old one is gone
 * with the old program) and works have to be embedded again. */
int vectors_settle(struct store *store, struct error *err);
/* Inside a transaction: prepares for another model (kind, name, content and dim are given), whose
 * vectors are put beside those that serve. One in preparation before is given up. */
int vectors_prepare(struct store *store, const struct vectors_model *model, struct error *err);
/* Inside a transaction: the model in preparation serves from now on. */
int vectors_switch(struct store *store, struct error *err);
/* A transaction of its own: removes up to `limit` vectors that no model serves; *left says whether
 * there are more. */
int vectors_sweep(struct store *store, int limit, bool *left, struct error *err);

/* Compares cache/signs with the rows, where it claims to be up to date; *wrong counts works that
 * differ, and removes the file when there are any. */
int vectors_check(struct store *store, int64_t *wrong, struct error *err);

struct vectors_stats {
    int64_t works, vectors; /* vectors of the serving model */
    int64_t next;           /* of the one in preparation */
};
int vectors_count(struct store *store, struct vectors_stats *out, struct error *err);

/* ---- writing ---- */

/* Changes of one transaction: begin after store_begin (vectors_settle is part of it), commit right
 * before store_commit. */
struct vectors_writer;
int vectors_writer_begin(struct vectors_writer **out, struct store *store, struct error *err);
/* A vector made by that model, NULL for a work that has nothing to say. When the model is neither
 * serving nor in preparation (any more), nothing is kept. */
int vectors_writer_put(struct vectors_writer *writer, const struct vectors_model *model,
                       int64_t work, const int8_t *vector, struct error *err);
/* As put, unless the work has one already, or is gone. */
int vectors_writer_fill(struct vectors_writer *writer, const struct vectors_model *model,
                        int64_t work, const int8_t *vector, struct error *err);
int vectors_writer_remove(struct vectors_writer *writer, int64_t work, struct error *err);
/* Frees the writer in any case. */
int vectors_writer_commit(struct vectors_writer *writer, struct error *err);
void vectors_writer_free(struct vectors_writer *writer); /* without commit */

void vectors_close(void *handle); /* store_close calls it */

#endif
