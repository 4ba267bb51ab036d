/*
 * Inside the store's vectors: the handle that hangs from a connection, the mapped sign bits, and
 * the file of rows beside them. How both files are written is signs_internal.h.
 */
#ifndef CARREL_STORE_VECTORS_INTERNAL_H
#define CARREL_STORE_VECTORS_INTERNAL_H

#include "carrel/vectors.h"

#include "internal.h"

#define VECTORS_ID_MAX (1 << 28) /* ids above it are not found by vector */

/* The sign bits as a search sees them: `words` 64-bit words for each work id below `count`; all
 * zero where there is no vector. */
struct signs {
    void *map; /* the file, or memory of our own */
    size_t size;
    bool own; /* anonymous memory: the cache folder cannot be written */
    const uint64_t *bits;
    int64_t count;
    size_t words;
    int64_t seq, nonce; /* of the last change it has */
    uint64_t content;   /* of the model */
    int rows;           /* rows.c: cache/rows, as new as the bits; 0: none (no file of ours is 0) */
    bool rows_tried;    /* this connection has tried to make it */
};

struct vectors_handle {
    struct vectors_model serving;
    struct embed_model *opened[2]; /* model files, by slot */
    uint64_t opened_content[2];
    struct signs signs;
    vectors_embedder *embedder;
    void *embedder_ctx;
};
struct vectors_handle *vectors_handle(struct store *store);

/* rows.c. Thread-safe. ERR_NOTFOUND: there is no vector; ERR_IO: cannot be read, ask the table. */
int rows_read(int fd, int64_t id, size_t dim, int8_t *out);

/* signs.c: the bits of the serving model, up to date with the connection's view. */
int signs_get(const struct signs **out, struct store *store, const struct vectors_model *model,
              struct error *err);
void signs_close(struct signs *signs);

/* One row of a slot's table into `out` (`dim` numbers). ERR_NOTFOUND (without err text) when there
 * is none or it is empty or of another size. */
int vectors_row(struct store *store, int slot, int64_t work, size_t dim, int8_t *out,
                struct error *err);

#endif
