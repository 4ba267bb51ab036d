/*
 * The request ledger: budgets over threads and processes, senders that die, clocks that jump, and
 * what the Harvest view reads. Times are checked as orders and bounds, never as speeds.
 */
#include "store_test.h"

#include "carrel/clock.h"
#include "carrel/holder.h"
#include "carrel/ledger.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LONG 60000

static int64_t ask(struct store *store, const struct net_origin *origin, int64_t *wait)
{
    struct net_note note = { .source = "test",
                             .url = "https://example.org/a",
                             .purpose = "page 1",
                             .try = 1,
                             .deadline_ms = clock_real_ms() + LONG };
    struct error err = { 0 };
    int64_t ticket;

    if (ledger_table()->reserve(store, origin, &note, &ticket, wait, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_true((ticket > 0) != (*wait > 0));
    return ticket;
}

static void settle(struct store *store, const struct net_origin *origin, int64_t ticket,
                   struct net_outcome outcome)
{
    struct error err = { 0 };

    if (ledger_table()->settle(store, origin, ticket, &outcome, &err) != ERR_OK)
        fail_msg("%s", err.message);
}

static const struct net_outcome good = {
    .status = 200, .bytes = 10, .took_ms = 3, .remaining = -1
};

static void test_one_at_a_time(void **state)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = LONG };
    struct store *one = library_open(*state), *two = library_open(*state);
    int64_t wait, ticket = ask(one, &origin, &wait);

    assert_true(ticket > 0);
    assert_int_equal(ask(two, &origin, &wait), 0); /* in flight */
    assert_in_range(wait, 1, 1000);
    assert_true(ask(two, &(struct net_origin){ .name = "other" }, &wait) > 0);
    settle(one, &origin, ticket, good);
    assert_int_equal(ask(two, &origin, &wait), 0); /* the pause */
    assert_in_range(wait, 1000, LONG);
    assert_true(ask(two, &(struct net_origin){ .name = "arxiv" }, &wait) > ticket);
    store_close(one);
    store_close(two);
}

static void test_real_time(void **state)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = 5 };
    struct store *store = library_open(*state);
    int64_t wait, ticket;

    setenv("CARREL_CLOCK", "2026-03-01T12:00:00Z", 1);
    settle(store, &origin, ask(store, &origin, &wait), good);
    while ((ticket = ask(store, &origin, &wait)) == 0)
        usleep((unsigned)wait * 1000); /* a fixed clock would never end this */
    settle(store, &origin, ticket, good);
    unsetenv("CARREL_CLOCK");
    store_close(store);
}

static void test_connections_and_window(void **state)
{
    struct net_origin wide = { .name = "wide", .connections = 2 };
    struct net_origin window = { .name = "window", .window_requests = 3, .window_ms = LONG };
    struct store *store = library_open(*state);
    int64_t wait;
    int i;

    assert_true(ask(store, &wide, &wait) > 0);
    assert_true(ask(store, &wide, &wait) > 0);
    assert_int_equal(ask(store, &wide, &wait), 0);
    for (i = 0; i < 3; i++)
        settle(store, &window, ask(store, &window, &wait), good);
    assert_int_equal(ask(store, &window, &wait), 0);
    assert_in_range(wait, 1000, LONG);
    library_run(store, "UPDATE request SET sent = sent - 61000 WHERE origin = 'window'");
    assert_true(ask(store, &window, &wait) > 0);
    store_close(store);
}

static void test_asked_to_wait(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct store *store = library_open(*state);
    struct net_outcome later = good;
    int64_t wait;

    later.not_before = clock_real_ms() + LONG;
    later.status = 503;
    later.error = "HTTP 503";
    settle(store, &origin, ask(store, &origin, &wait), later);
    assert_int_equal(ask(store, &origin, &wait), 0);
    assert_in_range(wait, 1000, LONG);
    store_close(store);
}

