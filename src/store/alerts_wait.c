/*
 * Events of papers in the bin (carrel/alerts.h). A rule that comes to one whose paper was removed
 * cannot say whether its query finds it: the event waits, with the number of the work below zero,
 * so that no rule takes it for one of a work, and is noted anew when the paper is back. Every rule
 * looks at it then; what one has told before is in the journal.
 */
#include "alerts_internal.h"

int alerts_wait(struct store *store, const struct alert_rule *rule, int64_t upto, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE alert_event SET work_id = -work_id WHERE id > ?1 AND id <= "
                              "?2 AND event = ?3 AND work_id > 0 AND NOT EXISTS (SELECT 1 FROM "
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

#define BACK "work_id < 0 AND EXISTS (SELECT 1 FROM work w WHERE w.id = -work_id)"

int alerts_awake(struct store *store, struct error *err)
{
    int64_t any = 0;
    int result = store_query_int(store, "SELECT EXISTS (SELECT 1 FROM alert_event WHERE " BACK ")",
                                 &any, err);

    if (result != ERR_OK || !any)
        return result;
    result = store_begin(store, err);
    if (result != ERR_OK)
        return result;
    result = store_exec(store,
                        "INSERT INTO alert_event(at, event, work_id, detail) SELECT at, event, "
                        "-work_id, detail FROM alert_event WHERE " BACK " ORDER BY id; "
                        "DELETE FROM alert_event WHERE " BACK,
                        err);
    return alerts_end(store, result, err);
}
