/*
 * Vectors for works: beside the importer, and behind it for whatever was missed.
 *
 * Importing embeds a paper from the stems that were made for the index anyway, with the model that
 * serves and, when another is being prepared, with that one too. library_embed finds works without
 * a vector (imported by a carrel without this model, or under a model that is new) in small
 * batches: it can be stopped and killed at any time and goes on where it was.
 */
#include "internal.h"

#include "carrel/log.h"

#include <stdlib.h>
#include <string.h>

#define EMBED_BATCH 500   /* works a transaction */
#define SERVER_TEXT 8000  /* bytes of a text that a server is sent */
#define SWEEP_BATCH 20000 /* rows of an old model removed in one transaction */

/* ---- the models in use ---- */

static int embedders_settle(struct store *store, struct error *err)
{
    bool unsettled;
    int result = vectors_unsettled(store, &unsettled, err);

    if (result != ERR_OK || !unsettled || store_in_transaction(store))
        return result;
    result = store_begin(store, err);
    if (result == ERR_OK)
        result = vectors_settle(store, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

/* Its own view of the model's file: the connection may close its one while another thread is at
 * work. A model that cannot be read is said once; its works stay without vectors. */
static bool embedder_open(struct embedder *embedder, const char *dir,
                          const struct vectors_model *which)
{
    const struct embed_model *builtin = embed_builtin();
    struct error err = { 0 };
    char *path;

    embedder->which = *which;
    if (which->kind == VECTORS_BUILTIN) {
        embedder->model = builtin && embed_info(builtin)->id == which->content ? builtin : NULL;
    } else if (which->kind == VECTORS_FILE) {
        path = mem_printf("%s/models/%s.bin", dir, which->name);
        if (embed_open(&embedder->own, path, &err) != ERR_OK)
            log_write(LOG_WARN, "papers get no vectors: %s", err.message);
        else if (embed_info(embedder->own)->id != which->content)
            log_write(LOG_WARN, "papers get no vectors: %s is another model", path);
        else
            embedder->model = embedder->own;
        free(path);
    }
    return embedder->model != NULL;
}

int embedders_open(struct embedders *out, struct store *store, struct error *err)
{
    struct vectors_model models[2];
    int i, result = embedders_settle(store, err);

    memset(out, 0, sizeof *out);
    if (result == ERR_OK)
        result = vectors_models(store, &models[0], &models[1], err);
    for (i = 0; i < 2 && result == ERR_OK; i++)
        if (models[i].slot >= 0 && embedder_open(&out->at[out->len], store_dir(store), &models[i]))
            out->len++;
    return result;
}

void embedders_close(struct embedders *embedders)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(embedders->at); i++)
        embed_close(embedders->at[i].own);
    memset(embedders, 0, sizeof *embedders);
}

/* ---- one work ---- */

bool embedder_document(const struct embedder *embedder, int8_t *out, const struct fts_document *doc)
{
    size_t dim = (size_t)embedder->which.dim;
    float sum[EMBED_DIM_MAX] = { 0 };

    embed_add_stems(embedder->model, sum, doc->title.ptr, doc->title.len);
    embed_add_stems(embedder->model, sum, doc->abstract.ptr, doc->abstract.len);
    if (!embed_normalise(sum, dim))
        return false;
    embed_quantise(out, sum, dim);
    return true;
}

void embedders_prepare(const struct embedders *embedders, struct prepared *out, struct arena *arena)
{
    size_t i;

    for (i = 0; i < embedders->len; i++) {
        int8_t *vector = arena_alloc(arena, (size_t)embedders->at[i].which.dim);

        out->vectors[i].of = &embedders->at[i].which;
        out->vectors[i].numbers =
            embedder_document(&embedders->at[i], vector, &out->doc) ? vector : NULL;
    }
}

int embedders_write(struct writer *writer, int64_t work, const struct fts_document *doc,
                    struct error *err)
{
    int8_t vector[EMBED_DIM_MAX];
    size_t i;
    int result = vectors_writer_remove(writer->vectors, work, err); /* of whatever model */

    for (i = 0; i < writer->embedders.len && result == ERR_OK; i++) {
        const struct embedder *embedder = &writer->embedders.at[i];
        bool says = embedder_document(embedder, vector, doc);

        result =
            vectors_writer_put(writer->vectors, &embedder->which, work, says ? vector : NULL, err);
    }
    return result;
}

/* ---- works without a vector ---- */

