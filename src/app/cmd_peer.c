/*
 * The command `peer`: the other machines that this library is kept the same with.
 */
#include "carrel/peers.h"
#include "commands.h"
#include "settings.h"
#include "sync.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/jsonw.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

static bool library_there(const struct app *app)
{
    char *path = path_join(app->library, "library.db");
    bool there = file_exists(path);

    free(path);
    return there;
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
        result = peer_check(&peer, call->app->library, err);
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
    if (result == ERR_OK && peer.folder && access(peer.url, R_OK | W_OK | X_OK) != 0)
        str_printf(&call->say, "but %s: %s; it is looked for at each sync\n", peer.url,
                   strerror(errno));
    str_free(&section);
    return result;
}

/* ---- rm ---- */

/* Where the exchange stood is forgotten, too: under this name another may come. */
static int forget(struct command_call *call, const char *name, struct error *err)
{
    struct store *store = NULL;
    int result;

    if (!library_there(call->app))
        return ERR_OK;
    result = app_open_store(&store, call->app, false, err);
    if (result == ERR_OK)
        result = store_begin(store, err);
    if (result == ERR_OK) {
        result = peer_state_forget(store, name, err);
        if (result == ERR_OK)
            result = store_commit(store, err);
        if (result != ERR_OK)
            store_rollback(store);
    }
    store_close(store);
    return result;
}

static int do_remove(struct command_call *call, struct error *err)
{
    int result;

    if (call->argc != 2)
        return error_set(err, ERR_USAGE, "peer rm takes the name of one peer");
    result = settings_drop(call->app, "peer", call->argv[1], err);
    if (result == ERR_OK)
        result = forget(call, call->argv[1], err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s is no peer any more; what came from it stays\n", call->argv[1]);
    return result;
}

/* ---- list ---- */

static void list_write(struct command_call *call, const struct peer_status *list, size_t count,
                       struct store *store)
{
    char machine[MACHINE_SHORT];
    struct jsonw w;
    size_t i;

    peers_own_machine(machine, store);
    if (!call_has(call, "--json")) {
        if (*machine)
            str_printf(&call->out, "this library is the machine %s\n", machine);
        for (i = 0; i < count; i++)
            peer_status_text(&call->out, &list[i]);
        if (count == 0)
            str_add(&call->say, "no peer is configured; see: carrel help peer\n");
        return;
    }
    jsonw_items(&w, &call->out);
    for (i = 0; i < count; i++)
        peer_status_json(&w, &list[i]);
    jsonw_end(&w);
    jsonw_key_string(&w, "machine", *machine ? machine : NULL);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

static int do_list(struct command_call *call, struct error *err)
{
    struct store *store = NULL;
    struct peer_status *list;
    size_t count;
    int result = library_there(call->app) ? app_open_store(&store, call->app, false, err) : ERR_OK;

    if (result == ERR_OK)
        result = peers_look(call->arena, call->app->config, store, &list, &count, err);
    if (result == ERR_OK)
        list_write(call, list, count, store);
    store_close(store);
    return result;
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
