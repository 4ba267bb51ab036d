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

/* What came of the exchange with one peer. */
struct sync_totals;
struct peer_result {
    struct peer peer;
    struct sync_totals *totals;
    int status; /* ERR_... */
    const char *error, *told;
    int64_t took_ms;
};
/* With each of them in turn, or with `only`; in the call's arena. What fails does not keep the
 * others from theirs. ERR_NOTFOUND: there is no such peer. */
int peers_exchange(struct command_call *call, const char *only, struct peer_result **out,
                   size_t *count, struct error *err);

#endif
