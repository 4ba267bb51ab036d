/*
 * Trends of a library (carrel/trends.h): one pass measures each series (trends_pass.c), groups say
 * what is usual (trends_groups.c), and here is what is asked for: texts and points are read of the
 * few that are shown.
 */
#include "trends_internal.h"

#include "carrel/hash.h"
#include "carrel/works.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const sort_names[TRENDS_SORTS] = { "velocity", "zscore", "value",
                                                      "acceleration" };

const char *trends_sort_name(enum trends_sort sort)
{
    return sort_names[sort];
}

int trends_sort_find(enum trends_sort *out, const char *name, struct error *err)
{
    size_t i, found = 0;

    for (i = 0; i < TRENDS_SORTS; i++) {
        if (str_eq(sort_names[i], name)) {
            *out = (enum trends_sort)i;
            return ERR_OK;
        }
        if (*name && str_starts(sort_names[i], name)) {
            *out = (enum trends_sort)i;
            found++;
        }
    }
    if (found == 1)
        return ERR_OK;
    return error_set(err, ERR_USAGE, "order by velocity, zscore, value or acceleration, not '%s'",
                     name);
}

/* ---- which of them, and in what order ---- */

static int keep_category(struct trends_reader *reader)
{
    size_t i, kept = 0;
    bool in;
    int result;

    if (!reader->options->category)
        return ERR_OK;
    result = samples_category_known(reader->store, reader->options->category, reader->err);
    reader->out->measured = 0;
    for (i = 0; i < reader->len && result == ERR_OK; i++) {
        result = samples_in_category(reader->store, reader->held[i].work, reader->options->category,
                                     &in, reader->err);
        if (result != ERR_OK || !in)
            continue;
        reader->out->measured += isnan(reader->held[i].measure.velocity) ? 0 : 1;
        reader->held[kept++] = reader->held[i];
    }
    reader->len = reader->out->works = kept;
    return result;
}

static double sorted_by(const struct trends_held *held, enum trends_sort sort)
{
    switch (sort) {
    case TRENDS_VELOCITY:
        return held->measure.velocity;
    case TRENDS_ZSCORE:
        return held->zscore;
    case TRENDS_VALUE:
        return held->measure.value;
    default:
        return held->measure.acceleration;
    }
}

/* NAN behind all numbers. */
static int falling(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a < b) - (a > b);
}

static int by_order(const void *a, const void *b, void *ctx)
{
    const struct trends_held *x = a, *y = b;
    enum trends_sort sort = *(const enum trends_sort *)ctx;
    int result = falling(sorted_by(x, sort), sorted_by(y, sort));

    if (result == 0)
        result = falling(x->measure.value, y->measure.value);
    return result ? result : (x->work < y->work) - (x->work > y->work);
}

static void order(struct trends_reader *reader)
{
    enum trends_sort sort = reader->options->sort;

    if (reader->len > 1)
        qsort_r(reader->held, reader->len, sizeof *reader->held, by_order, &sort);
}

/* ---- the items ---- */

static int read_points(struct trends_reader *reader, struct trends_item *item)
{
    struct sample *samples;
    size_t count, i;
    int32_t today = reader->options->today;
    int result =
        samples_list(reader->store, reader->arena, item->work, &samples, &count, reader->err);

    if (result != ERR_OK)
        return result;
    item->points = arena_alloc(reader->arena, (TRENDS_POINTS + 1) * sizeof *item->points);
    for (i = 0; i < count; i++)
        if (samples[i].day <= today && samples[i].day > today - TRENDS_POINTS
            && strcmp(samples[i].metric, reader->metric) == 0
            && strcmp(samples[i].source, item->source) == 0
            && strcmp(samples[i].item, item->item) == 0)
            item->points[item->point_count++] =
                (struct sample_point){ samples[i].day, samples[i].value };
    return ERR_OK;
}

static int read_item(struct trends_reader *reader, const struct trends_held *held)
{
    struct trends_item *item = &reader->out->items[reader->out->len];
    struct work_row row;
    int result = works_rows(reader->store, reader->arena, &held->work, 1, &row, reader->err);

    if (result != ERR_OK || row.id == 0)
        return result;
    *item = (struct trends_item){ .work = held->work,
                                  .key = row.key,
                                  .title = row.title,
                                  .category = held->category,
                                  .published = held->published,
                                  .source = held->source,
                                  .item = held->item,
                                  .measure = held->measure,
                                  .zscore = held->zscore,
                                  .group = trends_group_name(reader, held),
                                  .group_size = held->group_size };
    reader->out->len++;
    return read_points(reader, item);
}

