/*
 * The queue of an origin: who has had to wait longest goes first, so that of several machines none
 * is always too late. A place holds until a little after the moment at which its owner was told to
 * come again; who does not come (it has ended, or wants nothing any more) holds nobody up longer
 * than that. A place counts only once its owner could go: one that waits for its own longer pause
 * is passed by others.
 */
#include "ledger_internal.h"

#include "carrel/holder.h"

#include <string.h>

#define QUEUE_GRACE_MS 2000 /* to come again: the way here and back, and a busy machine */

int queue_look(struct store *store, const char *origin, const char *who, int64_t now,
               struct queue *out, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT who, at, until FROM origin_turn "
                                    "WHERE origin = ?1 AND until > ?2 ORDER BY id",
                                    err);

    *out = (struct queue){ 0 };
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    stmt_bind_int(stmt, 2, now);
    while ((step = stmt_step(stmt, err)) == 1) {
        const char *other = stmt_text(stmt, 0);

        if (strcmp(other, who) == 0) {
            out->until = stmt_int(stmt, 2);
        } else if (!holder_is_dead(other)) {
            out->others = true;
            out->ahead |= out->until == 0 && stmt_int(stmt, 1) <= now;
        }
    }
    stmt_reset(stmt);
    return step;
}

static int queue_run(struct store *store, const char *sql, const char *origin, const char *who,
                     int64_t at, int64_t until, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    if (who)
        stmt_bind_text(stmt, 2, who);
    if (until > 0) {
        stmt_bind_int(stmt, 3, at);
        stmt_bind_int(stmt, 4, until);
    }
    return stmt_run(stmt, err);
}

/* Who comes too late begins at the end. */
static int queue_tidy(struct store *store, const char *origin, int64_t now, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "DELETE FROM origin_turn WHERE origin = ?1 AND until <= ?2", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    stmt_bind_int(stmt, 2, now);
    return stmt_run(stmt, err);
}

int queue_join(struct store *store, const char *origin, const char *who, const struct budget *b,
               struct error *err)
{
    int result = queue_tidy(store, origin, b->now, err);

    return result == ERR_OK
               ? queue_run(store,
                           "INSERT INTO origin_turn(origin, who, at, until) "
                           "VALUES(?1, ?2, ?3, ?4) "
                           "ON CONFLICT(origin, who) DO UPDATE SET at = ?3, until = ?4",
                           origin, who, b->due, b->now + b->wait + QUEUE_GRACE_MS, err)
               : result;
}

int queue_leave(struct store *store, const char *origin, const char *who, struct error *err)
{
    return queue_run(store, "DELETE FROM origin_turn WHERE origin = ?1 AND who = ?2", origin, who,
                     0, 0, err);
}

int queue_clear(struct store *store, const char *origin, struct error *err)
{
    return queue_run(store, "DELETE FROM origin_turn WHERE origin = ?1", origin, NULL, 0, 0, err);
}
