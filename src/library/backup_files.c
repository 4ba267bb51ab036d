/*
 * Files of documents in a backup: rows of pieces behind the library's own tables.
 *
 * The pieces of one file follow each other in the order of their ids. On the way in each file is
 * compared with the hash that names it, and again on the way out, so that a backup neither keeps
 * nor gives back anything damaged without a word.
 */
#include "backup.h"

#include "carrel/documents.h"
#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE (1 << 20)
#define FILE_MAX (4LL << 30)
#define HASH_LEN 64

/* Whether a file could be had again is told by where it came from. */
#define FROM_THE_NETWORK "(origin LIKE 'http://%' OR origin LIKE 'https://%')"

static int sql_error(sqlite3 *db, const char *what, struct error *err)
{
    int code = sqlite3_errcode(db);

    return error_set(err, code == SQLITE_FULL ? ERR_FULL : ERR_IO, "%s: %s", what,
                     code == SQLITE_FULL ? "no room left" : sqlite3_errmsg(db));
}

static bool stopped(const struct backup_options *options)
{
    return options->cancel && atomic_load(options->cancel);
}

static void show(const struct backup_options *options, int64_t done, int64_t total)
{
    if (options->progress)
        options->progress(options->ctx, "documents", done, total);
}

/* ---- in ---- */

static int add_pieces(sqlite3_stmt *insert, const char *sha, int fd, unsigned char *piece,
                      struct error *err)
{
    bool any = false; /* an empty file is one empty piece */
    ssize_t got;

    while ((got = read(fd, piece, PIECE)) != 0 || !any) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, "the file of document %.16s", sha);
        sqlite3_bind_text(insert, 1, sha, HASH_LEN, SQLITE_STATIC);
        sqlite3_bind_blob(insert, 2, piece, (int)got, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE)
            return sql_error(sqlite3_db_handle(insert), "backup", err);
        sqlite3_reset(insert);
        any = true;
    }
    return ERR_OK;
}

/* A file that is gone or is not what its name says is counted, and left out. */
static int add_file(sqlite3_stmt *insert, const char *path, const char *sha, unsigned char *piece,
                    struct backup_counts *counts, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), result;
    struct error why = { 0 };
    char found[HASH_LEN + 1];
    int64_t bytes;

    if (fd < 0) {
        counts->missing++;
        return ERR_OK;
    }
    result = sha256_copy(found, &bytes, fd, -1, FILE_MAX, &why);
    if (result != ERR_OK || strcmp(found, sha) != 0 || lseek(fd, 0, SEEK_SET) != 0) {
        log_write(LOG_ERROR, "%s: %s", path, result ? why.message : "its content has changed");
        counts->missing++;
        result = ERR_OK;
    } else {
        result = add_pieces(insert, sha, fd, piece, err);
        counts->files++;
        counts->bytes += bytes;
    }
    close(fd);
    return result;
}

static int add_files(sqlite3 *to, const char *dir, const struct backup_options *options,
                     struct backup_counts *counts, struct error *err)
{
    sqlite3_stmt *files = NULL, *insert = NULL;
    unsigned char *piece = mem_alloc(PIECE);
    int64_t total = 0, done = 0;
    int result = ERR_OK, step = SQLITE_DONE;

    if (sqlite3_prepare_v2(to,
                           "SELECT sha256, bytes, sum(bytes) OVER () FROM document WHERE state <> "
                           "'refused' AND (?1 OR NOT " FROM_THE_NETWORK ") ORDER BY id",
                           -1, &files, NULL)
            != SQLITE_OK
        || sqlite3_prepare_v2(to, "INSERT INTO backup_file(sha256, bytes) VALUES(?1, ?2)", -1,
                              &insert, NULL)
               != SQLITE_OK)
        result = sql_error(to, "backup", err);
    sqlite3_bind_int(files, 1, options->all_files);
    while (result == ERR_OK && (step = sqlite3_step(files)) == SQLITE_ROW) {
        const char *sha = (const char *)sqlite3_column_text(files, 0);
        char *path = mem_printf("%s/files/%.2s/%s", dir, sha, sha);

        done += sqlite3_column_int64(files, 1);
        total = sqlite3_column_int64(files, 2);
        result = stopped(options) ? error_set(err, ERR_CANCELLED, "stopped")
                                  : add_file(insert, path, sha, piece, counts, err);
        show(options, done, total);
        free(path);
    }
    if (result == ERR_OK && step != SQLITE_DONE)
        result = sql_error(to, "backup", err);
    sqlite3_finalize(files);
    sqlite3_finalize(insert);
    free(piece);
    return result;
}

static int64_t number(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    int64_t value = 0;

    if (sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK
        && sqlite3_step(stmt) == SQLITE_ROW)
        value = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    return value;
}

int backup_files_add(sqlite3 *to, const char *dir, const struct backup_options *options,
                     struct backup_counts *counts, struct error *err)
{
    int result;

