/*
 * What a newer carrel says is kept as it is and passed on. When this one has been updated and knows
 * what it means, it is taken as if it came now. The library knows by which kinds it was written.
 */
#include "ops_internal.h"

#include "carrel/str.h"

#include <string.h>

/* The kinds that were known when this was last asked; "" nobody has asked yet. */
static int known_before(struct str *out, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store, "SELECT value FROM meta WHERE key = 'kinds'", err);

    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    if (step == 1)
        str_add(out, stmt_text(stmt, 0));
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int rows_between(struct op **out, size_t *count, struct store *store, struct arena *arena,
                        const char *before, const char *now, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT o.seq, o.stamp, m.id, o.kind, o.item, o.field, "
                                    "o.value, o.past FROM op o JOIN machine m ON m.n = o.machine "
                                    "WHERE instr(?2, ' ' || o.kind || ' ') > 0 AND instr(?1, ' ' "
                                    "|| o.kind || ' ') = 0 ORDER BY o.stamp, m.id",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, before);
    stmt_bind_text(stmt, 2, now);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap, op_of_row(stmt, arena));
    stmt_reset(stmt);
    return step;
}

int ops_kinds_new(bool *any, struct store *store, struct error *err)
{
    struct str before = STR_INIT, now = STR_INIT;
    int result;

    op_kinds(&now);
    result = known_before(&before, store, err);
    *any = result == ERR_OK && !str_eq(before.ptr, now.ptr);
    str_free(&before);
    str_free(&now);
    return result;
}

int ops_unlearnt(bool *any, struct store *store, struct error *err)
{
    int64_t asked = 0;
    int result = ops_kinds_new(any, store, err);

    if (result == ERR_OK && *any)
        result =
            store_query_int(store, "SELECT count(*) FROM meta WHERE key = 'kinds'", &asked, err);
    *any = *any && asked > 0;
    return result;
}

int ops_learn(struct op **out, size_t *count, struct store *store, struct arena *arena,
              struct error *err)
{
    struct str before = STR_INIT, now = STR_INIT;
    size_t i;
    int result;

    *out = NULL;
    *count = 0;
    op_kinds(&now);
    result = known_before(&before, store, err);
    if (result == ERR_OK && before.len > 0)
        result = rows_between(out, count, store, arena, before.ptr, now.ptr, err);
    for (i = 0; i < *count && result == ERR_OK; i++)
        result = op_delete(store, (*out)[i].seq, err);
    if (result == ERR_OK)
        result =
            store_run(store, "INSERT OR REPLACE INTO meta(key, value) SELECT 'kinds', ?3 WHERE ?1",
                      1, 0, now.ptr, err);
    str_free(&before);
    str_free(&now);
    return result;
}
