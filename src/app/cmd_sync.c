/*
 * Harvest as a command: sync, its report, its status, and handing it over to the queue.
 */
#include "alerts.h"
#include "commands.h"
#include "hooks.h"
#include "peers.h"
#include "scripts.h"
#include "sync.h"

#include "carrel/clock.h"
#include "carrel/harvest.h"
#include "carrel/jsonw.h"
#include "carrel/kinds.h"
#include "carrel/ledger.h"
#include "carrel/log.h"
#include "carrel/pace.h"
#include "carrel/sync.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PROGRESS_MS 250
#define SOURCES_MAX 30

struct sync_peers {
    struct peer_result *items;
    size_t count;
};

/* ---- progress on a terminal ---- */

struct sync_talk {
    int64_t shown; /* ticks */
};

/* "2,480 of 10,000, 210/s, 36 s left" */
static void sync_rate(struct str *out, const struct harvest_progress *p)
{
    double seconds = (double)p->took_ms / 1000, rate = seconds > 1 ? (double)p->seen / seconds : 0;

    str_printf(out, "%" PRId64, p->seen);
    if (p->total > 0)
        str_printf(out, " (%" PRId64 " of %" PRId64 " of this list)", p->got, p->total);
    if (rate > 0)
        str_printf(out, ", %.0f/s", rate);
    if (rate > 0 && p->total > p->got)
        str_printf(out, ", %.0f s left", (double)(p->total - p->got) / rate);
}

/* One line of the terminal: a longer one would wrap and stay behind. */
static const char *sync_cut(struct str *line)
{
    struct winsize size = { 0 };
    struct str cut = STR_INIT;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
        size.ws_col = 80;
    text_ellipsis(&cut, line->ptr, size.ws_col - 1, false);
    str_free(line);
    *line = cut;
    return line->ptr;
}

static void sync_progress(void *ctx, const struct harvest_progress *p)
{
    struct sync_talk *talk = ctx;
    int64_t now = clock_ticks_ms();
    struct str line = STR_INIT;

    if (now - talk->shown < PROGRESS_MS)
        return;
    talk->shown = now;
    str_printf(&line, "%s: ", p->source);
    sync_rate(&line, p);
    str_printf(&line, ", %s", p->state);
    if (p->until > clock_real_ms() + 1000)
        str_printf(&line, " %" PRId64 " s", (p->until - clock_real_ms() + 999) / 1000);
    if (p->what && *p->what)
        str_printf(&line, ": %s", p->what);
    fputs("\r\033[K", stderr);
    fputs(sync_cut(&line), stderr);
    str_free(&line);
}

/* ---- the report ---- */

static void sync_json_source(struct jsonw *w, const struct harvest_result *source)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", source->name);
    jsonw_key_string(w, "state",
                     source->skipped    ? "skipped"
                     : source->followed ? "followed"
                                        : run_state_name(source->run.state));
    run_counts_to_json(w, &source->run);
    jsonw_key_bool(w, "more", source->more);
    sync_json_gaps(w, source);
    jsonw_key_time(w, "next_allowed", source->next_allowed);
    jsonw_key_string(w, "error", *source->error ? source->error : NULL);
    jsonw_end(w);
}

static void sync_json_peer(struct jsonw *w, const struct peer_result *peer)
{
    const struct sync_totals *t = peer->totals;

    jsonw_object(w);
    jsonw_key_string(w, "name", peer->peer.name);
    jsonw_key_int(w, "records_received", t->records_got);
    jsonw_key_int(w, "operations_received", t->ops_got);
    jsonw_key_int(w, "records_sent", t->records_sent);
    jsonw_key_int(w, "operations_sent", t->ops_sent);
    jsonw_key_int(w, "added", t->added);
    jsonw_key_int(w, "updated", t->updated);
    jsonw_key_int(w, "changed", t->taken);
    jsonw_key_int(w, "refused", t->refused);
    jsonw_key_int(w, "ahead", t->ahead);
    jsonw_key_int(w, "bytes_received", t->bytes_got);
    jsonw_key_int(w, "bytes_sent", t->bytes_sent);
    jsonw_key_int(w, "took_ms", peer->took_ms);
    jsonw_key_string(w, "told", peer->told);
    jsonw_key_string(w, "error", peer->error);
    jsonw_end(w);
}

