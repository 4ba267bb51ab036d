/*
 * A worker: what one thread needs to harvest the sources of one origin. Its importer is made when
 * there is something to save, and made anew for the next source when it has failed.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>

struct net *harvest_net(const struct harvest_options *options)
{
    const struct net_options net = {
        .version = options->version,
        .contact = config_text(options->config, "harvest.contact"),
        .ca_file = config_text(options->config, "net.ca-file"),
        .backoff_ms = config_int(options->config, "harvest.backoff"),
    };

    return net_new(&net);
}

int worker_open(struct worker *worker, struct harvest *harvest, struct error *err)
{
    struct store_options options = { .create = true };
    int result;

    memset(worker, 0, sizeof *worker);
    worker->harvest = harvest;
    result = store_open(&worker->store, harvest->options->library, &options, err);
    if (result != ERR_OK)
        return result;
    worker->paced = paced_new(harvest->pace, worker->store);
    worker->client = net_client_new(harvest->net, paced_ledger(), worker->paced);
    page_init(&worker->page);
    source_request_init(&worker->request);
    source_turn_init(&worker->turn);
    return ERR_OK;
}

/* What the importer still has to bring up to date is done here, so that the next search need not.
 */
static int worker_close_importer(struct worker *worker, struct error *err)
{
    int result = ERR_OK;

    if (worker->importer && !worker->importer_failed)
        result = importer_finish(worker->importer, NULL, err);
    importer_free(worker->importer);
    worker->importer = NULL;
    worker->importer_failed = false;
    return result;
}

int worker_importer(struct worker *worker, struct error *err)
{
    if (worker->importer && !worker->importer_failed)
        return ERR_OK;
    worker_close_importer(worker, NULL);
    return importer_new_by_pages(&worker->importer, worker->harvest->options->library, err);
}

int worker_token(struct worker *worker, struct error *err)
{
    const struct source_settings *settings = &worker->task->source->settings;

    free(worker->bearer);
    return net_bearer(&worker->bearer, settings->text(settings->ctx, "token-file"), err);
}

int worker_close(struct worker *worker, struct error *err)
{
    int result = ERR_OK;

    if (!worker->harvest || !worker->store)
        return ERR_OK;
    result = worker_close_importer(worker, err);
    net_client_free(worker->client);
    paced_free(worker->paced);
    store_close(worker->store);
    page_free(&worker->page);
    source_request_free(&worker->request);
    source_turn_free(&worker->turn);
    net_answer_free(&worker->answer);
    free(worker->bearer);
    memset(worker, 0, sizeof *worker);
    return result;
}

bool worker_stopped(const struct worker *worker)
{
    const atomic_bool *cancel = worker->harvest->options->cancel;

    return atomic_load(&worker->harvest->stop) || (cancel && atomic_load(cancel));
}

void worker_tell(struct worker *worker, const char *state, int64_t until, bool now)
{
    const struct harvest_options *options = worker->harvest->options;
    int64_t ticks = clock_ticks_ms();
    struct harvest_progress progress;

    if (!options->progress || (!now && ticks - worker->shown < TELL_MS))
        return;
    worker->shown = ticks;
    progress = (struct harvest_progress){ .source = worker->task->source->name,
                                          .what = worker->request.purpose.ptr,
                                          .state = state,
                                          .until = until,
                                          .got = worker->got,
                                          .total = worker->total,
                                          .seen = worker->task->run.seen,
                                          .took_ms = ticks - worker->task->began };
    pthread_mutex_lock(&worker->harvest->lock);
    options->progress(options->ctx, &progress);
    pthread_mutex_unlock(&worker->harvest->lock);
}
