/*
 * Operations in their table (carrel/ops.h): registers, taking and reading. Saying is in ops_say.c;
 * what may come from outside is judged in ops_check.c, what is computed from them in registers.c.
 */
#include "ops_internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/str.h"

#include <stdlib.h>
#include <string.h>

#define EDITS_MAX 200 /* of a note beside each other; nobody has so many machines */

/* ---- registers ---- */

int register_rows(struct stmt **stmt, struct store *store, const char *kind, const char *item,
                  const char *field, struct error *err)
{
    int result = stmt_prepare(stmt, store,
                              "SELECT o.seq, o.stamp, m.id, o.value, o.past FROM op o JOIN machine "
                              "m ON m.n = o.machine WHERE o.item = ?1 AND o.kind = ?2 AND o.field "
                              "= ?3 ORDER BY o.stamp, m.id",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(*stmt, 1, item);
    stmt_bind_text(*stmt, 2, kind);
    stmt_bind_text(*stmt, 3, field);
    return ERR_OK;
}

int op_insert(struct store *store, const struct op *op, struct error *err)
{
    struct stmt *stmt;
    int64_t machine = 0;
    int result = machine_number(store, op->machine, &machine, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO op(stamp, machine, kind, item, field, value, past) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, op->stamp);
    stmt_bind_int(stmt, 2, machine);
    stmt_bind_text(stmt, 3, op->kind);
    stmt_bind_text(stmt, 4, op->item);
    stmt_bind_text(stmt, 5, op->field);
    stmt_bind_text(stmt, 6, op->value);
    stmt_bind_text(stmt, 7, op->past ? op->past : "");
    return stmt_run(stmt, err);
}

int op_delete(struct store *store, int64_t seq, struct error *err)
{
    return store_run(store, "DELETE FROM op WHERE seq = ?1", seq, 0, NULL, err);
}

/* Does the edit with this past take the place of the other? A later one of the same machine has not
 * seen it for that: the library may have been put back in between. */
static bool note_covers(const struct op *later, const struct op *op)
{
    return (later->stamp == op->stamp && strcmp(later->machine, op->machine) == 0)
           || past_of(later->past, op->machine) >= op->stamp;
}

/* NULL is the least. Two of one stamp and machine are the same, unless somebody has two libraries
 * with one id: even then all machines keep the same one. */
static bool op_is_later(const struct op *a, const struct op *b)
{
    int order = strcmp(a->machine, b->machine);

    if (a->stamp != b->stamp)
        return a->stamp > b->stamp;
    if (order != 0)
        return order > 0;
    return a->value && (!b->value || strcmp(a->value, b->value) > 0);
}

/* What of the register goes, and whether the new one comes. Rows that go are few: one, or the
 * concurrent edits of a note. */
static int register_judge(struct store *store, const struct op *op, int64_t **gone, size_t *count,
                          bool *comes, struct error *err)
{
    bool note = op_keeps_edits(op->kind);
    struct stmt *stmt;
    size_t cap = 0, all = 0;
    int step, result = register_rows(&stmt, store, op->kind, op->item, op->field, err);

    *gone = NULL;
    *count = 0;
    *comes = true;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1 && ++all) {
        const struct op here = { .stamp = stmt_int(stmt, 1),
                                 .machine = stmt_text(stmt, 2),
                                 .value = stmt_is_null(stmt, 3) ? NULL : stmt_text(stmt, 3),
                                 .past = stmt_text(stmt, 4) };

        if (note ? note_covers(&here, op) : !op_is_later(op, &here))
            *comes = false;
        else if (!note || note_covers(op, &here))
            VEC_PUSH(*gone, *count, cap, stmt_int(stmt, 0));
    }
    stmt_reset(stmt);
    if (step == 0 && *comes && all - *count >= EDITS_MAX)
        step = error_set(err, ERR_LIMIT, "%s: too many edits stand beside each other", op->item);
    return step;
}

