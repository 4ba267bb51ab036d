/*
 * Vectors of what has none of the model that serves: passages of documents and repositories.
 */
#include "embed_missing.h"

#define ROUND 64 /* looked up at a time */

static int embed_round(const struct embed_kind *kind, struct store *store,
                       const struct vectors_model *serving, const struct embed_model *model,
                       const struct library_embedding *options, const int64_t *ids, size_t count,
                       int64_t *added, struct error *err)
{
    size_t from, some;
    int result = ERR_OK;

    for (from = 0; from < count && result == ERR_OK; from += some) {
        some = count - from < kind->at_once ? count - from : kind->at_once;
        result = kind->embed(store, serving, model, options, ids + from, some, err);
        *added += result == ERR_OK ? (int64_t)some : 0;
        if (result == ERR_OK && options->progress && options->progress(options->ctx, *added, 0))
            result = error_set(err, ERR_CANCELLED, "stopped; embedding goes on another time");
    }
    return result;
}

int embed_missing(const struct embed_kind *kind, struct store *store,
                  const struct library_embedding *options, int64_t *added, struct error *err)
{
    const struct embed_model *model = NULL;
    struct vectors_model serving, next;
    int64_t ids[ROUND];
    size_t count;
    int result = vectors_models(store, &serving, &next, err);

    *added = 0;
    if (result != ERR_OK || serving.slot < 0)
        return result;
    if (serving.kind != VECTORS_SERVER)
        result = vectors_open_model(&model, store, &serving, err);
    else if (!options->embed)
        return ERR_OK; /* somebody who can will come */
    do {
        count = 0;
        if (result == ERR_OK)
            result = kind->without(ids, ROUND, &count, store, serving.content, err);
        if (result == ERR_OK)
            result = embed_round(kind, store, &serving, model, options, ids, count, added, err);
    } while (result == ERR_OK && count > 0);
    return result == ERR_NOTFOUND ? ERR_OK : result; /* this carrel has no model */
}

int embed_is_missing(bool *missing, struct vectors_model *serving, const struct embed_kind *kind,
                     struct store *store, struct error *err)
{
    struct vectors_model next;
    int64_t id;
    size_t count = 0;
    int result = vectors_models(store, serving, &next, err);

    if (result == ERR_OK && serving->slot >= 0)
        result = kind->without(&id, 1, &count, store, serving->content, err);
    *missing = count > 0;
    return result;
}
