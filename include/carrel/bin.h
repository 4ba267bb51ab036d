/*
 * The bin: papers that were removed, and how they come back.
 *
 * That a paper is removed is said of each of its names, in registers of the kind "gone"
 * (carrel/ops.h), so that it is so on all machines and for what comes of it later. A record is in
 * the bin exactly when its own name is gone, or when nothing was ever said of that and another name
 * that it gives is: a function of the record and the registers, whatever came first. Its own name
 * goes first since a paper may mention a name of another one, which is removed without it.
 *
 * What the reader has said of a paper stays in its registers, and is there again with the paper.
 * All functions run on the thread that owns the connection; texts lie in the given arena; times are
 * milliseconds since 1970-01-01 UTC.
 */
#ifndef CARREL_BIN_H
#define CARREL_BIN_H

#include "carrel/mem.h"
#include "carrel/record.h"
#include "carrel/store.h"

/* ---- reading (store/bin.c) ---- */

struct bin_paper {
    int64_t work, at; /* when it was removed */
    char *key, *title;
    int64_t records;
};
/* The last removed first, at most `limit`. */
int bin_list(struct bin_paper **out, size_t *count, struct store *store, struct arena *arena,
             size_t limit, struct error *err);
int bin_count(struct store *store, int64_t *papers, struct error *err);
/* The paper that has the name, and whether one of its records is called so. ERR_NOTFOUND, without a
 * message: none. */
int bin_find(struct store *store, int64_t *work, bool *own, const char *name, struct error *err);
/* Was a paper of that name removed? Perhaps nothing is left of it. */
int bin_removed(struct store *store, bool *removed, const char *name, struct error *err);
/* All names that it had or that its records give. */
int bin_names(struct text_list *out, struct store *store, struct arena *arena, int64_t work,
              struct error *err);
/* Its title, malloc'd, by a name of it. ERR_NOTFOUND, without a message. */
int bin_title(struct store *store, char **title, const char *name, struct error *err);

enum bin_word { BIN_UNSAID, BIN_STAYS, BIN_GONE };
/* What was said of a name, and when. */
int bin_word(struct store *store, enum bin_word *word, int64_t *at, const char *name,
             struct error *err);
/* The last record that ever was here: like max(id) of them, but it never falls. */
#define BIN_LAST_RECORD                                                                            \
    "SELECT max(ifnull((SELECT max(id) FROM record), 0), ifnull((SELECT value FROM meta WHERE "    \
    "key = 'record_top'), 0))"

/* ---- removing and bringing back (library/bin_steps.c): each is one step of undo ---- */

struct bin_counts {
    int64_t papers; /* that were removed, or are back */
    int64_t
        waiting;    /* that are wanted back, and that nothing is left of: a source may bring them */
    int64_t others; /* that were so already */
};
/* All or nothing. Names are ids as works_find takes them. ERR_NOTFOUND: one of them is unknown. */
int library_remove(struct store *store, char *const *names, size_t count, struct bin_counts *out,
                   struct error *err);
int library_return(struct store *store, char *const *names, size_t count, struct bin_counts *out,
                   struct error *err);
/* Drops what is in the bin for good; what was said stays. Cannot be undone. */
int library_bin_empty(struct store *store, int64_t *papers, struct error *err);

#endif
