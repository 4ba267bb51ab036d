/*
 * Topics: words and phrases of titles and abstracts that burst now, by counts of papers a week or
 * month. Computed anew from the library; runs on the thread that owns the connection, ends with
 * ERR_CANCELLED when that is cancelled.
 *
 * A burst is what the two-state automaton of J. Kleinberg finds ("Bursty and Hierarchical Structure
 * in Streams", KDD 2002, the variant for batches of documents): in each period d papers came, r of
 * them with the term; its usual state expects the term's share over all periods, its bursting state
 * BURST_SCALE times that; entering it costs BURST_GAMMA times the logarithm of the number of
 * periods. The cheapest way through the states is found by Viterbi's algorithm; the weight of a
 * burst is what it saves over staying in the usual state. A topic is a term that bursts in the last
 * period with a weight above the logarithm of the number of terms that were tried: the weight is a
 * logarithm of likelihoods, and the best of so many comes that far by chance. Periods end with
 * today, so that the last one is whole.
 */
#ifndef CARREL_TOPICS_H
#define CARREL_TOPICS_H

#include "carrel/mem.h"
#include "carrel/store.h"

#define BURST_SCALE 2.0
#define BURST_GAMMA 1.0
#define TOPICS_PERIODS 26 /* of weeks */
#define TOPICS_MONTHS 24  /* of 30 days */
#define TOPICS_PERIODS_MAX 52
#define TOPICS_SUPPORT 5 /* papers with the term in the last TOPICS_RECENT periods, at least */
#define TOPICS_RECENT 4
#define TOPICS_PAPERS 5          /* newest papers that come with each */
#define TOPICS_PAPERS_MAX 400000 /* newest papers that are read */
#define TOPICS_LIMIT_MAX 200

/* The weight of the burst that is on in the last of `count` periods (1 or more), and the period in
 * which it began; 0 when none is. Pure arithmetic, any thread. */
double burst_live(size_t *first, const unsigned *with, const unsigned *all, size_t count);

struct topics_options {
    const char *category; /* as samples_in_category; NULL: all papers */
    int period_days;      /* 7 or 30 */
    int32_t today;
    size_t limit;                             /* 0: 20; at most TOPICS_LIMIT_MAX */
    void (*progress)(void *ctx, int percent); /* now and then, ascending; may be NULL */
    void *ctx;
};

#define CLUSTER_TERMS 3

struct topic {
    char *term; /* folded, one to three words */
    double weight;
    size_t since;            /* the period in which the burst began */
    unsigned papers, recent; /* with it, in all periods and since the burst began */
    unsigned counts[TOPICS_PERIODS_MAX];
    char *keys[TOPICS_PAPERS], *titles[TOPICS_PAPERS];
    size_t shown;
    char *terms[CLUSTER_TERMS]; /* of a cluster (carrel/clusters.h): what `term` is made of */
    size_t term_count;
    double growth; /* of a cluster: its share of recent papers by that of those before; NAN */
};

struct topics {
    struct topic *items; /* heaviest first */
    size_t len, periods, papers;
    unsigned all[TOPICS_PERIODS_MAX]; /* papers a period */
    bool cut;                         /* more than TOPICS_PAPERS_MAX: the oldest were left out */
    bool vectors;                     /* clusters: there are any */
    size_t missing, clustered;        /* clusters: papers without one; recent ones with one */
};

/* In the arena. ERR_NOTFOUND: nothing is in such a category. */
int topics_read(struct topics *out, struct store *store, struct arena *arena,
                const struct topics_options *options, struct error *err);

#endif