int register_put(struct store *store, const struct op *op, bool *comes, struct error *err)
{
    int64_t *gone = NULL;
    size_t count, i;
    int result = register_judge(store, op, &gone, &count, comes, err);

    for (i = 0; i < count && *comes && result == ERR_OK; i++)
        result = op_delete(store, gone[i], err);
    if (*comes && result == ERR_OK)
        result = op_insert(store, op, err);
    free(gone);
    return result;
}

/* ---- taking ---- */

/* Something was said in our name that we know nothing of: we are a copy of the library that said
 * it, or it was put back to what it was before. Two must not go on as one. */
static int step_aside(struct store *store, struct error *err)
{
    int64_t unused;

    log_write(LOG_WARN, "this library is a copy of one that went on, or was put back to what it "
                        "was; it goes on as a machine of its own");
    return machine_new(store, &unused, err);
}

int ops_take(struct store *store, const struct op *op, enum op_fate *fate, bool *ahead,
             const char **why, struct error *err)
{
    char id[MACHINE_HEX];
    int64_t own = 0, clock = 0;
    bool comes = false;
    int result;

    *ahead = false;
    *fate = OP_REFUSED;
    *why = op_wrong(store, op);
    if (*why)
        return ERR_OK;
    result = machine_own(store, &own, err);
    if (result == ERR_OK)
        result = machine_id(store, own, id, err);
    if (result == ERR_OK)
        result = ops_clock(store, &clock, err);
    if (result == ERR_OK)
        result = register_put(store, op, &comes, err);
    if (result == ERR_LIMIT) {
        *why = "too many edits stand beside each other";
        return ERR_OK;
    }
    if (result == ERR_OK && comes && strcmp(op->machine, id) == 0)
        result = step_aside(store, err);
    if (result == ERR_OK)
        clock_follow(store, clock, op->stamp);
    *fate = comes ? OP_TAKEN : OP_PASSED;
    *ahead = op_stamp_ms(op->stamp) > clock_now_ms() + OP_AHEAD_MS;
    return result;
}

/* ---- reading ---- */

struct op op_of_row(struct stmt *stmt, struct arena *arena)
{
    return (struct op){ .seq = stmt_int(stmt, 0),
                        .stamp = stmt_int(stmt, 1),
                        .machine = stmt_dup(stmt, 2, arena),
                        .kind = stmt_dup(stmt, 3, arena),
                        .item = stmt_dup(stmt, 4, arena),
                        .field = stmt_dup(stmt, 5, arena),
                        .value = stmt_is_null(stmt, 6) ? NULL : stmt_dup(stmt, 6, arena),
                        .past = stmt_dup(stmt, 7, arena) };
}

int ops_since(struct store *store, struct arena *arena, int64_t after, size_t limit,
              struct op **out, size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT o.seq, o.stamp, m.id, o.kind, o.item, o.field, o.value, "
                              "o.past FROM op o JOIN machine m ON m.n = o.machine WHERE o.seq > ?1 "
                              "ORDER BY o.seq LIMIT ?2",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, after);
    stmt_bind_int(stmt, 2, (int64_t)limit);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap, op_of_row(stmt, arena));
    stmt_reset(stmt);
    return step;
}

int ops_last(struct store *store, int64_t *seq, struct error *err)
{
    return store_query_int(store, "SELECT ifnull(max(seq), 0) FROM op", seq, err);
}

int ops_register(struct op *out, struct store *store, struct arena *arena, const char *kind,
                 const char *item, const char *field, struct error *err)
{
    struct stmt *stmt;
    int step, result = register_rows(&stmt, store, kind, item, field, err);

    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = (struct op){ .seq = stmt_int(stmt, 0),
                            .stamp = stmt_int(stmt, 1),
                            .machine = stmt_dup(stmt, 2, arena),
                            .kind = kind,
                            .item = item,
                            .field = field,
                            .value = stmt_is_null(stmt, 3) ? NULL : stmt_dup(stmt, 3, arena),
                            .past = stmt_dup(stmt, 4, arena) };
    stmt_reset(stmt);
    return step < 0 ? step : step == 1 ? ERR_OK : ERR_NOTFOUND;
}
