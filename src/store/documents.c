/*
 * Documents in their tables; see documents.h. Whatever hangs from a document is written and removed
 * with it, in the caller's transaction.
 */
#include "internal.h"

#include "carrel/documents.h"
#include "carrel/webhooks.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BAND_ROWS 4

char *documents_path(const struct store *store, const char *sha256)
{
    return mem_printf("%s/files/%.2s/%s", store_dir(store), sha256, sha256);
}

/* ---- removing ---- */

static int run_for(struct store *store, const char *sql, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    return stmt_run(stmt, err);
}

/* What hangs from it. The index wants to be told the texts it had. */
static int clear(struct store *store, int64_t id, struct error *err)
{
    static const char *const sql[] = {
        ("INSERT INTO chunk_fts(chunk_fts, rowid, heading, body) "
         "SELECT 'delete', id, heading, body FROM chunk WHERE document_id = ?1"),
        "DELETE FROM chunk WHERE document_id = ?1",
        "DELETE FROM document_vectors WHERE document_id = ?1",
        "DELETE FROM document_band WHERE document_id = ?1",
        "DELETE FROM document_reference WHERE document_id = ?1",
    };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(sql) && result == ERR_OK; i++)
        result = run_for(store, sql[i], id, err);
    return result;
}

int documents_remove(struct store *store, int64_t id, struct error *err)
{
    int result = clear(store, id, err);

    return result == ERR_OK ? run_for(store, "DELETE FROM document WHERE id = ?1", id, err)
                            : result;
}

/* ---- saving ---- */

static int save_row(struct store *store, const struct document_save *save, int64_t *id,
                    struct error *err)
{
    static const char sql[] =
        "INSERT INTO document(sha256, name, format, state, message, pages, chars, bytes, origin, "
        "title, added, processed, reader, time_limit, memory_limit, minhash, packed) "
        "VALUES(?1, substr(?1, 1, 16), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10, ?11, ?12, ?13, "
        "?14, ?15) ON CONFLICT(sha256) DO UPDATE SET format = ?2, state = ?3, message = ?4, "
        "pages = ?5, chars = ?6, bytes = ?7, origin = ?8, title = ?9, processed = ?10, "
        "reader = ?11, time_limit = ?12, memory_limit = ?13, minhash = ?14, packed = ?15 "
        "RETURNING id";
    struct str packed = STR_INIT;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, save->sha256);
    stmt_bind_text(stmt, 2, save->format);
    stmt_bind_text(stmt, 3, save->state);
    stmt_bind_text(stmt, 4, save->message);
    stmt_bind_int(stmt, 5, save->pages);
    stmt_bind_int(stmt, 6, save->chars);
    stmt_bind_int(stmt, 7, save->bytes);
    stmt_bind_text(stmt, 8, save->origin);
    stmt_bind_text(stmt, 9, save->title);
    stmt_bind_int(stmt, 10, clock_now_ms());
    stmt_bind_int(stmt, 11, save->reader);
    stmt_bind_int(stmt, 12, save->time_limit_ms);
    stmt_bind_int(stmt, 13, save->memory_limit);
    if (save->minhash)
        stmt_bind_blob(stmt, 14, save->minhash, DOCUMENT_MINHASH * sizeof *save->minhash);
    else
        stmt_bind_null(stmt, 14);
    if (save->packed) {
        bytes_pack(&packed, save->packed, save->packed_len);
        stmt_bind_blob(stmt, 15, packed.ptr, packed.len);
    } else {
        stmt_bind_null(stmt, 15);
    }
    result = stmt_step(stmt, err);
    if (result == 1)
        *id = stmt_int(stmt, 0);
    stmt_reset(stmt);
    str_free(&packed);
    return result < 0 ? result : ERR_OK;
}

