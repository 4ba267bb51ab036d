/*
 * Repositories for tests: blobs, an index, commits. Names and times are the caller's, so the same
 * calls make the same hashes.
 */
#include "maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int code, const char *what)
{
    const git_error *last = git_error_last();

    if (code >= 0)
        return;
    fprintf(stderr, "gitmaker: %s: %s\n", what, last ? last->message : "it failed");
    exit(1);
}

static void ref_name(char out[160], const char *branch)
{
    snprintf(out, 160, "refs/heads/%s", branch);
}

static bool tip(struct maker *maker, const char *branch, git_oid *oid)
{
    char name[160];

    ref_name(name, branch);
    return git_reference_name_to_id(oid, maker->repo, name) == 0;
}

static void read_tip(struct maker *maker)
{
    git_commit *commit = NULL;
    git_tree *tree = NULL;
    git_oid oid;

    git_index_clear(maker->index);
    if (!tip(maker, maker->branch, &oid))
        return;
    check(git_commit_lookup(&commit, maker->repo, &oid), maker->branch);
    check(git_commit_tree(&tree, commit), maker->branch);
    check(git_index_read_tree(maker->index, tree), maker->branch);
    git_tree_free(tree);
    git_commit_free(commit);
}

void maker_open(struct maker *maker, const char *folder)
{
    git_repository_init_options options;

    memset(maker, 0, sizeof *maker);
    git_libgit2_init();
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH;
    options.initial_head = "main";
    check(git_repository_init_ext(&maker->repo, folder, &options), folder);
    check(git_repository_index(&maker->index, maker->repo), folder);
    snprintf(maker->branch, sizeof maker->branch, "main");
    read_tip(maker);
}

void maker_close(struct maker *maker)
{
    git_index_free(maker->index);
    git_repository_free(maker->repo);
    git_libgit2_shutdown();
}

static void add(struct maker *maker, const char *path, const git_oid *oid, git_filemode_t mode)
{
    git_index_entry entry;

    memset(&entry, 0, sizeof entry);
    entry.path = path;
    entry.mode = mode;
    entry.id = *oid;
    check(git_index_add(maker->index, &entry), path);
}

void maker_put(struct maker *maker, const char *path, const void *bytes, size_t len)
{
    git_oid oid;

    check(git_blob_create_from_buffer(&oid, maker->repo, bytes, len), path);
    add(maker, path, &oid, GIT_FILEMODE_BLOB);
}

void maker_text(struct maker *maker, const char *path, const char *text)
{
    maker_put(maker, path, text, strlen(text));
}

void maker_link(struct maker *maker, const char *path, const char *target)
{
    git_oid oid;

    check(git_blob_create_from_buffer(&oid, maker->repo, target, strlen(target)), path);
    add(maker, path, &oid, GIT_FILEMODE_LINK);
}

void maker_module(struct maker *maker, const char *path)
{
    git_oid oid;

    check(git_oid_fromstr(&oid, "1234567890123456789012345678901234567890"), path);
    add(maker, path, &oid, GIT_FILEMODE_COMMIT);
}

void maker_remove(struct maker *maker, const char *path)
{
    check(git_index_remove_bypath(maker->index, path), path);
}

void maker_commit(struct maker *maker, const char *author, const char *message, int64_t at,
                  git_oid *id)
{
    git_signature *signature = NULL;
    git_commit *parents[MAKER_MERGES + 1] = { NULL };
    git_tree *tree = NULL;
    git_oid oid, head, made;
    char name[160];
    size_t count = 0, i;

    check(git_signature_new(&signature, author, "someone@example.org", at, 0), author);
    check(git_index_write_tree(&oid, maker->index), "a tree");
    check(git_tree_lookup(&tree, maker->repo, &oid), "a tree");
    if (tip(maker, maker->branch, &head))
        check(git_commit_lookup(&parents[count++], maker->repo, &head), "a parent");
    for (i = 0; i < maker->merges; i++)
        check(git_commit_lookup(&parents[count++], maker->repo, &maker->merging[i]), "a parent");
    maker->merges = 0;
    ref_name(name, maker->branch);
    check(git_commit_create(&made, maker->repo, name, signature, signature, maker->encoding,
                            message, tree, count, (const git_commit **)parents),
          message);
    if (id)
        *id = made;
    while (count > 0)
        git_commit_free(parents[--count]);
    git_tree_free(tree);
    git_signature_free(signature);
}

void maker_branch(struct maker *maker, const char *name)
{
    git_reference *made = NULL;
    char full[160];
    git_oid oid, own;

    ref_name(full, name);
    if (!tip(maker, name, &own) && tip(maker, maker->branch, &oid)) {
        check(git_reference_create(&made, maker->repo, full, &oid, 0, NULL), name);
        git_reference_free(made);
    }
    snprintf(maker->branch, sizeof maker->branch, "%s", name);
    read_tip(maker);
}

void maker_merge(struct maker *maker, const char *branch)
{
    check(maker->merges < MAKER_MERGES ? 0 : -1, "too many branches for one commit");
    check(tip(maker, branch, &maker->merging[maker->merges]) ? 0 : -1, branch);
    maker->merges++;
}

void maker_tag(struct maker *maker, const char *name)
{
    git_object *object = NULL;
    git_oid oid, made;

    check(tip(maker, maker->branch, &oid) ? 0 : -1, name);
    check(git_object_lookup(&object, maker->repo, &oid, GIT_OBJECT_COMMIT), name);
    check(git_tag_create_lightweight(&made, maker->repo, name, object, 1), name);
    git_object_free(object);
}
