/*
 * The watch over the queue: what becomes of jobs is told on the bus, once, whoever works them; and
 * which path of several a request means; how long is waited for whom, and how often one may ask.
 */
#include "../../src/http/internal.h"

#include "carrel/clock.h"
#include "carrel/jobs.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define WAIT_MS 5000

struct heard {
    pthread_mutex_t lock;
    struct str jobs, scrapes; /* a line each */
};

static void hear(void *ctx, enum topic topic, const char *json)
{
    struct heard *heard = ctx;

    pthread_mutex_lock(&heard->lock);
    str_printf(topic == TOPIC_JOBS ? &heard->jobs : &heard->scrapes, "%s\n", json);
    pthread_mutex_unlock(&heard->lock);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* How often the text was told; waits until it was told at all. */
static int told(struct heard *heard, struct str *out, const char *text)
{
    int64_t until = clock_ticks_ms() + WAIT_MS;
    int count = 0;

    while (count == 0 && clock_ticks_ms() < until) {
        const char *at;

        pthread_mutex_lock(&heard->lock);
        for (at = out->ptr; (at = strstr(at, text)); at++)
            count++;
        pthread_mutex_unlock(&heard->lock);
        clock_sleep_ms(20);
    }
    return count;
}

static int64_t add(struct store *store, const char *kind)
{
    int64_t id = 0;

    assert_int_equal(jobs_add(store, &(struct job_request){ .kind = kind }, &id, NULL, NULL),
                     ERR_OK);
    return id;
}

static void test_watch(void **state)
{
    char *dir = mem_strdup("/tmp/carrel-http-XXXXXX");
    struct app app = { .library = dir };
    struct http_server server = { .app = &app, .bus = bus_new() };
    struct heard heard = { .lock = PTHREAD_MUTEX_INITIALIZER,
                           .jobs = STR_INIT,
                           .scrapes = STR_INIT };
    const struct store_options options = { .create = true };
    struct job_watch *watch;
    struct store *store;
    bool stopping;

    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_int_equal(store_open(&store, dir, &options, NULL), ERR_OK);
    add(store, "process"); /* what was there before is no news */
    bus_listen(server.bus, 1u << TOPIC_JOBS | 1u << TOPIC_SCRAPES, hear, &heard);
    watch = watch_new(&server);
    clock_sleep_ms(600);
    assert_int_equal(heard.jobs.len, 0);
    add(store, "process");
    assert_int_equal(
        told(&heard, &heard.jobs, "{\"job\":{\"id\":2,\"kind\":\"process\",\"state\":\"queued\""),
        1);
    add(store, "harvest");
    assert_int_equal(
        told(&heard, &heard.scrapes, "\"id\":3,\"kind\":\"harvest\",\"state\":\"queued\""), 1);
    assert_int_equal(jobs_cancel(store, 1, &stopping, NULL), ERR_OK);
    assert_int_equal(
        told(&heard, &heard.jobs, "\"id\":1,\"kind\":\"process\",\"state\":\"cancelled\""), 1);
    watch_free(watch);
    assert_null(strstr(heard.scrapes.ptr, "process"));
    assert_int_equal(told(&heard, &heard.jobs, "\"id\":2,"), 1); /* nothing is told twice */
    bus_leave(server.bus, hear, &heard);
    bus_free(server.bus);
    store_close(store);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    str_free(&heard.jobs);
    str_free(&heard.scrapes);
    free(dir);
}

static void check_route(const char *method, const char *path, const char *name, const char *id,
                        const char *allow)
{
    struct str found_id = STR_INIT, found_allow = STR_INIT;
    const struct route *route = route_find(method, path, &found_id, &found_allow);

    assert_string_equal(route ? route->name : "none", name);
    if (route)
        assert_string_equal(found_id.ptr, id);
    else
        assert_string_equal(found_allow.ptr, allow);
    str_free(&found_id);
    str_free(&found_allow);
}

static void test_routes(void **state)
{
    (void)state;
    check_route("GET", "/jobs/7", "job", "7", "");
    check_route("DELETE", "/jobs/7", "deleteJob", "7", "");
    check_route("POST", "/jobs/7/cancel", "cancelJob", "7", "");
    check_route("GET", "/jobs/7/cancel", "none", "", "POST"); /* not the job "7/cancel" */
    check_route("GET", "/papers/arxiv:hep-th/9901001/related", "relatedPapers",
                "arxiv:hep-th/9901001", "");
    check_route("PUT", "/jobs/7", "none", "", "DELETE, GET");
}

static bool has_ended(int fd)
{
    char byte;

    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
}

/* Who is slow is shut, and work that takes too long is told so. */
static void test_patience(void **state)
{
    struct patience *patience = patience_new(1000, 500);
    int64_t now = clock_ticks_ms();
    int pair[2], other[2];
    struct visit *slow, *quick;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, other), 0);
    slow = visit_new(patience, pair[0]);
    quick = visit_new(patience, other[0]);
    visit_brings(slow);
    visit_waits(quick);
    visit_brought(slow, 64000); /* two seconds' worth */
    patience_look(patience, now + 2500);
    assert_false(has_ended(pair[1]));
    assert_true(atomic_load(visit_cancel(quick)));
    visit_takes(quick, 320000);
    assert_false(atomic_load(visit_cancel(quick)));
    patience_look(patience, now + 5000);
    assert_true(has_ended(pair[1]));
    assert_false(has_ended(other[1]));
    visit_leaves(quick); /* a WebSocket */
    patience_look(patience, now + 60000);
    assert_false(has_ended(other[1]));
    patience_settle(patience, 60000); /* nobody is under way but the one that was shut */
    assert_true(clock_ticks_ms() < now + 30000);
    visit_free(slow);
    visit_free(quick);
    patience_free(patience);
    close(pair[0]);
    close(pair[1]);
    close(other[0]);
    close(other[1]);
}

/* Addresses of one IPv6 network share an allowance; those of IPv4 do not. */
static void test_limits(void **state)
{
    struct limiter *limiter = limiter_new(4);
    int wait_s = 0;

    (void)state;
    assert_true(limiter_allows(limiter, "2001:db8::1", 0, &wait_s));
    assert_false(limiter_allows(limiter, "2001:db8::2", 0, &wait_s));
    assert_int_equal(wait_s, 15);
    assert_true(limiter_allows(limiter, "2001:db8:0:1::1", 0, &wait_s));
    assert_true(limiter_allows(limiter, "192.0.2.1", 0, &wait_s));
    assert_true(limiter_allows(limiter, "192.0.2.2", 0, &wait_s));
    assert_true(limiter_allows(limiter, "2001:db8::2", 15000, &wait_s));
    limiter_free(limiter);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_watch), cmocka_unit_test(test_routes),
                                        cmocka_unit_test(test_patience),
                                        cmocka_unit_test(test_limits) };

    return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
