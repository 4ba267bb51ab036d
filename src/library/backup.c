/*
 * Backup and restore: an online copy by SQLite's backup API, checked before it counts.
 *
 * The copy is made beside its target and renamed at the end, so a target is whole or untouched.
 * Restore keeps the library that was there as library.db.before-restore.
 */
#include "internal.h"

#include "carrel/file.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BACKUP_PAGES 1024

static int backup_copy(sqlite3 *from, sqlite3 *to, const char *file, struct error *err)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int code;

    if (!backup)
        return error_set(err, ERR_IO, "cannot write %s: %s", file, sqlite3_errmsg(to));
    do {
        code = sqlite3_backup_step(backup, BACKUP_PAGES);
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
            sqlite3_sleep(5);
    } while (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED);
    code = sqlite3_backup_finish(backup);
    if (code == SQLITE_FULL)
        return error_set(err, ERR_FULL, "no room for %s; nothing was changed", file);
    if (code != SQLITE_OK)
        return error_set(err, ERR_IO, "cannot copy to %s: %s", file, sqlite3_errstr(code));
    return ERR_OK;
}

static int backup_value(sqlite3 *db, const char *sql, char out[64])
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

    out[0] = '\0';
    if (code == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
        strncat(out, (const char *)sqlite3_column_text(stmt, 0), 63);
    sqlite3_finalize(stmt);
    return code;
}

/* Is this file a whole library that this carrel can open? */
static int backup_verify(sqlite3 *db, const char *file, struct error *err)
{
    char value[64];

    backup_value(db, "PRAGMA application_id", value);
    if (atol(value) != STORE_APPLICATION_ID)
        return error_set(err, ERR_PARSE, "%s is no backup of a carrel library", file);
    backup_value(db, "PRAGMA user_version", value);
    if (atol(value) > STORE_SCHEMA_VERSION)
        return error_set(err, ERR_VERSION, "%s was made by a newer carrel; update carrel", file);
    if (backup_value(db, "PRAGMA quick_check(1)", value) != SQLITE_OK || strcmp(value, "ok") != 0)
        return error_set(err, ERR_CORRUPT, "%s is damaged: %s", file, value);
    return ERR_OK;
}

/* Copies one database into a new file, which appears under its name only when it is verified. */
static int backup_to_file(sqlite3 *from, const char *file, struct error *err)
{
    char *temporary = mem_printf("%s.%ld.tmp", file, (long)getpid());
    sqlite3 *to = NULL;
    int result;

    unlink(temporary);
    if (sqlite3_open(temporary, &to) != SQLITE_OK)
        result = error_set(err, ERR_IO, "cannot write %s: %s", file, sqlite3_errmsg(to));
    else
        result = backup_copy(from, to, file, err);
    if (result == ERR_OK) {
        sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL,
                     NULL); /* one file, no log beside it */
        result = backup_verify(to, file, err);
    }
    sqlite3_close(to);
    if (result == ERR_OK && rename(temporary, file) != 0)
        result = error_errno(err, "cannot write %s", file);
    if (result != ERR_OK)
        unlink(temporary);
    free(temporary);
    return result;
}

int library_backup(struct store *store, const char *file, struct error *err)
{
    return backup_to_file(store_sqlite(store), file, err);
}

/* ERR_EXISTS when there is a library with works in it. */
static int restore_check_target(const char *dir, const char *path, bool force, struct error *err)
{
    struct store_options options = { .read_only = true };
    struct store *store = NULL;
    int64_t works = 0;

    if (force || !file_exists(path))
        return ERR_OK;
    if (store_open(&store, dir, &options, err) != ERR_OK)
        return error_context(err, "the library that is there cannot be read (--force replaces it)");
    store_query_int(store, "SELECT count(*) FROM work", &works, NULL);
    store_close(store);
    if (works > 0)
        return error_set(err, ERR_EXISTS,
                         "%s holds %lld works; --force replaces it (and keeps it as "
                         "library.db.before-restore)",
                         dir, (long long)works);
    return ERR_OK;
}

static int restore_set_aside(const char *path, struct error *err)
{
    static const char *const tails[] = { "-wal", "-shm" };
    struct error why;
    char *aside = mem_printf("%s.before-restore", path);
    sqlite3 *old = NULL;
    size_t i;
    int result = ERR_OK;

    if (file_exists(path)) {
        /* Copied, not renamed: its log may hold what the file lacks. */
        if (sqlite3_open(path, &old) != SQLITE_OK || backup_to_file(old, aside, &why) != ERR_OK)
            result = rename(path, aside) == 0
                         ? ERR_OK
                         : error_errno(err, "cannot keep the old library as %s", aside);
        sqlite3_close(old);
        for (i = 0; i < ARRAY_LEN(tails); i++) {
            char *tail = mem_printf("%s%s", path, tails[i]);

            unlink(tail);
            free(tail);
        }
    }
    free(aside);
    return result;
}

int library_restore(const char *file, const char *library_dir, bool force, struct error *err)
{
    char *path = path_join(library_dir, "library.db"),
         *cache = path_join(library_dir, "cache/lengths");
    sqlite3 *from = NULL;
    int result;

    if (!file_exists(file)) {
        result = error_set(err, ERR_FAILED, "there is no file %s", file);
        goto out;
    }
    if (sqlite3_open_v2(file, &from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        result = error_set(err, ERR_IO, "cannot open %s", file);
    else
        result = backup_verify(from, file, err);
    if (result == ERR_OK)
        result = restore_check_target(library_dir, path, force, err);
    if (result == ERR_OK)
        result = folder_make(library_dir, err);
    if (result == ERR_OK)
        result = restore_set_aside(path, err);
    if (result == ERR_OK)
        result = backup_to_file(from, path, err);
    if (result == ERR_OK)
        unlink(cache);
    sqlite3_close(from);
out:
    free(path);
    free(cache);
    return result;
}
