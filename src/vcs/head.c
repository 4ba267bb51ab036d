/*
 * Which branch a clone shows: the one that the other side shows. That one's HEAD may name no branch
 * (a folder with a tag checked out) or one that is not there; then the clone shows a usual one.
 */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_branch(git_repository *repo, const char *name)
{
    git_oid oid;

    return git_reference_name_to_id(&oid, repo, name) == 0;
}

struct newest {
    char *name; /* NULL: there is no branch */
    git_time_t at;
};

static int see_branch(git_reference *reference, void *ctx)
{
    struct newest *newest = ctx;
    git_object *tip = NULL;

    if (git_reference_is_branch(reference)
        && git_reference_peel(&tip, reference, GIT_OBJECT_COMMIT) == 0) {
        git_time_t at = git_commit_time((git_commit *)tip);

        if (!newest->name || at > newest->at) {
            free(newest->name);
            *newest = (struct newest){ mem_strdup(git_reference_name(reference)), at };
        }
    }
    git_object_free(tip);
    git_reference_free(reference);
    return 0;
}

/* By its name, else the one that was committed to last. */
static int show_usual(git_repository *repo)
{
    static const char *const usual[] = { "refs/heads/main", "refs/heads/master", "refs/heads/trunk",
                                         "refs/heads/develop" };
    struct newest newest = { 0 };
    size_t i;
    int code;

    for (i = 0; i < ARRAY_LEN(usual); i++)
        if (has_branch(repo, usual[i]))
            return git_repository_set_head(repo, usual[i]);
    code = git_reference_foreach(repo, see_branch, &newest);
    if (code == 0 && newest.name) /* an empty repository has none */
        code = git_repository_set_head(repo, newest.name);
    free(newest.name);
    return code;
}

int vcs_follow_head(git_repository *repo, git_remote *remote)
{
    git_buf name = GIT_BUF_INIT;
    int code = git_remote_default_branch(&name, remote);

    if (code == 0)
        code = git_repository_set_head(repo, name.ptr);
    else if (code == GIT_ENOTFOUND)
        code = 0;
    git_buf_dispose(&name);
    return code == 0 && git_repository_head_unborn(repo) == 1 ? show_usual(repo) : code;
}
