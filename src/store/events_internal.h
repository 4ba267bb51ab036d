/*
 * What the files that write events need of each other.
 */
#ifndef CARREL_EVENTS_INTERNAL_H
#define CARREL_EVENTS_INTERNAL_H

#include "carrel/events.h"
#include "carrel/hash.h"
#include "carrel/mem.h"
#include "carrel/str.h"
#include "carrel/usage_counts.h"
#include "carrel/visitors.h"

#define EVENT_BUCKET 32768 /* ids of one bucket: some 180 pages, of which a fold writes most */

/* ---- which ids were there (events_seen.c) ---- */

struct events_seen;
struct events_seen *seen_new(void);
void seen_free(struct events_seen *seen);
/* Inside the transaction, before it asks: takes up what other processes have written. */
int seen_refresh(struct events_seen *seen, struct store *store, struct error *err);
/* *known: it was there. Else it is from now on, and has to be noted (pending_add). */
int seen_put(struct events_seen *seen, struct store *store, const uint8_t *id, bool *known,
             struct error *err);
void seen_forget(struct events_seen *seen); /* the transaction was taken back */
/* Puts ids that were noted into buckets; sorted ones cost least. `newest`: ms, when the last came.
 */
int seen_file(struct store *store, const uint8_t (*ids)[EVENT_ID_BYTES], size_t count,
              int64_t newest, struct error *err);

/* ---- what is to be filed and counted (events_pending.c) ---- */

/* Of one transaction. */
struct pending;
struct pending *pending_new(void);
void pending_free(struct pending *pending);
void pending_clear(struct pending *pending);
/* `subjects` as for rollup_add. */
void pending_add(struct pending *pending, const struct event *event,
                 const int64_t subjects[USAGE_KINDS]);
int pending_write(struct pending *pending, struct store *store, int64_t now, struct error *err);

/* ---- what is counted (events_rollup.c) ---- */

/* There are many sets of visitors of papers, so they are small ones. */
enum visitors_precision usage_precision(enum usage_kind kind);

/* Counts of one fold, gathered so that a row is read and written once. */
struct rollup;
struct rollup *rollup_new(void);
void rollup_free(struct rollup *rollup);
/* `subjects`: usage_name.id by kind, 0 for none; that of USAGE_ALL is not looked at. */
void rollup_add(struct rollup *rollup, const struct event *event,
                const int64_t subjects[USAGE_KINDS]);
int rollup_write(struct rollup *rollup, struct store *store, struct error *err);

#endif
