/*
 * Migration 30: what the reader had said before there were operations becomes operations of this
 * machine, with the times of its rows. Migration 31: the stars of repositories, too.
 *
 * Each row of the tables below gives kind, item, field, value and time in ms. Works are named by
 * their key; a decision that two papers are two has no time of its own, and has the migration's.
 */
#include "ops_internal.h"

#include "carrel/clock.h"

#include <stdlib.h>

#define QUOTED "'start', start, 'stop', stop, 'quote', quote, 'prefix', prefix, 'suffix', suffix"

static const char *const sources[] = {
    "SELECT 'read', w.key, '', CAST(r.state AS TEXT), r.changed FROM reading r "
    "JOIN work w ON w.id = r.work_id WHERE r.state != 0",
    "SELECT 'star', w.key, '', '1', r.changed FROM reading r JOIN work w ON w.id = r.work_id "
    "WHERE r.starred",
    "SELECT 'tag', w.key, t.name, '1', x.added FROM work_tag x JOIN tag t ON t.id = x.tag_id "
    "JOIN work w ON w.id = x.work_id",
    "SELECT 'note', w.key, '', n.body, n.changed FROM note n JOIN work w ON w.id = n.work_id",
    "SELECT 'query', name, '', query, created FROM saved_query",
    "SELECT 'query', name, 'position', CAST(position AS TEXT), created FROM saved_query",
    "SELECT 'place', 'file:' || document, mark, json_object(" QUOTED "), changed "
    "FROM document_place",
    "SELECT 'highlight', 'file:' || document, uid, json_object(" QUOTED ", 'page', page, "
    "'created', created), created FROM highlight",
    "SELECT 'hnote', 'file:' || document, uid, note, changed FROM highlight WHERE note != ''",
    /* both names of a merge by hand that was not taken back */
    "SELECT 'pair', min(w.key, m.gone_key), max(w.key, m.gone_key), 'joined', m.at FROM merge m "
    "JOIN work w ON w.id = m.work_id WHERE m.by_hand AND m.undone IS NULL AND w.key != m.gone_key",
    "SELECT 'pair', min(w.key, m.gone_key), max(w.key, m.gone_key), 'alike', 1 FROM merge m "
    "JOIN work w ON w.id = m.work_id WHERE NOT m.by_hand AND m.undone IS NULL AND w.key != "
    "m.gone_key AND m.evidence ->> '$.title' IS NOT NULL",
    "SELECT 'pair', a, b, 'apart', ?1 FROM keep_apart WHERE a < b",
    "SELECT 'sample', item, source || ' ' || metric || ' ' || day, CAST(value AS TEXT), "
    "day * 86400000 FROM sample",
};

static int convert_rows(struct store *store, size_t at, int64_t machine, int64_t now,
                        struct error *err)
{
    struct stmt *stmt;
    char *sql = mem_printf("INSERT OR REPLACE INTO op(stamp, machine, kind, item, field, value) "
                           "SELECT min(max(t, 1), 8796093022207) << 16, ?2, k, i, f, v FROM "
                           "(SELECT NULL AS k, NULL AS "
                           "i, NULL AS f, NULL AS v, ?1 AS t WHERE false UNION ALL %s)",
                           sources[at]);
    int result = stmt_prepare_once(&stmt, store, sql, err);

    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, now);
        stmt_bind_int(stmt, 2, machine);
        result = stmt_run(stmt, err);
    }
    stmt_free(stmt);
    free(sql);
    return result;
}

int ops_convert(struct store *store, struct error *err)
{
    int64_t machine, now = clock_now_ms();
    size_t i;
    int result = machine_own(store, &machine, err);

    for (i = 0; i < ARRAY_LEN(sources) && result == ERR_OK; i++)
        result = convert_rows(store, i, machine, now, err);
    if (result == ERR_OK)
        result = store_exec(store,
                            /* Of two joined works one series a day stands, and of two times one. */
                            "DELETE FROM op WHERE kind NOT IN ('note', 'hnote') AND seq NOT IN "
                            "(SELECT max(seq) FROM op GROUP BY item, kind, field); "
                            "INSERT OR REPLACE INTO meta(key, value) SELECT 'clock', "
                            "ifnull(max(stamp), 0) FROM op; DROP TABLE keep_apart; "
                            "CREATE VIEW keep_apart AS SELECT item AS a, field AS b FROM op WHERE "
                            "kind = 'pair' AND value = 'apart'",
                            err);
    return result;
}

int ops_convert_stars(struct store *store, struct error *err)
{
    int64_t machine;
    int result = machine_own(store, &machine, err);

    if (result == ERR_OK)
        result = store_run(store,
                           "INSERT OR IGNORE INTO op(stamp, machine, kind, item, field, value) "
                           "SELECT max(s.day * 86400000, 1) << 16, ?1, 'sample', 'repo:' || r.key, "
                           "'github' || ifnull(':' || r.number, '') || ' ' || s.metric || ' ' || "
                           "s.day, CAST(s.value AS TEXT) FROM "
                           "repository_sample s JOIN repository r ON r.id = s.repository_id WHERE "
                           "?2 AND r.state != 2",
                           machine, 1, NULL, err);
    return result;
}
