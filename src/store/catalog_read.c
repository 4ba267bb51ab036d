/*
 * The catalogue, read: lists, one entry, and tables with the works behind their rows.
 */
#include "internal.h"

#include "carrel/tables.h"
#include "carrel/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NEAR_MAX 5 /* names in "did you mean" */

#define ARENA_PUSH(arena, items, len, cap, item)                                                   \
    do {                                                                                           \
        if ((len) == (cap)) {                                                                      \
            size_t wider_ = (cap) ? (cap)*2 : 32;                                                  \
            void *moved_ = arena_alloc(arena, wider_ * sizeof *(items));                           \
            if (len)                                                                               \
                memcpy(moved_, items, (len) * sizeof *(items));                                    \
            (items) = moved_;                                                                      \
            (cap) = wider_;                                                                        \
        }                                                                                          \
        (items)[(len)++] = (item);                                                                 \
    } while (0)

static char *text_at(struct stmt *stmt, int column, struct arena *arena)
{
    return arena_strdup(arena, stmt_text(stmt, column));
}

/* Lines into a list; empty ones count. */
static void lines_split(struct text_list *list, struct arena *arena, const char *lines)
{
    if (!*lines)
        return;
    for (;;) {
        size_t len = strcspn(lines, "\n");

        text_list_add(list, arena, lines, len);
        if (!lines[len])
            return;
        lines += len + 1;
    }
}

/* ---- lists ---- */

static void catalog_line_read(struct stmt *stmt, struct arena *arena, struct catalog_line *line)
{
    *line = (struct catalog_line){ .id = stmt_int(stmt, 0),
                                   .kind = (enum catalog_kind)stmt_int(stmt, 1),
                                   .name = text_at(stmt, 2, arena),
                                   .full_name = text_at(stmt, 3, arena),
                                   .groups = text_at(stmt, 4, arena),
                                   .introduced = text_at(stmt, 5, arena),
                                   .tables = stmt_int(stmt, 6),
                                   .results = stmt_int(stmt, 7),
                                   .papers = stmt_int(stmt, 8),
                                   .credit = text_at(stmt, 9, arena) };
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

static int names_of(struct store *store, struct arena *arena, const char *sql, int64_t id,
                    struct text_list *list, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1)
        text_list_add(list, arena, stmt_text(stmt, 0), strlen(stmt_text(stmt, 0)));
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
    out->description = text_at(stmt, 10, arena);
    out->url = text_at(stmt, 11, arena);
    out->code = text_at(stmt, 12, arena);
    out->names = text_at(stmt, 13, arena);
    out->paper = text_at(stmt, 14, arena);
    out->paper_title = text_at(stmt, 15, arena);
    out->paper_key = text_at(stmt, 16, arena);
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
    result = names_of(store, arena,
                      "SELECT c.name FROM catalog_task t JOIN catalog c ON c.id = t.task_id "
                      "WHERE t.entry_id = ?1 ORDER BY c.key",
                      out->line.id, &out->wider, err);
    if (result == ERR_OK)
        result = names_of(store, arena,
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
        (*keys)[*count] = text_at(stmt, 0, arena);
        (*titles)[(*count)++] = text_at(stmt, 1, arena);
    }
    stmt_reset(stmt);
    return step;
}

/* ---- tables ---- */

/* The rows of a table without the works behind them, best first by its first metric with numbers,
 * which becomes the only one; what the source has first is not always the best. */
static int table_ranked(struct store *store, struct arena *arena, int64_t id, const char *metrics,
                        struct table_full *table, size_t *metric, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT results, model, published, position FROM result_row WHERE "
                              "table_id = ?1 ORDER BY position",
                              err);

    *table = (struct table_full){ .id = id };
    if (result != ERR_OK)
        return result;
    lines_split(&table->metrics, arena, metrics);
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct table_row row = { .position = (size_t)stmt_int(stmt, 3) };

        lines_split(&row.row.values, arena, stmt_text(stmt, 0));
        row.row.model = text_at(stmt, 1, arena);
        row.row.published = text_at(stmt, 2, arena);
        while (row.row.values.len <= table->metrics.len)
            text_list_add(&row.row.values, arena, "", 0);
        ARENA_PUSH(arena, table->rows, table->row_count, cap, row);
    }
    stmt_reset(stmt);
    *metric = table_first_metric(table);
    table_sort(table, *metric, table_less_is_better(table, *metric));
    return step;
}

