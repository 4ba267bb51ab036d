/*
 * Models and vectors in their tables: who serves, single rows, and the writer.
 */
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/mem.h"

#include "vectors_internal.h"

#include <stdlib.h>
#include <string.h>

#define CHANGES_KEPT 4096

static const char *const kinds[] = { "builtin", "file", "server" };

struct vectors_handle *vectors_handle(struct store *store)
{
    if (!store->vectors)
        store->vectors = mem_zalloc(sizeof(struct vectors_handle));
    return store->vectors;
}

void vectors_close(void *handle)
{
    struct vectors_handle *vectors = handle;

    if (!vectors)
        return;
    embed_close(vectors->opened[0]);
    embed_close(vectors->opened[1]);
    signs_close(&vectors->signs);
    free(vectors);
}

/* ---- models ---- */

static void model_read(struct vectors_model *out, struct stmt *stmt)
{
    const char *kind = stmt_text(stmt, 2);

    out->slot = (int)stmt_int(stmt, 0);
    out->kind = strcmp(kind, "builtin") == 0 ? VECTORS_BUILTIN
                : strcmp(kind, "file") == 0  ? VECTORS_FILE
                                             : VECTORS_SERVER;
    strncpy(out->name, stmt_text(stmt, 3), sizeof out->name - 1);
    out->content = (uint64_t)stmt_int(stmt, 4);
    out->dim = (int)stmt_int(stmt, 5);
}

/* What a new library, and one of an older program, will be served by. */
static void model_builtin(struct vectors_model *out, int slot)
{
    const struct embed_model *model = embed_builtin();

    memset(out, 0, sizeof *out);
    out->slot = -1;
    if (!model)
        return;
    out->slot = slot;
    out->kind = VECTORS_BUILTIN;
    strncpy(out->name, embed_info(model)->name, sizeof out->name - 1);
    out->content = embed_info(model)->id;
    out->dim = embed_info(model)->dim;
}

/* As the table has them. */
static int models_read(struct store *store, struct vectors_model *serving,
                       struct vectors_model *next, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(
        &stmt, store, "SELECT slot, state, kind, name, content, dim FROM vector_model", err);

    *serving = *next = (struct vectors_model){ .slot = -1 };
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        struct vectors_model model = { 0 };

        model_read(&model, stmt);
        if (model.dim < 1 || model.dim > VECTORS_DIM_MAX || model.slot < 0 || model.slot > 1)
            continue; /* nobody but a broken file has written this; doctor will say */
        if (stmt_int(stmt, 1) == 1)
            *serving = model;
        else if (stmt_int(stmt, 1) == 2)
            *next = model;
    }
    if (result == ERR_OK)
        stmt_reset(stmt);
    return result != ERR_OK ? result : step;
}

int vectors_models(struct store *store, struct vectors_model *serving, struct vectors_model *next,
                   struct error *err)
{
    int result = models_read(store, serving, next, err);

    if (result == ERR_OK && serving->slot < 0)
        model_builtin(serving, 0);
    return result;
}

int vectors_open_model(const struct embed_model **out, struct store *store,
                       const struct vectors_model *model, struct error *err)
{
    struct vectors_handle *handle = vectors_handle(store);
    const struct embed_model *builtin = embed_builtin();
    char *name, *path;
    int result;

    *out = NULL;
    if (model->slot < 0 || model->kind == VECTORS_SERVER)
        return error_set(err, ERR_NOTFOUND, "there is no embedding model here");
    if (model->kind == VECTORS_BUILTIN) {
        *out = builtin && embed_info(builtin)->id == model->content ? builtin : NULL;
        return *out ? ERR_OK
                    : error_set(err, ERR_NOTFOUND,
                                "the vectors are of %s, which this carrel does not have; "
                                "'carrel doctor --fix' makes new ones",
                                model->name);
    }
    if (!handle->opened[model->slot] || handle->opened_content[model->slot] != model->content) {
        embed_close(handle->opened[model->slot]);
        handle->opened[model->slot] = NULL;
        name = mem_printf("models/%s.bin", model->name);
        path = path_join(store->dir, name);
        result = strchr(model->name, '/')
                     ? error_set(err, ERR_CORRUPT, "'%s' is no name of a model", model->name)
                     : embed_open(&handle->opened[model->slot], path, err);
        free(path);
        free(name);
        if (result != ERR_OK)
            return result;
        handle->opened_content[model->slot] = model->content;
    }
    *out = handle->opened[model->slot];
    if (embed_info(*out)->id != model->content || embed_info(*out)->dim != model->dim)
        return error_set(err, ERR_CORRUPT, "models/%s.bin is not the model that made the vectors",
                         model->name);
    return ERR_OK;
}

