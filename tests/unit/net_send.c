/*
 * Sending, against a replay server: what is taken, what is tried again, what is given up, and how
 * the ledger hears of all of it.
 */
#include "net_test.h"

#include "carrel/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct server server;
static struct memory_ledger ledger;

static int start(void **state)
{
    (void)state;
    memory_ledger_init(&ledger);
    return 0;
}

static void play(const char *script)
{
    server_start(&server, script);
}

static int stop(void **state)
{
    (void)state;
    server_stop(&server);
    return 0;
}

static void got(const char *path, const struct net_request *like, int result, int status,
                const char *text)
{
    struct fetched f;

    fetch(&f, &ledger, &server, path, like);
    if (f.result != result || f.answer.status != status)
        fail_msg("%s: %d, HTTP %d, %s (%s)", path, f.result, f.answer.status, f.err.message,
                 ledger.notes);
    if (result == ERR_OK)
        assert_string_equal(f.answer.body.ptr, text);
    else if (!strstr(f.err.message, text))
        fail_msg("%s: '%s' says nothing of '%s'", path, f.err.message, text);
    net_answer_free(&f.answer);
}

static void test_good(void **state)
{
    struct fetched f;

    (void)state;
    play("route /a\nanswer 200 type=text/plain body=\"hello\"\n"
         "route /who\nanswer 200 echo\nroute /z\nanswer 200 gzip body=\"packed\"\n");
    got("/a", NULL, ERR_OK, 200, "hello");
    got("/z", NULL, ERR_OK, 200, "packed");
    fetch(&f, &ledger, &server, "/who", NULL);
    assert_non_null(strstr(f.answer.body.ptr, "carrel/9.9 (+mailto:me@example.org)"));
    assert_true(f.answer.bytes > 0);
    assert_int_equal(f.answer.tries, 1);
    net_answer_free(&f.answer);
    assert_string_equal(ledger.notes, "1 200 fine;1 200 fine;1 200 fine;");
}

static void test_again(void **state)
{
    const struct net_request json = { .expect = NET_JSON };

    (void)state;
    play("route /busy\nanswer 503 header=\"Retry-After: 0\" body=\"x\"\nanswer 429 body=\"Rate "
         "exceeded.\"\nanswer 200 body=\"[1]\"\n"
         "route /portal\nanswer 200 type=text/html body=\"<html>Log in</html>\"\nanswer 200 "
         "body=\"[2]\"\n"
         "route /cut\nanswer 200 body=\"[3, 4, 5]\" cut=3\nanswer 200 body=\"[3]\"\n"
         "route /reset\nanswer 200 reset\nanswer 200 body=\"[4]\"\n"
         "route /lie\nanswer 200 body=\"[5]\" length=100\nanswer 200 body=\"[5]\"\n"
         "route /empty\nanswer 200\nanswer 200 body=\"[6]\"\n"
         "route /always\nanswer 500 body=\"oh no\"\n");
    got("/busy", &json, ERR_OK, 200, "[1]");
    got("/portal", &json, ERR_OK, 200, "[2]");
    got("/cut", &json, ERR_OK, 200, "[3]");
    got("/reset", &json, ERR_OK, 200, "[4]");
    got("/lie", &json, ERR_OK, 200, "[5]");
    got("/empty", &json, ERR_OK, 200, "[6]");
    got("/always", &json, ERR_NETWORK, 500, "place, after 5 tries: HTTP 500: oh no");
    assert_non_null(strstr(ledger.notes, "5 500 HTTP 500: oh no;"));
    assert_non_null(strstr(ledger.notes, "a web page (HTML) in place of JSON"));
}

/* No request that is not in the ledger: curl would send one again by itself on a connection that it
 * has used before. */
static void test_reset_is_seen(void **state)
{
    const struct net_request once = { .tries = 1 };

    (void)state;
    play("route /x\nanswer 200 body=\"a\"\nanswer 200 reset\nanswer 200 body=\"b\"\n");
    got("/x", &once, ERR_OK, 200, "a");
    got("/x", &once, ERR_NETWORK, 0, "place: ");
    got("/x", &once, ERR_OK, 200, "b");
}

