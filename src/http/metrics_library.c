/*
 * Figures of the library and of what fills it (metrics.h): size, sources, the budgets of origins.
 */
#include "metrics.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/ledger.h"
#include "carrel/streams.h"
#include "carrel/works.h"

#include <sys/statvfs.h>

static int write_papers(struct exchange *x, const struct metric *metric, struct error *err)
{
    int64_t count = 0;
    int result = works_count(x->store, &count, err);

    if (result == ERR_OK)
        metric_sample(x, metric, NULL, (double)count);
    return result;
}

/* What is not there yet has no bytes. */
static int write_bytes(struct exchange *x, const struct metric *metric, struct error *err)
{
    static const char *const files[] = { "library.db", "library.db-wal" };
    size_t i;

    (void)err;
    for (i = 0; i < ARRAY_LEN(files); i++) {
        int64_t size = file_size(arena_printf(x->arena, "%s/%s", store_dir(x->store), files[i]));

        metric_sample(x, metric, arena_printf(x->arena, "file=\"%s\"", files[i]),
                      size > 0 ? (double)size : 0);
    }
    return ERR_OK;
}

static int write_free(struct exchange *x, const struct metric *metric, struct error *err)
{
    struct statvfs disk;

    (void)err;
    if (statvfs(store_dir(x->store), &disk) == 0)
        metric_sample(x, metric, NULL, (double)disk.f_bavail * (double)disk.f_frsize);
    return ERR_OK;
}

/* ---- sources ---- */

static int source_samples(struct exchange *x, const struct metric *metric,
                          double (*value)(const struct source_health *source), struct error *err)
{
    struct source_health *sources = NULL;
    size_t count = 0, i;
    int result = runs_health(x->store, x->arena, &sources, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        metric_sample(x, metric,
                      arena_printf(x->arena, "source=\"%s\"", metric_label(x, sources[i].source)),
                      value(&sources[i]));
    return result;
}

static double source_run(const struct source_health *source)
{
    return (double)source->last_run / 1000.0;
}

static double source_success(const struct source_health *source)
{
    return (double)source->last_good / 1000.0;
}

static double source_gaps(const struct source_health *source)
{
    return (double)source->gaps;
}

static int write_runs(struct exchange *x, const struct metric *metric, struct error *err)
{
    return source_samples(x, metric, source_run, err);
}

static int write_successes(struct exchange *x, const struct metric *metric, struct error *err)
{
    return source_samples(x, metric, source_success, err);
}

static int write_gaps(struct exchange *x, const struct metric *metric, struct error *err)
{
    return source_samples(x, metric, source_gaps, err);
}

/* ---- origins ---- */

static int origin_samples(struct exchange *x, const struct metric *metric,
                          double (*value)(const struct ledger_origin *origin), struct error *err)
{
    struct ledger_origin *origins = NULL;
    size_t count = 0, i;
    int result = ledger_origins(x->store, x->arena, &origins, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        metric_sample(x, metric,
                      arena_printf(x->arena, "origin=\"%s\"", metric_label(x, origins[i].name)),
                      value(&origins[i]));
    return result;
}

/* Our own pauses between requests are no news. */
static double origin_pause(const struct ledger_origin *origin)
{
    int64_t ms = origin->asked ? origin->next_at - clock_real_ms() : 0;

    return ms > 0 ? (double)ms / 1000.0 : 0;
}

static double origin_stopped(const struct ledger_origin *origin)
{
    return origin->stopped != NULL;
}

static double origin_failing(const struct ledger_origin *origin)
{
    return origin->last_error != NULL;
}

static int write_pauses(struct exchange *x, const struct metric *metric, struct error *err)
{
    return origin_samples(x, metric, origin_pause, err);
}

static int write_stops(struct exchange *x, const struct metric *metric, struct error *err)
{
    return origin_samples(x, metric, origin_stopped, err);
}

static int write_failing(struct exchange *x, const struct metric *metric, struct error *err)
{
    return origin_samples(x, metric, origin_failing, err);
}

const struct metric http_metrics_library[] = {
    { "carrel_papers", "gauge", "Papers in the library.", write_papers },
    { "carrel_library_bytes", "gauge", "The library's database and its log.", write_bytes },
    { "carrel_disk_free_bytes", "gauge", "What is free where the library lies.", write_free },
    { "carrel_harvest_last_run_timestamp_seconds", "gauge",
      "When a harvest of the source last ended, since 1970; 0: not yet.", write_runs },
    { "carrel_harvest_last_success_timestamp_seconds", "gauge",
      "When a harvest of the source last had all that it asked for, since 1970; 0: not yet.",
      write_successes },
    { "carrel_harvest_gaps", "gauge", "What could not be had of the source and is not given up.",
      write_gaps },
    { "carrel_origin_pause_seconds", "gauge", "How long the origin has asked not to be asked.",
      write_pauses },
    { "carrel_origin_stopped", "gauge", "1: the origin is asked no more until somebody lifts it.",
      write_stops },
    { "carrel_origin_failing", "gauge", "1: the origin's last answer was a failure, or none.",
      write_failing },
    { 0 },
};
