/*
 * The files of a clone that are searched: README and documentation first, then sources, the
 * shallowest first, within bounds. A file that is as it was is left alone.
 *
 * Pieces are some forty lines, broken where the text leaves a line free, so that a hit can say in
 * which line it stands.
 */
#include "clone.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define FILES_MAX 2000u
#define TEXT_MAX (16u << 20) /* bytes of all of them */
#define FILE_MAX (256u << 10)
#define CANDIDATES_MAX 50000u
#define PIECE_LINES 40
#define PIECE_LEAST 12 /* lines before a free one ends it */
#define PIECE_BYTES 4000u
#define LINE_LONG 1000u /* bytes a line, on average: nobody has written that */
#define TURN_MS 100     /* of the write lock, at most */

struct candidate {
    char *path, id[VCS_ID];
    int64_t size;
    int rank; /* lower first */
};
struct indexing {
    struct store *store;
    struct vcs *vcs;
    struct arena *arena;
    const struct clone_options *options;
    int64_t repository;
    struct candidate *items;
    size_t len, cap;
    int64_t files;
};

/* ---- which files ---- */

static bool ends(const char *path, const char *ending)
{
    size_t len = strlen(path), tail = strlen(ending);

    return len > tail && strcasecmp(path + len - tail, ending) == 0;
}

static int depth_of(const char *path)
{
    int depth = 0;

    for (; *path; path++)
        depth += *path == '/';
    return depth;
}

/* -1: it is not searched. */
static int rank_of(const char *path)
{
    const char *language = vcs_language_of(path);
    int depth = depth_of(path);
    bool text = ends(path, ".md") || ends(path, ".rst") || ends(path, ".org");

    if (vcs_is_vendored(path))
        return -1;
    if (text || (ends(path, ".txt") && (depth == 0 || str_istarts(path, "doc"))))
        return depth;
    if (!language || strcmp(language, "Jupyter Notebook") == 0 || strcmp(language, "HTML") == 0)
        return -1;
    return 100 + depth;
}

static bool is_plain(const char *path)
{
    const char *at;

    for (at = path; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7F)
            return false;
    return utf8_valid(path, strlen(path));
}

static int see_file(void *ctx, const struct vcs_file *file, struct error *err)
{
    struct indexing *indexing = ctx;
    struct candidate candidate = { .size = file->size };

    (void)err;
    if (file->size == 0 || file->size > FILE_MAX || indexing->len >= CANDIDATES_MAX
        || !is_plain(file->path))
        return ERR_OK;
    candidate.rank = rank_of(file->path);
    if (candidate.rank < 0)
        return ERR_OK;
    candidate.path = arena_strdup(indexing->arena, file->path);
    memcpy(candidate.id, file->id, VCS_ID);
    ARENA_PUSH(indexing->arena, indexing->items, indexing->len, indexing->cap, candidate);
    return ERR_OK;
}

static int by_rank(const void *a, const void *b)
{
    const struct candidate *one = a, *two = b;

    return one->rank != two->rank ? one->rank - two->rank : strcmp(one->path, two->path);
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct candidate *)a)->path, ((const struct candidate *)b)->path);
}

/* The first ones that fit the bounds, by path. */
static void choose(struct indexing *indexing)
{
    int64_t bytes = 0;
    size_t i;

    if (indexing->len > 1)
        qsort(indexing->items, indexing->len, sizeof *indexing->items, by_rank);
    for (i = 0; i < indexing->len && i < FILES_MAX; i++) {
        bytes += indexing->items[i].size;
        if (bytes > TEXT_MAX)
            break;
    }
    indexing->len = i;
    if (i > 1)
        qsort(indexing->items, i, sizeof *indexing->items, by_path);
}

/* ---- pieces ---- */

struct pieces {
    struct arena *arena;
    struct clone_chunk *items;
    size_t len, cap;
};

