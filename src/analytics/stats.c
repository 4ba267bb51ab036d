/*
 * Statistics of a library (carrel/stats.h). The store counts; here counts become the rows and
 * periods of panels.
 */
#include "carrel/stats.h"

#include "carrel/clock.h"
#include "carrel/counts.h"
#include "carrel/samples.h"

#include "stats_usage.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

static const struct {
    const char *name, *title;
} kinds[STATS_PANELS] = {
    [STATS_PAPERS] = { "papers", "Papers a week" },
    [STATS_CATEGORIES] = { "categories", "Categories, papers a week" },
    [STATS_AUTHORS] = { "authors", "Authors of these weeks" },
    [STATS_BURSTS] = { "bursts", "What bursts, papers a week" },
    [STATS_READING] = { "reading", "Reading, a day" },
    [STATS_SAMPLES] = { "samples", "Papers sampled a day" },
    [STATS_SOURCES] = { "sources", "Records by source" },
    [STATS_LINKS] = { "links", "Links by kind" },
    [STATS_DOCUMENTS] = { "documents", "Documents by state" },
    [STATS_AUTHORS_EVER] = { "authors_ever", "Authors of all papers" },
    [STATS_VISITS] = { "visits", "Websites, a day" },
    [STATS_POPULAR] = { "popular", "Papers on websites, views a day" },
    [STATS_SEARCHES] = { "searches", "Searches on websites, a day" },
};

const char *stats_name(enum stats_kind kind)
{
    return kinds[kind].name;
}

const char *stats_title(enum stats_kind kind)
{
    return kinds[kind].title;
}

/* A panel that is being filled. */
struct filler {
    struct arena *arena;
    struct stats_panel *panel;
    struct stats_row *rows;
    size_t len, cap;
    size_t last; /* the row asked for before: rows of a name come one behind the other */
};

static struct stats_row *filler_row(struct filler *f, const char *name)
{
    struct stats_row row = { 0 };
    size_t i;

    if (f->last < f->len && strcmp(f->rows[f->last].name, name) == 0)
        return &f->rows[f->last];
    for (i = 0; i < f->len; i++)
        if (strcmp(f->rows[i].name, name) == 0)
            break;
    f->last = i;
    if (i < f->len)
        return &f->rows[i];
    row.name = arena_strdup(f->arena, name);
    if (f->panel->periods) {
        row.counts = arena_alloc(f->arena, f->panel->periods * sizeof *row.counts);
        memset(row.counts, 0, f->panel->periods * sizeof *row.counts);
    }
    VEC_PUSH(f->rows, f->len, f->cap, row);
    return &f->rows[i];
}

static void row_count(const struct stats_panel *panel, struct stats_row *row, int32_t day,
                      int64_t count)
{
    int32_t at = day - panel->first_day;

    if (row->counts && at >= 0 && (size_t)(at / panel->period_days) < panel->periods)
        row->counts[at / panel->period_days] += (unsigned)count;
}

static int take_count(void *ctx, const struct counts_row *counted)
{
    struct filler *f = ctx;
    struct stats_row *row = filler_row(f, counted->name);

    row->count += counted->count;
    if (counted->newest > row->newest)
        row->newest = counted->newest;
    row_count(f->panel, row, counted->day, counted->count);
    return ERR_OK;
}

static int take_series(void *ctx, const struct sample_series *series)
{
    struct filler *f = ctx;
    char *name = mem_printf("%s, %s", series->metric, series->source);
    struct stats_row *row = filler_row(f, name);
    int64_t first = series->points[0].day * DAY_MS;
    int64_t newest = series->points[series->count - 1].day * DAY_MS;
    size_t i;

    free(name);
    row->count += (int64_t)series->count;
    if (!row->first || first < row->first)
        row->first = first;
    if (newest > row->newest)
        row->newest = newest;
    for (i = 0; i < series->count; i++)
        row_count(f->panel, row, series->points[i].day, 1);
    return ERR_OK;
}

static int compare_rows(const void *a, const void *b)
{
    const struct stats_row *x = a, *y = b;

    return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->name, y->name);
}

/* The largest stay; the rows move into the arena. What the reader does keeps its order. */
static void filler_end(struct filler *f, size_t limit)
{
    struct stats_panel *panel = f->panel;
    bool listed = panel->kind == STATS_READING;

    if (f->len > 1 && !listed)
        qsort(f->rows, f->len, sizeof *f->rows, compare_rows);
    panel->len = f->len < limit || listed ? f->len : limit;
    panel->more = (int64_t)(f->len - panel->len);
    panel->rows = arena_alloc(f->arena, (panel->len + 1) * sizeof *panel->rows);
    if (panel->len > 0)
        memcpy(panel->rows, f->rows, panel->len * sizeof *panel->rows);
    free(f->rows);
}

static void panel_periods(struct stats_panel *panel, const struct stats_options *options, int days)
{
    panel->period_days = days;
    panel->periods = (size_t)(options->weeks * 7 / days);
    panel->first_day = options->today - options->weeks * 7 + 1;
}

static const struct counted_panel {
    enum stats_kind kind;
    enum counts_what what;
    int period_days;
} counted_panels[] = {
    { STATS_PAPERS, COUNTS_PAPERS, 7 },       { STATS_CATEGORIES, COUNTS_CATEGORIES, 7 },
    { STATS_READING, COUNTS_READING, 1 },     { STATS_SOURCES, COUNTS_SOURCES, 0 },
    { STATS_DOCUMENTS, COUNTS_DOCUMENTS, 0 }, { STATS_LINKS, COUNTS_LINKS, 0 },
};

