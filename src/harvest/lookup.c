/*
 * Single papers by their ids: asked of the source that can look up such ids, saved like a page,
 * with no place to keep.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>

static int lookup_saved(void *ctx, struct store *store, const struct import_counts *page,
                        struct error *err)
{
    (void)page;
    return page_accept(ctx, store, err);
}

static void lookup_mark_id(const char *id, const struct ident *ids, size_t count, bool *found)
{
    struct ident ident;
    size_t i;

    if (!id || !ident_parse(&ident, id))
        return;
    for (i = 0; i < count; i++)
        if (ids[i].scheme == ident.scheme && strcmp(ids[i].value, ident.value) == 0)
            found[i] = true;
}

/* By any of its names: a paper that was asked for as hf:... is called arxiv:... */
static void lookup_mark(const struct record *record, const struct ident *ids, size_t count,
                        bool *found)
{
    size_t i;

    lookup_mark_id(record->id, ids, count, found);
    for (i = 0; i < record->aliases.len; i++)
        lookup_mark_id(record->aliases.items[i], ids, count, found);
}

static int lookup_save(struct worker *worker, const struct ident *ids, size_t count, bool *found,
                       struct error *err)
{
    size_t i;
    int result = worker->page.len > 0 ? worker_importer(worker, err) : ERR_OK;

    for (i = 0; i < worker->page.len && result == ERR_OK; i++)
        result = importer_add(worker->importer, &worker->page.records[i], err);
    if (result == ERR_OK && worker->page.len > 0)
        result = importer_checkpoint(worker->importer, lookup_saved, worker, NULL, err);
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

    do {
        if (result == ERR_OK)
            result = page_fetch(worker, &place, err);
        if (result == ERR_OK)
            result = lookup_save(worker, ids, count, found, err);
        str_clear(&place.cursor);
        str_add(&place.cursor, worker->turn.cursor.ptr);
        /* Of a list one page has them all; one subject may take several questions. */
    } while (result == ERR_OK && source->ops->subjects && !worker->turn.finished);
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
    result = worker_token(&worker, err);
    for (i = 0; i < count && result == ERR_OK; i += most)
        result = lookup_some(&worker, ids + i, count - i < most ? count - i : most, found + i, err);
    closed = worker_close(&worker, &why);
    return result == ERR_OK && closed != ERR_OK ? error_set(err, closed, "%s", why.message)
                                                : result;
}

/* The service that looks up such ids. */
static const struct source_ops *lookup_ops(enum id_scheme scheme)
{
    size_t i;

    for (i = 0; source_at(i); i++)
        if (source_at(i)->lookup && source_at(i)->lookup_scheme == scheme)
            return source_at(i);
    return NULL;
}

const char *harvest_looks_up(enum id_scheme scheme)
{
    const struct source_ops *ops = lookup_ops(scheme);

    return ops ? ops->title : NULL;
}

/* The configured source that can; else the service as it is without a word of configuration, which
 * everybody may ask. */
static int lookup_plan(struct harvest *harvest, struct source_task *task,
                       const struct source_ops *ops, struct error *err)
{
    const char *const names[] = { ops->kind };
    const struct config *config = harvest->options->config;
    size_t i;
    int result = harvest_plan_new(&harvest->plan, config, NULL, 0, err);

    for (i = 0; result == ERR_OK && i < harvest->plan.count; i++)
        if (harvest->plan.sources[i].ops == ops)
            break;
    if (result == ERR_OK && i == harvest->plan.count) {
        harvest_plan_free(&harvest->plan);
        result = harvest_plan_new(&harvest->plan, config, names, 1, err);
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

/* Ids of one scheme. */
static int lookup_service(const struct harvest_options *options, const struct source_ops *ops,
                          const struct ident *ids, size_t count, bool *found, struct error *err)
{
    struct harvest harvest = { .options = options };
    struct source_task task = { 0 };
    pthread_t keeper;
    int result;

    pthread_mutex_init(&harvest.lock, NULL);
    harvest.tries = config_int(options->config, "harvest.tries");
    result = lookup_plan(&harvest, &task, ops, err);
    if (result == ERR_OK) {
        harvest.tasks = &task;
        harvest.net = harvest_net(options);
        harvest.pace = pace_new(options->config, options->version, &harvest.stop);
        if (pthread_create(&keeper, NULL, lookup_keeper, &harvest) != 0)
            die("cannot start a thread");
        result = lookup_all(&harvest, ids, count, found, err);
        atomic_store(&harvest.over, true);
        pthread_join(keeper, NULL);
        pace_free(harvest.pace);
        net_free(harvest.net);
    }
    harvest_plan_free(&harvest.plan);
    pthread_mutex_destroy(&harvest.lock);
    return result;
}

/* Those of one scheme, together, whatever stands between them. */
static int lookup_scheme(const struct harvest_options *options, enum id_scheme scheme,
                         const struct ident *ids, size_t count, bool *found, struct error *err)
{
    struct ident *some = mem_alloc(count * sizeof *some);
    bool *came = mem_zalloc(count * sizeof *came);
    size_t n = 0, i;
    int result;

    for (i = 0; i < count; i++)
        if (ids[i].scheme == scheme)
            some[n++] = ids[i];
    result = lookup_service(options, lookup_ops(scheme), some, n, came, err);
    for (i = n = 0; i < count; i++)
        if (ids[i].scheme == scheme)
            found[i] = came[n++];
    free(some);
    free(came);
    return result;
}

int harvest_lookup(const struct harvest_options *options, const struct ident *ids, size_t count,
                   bool *found, struct error *err)
{
    size_t i, k;
    int result = ERR_OK;

    for (i = 0; i < count; i++) {
        found[i] = false;
        if (!lookup_ops(ids[i].scheme))
            return error_set(err, ERR_USAGE, "%s:%s cannot be fetched by its id here",
                             ident_scheme_name(ids[i].scheme), ids[i].value);
    }
    for (i = 0; i < count && result == ERR_OK; i++) {
        for (k = 0; k < i && ids[k].scheme != ids[i].scheme; k++)
            continue;
        if (k == i) /* the first of its scheme */
            result = lookup_scheme(options, ids[i].scheme, ids, count, found, err);
    }
    return result;
}
