/*
 * Trees and files at a commit. Nothing is checked out, so a symbolic link is a short text and a
 * submodule a name without anything behind it; a path is looked up in trees and can lead nowhere
 * else.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BLOB_USUAL (1u << 20)
#define PATH_BYTES 4096
#define BINARY_LOOK 8000 /* bytes that are looked at for a zero byte, as Git does */

/* ---- one entry ---- */

/* "a/b/" and "./a/b" are a/b. */
static const char *plain_path(char *out, size_t size, const char *path)
{
    size_t len;

    while (str_starts(path, "./"))
        path += 2;
    while (*path == '/')
        path++;
    len = strlen(path);
    while (len > 0 && path[len - 1] == '/')
        len--;
    if (len >= size || (len == 1 && *path == '.'))
        len = 0;
    memcpy(out, path, len);
    out[len] = '\0';
    return out;
}

int vcs_entry(git_tree_entry **out, struct vcs *vcs, const git_commit *commit, const char *path,
              struct error *err)
{
    git_tree *tree = NULL;
    int code = git_commit_tree(&tree, commit);

    (void)vcs;
    *out = NULL;
    if (code == 0)
        code = git_tree_entry_bypath(out, tree, path);
    git_tree_free(tree);
    if (code != 0 && code != GIT_ENOTFOUND)
        vcs_fail(err, code, "%.200s", path);
    return code;
}

static enum vcs_kind kind_of(const git_tree_entry *entry)
{
    switch (git_tree_entry_filemode(entry)) {
    case GIT_FILEMODE_TREE:
        return VCS_FOLDER;
    case GIT_FILEMODE_LINK:
        return VCS_LINK;
    case GIT_FILEMODE_COMMIT:
        return VCS_SUBMODULE;
    default:
        return VCS_FILE;
    }
}

static int nothing_there(struct error *err, const char *path)
{
    struct arena *arena = arena_new();
    int result = error_set(err, ERR_NOTFOUND, "there is no '%.200s' in it at that commit",
                           vcs_shown_path(arena, path));

    arena_free(arena);
    return result;
}

static int find(git_tree_entry **out, struct vcs *vcs, const char *id, const char *path,
                struct error *err)
{
    git_commit *commit;
    int code, result = vcs_lookup(&commit, vcs, id, err);

    if (result != ERR_OK)
        return result;
    code = vcs_entry(out, vcs, commit, path, err);
    git_commit_free(commit);
    if (code == GIT_ENOTFOUND)
        return nothing_there(err, path);
    return code == 0 ? ERR_OK : err ? err->code : ERR_FAILED;
}

int vcs_kind_of(struct vcs *vcs, const char *commit, const char *path, enum vcs_kind *kind,
                struct error *err)
{
    char plain[PATH_BYTES];
    git_tree_entry *entry;
    int result;

    *kind = VCS_FOLDER;
    if (!*plain_path(plain, sizeof plain, path))
        return ERR_OK;
    result = find(&entry, vcs, commit, plain, err);
    if (result != ERR_OK)
        return result;
    *kind = kind_of(entry);
    git_tree_entry_free(entry);
    return ERR_OK;
}

/* ---- folders ---- */

static int open_tree(git_tree **out, struct vcs *vcs, const char *id, const char *path,
                     struct error *err)
{
    git_tree_entry *entry = NULL;
    git_commit *commit;
    int code, result = vcs_lookup(&commit, vcs, id, err);

    *out = NULL;
    if (result != ERR_OK)
        return result;
    if (!*path) {
        code = git_commit_tree(out, commit);
    } else if ((code = vcs_entry(&entry, vcs, commit, path, err)) == 0) {
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
            code = git_tree_lookup(out, vcs->repo, git_tree_entry_id(entry));
        else
            result = error_set(err, ERR_USAGE, "'%.200s' is no folder", path);
        git_tree_entry_free(entry);
    }
    git_commit_free(commit);
    if (code == GIT_ENOTFOUND && result == ERR_OK)
        return nothing_there(err, path);
    return result != ERR_OK ? result : code == 0 ? ERR_OK : vcs_fail(err, code, "%.200s", path);
}

static int entries_order(const void *a, const void *b)
{
    const struct vcs_entry *one = a, *two = b;
    int by_kind = (two->kind == VCS_FOLDER) - (one->kind == VCS_FOLDER);

    return by_kind ? by_kind : strcmp(one->name, two->name);
}

