/*
 * Harvest as a command: sync, its report, its status, and handing it over to the queue.
 */
#include "alerts.h"
#include "commands.h"
#include "hooks.h"
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
    sync_json_peers(&w, peers);
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

static int hand_over_peer(struct command_call *call, const char *name, struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    int result;

    app_peer_request(&request, &payload, &key, name);
    result = job_hand_over(call, &request, err);
    str_free(&payload);
    str_free(&key);
    return result;
}

/* `only` NULL: all of them. */
static int hand_over_peers(struct command_call *call, const char *only, struct error *err)
{
    struct peer *peers;
    size_t count, i, found = 0;
    int result = peers_configured(call->arena, call->app->config, &peers, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (!only || strcmp(peers[i].name, only) == 0) {
            result = hand_over_peer(call, peers[i].name, err);
            found++;
        }
    return result == ERR_OK && only && found == 0 ? error_set(
               err, ERR_NOTFOUND, "no peer '%.60s'; 'carrel peer list' shows them", only)
                                                  : result;
}

/* A job for each source and each peer: the desk or a worker does it. */
static int sync_background(struct command_call *call, const struct harvest_options *options,
                           const char *peer, struct error *err)
{
    const char *only = peer && strcmp(peer, "all") != 0 ? peer : NULL;
    struct store *own = NULL;
    int result = ERR_OK;

    if (!call->store) {
        result = app_open_store(&own, call->app, true, err);
        call->store = own;
    }
    if (result == ERR_OK && !peer)
        result = hand_over_all(call, options, err);
    if (result == ERR_OK && options->source_count == 0)
        result = hand_over_peers(call, only, err);
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
    int result = peers_exchange(call, strcmp(name, "all") == 0 ? NULL : name, false, &peers.items,
                                &peers.count, err);

    if (result != ERR_OK)
        return result;
    none.partial = peers_failed(&peers);
    if (call_has(call, "--json"))
        sync_report_json(call, &none, &peers);
    else
        sync_report_text(call, &none, &peers);
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
        exchanged = peers_exchange(call, NULL, options->due, &peers.items, &peers.count, err);
    if (report.count > 0 || result == ERR_OK) {
        if (call_has(call, "--json"))
            sync_report_json(call, &report, &peers);
        else
            sync_report_text(call, &report, &peers);
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
    if (!peer && call_has(call, "--again"))
        result = sync_again(call, &options, err);
    if (result != ERR_OK)
        return result;
    if (call->desk || call_has(call, "--background"))
        return sync_background(call, &options, peer, err);
    if (peer)
        return sync_peers_only(call, peer, err);
    if (isatty(STDERR_FILENO) && !call->app->quiet && !call->desk) {
        options.progress = sync_progress;
        options.ctx = &talk;
    }
    return sync_all(call, &options, err);
}
