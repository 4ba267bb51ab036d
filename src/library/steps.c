/*
 * Steps of a person over works: opening one, its commit, and undo of merges, splits, edits and all
 * that the store can take back by itself.
 *
 * Undoing a split merges the two again and forgets that they stay apart. None of it is news from a
 * source, so what the triggers of alerts note of such a step is taken back before its commit.
 */
#include "bin.h"
#include "imported.h"

#include "carrel/alerts.h"
#include "carrel/ops.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

int step_commit(struct writer *writer, int result, struct error *err)
{
    if (result == ERR_OK)
        result = alerts_take_back(writer->store, writer->event_mark, err);
    if (result == ERR_OK)
        result = writer_finish(writer, err);
    if (result == ERR_OK)
        result = state_commit(writer->store, err);
    else {
        writer_abort(writer);
        state_rollback(writer->store);
    }
    writer_free(writer);
    return result;
}

/* A writer inside an undo step. */
int step_begin(struct writer **writer, struct store *store, struct error *err)
{
    int result = state_begin(store, err);

    if (result != ERR_OK)
        return result;
    *writer = writer_new(store);
    result = alerts_mark(store, &(*writer)->event_mark, err);
    if (result == ERR_OK)
        result = writer_start(*writer, err);
    if (result != ERR_OK) {
        state_rollback(store);
        writer_free(*writer);
    }
    return result;
}

/* ---- undo ---- */

/* A step that is taken back. What others have decided since stays, and is told; the step counts as
 * undone, so that it does not stand in the way of those before it. */
struct undoing {
    struct writer *writer;
    struct arena *arena;
    int64_t step, at; /* ms */
    const char *kind, *item, *new;
    const char *name;          /* of `item`, for a person */
    size_t papers;             /* of an edit, or a removal */
    size_t waiting;            /* of a removal: papers of which nothing is left here */
    size_t beside;             /* of the rows that stay: of a paper that is counted by another */
    struct edit_undone undone; /* what was taken back, and what stays as it is now */
    struct import_turned import;
};

