/*
 * The entries of bibliographies among a work's records.
 */
#include "carrel/cited.h"

#include "internal.h"

#include <string.h>

#define SOURCES "('bibtex', 'csl', 'ris')"

int cited_read(struct text_list *out, struct store *store, struct arena *arena, int64_t work,
               struct error *err)
{
    struct record record;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT payload FROM record WHERE work_id = ?1 AND current AND "
                              "source IN " SOURCES " ORDER BY fetched DESC, id DESC LIMIT 1",
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

int cited_each(struct store *store, int (*each)(void *ctx, int64_t work, const struct record *),
               void *ctx, struct error *err)
{
    struct arena *arena = arena_new();
    int64_t last = 0;
    struct stmt *stmt;
    int step = ERR_OK;
    /* The index alone tells which records these are, so that the others are not read. */
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id, payload FROM record WHERE id IN (SELECT id FROM "
                              "record INDEXED BY record_source WHERE current AND source IN " SOURCES
                              ") ORDER BY work_id, fetched DESC, id DESC",
                              err);

    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        struct record record;
        size_t len;
        const void *bytes = stmt_blob(stmt, 1, &len);

        if (stmt_int(stmt, 0) == last) /* one that was imported before */
            continue;
        last = stmt_int(stmt, 0);
        arena_reset(arena);
        result = payload_unpack(&record, arena, bytes, len, err);
        if (result == ERR_OK)
            result = each(ctx, last, &record);
    }
    if (result == ERR_OK)
        result = step;
    stmt_reset(stmt);
    arena_free(arena);
    return result;
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
