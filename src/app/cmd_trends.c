/*
 * The command `trends`: what rises, as lines with sparklines or as JSON.
 */
#include "commands.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/text.h"
#include "carrel/trend_view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000
#define SPARK_DAYS 30

int trends_window(const char *text, int32_t *days, struct error *err)
{
    int64_t ms;

    if (!duration_parse(text, &ms) || ms < DAY_MS || ms > (int64_t)TREND_WINDOW_MAX * DAY_MS
        || ms % DAY_MS != 0)
        return error_set(err, ERR_USAGE, "a window is whole days, 1d to %dd, not '%s'",
                         TREND_WINDOW_MAX, text);
    *days = (int32_t)(ms / DAY_MS);
    return ERR_OK;
}

static int take_options(struct command_call *call, struct trends_options *options,
                        struct error *err)
{
    const char *window = call_option(call, "--window"), *sort = call_option(call, "--sort");
    long limit = 20;
    int result = call_number(call, "--limit", 1, TRENDS_LIMIT_MAX, &limit, err);

    *options = (struct trends_options){ .metric = call_option(call, "--metric"),
                                        .category = call_option(call, "--category"),
                                        .today = clock_today(),
                                        .window = TREND_WINDOW };
    options->limit = (size_t)limit;
    if (result == ERR_OK && window)
        result = trends_window(window, &options->window, err);
    if (result == ERR_OK && sort)
        result = trends_sort_find(&options->sort, sort, err);
    if (result == ERR_OK && call->argc > 0)
        result = error_set(err, ERR_USAGE, "trends takes options only, not '%s'", call->argv[0]);
    return result;
}

/* ---- JSON ---- */

static void json_day(struct jsonw *w, const char *key, int32_t day)
{
    char text[16];

    date_format(text, day);
    jsonw_key_string(w, key, day ? text : NULL);
}

void trends_json_item(struct jsonw *w, const char *metric, const struct trends_item *item)
{
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "id", item->key);
    jsonw_key_string(w, "title", item->title);
    jsonw_key_string(w, "category", *item->category ? item->category : NULL);
    json_day(w, "published", item->published);
    jsonw_key_string(w, "source", item->source);
    jsonw_key_string(w, "item", item->item);
    jsonw_key_string(w, "metric", metric);
    jsonw_key_double(w, "value", item->measure.value);
    jsonw_key_double(w, "velocity", item->measure.velocity);
    jsonw_key_double(w, "acceleration", item->measure.acceleration);
    jsonw_key_double(w, "zscore", item->zscore);
    jsonw_key_string(w, "group", *item->group ? item->group : NULL);
    jsonw_key_int(w, "group_size", (int64_t)item->group_size);
    jsonw_key_int(w, "samples", (int64_t)item->measure.samples);
    jsonw_key_int(w, "gaps", (int64_t)item->measure.gaps);
    jsonw_key(w, "points");
    jsonw_array(w);
    for (i = 0; i < item->point_count; i++) {
        jsonw_object(w);
        json_day(w, "day", item->points[i].day);
        jsonw_key_double(w, "value", item->points[i].value);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_end(w);
}

static void print_json(struct command_call *call, const struct trends *trends,
                       const struct trends_options *options)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "metric", *trends->metric ? trends->metric : NULL);
    json_day(&w, "day", trends->today);
    jsonw_key_int(&w, "window_days", trends->window);
    jsonw_key_string(&w, "sort", trends_sort_name(options->sort));
    jsonw_key_int(&w, "works", (int64_t)trends->works);
    jsonw_key_int(&w, "measured", (int64_t)trends->measured);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < trends->len; i++)
        trends_json_item(&w, trends->metric, &trends->items[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

/* ---- text ---- */

void trends_days(double *out, int days, const struct trends_item *item, int32_t today)
{
    size_t i;
    int k;

    for (k = 0; k < days; k++)
        out[k] = NAN;
    for (i = 0; i < item->point_count; i++) {
        int32_t at = item->points[i].day - (today - days + 1);

        if (at >= 0 && at < days)
            out[at] = item->points[i].value;
    }
}

void trends_number(char out[24], int decimals, double value)
{
    if (isnan(value))
        snprintf(out, 24, "-");
    else
        snprintf(out, 24, "%+.*f", decimals, value);
}

static void print_item(struct command_call *call, const struct trends *trends,
                       const struct trends_item *item)
{
    char velocity[24], acceleration[24], zscore[24];
    double days[SPARK_DAYS];
    struct str title = STR_INIT;

    trends_number(velocity, 2, item->measure.velocity);
    trends_number(acceleration, 3, item->measure.acceleration);
    trends_number(zscore, 1, item->zscore);
    trends_days(days, SPARK_DAYS, item, trends->today);
    text_from_latex(&title, item->title);
    str_printf(&call->out, "%8.0f %9s %9s %6s %5zu  ", item->measure.value, velocity, acceleration,
               zscore, item->measure.gaps);
    text_sparkline(&call->out, days, SPARK_DAYS, call->app->ascii);
    str_printf(&call->out, "  %s  %s\n", item->key, title.ptr);
    str_free(&title);
}

void trends_say_nothing(struct str *out, const struct trends *trends)
{
    char day[16];
    size_t i;

    if (trends->metric_count == 0) {
        str_add(out, "no samples yet: each sync counts upvotes, comments and stars anew, and "
                     "two days of them make a trend\n");
        return;
    }
    if (trends->measured > 0)
        return;
    for (i = 0; i < trends->metric_count; i++)
        if (strcmp(trends->metrics[i].name, trends->metric) == 0)
            break;
    date_format(day, i < trends->metric_count ? trends->metrics[i].last : DAY_NONE);
    str_printf(out,
               "no paper has %s of two days in the last %d days, so nothing has a velocity (the "
               "newest is of %s): carrel sync, or a longer --window\n",
               trends->metric, trends->window, day);
}

static void print_text(struct command_call *call, const struct trends *trends, const char *category)
{
    char day[16];
    size_t i;

    if (trends->len == 0)
        return;
    date_format(day, trends->today);
    str_printf(&call->out, "%s, %d days to %s; %zu of %zu papers%s%s have a velocity\n",
               trends->metric, trends->window, day, trends->measured, trends->works,
               category ? " in " : "", category ? category : "");
    str_printf(&call->out, "   value      /day     /day2      z  gaps  last %d days%*s  paper\n",
               SPARK_DAYS, SPARK_DAYS - 12, "");
    for (i = 0; i < trends->len; i++)
        print_item(call, trends, &trends->items[i]);
}

int cmd_trends(struct command_call *call, struct error *err)
{
    struct trends_options options;
    struct trends trends;
    int result = take_options(call, &options, err);

    if (result == ERR_OK)
        result = trends_read(&trends, call->store, call->arena, &options, err);
    if (result != ERR_OK)
        return result;
    if (call_has(call, "--json"))
        print_json(call, &trends, &options);
    else
        print_text(call, &trends, options.category);
    if (options.category && trends.works == 0 && trends.sampled > 0)
        str_printf(&call->say,
                   "none of the %zu papers that have %s is in %s; without --category all are "
                   "shown\n",
                   trends.sampled, trends.metric, options.category);
    else
        trends_say_nothing(&call->say, &trends);
    return ERR_OK;
}
