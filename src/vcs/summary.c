/*
 * What a clone is made of and how it lives: languages, licence, commits by week. Made once after
 * each fetch, kept by the caller.
 */
#include "internal.h"

#include "carrel/hash.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DAY_MS 86400000
#define LICENCE_BYTES 65536

/* ---- languages ---- */

struct tally {
    struct vcs_summary *out;
    struct arena *arena;
    struct hashmap *names; /* language -> its place, from 1 */
    size_t cap;
};

static int tally_file(void *ctx, const struct vcs_file *file, struct error *err)
{
    struct tally *tally = ctx;
    const char *name = vcs_is_vendored(file->path) ? NULL : vcs_language_of(file->path);
    uint64_t *place;

    (void)err;
    tally->out->files++;
    tally->out->bytes += file->size;
    if (!name || file->size == 0)
        return ERR_OK;
    place = hashmap_put(tally->names, name, strlen(name), NULL);
    if (*place == 0) {
        ARENA_PUSH(tally->arena, tally->out->languages, tally->out->language_count, tally->cap,
                   (struct vcs_language){ .name = name });
        *place = tally->out->language_count;
    }
    tally->out->languages[*place - 1].bytes += file->size;
    tally->out->languages[*place - 1].files++;
    return ERR_OK;
}

static int languages_order(const void *a, const void *b)
{
    const struct vcs_language *one = a, *two = b;

    if (one->bytes != two->bytes)
        return one->bytes > two->bytes ? -1 : 1;
    return strcmp(one->name, two->name);
}

static int count_languages(struct vcs *vcs, struct arena *arena, struct vcs_summary *out,
                           const atomic_bool *cancel, struct error *err)
{
    struct tally tally = { .out = out, .arena = arena, .names = hashmap_new() };
    int result = vcs_files(vcs, out->head.id, tally_file, &tally, &out->cut, cancel, err);

    hashmap_free(tally.names);
    if (result == ERR_OK && out->language_count > 1)
        qsort(out->languages, out->language_count, sizeof *out->languages, languages_order);
    return result;
}

/* ---- licence ---- */

static int licence_rank(const char *name)
{
    static const char *const names[] = { "LICENSE",     "LICENCE",    "COPYING",   "UNLICENSE",
                                         "LICENSE.md",  "LICENSE.txt", "LICENCE.md", "LICENCE.txt",
                                         "COPYING.txt", "LICENSE.rst", "COPYING.md" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++)
        if (strcasecmp(name, names[i]) == 0)
            return (int)(ARRAY_LEN(names) - i) + 1;
    return strncasecmp(name, "LICENSE-", 8) == 0 || strncasecmp(name, "COPYING.", 8) == 0;
}

static int find_licence(struct vcs *vcs, struct arena *arena, struct vcs_summary *out,
                        struct error *err)
{
    struct vcs_entry *entries;
    struct vcs_blob blob;
    size_t count, i;
    bool cut;
    int best = 0, result = vcs_tree(vcs, arena, out->head.id, "", &entries, &count, &cut, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        int rank = entries[i].kind == VCS_FILE ? licence_rank(entries[i].name) : 0;

        if (rank > best) {
            best = rank;
            out->licence_path = entries[i].name;
        }
    }
    if (result != ERR_OK || !out->licence_path)
        return result;
    result = vcs_blob(vcs, arena, out->head.id, out->licence_path, LICENCE_BYTES, &blob, err);
    if (result == ERR_OK && !blob.binary)
        out->licence = vcs_licence_of(blob.bytes);
    return result;
}

/* ---- activity ---- */

static void count_commit(struct vcs_summary *out, git_commit *commit)
{
    int64_t week = (out->week_end - vcs_commit_ms(commit) / DAY_MS) / 7;

    if (vcs_commit_ms(commit) / DAY_MS > out->week_end || week >= VCS_ACTIVITY_WEEKS)
        return;
    out->activity[VCS_ACTIVITY_WEEKS - 1 - week]++;
    out->recent++;
}

static int count_commits(struct vcs *vcs, struct vcs_summary *out, const atomic_bool *cancel,
                         struct error *err)
{
    git_revwalk *walk = NULL;
    git_commit *commit;
    git_oid oid;
    int code = git_revwalk_new(&walk, vcs->repo);

    if (code == 0)
        code = git_revwalk_push_head(walk);
    while (code == 0 && (code = git_revwalk_next(&oid, walk)) == 0) {
        if (vcs_stopped(cancel)) {
            code = GIT_EUSER;
        } else if (out->commits >= VCS_ACTIVITY_COMMITS) {
            out->commits_cut = true;
            break;
        } else if ((code = git_commit_lookup(&commit, vcs->repo, &oid)) == 0) {
            out->commits++;
            count_commit(out, commit);
            git_commit_free(commit);
        }
    }
    git_revwalk_free(walk);
    if (code == GIT_EUSER)
        return vcs_cancelled(err);
    return code == 0 || code == GIT_ITEROVER ? ERR_OK : vcs_fail(err, code, "cannot read its log");
}

static int count_refs(struct vcs *vcs, struct arena *arena, struct vcs_summary *out,
                      const atomic_bool *cancel, struct error *err)
{
    struct vcs_ref *refs;
    size_t count, i;
    bool cut;
    int result = vcs_refs(vcs, arena, &refs, &count, &cut, cancel, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        out->branches += refs[i].kind == VCS_BRANCH;
        out->tags += refs[i].kind == VCS_TAG;
        if (refs[i].is_default)
            out->branch = refs[i].name;
    }
    return result;
}

int vcs_summarize(struct vcs *vcs, struct arena *arena, int32_t today, struct vcs_summary *out,
                  const atomic_bool *cancel, struct error *err)
{
    char id[VCS_ID];
    int result = vcs_resolve(vcs, id, NULL, cancel, err);

    *out = (struct vcs_summary){ .week_end = today, .branch = arena_strdup(arena, "") };
    if (result == ERR_OK)
        result = vcs_commit(vcs, arena, id, &out->head, err);
    if (result == ERR_OK)
        result = count_refs(vcs, arena, out, cancel, err);
    if (result == ERR_OK)
        result = count_languages(vcs, arena, out, cancel, err);
    if (result == ERR_OK)
        result = find_licence(vcs, arena, out, err);
    return result == ERR_OK ? count_commits(vcs, out, cancel, err) : result;
}
