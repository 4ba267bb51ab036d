/*
 * Clones: opened; and how their commits are called: branches, tags, hashes, days.
 *
 * libgit2 is set up once for the whole program: no configuration of the user or the system is read
 * (what a clone is must not depend on it), no objects are kept, since the desk has a budget of
 * memory, and objects are not hashed again each time they are read: they were when they were
 * received.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW_BYTES (16u << 20)
#define MAPPED_BYTES (192u << 20)
#define DAY_MS 86400000

/* ---- libgit2 ---- */

static void start_once(void)
{
    static const int levels[] = { GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG,
                                  GIT_CONFIG_LEVEL_GLOBAL, GIT_CONFIG_LEVEL_PROGRAMDATA };
    size_t i;

    git_libgit2_init();
    for (i = 0; i < ARRAY_LEN(levels); i++)
        git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    /* Histories are walked once, and each commit with its trees is new: keeping objects made blame
     * two thirds slower, and 100 MiB larger on 50,000 commits. */
    git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_SIZE, (size_t)WINDOW_BYTES);
    git_libgit2_opts(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, (size_t)MAPPED_BYTES);
    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    /* A library may be read by somebody else; nothing of a clone is ever run. */
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
}

void vcs_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start_once);
}

static int code_of(int code)
{
    switch (code) {
    case GIT_ENOTFOUND:
    case GIT_EUNBORNBRANCH:
        return ERR_NOTFOUND;
    case GIT_EUSER:
        return ERR_CANCELLED;
    case GIT_EAUTH:
    case GIT_ECERTIFICATE:
        return ERR_REFUSED;
    case GIT_EEXISTS:
        return ERR_EXISTS;
    case GIT_EINVALIDSPEC:
    case GIT_EAMBIGUOUS:
        return ERR_USAGE;
    default:
        return ERR_FAILED;
    }
}

int vcs_fail(struct error *err, int code, const char *fmt, ...)
{
    const git_error *last = git_error_last();
    struct str what = STR_INIT, said = STR_INIT;
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(&what, fmt, ap);
    va_end(ap);
    if (last && last->message)
        utf8_squeeze(&said, last->message, strlen(last->message));
    code = code_of(code);
    error_set(err, code, "%.200s%s%.200s", what.ptr, said.len ? ": " : "", said.ptr);
    str_free(&what);
    str_free(&said);
    return code;
}

bool vcs_stopped(const atomic_bool *cancel)
{
    return cancel && atomic_load_explicit(cancel, memory_order_relaxed);
}

int vcs_cancelled(struct error *err)
{
    return error_set(err, ERR_CANCELLED, "stopped");
}

static char *cleaned(struct arena *arena, const char *bytes, size_t len,
                     void (*clean)(struct str *, const char *, size_t))
{
    struct str text = STR_INIT;
    char *kept;

    clean(&text, bytes, len);
    kept = arena_strndup(arena, text.ptr, text.len);
    str_free(&text);
    return kept;
}

char *vcs_clean(struct arena *arena, const char *bytes, size_t len)
{
    return cleaned(arena, bytes, len, utf8_clean);
}

char *vcs_clean_line(struct arena *arena, const char *bytes, size_t len)
{
    return cleaned(arena, bytes, len, utf8_squeeze);
}

/* ---- opening ---- */

int vcs_open(struct vcs **out, const char *folder, struct error *err)
{
    struct vcs *vcs = mem_zalloc(sizeof *vcs);
    int code;

    *out = NULL;
    vcs_start();
    code = git_repository_open_ext(&vcs->repo, folder,
                                   GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, NULL);
    if (code != 0) {
        free(vcs);
        return vcs_fail(err, code, "cannot open the clone");
    }
    *out = vcs;
    return ERR_OK;
}

void vcs_close(struct vcs *vcs)
{
    if (!vcs)
        return;
    git_repository_free(vcs->repo);
    free(vcs);
}

/* ---- the default branch ---- */

int vcs_head(git_oid *out, struct vcs *vcs, struct error *err)
{
    int code = git_reference_name_to_id(out, vcs->repo, "HEAD");

    if (code == GIT_ENOTFOUND || code == GIT_EUNBORNBRANCH)
        return error_set(err, ERR_NOTFOUND, "the repository has no commit on its default branch");
    return code == 0 ? ERR_OK : vcs_fail(err, code, "cannot find the default branch");
}

