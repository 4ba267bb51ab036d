/*
 * The arXiv source: which streams a configuration makes, which addresses a cursor asks for, and
 * where an answer leads: tokens, expiry at midnight, windows, empty pages, gaps.
 */
#include "sources_asked.h"
#include "sources_check.h"

#include "carrel/clock.h"
#include "carrel/file.h"

#include <stdio.h>
#include <stdlib.h>

struct config_row {
    const char *key, *values[4];
};
static const struct config_row *rows;

static size_t get_values(void *ctx, const char *key, const char *const **values)
{
    const struct config_row *row;
    size_t n = 0;

    (void)ctx;
    for (row = rows; row && row->key; row++) {
        if (strcmp(row->key, key) == 0) {
            while (n < 4 && row->values[n])
                n++;
            *values = row->values;
            return n;
        }
    }
    return 0;
}

static const char *get_text(void *ctx, const char *key)
{
    const char *const *values;
    size_t n = get_values(ctx, key, &values);

    return n ? values[n - 1] : NULL;
}

static const struct source_settings settings = { NULL, "arxiv", get_text, get_values, false };
static int records, rejects;

static int keep_record(void *ctx, const struct record *record)
{
    (void)ctx;
    assert_true(record->deleted || record->title);
    records++;
    return 0;
}

static void keep_reject(void *ctx, long line, const char *why)
{
    (void)ctx;
    (void)line;
    assert_non_null(why);
    rejects++;
}
static const struct parse_sink sink = { .record = keep_record, .reject = keep_reject };

static int set_up(void **state)
{
    (void)state;
    setenv("CARREL_CLOCK", "2026-03-01T12:00:00Z", 1);
    asked_start("arxiv", &settings, &sink);
    rows = NULL;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asked_end();
    unsetenv("CARREL_CLOCK");
    return 0;
}

/* Feeds an answer; on success goes on with its cursor. */
static int feed(const char *body)
{
    int result;

    records = rejects = 0;
    result = asked_answer_and_go_on(body);
    if (result == ERR_OK)
        assert_int_equal(asked.turn.count, records + rejects);
    return result;
}

/* ---- answers of our own ---- */

static const char *oai_page(const char *days, const char *token)
{
    static struct str out = STR_INIT;
    char *copy = mem_strdup(days), *rest = copy, *day;
    int n = 0;

    str_clear(&out);
    str_add(&out, "<OAI-PMH><responseDate>2026-03-01T23:50:00Z</responseDate><ListRecords>");
    while ((day = strsep(&rest, " ")))
        str_printf(
            &out,
            "<record><header><identifier>oai:arXiv.org:2602.0%04d</identifier><datestamp>%s"
            "</datestamp></header><metadata><arXiv><id>2602.0%04d</id><title>Paper %d</title>"
            "<authors><author><keyname>Lee</keyname></author></authors></arXiv></metadata>"
            "</record>",
            n, day, n, n),
            n++;
    if (token)
        str_printf(&out,
                   "<resumptionToken expirationDate='2026-03-02T00:00:00Z'>%s"
                   "</resumptionToken>",
                   token);
    str_add(&out, "</ListRecords></OAI-PMH>");
    free(copy);
    return out.ptr;
}

static const char *oai_error(const char *code)
{
    static char out[300];

    snprintf(
        out, sizeof out,
        "<OAI-PMH><responseDate>2026-03-02T00:01:00Z</responseDate><error code='%s'>Reason: it "
        "is so</error></OAI-PMH>",
        code);
    return out;
}

static const char *api_page(long total, long start, int entries)
{
    static struct str out = STR_INIT;
    int i;

    str_clear(&out);
    str_printf(&out,
               "<feed xmlns='http://www.w3.org/2005/Atom'><opensearch:totalResults>%ld"
               "</opensearch:totalResults><opensearch:startIndex>%ld</opensearch:startIndex>",
               total, start);
    for (i = 0; i < entries; i++)
        str_printf(&out,
                   "<entry><id>http://arxiv.org/abs/2602.0%04ldv1</id><title>P</title></entry>",
                   start + i);
    str_add(&out, "</feed>");
    return out.ptr;
}

/* ---- streams ---- */

