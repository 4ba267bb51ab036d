/*
 * Taking steps of the change log back, and doing again what was taken back; undo_tell.c tells them.
 *
 * Undo writes the old values in reverse order, as a step of its own that says which one it took
 * back (`undoes`). Redo writes the new ones again, as a step like any other that also says which
 * undo it follows (`redoes`); a new step of the reader's ends what could be done again. All of it
 * lies in the library, so it goes on after a restart, and from the desk to the command line.
 */
#include "carrel/reading.h"
#include "carrel/state.h"
#include "carrel/str.h"
#include "carrel/works.h"

#include "alerts_internal.h"
#include "ops_internal.h"
#include "state_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int state_newest(struct store *store, enum state_steps which, int64_t *step, char kind[16],
                 struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT step, kind FROM change_log c WHERE undoes IS NULL AND NOT EXISTS (SELECT 1 FROM "
        "change_log u WHERE u.undoes = c.step) AND step > " STATE_BEFORE
        " AND (?1 = 0 OR (kind = 'import') = (?1 = 2)) ORDER BY seq DESC LIMIT 1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, which);
    result = stmt_step(stmt, err);
    if (result == 1) {
        *step = stmt_int(stmt, 0);
        snprintf(kind, 16, "%s", stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND,
                         which == STATE_IMPORTS ? "no import to undo" : "nothing to undo");
    return result < 0 ? result : ERR_OK;
}

int state_begin_history(struct store *store, struct error *err)
{
    return store_exec(store,
                      "INSERT OR REPLACE INTO meta(key, value) SELECT 'history_begins', "
                      "ifnull(max(step), 0) FROM change_log",
                      err);
}

int state_redoable(struct store *store, int64_t *undo, int64_t *step, char kind[16],
                   struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT step, undoes, (SELECT kind FROM change_log WHERE step = back.undoes ORDER BY kind "
        "!= 'edit', seq DESC LIMIT 1) FROM (SELECT u.step, u.undoes FROM change_log u WHERE "
        "u.undoes IS NOT NULL AND NOT EXISTS (SELECT 1 FROM change_log r WHERE r.redoes = u.step) "
        "AND u.step > (SELECT ifnull(max(n.step), 0) FROM (SELECT step FROM change_log WHERE "
        "undoes IS NULL AND redoes IS NULL ORDER BY seq DESC LIMIT 1) n) ORDER BY u.seq DESC "
        "LIMIT 1) back",
        err);

    if (result != ERR_OK)
        return result;
    result = stmt_step(stmt, err);
    if (result == 1) {
        *undo = stmt_int(stmt, 0);
        *step = stmt_int(stmt, 1);
        snprintf(kind, 16, "%s", stmt_text(stmt, 2));
    }
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND,
                         "nothing to do again: nothing was undone since the "
                         "last change");
    return result < 0 ? result : ERR_OK;
}

void state_redo_begin(struct store *store, int64_t undo)
{
    store->redoes = undo;
}

static int state_present(char **out, struct store *store, const struct state_row *row, int64_t work,
                         struct error *err)
{
    const char *sql = state_present_sql(row->kind), *text;
    char *unused = NULL;
    int result;

    *out = NULL;
    if (strcmp(row->kind, "highlight") == 0) {
        result = highlight_json(out, &unused, store, row->field, err);
        free(unused);
        return result;
    }
    if (state_is_query_place(row))
        sql = QUERY_PLACE_SQL;
    text = strcmp(row->kind, "query") == 0 ? row->item : *row->field ? row->field : NULL;
    return sql ? state_read(store, out, sql, work, text, err) : ERR_OK;
}

static int state_put_back(struct store *store, const struct state_row *row, int64_t work,
                          struct error *err)
{
    if (state_is_query_place(row))
        return state_apply_query_place(store, row->item, row->old, err);
    if (strcmp(row->kind, "query") == 0)
        return state_apply_query(store, row->item, row->old, err);
    if (strcmp(row->kind, "alert") == 0)
        return alerts_undo(store, row->item, row->old != NULL, err);
    if (strcmp(row->kind, "highlight") == 0)
        return highlight_apply(store, row->field, row->old, err);
    return ops_say_back(store, work, row->kind, row->field, state_value(row->kind, row->old), err);
}

static bool state_of_work(const char *kind)
{
    return strcmp(kind, "query") != 0 && strcmp(kind, "alert") != 0
           && strcmp(kind, "highlight") != 0;
}

/* One row of a step that is taken back or done again. What is no longer as it was left was changed
 * by somebody else since, and stays: *left; so does what was said of a work that is gone, as it may
 * come back out of the bin with that. The step counts as taken back all the same: it must not stand
 * in the way of the ones before. `row` leads from `new` to `old`. */
static int state_turn_row(struct store *store, const struct state_row *row, int64_t undoes,
                          size_t *left, struct error *err)
{
    bool gone, same = strcmp(row->kind, "alert") == 0;
    char *present = NULL;
    int64_t work = 0;
    int result = state_of_work(row->kind) ? works_find(store, &work, row->item, err) : ERR_OK;

    gone = result == ERR_NOTFOUND;
    result = gone ? ERR_OK : result;
    if (result == ERR_OK && !gone && !same) {
        result = state_present(&present, store, row, work, err);
        same = result == ERR_OK && state_same(row->kind, present, row->new);
    }
    if (result == ERR_OK && !gone && same)
        result = state_put_back(store, row, work, err);
    *left += !same;
    if (result == ERR_OK)
        result = state_log_back(store, row->kind, row->item, row->field, same ? row->new : present,
                                same ? row->old : present, undoes, err);
    free(present);
    return result;
}

