/*
 * Atom: the two generations of arXiv's query server, its error entry, and feeds of others.
 */
#include "sources_check.h"

/* As the old server wrote: prefixes declared on each element, wrapped texts, http links. */
static const char old_server[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n"
    "  <link href=\"http://arxiv.org/api/query?id_list=x\" rel=\"self\"/>\n"
    "  <title type=\"html\">ArXiv Query: search_query=x</title>\n"
    "  <id>http://arxiv.org/api/9WDV40Gi+a/b</id>\n"
    "  <updated>2025-01-02T00:00:00-04:00</updated>\n"
    "  <opensearch:totalResults xmlns:opensearch=\"urn:o\">31</opensearch:totalResults>\n"
    "  <opensearch:startIndex xmlns:opensearch=\"urn:o\">10</opensearch:startIndex>\n"
    "  <opensearch:itemsPerPage xmlns:opensearch=\"urn:o\">5</opensearch:itemsPerPage>\n"
    "  <entry>\n"
    "    <id>http://arxiv.org/abs/quant-ph/0301999v3</id>\n"
    "    <updated>2004-05-06T10:11:12Z</updated>\n"
    "    <published>2003-01-31T09:08:07Z</published>\n"
    "    <title>On the Shape of\n  Teapots &amp; Kettles</title>\n"
    "    <summary>  A first line\nand its second.\n  A new paragraph.\n</summary>\n"
    "    <author>\n      <name>J\xC3\xBCrgen Wei\xC3\x9F</name>\n"
    "      <arxiv:affiliation xmlns:arxiv=\"urn:a\">Nowhere</arxiv:affiliation>\n    </author>\n"
    "    <author><name>Mina Kim</name></author>\n"
    "    <arxiv:comment xmlns:arxiv=\"urn:a\">4 pages,\n  2 figures</arxiv:comment>\n"
    "    <arxiv:journal_ref xmlns:arxiv=\"urn:a\">J. Pots 1 (2004) 2</arxiv:journal_ref>\n"
    "    <arxiv:doi xmlns:arxiv=\"urn:a\">10.1000/Pots.1</arxiv:doi>\n"
    "    <link title=\"doi\" href=\"http://dx.doi.org/10.1000/Pots.1\" rel=\"related\"/>\n"
    "    <link href=\"http://arxiv.org/abs/quant-ph/0301999v3\" rel=\"alternate\"/>\n"
    "    <link title=\"pdf\" href=\"http://arxiv.org/pdf/quant-ph/0301999v3\" rel=\"related\"/>\n"
    "    <category term=\"math.GT\" scheme=\"urn:s\"/>\n"
    "    <category term=\"quant-ph\" scheme=\"urn:s\"/>\n"
    "    <arxiv:primary_category xmlns:arxiv=\"urn:a\" term=\"quant-ph\" scheme=\"urn:s\"/>\n"
    "  </entry>\n"
    "</feed>\n";

/* As the new server writes: another order, prefixes on the feed. */
static const char new_server[] =
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<feed xmlns:opensearch=\"urn:o\" xmlns:arxiv=\"urn:a\" xmlns=\"http://www.w3.org/2005/Atom\">"
    "<id>https://arxiv.org/api/abc</id><title>arXiv Query</title>"
    "<opensearch:itemsPerPage>2</opensearch:itemsPerPage>"
    "<opensearch:totalResults>2</opensearch:totalResults>\n"
    "<entry><id>http://arxiv.org/abs/2607.28628v1</id><title>$\xCE\xB2$-Rest</title>"
    "<updated>2026-07-30T17:00:00Z</updated>"
    "<link href=\"https://arxiv.org/abs/2607.28628v1\" rel=\"alternate\" type=\"text/html\"/>"
    "<link href=\"https://arxiv.org/pdf/2607.28628v1\" rel=\"related\" type=\"application/pdf\" "
    "title=\"pdf\"/><summary>One line.</summary><category term=\"cs.LG\"/>"
    "<published>2026-07-30T17:00:00Z</published><arxiv:primary_category term=\"stat.ML\"/>"
    "<author><name>Ada Example</name></author></entry>\n"
    "<entry><id>http://arxiv.org/abs/2607.00002v12</id><title>Two</title></entry></feed>";

static void test_old_server(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(&h, PARSE_AUTO, old_server);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.format, PARSE_ARXIV_ATOM);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.info.total, 31);
    assert_int_equal(h.info.start, 10);
    assert_int_equal(h.info.per_page, 5);
    assert_string_equal(r->id, "arxiv:quant-ph/0301999");
    assert_int_equal(r->version, 3);
    assert_string_equal(r->title, "On the Shape of Teapots & Kettles");
    assert_string_equal(r->abstract, "A first line and its second.\n\nA new paragraph.");
    assert_int_equal(r->authors.len, 2);
    assert_string_equal(r->authors.items[0], "J\xC3\xBCrgen Wei\xC3\x9F");
    assert_string_equal(r->comment, "4 pages, 2 figures");
    assert_string_equal(r->venue, "J. Pots 1 (2004) 2");
    assert_string_equal(r->doi, "10.1000/Pots.1");
    assert_int_equal(r->aliases.len, 1);
    assert_string_equal(r->aliases.items[0], "doi:10.1000/pots.1");
    assert_string_equal(r->published, "2003-01-31T09:08:07Z");
    assert_string_equal(r->updated, "2004-05-06T10:11:12Z");
    assert_string_equal(r->url, "http://arxiv.org/abs/quant-ph/0301999v3");
    assert_string_equal(r->pdf_url, "http://arxiv.org/pdf/quant-ph/0301999v3");
    assert_int_equal(r->categories.len, 2);
    assert_string_equal(r->categories.items[0], "quant-ph"); /* primary first */
    assert_string_equal(r->source, "arxiv-atom");
    assert_int_equal(r->line, 10);
    held_free(&h);
}

