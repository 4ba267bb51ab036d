/*
 * The pass over all samples: each series is measured, of each work the leading one is kept, and
 * metrics are counted.
 */
#include "trends_internal.h"

#include "carrel/hash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void count_metric(struct trends_reader *reader, const struct sample_series *series)
{
    struct trends *out = reader->out;
    const struct sample_point *last = &series->points[series->count - 1];
    size_t i;

    for (i = 0; i < out->metric_count; i++)
        if (strcmp(out->metrics[i].name, series->metric) == 0)
            break;
    if (i == out->metric_count) {
        struct trends_metric metric = { .name = arena_strdup(reader->arena, series->metric),
                                        .first = series->points[0].day,
                                        .last = last->day };

        VEC_PUSH(out->metrics, out->metric_count, reader->metric_cap, metric);
    }
    {
        const int64_t key[2] = { series->work, (int64_t)i };
        bool added;

        hashmap_put(reader->counted, (const char *)key, sizeof key, &added);
        out->metrics[i].works += added;
    }
    out->metrics[i].samples += series->count;
    if (series->points[0].day < out->metrics[i].first)
        out->metrics[i].first = series->points[0].day;
    if (last->day > out->metrics[i].last)
        out->metrics[i].last = last->day;
}

static bool leads(const struct trend_measure *measure, const struct trend_measure *other)
{
    bool moves = !isnan(measure->velocity), other_moves = !isnan(other->velocity);

    return moves != other_moves ? moves : measure->value > other->value;
}

static int take_series(void *ctx, const struct sample_series *series)
{
    struct trends_reader *reader = ctx;
    struct trends_held held = { .work = series->work, .zscore = NAN, .level = -1 };
    struct trends_held *before;
    bool added;
    uint64_t *place;

    count_metric(reader, series);
    if (strcmp(series->metric, reader->metric) != 0)
        return ERR_OK;
    trend_measure(&held.measure, series->points, series->count, reader->options->today,
                  reader->window);
    place = hashmap_put(reader->places, (const char *)&series->work, sizeof series->work, &added);
    if (added)
        *place = reader->len;
    before = added ? NULL : &reader->held[*place];
    if (before && !leads(&held.measure, &before->measure))
        return ERR_OK;
    held.source = arena_strdup(reader->arena, series->source);
    held.item = arena_strdup(reader->arena, series->item);
    if (before)
        *before = held;
    else
        VEC_PUSH(reader->held, reader->len, reader->cap, held);
    return ERR_OK;
}

static int by_metric_name(const void *a, const void *b)
{
    return strcmp(((const struct trends_metric *)a)->name, ((const struct trends_metric *)b)->name);
}

static int no_such_metric(const struct trends_reader *reader)
{
    struct str names = STR_INIT;
    size_t i;

    for (i = 0; i < reader->out->metric_count; i++)
        str_printf(&names, "%s%s", i ? ", " : "", reader->out->metrics[i].name);
    error_set(reader->err, ERR_NOTFOUND, "nothing here has '%s'%s%s", reader->metric,
              names.len ? "; sampled are " : ": there are no samples yet", names.ptr);
    str_free(&names);
    return ERR_NOTFOUND;
}

int trends_pass(struct trends_reader *reader)
{
    struct trends *out = reader->out;
    int result;

    reader->len = out->metric_count = 0;
    hashmap_clear(reader->places);
    hashmap_clear(reader->counted);
    result = samples_each(reader->store, reader->options->today, take_series, reader, reader->err);
    if (out->metric_count > 1)
        qsort(out->metrics, out->metric_count, sizeof *out->metrics, by_metric_name);
    return result;
}

int trends_measure(struct trends_reader *reader)
{
    struct trends *out = reader->out;
    const struct trends_metric *most = NULL;
    size_t i;
    int result;

    reader->metric = reader->options->metric ? reader->options->metric : TRENDS_METRIC;
    result = trends_pass(reader);
    if (result != ERR_OK || reader->len > 0)
        return result;
    if (reader->options->metric)
        return no_such_metric(reader);
    for (i = 0; i < out->metric_count; i++)
        if (!most || out->metrics[i].works > most->works)
            most = &out->metrics[i];
    reader->metric = most ? arena_strdup(reader->arena, most->name) : "";
    return most ? trends_pass(reader) : ERR_OK;
}
