/*
 * The queue as people see it: rows, lists, counts, stories; and forgetting old ones.
 */
#include "jobs_internal.h"

#include "carrel/clock.h"
#include "carrel/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIST_LIMIT 200
#define PRUNE_AT_ONCE 1000

#define JOB_COLUMNS                                                                                \
    "id, state, kind, payload, key, worker, unit, result, error, priority, attempts, "             \
    "attempts_max, stopping, done, total, waits, blocker, created, started, finished, due, "       \
    "began, seen, token"

static void job_from_row(struct stmt *stmt, struct arena *arena, struct job *job)
{
    char **texts[] = { &job->kind, &job->payload, &job->key,  &job->worker,
                       &job->unit, &job->result,  &job->error };
    int64_t *numbers[] = { &job->done,    &job->total,   &job->waits,    &job->blocker,
                           &job->created, &job->started, &job->finished, &job->due,
                           &job->began,   &job->seen,    &job->token };
    size_t i;

    job->id = stmt_int(stmt, 0);
    job->state = (enum job_state)stmt_int(stmt, 1);
    for (i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = arena_strdup(arena, stmt_text(stmt, 2 + (int)i));
    job->priority = (int)stmt_int(stmt, 9);
    job->attempts = (int)stmt_int(stmt, 10);
    job->attempts_max = (int)stmt_int(stmt, 11);
    job->stopping = stmt_int(stmt, 12) != 0;
    for (i = 0; i < ARRAY_LEN(numbers); i++)
        *numbers[i] = stmt_int(stmt, 13 + (int)i);
}

int jobs_get(struct store *store, struct arena *arena, int64_t id, struct job *out,
             struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT " JOB_COLUMNS " FROM job WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1)
        job_from_row(stmt, arena, out);
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND, "there is no job %" PRId64, id);
    return result < 0 ? result : ERR_OK;
}

/* ---- lists ---- */

struct job_vec {
    struct job *items;
    size_t len, cap;
};

static int list_state(struct store *store, struct arena *arena, const struct job_filter *filter,
                      enum job_state state, struct job_vec *jobs, struct error *err)
{
    struct stmt *stmt;
    const char *sql =
        state < JOB_DONE
            ? "SELECT " JOB_COLUMNS " FROM job WHERE state = ?1 AND state < 2 AND (?2 IS NULL OR "
              "kind = ?2) ORDER BY priority DESC, id LIMIT ?3"
            : "SELECT " JOB_COLUMNS " FROM job WHERE state = ?1 AND state >= 2 AND (?2 IS NULL OR "
              "kind = ?2) ORDER BY finished DESC, id DESC LIMIT ?3";
    int step, result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, state);
    stmt_bind_text(stmt, 2, filter->kind);
    stmt_bind_int(stmt, 3, (int64_t)(filter->limit ? filter->limit : LIST_LIMIT));
    while ((step = stmt_step(stmt, err)) == 1) {
        struct job job = { 0 };

        job_from_row(stmt, arena, &job);
        VEC_PUSH(jobs->items, jobs->len, jobs->cap, job);
    }
    stmt_reset(stmt);
    return step;
}

static int newest_first(const void *a, const void *b)
{
    const struct job *x = a, *y = b;

    if (x->finished != y->finished)
        return x->finished < y->finished ? 1 : -1;
    return x->id < y->id ? 1 : x->id > y->id ? -1 : 0;
}

int jobs_list(struct store *store, struct arena *arena, const struct job_filter *filter,
              struct job **out, size_t *count, struct error *err)
{
    static const enum job_state order[] = { JOB_RUNNING, JOB_QUEUED, JOB_DONE, JOB_FAILED,
                                            JOB_CANCELLED };
    struct job_vec jobs = { 0 };
    size_t i, open = 0;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(order) && result == ERR_OK; i++) {
        if (order[i] == JOB_DONE)
            open = jobs.len;
        if (!filter->states || (filter->states & (1u << order[i])))
            result = list_state(store, arena, filter, order[i], &jobs, err);
    }
    if (jobs.len > open)
        qsort(jobs.items + open, jobs.len - open, sizeof *jobs.items, newest_first);
    *count = jobs.len;
    *out = arena_alloc(arena, (jobs.len + 1) * sizeof **out);
    if (jobs.len > 0)
        memcpy(*out, jobs.items, jobs.len * sizeof **out);
    free(jobs.items);
    return result;
}

int jobs_page(struct store *store, struct arena *arena, const struct job_filter *filter,
              int64_t before, struct job **out, size_t *count, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT " JOB_COLUMNS " FROM job WHERE (?1 = 0 OR id < ?1) AND "
                                    "(?2 IS NULL OR kind = ?2) AND (?3 = 0 OR ?3 & (1 << state)) "
                                    "ORDER BY id DESC LIMIT ?4",
                                    err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, before);
    stmt_bind_text(stmt, 2, filter->kind);
    stmt_bind_int(stmt, 3, filter->states);
    stmt_bind_int(stmt, 4, (int64_t)(filter->limit ? filter->limit : LIST_LIMIT));
    while ((step = stmt_step(stmt, err)) == 1) {
        struct job job = { 0 };

        job_from_row(stmt, arena, &job);
        ARENA_PUSH(arena, *out, *count, cap, job);
    }
    stmt_reset(stmt);
    return step;
}

