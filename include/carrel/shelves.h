/*
 * Papers in an order that the reader gives them: the queue of what is put off (by priority, then as
 * it was put off), and collections; and how far the reader has come in each. On the thread that
 * owns the connection; texts and arrays lie in the given arena. What writes is a step of undo, or
 * part of the one that is open.
 */
#ifndef CARREL_SHELVES_H
#define CARREL_SHELVES_H

#include "carrel/works.h"

int queue_order(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                struct error *err);

struct collection {
    char *name;
    int64_t count, unread;
};
int collections_list(struct collection **out, size_t *count, struct store *store,
                     struct arena *arena, struct error *err);
/* The names of those that have the work. */
int collections_of(struct text_list *out, struct store *store, struct arena *arena, int64_t work,
                   struct error *err);
/* ERR_NOTFOUND: there is no such collection. */
int collection_order(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                     const char *name, struct error *err);
/* Where its last paper stands, 0 for a new one; what collection_put goes on from. */
int collection_end(double *end, struct store *store, const char *name, struct error *err);
/* At its end; one that is in it stays where it is. */
int collection_put(struct store *store, const char *name, int64_t work, double *end,
                   struct error *err);
/* Before the one that stands at `place` (from 1) without it; beyond the end: to the end.
 * ERR_NOTFOUND: it is not in it. */
int collection_move(struct store *store, const char *name, int64_t work, int64_t place,
                    struct error *err);
/* Where it stands, from 1. */
int collection_place(int64_t *place, struct store *store, const char *name, int64_t work,
                     struct error *err);
/* Its papers go behind those of `to`, if there is such a collection already. NULL: it goes. */
int collection_rename(struct store *store, const char *name, const char *to, int64_t *count,
                      struct error *err);

/* How far a work's document was read in the Reader, in percent; -1: it was not opened. */
int reading_percent(int *percent, struct store *store, int64_t work, struct error *err);

#endif
