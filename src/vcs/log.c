/*
 * History, newest first. Of a path, a commit is told when what lies there differs from what lies
 * there in every parent; what a commit has there is remembered, since it is asked again as
 * somebody's parent. A file that a commit has renamed is followed under its former name.
 */
#include "internal.h"

#include "carrel/hash.h"

#include <stdlib.h>
#include <string.h>

#define SCAN_USUAL 100000u
#define REMEMBERED 65536u
#define RENAMES_MAX 20u

struct history {
    struct vcs *vcs;
    char *path; /* ours; NULL: all */
    size_t renames;
    struct hashmap *known;   /* commit -> the first half of the object's name at the path; 0 none */
    struct vcs_graph *graph; /* NULL: none is wanted */
    size_t skipped, cap;
    struct error *err;
};

/* What lies at the path, as a number that stands for its name: 64 bits of SHA-1. */
static int there(struct history *history, git_commit *commit, uint64_t *value)
{
    const git_oid *id = git_commit_id(commit);
    uint64_t *known = hashmap_get(history->known, (const char *)id->id, GIT_OID_RAWSZ);
    git_tree_entry *entry = NULL;
    int code;

    if (known) {
        *value = *known;
        return 0;
    }
    code = vcs_entry(&entry, history->vcs, commit, history->path, history->err);
    *value = 0;
    if (code == 0) {
        memcpy(value, git_tree_entry_id(entry)->id, sizeof *value);
        *value ^= (uint64_t)git_tree_entry_filemode(entry);
        git_tree_entry_free(entry);
    } else if (code != GIT_ENOTFOUND) {
        return code;
    }
    if (hashmap_count(history->known) >= REMEMBERED)
        hashmap_clear(history->known);
    *hashmap_put(history->known, (const char *)id->id, GIT_OID_RAWSZ, NULL) = *value;
    return 0;
}

/* Does it change the path? */
static int touches(struct history *history, git_commit *commit, bool *yes)
{
    unsigned count = git_commit_parentcount(commit), i;
    uint64_t here, before;
    int code = there(history, commit, &here);

    *yes = count == 0 && here != 0;
    for (i = 0; i < count && code == 0; i++) {
        git_commit *parent;

        code = git_commit_parent(&parent, commit, i);
        if (code != 0)
            break;
        code = there(history, parent, &before);
        git_commit_free(parent);
        *yes = here != before;
        if (!*yes)
            break;
    }
    return code;
}

/* Where the path begins because a commit has renamed it, its former name takes its place: what lies
 * behind this commit is told of that one. */
static int follow(struct history *history, struct arena *arena, git_commit *commit, char **was)
{
    git_commit *parent = NULL;
    uint64_t before = 0;
    char *former = NULL;
    int code = 0;

    if (git_commit_parentcount(commit) == 1 && history->renames < RENAMES_MAX)
        code = git_commit_parent(&parent, commit, 0);
    if (code == 0 && parent)
        code = there(history, parent, &before);
    if (code == 0 && parent && before == 0)
        former = vcs_former_path(history->vcs, commit, parent, history->path);
    if (former) {
        *was = vcs_shown_path(arena, former);
        free(history->path);
        history->path = former;
        history->renames++;
        hashmap_clear(history->known);
    }
    git_commit_free(parent);
    return code;
}

