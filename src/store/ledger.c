/*
 * The request ledger's writing half: leave to send, and what came of it.
 *
 * Leave is given in one BEGIN IMMEDIATE transaction, so that two threads or processes never get the
 * same slot. Before it takes the write lock a request looks without it: one that has to wait anyway
 * disturbs nobody. Invariants: a request without `settled` is in flight or its sender has died;
 * `seen` is never ahead of the clock once a transaction of ours has committed.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/holder.h"
#include "carrel/ledger.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_AGAIN_MS 150   /* while somebody else's request is in flight */
#define SETTLE_BUSY_MS 3000 /* patience with writers when the caller is in a hurry */
#define PRUNE_EVERY 1000    /* tickets */

/* An origin as the tables have it, and what is to be mended. */
struct budget {
    int64_t last_end, not_before, seen;
    char stopped[300];
    int64_t stopped_at;
    bool known;     /* it has a row */
    int in_flight;  /* of living senders */
    int64_t oldest; /* deadline of the one among them that ends first */
    bool dead;      /* a sender has died */
    int64_t now;
};

static int budget_read_row(struct store *store, const char *name, struct budget *b,
                           struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT last_end, not_before, seen, stopped, stopped_at FROM origin "
                              "WHERE name = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    result = stmt_step(stmt, err);
    if (result == 1) {
        b->known = true;
        b->last_end = stmt_int(stmt, 0);
        b->not_before = stmt_int(stmt, 1);
        b->seen = stmt_int(stmt, 2);
        snprintf(b->stopped, sizeof b->stopped, "%s", stmt_text(stmt, 3));
        b->stopped_at = stmt_int(stmt, 4);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static bool ledger_is_dead(int64_t deadline, const char *holder, int64_t now)
{
    return deadline <= now || holder_is_dead(holder);
}

static int budget_read_open(struct store *store, const char *name, struct budget *b,
                            struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store, "SELECT deadline, holder FROM request WHERE origin = ?1 AND settled IS NULL",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t deadline = stmt_int(stmt, 0);

        if (ledger_is_dead(deadline, stmt_text(stmt, 1), b->now)) {
            b->dead = true;
        } else if (b->in_flight++ == 0 || deadline < b->oldest) {
            b->oldest = deadline;
        }
    }
    stmt_reset(stmt);
    return step;
}

/* The clock is read after the row, so that it is never behind another process's last write. */
static int budget_read(struct store *store, const char *name, struct budget *b, struct error *err)
{
    int result;

    memset(b, 0, sizeof *b);
    result = budget_read_row(store, name, b, err);
    b->now = clock_real_ms();
    return result == ERR_OK ? budget_read_open(store, name, b, err) : result;
}

/* When the oldest of the last `window_requests` leaves the window. */
static int budget_window(struct store *store, const struct net_origin *origin, int64_t now,
                         int64_t *wait, struct error *err)
{
    struct stmt *stmt;
    int result;

    if (origin->window_requests <= 0)
        return ERR_OK;
    result = stmt_prepare(&stmt, store,
                          "SELECT sent FROM request WHERE origin = ?1 AND sent <= ?2 "
                          "ORDER BY id DESC LIMIT 1 OFFSET ?3",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin->name);
    stmt_bind_int(stmt, 2, now);
    stmt_bind_int(stmt, 3, origin->window_requests - 1);
    result = stmt_step(stmt, err);
    if (result == 1 && stmt_int(stmt, 0) + origin->window_ms - now > *wait)
        *wait = stmt_int(stmt, 0) + origin->window_ms - now;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int budget_wait(struct store *store, const struct net_origin *origin, const struct budget *b,
                       int64_t *wait, struct error *err)
{
    int64_t paused = b->last_end > 0 ? b->last_end + origin->interval_ms - b->now : 0;
    int64_t asked = b->not_before - b->now;

    if (b->stopped[0]) {
        char since[32];

        time_format(since, b->stopped_at);
        return error_set(err, ERR_REFUSED,
                         "%s is left alone since %s: %s (sync --again asks it anew)", origin->name,
                         since, b->stopped);
    }
    *wait = 0;
    if (b->in_flight >= (origin->connections > 0 ? origin->connections : 1)) {
        *wait = b->oldest - b->now < LOOK_AGAIN_MS ? b->oldest - b->now : LOOK_AGAIN_MS;
        *wait = *wait > 0 ? *wait : 1;
    }
    if (paused > *wait)
        *wait = paused;
    if (asked > *wait)
        *wait = asked;
    return budget_window(store, origin, b->now, wait, err);
}

/* ---- mending ---- */

/* A request ends when its sender does, which nobody saw: now, at the latest at its deadline. */
static int ledger_bury(struct store *store, int64_t id, int64_t ended, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE request SET settled = ?2, took = ?2 - sent, "
                              "error = 'its sender ended before the answer' WHERE id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, ended);
    return stmt_run(stmt, err);
}

struct buried {
    int64_t id, deadline;
};

static int ledger_find_dead(struct store *store, const char *origin, int64_t now,
                            struct buried **found, size_t *len, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT id, deadline, holder FROM request "
                                    "WHERE origin = ?1 AND settled IS NULL",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct buried one = { .id = stmt_int(stmt, 0), .deadline = stmt_int(stmt, 1) };

        if (ledger_is_dead(one.deadline, stmt_text(stmt, 2), now))
            VEC_PUSH(*found, *len, cap, one);
    }
    stmt_reset(stmt);
    return step;
}

/* *end: when the last of them ended, as far as is known; 0 when there was none. */
static int ledger_bury_all(struct store *store, const char *origin, int64_t now, int64_t *end,
                           struct error *err)
{
    struct buried *found = NULL;
    size_t len = 0, i;
    int result = ledger_find_dead(store, origin, now, &found, &len, err);

    *end = 0;
    for (i = 0; i < len && result == ERR_OK; i++) {
        int64_t ended = found[i].deadline < now ? found[i].deadline : now;

        *end = ended > *end ? ended : *end;
        result = ledger_bury(store, found[i].id, ended, err);
    }
    free(found);
    return result;
}

/* The clock has jumped back: what was left of each wait when it was written down begins anew. */
static int ledger_turn_back(struct store *store, const char *origin, const struct budget *b,
                            struct error *err)
{
    int64_t jump = b->seen - b->now;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE request SET deadline = deadline - ?2 "
                              "WHERE origin = ?1 AND settled IS NULL",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    stmt_bind_int(stmt, 2, jump);
    result = stmt_run(stmt, err);
    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "UPDATE origin SET last_end = min(last_end, ?3), "
                              "not_before = max(not_before - ?2, 0), seen = ?3 WHERE name = ?1",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    stmt_bind_int(stmt, 2, jump);
    stmt_bind_int(stmt, 3, b->now);
    return stmt_run(stmt, err);
}

static int ledger_mend(struct store *store, const char *origin, const struct budget *b,
                       struct error *err)
{
    struct stmt *stmt;
    int64_t end = 0;
    int result = ERR_OK;

    if (b->seen > b->now)
        result = ledger_turn_back(store, origin, b, err);
    if (result == ERR_OK)
        result = ledger_bury_all(store, origin, b->now, &end, err);
    if (result == ERR_OK)
        result = stmt_prepare(
            &stmt, store, "UPDATE origin SET last_end = max(last_end, ?2) WHERE name = ?1", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin);
    stmt_bind_int(stmt, 2, end);
    return stmt_run(stmt, err);
}

static bool budget_needs_mending(const struct budget *b)
{
    return b->dead || b->seen > b->now;
}

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
                        const struct net_note *note, int64_t now, struct error *err)
{
    char holder[HOLDER_MAX];
    struct stmt *stmt;
    int result = ledger_mark_origin(store, origin, now, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO request(origin, source, run, purpose, url, try, sent, "
                              "deadline, holder) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                              err);
    if (result != ERR_OK)
        return result;
    holder_self(holder);
    stmt_bind_text(stmt, 1, origin->name);
    stmt_bind_text(stmt, 2, note->source ? note->source : "");
    stmt_bind_int(stmt, 3, note->run);
    stmt_bind_text(stmt, 4, note->purpose ? note->purpose : "");
    stmt_bind_text(stmt, 5, note->url);
    stmt_bind_int(stmt, 6, note->try > 0 ? note->try : 1);
    stmt_bind_int(stmt, 7, now);
    stmt_bind_int(stmt, 8, note->deadline_ms);
    stmt_bind_text(stmt, 9, holder);
    return stmt_run(stmt, err);
}

/* Inside the write lock, where what was looked at cannot change. */
static int ledger_take(struct store *store, const struct net_origin *origin,
                       const struct net_note *note, int64_t *ticket, int64_t *wait,
                       struct error *err)
{
    struct budget b;
    int result = budget_read(store, origin->name, &b, err);

    if (result == ERR_OK && budget_needs_mending(&b)) {
        result = ledger_mend(store, origin->name, &b, err);
        if (result == ERR_OK)
            result = budget_read(store, origin->name, &b, err);
    }
    if (result == ERR_OK)
        result = budget_wait(store, origin, &b, wait, err);
    if (result != ERR_OK || *wait > 0)
        return result;
    result = ledger_write(store, origin, note, b.now, err);
    if (result == ERR_OK)
        *ticket = store_last_id(store);
    return result;
}

static int ledger_reserve(void *ctx, const struct net_origin *origin, const struct net_note *note,
                          int64_t *ticket, int64_t *wait_ms, struct error *err)
{
    struct store *store = ctx;
    struct budget b;
    int result = budget_read(store, origin->name, &b, err);

    *ticket = 0;
    *wait_ms = 0;
    if (result != ERR_OK)
        return result;
    if (!budget_needs_mending(&b)) {
        result = budget_wait(store, origin, &b, wait_ms, err);
        if (result != ERR_OK || *wait_ms > 0)
            return result;
    }
    result = store_begin(store, err);
    if (result != ERR_OK)
        return result;
    result = ledger_take(store, origin, note, ticket, wait_ms, err);
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

static int ledger_settle_origin(struct store *store, const char *origin,
                                const struct net_outcome *outcome, int64_t now, struct error *err)
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

static int ledger_settle_all(struct store *store, const struct net_origin *origin, int64_t ticket,
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
