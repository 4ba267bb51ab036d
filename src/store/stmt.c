/*
 * Statements, cached by their SQL text for as long as the connection lives.
 */
#include "internal.h"

#include "carrel/mem.h"
#include "carrel/record.h"

#include <stdlib.h>
#include <string.h>

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

int stmt_texts(struct stmt *stmt, struct text_list *list, struct arena *arena, struct error *err)
{
    int step;

    while ((step = stmt_step(stmt, err)) == 1)
        text_list_add(list, arena, stmt_text(stmt, 0), strlen(stmt_text(stmt, 0)));
    stmt_reset(stmt);
    return step;
}

int texts_of(struct store *store, struct arena *arena, const char *sql, int64_t id,
             struct text_list *list, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    return stmt_texts(stmt, list, arena, err);
}

int stmt_ints(int64_t **out, size_t *count, struct stmt *stmt, struct arena *arena,
              struct error *err)
{
    size_t cap = 0;
    int step;

    *out = NULL;
    *count = 0;
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap, stmt_int(stmt, 0));
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

char *stmt_dup(struct stmt *stmt, int column, struct arena *arena)
{
    return arena_strdup(arena, stmt_text(stmt, column));
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

int store_lookup(struct store *store, int64_t *value, const char *sql, const char *text, int64_t a,
                 int64_t b, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    if (text)
        stmt_bind_text(stmt, 1, text);
    else
        stmt_bind_int(stmt, 1, a);
    if (strstr(sql, "?2"))
        stmt_bind_int(stmt, 2, b);
    result = stmt_step(stmt, err);
    if (result == 1)
        *value = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : result == 1 ? ERR_OK : ERR_NOTFOUND;
}

int store_run(struct store *store, const char *sql, int64_t a, int64_t b, const char *text,
              struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, a);
    if (strstr(sql, "?2"))
        stmt_bind_int(stmt, 2, b);
    if (strstr(sql, "?3"))
        stmt_bind_text(stmt, 3, text);
    return stmt_run(stmt, err);
}
