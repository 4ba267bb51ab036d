/*
 * Leases: entries of the request ledger whose sender is at another machine (ledger_lease.h).
 */
#include "ledger_internal.h"

#include "carrel/clock.h"
#include "carrel/ledger_lease.h"

#include <stdio.h>

#define NAME_MAX_BYTES (LEASE_HOLDER_MAX + 2)

static void guest_name(char out[NAME_MAX_BYTES], const char *holder)
{
    snprintf(out, NAME_MAX_BYTES, "%c%.*s", LEDGER_GUEST, LEASE_HOLDER_MAX, holder);
}

static int lease_end(struct store *store, int result)
{
    if (result != ERR_OK)
        store_rollback(store);
    return result;
}

/* The one that the guest has, 0 none: one that has not been renewed in time is none, whether or not
 * somebody has settled it already. */
static int lease_of(struct store *store, const char *origin, const char *who, int64_t now,
                    int64_t *lease, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT id FROM request WHERE origin = ?1 AND settled IS NULL "
                              "AND holder = ?2 AND deadline > ?3",
                              err);

    *lease = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    stmt_bind_text(stmt, 2, who);
    stmt_bind_int(stmt, 3, now);
    result = stmt_step(stmt, err);
    if (result == 1)
        *lease = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* One that nobody has settled is still its holder's, be it late. */
static int lease_update(struct store *store, const char *sql, const char *origin, int64_t lease,
                        const char *who, int64_t deadline, bool *held, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    *held = false;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, lease);
    stmt_bind_text(stmt, 2, origin);
    stmt_bind_text(stmt, 3, who);
    if (deadline > 0)
        stmt_bind_int(stmt, 4, deadline);
    result = stmt_run(stmt, err);
    *held = result == ERR_OK && sqlite3_changes64(store->db) > 0;
    return result;
}

#define HELD " WHERE id = ?1 AND origin = ?2 AND holder = ?3 AND settled IS NULL"

static int lease_extend(struct store *store, const char *origin, int64_t lease, const char *who,
                        int64_t hold_ms, bool *held, struct error *err)
{
    return lease_update(store, "UPDATE request SET deadline = ?4" HELD, origin, lease, who,
                        clock_real_ms() + hold_ms, held, err);
}

static int lease_give(struct store *store, const struct net_origin *origin,
                      const struct net_note *note, const char *who, int64_t hold_ms, int64_t *lease,
                      int64_t *wait_ms, struct error *err)
{
    struct net_note ours = *note;
    int64_t now = clock_real_ms();
    bool held;
    int result = lease_of(store, origin->name, who, now, lease, err);

    *wait_ms = 0;
    ours.deadline_ms = now + hold_ms;
    if (result != ERR_OK)
        return result;
    if (*lease > 0)
        return lease_extend(store, origin->name, *lease, who, hold_ms, &held, err);
    return ledger_take(store, origin, &ours, who, lease, wait_ms, err);
}

int ledger_lease_ask(struct store *store, const struct net_origin *origin,
                     const struct net_note *note, const struct ledger_guest *guest, int64_t *lease,
                     int64_t *wait_ms, struct error *err)
{
    char who[NAME_MAX_BYTES];
    int result = store_begin(store, err);

    *lease = *wait_ms = 0;
    if (result != ERR_OK)
        return result;
    guest_name(who, guest->holder);
    result = lease_give(store, origin, note, who, guest->hold_ms, lease, wait_ms, err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    if (result != ERR_OK)
        *lease = 0;
    return lease_end(store, result);
}

int ledger_lease_renew(struct store *store, const char *origin, int64_t lease,
                       const struct ledger_guest *guest, bool *held, struct error *err)
{
    char who[NAME_MAX_BYTES];
    int result = store_begin(store, err);

    *held = false;
    if (result != ERR_OK)
        return result;
    guest_name(who, guest->holder);
    result = lease_extend(store, origin, lease, who, guest->hold_ms, held, err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    return lease_end(store, result);
}

/* A 429 holds for all, also when it comes late; the request itself was settled by others then. */
static int lease_settle(struct store *store, const struct net_origin *origin, int64_t lease,
                        const struct net_outcome *outcome, bool held, struct error *err)
{
    return held ? ledger_settle_all(store, origin, lease, outcome, err)
                : ledger_settle_origin(store, origin->name, outcome, clock_real_ms(), err);
}

int ledger_lease_return(struct store *store, const struct net_origin *origin, int64_t lease,
                        const struct ledger_guest *guest, const struct net_outcome *outcome,
                        bool *held, struct error *err)
{
    char who[NAME_MAX_BYTES];
    int result = store_begin(store, err);

    *held = false;
    if (result != ERR_OK)
        return result;
    guest_name(who, guest->holder);
    result = lease_extend(store, origin->name, lease, who, guest->hold_ms, held, err);
    if (result == ERR_OK)
        result = lease_settle(store, origin, lease, outcome, *held, err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    return lease_end(store, result);
}

int ledger_lease_drop(struct store *store, const char *origin, int64_t lease,
                      const struct ledger_guest *guest, bool *held, struct error *err)
{
    char who[NAME_MAX_BYTES];
    int result = store_begin(store, err);

    *held = false;
    if (result != ERR_OK)
        return result;
    guest_name(who, guest->holder);
    result = lease_update(store, "DELETE FROM request" HELD, origin, lease, who, 0, held, err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    return lease_end(store, result);
}

int ledger_lease_is_ours(struct store *store, int64_t lease, const char *holder, bool *ours,
                         struct error *err)
{
    char who[NAME_MAX_BYTES];
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "SELECT 1 FROM request WHERE id = ?1 AND holder = ?2", err);

    *ours = false;
    if (result != ERR_OK)
        return result;
    guest_name(who, holder);
    stmt_bind_int(stmt, 1, lease);
    stmt_bind_text(stmt, 2, who);
    result = stmt_step(stmt, err);
    *ours = result == 1;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}