static void test_refused(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct net_note note = { .url = "https://example.org/", .deadline_ms = INT64_MAX };
    struct store *store = library_open(*state);
    struct net_outcome refused = good;
    struct error err = { 0 };
    int64_t wait, ticket;

    refused.status = 403;
    refused.refused = true;
    refused.error = "HTTP 403: go away";
    settle(store, &origin, ask(store, &origin, &wait), refused);
    assert_int_equal(ledger_table()->reserve(store, &origin, &note, &ticket, &wait, &err),
                     ERR_REFUSED);
    check_says(&err, ERR_REFUSED, "go away");
    assert_int_equal(ticket, 0);
    assert_int_equal(ledger_lift(store, "nobody", &err), ERR_NOTFOUND);
    assert_int_equal(ledger_lift(store, "arxiv", &err), ERR_OK);
    assert_true(ask(store, &origin, &wait) > 0);
    store_close(store);
}

/* ---- senders that die ---- */

static void in_child(const struct library *library, const struct net_origin *origin, int ending)
{
    int status;
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0) {
        struct store *store = library_open(library);
        int64_t wait;

        if (ask(store, origin, &wait) <= 0)
            _exit(9);
        if (ending)
            raise(ending);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(ending ? WTERMSIG(status) : WEXITSTATUS(status), ending);
}

static void test_sender_killed(void **state)
{
    struct net_origin quick = { .name = "quick" }, slow = { .name = "slow", .interval_ms = LONG };
    struct store *store = library_open(*state);
    int64_t wait;

    in_child(*state, &quick, SIGKILL);
    assert_true(ask(store, &quick, &wait) > 0); /* at once, long before the deadline */
    assert_int_equal(library_int(store, "SELECT count(*) FROM request WHERE settled IS NOT NULL "
                                        "AND error LIKE 'its sender%'"),
                     1);
    in_child(*state, &slow, SIGKILL);
    assert_int_equal(ask(store, &slow, &wait), 0); /* it may have been answered just now */
    assert_in_range(wait, 1000, LONG);
    store_close(store);
}

static void test_sender_hangs(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct store *store = library_open(*state);
    int64_t wait, ticket = ask(store, &origin, &wait), next;

    library_run(store, "UPDATE request SET deadline = sent - 1");
    next = ask(store, &origin, &wait);
    assert_true(next > ticket);
    settle(store, &origin, ticket,
           good); /* it was alive after all: the ledger tells what it knows */
    assert_int_equal(library_int(store, "SELECT status FROM request ORDER BY id LIMIT 1"), 200);
    assert_int_equal(ask(store, &origin, &wait), 0); /* and the second one still has its slot */
    store_close(store);
}

static void test_holder(void **state)
{
    char self[HOLDER_MAX], other[HOLDER_MAX + 8];

    (void)state;
    holder_self(self);
    assert_true(self[0] != '\0');
    assert_false(holder_is_dead(self));
    snprintf(other, sizeof other, "%s7", self); /* the same number, started at another time */
    assert_true(holder_is_dead(other));
    snprintf(other, sizeof other, "x%s", self); /* another machine: who knows */
    assert_false(holder_is_dead(other));
    assert_false(holder_is_dead(""));
}

/* ---- clocks that jump ---- */

static void test_clock_back(void **state)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = LONG };
    struct store *store = library_open(*state);
    int64_t wait, ticket = ask(store, &origin, &wait);

    /* As if all of it had been written a day ahead of now. */
    library_run(store, "UPDATE origin SET seen = seen + 86400000; "
                       "UPDATE request SET deadline = deadline + 86400000, sent = sent + 86400000");
    assert_int_equal(ask(store, &origin, &wait), 0);
    assert_in_range(library_int(store, "SELECT deadline FROM request"), 1,
                    clock_real_ms() + LONG + 1000);
    settle(store, &origin, ticket, good);
    library_run(store, "UPDATE origin SET seen = seen + 86400000, last_end = last_end + 86400000, "
                       "not_before = last_end + 30000");
    assert_int_equal(ask(store, &origin, &wait), 0);
    assert_in_range(wait, 1000, LONG); /* not a day */
    assert_int_equal(ask(store, &origin, &wait), 0);
    assert_in_range(wait, 1, LONG); /* and it does end */
    assert_in_range(library_int(store, "SELECT last_end FROM origin"), 1, clock_real_ms());
    store_close(store);
}

