/*
 * The command `stats`: what is in the library and how it is used, as lines with sparklines or as
 * JSON.
 */
#include "commands.h"
#include "percent.h"

#include "carrel/clock.h"
#include "carrel/search.h"
#include "carrel/stats_view.h"
#include "carrel/tables.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define CATEGORY_LINES 12
#define LINE_PERIODS 60 /* that a sparkline shows at most */
#define NAME_COLUMNS 32

static int take_options(struct command_call *call, struct stats_options *options, struct error *err)
{
    long weeks = STATS_WEEKS, limit = STATS_LIMIT;
    int result = call_number(call, "--weeks", 1, STATS_WEEKS_MAX, &weeks, err);

    if (result == ERR_OK)
        result = call_number(call, "--limit", 1, STATS_LIMIT_MAX, &limit, err);
    *options = (struct stats_options){ .weeks = (int)weeks,
                                       .today = clock_today(),
                                       .category = call_option(call, "--category"),
                                       .limit = (size_t)limit };
    return result;
}

/* ---- shared with the desk ---- */

void stats_values(double *out, size_t count, const struct stats_panel *panel,
                  const struct stats_row *row)
{
    size_t i;

    for (i = 0; i < count; i++) {
        unsigned value = row->counts[panel->periods - count + i];

        out[i] = panel->kind == STATS_SAMPLES && value == 0 ? (double)NAN : value;
    }
}

void stats_span(struct str *out, const struct stats_panel *panel, size_t count)
{
    char day[16];

    date_format(day, panel->first_day + (int32_t)panel->periods * panel->period_days - 1);
    str_printf(out, "%zu %s%s to %s", count, panel->period_days == 7 ? "week" : "day",
               count == 1 ? "" : "s", day);
}

const char *stats_nothing(enum stats_kind kind)
{
    static const char *const texts[STATS_PANELS] = {
        [STATS_PAPERS] = "none was published in these weeks",
        [STATS_CATEGORIES] = "no paper of these weeks has one",
        [STATS_AUTHORS] = "none was published in these weeks",
        [STATS_BURSTS] = "no word or phrase does now",
        [STATS_READING] = "nothing marked yet",
        [STATS_SAMPLES] = "none yet: each sync counts votes and stars anew",
        [STATS_SOURCES] = "no records",
        [STATS_LINKS] = "no links",
        [STATS_DOCUMENTS] = "none: carrel process reads PDFs and texts",
        [STATS_AUTHORS_EVER] = "no authors",
        [STATS_VISITS] = "no events yet: 'carrel help serve' tells how they come",
        [STATS_POPULAR] = "no paper was seen on a website",
        [STATS_SEARCHES] = "nothing was searched for on a website",
    };

    return texts[kind];
}

bool stats_is_empty(const struct stats_panel *panel)
{
    size_t i;

    for (i = 0; i < panel->len; i++)
        if (panel->rows[i].count > 0)
            return false;
    return true;
}

/* ---- JSON ---- */

static void json_time(struct jsonw *w, const char *key, int64_t ms)
{
    char text[32];

    if (!ms)
        return;
    time_format(text, ms);
    jsonw_key_string(w, key, text);
}

static void json_row(struct jsonw *w, const struct stats_panel *panel, const struct stats_row *row)
{
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "name", panel->kind == STATS_PAPERS ? "all" : row->name);
    if (row->key)
        jsonw_key_string(w, "id", row->key);
    jsonw_key_int(w, "count", row->count);
    json_time(w, "first", row->first);
    json_time(w, "newest", row->newest);
    if (row->counts) {
        jsonw_key(w, "counts");
        jsonw_array(w);
        for (i = 0; i < panel->periods; i++)
            jsonw_int(w, row->counts[i]);
        jsonw_end(w);
    }
    jsonw_end(w);
}

void stats_json_panel(struct jsonw *w, const struct stats_panel *panel)
{
    char day[16];
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "name", stats_name(panel->kind));
    jsonw_key_string(w, "title", stats_title(panel->kind));
    if (panel->period_days) {
        jsonw_key_int(w, "period_days", panel->period_days);
        date_format(day, panel->first_day);
        jsonw_key_string(w, "first_day", day);
    }
    jsonw_key(w, "rows");
    jsonw_array(w);
    for (i = 0; i < panel->len; i++)
        json_row(w, panel, &panel->rows[i]);
    jsonw_end(w);
    jsonw_key_int(w, "more", panel->more);
    jsonw_end(w);
}

