/*
 * One look at the harvest: sources with their schedule and last run, budgets, gaps, ledger; and the
 * same as JSON.
 */
#include "harvest.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>

#define LEDGER_SHOWN 500
#define JOBS_LOOKED_AT 500
#define WAIT_TOLD_MS 5000 /* a shorter pause is just its pace */

struct looking {
    struct harvest_snapshot *seen;
    struct store *store;
    struct job *jobs;
    size_t job_count, line_cap, origin_cap;
};

static struct harvest_line *look_line(struct looking *look, const char *name)
{
    struct harvest_line line = { .due = -1 };
    size_t i;

    for (i = 0; i < look->seen->line_count; i++)
        if (strcmp(look->seen->lines[i].name, name) == 0)
            return &look->seen->lines[i];
    line.name = arena_strdup(look->seen->arena, name);
    line.title = line.name;
    line.origin = arena_strdup(look->seen->arena, "");
    VEC_PUSH(look->seen->lines, look->seen->line_count, look->line_cap, line);
    return &look->seen->lines[look->seen->line_count - 1];
}

static struct harvest_origin *look_origin(struct looking *look, const char *name)
{
    struct harvest_origin origin = { .now = { .remaining = -1 } };
    size_t i;

    for (i = 0; i < look->seen->origin_count; i++)
        if (strcmp(look->seen->origins[i].now.name, name) == 0)
            return &look->seen->origins[i];
    origin.now.name = arena_strdup(look->seen->arena, name);
    ARENA_PUSH(look->seen->arena, look->seen->origins, look->seen->origin_count, look->origin_cap,
               origin);
    return &look->seen->origins[look->seen->origin_count - 1];
}

/* What the ledger has of an origin, and of its window what only the source knows. */
static int look_at_budget(struct looking *look, const struct source_origin *budget,
                          struct error *err)
{
    struct harvest_origin *origin = look_origin(look, budget->name);
    const struct net_origin asked = { .name = budget->name,
                                      .window_requests = budget->window_requests,
                                      .window_ms = budget->window_ms };
    struct ledger_window window;
    int result = ledger_window_now(look->store, &asked, &window, err);

    if (budget->window_requests > 0) { /* of several sources, those that know of one */
        origin->window_requests = budget->window_requests;
        origin->window_ms = budget->window_ms;
        origin->window = window;
    }
    if (origin->totals.requests == 0 || budget->interval_ms > origin->now.interval_ms)
        origin->now.interval_ms = budget->interval_ms;
    if (window.free_at > origin->now.next_at && window.free_at > clock_real_ms())
        origin->now.next_at = window.free_at;
    return result;
}

static int look_at_source(struct looking *look, const struct harvest_source *source,
                          struct error *err)
{
    struct harvest_line *line = look_line(look, source->name);
    int result = harvest_next_due(look->store, source, &line->due, err);

    line->configured = true;
    line->title = arena_strdup(look->seen->arena, source->ops->title);
    line->dateless = source->ops->dateless;
    line->origin = arena_strdup(look->seen->arena, source->origin.name);
    line->every_ms = source->every_ms;
    if (result == ERR_OK)
        result = harvest_wants(look->store, source, &line->wants, err);
    return result == ERR_OK ? look_at_budget(look, &source->origin, err) : result;
}

static int look_at_plan(struct looking *look, const struct config *config, struct error *err)
{
    struct harvest_plan plan;
    struct error why = { 0 };
    size_t i;
    int result = harvest_plan_new(&plan, config, NULL, 0, &why);

    if (result != ERR_OK) { /* a wrong setting must not hide what is in the library */
        look->seen->trouble = arena_strdup(look->seen->arena, why.message);
        return ERR_OK;
    }
    for (i = 0; i < plan.count && result == ERR_OK; i++)
        result = look_at_source(look, &plan.sources[i], err);
    harvest_plan_free(&plan);
    return result;
}

