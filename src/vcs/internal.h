/* What the files about repositories need of each other; the only header that shows libgit2. */
#ifndef CARREL_VCS_INTERNAL_H
#define CARREL_VCS_INTERNAL_H

#include "carrel/vcs.h"

#include <git2.h>

struct vcs {
    git_repository *repo;
};

/* libgit2, set up once a process. */
void vcs_start(void);
/* A code of libgit2 as one of ours, with its message behind "what: ". */
int vcs_fail(struct error *err, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
bool vcs_stopped(const atomic_bool *cancel);
int vcs_cancelled(struct error *err);

char *vcs_clean(struct arena *arena, const char *bytes, size_t len); /* several lines */

int vcs_lookup(git_commit **out, struct vcs *vcs, const char *id, struct error *err);
void vcs_commit_read(struct vcs_commit *out, struct arena *arena, git_commit *commit);
/* No more than its name and those of its parents, for a graph. */
void vcs_commit_read_ids(struct vcs_commit *out, struct arena *arena, git_commit *commit);
int64_t vcs_commit_ms(const git_commit *commit);
/* Does "NAME <ADDRESS>" of the author have the words in it, whatever their case? */
bool vcs_commit_by(const git_commit *commit, const char *words);
/* The entry at `path`; GIT_ENOTFOUND is not told in *err. */
int vcs_entry(git_tree_entry **out, struct vcs *vcs, const git_commit *commit, const char *path,
              struct error *err);
/* What the file at the path was called in the parent, when the commit renamed it; NULL, else
 * malloc'd. */
char *vcs_former_path(struct vcs *vcs, const git_commit *commit, const git_commit *parent,
                      const char *path);
/* The file of that path in the parent: *former is what it is called there (malloc'd; NULL: it is
 * not there). A code of libgit2. */
int vcs_before(struct vcs *vcs, const git_commit *commit, const git_commit *parent,
               const char *path, char **former, git_oid *blob, struct error *err);

/* Where two versions of a file differ, in order; lines from 0, ends excluded. */
struct vcs_hunk {
    uint32_t old_from, old_to, new_from, new_to;
};
struct vcs_hunks {
    struct vcs_hunk *items; /* malloc'd */
    size_t len, cap;
};
/* *compared: false when one is too large for that. A code of libgit2. */
int vcs_hunks_between(struct vcs_hunks *hunks, bool *compared, struct vcs *vcs,
                      const git_oid *before, const git_oid *after);
/* How many of them end before a line of the newer version. */
size_t vcs_hunks_until(const struct vcs_hunks *hunks, uint32_t line);
/* The default branch's tip. ERR_NOTFOUND: there is no commit. */
int vcs_head(git_oid *out, struct vcs *vcs, struct error *err);
/* After a fetch: HEAD names a branch that is there, if there is one. A code of libgit2. */
int vcs_follow_head(git_repository *repo, git_remote *remote);

#endif