static int json_count(void *ctx, const struct publish_count *count)
{
    struct jsonw *w = ctx;

    jsonw_object(w);
    jsonw_key_string(w, "name", count->name);
    jsonw_key_int(w, "count", count->count);
    jsonw_end(w);
    return 0;
}

static void json_day(struct jsonw *w, const char *key, int32_t day)
{
    char text[16];

    date_format(text, day);
    jsonw_key_string(w, key, *text ? text : NULL);
}

static int json_totals(struct command_call *call, struct jsonw *w, const struct publish_totals *t,
                       struct error *err)
{
    struct catalog_totals catalog = { 0 };
    int result = catalog_totals(call->store, &catalog, err);

    jsonw_key_int(w, "works", t->works);
    jsonw_key_int(w, "records", t->records);
    jsonw_key_int(w, "authors", t->authors);
    jsonw_key_int(w, "with_code", t->with_code);
    jsonw_key_int(w, "withdrawn", t->withdrawn);
    jsonw_key_int(w, "unread", t->unread);
    jsonw_key_int(w, "read", t->read);
    jsonw_key_int(w, "later", t->later);
    jsonw_key_int(w, "starred", t->starred);
    jsonw_key_int(w, "notes", t->notes);
    jsonw_key_int(w, "queries", t->queries);
    json_day(w, "first_published", t->first_day);
    json_day(w, "last_published", t->last_day);
    jsonw_key_int(w, "tasks", catalog.tasks);
    jsonw_key_int(w, "tables", catalog.tables);
    jsonw_key_int(w, "results", catalog.results);
    jsonw_key_int(w, "methods", catalog.methods);
    jsonw_key_int(w, "datasets", catalog.datasets);
    return result;
}