/* ---- branches and tags ---- */

struct refs {
    struct vcs *vcs;
    struct arena *arena;
    struct vcs_ref *items;
    size_t len, cap;
    char head[256];
    const atomic_bool *cancel;
    bool cut;
};

/* One that leads to a commit is taken; those that lead elsewhere are left out. */
static void refs_take(struct refs *refs, git_reference *reference, enum vcs_ref_kind kind,
                      const char *shorthand)
{
    git_object *object = NULL;
    struct vcs_commit commit;
    struct vcs_ref ref = { .kind = kind };

    if (git_reference_peel(&object, reference, GIT_OBJECT_COMMIT) != 0)
        return;
    vcs_commit_read(&commit, refs->arena, (git_commit *)object);
    git_object_free(object);
    memcpy(ref.id, commit.id, VCS_ID);
    ref.name = vcs_clean_line(refs->arena, shorthand, strlen(shorthand));
    ref.summary = commit.summary;
    ref.at = commit.at;
    ref.is_default = kind == VCS_BRANCH && strcmp(refs->head, git_reference_name(reference)) == 0;
    ARENA_PUSH(refs->arena, refs->items, refs->len, refs->cap, ref);
}

static int refs_see(git_reference *reference, void *ctx)
{
    struct refs *refs = ctx;
    const char *name = git_reference_name(reference);
    int code = 0;

    if (vcs_stopped(refs->cancel))
        code = GIT_EUSER;
    else if (refs->len >= VCS_REFS_MAX)
        refs->cut = true;
    else if (str_starts(name, "refs/heads/"))
        refs_take(refs, reference, VCS_BRANCH, name + 11);
    else if (str_starts(name, "refs/tags/"))
        refs_take(refs, reference, VCS_TAG, name + 10);
    git_reference_free(reference);
    return code;
}

static int refs_order(const void *a, const void *b)
{
    const struct vcs_ref *one = a, *two = b;

    if (one->kind != two->kind)
        return one->kind < two->kind ? -1 : 1;
    if (one->is_default != two->is_default)
        return one->is_default ? -1 : 1;
    if (one->at != two->at)
        return one->at > two->at ? -1 : 1;
    return strcmp(two->name, one->name); /* v1.10 of the same moment behind v1.9 or not: by name */
}

static void head_name(struct vcs *vcs, char *out, size_t size)
{
    git_reference *head = NULL;

    out[0] = '\0';
    if (git_reference_lookup(&head, vcs->repo, "HEAD") != 0)
        return;
    if (git_reference_type(head) == GIT_REFERENCE_SYMBOLIC)
        snprintf(out, size, "%s", git_reference_symbolic_target(head));
    git_reference_free(head);
}

int vcs_refs(struct vcs *vcs, struct arena *arena, struct vcs_ref **out, size_t *count, bool *cut,
             const atomic_bool *cancel, struct error *err)
{
    struct refs refs = { .vcs = vcs, .arena = arena, .cancel = cancel };
    int code;

    head_name(vcs, refs.head, sizeof refs.head);
    code = git_reference_foreach(vcs->repo, refs_see, &refs);
    *out = refs.items;
    *count = refs.len;
    *cut = refs.cut;
    if (code == GIT_EUSER)
        return vcs_cancelled(err);
    if (code != 0)
        return vcs_fail(err, code, "cannot list branches and tags");
    if (refs.len > 1)
        qsort(refs.items, refs.len, sizeof *refs.items, refs_order);
    return ERR_OK;
}

/* ---- revisions ---- */

/* The tip that the default branch had at the end of a day: its first parents are its own past;
 * what was merged later was not on it, whatever its date says. */
static int as_of(struct vcs *vcs, git_oid *out, int32_t day, const atomic_bool *cancel,
                 struct error *err)
{
    int64_t end = ((int64_t)day + 1) * DAY_MS;
    git_revwalk *walk = NULL;
    char text[16];
    git_oid head;
    int result = vcs_head(&head, vcs, err), code = 0;
    bool found = false;

