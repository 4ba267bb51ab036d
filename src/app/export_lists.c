/*
 * A website's lists: what rises, topics, repositories. "Today" is the day of the library's newest
 * sample, or paper: so the same library gives the same lists on any day. A website of a query shows
 * only what belongs to its papers, and no topics, since those are counted over all.
 */
#include "export_internal.h"

#include "carrel/clock.h"
#include "carrel/repositories.h"
#include "carrel/repository_view.h"
#include "carrel/trend_view.h"

#define TRENDING 50
#define TRENDING_READ 1000 /* where only some are wanted */
#define TOPICS 40
#define REPOSITORIES 1000
#define REPOSITORY_PAPERS 20

static void lists_day(struct jsonw *w, const char *key, int32_t day)
{
    char text[16];

    date_format(text, day);
    jsonw_key_string(w, key, day ? text : NULL);
}

/* ---- what rises ---- */

static int trending_read(struct export_job *job, struct trends *trends, struct arena *arena,
                         struct error *err)
{
    struct trends_options options = { .window = TREND_WINDOW, .limit = TRENDING_READ };
    int result = samples_last_day(job->store, &options.today, err);

    *trends = (struct trends){ .metric = "" };
    if (result == ERR_OK && options.today)
        result = trends_read(trends, job->store, arena, &options, err);
    return result;
}

int export_trending(struct export_job *job, struct error *err)
{
    struct arena *arena = arena_new();
    struct str body = STR_INIT;
    struct trends trends;
    struct jsonw w;
    int64_t shown = 0;
    size_t i;
    int result = trending_read(job, &trends, arena, err);

    export_open(&w, &body);
    jsonw_key_string(&w, "metric", *trends.metric ? trends.metric : NULL);
    lists_day(&w, "day", trends.today);
    jsonw_key_int(&w, "window_days", trends.window);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < trends.len && shown < TRENDING && result == ERR_OK; i++) {
        if (!export_wants(job, trends.items[i].work))
            continue;
        trends.items[i].title = export_plain(arena, trends.items[i].title);
        trends_json_item(&w, trends.metric, &trends.items[i]);
        shown++;
    }
    jsonw_end(&w);
    if (result == ERR_OK)
        result = export_put(job, &w, "trending.json", shown, 0, err);
    str_free(&body);
    arena_free(arena);
    return result;
}

/* ---- topics ---- */

static void topics_plain(struct topics *topics, struct arena *arena)
{
    size_t i, k;

    for (i = 0; i < topics->len; i++)
        for (k = 0; k < topics->items[i].shown; k++)
            topics->items[i].titles[k] = export_plain(arena, topics->items[i].titles[k]);
}

static int topics_of(struct export_job *job, struct topics *topics, struct arena *arena,
                     const struct topics_options *options, struct error *err)
{
    *topics = (struct topics){ 0 };
    if (job->wanted || !options->today)
        return ERR_OK;
    return topics_read(topics, job->store, arena, options, err);
}

static void topics_write(struct jsonw *w, const struct topics *topics,
                         const struct topics_options *options)
{
    char first[16];
    size_t i;

    topics_day(first, topics, options->today, options->period_days, 0);
    jsonw_key_int(w, "period_days", options->period_days);
    jsonw_key_string(w, "first_day", topics->periods ? first : NULL);
    jsonw_key_int(w, "works", (int64_t)topics->papers);
    jsonw_key(w, "counts");
    jsonw_array(w);
    for (i = 0; i < topics->periods; i++)
        jsonw_int(w, topics->all[i]);
    jsonw_end(w);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < topics->len; i++)
        topics_json_item(w, topics, options->today, options->period_days, &topics->items[i]);
    jsonw_end(w);
}

int export_topics(struct export_job *job, struct error *err)
{
    struct topics_options options = { .period_days = 7,
                                      .limit = TOPICS,
                                      .today = export_today(job) };
    struct arena *arena;
    struct str body = STR_INIT;
    struct topics topics;
    struct jsonw w;
    int result;

    if (export_reuse(job, "topics.json", job->fingerprint))
        return ERR_OK;
    arena = arena_new();
    result = topics_of(job, &topics, arena, &options, err);
    topics_plain(&topics, arena);
    export_open(&w, &body);
    topics_write(&w, &topics, &options);
    if (result == ERR_OK)
        result = export_put(job, &w, "topics.json", (int64_t)topics.len, job->fingerprint, err);
    str_free(&body);
    arena_free(arena);
    return result;
}

/* ---- repositories ---- */

/* Nobody else can see a folder of this machine. */
static bool repository_public(const char *key)
{
    return !str_starts(key, "local/");
}

static void repository_papers(struct export_job *job, struct jsonw *w, struct arena *arena,
                              const struct repository_work *works, size_t count)
{
    size_t i, shown = 0;

    jsonw_key(w, "works");
    jsonw_array(w);
    for (i = 0; i < count && shown < REPOSITORY_PAPERS; i++) {
        if (!export_wants(job, works[i].id))
            continue;
        jsonw_object(w);
        jsonw_key_string(w, "id", works[i].key);
        jsonw_key_string(w, "title", export_plain(arena, works[i].title));
        jsonw_end(w);
        shown++;
    }
    jsonw_end(w);
}

static bool repository_wanted(const struct export_job *job, const struct repository_work *works,
                              size_t count)
{
    size_t i = 0;

    while (i < count && !export_wants(job, works[i].id))
        i++;
    return i < count;
}

static int repository_put_row(struct export_job *job, struct jsonw *w, struct arena *arena,
                              const struct repository_row *row, int64_t *shown, struct error *err)
{
    struct repository_work *works;
    size_t count = 0;
    int result;

    if (!repository_public(row->key))
        return ERR_OK;
    result = repositories_works(job->store, arena, row->key, &works, &count, err);
    if (result != ERR_OK || !repository_wanted(job, works, count))
        return result;
    jsonw_object(w);
    repository_json_fields(w, row);
    repository_papers(job, w, arena, works, count);
    jsonw_end(w);
    ++*shown;
    return ERR_OK;
}

static int repositories_put(struct export_job *job, struct jsonw *w, struct arena *arena,
                            int64_t *shown, struct error *err)
{
    struct repository_row *known, *unasked = NULL;
    struct work_ids ids = { 0 };
    size_t i, count = 0;
    int result = repositories_list(job->store, arena, REPOSITORIES_STARS, REPOSITORIES, &ids, err);

    known = arena_alloc(arena, (ids.len + 1) * sizeof *known);
    if (result == ERR_OK)
        result = repositories_rows(job->store, arena, ids.items, ids.len, known, err);
    for (i = 0; i < ids.len && result == ERR_OK; i++)
        if (known[i].id)
            result = repository_put_row(job, w, arena, &known[i], shown, err);
    if (result == ERR_OK)
        result = repositories_unasked(job->store, arena, REPOSITORIES, &unasked, &count, err);
    for (i = 0; i < count && *shown < REPOSITORIES && result == ERR_OK; i++)
        result = repository_put_row(job, w, arena, &unasked[i], shown, err);
    return result;
}

int export_repositories(struct export_job *job, struct error *err)
{
    struct arena *arena = arena_new();
    struct str body = STR_INIT;
    struct jsonw w;
    int64_t shown = 0;
    int result;

    export_open(&w, &body);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    result = repositories_put(job, &w, arena, &shown, err);
    jsonw_end(&w);
    if (result == ERR_OK)
        result = export_put(job, &w, "repositories.json", shown, 0, err);
    str_free(&body);
    arena_free(arena);
    return result;
}
