/*
 * Inside cache/signs and cache/rows: how both files begin, and what those that read them (signs.c,
 * rows.c), write them (signs_write.c) and check them (signs_check.c) need of each other. On the
 * thread that owns the connection.
 */
#ifndef CARREL_STORE_SIGNS_INTERNAL_H
#define CARREL_STORE_SIGNS_INTERNAL_H

#include "vectors_internal.h"

#define SIGNS_PATH "cache/signs"
#define ROWS_PATH "cache/rows"

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

/* ---- signs.c ---- */

/* Fills all but the path. */
int signs_view_open(struct signs_view *view, struct store *store, const struct vectors_model *model,
                    struct error *err);
struct signs_header signs_header(const struct signs_view *view, int64_t count);
/* Is it of the same library and model, and of entries of that size, whatever change it has? */
bool signs_header_fits(const struct signs_header *header, struct signs_header wanted);
size_t signs_bytes(int64_t count, size_t words); /* of a file or of memory, with its header */
/* The file as it is, when it is of this library and model. */
bool signs_map(struct signs *signs, const struct signs_view *view);
void signs_face(struct signs *signs); /* what its header says, into the other members */
bool signs_current(const struct signs *signs, const struct signs_view *view);

/* ---- signs_write.c: *failed says that a file cannot be written, which is no error ---- */

/* All of it, in memory. */
int signs_in_memory(struct signs *signs, const struct signs_view *view, struct error *err);
/* All of it, as a new file in the place of the old one. */
int signs_new_file(const struct signs_view *view, bool *failed, struct error *err);
/* The works that changed since the header was written, into the file; its lock is held. */
int signs_follow(const struct signs_view *view, int fd, struct signs_header *header, bool *failed,
                 struct error *err);
/* A new file of rows for bits that are up to date, under their lock. Whoever else makes it at the
 * same time is waited for by nobody: without it the table is asked. */
int rows_make(const struct signs_view *view, struct error *err);

/* ---- rows.c: the file is kept up under the lock of cache/signs ---- */

struct signs_header rows_header(const struct signs_view *view, int64_t count);
/* Is the file's header that of this library and model, and of this change? */
bool rows_is_of(int fd, const struct signs_view *view, int64_t seq, int64_t nonce);
/* Opens it for signs that are up to date, or leaves `rows` 0. */
void rows_open(struct signs *signs, const struct signs_view *view);
void rows_close(struct signs *signs);

#endif
