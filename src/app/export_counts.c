/*
 * A website's counts: categories, years, months, and the weeks before its newest paper.
 */
#include "export_internal.h"

#include "carrel/clock.h"
#include "carrel/publish.h"

#include <stdio.h>
#include <string.h>

#define WEEKS 26

struct export_counts {
    struct jsonw *w;
    const char *name_key;
    int64_t rows;
};

static void count_put(struct jsonw *w, const char *key, const char *name, int64_t count)
{
    jsonw_object(w);
    jsonw_key_string(w, key, name);
    jsonw_key_int(w, "count", count);
    jsonw_end(w);
}

static int count_row(void *ctx, const struct publish_count *count)
{
    struct export_counts *counts = ctx;

    count_put(counts->w, counts->name_key, count->name, count->count);
    counts->rows++;
    return 0;
}

static int counts_of(struct export_job *job, struct jsonw *w, const char *list, const char *what,
                     const char *name_key, int64_t *rows, struct error *err)
{
    struct export_counts counts = { .w = w, .name_key = name_key };
    int result;

    jsonw_key(w, list);
    jsonw_array(w);
    result = publish_counts(job->store, what, count_row, &counts, err);
    jsonw_end(w);
    *rows = counts.rows;
    return result;
}

/* Of the papers that are published, by the first so many letters of their date, oldest first. */
static void counts_by_date(const struct export_job *job, struct jsonw *w, const char *list,
                           const char *key, size_t letters)
{
    char name[16] = "", other[16];
    int64_t count = 0;
    size_t i;

    jsonw_key(w, list);
    jsonw_array(w);
    for (i = job->len; i-- > 0;) {
        if (job->items[i].day == 0)
            continue;
        date_format(other, job->items[i].day);
        other[letters] = '\0';
        if (count > 0 && strcmp(name, other) != 0) {
            count_put(w, key, name, count);
            count = 0;
        }
        memcpy(name, other, sizeof name);
        count++;
    }
    if (count > 0)
        count_put(w, key, name, count);
    jsonw_end(w);
}

/* Weeks that end with the day of the newest paper. */
static void counts_by_week(const struct export_job *job, struct jsonw *w)
{
    int64_t weeks[WEEKS] = { 0 };
    int32_t last = job->len > 0 ? job->items[0].day : 0;
    size_t i;

    for (i = 0; last && i < job->len && job->items[i].day > last - 7 * WEEKS; i++)
        if (job->items[i].day)
            weeks[WEEKS - 1 - (last - job->items[i].day) / 7]++;
    jsonw_key(w, "weeks");
    jsonw_array(w);
    for (i = 0; i < WEEKS; i++)
        jsonw_int(w, weeks[i]);
    jsonw_end(w);
}

int export_stats(struct export_job *job, struct error *err)
{
    struct str body = STR_INIT;
    struct publish_totals totals;
    struct jsonw w;
    char day[16];
    int64_t rows;
    int result = publish_totals(job->store, &totals, err);

    if (result != ERR_OK)
        return result;
    export_open(&w, &body);
    jsonw_key_int(&w, "papers", (int64_t)job->len);
    jsonw_key_int(&w, "library_papers", totals.works);
    jsonw_key_int(&w, "with_code", totals.with_code);
    jsonw_key_int(&w, "authors", totals.authors);
    date_format(day, totals.first_day);
    jsonw_key_string(&w, "first_published", *day ? day : NULL);
    date_format(day, totals.last_day);
    jsonw_key_string(&w, "last_published", *day ? day : NULL);
    counts_by_date(job, &w, "years", "year", 4);
    counts_by_date(job, &w, "months", "month", 7);
    counts_by_week(job, &w);
    result = counts_of(job, &w, "sources", "source", "source", &rows, err);
    if (result == ERR_OK)
        result = export_put(job, &w, "stats.json", 1, 0, err);
    str_free(&body);
    return result;
}

int export_categories(struct export_job *job, struct error *err)
{
    struct str body = STR_INIT;
    struct jsonw w;
    int64_t rows = 0;
    int result;

    export_open(&w, &body);
    result = counts_of(job, &w, "categories", "category", "code", &rows, err);
    if (result == ERR_OK)
        result = export_put(job, &w, "categories.json", rows, 0, err);
    str_free(&body);
    return result;
}
