/*
 * What was counted of events, by minute, hour and day: rows of the store, read. All functions run
 * on the thread that owns the connection; texts lie in the arena.
 */
#ifndef CARREL_USAGE_COUNTS_H
#define CARREL_USAGE_COUNTS_H

#include "carrel/mem.h"
#include "carrel/store.h"

/* Of what: everything, or one of its papers, paths, sites that led there, queries. */
enum usage_kind { USAGE_ALL, USAGE_PAPER, USAGE_PATH, USAGE_SOURCE, USAGE_QUERY, USAGE_KINDS };
enum usage_span { USAGE_HOUR, USAGE_DAY, USAGE_MINUTE, USAGE_SPANS };
int64_t usage_span_ms(enum usage_span span);

struct usage_counts {
    int64_t views, clicks, searches, fruitless, visitors;
};
/* From the first to the last one, in spans since 1970. */
struct usage_range {
    enum usage_span span;
    int64_t first, last;
};

/* Of everything, one row a span, those without an event left out. Non-zero from `each` ends it. */
typedef int (*usage_each_fn)(void *ctx, int64_t at, const struct usage_counts *counts);
int usage_each(struct store *store, const struct usage_range *range, usage_each_fn each, void *ctx,
               struct error *err);
/* How many events fall into the range: it grows with each, however late, and with nothing else. */
int usage_version(struct store *store, const struct usage_range *range, int64_t *version,
                  struct error *err);
/* One of the leading subjects. */
struct usage_subject {
    int64_t work; /* of a paper that the library has; else 0 */
    char *name;
    struct usage_counts counts, before; /* in the range, and in the one before it */
};
enum usage_order {
    USAGE_BY_VIEWS,
    USAGE_BY_RISE, /* what has more views than before, set against what chance would do */
    USAGE_BY_SEARCHES,
    USAGE_BY_FRUITLESS
};
/* Those with anything of what they are ordered by, most first. Names of one work count as one. */
int usage_leading(struct usage_subject **out, size_t *count, struct store *store,
                  struct arena *arena, enum usage_kind kind, const struct usage_range *range,
                  enum usage_order order, size_t limit, struct error *err);
/* The views of a leading subject of papers, or searches of a query, added to values[at - first]. */
int usage_series(struct store *store, enum usage_kind kind, const struct usage_subject *subject,
                 const struct usage_range *range, unsigned *values, struct error *err);

/* Different visitors of a paper (NULL: of everything) in a range, each day for itself, as their
 * hashes change. Only of the last nine days: of those before, just their number is kept. */
int usage_visitors(struct store *store, const struct usage_subject *paper,
                   const struct usage_range *range, int64_t *visitors, struct error *err);

/* The newest events, newest first. */
struct usage_event {
    int64_t at;
    int kind;                   /* enum event_kind */
    char *paper, *path, *query; /* NULL: none */
};
int usage_latest(struct usage_event **out, size_t *count, struct store *store, struct arena *arena,
                 size_t limit, struct error *err);

#endif
