/*
 * The routes about usage: popular, trending, summary, realtime.
 */
#include "usage.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <stddef.h>
#include <stdlib.h>

#define FOLD_PATIENCE_MS 200

static int64_t number_of(const struct exchange *x, const char *name, int64_t otherwise)
{
    const char *text = params_value(x, name);

    return text ? strtoll(text, NULL, 10) : otherwise;
}

/* ---- pieces ---- */

static void json_change(struct jsonw *w, int64_t now, int64_t before)
{
    double change;

    jsonw_key(w, "change");
    if (usage_change(&change, now, before))
        jsonw_double(w, change);
    else
        jsonw_null(w);
}

static void json_counts(struct jsonw *w, const struct usage_counts *counts)
{
    jsonw_key_int(w, "views", counts->views);
    jsonw_key_int(w, "clicks", counts->clicks);
    jsonw_key_int(w, "searches", counts->searches);
    jsonw_key_int(w, "visitors", counts->visitors);
}

static void json_window(struct jsonw *w, const struct usage_window *window)
{
    int64_t ms = usage_span_ms(window->range.span);

    jsonw_key_int(w, "version", 1);
    jsonw_key_string(w, "window", window->name);
    jsonw_key_time(w, "from", window->range.first * ms);
    jsonw_key_time(w, "to", (window->range.last + 1) * ms);
}

/* ---- answers that are kept ---- */

/* What has come is counted before it is told of. While another process holds the library, the
 * answer is that of the last count. */
static void count_first(struct exchange *x)
{
    struct error err = { 0 };

    if (events_fold(x->store, FOLD_PATIENCE_MS, &err) != ERR_OK)
        log_write(LOG_INFO, "events are not counted yet: %s", err.message);
}

/* Writes an answer about a window from one state of the library. */
typedef int (*answer_fn)(struct exchange *x, const struct usage_window *window, struct str *out,
                         struct error *err);

static int answer_read(struct exchange *x, const struct usage_window *window, const char *name,
                       answer_fn write, struct error *err)
{
    struct usage_cache *cache = x->server->usage;
    struct usage_stamp stamp = { .range = usage_window_reads(window) };
    int result = usage_version(x->store, &stamp.range, &stamp.version, err);

    if (result != ERR_OK || usage_cache_get(cache, name, &stamp, &x->out))
        return result;
    result = write(x, window, &x->out, err);
    if (result == ERR_OK)
        usage_cache_put(cache, name, &stamp, x->out.ptr);
    return result;
}

static int answer(struct exchange *x, answer_fn write, struct error *err)
{
    const char *wanted = params_value(x, "window");
    struct usage_window window;
    char *name;
    int result;

    usage_window_from(&window, wanted ? wanted : "7d", clock_now_ms());
    name = arena_printf(x->arena, "%s %s %d", x->route->path, window.name,
                        (int)number_of(x, "limit", USAGE_LIMIT));
    count_first(x);
    result = store_begin_read(x->store, err);
    if (result != ERR_OK)
        return result;
    store_set_cancel(x->store, visit_cancel(x->visit));
    result = answer_read(x, &window, name, write, err);
    store_set_cancel(x->store, NULL);
    store_rollback(x->store);
    return result;
}

/* ---- papers ---- */

static void json_paper(struct jsonw *w, const struct usage_paper *paper)
{
    jsonw_object(w);
    jsonw_key_string(w, "id", paper->id);
    jsonw_key_string(w, "title", paper->title);
    jsonw_key_int(w, "views", paper->counts.views);
    jsonw_key_int(w, "clicks", paper->counts.clicks);
    jsonw_key_int(w, "visitors", paper->counts.visitors);
    jsonw_key_int(w, "before", paper->before.views);
    json_change(w, paper->counts.views, paper->before.views);
    jsonw_end(w);
}

static int write_papers(struct exchange *x, const struct usage_window *window, struct str *out,
                        enum usage_order order, struct error *err)
{
    struct usage_paper *papers;
    size_t count, i;
    struct jsonw w;
    int result = usage_papers(&papers, &count, NULL, x->store, x->arena, &window->range, order,
                              (size_t)number_of(x, "limit", USAGE_LIMIT), err);

    if (result != ERR_OK)
        return result;
    jsonw_start(&w, out);
    jsonw_object(&w);
    json_window(&w, window);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        json_paper(&w, &papers[i]);
    jsonw_end(&w);
    jsonw_key_string(&w, "next", NULL);
    jsonw_end(&w);
    str_add_char(out, '\n');
    return ERR_OK;
}

static int write_popular(struct exchange *x, const struct usage_window *window, struct str *out,
                         struct error *err)
{
    return write_papers(x, window, out, USAGE_BY_VIEWS, err);
}

static int write_trending(struct exchange *x, const struct usage_window *window, struct str *out,
                          struct error *err)
{
    return write_papers(x, window, out, USAGE_BY_RISE, err);
}

int handle_popular(struct exchange *x, struct error *err)
{
    return answer(x, write_popular, err);
}

int handle_trending(struct exchange *x, struct error *err)
{
    return answer(x, write_trending, err);
}

/* ---- the summary ---- */

