/*
 * What needs no network: addresses, limits, first bytes, escaping.
 */
#include "net_test.h"

#include "carrel/clock.h"
#include "carrel/ip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static void test_addresses(void **state)
{
    static const struct {
        const char *url;
        bool good, loopback;
    } cases[] = {
        { "https://export.arxiv.org/api/query?x=1", true, false },
        { "http://127.0.0.1:8080/x", true, true },
        { "http://127.3.2.1/x", true, true },
        { "http://localhost/x", true, true },
        { "http://[::1]:80/", true, true },
        { "http://export.arxiv.org/", false, false },
        { "http://127.0.0.1.example.org/", false, false },
        { "http://localhost.example.org/", false, false },
        { "ftp://example.org/", false, false },
        { "file:///etc/passwd", false, false },
        { "https://user:secret@example.org/", false, false },
        { "https://token@example.org/", false, false },
        { "nonsense", false, false },
        { "", false, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        struct str clean = STR_INIT;
        struct error err = { 0 };
        bool loopback = false;
        int result = address_check(&clean, &loopback, cases[i].url, &err);

        if ((result == ERR_OK) != cases[i].good || (cases[i].good && loopback != cases[i].loopback))
            fail_msg("%s: %d %s", cases[i].url, result, err.message);
        assert_null(strstr(err.message, "secret"));
        str_free(&clean);
    }
}

static void test_fragment(void **state)
{
    struct str clean = STR_INIT;
    bool loopback;

    (void)state;
    assert_int_equal(address_check(&clean, &loopback, "https://example.org/a?b#c", NULL), ERR_OK);
    assert_string_equal(clean.ptr, "https://example.org/a?b");
    str_free(&clean);
    assert_true(address_same_host("https://a.org/x", "https://A.org/y"));
    assert_false(address_same_host("https://a.org/x", "https://b.org/x"));
    assert_false(address_same_host("http://127.0.0.1:1/", "http://127.0.0.1:2/"));
}

static void test_follow(void **state)
{
    struct str clean = STR_INIT;
    struct error err = { 0 };
    bool loopback = false;

    (void)state;
    assert_int_equal(address_follow(&clean, &loopback, "https://example.org/a", &err), ERR_OK);
    assert_int_equal(address_follow(&clean, &loopback, "http://127.0.0.1:6379/", &err), ERR_USAGE);
    loopback = false;
    assert_int_equal(address_follow(&clean, &loopback, "https://localhost/", &err), ERR_USAGE);
    loopback = true;
    assert_int_equal(address_follow(&clean, &loopback, "http://127.0.0.1:6379/", &err), ERR_OK);
    assert_true(loopback);
    assert_int_equal(address_follow(&clean, &loopback, "https://example.org/", &err), ERR_OK);
    assert_false(loopback);
    assert_int_equal(address_check(&clean, &loopback, "http://a.org/b?key=secret", &err),
                     ERR_USAGE);
    assert_null(strstr(err.message, "secret"));
    str_free(&clean);
}

static void check_redacted(const char *url, const char *want)
{
    struct str out = STR_INIT;

    address_redact(&out, url);
    assert_string_equal(out.ptr, want);
    str_free(&out);
}

static void test_redact(void **state)
{
    (void)state;
    check_redacted("https://a.org/b", "https://a.org/b");
    check_redacted("https://a.org/b?", "https://a.org/b?");
    check_redacted("https://a.org/b?key=k&x=1&Token=t", "https://a.org/b?key=***&x=1&Token=***");
    check_redacted("https://a.org/?&&=&sig", "https://a.org/?&&=&sig");
    /* where a harvest stands is no secret */
    check_redacted("https://a.org/oai?resumptionToken=ab%26c",
                   "https://a.org/oai?resumptionToken=ab%26c");
}

static bool is_public(const char *text)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
        return ip_is_public((const struct sockaddr *)&v4);
    assert_int_equal(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
    return ip_is_public((const struct sockaddr *)&v6);
}

static void test_private(void **state)
{
    static const char *const private[] = {
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "203.0.113.9",
        "::1",
        "::",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::192.168.0.1",
        "2002:0a00:0001::",
        "2001:db8::1",
        "3fff:1::1",
        "2001::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
    };
    static const char *const public[] = {
        "8.8.8.8",           "172.32.0.1",     "128.84.21.199",
        "2a00:1450:4001::5", "::ffff:8.8.8.8", "2606:4700::1111"
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(private); i++)
        if (is_public(private[i]))
            fail_msg("%s is not public", private[i]);
    for (i = 0; i < ARRAY_LEN(public); i++)
        if (!is_public(public[i]))
            fail_msg("%s is public", public[i]);
}

#define NOW 1790000000000LL

/* Addresses from outside, before anything is looked up: every spelling of a private host. */
static void test_check_public(void **state)
{
    static const char *const bad[] = {
        "http://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://0.0.0.0/",
        "https://0/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:7f00:1::]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://169.254.169.254/",
        "https://10.1.2.3/",
        "https://172.31.0.1/",
        "https://192.168.0.1/",
        "https://100.100.100.200/",
        "https://localhost/",
        "https://LocalHost./",
        "https://a.localhost/",
        "https://printer.local/",
        "https://x.internal/",
        "https://user@example.org/",
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://example.org/",
        "nonsense",
        "",
    };
    static const char *const good[] = { "https://example.org/a.pdf", "http://example.org:8080/",
                                        "https://8.8.8.8/", "https://[2606:4700::1111]/",
                                        "https://localhost.example.org/" };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(bad); i++)
        if (net_check_public(bad[i], NULL) != ERR_USAGE)
            fail_msg("%s is let through", bad[i]);
    for (i = 0; i < ARRAY_LEN(good); i++)
        if (net_check_public(good[i], NULL) != ERR_OK)
            fail_msg("%s is refused", good[i]);
}

