/*
 * The ranking function against BM25F computed the plain way from the texts.
 */
#include "search_fixture.h"

#include "carrel/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct tally {
    const char *stem;
    double hits, tokens;
};

static int tally_token(void *ctx, const struct text_token *token)
{
    struct tally *tally = ctx;

    tally->tokens++;
    tally->hits += strlen(tally->stem) == token->stem_len
                   && memcmp(tally->stem, token->stem, token->stem_len) == 0;
    return 0;
}

static struct tally tally_of(const char *text, const char *stem)
{
    struct tally tally = { .stem = stem };

    text_tokenize(text, strlen(text), tally_token, &tally);
    return tally;
}

static const char *column(const struct paper *paper, int c)
{
    return c == 0 ? paper->title : c == 1 ? paper->abstract : paper->authors;
}

/* k1 1.2, b 0.75, weights of title, abstract, authors as the design of search fixes them. */
static double naive_score(size_t doc, const char *const *stems, size_t count)
{
    static const double weights[3] = { 2.5, 1, 2 };
    double n = (double)shelf_paper_count, average[3] = { 0 }, score = 0;
    size_t i, d;
    int c;

    for (d = 0; d < shelf_paper_count; d++)
        for (c = 0; c < 3; c++)
            average[c] += tally_of(column(&shelf_papers[d], c), "").tokens / n;
    for (i = 0; i < count; i++) {
        double df = 0, sum = 0;

        for (d = 0; d < shelf_paper_count; d++) {
            double any = 0;

            for (c = 0; c < 3; c++)
                any += tally_of(column(&shelf_papers[d], c), stems[i]).hits;
            df += any > 0;
        }
        for (c = 0; c < 3; c++) {
            struct tally tally = tally_of(column(&shelf_papers[doc], c), stems[i]);

            sum += weights[c] * tally.hits / (0.25 + 0.75 * tally.tokens / average[c]);
        }
        score += fmax(log((n - df + 0.5) / (df + 0.5)), 0.01) * sum * 2.2 / (1.2 + sum);
    }
    return score;
}

static void check_query(struct shelf *shelf, const char *query, const char *const *stems,
                        size_t count)
{
    struct search_options options = { .explain = true, .mode = SEARCH_LEXICAL };
    struct search_result *result;
    struct error err;
    double last = INFINITY;
    size_t i, k;

    assert_int_equal(search_run(&result, shelf->store, query, &options, &err), ERR_OK);
    assert_true(result->len > 1);
    for (i = 0; i < result->len; i++) {
        struct search_hit *hit = &result->hits[i];
        double expected = naive_score((size_t)hit->row.id - 1, stems, count), why = 0;

        if (fabs(hit->score - expected) > 1e-9)
            fail_msg("%s: %s scores %f, not %f", query, hit->row.key, hit->score, expected);
        assert_true(hit->score <= last);
        last = hit->score;
        for (k = 0; k < hit->why_len; k++)
            why += hit->why[k].score;
        assert_true(fabs(why - hit->score) < 1e-9); /* the explanation adds up */
    }
    search_result_free(result);
}

static void test_naive(void **state)
{
    static const char *const one[] = { "attent" }, *const two[] = { "context", "attent" },
                             *const three[] = { "graph", "network", "rio" };
    struct shelf *shelf = shelf_new();

    (void)state;
    shelf_fill(shelf, shelf_papers, shelf_paper_count);
    check_query(shelf, "attention", one, 1);
    check_query(shelf, "context attention", two, 2);
    check_query(shelf, "graphs OR networks OR rio", three, 3);
    shelf_free(shelf);
}

/* Negated words, prefixes and other fields between them must not shift which word is which. */
static void test_phrase_numbers(void **state)
{
    struct search_options options = { .explain = true, .mode = SEARCH_LEXICAL };
    struct shelf *shelf = shelf_new();
    struct search_result *result;
    struct error err;

    (void)state;
    shelf_fill(shelf, shelf_papers, shelf_paper_count);
    assert_int_equal(search_run(&result, shelf->store,
                                "generaliz* -ricci \"long documents\" cat:cs.CL -nosuch title:long "
                                "(context OR nothing*)",
                                &options, &err),
                     ERR_OK);
    assert_int_equal(result->len, 1);
    if (result->len == 1) {
        double sum = 0;
        size_t i;

        for (i = 0; i < result->hits[0].why_len; i++)
            sum += result->hits[0].why[i].score;
        assert_true(fabs(sum - result->hits[0].score) < 1e-9);
        assert_int_equal(result->hits[0].why_len, 4);
    }
    search_result_free(result);
    shelf_free(shelf);
}

/* The same connection searches many times: nothing may pile up on it. */
static void test_again(void **state)
{
    struct shelf *shelf = shelf_new();
    char first[64], last[64];
    int i;

    (void)state;
    shelf_fill(shelf, shelf_papers, shelf_paper_count);
    snprintf(first, sizeof first, "%s", shelf_find(shelf, "attention", NULL));
    for (i = 0; i < 200; i++)
        snprintf(last, sizeof last, "%s", shelf_find(shelf, "attention", NULL));
    assert_string_equal(first, last);
    assert_int_equal(strncmp(first, "2103.00002", 10) == 0 || strncmp(first, "2001", 4) == 0
                         || strncmp(first, "1706", 4) == 0,
                     1);
    shelf_free(shelf);
}

int search_rank_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive),
        cmocka_unit_test(test_phrase_numbers),
        cmocka_unit_test(test_again),
    };

    return cmocka_run_group_tests_name("ranking", tests, NULL, NULL);
}