/* Rows of a step, the last one first; those of an undo stand as they are found. */
static int state_rows(struct store *store, struct arena *arena, int64_t step,
                      struct state_row **rows, size_t *len, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT kind, item, field, old, new FROM change_log WHERE step = ?1 ORDER BY seq DESC",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, step);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct state_row row = { .kind = arena_strdup(arena, stmt_text(stmt, 0)),
                                 .item = arena_strdup(arena, stmt_text(stmt, 1)),
                                 .field = arena_strdup(arena, stmt_text(stmt, 2)) };

        row.old = stmt_is_null(stmt, 3) ? NULL : arena_strdup(arena, stmt_text(stmt, 3));
        row.new = stmt_is_null(stmt, 4) ? NULL : arena_strdup(arena, stmt_text(stmt, 4));
        VEC_PUSH(*rows, *len, cap, row);
    }
    stmt_reset(stmt);
    return result;
}

int state_is_undone(bool *undone, struct store *store, int64_t step, struct error *err)
{
    int64_t one;
    int result = store_lookup(store, &one, "SELECT 1 FROM change_log WHERE undoes = ?1 LIMIT 1",
                              NULL, step, 0, err);

    *undone = result == ERR_OK;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* Undoing twice would write the old values over what came since. */
static int state_check_step(struct store *store, int64_t step, const struct state_row *rows,
                            size_t len, struct error *err)
{
    bool undone;
    size_t i;
    int result;

    if (len == 0)
        return error_set(err, ERR_NOTFOUND, "no step %lld to undo", (long long)step);
    for (i = 0; i < len; i++)
        if (strcmp(rows[i].kind, "merge") == 0 || strcmp(rows[i].kind, "split") == 0
            || strcmp(rows[i].kind, "edit") == 0)
            return error_set(err, ERR_USAGE, "the last step was %s of %s, which is undone by %s",
                             rows[i].kind, rows[i].item,
                             strcmp(rows[i].kind, "merge") == 0   ? "split"
                             : strcmp(rows[i].kind, "split") == 0 ? "merge"
                                                                  : "edit");
    result = state_is_undone(&undone, store, step, err);
    return result == ERR_OK && undone ? error_set(err, ERR_NOTFOUND, "that step is undone already")
                                      : result;
}

/* Which step, and which way. */
struct turn {
    int64_t step; /* 0: the newest one, looked up under the write lock: two desks never take the
                     same */
    bool redo;
};

/* The step's rows, checked, in the order and the direction in which they are to be written. */
static int turn_rows(struct turn *turn, struct store *store, struct arena *arena,
                     struct state_row **rows, size_t *len, struct error *err)
{
    char kind[16];
    int64_t undo = 0;
    size_t i;
    int result = ERR_OK;

    if (turn->redo)
        result = state_redoable(store, &undo, &turn->step, kind, err);
    else if (turn->step == 0)
        result = state_newest(store, STATE_BUT_IMPORTS, &turn->step, kind, err);
    if (result == ERR_OK)
        result = state_rows(store, arena, turn->step, rows, len, err);
    if (result != ERR_OK || !turn->redo)
        return result == ERR_OK ? state_check_step(store, turn->step, *rows, *len, err) : result;
    store->redoes = undo;
    for (i = 0; i < *len; i++) {
        struct state_row *row = &(*rows)[i];
        char *old = row->old;

        row->old = row->new;
        row->new = old;
    }
    for (i = 0; i < *len / 2; i++) {
        struct state_row swap = (*rows)[i];

        (*rows)[i] = (*rows)[*len - 1 - i];
        (*rows)[*len - 1 - i] = swap;
    }
    return result;
}

/* What was done first of all, and how many more: as it was done, although it is done again. */
static int turn_tell(char **what, const struct turn *turn, struct store *store, struct arena *arena,
                     const struct state_row *rows, size_t len, struct error *err)
{
    struct state_row first = rows[turn->redo ? 0 : len - 1];

    if (turn->redo) {
        first.old = rows[0].new;
        first.new = rows[0].old;
    }
    return state_describe(what, store, arena, turn->step, &first, state_rows_told(rows, len), err);
}

static int state_turn(struct store *store, struct turn turn, char **what, struct error *err)
{
    struct arena *arena = arena_new();
    struct state_row *rows = NULL;
    size_t len = 0, left = 0, i;
    char *told = NULL;
    int result = state_begin(store, err);

    if (result != ERR_OK)
        goto out;
    result = turn_rows(&turn, store, arena, &rows, &len, err);
    for (i = 0; i < len && result == ERR_OK; i++) {
        result = state_turn_row(store, &rows[i], turn.redo ? 0 : turn.step, &left, err);
        if (result == ERR_OK)
            result = state_tell(store, i + 1, len, err);
    }
    if (result == ERR_OK)
        result = turn_tell(&told, &turn, store, arena, rows, len, err);
    if (result == ERR_OK)
        result = state_commit(store, err);
    if (result != ERR_OK)
        state_rollback(store);
    if (result == ERR_OK && what) {
        *what = state_left(told, left, len);
        told = NULL;
    }
out:
    free(told);
    free(rows);
    arena_free(arena);
    return result;
}

int state_undo_step(struct store *store, int64_t step, char **what, struct error *err)
{
    return state_turn(store, (struct turn){ .step = step }, what, err);
}

int state_undo(struct store *store, char **what, struct error *err)
{
    return state_turn(store, (struct turn){ .step = 0 }, what, err);
}

int state_redo(struct store *store, char **what, struct error *err)
{
    return state_turn(store, (struct turn){ .redo = true }, what, err);
}
