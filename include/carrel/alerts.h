/*
 * Alerts: rules that name an event and a query, and the journal of what they found. Triggers of the
 * schema note events in the transaction in which they happen; a rule takes the events behind its
 * high-water mark, and moves the mark in the transaction that writes the journal, so that whatever
 * dies in between, each event comes to each rule exactly once. A rule on a trend has no events: it
 * is asked again when its metric was sampled, and a work comes to it once, for ever. All on the
 * connection's thread; texts lie in the given arena; times are milliseconds since 1970-01-01 UTC.
 */
#ifndef CARREL_ALERTS_H
#define CARREL_ALERTS_H

#include "carrel/jsonw.h"
#include "carrel/mem.h"
#include "carrel/store.h"

enum alert_on { ALERT_NEW = 1, ALERT_REPLACED, ALERT_WITHDRAWN, ALERT_TREND };
const char *alert_on_name(enum alert_on on); /* "new" ...; "" for another number */
bool alert_on_from(enum alert_on *on, const char *name);

struct alert_rule {
    int64_t id, seen;
    char *name, *query; /* query "": every paper */
    enum alert_on on;
    char *metric;                   /* ALERT_TREND: "upvotes"; else "" */
    double above, velocity, zscore; /* to be exceeded; NAN: not asked for */
    int64_t sampled;
    int64_t fired; /* rows of the journal */
    bool hook;     /* the caller's: a command waits to be told what it finds */
};
struct alert_event {
    int64_t id, work;
    char *detail; /* ALERT_TREND: the numbers */
    bool hit;     /* the caller's: goes into the journal */
};
enum alert_hook { HOOK_NONE, HOOK_WAITS, HOOK_TOLD, HOOK_FAILED };
const char *alert_hook_name(enum alert_hook hook); /* "none" ... */
struct alert_row {
    int64_t id, work /* 0: it is gone */, at, dismissed /* 0: not */;
    char *rule, *key, *title, *detail;
    enum alert_on on;
    enum alert_hook hook;
    char *failure; /* of the command's last run, "" none */
};

/* A rule (name, query, on; metric and limits of a trend) sees what happens after it was made.
 * ERR_EXISTS: there is one of that name. */
int alerts_add(struct store *store, const struct alert_rule *rule, struct error *err);
int alerts_remove(struct store *store, const char *name, struct error *err); /* ERR_NOTFOUND */
int alerts_rules(struct store *store, struct arena *arena, struct alert_rule **out, size_t *count,
                 struct error *err);
int alerts_rule(struct store *store, struct arena *arena, const char *name, struct alert_rule *out,
                struct error *err); /* ERR_NOTFOUND */

#define ALERT_EVENTS_MAX 4096
/* The next events for the rule, in order, at most ALERT_EVENTS_MAX; *upto is where the mark goes
 * once they are settled. */
int alerts_events(struct store *store, struct arena *arena, const struct alert_rule *rule,
                  struct alert_event **out, size_t *count, int64_t *upto, struct error *err);
/* Before rules look: events of papers that were in the bin when one did, and that are back, come
 * once more to rules that were there when they were noted. Marks go back for that: rules are read
 * behind it. In a transaction of its own, if there are any. */
int alerts_awake(struct store *store, struct error *err);
/* Writes the hits and moves the rule's mark, in one transaction. *added is 0, and nothing is
 * written, when another process has moved the mark meanwhile, or the rule is gone; rule->seen is
 * then as the other left it (upto when gone). */
int alerts_settle(struct store *store, struct alert_rule *rule, const struct alert_event *events,
                  size_t count, int64_t upto, int64_t *added, struct error *err);
/* Was the work past the thresholds of this rule before? */
int alerts_passed(struct store *store, const struct alert_rule *rule, int64_t work, bool *passed,
                  struct error *err);
/* The same for a trend: all of `events` are past the thresholds and come never again; hits go into
 * the journal, unless this was the first look. When another process has looked meanwhile, nothing
 * is written, and rule->seen and rule->sampled are as they are now (equal when the rule is gone).
 */
int alerts_settle_trend(struct store *store, struct alert_rule *rule,
                        const struct alert_event *events, size_t count, int64_t *added,
                        struct error *err);
/* Two works become one, or a new one takes over part of another: neither is past a threshold anew.
 */
int alerts_merge(struct store *store, int64_t keep, int64_t gone, struct error *err);
int alerts_split(struct store *store, int64_t from, int64_t to, struct error *err);
/* The last event that was noted; and, in the same transaction, takes back those noted since: what
 * is done by hand to works that are here (merging, splitting) is no news. */
int alerts_mark(struct store *store, int64_t *mark, struct error *err);
int alerts_take_back(struct store *store, int64_t mark, struct error *err);
/* Forgets events that every rule has looked at, and those of papers that no bin has any more. */
int alerts_sweep(struct store *store, struct error *err);

/* The journal of a rule (NULL: of all), newest first, at most `limit`; without `all` only what is
 * not dismissed. Of papers that were removed there is nothing, until they are back. */
int alerts_log(struct store *store, struct arena *arena, const char *rule, bool all, int64_t limit,
               struct alert_row **out, size_t *count, struct error *err);
/* A row as an object: of `alert log --json`, of what commands get. */
void alert_row_json(struct jsonw *w, const struct alert_row *row);
/* How many are not dismissed. */
int alerts_open(struct store *store, int64_t *count, struct error *err);
/* One step of undo. id 0: all of them, or with `rule` all of that rule. ERR_NOTFOUND: none of that
 * id or rule that is not dismissed yet. */
int alerts_dismiss(struct store *store, const char *rule, int64_t id, int64_t *count,
                   struct error *err);

/* ---- the command that is told: at least once, at most ALERT_TRIES times ---- */

#define ALERT_TRIES 3
#define ALERT_TOLD_MAX 500 /* rows at a time */
/* Rules (by name, they may be gone) of which rows wait for their command. */
int alerts_waiting(struct store *store, struct arena *arena, char ***rules, size_t *count,
                   struct error *err);
/* Takes the next rows behind the number `after` that wait and that nobody else has, oldest first,
 * until the time `until` (real ms): who is gone by then has told nothing. */
int alerts_claim(struct store *store, struct arena *arena, const char *rule, int64_t after,
                 int64_t until, struct alert_row **out, size_t *count, struct error *err);
/* How a command ended. One that did not start, or was stopped because carrel leaves, has not
 * tried. */
enum alert_end { ALERT_END_TOLD, ALERT_END_FAILED, ALERT_END_UNSTARTED, ALERT_END_STOPPED };
/* They are told; or wait again (after `pause_ms`, doubled with each try; at once when it was
 * stopped); or are given up. `failure`: why it failed or did not start. */
int alerts_told(struct store *store, const struct alert_row *rows, size_t count, enum alert_end end,
                const char *failure, int64_t pause_ms, struct error *err);
/* Rules (by name) of which rows were given up or wait for another try; and makes those of one of
 * them, that are not dismissed, wait for nothing but their command. */
int alerts_untold(struct store *store, struct arena *arena, char ***rules, size_t *count,
                  struct error *err);
int alerts_again(struct store *store, const char *rule, int64_t *count, struct error *err);
/* No command is meant for them any more. */
int alerts_let_go(struct store *store, const char *rule, struct error *err);

#endif
