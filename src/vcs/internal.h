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
int64_t vcs_commit_ms(const git_commit *commit);
/* The entry at `path`; GIT_ENOTFOUND is not told in *err. */
int vcs_entry(git_tree_entry **out, struct vcs *vcs, const git_commit *commit, const char *path,
              struct error *err);
/* What the file at the path was called in the parent, when the commit renamed it; NULL, else
 * malloc'd. */
char *vcs_former_path(struct vcs *vcs, const git_commit *commit, const git_commit *parent,
                      const char *path);
/* The default branch's tip. ERR_NOTFOUND: there is no commit. */
int vcs_head(git_oid *out, struct vcs *vcs, struct error *err);
/* After a fetch: HEAD names a branch that is there, if there is one. A code of libgit2. */
int vcs_follow_head(git_repository *repo, git_remote *remote);

#endif
