/*
 * The request ledger's reading half, for the Harvest view and `sync --json`; and its upkeep.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/holder.h"
#include "carrel/ledger.h"

#include <stdlib.h>
#include <string.h>

#define LIST_DEFAULT 100
#define DAY_MS 86400000LL

#define ENTRY_COLUMNS                                                                              \
    "id, origin, source, purpose, url, run, try, sent, coalesce(settled, 0), status, bytes, "      \
    "took, error"
#define ENTRY_FITS                                                                                 \
    "(?1 IS NULL OR origin = ?1) AND (?2 IS NULL OR source = ?2) AND (?3 = 0 OR run = ?3) "        \
    "AND (?4 = 0 OR error <> '" NET_STOPPED "')"

static void entry_bind(struct stmt *stmt, const struct ledger_filter *filter)
{
    stmt_bind_text(stmt, 1, filter->origin);
    stmt_bind_text(stmt, 2, filter->source);
    stmt_bind_int(stmt, 3, filter->run);
    stmt_bind_int(stmt, 4, filter->failed);
}

static void entry_read(struct stmt *stmt, struct arena *arena, struct ledger_entry *entry)
{
    entry->id = stmt_int(stmt, 0);
    entry->origin = arena_strdup(arena, stmt_text(stmt, 1));
    entry->source = arena_strdup(arena, stmt_text(stmt, 2));
    entry->purpose = arena_strdup(arena, stmt_text(stmt, 3));
    entry->url = arena_strdup(arena, stmt_text(stmt, 4));
    entry->run = stmt_int(stmt, 5);
    entry->try = (int)stmt_int(stmt, 6);
    entry->sent = stmt_int(stmt, 7);
    entry->settled = stmt_int(stmt, 8);
    entry->status = (int)stmt_int(stmt, 9);
    entry->bytes = stmt_int(stmt, 10);
    entry->took_ms = stmt_int(stmt, 11);
    entry->error = stmt_is_null(stmt, 12) ? NULL : arena_strdup(arena, stmt_text(stmt, 12));
}

int ledger_list(struct store *store, struct arena *arena, const struct ledger_filter *filter,
                struct ledger_entry **out, size_t *count, struct error *err)
{
    size_t limit = filter->limit ? filter->limit : LIST_DEFAULT, cap = 0, len = 0;
    struct ledger_entry *entries = NULL;
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT " ENTRY_COLUMNS " FROM request WHERE " ENTRY_FITS
                                    " AND (?5 = 0 OR id < ?5) ORDER BY id DESC LIMIT ?6",
                                    err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    entry_bind(stmt, filter);
    stmt_bind_int(stmt, 5, filter->before);
    stmt_bind_int(stmt, 6, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct ledger_entry entry;

        entry_read(stmt, arena, &entry);
        VEC_PUSH(entries, len, cap, entry);
    }
    stmt_reset(stmt);
    if (step == ERR_OK && len > 0) {
        *out = arena_alloc(arena, len * sizeof *entries);
        memcpy(*out, entries, len * sizeof *entries);
        *count = len;
    }
    free(entries);
    return step;
}

#define SUM_COLUMNS                                                                                \
    "SELECT count(*), count(*) FILTER (WHERE error <> '" NET_STOPPED "'), "                        \
    "count(*) FILTER (WHERE try > 1), total(bytes), total(took), min(sent), max(sent) "            \
    "FROM request WHERE "

/* Of one origin: by its index, so that the sums of all origins are one walk over the ledger. */
int ledger_sum(struct store *store, const struct ledger_filter *filter,
               struct ledger_totals *totals, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        filter->origin ? SUM_COLUMNS "origin = ?1 AND " ENTRY_FITS : SUM_COLUMNS ENTRY_FITS, err);

    memset(totals, 0, sizeof *totals);
    if (result != ERR_OK)
        return result;
    entry_bind(stmt, filter);
    result = stmt_step(stmt, err);
    if (result == 1) {
        totals->requests = stmt_int(stmt, 0);
        totals->failed = stmt_int(stmt, 1);
        totals->retries = stmt_int(stmt, 2);
        totals->bytes = stmt_int(stmt, 3);
        totals->took_ms = stmt_int(stmt, 4);
        totals->first = stmt_int(stmt, 5);
        totals->last = stmt_int(stmt, 6);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* ---- origins ---- */

static int origin_flights(struct store *store, struct arena *arena, struct ledger_origin *origin,
                          int64_t now, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT " ENTRY_COLUMNS ", deadline, holder FROM request "
                                    "WHERE origin = ?1 AND settled IS NULL ORDER BY id",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin->name);
    while ((step = stmt_step(stmt, err)) == 1) {
        if (stmt_int(stmt, 13) <= now || holder_is_dead(stmt_text(stmt, 14)))
            continue;
        if (origin->in_flight++ == 0)
            entry_read(stmt, arena, &origin->flight);
    }
    stmt_reset(stmt);
    return step;
}