/* Its first row. */
static int undo_read(struct undoing *u, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "SELECT item, new, at FROM change_log WHERE step = ?1 ORDER BY seq LIMIT 1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, u->step);
    result = stmt_step(stmt, err);
    if (result == 1) {
        u->item = stmt_dup(stmt, 0, u->arena);
        u->new = stmt_is_null(stmt, 1) ? NULL : stmt_dup(stmt, 1, u->arena);
        u->at = stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    return result == 1 ? state_named(&u->name, store, u->arena, u->kind, u->item, err) : result;
}

/* Is this what the library has decided of two names, and nobody has said otherwise or again since?
 * It may have been another machine then. */
static int decided_here(bool *here, struct undoing *u, const char *one, const char *other,
                        const char *value, struct error *err)
{
    bool first = strcmp(one, other) < 0;
    struct op op = { .value = NULL };
    char own[MACHINE_HEX];
    int result = ops_register(&op, u->writer->store, u->arena, "pair", first ? one : other,
                              first ? other : one, err);

    *here = false;
    if (result == ERR_NOTFOUND)
        return ERR_OK;
    if (result == ERR_OK)
        result = ops_machine(u->writer->store, own, err);
    *here = result == ERR_OK && str_eq(op.value, value)
            && (strcmp(op.machine, own) == 0 || op_stamp_ms(op.stamp) <= u->at);
    return result;
}

/* What holds them together without the decision holds them still: what is one is settled anew. */
static int undo_merge(struct undoing *u, const char *item, const char *gone, struct error *err)
{
    struct store *store = u->writer->store;
    int64_t one = 0, other = 0;
    bool here = false;
    int result = decided_here(&here, u, item, gone, "joined", err);

    if (result == ERR_OK && here)
        result = find_two(store, item, gone, &one, &other, err);
    if (result == ERR_NOTFOUND) { /* nobody is called so any more */
        result = ERR_OK;
        here = false;
    }
    u->undone.done += here;
    u->undone.left += !here;
    if (result != ERR_OK || !here)
        return result;
    result = ops_say_pair(store, item, gone, NULL, err);
    if (result == ERR_OK)
        result = regroup(u->writer, (int64_t[]){ one, other }, one == other ? 1 : 2, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "UPDATE merge SET undone = ?1 WHERE gone_key = ?3 AND by_hand AND "
                           "undone IS NULL AND ?2",
                           u->writer->now, 1, gone, err);
    return result;
}

/* The two works of the step, if they are two still; 0 else. */
static int undo_two(struct undoing *u, int64_t *one, int64_t *other, struct error *err)
{
    int result = find_two(u->writer->store, u->item, u->new, one, other, err);

    if (result == ERR_NOTFOUND || (result == ERR_OK && *one == *other)) {
        *one = *other = 0;
        result = ERR_OK;
    }
    return result;
}

static int undo_split(struct undoing *u, struct error *err)
{
    int64_t keep = 0, gone = 0;
    int result = undo_two(u, &keep, &gone, err);

    u->undone.done += keep != 0;
    u->undone.left += keep == 0;
    return result == ERR_OK && keep
               ? join_two(u->writer, keep, gone, "{\"rule\":\"split undone\"}", err)
               : result;
}

static int undo_apart(struct undoing *u, struct error *err)
{
    int64_t one = 0, two = 0;
    int result = undo_two(u, &one, &two, err);

    u->undone.done += one != 0;
    u->undone.left += one == 0;
    return result == ERR_OK && one ? keep_together(u->writer->store, one, two, err) : result;
}

int edit_rows(struct edit_row **rows, size_t *count, struct store *store, struct arena *arena,
              int64_t step, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT item, field, ifnull(old, ''), ifnull(new, '') FROM change_log WHERE step = ?1 AND "
        "kind = 'edit' ORDER BY seq",
        err);

    *rows = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, step);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct edit_row row = { .item = stmt_dup(stmt, 0, arena),
                                .field = stmt_dup(stmt, 1, arena),
                                .old = stmt_dup(stmt, 2, arena),
                                .new = stmt_dup(stmt, 3, arena) };

        ARENA_PUSH(arena, *rows, *count, cap, row);
    }
    stmt_reset(stmt);
    return result;
}

size_t edit_rows_alike(const struct edit_row *rows, size_t at, size_t count)
{
    size_t len = 1;

    while (at + len < count && strcmp(rows[at].item, rows[at + len].item) == 0)
        len++;
    return len;
}

char *edit_describe(const char *item, size_t papers)
{
    return papers < 2 ? mem_printf("edit of %s", item)
                      : mem_printf("edit of %s and of %zu more paper%s", item, papers - 1,
                                   papers == 2 ? "" : "s");
}

/* What the hand said before of each paper. */
static int undo_hand(struct undoing *u, struct error *err)
{
    struct edit_row *rows;
    size_t count, at, len, left;
    int result = edit_rows(&rows, &count, u->writer->store, u->arena, u->step, err);

    for (at = 0; at < count && result == ERR_OK; at += len) {
        len = edit_rows_alike(rows, at, count);
        u->papers++;
        left = u->undone.left;
        result = hand_undo(u->writer, u->step, rows + at, len, &u->undone, err);
        u->beside += u->undone.left > left ? u->undone.left - left - 1 : 0;
        if (result == ERR_OK)
            result = state_tell(u->writer->store, at + len, count, err);
    }
    return result;
}

/* What the hand said before, and then the merges that its identifiers have made. */
static int undo_edit(struct undoing *u, struct error *err)
{
    struct text_list merged = { 0 };
    struct stmt *stmt;
    size_t i;
    int result = undo_hand(u, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, u->writer->store,
                              "SELECT item, new FROM change_log WHERE step = ?1 AND kind = 'merge' "
                              "ORDER BY seq DESC",
                              err);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, u->step);
        while ((result = stmt_step(stmt, err)) == 1)
            for (i = 0; i < 2; i++)
                text_list_add(&merged, u->arena, stmt_text(stmt, (int)i),
                              strlen(stmt_text(stmt, (int)i)));
        stmt_reset(stmt);
    }
    for (i = 0; i + 1 < merged.len && result == ERR_OK; i += 2)
        result = undo_merge(u, merged.items[i], merged.items[i + 1], err);
    return result;
}