static int table_best(struct store *store, struct arena *arena, struct table_line *line,
                      struct error *err)
{
    struct table_full table;
    size_t metric;
    int result = table_ranked(store, arena, line->id, line->metric, &table, &metric, err);

    if (result != ERR_OK)
        return result;
    line->metric = line->best = line->best_model = line->best_on = arena_strdup(arena, "");
    if (metric < table.metrics.len)
        line->metric = table.metrics.items[metric];
    if (table.row_count > 0) {
        line->best = table.rows[0].row.values.items[metric];
        line->best_model = table.rows[0].row.model;
        line->best_on = table.rows[0].row.published;
    }
    return ERR_OK;
}

int tables_of(struct store *store, struct arena *arena, int64_t entry, struct table_line **out,
              size_t *count, struct error *err)
{
    size_t cap = 0, i;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT r.id, r.rows, t.name, d.name, r.metrics "
        "FROM result_table r JOIN catalog t ON t.id = r.task_id JOIN catalog d ON d.id = "
        "r.dataset_id "
        "WHERE r.task_id = ?1 OR r.dataset_id = ?1 ORDER BY r.rows DESC, d.key, t.key",
        err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, entry);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct table_line line = { .id = stmt_int(stmt, 0),
                                   .rows = stmt_int(stmt, 1),
                                   .task = text_at(stmt, 2, arena),
                                   .dataset = text_at(stmt, 3, arena),
                                   .metric = text_at(stmt, 4, arena) };

        ARENA_PUSH(arena, *out, *count, cap, line);
    }
    stmt_reset(stmt);
    for (i = 0; i < *count && step == ERR_OK; i++)
        step = table_best(store, arena, &(*out)[i], err);
    return step;
}

static int table_unknown(struct store *store, const struct catalog_full *task, const char *dataset,
                         struct error *err)
{
    struct arena *arena = arena_new();
    struct table_line *lines;
    struct str near = STR_INIT;
    size_t count = 0, i;
    int result = tables_of(store, arena, task->line.id, &lines, &count, err);

    for (i = 0; result == ERR_OK && i < count && i < NEAR_MAX; i++)
        str_printf(&near, "%s%s", i ? ", " : "; there is ", lines[i].dataset);
    if (result == ERR_OK)
        result = error_set(err, ERR_NOTFOUND, "%.100s has no table of '%.100s'%.250s",
                           task->line.name, dataset, near.ptr);
    str_free(&near);
    arena_free(arena);
    return result;
}

static int table_rows(struct store *store, struct arena *arena, struct table_full *out,
                      struct error *err)
{
    size_t cap = 0;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT r.position, r.model, r.scheme || ':' || r.value, r.title, r.url, r.published, "
        "r.results, r.code, r.more_data, w.id, w.key FROM result_row r "
        "LEFT JOIN alias a ON a.scheme = r.scheme AND a.value = r.value "
        "LEFT JOIN work w ON w.id = a.work_id WHERE r.table_id = ?1 ORDER BY r.position",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, out->id);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct table_row row = { .position = (size_t)stmt_int(stmt, 0),
                                 .work = stmt_int(stmt, 9),
                                 .key = text_at(stmt, 10, arena) };

        row.row.model = text_at(stmt, 1, arena);
        row.row.paper = text_at(stmt, 2, arena);
        row.row.title = text_at(stmt, 3, arena);
        row.row.url = text_at(stmt, 4, arena);
        row.row.published = text_at(stmt, 5, arena);
        lines_split(&row.row.values, arena, stmt_text(stmt, 6));
        lines_split(&row.row.code, arena, stmt_text(stmt, 7));
        row.row.more_data = stmt_int(stmt, 8) != 0;
        while (row.row.values.len < out->metrics.len)
            text_list_add(&row.row.values, arena, "", 0);
        ARENA_PUSH(arena, out->rows, out->row_count, cap, row);
    }
    stmt_reset(stmt);
    return step;
}

