/*
 * Newcomers (newcomers.h): a mark for each who watches, the last record that it has seen.
 */
#include "internal.h"

#include "carrel/newcomers.h"

#include <stdlib.h>
#include <string.h>

#define NEWCOMERS_MAX 1000000

int newcomers_watch(struct store *store, const char *who, struct error *err)
{
    int64_t mark;
    int result = store_lookup(store, &mark, "SELECT value FROM meta WHERE key = 'newcomers:' || ?1",
                              who, 0, 0, err);

    if (result != ERR_NOTFOUND)
        return result;
    return store_run(store,
                     "INSERT OR IGNORE INTO meta(key, value) SELECT 'newcomers:' || ?3, "
                     "ifnull(max(id), 0) FROM record WHERE ?1 = ?2",
                     0, 0, who, err);
}

static int read_works(struct newcomers *out, struct store *store, struct arena *arena,
                      struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int64_t *works = NULL;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT work_id FROM record n WHERE id > ?1 AND id <= ?2 AND "
                                    "NOT EXISTS (SELECT 1 FROM record o WHERE o.work_id = "
                                    "n.work_id AND o.id < n.id) ORDER BY id LIMIT ?3",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, out->after);
    stmt_bind_int(stmt, 2, out->upto);
    stmt_bind_int(stmt, 3, NEWCOMERS_MAX);
    while ((step = stmt_step(stmt, err)) == 1)
        VEC_PUSH(works, out->count, cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    out->works = arena_alloc(arena, (out->count + 1) * sizeof *works);
    if (out->count > 0)
        memcpy(out->works, works, out->count * sizeof *works);
    free(works);
    return step;
}

int newcomers_look(struct newcomers *out, struct store *store, struct arena *arena, const char *who,
                   struct error *err)
{
    int result;

    *out = (struct newcomers){ .count = 0 };
    result = store_lookup(store, &out->after,
                          "SELECT value FROM meta WHERE key = 'newcomers:' || ?1", who, 0, 0, err);
    if (result == ERR_NOTFOUND)
        return ERR_OK;
    if (result == ERR_OK)
        result = store_query_int(store, "SELECT ifnull(max(id), 0) FROM record", &out->upto, err);
    return result == ERR_OK && out->upto > out->after ? read_works(out, store, arena, err) : result;
}

int newcomers_seen(struct store *store, const char *who, const struct newcomers *seen,
                   struct error *err)
{
    int64_t changed = 0;
    int result = store_run(store,
                           "UPDATE meta SET value = ?2 WHERE key = 'newcomers:' || ?3 AND value = "
                           "?1",
                           seen->after, seen->upto, who, err);

    if (result == ERR_OK)
        result = store_query_int(store, "SELECT changes()", &changed, err);
    return result == ERR_OK && changed == 0
               ? error_set(err, ERR_EXISTS, "another carrel has told %s already", who)
               : result;
}