static int origin_last(struct store *store, struct arena *arena, struct ledger_origin *origin,
                       struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT status, error FROM request WHERE origin = ?1 AND "
                                    "settled IS NOT NULL ORDER BY id DESC LIMIT 1",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin->name);
    step = stmt_step(stmt, err);
    if (step == 1) {
        origin->last_status = (int)stmt_int(stmt, 0);
        origin->last_error = stmt_is_null(stmt, 1) ? NULL : arena_strdup(arena, stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int ledger_window_now(struct store *store, const struct net_origin *origin,
                      struct ledger_window *out, struct error *err)
{
    int64_t from = clock_real_ms() - origin->window_ms;
    struct stmt *stmt;
    int step, result;

    *out = (struct ledger_window){ 0 };
    if (origin->window_requests <= 0)
        return ERR_OK;
    result = stmt_prepare(&stmt, store,
                          "SELECT count(*), min(sent) FROM (SELECT sent FROM request "
                          "WHERE origin = ?1 ORDER BY id DESC LIMIT ?2) WHERE sent > ?3",
                          err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, origin->name);
    stmt_bind_int(stmt, 2, origin->window_requests);
    stmt_bind_int(stmt, 3, from);
    step = stmt_step(stmt, err);
    if (step == 1) {
        out->used = (int)stmt_int(stmt, 0);
        if (out->used >= origin->window_requests)
            out->free_at = stmt_int(stmt, 1) + origin->window_ms;
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* Waits that a clock which has jumped back makes look longer than they were are shown as they will
 * be once the next request has set them right. */
static void origin_next(struct ledger_origin *origin, int64_t not_before, int64_t seen, int64_t now)
{
    int64_t jump = seen > now ? seen - now : 0;
    int64_t own = origin->last_end > 0 ? origin->last_end + origin->interval_ms - jump : 0;
    int64_t asked = not_before - jump;

    origin->asked = asked > own && asked > now;
    origin->next_at = asked > own ? asked : own;
    if (origin->next_at <= now)
        origin->next_at = 0;
}

static void origin_read(struct stmt *stmt, struct arena *arena, struct ledger_origin *origin,
                        int64_t now)
{
    memset(origin, 0, sizeof *origin);
    origin->name = arena_strdup(arena, stmt_text(stmt, 0));
    origin->interval_ms = stmt_int(stmt, 1);
    origin->last_end = stmt_int(stmt, 2);
    origin->remaining = (int)stmt_int(stmt, 5);
    origin->stopped = stmt_is_null(stmt, 6) ? NULL : arena_strdup(arena, stmt_text(stmt, 6));
    origin->stopped_at = stmt_int(stmt, 7);
    origin_next(origin, stmt_int(stmt, 3), stmt_int(stmt, 4), now);
}

int ledger_origins(struct store *store, struct arena *arena, struct ledger_origin **out,
                   size_t *count, struct error *err)
{
    struct ledger_origin *origins = NULL;
    size_t len = 0, cap = 0, i;
    int64_t now = clock_real_ms();
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT name, interval_ms, last_end, not_before, seen, "
                                    "remaining, stopped, stopped_at FROM origin ORDER BY name",
                                    err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct ledger_origin origin;

        origin_read(stmt, arena, &origin, now);
        VEC_PUSH(origins, len, cap, origin);
    }
    stmt_reset(stmt);
    result = step;
    for (i = 0; i < len && result == ERR_OK; i++) {
        result = origin_flights(store, arena, &origins[i], now, err);
        if (result == ERR_OK)
            result = origin_last(store, arena, &origins[i], err);
    }
    if (result == ERR_OK && len > 0) {
        *out = arena_alloc(arena, len * sizeof *origins);
        memcpy(*out, origins, len * sizeof *origins);
        *count = len;
    }
    free(origins);
    return result;
}

int ledger_lift(struct store *store, const char *origin, struct error *err)
{
    struct stmt *stmt;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = stmt_prepare(
        &stmt, store, "UPDATE origin SET stopped = NULL, stopped_at = NULL WHERE name = ?1", err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, origin);
        result = stmt_run(stmt, err);
    }
    if (result == ERR_OK && sqlite3_changes64(store->db) == 0)
        result = error_set(err, ERR_NOTFOUND, "nothing has been asked of an origin '%s'", origin);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

/* ---- upkeep ---- */

/* The oldest entries come first, so that each look ends at the first one that stays. */
int ledger_drop(struct store *store, int days, int64_t rows, int64_t *removed, struct error *err)
{
    int64_t oldest = clock_real_ms() - days * DAY_MS;
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "DELETE FROM request WHERE settled IS NOT NULL AND id < max("
        "coalesce((SELECT id FROM request WHERE sent >= ?1 ORDER BY id LIMIT 1), "
        "(SELECT max(id) + 1 FROM request)), "
        "coalesce((SELECT id FROM request ORDER BY id DESC LIMIT 1 OFFSET ?2) + 1, 0))",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, oldest);
    stmt_bind_int(stmt, 2, rows);
    result = stmt_run(stmt, err);
    if (removed)
        *removed = sqlite3_changes64(store->db);
    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store, "DELETE FROM validator WHERE at < ?1", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, oldest);
    return stmt_run(stmt, err);
}

int ledger_prune(struct store *store, int days, int64_t rows, int64_t *removed, struct error *err)
{
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = ledger_drop(store, days, rows, removed, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}
