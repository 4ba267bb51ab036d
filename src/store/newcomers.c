/*
 * Newcomers (newcomers.h): a mark for each who watches, the last record that it has seen. A paper
 * that was in the bin when its records were passed has a row of its own, "late:WORK:WHO", until it
 * is back and told, or gone for good.
 */
#include "internal.h"

#include "carrel/bin.h"
#include "carrel/newcomers.h"

#include <stdlib.h>
#include <string.h>

#define NEWCOMERS_MAX 1000000
/* The paper of such a row; whose row it is. */
#define LATE_WORK "CAST(substr(m.key, 6) AS INTEGER)"
#define LATE_WHO "substr(m.key, 6 + instr(substr(m.key, 6), ':'))"
#define LATE_ROWS "meta m WHERE m.key > 'late:' AND m.key < 'late;'"

int newcomers_watch(struct store *store, const char *who, struct error *err)
{
    int64_t mark;
    int result = store_lookup(store, &mark, "SELECT value FROM meta WHERE key = 'newcomers:' || ?1",
                              who, 0, 0, err);

    if (result != ERR_NOTFOUND)
        return result;
    return store_run(store,
                     "INSERT OR IGNORE INTO meta(key, value) SELECT 'newcomers:' || ?3, "
                     "(" BIN_LAST_RECORD ") WHERE ?1 = ?2",
                     0, 0, who, err);
}

/* ---- looking ---- */

/* Works by a statement of the name, or of two marks. */
static int read_works(struct newcomers *out, int64_t **works, size_t *cap, struct stmt *stmt,
                      struct error *err)
{
    int step = 0;

    while (out->count < NEWCOMERS_MAX && (step = stmt_step(stmt, err)) == 1)
        VEC_PUSH(*works, out->count, *cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return out->count < NEWCOMERS_MAX ? step : ERR_OK;
}

static int read_late(struct newcomers *out, int64_t **works, size_t *cap, struct store *store,
                     const char *who, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT id FROM work WHERE id IN (SELECT " LATE_WORK
                              " FROM " LATE_ROWS " AND " LATE_WHO " = ?1) ORDER BY id",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, who);
    result = read_works(out, works, cap, stmt, err);
    out->late = out->count;
    return result;
}

static int read_new(struct newcomers *out, int64_t **works, size_t *cap, struct store *store,
                    struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id FROM record n WHERE id > ?1 AND id <= ?2 AND "
                              "NOT EXISTS (SELECT 1 FROM record o WHERE o.work_id = "
                              "n.work_id AND o.id < n.id) ORDER BY id",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, out->after);
    stmt_bind_int(stmt, 2, out->upto);
    return read_works(out, works, cap, stmt, err);
}

int newcomers_look(struct newcomers *out, struct store *store, struct arena *arena, const char *who,
                   struct error *err)
{
    int64_t *works = NULL;
    size_t cap = 0;
    int result;

    *out = (struct newcomers){ .count = 0 };
    result = store_lookup(store, &out->after,
                          "SELECT value FROM meta WHERE key = 'newcomers:' || ?1", who, 0, 0, err);
    if (result == ERR_NOTFOUND)
        return ERR_OK;
    if (result == ERR_OK)
        result = store_query_int(store, BIN_LAST_RECORD, &out->upto, err);
    if (result == ERR_OK)
        result = read_late(out, &works, &cap, store, who, err);
    if (result == ERR_OK && out->upto > out->after)
        result = read_new(out, &works, &cap, store, err);
    out->works = arena_alloc(arena, (out->count + 1) * sizeof *works);
    if (out->count > 0)
        memcpy(out->works, works, out->count * sizeof *works);
    free(works);
    return result;
}

bool newcomers_any(const struct newcomers *came)
{
    return came->upto > came->after || came->late > 0;
}

/* ---- telling ---- */

/* One row, or another process was quicker. */
static int change_one(struct store *store, const char *sql, int64_t a, int64_t b, const char *who,
                      struct error *err)
{
    int64_t changed = 0;
    int result = store_run(store, sql, a, b, who, err);

    if (result == ERR_OK)
        result = store_query_int(store, "SELECT changes()", &changed, err);
    return result == ERR_OK && changed == 0
               ? error_set(err, ERR_EXISTS, "another carrel has told %s already", who)
               : result;
}

/* Papers of which all records are newer than the mark and lie in the bin; and none waits that was
 * emptied out of it. */
static int note_late(struct store *store, const char *who, const struct newcomers *seen,
                     struct error *err)
{
    int result = store_run(store,
                           "INSERT OR IGNORE INTO meta(key, value) SELECT 'late:' || b.work || ':' "
                           "|| ?3, 0 FROM bin b WHERE b.id > ?1 AND b.id <= ?2 AND NOT EXISTS "
                           "(SELECT 1 FROM bin o WHERE o.work = b.work AND o.id < b.id) AND NOT "
                           "EXISTS (SELECT 1 FROM record r WHERE r.work_id = b.work)",
                           seen->after, seen->upto, who, err);

    return result == ERR_OK
               ? store_run(store,
                           "DELETE FROM meta WHERE ?1 AND key IN (SELECT m.key FROM " LATE_ROWS
                           " AND " LATE_WHO " = ?3 AND " LATE_WORK
                           " NOT IN (SELECT id FROM bin_work) AND " LATE_WORK
                           " NOT IN (SELECT id FROM work))",
                           1, 0, who, err)
               : result;
}

int newcomers_seen(struct store *store, const char *who, const struct newcomers *seen,
                   struct error *err)
{
    size_t i;
    int result = change_one(store,
                            "UPDATE meta SET value = ?2 WHERE key = 'newcomers:' || ?3 AND value = "
                            "?1",
                            seen->after, seen->upto, who, err);

    for (i = 0; i < seen->late && result == ERR_OK; i++)
        result = change_one(store, "DELETE FROM meta WHERE key = 'late:' || ?1 || ':' || ?3 AND ?2",
                            seen->works[i], 1, who, err);
    return result == ERR_OK ? note_late(store, who, seen, err) : result;
}
