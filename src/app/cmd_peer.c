/*
 * The command `peer`: the other machines that this library is kept the same with.
 */
#include "commands.h"
#include "peers.h"
#include "settings.h"

#include "carrel/file.h"
#include "carrel/jsonw.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int name_check(const char *name, struct error *err)
{
    const char *at;

    for (at = name; isalnum((unsigned char)*at) || (*at && strchr("-_", *at)); at++)
        ;
    if (*name && !*at && at - name <= PEER_NAME_MAX)
        return ERR_OK;
    return error_set(err, ERR_USAGE, "'%.60s' cannot name a peer: 1 to %d letters, digits, - and _",
                     name, PEER_NAME_MAX);
}

static const struct peer *peer_named(const struct peer *peers, size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(peers[i].name, name) == 0)
            return &peers[i];
    return NULL;
}

/* ---- add ---- */

static int token_check(struct command_call *call, const char **file, struct error *err)
{
    const char *given = call_option(call, "--token-file");
    char *expanded, *whole;

    *file = NULL;
    if (!given)
        return ERR_OK;
    expanded = path_expand(given);
    whole = realpath(expanded, NULL);
    *file = whole ? arena_strdup(call->arena, whole) : NULL;
    free(expanded);
    free(whole);
    if (!*file)
        return error_errno(err, "%s", given);
    return strpbrk(*file, "\"\\\n") ? error_set(err, ERR_USAGE, "%s: no such file name here", given)
                                    : ERR_OK;
}

static int do_add(struct command_call *call, struct error *err)
{
    struct peer *peers, peer = { 0 };
    struct str section = STR_INIT;
    size_t count;
    int result;

    if (call->argc != 3)
        return error_set(err, ERR_USAGE, "peer add takes a name and an address or a folder");
    peer.name = call->argv[1];
    result = name_check(peer.name, err);
    if (result == ERR_OK)
        result = peer_address(call->arena, call->argv[2], &peer, err);
    if (result == ERR_OK)
        result = token_check(call, &peer.token_file, err);
    if (result == ERR_OK)
        result = peers_configured(call->arena, call->app->config, &peers, &count, err);
    if (result == ERR_OK && peer_named(peers, count, peer.name))
        result = error_set(err, ERR_EXISTS,
                           "there is a peer '%s' already; 'carrel peer rm %s' takes it away",
                           peer.name, peer.name);
    if (result == ERR_OK) {
        str_printf(&section, "[peer \"%s\"]\n    url = \"%s\"\n", peer.name, peer.url);
        if (peer.token_file)
            str_printf(&section, "    token-file = \"%s\"\n", peer.token_file);
        result = settings_add(call->app, section.ptr, err);
    }
    if (result == ERR_OK)
        str_printf(&call->say, "%s has the peer %s now\n", call->app->config_file, peer.name);
    str_free(&section);
    return result;
}

/* ---- rm ---- */

static int do_remove(struct command_call *call, struct error *err)
{
    int result;

    if (call->argc != 2)
        return error_set(err, ERR_USAGE, "peer rm takes the name of one peer");
    result = settings_drop(call->app, "peer", call->argv[1], err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s is no peer any more; what came from it stays\n", call->argv[1]);
    return result;
}

/* ---- list ---- */

static void peer_json(struct jsonw *w, const struct peer *peer)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", peer->name);
    jsonw_key_string(w, "url", peer->url);
    jsonw_key_bool(w, "folder", peer->folder);
    jsonw_key_string(w, "token_file", peer->token_file);
    jsonw_end(w);
}

static int do_list(struct command_call *call, struct error *err)
{
    struct peer *peers;
    struct jsonw w;
    size_t count, i;
    int result = peers_configured(call->arena, call->app->config, &peers, &count, err);

    if (result != ERR_OK)
        return result;
    if (!call_has(call, "--json")) {
        for (i = 0; i < count; i++)
            str_printf(&call->out, "%s  %s\n", peers[i].name, peers[i].url);
        if (count == 0)
            str_add(&call->say, "no peer is configured; see: carrel help peer\n");
        return ERR_OK;
    }
    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        peer_json(&w, &peers[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
    return ERR_OK;
}

int cmd_peer(struct command_call *call, struct error *err)
{
    static const struct {
        const char *name;
        int (*run)(struct command_call *, struct error *);
    } verbs[] = { { "list", do_list }, { "add", do_add }, { "rm", do_remove } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].name, call->argc > 0 ? call->argv[0] : "list") == 0)
            return verbs[i].run(call, err);
    return error_set(err, ERR_USAGE, "peer knows add NAME URL|FOLDER, rm NAME and list, not '%s'",
                     call->argv[0]);
}