static void cut_pieces(struct pieces *pieces, const char *text)
{
    int64_t line = 1, first = 1;
    const char *from = text, *at = text;

    while (*at) {
        size_t len = strcspn(at, "\n");
        bool blank = strspn(at, " \t\r") >= len;

        at += len + (at[len] == '\n');
        line++;
        if (*at && line - first < PIECE_LINES && (size_t)(at - from) < PIECE_BYTES
            && !(blank && line - first >= PIECE_LEAST))
            continue;
        ARENA_PUSH(
            pieces->arena, pieces->items, pieces->len, pieces->cap,
            ((struct clone_chunk){
                .line = first, .body = arena_strndup(pieces->arena, from, (size_t)(at - from)) }));
        from = at;
        first = line;
    }
}

static bool is_written_by_people(const char *text, size_t len)
{
    size_t lines = 1, i;

    for (i = 0; i < len; i++)
        lines += text[i] == '\n';
    return len / lines < LINE_LONG;
}

static int read_pieces(struct indexing *indexing, const char *commit,
                       const struct candidate *candidate, struct pieces *pieces, struct error *err)
{
    struct vcs_blob blob;
    struct str clean = STR_INIT;
    int result =
        vcs_blob(indexing->vcs, pieces->arena, commit, candidate->path, FILE_MAX, &blob, err);

    if (result == ERR_OK && !blob.binary && is_written_by_people(blob.bytes, blob.len)) {
        utf8_clean(&clean, blob.bytes, blob.len);
        cut_pieces(pieces, clean.ptr);
    }
    str_free(&clean);
    return result;
}

/* ---- what differs ---- */

/* Writes for a moment, beginning with *at; what is as it was costs nothing. */
static int take_turn(struct indexing *indexing, const char *commit, const struct clone_file *there,
                     size_t there_count, size_t *at, size_t *old, struct error *err)
{
    int64_t until = clock_ticks_ms() + TURN_MS;
    struct arena *arena = arena_new();
    int result = store_begin(indexing->store, err);

    while (result == ERR_OK && (*at < indexing->len || *old < there_count)
           && clock_ticks_ms() < until) {
        const struct candidate *file = *at < indexing->len ? &indexing->items[*at] : NULL;
        const struct clone_file *was = *old < there_count ? &there[*old] : NULL;
        int order = !file ? 1 : !was ? -1 : strcmp(file->path, was->path);
        struct pieces pieces = { .arena = arena };

        if (order > 0) {
            result = clones_drop_file(indexing->store, was->id, err);
        } else if (order < 0 || strcmp(file->id, was->blob) != 0) {
            result = read_pieces(indexing, commit, file, &pieces, err);
            if (result == ERR_OK)
                result = clones_put_file(indexing->store, indexing->repository, file->path,
                                         file->id, pieces.items, pieces.len, err);
            indexing->files++;
        }
        *at += order <= 0;
        *old += order >= 0;
        arena_reset(arena);
    }
    arena_free(arena);
    if (result == ERR_OK)
        return store_commit(indexing->store, err);
    store_rollback(indexing->store);
    return result;
}

static int bring_up(struct indexing *indexing, const char *commit, struct error *err)
{
    struct clone_file *there;
    size_t count, at = 0, old = 0;
    int result =
        clones_files(indexing->store, indexing->arena, indexing->repository, &there, &count, err);

    while (result == ERR_OK && (at < indexing->len || old < count)) {
        if (indexing->options->cancel && atomic_load(indexing->options->cancel))
            return error_set(err, ERR_CANCELLED, "stopped");
        result = take_turn(indexing, commit, there, count, &at, &old, err);
        if (indexing->options->progress)
            indexing->options->progress(indexing->options->ctx, "reading files", (int64_t)at,
                                        (int64_t)indexing->len, "files");
    }
    return result;
}

/* ---- what should be there ---- */

