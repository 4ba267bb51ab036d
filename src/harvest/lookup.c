/*
 * Single papers by their ids: asked of the source that can look up such ids, saved like a page,
 * with no place to keep.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>

static int lookup_nothing(void *ctx, struct store *store, const struct import_counts *page,
                          struct error *err)
{
    (void)ctx;
    (void)store;
    (void)page;
    (void)err;
    return ERR_OK;
}

static void lookup_mark(const struct record *record, const struct ident *ids, size_t count,
                        bool *found)
{
    struct ident ident;
    size_t i;

    if (!record->id || !ident_parse(&ident, record->id))
        return;
    for (i = 0; i < count; i++)
        if (ids[i].scheme == ident.scheme && strcmp(ids[i].value, ident.value) == 0)
            found[i] = true;
}

static int lookup_save(struct worker *worker, const struct ident *ids, size_t count, bool *found,
                       struct error *err)
{
    size_t i;
    int result = worker->page.len > 0 ? worker_importer(worker, err) : ERR_OK;

    for (i = 0; i < worker->page.len && result == ERR_OK; i++)
        result = importer_add(worker->importer, &worker->page.records[i], err);
    if (result == ERR_OK && worker->page.len > 0)
        result = importer_checkpoint(worker->importer, lookup_nothing, NULL, NULL, err);
    if (result != ERR_OK)
        worker->importer_failed = true;
    for (i = 0; i < worker->page.len && result == ERR_OK; i++)
        lookup_mark(&worker->page.records[i], ids, count, found);
    return result;
}

static int lookup_some(struct worker *worker, const struct ident *ids, size_t count, bool *found,
                       struct error *err)
{
    const struct harvest_source *source = worker->task->source;
    struct place place = { .cursor = STR_INIT };
    int result = source->ops->lookup(&source->settings, ids, count, &place.cursor, err);

    if (result == ERR_OK)
        result = page_fetch(worker, &place, err);
    if (result == ERR_OK)
        result = lookup_save(worker, ids, count, found, err);
    str_free(&place.cursor);
    return result;
}

static int lookup_all(struct harvest *harvest, const struct ident *ids, size_t count, bool *found,
                      struct error *err)
{
    struct worker worker;
    size_t most = harvest->tasks[0].source->ops->lookup_max, i;
    int result = worker_open(&worker, harvest, err), closed;
    struct error why = { 0 };

    if (result != ERR_OK)
        return result;
    worker.task = &harvest->tasks[0];
    worker.task->began = clock_ticks_ms();
    for (i = 0; i < count && result == ERR_OK; i += most)
        result = lookup_some(&worker, ids + i, count - i < most ? count - i : most, found + i, err);
    closed = worker_close(&worker, &why);
    return result == ERR_OK && closed != ERR_OK ? error_set(err, closed, "%s", why.message)
                                                : result;
}

/* The configured source that can; else arXiv, which everybody may ask. */
static int lookup_plan(struct harvest *harvest, struct source_task *task, struct error *err)
{
    static const char *const arxiv[] = { "arxiv" };
    const struct config *config = harvest->options->config;
    size_t i;
    int result = harvest_plan_new(&harvest->plan, config, NULL, 0, err);

    for (i = 0; result == ERR_OK && i < harvest->plan.count; i++)
        if (harvest->plan.sources[i].ops->lookup)
            break;
    if (result == ERR_OK && i == harvest->plan.count) {
        harvest_plan_free(&harvest->plan);
        result = harvest_plan_new(&harvest->plan, config, arxiv, 1, err);
        i = 0;
    }
    if (result == ERR_OK)
        task->source = &harvest->plan.sources[i];
    return result;
}

/* A transfer looks at the harvest's own flag; a cancel from outside is passed on by this thread. */
static void *lookup_keeper(void *ctx)
{
    struct harvest *harvest = ctx;

    while (!atomic_load(&harvest->over)) {
        if (harvest->options->cancel && atomic_load(harvest->options->cancel))
            atomic_store(&harvest->stop, true);
        clock_sleep_ms(20);
    }
    return NULL;
}

int harvest_lookup(const struct harvest_options *options, const struct ident *ids, size_t count,
                   bool *found, struct error *err)
{
    struct harvest harvest = { .options = options };
    struct source_task task = { 0 };
    pthread_t keeper;
    size_t i;
    int result;

    for (i = 0; i < count; i++) {
        found[i] = false;
        if (ids[i].scheme != ID_ARXIV)
            return error_set(err, ERR_USAGE, "%s:%s cannot be fetched by its id here",
                             ident_scheme_name(ids[i].scheme), ids[i].value);
    }
    pthread_mutex_init(&harvest.lock, NULL);
    harvest.tries = config_int(options->config, "harvest.tries");
    result = lookup_plan(&harvest, &task, err);
    if (result == ERR_OK) {
        harvest.tasks = &task;
        harvest.net = harvest_net(options);
        if (pthread_create(&keeper, NULL, lookup_keeper, &harvest) != 0)
            die("cannot start a thread");
        result = lookup_all(&harvest, ids, count, found, err);
        atomic_store(&harvest.over, true);
        pthread_join(keeper, NULL);
        net_free(harvest.net);
    }
    harvest_plan_free(&harvest.plan);
    pthread_mutex_destroy(&harvest.lock);
    return result;
}
