/*
 * The job that harvests a source, and the schedule that asks for such jobs.
 *
 * The driver saves each page together with the place behind it, so a second run of a job goes on
 * where the first one stopped: nothing of it need be in the completion's transaction.
 */
#include "alerts.h"
#include "hooks.h"
#include "scripts.h"
#include "sync.h"

#include "carrel/kinds.h"

#include "carrel/clock.h"
#include "carrel/harvest.h"
#include "carrel/hash.h"

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

void harvest_json_counts(struct jsonw *w, const struct harvest_result *result)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", result->name);
    run_counts_to_json(w, &result->run);
    jsonw_key_int(w, "gaps", (int64_t)result->gap_count);
    if (result->more)
        jsonw_key_bool(w, "more", true);
    jsonw_key_string(w, "error", *result->error ? result->error : NULL);
    jsonw_end(w);
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
    for (i = 0; i < report->count; i++)
        harvest_json_counts(&w, &report->results[i]);
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

/* The payload's members that are texts or numbers. */
struct harvest_members {
    char *source, *query, *since, *max, *slice;
};

static int read_members(struct job_run *run, struct harvest_members *out, struct error *err)
{
    const struct {
        const char *name;
        char **text;
    } members[] = { { "source", &out->source },
                    { "query", &out->query },
                    { "since", &out->since },
                    { "max", &out->max },
                    { "slice", &out->slice } };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(members) && result == ERR_OK; i++)
        result = job_member(run->store, run->arena, run->job->payload, members[i].name,
                            members[i].text, err);
    return result;
}

/* What is not the sources' own lists. */
static int read_subject(struct job_run *run, struct harvest_options *options, const char *query,
                        struct error *err)
{
    struct harvest_subject *subject = arena_alloc(run->arena, sizeof *subject);
    struct text_list categories = { 0 };
    int result =
        job_texts(run->store, run->arena, run->job->payload, "categories", &categories, err);

    *subject = (struct harvest_subject){ .query = query,
                                         .categories = (const char *const *)categories.items,
                                         .category_count = categories.len };
    options->subject = query || categories.len > 0 ? subject : NULL;
    return result;
}

static int read_sources(struct job_run *run, struct harvest_options *options, const char *source,
                        struct error *err)
{
    struct text_list sources = { 0 };
    int result = job_texts(run->store, run->arena, run->job->payload, "sources", &sources, err);

    if (source)
        text_list_add(&sources, run->arena, source, strlen(source));
    options->sources = (const char *const *)sources.items;
    options->source_count = sources.len;
    return result;
}

static int harvest_wishes(struct job_run *run, struct harvest_options *options, struct error *err)
{
    const struct app *app = run->ctx;
    struct harvest_members wish = { 0 };
    long most = 0;
    int result = read_members(run, &wish, err);

    if (result == ERR_OK)
        result = read_sources(run, options, wish.source, err);
    if (result == ERR_OK)
        result = read_subject(run, options, wish.query, err);
    if (result != ERR_OK)
        return result;
    if (wish.slice && strcmp(wish.slice, "0") != 0)
        options->slice_ms = config_int(app->config, "harvest.slice");
    if (wish.since && !date_parse(wish.since, &options->since, NULL))
        return error_set(err, ERR_USAGE, "\"since\" is no date: %.40s", wish.since);
    if (wish.max && !str_to_long(wish.max, 1, 1000000000, &most))
        return error_set(err, ERR_USAGE, "\"max\" is no number of records: %.40s", wish.max);
    options->max = most;
    return ERR_OK;
}

int kind_harvest(struct job_run *run, struct error *err)
{
    const struct app *app = run->ctx;
    struct harvest_options options = { .library = app->library,
                                       .config = app->config,
                                       .version = CARREL_VERSION,
                                       .since = DAY_NONE,
                                       .progress = harvest_tell,
                                       .ctx = run,
                                       .cancel = run->stop };
    struct harvest_report report = { 0 };
    int result = harvest_wishes(run, &options, err);

    if (result != ERR_OK)
        return result;
    hooks_expect(run->store, app);
    result = harvest_sync(&options, &report, err);
    harvest_answer(run, &report);
    alerts_after_job(run->store, app, run->stop);
    scripts_match(run->store, app);
    scripts_synced(run->store, app, run->result.ptr);
    if (result == ERR_OK)
        result = harvest_verdict(&report, err);
    harvest_report_free(&report);
    return result;
}

/* ---- asking ---- */

static void write_texts(struct jsonw *w, const char *name, const char *const *texts, size_t count)
{
    size_t i;

    jsonw_key(w, name);
    jsonw_array(w);
    for (i = 0; i < count; i++)
        jsonw_string(w, texts[i]);
    jsonw_end(w);
}

static void write_subject(struct jsonw *w, const struct harvest_subject *subject)
{
    if (subject->query)
        jsonw_key_string(w, "query", subject->query);
    if (subject->category_count > 0)
        write_texts(w, "categories", subject->categories, subject->category_count);
}