int jobs_failed_since(struct store *store, struct arena *arena, const char *kind, int64_t *event,
                      struct job **out, size_t *count, struct error *err)
{
    int64_t since = *event;
    size_t cap = 0;
    struct stmt *stmt;
    int step,
        result = store_query_int(store, "SELECT ifnull(max(id), 0) FROM job_event", event, err);

    *out = NULL;
    *count = 0;
    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "SELECT " JOB_COLUMNS " FROM job WHERE kind = ?1 AND error != '' AND "
                              "(state = 3 OR (state = 0 AND due > ?3)) AND id IN (SELECT job_id "
                              "FROM job_event WHERE id > ?2) ORDER BY id",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, kind);
    stmt_bind_int(stmt, 2, since);
    stmt_bind_int(stmt, 3, clock_real_ms());
    while ((step = stmt_step(stmt, err)) == 1) {
        struct job job = { 0 };

        job_from_row(stmt, arena, &job);
        ARENA_PUSH(arena, *out, *count, cap, job);
    }
    stmt_reset(stmt);
    return step;
}

int jobs_counts(struct store *store, int64_t counts[JOB_STATES], struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT state, count(*) FROM job WHERE state < 2 GROUP BY state "
                              "UNION ALL SELECT state, count(*) FROM job WHERE state >= 2 GROUP BY "
                              "state",
                              err);

    memset(counts, 0, JOB_STATES * sizeof *counts);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        int64_t state = stmt_int(stmt, 0);

        if (state >= 0 && state < JOB_STATES)
            counts[state] = stmt_int(stmt, 1);
    }
    stmt_reset(stmt);
    return step;
}

int jobs_oldest_due(struct store *store, int64_t *due, struct error *err)
{
    return store_lookup(store, due,
                        "SELECT ifnull(min(due), 0) FROM job WHERE state = 0 AND waits = 0 AND "
                        "due <= ?1",
                        NULL, clock_real_ms(), 0, err);
}

int jobs_story(struct store *store, struct arena *arena, int64_t id, struct job_event **out,
               size_t *count, struct error *err)
{
    struct job_event *items = NULL;
    size_t len = 0, cap = 0;
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT at, text FROM job_event WHERE job_id = ?1 ORDER BY id", err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct job_event event = { .at = stmt_int(stmt, 0),
                                   .text = arena_strdup(arena, stmt_text(stmt, 1)) };

        VEC_PUSH(items, len, cap, event);
    }
    stmt_reset(stmt);
    *out = arena_alloc(arena, (len + 1) * sizeof **out);
    if (len > 0)
        memcpy(*out, items, len * sizeof **out);
    *count = len;
    free(items);
    return step;
}

int jobs_around(struct store *store, struct arena *arena, int64_t id, bool before, int64_t **out,
                size_t *count, struct error *err)
{
    struct job_ids ids = { 0 };
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        before ? "SELECT after_id FROM job_after WHERE job_id = ?1 ORDER BY after_id LIMIT 1000"
               : "SELECT job_id FROM job_after WHERE after_id = ?1 ORDER BY job_id LIMIT 1000",
        err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = jobs_collect(stmt, &ids, err);
    *out = arena_alloc(arena, (ids.len + 1) * sizeof **out);
    if (ids.len > 0)
        memcpy(*out, ids.items, ids.len * sizeof **out);
    *count = ids.len;
    free(ids.items);
    return result;
}

int job_member(struct store *store, struct arena *arena, const char *json, const char *name,
               char **out, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "SELECT CASE WHEN json_valid(?1) THEN json_extract(?1, '$.' || ?2) END", err);

    *out = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, json);
    stmt_bind_text(stmt, 2, name);
    result = stmt_step(stmt, err);
    if (result == 1 && !stmt_is_null(stmt, 0))
        *out = arena_strdup(arena, stmt_text(stmt, 0));
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

static int items_of(struct store *store, struct arena *arena, const char *json, const char *name,
                    const char *type, struct text_list *out, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT value FROM json_each(?1, '$.' || ?2) WHERE type = ?3 "
                                    "ORDER BY key",
                                    err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, json);
    stmt_bind_text(stmt, 2, name);
    stmt_bind_text(stmt, 3, type);
    while ((step = stmt_step(stmt, err)) == 1) {
        const char *text = stmt_text(stmt, 0);

        text_list_add(out, arena, text, strlen(text));
    }
    stmt_reset(stmt);
    return step;
}

