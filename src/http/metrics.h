/*
 * Figures of the service in Prometheus' text format (0.0.4). A figure is a row of a table; a part
 * of the service that has some makes a table of its own and lists it in metrics.c.
 */
#ifndef CARREL_HTTP_METRICS_H
#define CARREL_HTTP_METRICS_H

#include "internal.h"

struct metric {
    const char *name, *type, *help; /* "carrel_jobs", "gauge"; a NULL name ends a table */
    /* Writes its samples. What cannot be read leaves them out and fails. */
    int (*write)(struct exchange *x, const struct metric *metric, struct error *err);
};
extern const struct metric http_metrics_service[], http_metrics_events[], http_metrics_jobs[],
    http_metrics_webhooks[], http_metrics_library[], http_metrics_process[];

/* A value as it may stand between the quotes of a label; in the arena. */
const char *metric_label(struct exchange *x, const char *value);
/* One sample; `labels` without braces, `state="queued"`, or NULL. */
void metric_sample(struct exchange *x, const struct metric *metric, const char *labels,
                   double value);
/* A row of the type "histogram"; `bounds` are those that its values were added by. */
void metric_histogram(struct exchange *x, const struct metric *metric, const char *labels,
                      const struct histogram *histogram, const double bounds[HISTOGRAM_BOUNDS]);

#endif
