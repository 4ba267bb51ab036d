/*
 * The request ledger's budgets: what the tables say of an origin at this moment, when it may be
 * asked again, and mending them when a sender has died or the clock has jumped back.
 *
 * Invariants: a request without `settled` is in flight or its sender has died; `seen` is never
 * ahead of the clock once a transaction of ours has committed.
 */
#include "ledger_internal.h"

#include "carrel/clock.h"
#include "carrel/holder.h"
#include "carrel/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

bool ledger_is_guest(const char *holder)
{
    return *holder == LEDGER_GUEST;
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
            continue;
        }
        b->guests |= ledger_is_guest(stmt_text(stmt, 1));
        if (b->in_flight++ == 0 || deadline < b->oldest)
            b->oldest = deadline;
    }
    stmt_reset(stmt);
    return step;
}

/* The clock is read after the row, so that it is never behind another process's last write. */
int budget_read(struct store *store, const char *name, struct budget *b, struct error *err)
{
    int result;

    memset(b, 0, sizeof *b);
    result = budget_read_row(store, name, b, err);
    b->now = clock_real_ms();
    return result == ERR_OK ? budget_read_open(store, name, b, err) : result;
}

/* When the oldest of the last `window_requests` leaves the window. */
static int budget_window(struct store *store, const struct net_origin *origin, struct budget *b,
                         struct error *err)
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
    stmt_bind_int(stmt, 2, b->now);
    stmt_bind_int(stmt, 3, origin->window_requests - 1);
    result = stmt_step(stmt, err);
    if (result == 1 && stmt_int(stmt, 0) + origin->window_ms > b->due)
        b->due = stmt_int(stmt, 0) + origin->window_ms;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* When to look again while others' requests are in flight: behind the end of one comes a pause
 * anyway, so looking once in a pause misses nothing; their deadline is not to be slept over. */
static int64_t budget_glance(const struct net_origin *origin, const struct budget *b)
{
    int64_t look = origin->interval_ms < LOOK_AGAIN_MS       ? LOOK_AGAIN_MS
                   : origin->interval_ms < LOOK_AGAIN_MAX_MS ? origin->interval_ms
                                                             : LOOK_AGAIN_MAX_MS;

    if (b->oldest - b->now < look)
        look = b->oldest - b->now;
    return look > 0 ? look : 1;
}

int budget_wait(struct store *store, const struct net_origin *origin, struct budget *b,
                struct error *err)
{
    int64_t look = budget_glance(origin, b);
    int result;

    if (b->stopped[0]) {
        char since[32];

        time_format(since, b->stopped_at);
        return error_set(err, ERR_REFUSED,
                         "%s is left alone since %s: %s (sync --again asks it anew)", origin->name,
                         since, b->stopped);
    }
    b->due = b->last_end > 0 ? b->last_end + origin->interval_ms : 0;
    if (b->not_before > b->due)
        b->due = b->not_before;
    result = budget_window(store, origin, b, err);
    b->wait = b->due > b->now ? b->due - b->now : 0;
    if (b->in_flight >= (origin->connections > 0 ? origin->connections : 1) && look > b->wait)
        b->wait = look;
    return result;
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
    result = stmt_run(stmt, err);
    return result == ERR_OK ? queue_clear(store, origin, err) : result;
}

int budget_mend(struct store *store, const char *origin, const struct budget *b, struct error *err)
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

bool budget_needs_mending(const struct budget *b)
{
    return b->dead || b->seen > b->now;
}