static int check_even(void *ctx, const struct net_answer *answer, struct error *err)
{
    (*(int *)ctx)++;
    return strcmp(answer->body.ptr, "even") == 0 ? ERR_OK : error_set(err, ERR_PARSE, "odd");
}

static void test_check(void **state)
{
    int looks = 0;
    const struct net_request request = { .check = check_even, .ctx = &looks, .tries = 3 };

    (void)state;
    play("route /x\nanswer 200 body=\"odd\"\nanswer 200 body=\"even\"\nroute /y\nanswer 200 "
         "body=\"odd\"\n");
    got("/x", &request, ERR_OK, 200, "even");
    assert_int_equal(looks, 2);
    got("/y", &request, ERR_PARSE, 200, "after 3 tries: odd");
}

static int deny(void *ctx, const struct net_answer *answer, struct error *err)
{
    (void)ctx;
    return strstr(answer->body.ptr, "own word") ? ERR_OK
                                                : error_set(err, ERR_PARSE, "a stranger's");
}

/* Whose word is it that there is nothing? */
static void test_denials(void **state)
{
    const struct net_request request = { .denial = deny, .tries = 2 };

    (void)state;
    play("route /a\nanswer 404 body=\"portal\"\nanswer 404 body=\"own word\"\n"
         "route /b\nanswer 404 body=\"portal\"\nroute /c\nanswer 403 body=\"own word\"\n"
         "route /d\nanswer 403 body=\"access blocked\"\n");
    got("/a", &request, ERR_NOTFOUND, 404, "own word");
    got("/b", &request, ERR_PARSE, 404, "a stranger's");
    got("/c", &request, ERR_NOTFOUND, 403, "withheld: own word");
    assert_int_equal(ledger.refused, 0);
    got("/d", &request, ERR_REFUSED, 403, "it will not serve us");
    got("/d", NULL, ERR_REFUSED, 403, "it will not serve us");
}

static void test_stops(void **state)
{
    (void)state;
    play("route /no\nanswer 403 body=\"go away\"\nroute /who\nanswer 401\n"
         "route /gone\nanswer 410\nroute /bad\nanswer 400 body=\"max_results must be\"\n"
         "route /limit\nanswer 403 header=\"X-RateLimit-Remaining: 0\" header=\"Retry-After: 0\" "
         "body=\"rate limit exceeded\"\nanswer 200 body=\"ok\"\n");
    got("/no", NULL, ERR_REFUSED, 403, "it will not serve us: go away");
    assert_int_equal(ledger.refused, 1);
    got("/who", NULL, ERR_REFUSED, 401, "who asks");
    got("/nowhere", NULL, ERR_NOTFOUND, 404, "nothing at this address");
    got("/gone", NULL, ERR_NOTFOUND, 410, "410");
    got("/bad", NULL, ERR_NETWORK, 400, "place: HTTP 400: max_results must be");
    assert_int_equal(ledger.reserved, 5);
    got("/limit", NULL, ERR_OK, 200, "ok"); /* a 403 that is a limit is waited for */
    assert_int_equal(ledger.refused, 2);
}

static void test_bounds(void **state)
{
    const struct net_request small = { .max_bytes = 1000 };
    const struct net_request hurry = { .deadline_ms = 150, .tries = 1 };

    (void)state;
    play("route /big\nanswer 200 size=5000\nroute /bomb\nanswer 200 bomb=20MiB\nroute /fit\nanswer "
         "200 size=1000\n"
         "route /slow\nanswer 200 delay=3000 body=\"late\"\nroute /stall\nanswer 200 size=100 "
         "stall=10\n");
    got("/big", &small, ERR_LIMIT, 200, "larger than");
    got("/bomb", &small, ERR_LIMIT, 200, "larger than");
    assert_int_equal(ledger.reserved, 2); /* not tried again */
    got("/slow", &hurry, ERR_NETWORK, 0, "no answer in time");
    got("/stall", &hurry, ERR_NETWORK, 200, "no answer in time");
}