int vectors_model(const struct embed_model **out, struct store *store, struct error *err)
{
    struct vectors_model serving, next;
    int result = vectors_models(store, &serving, &next, err);

    *out = NULL;
    return result == ERR_OK ? vectors_open_model(out, store, &serving, err) : result;
}

void vectors_set_embedder(struct store *store, vectors_embedder *embedder, void *ctx)
{
    struct vectors_handle *handle = vectors_handle(store);

    handle->embedder = embedder;
    handle->embedder_ctx = ctx;
}

int vectors_embed(struct store *store, const char *text, float *out, size_t *dim, struct error *err)
{
    struct vectors_handle *handle = vectors_handle(store);
    const struct embed_model *model;
    struct vectors_model serving, next;
    int result = vectors_models(store, &serving, &next, err);

    if (result != ERR_OK)
        return result;
    if (serving.slot >= 0 && serving.kind == VECTORS_SERVER) {
        if (!handle->embedder)
            return error_set(err, ERR_NOTFOUND, "%s is a server's model, and none is configured",
                             serving.name);
        result = handle->embedder(handle->embedder_ctx, store, atomic_load(&store->cancel), text,
                                  out, (size_t)serving.dim, err);
        if (result == ERR_OK)
            embed_normalise(out, (size_t)serving.dim);
    } else {
        result = vectors_open_model(&model, store, &serving, err);
        if (result == ERR_OK && !embed_text(model, NULL, text, out))
            result = error_set(err, ERR_NOTFOUND, "no word of the text is known");
    }
    *dim = serving.slot >= 0 ? (size_t)serving.dim : 0;
    return result;
}

static int model_insert(struct store *store, const struct vectors_model *model, int state,
                        struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT OR REPLACE INTO vector_model(slot, state, kind, name, content, dim, added) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, model->slot);
    stmt_bind_int(stmt, 2, state);
    stmt_bind_text(stmt, 3, kinds[model->kind]);
    stmt_bind_text(stmt, 4, model->name);
    stmt_bind_int(stmt, 5, (int64_t)model->content);
    stmt_bind_int(stmt, 6, model->dim);
    stmt_bind_int(stmt, 7, clock_now_ms());
    return stmt_run(stmt, err);
}

static int slot_empty(struct store *store, int slot, struct error *err)
{
    return store_exec(store, slot == 0 ? "DELETE FROM embedding0" : "DELETE FROM embedding1", err);
}

/* The other slot, with nothing in it. A whole table is emptied without looking at its rows. */
static int slot_free(struct store *store, int taken, int *slot, struct error *err)
{
    *slot = taken == 0 ? 1 : 0;
    return slot_empty(store, *slot, err);
}

int vectors_settle(struct store *store, struct error *err)
{
    struct vectors_model serving, next, builtin;
    int slot, result = models_read(store, &serving, &next, err);

    model_builtin(&builtin, 0);
    if (result != ERR_OK || builtin.slot < 0)
        return result;
    if (serving.slot < 0)
        return model_insert(store, &builtin, 1, err);
    if (serving.kind != VECTORS_BUILTIN || serving.content == builtin.content)
        return ERR_OK;
    result = slot_free(store, serving.slot, &slot, err);
    builtin.slot = slot;
    if (result == ERR_OK)
        result = model_insert(store, &builtin, 2, err);
    return result == ERR_OK ? vectors_switch(store, err) : result;
}

int vectors_unsettled(struct store *store, bool *unsettled, struct error *err)
{
    const struct embed_model *builtin = embed_builtin();
    struct vectors_model serving, next;
    int result = models_read(store, &serving, &next, err);

    *unsettled =
        result == ERR_OK && builtin
        && (serving.slot < 0
            || (serving.kind == VECTORS_BUILTIN && serving.content != embed_info(builtin)->id));
    return result;
}

