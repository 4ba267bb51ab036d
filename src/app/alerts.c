/*
 * Alert rules at work. A rule takes its events in batches and asks the search which of them its
 * query finds, as it finds them now; reading holds no lock, and alerts_settle writes. A rule on a
 * trend measures its metric instead, when that was sampled.
 */
#include "alerts.h"

#include "carrel/changes.h"
#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/search.h"
#include "carrel/str.h"
#include "carrel/trends.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define PREVIEW_DAYS 30 /* of replacements */
#define PREVIEW_CHANGES 1000

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

/* ---- trends ---- */

/* "upvotes 63, +12.4 a day, z 4.1" */
static char *trend_detail(struct arena *arena, const struct alert_rule *rule,
                          const struct trends_passed *passed)
{
    char *text = arena_printf(arena, "%s %.10g", rule->metric, passed->value);

    if (!isnan(passed->velocity))
        text = arena_printf(arena, "%s, %+.1f a day", text, passed->velocity);
    if (!isnan(passed->zscore))
        text = arena_printf(arena, "%s, z %.1f", text, passed->zscore);
    return text;
}

/* Works past the rule's thresholds now. */
static int trend_events(struct store *store, struct arena *arena, const struct alert_rule *rule,
                        struct alert_event **out, size_t *count, struct error *err)
{
    struct trends_options options = { .metric = rule->metric, .today = clock_today() };
    struct trends_limits limits = { rule->above, rule->velocity, rule->zscore };
    struct trends_passed *passed;
    size_t i;
    int result = trends_past(&passed, count, store, arena, &options, &limits, err);

    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    for (i = 0; i < *count && result == ERR_OK; i++)
        (*out)[i] = (struct alert_event){ .work = passed[i].work,
                                          .detail = trend_detail(arena, rule, &passed[i]) };
    return result;
}

static int trend_keep_new(struct store *store, const struct alert_rule *rule,
                          struct alert_event *events, size_t *count, struct error *err)
{
    size_t i, kept = 0;
    int result = ERR_OK;

    for (i = 0; i < *count && result == ERR_OK; i++) {
        bool passed = false;

        result = alerts_passed(store, rule, events[i].work, &passed, err);
        if (!passed)
            events[kept++] = events[i];
    }
    *count = kept;
    return result;
}

static int alert_trend_run(struct store *store, struct alert_rule *rule, int64_t *fired,
                           struct error *err)
{
    struct arena *arena = arena_new();
    int result = ERR_OK;

    while (rule->seen != rule->sampled && result == ERR_OK) {
        struct alert_event *events;
        int64_t added = 0;
        size_t count;

        arena_reset(arena);
        result = trend_events(store, arena, rule, &events, &count, err);
        if (result == ERR_OK)
            result = trend_keep_new(store, rule, events, &count, err);
        if (result == ERR_OK && rule->seen >= 0)
            result = alert_choose(store, arena, rule, events, count, err);
        if (result == ERR_OK)
            result = alerts_settle_trend(store, rule, events, count, &added, err);
        *fired += added;
    }
    arena_free(arena);
    return result;
}

/* ---- all rules ---- */

int alerts_evaluate(struct store *store, const struct app *app, const atomic_bool *cancel,
                    int64_t *fired, struct error *err)
{
    struct arena *arena = arena_new();
    struct alert_rule *rules;
    size_t i, count = 0;
    int result = alerts_awake(store, err), failed = ERR_OK;

    *fired = 0;
    if (result == ERR_OK)
        result = alerts_rules(store, arena, &rules, &count, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct error why = { 0 };
        int ended;

        rules[i].hook = alert_command(app, rules[i].name) != NULL;
        ended = rules[i].on == ALERT_TREND ? alert_trend_run(store, &rules[i], fired, &why)
                                           : alert_rule_run(store, &rules[i], fired, &why);
        if (ended == ERR_CANCELLED)
            result = error_set(err, ended, "%s", why.message);
        else if (ended != ERR_OK && failed == ERR_OK)
            failed = error_set(err, ended, "alert %s: %s", rules[i].name, why.message);
    }
    if (result == ERR_OK && count > 0 && failed == ERR_OK)
        result = alerts_sweep(store, err);
    if (result == ERR_OK) {
        struct error why = { 0 };
        int told = alerts_tell(store, app, cancel, &why);

        if (told != ERR_OK && failed == ERR_OK)
            failed = error_set(err, told, "%s", why.message);
        else if (told != ERR_OK) /* two things to mend */
            error_context(err, "%s; and", why.message);
    }
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
        result = alerts_evaluate(store, call->app, call->cancel, &fired, &why);
    if (fired > 0)
        str_printf(&call->say, "%" PRId64 " alert%s: carrel alert log\n", fired,
                   fired == 1 ? "" : "s");
    if (result != ERR_OK)
        str_printf(&call->say, "alerts: %s\n", why.message);
    store_close(store);
}

