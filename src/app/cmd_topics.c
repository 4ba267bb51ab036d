/*
 * The command `topics`: what bursts in titles and abstracts, or clusters of recent papers, with the
 * papers behind each.
 */
#include "commands.h"
#include "percent.h"

#include "carrel/clock.h"
#include "carrel/clusters.h"
#include "carrel/jsonw.h"
#include "carrel/text.h"
#include "carrel/trend_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static int take_options(struct command_call *call, struct topics_options *options,
                        struct error *err)
{
    const char *period = call_option(call, "--period");
    long limit = 20;
    int result = call_number(call, "--limit", 1, TOPICS_LIMIT_MAX, &limit, err);

    *options = (struct topics_options){ .category = call_option(call, "--category"),
                                        .period_days = 7,
                                        .today = clock_today() };
    options->limit = (size_t)limit;
    if (result != ERR_OK)
        return result;
    if (period && strcmp(period, "month") == 0)
        options->period_days = 30;
    else if (period && strcmp(period, "week") != 0)
        return error_set(err, ERR_USAGE, "--period is week or month, not '%s'", period);
    if (call->argc > 0)
        return error_set(err, ERR_USAGE, "topics takes options only, not '%s'", call->argv[0]);
    return ERR_OK;
}

void topics_day(char out[16], const struct topics *topics, int32_t today, int period_days,
                size_t period)
{
    date_format(out, today + 1 - (int32_t)(topics->periods - period) * period_days);
}

static void json_counts(struct jsonw *w, const char *key, const unsigned *counts, size_t len)
{
    size_t i;

    jsonw_key(w, key);
    jsonw_array(w);
    for (i = 0; i < len; i++)
        jsonw_int(w, counts[i]);
    jsonw_end(w);
}

