/*
 * The job that harvests a source, and the schedule that asks for such jobs.
 *
 * The driver saves each page together with the place behind it, so a second run of a job goes on
 * where the first one stopped: nothing of it need be in the completion's transaction.
 */
#include "alerts.h"

#include "carrel/kinds.h"

#include "carrel/clock.h"
#include "carrel/harvest.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The round's announced size, seen from what this run has brought. */
static void harvest_tell(void *ctx, const struct harvest_progress *progress)
{
    struct job_run *run = ctx;
    int64_t total = 0;

    if (progress->total > progress->got)
        total = progress->seen + progress->total - progress->got;
    job_progress(run, progress->seen, total, "papers");
}

static void harvest_answer(struct job_run *run, const struct harvest_report *report)
{
    struct jsonw w;
    int64_t seen = 0;
    size_t i;

    for (i = 0; i < report->count; i++)
        seen += report->results[i].run.seen;
    job_progress(run, seen, seen, "papers");
    jsonw_start(&w, &run->result);
    jsonw_object(&w);
    jsonw_key(&w, "sources");
    jsonw_array(&w);
    for (i = 0; i < report->count; i++) {
        const struct harvest_result *result = &report->results[i];

        jsonw_object(&w);
        jsonw_key_string(&w, "name", result->name);
        jsonw_key_int(&w, "requests", result->run.requests);
        jsonw_key_int(&w, "seen", result->run.seen);
        jsonw_key_int(&w, "added", result->run.added);
        jsonw_key_int(&w, "updated", result->run.updated);
        jsonw_key_int(&w, "unchanged", result->run.unchanged);
        jsonw_key_int(&w, "rejected", result->run.rejected);
        jsonw_key_int(&w, "retries", result->run.retries);
        jsonw_key_int(&w, "bytes", result->run.bytes);
        jsonw_key_int(&w, "gaps", (int64_t)result->gap_count);
        if (result->more)
            jsonw_key_bool(&w, "more", true);
        jsonw_key_string(&w, "error", *result->error ? result->error : NULL);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_end(&w);
}

/* Nothing came, and not because there was nothing: a failure to try again. Something is missing:
 * done in part. */
static int harvest_verdict(const struct harvest_report *report, struct error *err)
{
    size_t i, missed = 0;
    int64_t seen = 0;

    for (i = 0; i < report->count; i++) {
        seen += report->results[i].run.seen;
        missed += report->results[i].missed;
    }
    for (i = 0; i < report->count; i++)
        if (report->results[i].status != ERR_OK)
            return error_set(err, seen > 0 ? ERR_PARTIAL : report->results[i].status, "%s",
                             report->results[i].error);
    if (!report->partial)
        return ERR_OK;
    return error_set(err, ERR_PARTIAL,
                     "%zu part%s could not be fetched; the harvest's gaps say which", missed,
                     missed == 1 ? "" : "s");
}

static int harvest_wishes(struct job_run *run, struct harvest_options *options, char **source,
                          struct error *err)
{
    const struct app *app = run->ctx;
    char *since = NULL, *max = NULL, *slice = NULL;
    long most = 0;
    int result = job_member(run->store, run->arena, run->job->payload, "source", source, err);

    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "since", &since, err);
    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "max", &max, err);
    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "slice", &slice, err);
    if (result != ERR_OK)
        return result;
    if (slice && strcmp(slice, "0") != 0)
        options->slice_ms = config_int(app->config, "harvest.slice");
    if (since && !date_parse(since, &options->since, NULL))
        return error_set(err, ERR_USAGE, "\"since\" is no date: %.40s", since);
    if (max && !str_to_long(max, 1, 1000000000, &most))
        return error_set(err, ERR_USAGE, "\"max\" is no number of records: %.40s", max);
    options->max = most;
    options->source_count = *source ? 1 : 0;
    return ERR_OK;
}

int kind_harvest(struct job_run *run, struct error *err)
{
    const struct app *app = run->ctx;
    char *source = NULL;
    struct harvest_options options = { .library = app->library,
                                       .config = app->config,
                                       .version = CARREL_VERSION,
                                       .sources = (const char *const *)&source,
                                       .since = DAY_NONE,
                                       .progress = harvest_tell,
                                       .ctx = run,
                                       .cancel = run->stop };
    struct harvest_report report = { 0 };
    int result = harvest_wishes(run, &options, &source, err);

    if (result != ERR_OK)
        return result;
    result = harvest_sync(&options, &report, err);
    harvest_answer(run, &report);
    alerts_after_job(run->store, app, run->stop);
    if (result == ERR_OK)
        result = harvest_verdict(&report, err);
    harvest_report_free(&report);
    return result;
}

/* ---- the schedule ---- */

void app_harvest_request(struct job_request *request, struct str *payload, struct str *key,
                         const struct harvest_wish *wish)
{
    struct jsonw w;

    *request = (struct job_request){ .kind = "harvest" };
    jsonw_start(&w, payload);
    jsonw_object(&w);
    jsonw_key_string(&w, "source", wish->source);
    if (wish->since)
        jsonw_key_string(&w, "since", wish->since);
    if (wish->max > 0)
        jsonw_key_int(&w, "max", wish->max);
    if (wish->slice)
        jsonw_key_bool(&w, "slice", true);
    jsonw_end(&w);
    str_printf(key, "harvest:%s", wish->source);
    request->attempts_max = wish->slice ? 1 : 0; /* the schedule knows when to ask again */
    request->payload = payload->ptr;
    request->key = key->ptr;
}

static int harvest_ask(struct store *store, const struct harvest_wish *wish, int64_t *id,
                       bool *existing, struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    int result;

    app_harvest_request(&request, &payload, &key, wish);
    result = app_job_add(store, &request, id, existing, err);
    str_free(&payload);
    str_free(&key);
    return result;
}

int app_harvest_ask(struct store *store, const char *source, int64_t *id, bool *existing,
                    struct error *err)
{
    const struct harvest_wish wish = { .source = source };

    return harvest_ask(store, &wish, id, existing, err);
}

/* Not while another carrel is at it: a job would only sit in a thread and wait for that one. */
static int schedule_source(struct store *store, const struct harvest_source *source,
                           struct error *err)
{
    const struct harvest_wish wish = { .source = source->name, .slice = true };
    struct arena *arena = arena_new();
    struct stream_holder holder;
    int64_t due = 0, id;
    int held, result = harvest_next_due(store, source, &due, err);

    if (result == ERR_OK && due <= clock_now_ms()) {
        held = lease_holder(store, arena, source->name, &holder, err);
        result = held == ERR_NOTFOUND ? harvest_ask(store, &wish, &id, NULL, err) : held;
    }
    arena_free(arena);
    return result;
}

int app_schedule(const struct app *app, struct store *store, struct error *err)
{
    struct harvest_plan plan;
    size_t i;
    int result;

    if (!config_bool(app->config, "harvest.background"))
        return ERR_OK;
    result = harvest_plan_new(&plan, app->config, NULL, 0, err);
    if (result != ERR_OK)
        return result;
    for (i = 0; i < plan.count && result == ERR_OK; i++)
        result = schedule_source(store, &plan.sources[i], err);
    harvest_plan_free(&plan);
    return result;
}
