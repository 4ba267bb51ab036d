/*
 * The driver: first the lists, then what is asked for one by one; a thread for each origin, a
 * keeper that renews leases and passes a cancel on, and the report.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 8
#define KEEPER_MS 50

void harvest_fail(struct harvest *harvest, int result, const struct error *err)
{
    pthread_mutex_lock(&harvest->lock);
    if (harvest->fatal == ERR_OK) {
        harvest->fatal = result;
        harvest->fatal_err = *err;
    }
    pthread_mutex_unlock(&harvest->lock);
    atomic_store(&harvest->stop, true);
}

/* What single things are to be asked for is known when the lists have been read. */
static bool in_phase(const struct harvest *harvest, size_t i)
{
    return (harvest->plan.sources[i].ops->subjects != SOURCE_LISTS) == harvest->lists_read;
}

/* The next origin that nobody has taken: the number of its first task. */
static bool harvest_take(struct harvest *harvest, size_t *first)
{
    bool taken = false;
    size_t i;

    pthread_mutex_lock(&harvest->lock);
    while (harvest->next < harvest->plan.count && !taken) {
        const char *origin = harvest->plan.sources[harvest->next].origin.name;

        for (i = 0; i < harvest->next; i++)
            if (in_phase(harvest, i) && strcmp(harvest->plan.sources[i].origin.name, origin) == 0)
                break;
        taken = i == harvest->next && in_phase(harvest, i);
        *first = harvest->next++;
    }
    pthread_mutex_unlock(&harvest->lock);
    return taken;
}

/* All sources of an origin, one after the other. */
static void harvest_origin(struct worker *worker, size_t first)
{
    struct harvest *harvest = worker->harvest;
    size_t i;

    for (i = first; i < harvest->plan.count && !worker_stopped(worker); i++) {
        if (!in_phase(harvest, i)
            || strcmp(harvest->plan.sources[i].origin.name,
                      harvest->plan.sources[first].origin.name)
                   != 0)
            continue;
        worker->task = &harvest->tasks[i];
        source_harvest(worker);
    }
}

static void *harvest_thread(void *ctx)
{
    struct harvest *harvest = ctx;
    struct worker worker;
    struct error err = { 0 };
    size_t first;
    int result = worker_open(&worker, harvest, &err);

    while (result == ERR_OK && !worker_stopped(&worker) && harvest_take(harvest, &first))
        harvest_origin(&worker, first);
    if (result == ERR_OK)
        result = worker_close(&worker, &err);
    if (result != ERR_OK)
        harvest_fail(harvest, result, &err);
    return NULL;
}

/* ---- the keeper ---- */

/* A lease that cannot be renewed ends its source at the next page: saving asks for it again. */
static void keeper_renew(struct harvest *harvest, struct store *store)
{
    size_t i;

    for (i = 0; i < harvest->plan.count; i++) {
        struct source_task *task = &harvest->tasks[i];
        struct error err = { 0 };

        if (atomic_load(&task->leased) && lease_renew(store, &task->lease, LEASE_MS, &err) != ERR_OK
            && atomic_load(&task->leased))
            log_write(LOG_WARN, "%s: %s", task->source->name, err.message);
    }
}

static void *harvest_keeper(void *ctx)
{
    struct harvest *harvest = ctx;
    struct store_options options = { 0 };
    int64_t renewed = clock_ticks_ms();
    struct store *store = NULL;
    struct error err;

    if (store_open(&store, harvest->options->library, &options, &err) != ERR_OK)
        store = NULL; /* the workers will say the same; the cancel is still to be passed on */
    while (!atomic_load(&harvest->over)) {
        if (harvest->options->cancel && atomic_load(harvest->options->cancel))
            atomic_store(&harvest->stop, true);
        if (store && clock_ticks_ms() - renewed > LEASE_RENEW_MS) {
            keeper_renew(harvest, store);
            renewed = clock_ticks_ms();
        }
        clock_sleep_ms(KEEPER_MS);
    }
    store_close(store);
    return NULL;
}

/* ---- the report ---- */

static int report_gaps(struct harvest_report *report, struct harvest_result *out,
                       struct store *store, struct error *err)
{
    return gaps_list(store, report->arena, out->name, true, &out->gaps, &out->gap_count, err);
}

static int64_t report_next(struct store *store, struct arena *arena, const char *origin)
{
    struct ledger_origin *origins;
    size_t count, i;

    if (ledger_origins(store, arena, &origins, &count, NULL) != ERR_OK)
        return 0;
    for (i = 0; i < count; i++)
        if (strcmp(origins[i].name, origin) == 0)
            return origins[i].next_at;
    return 0;
}

static int report_source(struct harvest *harvest, struct harvest_report *report, size_t i,
                         struct store *store, struct error *err)
{
    const struct source_task *task = &harvest->tasks[i];
    struct harvest_result *out = &report->results[i];

