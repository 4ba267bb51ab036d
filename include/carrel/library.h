/*
 * Identity and merging: records in, works out (DESIGN section 5).
 */
#ifndef CARREL_LIBRARY_H
#define CARREL_LIBRARY_H

#include "carrel/record.h"
#include "carrel/store.h"

#include <stdatomic.h>

struct import_counts {
    int64_t seen, added, updated, unchanged, rejected;
    int64_t binned;   /* of papers that were removed: they are in the bin (carrel/bin.h) */
    int64_t returned; /* of the added: from the bin, where undo of an import had put them */
    int64_t merged; /* of the updated: those that joined a paper by what they say, not by a name */
    /* For `save` of a page, while it runs: the records that are new or were added to. */
    const int64_t *changed;
    size_t changed_len;
};

/*
 * The importer: a pipeline of two threads. The caller's thread prepares records (folds, tokenises,
 * packs); a writer thread of its own, with its own connection, applies them in batched
 * transactions, each durable when it is counted. Counts of finished batches are read at any time.
 */
struct importer;
int importer_new(struct importer **out, const char *library_dir, struct error *err);
/* Before the first record: the import is a step of undo, called so. What it gives again of papers
 * that such a step took with it when it was taken back is brought back at the end, and counts as
 * added. */
void importer_step(struct importer *importer, const char *name);
/* Takes a copy. Errors of the writer thread come back here or at finish. */
int importer_add(struct importer *importer, const struct record *record, struct error *err);
void importer_counts(const struct importer *importer,
                     struct import_counts *counts); /* any thread */
/* A record that identity refuses (no title ...) is reported through this; called on the caller's
 * thread of importer_add / finish. */
void importer_on_reject(struct importer *importer,
                        void (*reject)(void *ctx, long line, const char *why), void *ctx);
/*
 * By pages: nothing is committed but by importer_checkpoint, so that what was added since the last
 * one is on disk whole or not at all. Keep pages to some thousand records, since they hold the
 * library's write lock while they are applied. Uses less memory than importer_new's.
 */
int importer_new_by_pages(struct importer **out, const char *library_dir, struct error *err);
/* Applies what was added since the last checkpoint, runs `save` on the writer thread inside that
 * transaction (on its connection), commits, and comes back when it is on disk, with the counts of
 * the page (may be NULL). When anything fails, or `save` says no, nothing of the page is kept, and
 * the importer is of no more use. */
int importer_checkpoint(struct importer *importer,
                        int (*save)(void *ctx, struct store *store,
                                    const struct import_counts *page, struct error *err),
                        void *ctx, struct import_counts *page, struct error *err);
int importer_finish(struct importer *importer, struct import_counts *counts,
                    struct error *err); /* all on disk */
void importer_free(
    struct importer *importer); /* without finish: what is not committed is dropped */

/* Gives vectors to works that have none: those of the model that serves and, when another is in
 * preparation, of that one, which serves from then on. In short transactions that can be taken up
 * again at any time. ERR_CANCELLED: `progress` said so, or the connection's cancel flag. */
struct library_embedding {
    int (*progress)(void *ctx, int64_t done, int64_t total); /* non-zero stops; may be NULL */
    /* For a server's model: `count` texts (at most LIBRARY_EMBED_TEXTS) to `dim` floats each.
     * NULL: works wait for somebody who can. */
    int (*embed)(void *ctx, const char *const *texts, size_t count, float *vectors, size_t dim,
                 struct error *err);
    void *ctx;
};
#define LIBRARY_EMBED_TEXTS 64
/* The same for passages of documents; *added documents. */
int library_embed_documents(struct store *store, const struct library_embedding *options,
                            int64_t *added, struct error *err);
/* And for repositories. */
int library_embed_repositories(struct store *store, const struct library_embedding *options,
                               int64_t *added, struct error *err);
/* One passage by a model of our own; zeros when it has no word that says anything. */
struct embed_model;
void library_embed_chunk(const struct embed_model *model, const char *heading, const char *body,
                         int8_t *out);
int library_embed(struct store *store, const struct library_embedding *options, int64_t *added,
                  struct error *err);

/* By hand: the second goes into the first. Both are one undo step. */
int library_merge(struct store *store, const char *keep_id, const char *gone_id, struct error *err);
/* Takes the newest merge of the work apart again and keeps the two apart from now on; *report
 * (malloc'd) says which. ERR_NOTFOUND: nothing was merged into it. */
int library_split(struct store *store, const char *id, char **report, struct error *err);
/* Two works are two: never joined or suggested from now on. One undo step. ERR_USAGE: they are one
 * already. */
int library_keep_apart(struct store *store, const char *a, const char *b, struct error *err);
/* The newest step of any kind: marks, tags, notes, queries, merges; but for imports. *what is
 * malloc'd. */
int library_undo(struct store *store, char **what, struct error *err);
/* The newest import, whatever was done since. Papers that nothing else has spoken of go into the
 * bin, words that it has replaced stand again. */
int library_undo_import(struct store *store, char **what, struct error *err);
/* What undo has taken back last, once more; ERR_NOTFOUND: nothing, or something new came since. */
int library_redo(struct store *store, char **what, struct error *err);

/* Removes unfinished copies of documents that processes which have gone left below files/. */
void library_sweep_files(const struct store *store);

/* Checks indexes, orphans and counters; `line` gets one finding each. With fix, mends what can be
 * rebuilt. *problems counts what was found and not mended. */
int library_doctor(struct store *store, bool fix,
                   void (*line)(void *ctx, bool ok, const char *what), void *ctx, long *problems,
                   struct error *err);
struct backup_options {
    bool all_files;            /* of documents also those that can be fetched again */
    bool force;                /* a file that is no backup is replaced, too */
    const atomic_bool *cancel; /* may be NULL */
    /* Bytes of "library" or "documents"; may be NULL. */
    void (*progress)(void *ctx, const char *what, int64_t done, int64_t total);
    void *ctx;
};
struct backup_counts {
    int64_t files, bytes; /* of documents, that are in it */
    int64_t missing;      /* files that are gone or damaged */
    int64_t left;         /* files that can be fetched again, left out */
};
/* Of the file that a library is in. */
struct library_age {
    int64_t papers;  /* -1: there is none, or none that can be read */
    int64_t changed; /* ms: the last paper or decision that came in; 0: none */
    int64_t written; /* ms: the file's own time */
};
struct restored {
    struct backup_counts counts;
    struct library_age backup, before; /* what was brought back, and what it replaced */
    bool kept;                         /* there was a library.db, which was set aside */
};
/* A whole copy in one file, made while the library is in use and verified before it takes its name:
 * all that cannot be fetched again, so files of documents that came from this machine as well.
 * Errors: ERR_FULL, ERR_IO, ERR_CANCELLED, ERR_EXISTS (there is a file that is neither empty nor an
 * earlier backup); then `file` is as it was. Options may be NULL. */
int library_backup(struct store *store, const char *file, const struct backup_options *options,
                   struct backup_counts *counts, struct error *err);
/* Takes one back, files of documents first. ERR_EXISTS: there is a library with works in it, and
 * not `force`; it is kept as library.db.before-restore otherwise. ERR_BUSY: some process has it
 * open. */
int library_restore(const char *file, const char *library_dir, bool force,
                    const struct backup_options *options, struct restored *restored,
                    struct error *err);

#endif
