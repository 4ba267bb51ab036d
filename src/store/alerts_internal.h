/*
 * Alerts inside the store: what the files of rules, trends and the journal share.
 */
#ifndef CARREL_STORE_ALERTS_INTERNAL_H
#define CARREL_STORE_ALERTS_INTERNAL_H

#include "internal.h"

#include "carrel/alerts.h"

/* Commits when `result` is ERR_OK, rolls back otherwise. */
int alerts_end(struct store *store, int result, struct error *err);
/* Room for one more of `size` bytes in an arena's array. */
void *alerts_room(struct arena *arena, void *items, size_t count, size_t *cap, size_t size);
/* What the rule has looked at. */
int alerts_mark_move(struct store *store, int64_t rule, int64_t upto, struct error *err);
/* Events that the rule is about to pass, up to that one, wait for papers that are in the bin. */
int alerts_wait(struct store *store, const struct alert_rule *rule, int64_t upto,
                struct error *err);
/* An undone step: whether the row of that number is dismissed. */
int alerts_undo(struct store *store, const char *item, bool dismissed, struct error *err);

#endif