    if (result != ERR_OK)
        return result;
    if ((code = git_revwalk_new(&walk, vcs->repo)) == 0
        && (code = git_revwalk_simplify_first_parent(walk)) == 0)
        code = git_revwalk_push(walk, &head);
    while (code == 0 && !found && (code = git_revwalk_next(out, walk)) == 0) {
        git_commit *commit;

        if (vcs_stopped(cancel)) {
            code = GIT_EUSER;
        } else if ((code = git_commit_lookup(&commit, vcs->repo, out)) == 0) {
            found = vcs_commit_ms(commit) < end;
            git_commit_free(commit);
        }
    }
    git_revwalk_free(walk);
    date_format(text, day);
    if (code == GIT_ITEROVER)
        return error_set(err, ERR_NOTFOUND, "it has no commit as old as %s", text);
    if (code == GIT_EUSER)
        return vcs_cancelled(err);
    return code == 0 ? ERR_OK : vcs_fail(err, code, "%s", text);
}

/* Written as a day; a tag may be called so, too, so it is asked only when nothing else is. */
static bool looks_like_day(const char *text)
{
    return strlen(text) == 10 && strspn(text, "0123456789") == 4 && text[4] == '-'
           && strspn(text + 5, "0123456789") == 2 && text[7] == '-'
           && strspn(text + 8, "0123456789") == 2;
}

/* What libgit2's syntax knows beyond names, hashes, ~N and ^N (searching, logs of refs) is either
 * unbounded or empty in a clone. */
static bool is_plain_revision(const char *text)
{
    size_t len = strlen(text);

    return len > 0 && len < 250 && !strpbrk(text, ":{} \t\n\\*?[") && !strstr(text, "..");
}

int vcs_merge_base(struct vcs *vcs, char id[VCS_ID], const char *one, const char *two,
                   struct error *err)
{
    git_oid a, b, base;
    int code = git_oid_fromstr(&a, one);

    id[0] = '\0';
    if (code == 0)
        code = git_oid_fromstr(&b, two);
    if (code == 0)
        code = git_merge_base(&base, vcs->repo, &a, &b);
    if (code == GIT_ENOTFOUND)
        return error_set(err, ERR_NOTFOUND, "%.10s and %.10s have no commit in common", one, two);
    if (code != 0)
        return vcs_fail(err, code, "%.10s...%.10s", one, two);
    git_oid_tostr(id, VCS_ID, &base);
    return ERR_OK;
}

int vcs_resolve(struct vcs *vcs, char id[VCS_ID], const char *revision, const atomic_bool *cancel,
                struct error *err)
{
    git_object *object = NULL, *commit = NULL;
    int32_t first, last;
    git_oid oid;
    int code, result = ERR_OK;

    id[0] = '\0';
    if (!revision || !*revision) {
        result = vcs_head(&oid, vcs, err);
    } else if (strlen(revision) == 10 && date_parse(revision, &first, &last) && first == last) {
        result = as_of(vcs, &oid, last, cancel, err);
    } else if (!is_plain_revision(revision)) {
        return error_set(err, ERR_USAGE,
                         "'%.80s' is no revision: a branch, tag, hash, or day as 2021-03-04",
                         revision);
    } else {
        code = git_revparse_single(&object, vcs->repo, revision);
        if (code == 0)
            code = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
        if (code == 0)
            oid = *git_object_id(commit);
        else if (code == GIT_EAMBIGUOUS)
            result = error_set(err, ERR_USAGE, "'%.80s' begins several hashes", revision);
        else if (code == GIT_ENOTFOUND && looks_like_day(revision))
            result = error_set(err, ERR_USAGE, "'%.80s' is no day of the calendar", revision);
        else if (code == GIT_ENOTFOUND)
            result =
                error_set(err, ERR_NOTFOUND, "it has no branch, tag or commit '%.80s'", revision);
        else
            result = vcs_fail(err, code, "'%.80s'", revision);
        git_object_free(commit);
        git_object_free(object);
    }
    if (result == ERR_OK)
        git_oid_tostr(id, VCS_ID, &oid);
    return result;
}
