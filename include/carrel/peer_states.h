/*
 * Where the exchange with each peer stands, in the library. A peer is a name of the configuration;
 * one that has another address starts anew. On the thread that owns the connection; those that
 * write do so in the open transaction, or in one of their own.
 */
#ifndef CARREL_PEER_STATES_H
#define CARREL_PEER_STATES_H

#include "carrel/mem.h"
#include "carrel/store.h"

#define PEER_CURSOR_MAX 200

struct peer_state {
    const char *name, *url;
    char got[PEER_CURSOR_MAX];  /* how far its library has come, of which all is here; "" nothing */
    char sent[PEER_CURSOR_MAX]; /* how far ours has come, of which it has all */
    int64_t exchanged, tried;   /* ms; 0 never */
    char error[300];            /* of the last exchange; "" none */
    char told[300];             /* what was odd in it */
};

/* As it is known; all noughts for one that was never asked, or at another address. */
int peer_state_get(struct peer_state *out, struct store *store, const char *name, const char *url,
                   struct error *err);
int peer_state_put(struct store *store, const struct peer_state *state, struct error *err);
int peer_state_forget(struct store *store, const char *name, struct error *err);

/* How far each machine's segments in a folder were read; all noughts: not at all. Of our own ones
 * (src/sync/folder_own.c) the hash is that of the next one, as it is about to be written. */
struct peer_segment {
    int64_t next; /* its number */
    int64_t hash; /* of the last one that was read; 0 unknown */
};
int peer_segment_get(struct peer_segment *out, struct store *store, const char *name,
                     const char *machine, struct error *err);
int peer_segment_put(struct store *store, const char *name, const char *machine,
                     const struct peer_segment *segment, struct error *err);

#endif