struct filling {
    struct store *store;
    const struct embedder *embedder;
    const struct library_embedding *options;
    int limit;    /* works a batch */
    int64_t last; /* work that was looked at */
    size_t len;
    int64_t ids[EMBED_BATCH];
    bool says[EMBED_BATCH];
    int8_t *vectors; /* EMBED_BATCH x dim */
};

/* A long text is cut: a server has a limit, and the beginning says most. */
static char *filling_text(struct arena *arena, const char *title, const char *abstract)
{
    char *text =
        *abstract ? arena_printf(arena, "%s\n%s", title, abstract) : arena_strdup(arena, title);
    size_t len = strlen(text), at = len;

    if (len > SERVER_TEXT) {
        for (at = SERVER_TEXT; at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80; at--)
            ;
        text[at] = '\0';
    }
    return text;
}

/* What has a text goes to the server in one request. */
static int filling_ask(struct filling *filling, char **texts, struct error *err)
{
    size_t dim = (size_t)filling->embedder->which.dim, count = 0, i;
    const char *asked[LIBRARY_EMBED_TEXTS];
    float *vectors = mem_alloc(LIBRARY_EMBED_TEXTS * dim * sizeof *vectors);
    int result = ERR_OK;

    for (i = 0; i < filling->len; i++) {
        filling->says[i] = !str_blank(texts[i]);
        if (filling->says[i])
            asked[count++] = texts[i];
    }
    if (count > 0)
        result = filling->options->embed(filling->options->ctx, asked, count, vectors, dim, err);
    for (i = count = 0; i < filling->len && result == ERR_OK; i++)
        if (filling->says[i])
            embed_quantise(filling->vectors + i * dim, vectors + dim * count++, dim);
    free(vectors);
    return result;
}

/* The next works without a vector, embedded. */
static int filling_read(struct filling *filling, struct error *err)
{
    const struct embedder *embedder = filling->embedder;
    size_t dim = (size_t)embedder->which.dim;
    float vector[EMBED_DIM_MAX];
    char *texts[LIBRARY_EMBED_TEXTS];
    struct arena *arena = NULL;
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(
        &stmt, filling->store,
        embedder->which.slot == 0
            ? "SELECT t.id, t.title, t.abstract FROM work_text t WHERE t.id > ?1 AND NOT EXISTS "
              "(SELECT 1 FROM embedding0 e WHERE e.work_id = t.id) ORDER BY t.id LIMIT ?2"
            : "SELECT t.id, t.title, t.abstract FROM work_text t WHERE t.id > ?1 AND NOT EXISTS "
              "(SELECT 1 FROM embedding1 e WHERE e.work_id = t.id) ORDER BY t.id LIMIT ?2",
        err);

    filling->len = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, filling->last);
    stmt_bind_int(stmt, 2, filling->limit);
    if (!embedder->model)
        arena = arena_new();
    while (filling->len < (size_t)filling->limit && (step = stmt_step(stmt, err)) == 1) {
        size_t at = filling->len++;

        filling->last = filling->ids[at] = stmt_int(stmt, 0);
        if (arena) {
            texts[at] = filling_text(arena, stmt_text(stmt, 1), stmt_text(stmt, 2));
            continue;
        }
        filling->says[at] =
            embed_text(embedder->model, stmt_text(stmt, 1), stmt_text(stmt, 2), vector);
        embed_quantise(filling->vectors + at * dim, vector, dim);
    }
    stmt_reset(stmt);
    result = step < 0 ? step : ERR_OK;
    if (arena && result == ERR_OK && filling->len > 0)
        result = filling_ask(filling, texts, err);
    arena_free(arena);
    return result;
}

static int filling_put(struct filling *filling, struct vectors_writer *writer, struct error *err)
{
    size_t dim = (size_t)filling->embedder->which.dim, i;
    int result = ERR_OK;

    for (i = 0; i < filling->len && result == ERR_OK; i++)
        result = vectors_writer_fill(writer, &filling->embedder->which, filling->ids[i],
                                     filling->says[i] ? filling->vectors + i * dim : NULL, err);
    return result;
}

