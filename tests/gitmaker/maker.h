/* Makes small and large bare repositories for tests and benchmarks, by libgit2 itself. */
#ifndef GITMAKER_MAKER_H
#define GITMAKER_MAKER_H

#include <git2.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAKER_MERGES 9 /* branches that one commit joins, at most */

/* All functions end the program with a message when something goes wrong. */
struct maker {
    git_repository *repo;
    git_index *index;
    char branch[100];
    git_oid merging[MAKER_MERGES]; /* the further parents of the next commit */
    size_t merges;
    const char *encoding; /* that commits say their words are in; NULL */
};

/* Opens or makes it; the index starts as the default branch's tip. */
void maker_open(struct maker *maker, const char *folder);
void maker_close(struct maker *maker);
void maker_put(struct maker *maker, const char *path, const void *bytes, size_t len);
void maker_text(struct maker *maker, const char *path, const char *text);
void maker_link(struct maker *maker, const char *path, const char *target);
void maker_module(struct maker *maker, const char *path); /* a submodule */
void maker_remove(struct maker *maker, const char *path);
/* Onto the branch; `at` in seconds since 1970. */
void maker_commit(struct maker *maker, const char *author, const char *message, int64_t at,
                  git_oid *id);
/* The branch that further commits come onto, made at the present one's tip when it is new. */
void maker_branch(struct maker *maker, const char *name);
void maker_merge(struct maker *maker, const char *branch); /* one more parent of the next commit */
void maker_tag(struct maker *maker, const char *name);

#endif
