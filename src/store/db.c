/*
 * Connections, transactions and statements: all of SQLite's idiom ends here.
 *
 * Writers take SQLite's write lock at the start of a transaction (BEGIN IMMEDIATE), so that waiting
 * happens in one place, in short random sleeps that a cancel ends. Nobody is shown "database is
 * locked".
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/lengths.h"
#include "carrel/mem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BUSY_MS 30000
#define PROGRESS_OPS 4000 /* virtual machine steps between looks at the cancel flag */

static bool store_cancelled(const struct store *store)
{
    const atomic_bool *cancel = atomic_load(&store->cancel);

    return cancel && atomic_load(cancel);
}

static int store_progress(void *ctx)
{
    return store_cancelled(ctx);
}

/* Sleeps 1 to 5 ms and says whether to try again. */
static int store_busy(void *ctx, int count)
{
    struct store *store = ctx;

    if (count == 0)
        store->busy_since = clock_ticks_ms();
    if (store_cancelled(store) || clock_ticks_ms() - store->busy_since > store->busy_ms)
        return 0;
    usleep(1000 + (unsigned)rand() % 4000);
    return 1;
}

int store_error(struct store *store, struct error *err, const char *doing)
{
    int code = sqlite3_extended_errcode(store->db);

    switch (code & 0xFF) {
    case SQLITE_INTERRUPT:
        return error_set(err, ERR_CANCELLED, "%s: stopped", doing);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        if (store_cancelled(store))
            return error_set(err, ERR_CANCELLED, "%s: stopped", doing);
        return error_set(
            err, ERR_BUSY,
            "%s: another carrel has been writing to %s for %lld s; try again when it is done",
            doing, store->dir, (long long)store->busy_ms / 1000);
    case SQLITE_FULL:
        return error_set(err, ERR_FULL,
                         "%s: the disk that holds %s is full; nothing was lost, free some room "
                         "and do it again",
                         doing, store->dir);
    case SQLITE_IOERR:
        return error_set(err, ERR_IO, "%s: the disk that holds %s reports an error (%s)", doing,
                         store->dir, sqlite3_errmsg(store->db));
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return error_set(err, ERR_READONLY, "%s: %s/library.db may not be written", doing,
                         store->dir);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_set(
            err, ERR_CORRUPT,
            "%s: %s/library.db is damaged (%s); run 'carrel doctor', or restore a backup", doing,
            store->dir, sqlite3_errmsg(store->db));
    case SQLITE_CANTOPEN:
        return error_set(err, ERR_IO, "%s: cannot open %s/library.db", doing, store->dir);
    case SQLITE_NOMEM:
        die("out of memory (SQLite)");
    default:
        return error_set(err, ERR_FAILED, "%s: %s", doing, sqlite3_errmsg(store->db));
    }
}

int store_exec(struct store *store, const char *sql, struct error *err)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_error(store, err, "library");
    return ERR_OK;
}

static int store_set_up(struct store *store, const struct store_options *options, struct error *err)
{
    char pragma[160];
    int result;

    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_handler(store->db, store_busy, store);
    sqlite3_progress_handler(store->db, PROGRESS_OPS, store_progress, store);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 0, NULL);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    snprintf(pragma, sizeof pragma,
             "PRAGMA cache_size = -%d; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY",
             options->cache_kib > 0 ? options->cache_kib : 8192);
    result = store_exec(store, pragma, err);
    if (result == ERR_OK)
        result = store_exec(store, "PRAGMA mmap_size = 1073741824", err);
    if (result == ERR_OK)
        result = tokenizer_register(store, err);
    if (result == ERR_OK && !store->read_only)
        result = store_exec(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", err);
    return result;
}

/* A file that is there decides: a folder we may not write is opened for reading. */
static int store_open_file(struct store *store, const struct store_options *options,
                           struct error *err)
{
    char *path = path_join(store->dir, "library.db");
    bool there = file_exists(path);
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    int result = ERR_OK;

    if (!there && !options->create) {
        result = error_set(err, ERR_NOTFOUND, "no library in %s", store->dir);
        goto out;
    }
    if (!there)
        result = folder_make(store->dir, err);
    if (result != ERR_OK)
        goto out;
    store->read_only = options->read_only || (there && access(path, W_OK) != 0);
    flags |= store->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK) {
        result = store->db ? store_error(store, err, "open")
                           : error_set(err, ERR_IO, "cannot open %s", path);
        goto out;
    }
    result = store_set_up(store, options, err);
    if (result == ERR_OK)
        result = schema_migrate(store, err);
out:
    free(path);
    return result;
}

int store_open(struct store **out, const char *dir, const struct store_options *options,
               struct error *err)
{
    struct store *store = mem_zalloc(sizeof *store);
    int result;

    *out = NULL;
    store->dir = mem_strdup(dir);
    store->busy_ms = options->busy_ms > 0 ? options->busy_ms : BUSY_MS;
    store->statements = hashmap_new();
    result = store_open_file(store, options, err);
    if (result != ERR_OK) {
        store_close(store);
        return result;
    }
    *out = store;
    return ERR_OK;
}

void store_close(struct store *store)
{
    const char *key;
    uint64_t *value;
    size_t at = 0, len;

    if (!store)
        return;
    while (hashmap_next(store->statements, &at, &key, &len, &value)) {
        struct stmt *stmt = (struct stmt *)(uintptr_t)*value;

        sqlite3_finalize(stmt->handle);
        free(stmt);
    }
    hashmap_free(store->statements);
    lengths_close(store->lengths);
    sqlite3_close_v2(store->db);
    free(store->dir);
    free(store);
}

