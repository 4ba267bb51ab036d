/*
 * Groups of works of a kind, and how unusual each work is in its own: groups are runs of the works
 * in order of age and category, and where one is too small a wider one takes its place.
 */
#include "trends_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BANDS 6

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

int trends_read_groups(struct trends_reader *reader)
{
    size_t i, kept = 0;

    for (i = 0; i < reader->len; i++) {
        struct trends_held *held = &reader->held[i];
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
static int compare_groups(const struct trends_held *a, const struct trends_held *b, int level)
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
    const struct trends_held *x = a, *y = b;
    int result = compare_groups(x, y, 0);

    return result ? result : (x->work > y->work) - (x->work < y->work);
}

static void score_group(struct trends_held *held, size_t len, int level, double *values)
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

void trends_score(struct trends_reader *reader)
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

char *trends_group_name(struct trends_reader *reader, const struct trends_held *held)
{
    if (held->level == 0)
        return arena_printf(reader->arena, "%s, %s",
                            *held->category ? held->category : "without category",
                            bands[held->band].name);
    if (held->level == 1)
        return arena_printf(reader->arena, "all categories, %s", bands[held->band].name);
    return arena_strdup(reader->arena, held->level == 2 ? "all papers" : "");
}
