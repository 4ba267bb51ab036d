/*
 * How websites are used; see usage.h. The store counts and orders; here windows become ranges of
 * hours or days, and names of papers titles.
 */
#include "carrel/usage.h"

#include "carrel/str.h"
#include "carrel/works.h"

#include <string.h>

static const struct {
    const char *name;
    enum usage_span span;
    int64_t count;
} windows[] = {
    { "24h", USAGE_HOUR, 24 },
    { "7d", USAGE_DAY, 7 },
    { "30d", USAGE_DAY, 30 },
    { "365d", USAGE_DAY, 365 },
};

bool usage_window_from(struct usage_window *out, const char *name, int64_t now)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(windows) && strcmp(windows[i].name, name) != 0; i++)
        ;
    if (i == ARRAY_LEN(windows))
        return false;
    out->name = windows[i].name;
    out->range.span = windows[i].span;
    out->range.last = now / usage_span_ms(windows[i].span);
    out->range.first = out->range.last - windows[i].count + 1;
    return true;
}

static struct usage_range range_before(const struct usage_range *range)
{
    return (struct usage_range){ .span = range->span,
                                 .first = 2 * range->first - range->last - 1,
                                 .last = range->first - 1 };
}

struct usage_range usage_window_reads(const struct usage_window *window)
{
    struct usage_range both = window->range;

    both.first = range_before(&window->range).first;
    return both;
}

bool usage_change(double *change, int64_t now, int64_t before)
{
    *change = before > 0 ? (double)(now - before) / (double)before : 0;
    return before > 0;
}

/* ---- papers ---- */

static int paper_title(struct usage_paper *paper, int64_t work, struct store *store,
                       struct arena *arena, struct error *err)
{
    struct work_row row;
    int result = ERR_OK;

    if (work > 0)
        result = works_rows(store, arena, &work, 1, &row, err);
    if (result == ERR_OK && work > 0 && row.id) {
        paper->id = row.key;
        paper->title = row.title;
    }
    return result;
}

/* Of days, the sum of each day's visitors is their number; hours of one day have some in common. */
static int paper_visitors(struct usage_paper *paper, const struct usage_subject *subject,
                          struct store *store, const struct usage_range *range, struct error *err)
{
    struct usage_range before = range_before(range);
    int result = ERR_OK;

    if (range->span == USAGE_HOUR)
        result = usage_visitors(store, subject, range, &paper->counts.visitors, err);
    if (result == ERR_OK && range->span == USAGE_HOUR)
        result = usage_visitors(store, subject, &before, &paper->before.visitors, err);
    return result;
}

int usage_papers(struct usage_paper **out, size_t *count, unsigned **values, struct store *store,
                 struct arena *arena, const struct usage_range *range, enum usage_order order,
                 size_t limit, struct error *err)
{
    size_t periods = (size_t)(range->last - range->first + 1), i;
    struct usage_subject *subjects;
    int result =
        usage_leading(&subjects, count, store, arena, USAGE_PAPER, range, order, limit, err);

    if (result != ERR_OK)
        return result;
    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    if (values)
        *values = arena_alloc(arena, (*count + 1) * periods * sizeof **values);
    for (i = 0; i < *count && result == ERR_OK; i++) {
        struct usage_paper *paper = &(*out)[i];

        *paper = (struct usage_paper){ .id = subjects[i].name,
                                       .counts = subjects[i].counts,
                                       .before = subjects[i].before };
        result = paper_title(paper, subjects[i].work, store, arena, err);
        if (result == ERR_OK)
            result = paper_visitors(paper, &subjects[i], store, range, err);
        if (result == ERR_OK && values)
            result =
                usage_series(store, USAGE_PAPER, &subjects[i], range, *values + i * periods, err);
    }
    return result;
}

/* ---- everything ---- */

struct period_filler {
    const struct usage_range *range;
    struct usage_counts *periods;
};

static int take_period(void *ctx, int64_t at, const struct usage_counts *counts)
{
    struct period_filler *filler = ctx;

    filler->periods[at - filler->range->first] = *counts;
    return ERR_OK;
}

static int periods_into(struct usage_counts *out, struct store *store,
                        const struct usage_range *range, struct error *err)
{
    struct period_filler filler = { .range = range, .periods = out };

    return usage_each(store, range, take_period, &filler, err);
}

int usage_periods(struct usage_counts **out, size_t *count, struct store *store,
                  struct arena *arena, const struct usage_range *range, struct error *err)
{
    *count = (size_t)(range->last - range->first + 1);
    *out = arena_alloc(arena, *count * sizeof **out);
    return periods_into(*out, store, range, err);
}

static int take_sum(void *ctx, int64_t at, const struct usage_counts *counts)
{
    struct usage_counts *sum = ctx;

    (void)at;
    sum->views += counts->views;
    sum->clicks += counts->clicks;
    sum->searches += counts->searches;
    sum->fruitless += counts->fruitless;
    sum->visitors += counts->visitors;
    return ERR_OK;
}

static int sum_range(struct usage_counts *out, struct store *store, const struct usage_range *range,
                     struct error *err)
{
    int result = usage_each(store, range, take_sum, out, err);

    if (result == ERR_OK && range->span == USAGE_HOUR)
        result = usage_visitors(store, NULL, range, &out->visitors, err);
    return result;
}

int usage_summarize(struct usage_summary *out, struct store *store, struct arena *arena,
                    const struct usage_range *range, size_t limit, struct error *err)
{
    const struct {
        struct usage_list *list;
        enum usage_kind kind;
        enum usage_order order;
    } lists[] = {
        { &out->pages, USAGE_PATH, USAGE_BY_VIEWS },
        { &out->sources, USAGE_SOURCE, USAGE_BY_VIEWS },
        { &out->searches, USAGE_QUERY, USAGE_BY_SEARCHES },
        { &out->fruitless, USAGE_QUERY, USAGE_BY_FRUITLESS },
    };
    struct usage_range before = range_before(range);
    size_t i;
    int result;

    memset(out, 0, sizeof *out);
    result = sum_range(&out->totals, store, range, err);
    if (result == ERR_OK)
        result = sum_range(&out->before, store, &before, err);
    if (result == ERR_OK)
        result = usage_periods(&out->series, &out->periods, store, arena, range, err);
    for (i = 0; i < ARRAY_LEN(lists) && result == ERR_OK; i++)
        result = usage_leading(&lists[i].list->items, &lists[i].list->len, store, arena,
                               lists[i].kind, range, lists[i].order, limit, err);
    return result;
}

/* ---- now ---- */

int usage_now(struct usage_realtime *out, struct store *store, struct arena *arena, int64_t now,
              struct error *err)
{
    struct usage_range all = { .span = USAGE_MINUTE, .last = now / usage_span_ms(USAGE_MINUTE) };
    struct usage_range active = all;
    int result;

    memset(out, 0, sizeof *out);
    active.first = all.last - USAGE_ACTIVE_MINUTES + 1;
    out->first = all.first = all.last - USAGE_MINUTES + 1;
    result = periods_into(out->minutes, store, &all, err);
    if (result == ERR_OK)
        result = usage_visitors(store, NULL, &active, &out->active, err);
    if (result == ERR_OK)
        result = usage_visitors(store, NULL, &all, &out->visitors, err);
    if (result == ERR_OK)
        result = usage_latest(&out->latest, &out->latest_len, store, arena, USAGE_LATEST, err);
    return result;
}