static int save_chunks(struct store *store, int64_t id, const struct document_save *save,
                       struct error *err)
{
    struct stmt *row, *index;
    size_t i;
    int result = stmt_prepare(&row, store,
                              "INSERT INTO chunk(document_id, ordinal, page, start, \"end\", "
                              "heading, body, turns) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                              err);

    if (result == ERR_OK)
        result = stmt_prepare(
            &index, store, "INSERT INTO chunk_fts(rowid, heading, body) VALUES(?1, ?2, ?3)", err);
    for (i = 0; i < save->chunk_count && result == ERR_OK; i++) {
        const struct document_chunk *chunk = &save->chunks[i];

        stmt_bind_int(row, 1, id);
        stmt_bind_int(row, 2, (int64_t)i);
        stmt_bind_int(row, 3, chunk->page);
        stmt_bind_int(row, 4, chunk->start);
        stmt_bind_int(row, 5, chunk->end);
        stmt_bind_text(row, 6, chunk->heading);
        stmt_bind_text(row, 7, chunk->body);
        stmt_bind_text(row, 8, chunk->turns ? chunk->turns : "");
        result = stmt_run(row, err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(index, 1, store_last_id(store));
        stmt_bind_text(index, 2, chunk->heading);
        stmt_bind_text(index, 3, chunk->body);
        result = stmt_run(index, err);
    }
    return result;
}

int documents_set_vectors(struct store *store, int64_t id, uint64_t model, size_t dim,
                          const int8_t *vectors, size_t count, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT OR REPLACE INTO document_vectors(document_id, model, dim, "
                              "vectors) VALUES(?1, ?2, ?3, ?4)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, (int64_t)model);
    stmt_bind_int(stmt, 3, (int64_t)dim);
    stmt_bind_blob(stmt, 4, count ? (const void *)vectors : "", count * dim);
    return stmt_run(stmt, err);
}

static int save_bands(struct store *store, int64_t id, const uint32_t *minhash, struct error *err)
{
    struct stmt *stmt;
    int band;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT OR IGNORE INTO document_band(band, hash, document_id) VALUES(?1, ?2, ?3)", err);

    for (band = 0; band < DOCUMENT_MINHASH / BAND_ROWS && result == ERR_OK; band++) {
        stmt_bind_int(stmt, 1, band);
        stmt_bind_int(stmt, 2,
                      (int64_t)hash64(minhash + band * BAND_ROWS, BAND_ROWS * sizeof *minhash, 0));
        stmt_bind_int(stmt, 3, id);
        result = stmt_run(stmt, err);
    }
    return result;
}

static int save_entries(struct store *store, int64_t id, const struct document_save *save,
                        struct error *err)
{
    struct stmt *stmt;
    size_t i;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO document_reference(document_id, ordinal, marker, body, "
                              "arxiv, doi, title, title_hash, author, year) "
                              "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                              err);

    for (i = 0; i < save->entry_count && result == ERR_OK; i++) {
        const struct document_entry *entry = &save->entries[i];

        stmt_bind_int(stmt, 1, id);
        stmt_bind_int(stmt, 2, (int64_t)i);
        stmt_bind_text(stmt, 3, entry->marker);
        stmt_bind_text(stmt, 4, entry->body);
        stmt_bind_text(stmt, 5, entry->arxiv);
        stmt_bind_text(stmt, 6, entry->doi);
        stmt_bind_text(stmt, 7, entry->title);
        if (entry->title)
            stmt_bind_int(stmt, 8, (int64_t)text_key_hash(entry->title));
        else
            stmt_bind_null(stmt, 8);
        stmt_bind_text(stmt, 9, entry->author);
        stmt_bind_int(stmt, 10, entry->year);
        result = stmt_run(stmt, err);
    }
    return result;
}

static int tell_webhooks(struct store *store, const struct document_save *save, struct error *err)
{
    size_t *sizes = mem_alloc((save->chunk_count + 1) * sizeof *sizes), i;
    int result;

    for (i = 0; i < save->chunk_count; i++)
        sizes[i] = webhook_chunk_size(save->chunks[i].heading, save->chunks[i].body);
    result = webhooks_processed(store, save->sha256, sizes, save->chunk_count, err);
    free(sizes);
    return result;
}

int documents_save(struct store *store, const struct document_save *save, int64_t *id,
                   struct error *err)
{
    int64_t row = 0;
    int result = save_row(store, save, &row, err);

    if (result == ERR_OK)
        result = clear(store, row, err);
    if (result == ERR_OK)
        result = save_chunks(store, row, save, err);
    if (result == ERR_OK && save->dim > 0)
        result = documents_set_vectors(store, row, save->model, save->dim, save->vectors,
                                       save->chunk_count, err);
    if (result == ERR_OK && save->minhash)
        result = save_bands(store, row, save->minhash, err);
    if (result == ERR_OK)
        result = save_entries(store, row, save, err);
    if (result == ERR_OK && !save->foreign)
        result = tell_webhooks(store, save, err);
    if (id)
        *id = row;
    return result;
}

/* ---- reading ---- */

#define DOCUMENT_COLUMNS                                                                           \
    "d.id, ifnull(a.work_id, 0), d.sha256, d.name, d.format, d.state, d.message, d.origin, "       \
    "d.title, d.pages, d.chars, d.bytes, d.added, d.processed, d.reader, d.time_limit, "           \
    "d.memory_limit FROM document d LEFT JOIN alias a ON a.scheme = 'file' AND a.value = d.name"

static void document_read(struct stored_document *out, struct stmt *stmt, struct arena *arena)
{
    char **texts[] = { &out->sha256,  &out->name,   &out->format, &out->state,
                       &out->message, &out->origin, &out->title };
    size_t i;

    memset(out, 0, sizeof *out);
    out->id = stmt_int(stmt, 0);
    out->work = stmt_int(stmt, 1);
    for (i = 0; i < ARRAY_LEN(texts); i++)
        *texts[i] = arena_strdup(arena, stmt_text(stmt, 2 + (int)i));
    out->pages = stmt_int(stmt, 9);
    out->chars = stmt_int(stmt, 10);
    out->bytes = stmt_int(stmt, 11);
    out->added = stmt_int(stmt, 12);
    out->processed = stmt_int(stmt, 13);
    out->reader = (int)stmt_int(stmt, 14);
    out->time_limit_ms = stmt_int(stmt, 15);
    out->memory_limit = stmt_int(stmt, 16);
}

static int document_one(struct stored_document *out, struct store *store, struct arena *arena,
                        const char *sql, const char *text, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    if (text)
        stmt_bind_text(stmt, 1, text);
    else
        stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1)
        document_read(out, stmt, arena);
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND, "there is no such document in the library");
    return result < 0 ? result : ERR_OK;
}

bool stored_document_is_text(const struct stored_document *document)
{
    return str_eq(document->state, "done") || str_eq(document->state, "repaired");
}

int documents_find(struct stored_document *out, struct store *store, struct arena *arena,
                   const char *hash, struct error *err)
{
    return strlen(hash) == DOCUMENT_NAME_LEN
               ? document_one(out, store, arena, "SELECT " DOCUMENT_COLUMNS " WHERE d.name = ?1",
                              hash, 0, err)
               : document_one(out, store, arena, "SELECT " DOCUMENT_COLUMNS " WHERE d.sha256 = ?1",
                              hash, 0, err);
}

int documents_get(struct stored_document *out, struct store *store, struct arena *arena, int64_t id,
                  struct error *err)
{
    return document_one(out, store, arena, "SELECT " DOCUMENT_COLUMNS " WHERE d.id = ?1", NULL, id,
                        err);
}

struct document_list {
    struct stored_document *items;
    size_t len, cap;
};

static int list_add(void *ctx, const struct stored_document *document)
{
    struct document_list *list = ctx;

    VEC_PUSH(list->items, list->len, list->cap, *document);
    return 0;
}

static int document_each(struct store *store, struct arena *arena, const char *sql, int64_t number,
                         int (*each)(void *ctx, const struct stored_document *document), void *ctx,
                         struct error *err)
{
    struct stmt *stmt;
    int step = 0, result = stmt_prepare_once(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    if (strstr(sql, "?1"))
        stmt_bind_int(stmt, 1, number);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        struct stored_document document;

        document_read(&document, stmt, arena);
        result = each(ctx, &document);
    }
    stmt_free(stmt);
    return result != ERR_OK ? result : step;
}

int documents_of(struct stored_document **out, size_t *count, struct store *store,
                 struct arena *arena, int64_t work, struct error *err)
{
    struct document_list list = { 0 };
    int result =
        document_each(store, arena,
                      work ? "SELECT " DOCUMENT_COLUMNS
                             " WHERE a.work_id = ?1 ORDER BY d.processed DESC, d.id DESC"
                           : "SELECT " DOCUMENT_COLUMNS
                             " WHERE a.work_id IS NULL ORDER BY d.processed DESC, d.id DESC",
                      work, list_add, &list, err);

    *out = arena_alloc(arena, (list.len + 1) * sizeof **out);
    if (list.len > 0)
        memcpy(*out, list.items, list.len * sizeof **out);
    *count = result == ERR_OK ? list.len : 0;
    free(list.items);
    return result;
}

struct one_by_one {
    struct arena *arena; /* of one row */
    int (*each)(void *ctx, const struct stored_document *document);
    void *ctx;
};

static int one_row(void *ctx, const struct stored_document *document)
{
    struct one_by_one *one = ctx;
    int result = one->each(one->ctx, document);

    arena_reset(one->arena);
    return result;
}

int documents_each(struct store *store,
                   int (*each)(void *ctx, const struct stored_document *document), void *ctx,
                   struct error *err)
{
    struct one_by_one one = { .arena = arena_new(), .each = each, .ctx = ctx };
    int result = document_each(store, one.arena, "SELECT " DOCUMENT_COLUMNS " ORDER BY d.id", 0,
                               one_row, &one, err);

    arena_free(one.arena);
    return result;
}

int documents_packed(struct str *out, struct store *store, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store, "SELECT packed FROM document WHERE id = ?1 AND packed IS NOT NULL", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_unpack(out, stmt, err);
    return result == ERR_NOTFOUND
               ? error_set(err, ERR_NOTFOUND, "nothing was read of this document")
               : result;
}

int documents_count(int64_t *count, struct store *store, struct error *err)
{
    return store_query_int(store, "SELECT count(*) FROM document", count, err);
}

int documents_without_vectors(int64_t *ids, size_t limit, size_t *count, struct store *store,
                              uint64_t model, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT d.id FROM document d WHERE EXISTS (SELECT 1 FROM chunk c "
                              "WHERE c.document_id = d.id) AND NOT EXISTS (SELECT 1 FROM "
                              "document_vectors v WHERE v.document_id = d.id AND v.model = ?1) "
                              "ORDER BY d.id LIMIT ?2",
                              err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)model);
    stmt_bind_int(stmt, 2, (int64_t)limit);
    while (*count < limit && (step = stmt_step(stmt, err)) == 1)
        ids[(*count)++] = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* ---- chunks ---- */

#define CHUNK_COLUMNS                                                                              \
    "c.id, c.document_id, ifnull(a.work_id, 0), c.ordinal, c.page, c.start, c.\"end\", "           \
    "c.heading, c.body, c.turns FROM chunk c JOIN document d ON d.id = c.document_id "             \
    "LEFT JOIN alias a ON a.scheme = 'file' AND a.value = d.name"

static void chunk_read(struct stored_chunk *out, struct stmt *stmt, struct arena *arena)
{
    out->id = stmt_int(stmt, 0);
    out->document = stmt_int(stmt, 1);
    out->work = stmt_int(stmt, 2);
    out->ordinal = (uint32_t)stmt_int(stmt, 3);
    out->page = (uint32_t)stmt_int(stmt, 4);
    out->start = (uint32_t)stmt_int(stmt, 5);
    out->end = (uint32_t)stmt_int(stmt, 6);
    out->heading = arena_strdup(arena, stmt_text(stmt, 7));
    out->body = arena_strdup(arena, stmt_text(stmt, 8));
    out->turns = arena_strdup(arena, stmt_text(stmt, 9));
}

int documents_chunk(struct stored_chunk *out, struct store *store, struct arena *arena, int64_t id,
                    struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT " CHUNK_COLUMNS " WHERE c.id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1)
        chunk_read(out, stmt, arena);
    stmt_reset(stmt);
    return result == 1  ? ERR_OK
           : result < 0 ? result
                        : error_set(err, ERR_NOTFOUND, "this passage is not there any more");
}

int documents_chunks(struct stored_chunk **out, size_t *count, struct store *store,
                     struct arena *arena, int64_t document, struct error *err)
{
    struct stored_chunk *items = NULL, chunk;
    size_t len = 0, cap = 0;
    struct stmt *stmt;
    int step = 0, result = stmt_prepare(
                      &stmt, store,
                      "SELECT " CHUNK_COLUMNS " WHERE c.document_id = ?1 ORDER BY c.ordinal", err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, document);
    while ((step = stmt_step(stmt, err)) == 1) {
        chunk_read(&chunk, stmt, arena);
        VEC_PUSH(items, len, cap, chunk);
    }
    stmt_reset(stmt);
    *out = arena_alloc(arena, (len + 1) * sizeof **out);
    if (len > 0)
        memcpy(*out, items, len * sizeof **out);
    *count = len;
    free(items);
    return step;
}

/* ---- the index ---- */

int documents_check_index(struct store *store, int64_t *wrong, struct error *err)
{
    int result = store_exec(
        store, "INSERT INTO chunk_fts(chunk_fts, rank) VALUES('integrity-check', 1)", NULL);

    *wrong = result == ERR_OK ? 0 : 1;
    return result == ERR_OK || result == ERR_CORRUPT
               ? ERR_OK
               : error_set(err, result, "the index of passages cannot be checked");
}

int documents_rebuild_index(struct store *store, struct error *err)
{
    return store_exec(store, "INSERT INTO chunk_fts(chunk_fts) VALUES('rebuild')", err);
}