    if (!options->all_files)
        counts->left = number(to, "SELECT count(*) FROM document WHERE state <> 'refused' AND "
                                  "" FROM_THE_NETWORK);
    if (sqlite3_exec(to,
                     "BEGIN; CREATE TABLE backup_file("
                     "id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, bytes BLOB NOT NULL)",
                     NULL, NULL, NULL)
        != SQLITE_OK)
        return sql_error(to, "backup", err);
    result = add_files(to, dir, options, counts, err);
    if (result == ERR_OK && counts->files == 0)
        sqlite3_exec(to, "DROP TABLE backup_file", NULL, NULL, NULL);
    if (result == ERR_OK && sqlite3_exec(to, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        result = sql_error(to, "backup", err);
    return result;
}

/* ---- out ---- */

bool backup_files_has(sqlite3 *from)
{
    return number(from, "SELECT count(*) FROM sqlite_schema WHERE name = 'backup_file'") > 0;
}

struct unpacking {
    const char *dir;
    char *copy; /* what is being written */
    int fd;     /* -1: nothing */
    char sha[HASH_LEN + 1];
};

static bool is_hash(const char *text)
{
    return text && strlen(text) == HASH_LEN && strspn(text, "0123456789abcdef") == HASH_LEN;
}

static int file_begin(struct unpacking *un, const char *sha, struct error *err)
{
    memcpy(un->sha, sha, sizeof un->sha);
    un->fd = open(un->copy, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return un->fd < 0 ? error_errno(err, "%s", un->copy) : ERR_OK;
}

/* All pieces are there: to its place, when it is what its name says. */
static int file_end(struct unpacking *un, struct backup_counts *counts, struct error *err)
{
    char *place = mem_printf("%s/files/%.2s/%s", un->dir, un->sha, un->sha);
    char found[HASH_LEN + 1];
    int64_t bytes = 0;
    int result = ERR_OK;

    if (fsync(un->fd) != 0 || lseek(un->fd, 0, SEEK_SET) != 0)
        result = error_errno(err, "%s", un->copy);
    if (result == ERR_OK)
        result = sha256_copy(found, &bytes, un->fd, -1, FILE_MAX, err);
    if (result == ERR_OK && strcmp(found, un->sha) != 0)
        result = error_set(err, ERR_CORRUPT, "the backup is damaged: the file of document %.16s",
                           un->sha);
    if (result == ERR_OK)
        result = file_move(un->copy, place, err);
    close(un->fd);
    un->fd = -1;
    counts->files++;
    counts->bytes += bytes;
    free(place);
    return result;
}

static int take_piece(struct unpacking *un, sqlite3_stmt *pieces, struct backup_counts *counts,
                      struct error *err)
{
    const char *sha = (const char *)sqlite3_column_text(pieces, 0);
    const void *bytes = sqlite3_column_blob(pieces, 1);
    int result = ERR_OK;

    if (!is_hash(sha))
        return error_set(err, ERR_CORRUPT, "the backup is damaged: a file without a hash");
    if (un->fd >= 0 && strcmp(un->sha, sha) != 0)
        result = file_end(un, counts, err);
    if (result == ERR_OK && un->fd < 0)
        result = file_begin(un, sha, err);
    return result == ERR_OK
               ? fd_write_all(un->fd, bytes, (size_t)sqlite3_column_bytes(pieces, 1), err)
               : result;
}

int backup_files_take(sqlite3 *from, const char *dir, const struct backup_options *options,
                      struct backup_counts *counts, struct error *err)
{
    int64_t total = number(from, "SELECT sum(length(bytes)) FROM backup_file");
    struct unpacking un = { .dir = dir, .fd = -1 };
    char *folder = path_join(dir, "files");
    sqlite3_stmt *pieces = NULL;
    int step = SQLITE_DONE, result = folder_make(folder, err);

    un.copy = mem_printf("%s/.%ld.restore.tmp", folder, (long)getpid());
    if (result == ERR_OK
        && sqlite3_prepare_v2(from, "SELECT sha256, bytes FROM backup_file ORDER BY id", -1,
                              &pieces, NULL)
               != SQLITE_OK)
        result = sql_error(from, "backup", err);
    while (result == ERR_OK && (step = sqlite3_step(pieces)) == SQLITE_ROW) {
        result = stopped(options) ? error_set(err, ERR_CANCELLED, "stopped")
                                  : take_piece(&un, pieces, counts, err);
        show(options, counts->bytes, total);
    }
    if (result == ERR_OK && step != SQLITE_DONE)
        result = sql_error(from, "backup", err);
    if (result == ERR_OK && un.fd >= 0)
        result = file_end(&un, counts, err);
    if (un.fd >= 0)
        close(un.fd);
    if (result != ERR_OK)
        unlink(un.copy);
    sqlite3_finalize(pieces);
    free(un.copy);
    free(folder);
    return result;
}
