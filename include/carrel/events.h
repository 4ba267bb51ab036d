/*
 * Events of websites: pages seen, links followed, searches. Each is kept once (by its id, for nine
 * days at least), counted soon afterwards by minute, hour and day, and may be pruned later; the
 * counts stay.
 *
 * No address of anybody is kept: a visitor is a hash with a salt that lives for one day
 * (carrel/salt.h), it is only counted, and the events themselves do not carry it.
 *
 * Reading what was counted: usage.h.
 */
#ifndef CARREL_EVENTS_H
#define CARREL_EVENTS_H

#include "carrel/store.h"

#define EVENT_LATE_MS (INT64_C(7) * 86400000)   /* how long after it happened one may come */
#define EVENT_AHEAD_MS (INT64_C(5) * 60000)     /* how far its clock may be ahead */
#define EVENT_WINDOW_MS (INT64_C(9) * 86400000) /* one that comes twice within it is known */
#define EVENT_ID_BYTES 16

enum event_kind { EVENT_PAGEVIEW, EVENT_CLICK, EVENT_SEARCH, EVENT_KINDS };
const char *event_kind_name(enum event_kind kind); /* "pageview" */

struct event {
    uint8_t id[EVENT_ID_BYTES];
    enum event_kind kind;
    int64_t at;         /* ms since 1970 */
    const char *paper;  /* as ident_print writes it; NULL: none. So are the others */
    const char *path;   /* "/papers/1706.03762", without query and fragment */
    const char *source; /* the site that led here: "news.example" */
    const char *target; /* of a click */
    const char *query;  /* of a search, in lower case with single blanks */
    int64_t results;    /* of a search; -1 not said */
    uint64_t visitor;   /* a salted hash */
};
enum event_fate { EVENT_ACCEPTED, EVENT_DUPLICATE };

/* What writes events: one per connection; it remembers ids and names. */
struct events_writer;
/* The store is borrowed. Reads the ids of the last days: a second for ten million. */
int events_open(struct events_writer **out, struct store *store, struct error *err);
void events_free(struct events_writer *writer); /* NULL is fine */
/* All of them in one transaction; when it returns ERR_OK they are on the disk, and will be counted
 * by the next events_fold. `now`: ms since 1970. A failure leaves nothing of them. */
int events_write(struct events_writer *writer, const struct event *events, size_t count,
                 enum event_fate *fates, int64_t now, struct error *err);

/* Counts what was written and is not counted yet, by whomever, in a transaction of its own; costs
 * one look where there is nothing. Until then nobody who reads counts sees any of it. ERR_BUSY:
 * another writer took longer than the patience. */
int events_fold(struct store *store, int64_t patience_ms, struct error *err);

/* Drops some thousand rows of what is old: events that came `keep_ms` ago, ids behind the window,
 * counts by minute, visitors of days for which nothing can come any more. *more: there is more to
 * drop. A transaction of its own. */
int events_prune(struct store *store, int64_t now, int64_t keep_ms, bool *more, struct error *err);

#endif
