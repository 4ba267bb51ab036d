/*
 * The route /metrics, and what is counted of requests on their way out (metrics.h).
 */
#include "metrics.h"

#include "carrel/clock.h"

#include <string.h>

static const struct metric *const groups[] = { http_metrics_service,  http_metrics_process,
                                               http_metrics_events,   http_metrics_jobs,
                                               http_metrics_webhooks, http_metrics_library };

const double bounds_seconds[HISTOGRAM_BOUNDS] = { .001, .0025, .005, .01, .025, .05,
                                                  .1,   .25,   .5,   1,   2.5,  10 };
const double bounds_events[HISTOGRAM_BOUNDS] = { 1,   2,   5,   10,   20,   50,
                                                 100, 200, 500, 1000, 5000, 20000 };

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
    size_t class = x->status < 600 ? (size_t)x->status / 100 : 0;

    atomic_fetch_add(&route->answers[class], 1);
    histogram_add(&route->seconds, bounds_seconds, (double)(clock_ticks_us() - x->began) / 1e6);
}

void histogram_add(struct histogram *histogram, const double bounds[HISTOGRAM_BOUNDS], double value)
{
    size_t i;

    for (i = 0; i < HISTOGRAM_BOUNDS && value > bounds[i]; i++)
        ;
    atomic_fetch_add(&histogram->counts[i], 1);
    atomic_fetch_add(&histogram->millionths, (long)(value * 1e6));
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

void metric_histogram(struct exchange *x, const struct metric *metric, const char *labels,
                      const struct histogram *histogram, const double bounds[HISTOGRAM_BOUNDS])
{
    const char *before = labels ? arena_printf(x->arena, "%s,", labels) : "";
    unsigned long sum = 0;
    size_t i;

    for (i = 0; i < HISTOGRAM_BOUNDS; i++) {
        sum += atomic_load(&histogram->counts[i]);
        sample(x, metric->name, "_bucket", arena_printf(x->arena, "%sle=\"%g\"", before, bounds[i]),
               (double)sum);
    }
    sum += atomic_load(&histogram->counts[HISTOGRAM_BOUNDS]);
    sample(x, metric->name, "_bucket", arena_printf(x->arena, "%sle=\"+Inf\"", before),
           (double)sum);
    sample(x, metric->name, "_sum", labels, (double)atomic_load(&histogram->millionths) / 1e6);
    sample(x, metric->name, "_count", labels, (double)sum);
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

static int write_durations(struct exchange *x, const struct metric *metric, struct error *err)
{
    size_t i, class;

    (void)err;
    for (i = 0; i < COUNTED_ROUTES; i++)
        for (class = 1; class < COUNTED_CLASSES; class ++)
            if (atomic_load(&x->server->counted.routes[i].answers[class]) > 0) {
                metric_histogram(x, metric, route_labels(x, i),
                                 &x->server->counted.routes[i].seconds, bounds_seconds);
                break;
            }
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
    { "carrel_build_info", "gauge", "The version that runs.", write_build },
    { 0 },
};
