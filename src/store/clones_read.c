/*
 * Clones, read.
 */
#include "internal.h"

#include "carrel/clones.h"
#include "carrel/mem.h"

#include <string.h>

static char *text_or_null(struct stmt *stmt, int column, struct arena *arena)
{
    return stmt_is_null(stmt, column) ? NULL : stmt_dup(stmt, column, arena);
}

static void read_activity(struct clone *out, struct stmt *stmt, int column, struct arena *arena)
{
    size_t len = 0, i;
    const unsigned char *bytes = stmt_blob(stmt, column, &len);

    out->weeks = len / 4;
    out->activity = arena_alloc(arena, (out->weeks + 1) * sizeof *out->activity);
    for (i = 0; i < out->weeks; i++)
        out->activity[i] = (uint32_t)bytes[i * 4] | (uint32_t)bytes[i * 4 + 1] << 8
                           | (uint32_t)bytes[i * 4 + 2] << 16 | (uint32_t)bytes[i * 4 + 3] << 24;
}

static void read_clone(struct clone *out, struct stmt *stmt, struct arena *arena)
{
    *out = (struct clone){ .repository = stmt_int(stmt, 0),
                           .at = stmt_int(stmt, 1),
                           .fetched = stmt_int(stmt, 2),
                           .files = stmt_int(stmt, 3),
                           .bytes = stmt_int(stmt, 4),
                           .files_cut = stmt_int(stmt, 5),
                           .commits = stmt_int(stmt, 6),
                           .commits_cut = stmt_int(stmt, 7),
                           .branches = stmt_int(stmt, 8),
                           .tags = stmt_int(stmt, 9),
                           .week_end = (int32_t)stmt_int(stmt, 10),
                           .url = stmt_dup(stmt, 11, arena),
                           .folder = stmt_dup(stmt, 12, arena),
                           .head = stmt_dup(stmt, 13, arena),
                           .branch = stmt_dup(stmt, 14, arena),
                           .summary = stmt_dup(stmt, 15, arena),
                           .author = stmt_dup(stmt, 16, arena),
                           .license = text_or_null(stmt, 17, arena),
                           .license_path = text_or_null(stmt, 18, arena),
                           .readme_path = text_or_null(stmt, 19, arena),
                           .indexed = stmt_int(stmt, 21) };
    read_activity(out, stmt, 20, arena);
}

static int read_languages(struct store *store, struct arena *arena, struct clone *out,
                          struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT name, bytes, files FROM repository_language "
                              "WHERE repository_id = ?1 ORDER BY bytes DESC, name",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, out->repository);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct clone_language language = { stmt_dup(stmt, 0, arena), stmt_int(stmt, 1),
                                           stmt_int(stmt, 2) };

        ARENA_PUSH(arena, out->languages, out->language_count, cap, language);
    }
    stmt_reset(stmt);
    return step;
}

/* What is written there is opened and removed: it may lead nowhere else. */
static bool is_below_repos(const char *folder)
{
    return strncmp(folder, "repos/", 6) == 0 && folder[6] != '\0' && !strstr(folder, "..")
           && !strstr(folder, "//");
}

int clones_get(struct store *store, struct arena *arena, int64_t repository, struct clone *out,
               struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT repository_id, at, fetched, files, bytes, files_cut, commits, commits_cut, "
        "branches, tags, week_end, url, folder, head, branch, summary, author, license, "
        "license_path, readme_path, activity, (SELECT count(*) FROM repository_file f WHERE "
        "f.repository_id = c.repository_id) FROM repository_clone c WHERE repository_id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, repository);
    step = stmt_step(stmt, err);
    if (step == 1)
        read_clone(out, stmt, arena);
    stmt_reset(stmt);
    if (step == 0)
        return error_set(err, ERR_NOTFOUND, "it was not cloned yet");
    if (step == 1 && !is_below_repos(out->folder))
        return error_set(err, ERR_CORRUPT, "its folder '%.100s' is not below repos/", out->folder);
    return step < 0 ? step : read_languages(store, arena, out, err);
}

int clones_list(struct store *store, struct arena *arena, struct work_ids *out, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT c.repository_id FROM repository_clone c JOIN repository r "
                              "ON r.id = c.repository_id ORDER BY r.key",
                              err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, out->items, out->len, out->cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

int clones_by_folder(struct store *store, const char *folder, int64_t *repository,
                     struct error *err)
{
    int result;

    *repository = 0;
    result = store_lookup(store, repository,
                          "SELECT repository_id FROM repository_clone WHERE folder = ?1", folder, 0,
                          0, err);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int clones_files(struct store *store, struct arena *arena, int64_t repository,
                 struct clone_file **out, size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT id, path, blob FROM repository_file WHERE repository_id = ?1 "
                              "ORDER BY path",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, repository);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct clone_file file = { stmt_int(stmt, 0), stmt_dup(stmt, 1, arena),
                                   stmt_dup(stmt, 2, arena) };

        ARENA_PUSH(arena, *out, *count, cap, file);
    }
    stmt_reset(stmt);
    return step;
}

int clones_chunks(struct store *store, struct arena *arena, int64_t file, struct clone_chunk **out,
                  size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT line, body FROM repository_chunk WHERE file_id = ?1 ORDER BY id", err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, file);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct clone_chunk chunk = { stmt_int(stmt, 0), stmt_dup(stmt, 1, arena) };

        ARENA_PUSH(arena, *out, *count, cap, chunk);
    }
    stmt_reset(stmt);
    return step;
}

int clones_place(struct store *store, struct arena *arena, int64_t chunk, struct clone_place *out,
                 struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT f.path, c.line, c.body FROM repository_chunk c JOIN "
                              "repository_file f ON f.id = c.file_id WHERE c.id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, chunk);
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = (struct clone_place){ stmt_dup(stmt, 0, arena), stmt_int(stmt, 1),
                                     stmt_dup(stmt, 2, arena) };
    stmt_reset(stmt);
    return step == 1 ? ERR_OK : step < 0 ? step : error_set(err, ERR_NOTFOUND, "it has gone");
}