/* ---- threads and processes ---- */

#define SENDERS 4
#define SENDS 12
#define PAUSE_MS 4

/* In memory that all senders share: what they did, seen from outside the ledger. */
struct watch {
    atomic_int in_flight, faults, sends;
    atomic_llong ended;
    const struct library *library;
};

static void watch_send(struct watch *watch, struct store *store, const struct net_origin *origin)
{
    int64_t ticket, wait;

    while ((ticket = ask(store, origin, &wait)) == 0)
        usleep((unsigned)wait * 1000 + 200);
    if (atomic_fetch_add(&watch->in_flight, 1) != 0)
        atomic_fetch_add(&watch->faults, 1);
    if (clock_real_ms() < atomic_load(&watch->ended) + PAUSE_MS)
        atomic_fetch_add(&watch->faults, 1);
    usleep(500);
    atomic_store(&watch->ended, clock_real_ms());
    atomic_fetch_add(&watch->sends, 1);
    atomic_fetch_sub(&watch->in_flight, 1);
    settle(store, origin, ticket, good);
}

static void *watch_run(void *ctx)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = PAUSE_MS };
    struct watch *watch = ctx;
    struct store *store = library_open(watch->library);
    int i;

    for (i = 0; i < SENDS; i++)
        watch_send(watch, store, &origin);
    store_close(store);
    return NULL;
}

static void watch_check(struct watch *watch, int sends)
{
    struct store *store = library_open(watch->library);

    assert_int_equal(atomic_load(&watch->faults), 0);
    assert_int_equal(atomic_load(&watch->sends), sends);
    assert_int_equal(library_int(store, "SELECT count(*) FROM request WHERE settled IS NULL"), 0);
    /* The ledger's own times agree: none was sent before the last had ended and the pause gone. */
    assert_int_equal(library_int(store, "SELECT count(*) FROM (SELECT sent, lag(settled) OVER "
                                        "(ORDER BY id) AS ended FROM request) "
                                        "WHERE sent < ended + 4"),
                     0);
    store_close(store);
}

static void test_threads(void **state)
{
    struct watch watch = { .library = *state };
    pthread_t threads[SENDERS];
    int i;

    store_close(library_open(*state));
    for (i = 0; i < SENDERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, watch_run, &watch), 0);
    for (i = 0; i < SENDERS; i++)
        pthread_join(threads[i], NULL);
    watch_check(&watch, SENDERS * SENDS);
}