static int filling_write(struct filling *filling, struct error *err)
{
    struct vectors_writer *writer;
    int result = store_begin_light(filling->store, err); /* it can be made again */

    if (result != ERR_OK)
        return result;
    result = vectors_writer_begin(&writer, filling->store, err);
    if (result == ERR_OK) {
        result = filling_put(filling, writer, err);
        if (result == ERR_OK)
            result = vectors_writer_commit(writer, err);
        else
            vectors_writer_free(writer);
    }
    if (result == ERR_OK)
        return store_commit(filling->store, err);
    store_rollback(filling->store);
    return result;
}

/* Works behind the last one that was looked at. */
static int filling_tail(const struct filling *filling, bool *some, struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, filling->store,
                     filling->embedder->which.slot == 0
                         ? "SELECT EXISTS (SELECT 1 FROM work_text w WHERE w.id > ?1 AND NOT EXISTS "
                           "(SELECT 1 FROM embedding0 e WHERE e.work_id = w.id))"
                         : "SELECT EXISTS (SELECT 1 FROM work_text w WHERE w.id > ?1 AND NOT EXISTS "
                           "(SELECT 1 FROM embedding1 e WHERE e.work_id = w.id))",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, filling->last);
    result = stmt_step(stmt, err);
    *some = result == 1 && stmt_int(stmt, 0) != 0;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* The new model serves once nobody is missing; *left: somebody came in meanwhile without its
 * vector. */
static int switch_models(struct filling *filling, bool *left, struct error *err)
{
    struct vectors_model serving, next;
    int result = store_begin(filling->store, err);

    *left = false;
    if (result != ERR_OK)
        return result;
    result = vectors_models(filling->store, &serving, &next, err);
    if (result == ERR_OK && next.slot == filling->embedder->which.slot
        && next.content == filling->embedder->which.content) {
        result = filling_tail(filling, left, err);
        if (result == ERR_OK && !*left)
            result = vectors_switch(filling->store, err);
    }
    if (result == ERR_OK)
        return store_commit(filling->store, err);
    store_rollback(filling->store);
    return result;
}

static int fill_model(struct store *store, const struct embedder *embedder,
                      const struct library_embedding *options, int64_t *added, int64_t total,
                      struct error *err)
{
    struct filling *filling = mem_zalloc(sizeof *filling);
    bool left = false;
    int result;

    filling->store = store;
    filling->embedder = embedder;
    filling->options = options;
    filling->limit = embedder->model ? EMBED_BATCH : LIBRARY_EMBED_TEXTS;
    filling->vectors = mem_alloc(EMBED_BATCH * (size_t)embedder->which.dim);
    do {
        result = filling_read(filling, err);
        if (result == ERR_OK && filling->len > 0)
            result = filling_write(filling, err);
        *added += result == ERR_OK ? (int64_t)filling->len : 0;
        if (result == ERR_OK && filling->len > 0 && options->progress
            && options->progress(options->ctx, *added, total))
            result = error_set(err, ERR_CANCELLED, "stopped; embedding goes on another time");
        if (result == ERR_OK && filling->len == 0)
            result = switch_models(filling, &left, err);
    } while (result == ERR_OK && (filling->len > 0 || left));
    free(filling->vectors);
    free(filling);
    return result;
}

static int sweep(struct store *store, struct error *err)
{
    bool left = true;
    int result = ERR_OK;

    while (left && result == ERR_OK)
        result = vectors_sweep(store, SWEEP_BATCH, &left, err);
    return result;
}

int library_embed(struct store *store, const struct library_embedding *options, int64_t *added,
                  struct error *err)
{
    struct embedders embedders;
    struct vectors_stats stats;
    struct vectors_model models[2];
    int64_t total = 0;
    size_t i;
    int result = embedders_open(&embedders, store, err);

    *added = 0;
    if (result == ERR_OK)
        result = vectors_count(store, &stats, err);
    if (result == ERR_OK)
        result = vectors_models(store, &models[0], &models[1], err);
    for (i = 0; i < 2 && result == ERR_OK && options->embed; i++)
        if (models[i].slot >= 0 && models[i].kind == VECTORS_SERVER)
            embedders.at[embedders.len++] = (struct embedder){ .which = models[i] };
    if (result == ERR_OK)
        total = stats.works - stats.vectors + (embedders.len > 1 ? stats.works - stats.next : 0);
    for (i = 0; i < embedders.len && result == ERR_OK; i++)
        result = fill_model(store, &embedders.at[i], options, added, total, err);
    if (result == ERR_OK)
        result = sweep(store, err);
    if (result == ERR_OK)
        result = vectors_refresh(store, err);
    embedders_close(&embedders);
    return result;
}
