/*
 * Receipts for what other carrels have told us, and parts of documents that wait for the others
 * (webhooks.h).
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/webhooks.h"

#include <inttypes.h>
#include <string.h>

#define KEEP_MS (30 * INT64_C(86400000))

int webhook_receipt_find(struct store *store, struct arena *arena, const char *peer,
                         const char *key, const char *hash, struct webhook_receipt *out,
                         struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "SELECT hash, status, body FROM webhook_receipt WHERE peer = ?1 AND key = ?2",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, peer);
    stmt_bind_text(stmt, 2, key);
    result = stmt_step(stmt, err);
    if (result == 0)
        result = ERR_NOTFOUND;
    if (result == 1 && strcmp(stmt_text(stmt, 0), hash) != 0)
        result = error_set(err, ERR_EXISTS,
                           "this Idempotency-Key was used for a delivery with other contents");
    if (result == 1) {
        *out = (struct webhook_receipt){ .peer = peer,
                                         .key = key,
                                         .hash = hash,
                                         .status = (int)stmt_int(stmt, 1),
                                         .body = stmt_dup(stmt, 2, arena) };
        result = ERR_OK;
    }
    stmt_reset(stmt);
    return result;
}

int webhook_receipt_add(struct store *store, const struct webhook_receipt *receipt,
                        struct error *err)
{
    int64_t now = clock_real_ms();
    struct stmt *stmt;
    int step, result = store_run(store, "DELETE FROM webhook_receipt WHERE at < ?1", now - KEEP_MS,
                                 0, NULL, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store,
                              "INSERT INTO webhook_receipt VALUES(?1, ?2, ?3, ?4, ?5, ?6) "
                              "ON CONFLICT DO NOTHING RETURNING 1",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, receipt->peer);
    stmt_bind_text(stmt, 2, receipt->key);
    stmt_bind_text(stmt, 3, receipt->hash);
    stmt_bind_int(stmt, 4, receipt->status);
    stmt_bind_text(stmt, 5, receipt->body);
    stmt_bind_int(stmt, 6, now);
    step = stmt_step(stmt, err);
    if (step == 1)
        stmt_step(stmt, err); /* to its end: only then it is written for sure */
    stmt_reset(stmt);
    return step < 0    ? step
           : step == 1 ? ERR_OK
                       : error_set(err, ERR_EXISTS, "the same delivery is being taken already");
}

/* ---- parts of a document ---- */

/* Parameters: peer, document, processed, part. */
static int part_prepare(struct stmt **stmt, struct store *store, const char *sql, const char *peer,
                        const char *document, const char *processed, int part, struct error *err)
{
    int result = stmt_prepare(stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(*stmt, 1, peer);
    stmt_bind_text(*stmt, 2, document);
    stmt_bind_text(*stmt, 3, processed);
    stmt_bind_int(*stmt, 4, part);
    return ERR_OK;
}

static int part_count(struct store *store, const char *peer, const char *document,
                      const char *processed, int *have, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = part_prepare(&stmt, store,
                              "SELECT count(*) FROM webhook_part WHERE peer = ?1 AND document "
                              "= ?2 AND processed = ?3 AND part >= ?4",
                              peer, document, processed, 0, err);

    if (result != ERR_OK)
        return result;
    step = stmt_step(stmt, err);
    if (step == 1)
        *have = (int)stmt_int(stmt, 0);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

int webhook_part_put(struct store *store, const char *peer, const char *document,
                     const char *processed, int part, const struct str *body, int *have,
                     struct error *err)
{
    struct str packed = STR_INIT;
    int64_t now = clock_real_ms();
    struct stmt *stmt;
    int result =
        store_run(store, "DELETE FROM webhook_part WHERE at < ?1", now - KEEP_MS, 0, NULL, err);

    if (result == ERR_OK)
        result = part_prepare(&stmt, store,
                              "INSERT OR REPLACE INTO webhook_part VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                              peer, document, processed, part, err);
    if (result == ERR_OK) {
        bytes_pack(&packed, body->ptr, body->len);
        stmt_bind_int(stmt, 5, now);
        stmt_bind_blob(stmt, 6, packed.ptr, packed.len);
        result = stmt_run(stmt, err);
    }
    str_free(&packed);
    return result == ERR_OK ? part_count(store, peer, document, processed, have, err) : result;
}

int webhook_part_get(struct str *out, struct store *store, const char *peer, const char *document,
                     const char *processed, int part, struct error *err)
{
    struct stmt *stmt;
    int result = part_prepare(&stmt, store,
                              "SELECT body FROM webhook_part WHERE peer = ?1 AND document = ?2 AND "
                              "processed = ?3 AND part = ?4",
                              peer, document, processed, part, err);

    if (result != ERR_OK)
        return result;
    result = stmt_unpack(out, stmt, err);
    return result == ERR_NOTFOUND
               ? error_set(err, ERR_NOTFOUND, "part %d of the document is not here", part)
               : result;
}

int webhook_parts_drop(struct store *store, const char *peer, const char *document,
                       struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "DELETE FROM webhook_part WHERE peer = ?1 AND document = ?2", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, peer);
    stmt_bind_text(stmt, 2, document);
    return stmt_run(stmt, err);
}
