/*
 * Replacements and withdrawals from the records (carrel/changes.h). Records are numbered as they
 * come, so those of a period are the newest numbers: found from the end, without an index on their
 * times. A withdrawal is a record of the plain source "oai" (a deleted header) whose forerunner
 * under the same id was something else, or a version that says so; the latter, and versions that
 * have no number, stand in work_version.
 */
#include "internal.h"

#include "carrel/changes.h"
#include "carrel/clock.h"

#include <inttypes.h>

#define CHANGES_STRAYS                                                                             \
    256 /* older ones in a row end the way back: a clock may once have jumped                      \
         */

/* All records since then have a number above *before. */
static int changes_start(struct store *store, int64_t since, int64_t *before, struct error *err)
{
    struct stmt *stmt;
    int step = 0, strays = 0,
        result = stmt_prepare(&stmt, store, "SELECT id, fetched FROM record ORDER BY id DESC", err);

    *before = 0;
    if (result != ERR_OK)
        return result;
    while (strays < CHANGES_STRAYS && (step = stmt_step(stmt, err)) == 1) {
        strays = stmt_int(stmt, 1) >= since ? 0 : strays + 1;
        *before = stmt_int(stmt, 0);
    }
    stmt_reset(stmt);
    if (strays < CHANGES_STRAYS)
        *before = 0;
    return strays < CHANGES_STRAYS ? step : ERR_OK;
}

static const char changes_sql[] =
    "WITH come AS (SELECT r.work_id, r.fetched, r.source, r.version, (SELECT max(o.version) FROM "
    "record o WHERE r.version > 1 AND o.source_key = r.source_key AND o.work_id = r.work_id AND "
    "o.id < r.id AND o.version > 0) AS prior, (SELECT o.source FROM record o WHERE r.source = "
    "'oai' AND o.source_key = r.source_key AND o.work_id = r.work_id AND o.id < r.id ORDER BY o.id "
    "DESC LIMIT 1) AS forerunner FROM record r WHERE r.id > ?1 AND r.fetched >= ?2 AND (r.version "
    "> 1 OR r.source = 'oai')), told AS (SELECT work_id, 0 AS withdrawn, min(prior) AS low, "
    "max(version) AS high, max(fetched) AS at FROM come WHERE version > prior GROUP BY work_id "
    "UNION ALL SELECT work_id, 1, 0, 0, max(fetched) FROM come WHERE source = 'oai' AND forerunner "
    "<> 'oai' GROUP BY work_id UNION ALL SELECT work_id, 1, 0, 0, withdrawn FROM work_version "
    "WHERE max(came, withdrawn) >= ?2 AND withdrawn >= ?2 AND work_id NOT IN (SELECT work_id FROM "
    "come WHERE source = 'oai') UNION ALL SELECT work_id, 0, 0, 0, came FROM work_version WHERE "
    "max(came, withdrawn) >= ?2 AND came >= ?2 AND number = 0) SELECT t.work_id, t.withdrawn, low, "
    "high, at, count(*) OVER (), v.day FROM told t JOIN work w ON w.id = t.work_id LEFT JOIN "
    "work_version v ON v.work_id = t.work_id WHERE NOT t.withdrawn OR w.flags & 4 ORDER BY at "
    "DESC, t.work_id, t.withdrawn LIMIT ?3";

void change_print(struct str *out, const struct change *change)
{
    char day[16];

    date_format(day, change->day);
    if (change->withdrawn)
        str_add(out, "withdrawn");
    else if (change->version > 0)
        str_printf(out, "v%" PRId64 " to v%" PRId64, change->from, change->version);
    else
        str_printf(out, "version of %s", day);
}

int changes_since(struct store *store, struct arena *arena, int64_t since, int64_t limit,
                  struct change **out, size_t *count, int64_t *total, struct error *err)
{
    struct stmt *stmt;
    int64_t before;
    int step, result = changes_start(store, since, &before, err);

    *out = arena_alloc(arena, (size_t)(limit + 1) * sizeof **out);
    *count = 0;
    *total = 0;
    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store, changes_sql, err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, before);
    stmt_bind_int(stmt, 2, since);
    stmt_bind_int(stmt, 3, limit);
    while ((step = stmt_step(stmt, err)) == 1) {
        (*out)[(*count)++] = (struct change){ .work = stmt_int(stmt, 0),
                                              .withdrawn = stmt_int(stmt, 1) != 0,
                                              .from = stmt_int(stmt, 2),
                                              .version = stmt_int(stmt, 3),
                                              .at = stmt_int(stmt, 4),
                                              .day = (int32_t)stmt_int(stmt, 6) };
        *total = stmt_int(stmt, 5);
    }
    stmt_reset(stmt);
    return step;
}