static void test_redirects(void **state)
{
    const struct net_request none = { .redirects = -1 };
    struct fetched f;

    (void)state;
    play("route /a\nanswer 301 header=\"Location: /b\"\nroute /b\nanswer 307 header=\"Location: "
         "{url}/c\"\n"
         "route /c\nanswer 200 body=\"there\"\nroute /loop\nanswer 302 header=\"Location: /loop\"\n"
         "route /out\nanswer 302 header=\"Location: http://example.org/\"\n"
         "route /file\nanswer 302 header=\"Location: file:///etc/passwd\"\n");
    fetch(&f, &ledger, &server, "/a", NULL);
    assert_int_equal(f.result, ERR_OK);
    assert_string_equal(f.answer.body.ptr, "there");
    assert_non_null(strstr(f.answer.url, "/c"));
    net_answer_free(&f.answer);
    assert_int_equal(ledger.reserved, 3); /* each hop is a request */
    got("/a", &none, ERR_LIMIT, 301, "redirects elsewhere");
    got("/loop", NULL, ERR_LIMIT, 302, "too often");
    got("/out", NULL, ERR_USAGE, 302, "not encrypted");
    got("/file", NULL, ERR_USAGE, 302, "no https address");
}

static bool holds_for_a_while(void *ctx, int64_t ticket)
{
    const struct memory_ledger *l = ctx;

    return ticket > 1 || clock_ticks_ms() < l->begun[ticket] + 100;
}

/* Leave that ends while the answer is waited for. */
static void test_leave_ends(void **state)
{
    static const struct net_options options = { .version = "9.9", .backoff_ms = 5 };
    static const struct net_origin origin = { .name = "place" };
    struct net_ledger table = memory_ledger_table;
    struct net_answer answer = { 0 };
    struct net *net = net_new(&options);
    struct net_client *client = net_client_new(net, &table, &ledger);
    struct net_request request = { .origin = &origin, .tries = 2 };
    char *url;
    int64_t began = clock_ticks_ms();

    (void)state;
    play("route /a\nanswer 200 delay=20000 body=\"late\"\nanswer 200 body=\"there\"\n");
    url = mem_printf("%s/a", server.url);
    request.url = url;
    table.holds = holds_for_a_while;
    assert_int_equal(net_send(client, &request, &answer, NULL), ERR_OK);
    assert_int_equal(answer.tries, 2);
    assert_string_equal(answer.body.ptr, "there");
    assert_in_range(clock_ticks_ms() - began, 100, 15000);
    assert_non_null(strstr(ledger.notes, "could not be kept"));
    net_answer_free(&answer);
    net_client_free(client);
    net_free(net);
    free(url);
}

static void got_with_stall(const char *path, int64_t stall_ms, int result, int tries)
{
    static const struct net_options options = { .version = "9.9", .backoff_ms = 5 };
    static const struct net_origin origin = { .name = "place" };
    struct net_answer answer = { 0 };
    struct error err = { 0 };
    struct net *net = net_new(&options);
    struct net_client *client = net_client_new(net, &memory_ledger_table, &ledger);
    char *url = mem_printf("%s%s", server.url, path);
    const struct net_request request = { .url = url, .origin = &origin, .tries = 2 };

    net->stall_ms = stall_ms;
    assert_int_equal(net_send(client, &request, &answer, &err), result);
    assert_int_equal(answer.tries, tries);
    if (result != ERR_OK)
        assert_non_null(strstr(err.message, "it broke off"));
    net_answer_free(&answer);
    net_client_free(client);
    net_free(net);
    free(url);
}

/* One that has begun must go on; one that is still thinking has all its deadline. */
static void test_stall(void **state)
{
    const struct net_request hurry = { .deadline_ms = 1500, .tries = 1 };

    (void)state;
    play("route /once\nanswer 200 size=100 stall=10\nanswer 200 body=\"whole\"\n"
         "route /always\nanswer 200 size=100 stall=10\n"
         "route /thinks\nanswer 200 delay=600 body=\"thought\"\n"
         "route /drip\nanswer 200 size=1000 drip=1/20\n");
    got_with_stall("/once", 150, ERR_OK, 2);
    got_with_stall("/always", 150, ERR_NETWORK, 2);
    got_with_stall("/thinks", 150, ERR_OK, 1);
    got("/drip", &hurry, ERR_NETWORK, 200, "no answer in time");
}