const char *store_versions(void)
{
    static char text[80];

    snprintf(text, sizeof text, "SQLite %s, zlib %s", sqlite3_libversion(), zlibVersion());
    return text;
}

const char *store_dir(const struct store *store)
{
    return store->dir;
}

void store_set_cancel(struct store *store, const atomic_bool *cancel)
{
    atomic_store(&store->cancel, cancel);
}

struct sqlite3 *store_sqlite(struct store *store)
{
    return store->db;
}

int store_begin(struct store *store, struct error *err)
{
    assert(sqlite3_get_autocommit(store->db));
    if (sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return store_error(store, err, "write");
    return ERR_OK;
}

int store_commit(struct store *store, struct error *err)
{
    int result;

    if (sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
        return ERR_OK;
    result = store_error(store, err, "write");
    store_rollback(store);
    return result;
}

void store_rollback(struct store *store)
{
    const atomic_bool *cancel = atomic_exchange(&store->cancel, NULL); /* must not be interrupted */

    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->step = 0;
    atomic_store(&store->cancel, cancel);
}

bool store_in_transaction(const struct store *store)
{
    return !sqlite3_get_autocommit(store->db);
}

int64_t store_data_version(struct store *store)
{
    int64_t version = 0;

    store_query_int(store, "PRAGMA data_version", &version, NULL);
    return version + (int64_t)sqlite3_total_changes64(store->db);
}

int64_t store_last_id(const struct store *store)
{
    return sqlite3_last_insert_rowid(store->db);
}

/* ---- statements ---- */

int stmt_prepare_once(struct stmt **out, struct store *store, const char *sql, struct error *err)
{
    struct stmt *stmt;
    sqlite3_stmt *handle = NULL;

    *out = NULL;
    if (sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL)
        != SQLITE_OK)
        return store_error(store, err, "library");
    stmt = mem_zalloc(sizeof *stmt);
    stmt->store = store;
    stmt->handle = handle;
    *out = stmt;
    return ERR_OK;
}

void stmt_free(struct stmt *stmt)
{
    if (!stmt)
        return;
    sqlite3_finalize(stmt->handle);
    free(stmt);
}

int stmt_prepare(struct stmt **out, struct store *store, const char *sql, struct error *err)
{
    uint64_t *kept = hashmap_get(store->statements, sql, strlen(sql));
    int result;

    if (kept) {
        *out = (struct stmt *)(uintptr_t)*kept;
        stmt_reset(*out);
        return ERR_OK;
    }
    result = stmt_prepare_once(out, store, sql, err);
    if (result == ERR_OK)
        *hashmap_put(store->statements, sql, strlen(sql), NULL) = (uint64_t)(uintptr_t)*out;
    return result;
}

void stmt_bind_int(struct stmt *stmt, int at, int64_t value)
{
    sqlite3_bind_int64(stmt->handle, at, value);
}

void stmt_bind_double(struct stmt *stmt, int at, double value)
{
    sqlite3_bind_double(stmt->handle, at, value);
}

void stmt_bind_text(struct stmt *stmt, int at, const char *text)
{
    if (text)
        sqlite3_bind_text(stmt->handle, at, text, -1, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(stmt->handle, at);
}

void stmt_bind_text_n(struct stmt *stmt, int at, const char *text, size_t len)
{
    sqlite3_bind_text64(stmt->handle, at, text, len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

void stmt_bind_blob(struct stmt *stmt, int at, const void *bytes, size_t len)
{
    sqlite3_bind_blob64(stmt->handle, at, bytes, len, SQLITE_TRANSIENT);
}

void stmt_bind_pointer(struct stmt *stmt, int at, void *pointer, const char *type)
{
    sqlite3_bind_pointer(stmt->handle, at, pointer, type, NULL);
}

void stmt_bind_null(struct stmt *stmt, int at)
{
    sqlite3_bind_null(stmt->handle, at);
}

int stmt_step(struct stmt *stmt, struct error *err)
{
    int code = sqlite3_step(stmt->handle);

    if (code == SQLITE_ROW)
        return 1;
    if (code == SQLITE_DONE)
        return 0;
    code = store_error(stmt->store, err, "library");
    stmt_reset(stmt);
    return code;
}

int stmt_run(struct stmt *stmt, struct error *err)
{
    int step;

    do
        step = stmt_step(stmt, err);
    while (step == 1);
    stmt_reset(stmt);
    return step;
}

int64_t stmt_int(struct stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->handle, column);
}

double stmt_double(struct stmt *stmt, int column)
{
    return sqlite3_column_double(stmt->handle, column);
}

const char *stmt_text(struct stmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt->handle, column);

    return text ? (const char *)text : "";
}

bool stmt_is_null(struct stmt *stmt, int column)
{
    return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}

const void *stmt_blob(struct stmt *stmt, int column, size_t *len)
{
    const void *bytes = sqlite3_column_blob(stmt->handle, column);

    *len = (size_t)sqlite3_column_bytes(stmt->handle, column);
    return bytes;
}

void stmt_reset(struct stmt *stmt)
{
    sqlite3_reset(stmt->handle);
    sqlite3_clear_bindings(stmt->handle);
}

int store_query_int(struct store *store, const char *sql, int64_t *value, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    result = stmt_step(stmt, err);
    if (result == 1)
        *value = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0    ? result
           : result == 1 ? ERR_OK
                         : error_set(err, ERR_NOTFOUND, "no row for: %s", sql);
}