static int look_at_streams(struct looking *look, struct error *err)
{
    struct stream *streams;
    size_t count, i;
    int result = streams_list(look->store, look->seen->arena, NULL, &streams, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        look_line(look, streams[i].source)->records += streams[i].records;
    return result;
}

/* The job that harvests a source: an open one before a finished one. */
static void look_at_job(struct looking *look, struct harvest_line *line)
{
    char *key = mem_printf("harvest:%s", line->name);
    size_t i;

    for (i = 0; i < look->job_count && line->job.id == 0; i++)
        if (strcmp(look->jobs[i].key, key) == 0)
            line->job = look->jobs[i];
    free(key);
}

/* A run whose carrel has died is still written down as running until the next one begins. */
static int look_at_run(struct looking *look, struct harvest_line *line,
                       const struct harvest_run *run, struct error *err)
{
    struct stream_holder holder;
    int result = ERR_OK;

    line->last = *run;
    if (run->state == RUN_RUNNING)
        result = lease_holder(look->store, look->seen->arena, line->name, &holder, err);
    if (result == ERR_NOTFOUND) {
        line->last.state = RUN_LOST;
        result = ERR_OK;
    }
    return result;
}

/* In this order: what goes on now, what keeps it from going on, how the last one ended. */
static enum harvest_state line_state(const struct harvest_line *line)
{
    bool runs = (line->job.id && line->job.state == JOB_RUNNING)
                || (line->last.id && line->last.state == RUN_RUNNING);

    if (runs)
        return line->next_allowed > clock_real_ms() + WAIT_TOLD_MS ? HARVEST_WAITING
                                                                   : HARVEST_RUNNING;
    if (line->job.id && line->job.state == JOB_QUEUED)
        return HARVEST_QUEUED;
    if (!line->configured)
        return HARVEST_OFF;
    if (line->stopped)
        return HARVEST_REFUSED;
    if (line->last.id && line->last.state == RUN_FAILED)
        return HARVEST_FAILED;
    if (line->last.id && line->last.state == RUN_PARTIAL)
        return HARVEST_PARTIAL;
    if (line->last.id && line->last.state == RUN_CANCELLED && line->due > clock_now_ms())
        return HARVEST_STOPPED;
    return line->due <= clock_now_ms() ? HARVEST_DUE : HARVEST_DONE;
}

static int look_at_lines(struct looking *look, struct error *err)
{
    struct job_filter filter = { .kind = "harvest", .limit = JOBS_LOOKED_AT };
    struct harvest_snapshot *seen = look->seen;
    size_t i, k, count;
    int result = jobs_list(look->store, seen->arena, &filter, &look->jobs, &look->job_count, err);

    for (i = 0; i < seen->line_count && result == ERR_OK; i++) {
        struct harvest_line *line = &seen->lines[i];
        struct harvest_run *runs;

        look_at_job(look, line);
        result = runs_list(look->store, seen->arena, line->name, 1, &runs, &count, err);
        if (result == ERR_OK && count > 0)
            result = look_at_run(look, line, &runs[0], err);
        for (k = 0; k < seen->gap_count; k++) {
            if (strcmp(seen->gaps[k].source, line->name) != 0)
                continue;
            if (line->gaps++ == 0)
                line->gap = &seen->gaps[k];
        }
        for (k = 0; k < seen->origin_count; k++)
            if (strcmp(seen->origins[k].now.name, line->origin) == 0) {
                line->next_allowed = seen->origins[k].now.next_at;
                line->stopped = seen->origins[k].now.stopped;
            }
        line->state = line_state(line);
    }
    return result;
}

static int look_at_origins(struct looking *look, struct error *err)
{
    struct ledger_origin *list = NULL;
    size_t i, count = 0;
    int result = ledger_origins(look->store, look->seen->arena, &list, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        struct ledger_filter filter = { .origin = list[i].name };
        struct harvest_origin *origin = look_origin(look, list[i].name);

        origin->now = list[i];
        result = ledger_sum(look->store, &filter, &origin->totals, err);
    }
    return result;
}

int harvest_look(struct harvest_snapshot *seen, struct store *store, const struct config *config,
                 struct error *err)
{
    struct looking look = { .seen = seen, .store = store };
    struct ledger_filter filter = { .limit = LEDGER_SHOWN };
    struct harvest_line *lines;
    int result = look_at_origins(&look, err);

    if (result == ERR_OK)
        result = gaps_list(store, seen->arena, NULL, true, &seen->gaps, &seen->gap_count, err);
    if (result == ERR_OK)
        result = look_at_plan(&look, config, err);
    if (result == ERR_OK)
        result = look_at_streams(&look, err);
    if (result == ERR_OK)
        result = look_at_lines(&look, err);
    if (result == ERR_OK)
        result = harvest_look_at_peers(seen, store, config, err);
    if (result == ERR_OK)
        result = ledger_list(store, seen->arena, &filter, &seen->entries, &seen->entry_count, err);
    lines = arena_alloc(seen->arena, (seen->line_count + 1) * sizeof *lines);
    if (seen->line_count > 0)
        memcpy(lines, seen->lines, seen->line_count * sizeof *lines);
    free(seen->lines);
    seen->lines = lines;
    return result;
}

/* ---- JSON ---- */

static void line_data(struct jsonw *w, const struct harvest_line *line)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", line->name);
    jsonw_key_string(w, "state", harvest_state_name(line->state));
    jsonw_key_string(w, "origin", *line->origin ? line->origin : NULL);
    jsonw_key_bool(w, "configured", line->configured);
    jsonw_key_int(w, "every_ms", line->every_ms);
    jsonw_key_time(w, "next_due", line->due);
    jsonw_key_bool(w, "due", line->due >= 0 && line->due <= clock_now_ms());
    jsonw_key_time(w, "next_allowed", line->next_allowed);
    jsonw_key_int(w, "records", line->records);
    jsonw_key_int(w, "gaps", (int64_t)line->gaps);
    if (line->wants.what) {
        jsonw_key(w, "wants");
        jsonw_object(w);
        jsonw_key_string(w, "what", line->wants.what);
        jsonw_key_int(w, "due", line->wants.due);
        jsonw_key_int(w, "unasked", line->wants.unasked);
        jsonw_end(w);
    }
    jsonw_key(w, "last_run");
    if (line->last.id)
        run_to_json(w, &line->last);
    else
        jsonw_null(w);
    jsonw_key(w, "job");
    if (line->job.id)
        job_to_json(w, &line->job);
    else
        jsonw_null(w);
    jsonw_end(w);
}

