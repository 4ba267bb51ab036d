/*
 * Redo: what undo has taken back is done again, of merges, splits, edits and all that the store can
 * do by itself. It is the same step once more, under today's rules: two papers that cannot be
 * merged any more, or a field that another machine has changed since, are told as such, and nothing
 * has happened.
 */
#include "internal.h"

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

static int redo_edit(struct redoing *r, char **what, struct error *err)
{
    struct edit_change *changes = NULL;
    size_t count = 0, cap = 0;
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, r->store,
                     "SELECT field, new, old FROM change_log WHERE step = ?1 AND kind = 'edit' "
                     "ORDER BY seq",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, r->step);
    while ((result = stmt_step(stmt, err)) == 1) {
        struct edit_change change = { .field = edit_field_find(stmt_text(stmt, 0)),
                                      .value = stmt_dup(stmt, 1, r->arena),
                                      .from = stmt_dup(stmt, 2, r->arena) };

        if (change.field)
            ARENA_PUSH(r->arena, changes, count, cap, change);
    }
    stmt_reset(stmt);
    if (result == ERR_OK)
        result = library_edit(r->store, r->item, changes, count, NULL, err);
    if (result == ERR_OK)
        *what = mem_printf("edit of %s", r->name);
    return result;
}

int library_redo(struct store *store, char **what, struct error *err)
{
    static const struct {
        const char *kind;
        int (*redo)(struct redoing *, char **, struct error *);
    } kinds[] = { { "merge", redo_merge },
                  { "split", redo_split },
                  { "apart", redo_apart },
                  { "edit", redo_edit } };
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