void topics_json_item(struct jsonw *w, const struct topics *topics, int32_t today, int period_days,
                      const struct topic *topic)
{
    char day[16];
    size_t i;

    topics_day(day, topics, today, period_days, topic->since);
    jsonw_object(w);
    jsonw_key_string(w, "term", topic->term);
    if (topic->term_count > 0) {
        jsonw_key(w, "terms");
        jsonw_array(w);
        for (i = 0; i < topic->term_count; i++)
            jsonw_string(w, topic->terms[i]);
        jsonw_end(w);
        jsonw_key_double(w, "growth", topic->growth);
    }
    jsonw_key_double(w, "weight", topic->weight);
    jsonw_key_string(w, "since", day);
    jsonw_key_int(w, "recent", topic->recent);
    jsonw_key_int(w, "works", topic->papers);
    json_counts(w, "counts", topic->counts, topics->periods);
    jsonw_key(w, "papers");
    jsonw_array(w);
    for (i = 0; i < topic->shown; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "id", topic->keys[i]);
        jsonw_key_string(w, "title", topic->titles[i]);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

static void print_json(struct command_call *call, const struct topics *topics,
                       const struct topics_options *options)
{
    struct jsonw w;
    char day[16];
    size_t i;

    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "category", options->category);
    jsonw_key_int(&w, "period_days", options->period_days);
    topics_day(day, topics, options->today, options->period_days, 0);
    jsonw_key_string(&w, "first_day", day);
    jsonw_key_int(&w, "works", (int64_t)topics->papers);
    json_counts(&w, "counts", topics->all, topics->periods);
    if (call_has(call, "--clusters")) {
        jsonw_key_int(&w, "without_vectors", (int64_t)topics->missing);
        jsonw_key_int(&w, "clustered", (int64_t)topics->clustered);
    }
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < topics->len; i++)
        topics_json_item(&w, topics, options->today, options->period_days, &topics->items[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

/* Shares of all papers of the period, so that a busy week alone is no rise; a period without papers
 * is a gap. */
static void print_line(struct command_call *call, const struct topics *topics,
                       const struct topic *topic)
{
    double shares[TOPICS_PERIODS_MAX];
    size_t i;

    for (i = 0; i < topics->periods; i++)
        shares[i] = topics->all[i] ? 1000.0 * topic->counts[i] / topics->all[i] : NAN;
    text_sparkline(&call->out, shares, topics->periods, call->app->ascii);
}

void topics_weight(char out[16], const struct topic *topic)
{
    snprintf(out, 16, "%.1f", fabs(topic->weight) < 0.05 ? 0 : topic->weight);
}

void topics_growth(char out[16], const struct topic *topic)
{
    if (isnan(topic->growth))
        snprintf(out, 16, "-");
    else if (topic->papers == topic->recent)
        snprintf(out, 16, "new");
    else
        snprintf(out, 16, "x%.*f", topic->growth < 9.95 ? 1 : 0, topic->growth);
}

static void print_growth(struct str *out, const struct topic *topic)
{
    char growth[16];

    topics_growth(growth, topic);
    str_printf(out, " %5s", growth);
}

static void print_text(struct command_call *call, const struct topics *topics,
                       const struct topics_options *options)
{
    struct str title = STR_INIT;
    size_t i, k;

    for (i = 0; i < topics->len; i++) {
        const struct topic *topic = &topics->items[i];
        char day[16], weight[16];

        topics_day(day, topics, options->today, options->period_days, topic->since);
        print_line(call, topics, topic);
        if (topic->term_count > 0)
            print_growth(&call->out, topic);
        topics_weight(weight, topic);
        str_printf(&call->out, " %7s  %s: %u papers since %s, %u before\n", weight, topic->term,
                   topic->recent, day, topic->papers - topic->recent);
        for (k = 0; k < topic->shown; k++) {
            str_clear(&title);
            text_from_latex(&title, topic->titles[k]);
            str_printf(&call->out, "    %s  %s\n", topic->keys[k], title.ptr);
        }
    }
    str_free(&title);
}

void clusters_say_nothing(struct str *out, const struct topics *topics)
{
    if (!topics->vectors)
        str_add(out, "no paper here has a vector, by which they are clustered: carrel doctor --fix "
                     "makes them\n");
    else if (topics->clustered < CLUSTERS_FEWEST)
        str_printf(out,
                   "only %zu papers of the last %d periods have vectors, and fewer than %d make no "
                   "clusters: carrel sync, or longer periods\n",
                   topics->clustered, TOPICS_RECENT, CLUSTERS_FEWEST);
    else
        str_add(out, "no phrase tells a cluster from the others\n");
}

static void say_about(struct command_call *call, const struct topics *topics)
{
    if (call_has(call, "--clusters")) {
        if (topics->len == 0)
            clusters_say_nothing(&call->say, topics);
        if (topics->missing > 0)
            str_printf(&call->say, "%zu papers have no vector and are left out\n", topics->missing);
    } else if (topics->papers == 0)
        str_add(&call->say, "no paper here was published in these periods: carrel sync, or "
                            "--period month\n");
    else if (topics->len == 0)
        str_printf(&call->say,
                   "nothing bursts in %zu papers: a topic needs %d papers in its burst and a "
                   "share well above its own past\n",
                   topics->papers, TOPICS_SUPPORT);
    if (topics->cut)
        str_printf(&call->say, "only the newest %d papers were %s\n",
                   call_has(call, "--clusters") ? CLUSTERS_PAPERS : TOPICS_PAPERS_MAX,
                   call_has(call, "--clusters") ? "clustered" : "read");
}

int cmd_topics(struct command_call *call, struct error *err)
{
    struct topics_options options;
    struct topics topics;
    struct percent percent;
    bool clusters = call_has(call, "--clusters");
    int result = take_options(call, &options, err);

    if (result != ERR_OK)
        return result;
    percent_begin(&percent, call, clusters ? "clustering papers" : "counting words");
    options.progress = percent_progress;
    options.ctx = &percent;
    result =
        (clusters ? clusters_read : topics_read)(&topics, call->store, call->arena, &options, err);
    percent_end(&percent);
    if (result != ERR_OK)
        return result;
    if (call_has(call, "--json"))
        print_json(call, &topics, &options);
    else
        print_text(call, &topics, &options);
    say_about(call, &topics);
    return ERR_OK;
}
