/*
 * What of a work lies in lists of its own: authors, categories, tasks and methods. Names are
 * numbers there; which one a name has is kept in memory while a writer lives.
 */
#include "internal.h"

#include "carrel/tables.h"

#include <stdlib.h>
#include <string.h>

#define CACHE_MAX 300000 /* names kept in memory before the cache starts over */

static int name_id(struct writer *writer, struct hashmap *cache, const char *find,
                   const char *insert, const char *name, int64_t *id, struct error *err)
{
    uint64_t *known = hashmap_get(cache, name, strlen(name));
    struct stmt *stmt;
    int result;

    if (known) {
        *id = (int64_t)*known;
        return ERR_OK;
    }
    result = store_lookup(writer->store, id, find, name, 0, 0, err);
    if (result == ERR_NOTFOUND) {
        result = stmt_prepare(&stmt, writer->store, insert, err);
        if (result == ERR_OK) {
            stmt_bind_text(stmt, 1, name);
            result = stmt_run(stmt, err);
        }
        *id = store_last_id(writer->store);
    }
    if (result != ERR_OK)
        return result;
    if (hashmap_count(cache) > CACHE_MAX)
        hashmap_clear(cache);
    *hashmap_put(cache, name, strlen(name), NULL) = (uint64_t)*id;
    return ERR_OK;
}

static int compose_authors(struct writer *writer, int64_t work, const struct text_list *authors,
                           struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < authors->len && result == ERR_OK; i++) {
        int64_t id;

        result = name_id(writer, writer->authors, "SELECT id FROM author WHERE name = ?1",
                         "INSERT INTO author(name) VALUES(?1)", authors->items[i], &id, err);
        if (result == ERR_OK)
            result = stmt_prepare(
                &stmt, writer->store,
                "INSERT INTO work_author(work_id, position, author_id) VALUES(?1, ?2, ?3)", err);
        if (result != ERR_OK)
            return result;
        stmt_bind_int(stmt, 1, work);
        stmt_bind_int(stmt, 2, (int64_t)i);
        stmt_bind_int(stmt, 3, id);
        result = stmt_run(stmt, err);
    }
    return result;
}

static int compose_categories(struct writer *writer, int64_t work, int32_t day,
                              const struct text_list *categories, int64_t *primary,
                              struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = ERR_OK;

    *primary = 0;
    for (i = 0; i < categories->len && result == ERR_OK; i++) {
        int64_t id;

        result = name_id(writer, writer->categories, "SELECT id FROM category WHERE code = ?1",
                         "INSERT INTO category(code) VALUES(?1)", categories->items[i], &id, err);
        if (result == ERR_OK)
            result = stmt_prepare(
                &stmt, writer->store,
                "INSERT OR IGNORE INTO work_category(category_id, day, work_id, position) "
                "VALUES(?1, ?2, ?3, ?4)",
                err);
        if (result != ERR_OK)
            return result;
        if (i == 0)
            *primary = id;
        stmt_bind_int(stmt, 1, id);
        stmt_bind_int(stmt, 2, day);
        stmt_bind_int(stmt, 3, work);
        stmt_bind_int(stmt, 4, (int64_t)i);
        result = stmt_run(stmt, err);
    }
    return result;
}

/* Tasks and methods are entries of the catalogue; names are kept in front of it as others are. */
static int compose_catalog(struct writer *writer, int64_t work, enum catalog_kind kind,
                           const struct record *record, struct error *err)
{
    const struct text_list *names = kind == CATALOG_TASK ? &record->tasks : &record->methods;
    const char *credit = record->credits.len > 0 ? record->credits.items[0] : NULL;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < names->len && result == ERR_OK; i++) {
        char *name = mem_printf("%d %s", (int)kind, names->items[i]);
        uint64_t *known = hashmap_get(writer->catalog, name, strlen(name));
        int64_t id = known ? (int64_t)*known : 0;

        if (!known)
            result = catalog_mention(writer->store, kind, names->items[i], credit, &id, err);
        if (!known && result == ERR_OK) {
            if (hashmap_count(writer->catalog) > CACHE_MAX)
                hashmap_clear(writer->catalog);
            *hashmap_put(writer->catalog, name, strlen(name), NULL) = (uint64_t)id;
        }
        if (result == ERR_OK)
            result = store_run(writer->store,
                               "INSERT OR IGNORE INTO catalog_work(entry_id, work_id) "
                               "VALUES(?1, ?2)",
                               id, work, NULL, err);
        free(name);
    }
    return result;
}

int compose_lists(struct writer *writer, int64_t work, int32_t day, const struct record *record,
                  int64_t *primary, struct error *err)
{
    int result = compose_authors(writer, work, &record->authors, err);

    if (result == ERR_OK)
        result = compose_categories(writer, work, day, &record->categories, primary, err);
    if (result == ERR_OK)
        result = compose_catalog(writer, work, CATALOG_TASK, record, err);
    if (result == ERR_OK)
        result = compose_catalog(writer, work, CATALOG_METHOD, record, err);
    return result == ERR_OK ? compose_links(writer, work, record, err) : result;
}

int compose_clear_lists(struct writer *writer, int64_t work, struct error *err)
{
    static const char *const sql[] = { "DELETE FROM work_author WHERE work_id = ?1",
                                       "DELETE FROM work_category WHERE work_id = ?1",
                                       "DELETE FROM link WHERE work_id = ?1",
                                       "DELETE FROM catalog_work WHERE work_id = ?1" };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(sql) && result == ERR_OK; i++)
        result = store_run(writer->store, sql[i], work, 0, NULL, err);
    return result;
}
