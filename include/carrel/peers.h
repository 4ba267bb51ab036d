/*
 * The other machines of a library, as the configuration names them: [peer "NAME"] with the address
 * of a service (url = https://..., token-file) or a folder that both can write (url = /path, or
 * file:///path), and how often they are exchanged with (every).
 */
#ifndef CARREL_PEERS_H
#define CARREL_PEERS_H

#include "carrel/app.h"
#include "carrel/sync.h"

#define PEER_NAME_MAX 40

struct peer {
    const char *name;
    const char *url;        /* without a slash at its end; of a folder: its path */
    const char *token_file; /* NULL: none */
    bool folder;
    int64_t every_ms; /* 0: only when asked */
};

/* All of them, in the arena. ERR_USAGE: one has no address, or one that leads nowhere. */
int peers_configured(struct arena *arena, const struct config *config, struct peer **out,
                     size_t *count, struct error *err);
/* *address as a peer has it: a path is made whole, https and loopback addresses stay. ERR_USAGE. */
int peer_address(struct arena *arena, const char *text, struct peer *out, struct error *err);

/* Can it be exchanged with as it is set? ERR_USAGE: a service without a token, or the folder of
 * `library` itself; the file of the token may not be there, or not be readable. */
int peer_check(const struct peer *peer, const char *library, struct error *err);

/* A peer and where the exchange with it stands. */
struct peer_status {
    struct peer peer;
    struct peer_state state;
    int64_t waiting;    /* records and operations that it has not */
    int64_t due;        /* clock_now_ms(); 0 now, -1 never: only when asked */
    int64_t token_ends; /* ms since 1970, as its token says; 0: there is none, or it does not say */
};
/* Of all that are configured, in the arena; `store` NULL: there is no library yet. */
int peers_look(struct arena *arena, const struct config *config, struct store *store,
               struct peer_status **out, size_t *count, struct error *err);
/* This library's machine as notes name it ("-- also written on c025352d"); "": it is none yet. */
void peers_own_machine(char out[MACHINE_SHORT], struct store *store);
/* "now", "in 5 min", "when asked", appended. */
void peer_due_format(struct str *out, const struct peer_status *status);

/* What came of the exchange with one peer. */
struct peer_result {
    struct peer peer;
    struct sync_totals *totals;
    int status; /* ERR_... */
    const char *error, *told;
    int64_t took_ms;
};
/* With one of them, in the arena. *result has what went wrong. */
struct peer_asking {
    const struct app *app;
    struct store *store;
    struct arena *arena;
    void (*progress)(void *ctx, const struct sync_progress *progress);
    void *ctx;
    const atomic_bool *cancel;
};
void peer_exchange(struct peer_result *result, const struct peer_asking *asking);
/* Of the command `sync`: with each of them in turn, with `only`, or with those that are due; in the
 * call's arena. What fails
 * does not keep the others from theirs. ERR_NOTFOUND: there is no such peer. */
int peers_exchange(struct command_call *call, const char *only, bool due, struct peer_result **out,
                   size_t *count, struct error *err);
/* The members of a JSON object that tells of it. */
struct jsonw;
void peer_result_json(struct jsonw *w, const struct peer_result *result);

#endif
