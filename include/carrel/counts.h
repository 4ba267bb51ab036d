/*
 * Counting over a whole library, for statistics: each count is one pass over an index, in memory
 * that does not grow with the library (but for authors: four bytes each). Every function runs on
 * the thread that owns the connection and ends with ERR_CANCELLED when that is cancelled.
 */
#ifndef CARREL_COUNTS_H
#define CARREL_COUNTS_H

#include "carrel/mem.h"
#include "carrel/store.h"
#include "carrel/works.h"

struct counts_row {
    const char *name; /* lives during the call */
    int32_t day;      /* of what is counted by days, else 0 */
    int64_t count;
    int64_t newest; /* ms, 0 unknown: when the newest of it came */
};

enum counts_what {
    COUNTS_PAPERS,     /* published on a day; no name */
    COUNTS_CATEGORIES, /* papers of a category published on a day, by category and day */
    COUNTS_READING,    /* what the reader did on a day and has not undone: "read", "later", "skip",
                          "star", "note", "tag" */
    COUNTS_SOURCES,    /* current records of each source, most first, with the newest */
    COUNTS_DOCUMENTS,  /* by state, most first */
    COUNTS_LINKS,      /* by kind, most first */
};

struct counts_range {
    int32_t first, last;  /* days, for what is counted by days and for authors */
    const char *category; /* as samples_in_category: only papers that are in it (papers, categories,
                             authors); NULL all */
};

/* Non-zero from `each` ends it and is returned. */
int counts_each(struct store *store, enum counts_what what, const struct counts_range *range,
                int (*each)(void *ctx, const struct counts_row *row), void *ctx, struct error *err);

/* Those with the most papers, by count and then name; where the last ones are equal, who came into
 * the library first. Names are as written: one person may have several. *more: how many were left
 * out. */
int counts_authors(struct name_count **out, size_t *count, int64_t *more, struct store *store,
                   struct arena *arena, const struct counts_range *range, size_t limit,
                   struct error *err);

#endif