void alerts_after_job(struct store *store, const struct app *app, const atomic_bool *cancel)
{
    struct error why = { 0 };
    int64_t fired;

    if (alerts_evaluate(store, app, cancel, &fired, &why) != ERR_OK)
        log_write(LOG_WARN, "alerts: %s", why.message);
}

/* ---- what a rule would tell ---- */

static int preview_search(struct store *store, struct arena *arena, const struct alert_rule *rule,
                          size_t limit, struct alert_event **out, size_t *count, struct error *err)
{
    struct search_options options = { .sort = SORT_ADDED,
                                      .limit = limit,
                                      .default_filter =
                                          rule->on == ALERT_WITHDRAWN ? "is:withdrawn" : NULL };
    struct search_result *found;
    size_t i;
    int result = search_run(&found, store, rule->query, &options, err);

    if (result != ERR_OK)
        return result;
    *out = arena_alloc(arena, (found->len + 1) * sizeof **out);
    for (i = 0; i < found->len; i++)
        (*out)[i] = (struct alert_event){ .work = found->hits[i].row.id, .hit = true };
    *count = found->len;
    search_result_free(found);
    return ERR_OK;
}

static char *change_detail(struct arena *arena, const struct change *change)
{
    struct str text = STR_INIT;
    char *detail;

    change_print(&text, change);
    detail = arena_strdup(arena, text.ptr);
    str_free(&text);
    return detail;
}

static int preview_replaced(struct store *store, struct arena *arena, struct alert_event **out,
                            size_t *count, struct error *err)
{
    int64_t since = clock_now_ms() - PREVIEW_DAYS * INT64_C(86400000), total;
    struct change *changes;
    size_t i, len;
    int result = changes_since(store, arena, since, PREVIEW_CHANGES, &changes, &len, &total, err);

    if (result != ERR_OK)
        return result;
    *out = arena_alloc(arena, (len + 1) * sizeof **out);
    for (i = 0; i < len; i++)
        if (!changes[i].withdrawn)
            (*out)[(*count)++] =
                (struct alert_event){ .work = changes[i].work,
                                      .detail = change_detail(arena, &changes[i]) };
    return ERR_OK;
}

static int preview_rows(struct store *store, struct arena *arena, const struct alert_rule *rule,
                        const struct alert_event *events, size_t limit, struct alert_row **out,
                        size_t *count, size_t *known, struct error *err)
{
    size_t i, len = *count;
    int result = ERR_OK;

    *out = arena_alloc(arena, (limit + 1) * sizeof **out);
    *count = 0;
    for (i = 0; i < len && *count < limit && result == ERR_OK; i++) {
        /* Those of a trend come by their numbers, oldest first. */
        const struct alert_event *event = &events[rule->on == ALERT_TREND ? len - 1 - i : i];
        struct work_row row = { 0 };
        bool passed = false;

        if (!event->hit)
            continue;
        result = works_rows(store, arena, &event->work, 1, &row, err);
        if (result == ERR_OK && rule->on == ALERT_TREND)
            result = alerts_passed(store, rule, event->work, &passed, err);
        if (result != ERR_OK || row.id == 0)
            continue;
        *known += passed;
        (*out)[(*count)++] =
            (struct alert_row){ .work = row.id,
                                .at = clock_now_ms(),
                                .rule = rule->name,
                                .key = row.key,
                                .title = row.title,
                                .on = rule->on,
                                .detail = arena_strdup(arena, event->detail ? event->detail : ""),
                                .failure = arena_strdup(arena, "") };
    }
    return result;
}

int alerts_preview(struct store *store, struct arena *arena, const struct alert_rule *rule,
                   size_t limit, struct alert_row **out, size_t *count, size_t *known,
                   struct error *err)
{
    struct alert_event *events = NULL;
    int result;

    *count = *known = 0;
    if (rule->on == ALERT_TREND)
        result = trend_events(store, arena, rule, &events, count, err);
    else if (rule->on == ALERT_REPLACED)
        result = preview_replaced(store, arena, &events, count, err);
    else
        result = preview_search(store, arena, rule, limit, &events, count, err);
    if (result == ERR_OK && (rule->on == ALERT_TREND || rule->on == ALERT_REPLACED))
        result = alert_choose(store, arena, rule, events, *count, err);
    if (result == ERR_OK)
        result = preview_rows(store, arena, rule, events, limit, out, count, known, err);
    return result;
}
