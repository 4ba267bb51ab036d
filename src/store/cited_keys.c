/*
 * Keys of the entries that older libraries have, read out of their records once.
 */
#include "internal.h"

#include "carrel/citation.h"

#include <string.h>

static int key_keep(struct store *store, int64_t id, const char *key, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "INSERT INTO cited_key(record_id, key) VALUES(?1, ?2)", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, key);
    return stmt_run(stmt, err);
}

static int key_convert(struct store *store, struct arena *arena, int64_t id, const void *bytes,
                       size_t len, struct error *err)
{
    struct str plain = STR_INIT, key = STR_INIT;
    struct record record;
    int result = bytes_unpack(&plain, bytes, len, err);

    if (result == ERR_OK)
        result = record_unpack(&record, arena, plain.ptr, plain.len, err);
    if (result == ERR_OK && citation_key(&key, arena, &record.cited))
        result = key_keep(store, id, key.ptr, err);
    str_free(&plain);
    str_free(&key);
    return result;
}

int cited_keys_convert(struct store *store, struct error *err)
{
    struct arena *arena = arena_new();
    struct stmt *stmt;
    int step = ERR_OK;
    int result = stmt_prepare_once(&stmt, store,
                                   "SELECT id, payload FROM record WHERE source IN ('bibtex', "
                                   "'csl', 'ris')",
                                   err);

    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        size_t len;
        const void *bytes = stmt_blob(stmt, 1, &len);

        arena_reset(arena);
        result = key_convert(store, arena, stmt_int(stmt, 0), bytes, len, err);
        if (result == ERR_CORRUPT) /* the doctor tells of it */
            result = ERR_OK;
    }
    stmt_free(stmt);
    arena_free(arena);
    return result != ERR_OK ? result : step;
}