static void plan_is(const char *expected)
{
    struct source_plan plan = { .arena = arena_new() };
    struct str got = STR_INIT;
    size_t i;

    if (asked.ops->plan(&settings, &plan, &asked.err) != ERR_OK)
        str_printf(&got, "error: %s", asked.err.message);
    else
        for (i = 0; i < plan.streams.len; i++)
            str_printf(&got, "%s%s", i ? " | " : "", plan.streams.items[i]);
    if (!str_starts(got.ptr, expected) || (expected[0] != 'e' && strcmp(got.ptr, expected) != 0))
        fail_msg("%s", got.ptr);
    str_free(&got);
    arena_free(plan.arena);
}

static void test_streams(void **state)
{
    (void)state;
    plan_is("oai/cs:cs:AI | oai/cs:cs:CL | oai/cs:cs:CV | oai/cs:cs:LG | oai/stat:stat:ML");
    rows = (const struct config_row[]){ { "category", { "cs.CL", "hep-th", "math.NA", "cs.CL" } },
                                        { 0 } };
    plan_is("oai/cs:cs:CL | oai/physics:hep-th | oai/math:math:NA");
    rows = (const struct config_row[]){
        { "category", { "astro-ph.GA", "physics.optics", "physics", "cs.*" } }, { 0 }
    };
    plan_is("oai/physics:astro-ph:GA | oai/physics:physics:optics | oai/physics | oai/cs");
    rows =
        (const struct config_row[]){ { "mode", { "api" } },
                                     { "category", { "cs.CL", "q-bio.NC" } },
                                     { "query", { "cat:cs.CL", "au:\"del rio\" AND ti:quantum" } },
                                     { 0 } };
    plan_is("api/cat:cs.CL | api/cat:q-bio.NC | api/au:\"del rio\" AND ti:quantum");
    rows = (const struct config_row[]){ { "mode", { "rss" } },
                                        { "category", { "cs.CL", "cs.*" } },
                                        { 0 } };
    plan_is("rss/cs.CL | rss/cs");
    rows = (const struct config_row[]){ { "category", { "cs.CL", "biology" } }, { 0 } };
    plan_is("error: category = biology: arXiv has none of this name");
    rows = (const struct config_row[]){ { "category", { "cs." } }, { 0 } };
    plan_is("error: category = cs.");
}

/* Every category that arXiv's own taxonomy lists has a set. */
static void test_taxonomy(void **state)
{
    char *path = mem_printf("%s/data/wire/arxiv-taxonomy/arXiv_category_def.json",
                            getenv("CARREL_SHARED") ? getenv("CARREL_SHARED") : "../shared");
    static const char mark[] = "\"category\": \"";
    struct str text = STR_INIT;
    const char *at;
    int n = 0;

    (void)state;
    if (!file_exists(path)) {
        free(path);
        skip();
    }
    assert_int_equal(file_read(&text, path, 1 << 20, &asked.err), ERR_OK);
    for (at = strstr(text.ptr, mark); at; at = strstr(at, mark)) {
        char name[40];
        struct source_plan plan = { .arena = arena_new() };
        const struct config_row row[] = { { "category", { name } }, { 0 } };

        at += sizeof mark - 1;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at, "\""), at);
        rows = row;
        if (!str_starts(name, "test") && asked.ops->plan(&settings, &plan, &asked.err) != ERR_OK)
            fail_msg("%s", asked.err.message);
        arena_free(plan.arena);
        n++;
    }
    rows = NULL;
    assert_true(n > 150);
    str_free(&text);
    free(path);
}

/* ---- OAI-PMH ---- */

