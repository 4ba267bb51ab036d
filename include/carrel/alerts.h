/*
 * Alerts: rules that name an event and a query, and the journal of what they found. Triggers of the
 * schema note events in the transaction in which they happen; a rule takes the events behind its
 * high-water mark, and moves the mark in the transaction that writes the journal, so that whatever
 * dies in between, each event comes to each rule exactly once. All on the connection's thread;
 * texts lie in the given arena; times are milliseconds since 1970-01-01 UTC.
 */
#ifndef CARREL_ALERTS_H
#define CARREL_ALERTS_H

#include "carrel/mem.h"
#include "carrel/store.h"

enum alert_on { ALERT_NEW = 1, ALERT_REPLACED, ALERT_WITHDRAWN };
const char *alert_on_name(enum alert_on on); /* "new" ...; "" for another number */
bool alert_on_from(enum alert_on *on, const char *name);

struct alert_rule {
    int64_t id, seen;
    char *name, *query; /* query "": every paper */
    enum alert_on on;
    int64_t fired; /* rows of the journal */
};
struct alert_event {
    int64_t id, work;
    bool hit; /* the caller's: goes into the journal */
};
struct alert_row {
    int64_t id, work /* 0: it is gone */, at, dismissed /* 0: not */;
    char *rule, *key, *title, *detail;
    enum alert_on on;
};

/* A rule sees what happens after it was made. ERR_EXISTS: there is one of that name. */
int alerts_add(struct store *store, const char *name, enum alert_on on, const char *query,
               struct error *err);
int alerts_remove(struct store *store, const char *name, struct error *err); /* ERR_NOTFOUND */
int alerts_rules(struct store *store, struct arena *arena, struct alert_rule **out, size_t *count,
                 struct error *err);

#define ALERT_EVENTS_MAX 4096
/* The next events for the rule, in order, at most ALERT_EVENTS_MAX; *upto is where the mark goes
 * once they are settled. */
int alerts_events(struct store *store, struct arena *arena, const struct alert_rule *rule,
                  struct alert_event **out, size_t *count, int64_t *upto, struct error *err);
/* Writes the hits and moves the rule's mark, in one transaction. *added is 0, and nothing is
 * written, when another process has moved the mark meanwhile, or the rule is gone; rule->seen is
 * then as the other left it (upto when gone). */
int alerts_settle(struct store *store, struct alert_rule *rule, const struct alert_event *events,
                  size_t count, int64_t upto, int64_t *added, struct error *err);
/* The last event that was noted; and, in the same transaction, takes back those noted since: what
 * is done by hand to works that are here (merging, splitting) is no news. */
int alerts_mark(struct store *store, int64_t *mark, struct error *err);
int alerts_take_back(struct store *store, int64_t mark, struct error *err);
/* Forgets events that every rule has looked at. */
int alerts_sweep(struct store *store, struct error *err);

/* The journal, newest first, at most `limit`; without `all` only what is not dismissed. */
int alerts_log(struct store *store, struct arena *arena, bool all, int64_t limit,
               struct alert_row **out, size_t *count, struct error *err);
/* How many are not dismissed. */
int alerts_open(struct store *store, int64_t *count, struct error *err);
/* id 0: all of them. ERR_NOTFOUND: none of that id that is not dismissed yet. */
int alerts_dismiss(struct store *store, int64_t id, int64_t *count, struct error *err);

#endif