int vcs_tree(struct vcs *vcs, struct arena *arena, const char *commit, const char *path,
             struct vcs_entry **out, size_t *count, bool *cut, struct error *err)
{
    char plain[PATH_BYTES];
    git_tree *tree;
    size_t i;
    int result = open_tree(&tree, vcs, commit, plain_path(plain, sizeof plain, path), err);

    *out = NULL;
    *count = 0;
    *cut = false;
    if (result != ERR_OK)
        return result;
    *count = git_tree_entrycount(tree);
    if (*count > VCS_TREE_MAX) {
        *count = VCS_TREE_MAX;
        *cut = true;
    }
    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    for (i = 0; i < *count; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        const char *name = git_tree_entry_name(entry);
        struct vcs_entry *to = &(*out)[i];

        *to = (struct vcs_entry){ .kind = kind_of(entry),
                                  .name = arena_strdup(arena, name),
                                  .shown = vcs_shown_path(arena, name),
                                  .executable = git_tree_entry_filemode(entry)
                                                == GIT_FILEMODE_BLOB_EXECUTABLE,
                                  .size = -1 };
        git_oid_tostr(to->id, VCS_ID, git_tree_entry_id(entry));
    }
    git_tree_free(tree);
    if (*count > 1)
        qsort(*out, *count, sizeof **out, entries_order);
    return ERR_OK;
}

int vcs_sizes(struct vcs *vcs, struct vcs_entry *entries, size_t count, const atomic_bool *cancel,
              struct error *err)
{
    git_odb *odb;
    size_t i;
    int code = git_repository_odb(&odb, vcs->repo);

    if (code != 0)
        return vcs_fail(err, code, "cannot read the clone");
    for (i = 0; i < count && !vcs_stopped(cancel); i++) {
        git_object_t type;
        git_oid oid;
        size_t size;

        if (entries[i].kind != VCS_FILE && entries[i].kind != VCS_LINK)
            continue;
        if (git_oid_fromstr(&oid, entries[i].id) == 0
            && git_odb_read_header(&size, &type, odb, &oid) == 0)
            entries[i].size = (int64_t)size;
    }
    git_odb_free(odb);
    return i < count ? vcs_cancelled(err) : ERR_OK;
}

/* ---- files ---- */

static int read_blob(struct vcs *vcs, struct arena *arena, const git_oid *oid, size_t most,
                     struct vcs_blob *out, struct error *err)
{
    git_object_t type;
    git_odb *odb = NULL;
    git_blob *blob = NULL;
    size_t size = 0;
    int code = git_repository_odb(&odb, vcs->repo);

    if (code == 0)
        code = git_odb_read_header(&size, &type, odb, oid);
    git_odb_free(odb);
    out->size = (int64_t)size;
    out->bytes = arena_strdup(arena, "");
    if (code == 0 && size > VCS_BLOB_MAX) {
        out->cut = true;
        return ERR_OK;
    }
    if (code == 0)
        code = git_blob_lookup(&blob, vcs->repo, oid);
    if (code != 0)
        return vcs_fail(err, code, "cannot read it");
    size = (size_t)git_blob_rawsize(blob);
    out->len = size < most ? size : most;
    out->cut = out->len < size;
    out->bytes = arena_alloc(arena, out->len + 1);
    memcpy(out->bytes, git_blob_rawcontent(blob), out->len);
    out->binary = memchr(out->bytes, '\0', out->len < BINARY_LOOK ? out->len : BINARY_LOOK);
    git_blob_free(blob);
    return ERR_OK;
}

int vcs_blob(struct vcs *vcs, struct arena *arena, const char *commit, const char *path,
             size_t most, struct vcs_blob *out, struct error *err)
{
    char plain[PATH_BYTES];
    git_tree_entry *entry;
    int result;

    *out = (struct vcs_blob){ .kind = VCS_FILE };
    if (!*plain_path(plain, sizeof plain, path))
        return error_set(err, ERR_USAGE, "a folder: 'tree' lists it");
    result = find(&entry, vcs, commit, plain, err);
    if (result != ERR_OK)
        return result;
    out->kind = kind_of(entry);
    git_oid_tostr(out->id, VCS_ID, git_tree_entry_id(entry));
    if (out->kind == VCS_FOLDER)
        result = error_set(err, ERR_USAGE, "'%.200s' is a folder: 'tree' lists it", plain);
    else if (out->kind == VCS_SUBMODULE)
        out->bytes = arena_strdup(arena, "");
    else
        result =
            read_blob(vcs, arena, git_tree_entry_id(entry), most ? most : BLOB_USUAL, out, err);
    git_tree_entry_free(entry);
    return result;
}