static void test_retry_after(void **state)
{
    (void)state;
    assert_int_equal(limits_retry_after("10", NULL, NOW), 10000);
    assert_int_equal(limits_retry_after(" 0", NULL, NOW), 0);
    assert_int_equal(limits_retry_after("1.5", NULL, NOW), 1000);
    assert_int_equal(limits_retry_after("99999999999", NULL, NOW), NET_WAIT_MAX_MS);
    assert_int_equal(limits_retry_after("soon", NULL, NOW), -1);
    assert_int_equal(limits_retry_after("", NULL, NOW), -1);
    assert_int_equal(limits_retry_after("-5", NULL, NOW), -1);
    assert_int_equal(limits_retry_after("999999999999999999999", NULL, NOW), -1);
    /* By the server's clock, whatever ours says. */
    assert_int_equal(
        limits_retry_after("Wed, 21 Oct 2015 07:28:30 GMT", "Wed, 21 Oct 2015 07:28:00 GMT", NOW),
        30000);
    assert_int_equal(limits_retry_after("Wed, 21 Oct 2015 07:28:00 GMT", NULL, NOW), 0);
}

/* "wait remaining" that a set of header lines gives. */
static void check_answer(const char *lines, int status, bool limited, int64_t wait, int remaining)
{
    struct net_answer answer = { 0 };
    char *copy = mem_strdup(lines), *rest, *line;
    int64_t not_before;
    int left;

    answer_reset(&answer);
    for (line = strtok_r(copy, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
        answer_header_line(&answer, line, strlen(line));
    answer.status = status;
    limits_read(&answer, limited, NOW, &not_before, &left);
    assert_int_equal(not_before ? not_before - NOW : 0, wait);
    assert_int_equal(left, remaining);
    free(copy);
    net_answer_free(&answer);
}

static void check_limits(const char *lines, bool limited, int64_t wait, int remaining)
{
    check_answer(lines, 200, limited, wait, remaining);
}

static void check_status(const char *lines, int status, int64_t wait)
{
    check_answer(lines, status, true, wait, -1);
}

static void test_limits(void **state)
{
    (void)state;
    check_limits("Content-Type: x", true, 0, -1);
    check_limits("Retry-After: 7", true, 7000, -1);
    check_limits("Retry-After: 7", false, 0, -1); /* sent with a good answer: means nothing */
    check_limits(
        "RateLimit: \"api\";r=12;t=100\nRateLimit-Policy: \"fixed window\";\"api\";q=500;w=300",
        false, 0, 12);
    check_limits("RateLimit: \"api\";r=0;t=100", false, 100000, 0);
    check_limits("RateLimit: limit=10, remaining=0, reset=9", true, 9000, 0);
    check_limits("RateLimit-Remaining: 3\nRateLimit-Reset: 9", true, 0, 3);
    check_limits("X-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1790000060", true, 60000, 0);
    check_limits("x-ratelimit-remaining: 0\nx-ratelimit-reset: 1790000060", false, 60000, 0);
    check_limits("X-RateLimit-Remaining: 59", false, 0, 59);
    check_limits("Retry-After: 3\nX-RateLimit-Remaining: 0\nX-RateLimit-Reset: 1790000060", true,
                 60000, 0);
    check_limits("X-RateLimit-Remaining: many", true, 0, -1);
    check_limits("x-rate-limit-limit: 5\nx-rate-limit-interval: 1s", false, 200, -1);
    check_limits("x-rate-limit-limit: 3\nx-rate-limit-interval: 1m", false, 20000, -1);
    check_limits("x-rate-limit-limit: 0\nx-rate-limit-interval: 1s", false, 1000, -1);
    check_limits("x-rate-limit-limit: 5", false, 0, -1);
    check_limits("x-rate-limit-limit: 5\nx-rate-limit-interval: soon", false, 0, -1);
    check_limits("x-rate-limit-limit: 1\nx-rate-limit-interval: 999999999999h", false,
                 NET_WAIT_MAX_MS, -1);
    check_limits("Retry-After: 7\nx-rate-limit-limit: 5\nx-rate-limit-interval: 1s", true, 7000,
                 -1);
    check_status("x-rate-limit-limit: 5\nx-rate-limit-interval: 1s", 429, 1000);
    check_status("x-rate-limit-limit: 5\nx-rate-limit-interval: 1s", 403, 0); /* a refusal */
}

static void test_headers(void **state)
{
    struct net_answer answer = { 0 };

    (void)state;
    answer_reset(&answer);
    answer_header_line(&answer, "HTTP/1.1 100 Continue\r\n", 23);
    answer_header_line(&answer, "X-Old: 1\r\n", 10);
    answer_header_line(&answer, "HTTP/1.1 200 OK\r\n", 17);
    answer_header_line(&answer, "Link: <a>; rel=\"next\"\r\n", 23);
    answer_header_line(&answer, "LINK:<b>\r\n", 10);
    answer_header_line(&answer, ": no name\r\n", 11);
    answer_header_line(&answer, "\r\n", 2);
    assert_null(net_answer_header(&answer, "x-old"));
    assert_string_equal(net_answer_header(&answer, "Link"), "<a>; rel=\"next\", <b>");
    assert_int_equal(answer.header_len, 1);
    net_answer_free(&answer);
}

static void test_content(void **state)
{
    static const struct {
        enum net_expect expect;
        const char *body;
        bool good;
    } cases[] = {
        { NET_ANY, "", true },
        { NET_XML, "<?xml version='1.0'?><feed/>", true },
        { NET_XML, "\xEF\xBB\xBF \n<feed/>", true },
        { NET_XML, "<!-- x --><OAI-PMH/>", true },
        { NET_XML, "", false },
        { NET_XML, "  \n ", false },
        { NET_XML, "Rate exceeded.", false },
        { NET_XML, "<!DOCTYPE html><html/>", false },
        { NET_XML, "<!-- portal -->\n<HTML><body>Log in", false },
        { NET_XML, "<?xml version='1.0'?><!DOCTYPE html PUBLIC 'x'><html/>", false },
        { NET_JSON, " [1]", true },
        { NET_JSON, "{\"a\":1}", true },
        { NET_JSON, "<html>", false },
        { NET_JSON, "null", false },
        { NET_PDF, "%PDF-1.7", true },
        { NET_PDF, "\n\njunk %PDF-1.4", true },
        { NET_PDF, "<html>not found</html>", false },
        { NET_PDF, "PK\x03\x04", false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        struct str body = STR_INIT;
        struct error err = { 0 };

        str_add(&body, cases[i].body);
        if ((content_check(cases[i].expect, &body, &err) == ERR_OK) != cases[i].good)
            fail_msg("case %zu: %s", i, err.message);
        str_free(&body);
    }
}

static void test_escape(void **state)
{
    struct str out = STR_INIT;

    (void)state;
    net_escape(&out, "a b/%25+é~");
    assert_string_equal(out.ptr, "a%20b%2F%2525%2B%C3%A9~");
    str_free(&out);
}

int net_text_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),    cmocka_unit_test(test_fragment),
        cmocka_unit_test(test_follow),       cmocka_unit_test(test_redact),
        cmocka_unit_test(test_private),      cmocka_unit_test(test_retry_after),
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_headers),
        cmocka_unit_test(test_content),      cmocka_unit_test(test_escape),
        cmocka_unit_test(test_check_public),
    };

    return cmocka_run_group_tests_name("net: texts", tests, NULL, NULL);
}
