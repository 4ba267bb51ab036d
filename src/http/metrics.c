/*
 * The route /metrics, and what is counted of requests on their way out (metrics.h).
 */
#include "metrics.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct metric *const groups[] = { http_metrics_service, http_metrics_events,
                                               http_metrics_jobs, http_metrics_webhooks };

/* Upper bounds of durations, in seconds; what takes longer is in the count alone. */
static const double bounds[COUNTED_BOUNDS] = { .001, .0025, .005, .01, .025, .05,
                                               .1,   .25,   .5,   1,   2.5,  10 };

/* ---- counting ---- */

/* Requests that lead nowhere are counted together, in the last place. */
static size_t place_of(const struct route *route)
{
    size_t i = 0;

    while (route && i < COUNTED_ROUTES - 1 && route_at(i) && route_at(i) != route)
        i++;
    return route && route_at(i) == route ? i : COUNTED_ROUTES - 1;
}

void counted_add(struct counted *counted, const struct exchange *x)
{
    struct counted_route *route = &counted->routes[place_of(x->route)];
    int64_t us = clock_ticks_us() - x->began;
    size_t i, class = x->status < 600 ? (size_t)x->status / 100 : 0;

    atomic_fetch_add(&route->answers[class], 1);
    atomic_fetch_add(&route->us, us);
    for (i = 0; i < COUNTED_BOUNDS && (double)us / 1e6 > bounds[i]; i++)
        ;
    atomic_fetch_add(&route->durations[i], 1);
}

/* ---- writing ---- */

static void sample(struct exchange *x, const char *name, const char *suffix, const char *labels,
                   double value)
{
    str_printf(&x->out, "%s%s", name, suffix);
    if (labels)
        str_printf(&x->out, "{%s}", labels);
    str_printf(&x->out, " %.17g\n", value);
}

void metric_sample(struct exchange *x, const struct metric *metric, const char *labels,
                   double value)
{
    sample(x, metric->name, "", labels, value);
}

const char *metric_label(struct exchange *x, const char *value)
{
    struct str escaped = STR_INIT;
    char *out;

    for (; *value; value++) {
        if (*value == '"' || *value == '\\')
            str_add_char(&escaped, '\\');
        str_add(&escaped, *value == '\n' ? "\\n" : (char[]){ *value, '\0' });
    }
    out = arena_strdup(x->arena, escaped.ptr);
    str_free(&escaped);
    return out;
}

int handle_metrics(struct exchange *x, struct error *err)
{
    int result = ERR_OK;
    size_t i;

    for (i = 0; i < ARRAY_LEN(groups) && result == ERR_OK; i++) {
        const struct metric *row;

        for (row = groups[i]; row->name && result == ERR_OK; row++) {
            str_printf(&x->out, "# HELP %s %s\n# TYPE %s %s\n", row->name, row->help, row->name,
                       row->type);
            result = row->write(x, row, err);
        }
    }
    return result;
}

/* ---- of the service itself ---- */

static const char *route_labels(struct exchange *x, size_t at)
{
    const struct route *route = at < COUNTED_ROUTES - 1 ? route_at(at) : NULL;

    return route ? arena_printf(x->arena, "method=\"%s\",route=\"%s\"", route->method, route->path)
                 : "method=\"\",route=\"\"";
}

static int write_requests(struct exchange *x, const struct metric *metric, struct error *err)
{
    size_t i, class;

    (void)err;
    for (i = 0; i < COUNTED_ROUTES; i++)
        for (class = 1; class < COUNTED_CLASSES; class ++) {
            unsigned long count = atomic_load(&x->server->counted.routes[i].answers[class]);

            if (count > 0)
                metric_sample(
                    x, metric,
                    arena_printf(x->arena, "%s,status=\"%zuxx\"", route_labels(x, i), class),
                    (double)count);
        }
    return ERR_OK;
}

static void write_histogram(struct exchange *x, const struct metric *metric, size_t at)
{
    const struct counted_route *route = &x->server->counted.routes[at];
    const char *labels = route_labels(x, at);
    unsigned long sum = 0;
    size_t i;

    for (i = 0; i < COUNTED_BOUNDS; i++) {
        sum += atomic_load(&route->durations[i]);
        sample(x, metric->name, "_bucket",
               arena_printf(x->arena, "%s,le=\"%g\"", labels, bounds[i]), (double)sum);
    }
    sum += atomic_load(&route->durations[COUNTED_BOUNDS]);
    sample(x, metric->name, "_bucket", arena_printf(x->arena, "%s,le=\"+Inf\"", labels),
           (double)sum);
    sample(x, metric->name, "_sum", labels, (double)atomic_load(&route->us) / 1e6);
    sample(x, metric->name, "_count", labels, (double)sum);
}

static int write_durations(struct exchange *x, const struct metric *metric, struct error *err)
{
    size_t i, class;

    (void)err;
    for (i = 0; i < COUNTED_ROUTES; i++)
        for (class = 1; class < COUNTED_CLASSES; class ++)
            if (atomic_load(&x->server->counted.routes[i].answers[class]) > 0) {
                write_histogram(x, metric, i);
                break;
            }
    return ERR_OK;
}

static int write_start(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_sample(x, metric, NULL, (double)x->server->started / 1000.0);
    return ERR_OK;
}

static int write_memory(struct exchange *x, const struct metric *metric, struct error *err)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");

    (void)err;
    if (file && fscanf(file, "%*s %ld", &pages) == 1)
        metric_sample(x, metric, NULL, (double)pages * 4096);
    if (file)
        fclose(file);
    return ERR_OK;
}

static int write_build(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_sample(x, metric, "version=\"" CARREL_VERSION "\"", 1);
    return ERR_OK;
}

const struct metric http_metrics_service[] = {
    { "carrel_http_requests_total", "counter", "Answers by route and class of status.",
      write_requests },
    { "carrel_http_request_duration_seconds", "histogram",
      "From the first byte of a request to its answer.", write_durations },
    { "process_start_time_seconds", "gauge", "When the service began, since 1970.", write_start },
    { "process_resident_memory_bytes", "gauge", "Memory in use.", write_memory },
    { "carrel_build_info", "gauge", "The version that runs.", write_build },
    { 0 },
};
