/*
 * Events of papers in the bin (carrel/alerts.h). A rule that comes to one whose paper was removed
 * cannot say whether its query finds it: the event waits, with the number of the work below zero,
 * so that no rule takes it for one of a work. When the paper is back, rules that were there when
 * it was noted go back to it; what one has told before is in the journal. A rule that is made
 * later stands behind the event from its first day: while one waits, its `key` is the number of
 * the last rule that stood before it, and rules are numbered as they are made.
 */
#include "alerts_internal.h"

int alerts_wait(struct store *store, const struct alert_rule *rule, int64_t upto, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE alert_event SET work_id = -work_id, key = (SELECT max(r.id) "
                              "FROM alert_rule r WHERE r.event = alert_event.event AND r.seen < "
                              "alert_event.id) WHERE id > ?1 AND id <= ?2 AND event = ?3 AND "
                              "work_id > 0 AND NOT EXISTS (SELECT 1 FROM "
                              "work w WHERE w.id = work_id) AND EXISTS (SELECT 1 FROM bin_work b "
                              "WHERE b.id = work_id)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, rule->seen);
    stmt_bind_int(stmt, 2, upto);
    stmt_bind_int(stmt, 3, rule->on);
    return stmt_run(stmt, err);
}

#define BACK "e.work_id < 0 AND EXISTS (SELECT 1 FROM work w WHERE w.id = -e.work_id)"
#define THERE "e.event = alert_rule.event AND alert_rule.id <= CAST(e.key AS INTEGER)"

int alerts_awake(struct store *store, struct error *err)
{
    int64_t any = 0;
    int result = store_query_int(
        store, "SELECT EXISTS (SELECT 1 FROM alert_event e WHERE " BACK ")", &any, err);

    if (result != ERR_OK || !any)
        return result;
    result = store_begin(store, err);
    if (result != ERR_OK)
        return result;
    result = store_exec(store,
                        "UPDATE alert_rule SET seen = min(seen, (SELECT min(e.id) - 1 FROM "
                        "alert_event e WHERE " BACK " AND " THERE ")) WHERE EXISTS (SELECT 1 FROM "
                        "alert_event e WHERE " BACK " AND " THERE "); "
                        "UPDATE alert_event AS e SET work_id = -work_id, key = (SELECT w.key FROM "
                        "work w WHERE w.id = -e.work_id) WHERE " BACK,
                        err);
    return alerts_end(store, result, err);
}
