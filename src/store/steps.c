/*
 * Steps: the log that makes what a person does undoable.
 *
 * A step is one action. Its rows name works by key and carry old and new value, from which undo.c
 * takes it back. Inside state_begin and state_commit all calls are one step; a call outside is a
 * step of its own.
 */
#include "carrel/state.h"
#include "carrel/works.h"

#include "carrel/clock.h"

#include "state_internal.h"

#include <assert.h>

#define TELL_EACH 64
#define STEP_CACHE_KIB 131072 /* of pages, while a step lasts: it may be for all papers */

int state_begin(struct store *store, struct error *err)
{
    int result;

    assert(store->step == 0);
    result = store_set_cache(store, STEP_CACHE_KIB, err);
    if (result == ERR_OK)
        result = store_begin(store, err);
    if (result == ERR_OK)
        result = store_query_int(store, "SELECT ifnull(max(step), 0) + 1 FROM change_log",
                                 &store->step, err);
    if (result != ERR_OK)
        state_rollback(store);
    return result;
}

/* What could not be given back is no more than memory. */
static void state_over(struct store *store)
{
    store->step = store->redoes = 0;
    store_set_cache(store, 0, NULL);
}

int state_commit(struct store *store, struct error *err)
{
    int result = store_commit(store, err);

    state_over(store);
    return result;
}

void state_rollback(struct store *store)
{
    store_rollback(store);
    state_over(store);
}

int state_end(struct store *store, int result, struct error *err)
{
    if (result == ERR_OK)
        return state_commit(store, err);
    state_rollback(store);
    return result;
}

void state_watch(struct store *store, void (*told)(void *ctx, size_t done, size_t total), void *ctx)
{
    store->told = told;
    store->told_ctx = ctx;
}

int state_tell(struct store *store, size_t done, size_t total, struct error *err)
{
    if (store_is_cancelled(store))
        return error_set(err, ERR_CANCELLED, "stopped");
    if (store->told && done % TELL_EACH == 0)
        store->told(store->told_ctx, done, total);
    return ERR_OK;
}

int state_changes(struct store *store, int64_t *count, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT count(DISTINCT item) FROM change_log WHERE step = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, store->step);
    result = stmt_step(stmt, err);
    *count = result == 1 ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int state_log_back(struct store *store, const char *kind, const char *item, const char *field,
                   const char *old, const char *new, int64_t step, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO change_log(at, step, kind, item, field, old, new, undoes, redoes) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, clock_now_ms());
    stmt_bind_int(stmt, 2, store->step);
    stmt_bind_text(stmt, 3, kind);
    stmt_bind_text(stmt, 4, item);
    stmt_bind_text(stmt, 5, field);
    stmt_bind_text(stmt, 6, old);
    stmt_bind_text(stmt, 7, new);
    if (step)
        stmt_bind_int(stmt, 8, step);
    if (store->redoes)
        stmt_bind_int(stmt, 9, store->redoes);
    return stmt_run(stmt, err);
}

int state_log(struct store *store, const char *kind, const char *item, const char *field,
              const char *old, const char *new, struct error *err)
{
    return state_log_back(store, kind, item, field, old, new, 0, err);
}

static int log_import_counts(struct store *store, int64_t step, const char *counts,
                             struct error *err)
{
    return store_run(store,
                     "UPDATE change_log SET field = ?3 WHERE step = ?1 AND kind = 'import' AND "
                     "new = '' AND ?2",
                     step, 1, counts, err);
}

int state_log_import(int64_t *step, struct store *store, const char *name, const char *counts,
                     const char *records, struct error *err)
{
    int64_t open = store->step; /* papers came back in a step of their own */
    int result;

    if (*step != 0) {
        result = log_import_counts(store, *step, counts, err);
        store->step = *step;
    } else {
        result =
            store_query_int(store, "SELECT ifnull(max(step), 0) + 1 FROM change_log", step, err);
        store->step = *step;
        if (result == ERR_OK)
            result = state_log(store, "import", name, counts, NULL, "", err);
    }
    if (result == ERR_OK)
        result = state_log(store, "import", name, "records", NULL, records, err);
    store->step = open;
    return result;
}

int state_log_undo(struct store *store, const char *kind, const char *item, int64_t step,
                   struct error *err)
{
    return state_log_back(store, kind, item, "undo", NULL, NULL, step, err);
}
