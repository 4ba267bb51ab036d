/*
 * Blame. libgit2's own cannot be stopped and reads every commit's whole difference; this one looks
 * only at the file: the lines wait at commits ("suspects"), the newest suspect is asked next, and
 * what a parent's file has as well is handed on to the parent. What no parent takes is the
 * suspect's own.
 */
#include "internal.h"

#include "carrel/hash.h"

#include <stdlib.h>
#include <string.h>

#define COMMITS_MAX 200000u /* asked, until the rest is given to where it stands */
#define LINES_MAX 200000u

/* Lines of the file as it is now, and where they were in a suspect's. */
struct span {
    uint32_t now, then, len; /* from 0 */
};
struct spans {
    struct span *items;
    size_t len, cap;
};
struct suspect {
    git_commit *commit;
    char *path;
    git_oid blob;
    struct spans spans;
};
struct blamer {
    struct vcs *vcs;
    struct suspect *queue;
    size_t len, cap;
    struct arena *arena;
    git_oid *owners;            /* of each line */
    struct vcs_origin *origins; /* and where it is in the owner's file */
    size_t lines, asked;
    struct error *err;
    const atomic_bool *cancel;
};

static void suspect_free(struct suspect *suspect)
{
    git_commit_free(suspect->commit);
    free(suspect->path);
    free(suspect->spans.items);
}

static void span_add(struct spans *spans, uint32_t now, uint32_t then, uint32_t len)
{
    struct span *last = spans->len ? &spans->items[spans->len - 1] : NULL;

    if (len == 0)
        return;
    if (last && last->now + last->len == now && last->then + last->len == then) {
        last->len += len;
        return;
    }
    VEC_PUSH(spans->items, spans->len, spans->cap, ((struct span){ now, then, len }));
}

/* The spans wait at the commit; two ways that lead to one join there. Takes the commit over. */
static void hand_to(struct blamer *blamer, git_commit *commit, const char *path,
                    const git_oid *blob, const struct spans *spans)
{
    struct suspect fresh = { .commit = commit };
    size_t i, s;

    for (i = 0; i < blamer->len; i++)
        if (git_oid_equal(git_commit_id(blamer->queue[i].commit), git_commit_id(commit))
            && strcmp(blamer->queue[i].path, path) == 0)
            break;
    if (i == blamer->len) {
        fresh.path = mem_strdup(path);
        fresh.blob = *blob;
        VEC_PUSH(blamer->queue, blamer->len, blamer->cap, fresh);
    } else {
        git_commit_free(commit);
    }
    for (s = 0; s < spans->len; s++)
        span_add(&blamer->queue[i].spans, spans->items[s].now, spans->items[s].then,
                 spans->items[s].len);
}

static void keep_for(struct blamer *blamer, const struct suspect *suspect)
{
    const char *path = suspect->spans.len > 0 ? arena_strdup(blamer->arena, suspect->path) : NULL;
    uint32_t l;
    size_t i;

    for (i = 0; i < suspect->spans.len; i++) {
        const struct span *span = &suspect->spans.items[i];

        for (l = 0; l < span->len; l++) {
            blamer->owners[span->now + l] = *git_commit_id(suspect->commit);
            blamer->origins[span->now + l] = (struct vcs_origin){ path, span->then + l + 1 };
        }
    }
}

static struct suspect next_suspect(struct blamer *blamer)
{
    size_t i, best = 0;
    struct suspect taken;

    for (i = 1; i < blamer->len; i++)
        if (git_commit_time(blamer->queue[i].commit) > git_commit_time(blamer->queue[best].commit))
            best = i;
    taken = blamer->queue[best];
    blamer->queue[best] = blamer->queue[--blamer->len];
    return taken;
}

/* ---- comparing two versions ---- */

