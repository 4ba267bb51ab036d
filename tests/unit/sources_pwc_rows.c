/*
 * The data-set server's pages: which addresses a round asks for, what ends it, and what is told of
 * what is missing.
 */
#include "sources_asked.h"
#include "sources_check.h"

#include "carrel/clock.h"

#include <stdio.h>
#include <stdlib.h>

#define SET "pwc-archive/methods"
#define BASE "https://datasets-server.huggingface.co"

static const char *const *names;
static size_t name_count;

static size_t get_values(void *ctx, const char *key, const char *const **values)
{
    (void)ctx;
    *values = names;
    return strcmp(key, "dataset") == 0 ? name_count : 0;
}

static int records;

static int keep(void *ctx, const struct record *record)
{
    (void)ctx;
    (void)record;
    records++;
    return 0;
}

static const struct parse_sink sink = { .record = keep };

static const struct source_settings settings = { NULL, "pwc", asked_no_text, get_values, false };

static int set_up(void **state)
{
    (void)state;
    asked_start("pwc", &settings, &sink);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asked_end();
    return 0;
}

static void begin(const char *old, bool finished, int32_t since)
{
    const struct source_span span = { .cursor = old, .finished = finished, .since = since };

    asked_begin(SET, &span);
}

/* A page of so many methods. */
static const char *page(int count, int total, bool partial)
{
    static struct str out = STR_INIT;
    int i;

    str_clear(&out);
    str_add(&out, "{\"features\":[],\"rows\":[");
    for (i = 0; i < count; i++)
        str_printf(&out,
                   "%s{\"row_idx\":%d,\"row\":{\"name\":\"M%d\",\"introduced_year\":null},"
                   "\"truncated_cells\":[%s]}",
                   i ? "," : "", i, i, i % 50 == 7 ? "\"description\"" : "");
    str_printf(&out, "],\"num_rows_total\":%d,\"num_rows_per_page\":100,\"partial\":%s}", total,
               partial ? "true" : "false");
    return out.ptr;
}

static void test_round(void **state)
{
    (void)state;
    begin(NULL, false, DAY_NONE);
    assert_string_equal(asked_url(), BASE "/splits?dataset=pwc-archive%2Fmethods");
    assert_int_equal(
        asked_answer_and_go_on(
            "{\"splits\":[{\"dataset\":\"d\",\"config\":\"default\",\"split\":\"train\"},"
            "{\"config\":\"a/b\",\"split\":\"x\"},{\"config\":\"c\",\"split\":\"test\"}]}"),
        ERR_OK);
    assert_string_equal(asked_url(),
                        BASE "/rows?dataset=pwc-archive%2Fmethods&config=default&split=train"
                             "&offset=0&length=100");
    records = 0;
    assert_int_equal(asked_answer_and_go_on(page(100, 130, false)), ERR_OK);
    assert_int_equal(records, 100);
    assert_int_equal(asked.turn.total, 130);
    assert_string_equal(asked.turn.gap_what.ptr, "cells of 2 rows of " SET);
    assert_non_null(strstr(asked_url(), "offset=100&length=100"));
    assert_int_equal(asked_answer_and_go_on(page(30, 130, false)), ERR_OK);
    assert_string_equal(asked.turn.gap_what.ptr, "cells of 3 rows of " SET);
    assert_false(asked.turn.finished);
    assert_non_null(strstr(asked_url(), "config=c&split=test&offset=0")); /* the next split */
    assert_int_equal(asked_answer_and_go_on(page(0, 0, false)), ERR_OK);
    assert_true(asked.turn.finished);
}

