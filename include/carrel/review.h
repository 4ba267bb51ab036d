/*
 * Reviews: so many papers in so much time. A review is a list of works and a clock; what became of
 * each is its mark, so undo, other views and other machines need not know of it. It lies in the
 * library and can be gone on with. On the thread that owns the connection; texts lie in the arena.
 */
#ifndef CARREL_REVIEW_H
#define CARREL_REVIEW_H

#include "carrel/mem.h"
#include "carrel/store.h"

#define REVIEW_MAX 1000 /* papers of one */

struct review {
    int64_t id;
    char *query;                        /* what it is of, to be shown */
    int64_t started, used, allowed;     /* ms; the last: 0 without a clock */
    int64_t place;                      /* of the paper before the reader, from 0 */
    int64_t ended;                      /* ms; 0: it can be gone on with */
    int64_t count;                      /* of its papers */
    int64_t read, later, skip, starred; /* that became so since it began */
};

/* The keys are those of works; what was open is ended by it. */
int review_start(int64_t *id, struct store *store, const char *query, char *const *keys,
                 size_t count, int64_t allowed_ms, struct error *err);
/* `id` 0: the one that is open. ERR_NOTFOUND: there is none. */
int review_get(struct review *out, struct store *store, struct arena *arena, int64_t id,
               struct error *err);
struct review_item {
    int64_t work;         /* 0: it has left the library */
    bool judged, starred; /* since the review began */
};
/* Its works in order. */
int review_items(struct review_item **items, size_t *count, struct store *store,
                 struct arena *arena, int64_t id, struct error *err);
/* Where it stands; `end`: it is over. */
int review_keep(struct store *store, int64_t id, int64_t used_ms, int64_t allowed_ms, int64_t place,
                bool end, struct error *err);
/* The newest first. */
int reviews_list(struct review **out, size_t *count, struct store *store, struct arena *arena,
                 size_t limit, struct error *err);

#endif
