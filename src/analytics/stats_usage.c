/*
 * Panels about websites: the same figures that /metrics/... of the service gives, by the same
 * queries.
 */
#include "stats_usage.h"

#include "carrel/usage.h"

static struct stats_panel *panel_begin(struct stats *out, enum stats_kind kind,
                                       const struct usage_range *range, struct arena *arena,
                                       size_t rows)
{
    struct stats_panel *panel = &out->panels[kind];

    panel->period_days = 1;
    panel->first_day = (int32_t)range->first;
    panel->periods = (size_t)(range->last - range->first + 1);
    panel->len = rows;
    panel->rows = arena_alloc(arena, (rows + 1) * sizeof *panel->rows);
    return panel;
}

static void row_add(struct stats_row *row, size_t period, int64_t count)
{
    row->counts[period] += (unsigned)count;
    row->count += count;
}

static int read_visits(struct stats *out, struct store *store, struct arena *arena,
                       const struct usage_range *range, struct error *err)
{
    static const char *const names[] = { "views", "clicks", "searches", "visitors" };
    struct stats_panel *panel = panel_begin(out, STATS_VISITS, range, arena, ARRAY_LEN(names));
    struct usage_counts *days;
    size_t count, i;
    int result = usage_periods(&days, &count, store, arena, range, err);

    for (i = 0; i < ARRAY_LEN(names); i++) {
        panel->rows[i].name = arena_strdup(arena, names[i]);
        panel->rows[i].counts = arena_alloc(arena, count * sizeof *panel->rows[i].counts);
    }
    for (i = 0; i < count && result == ERR_OK; i++) {
        row_add(&panel->rows[0], i, days[i].views);
        row_add(&panel->rows[1], i, days[i].clicks);
        row_add(&panel->rows[2], i, days[i].searches);
        row_add(&panel->rows[3], i, days[i].visitors);
    }
    return result;
}

static int read_popular(struct stats *out, struct store *store, struct arena *arena,
                        const struct usage_range *range, size_t limit, struct error *err)
{
    struct usage_paper *papers = NULL;
    struct stats_panel *panel;
    unsigned *values = NULL;
    size_t count = 0, i;
    int result =
        usage_papers(&papers, &count, &values, store, arena, range, USAGE_BY_VIEWS, limit, err);

    if (result != ERR_OK)
        return result;
    panel = panel_begin(out, STATS_POPULAR, range, arena, count);
    for (i = 0; i < count; i++)
        panel->rows[i] =
            (struct stats_row){ .name = papers[i].title ? papers[i].title : papers[i].id,
                                .key = papers[i].title ? papers[i].id : NULL,
                                .count = papers[i].counts.views,
                                .counts = values + i * panel->periods };
    return ERR_OK;
}

static int read_searches(struct stats *out, struct store *store, struct arena *arena,
                         const struct usage_range *range, size_t limit, struct error *err)
{
    struct usage_subject *queries = NULL;
    struct stats_panel *panel;
    size_t count = 0, i;
    int result = usage_leading(&queries, &count, store, arena, USAGE_QUERY, range,
                               USAGE_BY_SEARCHES, limit, err);

    if (result != ERR_OK)
        return result;
    panel = panel_begin(out, STATS_SEARCHES, range, arena, count);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct stats_row *row = &panel->rows[i];

        row->name = queries[i].name;
        row->count = queries[i].counts.searches;
        row->counts = arena_alloc(arena, panel->periods * sizeof *row->counts);
        result = usage_series(store, USAGE_QUERY, &queries[i], range, row->counts, err);
    }
    return result;
}

int stats_read_usage(struct stats *out, struct store *store, struct arena *arena,
                     const struct stats_options *options, struct error *err)
{
    struct usage_range range = { .span = USAGE_DAY,
                                 .first = options->today - options->weeks * 7 + 1,
                                 .last = options->today };
    int result = read_visits(out, store, arena, &range, err);

    if (result == ERR_OK)
        result = read_popular(out, store, arena, &range, options->limit, err);
    if (result == ERR_OK)
        result = read_searches(out, store, arena, &range, options->limit, err);
    return result;
}
