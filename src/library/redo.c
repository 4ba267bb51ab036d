/*
 * Redo: what undo has taken back is done again, of merges, splits, edits and all that the store can
 * do by itself. It is the same step once more, under today's rules: two papers that cannot be
 * merged any more, or a field that another machine has changed since, are told as such, and nothing
 * has happened.
 */
#include "bin.h"
#include "imported.h"

#include "carrel/edit.h"
#include "carrel/library.h"
#include "carrel/state.h"

#include <stdlib.h>
#include <string.h>

struct redoing {
    struct store *store;
    struct arena *arena;
    int64_t undo, step;
    char *item, *new;
    const char *name; /* of `item`, for a person */
};

static int redo_read(struct redoing *r, const char *kind, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, r->store,
                     "SELECT item, new FROM change_log WHERE step = ?1 ORDER BY seq LIMIT 1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, r->step);
    result = stmt_step(stmt, err);
    if (result == 1) {
        r->item = stmt_dup(stmt, 0, r->arena);
        r->new = stmt_dup(stmt, 1, r->arena);
    }
    stmt_reset(stmt);
    return result == 1 ? state_named(&r->name, r->store, r->arena, kind, r->item, err) : result;
}

static int redo_merge(struct redoing *r, char **what, struct error *err)
{
    int result = library_merge(r->store, r->item, r->new, err);

    if (result == ERR_OK)
        *what = mem_printf("merge of %s into %s", r->new, r->name);
    return result;
}

static int redo_split(struct redoing *r, char **what, struct error *err)
{
    int result = split_step(r->store, r->item, r->new, NULL, err);

    if (result == ERR_OK)
        *what = mem_printf("split of %s from %s", r->new, r->name);
    return result;
}

static int redo_apart(struct redoing *r, char **what, struct error *err)
{
    int result = library_keep_apart(r->store, r->item, r->new, err);

    if (result == ERR_OK)
        *what = mem_printf("%s and %s being two papers", r->name, r->new);
    return result;
}

/* The papers of the step, with what they are to become. */
static void redo_papers(struct redoing *r, const struct edit_row *rows, size_t count,
                        struct edit_paper **papers, size_t *paper_count)
{
    size_t at, len, i, cap = 0;

    for (at = 0; at < count; at += len) {
        struct edit_change *changes;
        struct edit_paper paper = { .id = rows[at].item };

        len = edit_rows_alike(rows, at, count);
        changes = arena_alloc(r->arena, len * sizeof *changes);
        for (i = at; i < at + len; i++) {
            struct edit_change change = { .field = edit_field_find(rows[i].field),
                                          .value = rows[i].new,
                                          .from = rows[i].old };

            if (change.field)
                changes[paper.count++] = change;
        }
        paper.changes = changes;
        ARENA_PUSH(r->arena, *papers, *paper_count, cap, paper);
    }
}

/* Of several papers those that were changed elsewhere since are passed over; of one it is told. */
static int redo_edit(struct redoing *r, char **what, struct error *err)
{
    struct edit_row *rows;
    struct edit_paper *papers = NULL;
    size_t row_count, count = 0, left = 0;
    int result = edit_rows(&rows, &row_count, r->store, r->arena, r->step, err);

    if (result != ERR_OK)
        return result;
    redo_papers(r, rows, row_count, &papers, &count);
    result = library_edit_papers(r->store, papers, count, count > 1 ? &left : NULL, err);
    if (result == ERR_OK)
        *what = state_left(edit_describe(r->name, count), left, count);
    return result;
}

static int redo_gone(struct redoing *r, char **what, struct error *err)
{
    size_t papers = 0, left = 0;
    bool removal;
    int result = bin_redo(r->store, r->step, &papers, &removal, &left, err);

    if (result == ERR_OK)
        *what = state_left(bin_describe(removal, r->name, papers), left, papers);
    return result;
}

static int redo_import(struct redoing *r, char **what, struct error *err)
{
    struct import_turned turned = { 0 };
    int result = import_redo(r->store, r->undo, r->step, &turned, err);

    if (result == ERR_OK)
        *what = import_describe(r->item, &turned, false);
    return result;
}

int library_redo(struct store *store, char **what, struct error *err)
{
    static const struct {
        const char *kind;
        int (*redo)(struct redoing *, char **, struct error *);
    } kinds[] = { { "merge", redo_merge }, { "split", redo_split }, { "apart", redo_apart },
                  { "edit", redo_edit },   { "gone", redo_gone },   { "import", redo_import } };
    struct redoing r = { .store = store };
    char kind[16], *said = NULL;
    size_t i = 0;
    int result = state_redoable(store, &r.undo, &r.step, kind, err);

    if (result != ERR_OK)
        return result;
    while (i < ARRAY_LEN(kinds) && strcmp(kinds[i].kind, kind) != 0)
        i++;
    if (i == ARRAY_LEN(kinds))
        return state_redo(store, what, err);
    r.arena = arena_new();
    result = redo_read(&r, kind, err);
    if (result == ERR_OK) {
        state_redo_begin(store, r.undo);
        result = kinds[i].redo(&r, &said, err);
        state_redo_begin(store, 0);
    }
    if (result == ERR_OK && what) {
        *what = said;
        said = NULL;
    }
    free(said);
    arena_free(r.arena);
    return result;
}
