/*
 * The catalogue, read: lists, and one entry with what belongs to it.
 */
#include "catalog_read.h"
#include "internal.h"

#include "carrel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- lists ---- */

static void catalog_line_read(struct stmt *stmt, struct arena *arena, struct catalog_line *line)
{
    *line = (struct catalog_line){ .id = stmt_int(stmt, 0),
                                   .kind = (enum catalog_kind)stmt_int(stmt, 1),
                                   .name = stmt_dup(stmt, 2, arena),
                                   .full_name = stmt_dup(stmt, 3, arena),
                                   .groups = stmt_dup(stmt, 4, arena),
                                   .introduced = stmt_dup(stmt, 5, arena),
                                   .tables = stmt_int(stmt, 6),
                                   .results = stmt_int(stmt, 7),
                                   .papers = stmt_int(stmt, 8),
                                   .credit = stmt_dup(stmt, 9, arena) };
}

#define LINE_COLUMNS                                                                               \
    "c.id, c.kind, c.name, c.full_name, c.groups, c.introduced, "                                  \
    "(SELECT count(*) FROM result_table WHERE task_id = c.id OR dataset_id = c.id), "              \
    "ifnull((SELECT sum(rows) FROM result_table WHERE task_id = c.id OR dataset_id = c.id), 0), "  \
    "(SELECT count(*) FROM catalog_work WHERE entry_id = c.id), c.credit "

int catalog_list(struct store *store, struct arena *arena, enum catalog_kind kind, const char *find,
                 struct catalog_line **out, size_t *count, struct error *err)
{
    size_t cap = 0;
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT " LINE_COLUMNS
                     "FROM catalog c WHERE c.kind = ?1 AND (?2 IS NULL OR instr(c.key, lower(?2)) "
                     "OR instr(lower(c.full_name), lower(?2))) ORDER BY c.key",
                     err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, kind);
    stmt_bind_text(stmt, 2, find && *find ? find : NULL);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct catalog_line line;

        catalog_line_read(stmt, arena, &line);
        ARENA_PUSH(arena, *out, *count, cap, line);
    }
    stmt_reset(stmt);
    return step;
}

/* ---- one entry ---- */

/* "there is no task 'x'; there are: a, b". */
static int catalog_unknown(struct store *store, enum catalog_kind kind, const char *name,
                           struct error *err)
{
    static const char *const titles[] = { "", "task", "method", "data set" };
    struct arena *arena = arena_new();
    struct catalog_line *lines;
    struct str near = STR_INIT;
    size_t count = 0, i;
    int result = catalog_list(store, arena, kind, name, &lines, &count, err);

    for (i = 0; result == ERR_OK && i < count && i < NEAR_MAX; i++)
        str_printf(&near, "%s%s", i ? ", " : "; there is ", lines[i].name);
    if (result == ERR_OK)
        result = error_set(err, ERR_NOTFOUND, "no %s is called '%.100s'%.300s", titles[kind], name,
                           near.ptr);
    str_free(&near);
    arena_free(arena);
    return result;
}

static void catalog_full_read(struct stmt *stmt, struct arena *arena, struct catalog_full *out)
{
    catalog_line_read(stmt, arena, &out->line);
    out->description = stmt_dup(stmt, 10, arena);
    out->url = stmt_dup(stmt, 11, arena);
    out->code = stmt_dup(stmt, 12, arena);
    out->names = stmt_dup(stmt, 13, arena);
    out->paper = stmt_dup(stmt, 14, arena);
    out->paper_title = stmt_dup(stmt, 15, arena);
    out->paper_key = stmt_dup(stmt, 16, arena);
}

int catalog_find(struct store *store, struct arena *arena, enum catalog_kind kind, const char *name,
                 struct catalog_full *out, struct error *err)
{
    struct str key = STR_INIT;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT " LINE_COLUMNS ", c.description, c.url, c.code, c.names, "
        "c.scheme || ':' || c.value, c.paper_title, "
        "(SELECT w.key FROM alias a JOIN work w ON w.id = a.work_id WHERE a.scheme = c.scheme AND "
        "a.value = c.value) FROM catalog c WHERE c.kind = ?1 AND c.key = ?2",
        err);

    memset(out, 0, sizeof *out);
    if (result != ERR_OK)
        return result;
    catalog_key(&key, name);
    stmt_bind_int(stmt, 1, kind);
    stmt_bind_text(stmt, 2, key.ptr);
    step = stmt_step(stmt, err);
    if (step == 1)
        catalog_full_read(stmt, arena, out);
    stmt_reset(stmt);
    str_free(&key);
    if (step <= 0)
        return step < 0 ? step : catalog_unknown(store, kind, name, err);
    result = texts_of(store, arena,
                      "SELECT c.name FROM catalog_task t JOIN catalog c ON c.id = t.task_id "
                      "WHERE t.entry_id = ?1 ORDER BY c.key",
                      out->line.id, &out->wider, err);
    if (result == ERR_OK)
        result = texts_of(store, arena,
                          "SELECT c.name FROM catalog_task t JOIN catalog c ON c.id = t.entry_id "
                          "WHERE t.task_id = ?1 AND c.kind = 1 ORDER BY c.key",
                          out->line.id, &out->narrower, err);
    return result;
}

int catalog_papers(struct store *store, struct arena *arena, int64_t id, size_t most, char ***keys,
                   char ***titles, size_t *count, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT w.key, t.title FROM catalog_work cw JOIN work w ON w.id = "
                              "cw.work_id JOIN work_text t ON t.id = w.id WHERE cw.entry_id = ?1 "
                              "ORDER BY w.day DESC, w.id DESC LIMIT ?2",
                              err);

    *count = 0;
    *keys = arena_alloc(arena, (most + 1) * sizeof **keys);
    *titles = arena_alloc(arena, (most + 1) * sizeof **titles);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, (int64_t)most);
    while ((step = stmt_step(stmt, err)) == 1) {
        (*keys)[*count] = stmt_dup(stmt, 0, arena);
        (*titles)[(*count)++] = stmt_dup(stmt, 1, arena);
    }
    stmt_reset(stmt);
    return step;
}

int catalog_totals(struct store *store, struct catalog_totals *out, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT (SELECT count(*) FROM catalog WHERE kind = 1), "
                              "(SELECT count(*) FROM catalog WHERE kind = 2), "
                              "(SELECT count(*) FROM catalog WHERE kind = 3), "
                              "(SELECT count(*) FROM result_table), "
                              "(SELECT ifnull(sum(rows), 0) FROM result_table)",
                              err);

    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = (struct catalog_totals){ stmt_int(stmt, 0), stmt_int(stmt, 1), stmt_int(stmt, 2),
                                        stmt_int(stmt, 3), stmt_int(stmt, 4) };
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}
