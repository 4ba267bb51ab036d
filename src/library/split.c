/*
 * Merging by hand, taking a merge apart, keeping two apart.
 *
 * A row of `merge` lists what moved (records, aliases). Splitting moves them to a new work, and
 * decides that these two stay apart; the reader's state follows the names (carrel/ops.h).
 */
#include "internal.h"

#include "carrel/alerts.h"
#include "carrel/ops.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

/* ---- decisions ---- */

static int say_pair(struct store *store, struct arena *arena, const char *a, const char *b,
                    const char *value, const char *instead, struct error *err)
{
    bool first = strcmp(a, b) < 0;
    struct op there = { .value = NULL };
    int result = ops_register(&there, store, arena, "pair", first ? a : b, first ? b : a, err);

    if (result == ERR_NOTFOUND)
        result = ERR_OK;
    if (result != ERR_OK || str_eq(there.value, value)
        || (instead && !str_eq(there.value, instead)))
        return result;
    return ops_say_pair(store, a, b, value, err);
}

/* Of each name of the one with each of the other: "apart", or NULL, whatever was decided or, if
 * `instead` is not NULL, instead of that. */
static int say_apart(struct store *store, int64_t one, int64_t other, const char *value,
                     const char *instead, struct error *err)
{
    struct arena *arena = arena_new();
    struct text_list a = { 0 }, b = { 0 };
    size_t i, k;
    int result = work_aliases(store, one, &a, arena, err);

    if (result == ERR_OK)
        result = work_aliases(store, other, &b, arena, err);
    for (i = 0; i < a.len && result == ERR_OK; i++)
        for (k = 0; k < b.len && result == ERR_OK; k++)
            result = say_pair(store, arena, a.items[i], b.items[k], value, instead, err);
    arena_free(arena);
    return result;
}

/* But not that of two names which somebody has joined since. */
int keep_together(struct store *store, int64_t one, int64_t other, struct error *err)
{
    return say_apart(store, one, other, NULL, "apart", err);
}

/* By hand: what was decided of their names before is taken back. */
int join_two(struct writer *writer, int64_t keep, int64_t gone, const char *why, struct error *err)
{
    struct arena *arena = arena_new();
    char *a = NULL, *b = NULL;
    int result = say_apart(writer->store, keep, gone, NULL, NULL, err);

    if (result == ERR_OK)
        result = ops_name(&a, writer->store, arena, keep, err);
    if (result == ERR_OK)
        result = ops_name(&b, writer->store, arena, gone, err);
    if (result == ERR_OK)
        result = say_pair(writer->store, arena, a, b, "joined", NULL, err);
    if (result == ERR_OK)
        result = identity_merge(writer, keep, gone, why, 1.0, true, err);
    if (result == ERR_OK)
        result = regroup(writer, &keep, 1, err);
    arena_free(arena);
    return result;
}

/* ---- merging and splitting ---- */

static int merge_works(struct writer *writer, const char *keep_id, const char *gone_id,
                       struct error *err)
{
    int64_t keep = 0, gone = 0;
    struct arena *arena = arena_new();
    char *keep_key = NULL, *gone_key = NULL;
    int result = works_find(writer->store, &keep, keep_id, err);

    if (result == ERR_OK)
        result = works_find(writer->store, &gone, gone_id, err);
    if (result == ERR_OK && keep == gone)
        result = error_set(err, ERR_USAGE, "%s and %s are one work already", keep_id, gone_id);
    if (result == ERR_OK)
        result = ops_name(&keep_key, writer->store, arena, keep, err);
    if (result == ERR_OK)
        result = ops_name(&gone_key, writer->store, arena, gone, err);
    if (result == ERR_OK)
        result = join_two(writer, keep, gone, "{\"rule\":\"by hand\"}", err);
    if (result == ERR_OK)
        result = state_log(writer->store, "merge", keep_key, "", NULL, gone_key, err);
    arena_free(arena);
    return result;
}

int library_merge(struct store *store, const char *keep_id, const char *gone_id, struct error *err)
{
    struct writer *writer;
    int result = step_begin(&writer, store, err);

    if (result != ERR_OK)
        return result;
    result = merge_works(writer, keep_id, gone_id, err);
    return step_commit(writer, result, err);
}

struct merge_row {
    int64_t id, work;
    char *aliases;
};

/* Of the merge ?2, does a record r of the work ?1 belong to what came? By its number, or by its
 * name: what a source has said since is no less of it. */
#define CAME                                                                                       \
    "(instr(' ' || (m.moved ->> '$.records') || ' ', ' ' || r.id || ' ') OR "                      \
    "instr(' ' || (m.moved ->> '$.aliases') || ' ', ' ' || r.source_key || ' '))"

/* The newest one of which both sides are still in the work: parts of it may have gone elsewhere.
 * `name` (NULL: any) came by it. */
static int merge_newest(struct store *store, int64_t work, const char *name, struct merge_row *row,
                        struct arena *arena, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT m.id, m.moved ->> '$.aliases' FROM merge m WHERE m.work_id = ?1 AND m.undone IS "
        "NULL AND EXISTS (SELECT 1 FROM record r WHERE r.work_id = ?1 AND r.current AND r.source "
        "!= '" HAND "' AND " CAME
        ") AND (?2 IS NULL OR instr(' ' || (m.moved ->> '$.aliases') || ' ', "
        "' ' || ?2 || ' ')) AND EXISTS (SELECT 1 FROM record r WHERE r.work_id = ?1 AND "
        "r.current AND r.source != '" HAND "' AND NOT " CAME ") ORDER BY m.id DESC LIMIT 1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, name);
    result = stmt_step(stmt, err);
    if (result == 1) {
        row->id = stmt_int(stmt, 0);
        row->work = work;
        row->aliases = arena_strdup(arena, stmt_text(stmt, 1));
    }
    stmt_reset(stmt);
    return result < 0 ? result : result == 1 ? ERR_OK : ERR_NOTFOUND;
}

