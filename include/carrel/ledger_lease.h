/*
 * Leases of the request ledger: leave to send for another machine, so that one pace holds for all
 * machines that ask here.
 *
 * A lease is an entry of this library's ledger whose sender is a guest. So it counts beside the
 * requests of this machine: one at a time, the pause after it, the window; what a server asks for
 * or refuses at one machine holds for all; and a restart forgets nothing. Its number is never given
 * out twice (a fencing token): who comes with one that has ended changes nothing but what it brings
 * to know of the origin. Nothing that a guest says is a point in time, so its clock does not
 * matter. Who has waited longest goes first. Each call is a short transaction.
 */
#ifndef CARREL_LEDGER_LEASE_H
#define CARREL_LEDGER_LEASE_H

#include "carrel/net_ledger.h"
#include "carrel/store.h"

#define LEASE_HOLDER_MAX 100

/* Who asks: one sender, which has one request at a time. */
struct ledger_guest {
    const char *holder; /* unlike every other sender's; at most LEASE_HOLDER_MAX bytes */
    int64_t hold_ms;    /* not renewed or returned for so long, it has died */
};

/* *lease > 0: send now. Else not before *wait_ms, and the guest keeps its place in the queue if it
 * comes again then. A guest that has a lease of the origin gets the same once more: its answer was
 * lost. `note->deadline_ms` does not count. ERR_REFUSED: the origin is stopped. */
int ledger_lease_ask(struct store *store, const struct net_origin *origin,
                     const struct net_note *note, const struct ledger_guest *guest, int64_t *lease,
                     int64_t *wait_ms, struct error *err);
/* For hold_ms from now. *held false: it has ended, and somebody else may be sending. */
int ledger_lease_renew(struct store *store, const char *origin, int64_t lease,
                       const struct ledger_guest *guest, bool *held, struct error *err);
/* What came of it; `outcome->not_before` by our clock. *held false: it had ended before, and only
 * what is now known of the origin has been noted. */
int ledger_lease_return(struct store *store, const struct net_origin *origin, int64_t lease,
                        const struct ledger_guest *guest, const struct net_outcome *outcome,
                        bool *held, struct error *err);
/* Given back without a request: as if it had never been given. */
int ledger_lease_drop(struct store *store, const char *origin, int64_t lease,
                      const struct ledger_guest *guest, bool *held, struct error *err);
/* *ours: the lease lies in this library, so its guest would wait for itself. */
int ledger_lease_is_ours(struct store *store, int64_t lease, const char *holder, bool *ours,
                         struct error *err);

#endif
