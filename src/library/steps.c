/*
 * Steps of a person over works: opening one, its commit, and undo of merges, splits, edits and all
 * that the store can take back by itself.
 *
 * Undoing a split merges the two again and forgets that they stay apart. None of it is news from a
 * source, so what the triggers of alerts note of such a step is taken back before its commit.
 */
#include "internal.h"

#include "carrel/alerts.h"
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

/* What a merge or split step was about. */
static int undo_item(struct store *store, int64_t step, char **item, char **new, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "SELECT item, new FROM change_log WHERE step = ?1 LIMIT 1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, step);
    result = stmt_step(stmt, err);
    if (result == 1) {
        *item = mem_strdup(stmt_text(stmt, 0));
        *new = mem_strdup(stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int undo_merge(struct writer *writer, const char *item, struct error *err)
{
    char *key = NULL, *gone = NULL;
    int64_t one, other;
    int result = split_work(writer, item, &key, &gone, err);

    /* As before the merge: nobody has said that they are two. */
    if (result == ERR_OK)
        result = find_two(writer->store, key, gone, &one, &other, err);
    if (result == ERR_OK)
        result = keep_together(writer->store, one, other, err);
    free(key);
    free(gone);
    return result;
}

static int undo_split(struct writer *writer, const char *item, const char *gone_key,
                      struct error *err)
{
    int64_t keep = 0, gone = 0;
    int result = find_two(writer->store, item, gone_key, &keep, &gone, err);

    return result == ERR_OK ? join_two(writer, keep, gone, "{\"rule\":\"split undone\"}", err)
                            : result;
}

static int undo_apart(struct store *store, const char *item, const char *other, struct error *err)
{
    int64_t one, two;
    int result = find_two(store, item, other, &one, &two, err);

    return result == ERR_OK ? keep_together(store, one, two, err) : result;
}

/* What the hand said before, and then the merges that its identifiers have made. */
static int undo_edit(struct writer *writer, int64_t step, struct error *err)
{
    struct arena *arena = arena_new();
    struct text_list merged = { 0 };
    struct stmt *stmt;
    size_t i;
    int result = hand_undo(writer, step, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, writer->store,
                              "SELECT item FROM change_log WHERE step = ?1 AND kind = 'merge' "
                              "ORDER BY seq DESC",
                              err);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, step);
        while ((result = stmt_step(stmt, err)) == 1)
            text_list_add(&merged, arena, stmt_text(stmt, 0), strlen(stmt_text(stmt, 0)));
        stmt_reset(stmt);
    }
    for (i = 0; i < merged.len && result == ERR_OK; i++)
        result = undo_merge(writer, merged.items[i], err);
    arena_free(arena);
    return result;
}

int library_undo(struct store *store, char **what, struct error *err)
{
    char kind[16], *item = NULL, *other = NULL;
    struct writer *writer;
    bool merge, apart, edit;
    int64_t step;
    int result = state_newest(store, &step, kind, err);

    if (result != ERR_OK)
        return result;
    merge = strcmp(kind, "merge") == 0;
    apart = strcmp(kind, "apart") == 0;
    edit = strcmp(kind, "edit") == 0;
    if (!merge && !apart && !edit && strcmp(kind, "split") != 0)
        return state_undo_step(store, step, what, err);
    result = undo_item(store, step, &item, &other, err);
    if (result == ERR_OK)
        result = step_begin(&writer, store, err);
    if (result == ERR_OK) {
        result = edit    ? undo_edit(writer, step, err)
                 : merge ? undo_merge(writer, item, err)
                 : apart ? undo_apart(store, item, other, err)
                         : undo_split(writer, item, other, err);
        if (result == ERR_OK && !edit)
            result = state_log_undo(store, kind, item, step, err);
        result = step_commit(writer, result, err);
    }
    if (result == ERR_OK && what)
        *what = edit    ? mem_printf("edit of %s", item)
                : merge ? mem_printf("merge of %s into %s", other, item)
                : apart ? mem_printf("%s and %s being two papers", item, other)
                        : mem_printf("split of %s from %s", other, item);
    free(item);
    free(other);
    return result;
}
