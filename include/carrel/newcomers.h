/*
 * Works that have come since somebody looked last: those whose records are all newer. What is
 * merged, split, edited or fetched again is none. On the thread that owns the connection.
 */
#ifndef CARREL_NEWCOMERS_H
#define CARREL_NEWCOMERS_H

#include "carrel/mem.h"
#include "carrel/store.h"

struct newcomers {
    int64_t after, upto; /* records */
    int64_t *works;      /* in the order in which they came; in the arena */
    size_t count;
    size_t late; /* the first of them: they were in the bin (carrel/bin.h) when they were due */
};

/* From now on `who` watches; nothing when it does already. Inside no transaction. */
int newcomers_watch(struct store *store, const char *who, struct error *err);
/* Those that came since; none when it does not watch. */
int newcomers_look(struct newcomers *out, struct store *store, struct arena *arena, const char *who,
                   struct error *err);
/* Is there anything to be marked as seen? Perhaps no works. */
bool newcomers_any(const struct newcomers *came);
/* They have been seen; what of the time is in the bin is told when it is back. In the transaction
 * of what is done about them. ERR_EXISTS: another process was quicker, and all is to be rolled
 * back. */
int newcomers_seen(struct store *store, const char *who, const struct newcomers *seen,
                   struct error *err);

#endif
