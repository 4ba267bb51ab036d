/*
 * What happens becomes deliveries, in the transaction in which it happens (webhooks.h).
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/streams.h"
#include "carrel/webhooks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Does any webhook want it? */
static int wanted(struct store *store, enum webhook_event event, bool *yes, struct error *err)
{
    int64_t found = 0;
    int result = store_lookup(store, &found, "SELECT 1 FROM webhook WHERE events & ?1 LIMIT 1",
                              NULL, event, 0, err);

    *yes = found == 1;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int note_change(struct store *store, int64_t run, int64_t record, struct error *err)
{
    return store_run(store, "INSERT OR IGNORE INTO webhook_change VALUES(?1, ?2)", run, record,
                     NULL, err);
}

int webhooks_changed(struct store *store, int64_t run, const int64_t *records, size_t count,
                     struct error *err)
{
    bool yes = false;
    size_t i;
    int result = count > 0 ? wanted(store, WEBHOOK_SCRAPED, &yes, err) : ERR_OK;

    for (i = 0; i < count && yes && result == ERR_OK; i++)
        result = note_change(store, run, records[i], err);
    return result;
}

/* ---- what goes into one delivery ---- */

#define BESIDES 200 /* bytes that a chunk's place and its members' names take */

size_t webhook_chunk_size(const char *heading, const char *body)
{
    return BESIDES + strlen(heading) + strlen(body);
}

size_t webhook_fill(const size_t *sizes, size_t count, size_t most)
{
    size_t i, bytes = 0;

    for (i = 0; i < count && i < most && (i == 0 || bytes + sizes[i] <= WEBHOOK_BYTES); i++)
        bytes += sizes[i];
    return i;
}

static int count_parts(const size_t *sizes, size_t count, size_t most)
{
    int parts = 0;
    size_t at;

    for (at = 0; at < count; at += webhook_fill(sizes + at, count - at, most))
        parts++;
    return parts;
}

/* ---- a delivery and its job ---- */

/* What a delivery holds, whoever it goes to. */
struct parcel {
    enum webhook_event event;
    const char *document, *about, *records;
    int part, parts;
};

static int delivery_insert(struct store *store, const char *webhook, const struct parcel *parcel,
                           int64_t *id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO webhook_delivery(webhook, event, key, document, part, parts, about, records, "
        "created) VALUES(?1, ?2, lower(hex(randomblob(16))), ?3, ?4, ?5, coalesce(?6, 'null'), "
        "coalesce(?7, '[]'), ?8)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, webhook);
    stmt_bind_int(stmt, 2, parcel->event);
    stmt_bind_text(stmt, 3, parcel->document);
    stmt_bind_int(stmt, 4, parcel->part);
    stmt_bind_int(stmt, 5, parcel->parts);
    stmt_bind_text(stmt, 6, parcel->about);
    stmt_bind_text(stmt, 7, parcel->records);
    stmt_bind_int(stmt, 8, clock_now_ms());
    result = stmt_run(stmt, err);
    *id = store_last_id(store);
    return result;
}

/* The job of the delivery before this one, while it is open. */
static int job_before(struct store *store, const char *webhook, int64_t *job, struct error *err)
{
    int result =
        store_lookup(store, job,
                     "SELECT d.job_id FROM webhook_delivery d JOIN job j ON j.id = d.job_id "
                     "WHERE d.webhook = ?1 AND j.state <= ?2 ORDER BY d.id DESC LIMIT 1",
                     webhook, 0, JOB_RUNNING, err);

    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int delivery_job(struct store *store, const struct webhook *hook,
                        const struct parcel *parcel, int64_t delivery, struct error *err)
{
    int64_t before = 0, job = 0;
    struct job_request request = { .kind = WEBHOOK_JOB,
                                   .priority = JOB_ASKED,
                                   .attempts_max = hook->attempts,
                                   .after = &before,
                                   .after_any_end = true };
    struct str payload = STR_INIT, what = STR_INIT;
    struct jsonw w;
    int result = job_before(store, hook->name, &before, err);

    request.after_count = before > 0;
    str_printf(&what, "%s: %s", hook->name, webhook_event_name(parcel->event));
    if (parcel->parts > 1)
        str_printf(&what, ", part %d of %d", parcel->part, parcel->parts);
    jsonw_start(&w, &payload);
    jsonw_object(&w);
    jsonw_key_int(&w, "delivery", delivery);
    jsonw_key_string(&w, "webhook", what.ptr);
    jsonw_end(&w);
    request.payload = payload.ptr;
    if (result == ERR_OK)
        result = jobs_add(store, &request, &job, NULL, err);
    if (result == ERR_OK)
        result = store_run(store, "UPDATE webhook_delivery SET job_id = ?2 WHERE id = ?1", delivery,
                           job, NULL, err);
    str_free(&payload);
    str_free(&what);
    return result;
}

static int delivery_add(struct store *store, const struct webhook *hook,
                        const struct parcel *parcel, struct error *err)
{
    int64_t id = 0;
    int result = delivery_insert(store, hook->name, parcel, &id, err);

    return result == ERR_OK ? delivery_job(store, hook, parcel, id, err) : result;
}

/* To every webhook that wants it. */
static int deliver(struct store *store, const struct parcel *parcel, struct error *err)
{
    struct arena *arena = arena_new();
    struct webhook *hooks;
    size_t count, i;
    int result = webhooks_list(store, arena, &hooks, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (hooks[i].events & parcel->event)
            result = delivery_add(store, &hooks[i], parcel, err);
    arena_free(arena);
    return result;
}

/* ---- a harvest has ended ---- */

static int run_about(struct store *store, int64_t id, struct str *out, struct error *err)
{
    struct arena *arena = arena_new();
    struct harvest_run run;
    struct jsonw w;
    int result = runs_get(store, arena, id, &run, err);

    jsonw_start(&w, out);
    if (result == ERR_OK)
        run_to_json(&w, &run);
    arena_free(arena);
    return result;
}

/* The newest record of each work that the run has touched, in order. */
static int run_records(struct store *store, int64_t run, int64_t **out, size_t *count,
                       struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT max(c.record_id) FROM webhook_change c JOIN record r ON "
                              "r.id = c.record_id WHERE c.run_id = ?1 GROUP BY r.work_id "
                              "ORDER BY 1",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, run);
    while ((step = stmt_step(stmt, err)) == 1)
        VEC_PUSH(*out, *count, cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

static int run_part(struct store *store, struct parcel *parcel, const int64_t *records,
                    size_t count, struct error *err)
{
    struct str list = STR_INIT;
    struct jsonw w;
    size_t i;
    int result;

    jsonw_start(&w, &list);
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        jsonw_int(&w, records[i]);
    jsonw_end(&w);
    parcel->records = list.ptr;
    result = deliver(store, parcel, err);
    str_free(&list);
    return result;
}

/* About as many bytes as all records of its work have, which is more than what is made of them. A
 * damaged one is told of by whoever reads it. */
static int record_size(struct store *store, int64_t record, size_t *size, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT payload FROM record WHERE work_id = (SELECT work_id "
                                    "FROM record WHERE id = ?1)",
                                    err);

    *size = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, record);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct str bytes = STR_INIT;
        size_t len;
        const void *packed = stmt_blob(stmt, 0, &len);

        *size += bytes_unpack(&bytes, packed, len, NULL) == ERR_OK ? bytes.len : len;
        str_free(&bytes);
    }
    stmt_reset(stmt);
    return step;
}

static int run_parts(struct store *store, const char *about, const int64_t *records, size_t count,
                     struct error *err)
{
    struct parcel parcel = { .event = WEBHOOK_SCRAPED, .about = about };
    size_t *sizes = mem_alloc(count * sizeof *sizes), at, some;
    int result = ERR_OK;

    for (at = 0; at < count && result == ERR_OK; at++)
        result = record_size(store, records[at], &sizes[at], err);
    if (result == ERR_OK)
        parcel.parts = count_parts(sizes, count, WEBHOOK_RECORDS);
    for (at = 0; at < count && result == ERR_OK; at += some) {
        some = webhook_fill(sizes + at, count - at, WEBHOOK_RECORDS);
        parcel.part++;
        result = run_part(store, &parcel, records + at, some, err);
    }
    free(sizes);
    return result;
}

int webhooks_run_ended(struct store *store, int64_t run, struct error *err)
{
    struct str about = STR_INIT;
    int64_t *records;
    size_t count;
    int result = run_records(store, run, &records, &count, err);

    if (result == ERR_OK && count > 0) {
        result = run_about(store, run, &about, err);
        if (result == ERR_OK)
            result = run_parts(store, about.ptr, records, count, err);
        if (result == ERR_OK)
            result =
                store_run(store, "DELETE FROM webhook_change WHERE run_id = ?1", run, 0, NULL, err);
    }
    free(records);
    str_free(&about);
    return result;
}

/* ---- a document was read ---- */

static int cancel_older(struct store *store, const char *sha256, struct error *err)
{
    int64_t job;
    int result;

    do {
        result =
            store_lookup(store, &job,
                         "SELECT d.job_id FROM webhook_delivery d JOIN job j ON j.id = d.job_id "
                         "WHERE d.document = ?1 AND j.state = ?2 LIMIT 1",
                         sha256, 0, JOB_QUEUED, err);
        if (result == ERR_OK)
            result = jobs_cancel(store, job, NULL, err);
    } while (result == ERR_OK);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

int webhooks_processed(struct store *store, const char *sha256, const size_t *sizes, size_t chunks,
                       struct error *err)
{
    struct parcel parcel = { .event = WEBHOOK_PROCESSED,
                             .document = sha256,
                             .parts = count_parts(sizes, chunks, WEBHOOK_CHUNKS) };
    bool yes = false;
    int result = wanted(store, WEBHOOK_PROCESSED, &yes, err);

    if (result != ERR_OK || !yes)
        return result;
    if (parcel.parts == 0) /* no text: that is told, too */
        parcel.parts = 1;
    result = cancel_older(store, sha256, err);
    for (parcel.part = 1; parcel.part <= parcel.parts && result == ERR_OK; parcel.part++)
        result = deliver(store, &parcel, err);
    return result;
}
