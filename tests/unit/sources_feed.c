/*
 * The source "feed": addresses that are relative to the feed, names of its records, and what is
 * known of a reading by the next one.
 */
#include "sources_check.h"

#include "carrel/source.h"

#include <stdio.h>
#include <stdlib.h>

static const char *get_text(void *ctx, const char *key)
{
    (void)ctx;
    return strcmp(key, "url") == 0 ? "https://j.example/feeds/new?x=/y" : NULL;
}

static size_t get_values(void *ctx, const char *key, const char *const **values)
{
    (void)ctx;
    (void)key;
    *values = NULL;
    return 0;
}

static const struct source_settings settings = { NULL, "journal", get_text, get_values, false };
static struct str urls;

static int keep_record(void *ctx, const struct record *record)
{
    (void)ctx;
    assert_string_equal(record->source, "feed:journal");
    str_printf(&urls, "%s %s\n", record->id, record->url);
    return 0;
}
static const struct parse_sink sink = { .record = keep_record };

static int answer(const char *cursor, const char *body, struct source_turn *turn)
{
    struct error err = { 0 };

    str_clear(&urls);
    return source_find("feed")->answer(&settings, cursor, body, strlen(body), &sink, turn, &err);
}

static void test_addresses(void **state)
{
    struct source_turn turn;

    (void)state;
    source_turn_init(&turn);
    assert_int_equal(
        answer(
            "feed?",
            "<rss><channel><item><title>A</title><link>/a</link></item><item><title>B</title>"
            "<link>//h.example/b</link></item><item><title>C</title><link>c.html</link></item>"
            "<item><title>D</title><link>https://doi.org/10.1000/d</link></item></channel></rss>",
            &turn),
        ERR_OK);
    assert_string_equal(urls.ptr, "url:https://j.example/a https://j.example/a\n"
                                  "url:https://h.example/b https://h.example/b\n"
                                  "url:https://j.example/feeds/c.html "
                                  "https://j.example/feeds/c.html\n"
                                  "doi:10.1000/d https://doi.org/10.1000/d\n");
    assert_true(turn.finished);
    source_turn_free(&turn);
    str_free(&urls);
}

#define ITEM(n) "<item><title>" n "</title><link>https://j.example/" n "</link></item>"

static void test_missed(void **state)
{
    struct source_turn turn;
    char *first, *second;

    (void)state;
    setenv("CARREL_CLOCK", "2026-03-01T12:00:00Z", 1);
    source_turn_init(&turn);
    assert_int_equal(
        answer("feed?", "<rss><channel>" ITEM("1") ITEM("2") "</channel></rss>", &turn), ERR_OK);
    first = mem_strdup(turn.cursor.ptr);
    assert_int_equal(answer(first, "<rss><channel>" ITEM("2") ITEM("3") "</channel></rss>", &turn),
                     ERR_OK);
    assert_int_equal(turn.gap_what.len, 0); /* one of them is still there */
    second = mem_strdup(turn.cursor.ptr);
    assert_int_equal(answer(second, "<rss><channel></channel></rss>", &turn), ERR_OK);
    assert_int_equal(turn.gap_what.len, 0); /* nothing new, nothing forgotten */
    assert_string_equal(turn.cursor.ptr, second);
    assert_int_equal(answer(second, "<rss><channel>" ITEM("8") "</channel></rss>", &turn), ERR_OK);
    assert_string_equal(turn.gap_what.ptr, "entries of journal after 2026-03-01");
    free(first);
    free(second);
    source_turn_free(&turn);
    str_free(&urls);
    unsetenv("CARREL_CLOCK");
}

int run_feed(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_addresses),
                                        cmocka_unit_test(test_missed) };

    return cmocka_run_group_tests_name("sources: feed", tests, NULL, NULL);
}
