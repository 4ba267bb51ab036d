/*
 * Exchanging with the peers of the configuration (peers.h), at the end of a sync or by itself.
 */
#include "commands.h"
#include "peers.h"

#include "carrel/clock.h"
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

    if (talk->shown == 0 || now - talk->shown < PROGRESS_MS)
        return;
    talk->shown = now;
    fprintf(stderr,
            "\r\033[K%s: %s, %" PRId64 " records and %" PRId64 " operations here, %" PRId64
            " and %" PRId64 " there, %" PRId64 " KiB",
            talk->name, progress->state, t->records_got, t->ops_got, t->records_sent, t->ops_sent,
            (t->bytes_got + t->bytes_sent) / 1024);
}

static int exchange_one(struct command_call *call, struct store *store, struct peer_result *result,
                        struct error *err)
{
    const struct net_options options = { .version = CARREL_VERSION,
                                         .contact =
                                             config_text(call->app->config, "harvest.contact"),
                                         .ca_file = config_text(call->app->config, "net.ca-file"),
                                         .backoff_ms =
                                             config_int(call->app->config, "harvest.backoff") };
    bool terminal = isatty(STDERR_FILENO) && !call->app->quiet && !call->desk;
    struct talk talk = { .name = result->peer.name, .shown = terminal ? clock_ticks_ms() : 0 };
    struct net *net = net_new(&options);
    struct net_client *client = net_client_new(net, ledger_table(), store);
    char *token = NULL;
    struct sync_peer peer = { .name = result->peer.name,
                              .url = result->peer.url,
                              .folder = result->peer.folder,
                              .client = client,
                              .progress = show,
                              .ctx = &talk,
                              .cancel = call->cancel };
    int status = net_bearer(&token, result->peer.token_file, err);

    peer.token = token;
    if (status == ERR_OK)
        status = sync_exchange(store, &peer, result->totals, err);
    if (terminal)
        fputs("\r\033[K", stderr);
    free(token);
    net_client_free(client);
    net_free(net);
    return status;
}

static void exchange_note(struct command_call *call, struct store *store,
                          struct peer_result *result)
{
    struct error err = { 0 };
    struct peer_state state;
    int64_t began = clock_ticks_ms();

    result->totals = arena_alloc(call->arena, sizeof *result->totals);
    *result->totals = (struct sync_totals){ .pages = 0 };
    result->status = exchange_one(call, store, result, &err);
    result->took_ms = clock_ticks_ms() - began;
    if (result->status != ERR_OK)
        result->error = arena_strdup(call->arena, err.message);
    if (peer_state_get(&state, store, result->peer.name, result->peer.url, NULL) == ERR_OK
        && *state.told)
        result->told = arena_strdup(call->arena, state.told);
}

static bool stopped(const struct command_call *call)
{
    return call->cancel && atomic_load(call->cancel);
}

int peers_exchange(struct command_call *call, const char *only, struct peer_result **out,
                   size_t *count, struct error *err)
{
    struct store *store = NULL;
    struct peer *peers;
    size_t found, i;
    int result = peers_configured(call->arena, call->app->config, &peers, &found, err);

    *out = arena_alloc(call->arena, (found + 1) * sizeof **out);
    *count = 0;
    for (i = 0; i < found && result == ERR_OK; i++)
        if (!only || strcmp(only, peers[i].name) == 0)
            (*out)[(*count)++] = (struct peer_result){ .peer = peers[i] };
    if (result == ERR_OK && only && *count == 0)
        result =
            error_set(err, ERR_NOTFOUND, "no peer '%.60s'; 'carrel peer list' shows them", only);
    if (result != ERR_OK || *count == 0)
        return result;
    result = app_open_store(&store, call->app, true, err);
    for (i = 0; i < *count && result == ERR_OK && !stopped(call); i++)
        exchange_note(call, store, &(*out)[i]);
    if (result == ERR_OK)
        *count = i;
    store_close(store);
    return result;
}
