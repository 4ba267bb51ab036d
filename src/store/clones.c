/*
 * Clones, written: what a summary says, and pieces of files with their full-text index.
 */
#include "internal.h"
#include "repositories_internal.h"

#include "carrel/clones.h"
#include "carrel/mem.h"

#include <stdlib.h>
#include <string.h>

static int put_languages(struct store *store, const struct clone *clone, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = store_run(store, "DELETE FROM repository_language WHERE repository_id = ?1",
                           clone->repository, 0, NULL, err);

    for (i = 0; i < clone->language_count && result == ERR_OK; i++) {
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO repository_language(repository_id, name, bytes, files) "
                              "VALUES(?1, ?2, ?3, ?4)",
                              err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, clone->repository);
        stmt_bind_text(stmt, 2, clone->languages[i].name);
        stmt_bind_int(stmt, 3, clone->languages[i].bytes);
        stmt_bind_int(stmt, 4, clone->languages[i].files);
        result = stmt_run(stmt, err);
    }
    return result;
}

static void bind_activity(struct stmt *stmt, int at, const struct clone *clone)
{
    unsigned char *bytes = mem_alloc(clone->weeks * 4 + 1);
    size_t i, b;

    for (i = 0; i < clone->weeks; i++)
        for (b = 0; b < 4; b++)
            bytes[i * 4 + b] = (unsigned char)(clone->activity[i] >> (8 * b));
    stmt_bind_blob(stmt, at, bytes, clone->weeks * 4);
    free(bytes);
}

int clones_put(struct store *store, const struct clone *clone, struct error *err)
{
    const int64_t numbers[] = { clone->at,          clone->fetched,   clone->files,
                                clone->bytes,       clone->files_cut, clone->commits,
                                clone->commits_cut, clone->branches,  clone->tags,
                                clone->week_end };
    const char *const texts[] = { clone->url,     clone->folder,       clone->head,
                                  clone->branch,  clone->summary,      clone->author,
                                  clone->license, clone->license_path, clone->readme_path };
    struct stmt *stmt;
    size_t i;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT OR REPLACE INTO repository_clone(repository_id, at, fetched, files, bytes, "
        "files_cut, commits, commits_cut, branches, tags, week_end, url, folder, head, branch, "
        "summary, author, license, license_path, readme_path, activity) VALUES(?1, ?2, ?3, ?4, ?5, "
        "?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, clone->repository);
    for (i = 0; i < ARRAY_LEN(numbers); i++)
        stmt_bind_int(stmt, 2 + (int)i, numbers[i]);
    for (i = 0; i < ARRAY_LEN(texts); i++)
        stmt_bind_text(stmt, 12 + (int)i, texts[i]);
    bind_activity(stmt, 21, clone);
    result = stmt_run(stmt, err);
    return result == ERR_OK ? put_languages(store, clone, err) : result;
}

/* ---- files ---- */

/* "src/vcs/open_it.c" -> "src vcs open it c" */
static char *path_words(const char *path)
{
    char *words = mem_strdup(path);
    size_t i;

    for (i = 0; words[i]; i++)
        if (strchr("/._-", words[i]))
            words[i] = ' ';
    return words;
}

static int index_file(struct store *store, int64_t file, bool on, struct error *err)
{
    return store_run(
        store,
        on ? "INSERT INTO repository_chunk_fts(rowid, name, body) SELECT id, name, body FROM "
             "repository_chunk WHERE file_id = ?1"
           : "INSERT INTO repository_chunk_fts(repository_chunk_fts, rowid, name, body) SELECT "
             "'delete', id, name, body FROM repository_chunk WHERE file_id = ?1",
        file, 0, NULL, err);
}

int clones_drop_file(struct store *store, int64_t file, struct error *err)
{
    int result = index_file(store, file, false, err);

    if (result == ERR_OK)
        result =
            store_run(store, "DELETE FROM repository_chunk WHERE file_id = ?1", file, 0, NULL, err);
    return result == ERR_OK
               ? store_run(store, "DELETE FROM repository_file WHERE id = ?1", file, 0, NULL, err)
               : result;
}

static int put_chunks(struct store *store, int64_t file, const char *name,
                      const struct clone_chunk *chunks, size_t count, struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++) {
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO repository_chunk(file_id, line, name, body) "
                              "VALUES(?1, ?2, ?3, ?4)",
                              err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, file);
        stmt_bind_int(stmt, 2, chunks[i].line);
        stmt_bind_text(stmt, 3, name);
        stmt_bind_text(stmt, 4, chunks[i].body);
        result = stmt_run(stmt, err);
    }
    return result;
}

static int new_file(struct store *store, int64_t repository, const char *path, const char *blob,
                    int64_t *file, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "INSERT INTO repository_file(repository_id, path, blob) VALUES(?1, ?2, ?3)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, repository);
    stmt_bind_text(stmt, 2, path);
    stmt_bind_text(stmt, 3, blob);
    result = stmt_run(stmt, err);
    *file = store_last_id(store);
    return result;
}

int clones_put_file(struct store *store, int64_t repository, const char *path, const char *blob,
                    const struct clone_chunk *chunks, size_t count, struct error *err)
{
    char *name = path_words(path);
    struct stmt *stmt;
    int64_t file = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT id FROM repository_file WHERE repository_id = ?1 AND "
                                    "path = ?2",
                                    err);

    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, repository);
        stmt_bind_text(stmt, 2, path);
        step = stmt_step(stmt, err);
        file = step == 1 ? stmt_int(stmt, 0) : 0;
        stmt_reset(stmt);
        result = step < 0 ? step : ERR_OK;
    }
    if (result == ERR_OK && file)
        result = clones_drop_file(store, file, err);
    if (result == ERR_OK)
        result = new_file(store, repository, path, blob, &file, err);
    if (result == ERR_OK)
        result = put_chunks(store, file, name, chunks, count, err);
    if (result == ERR_OK)
        result = index_file(store, file, true, err);
    free(name);
    return result;
}

int clones_drop(struct store *store, int64_t repository, struct error *err)
{
    static const char *const tables[] = {
        "DELETE FROM repository_language WHERE repository_id = ?1",
        "DELETE FROM repository_citation WHERE repository_id = ?1",
        "DELETE FROM repository_clone WHERE repository_id = ?1",
    };
    struct arena *arena = arena_new();
    struct clone_file *files;
    size_t count, i;
    int result = clones_files(store, arena, repository, &files, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        result = clones_drop_file(store, files[i].id, err);
    for (i = 0; i < ARRAY_LEN(tables) && result == ERR_OK; i++)
        result = store_run(store, tables[i], repository, 0, NULL, err);
    arena_free(arena);
    return result;
}
