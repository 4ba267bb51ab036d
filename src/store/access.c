/* Access tokens; see access.h. */
#include "carrel/access.h"

#include <string.h>

int access_add(struct store *store, const struct access_token *token, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO access_token(id, scope, note, created, expires, key) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, token->id);
    stmt_bind_text(stmt, 2, token->scope);
    stmt_bind_text(stmt, 3, token->note);
    stmt_bind_int(stmt, 4, token->created);
    stmt_bind_int(stmt, 5, token->expires);
    stmt_bind_text(stmt, 6, token->key ? token->key : "");
    return stmt_run(stmt, err);
}

int access_revoke(struct store *store, const char *id, int64_t now, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE access_token SET revoked = ifnull(revoked, ?2) WHERE id = ("
                              "SELECT max(id) FROM access_token WHERE id = ?1 OR (length(?1) >= 8 "
                              "AND substr(id, 1, length(?1)) = ?1) HAVING count(*) = 1) "
                              "RETURNING 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, id);
    stmt_bind_int(stmt, 2, now);
    step = stmt_step(stmt, err);
    if (step == 1)
        stmt_step(stmt, err); /* to its end: only then it is written for sure */
    stmt_reset(stmt);
    return step < 0 ? step
           : step == 1
               ? ERR_OK
               : error_set(err, ERR_NOTFOUND, "no token has the id %s, or several begin so", id);
}

int access_list(struct store *store, struct arena *arena, struct access_token **out, size_t *count,
                struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT id, scope, note, created, expires, ifnull(revoked, 0), key FROM "
                     "access_token ORDER BY created DESC, id",
                     err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct access_token token = { .id = stmt_dup(stmt, 0, arena),
                                      .scope = stmt_dup(stmt, 1, arena),
                                      .note = stmt_dup(stmt, 2, arena),
                                      .created = stmt_int(stmt, 3),
                                      .expires = stmt_int(stmt, 4),
                                      .revoked = stmt_int(stmt, 5),
                                      .key = stmt_dup(stmt, 6, arena) };

        ARENA_PUSH(arena, *out, *count, cap, token);
    }
    stmt_reset(stmt);
    return step;
}

int access_holds(struct store *store, const char *id, bool *holds, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT 1 FROM access_token WHERE id = ?1 AND revoked IS NULL", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, id);
    step = stmt_step(stmt, err);
    *holds = step == 1;
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int access_revoked(struct store *store, int64_t *count, struct error *err)
{
    return store_query_int(store, "SELECT count(*) FROM access_token WHERE revoked IS NOT NULL",
                           count, err);
}
