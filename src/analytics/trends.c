/*
 * Trends of a library (carrel/trends.h): one pass measures each series and keeps the leading one of
 * each work; groups are runs of the sorted works; texts and points are read of the few that are
 * asked for.
 */
#include "carrel/trends.h"

#include "carrel/hash.h"
#include "carrel/works.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX
#define BANDS 6

struct held {
    int64_t work;
    struct trend_measure measure;
    char *source, *item, *category;
    int32_t published;
    int band;
    double zscore;
    int level; /* of its group */
    size_t group_size;
};

struct reader {
    struct store *store;
    struct arena *arena;
    const struct trends_options *options;
    const char *metric;
    int32_t window;
    struct trends *out;
    struct held *held;
    size_t len, cap, metric_cap;
    struct hashmap *places;  /* of works in `held` */
    struct hashmap *counted; /* works by metric */
    struct error *err;
};

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

/* ---- the pass ---- */

static void count_metric(struct reader *reader, const struct sample_series *series)
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
    struct reader *reader = ctx;
    struct held held = { .work = series->work, .zscore = NAN, .level = -1 };
    struct held *before;
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

static int no_such_metric(const struct reader *reader)
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

static int pass(struct reader *reader)
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

static int measure_all(struct reader *reader)
{
    struct trends *out = reader->out;
    const struct trends_metric *most = NULL;
    size_t i;
    int result;

    reader->metric = reader->options->metric ? reader->options->metric : TRENDS_METRIC;
    result = pass(reader);
    if (result != ERR_OK || reader->len > 0)
        return result;
    if (reader->options->metric)
        return no_such_metric(reader);
    for (i = 0; i < out->metric_count; i++)
        if (!most || out->metrics[i].works > most->works)
            most = &out->metrics[i];
    reader->metric = most ? arena_strdup(reader->arena, most->name) : "";
    return most ? pass(reader) : ERR_OK;
}

/* ---- groups ---- */

static const struct {
    int32_t days;
    const char *name;
} bands[BANDS] = {
    { 7, "up to 7 days old" },          { 30, "up to 30 days old" },
    { 90, "up to 90 days old" },        { 365, "up to a year old" },
    { INT32_MAX, "older than a year" }, { INT32_MAX, "without a date" },
};

static int band_of(int32_t published, int32_t today)
{
    int band = 0;

    if (published == 0)
        return BANDS - 1;
    while (today - published > bands[band].days)
        band++;
    return band;
}

static int read_groups(struct reader *reader)
{
    size_t i, kept = 0;

    for (i = 0; i < reader->len; i++) {
        struct held *held = &reader->held[i];
        int result = samples_group(reader->store, reader->arena, held->work, &held->category,
                                   &held->published, reader->err);

        if (result == ERR_NOTFOUND) /* samples of a work that is not there: doctor's business */
            continue;
        if (result != ERR_OK)
            return result;
        held->band = band_of(held->published, reader->options->today);
        reader->out->measured += isnan(held->measure.velocity) ? 0 : 1;
        reader->held[kept++] = *held;
    }
    reader->len = kept;
    reader->out->works = reader->out->sampled = kept;
    return ERR_OK;
}

/* Level 0: category and age; 1: age; 2: all are alike. */
static int compare_groups(const struct held *a, const struct held *b, int level)
{
    int result = 0;

    if (level < 2)
        result = (a->band > b->band) - (a->band < b->band);
    if (result == 0 && level == 0)
        result = strcmp(a->category, b->category);
    return result;
}

static int by_group(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    int result = compare_groups(x, y, 0);

    return result ? result : (x->work > y->work) - (x->work < y->work);
}

static void score_group(struct held *held, size_t len, int level, double *values)
{
    struct trend_usual usual;
    size_t i, count = 0, least = level < 2 ? TRENDS_GROUP_MIN : TRENDS_GROUP_LEAST;

    for (i = 0; i < len; i++)
        if (!isnan(held[i].measure.velocity))
            values[count++] = held[i].measure.velocity;
    if (count < least)
        return;
    trend_usual(&usual, values, count);
    for (i = 0; i < len; i++) {
        if (isnan(held[i].measure.velocity) || held[i].level >= 0)
            continue;
        held[i].zscore = trend_zscore(&usual, held[i].measure.velocity);
        held[i].level = level;
        held[i].group_size = count;
    }
}

