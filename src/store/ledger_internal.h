/*
 * Inside the request ledger: an origin's budget, the queue of those who wait for it, and taking a
 * slot of it. All but budget_read, budget_wait and queue_look are called in a transaction.
 *
 * Who asks is a process of this machine (its name of holder.h) or a guest: a sender at another
 * machine, which has a lease (ledger_lease.c) and whose name begins with '@'.
 */
#ifndef CARREL_STORE_LEDGER_INTERNAL_H
#define CARREL_STORE_LEDGER_INTERNAL_H

#include "internal.h"

#include "carrel/ledger.h"

#define LOOK_AGAIN_MS 150 /* while somebody else's request is in flight, or has its turn */
#define LOOK_AGAIN_MAX_MS 1000
#define LEDGER_GUEST '@'

bool ledger_is_guest(const char *holder);

/* ---- ledger_budget.c ---- */

/* An origin as the tables have it, and what is to be mended. Times in ms since 1970. */
struct budget {
    int64_t last_end, not_before, seen;
    char stopped[300];
    int64_t stopped_at;
    bool known;     /* it has a row */
    int in_flight;  /* of living senders */
    int64_t oldest; /* deadline of the one among them that ends first */
    bool guests;    /* one of them is a guest's */
    bool dead;      /* a sender has died */
    int64_t now;
    /* by budget_wait */
    int64_t due;  /* free from then on, whatever is in flight */
    int64_t wait; /* ms, 0: free now */
};
/* The clock is read after the row, so that it is never behind another process's last write. */
int budget_read(struct store *store, const char *name, struct budget *b, struct error *err);
/* ERR_REFUSED: it is stopped. */
int budget_wait(struct store *store, const struct net_origin *origin, struct budget *b,
                struct error *err);
bool budget_needs_mending(const struct budget *b);
int budget_mend(struct store *store, const char *origin, const struct budget *b, struct error *err);

/* ---- ledger_queue.c: who has waited longest goes first ---- */

struct queue {
    bool others;   /* somebody else waits */
    bool ahead;    /* and came before us, and could go now */
    int64_t until; /* our own place holds so long; 0: we have none */
};
int queue_look(struct store *store, const char *origin, const char *who, int64_t now,
               struct queue *out, struct error *err);
/* A place for who has to wait, or the one that it has, renewed. */
int queue_join(struct store *store, const char *origin, const char *who, const struct budget *b,
               struct error *err);
int queue_leave(struct store *store, const char *origin, const char *who, struct error *err);
int queue_clear(struct store *store, const char *origin, struct error *err);

/* ---- ledger.c ---- */

/* Leave for `who`, or how long it has to wait, with a place in the queue where one is needed. */
int ledger_take(struct store *store, const struct net_origin *origin, const struct net_note *note,
                const char *who, int64_t *ticket, int64_t *wait, struct error *err);
int ledger_settle_all(struct store *store, const struct net_origin *origin, int64_t ticket,
                      const struct net_outcome *outcome, struct error *err);
int ledger_settle_origin(struct store *store, const char *origin, const struct net_outcome *outcome,
                         int64_t now, struct error *err);

#endif
