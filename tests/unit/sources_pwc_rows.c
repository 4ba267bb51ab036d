/*
 * The data-set server's pages: which addresses a round asks for, what ends it, and what is told of
 * what is missing.
 */
#include "sources_check.h"

#include "carrel/clock.h"
#include "carrel/source.h"

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

static const char *get_text(void *ctx, const char *key)
{
    (void)ctx;
    (void)key;
    return NULL;
}

static int keep(void *ctx, const struct record *record)
{
    (void)record;
    ++*(int *)ctx;
    return 0;
}

static const struct source_settings settings = { NULL, "pwc", get_text, get_values, false };
static const struct source_ops *pwc;
static struct source_turn turn;
static struct source_request request;
static struct str cursor;
static struct error err;
static int records;

static int set_up(void **state)
{
    (void)state;
    pwc = source_find("pwc");
    source_turn_init(&turn);
    source_request_init(&request);
    str_init(&cursor);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    source_turn_free(&turn);
    source_request_free(&request);
    str_free(&cursor);
    return 0;
}

static void begin(const char *old, bool finished, int32_t since)
{
    const struct source_span span = { .cursor = old, .finished = finished, .since = since };
    struct str fresh = STR_INIT;

    assert_int_equal(pwc->begin(&settings, SET, &span, &fresh, &err), ERR_OK);
    str_free(&cursor);
    cursor = fresh;
}

static const char *url(void)
{
    if (pwc->request(&settings, cursor.ptr, &request, &err) != ERR_OK)
        fail_msg("%s: %s", cursor.ptr, err.message);
    return request.url.ptr;
}

static int feed(const char *body)
{
    const struct parse_sink sink = { .ctx = &records, .record = keep };
    int result = pwc->answer(&settings, cursor.ptr, body, strlen(body), &sink, &turn, &err);

    if (result == ERR_OK) {
        str_clear(&cursor);
        str_add(&cursor, turn.cursor.ptr);
    }
    return result;
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
    assert_string_equal(url(), BASE "/splits?dataset=pwc-archive%2Fmethods");
    assert_int_equal(
        feed("{\"splits\":[{\"dataset\":\"d\",\"config\":\"default\",\"split\":\"train\"},"
             "{\"config\":\"a/b\",\"split\":\"x\"},{\"config\":\"c\",\"split\":\"test\"}]}"),
        ERR_OK);
    assert_string_equal(url(), BASE "/rows?dataset=pwc-archive%2Fmethods&config=default&split=train"
                                    "&offset=0&length=100");
    records = 0;
    assert_int_equal(feed(page(100, 130, false)), ERR_OK);
    assert_int_equal(records, 100);
    assert_int_equal(turn.total, 130);
    assert_string_equal(turn.gap_what.ptr, "cells of 2 rows of " SET);
    assert_non_null(strstr(url(), "offset=100&length=100"));
    assert_int_equal(feed(page(30, 130, false)), ERR_OK);
    assert_string_equal(turn.gap_what.ptr, "cells of 3 rows of " SET);
    assert_false(turn.finished);
    assert_non_null(strstr(url(), "config=c&split=test&offset=0")); /* the next split */
    assert_int_equal(feed(page(0, 0, false)), ERR_OK);
    assert_true(turn.finished);
}

static void test_next_round(void **state)
{
    static const char *const done = "check?set=pwc-archive%2Fmethods&config=default&split=train&"
                                    "total=130";

    (void)state;
    begin(done, true, DAY_NONE);
    assert_non_null(strstr(url(), "offset=129&length=1"));
    assert_int_equal(feed(page(1, 130, false)), ERR_OK);
    assert_true(turn.finished);
    begin(done, true, DAY_NONE);
    assert_int_equal(feed(page(1, 131, false)), ERR_OK); /* it has changed after all */
    assert_false(turn.finished);
    assert_non_null(strstr(url(), "/splits?"));
    begin(done, true, 20000); /* asked for again by --since */
    assert_non_null(strstr(url(), "/splits?"));
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
        str_clear(&cursor);
        str_add(&cursor, rows);
        if (feed(cases[i].body) != cases[i].result)
            fail_msg("%s: %s", cases[i].body, turn.cursor.ptr);
    }
    begin(NULL, false, DAY_NONE);
    assert_int_equal(feed("{\"splits\":[]}"), ERR_REFUSED);
    assert_int_equal(feed("{\"splits\":7}"), ERR_PARSE);
}

static void test_pass_over(void **state)
{
    (void)state;
    str_add(&cursor,
            "rows?set=pwc-archive%2Fevaluation-tables&config=default&split=train&offset=40");
    assert_non_null(strstr(url(), "offset=40&length=20")); /* each row is a task with its tables */
    assert_int_equal(pwc->pass_over(&settings, cursor.ptr, &turn, &err), ERR_OK);
    assert_string_equal(turn.gap_what.ptr, "rows 40 to 59 of pwc-archive/evaluation-tables, train");
    assert_non_null(strstr(turn.cursor.ptr, "offset=60"));
    str_clear(&cursor);
    str_add(&cursor, turn.gap_cursor.ptr);
    assert_non_null(strstr(url(), "offset=40&length=20"));
    assert_int_equal(feed(page(20, 500, false)), ERR_OK);
    assert_true(turn.finished); /* it ends where the gap does */
    str_clear(&cursor);
    str_add(&cursor, "splits?set=a%2Fb");
    assert_int_equal(pwc->pass_over(&settings, cursor.ptr, &turn, &err), ERR_NOTFOUND);
}

static void test_plan(void **state)
{
    static const char *const good[] = { "a/b", "a/b", "pwc-archive/methods" };
    static const char *const bad[] = { "a", "a/b/c", "/b", "a/", "a b/c", "a/b?x=1", "" };
    struct source_plan plan = { .arena = arena_new() };
    size_t i;

    (void)state;
    assert_int_equal(pwc->plan(&settings, &plan, &err), ERR_OK);
    assert_int_equal(plan.streams.len, 3);
    plan.streams.len = 0;
    names = good;
    name_count = 3;
    assert_int_equal(pwc->plan(&settings, &plan, &err), ERR_OK);
    assert_int_equal(plan.streams.len, 2);
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        names = &bad[i];
        name_count = 1;
        if (pwc->plan(&settings, &plan, &err) != ERR_USAGE)
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