static int list_files(struct indexing *indexing, const char *commit, struct error *err)
{
    bool cut;
    int result =
        vcs_files(indexing->vcs, commit, see_file, indexing, &cut, indexing->options->cancel, err);

    if (result == ERR_OK)
        choose(indexing);
    return result;
}

int clone_index(struct store *store, struct vcs *vcs, int64_t repository, const char *commit,
                const struct clone_options *options, int64_t *files, struct error *err)
{
    struct indexing indexing = { .store = store,
                                 .vcs = vcs,
                                 .arena = arena_new(),
                                 .options = options,
                                 .repository = repository };
    int result = list_files(&indexing, commit, err);

    if (result == ERR_OK)
        result = bring_up(&indexing, commit, err);
    *files = indexing.files;
    arena_free(indexing.arena);
    return result;
}

/* ---- is it there? ---- */

/* A file that is as it was: are its pieces? */
static int same_pieces(bool *same, struct indexing *indexing, struct arena *arena,
                       const char *commit, const struct candidate *file, int64_t id,
                       struct error *err)
{
    struct pieces pieces = { .arena = arena };
    struct clone_chunk *there;
    size_t count, i;
    int result = read_pieces(indexing, commit, file, &pieces, err);

    if (result == ERR_OK)
        result = clones_chunks(indexing->store, arena, id, &there, &count, err);
    if (result != ERR_OK)
        return result;
    *same = count == pieces.len;
    for (i = 0; i < count && *same; i++)
        *same = there[i].line == pieces.items[i].line
                && strcmp(there[i].body, pieces.items[i].body) == 0;
    return ERR_OK;
}

/* Both lists are by path. `differing` gets the rows of files that are there and wrong. */
static int compare(struct indexing *indexing, const char *commit, struct work_ids *differing,
                   int64_t *wrong, struct error *err)
{
    struct arena *arena = arena_new();
    struct clone_file *there;
    size_t count, at = 0, old = 0;
    int result =
        clones_files(indexing->store, indexing->arena, indexing->repository, &there, &count, err);

    while (result == ERR_OK && (at < indexing->len || old < count)) {
        const struct candidate *file = at < indexing->len ? &indexing->items[at] : NULL;
        const struct clone_file *was = old < count ? &there[old] : NULL;
        int order = !file ? 1 : !was ? -1 : strcmp(file->path, was->path);
        bool same = order == 0 && strcmp(file->id, was->blob) == 0;

        if (indexing->options->cancel && atomic_load(indexing->options->cancel))
            result = error_set(err, ERR_CANCELLED, "stopped");
        else if (same)
            result = same_pieces(&same, indexing, arena, commit, file, was->id, err);
        if (result == ERR_OK && !same)
            ++*wrong;
        if (result == ERR_OK && !same && order >= 0)
            ARENA_PUSH(indexing->arena, differing->items, differing->len, differing->cap, was->id);
        at += order <= 0;
        old += order >= 0;
        arena_reset(arena);
    }
    arena_free(arena);
    return result;
}

static int drop_files(struct store *store, const struct work_ids *files, struct error *err)
{
    size_t i;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < files->len && result == ERR_OK; i++)
        result = clones_drop_file(store, files->items[i], err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int clone_index_check(struct store *store, struct vcs *vcs, int64_t repository, const char *commit,
                      const struct clone_options *options, bool drop, int64_t *wrong,
                      struct error *err)
{
    struct indexing indexing = { .store = store,
                                 .vcs = vcs,
                                 .arena = arena_new(),
                                 .options = options,
                                 .repository = repository };
    struct work_ids differing = { 0 };
    int result = list_files(&indexing, commit, err);

    *wrong = 0;
    if (result == ERR_OK)
        result = compare(&indexing, commit, &differing, wrong, err);
    if (result == ERR_OK && drop && differing.len > 0)
        result = drop_files(store, &differing, err);
    arena_free(indexing.arena);
    return result;
}