static void test_oai_round(void **state)
{
    (void)state;
    asked_round("oai/cs:cs:CL", NULL, false, NULL);
    assert_string_equal(asked_url(),
                        "https://oaipmh.arxiv.org/oai?verb=ListRecords&metadataPrefix=arXiv"
                        "&set=cs%3Acs%3ACL&from=2026-01-30");
    assert_string_equal(asked.request.purpose.ptr, "cs:cs:CL changed since 2026-01-30, page 1");
    assert_int_equal(feed(oai_page("2026-02-01 2026-02-02", "verb%253DListRecords%2526skip%253D2")),
                     ERR_OK);
    assert_false(asked.turn.finished);
    assert_int_equal(records, 2);
    assert_string_equal(asked_url(),
                        "https://oaipmh.arxiv.org/oai?verb=ListRecords&resumptionToken="
                        "verb%25253DListRecords%252526skip%25253D2");
    assert_string_equal(asked.request.purpose.ptr, "cs:cs:CL changed since 2026-01-30, page 2");
    assert_int_equal(feed(oai_page("2026-02-03", "")), ERR_OK);
    assert_true(asked.turn.finished);
    assert_int_equal(asked.turn.got, 3);
    assert_int_equal(asked.turn.total, -1);
    asked_round("oai/cs:cs:CL", asked.turn.cursor.ptr, true,
                NULL); /* the day of the last round's first answer */
    assert_non_null(strstr(asked_url(), "&from=2026-03-01"));
    assert_int_equal(feed(oai_error("noRecordsMatch")), ERR_OK);
    assert_true(asked.turn.finished);
    asked_round("oai/cs:cs:CL", asked.turn.cursor.ptr, true, NULL);
    assert_non_null(strstr(asked_url(), "&from=2026-03-02"));
}

/* The same list with all versions. */
static void test_oai_raw(void **state)
{
    (void)state;
    asked_round("oai-raw/cs:cs:CL", NULL, false, NULL);
    assert_non_null(
        strstr(asked_url(), "?verb=ListRecords&metadataPrefix=arXivRaw&set=cs%3Acs%3ACL&"));
    assert_int_equal(feed(oai_page("2026-02-01 2026-02-02", "verb%253DListRecords%2526skip%253D2")),
                     ERR_OK);
    assert_non_null(strstr(asked_url(), "resumptionToken="));
}

static void test_oai_expired(void **state)
{
    (void)state;
    asked_round("oai/cs:cs:CL", NULL, false, NULL);
    assert_int_equal(feed(oai_page("2026-02-01 2026-02-09 2026-02-10", "t1")), ERR_OK);
    assert_int_equal(feed(oai_page("2026-02-10 2026-02-20", "t2")), ERR_OK);
    assert_int_equal(feed(oai_error("badResumptionToken")), ERR_OK);
    assert_false(asked.turn.finished);
    assert_non_null(strstr(asked.turn.note.ptr, "asked again from 2026-02-19"));
    assert_non_null(strstr(asked_url(), "&from=2026-02-19")); /* largest day less one */
    assert_null(strstr(asked_url(), "resumptionToken"));
    assert_int_equal(feed(oai_page("2026-02-20", NULL)), ERR_OK);
    assert_true(asked.turn.finished);
    asked_round("oai/cs:cs:CL", asked.turn.cursor.ptr, true,
                NULL); /* still the first answer's day */
    assert_non_null(strstr(asked_url(), "&from=2026-03-01"));
}

static void test_oai_expired_out_of_order(void **state)
{
    int i;

    (void)state;
    asked_round("oai/cs:cs:CL", NULL, false, NULL);
    assert_int_equal(feed(oai_page("2026-02-20 2026-02-09", "t1")), ERR_OK);
    assert_int_equal(feed(oai_error("badResumptionToken")), ERR_OK);
    assert_non_null(
        strstr(asked_url(), "&from=2026-01-30")); /* only from the beginning is it whole */
    for (i = 0; i < 3; i++) {
        assert_int_equal(feed(oai_page("2026-02-20 2026-02-09", "t1")), ERR_OK);
        assert_int_equal(feed(oai_error("badResumptionToken")), ERR_OK);
    }
    assert_int_equal(feed(oai_page("2026-02-20 2026-02-09", "t1")), ERR_OK);
    assert_int_equal(feed(oai_error("badResumptionToken")), ERR_REFUSED); /* no endless circle */
}

static void test_oai_faults(void **state)
{
    (void)state;
    asked_round("oai/cs:cs:CL", NULL, false, "2026-02-01");
    assert_int_equal(feed("<OAI-PMH><ListRecords></ListRecords></OAI-PMH>"), ERR_PARSE);
    assert_int_equal(feed("<html><body>Log in</body></html>"), ERR_PARSE);
    assert_int_equal(feed("<OAI-PMH><ListRecords><record><header>"), ERR_PARSE);
    assert_int_equal(feed(""), ERR_PARSE);
    assert_int_equal(feed(oai_error("badArgument")), ERR_REFUSED);
    assert_non_null(strstr(asked.err.message, "badArgument"));
    assert_int_equal(feed(oai_page("2026-02-01", "t1")), ERR_OK);
    assert_int_equal(feed(oai_page("2026-02-01", "t1")), ERR_PARSE); /* names itself as the next */
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_NOTFOUND);
}

