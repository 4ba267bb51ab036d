/*
 * sync --status: where each source stands, its streams, its last runs and what is missing, and each
 * peer, without asking anybody.
 */
#include "sync.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void sync_json_gaps(struct jsonw *w, const struct harvest_result *source)
{
    size_t i;

    jsonw_key(w, "gaps");
    jsonw_array(w);
    for (i = 0; i < source->gap_count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "stream", source->gaps[i].stream);
        jsonw_key_string(w, "what", source->gaps[i].what);
        jsonw_key_string(w, "why", source->gaps[i].why);
        jsonw_key_int(w, "tries", source->gaps[i].tries);
        jsonw_key_time(w, "found", source->gaps[i].found);
        jsonw_key_time(w, "tried", source->gaps[i].tried);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void status_json_stream(struct jsonw *w, const struct stream *stream)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", stream->name);
    jsonw_key_bool(w, "finished", stream->finished);
    jsonw_key_int(w, "got", stream->got);
    if (stream->total >= 0)
        jsonw_key_int(w, "total", stream->total);
    jsonw_key_int(w, "records", stream->records);
    jsonw_key_int(w, "rounds", stream->rounds);
    jsonw_key_time(w, "completed", stream->completed);
    jsonw_end(w);
}

#define STATUS_RUNS 10

/* What is known of one source. */
struct source_status {
    const struct harvest_source *source;
    struct stream *streams;
    struct harvest_run *runs; /* newest first */
    struct harvest_result gaps;
    struct stream_holder holder; /* owner NULL: nobody is at it */
    struct ledger_origin *origin;
    size_t stream_count, run_count;
    struct harvest_wants wants;
    int64_t due;
};

static int status_read(struct command_call *call, struct store *store, struct source_status *status,
                       struct error *err)
{
    const struct harvest_source *source = status->source;
    struct ledger_origin *origins;
    size_t count = 0, i;
    int result = harvest_next_due(store, source, &status->due, err);