static void sync_json(struct command_call *call, const struct harvest_report *report,
                      const struct sync_peers *peers)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_bool(&w, "partial", report->partial);
    jsonw_key(&w, "sources");
    jsonw_array(&w);
    for (i = 0; i < report->count; i++)
        sync_json_source(&w, &report->results[i]);
    jsonw_end(&w);
    jsonw_key_string(&w, "pace_problem", report->pace_problem);
    jsonw_key(&w, "peers");
    jsonw_array(&w);
    for (i = 0; i < peers->count; i++)
        sync_json_peer(&w, &peers->items[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

/* What hooks are told: the numbers of each source. */
static void sync_report(struct str *out, const struct harvest_report *report,
                        const struct sync_peers *peers)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key(&w, "sources");
    jsonw_array(&w);
    for (i = 0; i < report->count; i++)
        harvest_json_counts(&w, &report->results[i]);
    jsonw_end(&w);
    jsonw_key(&w, "peers");
    jsonw_array(&w);
    for (i = 0; i < peers->count; i++)
        sync_json_peer(&w, &peers->items[i]);
    jsonw_end(&w);
    jsonw_end(&w);
}

static void sync_told(struct command_call *call, const struct harvest_report *report,
                      const struct sync_peers *peers)
{
    struct str told = STR_INIT;

    sync_report(&told, report, peers);
    scripts_after(call, told.ptr);
    str_free(&told);
}

static void sync_text_source(struct str *out, const struct harvest_result *source)
{
    size_t i;

    if (source->skipped) {
        char due[32];

        time_format(due, source->due);
        str_printf(out, source->due ? "%s: not due before %s\n" : "%s: another carrel is at it\n",
                   source->name, due);
        return;
    }
    if (source->followed) {
        str_printf(out, "%s: another carrel has just done it\n", source->name);
        return;
    }
    str_printf(out,
               "%s: %" PRId64 " seen: %" PRId64 " added, %" PRId64 " updated, %" PRId64
               " unchanged, %" PRId64 " rejected; %" PRId64 " request%s, %" PRId64
               " tried again, %" PRId64 " KiB%s\n",
               source->name, source->run.seen, source->run.added, source->run.updated,
               source->run.unchanged, source->run.rejected, source->run.requests,
               source->run.requests == 1 ? "" : "s", source->run.retries,
               (source->run.bytes + 1023) / 1024,
               source->sliced ? "; it goes on with the next run"
               : source->more ? "; more is waiting"
                              : "");
    if (*source->error && source->status != ERR_CANCELLED)
        str_printf(out, "  %s\n", source->error);
    for (i = 0; i < source->gap_count; i++) {
        bool told = strcmp(source->gaps[i].why, source->error) == 0; /* in the line above */

        str_printf(out, told ? "  not fetched: %s\n" : "  not fetched: %s (%s)\n",
                   source->gaps[i].what, source->gaps[i].why);
    }
}

static void sync_text_peer(struct str *out, const struct peer_result *peer)
{
    const struct sync_totals *t = peer->totals;

    str_printf(out,
               "peer %s: %" PRId64 " records and %" PRId64 " operations came (%" PRId64
               " papers added, %" PRId64 " updated, %" PRId64 " changes), %" PRId64 " and %" PRId64
               " went; %" PRId64 " KiB\n",
               peer->peer.name, t->records_got, t->ops_got, t->added, t->updated, t->taken,
               t->records_sent, t->ops_sent, (t->bytes_got + t->bytes_sent + 1023) / 1024);
    if (peer->told)
        str_printf(out, "  %s\n", peer->told);
    if (peer->error)
        str_printf(out, "  %s\n", peer->error);
}

static void sync_text(struct command_call *call, const struct harvest_report *report,
                      const struct sync_peers *peers)
{
    size_t i;

    for (i = 0; i < report->count; i++)
        sync_text_source(&call->out, &report->results[i]);
    for (i = 0; i < peers->count; i++)
        sync_text_peer(&call->out, &peers->items[i]);
    if (report->count == 0 && peers->count == 0)
        str_add(&call->say, "no source is enabled\n");
    if (report->pace_problem)
        str_printf(&call->out, "%s\n", report->pace_problem);
}

static int sync_options(struct command_call *call, struct harvest_options *options,
                        const char *names[SOURCES_MAX], struct error *err)
{
    const char *since = call_option(call, "--since");
    long max = 0;
    size_t i;
    int result = call_number(call, "--max", 1, 1000000000, &max, err);

    *options = (struct harvest_options){ .library = call->app->library,
                                         .config = call->app->config,
                                         .version = CARREL_VERSION,
                                         .sources = names,
                                         .since = DAY_NONE,
                                         .due = call_has(call, "--due"),
                                         .cancel = call->cancel };
    options->max = max;
    if (options->due)
        options->slice_ms = config_int(call->app->config, "harvest.slice");
    if (result != ERR_OK)
        return result;
    if (since && !date_parse(since, &options->since, NULL))
        return error_set(err, ERR_USAGE, "--since %s is no date: write 2026, 2026-03 or 2026-03-01",
                         since);
    for (i = 0; i < call->option_count; i++)
        if (strcmp(call->options[i].name, "--source") == 0 && options->source_count < SOURCES_MAX)
            names[options->source_count++] = call->options[i].value;
    return ERR_OK;
}

/* A source that answered 403 is left alone until a person says otherwise. */
static int sync_again(struct command_call *call, const struct harvest_options *options,
                      struct error *err)
{
    struct harvest_plan plan;
    struct store *store;
    struct pace *pace;
    size_t i;
    int result =
        harvest_plan_new(&plan, options->config, options->sources, options->source_count, err);

    if (result != ERR_OK)
        return result;
    pace = pace_new(options->config, options->version, call->cancel);
    result = app_open_store(&store, call->app, false, err);
    for (i = 0; i < plan.count && result == ERR_OK; i++) {
        result = ledger_lift(store, plan.sources[i].origin.name, err);
        result = result == ERR_NOTFOUND ? ERR_OK : result;
    }
    for (i = 0; i < plan.count && result == ERR_OK; i++)
        pace_lift(pace, plan.sources[i].origin.name);
    store_close(store);
    pace_free(pace);
    harvest_plan_free(&plan);
    return result;
}

static int hand_over_one(struct command_call *call, const struct harvest_wish *wish,
                         struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    int result;

    app_harvest_request(&request, &payload, &key, wish);
    result = job_hand_over(call, &request, err);
    str_free(&payload);
    str_free(&key);
    return result;
}

static int hand_over_all(struct command_call *call, const struct harvest_options *options,
                         struct error *err)
{
    struct harvest_plan plan;
    size_t i;
    int result =
        harvest_plan_new(&plan, options->config, options->sources, options->source_count, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < plan.count && result == ERR_OK; i++) {
        const char *name = plan.sources[i].name;
        struct harvest_wish wish = { .sources = &name,
                                     .source_count = 1,
                                     .since = call_option(call, "--since"),
                                     .max = options->max };

        result = hand_over_one(call, &wish, err);
    }
    harvest_plan_free(&plan);
    return result;
}

/* A job for each source: the desk or a worker does it. */
static int sync_background(struct command_call *call, const struct harvest_options *options,
                           struct error *err)
{
    struct store *own = NULL;
    int result = ERR_OK;

    if (!call->store) {
        result = app_open_store(&own, call->app, true, err);
        call->store = own;
    }
    if (result == ERR_OK)
        result = hand_over_all(call, options, err);
    if (own) {
        store_close(own);
        call->store = NULL;
    }
    return result;
}

static bool peers_failed(const struct sync_peers *peers)
{
    size_t i;

    for (i = 0; i < peers->count; i++)
        if (peers->items[i].status != ERR_OK)
            return true;
    return false;
}

/* With the peers alone, where one is named. */
static int sync_peers_only(struct command_call *call, const char *name, struct error *err)
{
    struct harvest_report none = { .count = 0 };
    struct sync_peers peers = { .count = 0 };
    int result = peers_exchange(call, strcmp(name, "all") == 0 ? NULL : name, &peers.items,
                                &peers.count, err);

    if (result != ERR_OK)
        return result;
    none.partial = peers_failed(&peers);
    if (call_has(call, "--json"))
        sync_json(call, &none, &peers);
    else
        sync_text(call, &none, &peers);
    alerts_after(call);
    sync_told(call, &none, &peers);
    return none.partial ? error_set(err, ERR_PARTIAL, "not every peer could be had") : ERR_OK;
}

/* The sources, then the peers: what was just fetched goes to them, too, but not where sources are
 * named. A peer that cannot be had now is told, and nothing is missing for it: a laptop may be
 * anywhere. */
static int sync_all(struct command_call *call, const struct harvest_options *options,
                    struct error *err)
{
    struct harvest_report report;
    struct sync_peers peers = { .count = 0 };
    int result, exchanged = ERR_OK;

    hooks_expect(NULL, call->app);
    result = harvest_sync(options, &report, err);
    if (options->progress)
        fputs("\r\033[K", stderr);
    if (result == ERR_OK && options->source_count == 0)
        exchanged = peers_exchange(call, NULL, &peers.items, &peers.count, err);
    if (report.count > 0 || result == ERR_OK) {
        if (call_has(call, "--json"))
            sync_json(call, &report, &peers);
        else
            sync_text(call, &report, &peers);
    }
    if (report.count + peers.count > 0)
        alerts_after(call);
    if (report.count + peers.count > 0)
        sync_told(call, &report, &peers);
    hooks_after(call);
    if (result == ERR_OK)
        result = exchanged;
    if (result == ERR_OK && report.partial)
        result = error_set(err, ERR_PARTIAL,
                           "not everything could be fetched; what was is saved, and the next sync "
                           "goes on from there");
    harvest_report_free(&report);
    return result;
}

int cmd_sync(struct command_call *call, struct error *err)
{
    const char *names[SOURCES_MAX], *peer = call_option(call, "--peer");
    struct harvest_options options;
    struct sync_talk talk = { .shown = clock_ticks_ms() };
    int result = sync_options(call, &options, names, err);

    if (result != ERR_OK)
        return result;
    if (call_has(call, "--status"))
        return sync_status(call, &options, err);
    if (peer)
        return sync_peers_only(call, peer, err);
    if (call_has(call, "--again"))
        result = sync_again(call, &options, err);
    if (result != ERR_OK)
        return result;
    if (call->desk || call_has(call, "--background"))
        return sync_background(call, &options, err);
    if (isatty(STDERR_FILENO) && !call->app->quiet && !call->desk) {
        options.progress = sync_progress;
        options.ctx = &talk;
    }
    return sync_all(call, &options, err);
}
