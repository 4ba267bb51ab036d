/*
 * What a file was called before: looked for among what the commit that brought it has removed.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define RENAMES_AMONG 100 /* files; among more, renames are not looked for */

char *vcs_former_path(struct vcs *vcs, const git_commit *commit, const git_commit *parent,
                      const char *path)
{
    git_diff_find_options renames;
    git_tree *before = NULL, *after = NULL;
    git_diff *diff = NULL;
    char *former = NULL;
    size_t i;
    int code = git_commit_tree(&before, parent);

    if (code == 0)
        code = git_commit_tree(&after, commit);
    if (code == 0)
        code = git_diff_tree_to_tree(&diff, vcs->repo, before, after, NULL);
    git_diff_find_options_init(&renames, GIT_DIFF_FIND_OPTIONS_VERSION);
    renames.flags = GIT_DIFF_FIND_RENAMES;
    renames.rename_limit = RENAMES_AMONG;
    if (code == 0)
        code = git_diff_find_similar(diff, &renames);
    for (i = 0; code == 0 && i < git_diff_num_deltas(diff) && !former; i++) {
        const git_diff_delta *delta = git_diff_get_delta(diff, i);

        if (delta->status == GIT_DELTA_RENAMED && strcmp(delta->new_file.path, path) == 0)
            former = mem_strdup(delta->old_file.path);
    }
    git_diff_free(diff);
    git_tree_free(before);
    git_tree_free(after);
    return former;
}

int vcs_before(struct vcs *vcs, const git_commit *commit, const git_commit *parent,
               const char *path, char **former, git_oid *blob, struct error *err)
{
    git_tree_entry *entry = NULL;
    int code = vcs_entry(&entry, vcs, parent, path, err);

    *former = NULL;
    if (code == 0) {
        *former = mem_strdup(path);
    } else if (code == GIT_ENOTFOUND) {
        *former = vcs_former_path(vcs, commit, parent, path);
        code = *former ? vcs_entry(&entry, vcs, parent, *former, err) : 0;
    }
    if (entry && git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
        *blob = *git_tree_entry_id(entry);
    } else {
        free(*former);
        *former = NULL;
    }
    git_tree_entry_free(entry);
    return code;
}