static void test_oai_since(void **state)
{
    char *inside;

    (void)state;
    asked_round("oai/cs:cs:CL", NULL, false, "2026-02-10");
    assert_int_equal(feed(oai_page("2026-02-11", "t1")), ERR_OK);
    inside = mem_strdup(asked.cursor.ptr);
    asked_round("oai/cs:cs:CL", inside, false, "2026-02-10"); /* goes on */
    assert_non_null(strstr(asked_url(), "resumptionToken=t1"));
    asked_round("oai/cs:cs:CL", inside, false, NULL);
    assert_non_null(strstr(asked_url(), "resumptionToken=t1"));
    asked_round("oai/cs:cs:CL", inside, false, "2026-01-01"); /* reaches further back: anew */
    assert_non_null(strstr(asked_url(), "from=2026-01-01"));
    asked_round("oai/cs:cs:CL", NULL, false,
                "1999-01-01"); /* the server refuses days before its first */
    assert_non_null(strstr(asked_url(), "from=2005-09-16"));
    free(inside);
}

/* ---- query API ---- */

static void test_api_round(void **state)
{
    (void)state;
    asked_round("api/cat:cs.CL", NULL, false, NULL);
    assert_string_equal(asked_url(),
                        "https://export.arxiv.org/api/query?search_query=cat%3Acs.CL%20AND"
                        "%20submittedDate%3A%5B202601300000%20TO%20202603020000%5D&start=0"
                        "&max_results=1000&sortBy=submittedDate&sortOrder=ascending");
    assert_int_equal(feed(api_page(1500, 0, 990)),
                     ERR_OK); /* short: the next begins where it ended */
    assert_non_null(strstr(asked_url(), "&start=990&max_results=1000"));
    assert_int_equal(asked.turn.total, 1500);
    assert_int_equal(feed(api_page(1500, 990, 0)), ERR_PARSE);
    assert_non_null(strstr(asked.err.message, "empty page, though 1500"));
    assert_int_equal(feed(api_page(0, 990, 0)), ERR_PARSE); /* it has announced more before */
    assert_int_equal(feed(api_page(1500, 990, 510)), ERR_OK);
    assert_true(asked.turn.finished);
    assert_int_equal(asked.turn.got, 1500);
    asked_round("api/cat:cs.CL", asked.turn.cursor.ptr, true, NULL);
    assert_non_null(strstr(asked_url(), "202602220000")); /* a week's overlap: announced late */
    assert_int_equal(feed(api_page(0, 0, 0)), ERR_OK);
    assert_true(asked.turn.finished);
}

static void test_api_windows(void **state)
{
    (void)state;
    asked_round("api/ti:a OR ti:b", NULL, false, "2026-02-01");
    assert_non_null(strstr(asked_url(), "%28ti%3Aa%20OR%20ti%3Ab%29%20AND%20submittedDate%3A%5B"
                                        "202602010000%20TO%20202603020000"));
    assert_int_equal(feed(api_page(70000, 0, 10)), ERR_OK);
    assert_non_null(strstr(asked_url(), "202602010000%20TO%20202602151200")); /* half of it */
    assert_int_equal(feed(api_page(35000, 0, 10)), ERR_OK);
    assert_non_null(strstr(asked_url(), "202602010000%20TO%20202602080600"));
    assert_int_equal(feed(api_page(10, 0, 10)), ERR_OK);
    assert_non_null(
        strstr(asked_url(), "202602080600%20TO%20202602221800")); /* the next, twice as long */
    assert_int_equal(feed(api_page(0, 0, 0)), ERR_OK);
    assert_non_null(strstr(asked_url(), "202602221800%20TO%20202603020000"));
    assert_int_equal(feed(api_page(3, 0, 3)), ERR_OK);
    assert_true(asked.turn.finished);
}

