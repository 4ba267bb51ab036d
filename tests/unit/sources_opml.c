/*
 * Lists of feeds: what an outline says, and what is none of our business.
 */
#include "sources_check.h"

#include "carrel/mem.h"
#include "carrel/str.h"

#include <stdlib.h>

struct feeds {
    struct str text; /* "line title | url", a line each */
    int stop_after, count, rejects;
};

static int take(void *ctx, const struct parse_feed *feed)
{
    struct feeds *feeds = ctx;

    str_printf(&feeds->text, "%ld %s | %s\n", feed->line, feed->title, feed->url);
    return ++feeds->count == feeds->stop_after ? 7 : 0;
}

static int none(void *ctx, const struct record *record)
{
    (void)ctx;
    (void)record;
    fail_msg("a record in a list of feeds");
    return 0;
}

static void reject(void *ctx, long line, const char *why)
{
    (void)line;
    (void)why;
    ((struct feeds *)ctx)->rejects++;
}

static int read_pieces(struct feeds *feeds, enum parse_format format, const char *text,
                       size_t piece, struct error *err)
{
    const struct parse_sink sink = { .ctx = feeds, .record = none, .reject = reject, .feed = take };
    struct parser *parser;
    size_t at, len = strlen(text);
    int result = parser_new(&parser, format, &sink, err);

    str_clear(&feeds->text);
    feeds->count = feeds->rejects = 0;
    for (at = 0; at < len && result == ERR_OK; at += piece)
        result = parser_feed(parser, text + at, len - at < piece ? len - at : piece, err);
    if (result == ERR_OK)
        result = parser_finish(parser, err);
    if (result == ERR_OK)
        assert_int_equal(parser_format(parser), PARSE_OPML);
    parser_free(parser);
    return result;
}

static void test_outlines(void **state)
{
    static const char text[] =
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<opml version=\"1.1\">\n<head>"
        "<title>Mine</title></head><body>\n<outline text=\"Physics\" htmlUrl=\"https://x.org\">\n"
        "<outline text=\" Nature \n Physics \" xmlUrl=\" https://a.example/rss \"/>\n"
        "<OUTLINE title=\"T\" TEXT=\"other\" XMLURL=\"b\"/></outline>\n"
        "<outline xmlUrl=\"c\" text=\"\xE9&#10;[core]&#x202e;\"/><outline xmlUrl=\" \"/>"
        "</body></opml>";
    const size_t pieces[] = { sizeof text, 1, 7 };
    struct feeds feeds = { .text = STR_INIT };
    struct error err = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(pieces); i++) {
        assert_int_equal(read_pieces(&feeds, i ? PARSE_AUTO : PARSE_OPML, text, pieces[i], &err),
                         ERR_OK);
        assert_string_equal(feeds.text.ptr, "5 Nature Physics | https://a.example/rss\n"
                                            "7 T | b\n8 \xC3\xA9 [core] | c\n");
    }
    feeds.stop_after = 2;
    assert_int_equal(read_pieces(&feeds, PARSE_OPML, text, 7, &err), 7);
    assert_int_equal(feeds.count, 2);
    str_free(&feeds.text);
}

static void test_hostile_lists(void **state)
{
    struct feeds feeds = { .text = STR_INIT };
    struct str text = STR_INIT;
    struct error err = { 0 };
    int i;

    (void)state;
    str_add(&text, "<opml><body>");
    for (i = 0; i < 200; i++)
        str_add(&text, "<outline text='deep'>");
    assert_int_equal(read_pieces(&feeds, PARSE_OPML, text.ptr, 999, &err), ERR_LIMIT);
    str_clear(&text);
    str_add(&text, "<opml><body><outline text='long' xmlUrl='https://");
    for (i = 0; i < 3000; i++)
        str_add_char(&text, 'a');
    str_add(&text, "'/><outline xmlUrl='d'/></body></opml>");
    assert_int_equal(read_pieces(&feeds, PARSE_OPML, text.ptr, 999, &err), ERR_OK);
    assert_int_equal(feeds.rejects, 1);
    assert_string_equal(feeds.text.ptr, "1  | d\n");
    assert_int_equal(read_pieces(&feeds, PARSE_OPML, "<rss><channel/></rss>", 999, &err),
                     ERR_PARSE);
    assert_int_equal(
        read_pieces(&feeds, PARSE_OPML, "<opml><body><outline xmlUrl='e'/>", 999, &err), ERR_PARSE);
    assert_int_equal(read_pieces(&feeds, PARSE_OPML, "<html><body/></html>", 999, &err), ERR_PARSE);
    str_free(&text);
    str_free(&feeds.text);
}

/* Who takes no feeds is told what it is. */
static void test_refused(void **state)
{
    const struct parse_sink sink = { .record = none };
    static const char text[] = "<opml><body><outline xmlUrl='e'/></body></opml>";
    struct parser *parser;
    struct error err = { 0 };

    (void)state;
    assert_int_equal(parser_new(&parser, PARSE_AUTO, &sink, &err), ERR_OK);
    assert_int_equal(parser_feed(parser, text, sizeof text - 1, &err), ERR_PARSE);
    assert_non_null(strstr(err.message, "OPML"));
    parser_free(parser);
}

int run_opml(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_outlines),
                                        cmocka_unit_test(test_hostile_lists),
                                        cmocka_unit_test(test_refused) };

    return cmocka_run_group_tests_name("opml", tests, NULL, NULL);
}