static int print_json(struct command_call *call, const struct stats *stats,
                      const struct stats_options *options, int64_t in_category, struct error *err)
{
    static const char *const lists[] = { "category", "year", "source", "tag" };
    bool bursts = call_has(call, "--bursts");
    struct jsonw w;
    size_t i;
    int result;

    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    result = json_totals(call, &w, &stats->totals, err);
    for (i = 0; i < ARRAY_LEN(lists) && result == ERR_OK; i++) {
        jsonw_key(&w, lists[i]);
        jsonw_array(&w);
        result = publish_counts(call->store, lists[i], json_count, &w, err);
        jsonw_end(&w);
    }
    json_day(&w, "day", options->today);
    jsonw_key_int(&w, "weeks", options->weeks);
    jsonw_key_string(&w, "of_category", options->category);
    if (options->category)
        jsonw_key_int(&w, "works_of_category", in_category);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < STATS_PANELS; i++)
        if (i != STATS_BURSTS || bursts)
            stats_json_panel(&w, &stats->panels[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
    return result;
}

/* ---- text ---- */

/* Nothing is said of a catalogue that is empty. */
static int print_catalog(struct command_call *call, struct error *err)
{
    struct catalog_totals t;
    int result = catalog_totals(call->store, &t, err);

    if (result == ERR_OK && t.tasks + t.methods + t.datasets > 0)
        str_printf(&call->out,
                   "tasks %" PRId64 ", tables %" PRId64 " with %" PRId64
                   " results, methods %" PRId64 ", data sets %" PRId64 "\n",
                   t.tasks, t.tables, t.results, t.methods, t.datasets);
    return result;
}

static int print_totals(struct command_call *call, const struct publish_totals *t,
                        struct error *err)
{
    char first[16], last[16];

    date_format(first, t->first_day);
    date_format(last, t->last_day);
    str_printf(
        &call->out,
        "papers   %" PRId64 " (%" PRId64 " unread, %" PRId64 " starred, %" PRId64 " for later)\n"
        "records  %" PRId64 "\nauthors  %" PRId64 "\nwith code %" PRId64 "\npublished %s to %s\n"
        "tags %" PRId64 ", notes %" PRId64 ", saved queries %" PRId64 "\n",
        t->works, t->unread, t->starred, t->later, t->records, t->authors, t->with_code, first,
        last, t->tags, t->notes, t->queries);
    return print_catalog(call, err);
}

struct category_lines {
    struct command_call *call;
    int left;
};

static int print_category(void *ctx, const struct publish_count *count)
{
    struct category_lines *lines = ctx;

    if (lines->left-- > 0)
        str_printf(&lines->call->out, "  %-22s %8" PRId64 "\n", count->name, count->count);
    return 0;
}

static int print_categories(struct command_call *call, struct error *err)
{
    struct category_lines lines = { .call = call, .left = CATEGORY_LINES };

    str_add(&call->out, "most frequent categories\n");
    return publish_counts(call->store, "category", print_category, &lines, err);
}

/* In as many columns as the longest name has, cut where that is too long. */
static void print_name(struct str *out, const char *name, int columns)
{
    int width = text_width(name);

    if (width > columns) {
        size_t next, len = text_wrap(name, columns, &next);

        str_add_mem(out, name, len);
        width = columns - 1;
        str_add(out, " ");
    } else {
        str_add(out, name);
    }
    str_printf(out, "%*s", columns - width, "");
}

static void print_row(struct command_call *call, const struct stats_panel *panel,
                      const struct stats_row *row, int columns)
{
    size_t periods = panel->periods < LINE_PERIODS ? panel->periods : LINE_PERIODS;
    double values[LINE_PERIODS];
    char day[32];

    str_add(&call->out, "  ");
    print_name(&call->out, row->name, columns);
    str_printf(&call->out, " %8" PRId64, row->count);
    if (row->counts) {
        stats_values(values, periods, panel, row);
        str_add(&call->out, "  ");
        text_sparkline(&call->out, values, periods, call->app->ascii);
    }
    if (row->newest && panel->kind != STATS_READING) {
        time_format(day, row->newest);
        str_printf(&call->out, "  newest %.10s", day);
    }
    if (row->first) {
        time_format(day, row->first);
        str_printf(&call->out, ", since %.10s", day);
    }
    str_add_char(&call->out, '\n');
}

static void print_panel(struct command_call *call, const struct stats_panel *panel)
{
    size_t periods = panel->periods < LINE_PERIODS ? panel->periods : LINE_PERIODS, i;
    int columns = 0;

    str_add(&call->out, stats_title(panel->kind));
    if (stats_is_empty(panel)) {
        str_printf(&call->out, ": %s\n", stats_nothing(panel->kind));
        return;
    }
    if (periods) {
        str_add(&call->out, ", ");
        stats_span(&call->out, panel, periods);
    }
    str_add_char(&call->out, '\n');
    for (i = 0; i < panel->len; i++)
        if (text_width(panel->rows[i].name) > columns)
            columns = text_width(panel->rows[i].name);
    for (i = 0; i < panel->len; i++)
        print_row(call, panel, &panel->rows[i], columns < NAME_COLUMNS ? columns : NAME_COLUMNS);
    if (panel->more > 0)
        str_printf(&call->out, "  and %" PRId64 " more\n", panel->more);
}

/* What of all that is below is of the category, and how many papers are in it. */
static void print_scope(struct command_call *call, const struct stats *stats, const char *category,
                        int64_t in_category)
{
    if (category)
        str_printf(&call->out,
                   "in %s: %" PRId64 " papers of %" PRId64
                   "; of these the panels of papers, categories and authors tell%s\n"
                   "in the whole library:\n",
                   category, in_category, stats->totals.works,
                   call_has(call, "--bursts") ? ", and that of bursts" : "");
}

static int print_text(struct command_call *call, const struct stats *stats, struct error *err)
{
    size_t i;
    int result = print_totals(call, &stats->totals, err);

    if (result == ERR_OK && stats->totals.works > 0)
        result = print_categories(call, err);
    for (i = 0; i < STATS_PANELS && result == ERR_OK && stats->totals.works > 0; i++)
        if (i != STATS_BURSTS || call_has(call, "--bursts"))
            print_panel(call, &stats->panels[i]);
    return result;
}

static int count_category(struct command_call *call, const char *category, int64_t *count,
                          struct error *err)
{
    return search_count(count, call->store, arena_printf(call->arena, "cat:%s", category), err);
}

int cmd_stats(struct command_call *call, struct error *err)
{
    int64_t in_category = 0;
    struct stats_options options;
    struct stats stats;
    struct percent percent;
    int result = take_options(call, &options, err);

    percent_begin(&percent, call, "counting words");
    options.progress = percent_progress;
    options.ctx = &percent;
    if (result == ERR_OK)
        result = stats_read(&stats, call->store, call->arena, &options, err);
    if (result == ERR_OK && call_has(call, "--bursts"))
        result = stats_bursts(&stats.panels[STATS_BURSTS], call->store, call->arena, &options, err);
    percent_end(&percent);
    if (result == ERR_OK && options.category)
        result = count_category(call, options.category, &in_category, err);
    if (result != ERR_OK)
        return result;
    if (call_has(call, "--json"))
        return print_json(call, &stats, &options, in_category, err);
    print_scope(call, &stats, options.category, in_category);
    return print_text(call, &stats, err);
}
