/*
 * Vectors of repositories: as they come, and behind that for those that were missed (a library
 * whose model has changed, or is a server's).
 */
#include "embed_missing.h"

#include "carrel/repositories.h"

#include <stdlib.h>
#include <string.h>

#define SOME LIBRARY_EMBED_TEXTS

int repository_embed(struct writer *writer, int64_t id, struct error *err)
{
    const struct embedder *serving = &writer->embedders.at[0];
    struct arena *arena;
    char *heading, *body;
    int8_t vector[EMBED_DIM_MAX];
    int result;

    if (writer->embedders.len == 0)
        return ERR_OK; /* a server's: it comes behind */
    arena = arena_new();
    result = repositories_text(writer->store, arena, id, &heading, &body, err);
    if (result == ERR_OK) {
        library_embed_chunk(serving->model, heading, body, vector);
        result = repositories_set_vector(writer->store, id, serving->which.content, vector,
                                         (size_t)serving->which.dim, err);
    }
    arena_free(arena);
    return result == ERR_NOTFOUND ? ERR_OK : result; /* nothing is known of it yet */
}

/* The texts of some, one each. */
static int read_texts(struct store *store, struct arena *arena, const int64_t *ids, size_t count,
                      char **headings, char **bodies, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        result = repositories_text(store, arena, ids[i], &headings[i], &bodies[i], err);
    return result;
}

static int make_vectors(const struct library_embedding *options, const struct embed_model *model,
                        struct arena *arena, char **headings, char **bodies, size_t count,
                        size_t dim, int8_t *out, struct error *err)
{
    const char *texts[SOME];
    float *vectors;
    size_t i;
    int result;

    for (i = 0; i < count && model; i++)
        library_embed_chunk(model, headings[i], bodies[i], out + i * dim);
    if (model)
        return ERR_OK;
    vectors = mem_alloc(count * dim * sizeof *vectors);
    for (i = 0; i < count; i++)
        texts[i] = arena_printf(arena, "%s\n%s", headings[i], bodies[i]);
    result = options->embed(options->ctx, texts, count, vectors, dim, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        embed_quantise(out + i * dim, vectors + i * dim, dim);
    free(vectors);
    return result;
}

static int keep_vectors(struct store *store, const int64_t *ids, size_t count,
                        const struct vectors_model *which, const int8_t *vectors, struct error *err)
{
    size_t dim = (size_t)which->dim, i;
    int result = store_begin_light(store, err); /* they can be made again */

    if (result != ERR_OK)
        return result;
    for (i = 0; i < count && result == ERR_OK; i++)
        result =
            repositories_set_vector(store, ids[i], which->content, vectors + i * dim, dim, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

static int embed_some(struct store *store, const struct vectors_model *which,
                      const struct embed_model *model, const struct library_embedding *options,
                      const int64_t *ids, size_t count, struct error *err)
{
    struct arena *arena = arena_new();
    char *headings[SOME], *bodies[SOME];
    int8_t *vectors = mem_zalloc(SOME * (size_t)which->dim);
    int result = read_texts(store, arena, ids, count, headings, bodies, err);

    if (result == ERR_OK)
        result = make_vectors(options, model, arena, headings, bodies, count, (size_t)which->dim,
                              vectors, err);
    if (result == ERR_OK)
        result = keep_vectors(store, ids, count, which, vectors, err);
    free(vectors);
    arena_free(arena);
    return result;
}

const struct embed_kind embed_repositories = { .without = repositories_without_vectors,
                                               .embed = embed_some,
                                               .at_once = SOME };

int library_embed_repositories(struct store *store, const struct library_embedding *options,
                               int64_t *added, struct error *err)
{
    return embed_missing(&embed_repositories, store, options, added, err);
}
