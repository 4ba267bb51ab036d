/*
 * Inside pace: what is shared, and talking to the peer.
 */
#ifndef CARREL_HARVEST_PACE_INTERNAL_H
#define CARREL_HARVEST_PACE_INTERNAL_H

#include "carrel/net.h"
#include "carrel/pace.h"

#include <pthread.h>

#define PACE_HOLD_MS 10000  /* what a lease is asked for */
#define PACE_RENEW_MS 3000  /* how often it is renewed */
#define PACE_ASK_MS 5000    /* longest wait for an answer to a question, */
#define PACE_RETURN_MS 3000 /* or to what nobody waits for */
#define PACE_REST_MS 30000  /* how long a peer is left alone that did not answer */
#define PACE_MACHINE_MAX 40

struct pace {
    struct net *net;
    const atomic_bool *cancel;
    char *peer, *url;    /* its name, "https://.../sync/lease"; url NULL: there is none */
    char *bearer;        /* the header with its token; NULL: it wants none */
    struct error broken; /* why it cannot be asked at all; code ERR_OK: it can */
    bool required;
    char machine[PACE_MACHINE_MAX + 1];

    pthread_mutex_t lock; /* of what follows */
    int64_t rests_until;  /* ticks; 0: it is asked */
    bool ourselves;       /* the peer is this library: its ledger is asked anyway */
    bool told;
    struct error problem; /* the first one */
};
/* Is it to be asked now? */
bool pace_asks(struct pace *pace);
/* It is not asked for a while; told in the log once. */
void pace_rests(struct pace *pace, const struct error *why);

/* ---- pace_talk.c ---- */

struct pace_answer {
    bool granted;
    int64_t lease, wait_ms;
    char stopped[400]; /* "": it is not */
};
/* One sender: its connection to the peer and the name by which it is known there. One thread. */
struct pace_talk {
    struct pace *pace;
    struct net_client *client; /* made when it is needed */
    char holder[17];
};
void pace_talk_close(struct pace_talk *talk);
/* The beginning of a message; the caller adds members and ends it (jsonw_end). */
struct jsonw;
void pace_message(struct jsonw *w, struct str *out, const struct pace_talk *talk, const char *verb,
                  const char *origin);
int pace_send(struct pace_talk *talk, const struct str *message, int64_t deadline_ms,
              const atomic_bool *cancel, struct pace_answer *answer, struct error *err);

/* ---- pace_keeper.c: renews a lease while its request lasts ---- */

struct pace_keeper {
    struct pace_talk talk;
    const char *origin; /* as long as the lease */
    int64_t lease;      /* 0: none */
    int64_t ends;       /* ticks */
    atomic_bool lost;   /* it has ended before it was given back */
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    atomic_bool over;
};
void pace_keeper_init(struct pace_keeper *keeper, struct pace *pace, const char *holder);
/* `asked`: ticks before it was asked for, from which on it runs. */
void pace_keeper_begin(struct pace_keeper *keeper, const char *origin, int64_t lease,
                       int64_t asked);
void pace_keeper_end(struct pace_keeper *keeper); /* at once, but for a renewal under way */
void pace_keeper_free(struct pace_keeper *keeper);

#endif
