/*
 * The job that gives works their vectors: those that have none, and all of them for a model that is
 * being prepared. In small transactions of its own, so that stopping, crashing and starting again
 * cost a batch at most.
 *
 * Here the configuration is obeyed, too: a server that is named, or named no longer, becomes a
 * model in preparation, and serves when all works have its vectors.
 */
#include "carrel/kinds.h"

#include "carrel/library.h"
#include "carrel/vectors.h"
#include "carrel/works.h"

#include "embed_server.h"

#include <stdio.h>

struct embed_job {
    struct job_run *run;
    struct embed_server *server; /* NULL: none is configured */
};

static int embed_progress(void *ctx, int64_t done, int64_t total)
{
    struct embed_job *job = ctx;

    job_progress(job->run, done, total, "papers");
    return atomic_load(job->run->stop);
}

static int embed_texts(void *ctx, const char *const *texts, size_t count, float *vectors,
                       size_t dim, struct error *err)
{
    struct embed_job *job = ctx;

    return embed_server_texts(job->server, texts, count, vectors, dim, err);
}

/* The model that the configuration asks for; slot -1 with an empty name: the one there is. */
static int wanted_model(struct embed_job *job, struct vectors_model *out, struct error *err)
{
    const struct embed_model *builtin = embed_builtin();
    struct vectors_model serving, next;
    int result;

    *out = (struct vectors_model){ .slot = -1 };
    if (job->server)
        return embed_server_model(job->server, out, err);
    result = vectors_models(job->run->store, &serving, &next, err);
    if (result != ERR_OK || !builtin || serving.slot < 0 || serving.kind != VECTORS_SERVER
        || (next.slot >= 0 && next.kind != VECTORS_SERVER))
        return result;
    out->kind = VECTORS_BUILTIN;
    out->content = embed_info(builtin)->id;
    out->dim = embed_info(builtin)->dim;
    snprintf(out->name, sizeof out->name, "%s", embed_info(builtin)->name);
    return ERR_OK;
}

static int prepare_model(struct store *store, const struct vectors_model *model, struct error *err)
{
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = vectors_prepare(store, model, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

static int embed_run(struct embed_job *job, int64_t *added, struct error *err)
{
    struct library_embedding options = { .progress = embed_progress,
                                         .embed = job->server ? embed_texts : NULL,
                                         .ctx = job };
    struct vectors_model wanted;
    int64_t documents = 0, repositories = 0;
    int result = wanted_model(job, &wanted, err);

    if (result == ERR_OK && wanted.slot < 0 && *wanted.name)
        result = prepare_model(job->run->store, &wanted, err);
    if (result == ERR_OK)
        result = library_embed(job->run->store, &options, added, err);
    if (result == ERR_OK)
        result = library_embed_documents(job->run->store, &options, &documents, err);
    if (result == ERR_OK)
        result = library_embed_repositories(job->run->store, &options, &repositories, err);
    *added += documents + repositories;
    return result;
}

int kind_embed(struct job_run *run, struct error *err)
{
    struct embed_job job = { .run = run };
    int64_t added = 0, requests, tokens;
    struct jsonw w;
    int result = embed_server_open(&job.server, run->ctx, run->store, run->stop, err);

    if (result == ERR_OK)
        result = embed_run(&job, &added, err);
    if (result == ERR_OK) {
        jsonw_start(&w, &run->result);
        jsonw_object(&w);
        jsonw_key_int(&w, "vectors", added);
        if (job.server) {
            embed_server_cost(job.server, &requests, &tokens);
            jsonw_key_int(&w, "requests", requests);
            jsonw_key_int(&w, "tokens", tokens);
        }
        jsonw_end(&w);
    }
    embed_server_free(job.server);
    return result;
}

/* Has the configuration changed, or is there a model that waits for vectors? Works that came in
 * under a server's model have none yet. */
static int embed_due(struct store *store, const struct app *app, bool *due, struct error *err)
{
    bool server = config_text(app->config, "embedding.url") != NULL;
    struct vectors_model serving, next;
    int result = vectors_unsettled(store, due, err);

    if (result == ERR_OK)
        result = vectors_models(store, &serving, &next, err);
    *due =
        *due || server || next.slot >= 0 || (serving.slot >= 0 && serving.kind == VECTORS_SERVER);
    return result;
}

int embed_job_due(struct store *store, const struct app *app, struct error *err)
{
    struct job_request request = { .kind = "embed", .key = "embed" };
    int64_t works = 0, job;
    bool due = false;
    int result = embed_due(store, app, &due, err);

    if (result == ERR_OK)
        result = works_count(store, &works, err);
    if (result != ERR_OK || works == 0 || !due)
        return result;
    return app_job_add(store, &request, &job, NULL, err);
}
