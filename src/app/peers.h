/*
 * The other machines of a library, as the configuration names them: [peer "NAME"] with the address
 * of a service (url = https://..., token-file) or a folder that both can write (url = /path, or
 * file:///path).
 */
#ifndef CARREL_APP_PEERS_H
#define CARREL_APP_PEERS_H

#include "carrel/app.h"

#define PEER_NAME_MAX 40

struct peer {
    const char *name;
    const char *url;        /* without a slash at its end; of a folder: its path */
    const char *token_file; /* NULL: none */
    bool folder;
};

/* All of them, in the arena. ERR_USAGE: one has no address, or one that leads nowhere. */
int peers_configured(struct arena *arena, const struct config *config, struct peer **out,
                     size_t *count, struct error *err);
/* *address as a peer has it: a path is made whole, https and loopback addresses stay. ERR_USAGE. */
int peer_address(struct arena *arena, const char *text, struct peer *out, struct error *err);

#endif
