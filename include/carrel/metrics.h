/*
 * How good a ranking is, by the measures test collections are judged with.
 *
 * nDCG: K. Järvelin, J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", TOIS 2002,
 * with gain 2^grade - 1 and discount log2(rank + 1) (C. Burges et al., ICML 2005). The test of
 * significance is the paired randomisation test (M. Smucker, J. Allan, B. Carterette, CIKM 2007).
 */
#ifndef CARREL_METRICS_H
#define CARREL_METRICS_H

#include <stddef.h>
#include <stdint.h>

struct metrics {
    double ndcg10;    /* 0..1 */
    double map;       /* average precision over the whole list; a mean of it is MAP */
    double recall100; /* relevant ones among the first 100, as a share of all relevant */
};
/* `ranked[i]` is the grade of the hit at rank i + 1 (0: not relevant); `judged` holds the grades
 * of all relevant documents, found or not, at least one. */
void metrics_query(struct metrics *out, const int *ranked, size_t count, const int *judged,
                   size_t relevant);

/* Two-sided p of the hypothesis that the paired differences are symmetric about zero: the share of
 * `rounds` random sign flips whose mean is at least as far from zero. The seed fixes the answer. */
double metrics_sign_flip(const double *differences, size_t count, int rounds, uint64_t seed);

#endif