    out->name = arena_strdup(report->arena, task->source->name);
    out->run = task->run;
    out->run.source = out->name;
    out->run.owner = arena_strdup(report->arena, "");
    out->error = arena_strdup(report->arena, task->status == ERR_OK ? "" : task->err.message);
    out->run.error = out->error;
    out->skipped = task->skipped;
    out->followed = task->followed;
    out->due = task->due;
    out->more = task->more;
    out->sliced = task->sliced;
    out->status = task->status;
    out->missed = task->missed;
    out->next_allowed = report_next(store, report->arena, task->source->origin.name);
    report->partial |= task->missed > 0 || (task->status != ERR_OK && !task->skipped);
    return report_gaps(report, out, store, err);
}

static int harvest_report(struct harvest *harvest, struct harvest_report *report, struct error *err)
{
    struct store_options options = { 0 };
    struct store *store;
    size_t i;
    int result = store_open(&store, harvest->options->library, &options, err);

    report->results =
        arena_alloc(report->arena, (harvest->plan.count + 1) * sizeof *report->results);
    if (result != ERR_OK)
        return result;
    report->count = harvest->plan.count;
    report->pace_problem = arena_strdup(report->arena, pace_problem(harvest->pace));
    for (i = 0; i < report->count; i++) {
        int read = report_source(harvest, report, i, store, err);

        result = result == ERR_OK ? read : result;
    }
    store_close(store);
    return result;
}

void harvest_report_free(struct harvest_report *report)
{
    arena_free(report->arena);
    memset(report, 0, sizeof *report);
}

/* ---- all of it ---- */

static size_t harvest_origins(const struct harvest *harvest)
{
    const struct harvest_plan *plan = &harvest->plan;
    size_t i, k, count = 0;

    for (i = 0; i < plan->count; i++) {
        for (k = 0; k < i; k++)
            if (in_phase(harvest, k)
                && strcmp(plan->sources[i].origin.name, plan->sources[k].origin.name) == 0)
                break;
        count += k == i && in_phase(harvest, i);
    }
    return count;
}

/* All sources of a phase side by side. */
static void harvest_run_phase(struct harvest *harvest)
{
    size_t threads = harvest_origins(harvest), i;
    pthread_t ids[THREADS_MAX];

    harvest->next = 0;
    if (threads > THREADS_MAX)
        threads = THREADS_MAX;
    for (i = 0; i < threads; i++)
        if (pthread_create(&ids[i], NULL, harvest_thread, harvest) != 0)
            die("cannot start a thread");
    for (i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
}

static void harvest_run_all(struct harvest *harvest)
{
    pthread_t keeper;

    if (pthread_create(&keeper, NULL, harvest_keeper, harvest) != 0)
        die("cannot start a thread");
    harvest_run_phase(harvest);
    harvest->lists_read = true;
    harvest_run_phase(harvest);
    atomic_store(&harvest->over, true);
    pthread_join(keeper, NULL);
}

/* The library is there before the first thread looks for it. */
static int harvest_open(struct harvest *harvest, struct error *err)
{
    const struct harvest_options *options = harvest->options;
    struct store_options store_options = { .create = true };
    struct store *store;
    size_t i;
    int result = harvest_plan_subject(&harvest->plan, options->config, options->sources,
                                      options->source_count, options->subject, err);

    if (result != ERR_OK)
        return result;
    result = store_open(&store, options->library, &store_options, err);
    if (result == ERR_OK && store_read_only(store)) {
        result = store_begin(store, err); /* says in one line that and why it may not be written */
        store_rollback(store);
    }
    if (result == ERR_OK || store)
        store_close(store);
    harvest->tasks = mem_zalloc((harvest->plan.count + 1) * sizeof *harvest->tasks);
    for (i = 0; i < harvest->plan.count; i++)
        harvest->tasks[i].source = &harvest->plan.sources[i];
    harvest->tries = config_int(options->config, "harvest.tries");
    return result;
}

static int harvest_outcome(struct harvest *harvest, int reported, struct error *err)
{
    const atomic_bool *cancel = harvest->options->cancel;

    if (harvest->fatal != ERR_OK) {
        if (err)
            *err = harvest->fatal_err;
        return harvest->fatal;
    }
    if (cancel && atomic_load(cancel))
        return error_set(
            err, ERR_CANCELLED,
            "stopped; what was fetched is saved, and the next sync goes on from there");
    return reported;
}

int harvest_sync(const struct harvest_options *options, struct harvest_report *report,
                 struct error *err)
{
    struct harvest harvest = { .options = options };
    struct error why = { 0 };
    int result;

    memset(report, 0, sizeof *report);
    report->arena = arena_new();
    pthread_mutex_init(&harvest.lock, NULL);
    result = harvest_open(&harvest, err);
    if (result == ERR_OK) {
        harvest.net = harvest_net(options);
        harvest.pace = pace_new(options->config, options->version, &harvest.stop);
        harvest_run_all(&harvest);
        net_free(harvest.net);
        result = harvest_report(&harvest, report, &why);
        pace_free(harvest.pace);
        if (result != ERR_OK && err)
            *err = why;
        result = harvest_outcome(&harvest, result, err);
    }
    free(harvest.tasks);
    harvest_plan_free(&harvest.plan);
    pthread_mutex_destroy(&harvest.lock);
    return result;
}