/* Keys in an address reach the server, and nothing that is kept. */
static void test_keys_in_address(void **state)
{
    const struct net_request request = { .conditional = true };
    struct fetched f;

    (void)state;
    play("route /x?api_key=geheim\nanswer 200 etag=\"e1\" body=\"in\"\n"
         "route /loop\nanswer 302 header=\"Location: /loop?token=geheim\"\n");
    fetch(&f, &ledger, &server, "/x?page=2&api_key=geheim", &request);
    assert_int_equal(f.result, ERR_OK);
    assert_non_null(strstr(f.answer.url, "/x?page=2&api_key=***"));
    assert_string_equal(ledger.etag, ""); /* other keys, other answers */
    net_answer_free(&f.answer);
    fetch(&f, &ledger, &server, "/loop", NULL);
    assert_int_equal(f.result, ERR_LIMIT);
    assert_null(strstr(f.err.message, "geheim"));
    assert_null(strstr(f.answer.url, "geheim"));
    net_answer_free(&f.answer);
    assert_null(strstr(ledger.urls, "geheim"));
    assert_null(strstr(ledger.notes, "geheim"));
}

/* A token goes to whom it was meant for, and to nobody else. */
static void test_credentials(void **state)
{
    static const char *const headers[] = { "Authorization: Bearer secret", "X-Kept: yes",
                                           "X-API-Key: secret" };
    const struct net_request request = { .headers = headers, .header_count = 3 };
    char script[300];
    struct server other;
    struct fetched f;

    (void)state;
    server_start(&other, "route /echo\nanswer 200 echo\n");
    snprintf(script, sizeof script,
             "route /same\nanswer 302 header=\"Location: /echo\"\nroute /echo\nanswer 200 echo\n"
             "route /other\nanswer 302 header=\"Location: %s/echo?Signature=key\"\n",
             other.url);
    play(script);
    fetch(&f, &ledger, &server, "/same", &request);
    assert_non_null(strstr(f.answer.body.ptr, "Bearer secret"));
    net_answer_free(&f.answer);
    fetch(&f, &ledger, &server, "/other", &request);
    assert_int_equal(f.result, ERR_OK);
    assert_null(strstr(f.answer.body.ptr, "secret"));
    assert_non_null(strstr(f.answer.body.ptr, "yes"));
    assert_non_null(strstr(f.answer.body.ptr, "Signature=key"));
    assert_null(strstr(ledger.urls, "Signature")); /* nor is it written down */
    assert_null(strstr(f.answer.url, "Signature"));
    assert_non_null(strstr(ledger.urls, "/echo"));
    net_answer_free(&f.answer);
    server_stop(&other);
}

static void test_conditional(void **state)
{
    const struct net_request request = { .conditional = true }, first = { .keep = true };
    struct fetched f;

    (void)state;
    play("route /feed\nanswer 200 etag=\"abc\" body=\"news\"\n");
    got("/feed", NULL, ERR_OK, 200, "news");
    assert_string_equal(ledger.etag, "");
    got("/feed", &first, ERR_OK, 200, "news");
    assert_non_null(strstr(ledger.etag, "abc"));
    got("/feed", &first, ERR_OK, 200, "news"); /* they are kept, not sent */
    ledger.etag[0] = '\0';
    got("/feed", &request, ERR_OK, 200, "news");
    assert_non_null(strstr(ledger.etag, "abc"));
    fetch(&f, &ledger, &server, "/feed", &request);
    assert_int_equal(f.result, ERR_OK);
    assert_true(f.answer.not_modified);
    assert_int_equal(f.answer.body.len, 0);
    net_answer_free(&f.answer);
}

/* An address that came from outside may not lead into this network. */
static void test_public_only(void **state)
{
    const struct net_request request = { .public_only = true };

    (void)state;
    play("route /x\nanswer 200 body=\"inside\"\n");
    got("/x", &request, ERR_USAGE, 0, "inside this network");
    got("http://localhost/x", &request, ERR_USAGE, 0, "inside this network");
}