/* One span, cut at the hunks: `same` gets what the parent has, too, `own` the rest. */
static void split_span(const struct vcs_hunks *hunks, const struct span *span, struct spans *same,
                       struct spans *own)
{
    uint32_t at = span->then, end = span->then + span->len;
    size_t first = vcs_hunks_until(hunks, at), i;
    /* old line - new line, in front of the hunk */
    int64_t shift =
        first ? (int64_t)hunks->items[first - 1].old_to - hunks->items[first - 1].new_to : 0;

    for (i = first; i <= hunks->len && at < end; i++) {
        uint32_t from = i < hunks->len ? hunks->items[i].new_from : end;
        uint32_t to = i < hunks->len ? hunks->items[i].new_to : end;

        if (at < from) {
            uint32_t stop = from < end ? from : end;

            span_add(same, span->now + (at - span->then), (uint32_t)(at + shift), stop - at);
            at = stop;
        }
        if (at < end && at < to) {
            uint32_t stop = to < end ? to : end;

            span_add(own, span->now + (at - span->then), at, stop - at);
            at = stop;
        }
        if (i < hunks->len)
            shift = (int64_t)hunks->items[i].old_to - to;
    }
}

static int compare(struct blamer *blamer, const git_oid *before, struct suspect *suspect,
                   struct spans *same)
{
    struct vcs_hunks hunks;
    struct spans own = { 0 };
    bool compared; /* else it is too large: nothing is handed on */
    size_t i;
    int code = vcs_hunks_between(&hunks, &compared, blamer->vcs, before, &suspect->blob);

    if (code == 0 && compared) {
        for (i = 0; i < suspect->spans.len; i++)
            split_span(&hunks, &suspect->spans.items[i], same, &own);
        free(suspect->spans.items);
        suspect->spans = own;
    }
    free(hunks.items);
    return code;
}

/* ---- one suspect ---- */

static int ask_parent(struct blamer *blamer, struct suspect *suspect, unsigned which)
{
    struct spans same = { 0 };
    git_commit *parent = NULL;
    char *path = NULL;
    git_oid blob;
    int code = git_commit_parent(&parent, suspect->commit, which);

    if (code == 0)
        code = vcs_before(blamer->vcs, suspect->commit, parent, suspect->path, &path, &blob,
                          blamer->err);
    if (code == 0 && path && git_oid_equal(&blob, &suspect->blob)) {
        same = suspect->spans;
        suspect->spans = (struct spans){ 0 };
    } else if (code == 0 && path) {
        code = compare(blamer, &blob, suspect, &same);
    }
    if (code == 0 && same.len > 0) {
        hand_to(blamer, parent, path, &blob, &same);
        parent = NULL;
    }
    git_commit_free(parent);
    free(path);
    free(same.items);
    return code;
}

/* A parent that has the very same file takes all, so it is looked for first. */
static int same_parent(struct blamer *blamer, const struct suspect *suspect, unsigned count,
                       unsigned *which)
{
    unsigned i;

    *which = 0;
    for (i = 0; i < count && count > 1; i++) {
        git_tree_entry *entry = NULL;
        git_commit *parent;
        bool same;
        int code = git_commit_parent(&parent, suspect->commit, i);

        if (code != 0)
            return code;
        code = vcs_entry(&entry, blamer->vcs, parent, suspect->path, blamer->err);
        same = code == 0 && git_oid_equal(git_tree_entry_id(entry), &suspect->blob);
        git_tree_entry_free(entry);
        git_commit_free(parent);
        if (code != 0 && code != GIT_ENOTFOUND)
            return code;
        if (same) {
            *which = i;
            return 0;
        }
    }
    return 0;
}

static int ask_suspect(struct blamer *blamer, struct suspect *suspect)
{
    unsigned count = git_commit_parentcount(suspect->commit), first = 0, i;
    int code = same_parent(blamer, suspect, count, &first);

    for (i = 0; i < count && code == 0 && suspect->spans.len > 0; i++)
        code = ask_parent(blamer, suspect, (first + i) % count);
    return code;
}