static int read_items(struct trends_reader *reader)
{
    size_t limit = reader->options->limit ? reader->options->limit : 20, i;
    int result = ERR_OK;

    if (limit > TRENDS_LIMIT_MAX)
        limit = TRENDS_LIMIT_MAX;
    reader->out->items = arena_alloc(reader->arena, (limit + 1) * sizeof *reader->out->items);
    for (i = 0; i < reader->len && reader->out->len < limit && result == ERR_OK; i++)
        result = read_item(reader, &reader->held[i]);
    return result;
}

/* ---- what is asked for ---- */

static void reader_init(struct trends_reader *reader, struct trends *out, struct store *store,
                        struct arena *arena, const struct trends_options *options,
                        struct error *err)
{
    *out = (struct trends){ .today = options->today };
    *reader = (struct trends_reader){
        .store = store, .arena = arena, .options = options, .out = out, .err = err
    };
    reader->places = hashmap_new();
    reader->counted = hashmap_new();
    reader->window = options->window ? options->window : TREND_WINDOW;
    out->window = reader->window;
    assert(reader->window >= 1 && reader->window <= TREND_WINDOW_MAX);
}

/* The list of metrics moves into the arena. */
static void reader_end(struct trends_reader *reader)
{
    struct trends_metric *kept = NULL;
    size_t size = reader->out->metric_count * sizeof *kept;

    if (size > 0) {
        kept = arena_alloc(reader->arena, size);
        memcpy(kept, reader->out->metrics, size);
    }
    free(reader->out->metrics);
    free(reader->held);
    hashmap_free(reader->places);
    hashmap_free(reader->counted);
    reader->out->metrics = kept;
}

int trends_read(struct trends *out, struct store *store, struct arena *arena,
                const struct trends_options *options, struct error *err)
{
    struct trends_reader reader;
    int result;

    reader_init(&reader, out, store, arena, options, err);
    result = trends_measure(&reader);
    out->metric = arena_strdup(arena, reader.metric);
    if (result == ERR_OK)
        result = trends_read_groups(&reader);
    if (result == ERR_OK) {
        trends_score(&reader);
        result = keep_category(&reader);
    }
    if (result == ERR_OK) {
        order(&reader);
        result = read_items(&reader);
    }
    reader_end(&reader);
    return result;
}

int trends_order(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                 const struct trends_options *options, struct error *err)
{
    struct trends_options velocity = *options;
    struct trends trends;
    struct trends_reader reader;
    size_t i;
    int result;

    velocity.sort = TRENDS_VELOCITY;
    reader_init(&reader, &trends, store, arena, &velocity, err);
    result = trends_measure(&reader);
    order(&reader);
    *works = arena_alloc(arena, (reader.len + 1) * sizeof **works);
    *count = 0;
    for (i = 0; i < reader.len; i++)
        if (!isnan(reader.held[i].measure.velocity))
            (*works)[(*count)++] = reader.held[i].work;
    reader_end(&reader);
    return result;
}

/* No limit is past by any number; a number that is not known is past no limit. */
static bool is_past(double number, double limit)
{
    return isnan(limit) || number > limit;
}

static int by_work(const void *a, const void *b)
{
    const struct trends_passed *x = a, *y = b;

    return (x->work > y->work) - (x->work < y->work);
}

int trends_past(struct trends_passed **out, size_t *count, struct store *store, struct arena *arena,
                const struct trends_options *options, const struct trends_limits *limits,
                struct error *err)
{
    struct trends trends;
    struct trends_reader reader;
    size_t i;
    int result;

    reader_init(&reader, &trends, store, arena, options, err);
    reader.metric = options->metric;
    result = trends_pass(&reader);
    if (result == ERR_OK && !isnan(limits->zscore)) {
        result = trends_read_groups(&reader);
        if (result == ERR_OK)
            trends_score(&reader);
    }
    *out = arena_alloc(arena, (reader.len + 1) * sizeof **out);
    *count = 0;
    for (i = 0; i < reader.len && result == ERR_OK; i++) {
        const struct trends_held *held = &reader.held[i];

        if (is_past(held->measure.value, limits->value)
            && is_past(held->measure.velocity, limits->velocity)
            && is_past(held->zscore, limits->zscore))
            (*out)[(*count)++] = (struct trends_passed){ held->work, held->measure.value,
                                                         held->measure.velocity, held->zscore };
    }
    if (*count > 1) /* groups have their own order */
        qsort(*out, *count, sizeof **out, by_work);
    reader_end(&reader);
    return result;
}