static void test_processes(void **state)
{
    struct watch *watch =
        mmap(NULL, sizeof *watch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t children[SENDERS];
    int i, status;

    assert_true(watch != MAP_FAILED);
    watch->library = *state;
    fflush(NULL);
    for (i = 0; i < SENDERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            watch_run(watch);
            _exit(0);
        }
    }
    for (i = 0; i < SENDERS; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    watch_check(watch, SENDERS * SENDS);
    munmap(watch, sizeof *watch);
}

/* Processes that are killed while they hold the slot: the others go on. */
static void test_processes_killed(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct store *store = library_open(*state);
    int64_t wait, ticket;
    int i;

    for (i = 0; i < 6; i++)
        in_child(*state, &origin, i % 2 ? SIGKILL : 0);
    while ((ticket = ask(store, &origin, &wait)) == 0)
        usleep((unsigned)wait * 1000);
    settle(store, &origin, ticket, good);
    assert_int_equal(library_int(store, "SELECT count(*) FROM request WHERE settled IS NULL"), 0);
    assert_int_equal(library_int(store, "SELECT count(*) FROM request"), 7);
    store_close(store);
}

static void test_settle_though_cancelled(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct store *store = library_open(*state);
    atomic_bool cancel = false;
    int64_t wait, ticket = ask(store, &origin, &wait);

    store_set_cancel(store, &cancel);
    atomic_store(&cancel, true);
    settle(store, &origin, ticket, good);
    atomic_store(&cancel, false);
    assert_int_equal(library_int(store, "SELECT count(*) FROM request WHERE settled IS NULL"), 0);
    store_close(store);
}

/* ---- validators ---- */

static char *known(struct store *store, const char *url)
{
    struct str etag = STR_INIT, modified = STR_INIT;
    char *both;

    assert_int_equal(ledger_table()->validators(store, url, &etag, &modified, NULL), ERR_OK);
    both = mem_printf("%s|%s", etag.ptr, modified.ptr);
    str_free(&etag);
    str_free(&modified);
    return both;
}

static void check_known(struct store *store, const char *want)
{
    char *got = known(store, "https://example.org/a");

    assert_string_equal(got, want);
    free(got);
}

static void test_validators(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct store *store = library_open(*state);
    struct net_outcome answer = good;
    int64_t wait;

    check_known(store, "|");
    answer.kept = true;
    answer.etag = "\"one\"";
    answer.last_modified = "Mon, 22 Oct 2018 22:41:50 GMT";
    settle(store, &origin, ask(store, &origin, &wait), answer);
    check_known(store, "|"); /* its records are not saved yet */
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(ledger_accept(store, "https://example.org/a", NULL), ERR_OK);
    store_rollback(store);
    check_known(store, "|");
    assert_int_equal(ledger_accept(store, "https://example.org/a", NULL), ERR_OK);
    check_known(store, "\"one\"|Mon, 22 Oct 2018 22:41:50 GMT");
    answer.etag = "\"two\"";
    answer.last_modified = NULL;
    settle(store, &origin, ask(store, &origin, &wait), answer);
    check_known(store, "\"one\"|Mon, 22 Oct 2018 22:41:50 GMT");
    assert_int_equal(ledger_accept(store, "https://example.org/a", NULL), ERR_OK);
    check_known(store, "\"two\"|");
    answer.etag = "\"lost\""; /* its records were never saved, */
    settle(store, &origin, ask(store, &origin, &wait), answer);
    answer = good;
    answer.status = 304; /* and the server went back to the second */
    settle(store, &origin, ask(store, &origin, &wait), answer);
    assert_int_equal(ledger_accept(store, "https://example.org/a", NULL), ERR_OK);
    check_known(store, "\"two\"|");
    answer = good;
    answer.kept = true;
    answer.etag = "\"lost\""; /* again; the next one has none, and is saved */
    settle(store, &origin, ask(store, &origin, &wait), answer);
    answer.etag = NULL;
    settle(store, &origin, ask(store, &origin, &wait), answer);
    check_known(store, "\"two\"|");
    assert_int_equal(ledger_accept(store, "https://example.org/a", NULL), ERR_OK);
    check_known(store, "|");
    assert_int_equal(ledger_forget(store, NULL, NULL), ERR_OK);
    check_known(store, "|");
    store_close(store);
}

/* ---- reading ---- */

static void fill(struct store *store, const char *name, int count)
{
    struct net_origin origin = { .name = name };
    int64_t wait;
    int i;

    for (i = 0; i < count; i++) {
        struct net_outcome outcome = good;

        outcome.error = i % 4 == 3 ? "HTTP 503" : NULL;
        outcome.status = i % 4 == 3 ? 503 : 200;
        settle(store, &origin, ask(store, &origin, &wait), outcome);
    }
}

static void test_list(void **state)
{
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct ledger_filter filter = { .origin = "arxiv", .limit = 6 };
    struct net_origin origin = { .name = "arxiv" };
    struct ledger_totals totals;
    struct ledger_entry *entries;
    int64_t wait;
    size_t count;

    fill(store, "arxiv", 10);
    fill(store, "github", 3);
    assert_int_equal(ledger_list(store, arena, &filter, &entries, &count, NULL), ERR_OK);
    assert_int_equal(count, 6);
    assert_int_equal(entries[0].id, 10);
    assert_string_equal(entries[0].purpose, "page 1");
    assert_true(entries[0].settled >= entries[0].sent);
    filter.before = entries[5].id;
    assert_int_equal(ledger_list(store, arena, &filter, &entries, &count, NULL), ERR_OK);
    assert_int_equal(count, 4);
    filter = (struct ledger_filter){ .failed = true };
    assert_int_equal(ledger_list(store, arena, &filter, &entries, &count, NULL), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(entries[0].error, "HTTP 503");
    assert_int_equal(ledger_sum(store, &(struct ledger_filter){ .source = "test" }, &totals, NULL),
                     ERR_OK);
    assert_int_equal(totals.requests, 13);
    assert_int_equal(totals.failed, 2);
    assert_int_equal(totals.bytes, 130);
    /* What was called off has not failed. */
    settle(store, &origin, ask(store, &origin, &wait),
           (struct net_outcome){ .error = NET_STOPPED, .remaining = -1 });
    assert_int_equal(ledger_sum(store, &(struct ledger_filter){ 0 }, &totals, NULL), ERR_OK);
    assert_int_equal(totals.requests, 14);
    assert_int_equal(totals.failed, 2);
    arena_free(arena);
    store_close(store);
}

static void test_origins(void **state)
{
    struct net_origin slow = { .name = "slow", .interval_ms = LONG }, busy = { .name = "busy" };
    struct net_outcome later = good;
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct ledger_origin *origins;
    int64_t wait, now = clock_real_ms();
    size_t count;

    assert_int_equal(ledger_origins(store, arena, &origins, &count, NULL), ERR_OK);
    assert_int_equal(count, 0);
    settle(store, &slow, ask(store, &slow, &wait), good);
    later.not_before = now + 2 * LONG;
    later.remaining = 0;
    settle(store, &(struct net_origin){ .name = "asked" },
           ask(store, &(struct net_origin){ .name = "asked" }, &wait), later);
    ask(store, &busy, &wait);
    assert_int_equal(ledger_origins(store, arena, &origins, &count, NULL), ERR_OK);
    assert_int_equal(count, 3);
    assert_string_equal(origins[0].name, "asked");
    assert_true(origins[0].asked);
    assert_int_equal(origins[0].next_at, later.not_before);
    assert_int_equal(origins[0].remaining, 0);
    assert_int_equal(origins[0].last_status, later.status);
    assert_null(origins[0].last_error);
    assert_int_equal(origins[1].last_status, 0);
    assert_string_equal(origins[1].name, "busy");
    assert_int_equal(origins[1].in_flight, 1);
    assert_string_equal(origins[1].flight.url, "https://example.org/a");
    assert_int_equal(origins[1].next_at, 0);
    assert_false(origins[2].asked);
    assert_in_range(origins[2].next_at, now + LONG, now + LONG + 60000);
    assert_null(origins[2].stopped);
    arena_free(arena);
    store_close(store);
}

static void test_prune(void **state)
{
    struct store *store = library_open(*state);
    int64_t removed = -1, wait;

    assert_int_equal(ledger_prune(store, 1, 1, &removed, NULL), ERR_OK);
    assert_int_equal(removed, 0);
    fill(store, "arxiv", 20);
    ask(store, &(struct net_origin){ .name = "busy" }, &wait);
    library_run(store, "UPDATE request SET sent = sent - 200 * 86400000 WHERE id <= 5");
    assert_int_equal(ledger_prune(store, 90, 1000, &removed, NULL), ERR_OK);
    assert_int_equal(removed, 5);
    assert_int_equal(ledger_prune(store, 90, 4, &removed, NULL), ERR_OK);
    assert_int_equal(library_int(store, "SELECT count(*) FROM request"), 4);
    assert_int_equal(ledger_prune(store, 0, 0, &removed, NULL), ERR_OK);
    assert_int_equal(library_int(store, "SELECT count(*) FROM request"), 1); /* in flight */
    store_close(store);
}

int store_ledger_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_one_at_a_time),
        ONE(test_real_time),
        ONE(test_connections_and_window),
        ONE(test_asked_to_wait),
        ONE(test_refused),
        ONE(test_sender_killed),
        ONE(test_sender_hangs),
        ONE(test_holder),
        ONE(test_clock_back),
        ONE(test_threads),
        ONE(test_processes),
        ONE(test_processes_killed),
        ONE(test_settle_though_cancelled),
        ONE(test_validators),
        ONE(test_list),
        ONE(test_origins),
        ONE(test_prune),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: ledger", tests, NULL, NULL);
}
