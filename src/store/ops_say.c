/*
 * Saying: an operation of this machine, later than all that it has seen (carrel/ops.h).
 */
#include "ops_internal.h"

#include "carrel/clock.h"
#include "carrel/str.h"

#include <assert.h>
#include <string.h>

#define STAMP_LEAST (INT64_C(1) << STAMP_COUNTER_BITS)

/* A past of thousands of machines is a forger's: those whose edits stand will do. */
static int past_shorten(struct store *store, const struct op *op, struct past *past,
                        struct error *err)
{
    struct stmt *stmt;
    int step, result = register_rows(&stmt, store, op->kind, op->item, op->field, err);

    if (result != ERR_OK)
        return result;
    past_clear(past);
    while ((step = stmt_step(stmt, err)) == 1)
        past_add(past, stmt_text(stmt, 2), stmt_int(stmt, 1));
    stmt_reset(stmt);
    return step;
}

/* What has been seen of a register. */
struct seen {
    size_t rows;
    int64_t latest;  /* stamp, also of what others claim that this machine has said */
    int64_t untold;  /* this machine's edit of a note of which nobody knows yet; 0: none */
    struct str past; /* of a note: all its edits */
};

/* An edit that nobody was told of goes without a trace. Who claimed to have seen it would claim to
 * have seen all of this machine before it, and the library may have been put back since it said
 * that. */
static void past_see(struct past *past, struct seen *seen, struct stmt *row, const struct op *op,
                     int64_t told)
{
    past_join(past, stmt_text(row, 4));
    if (stmt_int(row, 0) > told && strcmp(stmt_text(row, 2), op->machine) == 0)
        seen->untold = stmt_int(row, 0);
    else
        past_add(past, stmt_text(row, 2), stmt_int(row, 1));
}

/* One that claims to have seen what this machine has not said yet is not to silence it. */
static int register_seen(struct seen *seen, struct store *store, const struct op *op,
                         struct error *err)
{
    struct past past = { 0 };
    struct stmt *stmt;
    int64_t told = 0;
    int step, result = op_is_note(op->kind) ? place_told(&told, store, err) : ERR_OK;

    if (result == ERR_OK)
        result = register_rows(&stmt, store, op->kind, op->item, op->field, err);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t claimed = past_of(stmt_text(stmt, 4), op->machine);

        ++seen->rows;
        if (stmt_int(stmt, 1) > seen->latest)
            seen->latest = stmt_int(stmt, 1);
        if (claimed > seen->latest)
            seen->latest = claimed;
        if (op_is_note(op->kind))
            past_see(&past, seen, stmt, op, told);
    }
    stmt_reset(stmt);
    past_text(&seen->past, &past);
    if (step == 0 && seen->past.len > OP_PAST_MAX) {
        step = past_shorten(store, op, &past, err);
        str_clear(&seen->past);
        past_text(&seen->past, &past);
    }
    past_free(&past);
    return step;
}

/* Later than what the machine has said, and than what the register holds. */
static int64_t stamp_next(int64_t clock, int64_t latest)
{
    int64_t now = clock_now_ms() << STAMP_COUNTER_BITS;
    int64_t stamp = clock + 1 > now ? clock + 1 : now;

    return stamp <= latest ? latest + 1 : stamp;
}

/* A note need not be later than others, only than those of its machine: under another name it can
 * be said, whatever somebody claims to have seen of ours. */
static int stamp_op(struct op *op, struct store *store, int64_t clock, int64_t latest,
                    int64_t *machine, struct error *err)
{
    int result = ERR_OK;

    op->stamp = stamp_next(clock, latest);
    if (op->stamp >= OP_STAMP_MAX && op_is_note(op->kind)) {
        result = machine_new(store, machine, err);
        op->stamp = stamp_next(clock, -1);
    }
    if (result == ERR_OK && op->stamp >= OP_STAMP_MAX)
        result = error_set(
            err, ERR_LIMIT,
            "%s: what is said of it there has a time after which nothing can be said", op->item);
    return result;
}

/* What is said now is later than all that a register of one word holds. */
static int register_say(struct store *store, const struct op *op, const struct seen *seen,
                        struct error *err)
{
    struct stmt *stmt;
    bool comes;
    int result = seen->untold ? op_delete(store, seen->untold, err) : ERR_OK;

