/*
 * The library's clock (carrel/ops.h): how far it follows others, and what becomes of a time of day
 * that was wrong.
 */
#include "ops_internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define MADE_MS INT64_C(1793491200000) /* November 2026: no clock that is right shows less */
#define OP_FAR_MS (INT64_C(3653) * 24 * 3600000)

int64_t op_stamp_ms(int64_t stamp)
{
    return stamp >> STAMP_COUNTER_BITS;
}

int ops_clock(struct store *store, int64_t *stamp, struct error *err)
{
    int result = ERR_OK;

    *stamp = store->clock_known ? store->clock : 0;
    if (!store->clock_known)
        result =
            store_lookup(store, stamp, "SELECT value FROM meta WHERE key = ?1", "clock", 0, 0, err);
    if (result == ERR_NOTFOUND)
        result = ERR_OK;
    if (result == ERR_OK && store->writing) {
        store->clock = *stamp;
        store->clock_known = true;
    }
    return result;
}

/* It is written once, when all is said. */
static void clock_put(struct store *store, int64_t stamp)
{
    assert(store->writing);
    store->clock = stamp;
    store->clock_known = store->clock_moved = true;
}

int clock_flush(struct store *store, struct error *err)
{
    int result = ERR_OK;

    if (store->clock_moved)
        result =
            store_run(store, "INSERT OR REPLACE INTO meta(key, value) SELECT 'clock', ?1 WHERE ?2",
                      store->clock, 1, NULL, err);
    store->writing = store->clock_known = store->clock_moved = false;
    return result;
}

/* Not what is further ahead of the time of day than a day: what others say cannot drive it away,
 * and an answer to that is later all the same. */
void clock_follow(struct store *store, int64_t clock, int64_t stamp)
{
    int64_t bound = (clock_now_ms() + OP_AHEAD_MS) << STAMP_COUNTER_BITS;

    if (stamp > clock && stamp <= bound)
        clock_put(store, stamp);
}

/* ---- a clock that was wrong ---- */

int64_t op_horizon(void)
{
    int64_t now = clock_now_ms();

    return ((now > MADE_MS ? now : MADE_MS) + OP_FAR_MS) << STAMP_COUNTER_BITS;
}

/* Without what is beyond the horizon. */
static char *past_near(struct arena *arena, const char *past, int64_t horizon)
{
    struct str near = STR_INIT;
    char *text;

    while (*past) {
        size_t len = strcspn(past, " ") + 1;

        if ((int64_t)strtoull(past + MACHINE_HEX, NULL, 16) < horizon)
            str_add_mem(&near, past, len);
        past += len;
    }
    text = arena_strdup(arena, near.ptr);
    str_free(&near);
    return text;
}

static int far_rows(struct op **out, size_t *count, struct store *store, struct arena *arena,
                    int64_t horizon, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT seq, kind, item, field, value, past FROM op WHERE "
                                    "stamp >= ?1 ORDER BY stamp",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, horizon);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct op){ .seq = stmt_int(stmt, 0),
                                 .kind = stmt_dup(stmt, 1, arena),
                                 .item = stmt_dup(stmt, 2, arena),
                                 .field = stmt_dup(stmt, 3, arena),
                                 .value = stmt_is_null(stmt, 4) ? NULL : stmt_dup(stmt, 4, arena),
                                 .past = past_near(arena, stmt_text(stmt, 5), horizon) }));
    stmt_reset(stmt);
    return step;
}

/* What was said with a time that no other machine takes is said again, now. */
static int say_far_again(struct store *store, int64_t *clock, int64_t machine, struct error *err)
{
    struct arena *arena = arena_new();
    struct op *rows = NULL;
    char id[MACHINE_HEX];
    size_t count = 0, i;
    bool comes;
    int result = machine_id(store, machine, id, err);

    if (result == ERR_OK)
        result = far_rows(&rows, &count, store, arena, op_horizon(), err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        rows[i].stamp = ++*clock;
        rows[i].machine = id;
        result = op_delete(store, rows[i].seq, err);
        if (result == ERR_OK)
            result = register_put(store, &rows[i], &comes, err);
    }
    arena_free(arena);
    return result;
}

static void tell_ahead(int64_t clock, int64_t now)
{
    char last[32], today[32];

    time_format(last, op_stamp_ms(clock));
    time_format(today, now);
    log_write(LOG_WARN,
              "it is %s now, but this library's clock was at %s already: the time of day may be "
              "wrong; the library's clock begins anew, and the library goes on as another machine",
              today, last);
}

int clock_settle(struct store *store, int64_t *clock, int64_t *machine, struct error *err)
{
    int64_t now = clock_now_ms();
    int result = ops_clock(store, clock, err);

    if (result != ERR_OK || op_stamp_ms(*clock) <= now + 2 * OP_AHEAD_MS)
        return result;
    tell_ahead(*clock, now);
    *clock = now << STAMP_COUNTER_BITS;
    result = machine_new(store, machine, err);
    if (result == ERR_OK)
        result = say_far_again(store, clock, *machine, err);
    if (result == ERR_OK)
        clock_put(store, *clock);
    return result;
}
