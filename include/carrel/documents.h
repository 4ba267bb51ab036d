/*
 * Documents in the library: what was read out of a file, its chunks, vectors, bibliography and
 * near-duplicates.
 *
 * A document is named by the SHA-256 of its file, which lies in files/AA/SHA256 once it has been
 * processed. It belongs to the work that has the alias file:NAME (NAME: the first 16 digits), so
 * merging, splitting and undoing carry it along. One that gave no text has a state that says why,
 * and no work. Which works a bibliography names is looked up when it is asked: papers that come
 * later are found without anything being done again.
 *
 * All functions run on the thread that owns the connection; texts lie in the given arena.
 */
#ifndef CARREL_DOCUMENTS_H
#define CARREL_DOCUMENTS_H

#include "carrel/mem.h"
#include "carrel/store.h"
#include "carrel/str.h"

#define DOCUMENT_NAME_LEN 16
#define DOCUMENT_MINHASH 128

/* ---- writing ---- */

struct document_chunk {
    uint32_t page, start, end; /* page from 0; bytes of the document's text */
    const char *turns;         /* where further pages begin: bytes from start, blanks between */
    const char *heading;       /* "" none */
    const char *body;
};
struct document_entry { /* of the bibliography; what is not known is NULL or 0 */
    const char *marker, *body, *arxiv, *doi, *title, *author /* family name */;
    uint32_t year;
};
struct document_save {
    const char *sha256; /* 64 digits */
    const char *format, *state, *message /* NULL: none */, *origin, *title /* may be NULL */;
    int64_t pages, chars, bytes;
    int reader;
    int64_t time_limit_ms, memory_limit;
    const void *packed; /* NULL: nothing was read */
    size_t packed_len;
    const struct document_chunk *chunks;
    size_t chunk_count;
    uint64_t model; /* of the vectors; its dimension */
    size_t dim;     /* 0: none */
    const int8_t *vectors;
    const uint32_t *minhash; /* DOCUMENT_MINHASH numbers, or NULL */
    const struct document_entry *entries;
    size_t entry_count;
    bool foreign; /* another carrel has read it: no webhook is told */
};
/* Inside a transaction: everything about it anew, whatever was there; webhooks are told
 * (webhooks.h). *id may be NULL. */
int documents_save(struct store *store, const struct document_save *save, int64_t *id,
                   struct error *err);
/* Inside a transaction: all of it but the file. */
int documents_remove(struct store *store, int64_t id, struct error *err);
/* Inside a transaction: vectors of a document's chunks, count * dim numbers. */
int documents_set_vectors(struct store *store, int64_t id, uint64_t model, size_t dim,
                          const int8_t *vectors, size_t count, struct error *err);
/* The file's place below the library's folder, without making anything; caller frees. */
char *documents_path(const struct store *store, const char *sha256);

/* ---- reading ---- */

struct stored_document {
    int64_t id, work; /* work 0: none */
    char *sha256, *name, *format, *state, *message /* "" none */, *origin, *title /* "" none */;
    int64_t pages, chars, bytes, added, processed;
    int reader;
    int64_t time_limit_ms, memory_limit;
};
/* Was its text read, all of it or what could be? */
bool stored_document_is_text(const struct stored_document *document);
/* By SHA-256 or the first 16 digits of it. ERR_NOTFOUND. */
int documents_find(struct stored_document *out, struct store *store, struct arena *arena,
                   const char *hash, struct error *err);
int documents_get(struct stored_document *out, struct store *store, struct arena *arena, int64_t id,
                  struct error *err);
/* Of one work, the newest first; work 0: all that belong to none. */
int documents_of(struct stored_document **out, size_t *count, struct store *store,
                 struct arena *arena, int64_t work, struct error *err);
/* Every document, in order of its id; its texts live until `each` returns, whose non-zero ends it
 * and is returned. */
int documents_each(struct store *store,
                   int (*each)(void *ctx, const struct stored_document *document), void *ctx,
                   struct error *err);
/* The packed document, appended. ERR_NOTFOUND: nothing was read of it. */
int documents_packed(struct str *out, struct store *store, int64_t id, struct error *err);
int documents_count(int64_t *count, struct store *store, struct error *err);
/* Documents whose chunks have no vectors of this model, at most `limit` ids. */
int documents_without_vectors(int64_t *ids, size_t limit, size_t *count, struct store *store,
                              uint64_t model, struct error *err);
struct stored_chunk {
    int64_t id, document, work;
    uint32_t ordinal, page, start, end;
    char *turns, *heading, *body;
};
int documents_chunk(struct stored_chunk *out, struct store *store, struct arena *arena, int64_t id,
                    struct error *err);
int documents_chunks(struct stored_chunk **out, size_t *count, struct store *store,
                     struct arena *arena, int64_t document, struct error *err);

/* ---- what binds them ---- */

struct document_pair {
    int64_t a, b;      /* a < b */
    double similarity; /* 0..1, estimated (MinHash) */
};
/* Documents at least so similar to this one; id 0: all pairs, the most similar first. */
int documents_near(struct document_pair **out, size_t *count, struct store *store,
                   struct arena *arena, int64_t id, double least, struct error *err);

struct stored_entry {
    uint32_t ordinal;
    char *marker, *body, *arxiv, *doi, *title, *author; /* "" unknown */
    uint32_t year;
    int64_t work; /* in this library; 0: not here */
};
int documents_references(struct stored_entry **out, size_t *count, struct store *store,
                         struct arena *arena, int64_t document, struct error *err);
/* Works whose documents name this one in their bibliographies. */
int documents_cited_by(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                       int64_t work, struct error *err);

/* ---- checks (doctor) ---- */

/* Rows of the index against chunks; *wrong is not 0 when it has to be rebuilt. */
int documents_check_index(struct store *store, int64_t *wrong, struct error *err);
int documents_rebuild_index(struct store *store, struct error *err); /* inside a transaction */

#endif
