/*
 * Operations in their table (carrel/ops.h): saying and taking. What may
 * come from outside is judged in ops_check.c, what is computed from them in registers.c.
 */
#include "ops_internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/str.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STAMP_LEAST (INT64_C(1) << STAMP_COUNTER_BITS)

/* ---- registers ---- */

/* The rows of a register; all of them are gone through at once. */
static int register_rows(struct stmt **stmt, struct store *store, const char *kind,
                         const char *item, const char *field, struct error *err)
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

static int op_insert(struct store *store, const struct op *op, int64_t machine, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
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

static int op_delete(struct store *store, int64_t seq, struct error *err)
{
    return store_run(store, "DELETE FROM op WHERE seq = ?1", seq, 0, NULL, err);
}

/* Up to which stamp of that machine a note has been seen; -1: nothing of it. */
static int64_t past_of(const char *past, const char *machine)
{
    const char *at = strstr(past, machine);

    return at ? (int64_t)strtoull(at + MACHINE_HEX, NULL, 16) : -1;
}

/* Does the edit with this past take the place of the other? */
static bool note_covers(const struct op *later, const struct op *op)
{
    if (strcmp(later->machine, op->machine) == 0)
        return later->stamp >= op->stamp;
    return past_of(later->past, op->machine) >= op->stamp;
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
static int register_judge(struct store *store, const struct op *op, bool note, int64_t **gone,
                          size_t *count, bool *comes, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = register_rows(&stmt, store, op->kind, op->item, op->field, err);

    *gone = NULL;
    *count = 0;
    *comes = true;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
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
    return step;
}

static int register_put(struct store *store, const struct op *op, int64_t machine, bool *comes,
                        struct error *err)
{
    int64_t *gone = NULL;
    size_t count, i;
    int result = register_judge(store, op, op_is_note(op->kind), &gone, &count, comes, err);

    for (i = 0; i < count && *comes && result == ERR_OK; i++)
        result = op_delete(store, gone[i], err);
    if (*comes && result == ERR_OK)
        result = op_insert(store, op, machine, err);
    free(gone);
    return result;
}

/* ---- saying ---- */

/* Takes the later of two for a machine. `out` is a list of "ID:STAMP" in order of the ids. */
static void past_add(struct str *out, const char *machine, int64_t stamp)
{
    char text[MACHINE_HEX + 24];
    const char *at;
    size_t offset;

    if (past_of(out->ptr, machine) >= stamp)
        return;
    at = strstr(out->ptr, machine);
    if (at)
        str_remove(out, (size_t)(at - out->ptr), strcspn(at, " ") + (at[strcspn(at, " ")] == ' '));
    for (at = out->ptr; *at && strncmp(at, machine, MACHINE_HEX - 1) < 0;
         at += strcspn(at, " ") + (at[strcspn(at, " ")] == ' '))
        ;
    offset = (size_t)(at - out->ptr);
    snprintf(text, sizeof text, "%s:%" PRIx64 " ", machine, (uint64_t)stamp);
    str_insert(out, offset, text, strlen(text));
}

static void past_join(struct str *out, const char *past)
{
    while (*past) {
        char machine[MACHINE_HEX];

        snprintf(machine, sizeof machine, "%s", past);
        past_add(out, machine, (int64_t)strtoull(past + MACHINE_HEX, NULL, 16));
        past += strcspn(past, " ");
        past += *past == ' ';
    }
}

/* What has been seen of the register: its greatest stamp and, of a note, all edits. One that claims
 * to have seen what this machine has not said yet is not to silence it. */
static int register_seen(struct store *store, const struct op *op, int64_t *latest,
                         struct str *past, struct error *err)
{
    struct stmt *stmt;
    int step, result = register_rows(&stmt, store, op->kind, op->item, op->field, err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t claimed = past_of(stmt_text(stmt, 4), op->machine);

        if (stmt_int(stmt, 1) > *latest)
            *latest = stmt_int(stmt, 1);
        if (claimed > *latest)
            *latest = claimed;
        if (!op_is_note(op->kind))
            continue;
        past_join(past, stmt_text(stmt, 4));
        past_add(past, stmt_text(stmt, 2), stmt_int(stmt, 1));
    }
    stmt_reset(stmt);
    return step;
}

/* The clock was wrong once and is put right: what is said now is not to have the wrong time for
 * ever. Stamps have to grow only as long as the machine is the same. */
static int clock_settle(struct store *store, int64_t *clock, int64_t *machine, struct error *err)
{
    int64_t now = clock_now_ms();
    int result = ops_clock(store, clock, err);

    if (result != ERR_OK || op_stamp_ms(*clock) <= now + 2 * OP_AHEAD_MS)
        return result;
    log_write(LOG_WARN, "this library's clock is days ahead of the time of day: it begins anew");
    *clock = now << STAMP_COUNTER_BITS;
    result = machine_new(store, machine, err);
    return result == ERR_OK
               ? store_run(store,
                           "INSERT OR REPLACE INTO meta(key, value) SELECT 'clock', ?1 WHERE ?2",
                           *clock, 1, NULL, err)
               : result;
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

int ops_say(struct store *store, const char *kind, const char *item, const char *field,
            const char *value, struct error *err)
{
    struct op op = { .kind = kind, .item = item, .field = field, .value = value };
    struct str past = STR_INIT;
    char id[MACHINE_HEX];
    int64_t machine, clock = 0, latest = -1;
    bool comes;
    int result = machine_own(store, &machine, err);

    if (result == ERR_OK)
        result = clock_settle(store, &clock, &machine, err);
    if (result == ERR_OK)
        result = machine_id(store, machine, id, err);
    op.machine = id;
    if (result == ERR_OK)
        result = register_seen(store, &op, &latest, &past, err);
    op.past = past.ptr;
    if (result == ERR_OK)
        result = stamp_op(&op, store, clock, latest, &machine, err);
    if (result == ERR_OK)
        result = machine_id(store, machine, id, err);
    if (result == ERR_OK) {
        result = register_put(store, &op, machine, &comes, err);
        assert(result != ERR_OK || comes);
    }
    if (result == ERR_OK)
        result = clock_follow(store, clock, op.stamp, err);
    str_free(&past);
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
    return result == ERR_OK ? register_put(store, &op, machine, &comes, err) : result;
}

/* What of a name is said of its work by itself: not what goes by that name's own records. */
static int named_rows(struct op **out, size_t *count, struct store *store, struct arena *arena,
                      const char *item, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT o.machine, o.stamp, m.id, o.kind, o.field, o.value, o.past "
                              "FROM op o JOIN machine m ON m.n = o.machine WHERE o.item = ?1 AND "
                              "o.kind IN ('read', 'star', 'tag', 'note') AND o.value IS NOT NULL "
                              "ORDER BY o.seq",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, item);
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct op){ .seq = stmt_int(stmt, 0), /* of its machine */
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
        result = register_put(store, &rows[i], rows[i].seq, &comes, err);
    }
    for (i = 0; i < count && result == ERR_OK; i++)
        result = ops_say(store, rows[i].kind, from, rows[i].field, NULL, err);
    arena_free(arena);
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
    int64_t machine = 0, own = 0, clock = 0;
    bool comes = false;
    int result;

    *ahead = false;
    *fate = OP_REFUSED;
    *why = op_wrong(store, op);
    if (*why)
        return ERR_OK;
    result = machine_own(store, &own, err);
    if (result == ERR_OK)
        result = machine_number(store, op->machine, true, &machine, err);
    if (result == ERR_LIMIT) {
        *why = "there are too many machines already";
        return ERR_OK;
    }
    if (result == ERR_OK)
        result = ops_clock(store, &clock, err);
    if (result == ERR_OK)
        result = register_put(store, op, machine, &comes, err);
    if (result == ERR_OK && machine == own && comes)
        result = step_aside(store, err);
    if (result == ERR_OK)
        result = clock_follow(store, clock, op->stamp, err);
    *fate = comes ? OP_TAKEN : OP_PASSED;
    *ahead = op_stamp_ms(op->stamp) > clock_now_ms() + OP_AHEAD_MS;
    return result;
}

/* ---- reading ---- */

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
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct op){ .seq = stmt_int(stmt, 0),
                                 .stamp = stmt_int(stmt, 1),
                                 .machine = stmt_dup(stmt, 2, arena),
                                 .kind = stmt_dup(stmt, 3, arena),
                                 .item = stmt_dup(stmt, 4, arena),
                                 .field = stmt_dup(stmt, 5, arena),
                                 .value = stmt_is_null(stmt, 6) ? NULL : stmt_dup(stmt, 6, arena),
                                 .past = stmt_dup(stmt, 7, arena) }));
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