static int run(struct blamer *blamer, bool *cut)
{
    int code = 0;

    while (blamer->len > 0 && code == 0) {
        struct suspect suspect = next_suspect(blamer);

        *cut = ++blamer->asked > COMMITS_MAX;
        if (vcs_stopped(blamer->cancel))
            code = GIT_EUSER;
        else if (!*cut)
            code = ask_suspect(blamer, &suspect);
        keep_for(blamer, &suspect);
        suspect_free(&suspect);
    }
    return code;
}

/* ---- the answer ---- */

static size_t count_lines(const struct vcs_blob *blob)
{
    size_t lines = 0, at = 0;

    while (at < blob->len) {
        const char *end = memchr(blob->bytes + at, '\n', blob->len - at);

        lines++;
        at = end ? (size_t)(end - blob->bytes) + 1 : blob->len;
    }
    return lines;
}

static int tell(struct blamer *blamer, struct arena *arena, struct vcs_blame *out,
                struct error *err)
{
    struct hashmap *places = hashmap_new(); /* commit -> its place, from 1 */
    char id[VCS_ID];
    size_t i, cap = 0;
    int result = ERR_OK;

    out->who = arena_alloc(arena, (out->lines + 1) * sizeof *out->who);
    for (i = 0; i < out->lines && result == ERR_OK; i++) {
        uint64_t *place =
            hashmap_put(places, (const char *)blamer->owners[i].id, GIT_OID_RAWSZ, NULL);
        struct vcs_commit commit;

        if (*place == 0) {
            git_oid_tostr(id, sizeof id, &blamer->owners[i]);
            result = vcs_commit(blamer->vcs, arena, id, &commit, err);
            if (result != ERR_OK)
                break;
            ARENA_PUSH(arena, out->commits, out->commit_count, cap, commit);
            *place = out->commit_count;
        }
        out->who[i] = (uint32_t)(*place - 1);
    }
    hashmap_free(places);
    return result;
}

int vcs_blame(struct vcs *vcs, struct arena *arena, const char *commit, const char *path,
              struct vcs_blame *out, const atomic_bool *cancel, struct error *err)
{
    struct error why = { 0 };
    struct blamer blamer = { .vcs = vcs, .arena = arena, .cancel = cancel, .err = &why };
    struct span all = { 0 };
    git_commit *found = NULL;
    git_oid blob;
    size_t i;
    int code = 0, result;

    *out = (struct vcs_blame){ 0 };
    result = vcs_blob(vcs, arena, commit, path, VCS_BLAME_BYTES, &out->blob, err);
    if (result != ERR_OK)
        return result;
    if (out->blob.binary || out->blob.kind != VCS_FILE)
        return error_set(err, ERR_USAGE, "'%.200s' is no text", path);
    out->lines = count_lines(&out->blob);
    if (out->blob.cut || out->lines > LINES_MAX)
        return error_set(err, ERR_LIMIT, "'%.200s' is too large to be blamed", path);
    result = vcs_lookup(&found, vcs, commit, err);
    if (result != ERR_OK)
        return result;
    all.len = (uint32_t)out->lines;
    blamer.owners = mem_zalloc((out->lines + 1) * sizeof *blamer.owners);
    blamer.origins = out->origins = arena_alloc(arena, (out->lines + 1) * sizeof *out->origins);
    git_oid_fromstr(&blob, out->blob.id);
    if (all.len > 0)
        hand_to(&blamer, found, path, &blob, &(struct spans){ .items = &all, .len = 1 });
    else
        git_commit_free(found);
    code = run(&blamer, &out->cut);
    if (code == GIT_EUSER)
        result = vcs_cancelled(err);
    else if (code != 0)
        result = why.code ? error_set(err, why.code, "%s", why.message)
                          : vcs_fail(err, code, "cannot blame '%.200s'", path);
    else
        result = tell(&blamer, arena, out, err);
    for (i = 0; i < blamer.len; i++)
        suspect_free(&blamer.queue[i]);
    free(blamer.queue);
    free(blamer.owners);
    return result;
}
