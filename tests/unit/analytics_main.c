/*
 * Velocity, acceleration, gaps and z-scores against answers worked out by hand.
 */
#include "analytics/kmeans.h"

#include "carrel/clusters.h"
#include "carrel/text.h"
#include "carrel/topics.h"
#include "carrel/trend.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define TODAY 20000
#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-9)

/* value = a*t*t + b*t with t in days before today; every `skip`th day is a gap (0: none). */
static size_t series(struct sample_point *out, int days, double a, double b, int skip)
{
    size_t n = 0;
    for (int t = -days; t <= 0; t++)
        if (skip == 0 || t % skip != -1)
            out[n++] = (struct sample_point){ TODAY + t, a * t * t + b * t };
    return n;
}

static void test_line(void **state)
{
    (void)state;
    struct sample_point points[100];
    struct trend_measure m;
    size_t n = series(points, 20, 0, 3, 4);
    trend_measure(&m, points, n, TODAY, 7);
    NEAR(m.velocity, 3);
    NEAR(m.acceleration, 0);
    assert_int_equal(m.samples, 16);
    assert_int_equal(m.gaps, 5);
}

static void test_curve(void **state)
{
    (void)state;
    struct sample_point points[100];
    struct trend_measure m;
    trend_measure(&m, points, series(points, 30, 1, 50, 0), TODAY, 7);
    NEAR(m.velocity, 43);
    NEAR(m.acceleration, 2);
    assert_int_equal(m.gaps, 0);
}

static void test_too_little(void **state)
{
    (void)state;
    struct sample_point points[] = { { TODAY - 9, 4 }, { TODAY - 2, 6 }, { TODAY + 1, 99 } };
    struct trend_measure m;
    trend_measure(&m, points, 3, TODAY, 7);
    NEAR(m.value, 6);
    assert_true(isnan(m.velocity) && isnan(m.acceleration));
    assert_int_equal(m.samples, 2);
    assert_int_equal(m.gaps, 8);
    trend_measure(&m, points, 0, TODAY, 7);
    assert_true(isnan(m.value) && isnan(m.velocity));
    assert_int_equal(m.gaps, 0);
}

static void test_zscore(void **state)
{
    (void)state;
    double even[] = { 5, 1, 3, 2, 4 }, flat[] = { 2, 2, 2, 2, 12 }, same[] = { 7, 7 };
    struct trend_usual usual;
    trend_usual(&usual, even, 5);
    NEAR(usual.median, 3);
    NEAR(trend_zscore(&usual, 3 + 2 * 1.4826), 2);
    trend_usual(&usual, flat, 5);
    NEAR(usual.spread, 1.2533 * 2);
    trend_usual(&usual, same, 2);
    assert_true(isnan(trend_zscore(&usual, 9)));
    trend_usual(&usual, same, 0);
    assert_true(isnan(trend_zscore(&usual, 9)));
}

/* The automaton against all ways through its states, tried one by one. */
static double cheapest(const unsigned *with, const unsigned *all, size_t n, bool ends_high)
{
    double sum_with = 0, sum_all = 0, best = INFINITY;

    for (size_t t = 0; t < n; t++) {
        sum_with += with[t];
        sum_all += all[t];
    }
    for (unsigned way = 0; way < 1u << n; way++) {
        double cost = 0, shares[2] = { sum_with / sum_all, BURST_SCALE * sum_with / sum_all };
        for (size_t t = 0; t < n; t++) {
            unsigned state = way >> t & 1, before = t > 0 ? way >> (t - 1) & 1 : 0;
            cost -= with[t] * log(shares[state]) + (all[t] - with[t]) * log(1 - shares[state]);
            cost += state > before ? BURST_GAMMA * log((double)n) : 0;
        }
        if ((way >> (n - 1) & 1) == ends_high && cost < best)
            best = cost;
    }
    return best;
}

static void test_burst(void **state)
{
    static const unsigned all[8] = { 100, 90, 110, 100, 0, 100, 95, 100 };
    static const unsigned cases[][8] = { { 1, 2, 1, 0, 0, 1, 12, 15 }, { 1, 2, 1, 2, 0, 1, 2, 1 },
                                         { 20, 22, 1, 0, 0, 1, 1, 0 }, { 0, 0, 0, 0, 0, 0, 0, 9 },
                                         { 5, 0, 9, 0, 0, 14, 2, 11 }, { 0 } };
    size_t first = 99;

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        bool high = cheapest(cases[i], all, 8, true) < cheapest(cases[i], all, 8, false);
        assert_int_equal(burst_live(&first, cases[i], all, 8) > 0, high);
    }
    assert_true(burst_live(&first, cases[0], all, 8) > 0);
    assert_int_equal(first, 6);
    assert_true(burst_live(&first, cases[3], all, 8) > 0);
    assert_int_equal(first, 7);
    NEAR(burst_live(&first, cases[1], all, 8), 0); /* steady */
    NEAR(burst_live(&first, cases[2], all, 8), 0); /* over */
    NEAR(burst_live(&first, cases[5], all, 8), 0); /* never there */
    NEAR(burst_live(&first, all, all, 8), 0);      /* in every paper */
}