int job_texts(struct store *store, struct arena *arena, const char *json, const char *name,
              struct text_list *out, struct error *err)
{
    return items_of(store, arena, json, name, "text", out, err);
}

int job_values(struct store *store, struct arena *arena, const char *json, const char *name,
               struct text_list *out, struct error *err)
{
    return items_of(store, arena, json, name, "object", out, err);
}

/* ---- JSON ---- */

static void text_member(struct jsonw *w, const char *key, const char *text)
{
    jsonw_key_string(w, key, text && *text ? text : NULL);
}

/* What every telling of a job begins with; its object and "progress" stay open. */
static void begin_job(struct jsonw *w, const struct job *job)
{
    jsonw_object(w);
    jsonw_key_int(w, "id", job->id);
    jsonw_key_string(w, "kind", job->kind);
    jsonw_key_string(w, "state", job_state_name(job->state));
    jsonw_key(w, "progress");
    jsonw_object(w);
    jsonw_key_int(w, "done", job->done);
    jsonw_key_int(w, "total", job->total);
}

/* When one that rests is tried again. */
static void next_member(struct jsonw *w, const struct job *job)
{
    bool rests = job->state == JOB_QUEUED && job->waits == 0 && job->due > clock_real_ms();

    jsonw_key_time(w, "next", rests ? job->due : 0);
}

void job_status_to_json(struct jsonw *w, const struct job *job)
{
    begin_job(w, job);
    jsonw_end(w);
    jsonw_key_int(w, "attempts", job->attempts);
    next_member(w, job);
    text_member(w, "error", job->error);
    jsonw_key(w, "result");
    jsonw_raw(w, job->result);
    jsonw_end(w);
}

void job_to_json(struct jsonw *w, const struct job *job)
{
    begin_job(w, job);
    text_member(w, "unit", job->unit);
    jsonw_end(w);
    jsonw_key_int(w, "attempts", job->attempts);
    jsonw_key_int(w, "attempts_max", job->attempts_max);
    next_member(w, job);
    jsonw_key_int(w, "priority", job->priority);
    jsonw_key_int(w, "waits_for", job->waits);
    jsonw_key_bool(w, "stopping", job->stopping);
    text_member(w, "key", job->key);
    jsonw_key_time(w, "created", job->created);
    jsonw_key_time(w, "started", job->started);
    jsonw_key_time(w, "finished", job->finished);
    jsonw_key(w, "payload");
    jsonw_raw(w, job->payload);
    text_member(w, "error", job->error);
    jsonw_key(w, "result");
    jsonw_raw(w, job->result);
    jsonw_end(w);
}

/* ---- forgetting ---- */

static int forget(struct store *store, int64_t id, struct error *err)
{
    static const char *const texts[] = { "DELETE FROM job_event WHERE job_id = ?1",
                                         "DELETE FROM job_after WHERE after_id = ?1",
                                         "DELETE FROM job_after WHERE job_id = ?1",
                                         "DELETE FROM webhook_delivery WHERE job_id = ?1",
                                         "DELETE FROM job WHERE id = ?1" };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(texts) && result == ERR_OK; i++) {
        struct stmt *stmt;

        result = stmt_prepare(&stmt, store, texts[i], err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, id);
        result = stmt_run(stmt, err);
    }
    return result;
}

static int prune_find(struct store *store, enum job_state state, int64_t before, int64_t keep,
                      struct job_ids *ids, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT id FROM (SELECT id FROM job WHERE state = ?1 AND state >= 2 AND finished < ?2 "
        "ORDER BY finished DESC, id DESC LIMIT ?4) UNION "
        "SELECT id FROM (SELECT id FROM job WHERE state = ?1 AND state >= 2 "
        "ORDER BY finished DESC, id DESC LIMIT ?4 OFFSET ?3) LIMIT ?4",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, state);
    stmt_bind_int(stmt, 2, before);
    stmt_bind_int(stmt, 3, keep);
    stmt_bind_int(stmt, 4, PRUNE_AT_ONCE - (int64_t)ids->len);
    return jobs_collect(stmt, ids, err);
}

int jobs_prune(struct store *store, int64_t keep_ms, int64_t keep, int64_t *gone, struct error *err)
{
    struct job_ids ids = { 0 };
    int64_t before = clock_now_ms() - keep_ms;
    bool own = false;
    size_t i;
    int state, result = ERR_OK;

    *gone = 0;
    for (state = JOB_DONE; state < JOB_STATES && ids.len < PRUNE_AT_ONCE && result == ERR_OK;
         state++)
        result = prune_find(store, (enum job_state)state, before, keep, &ids, err);
    if (result == ERR_OK && ids.len > 0) {
        result = jobs_begin(store, true, &own, err);
        for (i = 0; i < ids.len && result == ERR_OK; i++)
            result = forget(store, ids.items[i], err);
        result = jobs_end(store, own, result, err);
    }
    if (result == ERR_OK)
        *gone = (int64_t)ids.len;
    free(ids.items);
    return result;
}
