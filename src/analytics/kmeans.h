/*
 * Inside analytics: spherical k-means over int8 vectors of which the direction alone counts
 * (I. Dhillon and D. Modha, "Concept decompositions for large sparse text data using clustering",
 * Machine Learning 42, 2001). Pure arithmetic; the same rows give the same clusters on any machine:
 * the seeds are drawn by D. Arthur's and S. Vassilvitskii's rule (k-means++, SODA 2007) from a
 * fixed sequence.
 */
#ifndef CARREL_ANALYTICS_KMEANS_H
#define CARREL_ANALYTICS_KMEANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kmeans_rows {
    const int8_t *vectors; /* `dim` numbers each */
    const float *lengths;  /* of each, not 0 */
    size_t count, dim;
};

struct kmeans {
    size_t k, dim;
    float *centers; /* k unit vectors */
    float *sums;    /* of the unit vectors in each cluster */
    float *lengths; /* of the sums; 0: nothing is in it */
    uint32_t *of;   /* the cluster of each row */
    uint32_t *sizes;
};

float kmeans_length(const int8_t *vector, size_t dim);

/* False: `stop` said so (asked now and then with how many passes are done, of KMEANS_PASSES at
 * most; may be NULL). k is 1..rows->count. Free in any case. */
#define KMEANS_PASSES 20
bool kmeans_run(struct kmeans *out, const struct kmeans_rows *rows, size_t k,
                bool (*stop)(void *ctx, int passes), void *ctx);
void kmeans_free(struct kmeans *kmeans);

/* Cosines of a vector with all centers, -1 for an empty cluster. */
void kmeans_cosines(float *out, const struct kmeans *kmeans, const int8_t *vector, float length);
/* A member's cosine with the center of its cluster is flattered, since it has pulled the center to
 * itself: this is what it is with the center of the others. -1: there are none. */
float kmeans_without(const struct kmeans *kmeans, size_t cluster, float cosine);

#endif
