/*
 * The outbox of webhooks: deliveries read, tried and sent again (webhooks.h).
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/webhooks.h"

#include <inttypes.h>
#include <string.h>

static const char *const state_names[JOB_STATES] = { [JOB_QUEUED] = "waiting",
                                                     [JOB_RUNNING] = "sending",
                                                     [JOB_DONE] = "delivered",
                                                     [JOB_FAILED] = "dead",
                                                     [JOB_CANCELLED] = "cancelled" };

const char *webhook_state_name(enum job_state state)
{
    return state_names[state];
}

bool webhook_state_from(const char *name, enum job_state *state)
{
    int i;

    for (i = 0; i < JOB_STATES; i++)
        if (strcmp(name, state_names[i]) == 0) {
            *state = (enum job_state)i;
            return true;
        }
    return false;
}

#define DELIVERY                                                                                   \
    "SELECT d.id, d.job_id, d.webhook, d.key, d.event, d.document, d.part, d.parts, d.about, "     \
    "d.records, d.created, d.tried, d.status, d.answer, j.error, j.state, j.attempts, j.due "      \
    "FROM webhook_delivery d JOIN job j ON j.id = d.job_id "

static void delivery_read(struct stmt *stmt, struct arena *arena, struct webhook_delivery *out)
{
    *out = (struct webhook_delivery){ .id = stmt_int(stmt, 0),
                                      .job = stmt_int(stmt, 1),
                                      .webhook = stmt_dup(stmt, 2, arena),
                                      .key = stmt_dup(stmt, 3, arena),
                                      .event = (enum webhook_event)stmt_int(stmt, 4),
                                      .document = stmt_dup(stmt, 5, arena),
                                      .part = (int)stmt_int(stmt, 6),
                                      .parts = (int)stmt_int(stmt, 7),
                                      .about = stmt_dup(stmt, 8, arena),
                                      .records = stmt_dup(stmt, 9, arena),
                                      .created = stmt_int(stmt, 10),
                                      .tried = stmt_int(stmt, 11),
                                      .status = (int)stmt_int(stmt, 12),
                                      .answer = stmt_dup(stmt, 13, arena),
                                      .error = stmt_dup(stmt, 14, arena),
                                      .state = (enum job_state)stmt_int(stmt, 15),
                                      .attempts = (int)stmt_int(stmt, 16),
                                      .due = stmt_int(stmt, 17) };
}

int webhook_deliveries(struct store *store, struct arena *arena, const char *webhook,
                       unsigned states, size_t limit, struct webhook_delivery **out, size_t *count,
                       struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    DELIVERY "WHERE (?1 IS NULL OR d.webhook = ?1) AND (?2 = 0 OR "
                                             "(?2 >> j.state) & 1) ORDER BY d.id DESC LIMIT ?3",
                                    err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, webhook);
    stmt_bind_int(stmt, 2, states);
    stmt_bind_int(stmt, 3, limit > 0 ? (int64_t)limit : -1);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct webhook_delivery delivery;

        delivery_read(stmt, arena, &delivery);
        ARENA_PUSH(arena, *out, *count, cap, delivery);
    }
    stmt_reset(stmt);
    return step;
}

int webhook_delivery_get(struct store *store, struct arena *arena, int64_t id,
                         struct webhook_delivery *out, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, DELIVERY "WHERE d.id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    step = stmt_step(stmt, err);
    if (step == 1)
        delivery_read(stmt, arena, out);
    stmt_reset(stmt);
    if (step < 0)
        return step;
    return step == 1 ? ERR_OK
                     : error_set(err, ERR_NOTFOUND,
                                 "no delivery %" PRId64 "; 'webhook list' shows their numbers", id);
}

int webhook_delivery_works(struct store *store, struct arena *arena,
                           const struct webhook_delivery *delivery, int64_t **out, size_t *count,
                           struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id FROM json_each(?1) e JOIN record r ON r.id = "
                              "e.value GROUP BY work_id ORDER BY min(r.id)",
                              err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, delivery->records);
    return stmt_ints(out, count, stmt, arena, err);
}

/* ---- tries ---- */