static void origin_data(struct jsonw *w, const struct harvest_origin *origin)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", origin->now.name);
    jsonw_key_int(w, "interval_ms", origin->now.interval_ms);
    jsonw_key_time(w, "next_allowed", origin->now.next_at);
    jsonw_key_bool(w, "asked", origin->now.asked);
    jsonw_key_int(w, "in_flight", origin->now.in_flight);
    if (origin->window_requests > 0) {
        jsonw_key_int(w, "window_requests", origin->window_requests);
        jsonw_key_int(w, "window_ms", origin->window_ms);
        jsonw_key_int(w, "window_used", origin->window.used);
    }
    jsonw_key_int(w, "remaining", origin->now.remaining);
    jsonw_key_string(w, "stopped", origin->now.stopped);
    jsonw_key_int(w, "requests", origin->totals.requests);
    jsonw_key_int(w, "failed", origin->totals.failed);
    jsonw_key_int(w, "retries", origin->totals.retries);
    jsonw_key_int(w, "bytes", origin->totals.bytes);
    jsonw_key_time(w, "last", origin->totals.last);
    jsonw_key_int(w, "last_status", origin->now.last_status);
    jsonw_key_string(w, "last_error", origin->now.last_error);
    jsonw_end(w);
}

static void gap_data(struct jsonw *w, const struct harvest_gap *gap)
{
    jsonw_object(w);
    jsonw_key_string(w, "source", gap->source);
    jsonw_key_string(w, "stream", gap->stream);
    jsonw_key_string(w, "what", gap->what);
    jsonw_key_string(w, "why", gap->why);
    jsonw_key_int(w, "tries", gap->tries);
    jsonw_key_time(w, "found", gap->found);
    jsonw_key_time(w, "tried", gap->tried);
    jsonw_end(w);
}

static void entry_data(struct jsonw *w, const struct ledger_entry *entry)
{
    jsonw_object(w);
    jsonw_key_int(w, "id", entry->id);
    jsonw_key_string(w, "origin", entry->origin);
    jsonw_key_string(w, "source", entry->source);
    jsonw_key_string(w, "purpose", entry->purpose);
    jsonw_key_string(w, "url", entry->url);
    jsonw_key_int(w, "run", entry->run);
    jsonw_key_int(w, "try", entry->try);
    jsonw_key_time(w, "sent", entry->sent);
    jsonw_key_time(w, "settled", entry->settled);
    jsonw_key_int(w, "status", entry->status);
    jsonw_key_int(w, "bytes", entry->bytes);
    jsonw_key_int(w, "took_ms", entry->took_ms);
    jsonw_key_string(w, "error", entry->error);
    jsonw_end(w);
}

void harvest_snapshot_data(const struct harvest_snapshot *seen, struct jsonw *w)
{
    size_t i;

    jsonw_key(w, "sources");
    jsonw_array(w);
    for (i = 0; i < seen->line_count; i++)
        line_data(w, &seen->lines[i]);
    jsonw_end(w);
    jsonw_key(w, "origins");
    jsonw_array(w);
    for (i = 0; i < seen->origin_count; i++)
        origin_data(w, &seen->origins[i]);
    jsonw_end(w);
    jsonw_key(w, "peers");
    jsonw_array(w);
    for (i = 0; i < seen->peer_count; i++)
        harvest_peer_data(w, &seen->peers[i]);
    jsonw_end(w);
    jsonw_key(w, "gaps");
    jsonw_array(w);
    for (i = 0; i < seen->gap_count; i++)
        gap_data(w, &seen->gaps[i]);
    jsonw_end(w);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < seen->entry_count; i++)
        entry_data(w, &seen->entries[i]);
    jsonw_end(w);
}
