/*
 * The queue and collections: shelves.h. Places in a collection are numbers that leave room between
 * them, so moving a paper says something of that one alone; where there is no room left, all are
 * numbered anew.
 */
#include "carrel/shelves.h"

#include "carrel/state.h"
#include "carrel/str.h"

#include "internal.h"

#include <string.h>

int queue_order(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id FROM reading WHERE state = 2 ORDER BY priority DESC, "
                              "queued, work_id",
                              err);

    return result == ERR_OK ? stmt_ints(works, count, stmt, arena, err) : result;
}

/* ---- collections ---- */

int collections_list(struct collection **out, size_t *count, struct store *store,
                     struct arena *arena, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step,
        result =
            stmt_prepare(&stmt, store,
                         "SELECT c.name, count(*), sum(ifnull(r.state, 0) = 0) FROM collection "
                         "c JOIN collection_work x ON x.collection_id = c.id LEFT JOIN reading "
                         "r ON r.work_id = x.work_id GROUP BY c.id ORDER BY c.name",
                         err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct collection){ .name = stmt_dup(stmt, 0, arena),
                                         .count = stmt_int(stmt, 1),
                                         .unread = stmt_int(stmt, 2) }));
    stmt_reset(stmt);
    return step;
}

int collections_of(struct text_list *out, struct store *store, struct arena *arena, int64_t work,
                   struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT c.name FROM collection_work x JOIN collection c ON "
                                    "c.id = x.collection_id WHERE x.work_id = ?1 ORDER BY c.name",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        const char *name = stmt_text(stmt, 0);

        text_list_add(out, arena, name, strlen(name));
    }
    stmt_reset(stmt);
    return step;
}

int collection_order(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                     const char *name, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT x.work_id FROM collection c JOIN collection_work x ON "
                              "x.collection_id = c.id WHERE c.name = ?1 ORDER BY x.position, "
                              "x.work_id",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    result = stmt_ints(works, count, stmt, arena, err);
    if (result == ERR_OK && *count == 0)
        return error_set(err, ERR_NOTFOUND, "no collection called '%s'", name);
    return result;
}

/* A number of the collection: of one paper in it, or of all. ERR_NOTFOUND: there is no row. */
static int collection_number(double *value, struct store *store, const char *sql, const char *name,
                             int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    stmt_bind_int(stmt, 2, work);
    step = stmt_step(stmt, err);
    if (step == 1)
        *value = stmt_double(stmt, 0);
    stmt_reset(stmt);
    return step < 0 ? step : step == 1 ? ERR_OK : ERR_NOTFOUND;
}

static int collection_position(double *position, struct store *store, const char *name,
                               int64_t work, struct error *err)
{
    return collection_number(position, store,
                             "SELECT x.position FROM collection c JOIN collection_work x ON "
                             "x.collection_id = c.id WHERE c.name = ?1 AND x.work_id = ?2",
                             name, work, err);
}

int collection_end(double *end, struct store *store, const char *name, struct error *err)
{
    return collection_number(
        end, store,
        "SELECT ifnull(CAST(max(x.position) AS INTEGER), 0) FROM collection c JOIN "
        "collection_work x ON x.collection_id = c.id WHERE c.name = ?1 AND ?2",
        name, 1, err);
}

int collection_put(struct store *store, const char *name, int64_t work, double *end,
                   struct error *err)
{
    double position;
    int result = collection_position(&position, store, name, work, err);

    if (result != ERR_NOTFOUND)
        return result;
    *end += 1;
    return state_collect(store, work, name, end, err);
}

int collection_place(int64_t *place, struct store *store, const char *name, int64_t work,
                     struct error *err)
{
    struct arena *arena = arena_new();
    int64_t *works;
    size_t count, i = 0;
    int result = collection_order(&works, &count, store, arena, name, err);

    while (result == ERR_OK && i < count && works[i] != work)
        i++;
    if (result == ERR_OK && i == count)
        result = error_set(err, ERR_NOTFOUND, "it is not in the collection %s", name);
    *place = (int64_t)i + 1;
    arena_free(arena);
    return result;
}

