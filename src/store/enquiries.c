/*
 * Enquiries: a row for each id that a source has answered for.
 */
#include "carrel/enquiries.h"
#include "internal.h"

#include <string.h>

#define DAY_MS 86400000LL

int enquiries_put(struct store *store, const char *source, const char *id, bool known, int64_t now,
                  struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO enquiry(source, scheme, value, asked, known) "
        "SELECT ?1, scheme, value, ?3, ?4 FROM alias WHERE scheme = substr(?2, 1, instr(?2, ':') "
        "- 1) AND value = substr(?2, instr(?2, ':') + 1) "
        "ON CONFLICT(source, scheme, value) DO UPDATE SET asked = excluded.asked, "
        "known = excluded.known",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_text(stmt, 2, id);
    stmt_bind_int(stmt, 3, now);
    stmt_bind_int(stmt, 4, known);
    return stmt_run(stmt, err);
}

int enquiries_due(struct store *store, struct arena *arena, const char *source, int64_t now,
                  size_t most, struct text_list *out, struct error *err)
{
    static const char sql[] =
        "SELECT a.value, (ifnull(s.starred, 0) OR ifnull(s.state, 0) IN (1, 2) "
        "OR EXISTS (SELECT 1 FROM work_tag g WHERE g.work_id = w.id)) AS marked "
        "FROM alias a JOIN work w ON w.id = a.work_id "
        "LEFT JOIN enquiry e ON e.source = ?1 AND e.scheme = a.scheme AND e.value = a.value "
        "LEFT JOIN reading s ON s.work_id = w.id "
        "WHERE a.scheme = 'doi' AND a.value NOT LIKE '10.48550/%' AND ifnull(e.asked, 0) <= ?2 "
        "ORDER BY marked DESC, ifnull(e.asked, 0), w.day DESC, a.value LIMIT ?3";
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_int(stmt, 2, now - ENQUIRY_AGAIN_DAYS * DAY_MS);
    stmt_bind_int(stmt, 3, (int64_t)most);
    return stmt_texts(stmt, out, arena, err);
}

int enquiries_due_count(struct store *store, const char *source, int64_t now, int64_t *due,
                        int64_t *unasked, struct error *err)
{
    static const char sql[] =
        "SELECT count(*), count(*) FILTER (WHERE e.asked IS NULL) FROM alias a "
        "LEFT JOIN enquiry e ON e.source = ?1 AND e.scheme = a.scheme AND e.value = a.value "
        "WHERE a.scheme = 'doi' AND a.value NOT LIKE '10.48550/%' AND ifnull(e.asked, 0) <= ?2";
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, sql, err);

    *due = *unasked = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, source);
    stmt_bind_int(stmt, 2, now - ENQUIRY_AGAIN_DAYS * DAY_MS);
    step = stmt_step(stmt, err);
    if (step == 1) {
        *due = stmt_int(stmt, 0);
        *unasked = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}
