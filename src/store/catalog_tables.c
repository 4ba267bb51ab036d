/*
 * Tables of results, read: those of a task or data set with the best of each, one with the works
 * behind its rows, and where a work stands in them.
 */
#include "catalog_read.h"

#include "carrel/credit.h"
#include "carrel/hash.h"

#include <string.h>

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
        row.row.model = stmt_dup(stmt, 1, arena);
        row.row.published = stmt_dup(stmt, 2, arena);
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
        "SELECT r.id, r.rows, t.name, d.name, r.metrics FROM result_table r JOIN catalog t ON t.id "
        "= r.task_id JOIN catalog d ON d.id = r.dataset_id WHERE r.task_id = ?1 OR r.dataset_id = "
        "?1 ORDER BY r.rows DESC, d.key, t.key",
        err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, entry);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct table_line line = { .id = stmt_int(stmt, 0),
                                   .rows = stmt_int(stmt, 1),
                                   .task = stmt_dup(stmt, 2, arena),
                                   .dataset = stmt_dup(stmt, 3, arena),
                                   .metric = stmt_dup(stmt, 4, arena) };

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
                                 .key = stmt_dup(stmt, 10, arena) };

        row.row.model = stmt_dup(stmt, 1, arena);
        row.row.paper = stmt_dup(stmt, 2, arena);
        row.row.title = stmt_dup(stmt, 3, arena);
        row.row.url = stmt_dup(stmt, 4, arena);
        row.row.published = stmt_dup(stmt, 5, arena);
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
        out->dataset = stmt_dup(stmt, 1, arena);
        lines_split(&out->metrics, arena, stmt_text(stmt, 2));
        out->credit = stmt_dup(stmt, 3, arena);
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
        struct work_result line = { .task = stmt_dup(stmt, 0, arena),
                                    .dataset = stmt_dup(stmt, 1, arena),
                                    .model = stmt_dup(stmt, 2, arena),
                                    .position = stmt_int(stmt, 4),
                                    .rows = stmt_int(stmt, 5) };
        struct found place = { stmt_int(stmt, 6), stmt_dup(stmt, 3, arena) };

        credit_add(credits, arena, stmt_text(stmt, 7));
        ARENA_PUSH(arena, *out, *count, cap, line);
        ARENA_PUSH(arena, found, found_len, found_cap, place);
    }
    stmt_reset(stmt);
    for (i = 0; i < *count && step == ERR_OK; i++)
        step = result_rank(store, arena, found[i].table, found[i].metrics, &(*out)[i], err);
    return step;
}

int catalog_fingerprint(struct store *store, uint64_t *fingerprint, unsigned *credits,
                        struct error *err)
{
    struct arena *arena = arena_new();
    struct text_list names = { 0 };
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT task_id, dataset_id, hash, credit FROM result_table ORDER BY id", err);

    *fingerprint = 0;
    while (result == ERR_OK && (step = stmt_step(stmt, err)) != 0) {
        int64_t row[] = { stmt_int(stmt, 0), stmt_int(stmt, 1), stmt_int(stmt, 2) };
        const char *credit = stmt_text(stmt, 3);

        result = step < 0 ? step : ERR_OK;
        if (result != ERR_OK)
            break;
        *fingerprint = hash64(row, sizeof row, *fingerprint);
        if (*credit && (names.len == 0 || strcmp(names.items[names.len - 1], credit) != 0))
            text_list_add(&names, arena, credit, strlen(credit));
    }
    *credits = credits_bits(&names);
    stmt_reset(stmt);
    arena_free(arena);
    return result;
}