/* One open job of a source's own lists; of anything else one of the very same wishes. */
static void write_key(struct str *key, const struct harvest_wish *wish, const struct str *payload)
{
    if (wish->source_count == 1 && !wish->subject && !wish->since && wish->max == 0)
        str_printf(key, "harvest:%s", wish->sources[0]);
    else
        str_printf(key, "harvest:%016" PRIx64, hash64(payload->ptr, payload->len, 0));
}

void app_harvest_request(struct job_request *request, struct str *payload, struct str *key,
                         const struct harvest_wish *wish)
{
    struct jsonw w;

    *request = (struct job_request){ .kind = "harvest" };
    jsonw_start(&w, payload);
    jsonw_object(&w);
    if (wish->source_count == 1)
        jsonw_key_string(&w, "source", wish->sources[0]);
    else if (wish->source_count > 1)
        write_texts(&w, "sources", wish->sources, wish->source_count);
    if (wish->subject)
        write_subject(&w, wish->subject);
    if (wish->since)
        jsonw_key_string(&w, "since", wish->since);
    if (wish->max > 0)
        jsonw_key_int(&w, "max", wish->max);
    if (wish->slice)
        jsonw_key_bool(&w, "slice", true);
    jsonw_end(&w);
    write_key(key, wish, payload);
    request->attempts_max = wish->slice ? 1 : 0; /* the schedule knows when to ask again */
    request->payload = payload->ptr;
    request->key = key->ptr;
}

int app_harvest_check(const struct app *app, const struct harvest_wish *wish, const char **member,
                      struct error *err)
{
    const struct harvest_subject none = { 0 }, *whole = wish->subject ? wish->subject : &none;
    const struct harvest_subject categories = { .categories = whole->categories,
                                                .category_count = whole->category_count };
    const struct {
        const char *member;
        const struct harvest_subject *subject; /* NULL: that of the sources alone */
        bool asked;
    } checks[] = { { "sources", NULL, true },
                   { "categories", &categories, whole->category_count > 0 },
                   { "query", whole, whole->query != NULL } };
    struct harvest_plan plan;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(checks) && result == ERR_OK; i++) {
        if (!checks[i].asked)
            continue;
        *member = checks[i].member;
        result = harvest_plan_subject(&plan, app->config, wish->sources, wish->source_count,
                                      checks[i].subject, err);
        if (result == ERR_OK)
            harvest_plan_free(&plan);
    }
    return result;
}

/* Has the list a text of the other? An empty one stands for all sources. */
static bool lists_meet(const struct text_list *list, const struct harvest_wish *wish)
{
    size_t i, k;

    for (i = 0; i < list->len; i++)
        for (k = 0; k < wish->source_count; k++)
            if (strcmp(list->items[i], wish->sources[k]) == 0)
                return true;
    return list->len == 0 || wish->source_count == 0;
}

static int job_sources(struct store *store, struct arena *arena, const struct job *job,
                       struct text_list *out, struct error *err)
{
    char *one = NULL;
    int result = job_texts(store, arena, job->payload, "sources", out, err);

    if (result == ERR_OK)
        result = job_member(store, arena, job->payload, "source", &one, err);
    if (one)
        text_list_add(out, arena, one, strlen(one));
    return result;
}

/* Those that rest after a failure do not count: they may rest for an hour. */
int app_harvest_before(struct store *store, struct arena *arena, const struct harvest_wish *wish,
                       const int64_t **ids, size_t *count, struct error *err)
{
    const struct job_filter open = { .states = 1u << JOB_QUEUED | 1u << JOB_RUNNING,
                                     .kind = "harvest" };
    int64_t now = clock_real_ms(), *before;
    struct job *jobs;
    size_t len, i;
    int result = jobs_list(store, arena, &open, &jobs, &len, err);

    *count = 0;
    if (result != ERR_OK)
        return result;
    *ids = before = arena_alloc(arena, (len + 1) * sizeof *before);
    for (i = 0; i < len && result == ERR_OK; i++) {
        struct text_list sources = { 0 };

        result = job_sources(store, arena, &jobs[i], &sources, err);
        if (result == ERR_OK && jobs[i].due <= now && lists_meet(&sources, wish))
            before[(*count)++] = jobs[i].id;
    }
    return result;
}

/* ---- the schedule ---- */

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
    const struct harvest_wish wish = { .sources = &source, .source_count = 1 };

    return harvest_ask(store, &wish, id, existing, err);
}

/* Not while another carrel is at it: a job would only sit in a thread and wait for that one. */
static int schedule_source(struct store *store, const struct harvest_source *source,
                           struct error *err)
{
    const char *name = source->name;
    const struct harvest_wish wish = { .sources = &name, .source_count = 1, .slice = true };
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
    result = peers_schedule(app, store, err);
    if (result != ERR_OK)
        return result;
    result = harvest_plan_new(&plan, app->config, NULL, 0, err);
    if (result != ERR_OK)
        return result;
    for (i = 0; i < plan.count && result == ERR_OK; i++)
        result = schedule_source(store, &plan.sources[i], err);
    harvest_plan_free(&plan);
    return result;
}
