/*
 * Merging by hand, taking a merge apart, keeping two apart.
 *
 * A row of `merge` lists what moved (records, aliases, the reader's state). Splitting moves the
 * records and aliases to a new work, gives both back the state they had (carried.c), and notes that
 * these two stay apart.
 */
#include "internal.h"

#include "carrel/alerts.h"
#include "carrel/state.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

static int merge_works(struct writer *writer, const char *keep_id, const char *gone_id,
                       struct error *err)
{
    int64_t keep = 0, gone = 0;
    char *keep_key = NULL, *gone_key = NULL;
    int result = works_find(writer->store, &keep, keep_id, err);

    if (result == ERR_OK)
        result = works_find(writer->store, &gone, gone_id, err);
    if (result == ERR_OK && keep == gone)
        return error_set(err, ERR_USAGE, "%s and %s are one work already", keep_id, gone_id);
    if (result == ERR_OK)
        result = work_key(writer->store, keep, &keep_key, err);
    if (result == ERR_OK)
        result = work_key(writer->store, gone, &gone_key, err);
    if (result == ERR_OK)
        result = identity_merge(writer, keep, gone, "{\"rule\":\"by hand\"}", 1.0, true, err);
    if (result == ERR_OK)
        result = state_log(writer->store, "merge", keep_key, "", NULL, gone_key, err);
    free(keep_key);
    free(gone_key);
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
    char *gone_key, *records, *aliases;
};

static int merge_newest(struct store *store, int64_t work, struct merge_row *row,
                        struct arena *arena, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT id, gone_key, moved ->> '$.records', moved ->> '$.aliases' FROM merge "
                     "WHERE work_id = ?1 AND undone IS NULL ORDER BY id DESC LIMIT 1",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result == 1) {
        row->id = stmt_int(stmt, 0);
        row->work = work;
        row->gone_key = arena_strdup(arena, stmt_text(stmt, 1));
        row->records = arena_strdup(arena, stmt_text(stmt, 2));
        row->aliases = arena_strdup(arena, stmt_text(stmt, 3));
    }
    stmt_reset(stmt);
    return result < 0 ? result : result == 1 ? ERR_OK : ERR_NOTFOUND;
}

/* An empty work to move things to; compose_again fills it. */
static int split_new_work(struct writer *writer, const struct merge_row *row, int64_t *id,
                          struct error *err)
{
    char nothing[] = "";
    struct prepared prepared = { .key = row->gone_key, .authors = nothing };
    int result;

    /* The work they were merged into may be called by the name that goes now; compose_again finds
     * it another one. */
    result = store_run(writer->store,
                       "UPDATE work SET key = 'split:' || id WHERE id = ?1 AND ?2 = 0 AND key = ?3",
                       row->work, 0, row->gone_key, err);
    if (result != ERR_OK)
        return result;
    prepared.record.title = nothing;
    fts_document_prepare(writer->preparer, &prepared.doc, "", "", "");
    result = compose_new(writer, id, &prepared, err);
    fts_document_free(&prepared.doc);
    return result;
}

static int split_move(struct writer *writer, const struct merge_row *row, int64_t to,
                      struct error *err)
{
    char *word, *rest;
    int result = ERR_OK;

    for (word = strtok_r(row->records, " ", &rest); word && result == ERR_OK;
         word = strtok_r(NULL, " ", &rest))
        result = store_run(writer->store, "UPDATE record SET work_id = ?1 WHERE id = ?2", to,
                           atoll(word), NULL, err);
    for (word = strtok_r(row->aliases, " ", &rest); word && result == ERR_OK;
         word = strtok_r(NULL, " ", &rest)) {
        result =
            store_run(writer->store,
                      "UPDATE alias SET work_id = ?1 WHERE scheme || ':' || value = ?3 AND ?2 = 0",
                      to, 0, word, err);
        if (result == ERR_OK)
            result = store_run(
                writer->store,
                "INSERT OR IGNORE INTO keep_apart(a, b) SELECT min(?3, x.id), max(?3, x.id) FROM "
                "(SELECT scheme || ':' || value AS id FROM alias WHERE work_id = ?1 AND ?2 = 0) x "
                "WHERE x.id != ?3",
                row->work, 0, word, err);
        if (result == ERR_OK)
            result = samples_split(writer->store, row->work, to, word, err);
    }
    return result;
}

/* Takes the newest merge of `work` apart; *key and *gone (malloc'd) are what the two are called. */
int split_work(struct writer *writer, const char *id, char **key, char **gone, struct error *err)
{
    struct arena *arena = arena_new();
    struct merge_row row = { 0 };
    int64_t work = 0, fresh = 0;
    int result = works_find(writer->store, &work, id, err);

    if (result == ERR_OK)
        result = merge_newest(writer->store, work, &row, arena, err);
    if (result == ERR_NOTFOUND && work)
        error_set(err, result, "nothing was merged into %s, so there is nothing to split", id);
    if (result == ERR_OK)
        result = split_new_work(writer, &row, &fresh, err);
    if (result == ERR_OK)
        result = split_move(writer, &row, fresh, err);
    if (result == ERR_OK)
        result = alerts_split(writer->store, work, fresh, err);
    if (result == ERR_OK)
        result = hand_settle(writer, work, err);
    if (result == ERR_OK)
        result = hand_settle(writer, fresh, err);
    if (result == ERR_OK)
        result = compose_again(writer, work, err);
    if (result == ERR_OK)
        result = compose_again(writer, fresh, err);
    if (result == ERR_OK)
        result = carried_split(writer, row.id, work, fresh, err);
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

int library_split(struct store *store, const char *id, char **report, struct error *err)
{
    char *key = NULL, *gone = NULL;
    struct writer *writer;
    int result = step_begin(&writer, store, err);

    if (result != ERR_OK)
        return result;
    result = split_work(writer, id, &key, &gone, err);
    if (result == ERR_OK)
        result = state_log(store, "split", key, "", NULL, gone, err);
    result = step_commit(writer, result, err);
    if (result == ERR_OK && report)
        *report = mem_printf("%s stands on its own again", gone);
    free(key);
    free(gone);
    return result;
}

/* ---- two works stay two ---- */

/* All names of the one with all names of the other. */
static int keep_apart(struct store *store, int64_t one, int64_t other, struct error *err)
{
    return store_run(
        store,
        "INSERT OR IGNORE INTO keep_apart(a, b) SELECT min(x.id, y.id), max(x.id, y.id) "
        "FROM (SELECT scheme || ':' || value AS id FROM alias WHERE work_id = ?1) x, "
        "(SELECT scheme || ':' || value AS id FROM alias WHERE work_id = ?2) y",
        one, other, NULL, err);
}

int keep_together(struct store *store, int64_t one, int64_t other, struct error *err)
{
    return store_run(
        store,
        "WITH one(id) AS (SELECT scheme || ':' || value FROM alias WHERE work_id = ?1), "
        "other(id) AS (SELECT scheme || ':' || value FROM alias WHERE work_id = ?2) "
        "DELETE FROM keep_apart WHERE (a IN (SELECT id FROM one) AND b IN (SELECT id FROM "
        "other)) OR (b IN (SELECT id FROM one) AND a IN (SELECT id FROM other))",
        one, other, NULL, err);
}

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
        result = keep_apart(store, one, other, err);
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
    result = keep_apart_step(store, a, b, err);
    if (result == ERR_OK)
        return state_commit(store, err);
    state_rollback(store);
    return result;
}
