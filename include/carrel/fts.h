/*
 * The full-text index: putting documents in, taking them out, and the vocabulary beside it.
 *
 * The index holds Porter stems made by text_tokenize. Tokenising is the dear part, so it can be
 * done beforehand on another thread: a prepared column (fts_prepare_column) is text that starts
 * with the byte 0x01, in which the tokenizer only has to find the separators.
 */
#ifndef CARREL_FTS_H
#define CARREL_FTS_H

#include "carrel/postings.h"
#include "carrel/store.h"
#include "carrel/str.h"

/* What one document adds to the index. Owned by the caller; fts_document_free releases. */
struct fts_document {
    struct str title, abstract, authors;      /* prepared columns */
    struct str terms, stems;                  /* distinct ones, each followed by 0x1F */
    int title_len, abstract_len, authors_len; /* tokens */
    struct posting_counts *counts;            /* of each stem, in the order of `stems` */
    size_t count_len, count_cap;
};
/* What tokenising many documents reuses. One thread. */
struct fts_preparer;
struct fts_preparer *fts_preparer_new(void);
void fts_preparer_free(struct fts_preparer *preparer);
/* Tokenises the three texts; `*doc` (zeroed before its first use) is cleared first. */
void fts_document_prepare(struct fts_preparer *preparer, struct fts_document *doc,
                          const char *title, const char *abstract, const char *authors);
void fts_document_free(struct fts_document *doc);

/* Inside a transaction. Delete needs the texts that were inserted. */
int fts_insert(struct store *store, int64_t id, const struct fts_document *doc, struct error *err);
int fts_delete(struct store *store, int64_t id, const struct fts_document *doc, struct error *err);

/*
 * The same, held back to the end of the transaction (or until some megabytes wait) and then done
 * by ascending id. FTS5 collects what it is given and sorts it once, but writes out what it has
 * whenever another statement could be taken back alone, and whenever an id is not above the last.
 * A search in the transaction does not see what waits.
 */
struct fts_queue;
struct fts_queue *fts_queue_new(void);
void fts_queue_free(struct fts_queue *queue);
/* The document is copied; several of one id are done in the order they came. */
int fts_queue_insert(struct fts_queue *queue, struct store *store, int64_t id,
                     const struct fts_document *doc, struct error *err);
int fts_queue_delete(struct fts_queue *queue, struct store *store, int64_t id,
                     const struct fts_document *doc, struct error *err);
int fts_queue_flush(struct fts_queue *queue, struct store *store, struct error *err);
void fts_queue_clear(struct fts_queue *queue); /* of a transaction that is rolled back */

/* Document frequencies, collected over a transaction and written at its end. */
struct vocabulary;
struct vocabulary *vocabulary_new(void);
void vocabulary_free(struct vocabulary *vocabulary);
void vocabulary_add(struct vocabulary *vocabulary, const struct fts_document *doc, int sign);
int vocabulary_flush(struct vocabulary *vocabulary, struct store *store,
                     struct error *err); /* and clears */
void vocabulary_clear(struct vocabulary *vocabulary);

/* Reading it: unstemmed words (for prefixes and spelling) or stems (for ranking). */
enum vocabulary_kind { VOCABULARY_TERMS, VOCABULARY_STEMS };
/* How many works have the word; 0 for one that is not there. */
int vocabulary_df(int64_t *df, struct store *store, enum vocabulary_kind kind, const char *word,
                  struct error *err);
/* All words from `from` on, in byte order; non-zero from `each` ends it (and is no error). */
int vocabulary_each(struct store *store, enum vocabulary_kind kind, const char *from,
                    int (*each)(void *ctx, const char *word, size_t len, int64_t df), void *ctx,
                    struct error *err);
/* Inside a transaction: empties it, to be counted anew. */
int vocabulary_forget(struct store *store, struct error *err);

#endif
