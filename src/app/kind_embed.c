/*
 * The job that gives works their vectors: those that have none, and all of them for a model that is
 * being prepared. In small transactions of its own, so that stopping, crashing and starting again
 * cost a batch at most.
 */
#include "carrel/kinds.h"

#include "carrel/library.h"
#include "carrel/vectors.h"
#include "carrel/works.h"

static int embed_progress(void *ctx, int64_t done, int64_t total)
{
    struct job_run *run = ctx;

    job_progress(run, done, total, "papers");
    return atomic_load(run->stop);
}

int kind_embed(struct job_run *run, struct error *err)
{
    struct library_embedding options = { .progress = embed_progress, .ctx = run };
    int64_t added = 0;
    struct jsonw w;
    int result = library_embed(run->store, &options, &added, err);

    if (result != ERR_OK)
        return result;
    jsonw_start(&w, &run->result);
    jsonw_object(&w);
    jsonw_key_int(&w, "vectors", added);
    jsonw_end(&w);
    return ERR_OK;
}

int embed_job_due(struct store *store, struct error *err)
{
    struct job_request request = { .kind = "embed", .key = "embed" };
    struct vectors_model serving, next;
    int64_t works = 0, job;
    bool due;
    int result = vectors_unsettled(store, &due, err);

    if (result == ERR_OK)
        result = vectors_models(store, &serving, &next, err);
    if (result == ERR_OK)
        result = works_count(store, &works, err);
    if (result != ERR_OK || works == 0 || !(due || next.slot >= 0))
        return result;
    return app_job_add(store, &request, &job, NULL, err);
}
