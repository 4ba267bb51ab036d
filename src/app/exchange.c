/*
 * Exchanging with the peers of the configuration (carrel/peers.h), at the end of a sync or by
 * itself.
 */
#include "carrel/peers.h"
#include "commands.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/ledger.h"
#include "carrel/net.h"
#include "carrel/sync.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROGRESS_MS 250

struct talk {
    const char *name;
    int64_t shown; /* ticks; 0: nobody looks */
};

static void show(void *ctx, const struct sync_progress *progress)
{
    struct talk *talk = ctx;
    const struct sync_totals *t = progress->totals;
    int64_t now = clock_ticks_ms();
    struct str line = STR_INIT;

    if (talk->shown == 0 || now - talk->shown < PROGRESS_MS)
        return;
    talk->shown = now;
    str_printf(&line, "\r\033[K%s: %s, ", talk->name, progress->state);
    str_add_count(&line, t->records_got, "record");
    str_add(&line, " and ");
    str_add_count(&line, t->ops_got, "operation");
    str_printf(&line, " here, %" PRId64 " and %" PRId64 " there, %" PRId64 " KiB", t->records_sent,
               t->ops_sent, (t->bytes_got + t->bytes_sent) / 1024);
    fputs(line.ptr, stderr);
    str_free(&line);
}

static int exchange_one(struct peer_result *result, const struct peer_asking *asking,
                        struct error *err)
{
    const struct config *config = asking->app->config;
    const struct net_options options = { .version = CARREL_VERSION,
                                         .contact = config_text(config, "harvest.contact"),
                                         .ca_file = config_text(config, "net.ca-file"),
                                         .backoff_ms = config_int(config, "harvest.backoff") };
    struct net *net = net_new(&options);
    struct net_client *client = net_client_new(net, ledger_table(), asking->store);
    char *token = NULL;
    struct sync_peer peer = { .name = result->peer.name,
                              .url = result->peer.url,
                              .folder = result->peer.folder,
                              .token_file = result->peer.token_file,
                              .client = client,
                              .progress = asking->progress,
                              .ctx = asking->ctx,
                              .cancel = asking->cancel };
    int status = net_bearer(&token, result->peer.token_file, err);

    peer.token = token;
    if (status == ERR_OK)
        status = sync_exchange(asking->store, &peer, result->totals, err);
    else
        sync_failed(asking->store, &peer, err->message, NULL);
    free(token);
    net_client_free(client);
    net_free(net);
    return status;
}

void peer_exchange(struct peer_result *result, const struct peer_asking *asking)
{
    struct error err = { 0 };
    struct peer_state state;
    int64_t began = clock_ticks_ms();

    result->totals = arena_alloc(asking->arena, sizeof *result->totals);
    *result->totals = (struct sync_totals){ .pages = 0 };
    result->status = exchange_one(result, asking, &err);
    result->took_ms = clock_ticks_ms() - began;
    if (result->status != ERR_OK)
        result->error = arena_strdup(asking->arena, err.message);
    if (peer_state_get(&state, asking->store, result->peer.name, result->peer.url, NULL) == ERR_OK
        && *state.told)
        result->told = arena_strdup(asking->arena, state.told);
}

void peer_result_json(struct jsonw *w, const struct peer_result *peer)
{
    const struct sync_totals *t = peer->totals;

    jsonw_key_string(w, "name", peer->peer.name);
    jsonw_key_int(w, "records_received", t->records_got);
    jsonw_key_int(w, "operations_received", t->ops_got);
    jsonw_key_int(w, "records_sent", t->records_sent);
    jsonw_key_int(w, "operations_sent", t->ops_sent);
    jsonw_key_int(w, "added", t->added);
    jsonw_key_int(w, "updated", t->updated);
    jsonw_key_int(w, "binned", t->binned > 0 ? t->binned : 0);
    jsonw_key_int(w, "restored", t->binned < 0 ? -t->binned : 0);
    jsonw_key_int(w, "changed", t->taken);
    jsonw_key_int(w, "notes_of_both", t->both);
    jsonw_key_int(w, "queries_of_both", t->queries);
    jsonw_key_string(w, "queries_lost", *t->queries_lost ? t->queries_lost : NULL);
    jsonw_key_bool(w, "place_begun", t->begun);
    jsonw_key_int(w, "refused", t->refused);
    jsonw_key_int(w, "ahead", t->ahead.count);
    jsonw_key_int(w, "bytes_received", t->bytes_got);
    jsonw_key_int(w, "bytes_sent", t->bytes_sent);
    jsonw_key_int(w, "took_ms", peer->took_ms);
    jsonw_key_string(w, "told", peer->told);
    jsonw_key_string(w, "error", peer->error);
}

/* ---- at the command line ---- */

static void exchange_shown(struct command_call *call, struct store *store,
                           struct peer_result *result)
{
    bool terminal = isatty(STDERR_FILENO) && !call->app->quiet && !call->desk;
    struct talk talk = { .name = result->peer.name, .shown = terminal ? clock_ticks_ms() : 0 };
    const struct peer_asking asking = { .app = call->app,
                                        .store = store,
                                        .arena = call->arena,
                                        .progress = show,
                                        .ctx = &talk,
                                        .cancel = call->cancel };

    peer_exchange(result, &asking);
    if (terminal)
        fputs("\r\033[K", stderr);
}

static bool is_wanted(const struct peer_status *peer, const char *only, bool due)
{
    if (due && (peer->due < 0 || peer->due > clock_now_ms()))
        return false;
    return !only || strcmp(only, peer->peer.name) == 0;
}

static bool stopped(const struct command_call *call)
{
    return call->cancel && atomic_load(call->cancel);
}

int peers_exchange(struct command_call *call, const char *only, bool due, struct peer_result **out,
                   size_t *count, struct error *err)
{
    struct store *store = NULL;
    struct peer_status *peers;
    struct peer *configured;
    size_t found, i;
    int result = peers_configured(call->arena, call->app->config, &configured, &found, err);

    *count = 0;
    if (result == ERR_OK && found > 0)
        result = app_open_store(&store, call->app, true, err);
    if (result == ERR_OK)
        result = peers_look(call->arena, call->app->config, store, &peers, &found, err);
    *out = arena_alloc(call->arena, (found + 1) * sizeof **out);
    for (i = 0; i < found && result == ERR_OK; i++)
        if (is_wanted(&peers[i], only, due))
            (*out)[(*count)++] = (struct peer_result){ .peer = peers[i].peer };
    if (result == ERR_OK && only && *count == 0)
        result =
            error_set(err, ERR_NOTFOUND, "no peer '%.60s'; 'carrel peer list' shows them", only);
    for (i = 0; i < *count && result == ERR_OK && !stopped(call); i++)
        exchange_shown(call, store, &(*out)[i]);
    *count = result == ERR_OK ? i : 0;
    store_close(store);
    return result;
}
