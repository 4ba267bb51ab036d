/*
 * Vectors of passages: those of the model that serves, for the chunks of documents that have none
 * of it. A document a transaction, so it can be stopped and killed at any time.
 */
#include "embed_missing.h"

#include "carrel/documents.h"

#include <stdlib.h>
#include <string.h>

void library_embed_chunk(const struct embed_model *model, const char *heading, const char *body,
                         int8_t *out)
{
    size_t dim = (size_t)embed_info(model)->dim;
    float vector[EMBED_DIM_MAX];

    if (embed_text(model, heading, body, vector))
        embed_quantise(out, vector, dim);
    else
        memset(out, 0, dim);
}

/* Chunks by a server, LIBRARY_EMBED_TEXTS at a time. */
static int ask_server(const struct library_embedding *options, const struct stored_chunk *chunks,
                      size_t count, size_t dim, int8_t *out, struct error *err)
{
    float *vectors = mem_alloc(LIBRARY_EMBED_TEXTS * dim * sizeof *vectors);
    const char *texts[LIBRARY_EMBED_TEXTS];
    size_t from, i;
    int result = ERR_OK;

    for (from = 0; from < count && result == ERR_OK; from += LIBRARY_EMBED_TEXTS) {
        size_t some = count - from < LIBRARY_EMBED_TEXTS ? count - from : LIBRARY_EMBED_TEXTS;

        for (i = 0; i < some; i++)
            texts[i] = chunks[from + i].body;
        result = options->embed(options->ctx, texts, some, vectors, dim, err);
        for (i = 0; i < some && result == ERR_OK; i++)
            embed_quantise(out + (from + i) * dim, vectors + i * dim, dim);
    }
    free(vectors);
    return result;
}

static int embed_document(struct store *store, const struct vectors_model *which,
                          const struct embed_model *model, const struct library_embedding *options,
                          int64_t id, struct error *err)
{
    struct arena *arena = arena_new();
    size_t dim = (size_t)which->dim, count = 0, i;
    struct stored_chunk *chunks = NULL;
    int8_t *vectors = NULL;
    int result = documents_chunks(&chunks, &count, store, arena, id, err);

    if (result == ERR_OK) {
        vectors = mem_zalloc((count + 1) * dim);
        if (!model)
            result = ask_server(options, chunks, count, dim, vectors, err);
        for (i = 0; i < count && model; i++)
            library_embed_chunk(model, chunks[i].heading, chunks[i].body, vectors + i * dim);
    }
    if (result == ERR_OK)
        result = store_begin_light(store, err); /* it can be made again */
    if (result == ERR_OK) {
        result = documents_set_vectors(store, id, which->content, dim, vectors, count, err);
        if (result == ERR_OK)
            result = store_commit(store, err);
        else
            store_rollback(store);
    }
    free(vectors);
    arena_free(arena);
    return result;
}

static int embed_some(struct store *store, const struct vectors_model *which,
                      const struct embed_model *model, const struct library_embedding *options,
                      const int64_t *ids, size_t count, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        result = embed_document(store, which, model, options, ids[i], err);
    return result;
}

/* One at a time: a long one takes a server a while. */
const struct embed_kind embed_documents = { .without = documents_without_vectors,
                                            .embed = embed_some,
                                            .at_once = 1 };

int library_embed_documents(struct store *store, const struct library_embedding *options,
                            int64_t *added, struct error *err)
{
    return embed_missing(&embed_documents, store, options, added, err);
}
