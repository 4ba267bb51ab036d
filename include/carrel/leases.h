/*
 * One pace for several machines: what /sync/lease does for whoever asks (docs/SCRAPER.md). The
 * other side of it is carrel/pace.h; the rules are the ledger's (carrel/ledger_lease.h).
 */
#ifndef CARREL_LEASES_H
#define CARREL_LEASES_H

#include "carrel/app.h"
#include "carrel/ledger_lease.h"

#define LEASE_VERBS "ask|renew|return|drop|lift"
#define LEASE_HOLD_MS 10000 /* without a word for how long */
#define LEASE_HOLD_LEAST_MS 1000
#define LEASE_HOLD_MOST_MS 60000

struct lease_request {
    const char *verb;         /* one of LEASE_VERBS */
    struct net_origin origin; /* as the other machine is configured */
    const char *machine;      /* for people: "laptop" */
    const char *holder;       /* one sender of it; unlike every other one's */
    int64_t hold_ms;
    int64_t lease;              /* renew, return, drop */
    struct net_note note;       /* ask: source, purpose and try */
    struct net_outcome outcome; /* return; not_before counts from now: ms to wait */
};
/* The answer as JSON, appended. An origin that this library harvests, too, is not asked more often
 * than it would itself. Any thread; `store` is its own. */
int lease_answer(struct str *json, const struct app *app, struct store *store,
                 const struct lease_request *request, struct error *err);

#endif