static void test_sparkline(void **state)
{
    static const double values[] = { 0, NAN, 35, 70 }, flat[] = { 10000, 10001, 10002 };
    struct str out = STR_INIT;

    (void)state;
    text_sparkline(&out, values, 4, false);
    assert_string_equal(out.ptr, "▁·▅█");
    str_clear(&out);
    text_sparkline(&out, values, 4, true);
    assert_string_equal(out.ptr, "_ =#");
    str_clear(&out);
    text_sparkline(&out, flat, 3,
                   false); /* a number that hardly moves does not look like one that does */
    assert_string_equal(out.ptr, "▁▁▁");
    str_clear(&out);
    text_sparkline(&out, values + 1, 1, false);
    assert_string_equal(out.ptr, "·");
    str_free(&out);
}

/* Two directions with some noise, in a dimension that is no multiple of eight. */
#define ROWS 60
#define DIM 11

static void make_rows(int8_t *vectors, float *lengths)
{
    uint32_t state = 7;

    for (int i = 0; i < ROWS; i++) {
        for (int d = 0; d < DIM; d++) {
            state = state * 1664525u + 1013904223u;
            vectors[i * DIM + d] =
                (int8_t)((d == i % 2 * (DIM - 1) ? 100 : 0) + (int)(state >> 24) % 21 - 10);
        }
        lengths[i] = kmeans_length(vectors + i * DIM, DIM);
    }
}

static void test_kmeans(void **state)
{
    (void)state;
    int8_t vectors[ROWS * DIM];
    float lengths[ROWS];
    struct kmeans_rows rows = { .vectors = vectors, .lengths = lengths, .count = ROWS, .dim = DIM };
    struct kmeans km, again;
    make_rows(vectors, lengths);
    assert_true(kmeans_run(&km, &rows, 2, NULL, NULL));
    assert_true(kmeans_run(&again, &rows, 2, NULL, NULL));
    assert_int_equal(km.sizes[0], ROWS / 2);
    assert_int_equal(km.sizes[1], ROWS / 2);
    for (int i = 2; i < ROWS; i++)
        assert_int_equal(km.of[i], km.of[i % 2]);
    assert_int_not_equal(km.of[0], km.of[1]);
    assert_memory_equal(km.centers, again.centers, 2 * DIM * sizeof *km.centers);
    kmeans_free(&km);
    kmeans_free(&again);
}

/* A member's cosine with the center of the others, by leaving it out for real. */
static void test_kmeans_without(void **state)
{
    (void)state;
    int8_t vectors[ROWS * DIM];
    float lengths[ROWS], cosines[1], others[1];
    struct kmeans_rows all = { .vectors = vectors, .lengths = lengths, .count = ROWS, .dim = DIM };
    struct kmeans_rows rest = {
        .vectors = vectors + DIM, .lengths = lengths + 1, .count = ROWS - 1, .dim = DIM
    };
    struct kmeans km, km_rest;
    make_rows(vectors, lengths);
    assert_true(kmeans_run(&km, &all, 1, NULL, NULL));
    assert_true(kmeans_run(&km_rest, &rest, 1, NULL, NULL));
    kmeans_cosines(cosines, &km, vectors, lengths[0]);
    kmeans_cosines(others, &km_rest, vectors, lengths[0]);
    assert_true(fabsf(kmeans_without(&km, 0, cosines[0]) - others[0]) < 1e-4f);
    assert_true(others[0] < cosines[0]);
    kmeans_free(&km);
    kmeans_free(&km_rest);
    rest.count = 1;
    assert_true(kmeans_run(&km, &rest, 1, NULL, NULL));
    assert_true(kmeans_without(&km, 0, 1) == -1);
    kmeans_free(&km);
}

static bool stop_at_two(void *ctx, int passes)
{
    int *asked = ctx;

    ++*asked;
    return passes == 1;
}

static void test_kmeans_stops(void **state)
{
    (void)state;
    int8_t vectors[ROWS * DIM];
    float lengths[ROWS];
    struct kmeans_rows rows = { .vectors = vectors, .lengths = lengths, .count = ROWS, .dim = DIM };
    struct kmeans km;
    int asked = 0;
    make_rows(vectors, lengths);
    assert_false(kmeans_run(&km, &rows, 5, stop_at_two, &asked));
    assert_int_equal(asked, 7); /* after each seed, then in each pass */
    kmeans_free(&km);
}

static void test_cluster_weight(void **state)
{
    (void)state;
    double growth;
    NEAR(cluster_weight(&growth, 10, 100, 10, 100), 0);
    NEAR(growth, 1);
    /* 20 of 100 now, 10 of 100 before: by hand, 15 are expected in each */
    NEAR(cluster_weight(&growth, 20, 100, 10, 100),
         20 * log(20 / 15.) + 10 * log(10 / 15.) + 80 * log(80 / 85.) + 90 * log(90 / 85.));
    NEAR(growth, 20.5 / 10.5);
    assert_true(cluster_weight(&growth, 10, 100, 20, 100) < 0);
    NEAR(cluster_weight(&growth, 5, 100, 0, 100),
         5 * log(2) + 95 * log(95 / 97.5) + 100 * log(100 / 97.5));
    NEAR(growth, 11);
    assert_true(isnan(cluster_weight(&growth, 5, 100, 0, 0)) && isnan(growth));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_burst),          cmocka_unit_test(test_kmeans),
        cmocka_unit_test(test_kmeans_without), cmocka_unit_test(test_kmeans_stops),
        cmocka_unit_test(test_cluster_weight), cmocka_unit_test(test_sparkline),
        cmocka_unit_test(test_line),           cmocka_unit_test(test_curve),
        cmocka_unit_test(test_too_little),     cmocka_unit_test(test_zscore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
