/*
 * Clusters: what the papers of the last periods are about, by their vectors, and which of it grows.
 * Computed anew from the library; a function of it, the day and the options alone. Runs on the
 * thread that owns the connection, ends with ERR_CANCELLED when that is cancelled.
 *
 * The papers of the last TOPICS_RECENT periods (at most CLUSTERS_PAPERS, the newest) are clustered
 * by k-means; how many clusters, goes with the root of their number. A cluster is called by the
 * phrases that tell its papers best from the others. Then every paper of all periods is held
 * against the centers: it counts for the nearest one if it is as near as four fifths of the papers
 * that made the cluster are, a paper of these being measured with itself left out. So recent and
 * older papers are counted by one rule, and growth is the ratio of their shares. The weight is the
 * logarithm of the likelihood ratio of two shares against one (G/2), negative for what shrinks.
 */
#ifndef CARREL_CLUSTERS_H
#define CARREL_CLUSTERS_H

#include "carrel/topics.h"

#define CLUSTERS_PAPERS 20000
#define CLUSTERS_MAX 60
#define CLUSTERS_FEWEST 40 /* recent papers with vectors; fewer make none */

/* Items as of topics_read: `term` is the cluster's terms, `since` the first recent period, `recent`
 * and `papers` what counts for it, the shown papers the most typical ones; of the largest weight
 * first. No items when the library has no vectors. ERR_NOTFOUND as topics_read. */
int clusters_read(struct topics *out, struct store *store, struct arena *arena,
                  const struct topics_options *options, struct error *err);

/* The weight above, and the ratio of shares, each with half a paper more. NAN without papers in
 * either time. Pure arithmetic. */
double cluster_weight(double *growth, double recent, double recent_all, double before,
                      double before_all);

#endif