static int split_records(struct writer *writer, const struct merge_row *row, int64_t to,
                         struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store,
                              "UPDATE record AS r SET work_id = ?3 FROM merge m WHERE m.id = ?2 "
                              "AND r.work_id = ?1 AND " CAME,
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, row->work);
    stmt_bind_int(stmt, 2, row->id);
    stmt_bind_int(stmt, 3, to);
    return stmt_run(stmt, err);
}

static int split_move(struct writer *writer, const struct merge_row *row, int64_t to,
                      struct error *err)
{
    char *word, *rest;
    int result = split_records(writer, row, to, err);

    for (word = strtok_r(row->aliases, " ", &rest); word && result == ERR_OK;
         word = strtok_r(NULL, " ", &rest)) {
        int64_t owner = 0;

        result = alias_work(writer->store, &owner, word, err);
        if (result == ERR_OK && owner == row->work)
            result = alias_move(writer->store, word, to, err);
        if (result == ERR_OK && owner == row->work)
            result = samples_split(writer->store, row->work, to, word, err);
        result = result == ERR_NOTFOUND ? ERR_OK : result;
    }
    return result;
}

/* Takes the newest merge of `work` apart, or the one by which `name` came; *key and *gone
 * (malloc'd) are what the two are called. */
static int split_work(struct writer *writer, const char *id, const char *name, char **key,
                      char **gone, struct error *err)
{
    struct arena *arena = arena_new();
    struct merge_row row = { 0 };
    int64_t work = 0, fresh = 0;
    int result = works_find(writer->store, &work, id, err);

    if (result == ERR_OK)
        result = merge_newest(writer->store, work, name, &row, arena, err);
    if (result == ERR_NOTFOUND && work && name)
        error_set(err, result, "%s is no part of %s that could be split from it any more", name,
                  id);
    else if (result == ERR_NOTFOUND && work)
        error_set(err, result, "nothing was merged into %s, so there is nothing to split", id);
    if (result == ERR_OK)
        result = compose_empty(writer, &fresh, err);
    if (result == ERR_OK)
        result = split_move(writer, &row, fresh, err);
    if (result == ERR_OK)
        result = alerts_split(writer->store, work, fresh, err);
    if (result == ERR_OK)
        result = say_apart(writer->store, work, fresh, "apart", NULL, err);
    if (result == ERR_OK) /* either may be called as the one was */
        result = store_run(writer->store,
                           "UPDATE work SET key = 'split:' || id WHERE id = ?1 OR id = ?2", work,
                           fresh, NULL, err);
    if (result == ERR_OK)
        result = compose_again(writer, work, err);
    if (result == ERR_OK)
        result = compose_again(writer, fresh, err);
    if (result == ERR_OK)
        result = registers_work(writer->store, work, err);
    if (result == ERR_OK)
        result = registers_work(writer->store, fresh, err);
    if (result == ERR_OK)
        result = hand_refresh(writer, work, err);
    if (result == ERR_OK)
        result = hand_refresh(writer, fresh, err);
    if (result == ERR_OK)
        result = regroup(writer, (int64_t[]){ work, fresh }, 2, err);
    if (result == ERR_OK)
        result = store_run(writer->store, "UPDATE merge SET undone = ?2 WHERE id = ?1", row.id,
                           writer->now, NULL, err);
    if (result == ERR_OK)
        result = work_key(writer->store, work, key, err);
    if (result == ERR_OK)
        result = work_key(writer->store, fresh, gone, err);
    arena_free(arena);
    return result;
}

int split_step(struct store *store, const char *id, const char *name, char **report,
               struct error *err)
{
    char *key = NULL, *gone = NULL;
    struct writer *writer;
    int result = step_begin(&writer, store, err);

    if (result != ERR_OK)
        return result;
    result = split_work(writer, id, name, &key, &gone, err);
    if (result == ERR_OK)
        result = state_log(store, "split", key, "", NULL, gone, err);
    result = step_commit(writer, result, err);
    if (result == ERR_OK && report)
        *report = mem_printf("%s stands on its own again", gone);
    free(key);
    free(gone);
    return result;
}

int library_split(struct store *store, const char *id, char **report, struct error *err)
{
    return split_step(store, id, NULL, report, err);
}

/* ---- two works stay two ---- */

int find_two(struct store *store, const char *a, const char *b, int64_t *one, int64_t *other,
             struct error *err)
{
    int result = works_find(store, one, a, err);

    return result == ERR_OK ? works_find(store, other, b, err) : result;
}

static int keep_apart_step(struct store *store, const char *a, const char *b, struct error *err)
{
    char *key = NULL, *other_key = NULL;
    int64_t one = 0, other = 0;
    int result = find_two(store, a, b, &one, &other, err);

    if (result == ERR_OK && one == other)
        return error_set(err, ERR_USAGE,
                         "%s and %s are one work; 'carrel split %s' takes its last "
                         "merge apart",
                         a, b, a);
    if (result == ERR_OK)
        result = say_apart(store, one, other, "apart", NULL, err);
    if (result == ERR_OK)
        result = work_key(store, one, &key, err);
    if (result == ERR_OK)
        result = work_key(store, other, &other_key, err);
    if (result == ERR_OK)
        result = state_log(store, "apart", key, "", NULL, other_key, err);
    free(key);
    free(other_key);
    return result;
}

int library_keep_apart(struct store *store, const char *a, const char *b, struct error *err)
{
    int result = state_begin(store, err);

    if (result != ERR_OK)
        return result;
    return state_end(store, keep_apart_step(store, a, b, err), err);
}
