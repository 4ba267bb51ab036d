/*
 * OAI-PMH: the three metadata formats, deleted records, errors, tokens, bare records.
 */
#include "sources_check.h"

#define OAI_OPEN "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>"
#define HEADER(id) "<header><identifier>" id "</identifier></header>"

static void test_arxiv_format(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<?xml version='1.0'?>\n" OAI_OPEN "\n<responseDate>2026-01-02T03:04:05Z"
               "</responseDate><ListRecords><record>" HEADER(
                   "oai:arXiv.org:math/0306999") "<metadata><arXiv xmlns='urn:x'><id>math/0306999"
                                                 "</id><created>2003-06-18</"
                                                 "created><updated>2004-01-02</updated><authors>"
                                                 "<author><keyname>Coja-\xC3\x96ghlan</"
                                                 "keyname><forenames>A.</forenames></author>"
                                                 "<author><keyname>King</keyname><forenames>M. "
                                                 "L.</forenames><suffix>Jr.</suffix>"
                                                 "<affiliation>Somewhere</affiliation></author>"
                                                 "<author><keyname>Atlas "
                                                 "Collaboration</keyname></author></authors>"
                                                 "<title>Of\n  Graphs</title><categories>math.CO "
                                                 "cs.DM</categories>"
                                                 "<comments>12 pages</comments><acm-class>05C80; "
                                                 "05C15</acm-class>"
                                                 "<journal-ref>J. 1</journal-ref><doi>10.1000/a "
                                                 "10.1000/b</doi>"
                                                 "<license>http://l.example/</license><abstract>  "
                                                 "One.\n  Two.\nthree.</abstract>"
                                                 "</arXiv></metadata></record><resumptionToken "
                                                 "expirationDate='2026-01-03T00:00:00Z'>"
                                                 "verb%253DListRecords%2526skip%253D2500</"
                                                 "resumptionToken></ListRecords></OAI-PMH>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.format, PARSE_OAI);
    assert_int_equal(h.count, 1);
    assert_string_equal(h.info.response_date, "2026-01-02T03:04:05Z");
    assert_string_equal(h.info.token, "verb%253DListRecords%2526skip%253D2500");
    assert_int_equal(h.info.total, -1);
    assert_string_equal(r->id, "arxiv:math/0306999");
    assert_string_equal(r->title, "Of Graphs");
    assert_int_equal(r->authors.len, 3);
    assert_string_equal(r->authors.items[0], "A. Coja-\xC3\x96ghlan");
    assert_string_equal(r->authors.items[1], "M. L. King Jr.");
    assert_string_equal(r->authors.items[2], "Atlas Collaboration");
    assert_int_equal(r->categories.len, 2); /* the MSC classes in acm-class are none */
    assert_string_equal(r->categories.items[0], "math.CO");
    assert_string_equal(r->published, "2003-06-18");
    assert_string_equal(r->updated, "2004-01-02");
    assert_string_equal(r->doi, "10.1000/a");
    assert_string_equal(r->comment, "12 pages");
    assert_string_equal(r->abstract, "One.\n\nTwo. three.");
    assert_string_equal(r->license, "http://l.example/");
    assert_string_equal(r->source, "oai-arxiv");
    assert_int_equal(r->aliases.len, 1); /* the header says the same id */
    held_free(&h);
}