int webhook_body(struct str *out, struct store *store, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "SELECT body FROM webhook_delivery WHERE id = ?1 AND body IS NOT NULL", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    return stmt_unpack(out, stmt, err);
}

int webhook_set_body(struct store *store, int64_t id, const struct str *body, struct error *err)
{
    struct str packed = STR_INIT;
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, store, "UPDATE webhook_delivery SET body = ?2 WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    bytes_pack(&packed, body->ptr, body->len);
    stmt_bind_int(stmt, 1, id);
    stmt_bind_blob(stmt, 2, packed.ptr, packed.len);
    result = stmt_run(stmt, err);
    str_free(&packed);
    return result;
}

int webhook_tried(struct store *store, int64_t id, int status, const char *answer, bool delivered,
                  struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "UPDATE webhook_delivery SET tried = ?2, status = ?3, answer = ?4, "
                              "body = iif(?5, NULL, body) WHERE id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, clock_now_ms());
    stmt_bind_int(stmt, 3, status);
    stmt_bind_text(stmt, 4, answer);
    stmt_bind_int(stmt, 5, delivered);
    return stmt_run(stmt, err);
}

/* A new message with the same contents, as they are now. */
static int send_anew(struct store *store, const struct webhook_delivery *old, struct error *err)
{
    struct job_request request = { .kind = WEBHOOK_JOB, .priority = JOB_ASKED };
    struct arena *arena = arena_new();
    struct job job;
    int64_t id = 0;
    int result = jobs_get(store, arena, old->job, &job, err);

    request.payload = job.payload;
    request.attempts_max = job.attempts_max;
    if (result == ERR_OK)
        result = jobs_add(store, &request, &id, NULL, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "UPDATE webhook_delivery SET job_id = ?2, body = NULL, key = "
                           "lower(hex(randomblob(16))) WHERE id = ?1",
                           old->id, id, NULL, err);
    arena_free(arena);
    return result;
}

static int redeliver(struct store *store, const struct webhook_delivery *delivery,
                     struct error *err)
{
    int result = webhooks_welcome(store, delivery->webhook, err);

    if (result != ERR_OK)
        return result;
    if (delivery->state == JOB_DONE)
        return send_anew(store, delivery, err);
    if (delivery->state == JOB_FAILED || delivery->state == JOB_CANCELLED)
        return jobs_retry(store, delivery->job, err);
    return error_set(err, ERR_EXISTS, "delivery %" PRId64 " is %s", delivery->id,
                     delivery->state == JOB_RUNNING ? "being sent"
                                                    : "waiting for its turn already");
}

int webhook_redeliver(struct store *store, int64_t id, struct error *err)
{
    struct arena *arena = arena_new();
    struct webhook_delivery delivery;
    int result = store_begin(store, err);

    if (result == ERR_OK) {
        result = webhook_delivery_get(store, arena, id, &delivery, err);
        if (result == ERR_OK)
            result = redeliver(store, &delivery, err);
        if (result == ERR_OK)
            result = store_commit(store, err);
        else
            store_rollback(store);
    }
    arena_free(arena);
    return result;
}

int webhooks_due(struct store *store, int64_t *due, struct error *err)
{
    return store_lookup(store, due,
                        "SELECT count(*) FROM job WHERE kind = '" WEBHOOK_JOB
                        "' AND state = 0 AND waits = 0 AND due <= ?1",
                        NULL, clock_real_ms(), 0, err);
}

int webhook_dead(struct store *store, int64_t *count, struct error *err)
{
    return store_lookup(store, count,
                        "SELECT count(*) FROM webhook_delivery d JOIN job j ON j.id = d.job_id "
                        "WHERE j.state = ?1",
                        NULL, JOB_FAILED, 0, err);
}