/* ---- all files ---- */

struct walk {
    struct vcs *vcs;
    git_odb *odb;
    struct str path;
    vcs_file_fn *each;
    void *ctx;
    size_t seen;
    bool cut;
    const atomic_bool *cancel;
};

static int walk_tree(struct walk *walk, const git_oid *oid, int depth, struct error *err);

static int walk_entry(struct walk *walk, const git_tree_entry *entry, int depth, struct error *err)
{
    const git_oid *oid = git_tree_entry_id(entry);
    enum vcs_kind kind = kind_of(entry);
    char id[VCS_ID];
    git_object_t type;
    size_t size;

    if (kind == VCS_FOLDER) {
        str_add_char(&walk->path, '/');
        return walk_tree(walk, oid, depth + 1, err);
    }
    if (kind != VCS_FILE || git_odb_read_header(&size, &type, walk->odb, oid) != 0)
        return ERR_OK;
    git_oid_tostr(id, VCS_ID, oid);
    return walk->each(walk->ctx,
                      &(struct vcs_file){ .path = walk->path.ptr, .id = id, .size = (int64_t)size },
                      err);
}

static int walk_tree(struct walk *walk, const git_oid *oid, int depth, struct error *err)
{
    size_t here = walk->path.len, i;
    git_tree *tree;
    int code, result = ERR_OK;

    if (depth > VCS_DEPTH_MAX) {
        walk->cut = true;
        return ERR_OK;
    }
    code = git_tree_lookup(&tree, walk->vcs->repo, oid);
    if (code != 0)
        return vcs_fail(err, code, "cannot read a folder of the clone");
    for (i = 0; i < git_tree_entrycount(tree) && result == ERR_OK; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        const char *name = git_tree_entry_name(entry);

        if (vcs_stopped(walk->cancel)) {
            result = vcs_cancelled(err);
        } else if (++walk->seen > VCS_TREE_MAX) {
            walk->cut = true;
            break;
        } else if (here + strlen(name) < PATH_BYTES) {
            str_add(&walk->path, name);
            result = walk_entry(walk, entry, depth, err);
            str_cut(&walk->path, here);
        }
    }
    git_tree_free(tree);
    return result;
}

int vcs_files(struct vcs *vcs, const char *commit, vcs_file_fn *each, void *ctx, bool *cut,
              const atomic_bool *cancel, struct error *err)
{
    struct walk walk = { .vcs = vcs, .path = STR_INIT, .each = each, .ctx = ctx, .cancel = cancel };
    git_commit *found;
    int code, result = vcs_lookup(&found, vcs, commit, err);

    *cut = false;
    if (result != ERR_OK)
        return result;
    code = git_repository_odb(&walk.odb, vcs->repo);
    if (code == 0)
        result = walk_tree(&walk, git_commit_tree_id(found), 0, err);
    else
        result = vcs_fail(err, code, "cannot read the clone");
    git_odb_free(walk.odb);
    git_commit_free(found);
    str_free(&walk.path);
    *cut = walk.cut;
    return result;
}

/* ---- the README ---- */

/* What of several is shown: Markdown before others, plain names before translations. */
static int readme_rank(const char *name)
{
    static const char *const names[] = { "readme.md",   "readme.markdown", "readme.mkd",
                                         "readme.rst",  "readme.org",      "readme.txt",
                                         "readme.html", "readme" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++)
        if (strcasecmp(name, names[i]) == 0)
            return (int)(ARRAY_LEN(names) - i);
    return 0;
}

int vcs_readme(struct vcs *vcs, struct arena *arena, const char *commit, char **path,
               struct error *err)
{
    static const char *const folders[] = { "", ".github", "docs" };
    struct vcs_entry *entries;
    size_t count, i, f;
    bool cut;
    int best = 0, result;

    *path = arena_strdup(arena, "");
    for (f = 0; f < ARRAY_LEN(folders) && best == 0; f++) {
        result = vcs_tree(vcs, arena, commit, folders[f], &entries, &count, &cut, err);
        if (f > 0 && (result == ERR_NOTFOUND || result == ERR_USAGE))
            continue;
        if (result != ERR_OK)
            return result;
        for (i = 0; i < count; i++) {
            int rank = entries[i].kind == VCS_FILE ? readme_rank(entries[i].name) : 0;

            if (rank <= best)
                continue;
            best = rank;
            *path = f ? arena_printf(arena, "%s/%s", folders[f], entries[i].name) : entries[i].name;
        }
    }
    return ERR_OK;
}