static void test_api_ceiling(void **state)
{
    int i;

    (void)state;
    asked_round("api/ti:a AND submittedDate:[2020 TO 2021]", NULL, false,
                NULL); /* a window of its own */
    for (i = 0; i < 29; i++)
        assert_int_equal(feed(api_page(40000, i * 1000, 1000)), ERR_OK);
    assert_non_null(strstr(asked_url(), "&start=29000&max_results=1000"));
    assert_int_equal(feed(api_page(40000, 29000, 1000)), ERR_OK);
    assert_true(asked.turn.finished);
    assert_non_null(strstr(asked.turn.gap_why.ptr, "30000 of 40000"));
}

static void test_api_gap(void **state)
{
    (void)state;
    asked_round("api/cat:cs.CL", NULL, false, NULL);
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_NOTFOUND);
    assert_int_equal(feed(api_page(3000, 0, 1000)), ERR_OK);
    assert_int_equal(asked.ops->pass_over(&settings, asked.cursor.ptr, &asked.turn, &asked.err),
                     ERR_OK);
    assert_string_equal(asked.turn.gap_what.ptr,
                        "cat:cs.CL submitted 2026-01-30 to 2026-03-01, from 1000 to 1999");
    asked_at(asked.turn.cursor.ptr);
    assert_non_null(strstr(asked_url(), "&start=2000&"));
    asked_at(asked.turn.gap_cursor.ptr); /* the gap fetches its slice and no more */
    assert_non_null(strstr(asked_url(), "&start=1000&max_results=1000"));
    assert_int_equal(feed(api_page(3000, 1000, 600)), ERR_OK);
    assert_false(asked.turn.finished);
    assert_non_null(strstr(asked_url(), "&start=1600&max_results=400"));
    assert_int_equal(feed(api_page(3000, 1600, 400)), ERR_OK);
    assert_true(asked.turn.finished);
}

static void test_api_errors(void **state)
{
    (void)state;
    asked_round("api/cat:cs.CL", NULL, false, NULL);
    assert_int_equal(feed("<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>https://arxiv.org/"
                          "api/errors#max_results_must_be_int</id><title>Error</title><summary>"
                          "max_results must be an integer</summary></entry></feed>"),
                     ERR_REFUSED);
    assert_non_null(strstr(asked.err.message, "max_results must be an integer"));
    assert_int_equal(feed("<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title></feed>"),
                     ERR_PARSE);
}

static void test_lookup(void **state)
{
    struct ident ids[2];

    (void)state;
    assert_true(ident_parse(&ids[0], "hep-th/9901001"));
    assert_true(ident_parse(&ids[1], "1706.03762v2"));
    assert_int_equal(asked.ops->lookup(&settings, ids, 2, &asked.cursor, &asked.err), ERR_OK);
    assert_string_equal(asked_url(),
                        "https://export.arxiv.org/api/query?id_list=hep-th%2F9901001%2C"
                        "1706.03762v2&max_results=2");
    assert_int_equal(feed(api_page(1, 0, 1)), ERR_OK); /* one of them is unknown */
    assert_true(asked.turn.finished);
}

/* ---- listings ---- */

static void test_rss(void **state)
{
    static const char listing[] =
        "<rss><channel><pubDate>Mon, 02 Mar 2026 00:00:00 -0500</pubDate><item><title>A</title>"
        "<link>https://arxiv.org/abs/2603.00001</link><guid>oai:arXiv.org:2603.00001v1</guid>"
        "<pubDate>Mon, 02 Mar 2026 00:00:00 -0500</pubDate></item></channel></rss>";

    (void)state;
    asked_round("rss/cs.CL", NULL, false, NULL);
    assert_string_equal(asked_url(), "https://rss.arxiv.org/atom/cs.CL");
    assert_true(asked.request.conditional);
    assert_int_equal(
        feed("<rss><channel><pubDate>Fri, 27 Feb 2026 00:00:00 -0500</pubDate></channel>"
             "</rss>"),
        ERR_OK); /* a holiday: nothing, and no error */
    assert_true(asked.turn.finished);
    asked_round("rss/cs.CL", asked.turn.cursor.ptr, true, NULL);
    assert_int_equal(feed(listing), ERR_OK); /* only a weekend between */
    assert_int_equal(asked.turn.gap_what.len, 0);
    asked_round("rss/cs.CL", "rss?cat=cs.CL&day=2026-02-24", true, NULL);
    assert_int_equal(feed(listing), ERR_OK);
    assert_string_equal(asked.turn.gap_what.ptr, "cs.CL listings of 2026-02-25 to 2026-03-01");
    asked_at(asked.turn.gap_cursor.ptr);
    assert_non_null(strstr(asked_url(),
                           "cat%3Acs.CL%20AND%20submittedDate%3A%5B202602210000%20TO%20"
                           "202603030000"));
}