static int collection_number_anew(struct store *store, const char *name, const int64_t *works,
                                  size_t count, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        result = state_collect(store, works[i], name, &(double){ (double)(i + 1) }, err);
    return result;
}

/* Between the two that it is to stand between: `works` without it, before `at`. */
static int collection_between(struct store *store, const char *name, const int64_t *works,
                              size_t count, size_t at, int64_t work, bool *room, struct error *err)
{
    double before = 0, after = 0, middle;
    int result = ERR_OK;

    if (at > 0)
        result = collection_position(&before, store, name, works[at - 1], err);
    if (result == ERR_OK && at < count)
        result = collection_position(&after, store, name, works[at], err);
    if (result != ERR_OK)
        return result;
    if (at == count)
        after = before + 2;
    else if (at == 0)
        before = after - 2;
    middle = before + (after - before) / 2;
    *room = after - before > 1e-6;
    return *room ? state_collect(store, work, name, &middle, err) : ERR_OK;
}

static int collection_move_step(struct store *store, struct arena *arena, const char *name,
                                int64_t work, int64_t place, struct error *err)
{
    int64_t *works;
    size_t count, at, i, kept = 0;
    bool room = true;
    int result = collection_order(&works, &count, store, arena, name, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (works[i] != work)
            works[kept++] = works[i];
    if (result == ERR_OK && kept == count)
        return error_set(err, ERR_NOTFOUND, "it is not in the collection %s", name);
    if (result != ERR_OK)
        return result;
    at = place < 1 ? 0 : place > (int64_t)kept ? kept : (size_t)(place - 1);
    result = collection_between(store, name, works, kept, at, work, &room, err);
    if (result != ERR_OK || room)
        return result;
    memmove(&works[at + 1], &works[at], (kept - at) * sizeof *works);
    works[at] = work;
    return collection_number_anew(store, name, works, count, err);
}

int collection_move(struct store *store, const char *name, int64_t work, int64_t place,
                    struct error *err)
{
    struct arena *arena = arena_new();
    bool own = store->step == 0;
    int result = own ? state_begin(store, err) : ERR_OK;

    if (result == ERR_OK) {
        result = collection_move_step(store, arena, name, work, place, err);
        result = own ? state_end(store, result, err) : result;
    }
    arena_free(arena);
    return result;
}

int collection_rename(struct store *store, const char *name, const char *to, int64_t *count,
                      struct error *err)
{
    struct arena *arena = arena_new();
    bool own = store->step == 0;
    int64_t *works = NULL;
    size_t len = 0, i;
    double end = 0;
    int result = own ? state_begin(store, err) : ERR_OK;

    if (result != ERR_OK)
        goto out;
    result = collection_order(&works, &len, store, arena, name, err);
    if (result == ERR_OK && to)
        result = collection_end(&end, store, to, err);
    for (i = 0; i < len && result == ERR_OK; i++) {
        if (to)
            result = collection_put(store, to, works[i], &end, err);
        if (result == ERR_OK && !(to && strcmp(to, name) == 0))
            result = state_collect(store, works[i], name, NULL, err);
        if (result == ERR_OK)
            result = state_tell(store, i + 1, len, err);
    }
    result = own ? state_end(store, result, err) : result;
    *count = (int64_t)len;
out:
    arena_free(arena);
    return result;
}

/* ---- how far ---- */

/* The place that was read last, in the text that is here; the end of a text is reached a screen
 * before it. */
int reading_percent(int *percent, struct store *store, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(
                  &stmt, store,
                  "SELECT CASE WHEN d.chars > 0 THEN min(100, 100 * p.start / d.chars) ELSE 0 END "
                  "FROM alias a JOIN document_place p ON p.document = a.value AND p.mark = '' LEFT "
                  "JOIN document d ON d.name = a.value WHERE a.work_id = ?1 AND a.scheme = 'file' "
                  "ORDER BY p.changed DESC LIMIT 1",
                  err);

    *percent = -1;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1)
        *percent = (int)stmt_int(stmt, 0);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}
