/*
 * Where two versions of a file differ, for blame; and lines that are looked for in the version
 * before.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define COMPARE_BYTES ((size_t)VCS_BLAME_BYTES * 2)

static int hunk_see(const git_diff_delta *delta, const git_diff_hunk *hunk, void *ctx)
{
    struct vcs_hunks *hunks = ctx;
    struct vcs_hunk seen;

    (void)delta;
    /* "-5,0" means behind line 5. */
    seen.old_from = (uint32_t)(hunk->old_lines ? hunk->old_start - 1 : hunk->old_start);
    seen.old_to = seen.old_from + (uint32_t)hunk->old_lines;
    seen.new_from = (uint32_t)(hunk->new_lines ? hunk->new_start - 1 : hunk->new_start);
    seen.new_to = seen.new_from + (uint32_t)hunk->new_lines;
    VEC_PUSH(hunks->items, hunks->len, hunks->cap, seen);
    return 0;
}

static int blob_open(git_blob **out, struct vcs *vcs, const git_oid *oid, bool *small)
{
    int code = git_blob_lookup(out, vcs->repo, oid);

    *small = code == 0 && (size_t)git_blob_rawsize(*out) <= COMPARE_BYTES;
    return code;
}

int vcs_hunks_between(struct vcs_hunks *hunks, bool *compared, struct vcs *vcs,
                      const git_oid *before, const git_oid *after)
{
    git_diff_options options;
    git_blob *old = NULL, *new = NULL;
    bool small = false;
    int code = blob_open(&old, vcs, before, &small);

    *hunks = (struct vcs_hunks){ 0 };
    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.context_lines = 0;
    options.flags = GIT_DIFF_FORCE_TEXT;
    if (code == 0 && small)
        code = blob_open(&new, vcs, after, &small);
    *compared = code == 0 && small;
    if (*compared)
        code = git_diff_blobs(old, NULL, new, NULL, &options, NULL, NULL, hunk_see, NULL, hunks);
    git_blob_free(old);
    git_blob_free(new);
    return code;
}

size_t vcs_hunks_until(const struct vcs_hunks *hunks, uint32_t line)
{
    size_t from = 0, to = hunks->len;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (hunks->items[middle].new_to <= line)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* Where the line of the newer version was; one that is new: where its neighbours were. From 0. */
static uint32_t line_before(const struct vcs_hunks *hunks, uint32_t line)
{
    size_t i = vcs_hunks_until(hunks, line);
    const struct vcs_hunk *hunk = i < hunks->len ? &hunks->items[i] : NULL;
    const struct vcs_hunk *last = i > 0 ? &hunks->items[i - 1] : NULL;
    uint32_t in, old;

    if (!hunk || line < hunk->new_from)
        return last ? line - last->new_to + last->old_to : line;
    in = line - hunk->new_from;
    old = hunk->old_to - hunk->old_from;
    if (old == 0)
        return hunk->old_from > 0 ? hunk->old_from - 1 : 0;
    return hunk->old_from + (in < old ? in : old - 1);
}

/* In one parent. *found: the file was there. */
static int look_in(struct vcs *vcs, struct arena *arena, git_commit *commit, git_commit *parent,
                   const char *path, uint32_t line, struct vcs_line *out, bool *found,
                   struct error *err)
{
    git_tree_entry *entry = NULL;
    struct vcs_hunks hunks = { 0 };
    char *former = NULL;
    bool compared = false;
    git_oid blob;
    int code = vcs_before(vcs, commit, parent, path, &former, &blob, err);

    *found = code == 0 && former;
    if (*found)
        code = vcs_entry(&entry, vcs, commit, path, err);
    if (code == 0 && entry)
        code = vcs_hunks_between(&hunks, &compared, vcs, &blob, git_tree_entry_id(entry));
    if (code == 0 && *found) {
        git_oid_tostr(out->commit, VCS_ID, git_commit_id(parent));
        out->path = arena_strdup(arena, former);
        out->line = (compared ? line_before(&hunks, line) : line) + 1;
    }
    free(hunks.items);
    git_tree_entry_free(entry);
    free(former);
    return code;
}

int vcs_line_before(struct vcs *vcs, struct arena *arena, const char *commit, const char *path,
                    uint32_t line, struct vcs_line *out, struct error *err)
{
    git_commit *found, *parent;
    unsigned i, count;
    bool there = false;
    int code = 0, result = vcs_lookup(&found, vcs, commit, err);

    *out = (struct vcs_line){ 0 };
    if (result != ERR_OK)
        return result;
    count = git_commit_parentcount(found);
    for (i = 0; i < count && code == 0 && !there; i++) {
        code = git_commit_parent(&parent, found, i);
        if (code != 0)
            break;
        code = look_in(vcs, arena, found, parent, path, line > 0 ? line - 1 : 0, out, &there, err);
        git_commit_free(parent);
    }
    git_commit_free(found);
    if (code != 0)
        return err && err->code ? err->code : vcs_fail(err, code, "commit %.12s", commit);
    if (!there)
        return error_set(err, ERR_NOTFOUND, "the file begins with commit %.10s", commit);
    return ERR_OK;
}