static void test_nobody_there(void **state)
{
    const struct net_request twice = { .tries = 2 };

    (void)state;
    play("route /x\nanswer 200\n");
    got("http://127.0.0.1:1/", &twice, ERR_NETWORK, 0, "after 2 tries");
}

static void test_pacing(void **state)
{
    static const struct net_origin slow = { .name = "slow", .interval_ms = 60 };
    const struct net_request request = { .origin = &slow };
    int i;

    (void)state;
    play("route /x\nanswer 503\nanswer 200 body=\"a\"\n");
    for (i = 0; i < 3; i++)
        got("/x", &request, ERR_OK, 200, "a");
    for (i = 2; i <= ledger.reserved; i++)
        assert_true(ledger.begun[i] - ledger.ended[i - 1] >= 59);
}

static void test_patience(void **state)
{
    const struct net_request request = { .patience_ms = 1000 };

    (void)state;
    play("route /x\nanswer 503 header=\"Retry-After: 3600\"\n");
    got("/x", &request, ERR_BUSY, 503, "place may not be asked again before");
    got("/x", &request, ERR_BUSY, 0, "place may not be asked again before");
}

struct canceller {
    atomic_bool cancel;
    int64_t after_ms, at;
};

static void *cancel_later(void *ctx)
{
    struct canceller *c = ctx;
    struct timespec pause = { .tv_nsec = c->after_ms * 1000000 };

    nanosleep(&pause, NULL);
    c->at = clock_ticks_ms();
    atomic_store(&c->cancel, true);
    return NULL;
}

/* While it waits for an answer, for leave, and between two tries. */
static void test_cancel(void **state)
{
    static const struct net_origin slow = { .name = "slow", .interval_ms = 60000 };
    static const char *const paths[] = { "/slow", "/fine", "/busy" };
    size_t i;

    (void)state;
    play("route /slow\nanswer 200 delay=20000 body=\"x\"\nroute /fine\nanswer 200 body=\"x\"\n"
         "route /busy\nanswer 503 header=\"Retry-After: 60\"\n");
    for (i = 0; i < ARRAY_LEN(paths); i++) {
        struct canceller c = { .after_ms = 100 };
        struct net_request request = { .cancel = &c.cancel, .origin = i == 1 ? &slow : NULL };
        pthread_t thread;

        memory_ledger_init(&ledger);
        if (i == 1)
            ledger.last_end = clock_real_ms();
        assert_int_equal(pthread_create(&thread, NULL, cancel_later, &c), 0);
        got(paths[i], &request, ERR_CANCELLED, i == 2 ? 503 : 0, "stopped");
        pthread_join(thread, NULL);
        assert_true(clock_ticks_ms() - c.at < 5000);
    }
}

static void test_post(void **state)
{
    const struct net_request request = { .body = "{\"a\":1}",
                                         .body_len = 7,
                                         .body_type = "application/json" };
    struct fetched f;

    (void)state;
    play("route POST /p\nanswer 200 echo\n");
    fetch(&f, &ledger, &server, "/p", &request);
    assert_int_equal(f.result, ERR_OK);
    assert_non_null(strstr(f.answer.body.ptr, "{\"a\":1}"));
    assert_non_null(strstr(f.answer.body.ptr, "application/json"));
    net_answer_free(&f.answer);
}

#define NET_TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int net_send_tests(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_good),        NET_TEST(test_reset_is_seen), NET_TEST(test_again),
        NET_TEST(test_check),       NET_TEST(test_stops),         NET_TEST(test_bounds),
        NET_TEST(test_redirects),   NET_TEST(test_leave_ends),    NET_TEST(test_credentials),
        NET_TEST(test_conditional), NET_TEST(test_public_only),   NET_TEST(test_nobody_there),
        NET_TEST(test_pacing),      NET_TEST(test_patience),      NET_TEST(test_cancel),
        NET_TEST(test_post),        NET_TEST(test_stall),         NET_TEST(test_keys_in_address),
        NET_TEST(test_denials),
    };

    return cmocka_run_group_tests_name("net: sending", tests, NULL, NULL);
}
