/* Measures against values worked out by hand. */
#include "search_fixture.h"

#include "carrel/metrics.h"

#include <math.h>

static void close_to(double value, double expected)
{
    if (fabs(value - expected) > 1e-9)
        fail_msg("%.12f is not %.12f", value, expected);
}

static void perfect_and_empty(void **state)
{
    const int ranked[] = { 2, 1, 0 }, judged[] = { 1, 2 };
    struct metrics m;

    (void)state;
    metrics_query(&m, ranked, 3, judged, 2);
    close_to(m.ndcg10, 1);
    close_to(m.map, 1);
    close_to(m.recall100, 1);
    metrics_query(&m, ranked, 0, judged, 2);
    close_to(m.ndcg10, 0);
    close_to(m.map, 0);
    close_to(m.recall100, 0);
}

static void graded(void **state)
{
    const int ranked[] = { 0, 1, 3 }, judged[] = { 3, 1, 2 };
    struct metrics m;

    (void)state;
    metrics_query(&m, ranked, 3, judged, 3);
    /* 1/log2(3) + 7/2 over 7 + 3/log2(3) + 1/2 */
    close_to(m.ndcg10, (1 / log2(3) + 3.5) / (7.5 + 3 / log2(3)));
    close_to(m.map, (1.0 / 2 + 2.0 / 3) / 3);
    close_to(m.recall100, 2.0 / 3);
}

static void depths(void **state)
{
    int ranked[150] = { 0 };
    const int judged[] = { 1, 1 };
    struct metrics m;

    (void)state;
    ranked[10] = 1;  /* rank 11: too late for nDCG@10 */
    ranked[100] = 1; /* rank 101: too late for Recall@100 */
    metrics_query(&m, ranked, 150, judged, 2);
    close_to(m.ndcg10, 0);
    close_to(m.recall100, 0.5);
    close_to(m.map, (1.0 / 11 + 2.0 / 101) / 2);
}

static void sign_flips(void **state)
{
    double same[12], mixed[12];
    int i;

    (void)state;
    for (i = 0; i < 12; i++) {
        same[i] = 0.1;
        mixed[i] = i % 2 ? 0.1 : -0.1;
    }
    /* Of 4096 sign patterns two are as extreme as all alike. */
    assert_true(metrics_sign_flip(same, 12, 20000, 1) < 0.003);
    assert_true(metrics_sign_flip(same, 12, 20000, 1) > 0);
    assert_true(metrics_sign_flip(mixed, 12, 20000, 1) > 0.99);
    close_to(metrics_sign_flip(same, 12, 500, 9), metrics_sign_flip(same, 12, 500, 9));
}

int search_metrics_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(perfect_and_empty),
        cmocka_unit_test(graded),
        cmocka_unit_test(depths),
        cmocka_unit_test(sign_flips),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
