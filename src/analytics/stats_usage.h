/* The panels of statistics about websites, read from what usage.h counts. */
#ifndef CARREL_ANALYTICS_STATS_USAGE_H
#define CARREL_ANALYTICS_STATS_USAGE_H

#include "carrel/stats.h"

/* `options` with their defaults filled in. */
int stats_read_usage(struct stats *out, struct store *store, struct arena *arena,
                     const struct stats_options *options, struct error *err);

#endif
