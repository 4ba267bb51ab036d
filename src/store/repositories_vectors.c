/*
 * Vectors of repositories: one each, of the model that served when its texts were last embedded.
 * They are removed when the texts change.
 */
#include "repositories_internal.h"

#include <string.h>

int repositories_set_vector(struct store *store, int64_t id, uint64_t model, const int8_t *vector,
                            size_t dim, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT OR REPLACE INTO repository_vector(repository_id, model, "
                              "dim, vector) VALUES(?1, ?2, ?3, ?4)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, (int64_t)model);
    stmt_bind_int(stmt, 3, (int64_t)dim);
    stmt_bind_blob(stmt, 4, vector, dim);
    return stmt_run(stmt, err);
}

int repositories_without_vectors(int64_t *ids, size_t limit, size_t *count, struct store *store,
                                 uint64_t model, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT t.id FROM repository_text t WHERE NOT EXISTS (SELECT 1 FROM "
                              "repository_vector v WHERE v.repository_id = t.id AND v.model = ?1) "
                              "ORDER BY t.id LIMIT ?2",
                              err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)model);
    stmt_bind_int(stmt, 2, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1)
        ids[(*count)++] = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return step;
}

int repositories_text(struct store *store, struct arena *arena, int64_t id, char **heading,
                      char **body, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT name || char(10) || description || char(10) || topics, "
                              "substr(readme, 1, 4000) FROM repository_text WHERE id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    *heading = step == 1 ? stmt_dup(stmt, 0, arena) : NULL;
    *body = step == 1 ? stmt_dup(stmt, 1, arena) : NULL;
    stmt_reset(stmt);
    return step < 0 ? step : step == 1 ? ERR_OK : error_set(err, ERR_NOTFOUND, "no such text");
}
