/* What was written through the service; see audit.h. */
#include "carrel/audit.h"

#include "carrel/clock.h"

#include <string.h>

static int audit_insert(struct store *store, const struct audit_row *row, struct error *err)
{
    const char *const texts[] = { row->request, row->token, row->client,
                                  row->method,  row->path,  row->subject };
    struct stmt *stmt;
    size_t i;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO audit(at, status, request, token, client, method, path, "
                              "subject) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, clock_now_ms());
    stmt_bind_int(stmt, 2, row->status);
    for (i = 0; i < ARRAY_LEN(texts); i++)
        stmt_bind_text(stmt, 3 + (int)i, texts[i] ? texts[i] : "");
    return stmt_run(stmt, err);
}

int audit_add(struct store *store, const struct audit_row *row, struct error *err)
{
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = audit_insert(store, row, err);
    if (result == ERR_OK)
        result = store_run(store, "DELETE FROM audit WHERE id <= ?1",
                           store_last_id(store) - AUDIT_KEPT, 0, NULL, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int audit_list(struct store *store, struct arena *arena, int64_t before, size_t limit,
               struct audit_row **out, size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT id, at, status, request, token, client, method, path, subject "
                     "FROM audit WHERE ?1 = 0 OR id < ?1 ORDER BY id DESC LIMIT ?2",
                     err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, before);
    stmt_bind_int(stmt, 2, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct audit_row row = { .id = stmt_int(stmt, 0),
                                 .at = stmt_int(stmt, 1),
                                 .status = (int)stmt_int(stmt, 2),
                                 .request = stmt_dup(stmt, 3, arena),
                                 .token = stmt_dup(stmt, 4, arena),
                                 .client = stmt_dup(stmt, 5, arena),
                                 .method = stmt_dup(stmt, 6, arena),
                                 .path = stmt_dup(stmt, 7, arena),
                                 .subject = stmt_dup(stmt, 8, arena) };

        ARENA_PUSH(arena, *out, *count, cap, row);
    }
    stmt_reset(stmt);
    return step;
}
