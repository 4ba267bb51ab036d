/*
 * Samples in the library: written as records come, read for trends and for people.
 */
#include "carrel/samples.h"

#include "carrel/clock.h"
#include "carrel/ops.h"

#include <inttypes.h>
#include <string.h>

#define DAY_MS 86400000

int ops_say_sample(struct store *store, const char *item, const char *field, const char *value,
                   struct error *err)
{
    struct arena *arena = arena_new();
    struct op there = { .value = NULL };
    int result = ops_register(&there, store, arena, "sample", item, field, err);

    if (result == ERR_NOTFOUND || (result == ERR_OK && !str_eq(there.value, value)))
        result = ops_say(store, "sample", item, field, value, err);
    arena_free(arena);
    return result;
}

static int samples_one(struct store *store, int64_t work, const char *item,
                       const struct record_metric *metric, struct error *err)
{
    struct arena *arena = arena_new();
    char *field =
        arena_printf(arena, "%s %s %" PRId64, metric->source, metric->name, metric->at / DAY_MS);
    char *value = arena_printf(arena, "%.17g", metric->value);
    int64_t owner = 0; /* whose the name is */
    int result = ops_say_sample(store, item, field, value, err);

    if (result == ERR_OK)
        result = registers_find(store, item, &owner, err);
    if (result == ERR_OK)
        result = registers_samples(store, owner ? owner : work, item, field, err);
    arena_free(arena);
    return result;
}

int samples_put(struct store *store, int64_t work, const struct record *record, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < record->metrics.len && result == ERR_OK; i++)
        if (record->metrics.items[i].at > 0 && record->id)
            result = samples_one(store, work, record->id, &record->metrics.items[i], err);
    return result;
}

int samples_list(struct store *store, struct arena *arena, int64_t work, struct sample **out,
                 size_t *count, struct error *err)
{
    size_t cap = 0;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT DISTINCT source, metric, item, day, value FROM work_sample "
                              "WHERE work_id = ?1 ORDER BY source, metric, item, day",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        if (*count == cap) {
            size_t wider = cap ? cap * 2 : 32;
            struct sample *items = arena_alloc(arena, wider * sizeof *items);

            if (cap)
                memcpy(items, *out, cap * sizeof *items);
            *out = items;
            cap = wider;
        }
        (*out)[(*count)++] = (struct sample){ .source = arena_strdup(arena, stmt_text(stmt, 0)),
                                              .metric = arena_strdup(arena, stmt_text(stmt, 1)),
                                              .item = arena_strdup(arena, stmt_text(stmt, 2)),
                                              .day = (int32_t)stmt_int(stmt, 3),
                                              .value = stmt_double(stmt, 4) };
    }
    stmt_reset(stmt);
    return step;
}

int samples_newest(struct store *store, struct arena *arena, int64_t work,
                   struct record_metrics *out, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              /* SQLite: a bare column beside max() is of the row that has it. */
                              "SELECT source, metric, max(day), value FROM work_sample "
                              "WHERE work_id = ?1 GROUP BY source, metric",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1)
        record_metric_add(out, arena,
                          &(struct record_metric){ .source = stmt_text(stmt, 0),
                                                   .name = stmt_text(stmt, 1),
                                                   .value = stmt_double(stmt, 3),
                                                   .at = stmt_int(stmt, 2) * DAY_MS });
    stmt_reset(stmt);
    return step;
}

int samples_merge(struct store *store, int64_t keep, int64_t gone, struct error *err)
{
    struct stmt *stmt;
    /* Ids belong to one work, so the two have no series in common. */
    int result = stmt_prepare(&stmt, store,
                              "UPDATE OR REPLACE sample SET work_id = ?1 WHERE work_id = ?2", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, keep);
    stmt_bind_int(stmt, 2, gone);
    return stmt_run(stmt, err);
}

int samples_split(struct store *store, int64_t from, int64_t to, const char *item,
                  struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "UPDATE OR REPLACE sample SET work_id = ?2 WHERE item = ?3 AND work_id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, from);
    stmt_bind_int(stmt, 2, to);
    stmt_bind_text(stmt, 3, item);
    return stmt_run(stmt, err);
}
