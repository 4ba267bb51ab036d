/*
 * Inside the store's vectors: the handle that hangs from a connection, the mapped sign bits, and
 * the file of rows beside them.
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

/* Both files begin so, in the machine's byte order; entries by work id follow. */
struct signs_header {
    uint64_t magic;
    int64_t library_id;
    uint64_t content; /* of the model */
    int64_t seq, nonce, count;
    uint64_t words; /* of an entry: 64 bits each in cache/signs, 8 in cache/rows */
    uint64_t unused;
};
_Static_assert(sizeof(struct signs_header) == 64, "the header is 64 bytes");

/* What the library says now. */
struct signs_view {
    struct store *store;
    const struct vectors_model *model;
    char *path;
    int64_t library_id, seq, nonce;
    size_t words;
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

/* signs.c: the bits of the serving model, up to date with the connection's view. */
int signs_get(const struct signs **out, struct store *store, const struct vectors_model *model,
              struct error *err);
void signs_close(struct signs *signs);

/* rows.c: the file is kept up by signs.c, under the lock of cache/signs. */
#define ROWS_PATH "cache/rows"
struct signs_header rows_header(const struct signs_view *view, int64_t count);
/* Is the file's header that of this library and model, and of this change? */
bool rows_is_of(int fd, const struct signs_view *view, int64_t seq, int64_t nonce);
/* Opens it for signs that are up to date, or leaves `rows` 0. */
void rows_open(struct signs *signs, const struct signs_view *view);
void rows_close(struct signs *signs);
/* Thread-safe. ERR_NOTFOUND: there is no vector; ERR_IO: cannot be read, ask the table. */
int rows_read(int fd, int64_t id, size_t dim, int8_t *out);

/* One row of a slot's table into `out` (`dim` numbers). ERR_NOTFOUND (without err text) when there
 * is none or it is empty or of another size. */
int vectors_row(struct store *store, int slot, int64_t work, size_t dim, int8_t *out,
                struct error *err);

#endif
