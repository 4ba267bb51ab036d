/*
 * Backup and restore: an online copy by SQLite's backup API, checked before it counts.
 *
 * The copy is made beside its target and renamed at the end, so a target is whole or untouched.
 * Restore keeps the library that was there as library.db.before-restore. What is in cache/ belongs
 * to the old one and goes. It is refused while any process has the library open, which would go on
 * in a file that is gone.
 */
#include "backup.h"

#include "carrel/file.h"
#include "carrel/ops.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKUP_PAGES 1024

static const struct backup_options no_options;

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

static void backup_show(const struct backup_options *options, sqlite3 *to, sqlite3_backup *backup)
{
    char page[64];
    int64_t total = sqlite3_backup_pagecount(backup), left = sqlite3_backup_remaining(backup);

    if (!options || !options->progress)
        return;
    backup_value(to, "PRAGMA page_size", page);
    options->progress(options->ctx, "library", (total - left) * atol(page), total * atol(page));
}

static int backup_copy(sqlite3 *from, sqlite3 *to, const char *file,
                       const struct backup_options *options, struct error *err)
{
    bool stopped = false;
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
    int code;

    if (!backup)
        return error_set(err, ERR_IO, "cannot write %s: %s", file, sqlite3_errmsg(to));
    do {
        code = sqlite3_backup_step(backup, BACKUP_PAGES);
        if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
            sqlite3_sleep(5);
        stopped = options && options->cancel && atomic_load(options->cancel);
        backup_show(options, to, backup);
    } while (!stopped && (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED));
    code = sqlite3_backup_finish(backup);
    if (stopped)
        return error_set(err, ERR_CANCELLED, "stopped; nothing was changed");
    if (code == SQLITE_FULL)
        return error_set(err, ERR_FULL, "no room for %s; nothing was changed", file);
    if (code != SQLITE_OK)
        return error_set(err, ERR_IO, "cannot copy to %s: %s", file, sqlite3_errstr(code));
    return ERR_OK;
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

/* What comes between copying and verifying: files put in, or taken out. The copy may be opened
 * anew. */
typedef int (*backup_step)(sqlite3 **copy, void *ctx, struct error *err);

/* Copies one database into a new file, which appears under its name only when it is verified. */
static int backup_to_file(sqlite3 *from, const char *file, const struct backup_options *options,
                          backup_step step, void *ctx, struct error *err)
{
    char *temporary = mem_printf("%s.%ld.tmp", file, (long)getpid());
    sqlite3 *to = NULL;
    int result;

    unlink(temporary);
    if (sqlite3_open(temporary, &to) != SQLITE_OK) /* SQLite's own words do not say why */
        result = error_set(err, ERR_IO, "cannot write %s: %s", file,
                           to && sqlite3_system_errno(to) ? strerror(sqlite3_system_errno(to))
                                                          : sqlite3_errmsg(to));
    else
        result = backup_copy(from, to, file, options, err);
    if (result == ERR_OK)
        sqlite3_exec(to, "PRAGMA journal_mode = DELETE", NULL, NULL,
                     NULL); /* one file, no log beside it */
    if (result == ERR_OK && step)
        result = step(&to, ctx, err);
    if (result == ERR_OK)
        result = backup_verify(to, file, err);
    sqlite3_close(to);
    if (result == ERR_OK)
        result = file_move(temporary, file, err);
    if (result != ERR_OK)
        unlink(temporary);
    free(temporary);
    return result;
}

struct backup_filling {
    const char *dir;
    const struct backup_options *options;
    struct backup_counts *counts;
};

static int backup_fill(sqlite3 **copy, void *ctx, struct error *err)
{
    const struct backup_filling *filling = ctx;

    /* What is restored is another machine: it goes on from here beside the one that goes on there.
     */
    if (sqlite3_exec(*copy, "DELETE FROM meta WHERE key = 'machine_token'", NULL, NULL, NULL)
        != SQLITE_OK)
        return error_set(err, ERR_IO, "cannot write the copy: %s", sqlite3_errmsg(*copy));
    return backup_files_add(*copy, filling->dir, filling->options, filling->counts, err);
}

/* What SQLite's file format says at the beginning of a database. */
#define HEADER_LEN 100
#define HEADER_WRITES 18 /* 2: it has a log beside it, as a library has and no backup */
#define HEADER_APPLICATION 68

/* Only an earlier backup may be replaced. A library not even by force: the log beside it would be
 * taken for that of the copy. */
static int backup_check_target(const char *file, bool force, struct error *err)
{
    static const unsigned char ours[] = { STORE_APPLICATION_ID >> 24,
                                          STORE_APPLICATION_ID >> 16 & 0xFF,
                                          STORE_APPLICATION_ID >> 8 & 0xFF,
                                          STORE_APPLICATION_ID & 0xFF };
    unsigned char header[HEADER_LEN] = "";
    FILE *there;
    bool carrel;

    if (file_is_device(file))
        return error_set(err, ERR_USAGE, "%s is a device or a pipe; a backup is a file", file);
    if (file_size(file) <= 0)
        return ERR_OK;
    there = fopen(file, "re");
    if (!there)
        return error_errno(err, "cannot read %s", file);
    carrel = fread(header, 1, HEADER_LEN, there) == HEADER_LEN
             && memcmp(header, "SQLite format 3", 16) == 0
             && memcmp(header + HEADER_APPLICATION, ours, sizeof ours) == 0;
    fclose(there);
    if (carrel && header[HEADER_WRITES] == 2)
        return error_set(err, ERR_EXISTS,
                         "%s is a library and stays as it is: name another file for its backup",
                         file);
    return carrel || force ? ERR_OK
                           : error_set(err, ERR_EXISTS,
                                       "%s is no backup of a carrel library and stays as it is: "
                                       "backup --force replaces it",
                                       file);
}

int library_backup(struct store *store, const char *file, const struct backup_options *options,
                   struct backup_counts *counts, struct error *err)
{
    struct backup_filling filling = { store_dir(store), options ? options : &no_options, counts };

    int result = backup_check_target(file, filling.options->force, err);

    *counts = (struct backup_counts){ .files = 0 };
    return result == ERR_OK
               ? backup_to_file(store_sqlite(store), file, options, backup_fill, &filling, err)
               : result;
}

/* Of libraries of older versions, too. */
static void restore_age(struct library_age *age, sqlite3 *db, const char *file)
{
    char papers[64], changed[64], clock[64];
    int64_t said;
    struct stat st;

    backup_value(db, "SELECT count(*) FROM work", papers);
    backup_value(db, "SELECT ifnull(max(changed), 0) FROM work", changed);
    backup_value(db, "SELECT value FROM meta WHERE key = 'clock'", clock);
    said = op_stamp_ms(atoll(clock));
    age->papers = *papers ? atoll(papers) : -1;
    age->changed = atoll(changed) > said ? atoll(changed) : said;
    age->written = stat(file, &st) == 0 ? (int64_t)st.st_mtim.tv_sec * 1000 : 0;
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

/* Nobody else may open it while it is replaced: they wait, and then find the other one. What is
 * no sound library is nobody's. The log becomes part of the file. */
static int restore_hold(sqlite3 **old, const char *path, const char *dir, struct error *err)
{
    int code = sqlite3_open_v2(path, old, SQLITE_OPEN_READWRITE, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_exec(*old, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE",
                            NULL, NULL, NULL);
    if (code != SQLITE_BUSY)
        return ERR_OK;
    sqlite3_close(*old);
    *old = NULL;
    return store_check_unused(dir, err) != ERR_OK
               ? ERR_BUSY
               : error_set(err, ERR_BUSY, "%s is in use; try again", dir);
}

/* The library that is there becomes library.db.before-restore. It is copied, not renamed: its log
 * may hold what the file lacks. */
static int restore_set_aside(sqlite3 **old, const char *path, const char *dir,
                             struct restored *restored, struct error *err)
{
    static const char *const tails[] = { "-wal", "-shm" };
    char *aside = mem_printf("%s.before-restore", path);
    size_t i;
    int result = ERR_OK;

    if (file_exists(path)) {
        restored->kept = true;
        result = restore_hold(old, path, dir, err);
        if (result == ERR_OK)
            restore_age(&restored->before, *old, path);
        if (result == ERR_OK && backup_to_file(*old, aside, NULL, NULL, NULL, NULL) != ERR_OK)
            result = rename(path, aside) == 0
                         ? ERR_OK
                         : error_errno(err, "cannot keep the old library as %s", aside);
        for (i = 0; i < ARRAY_LEN(tails) && result == ERR_OK; i++) {
            char *tail = mem_printf("%s%s", path, tails[i]);

            unlink(tail);
            free(tail);
        }
    }
    free(aside);
    return result;
}

/* The files have gone to their places: the copy is written anew without them. */
static int restore_shrink(sqlite3 **copy, void *ctx, struct error *err)
{
    char *name = mem_strdup(sqlite3_db_filename(*copy, "main")), *small = mem_printf("%s.2", name);
    char *sql = sqlite3_mprintf("DROP TABLE backup_file; VACUUM INTO %Q", small);
    int code, result = ERR_OK;

    unlink(small);
    code = sqlite3_exec(*copy, sql, NULL, NULL, NULL);
    if (code != SQLITE_OK)
        result = error_set(err, code == SQLITE_FULL ? ERR_FULL : ERR_IO, "cannot write %s: %s",
                           (const char *)ctx, sqlite3_errmsg(*copy));
    sqlite3_close(*copy);
    *copy = NULL;
    if (result == ERR_OK)
        result = file_move(small, name, err);
    if (result == ERR_OK && sqlite3_open(name, copy) != SQLITE_OK)
        result = error_set(err, ERR_IO, "cannot open %s", name);
    unlink(small);
    sqlite3_free(sql);
    free(small);
    free(name);
    return result;
}

/* Made from the library that was there. */
static void restore_empty_cache(const char *dir)
{
    char *folder = path_join(dir, "cache");
    DIR *cache = opendir(folder);
    struct dirent *entry;

    while (cache && (entry = readdir(cache))) {
        char *path = path_join(folder, entry->d_name);

        if (entry->d_type == DT_REG)
            unlink(path);
        free(path);
    }
    if (cache)
        closedir(cache);
    free(folder);
}

/* The backup is sound, and may come here. */
static int restore_open(sqlite3 **from, const char *file, const char *dir, const char *path,
                        bool force, struct error *err)
{
    int result;

    if (!file_exists(file))
        return error_set(err, ERR_FAILED, "there is no file %s", file);
    if (sqlite3_open_v2(file, from, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK)
        return error_set(err, ERR_IO, "cannot open %s", file);
    result = backup_verify(*from, file, err);
    if (result == ERR_OK)
        result = store_check_unused(dir, err);
    if (result == ERR_OK)
        result = restore_check_target(dir, path, force, err);
    return result == ERR_OK ? folder_make(dir, err) : result;
}

int library_restore(const char *file, const char *library_dir, bool force,
                    const struct backup_options *options, struct restored *restored,
                    struct error *err)
{
    char *path = path_join(library_dir, "library.db");
    sqlite3 *from = NULL, *old = NULL;
    bool files = false;
    int result = restore_open(&from, file, library_dir, path, force, err);

    options = options ? options : &no_options;
    *restored = (struct restored){ .before = { .papers = -1 } };
    if (result == ERR_OK) {
        files = backup_files_has(from);
        restore_age(&restored->backup, from, file);
    }
    if (files)
        result = backup_files_take(from, library_dir, options, &restored->counts, err);
    if (result == ERR_OK)
        result = restore_set_aside(&old, path, library_dir, restored, err);
    if (result == ERR_OK)
        result = backup_to_file(from, path, options, files ? restore_shrink : NULL, path, err);
    if (result == ERR_OK)
        restore_empty_cache(library_dir);
    sqlite3_close(old);
    sqlite3_close(from);
    free(path);
    return result;
}
