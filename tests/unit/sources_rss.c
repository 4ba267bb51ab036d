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

/* A preprint server: RSS 1.0, names as families with initials, the DOI beside a link that changes.
 */
static void test_preprints(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(&h, PARSE_RSS,
               "<?xml version='1.0'?><rdf:RDF xmlns:rdf='r' xmlns:dc='d' xmlns:prism='p'>"
               "<channel rdf:about='x'><title>Preprints</title></channel><item rdf:about='y'>"
               "<title><![CDATA[Cells &amp; <i>in vivo</i> if p < 0.05]]></title>"
               "<link>http://p.example/short/2026.01.02.123456v1?rss=1</link>"
               "<description><![CDATA[<p>First&nbsp;one: 3 &lt; 4.</p>\n<p>Second<br/>line"
               "<script>alert('x')</script> &#8212; &#x3b1;&bogus;</p>]]></description>"
               "<dc:creator><![CDATA[van Dyk, A. B., Lee, C., Müller, D.]]></dc:creator>"
               "<dc:date>2026-01-03</dc:date><dc:identifier>doi:10.1101/2026.01.02.123456"
               "</dc:identifier><prism:publicationName>The Server</prism:publicationName>"
               "</item></rdf:RDF>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 1);
    assert_string_equal(r->title, "Cells & in vivo if p < 0.05");
    assert_string_equal(r->abstract, "First one: 3 < 4.\n\nSecond line — α&bogus;");
    assert_int_equal(r->authors.len, 3);
    assert_string_equal(r->authors.items[0], "A. B. van Dyk");
    assert_string_equal(r->doi, "10.1101/2026.01.02.123456");
    assert_string_equal(r->aliases.items[0], "doi:10.1101/2026.01.02.123456");
    assert_string_equal(r->venue, "The Server");
    assert_string_equal(r->published, "2026-01-03");
    assert_string_equal(r->source, "feed");
    held_free(&h);
}

/* A blog: entities that XML does not know, an address as author, only the whole article. */
static void test_blog(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_RSS,
               "<rss version='2.0'><channel><item><title>Caf&eacute; &mdash; notes</title>"
               "<link>https://b.example/1</link><author>ann@b.example (Ann Lee)</author>"
               "<content:encoded><![CDATA[<h1>Head</h1>Words]]></content:encoded>"
               "<pubDate>Tue, 03 Feb 2026 10:00:00 GMT</pubDate></item>"
               "<item><title>Two</title><link>https://b.example/2</link>"
               "<author>only@b.example</author><dc:creator>Bo Ray</dc:creator></item>"
               "<item><title>&lt;p&gt;&lt;/p&gt;</title></item></channel></rss>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.rejects, 1); /* nothing is left of its title */
    assert_string_equal(h.records[0].title, "Café — notes");
    assert_string_equal(h.records[0].authors.items[0], "Ann Lee");
    assert_string_equal(h.records[0].abstract, "Head\n\nWords");
    assert_string_equal(h.records[0].published, "2026-02-03");
    assert_int_equal(h.records[1].authors.len, 1);
    assert_string_equal(h.records[1].authors.items[0], "Bo Ray");
    held_free(&h);
}

static void test_encodings(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_RSS,
               "<?xml version='1.0' encoding='windows-1252'?><rss><channel><item>"
               "<title>Na\xefve \x93q\x94</title><link>https://b.example/1</link></item></channel>"
               "</rss>");
    assert_int_equal(h.result, ERR_OK);
    assert_string_equal(h.records[0].title, "Naïve “q”");
    held_free(&h);
    held_parse(&h, PARSE_RSS, "<?xml version='1.0' encoding='ISO-2022-CN-EXT'?><rss/>");
    assert_int_equal(h.result, ERR_PARSE);
    held_free(&h);
}

/* The article's own document type is not fetched, and its entities do not grow. */
static void test_doctype(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_RSS,
               "<!DOCTYPE rss SYSTEM 'http://127.0.0.1:1/rss.dtd' [<!ENTITY % e SYSTEM "
               "'file:///etc/passwd'> %e;]><rss><channel><item><title>One &undefined; two</title>"
               "<link>https://b.example/1</link></item></channel></rss>");
    assert_int_equal(h.result, ERR_OK);
    assert_string_equal(h.records[0].title, "One two");
    held_free(&h);
}

int run_rss(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listing),     cmocka_unit_test(test_weekend),
        cmocka_unit_test(test_other_feeds), cmocka_unit_test(test_preprints),
        cmocka_unit_test(test_blog),        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_doctype),
    };

    return cmocka_run_group_tests_name("sources: rss", tests, NULL, NULL);
}
