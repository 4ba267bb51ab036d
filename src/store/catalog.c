/*
 * The catalogue, written. Entries are found again by their names in lower case; what a paper, a
 * table or another entry merely mentions is an entry too, whose hash is 0 until something is said
 * of it.
 */
#include "internal.h"

#include "carrel/tables.h"

#include <ctype.h>
#include <string.h>

void catalog_key(struct str *out, const char *name)
{
    for (; *name; name++)
        str_add_char(out,
                     isascii((unsigned char)*name) ? (char)tolower((unsigned char)*name) : *name);
}

static int catalog_known(struct store *store, enum catalog_kind kind, const char *key, int64_t *id,
                         int64_t *hash, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT id, hash FROM catalog WHERE kind = ?1 AND key = ?2", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, kind);
    stmt_bind_text(stmt, 2, key);
    step = stmt_step(stmt, err);
    *id = step == 1 ? stmt_int(stmt, 0) : 0;
    *hash = step == 1 ? stmt_int(stmt, 1) : 0;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int catalog_ensure(struct store *store, enum catalog_kind kind, const char *name,
                          const char *credit, int64_t *id, int64_t *hash, struct error *err)
{
    struct str key = STR_INIT;
    struct stmt *stmt;
    int result;

    catalog_key(&key, name);
    result = catalog_known(store, kind, key.ptr, id, hash, err);
    if (result == ERR_OK && *id == 0)
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO catalog(kind, key, name, credit) VALUES(?1, ?2, ?3, ?4)",
                              err);
    if (result == ERR_OK && *id == 0) {
        stmt_bind_int(stmt, 1, kind);
        stmt_bind_text(stmt, 2, key.ptr);
        stmt_bind_text(stmt, 3, name);
        stmt_bind_text(stmt, 4, credit);
        result = stmt_run(stmt, err);
        *id = store_last_id(store);
    }
    str_free(&key);
    return result;
}

int catalog_mention(struct store *store, enum catalog_kind kind, const char *name,
                    const char *credit, int64_t *id, struct error *err)
{
    int64_t hash;

    return catalog_ensure(store, kind, name, credit, id, &hash, err);
}

static void bind_lines(struct stmt *stmt, int at, const struct text_list *list)
{
    struct str lines = STR_INIT;

    text_list_join(&lines, list, "\n");
    stmt_bind_text(stmt, at, lines.ptr);
    str_free(&lines);
}

/* "pwc:slug" as scheme and value. */
static void bind_paper(struct stmt *stmt, int at, const char *paper)
{
    const char *colon = paper ? strchr(paper, ':') : NULL;

    if (colon) {
        stmt_bind_text_n(stmt, at, paper, (size_t)(colon - paper));
        stmt_bind_text(stmt, at + 1, colon + 1);
    } else {
        stmt_bind_null(stmt, at);
        stmt_bind_null(stmt, at + 1);
    }
}

static int catalog_belong(struct store *store, int64_t id, const struct text_list *tasks,
                          const char *credit, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < tasks->len && result == ERR_OK; i++) {
        struct stmt *stmt;
        int64_t task;

        result = catalog_mention(store, CATALOG_TASK, tasks->items[i], credit, &task, err);
        if (result == ERR_OK && task != id)
            result = stmt_prepare(
                &stmt, store,
                "INSERT OR IGNORE INTO catalog_task(task_id, entry_id) VALUES(?1, ?2)", err);
        if (result != ERR_OK || task == id)
            continue;
        stmt_bind_int(stmt, 1, task);
        stmt_bind_int(stmt, 2, id);
        result = stmt_run(stmt, err);
    }
    return result;
}

static int catalog_say(struct store *store, int64_t id, const struct catalog_entry *entry,
                       int64_t hash, const char *credit, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "UPDATE catalog SET name = ?2, hash = ?3, full_name = ?4, description = ?5, url = ?6, "
        "introduced = ?7, code = ?8, scheme = ?9, value = ?10, paper_title = ?11, groups = ?12, "
        "names = ?13, credit = ?14 WHERE id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, entry->name);
    stmt_bind_int(stmt, 3, hash);
    stmt_bind_text(stmt, 4, entry->full_name);
    stmt_bind_text(stmt, 5, entry->description);
    stmt_bind_text(stmt, 6, entry->url);
    stmt_bind_text(stmt, 7, entry->introduced);
    stmt_bind_text(stmt, 8, entry->code);
    bind_paper(stmt, 9, entry->paper);
    stmt_bind_text(stmt, 11, entry->paper_title);
    bind_lines(stmt, 12, &entry->groups);
    bind_lines(stmt, 13, &entry->names);
    stmt_bind_text(stmt, 14, credit);
    return stmt_run(stmt, err);
}