int vectors_prepare(struct store *store, const struct vectors_model *model, struct error *err)
{
    struct vectors_model serving, next, wanted = *model;
    int result = vectors_settle(store, err);

    if (result == ERR_OK)
        result = models_read(store, &serving, &next, err);
    if (result != ERR_OK)
        return result;
    if (model->dim < 1 || model->dim > VECTORS_DIM_MAX)
        return error_set(err, ERR_LIMIT, "vectors of %d numbers cannot be kept; at most %d",
                         model->dim, VECTORS_DIM_MAX);
    result = slot_free(store, serving.slot, &wanted.slot, err);
    return result == ERR_OK ? model_insert(store, &wanted, serving.slot < 0 ? 1 : 2, err) : result;
}

int vectors_switch(struct store *store, struct error *err)
{
    return store_exec(store,
                      "UPDATE vector_model SET state = CASE state WHEN 2 THEN 1 ELSE 0 END "
                      "WHERE EXISTS (SELECT 1 FROM vector_model WHERE state = 2)",
                      err);
}

int vectors_sweep(struct store *store, int limit, bool *left, struct error *err)
{
    struct stmt *stmt;
    int64_t slot = -1;
    int result = store_begin(store, err);

    *left = false;
    if (result != ERR_OK)
        return result;
    result = store_query_int(
        store, "SELECT ifnull(max(slot), -1) FROM vector_model WHERE state = 0", &slot, err);
    if (result == ERR_OK && slot >= 0)
        result = stmt_prepare(&stmt, store,
                              slot == 0 ? "DELETE FROM embedding0 WHERE work_id IN "
                                          "(SELECT work_id FROM embedding0 LIMIT ?1)"
                                        : "DELETE FROM embedding1 WHERE work_id IN "
                                          "(SELECT work_id FROM embedding1 LIMIT ?1)",
                              err);
    if (result == ERR_OK && slot >= 0) {
        stmt_bind_int(stmt, 1, limit);
        result = stmt_run(stmt, err);
        *left = result == ERR_OK && sqlite3_changes64(store->db) > 0;
    }
    if (result == ERR_OK && slot >= 0 && !*left)
        result = store_exec(store, "DELETE FROM vector_model WHERE state = 0", err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int vectors_count(struct store *store, struct vectors_stats *out, struct error *err)
{
    static const char *const sql[] = { "SELECT count(*) FROM embedding0",
                                       "SELECT count(*) FROM embedding1" };
    struct vectors_model serving, next;
    int result = vectors_models(store, &serving, &next, err);

    memset(out, 0, sizeof *out);
    if (result == ERR_OK)
        result = store_query_int(store, "SELECT count(*) FROM work", &out->works, err);
    if (result == ERR_OK && serving.slot >= 0)
        result = store_query_int(store, sql[serving.slot], &out->vectors, err);
    if (result == ERR_OK && next.slot >= 0)
        result = store_query_int(store, sql[next.slot], &out->next, err);
    return result;
}

/* ---- rows ---- */

int vectors_row(struct store *store, int slot, int64_t work, size_t dim, int8_t *out,
                struct error *err)
{
    const void *vector;
    struct stmt *stmt;
    size_t len = 0;
    int result = stmt_prepare(&stmt, store,
                              slot == 0 ? "SELECT vector FROM embedding0 WHERE work_id = ?1"
                                        : "SELECT vector FROM embedding1 WHERE work_id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result < 0)
        return result;
    vector = result == 1 ? stmt_blob(stmt, 0, &len) : NULL;
    result = vector && len == dim ? ERR_OK : ERR_NOTFOUND;
    if (result == ERR_OK)
        memcpy(out, vector, dim);
    stmt_reset(stmt);
    return result;
}

int vectors_get(struct store *store, int64_t work, int8_t *out, size_t *dim, struct error *err)
{
    struct vectors_model serving, next;
    int result = vectors_models(store, &serving, &next, err);

    if (result != ERR_OK)
        return result;
    if (serving.slot < 0 || (size_t)serving.dim > *dim)
        return error_set(err, ERR_NOTFOUND, "the library has no vectors");
    *dim = (size_t)serving.dim;
    result = vectors_row(store, serving.slot, work, *dim, out, err);
    if (result == ERR_NOTFOUND)
        return error_set(err, ERR_NOTFOUND, "that paper has no vector yet");
    return result;
}

/* ---- the writer ---- */

struct run {
    int64_t first, count;
};

struct vectors_writer {
    struct store *store;
    struct vectors_model serving, next;
    struct run *runs; /* works whose vectors in the serving slot changed */
    size_t len, cap;
};

int vectors_writer_begin(struct vectors_writer **out, struct store *store, struct error *err)
{
    struct vectors_writer *writer = mem_zalloc(sizeof *writer);
    int result = vectors_settle(store, err);

    writer->store = store;
    if (result == ERR_OK)
        result = models_read(store, &writer->serving, &writer->next, err);
    *out = writer;
    if (result != ERR_OK) {
        vectors_writer_free(writer);
        *out = NULL;
    }
    return result;
}

static void writer_note(struct vectors_writer *writer, int64_t work)
{
    struct run *last = writer->len ? &writer->runs[writer->len - 1] : NULL;
    struct run fresh = { work, 1 };

    if (last && work == last->first + last->count)
        last->count++;
    else if (!last || work < last->first || work >= last->first + last->count)
        VEC_PUSH(writer->runs, writer->len, writer->cap, fresh);
}

static bool same_model(const struct vectors_model *a, const struct vectors_model *b)
{
    return a->slot >= 0 && a->slot == b->slot && a->content == b->content && a->dim == b->dim;
}

static int writer_put(struct vectors_writer *writer, const char *sql,
                      const struct vectors_model *model, int64_t work, const int8_t *vector,
                      struct error *err)
{
    bool serving = same_model(model, &writer->serving);
    struct stmt *stmt;
    int result;

    if (!serving && !same_model(model, &writer->next))
        return ERR_OK;
    result = stmt_prepare(&stmt, writer->store, sql, err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_blob(stmt, 2, vector ? (const void *)vector : "", vector ? (size_t)model->dim : 0);
    result = stmt_run(stmt, err);
    if (result == ERR_OK && serving)
        writer_note(writer, work);
    return result;
}

int vectors_writer_put(struct vectors_writer *writer, const struct vectors_model *model,
                       int64_t work, const int8_t *vector, struct error *err)
{
    return writer_put(writer,
                      model->slot == 0
                          ? "INSERT OR REPLACE INTO embedding0(work_id, vector) VALUES(?1, ?2)"
                          : "INSERT OR REPLACE INTO embedding1(work_id, vector) VALUES(?1, ?2)",
                      model, work, vector, err);
}

int vectors_writer_fill(struct vectors_writer *writer, const struct vectors_model *model,
                        int64_t work, const int8_t *vector, struct error *err)
{
    return writer_put(writer,
                      model->slot == 0
                          ? "INSERT OR IGNORE INTO embedding0(work_id, vector) "
                            "SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM work WHERE id = ?1)"
                          : "INSERT OR IGNORE INTO embedding1(work_id, vector) "
                            "SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM work WHERE id = ?1)",
                      model, work, vector, err);
}

int vectors_writer_remove(struct vectors_writer *writer, int64_t work, struct error *err)
{
    static const char *const sql[] = { "DELETE FROM embedding0 WHERE work_id = ?1",
                                       "DELETE FROM embedding1 WHERE work_id = ?1" };
    int slot, result = ERR_OK;

    for (slot = 0; slot < 2 && result == ERR_OK; slot++) {
        struct stmt *stmt;

        result = stmt_prepare(&stmt, writer->store, sql[slot], err);
        if (result == ERR_OK) {
            stmt_bind_int(stmt, 1, work);
            result = stmt_run(stmt, err);
        }
    }
    writer_note(writer, work);
    return result;
}

int vectors_writer_commit(struct vectors_writer *writer, struct error *err)
{
    struct stmt *stmt;
    int result = ERR_OK;

    if (writer->len > 0) {
        result = stmt_prepare(
            &stmt, writer->store,
            "INSERT INTO vector_change(seq, nonce, runs) "
            "VALUES((SELECT ifnull(max(seq), 0) + 1 FROM vector_change), random(), ?1)",
            err);
        if (result == ERR_OK) {
            stmt_bind_blob(stmt, 1, writer->runs, writer->len * sizeof *writer->runs);
            result = stmt_run(stmt, err);
        }
        if (result == ERR_OK)
            result = stmt_prepare(&stmt, writer->store,
                                  "DELETE FROM vector_change WHERE seq <= "
                                  "(SELECT max(seq) FROM vector_change) - ?1",
                                  err);
        if (result == ERR_OK) {
            stmt_bind_int(stmt, 1, CHANGES_KEPT);
            result = stmt_run(stmt, err);
        }
    }
    vectors_writer_free(writer);
    return result;
}

void vectors_writer_free(struct vectors_writer *writer)
{
    if (!writer)
        return;
    free(writer->runs);
    free(writer);
}
