/*
 * How websites are used that send events (carrel/events.h), over a window and set against the one
 * before it. A function of the library and the time alone; nothing is stored. Runs on the thread
 * that owns the connection; everything lies in the arena.
 */
#ifndef CARREL_USAGE_H
#define CARREL_USAGE_H

#include "carrel/usage_counts.h"

#define USAGE_LIMIT 20
#define USAGE_LIMIT_MAX 200
#define USAGE_WINDOWS "24h|7d|30d|365d"
#define USAGE_ACTIVE_MINUTES 5

/* Its last hour or day is the running one. */
struct usage_window {
    const char *name; /* "7d" */
    struct usage_range range;
};
/* `name`: one of USAGE_WINDOWS. False: it is none. */
bool usage_window_from(struct usage_window *out, const char *name, int64_t now);
/* Where what is read for the window begins: the one before it is read, too. */
struct usage_range usage_window_reads(const struct usage_window *window);

struct usage_paper {
    char *id, *title; /* title NULL: the library does not have it */
    struct usage_counts counts, before;
};
/* By USAGE_BY_VIEWS (popular) or USAGE_BY_RISE (trending). `values`: for each its views by hour or
 * day, as many as the range has, one paper after the other; NULL: not wanted. */
int usage_papers(struct usage_paper **out, size_t *count, unsigned **values, struct store *store,
                 struct arena *arena, const struct usage_range *range, enum usage_order order,
                 size_t limit, struct error *err);

struct usage_list {
    struct usage_subject *items;
    size_t len;
};
struct usage_summary {
    struct usage_counts totals, before;
    struct usage_counts *series; /* by hour or day */
    size_t periods;
    struct usage_list pages, sources, searches, fruitless;
};
int usage_summarize(struct usage_summary *out, struct store *store, struct arena *arena,
                    const struct usage_range *range, size_t limit, struct error *err);
/* Only the numbers by hour or day, as many as the range has; in the arena. */
int usage_periods(struct usage_counts **out, size_t *count, struct store *store,
                  struct arena *arena, const struct usage_range *range, struct error *err);

#define USAGE_MINUTES 30
#define USAGE_LATEST 10
struct usage_realtime {
    int64_t first; /* minutes since 1970; the last one is the running one */
    struct usage_counts minutes[USAGE_MINUTES];
    int64_t active, visitors; /* in the last five minutes, in all of them */
    struct usage_event *latest;
    size_t latest_len;
};
int usage_now(struct usage_realtime *out, struct store *store, struct arena *arena, int64_t now,
              struct error *err);

/* By which part it grew: 0.5 is half as much again. False: there was nothing before. */
bool usage_change(double *change, int64_t now, int64_t before);

#endif
