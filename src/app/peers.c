/*
 * Peers in the configuration (peers.h).
 */
#include "peers.h"
#include "hooks.h"

#include "carrel/file.h"
#include "carrel/source.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define PREFIX "peer."

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
        };
        result = url ? peer_address(arena, url, peer, err)
                     : error_set(err, ERR_USAGE, PREFIX "%s.url is not set", name);
    }
    return result;
}
