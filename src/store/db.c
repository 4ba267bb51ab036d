/*
 * Connections, transactions and statements: all of SQLite's idiom ends here.
 *
 * Writers take SQLite's write lock at the start of a transaction (BEGIN IMMEDIATE), so that waiting
 * happens in one place, in short random sleeps that a cancel ends. Nobody is shown "database is
 * locked".
 */
#include "internal.h"
#include "segments_internal.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/lengths.h"
#include "carrel/mem.h"
#include "carrel/vectors.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BUSY_MS 30000
#define OPEN_TRIES 3
#define CACHE_KIB 8192
#define MAPPED_BYTES (64 << 20) /* counts as memory of each connection that reads it */
#define PROGRESS_OPS 4000       /* virtual machine steps between looks at the cancel flag */

bool store_is_cancelled(const struct store *store)
{
    const atomic_bool *cancel = atomic_load(&store->cancel);

    return cancel && atomic_load(cancel);
}

static int store_progress(void *ctx)
{
    return store_is_cancelled(ctx);
}

/* Sleeps 1 to 5 ms and says whether to try again. */
static int store_busy(void *ctx, int count)
{
    struct store *store = ctx;

    if (count == 0)
        store->busy_since = clock_ticks_ms();
    if (store_is_cancelled(store) || clock_ticks_ms() - store->busy_since > store->busy_ms)
        return 0;
    usleep(1000
           + (unsigned)hash64(&(int64_t){ clock_ticks_us() }, sizeof(int64_t), (uintptr_t)store)
                 % 4000);
    return 1;
}

int store_exec(struct store *store, const char *sql, struct error *err)
{
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_error(store, err, "library");
    return ERR_OK;
}

/* What every connection has, before it has read a byte of the file. */
static int store_set_up(struct store *store, const struct store_options *options, struct error *err)
{
    char pragma[200];
    int result;

    store->cache_kib = options->cache_kib > 0 ? options->cache_kib : CACHE_KIB;
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_handler(store->db, store_busy, store);
    sqlite3_progress_handler(store->db, PROGRESS_OPS, store_progress, store);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* Without it a statement that binds a column which a partial index compares (op's kind) is
     * parsed and planned anew for each value, since it might be the index's. */
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL);
    snprintf(pragma, sizeof pragma,
             "PRAGMA cache_size = -%d; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; "
             "PRAGMA mmap_size = %d; PRAGMA synchronous = FULL",
             store->cache_kib, MAPPED_BYTES);
    result = store_exec(store, pragma, err);
    return result == ERR_OK ? tokenizer_register(store, err) : result;
}

int store_set_cache(struct store *store, int kib, struct error *err)
{
    char pragma[64];

    snprintf(pragma, sizeof pragma, "PRAGMA cache_size = -%d",
             kib > store->cache_kib ? kib : store->cache_kib);
    return store_exec(store, pragma, err);
}

/* Changing the journal's mode needs the file for itself, and SQLite does not call the busy handler
 * when another process is doing the same: so it is tried again here. */
static int store_use_wal(struct store *store, struct error *err)
{
    int result, count = 0;

    do
        result = store_exec(store, "PRAGMA journal_mode = WAL", err);
    while (result == ERR_BUSY && store_busy(store, count++));
    return result;
}

/* A folder that may not be written has no room for SQLite's -wal and -shm. Without a log there is
 * nobody writing, and the file can be read as one that does not change. */
static char *store_uri(const char *path, bool frozen)
{
    struct str uri = STR_INIT;
    const char *at;

    str_add(&uri, "file:");
    for (at = path; *at; at++)
        if (strchr("?#%", *at))
            str_printf(&uri, "%%%02X", (unsigned)(unsigned char)*at);
        else
            str_add_char(&uri, *at);
    if (frozen)
        str_add(&uri, "?immutable=1");
    return str_take(&uri);
}

static int store_open_handle(struct store *store, const char *path, struct error *err)
{
    char *log = mem_printf("%s-wal", path);
    bool folder_writable = access(store->dir, W_OK) == 0;
    bool frozen = store->read_only && !folder_writable && !file_exists(log);
    char *uri = store_uri(path, frozen);
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_URI;
    int result = ERR_OK;

    flags |= store->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (sqlite3_open_v2(uri, &store->db, flags, NULL) != SQLITE_OK)
        result = store->db ? store_error(store, err, "open")
                           : error_set(err, ERR_IO, "cannot open %s", path);
    free(uri);
    free(log);
    return result;
}

/* Another file has taken the place of the one that is open (a backup was restored while we waited
 * for it): nothing may be written beside that. */
static bool store_has_moved(const struct store *store)
{
    int moved = 0;

    return sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK
           && moved;
}

