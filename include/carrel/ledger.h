/*
 * The request ledger: every network request, written down before it is sent and settled after, and
 * the budgets of the origins, which hold over all threads and processes of a library.
 *
 * An origin is free when it is not stopped, fewer requests than it has connections are in flight,
 * its pause (the interval since the end of the last answer, or what a server asked for) is over,
 * and its window has room. A request whose sender has died (its process is gone, or its deadline
 * has passed) is settled by whoever comes next. Real time counts here even where CARREL_CLOCK fixes
 * the program's clock. A real clock that jumps back makes a pause start again, never last longer.
 */
#ifndef CARREL_LEDGER_H
#define CARREL_LEDGER_H

#include "carrel/mem.h"
#include "carrel/net_ledger.h"
#include "carrel/store.h"

/* For net_client_new; the ctx that goes with it is a struct store *, with no transaction open
 * while a request is under way. */
const struct net_ledger *ledger_table(void);
/* How long an origin has to be waited for, without asking for leave; 0: it may be free.
 * ERR_REFUSED: it is stopped. */
int ledger_look(struct store *store, const struct net_origin *origin, int64_t *wait_ms,
                struct error *err);

/* Notes that what came from this address has been saved, so that the next conditional request may
 * say so. Inside the caller's transaction, the one that saves the records: a crash between the
 * answer and its records must not make the server say "not modified" next time. `url` is the
 * answer's, and that answer was `kept`: else it might be another one's validators that are
 * accepted. */
int ledger_accept(struct store *store, const char *url, struct error *err);
/* Forgets them: the next request asks for everything. NULL: those of all addresses. */
int ledger_forget(struct store *store, const char *url, struct error *err);

/* ---- reading it ---- */

struct ledger_entry {
    int64_t id;
    char *origin, *source, *purpose, *url; /* never NULL */
    int64_t run;                           /* 0 none */
    int try;
    int64_t sent, settled; /* ms since 1970; settled 0: in flight */
    int status;            /* HTTP; 0: no answer (yet) */
    int64_t bytes, took_ms;
    char *error; /* NULL: fine */
};
struct ledger_filter {
    const char *origin, *source; /* NULL: any */
    int64_t run;                 /* 0: any */
    bool failed;                 /* only those with an error other than NET_STOPPED */
    int64_t before;              /* an id: only older ones, for the next page; 0: from the newest */
    size_t limit;                /* 0 = 100 */
};
/* Newest first, in `arena`. */
int ledger_list(struct store *store, struct arena *arena, const struct ledger_filter *filter,
                struct ledger_entry **out, size_t *count, struct error *err);

struct ledger_totals {
    int64_t requests, failed /* NET_STOPPED is no failure */, retries /* try > 1 */, bytes, took_ms;
    int64_t first, last; /* sent; 0 none */
};
/* Of all entries that fit (`before` and `limit` do not count). */
int ledger_sum(struct store *store, const struct ledger_filter *filter,
               struct ledger_totals *totals, struct error *err);

struct ledger_origin {
    char *name;
    int64_t interval_ms; /* as last used */
    int64_t last_end;    /* when the last answer ended; 0 none yet */
    int64_t next_at;     /* not before; 0: now (but for what is in flight) */
    bool asked;          /* next_at is what the server asked for, not our interval */
    int remaining;       /* in the server's own window; -1 unknown */
    char *stopped;       /* why; NULL: it is not */
    int64_t stopped_at;
    int in_flight;
    struct ledger_entry flight; /* the oldest one in flight, when in_flight > 0 */
    int last_status;            /* of the newest answer; 0: none came */
    char *last_error;           /* NULL: it was fine, or nothing was asked yet */
};
/* By name. Those whose sender has died do not count as in flight. */
int ledger_origins(struct store *store, struct arena *arena, struct ledger_origin **out,
                   size_t *count, struct error *err);

/* How much of its window an origin has used (nothing, where it has none), and when there is room
 * again (0: now). */
struct ledger_window {
    int used;
    int64_t free_at;
};
int ledger_window_now(struct store *store, const struct net_origin *origin,
                      struct ledger_window *out, struct error *err);

/* Lets a stopped origin be asked again; ERR_NOTFOUND when there is none of that name. */
int ledger_lift(struct store *store, const char *origin, struct error *err);

/* Drops settled entries older than so many days and all but the newest rows. Settling does this by
 * itself now and then with LEDGER_DAYS and LEDGER_ROWS. */
#define LEDGER_DAYS 90
#define LEDGER_ROWS 100000
int ledger_prune(struct store *store, int days, int64_t rows, int64_t *removed, struct error *err);

#endif
