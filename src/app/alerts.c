/*
 * Alert rules at work. A rule takes its events in batches and asks the search which of them its
 * query finds, as it finds them now; reading holds no lock, and alerts_settle writes.
 */
#include "alerts.h"

#include "carrel/alerts.h"
#include "carrel/log.h"
#include "carrel/search.h"
#include "carrel/str.h"

#include <inttypes.h>
#include <stdlib.h>

struct alert_batch {
    struct alert_event **by_work; /* ascending */
    size_t count;
};

static int alert_by_work(const void *a, const void *b)
{
    const struct alert_event *x = *(struct alert_event *const *)a,
                             *y = *(struct alert_event *const *)b;

    return (x->work > y->work) - (x->work < y->work);
}

/* A work may have several events: all of them are hits. */
static int alert_match(void *ctx, int64_t work)
{
    struct alert_batch *batch = ctx;
    size_t low = 0, high = batch->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (batch->by_work[middle]->work < work)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < batch->count && batch->by_work[low]->work == work; low++)
        batch->by_work[low]->hit = true;
    return 0;
}

static int alert_choose(struct store *store, struct arena *arena, const struct alert_rule *rule,
                        struct alert_event *events, size_t count, struct error *err)
{
    struct alert_batch batch = { .count = count };
    size_t i;

    if (count == 0)
        return ERR_OK;
    batch.by_work = arena_alloc(arena, count * sizeof *batch.by_work);
    for (i = 0; i < count; i++)
        batch.by_work[i] = &events[i];
    qsort(batch.by_work, count, sizeof *batch.by_work, alert_by_work);
    return search_each(store, rule->query, alert_match, &batch, err);
}

static int alert_rule_run(struct store *store, struct alert_rule *rule, int64_t *fired,
                          struct error *err)
{
    struct arena *arena = arena_new();
    int result = ERR_OK;

    for (;;) {
        struct alert_event *events;
        int64_t upto, added;
        size_t count;

        arena_reset(arena);
        result = alerts_events(store, arena, rule, &events, &count, &upto, err);
        if (result != ERR_OK || upto == rule->seen)
            break;
        result = alert_choose(store, arena, rule, events, count, err);
        if (result == ERR_OK)
            result = alerts_settle(store, rule, events, count, upto, &added, err);
        if (result != ERR_OK)
            break;
        *fired += added;
    }
    arena_free(arena);
    return result;
}

int alerts_evaluate(struct store *store, int64_t *fired, struct error *err)
{
    struct arena *arena = arena_new();
    struct alert_rule *rules;
    size_t i, count;
    int result = alerts_rules(store, arena, &rules, &count, err), failed = ERR_OK;

    *fired = 0;
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct error why = { 0 };
        int ended = alert_rule_run(store, &rules[i], fired, &why);

        if (ended == ERR_CANCELLED)
            result = error_set(err, ended, "%s", why.message);
        else if (ended != ERR_OK && failed == ERR_OK)
            failed = error_set(err, ended, "alert %s: %s", rules[i].name, why.message);
    }
    if (result == ERR_OK && count > 0 && failed == ERR_OK)
        result = alerts_sweep(store, err);
    arena_free(arena);
    return result != ERR_OK ? result : failed;
}

void alerts_after(struct command_call *call)
{
    struct store *store = NULL;
    struct error why = { 0 };
    int64_t fired = 0;
    int result = app_open_store(&store, call->app, false, &why);

    if (result == ERR_OK)
        result = alerts_evaluate(store, &fired, &why);
    if (fired > 0)
        str_printf(&call->say, "%" PRId64 " alert%s: carrel alert log\n", fired,
                   fired == 1 ? "" : "s");
    if (result != ERR_OK)
        str_printf(&call->say, "alerts: %s\n", why.message);
    store_close(store);
}

void alerts_after_job(struct store *store)
{
    struct error why = { 0 };
    int64_t fired;

    if (alerts_evaluate(store, &fired, &why) != ERR_OK)
        log_write(LOG_WARN, "alerts: %s", why.message);
}
