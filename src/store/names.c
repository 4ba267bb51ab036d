/*
 * Names by how they begin. Each list is a range of an index, so it costs what it prints.
 */
#include "carrel/names.h"

#include "carrel/mem.h"

#include <stdio.h>
#include <stdlib.h>

int names_each(struct store *store, enum name_kind kind, const char *prefix, int limit,
               void (*each)(void *ctx, const char *name), void *ctx, struct error *err)
{
    static const char *const sql[] = {
        [NAME_TAG] = "SELECT name FROM tag WHERE name >= ?1 AND name < ?2 ORDER BY name LIMIT ?3",
        [NAME_QUERY] = "SELECT name FROM saved_query WHERE name >= ?1 AND name < ?2 ORDER BY name "
                       "LIMIT ?3",
        [NAME_WORK] = "SELECT key FROM work WHERE key >= ?1 AND key < ?2 ORDER BY key LIMIT ?3",
        [NAME_CATEGORY] = "SELECT code FROM category WHERE code >= ?1 AND code < ?2 ORDER BY code "
                          "LIMIT ?3",
        [NAME_SOURCE] = "SELECT DISTINCT source FROM harvest_stream WHERE source >= ?1 AND source "
                        "< ?2 ORDER BY source LIMIT ?3",
        [NAME_JOB] = "SELECT id FROM (SELECT CAST(id AS TEXT) AS id FROM job ORDER BY job.id DESC "
                     "LIMIT 500) WHERE id >= ?1 AND id < ?2 LIMIT ?3",
        [NAME_TASK] = "SELECT name FROM catalog WHERE kind = 1 AND name >= ?1 AND name < ?2 "
                      "ORDER BY name LIMIT ?3",
        [NAME_DATASET] = "SELECT name FROM catalog WHERE kind = 3 AND name >= ?1 AND name < ?2 "
                         "ORDER BY name LIMIT ?3",
        [NAME_COLLECTION] = "SELECT name FROM collection c WHERE name >= ?1 AND name < ?2 AND "
                            "EXISTS (SELECT 1 FROM collection_work WHERE collection_id = c.id) "
                            "ORDER BY name LIMIT ?3",
        [NAME_VENUE] = "SELECT DISTINCT venue FROM work_text WHERE venue >= ?1 AND venue < ?2 AND "
                       "venue != '' ORDER BY venue LIMIT ?3",
        [NAME_CITED] = "SELECT DISTINCT key FROM cited_key WHERE key >= ?1 AND key < ?2 AND "
                       "key != '' ORDER BY key LIMIT ?3",
        [NAME_ALERT] = "SELECT name FROM alert_rule WHERE name >= ?1 AND name < ?2 ORDER BY name "
                       "LIMIT ?3",
    };
    char *end = mem_printf("%s\xf4\x8f\xbf\xbf", prefix); /* behind all that begin with it */
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql[kind], err);

    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, prefix);
        stmt_bind_text(stmt, 2, end);
        stmt_bind_int(stmt, 3, limit);
        while ((result = stmt_step(stmt, err)) > 0)
            each(ctx, stmt_text(stmt, 0));
        stmt_reset(stmt);
    }
    free(end);
    return result;
}
