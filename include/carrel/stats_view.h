/*
 * How statistics are written for people and programs: shared by the command line and the desk.
 */
#ifndef CARREL_STATS_VIEW_H
#define CARREL_STATS_VIEW_H

#include "carrel/jsonw.h"
#include "carrel/stats.h"

/* An object: name, title, the periods, rows with their counts. */
void stats_json_panel(struct jsonw *w, const struct stats_panel *panel);
/* The last `count` periods of a row, at most as many as the panel has. A day on which nothing was
 * sampled is a gap (NAN): it cannot be told from one on which nobody looked. */
void stats_values(double *out, size_t count, const struct stats_panel *panel,
                  const struct stats_row *row);
/* The days of so many of a panel's last periods: "26 weeks to 2026-03-01". */
void stats_span(struct str *out, const struct stats_panel *panel, size_t count);
/* Nothing was counted. */
bool stats_is_empty(const struct stats_panel *panel);
/* What that means, and what to do. */
const char *stats_nothing(enum stats_kind kind);

#endif