static void test_next_round(void **state)
{
    static const char *const done = "check?set=pwc-archive%2Fmethods&config=default&split=train&"
                                    "total=130";

    (void)state;
    begin(done, true, DAY_NONE);
    assert_non_null(strstr(asked_url(), "offset=129&length=1"));
    assert_int_equal(asked_answer_and_go_on(page(1, 130, false)), ERR_OK);
    assert_true(asked.turn.finished);
    begin(done, true, DAY_NONE);
    assert_int_equal(asked_answer_and_go_on(page(1, 131, false)),
                     ERR_OK); /* it has changed after all */
    assert_false(asked.turn.finished);
    assert_non_null(strstr(asked_url(), "/splits?"));
    begin(done, true, 20000); /* asked for again by --since */
    assert_non_null(strstr(asked_url(), "/splits?"));
}

static void test_bad_answers(void **state)
{
    static const char *const rows = "rows?set=pwc-archive%2Fmethods&config=default&split=train&"
                                    "offset=100";
    static const struct {
        const char *body;
        int result;
    } cases[] = { { "{\"error\":\"The dataset does not exist\"}", ERR_REFUSED },
                  { "{\"rows\":[],\"num_rows_total\":130}", ERR_PARSE },
                  { "{\"rows\":[]}", ERR_PARSE },
                  { "[]", ERR_PARSE },
                  { "{\"rows\":[{\"row\":{", ERR_PARSE },
                  { "{\"rows\":[],\"num_rows_total\":-4}", ERR_PARSE },
                  { "{\"rows\":[],\"num_rows_total\":1e99}", ERR_PARSE } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        asked_at(rows);
        if (asked_answer_and_go_on(cases[i].body) != cases[i].result)
            fail_msg("%s: %s", cases[i].body, asked.turn.cursor.ptr);
    }
    begin(NULL, false, DAY_NONE);
    assert_int_equal(asked_answer_and_go_on("{\"splits\":[]}"), ERR_REFUSED);
    assert_int_equal(asked_answer_and_go_on("{\"splits\":7}"), ERR_PARSE);
}

static void test_pass_over(void **state)
{
    (void)state;
    str_add(&asked.cursor,
            "rows?set=pwc-archive%2Fevaluation-tables&config=default&split=train&offset=40");
    assert_non_null(
        strstr(asked_url(), "offset=40&length=20")); /* each row is a task with its tables */
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_OK);
    assert_string_equal(asked.turn.gap_what.ptr,
                        "rows 40 to 59 of pwc-archive/evaluation-tables, train");
    assert_non_null(strstr(asked.turn.cursor.ptr, "offset=60"));
    asked_at(asked.turn.gap_cursor.ptr);
    assert_non_null(strstr(asked_url(), "offset=40&length=20"));
    assert_int_equal(asked_answer_and_go_on(page(20, 500, false)), ERR_OK);
    assert_true(asked.turn.finished); /* it ends where the gap does */
    asked_at("splits?set=a%2Fb");
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_NOTFOUND);
}

static void test_plan(void **state)
{
    static const char *const good[] = { "a/b", "a/b", "pwc-archive/methods" };
    static const char *const bad[] = { "a", "a/b/c", "/b", "a/", "a b/c", "a/b?x=1", "" };
    struct source_plan plan = { .arena = arena_new() };
    size_t i;

    (void)state;
    assert_int_equal(asked.ops->plan(&settings, &plan, &asked.err), ERR_OK);
    assert_int_equal(plan.streams.len, 3);
    plan.streams.len = 0;
    names = good;
    name_count = 3;
    assert_int_equal(asked.ops->plan(&settings, &plan, &asked.err), ERR_OK);
    assert_int_equal(plan.streams.len, 2);
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        names = &bad[i];
        name_count = 1;
        if (asked.ops->plan(&settings, &plan, &asked.err) != ERR_USAGE)
            fail_msg("'%s' is taken for a data set", bad[i]);
    }
    name_count = 0;
    arena_free(plan.arena);
}

int run_pwc_rows(void)
{
#define ROUND(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = { ROUND(test_round), ROUND(test_next_round),
                                        ROUND(test_bad_answers), ROUND(test_pass_over),
                                        ROUND(test_plan) };

    return cmocka_run_group_tests_name("pwc-rows", tests, NULL, NULL);
}