static int read_counted(struct stats *out, const struct counted_panel *counted, struct store *store,
                        struct arena *arena, const struct stats_options *options, struct error *err)
{
    /* What the reader does is always listed in this order, what never happened too. */
    static const char *const deeds[] = { "read", "star", "later", "skip", "note", "tag" };
    struct counts_range range = { .first = options->today - options->weeks * 7 + 1,
                                  .last = options->today,
                                  .category = options->category };
    struct stats_panel *panel = &out->panels[counted->kind];
    struct filler filler = { .arena = arena, .panel = panel };
    size_t i;
    int result;

    if (counted->period_days)
        panel_periods(panel, options, counted->period_days);
    for (i = 0; counted->kind == STATS_READING && i < ARRAY_LEN(deeds); i++)
        filler_row(&filler, deeds[i]);
    result = counts_each(store, counted->what, &range, take_count, &filler, err);
    filler_end(&filler, options->limit);
    return result;
}

static int read_samples(struct stats *out, struct store *store, struct arena *arena,
                        const struct stats_options *options, struct error *err)
{
    struct filler filler = { .arena = arena, .panel = &out->panels[STATS_SAMPLES] };
    int result;

    panel_periods(filler.panel, options, 1);
    result = samples_each(store, options->today, take_series, &filler, err);
    filler_end(&filler, options->limit);
    return result;
}

static int read_authors(struct stats *out, enum stats_kind kind, struct store *store,
                        struct arena *arena, const struct stats_options *options, struct error *err)
{
    struct stats_panel *panel = &out->panels[kind];
    struct counts_range range = { .first = INT32_MIN,
                                  .last = INT32_MAX,
                                  .category = options->category };
    struct name_count *names;
    size_t i;
    int result;

    if (kind == STATS_AUTHORS) {
        range.first = options->today - options->weeks * 7 + 1;
        range.last = options->today;
    }
    result = counts_authors(&names, &panel->len, &panel->more, store, arena, &range, options->limit,
                            err);
    panel->rows = arena_alloc(arena, (panel->len + 1) * sizeof *panel->rows);
    for (i = 0; i < panel->len; i++)
        panel->rows[i] = (struct stats_row){ .name = names[i].name, .count = names[i].count };
    return result;
}

static int read_panels(struct stats *out, struct store *store, struct arena *arena,
                       const struct stats_options *options, struct error *err)
{
    size_t i;
    int result = publish_totals(store, &out->totals, err);

    for (i = 0; i < STATS_PANELS; i++)
        out->panels[i].kind = (enum stats_kind)i;
    for (i = 0; i < ARRAY_LEN(counted_panels) && result == ERR_OK; i++)
        result = read_counted(out, &counted_panels[i], store, arena, options, err);
    if (result == ERR_OK)
        result = read_samples(out, store, arena, options, err);
    if (result == ERR_OK)
        result = read_authors(out, STATS_AUTHORS, store, arena, options, err);
    if (result == ERR_OK)
        result = read_authors(out, STATS_AUTHORS_EVER, store, arena, options, err);
    if (result == ERR_OK)
        result = stats_read_usage(out, store, arena, options, err);
    return result;
}

static struct stats_options with_defaults(const struct stats_options *options)
{
    struct stats_options filled = *options;

    if (!filled.weeks)
        filled.weeks = STATS_WEEKS;
    if (!filled.limit)
        filled.limit = STATS_LIMIT;
    return filled;
}

int stats_read(struct stats *out, struct store *store, struct arena *arena,
               const struct stats_options *options, struct error *err)
{
    struct stats_options filled = with_defaults(options);
    int result = store_begin_read(store, err);

    memset(out, 0, sizeof *out);
    if (result != ERR_OK)
        return result;
    if (filled.category)
        result = samples_category_known(store, filled.category, err);
    if (result == ERR_OK)
        result = read_panels(out, store, arena, &filled, err);
    store_rollback(store);
    return result;
}

int stats_bursts(struct stats_panel *out, struct store *store, struct arena *arena,
                 const struct stats_options *options, struct error *err)
{
    struct stats_options filled = with_defaults(options);
    struct topics_options asked = { .category = filled.category,
                                    .period_days = 7,
                                    .today = filled.today,
                                    .progress = filled.progress,
                                    .ctx = filled.ctx,
                                    .limit = filled.limit < TOPICS_LIMIT_MAX ? filled.limit
                                                                             : TOPICS_LIMIT_MAX };
    struct topics topics = { 0 };
    size_t i;
    int result = topics_read(&topics, store, arena, &asked, err);

    *out = (struct stats_panel){ .kind = STATS_BURSTS };
    if (result != ERR_OK)
        return result;
    out->period_days = 7;
    out->periods = topics.periods;
    out->first_day = filled.today - (int32_t)topics.periods * 7 + 1;
    out->len = topics.len;
    out->rows = arena_alloc(arena, (topics.len + 1) * sizeof *out->rows);
    for (i = 0; i < topics.len; i++)
        out->rows[i] = (struct stats_row){ .name = topics.items[i].term,
                                           .count = topics.items[i].recent,
                                           .counts = topics.items[i].counts };
    return ERR_OK;
}