    if (result != ERR_OK)
        return result;
    if (op_keeps_edits(op->kind)) {
        result = register_put(store, op, &comes, err);
        assert(result != ERR_OK || comes);
        return result;
    }
    if (seen->rows == 0)
        return op_insert(store, op, err);
    result = stmt_prepare(&stmt, store,
                          "DELETE FROM op WHERE item = ?1 AND kind = ?2 AND field = ?3", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, op->item);
    stmt_bind_text(stmt, 2, op->kind);
    stmt_bind_text(stmt, 3, op->field);
    result = stmt_run(stmt, err);
    return result == ERR_OK ? op_insert(store, op, err) : result;
}

int ops_say(struct store *store, const char *kind, const char *item, const char *field,
            const char *value, struct error *err)
{
    struct op op = { .kind = kind, .item = item, .field = field, .value = value };
    struct seen seen = { .latest = -1, .past = STR_INIT };
    char id[MACHINE_HEX];
    int64_t machine, clock = 0;
    int result = machine_own(store, &machine, err);

    if (result == ERR_OK)
        result = clock_settle(store, &clock, &machine, err);
    if (result == ERR_OK)
        result = machine_id(store, machine, id, err);
    op.machine = id;
    if (result == ERR_OK)
        result = register_seen(&seen, store, &op, err);
    op.past = seen.past.ptr;
    if (result == ERR_OK)
        result = stamp_op(&op, store, clock, seen.latest, &machine, err);
    if (result == ERR_OK)
        result = machine_id(store, machine, id, err);
    if (result == ERR_OK)
        result = register_say(store, &op, &seen, err);
    if (result == ERR_OK)
        clock_follow(store, clock, op.stamp);
    str_free(&seen.past);
    return result;
}

int ops_say_pair(struct store *store, const char *one, const char *other, const char *value,
                 struct error *err)
{
    bool first = strcmp(one, other) < 0;

    return ops_say(store, "pair", first ? one : other, first ? other : one, value, err);
}

int ops_say_alike(struct store *store, const char *one, const char *other, struct error *err)
{
    bool first = strcmp(one, other) < 0, comes;
    struct op op = { .stamp = STAMP_LEAST,
                     .kind = "pair",
                     .item = first ? one : other,
                     .field = first ? other : one,
                     .value = "alike" };
    char id[MACHINE_HEX];
    int64_t machine;
    int result = machine_own(store, &machine, err);

    if (result == ERR_OK)
        result = machine_id(store, machine, id, err);
    op.machine = id;
    return result == ERR_OK ? register_put(store, &op, &comes, err) : result;
}

/* What of a name is said of its work by itself: not what goes by that name's own records. */
static int named_rows(struct op **out, size_t *count, struct store *store, struct arena *arena,
                      const char *item, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT o.seq, o.stamp, m.id, o.kind, o.field, o.value, o.past FROM "
                              "op o JOIN machine m ON m.n = o.machine WHERE o.item = ?1 AND o.kind "
                              "IN ('read', 'star', 'tag', 'note', 'priority', 'collection', "
                              "'seen') AND o.value IS NOT NULL ORDER BY o.seq",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, item);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct op){ .seq = stmt_int(stmt, 0),
                                 .stamp = stmt_int(stmt, 1),
                                 .machine = stmt_dup(stmt, 2, arena),
                                 .kind = stmt_dup(stmt, 3, arena),
                                 .field = stmt_dup(stmt, 4, arena),
                                 .value = stmt_dup(stmt, 5, arena),
                                 .past = stmt_dup(stmt, 6, arena) }));
    stmt_reset(stmt);
    return step;
}

int ops_rename(struct store *store, const char *from, const char *to, struct error *err)
{
    struct arena *arena = arena_new();
    struct op *rows = NULL;
    size_t count = 0, i;
    bool comes;
    int result = named_rows(&rows, &count, store, arena, from, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        rows[i].item = to;
        result = register_put(store, &rows[i], &comes, err);
    }
    for (i = 0; i < count && result == ERR_OK; i++)
        result = ops_say(store, rows[i].kind, from, rows[i].field, NULL, err);
    arena_free(arena);
    return result;
}