/* ---- what is not a cursor ---- */

static void test_bad_cursors(void **state)
{
    static const char *const bad[] = { "",
                                       "oai",
                                       "oai?",
                                       "nosuch?a=b",
                                       "oai?set=%",
                                       "oai?set=%00&from=2026-01-01",
                                       "oai?set=cs&from=yesterday",
                                       "oai?SET=cs&from=2026-01-01",
                                       "api?q=cat%3Acs.CL&from=10&to=5&end=5",
                                       "api?q=cat:cs.CL&from=1&to=5&end=5",
                                       "api?q=a&q=b&from=1&to=5&end=5",
                                       "api?q=a&from=1&to=5&end=5&nosuch=1",
                                       "api?q=a&from=1&to=2&end=99999999999999",
                                       "rss?cat=../../etc" };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(bad); i++) {
        assert_int_equal(asked.ops->request(&settings, bad[i], &asked.request, &asked.err),
                         ERR_CORRUPT);
        assert_true(*asked.err.message);
    }
}

static void test_loopback(void **state)
{
    (void)state;
    assert_true(source_is_loopback("http://127.0.0.1:8080/oai"));
    assert_true(source_is_loopback("http://localhost/x"));
    assert_true(source_is_loopback("http://[::1]:80/x"));
    assert_false(source_is_loopback("http://127.0.0.1.example.org/"));
    assert_false(source_is_loopback("https://localhost.example.org/"));
    assert_false(source_is_loopback("https://example.org/@127.0.0.1/"));
    assert_false(source_is_loopback("http://127.0.0.1@example.org/"));
    assert_false(source_all_loopback(asked.ops, &settings));
    rows = (const struct config_row[]){ { "oai-url", { "http://127.0.0.1:1/oai" } },
                                        { "api-url", { "http://127.0.0.1:1/api" } },
                                        { "rss-url", { "http://127.0.0.1:1/rss" } },
                                        { 0 } };
    assert_true(source_all_loopback(asked.ops, &settings));
}

/* Real pages through the source: the recorded query series, page by page. */
static void test_wire(void **state)
{
    static const char *const pages[] = { "q_testing_s0_m10_bc5a6c384fe9",
                                         "q_testing_s10_m10_34e56e15aaac",
                                         "q_testing_s20_m10_348a237fecab" };
    const char *shared = getenv("CARREL_SHARED") ? getenv("CARREL_SHARED") : "../shared";
    struct str text = STR_INIT;
    size_t i;

    (void)state;
    asked_round("api/testing", NULL, false, NULL);
    str_add(&asked.cursor, "&size=10");
    for (i = 0; i < ARRAY_LEN(pages); i++) {
        char *path = mem_printf("%s/data/wire/arxiv-atom/%s.http200.xml", shared, pages[i]);

        if (!file_exists(path)) {
            free(path);
            skip();
        }
        str_clear(&text);
        assert_int_equal(file_read(&text, path, 1 << 24, &asked.err), ERR_OK);
        free(path);
        if (i == 0) { /* the series knows no windows: more than 30,000 halves them */
            assert_int_equal(feed(text.ptr), ERR_OK);
            assert_non_null(strstr(asked.turn.note.ptr, "halved"));
            asked_at("api?q=submittedDate%3Ax&from=1&to=2&end=2&size=10");
        }
        assert_int_equal(feed(text.ptr), ERR_OK);
        assert_int_equal(records, 10);
        assert_int_equal(asked.turn.total, 214881);
    }
    assert_non_null(strstr(asked_url(), "&start=30&max_results=10"));
    str_free(&text);
}

int run_arxiv(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_streams, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_taxonomy, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oai_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oai_raw, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oai_expired, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oai_expired_out_of_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oai_faults, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_oai_since, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_api_round, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_api_windows, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_api_ceiling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_api_gap, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_api_errors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_lookup, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_rss, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_cursors, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_loopback, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wire, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("arxiv", tests, NULL, NULL);
}