static int walk_from(git_revwalk **walk, struct vcs *vcs, const char *from, bool all)
{
    git_oid oid;
    int code = git_oid_fromstr(&oid, from);

    *walk = NULL;
    if (code == 0)
        code = git_revwalk_new(walk, vcs->repo);
    if (code == 0)
        code = git_revwalk_push(*walk, &oid);
    if (code == 0 && all)
        code = git_revwalk_push_glob(*walk, "refs/heads/*");
    if (code == 0 && all) /* by the clock, but a commit stays behind those that came of it */
        code = git_revwalk_sorting(*walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
    return code;
}

/* Its row of the graph. */
static char *graph_row(struct history *history, struct arena *arena,
                       const struct vcs_commit *commit)
{
    struct str row = STR_INIT;
    char *kept;

    vcs_graph_row(history->graph, &row, commit);
    kept = arena_strndup(arena, row.ptr, row.len);
    str_free(&row);
    return kept;
}

/* Is it one that was asked for? Of a file: *was is the name that it took from it. */
static int wants(struct history *history, struct arena *arena, git_commit *commit,
                 const struct vcs_log_options *options, bool *yes, char **was)
{
    int code = 0;

    *yes = true;
    if (history->path)
        code = touches(history, commit, yes);
    if (code == 0 && history->path && *yes)
        code = follow(history, arena, commit, was);
    if (code == 0 && *yes && options->author)
        *yes = vcs_commit_by(commit, options->author);
    return code;
}

/* One of those that are left out at the beginning; the graph needs it all the same. */
static void log_skip(struct history *history, struct arena *arena, git_commit *commit)
{
    struct vcs_commit ids;

    history->skipped++;
    if (!history->graph)
        return;
    vcs_commit_read_ids(&ids, arena, commit);
    graph_row(history, arena, &ids);
}

static void log_keep(struct history *history, struct arena *arena, git_commit *commit, char *was,
                     struct vcs_log *out)
{
    struct vcs_commit taken;

    vcs_commit_read(&taken, arena, commit);
    taken.was = was;
    if (history->graph)
        taken.graph = graph_row(history, arena, &taken);
    ARENA_PUSH(arena, out->commits, out->count, history->cap, taken);
}

static int log_take(struct history *history, struct arena *arena, const git_oid *oid,
                    const struct vcs_log_options *options, struct vcs_log *out)
{
    bool all = !history->path && !options->author && !history->graph, wanted;
    git_commit *commit;
    char *was = NULL;
    int code;

    if (all && history->skipped < options->skip) { /* need not be read */
        history->skipped++;
        return 0;
    }
    code = git_commit_lookup(&commit, history->vcs->repo, oid);
    if (code != 0)
        return code;
    code = wants(history, arena, commit, options, &wanted, &was);
    if (code == 0 && wanted && history->skipped < options->skip)
        log_skip(history, arena, commit);
    else if (code == 0 && wanted && out->count == options->most)
        out->more = true;
    else if (code == 0 && wanted)
        log_keep(history, arena, commit, was, out);
    git_commit_free(commit);
    return code;
}

int vcs_log(struct vcs *vcs, struct arena *arena, const struct vcs_log_options *options,
            struct vcs_log *out, struct error *err)
{
    struct error why = { 0 };
    struct history history = { .vcs = vcs,
                               .path = options->path && *options->path ? mem_strdup(options->path)
                                                                       : NULL,
                               .known = hashmap_new(),
                               .err = &why };
    size_t scan = options->scan ? options->scan : SCAN_USUAL;
    git_revwalk *walk;
    git_oid oid;
    int code;

    *out = (struct vcs_log){ 0 };
    if (options->graph && !history.path && !options->author)
        history.graph = vcs_graph_new(options->graph == VCS_GRAPH_ASCII);
    code = walk_from(&walk, vcs, options->from, options->all);
    while (code == 0 && !out->more && (code = git_revwalk_next(&oid, walk)) == 0) {
        if (vcs_stopped(options->cancel))
            code = GIT_EUSER;
        else if (out->scanned++ >= scan + options->skip)
            out->more = true;
        else
            code = log_take(&history, arena, &oid, options, out);
    }
    git_revwalk_free(walk);
    hashmap_free(history.known);
    vcs_graph_free(history.graph);
    free(history.path);
    if (code == GIT_EUSER)
        return vcs_cancelled(err);
    if (why.code)
        return error_set(err, why.code, "%s", why.message);
    return code == 0 || code == GIT_ITEROVER ? ERR_OK : vcs_fail(err, code, "cannot read its log");
}