/* Versions in any order; authors in TeX with affiliations, "and", accents, suffixes. */
static void test_raw_format(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(
        &h, PARSE_OAI,
        OAI_OPEN "<GetRecord><record>" HEADER(
            "oai:arXiv.org:1810.09999") "<metadata><arXivRaw xmlns='urn:r'><id>1810.09999</id>"
                                        "<submitter>R. C.</submitter>"
                                        "<version version=\"v2\"><date>Thu, 1 Nov 2018 08:00:00 "
                                        "GMT</date><size>3kb</size></version>"
                                        "<version version=\"v1\"><date>Mon, 22 Oct 2018 22:41:50 "
                                        "GMT</date></version>"
                                        "<title>Heat</title><authors>Rapha\\\"el Chet (1 and 2), "
                                        "Z. Wu (3),\n  \\'Edgar "
                                        "Rold\\'an and Bo {\\O}re, Jr. ((1) Here (HQ), (2) There, "
                                        "(3) Else)</authors>"
                                        "<categories>cond-mat.stat-mech</"
                                        "categories><abstract>Warm.</abstract></arXivRaw>"
                                        "</metadata></record></GetRecord></OAI-PMH>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 1);
    assert_int_equal(r->version, 2);
    assert_string_equal(r->published, "2018-10-22T22:41:50Z");
    assert_string_equal(r->updated, "2018-11-01T08:00:00Z");
    assert_int_equal(r->versions.len, 2);
    assert_string_equal(r->versions.items[0], "1 2018-10-22T22:41:50Z -");
    assert_string_equal(r->versions.items[1], "2 2018-11-01T08:00:00Z 3kb");
    assert_int_equal(r->authors.len, 4);
    assert_string_equal(r->authors.items[0], "Rapha\xC3\xABl Chet");
    assert_string_equal(r->authors.items[1], "Z. Wu");
    assert_string_equal(r->authors.items[2], "\xC3\x89"
                                             "dgar Rold\xC3\xA1n");
    assert_string_equal(r->authors.items[3], "Bo \xC3\x98re Jr.");
    assert_string_equal(r->source, "oai-raw");
    held_free(&h);
}

#define DC "<oai_dc:dc xmlns:oai_dc='urn:o' xmlns:dc='urn:d'>"

static void test_dc_format(void **state)
{
    struct held h = { 0 };
    const struct record *r = &h.records[0];

    (void)state;
    held_parse(
        &h, PARSE_AUTO,
        OAI_OPEN "<ListRecords><record>" HEADER(
            "oai:arXiv.org:hep-th/0408999") "<metadata>" DC
                                            "<dc:title>Loops</dc:title><dc:creator>Smo, "
                                            "Lee</dc:creator>"
                                            "<dc:creator>King, M. L., Jr.</dc:creator>"
                                            "<dc:subject>High Energy Physics - Theory</dc:subject>"
                                            "<dc:subject>Mathematics - Combinatorics</dc:subject>"
                                            "<dc:subject>Condensed Matter - Mesoscopic Systems and "
                                            "Quantum Hall "
                                            "Effect</dc:subject><dc:subject>05C80 (Primary), "
                                            "68-02</dc:subject>"
                                            "<dc:subject>Botany</dc:subject>"
                                            "<dc:description>  Text\nof it.\n</dc:description>"
                                            "<dc:description>Comment: 50 pages</dc:description>"
                                            "<dc:date>2004-08-05</dc:date><dc:date>2005-06-28</"
                                            "dc:date>"
                                            "<dc:identifier>http://arxiv.org/abs/hep-th/0408999</"
                                            "dc:identifier>"
                                            "<dc:identifier>Phys. Loops 3 (2005) 4</dc:identifier>"
                                            "<dc:identifier>doi:10.1000/X_1</dc:identifier></"
                                            "oai_dc:dc></metadata>"
                                            "<about>" DC
                                            "<dc:title>Rights</dc:title><dc:date>1999</dc:date>"
                                            "<dc:creator>Nobody</dc:creator></oai_dc:dc></about></"
                                            "record>"
                                            "<record>" HEADER(
                                                "oai:lib.example:7") "<metadata>" DC
                                                                     "<dc:title>Book</dc:title>"
                                                                     "<dc:identifier>http://"
                                                                     "lib.example/7</"
                                                                     "dc:identifier></oai_dc:dc></"
                                                                     "metadata></record>"
                                                                     "<resumptionToken "
                                                                     "cursor=\"0\" "
                                                                     "completeListSize=\"1090\">"
                                                                     "6460044|1001"
                                                                     "</resumptionToken></"
                                                                     "ListRecords></OAI-PMH>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.info.total, 1090);
    assert_string_equal(h.info.token, "6460044|1001");
    assert_string_equal(r->id, "arxiv:hep-th/0408999");
    assert_string_equal(r->title, "Loops");
    assert_int_equal(r->authors.len, 2);
    assert_string_equal(r->authors.items[0], "Lee Smo");
    assert_string_equal(r->authors.items[1], "M. L. King Jr.");
    assert_string_equal(r->abstract, "Text of it.");
    assert_string_equal(r->comment, "50 pages");
    assert_string_equal(r->published, "2004-08-05");
    assert_string_equal(r->updated, "2005-06-28");
    assert_string_equal(r->venue, "Phys. Loops 3 (2005) 4");
    assert_int_equal(r->categories.len, 4); /* names made codes; MSC codes are none */
    assert_string_equal(r->categories.items[0], "hep-th");
    assert_string_equal(r->categories.items[1], "math.CO");
    assert_string_equal(r->categories.items[2], "cond-mat.mes-hall");
    assert_string_equal(r->categories.items[3], "Botany");
    assert_string_equal(r->doi, "10.1000/x_1");
    assert_int_equal(r->aliases.len, 1);
    assert_string_equal(h.records[1].id, "oai:lib.example:7");
    assert_string_equal(h.records[1].url, "http://lib.example/7");
    held_free(&h);
}

static void test_deleted(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_OAI,
               OAI_OPEN
               "<ListRecords>\n<record><header status=\"deleted\"><identifier>"
               "oai:arXiv.org:1001.0001</identifier></header></record>\n"
               "<record><header status='deleted'><datestamp>2010</datestamp></header></record>\n"
               "<record><header><identifier>oai:x:1</identifier></header></record>\n"
               "<resumptionToken/></ListRecords></OAI-PMH>");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 1);
    assert_true(h.records[0].deleted);
    assert_string_equal(h.records[0].id, "arxiv:1001.0001");
    assert_int_equal(h.rejects, 2);
    assert_int_equal(h.reject_line, 4);
    assert_string_equal(h.info.token, "");
    held_free(&h);
}