static void score_all(struct reader *reader)
{
    double *values = mem_alloc((reader->len + 1) * sizeof *values);
    int level;

    if (reader->len > 1)
        qsort(reader->held, reader->len, sizeof *reader->held, by_group);
    for (level = 0; level < 3; level++) {
        size_t from, to;

        for (from = 0; from < reader->len; from = to) {
            for (to = from + 1; to < reader->len; to++)
                if (compare_groups(&reader->held[from], &reader->held[to], level) != 0)
                    break;
            score_group(&reader->held[from], to - from, level, values);
        }
    }
    free(values);
}

/* ---- what is asked for ---- */

static int keep_category(struct reader *reader)
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

static double sorted_by(const struct held *held, enum trends_sort sort)
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
    const struct held *x = a, *y = b;
    enum trends_sort sort = *(const enum trends_sort *)ctx;
    int result = falling(sorted_by(x, sort), sorted_by(y, sort));

    if (result == 0)
        result = falling(x->measure.value, y->measure.value);
    return result ? result : (x->work < y->work) - (x->work > y->work);
}

static void order(struct reader *reader)
{
    enum trends_sort sort = reader->options->sort;

    if (reader->len > 1)
        qsort_r(reader->held, reader->len, sizeof *reader->held, by_order, &sort);
}

static void group_name(struct reader *reader, struct trends_item *item, const struct held *held)
{
    if (held->level == 0)
        item->group = arena_printf(reader->arena, "%s, %s",
                                   *held->category ? held->category : "without category",
                                   bands[held->band].name);
    else if (held->level == 1)
        item->group = arena_printf(reader->arena, "all categories, %s", bands[held->band].name);
    else
        item->group = arena_strdup(reader->arena, held->level == 2 ? "all papers" : "");
}

static int read_points(struct reader *reader, struct trends_item *item)
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

static int read_item(struct reader *reader, const struct held *held)
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
                                  .group_size = held->group_size };
    group_name(reader, item, held);
    reader->out->len++;
    return read_points(reader, item);
}

static int read_items(struct reader *reader)
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

static void reader_init(struct reader *reader, struct trends *out, struct store *store,
                        struct arena *arena, const struct trends_options *options,
                        struct error *err)
{
    *out = (struct trends){ .today = options->today };
    *reader = (struct reader){
        .store = store, .arena = arena, .options = options, .out = out, .err = err
    };
    reader->places = hashmap_new();
    reader->counted = hashmap_new();
    reader->window = options->window ? options->window : TREND_WINDOW;
    out->window = reader->window;
    assert(reader->window >= 1 && reader->window <= TREND_WINDOW_MAX);
}

/* The list of metrics moves into the arena. */
static void reader_end(struct reader *reader)
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
    struct reader reader;
    int result;

    reader_init(&reader, out, store, arena, options, err);
    result = measure_all(&reader);
    out->metric = arena_strdup(arena, reader.metric);
    if (result == ERR_OK)
        result = read_groups(&reader);
    if (result == ERR_OK) {
        score_all(&reader);
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
    struct reader reader;
    size_t i;
    int result;

    velocity.sort = TRENDS_VELOCITY;
    reader_init(&reader, &trends, store, arena, &velocity, err);
    result = measure_all(&reader);
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
    struct reader reader;
    size_t i;
    int result;

    reader_init(&reader, &trends, store, arena, options, err);
    reader.metric = options->metric;
    result = pass(&reader);
    if (result == ERR_OK && !isnan(limits->zscore)) {
        result = read_groups(&reader);
        if (result == ERR_OK)
            score_all(&reader);
    }
    *out = arena_alloc(arena, (reader.len + 1) * sizeof **out);
    *count = 0;
    for (i = 0; i < reader.len && result == ERR_OK; i++) {
        const struct held *held = &reader.held[i];

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
