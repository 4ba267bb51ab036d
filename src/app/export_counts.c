/*
 * A website's counts: categories, years, months, and the weeks before its newest paper.
 */
#include "export_internal.h"

#include "carrel/clock.h"
#include "carrel/mem.h"
#include "carrel/publish.h"

#include <stdlib.h>
#include <string.h>

#define WEEKS 26

/* Names and how many of the published papers have each. */
struct tally {
    const struct export_job *job;
    struct hashmap *counts;
};
struct tally_row {
    const char *name; /* the map's */
    int64_t count;
};

static void count_put(struct jsonw *w, const char *key, const char *name, int64_t count)
{
    jsonw_object(w);
    jsonw_key_string(w, key, name);
    jsonw_key_int(w, "count", count);
    jsonw_end(w);
}

static int tally_pair(void *ctx, int64_t work, const char *name)
{
    struct tally *tally = ctx;

    if (export_wants(tally->job, work))
        ++*hashmap_put(tally->counts, name, strlen(name), NULL);
    return 0;
}

static int tally_compare(const void *a, const void *b)
{
    const struct tally_row *x = a, *y = b;

    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

/* Largest first, then by name. */
static void tally_put(const struct tally *tally, struct jsonw *w, const char *name_key)
{
    size_t len = 0, at = 0, key_len;
    struct tally_row *rows = mem_alloc((hashmap_count(tally->counts) + 1) * sizeof *rows);
    const char *key;
    uint64_t *count;

    while (hashmap_next(tally->counts, &at, &key, &key_len, &count))
        rows[len++] = (struct tally_row){ key, (int64_t)*count };
    if (len > 1)
        qsort(rows, len, sizeof *rows, tally_compare);
    for (at = 0; at < len; at++)
        count_put(w, name_key, rows[at].name, rows[at].count);
    free(rows);
}

static int counts_of(struct export_job *job, struct jsonw *w, const char *list, const char *what,
                     const char *name_key, int64_t *rows, struct error *err)
{
    struct tally tally = { .job = job, .counts = hashmap_new() };
    int result = publish_pairs(job->store, what, tally_pair, &tally, err);

    jsonw_key(w, list);
    jsonw_array(w);
    tally_put(&tally, w, name_key);
    jsonw_end(w);
    *rows = (int64_t)hashmap_count(tally.counts);
    hashmap_free(tally.counts);
    return result;
}

/* Different authors, and papers with code, of the published papers. */
static int counts_wanted(struct export_job *job, struct publish_totals *totals, struct error *err)
{
    struct tally tally = { .job = job, .counts = hashmap_new() };
    const uint64_t *code;
    int result = publish_pairs(job->store, "author", tally_pair, &tally, err);

    totals->authors = (int64_t)hashmap_count(tally.counts);
    hashmap_clear(tally.counts);
    if (result == ERR_OK)
        result = publish_pairs(job->store, "code", tally_pair, &tally, err);
    code = hashmap_get(tally.counts, "", 0);
    totals->with_code = code ? (int64_t)*code : 0;
    hashmap_free(tally.counts);
    return result;
}

/* The days of the oldest and the newest published paper that has one. */
static void counts_days(const struct export_job *job, struct jsonw *w)
{
    size_t oldest = job->len;
    char day[16];

    while (oldest > 0 && job->items[oldest - 1].day == 0)
        oldest--;
    date_format(day, oldest ? job->items[oldest - 1].day : DAY_NONE);
    jsonw_key_string(w, "first_published", oldest ? day : NULL);
    date_format(day, oldest ? job->items[0].day : DAY_NONE);
    jsonw_key_string(w, "last_published", oldest ? day : NULL);
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

/* Weeks that end with the library's today; what is dated ahead of it is in none. */
static void counts_by_week(const struct export_job *job, struct jsonw *w)
{
    int64_t weeks[WEEKS] = { 0 };
    int32_t last = export_today(job);
    size_t i;

    for (i = 0; last && i < job->len && job->items[i].day > last - 7 * WEEKS; i++)
        if (job->items[i].day && job->items[i].day <= last)
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
    int64_t rows;
    int result = publish_totals(job->store, &totals, err);

    if (result == ERR_OK && job->wanted)
        result = counts_wanted(job, &totals, err);
    if (result != ERR_OK)
        return result;
    export_open(&w, &body);
    jsonw_key_int(&w, "papers", (int64_t)job->len);
    jsonw_key_int(&w, "library_papers", totals.works);
    jsonw_key_int(&w, "with_code", totals.with_code);
    jsonw_key_int(&w, "authors", totals.authors);
    counts_days(job, &w);
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