static void test_errors(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_OAI,
               OAI_OPEN "<request verb='ListRecords'>u</request><error code='noRecordsMatch'>\n "
                        "Nothing. Reason: none.</error></OAI-PMH>");
    assert_int_equal(h.result, ERR_OK);
    assert_string_equal(h.info.error_code, "noRecordsMatch");
    assert_string_equal(h.info.error_text, "Nothing. Reason: none.");
    held_free(&h);
    held_parse(&h, PARSE_OAI, OAI_OPEN "<error code=\"badArgument\"/></OAI-PMH>");
    assert_string_equal(h.info.error_code, "badArgument");
    held_free(&h);
    held_parse(&h, PARSE_AUTO, OAI_OPEN "<ListSets><set/></ListSets></OAI-PMH>");
    assert_int_equal(h.result, ERR_PARSE);
    assert_non_null(strstr(h.err.message, "ListSets"));
    held_free(&h);
}

/* One record in a file: no XML declaration, prefixes that nobody declares. */
static void test_bare_record(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "\n\n<record>\n<header>\n <identifier>oai:arXiv.org:0901.2999</identifier>\n"
               "</header>\n<metadata>\n<oai_dc:dc>\n <dc:title>Tin</dc:title>\n"
               " <dc:creator>\xC3\x96zel, B.</dc:creator>\n</oai_dc:dc>\n</metadata>\n</record>\n");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 1);
    assert_string_equal(h.records[0].id, "arxiv:0901.2999");
    assert_string_equal(h.records[0].authors.items[0], "B. \xC3\x96zel");
    assert_int_equal(h.records[0].line, 3);
    held_free(&h);
}

int run_oai(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arxiv_format), cmocka_unit_test(test_raw_format),
        cmocka_unit_test(test_dc_format),    cmocka_unit_test(test_deleted),
        cmocka_unit_test(test_errors),       cmocka_unit_test(test_bare_record),
    };

    return cmocka_run_group_tests_name("sources: oai", tests, NULL, NULL);
}