static int undo_gone(struct undoing *u, struct error *err)
{
    return bin_undo(u->writer, u->step, &u->papers, &u->undone, &u->waiting, err);
}

static int undo_import(struct undoing *u, struct error *err)
{
    int result = import_undo(u->writer, u->step, &u->import, err);

    u->papers = u->import.papers;
    return result;
}

static int undo_step(struct undoing *u, struct error *err)
{
    int result = strcmp(u->kind, "edit") == 0     ? undo_edit(u, err)
                 : strcmp(u->kind, "gone") == 0   ? undo_gone(u, err)
                 : strcmp(u->kind, "import") == 0 ? undo_import(u, err)
                 : strcmp(u->kind, "merge") == 0  ? undo_merge(u, u->item, u->new, err)
                 : strcmp(u->kind, "apart") == 0  ? undo_apart(u, err)
                                                  : undo_split(u, err);

    return result == ERR_OK ? state_log_undo(u->writer->store, u->kind, u->item, u->step, err)
                            : result;
}

/* Another process may have been faster: the step was looked up before the write lock was ours. */
static int undo_once(struct undoing *u, struct error *err)
{
    bool undone = false;
    int result = state_is_undone(&undone, u->writer->store, u->step, err);

    if (result == ERR_OK && undone)
        result = error_set(err, ERR_NOTFOUND, "that step is undone already");
    return result == ERR_OK ? undo_step(u, err) : result;
}

/* Of several papers it is told how many stay, of one how many fields. */
static char *undo_describe(const struct undoing *u)
{
    size_t left = u->undone.left - (u->papers > 1 ? u->beside : 0);
    char *what =
        strcmp(u->kind, "import") == 0  ? import_describe(u->item, &u->import, true)
        : strcmp(u->kind, "edit") == 0  ? edit_describe(u->name, u->papers)
        : strcmp(u->kind, "gone") == 0  ? bin_describe(u->new != NULL, u->name, u->papers)
        : strcmp(u->kind, "merge") == 0 ? mem_printf("merge of %s into %s", u->new, u->name)
        : strcmp(u->kind, "apart") == 0 ? mem_printf("%s and %s being two papers", u->name, u->new)
                                        : mem_printf("split of %s from %s", u->new, u->name);

    return state_left(bin_waiting(what, u->waiting), left, left + u->undone.done);
}

static int undo_newest(struct store *store, enum state_steps which, char **what, struct error *err)
{
    static const char *const kinds[] = { "merge", "apart", "edit", "split", "gone", "import" };
    struct undoing u = { .step = 0 };
    char kind[16];
    size_t i = 0;
    int result = state_newest(store, which, &u.step, kind, err);

    if (result != ERR_OK)
        return result;
    while (i < ARRAY_LEN(kinds) && strcmp(kinds[i], kind) != 0)
        i++;
    if (i == ARRAY_LEN(kinds))
        return state_undo_step(store, u.step, what, err);
    u.kind = kinds[i];
    u.arena = arena_new();
    result = undo_read(&u, store, err);
    if (result == ERR_OK)
        result = bin_keys_checked(store, false, err);
    if (result == ERR_OK)
        result = step_begin(&u.writer, store, err);
    if (result == ERR_OK) {
        result = undo_once(&u, err);
        result = step_commit(u.writer, result, err);
    }
    bin_keys_checked(store, true, NULL);
    if (result == ERR_OK)
        bin_cover(store, (int64_t)u.papers);
    if (result == ERR_OK && what)
        *what = undo_describe(&u);
    arena_free(u.arena);
    return result;
}

int library_undo(struct store *store, char **what, struct error *err)
{
    return undo_newest(store, STATE_BUT_IMPORTS, what, err);
}

int library_undo_import(struct store *store, char **what, struct error *err)
{
    return undo_newest(store, STATE_IMPORTS, what, err);
}
