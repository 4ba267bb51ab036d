/*
 * Scrapes: jobs of the kind harvest, asked for and looked at over HTTP.
 */
#include "jobs.h"

#include "carrel/clock.h"
#include "carrel/harvest.h"
#include "carrel/kinds.h"

#include <string.h>

#define OPEN_MAX 200
#define DAY_MS INT64_C(86400000)

static const char *const kinds[] = { "harvest", NULL };

/* The texts of a member that is an array of them; an empty one is as good as none. */
static const char *const *texts_of(struct exchange *x, const char *name, size_t *count)
{
    const json_t *array = json_object_get(x->json, name);
    const char **texts = arena_alloc(x->arena, (json_array_size(array) + 1) * sizeof *texts);
    size_t i;

    *count = json_array_size(array);
    for (i = 0; i < *count; i++)
        texts[i] = json_string_value(json_array_get(array, i));
    return texts;
}

/* "/scrape/arxiv" names its source; "/scrape" has them in the body. */
static void sources_of(struct exchange *x, struct harvest_wish *wish)
{
    const char *const prefix = "/scrape/";
    const char **one;

    if (!str_starts(x->route->path, prefix)) {
        wish->sources = texts_of(x, "sources", &wish->source_count);
        return;
    }
    one = arena_alloc(x->arena, sizeof *one);
    *one = x->route->path + strlen(prefix);
    wish->sources = one;
    wish->source_count = 1;
}

/* The day after ours has begun somewhere; what lies beyond has nothing to bring. */
static int check_since(struct exchange *x, const char *since, struct error *err)
{
    int64_t at;

    if (!since || !time_parse(since, &at) || at <= clock_now_ms() + DAY_MS)
        return ERR_OK;
    x->field = "since";
    return error_set(err, ERR_PARSE, "%s is to come", since);
}

int handle_scrape(struct exchange *x, struct error *err)
{
    struct harvest_subject subject = { 0 };
    struct harvest_wish wish = { 0 };
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    int result = body_read(x, err);

    if (result != ERR_OK)
        return result;
    sources_of(x, &wish);
    subject.query = body_text(x->json, "query");
    subject.categories = texts_of(x, "categories", &subject.category_count);
    wish.subject = subject.query || subject.category_count > 0 ? &subject : NULL;
    wish.since = body_text(x->json, "since");
    wish.max = body_int(x->json, "max", 0);
    result = check_since(x, wish.since, err);
    if (result == ERR_OK)
        result = app_harvest_check(x->server->app, &wish, &x->field, err);
    if (result != ERR_OK)
        return result;
    x->field = NULL;
    app_harvest_request(&request, &payload, &key, &wish);
    request.after_any_end = true;
    request.priority = JOB_ASKED;
    result =
        app_harvest_before(x->store, x->arena, &wish, &request.after, &request.after_count, err);
    if (result == ERR_OK)
        result = answer_with_job(x, &request, NULL, err);
    str_free(&payload);
    str_free(&key);
    return result;
}

/* What is under way, and how the last one ended. */
static int write_now(struct exchange *x, struct error *err)
{
    const struct job_filter open = { .states = 1u << JOB_RUNNING | 1u << JOB_QUEUED,
                                     .kind = kinds[0],
                                     .limit = OPEN_MAX },
                            ended = { .states =
                                          1u << JOB_DONE | 1u << JOB_FAILED | 1u << JOB_CANCELLED,
                                      .kind = kinds[0],
                                      .limit = 1 };
    struct job *jobs, *last;
    size_t count, last_count, i;
    struct jsonw w;
    int result = jobs_list(x->store, x->arena, &open, &jobs, &count, err);

    if (result == ERR_OK)
        result = jobs_list(x->store, x->arena, &ended, &last, &last_count, err);
    if (result != ERR_OK)
        return result;
    jsonw_start(&w, &x->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        job_status_to_json(&w, &jobs[i]);
    jsonw_end(&w);
    jsonw_key(&w, "last");
    if (last_count > 0)
        job_status_to_json(&w, &last[0]); /* the newest of all three states */
    else
        jsonw_null(&w);
    jsonw_end(&w);
    str_add_char(&x->out, '\n');
    return ERR_OK;
}

int handle_scrape_status(struct exchange *x, struct error *err)
{
    const char *id = params_value(x, "job");
    struct job job;
    int result;

    if (!id)
        return write_now(x, err);
    x->field = "job";
    result = job_read(x, id, kinds, &job, err);
    if (result == ERR_OK)
        job_answer(x, &job);
    return result;
}

int handle_scrape_history(struct exchange *x, struct error *err)
{
    return jobs_answer(x, &(struct job_filter){ .kind = kinds[0] }, false, err);
}