/* ---- tables ---- */

static int table_row_put(struct store *store, int64_t table, size_t position,
                         const struct catalog_row *row, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO result_row(table_id, position, model, scheme, value, title, url, published, "
        "results, code, more_data) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, table);
    stmt_bind_int(stmt, 2, (int64_t)position);
    stmt_bind_text(stmt, 3, row->model);
    bind_paper(stmt, 4, row->paper);
    stmt_bind_text(stmt, 6, row->title);
    stmt_bind_text(stmt, 7, row->url);
    stmt_bind_text(stmt, 8, row->published);
    bind_lines(stmt, 9, &row->values);
    bind_lines(stmt, 10, &row->code);
    stmt_bind_int(stmt, 11, row->more_data);
    return stmt_run(stmt, err);
}

static int table_clear(struct store *store, int64_t table, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "DELETE FROM result_row WHERE table_id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, table);
    return stmt_run(stmt, err);
}

/* The table of these two; *change says whether it has to be written. */
static int table_present(struct store *store, int64_t task, int64_t dataset,
                         const struct catalog_entry *entry, int64_t hash, int64_t *id,
                         enum catalog_change *change, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT id, rows, hash FROM result_table WHERE task_id = ?1 AND "
                              "dataset_id = ?2",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, task);
    stmt_bind_int(stmt, 2, dataset);
    step = stmt_step(stmt, err);
    *id = step == 1 ? stmt_int(stmt, 0) : 0;
    *change = step != 1 ? CATALOG_ADDED : CATALOG_UPDATED;
    if (step == 1 && (stmt_int(stmt, 2) == hash || stmt_int(stmt, 1) > (int64_t)entry->row_count))
        *change = CATALOG_UNCHANGED;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int table_head(struct store *store, int64_t task, int64_t dataset,
                      const struct catalog_entry *entry, int64_t hash, const char *credit,
                      int64_t *id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        *id ? "UPDATE result_table SET metrics = ?3, rows = ?4, hash = ?5, credit = ?6 "
              "WHERE task_id = ?1 AND dataset_id = ?2"
            : "INSERT INTO result_table(task_id, dataset_id, metrics, rows, hash, credit) "
              "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, task);
    stmt_bind_int(stmt, 2, dataset);
    bind_lines(stmt, 3, &entry->metrics);
    stmt_bind_int(stmt, 4, (int64_t)entry->row_count);
    stmt_bind_int(stmt, 5, hash);
    stmt_bind_text(stmt, 6, credit);
    result = stmt_run(stmt, err);
    if (*id == 0)
        *id = store_last_id(store);
    return result;
}

static int table_put(struct store *store, const struct catalog_entry *entry, int64_t hash,
                     const char *credit, enum catalog_change *change, struct error *err)
{
    int64_t task, dataset, id;
    size_t i;
    int result = catalog_mention(store, CATALOG_TASK, entry->name, credit, &task, err);

    if (result == ERR_OK)
        result = catalog_mention(store, CATALOG_DATASET, entry->dataset, credit, &dataset, err);
    if (result == ERR_OK)
        result = table_present(store, task, dataset, entry, hash, &id, change, err);
    if (result != ERR_OK || *change == CATALOG_UNCHANGED)
        return result;
    if (id)
        result = table_clear(store, id, err);
    if (result == ERR_OK)
        result = table_head(store, task, dataset, entry, hash, credit, &id, err);
    for (i = 0; i < entry->row_count && result == ERR_OK; i++)
        result = table_row_put(store, id, i, &entry->rows[i], err);
    return result;
}

int catalog_put(struct store *store, const struct catalog_entry *entry, const char *credit,
                enum catalog_change *change, struct error *err)
{
    int64_t hash = (int64_t)catalog_hash(entry), id, present;
    int result;

    if (hash == 0)
        hash = 1;
    if (entry->kind == CATALOG_TABLE)
        return table_put(store, entry, hash, credit, change, err);
    result = catalog_ensure(store, entry->kind, entry->name, credit, &id, &present, err);
    *change = present == hash ? CATALOG_UNCHANGED : present ? CATALOG_UPDATED : CATALOG_ADDED;
    if (result == ERR_OK && *change != CATALOG_UNCHANGED)
        result = catalog_say(store, id, entry, hash, credit, err);
    return result == ERR_OK ? catalog_belong(store, id, &entry->tasks, credit, err) : result;
}
