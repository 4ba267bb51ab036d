/*
 * The entries of bibliographies among a work's records.
 */
#include "carrel/cited.h"

#include "internal.h"

#include <string.h>

int cited_read(struct text_list *out, struct store *store, struct arena *arena, int64_t work,
               struct error *err)
{
    struct record record;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT r.payload FROM record r JOIN cited_key c ON c.record_id = "
                              "r.id WHERE r.work_id = ?1 AND r.current ORDER BY r.fetched DESC, "
                              "r.id DESC LIMIT 1",
                              err);

    memset(out, 0, sizeof *out);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1) {
        size_t len;
        const void *bytes = stmt_blob(stmt, 0, &len);

        step = payload_unpack(&record, arena, bytes, len, err);
        if (step == ERR_OK)
            *out = record.cited;
    }
    stmt_reset(stmt);
    return step;
}

int cited_key(struct str *out, struct store *store, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT c.key FROM record r JOIN cited_key c ON c.record_id = r.id "
                              "WHERE r.work_id = ?1 AND r.current ORDER BY r.fetched DESC, r.id "
                              "DESC LIMIT 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1)
        str_add(out, stmt_text(stmt, 0));
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* Works of this key, as far as no later entry calls them otherwise. */
static int keys_of_one(struct store *store, const char *key,
                       int (*each)(void *ctx, int64_t work, const char *key), void *ctx,
                       struct error *err)
{
    struct str latest = STR_INIT;
    struct stmt *stmt;
    int step = ERR_OK;
    int result = stmt_prepare(&stmt, store,
                              "SELECT DISTINCT r.work_id FROM cited_key c JOIN record r ON r.id = "
                              "c.record_id WHERE c.key = ?1 AND c.key != '' AND r.current ORDER BY "
                              "r.work_id",
                              err);

    if (result == ERR_OK)
        stmt_bind_text(stmt, 1, key);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        int64_t work = stmt_int(stmt, 0);

        str_clear(&latest);
        result = cited_key(&latest, store, work, err);
        if (result == ERR_OK && strcmp(latest.ptr, key) == 0)
            result = each(ctx, work, key);
    }
    stmt_reset(stmt);
    str_free(&latest);
    return result != ERR_OK ? result : step;
}

int cited_keys(struct store *store, const char *key,
               int (*each)(void *ctx, int64_t work, const char *key), void *ctx,
               struct error *err)
{
    int64_t last = 0;
    struct stmt *stmt;
    int step = ERR_OK, result;

    if (key)
        return keys_of_one(store, key, each, ctx, err);
    result = stmt_prepare(&stmt, store,
                          "SELECT r.work_id, c.key FROM cited_key c CROSS JOIN record r ON r.id = "
                          "c.record_id WHERE r.current ORDER BY r.work_id, r.fetched DESC, r.id "
                          "DESC",
                          err);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        if (stmt_int(stmt, 0) == last) /* one that was imported before */
            continue;
        last = stmt_int(stmt, 0);
        if (*stmt_text(stmt, 1))
            result = each(ctx, last, stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return result != ERR_OK ? result : step;
}

static void works_record(struct record *out, struct arena *arena, struct stmt *stmt)
{
    const char *names = stmt_text(stmt, 3);

    *out = (struct record){ .id = arena_strdup(arena, stmt_text(stmt, 1)),
                            .title = arena_strdup(arena, stmt_text(stmt, 2)),
                            .published = arena_strdup(arena, stmt_text(stmt, 4)) };
    while (*names) {
        size_t len = strcspn(names, "\n");

        text_list_add(&out->authors, arena, names, len);
        names += len + (names[len] == '\n');
    }
}

int cited_works(struct store *store, int32_t first, int32_t last,
                int (*each)(void *ctx, int64_t work, const struct record *), void *ctx,
                struct error *err)
{
    struct arena *arena = arena_new();
    struct stmt *stmt;
    int step = ERR_OK;
    int result = stmt_prepare(&stmt, store,
                              "SELECT w.id, w.key, t.title, t.authors, t.published FROM work w "
                              "JOIN work_text t ON t.id = w.id WHERE w.day BETWEEN ?1 AND ?2 "
                              "ORDER BY w.id",
                              err);

    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, first);
        stmt_bind_int(stmt, 2, last);
    }
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        struct record record;

        arena_reset(arena);
        works_record(&record, arena, stmt);
        result = each(ctx, stmt_int(stmt, 0), &record);
    }
    if (result == ERR_OK)
        result = step;
    stmt_reset(stmt);
    arena_free(arena);
    return result;
}
