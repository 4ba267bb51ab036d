/*
 * Peers in the configuration, and where the exchange with them stands (carrel/peers.h).
 */
#include "carrel/peers.h"
#include "hooks.h"
#include "token_claims.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/kinds.h"
#include "carrel/net.h"
#include "carrel/source.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PREFIX "peer."
#define EVERY_MS (INT64_C(15) * 60000)

static char *without_slashes(struct arena *arena, const char *text)
{
    size_t len = strlen(text);

    while (len > 1 && text[len - 1] == '/')
        len--;
    return arena_strndup(arena, text, len);
}

/* A folder need not be there yet: a stick may not be plugged in. */
static int folder_address(struct arena *arena, const char *path, struct peer *out,
                          struct error *err)
{
    char here[PATH_MAX];
    char *expanded = path_expand(path);
    int result = ERR_OK;

    out->folder = true;
    if (*expanded == '/')
        out->url = without_slashes(arena, expanded);
    else if (getcwd(here, sizeof here))
        out->url = without_slashes(arena, arena_printf(arena, "%s/%s", here, expanded));
    else
        result = error_errno(err, "%s", path);
    free(expanded);
    return result;
}

int peer_address(struct arena *arena, const char *text, struct peer *out, struct error *err)
{
    const char *at;

    for (at = text; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7F || *at == '"' || *at == '\\')
            return error_set(err, ERR_USAGE, "'%.60s' is no address of a peer", text);
    if (str_istarts(text, "file://"))
        return text[7] == '/'
                   ? folder_address(arena, text + 7, out, err)
                   : error_set(err, ERR_USAGE,
                               "%s: a folder is written file:///PATH, or as its path", text);
    if (!strstr(text, "://"))
        return *text ? folder_address(arena, text, out, err)
                     : error_set(err, ERR_USAGE, "a peer's address is empty");
    out->folder = false;
    out->url = without_slashes(arena, text);
    if (str_istarts(text, "https://") || (str_istarts(text, "http://") && source_is_loopback(text)))
        return ERR_OK;
    return error_set(err, ERR_USAGE,
                     "%s: a peer is reached by https (by http on this machine only), or in a "
                     "folder",
                     text);
}

static int64_t every(const struct config *config, const char *key)
{
    const char *text = config_text(config, key);
    int64_t ms;

    return text && duration_parse(text, &ms) ? ms : EVERY_MS;
}

int peers_configured(struct arena *arena, const struct config *config, struct peer **out,
                     size_t *count, struct error *err)
{
    struct text_list names;
    size_t i;
    int result = ERR_OK;

    hook_names(&names, arena, config, PREFIX);
    *out = arena_alloc(arena, (names.len + 1) * sizeof **out);
    *count = 0;
    for (i = 0; i < names.len && result == ERR_OK; i++) {
        const char *name = names.items[i];
        const char *url = config_text(config, arena_printf(arena, PREFIX "%s.url", name));
        struct peer *peer = &(*out)[(*count)++];

        *peer = (struct peer){
            .name = name,
            .token_file = config_text(config, arena_printf(arena, PREFIX "%s.token-file", name)),
            .every_ms = every(config, arena_printf(arena, PREFIX "%s.every", name)),
        };
        result = url ? peer_address(arena, url, peer, err)
                     : error_set(err, ERR_USAGE, PREFIX "%s.url is not set", name);
    }
    return result;
}

int peer_check(const struct peer *peer, const char *library, struct error *err)
{
    char *header = NULL;
    int result = ERR_OK;

    if (peer->folder && file_is_same(peer->url, library))
        result = error_set(err, ERR_USAGE,
                           "%s is this very library: a shared folder is another one", peer->url);
    else if (!peer->folder && !peer->token_file)
        result = error_set(err, ERR_USAGE,
                           "%s needs a token: --token-file FILE (token-file in the configuration), "
                           "with what 'carrel token new --scope sync' there has printed",
                           peer->url);
    else
        result = net_bearer(&header, peer->token_file, err);
    free(header);
    return result;
}

/* ---- where they stand ---- */

static int64_t behind(const struct peer_state *state, const struct sync_cursor *now)
{
    struct sync_cursor sent;

    if (!sync_cursor_parse(&sent, state->sent) || strcmp(sent.machine, now->machine) != 0)
        sent = (struct sync_cursor){ .machine = "" };
    return now->at.record - sent.at.record + now->at.again - sent.at.again + now->at.op
           - sent.at.op;
}

/* After one that failed, too: a laptop may be anywhere. */
static int64_t next_due(const struct peer_status *status)
{
    if (status->peer.every_ms == 0)
        return -1;
    return status->state.tried ? status->state.tried + status->peer.every_ms : 0;
}

/* Nothing is written, as the disk may be full. A library that has no machine yet waits whole. */
static int look_at_ours(struct sync_cursor *now, struct store *store, struct error *err)
{
    int result = ops_machine_known(store, now->machine, err);

    return result == ERR_OK ? library_cursors(store, &now->at, err) : result;
}

static int look_at(struct peer_status *status, struct store *store, const struct sync_cursor *now,
                   struct error *err)
{
    int result = peer_state_get(&status->state, store, status->peer.name, status->peer.url, err);

    if (result == ERR_OK)
        status->waiting = behind(&status->state, now);
    return result;
}

int peers_look(struct arena *arena, const struct config *config, struct store *store,
               struct peer_status **out, size_t *count, struct error *err)
{
    struct sync_cursor now = { .machine = "" };
    struct peer *peers;
    size_t i;
    int result = peers_configured(arena, config, &peers, count, err);

    if (result != ERR_OK)
        return result;
    *out = arena_alloc(arena, (*count + 1) * sizeof **out);
    if (store && *count > 0)
        result = look_at_ours(&now, store, err);
    for (i = 0; i < *count && result == ERR_OK; i++) {
        (*out)[i] = (struct peer_status){ .peer = peers[i] };
        if (store)
            result = look_at(&(*out)[i], store, &now, err);
        (*out)[i].due = next_due(&(*out)[i]);
        (*out)[i].token_ends = token_file_ends(peers[i].token_file);
    }
    return result;
}

void peers_own_machine(char out[MACHINE_SHORT], struct store *store)
{
    char id[MACHINE_HEX] = "";

    if (store && ops_machine_known(store, id, NULL) != ERR_OK)
        id[0] = '\0';
    snprintf(out, MACHINE_SHORT, "%.8s", id);
}

void peer_due_format(struct str *out, const struct peer_status *status)
{
    int64_t wait = status->due - clock_now_ms();

    if (status->due < 0)
        str_add(out, "when asked");
    else if (wait <= 0)
        str_add(out, "now");
    else {
        str_add(out, "in ");
        span_format(out, wait);
    }
}
