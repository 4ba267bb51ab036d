/*
 * What a commit changes against another, file by file, within bounds: so many files, so many bytes
 * of text; a file larger than a mebibyte is told as changed and not compared.
 */
#include "internal.h"

#include "carrel/utf8.h"

#include <stdio.h>
#include <string.h>

#define COMPARE_BYTES (1 << 20)
#define RENAMES_AMONG 400u /* files; among more, renames are not looked for */
#define LINE_BYTES 2000u   /* of one line that are kept */

struct differ {
    struct arena *arena;
    struct vcs_diff *out;
    struct str text;
    const atomic_bool *cancel;
};

static char status_of(git_delta_t status)
{
    switch (status) {
    case GIT_DELTA_ADDED:
        return 'A';
    case GIT_DELTA_DELETED:
        return 'D';
    case GIT_DELTA_RENAMED:
    case GIT_DELTA_COPIED:
        return 'R';
    case GIT_DELTA_TYPECHANGE:
        return 'T';
    default:
        return 'M';
    }
}

static void add_line(struct differ *differ, const git_diff_line *line)
{
    size_t len = line->content_len;

    while (len > 0 && (line->content[len - 1] == '\n' || line->content[len - 1] == '\r'))
        len--;
    str_add_char(&differ->text, line->origin);
    utf8_clean(&differ->text, line->content, len < LINE_BYTES ? len : LINE_BYTES);
    str_add_char(&differ->text, '\n');
}

static int add_hunk(struct differ *differ, git_patch *patch, size_t hunk,
                    struct vcs_diff_file *file)
{
    const git_diff_hunk *head;
    size_t lines, i, from = differ->text.len;
    int code = git_patch_get_hunk(&head, &lines, patch, hunk);

    if (code != 0)
        return code;
    utf8_squeeze(&differ->text, head->header, head->header_len);
    if (differ->text.len > from)
        str_add_char(&differ->text, '\n');
    for (i = 0; i < lines && code == 0; i++) {
        const git_diff_line *line;

        if (differ->text.len >= VCS_DIFF_BYTES) {
            file->cut = differ->out->cut = true;
            break;
        }
        code = git_patch_get_line_in_hunk(&line, patch, hunk, i);
        if (code == 0 && strchr(" +-", line->origin))
            add_line(differ, line);
    }
    return code;
}

static int add_lines(struct differ *differ, git_patch *patch, struct vcs_diff_file *file)
{
    size_t hunks = git_patch_num_hunks(patch), i;
    int code = git_patch_line_stats(NULL, &file->added, &file->removed, patch);

    for (i = 0; i < hunks && code == 0 && !file->cut; i++)
        code = vcs_stopped(differ->cancel) ? GIT_EUSER : add_hunk(differ, patch, i, file);
    return code;
}

static char *path_of(struct differ *differ, const char *path)
{
    return path ? vcs_shown_path(differ->arena, path) : NULL;
}

static int add_file(struct differ *differ, git_diff *diff, size_t i)
{
    struct vcs_diff_file *file = &differ->out->files[differ->out->count++];
    const git_diff_delta *delta = git_diff_get_delta(diff, i);
    git_patch *patch = NULL;
    int code;

    *file = (struct vcs_diff_file){ .path = path_of(differ, delta->new_file.path),
                                    .raw = arena_strdup(differ->arena, delta->new_file.path),
                                    .status = status_of(delta->status),
                                    .start = differ->text.len };
    if (file->status == 'R')
        file->was = path_of(differ, delta->old_file.path);
    if (differ->text.len >= VCS_DIFF_BYTES) {
        file->cut = differ->out->cut = true;
        file->end = file->start;
        return 0;
    }
    code = git_patch_from_diff(&patch, diff, i);
    if (code == 0 && patch) {
        /* Known only now that its bytes have been looked at. */
        file->binary = git_patch_get_delta(patch)->flags & GIT_DIFF_FLAG_BINARY;
        code = add_lines(differ, patch, file);
    }
    git_patch_free(patch);
    file->end = differ->text.len;
    return code;
}

/* Called for each file that differs; libgit2 stops when it is told to. */
static int still_wanted(const git_diff *diff, const git_diff_delta *delta, const char *pattern,
                        void *cancel)
{
    (void)diff;
    (void)delta;
    (void)pattern;
    return vcs_stopped(cancel) ? GIT_EUSER : 0;
}

/* What the commit is held against: the tree of another, else of its first parent; NULL: nothing. */
static int tree_before(git_tree **out, struct vcs *vcs, git_commit *commit, const char *before)
{
    git_commit *other = NULL;
    git_oid oid;
    int code = 0;

    *out = NULL;
    if (before && *before) {
        code = git_oid_fromstr(&oid, before);
        if (code == 0)
            code = git_commit_lookup(&other, vcs->repo, &oid);
    } else if (git_commit_parentcount(commit) > 0) {
        code = git_commit_parent(&other, commit, 0);
    }
    if (code == 0 && other)
        code = git_commit_tree(out, other);
    git_commit_free(other);
    return code;
}

static int diff_trees(git_diff **out, struct vcs *vcs, git_commit *commit, const char *other,
                      const atomic_bool *cancel)
{
    git_diff_options options;
    git_tree *before = NULL, *after = NULL;
    int code = git_commit_tree(&after, commit);

    git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
    options.max_size = COMPARE_BYTES;
    options.flags = GIT_DIFF_INCLUDE_TYPECHANGE;
    options.notify_cb = still_wanted;
    options.payload = (void *)cancel;
    if (code == 0)
        code = tree_before(&before, vcs, commit, other);
    if (code == 0)
        code = git_diff_tree_to_tree(out, vcs->repo, before, after, &options);
    if (code == 0 && git_diff_num_deltas(*out) <= RENAMES_AMONG) {
        git_diff_find_options renames;

        git_diff_find_options_init(&renames, GIT_DIFF_FIND_OPTIONS_VERSION);
        renames.flags = GIT_DIFF_FIND_RENAMES;
        code = git_diff_find_similar(*out, &renames);
    }
    git_tree_free(before);
    git_tree_free(after);
    return code;
}

int vcs_diff(struct vcs *vcs, struct arena *arena, const char *before, const char *commit,
             struct vcs_diff *out, const atomic_bool *cancel, struct error *err)
{
    struct differ differ = { .arena = arena, .out = out, .text = STR_INIT, .cancel = cancel };
    git_commit *found;
    git_diff *diff = NULL;
    size_t i, count = 0;
    int code, result = vcs_lookup(&found, vcs, commit, err);

    *out = (struct vcs_diff){ 0 };
    if (result != ERR_OK)
        return result;
    code = diff_trees(&diff, vcs, found, before, cancel);
    if (code == 0) {
        out->total = git_diff_num_deltas(diff);
        count = out->total < VCS_DIFF_FILES ? out->total : VCS_DIFF_FILES;
        out->cut = count < out->total;
        out->files = arena_alloc(arena, (count + 1) * sizeof *out->files);
    }
    for (i = 0; i < count && code == 0; i++)
        code = vcs_stopped(cancel) ? GIT_EUSER : add_file(&differ, diff, i);
    out->len = differ.text.len;
    out->text = arena_strndup(arena, differ.text.ptr, differ.text.len);
    str_free(&differ.text);
    git_diff_free(diff);
    git_commit_free(found);
    if (code == GIT_EUSER)
        return vcs_cancelled(err);
    return code == 0 ? ERR_OK : vcs_fail(err, code, "cannot compare commit %.12s", commit);
}