    if (result == ERR_OK)
        result = harvest_wants(store, source, &status->wants, err);
    if (result == ERR_OK)
        result = streams_list(store, call->arena, source->name, &status->streams,
                              &status->stream_count, err);
    if (result == ERR_OK)
        result = runs_list(store, call->arena, source->name, STATUS_RUNS, &status->runs,
                           &status->run_count, err);
    if (result == ERR_OK)
        result = gaps_list(store, call->arena, source->name, true, &status->gaps.gaps,
                           &status->gaps.gap_count, err);
    if (result == ERR_OK)
        result = ledger_origins(store, call->arena, &origins, &count, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        if (strcmp(origins[i].name, source->origin.name) == 0)
            status->origin = &origins[i];
    if (result == ERR_OK) {
        result = lease_holder(store, call->arena, source->name, &status->holder, err);
        result = result == ERR_NOTFOUND ? ERR_OK : result;
    }
    return result;
}

static void status_json(struct jsonw *w, const struct source_status *status)
{
    const struct harvest_run *last = status->run_count ? &status->runs[0] : NULL;
    size_t i;

    jsonw_object(w);
    jsonw_key_string(w, "name", status->source->name);
    jsonw_key_string(w, "last_state", last ? run_state_name(last->state) : NULL);
    jsonw_key_time(w, "last_run", last ? last->started : 0);
    jsonw_key_time(w, "next_due", status->due);
    jsonw_key_int(w, "every_ms", status->source->every_ms);
    jsonw_key_int(w, "interval_ms", status->source->origin.interval_ms);
    jsonw_key_time(w, "next_allowed", status->origin ? status->origin->next_at : 0);
    jsonw_key_string(w, "stopped", status->origin ? status->origin->stopped : NULL);
    jsonw_key_string(w, "harvested_by", status->holder.owner);
    if (status->wants.what) {
        jsonw_key(w, "wants");
        jsonw_object(w);
        jsonw_key_string(w, "what", status->wants.what);
        jsonw_key_int(w, "due", status->wants.due);
        jsonw_key_int(w, "unasked", status->wants.unasked);
        jsonw_end(w);
    }
    jsonw_key(w, "streams");
    jsonw_array(w);
    for (i = 0; i < status->stream_count; i++)
        status_json_stream(w, &status->streams[i]);
    jsonw_end(w);
    jsonw_key(w, "runs");
    jsonw_array(w);
    for (i = 0; i < status->run_count; i++)
        run_to_json(w, &status->runs[i]);
    jsonw_end(w);
    sync_json_gaps(w, &status->gaps);
    jsonw_end(w);
}

static void status_text(struct str *out, const struct source_status *status)
{
    const struct harvest_run *last = status->run_count ? &status->runs[0] : NULL;
    char next[32], started[32] = "never";
    size_t i;

    time_format(next, status->due);
    if (last)
        time_format(started, last->started);
    str_printf(out, "%s: last run %s%s%s, next %s\n", status->source->name, started,
               last ? ", " : "", last ? run_state_name(last->state) : "",
               status->due > clock_now_ms() ? next : "now");
    if (last && *last->error)
        str_printf(out, "  %s\n", last->error);
    if (status->holder.owner)
        str_printf(out, "  being harvested by %s\n", status->holder.owner);
    if (status->origin && status->origin->stopped)
        str_printf(out, "  left alone: %s\n", status->origin->stopped);
    if (status->wants.what)
        str_printf(out, "  %s: %" PRId64 " due, %" PRId64 " not asked yet\n", status->wants.what,
                   status->wants.due, status->wants.unasked);
    for (i = 0; i < status->stream_count; i++)
        str_printf(out, "  %-30s %8" PRId64 " records, %s\n", status->streams[i].name,
                   status->streams[i].records,
                   status->streams[i].finished ? "up to date" : "under way");
    for (i = 0; i < status->gaps.gap_count; i++)
        str_printf(out, "  not fetched: %s (%s)\n", status->gaps.gaps[i].what,
                   status->gaps.gaps[i].why);
}

static int status_source(struct command_call *call, struct jsonw *w, struct store *store,
                         const struct harvest_source *source, struct error *err)
{
    struct source_status status = { .source = source };
    int result = status_read(call, store, &status, err);

    if (result != ERR_OK)
        return result;
    if (w)
        status_json(w, &status);
    else
        status_text(&call->out, &status);
    return ERR_OK;
}

/* ---- peers ---- */

#define DAY_MS INT64_C(86400000)
#define TOKEN_SOON_MS (14 * DAY_MS)

void peer_status_json(struct jsonw *w, const struct peer_status *item)
{
    const struct peer *peer = &item->peer;
    const struct peer_state *state = &item->state;

    jsonw_object(w);
    jsonw_key_string(w, "name", peer->name);
    jsonw_key_string(w, "url", peer->url);
    jsonw_key_bool(w, "folder", peer->folder);
    jsonw_key_string(w, "token_file", peer->token_file);
    jsonw_key_time(w, "token_ends", item->token_ends);
    jsonw_key_time(w, "exchanged", state->exchanged);
    jsonw_key_time(w, "tried", state->tried);
    jsonw_key_int(w, "every_ms", peer->every_ms);
    jsonw_key_time(w, "next_due", item->due > 0 ? item->due : 0);
    jsonw_key_int(w, "waiting", item->waiting);
    jsonw_key_string(w, "told", *state->told ? state->told : NULL);
    jsonw_key_string(w, "error", *state->error ? state->error : NULL);
    jsonw_end(w);
}

/* In time to ask for another one. */
static void token_end_text(struct str *out, int64_t ends)
{
    int64_t left = ends - clock_real_ms();

    if (ends == 0 || left > TOKEN_SOON_MS)
        return;
    str_add(out, "    ");
    if (left <= 0) {
        str_add(out, "token has ended\n");
    } else if (left < 2 * DAY_MS) {
        str_add(out, "token ends in ");
        span_format(out, left);
        str_add_char(out, '\n');
    } else {
        str_printf(out, "token ends in %" PRId64 " days\n", (left + DAY_MS / 2) / DAY_MS);
    }
}

void peer_status_text(struct str *out, const struct peer_status *item)
{
    char at[32] = "never";

    if (item->state.exchanged)
        time_format(at, item->state.exchanged);
    str_printf(out, "%s  %s\n    last exchange: %s, next: ", item->peer.name, item->peer.url, at);
    peer_due_format(out, item);
    str_add(out, "; ");
    str_add_count(out, item->waiting, "change");
    str_add(out, item->waiting == 1 ? " waits\n" : " wait\n");
    token_end_text(out, item->token_ends);
    if (*item->state.error)
        str_printf(out, "    failed: %s\n", item->state.error);
    if (*item->state.told)
        str_printf(out, "    %s\n", item->state.told);
}

/* ---- all of them ---- */

static int status_sources(struct command_call *call, struct jsonw *w, struct store *store,
                          const struct harvest_plan *plan, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < plan->count && result == ERR_OK; i++)
        result = status_source(call, w, store, &plan->sources[i], err);
    return result;
}

/* Not where sources are named. */
static int status_peers(struct command_call *call, struct jsonw *w, struct store *store,
                        const struct harvest_options *options, struct error *err)
{
    struct peer_status *peers;
    size_t count = 0, i;
    int result = options->source_count == 0
                     ? peers_look(call->arena, options->config, store, &peers, &count, err)
                     : ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        if (w)
            peer_status_json(w, &peers[i]);
        else
            peer_status_text(&call->out, &peers[i]);
    return result;
}

static int status_all(struct command_call *call, struct store *store,
                      const struct harvest_plan *plan, const struct harvest_options *options,
                      struct error *err)
{
    bool json = call_has(call, "--json");
    struct jsonw w;
    int result;

    if (json)
        jsonw_items(&w, &call->out);
    result = status_sources(call, json ? &w : NULL, store, plan, err);
    if (!json)
        return result == ERR_OK ? status_peers(call, NULL, store, options, err) : result;
    jsonw_end(&w);
    jsonw_key(&w, "peers");
    jsonw_array(&w);
    if (result == ERR_OK)
        result = status_peers(call, &w, store, options, err);
    jsonw_items_end(&w);
    return result;
}

int sync_status(struct command_call *call, const struct harvest_options *options, struct error *err)
{
    struct harvest_plan plan;
    struct store *store;
    int result =
        harvest_plan_new(&plan, options->config, options->sources, options->source_count, err);

    if (result != ERR_OK)
        return result;
    result = app_open_store(&store, call->app, false, err);
    if (result == ERR_OK)
        result = status_all(call, store, &plan, options, err);
    store_close(store);
    harvest_plan_free(&plan);
    return result;
}