/* Before the first write of any kind: not every file of this name is ours to change. */
static int store_open_checked(struct store *store, const char *path,
                              const struct store_options *options, struct error *err)
{
    int tries, result = ERR_OK;

    for (tries = 0; tries < OPEN_TRIES && (tries == 0 || store_has_moved(store)); tries++) {
        sqlite3_close(store->db);
        store->db = NULL;
        result = store_open_handle(store, path, err);
        if (result == ERR_OK)
            result = store_set_up(store, options, err);
        if (result == ERR_OK)
            result = schema_check(store, err);
        if (result != ERR_OK)
            break;
    }
    return result;
}

/* A file that is there decides: one we may not write, or in such a folder, is opened for reading.
 */
static int store_open_file(struct store *store, const struct store_options *options,
                           struct error *err)
{
    char *path = path_join(store->dir, "library.db");
    bool there = file_exists(path);
    int result = ERR_OK;

    if (!there && !options->create) {
        result = error_set(err, ERR_NOTFOUND, "no library in %s", store->dir);
        goto out;
    }
    if (!there)
        result = folder_make(store->dir, err);
    if (result != ERR_OK)
        goto out;
    store->read_only =
        options->read_only || (there && (access(path, W_OK) != 0 || access(store->dir, W_OK) != 0));
    result = store_open_checked(store, path, options, err);
    if (result == ERR_OK && !store->read_only)
        result = store_use_wal(store, err);
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
    store->lengths_lock = -1;
    store->token = segment_new_name();
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
    vectors_close(store->vectors);
    segments_close(store->segments);
    lengths_release(store);
    sqlite3_close_v2(store->db);
    if (store->found_keys)
        store->found_release(store->found_keys);
    free(store->cite_form);
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

void store_set_busy(struct store *store, int64_t ms)
{
    store->busy_ms = ms;
}

void store_set_cancel(struct store *store, const atomic_bool *cancel)
{
    atomic_store(&store->cancel, cancel);
}

void store_set_cite_form(struct store *store, const char *form)
{
    free(store->cite_form);
    store->cite_form = form ? mem_strdup(form) : NULL;
}

const char *store_cite_form(const struct store *store)
{
    return store->cite_form;
}

struct sqlite3 *store_sqlite(struct store *store)
{
    return store->db;
}

bool *store_rank_ready(struct store *store)
{
    return &store->rank_ready;
}

void **store_found_keys(struct store *store, void (*release)(void *))
{
    store->found_release = release;
    return &store->found_keys;
}

bool store_read_only(const struct store *store)
{
    return sqlite3_db_readonly(store->db, "main") == 1;
}

int store_begin_read(struct store *store, struct error *err)
{
    assert(sqlite3_get_autocommit(store->db));
    return store_exec(store, "BEGIN", err);
}

int store_check_write(struct store *store, struct error *err)
{
    return store_read_only(store) ? failure_read_only(store, err, "cannot write") : ERR_OK;
}

int store_begin(struct store *store, struct error *err)
{
    int result = store_check_write(store, err);

    assert(sqlite3_get_autocommit(store->db));
    if (result != ERR_OK) /* SQLite itself would begin, and fail at the first row */
        return result;
    if (sqlite3_exec(store->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return store_error(store, err, "cannot write");
    store->writing = true;
    store->machine = 0;
    store->machine_hex[0] = '\0';
    store->clock_known = store->clock_moved = false;
    return ERR_OK;
}

/* The setting can only be changed outside a transaction, and is the connection's until changed
 * back. */
static void store_set_light(struct store *store, bool on)
{
    if (store->light != on)
        sqlite3_exec(store->db, on ? "PRAGMA synchronous = NORMAL" : "PRAGMA synchronous = FULL",
                     NULL, NULL, NULL);
    store->light = on;
}

int store_begin_light(struct store *store, struct error *err)
{
    int result;

    store_set_light(store, true);
    result = store_begin(store, err);
    if (result != ERR_OK)
        store_set_light(store, false);
    return result;
}

int store_commit(struct store *store, struct error *err)
{
    int result = clock_flush(store, err);

    if (result == ERR_OK && sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK) {
        lengths_release(store);
        store_set_light(store, false);
        return ERR_OK;
    }
    if (result == ERR_OK)
        result = store_error(store, err, "cannot write");
    store_rollback(store);
    return result;
}

void store_rollback(struct store *store)
{
    const atomic_bool *cancel = atomic_exchange(&store->cancel, NULL); /* must not be interrupted */

    if (!sqlite3_get_autocommit(store->db))
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->step = store->redoes = 0;
    store->writing = store->clock_known = store->clock_moved = false;
    lengths_release(store);
    store_set_light(store, false);
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
