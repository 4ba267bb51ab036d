/*
 * Figures of the parts of the service (metrics.h): events, listeners, jobs, webhooks.
 */
#include "ingest.h"
#include "metrics.h"
#include "ws.h"

#include "carrel/clock.h"
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

static int write_sizes(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_histogram(x, metric, NULL, &ingest_figures(x->server->ingest)->sizes, bounds_events);
    return ERR_OK;
}

static int write_took(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_histogram(x, metric, NULL, &ingest_figures(x->server->ingest)->seconds, bounds_seconds);
    return ERR_OK;
}

static int write_listeners(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_sample(x, metric, NULL, (double)atomic_load(&x->server->ws->count));
    return ERR_OK;
}

static int write_dropped(struct exchange *x, const struct metric *metric, struct error *err)
{
    (void)err;
    metric_sample(x, metric, NULL, (double)atomic_load(&x->server->ws->dropped));
    return ERR_OK;
}

const struct metric http_metrics_events[] = {
    { "carrel_events_total", "counter", "Events that came, by what became of them.", write_events },
    { "carrel_events_waiting", "gauge", "Events that wait to be written.", write_waiting },
    { "carrel_events_refused_total", "counter", "Requests that found the queue full.",
      write_refused },
    { "carrel_events_commits_total", "counter", "Transactions that events were written in.",
      write_commits },
    { "carrel_events_commit_size", "histogram", "Events of a transaction.", write_sizes },
    { "carrel_events_commit_duration_seconds", "histogram",
      "From the first row of a transaction until it is on the disk.", write_took },
    { "carrel_websocket_clients", "gauge", "Clients of /ws/realtime.", write_listeners },
    { "carrel_websocket_dropped_total", "counter",
      "Messages that clients were told they have missed.", write_dropped },
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

static int write_oldest(struct exchange *x, const struct metric *metric, struct error *err)
{
    int64_t due = 0;
    int result = jobs_oldest_due(x->store, &due, err);

    if (result == ERR_OK)
        metric_sample(x, metric, NULL, due ? (double)(clock_real_ms() - due) / 1000.0 : 0);
    return result;
}

const struct metric http_metrics_jobs[] = {
    { "carrel_jobs", "gauge", "Jobs by state.", write_jobs },
    { "carrel_jobs_oldest_waiting_seconds", "gauge",
      "How long the oldest job that could run has waited for a worker; 0: none does.",
      write_oldest },
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
                                       webhook_state_name((enum job_state)state)),
                          (double)hooks[i].counts[state]);
    return result;
}

const struct metric http_metrics_webhooks[] = {
    { "carrel_webhook_deliveries", "gauge",
      "Deliveries of the outbox by webhook and state, as /webhooks has it.", write_webhooks },
    { 0 },
};
