/*
 * Figures of the parts of the service (metrics.h): events, jobs, webhooks.
 */
#include "ingest.h"
#include "metrics.h"

#include "carrel/jobs.h"
#include "carrel/webhooks.h"

static int write_events(struct exchange *x, const struct metric *metric, struct error *err)
{
    const struct ingest_figures *figures = ingest_figures(x->server->ingest);

    (void)err;
    metric_sample(x, metric, "fate=\"accepted\"", (double)atomic_load(&figures->accepted));
    metric_sample(x, metric, "fate=\"duplicate\"", (double)atomic_load(&figures->duplicate));
    metric_sample(x, metric, "fate=\"rejected\"", (double)atomic_load(&figures->rejected));
    return ERR_OK;
}

static int write_waiting(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_sample(x, metric, NULL,
                  (double)atomic_load(&ingest_figures(x->server->ingest)->waiting));
    return ERR_OK;
}

static int write_refused(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_sample(x, metric, NULL,
                  (double)atomic_load(&ingest_figures(x->server->ingest)->refused));
    return ERR_OK;
}

static int write_commits(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_sample(x, metric, NULL,
                  (double)atomic_load(&ingest_figures(x->server->ingest)->commits));
    return ERR_OK;
}

const struct metric http_metrics_events[] = {
    { "carrel_events_total", "counter", "Events that came, by what became of them.", write_events },
    { "carrel_events_waiting", "gauge", "Events that wait to be written.", write_waiting },
    { "carrel_events_refused_total", "counter", "Requests that found the queue full.",
      write_refused },
    { "carrel_events_commits_total", "counter", "Transactions that events were written in.",
      write_commits },
    { 0 },
};

static int write_jobs(struct exchange *x, const struct metric *metric, struct error *err)
{
    int64_t counts[JOB_STATES];
    int i, result = jobs_counts(x->store, counts, err);

    for (i = 0; i < JOB_STATES && result == ERR_OK; i++)
        metric_sample(x, metric,
                      arena_printf(x->arena, "state=\"%s\"", job_state_name((enum job_state)i)),
                      (double)counts[i]);
    return result;
}

const struct metric http_metrics_jobs[] = {
    { "carrel_jobs", "gauge", "Jobs by state.", write_jobs },
    { 0 },
};

static int write_webhooks(struct exchange *x, const struct metric *metric, struct error *err)
{
    struct webhook *hooks = NULL;
    size_t count = 0, i;
    int state, result = webhooks_list(x->store, x->arena, &hooks, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        for (state = 0; state < JOB_STATES; state++)
            metric_sample(x, metric,
                          arena_printf(x->arena, "webhook=\"%s\",state=\"%s\"",
                                       metric_label(x, hooks[i].name),
                                       job_state_name((enum job_state)state)),
                          (double)hooks[i].counts[state]);
    return result;
}

const struct metric http_metrics_webhooks[] = {
    { "carrel_webhook_deliveries", "gauge",
      "Deliveries of the outbox by webhook and state of their job; failed: dead letters.",
      write_webhooks },
    { 0 },
};