static void test_new_server(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_ARXIV_ATOM, new_server);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.info.start, -1);
    assert_string_equal(h.records[0].id, "arxiv:2607.28628");
    assert_string_equal(h.records[0].title, "$\xCE\xB2$-Rest");
    assert_string_equal(h.records[0].categories.items[0], "stat.ML");
    assert_string_equal(h.records[0].categories.items[1], "cs.LG");
    assert_string_equal(h.records[0].url, "https://arxiv.org/abs/2607.28628v1");
    assert_int_equal(h.records[1].version, 12);
    assert_null(h.records[1].abstract);
    held_free(&h);
}

static void test_error_entry(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<feed xmlns=\"urn:f\"><entry><id>https://arxiv.org/api/errors#bad_id</id>"
               "<title>Error</title><summary>incorrect id format for \n zzz</summary>"
               "<author><name>arXiv api core</name></author></entry></feed>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count + h.rejects, 0);
    assert_string_equal(h.info.error_code, "api-error");
    assert_string_equal(h.info.error_text, "incorrect id format for zzz");
    held_free(&h);
}

/* An entry is judged alone: one without title goes, its neighbours stay. */
static void test_bad_entry_alone(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<feed>\n<entry><id>http://arxiv.org/abs/2001.00001v1</id><title>A</title></entry>\n"
               "<entry><id>http://arxiv.org/abs/2001.00002v1</id><title> \n </title></entry>\n"
               "<entry><id>http://arxiv.org/abs/2001.00003v1</id><title>C</title></entry></feed>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.rejects, 1);
    assert_int_equal(h.reject_line, 3);
    assert_string_equal(h.records[1].id, "arxiv:2001.00003");
    held_free(&h);
}

static void test_other_feeds(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<feed><entry><id>tag:x.example,2020:1</id><title>Post</title>"
               "<link rel=\"enclosure\" href=\"http://x.example/1.mp3\"/>"
               "<link href=\"http://x.example/1\"/><source><id>http://arxiv.org/abs/2001.00001</id>"
               "<title>Other</title><author><name>Nobody</name></author></source>"
               "<content>Text.</content></entry>"
               "<entry><title>No id</title><link href=\"https://arxiv.org/abs/2002.00005v2\"/>"
               "</entry></feed>");
    assert_int_equal(h.count, 2);
    assert_string_equal(h.records[0].title, "Post");
    assert_string_equal(h.records[0].id, "url:http://x.example/1");
    assert_string_equal(h.records[0].abstract, "Text.");
    assert_int_equal(h.records[0].authors.len, 0);
    assert_string_equal(h.records[0].source, "feed");
    assert_string_equal(h.records[1].id, "arxiv:2002.00005");
    held_free(&h);
}

static void test_markup(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<feed><entry><title type=\"xhtml\"><div>H<sub>2</sub>O <b>now</b></div></title>"
               "<summary>One.<br/>Two <i>x</i>.</summary></entry></feed>");
    assert_int_equal(h.count, 1);
    assert_string_equal(h.records[0].title, "H2O now");
    assert_string_equal(h.records[0].abstract, "One. Two x.");
    held_free(&h);
}

static void test_listing(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(
        &h, PARSE_RSS,
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xmlns:dc=\"urn:d\" xmlns:arxiv=\"urn:a\">"
        "<entry><id>oai:arXiv.org:2203.01250v3</id><title>Cups</title>"
        "<updated>2024-05-06T00:00:00-04:00</updated>"
        "<published>2024-05-06T00:00:00-04:00</published>"
        "<link href=\"https://arxiv.org/abs/2203.01250\" rel=\"alternate\"/>"
        "<summary>arXiv:2203.01250v3 Announce Type: replace \nAbstract: Cups hold. Announce "
        "Type: none.</summary><category term=\"cs.AI\"/><dc:creator>Ann Lee,  Deepti,  Bo "
        "Ray</dc:creator><arxiv:announce_type>replace</arxiv:announce_type>"
        "<arxiv:DOI>10.1000/c</arxiv:DOI></entry></feed>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 1);
    assert_string_equal(h.records[0].id, "arxiv:2203.01250");
    assert_int_equal(h.records[0].version, 3);
    assert_string_equal(h.records[0].abstract, "Cups hold. Announce Type: none.");
    assert_string_equal(h.records[0].announce, "replace");
    assert_int_equal(h.records[0].authors.len, 3);
    assert_string_equal(h.records[0].authors.items[1], "Deepti");
    assert_null(h.records[0].published); /* the day it was announced, not submitted */
    assert_string_equal(h.records[0].source, "rss");
    held_free(&h);
}

int run_atom(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_old_server),  cmocka_unit_test(test_new_server),
        cmocka_unit_test(test_error_entry), cmocka_unit_test(test_bad_entry_alone),
        cmocka_unit_test(test_other_feeds), cmocka_unit_test(test_listing),
        cmocka_unit_test(test_markup),
    };

    return cmocka_run_group_tests_name("sources: atom", tests, NULL, NULL);
}
