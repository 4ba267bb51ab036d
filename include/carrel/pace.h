/*
 * One pace for several machines, the asking side: a ledger for net that asks a peer's service
 * (/sync/lease, carrel/leases.h) before each request to a source, beside the ledger of this
 * library. The peer is the first [peer "NAME"] of the configuration that is reached by http or
 * https and whose `lease` is not "no"; without one, and for servers of this machine, the library's
 * own ledger is all there is.
 *
 * A lease is renewed by a thread of its own while its request lasts and given back with what came
 * of it. One that cannot be renewed in time has ended: its request is broken off and tried again,
 * since somebody else may be sending. A peer that does not answer within some seconds is left alone
 * for half a minute: meanwhile this machine keeps its own pace, which is told once (pace_problem);
 * with `lease = required` it asks nothing of any source (ERR_BUSY).
 */
#ifndef CARREL_PACE_H
#define CARREL_PACE_H

#include "carrel/config.h"
#include "carrel/net_ledger.h"
#include "carrel/store.h"

#include <stdatomic.h>

/* What all threads of one undertaking share. */
struct pace;
/* `config` and `cancel` live as long as it; `cancel` may be NULL: it cuts asking short. */
struct pace *pace_new(const struct config *config, const char *version, const atomic_bool *cancel);
void pace_free(struct pace *pace); /* NULL is fine; no struct paced may be left */
/* One line on why the peer was not asked; NULL: it was, or there is none. Lives as long as `pace`;
 * to be asked when its threads have ended. */
const char *pace_problem(const struct pace *pace);
/* An origin that was left alone may be asked again, at the peer, too. What goes wrong there is told
 * by pace_problem. */
void pace_lift(struct pace *pace, const char *origin);

/* The ledger of one thread: for net_client_new, with paced_ledger(). */
struct paced;
struct paced *paced_new(struct pace *pace, struct store *store);
void paced_free(struct paced *paced); /* NULL is fine */
const struct net_ledger *paced_ledger(void);

#endif
