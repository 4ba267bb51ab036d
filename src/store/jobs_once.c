/*
 * Names that clients give to their requests (Idempotency-Key): the same name leads to the same job
 * for a day. Rows of names that have ended go when others come.
 */
#include "jobs_internal.h"

#include "carrel/clock.h"

#include <string.h>

int jobs_once_find(struct store *store, const struct job_once *once, int64_t *id, struct error *err)
{
    struct stmt *stmt;
    bool same = false;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT job_id, request = ?3 FROM job_once WHERE token = ?1 AND "
                              "key = ?2 AND at > ?4",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, once->token);
    stmt_bind_text(stmt, 2, once->key);
    stmt_bind_text(stmt, 3, once->request);
    stmt_bind_int(stmt, 4, clock_real_ms() - JOB_ONCE_MS);
    step = stmt_step(stmt, err);
    if (step == 1) {
        *id = stmt_int(stmt, 0);
        same = stmt_int(stmt, 1) != 0;
    }
    stmt_reset(stmt);
    if (step < 0)
        return step;
    if (step == 0)
        return ERR_NOTFOUND;
    return same ? ERR_OK
                : error_set(err, ERR_EXISTS, "'%.100s' was the name of another request", once->key);
}

static int forget_old(struct store *store, struct error *err)
{
    return store_run(store, "DELETE FROM job_once WHERE at <= ?1", clock_real_ms() - JOB_ONCE_MS, 0,
                     NULL, err);
}

int jobs_once_save(struct store *store, const struct job_once *once, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = forget_old(store, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO job_once(token, key, request, job_id, at) "
                              "VALUES(?1, ?2, ?3, ?4, ?5)",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, once->token);
    stmt_bind_text(stmt, 2, once->key);
    stmt_bind_text(stmt, 3, once->request);
    stmt_bind_int(stmt, 4, id);
    stmt_bind_int(stmt, 5, clock_real_ms());
    return stmt_run(stmt, err);
}