static void json_list(struct jsonw *w, const char *key, const struct usage_list *list,
                      const char *name, size_t member)
{
    size_t i;

    jsonw_key(w, key);
    jsonw_array(w);
    for (i = 0; i < list->len; i++) {
        const char *counts = (const char *)&list->items[i].counts;
        const char *before = (const char *)&list->items[i].before;
        int64_t now = *(const int64_t *)(const void *)(counts + member);

        jsonw_object(w);
        jsonw_key_string(w, name, list->items[i].name);
        jsonw_key_int(w, member == offsetof(struct usage_counts, views) ? "views" : "searches",
                      now);
        json_change(w, now, *(const int64_t *)(const void *)(before + member));
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void json_totals(struct jsonw *w, const struct usage_summary *summary)
{
    jsonw_key(w, "totals");
    jsonw_object(w);
    json_counts(w, &summary->totals);
    jsonw_end(w);
    jsonw_key(w, "before");
    jsonw_object(w);
    json_counts(w, &summary->before);
    jsonw_end(w);
    json_change(w, summary->totals.views, summary->before.views);
}

static void json_series(struct jsonw *w, const struct usage_summary *summary,
                        const struct usage_range *range)
{
    size_t i;

    jsonw_key_string(w, "by", range->span == USAGE_HOUR ? "hour" : "day");
    jsonw_key(w, "series");
    jsonw_array(w);
    for (i = 0; i < summary->periods; i++) {
        jsonw_object(w);
        jsonw_key_time(w, "at", (range->first + (int64_t)i) * usage_span_ms(range->span));
        json_counts(w, &summary->series[i]);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static int write_summary(struct exchange *x, const struct usage_window *window, struct str *out,
                         struct error *err)
{
    const size_t views = offsetof(struct usage_counts, views);
    struct usage_summary summary;
    struct jsonw w;
    int result = usage_summarize(&summary, x->store, x->arena, &window->range,
                                 (size_t)number_of(x, "limit", USAGE_LIMIT), err);

    if (result != ERR_OK)
        return result;
    jsonw_start(&w, out);
    jsonw_object(&w);
    json_window(&w, window);
    json_totals(&w, &summary);
    json_series(&w, &summary, &window->range);
    json_list(&w, "pages", &summary.pages, "path", views);
    json_list(&w, "referrers", &summary.sources, "referrer", views);
    json_list(&w, "searches", &summary.searches, "query", offsetof(struct usage_counts, searches));
    json_list(&w, "searches_without_results", &summary.fruitless, "query",
              offsetof(struct usage_counts, fruitless));
    jsonw_end(&w);
    str_add_char(out, '\n');
    return ERR_OK;
}

int handle_summary(struct exchange *x, struct error *err)
{
    return answer(x, write_summary, err);
}

/* ---- now ---- */

/* A UUID as people write it: hyphens before its 4th, 6th, 8th and 10th byte. */
static void uuid_print(struct str *out, const uint8_t *id)
{
    size_t i;

    for (i = 0; i < EVENT_ID_BYTES; i++)
        str_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", id[i]);
}

void usage_json_event(struct str *out, const struct event *event)
{
    struct str id = STR_INIT;
    struct jsonw w;

    uuid_print(&id, event->id);
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_string(&w, "event_id", id.ptr);
    jsonw_key_string(&w, "kind", event_kind_name(event->kind));
    jsonw_key_time(&w, "at", event->at);
    jsonw_key_string(&w, "paper", event->paper);
    jsonw_key_string(&w, "path", event->path);
    if (event->query)
        jsonw_key_string(&w, "query", event->query);
    jsonw_end(&w);
    str_free(&id);
}

static void json_minutes(struct jsonw *w, const struct usage_realtime *now)
{
    int64_t views[2] = { 0, 0 };
    size_t i;

    jsonw_key(w, "minutes");
    jsonw_array(w);
    for (i = 0; i < USAGE_MINUTES; i++) {
        jsonw_object(w);
        jsonw_key_time(w, "at", (now->first + (int64_t)i) * usage_span_ms(USAGE_MINUTE));
        json_counts(w, &now->minutes[i]);
        jsonw_end(w);
        views[0] += now->minutes[i].views;
        views[1] += i >= USAGE_MINUTES - USAGE_ACTIVE_MINUTES ? now->minutes[i].views : 0;
    }
    jsonw_end(w);
    jsonw_key_int(w, "views_5m", views[1]);
    jsonw_key_int(w, "views_30m", views[0]);
}

static void json_latest(struct jsonw *w, const struct usage_realtime *now)
{
    size_t i;

    jsonw_key(w, "latest");
    jsonw_array(w);
    for (i = 0; i < now->latest_len; i++) {
        const struct usage_event *event = &now->latest[i];

        jsonw_object(w);
        jsonw_key_string(w, "kind", event_kind_name((enum event_kind)event->kind));
        jsonw_key_time(w, "at", event->at);
        jsonw_key_string(w, "paper", event->paper);
        jsonw_key_string(w, "path", event->path);
        jsonw_key_string(w, "query", event->query);
        jsonw_end(w);
    }
    jsonw_end(w);
}

int usage_json_realtime(struct str *out, struct store *store, int64_t now_ms, struct error *err)
{
    struct arena *arena = arena_new();
    struct usage_realtime now;
    struct jsonw w;
    int result = usage_now(&now, store, arena, now_ms, err);

    if (result == ERR_OK) {
        jsonw_start(&w, out);
        jsonw_object(&w);
        jsonw_key_int(&w, "version", 1);
        jsonw_key_int(&w, "active_5m", now.active);
        jsonw_key_int(&w, "active_30m", now.visitors);
        json_minutes(&w, &now);
        json_latest(&w, &now);
        jsonw_end(&w);
    }
    arena_free(arena);
    return result;
}

int handle_realtime(struct exchange *x, struct error *err)
{
    int result;

    count_first(x);
    result = usage_json_realtime(&x->out, x->store, clock_now_ms(), err);
    if (result == ERR_OK)
        str_add_char(&x->out, '\n');
    return result;
}
