/*
 * The request ledger's writing half: leave to send, and what came of it.
 *
 * Leave is given in one BEGIN IMMEDIATE transaction, so that two threads or processes never get the
 * same slot. Before it takes the write lock a request looks without it: one that has to wait anyway
 * disturbs nobody, unless other machines ask here, too: then it takes its place in the queue.
 */
#include "ledger_internal.h"

#include "carrel/clock.h"
#include "carrel/holder.h"

#include <string.h>

#define SETTLE_BUSY_MS 3000 /* patience with writers when the caller is in a hurry */
#define PRUNE_EVERY 1000    /* tickets */

/* ---- leave to send ---- */

static int ledger_mark_origin(struct store *store, const struct net_origin *origin, int64_t now,
                              struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO origin(name, interval_ms, seen) VALUES(?1, ?2, ?3) "
                              "ON CONFLICT(name) DO UPDATE SET interval_ms = ?2, seen = ?3",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin->name);
    stmt_bind_int(stmt, 2, origin->interval_ms);
    stmt_bind_int(stmt, 3, now);
    return stmt_run(stmt, err);
}

static int ledger_write(struct store *store, const struct net_origin *origin,
                        const struct net_note *note, const char *who, int64_t now,
                        struct error *err)
{
    struct stmt *stmt;
    int result = ledger_mark_origin(store, origin, now, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO request(origin, source, run, purpose, url, try, sent, "
                              "deadline, holder) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin->name);
    stmt_bind_text(stmt, 2, note->source ? note->source : "");
    stmt_bind_int(stmt, 3, note->run);
    stmt_bind_text(stmt, 4, note->purpose ? note->purpose : "");
    stmt_bind_text(stmt, 5, note->url);
    stmt_bind_int(stmt, 6, note->try > 0 ? note->try : 1);
    stmt_bind_int(stmt, 7, now);
    stmt_bind_int(stmt, 8, note->deadline_ms);
    stmt_bind_text(stmt, 9, who);
    return stmt_run(stmt, err);
}

/* What the tables say to one who asks: b->wait, and whose turn it is. */
static int ledger_judge(struct store *store, const struct net_origin *origin, const char *who,
                        struct budget *b, struct queue *queue, struct error *err)
{
    int result = budget_wait(store, origin, b, err);

    if (result == ERR_OK)
        result = queue_look(store, origin->name, who, b->now, queue, err);
    if (result == ERR_OK && b->wait == 0 && queue->ahead)
        b->wait = LOOK_AGAIN_MS;
    return result;
}

/* Who waits beside other machines has a place; among processes of this one chance is fair enough,
 * and nothing need be written. */
static bool must_queue(const char *who, const struct budget *b, const struct queue *queue)
{
    return b->wait > 0 && (ledger_is_guest(who) || b->guests || queue->others || queue->until > 0);
}

int ledger_take(struct store *store, const struct net_origin *origin, const struct net_note *note,
                const char *who, int64_t *ticket, int64_t *wait, struct error *err)
{
    struct budget b;
    struct queue queue;
    int result = budget_read(store, origin->name, &b, err);

    if (result == ERR_OK && budget_needs_mending(&b)) {
        result = budget_mend(store, origin->name, &b, err);
        if (result == ERR_OK)
            result = budget_read(store, origin->name, &b, err);
    }
    if (result == ERR_OK)
        result = ledger_judge(store, origin, who, &b, &queue, err);
    if (result != ERR_OK)
        return result;
    *wait = b.wait;
    if (b.wait > 0)
        return must_queue(who, &b, &queue) ? queue_join(store, origin->name, who, &b, err) : ERR_OK;
    result = ledger_write(store, origin, note, who, b.now, err);
    if (result == ERR_OK)
        *ticket = store_last_id(store);
    if (result == ERR_OK && queue.until > 0)
        result = queue_leave(store, origin->name, who, err);
    return result;
}

/* *again: only the write lock can tell more, or a place in the queue is to be written. */
static int ledger_glance(struct store *store, const struct net_origin *origin, const char *who,
                         int64_t *wait, bool *again, struct error *err)
{
    struct budget b;
    struct queue queue;
    int result = budget_read(store, origin->name, &b, err);

    *again = true;
    *wait = 0;
    if (result != ERR_OK || budget_needs_mending(&b))
        return result;
    result = ledger_judge(store, origin, who, &b, &queue, err);
    *wait = b.wait;
    *again = b.wait == 0 || (must_queue(who, &b, &queue) && queue.until < b.now + b.wait);
    return result;
}

int ledger_look(struct store *store, const struct net_origin *origin, int64_t *wait_ms,
                struct error *err)
{
    char holder[HOLDER_MAX];
    bool again;

    holder_self(holder);
    return ledger_glance(store, origin, holder, wait_ms, &again, err);
}

static int ledger_reserve(void *ctx, const struct net_origin *origin, const struct net_note *note,
                          int64_t *ticket, int64_t *wait_ms, struct error *err)
{
    struct store *store = ctx;
    char holder[HOLDER_MAX];
    bool again;
    int result;

    holder_self(holder);
    *ticket = 0;
    result = ledger_glance(store, origin, holder, wait_ms, &again, err);
    if (result != ERR_OK || !again)
        return result;
    result = store_begin(store, err);
    if (result != ERR_OK)
        return result;
    result = ledger_take(store, origin, note, holder, ticket, wait_ms, err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    else
        store_rollback(store);
    if (result != ERR_OK)
        *ticket = 0;
    return result;
}

/* ---- what came of it ---- */

static int ledger_settle_request(struct store *store, int64_t ticket,
                                 const struct net_outcome *outcome, int64_t now, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE request SET settled = ?2, status = ?3, bytes = ?4, "
                              "took = ?5, error = ?6 WHERE id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, ticket);
    stmt_bind_int(stmt, 2, now);
    stmt_bind_int(stmt, 3, outcome->status);
    stmt_bind_int(stmt, 4, outcome->bytes);
    stmt_bind_int(stmt, 5, outcome->took_ms);
    stmt_bind_text(stmt, 6, outcome->error);
    return stmt_run(stmt, err);
}

int ledger_settle_origin(struct store *store, const char *origin, const struct net_outcome *outcome,
                         int64_t now, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "UPDATE origin SET last_end = ?2, seen = ?2, not_before = max(not_before, ?3), "
        "remaining = ?4, stopped = coalesce(?5, stopped), "
        "stopped_at = CASE WHEN ?5 IS NULL THEN stopped_at ELSE ?2 END WHERE name = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    stmt_bind_int(stmt, 2, now);
    stmt_bind_int(stmt, 3, outcome->not_before);
    stmt_bind_int(stmt, 4, outcome->remaining);
    if (outcome->refused)
        stmt_bind_text(stmt, 5, outcome->error ? outcome->error : "it refused a request");
    return stmt_run(stmt, err);
}

/* New ones are kept aside until ledger_accept; a 304 shows that the old ones are still of use, and
 * that what was kept aside (of an answer that was never saved) is not. */
static int ledger_settle_validators(struct store *store, int64_t ticket,
                                    const struct net_outcome *outcome, int64_t now,
                                    struct error *err)
{
    struct stmt *stmt;
    int result;

    if (!outcome->kept && outcome->status != 304)
        return ERR_OK;
    result = stmt_prepare(
        &stmt, store,
        outcome->status == 304
            ? "UPDATE validator SET at = ?2, new_etag = etag, new_last_modified = last_modified "
              "WHERE url = (SELECT url FROM request WHERE id = ?1)"
        : !outcome->etag && !outcome->last_modified
            ? "UPDATE validator SET at = ?2, new_etag = NULL, new_last_modified = NULL "
              "WHERE url = (SELECT url FROM request WHERE id = ?1)"
            : "INSERT INTO validator(url, at, new_etag, new_last_modified) "
              "SELECT url, ?2, ?3, ?4 FROM request WHERE id = ?1 ON CONFLICT(url) DO UPDATE SET "
              "at = ?2, new_etag = ?3, new_last_modified = ?4",
        err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, ticket);
    stmt_bind_int(stmt, 2, now);
    if (outcome->etag || outcome->last_modified) {
        stmt_bind_text(stmt, 3, outcome->etag);
        stmt_bind_text(stmt, 4, outcome->last_modified);
    }
    return stmt_run(stmt, err);
}

int ledger_settle_all(struct store *store, const struct net_origin *origin, int64_t ticket,
                      const struct net_outcome *outcome, struct error *err)
{
    int64_t now = clock_real_ms();
    int result = ledger_settle_request(store, ticket, outcome, now, err);

    if (result == ERR_OK)
        result = ledger_settle_origin(store, origin->name, outcome, now, err);
    if (result == ERR_OK)
        result = ledger_settle_validators(store, ticket, outcome, now, err);
    if (result == ERR_OK && ticket % PRUNE_EVERY == 0)
        result = ledger_drop(store, LEDGER_DAYS, LEDGER_ROWS, NULL, err);
    return result;
}

/* A cancel must not keep the slot taken: it is off meanwhile, and other writers are waited for only
 * shortly. */
static int ledger_settle(void *ctx, const struct net_origin *origin, int64_t ticket,
                         const struct net_outcome *outcome, struct error *err)
{
    struct store *store = ctx;
    bool hurry = store_is_cancelled(store);
    const atomic_bool *cancel = atomic_exchange(&store->cancel, NULL);
    int64_t patience = store->busy_ms;
    int result;

    if (hurry && patience > SETTLE_BUSY_MS)
        store->busy_ms = SETTLE_BUSY_MS;
    result = store_begin(store, err);
    if (result == ERR_OK) {
        result = ledger_settle_all(store, origin, ticket, outcome, err);
        if (result == ERR_OK)
            result = store_commit(store, err);
        else
            store_rollback(store);
    }
    store->busy_ms = patience;
    atomic_store(&store->cancel, cancel);
    return result;
}

/* ---- validators ---- */

static int ledger_validators(void *ctx, const char *url, struct str *etag,
                             struct str *last_modified, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, ctx, "SELECT etag, last_modified FROM validator WHERE url = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, url);
    result = stmt_step(stmt, err);
    if (result == 1) {
        str_add(etag, stmt_text(stmt, 0));
        str_add(last_modified, stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int ledger_accept(struct store *store, const char *url, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE validator SET etag = new_etag, "
                              "last_modified = new_last_modified WHERE url = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, url);
    return stmt_run(stmt, err);
}

int ledger_forget(struct store *store, const char *url, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "DELETE FROM validator WHERE ?1 IS NULL OR url = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, url);
    return stmt_run(stmt, err);
}

const struct net_ledger *ledger_table(void)
{
    static const struct net_ledger table = { .reserve = ledger_reserve,
                                             .settle = ledger_settle,
                                             .validators = ledger_validators };

    return &table;
}
