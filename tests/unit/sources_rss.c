/*
 * RSS: arXiv's daily listing, weekends, and feeds of others with foreign elements.
 */
#include "sources_check.h"

static void test_listing(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(
        &h, PARSE_AUTO,
        "<?xml version='1.0' encoding='UTF-8'?>\n<rss xmlns:arxiv='urn:a' xmlns:dc='urn:d' "
        "version='2.0'><channel><title>cs.CL updates</title><link>http://r.example</link>"
        "<skipDays><day>Sunday</day><day>Saturday</day></skipDays>\n"
        "<item><title>Tea</title><link>https://arxiv.org/abs/2604.99001</link>"
        "<description>arXiv:2604.99001v1 Announce Type: new \nAbstract: Leaves.</description>"
        "<guid isPermaLink=\"false\">oai:arXiv.org:2604.99001v1</guid><category>cs.CL</category>"
        "<category>\n cs.AI </category><pubDate>Mon, 27 Apr 2026 00:00:00 -0400</pubDate>"
        "<arxiv:announce_type>new</arxiv:announce_type><dc:rights>http://l.example/</dc:rights>"
        "<dc:creator>Ann Lee,  Deepti, Bo Ray, Jr.</dc:creator></item>\n"
        "<item><title>Cup</title><link>https://arxiv.org/abs/2604.99002</link>"
        "<description>arXiv:2604.99002v4 Announce Type: replace-cross \nAbstract: Rim."
        "</description><pubDate>Mon, 27 Apr 2026 00:00:00 -0400</pubDate>"
        "<arxiv:DOI>10.1000/q</arxiv:DOI></item></channel></rss>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.format, PARSE_RSS);
    assert_int_equal(h.count, 2);
    assert_string_equal(r->id, "arxiv:2604.99001");
    assert_int_equal(r->version, 1);
    assert_string_equal(r->abstract, "Leaves.");
    assert_string_equal(r->announce, "new");
    assert_string_equal(r->published, "2026-04-27");
    assert_string_equal(r->license, "http://l.example/");
    assert_int_equal(r->authors.len, 3);
    assert_string_equal(r->authors.items[1], "Deepti");
    assert_string_equal(r->authors.items[2], "Bo Ray Jr.");
    assert_int_equal(r->categories.len, 2);
    assert_string_equal(r->categories.items[1], "cs.AI");
    assert_string_equal(h.records[1].announce, "replace-cross");
    assert_int_equal(h.records[1].version, 4);
    assert_null(h.records[1].published);
    assert_string_equal(h.records[1].updated, "2026-04-27");
    held_free(&h);
}

static void test_weekend(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<rss version=\"2.0\"><channel><title>cs</title><skipDays><day>Saturday</day>"
               "</skipDays></channel></rss>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count + h.rejects, 0);
    held_free(&h);
}

static void test_other_feeds(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<rss><channel><item><title>News</title><link>http://n.example/1</link>"
               "<atom:link href=\"http://n.example/feed\" rel=\"self\"/>"
               "<media:title>Picture</media:title><media:description>Alt</media:description>"
               "<description><![CDATA[Body & more]]></description></item>\n"
               "<item><link>http://n.example/2</link></item></channel></rss>");
    assert_int_equal(h.count, 1);
    assert_string_equal(h.records[0].title, "News");
    assert_string_equal(h.records[0].url, "http://n.example/1");
    assert_string_equal(h.records[0].id, "url:http://n.example/1");
    assert_int_equal(h.rejects, 1);
    assert_int_equal(h.reject_line, 2);
    held_free(&h);
}

int run_rss(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listing),
        cmocka_unit_test(test_weekend),
        cmocka_unit_test(test_other_feeds),
    };

    return cmocka_run_group_tests_name("sources: rss", tests, NULL, NULL);
}
