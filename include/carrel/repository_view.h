/*
 * How repositories are written for people and programs: shared by the command line and the desk.
 */
#ifndef CARREL_REPOSITORY_VIEW_H
#define CARREL_REPOSITORY_VIEW_H

#include "carrel/jsonw.h"
#include "carrel/repositories.h"

/* "stars", "pushed", "name", "added". */
const char *repositories_order_name(enum repositories_order order);
bool repositories_order_find(enum repositories_order *order, const char *name);

#define REPOSITORY_DAYS 60 /* shown of its numbers */

/* A number of it: its last value, by how much it has changed since it was first sampled, and the
 * last days; NAN without a sample. */
struct repository_metric {
    double value, change;
    int32_t first, last; /* days */
    double days[REPOSITORY_DAYS];
    size_t len;
};
/* "stars" or "forks"; false: never sampled. */
bool repository_metric(struct repository_metric *out, const struct repository_full *full,
                       const char *metric);
/* "151 (+31 since 2026-03-01)  ▁▅▅█" */
void repository_metric_print(struct str *out, const struct repository_metric *metric, bool ascii);

/* One line of a list, as an object, or as members of an open one. */
void repository_json_fields(struct jsonw *w, const struct repository_row *row);
void repository_json_row(struct jsonw *w, const struct repository_row *row);
/* Members of an open object: of one with all that is known, and of one that papers link to. */
void repository_json_full(struct jsonw *w, const struct repository_full *full);
void repository_json_linked(struct jsonw *w, const char *key, const struct repository_work *works,
                            size_t count);

#endif
