/*
 * Clones of repositories: fetched under the ledger, looked over, and kept: facts, README,
 * citations, and the files that are searched.
 */
#ifndef CARREL_APP_CLONE_H
#define CARREL_APP_CLONE_H

#include "carrel/app.h"
#include "carrel/clones.h"
#include "carrel/vcs.h"

struct clone_options {
    const atomic_bool *cancel; /* may be NULL */
    /* `state` is static text; total 0: not known. May be NULL. */
    void (*progress)(void *ctx, const char *state, int64_t done, int64_t total, const char *unit);
    void *ctx;
    const char *as; /* the id of the repository that it is; NULL: what the address says */
    /* The address comes over HTTP: no folder, no ssh, and no private one unless `private`. */
    bool outside, private;
};
struct cloned {
    int64_t repository;
    char *key;       /* "github.com/owner/name" */
    bool cloned;     /* it was not there before */
    bool changed;    /* something was new */
    int64_t bytes;   /* received */
    int64_t indexed; /* files that are new in the index */
    bool empty;      /* it has no commit yet */
};
/*
 * Clones a repository, or fetches what is new of one that is cloned. `what` is an address, a
 * folder, or the id of a repository ("repo:...", a page of GitHub). What it was killed in the
 * middle of goes on with the next call. Texts in the arena; the library must exist. The errors of
 * vcs_transfer, vcs_address and the store; ERR_USAGE when `as` is cloned from elsewhere.
 */
int clone_repository(const struct app *app, struct arena *arena, const char *what,
                     const struct clone_options *options, struct cloned *out, struct error *err);
/* Is `what` something to be cloned: an address of Git's, or a folder with a repository? */
bool clone_is_for(const char *what);

/* clone_index.c: brings the pieces of files up to the commit; in transactions of a moment each. */
int clone_index(struct store *store, struct vcs *vcs, int64_t repository, const char *commit,
                const struct clone_options *options, int64_t *files, struct error *err);

/* Counts files whose pieces are not those of the commit; with `drop` those that differ are taken
 * out of the index, so that clone_index brings them anew. */
int clone_index_check(struct store *store, struct vcs *vcs, int64_t repository, const char *commit,
                      const struct clone_options *options, bool drop, int64_t *wrong,
                      struct error *err);

/* All that the library has of a clone, in a transaction; not its folder. */
int clone_forget(struct store *store, int64_t repository, struct error *err);

/* The clone of a repository, opened: by any id of it. ERR_NOTFOUND's message says how to get one.
 */
int clone_open(struct vcs **vcs, struct clone *clone, struct store *store, struct arena *arena,
               const char *any_id, struct error *err);

/* clone_ask.c: a job that does it; at most one of the same is open. `as` as in clone_options. */
int clone_ask(struct store *store, const char *what, const char *as, int64_t *job,
              struct error *err);

/* "receiving: 1,200 of 3,400 objects" on a terminal's line of its own, over and over. */
struct clone_progress_line {
    bool terminal;
    int64_t shown;
};
void clone_progress_begin(struct clone_progress_line *line, const struct command_call *call,
                          struct clone_options *options);
void clone_progress_end(struct clone_progress_line *line);

#endif