int table_find(struct store *store, struct arena *arena, const char *task, const char *dataset,
               struct table_full *out, struct error *err)
{
    struct catalog_full full;
    struct str key = STR_INIT;
    struct stmt *stmt;
    int step = 0, result = catalog_find(store, arena, CATALOG_TASK, task, &full, err);

    memset(out, 0, sizeof *out);
    if (result == ERR_OK)
        result =
            stmt_prepare(&stmt, store,
                         "SELECT r.id, d.name, r.metrics, r.credit FROM result_table r JOIN "
                         "catalog d ON d.id = r.dataset_id WHERE r.task_id = ?1 AND d.key = ?2",
                         err);
    if (result != ERR_OK)
        return result;
    catalog_key(&key, dataset);
    stmt_bind_int(stmt, 1, full.line.id);
    stmt_bind_text(stmt, 2, key.ptr);
    step = stmt_step(stmt, err);
    if (step == 1) {
        out->id = stmt_int(stmt, 0);
        out->task = full.line.name;
        out->dataset = text_at(stmt, 1, arena);
        lines_split(&out->metrics, arena, stmt_text(stmt, 2));
        out->credit = text_at(stmt, 3, arena);
    }
    stmt_reset(stmt);
    str_free(&key);
    if (step < 0)
        return step;
    return step == 1 ? table_rows(store, arena, out, err)
                     : table_unknown(store, &full, dataset, err);
}

/* Its place, metric and value in the table that it was found in. */
static int result_rank(struct store *store, struct arena *arena, int64_t table_id,
                       const char *metrics, struct work_result *line, struct error *err)
{
    struct table_full table;
    size_t metric, i;
    int result = table_ranked(store, arena, table_id, metrics, &table, &metric, err);

    for (i = 0; result == ERR_OK && i < table.row_count; i++) {
        if ((int64_t)table.rows[i].position != line->position)
            continue;
        line->position = (int64_t)i + 1;
        line->value = table.rows[i].row.values.items[metric];
        line->metric = metric < table.metrics.len ? table.metrics.items[metric] : line->value;
        break;
    }
    return result;
}

static void credit_add(struct text_list *credits, struct arena *arena, const char *name)
{
    size_t i;

    for (i = 0; i < credits->len; i++)
        if (strcmp(credits->items[i], name) == 0)
            return;
    if (*name)
        text_list_add(credits, arena, name, strlen(name));
}

int work_results(struct store *store, struct arena *arena, int64_t work, struct work_result **out,
                 size_t *count, struct text_list *credits, struct error *err)
{
    struct found {
        int64_t table;
        char *metrics;
    } *found = NULL;
    size_t cap = 0, found_len = 0, found_cap = 0, i;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT t.name, d.name, r.model, g.metrics, r.position, g.rows, g.id, g.credit "
        "FROM alias a JOIN result_row r ON r.value = a.value AND r.scheme = a.scheme "
        "JOIN result_table g ON g.id = r.table_id JOIN catalog t ON t.id = g.task_id "
        "JOIN catalog d ON d.id = g.dataset_id WHERE a.work_id = ?1 "
        "ORDER BY t.key, d.key, r.position LIMIT 200",
        err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct work_result line = { .task = text_at(stmt, 0, arena),
                                    .dataset = text_at(stmt, 1, arena),
                                    .model = text_at(stmt, 2, arena),
                                    .position = stmt_int(stmt, 4),
                                    .rows = stmt_int(stmt, 5) };
        struct found place = { stmt_int(stmt, 6), text_at(stmt, 3, arena) };

        credit_add(credits, arena, stmt_text(stmt, 7));
        ARENA_PUSH(arena, *out, *count, cap, line);
        ARENA_PUSH(arena, found, found_len, found_cap, place);
    }
    stmt_reset(stmt);
    for (i = 0; i < *count && step == ERR_OK; i++)
        step = result_rank(store, arena, found[i].table, found[i].metrics, &(*out)[i], err);
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
