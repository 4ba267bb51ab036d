/*
 * Leases: leave to send for other machines, out of the same budget as the requests of this one.
 * Times are checked as orders and bounds, never as speeds.
 */
#include "store_test.h"

#include "carrel/clock.h"
#include "carrel/ledger.h"
#include "carrel/ledger_lease.h"

#include <unistd.h>

#define LONG 60000
#define HOLD 30000

static const struct net_outcome good = {
    .status = 200, .bytes = 10, .took_ms = 3, .remaining = -1
};
static const struct net_note note = { .source = "test", .url = "", .purpose = "page 1", .try = 1 };

static struct ledger_guest guest(const char *name)
{
    return (struct ledger_guest){ .holder = name, .hold_ms = HOLD };
}

/* The lease, or 0 with *wait. */
static int64_t ask(struct store *store, const struct net_origin *origin, const char *name,
                   int64_t *wait)
{
    struct ledger_guest who = guest(name);
    struct error err = { 0 };
    int64_t lease;

    if (ledger_lease_ask(store, origin, &note, &who, &lease, wait, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_true((lease > 0) != (*wait > 0));
    return lease;
}

static bool give_back(struct store *store, const struct net_origin *origin, int64_t lease,
                      const char *name, struct net_outcome outcome)
{
    struct ledger_guest who = guest(name);
    struct error err = { 0 };
    bool held;

    if (ledger_lease_return(store, origin, lease, &who, &outcome, &held, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return held;
}

/* This machine's own. */
static int64_t reserve(struct store *store, const struct net_origin *origin, int64_t *wait)
{
    struct net_note own = note;
    struct error err = { 0 };
    int64_t ticket;

    own.deadline_ms = clock_real_ms() + LONG;
    if (ledger_table()->reserve(store, origin, &own, &ticket, wait, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return ticket;
}

static void settle(struct store *store, const struct net_origin *origin, int64_t ticket)
{
    assert_int_equal(ledger_table()->settle(store, origin, ticket, &good, NULL), ERR_OK);
}

static void rest(int64_t ms)
{
    usleep((unsigned)(ms > 0 ? ms : 1) * 1000);
}

static void test_one_for_all(void **state)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = LONG };
    struct net_origin free_one = { .name = "arxiv" };
    struct store *store = library_open(*state);
    int64_t wait, lease = ask(store, &origin, "laptop", &wait), ticket;

    assert_true(lease > 0);
    assert_int_equal(ask(store, &origin, "desk", &wait), 0);
    assert_in_range(wait, 1, 1000);
    assert_int_equal(reserve(store, &origin, &wait), 0); /* nor this machine */
    assert_true(give_back(store, &origin, lease, "laptop", good));
    assert_int_equal(ask(store, &origin, "desk", &wait), 0);
    assert_in_range(wait, LONG - 5000, LONG); /* the pause */
    assert_int_equal(reserve(store, &origin, &wait), 0);
    assert_in_range(wait, LONG - 5000, LONG);
    library_run(store, "DELETE FROM origin_turn");
    ticket = reserve(store, &free_one, &wait);
    assert_true(ticket > lease);
    assert_int_equal(ask(store, &free_one, "desk", &wait), 0); /* nor a guest beside this machine */
    assert_true(ask(store, &(struct net_origin){ .name = "other" }, "desk", &wait) > 0);
    store_close(store);
}

static void test_answer_lost(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct store *store = library_open(*state);
    int64_t wait, lease = ask(store, &origin, "laptop", &wait);

    assert_int_equal(ask(store, &origin, "laptop", &wait), lease);
    assert_true(give_back(store, &origin, lease, "laptop", good));
    assert_false(give_back(store, &origin, lease, "laptop", good)); /* that answer was lost, too */
    assert_int_equal(library_int(store, "SELECT count(*) FROM request"), 1);
    store_close(store);
}

/* A holder that dies loses it at its bound; what it does afterwards is told from the new holder's.
 */
static void test_expiry(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct store *store = library_open(*state);
    struct ledger_guest old = guest("laptop");
    struct net_outcome limited = good;
    int64_t wait, lease = ask(store, &origin, "laptop", &wait), next;
    bool held;

    assert_int_equal(ledger_lease_renew(store, "arxiv", lease, &old, &held, NULL), ERR_OK);
    assert_true(held);
    assert_int_equal(ask(store, &origin, "desk", &wait), 0);
    library_run(store, "UPDATE request SET deadline = 1000 + sent - 1001");
    next = ask(store, &origin, "desk", &wait);
    assert_true(next > lease);
    assert_int_equal(ledger_lease_renew(store, "arxiv", lease, &old, &held, NULL), ERR_OK);
    assert_false(held);
    limited.status = 429;
    limited.not_before = clock_real_ms() + LONG;
    assert_false(give_back(store, &origin, lease, "laptop", limited));
    assert_int_equal(library_int(store, "SELECT status FROM request ORDER BY id LIMIT 1"), 0);
    old = guest("desk");
    assert_int_equal(ledger_lease_renew(store, "arxiv", lease, &old, &held, NULL), ERR_OK);
    assert_false(held); /* another's number is of no use */
    assert_true(give_back(store, &origin, next, "desk", good));
    assert_int_equal(ask(store, &origin, "desk", &wait), 0);
    assert_in_range(wait, LONG - 5000, LONG); /* what the late one has learnt holds */
    store_close(store);
}

static void test_restart(void **state)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = LONG };
    struct store *store = library_open(*state);
    int64_t wait, lease = ask(store, &origin, "laptop", &wait);

    store_close(store);
    store = library_open(*state);
    assert_int_equal(ask(store, &origin, "desk", &wait), 0);
    assert_true(give_back(store, &origin, lease, "laptop", good));
    store_close(store);
    store = library_open(*state);
    assert_int_equal(ask(store, &origin, "desk", &wait), 0);
    assert_in_range(wait, LONG - 5000, LONG);
    store_close(store);
}

static void test_refusal(void **state)
{
    struct net_origin origin = { .name = "arxiv" };
    struct store *store = library_open(*state);
    struct ledger_guest desk = guest("desk");
    struct net_outcome refused = good;
    struct error err = { 0 };
    int64_t wait, lease = ask(store, &origin, "laptop", &wait);

    refused.status = 403;
    refused.refused = true;
    refused.error = "HTTP 403: go away";
    assert_true(give_back(store, &origin, lease, "laptop", refused));
    assert_int_equal(ledger_lease_ask(store, &origin, &note, &desk, &lease, &wait, &err),
                     ERR_REFUSED);
    check_says(&err, ERR_REFUSED, "go away");
    assert_int_equal(lease, 0);
    assert_int_equal(ledger_table()->reserve(store, &origin, &note, &lease, &wait, &err),
                     ERR_REFUSED);
    assert_int_equal(ledger_lift(store, "arxiv", &err), ERR_OK);
    assert_true(ask(store, &origin, "desk", &wait) > 0);
    store_close(store);
}

static void test_drop(void **state)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = LONG };
    struct store *store = library_open(*state);
    struct ledger_guest laptop = guest("laptop");
    int64_t wait, lease = ask(store, &origin, "laptop", &wait);
    bool held, ours;

    assert_int_equal(ledger_lease_is_ours(store, lease, "laptop", &ours, NULL), ERR_OK);
    assert_true(ours);
    assert_int_equal(ledger_lease_is_ours(store, lease, "desk", &ours, NULL), ERR_OK);
    assert_false(ours);
    assert_int_equal(ledger_lease_drop(store, "arxiv", lease, &laptop, &held, NULL), ERR_OK);
    assert_true(held);
    assert_true(ask(store, &origin, "desk", &wait) > lease); /* no pause, and never the same */
    store_close(store);
}

/* ---- whose turn it is ---- */

static int64_t ask_until_free(struct store *store, const struct net_origin *origin,
                              const char *name)
{
    int64_t wait, lease;

    while ((lease = ask(store, origin, name, &wait)) == 0)
        rest(wait < 5 ? wait : 5);
    return lease;
}

static void test_order(void **state)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = 60 };
    struct store *store = library_open(*state);
    int64_t wait, lease = ask(store, &origin, "a", &wait);

    assert_int_equal(ask(store, &origin, "b", &wait), 0);
    assert_int_equal(reserve(store, &origin, &wait), 0);
    assert_int_equal(ask(store, &origin, "c", &wait), 0);
    give_back(store, &origin, lease, "a", good);
    rest(80);
    assert_int_equal(ask(store, &origin, "a", &wait), 0); /* it has just had it */
    assert_int_equal(ask(store, &origin, "c", &wait), 0);
    assert_int_equal(reserve(store, &origin, &wait), 0);
    give_back(store, &origin, ask_until_free(store, &origin, "b"), "b", good);
    rest(80);
    assert_int_equal(ask(store, &origin, "c", &wait), 0);
    lease = reserve(store, &origin, &wait); /* this machine came before c */
    assert_true(lease > 0);
    settle(store, &origin, lease);
    rest(80);
    assert_int_equal(ask(store, &origin, "a", &wait), 0);
    give_back(store, &origin, ask_until_free(store, &origin, "c"), "c", good);
    assert_true(ask_until_free(store, &origin, "a") > 0);
    assert_int_equal(library_int(store, "SELECT count(*) FROM origin_turn"), 0);
    store_close(store);
}

/* Three guests and this machine, some of them quicker than others, ask again as soon as they have
 * done: all get the same. */
static void test_nobody_starves(void **state)
{
    static const char *const names[] = { "a", "b", "c" };
    struct net_origin origin = { .name = "arxiv", .interval_ms = 25 };
    struct store *store = library_open(*state);
    int counts[4] = { 0 }, total = 0, least = 1000, most = 0, i;
    unsigned seed = 7;

    while (total < 40) {
        int64_t wait, got;

        seed = seed * 1103515245 + 12345;
        i = (int)(seed >> 16) % 10; /* c seldom asks, a often */
        i = i < 5 ? 0 : i < 7 ? 1 : i < 8 ? 2 : 3;
        rest(1);
        got = i < 3 ? ask(store, &origin, names[i], &wait) : reserve(store, &origin, &wait);
        if (got == 0)
            continue;
        counts[i]++;
        total++;
        if (i < 3) {
            give_back(store, &origin, got, names[i], good);
            assert_int_equal(ask(store, &origin, names[i], &wait), 0);
        } else {
            settle(store, &origin, got);
            assert_int_equal(reserve(store, &origin, &wait), 0);
        }
    }
    for (i = 0; i < 4; i++) {
        least = counts[i] < least ? counts[i] : least;
        most = counts[i] > most ? counts[i] : most;
    }
    assert_in_range(most - least, 0, 3); /* at first not all wait */
    store_close(store);
}

static void test_who_does_not_come(void **state)
{
    struct net_origin origin = { .name = "arxiv", .interval_ms = 30 };
    struct net_origin narrow = origin;
    struct store *store = library_open(*state);
    int64_t wait, lease = ask(store, &origin, "a", &wait);

    assert_int_equal(ask(store, &origin, "gone", &wait), 0);
    give_back(store, &origin, lease, "a", good);
    rest(50);
    assert_int_equal(ask(store, &origin, "b", &wait), 0);
    library_run(store, "UPDATE origin_turn SET until = 1 WHERE who = '@gone'");
    lease = ask_until_free(store, &origin, "b");
    give_back(store, &origin, lease, "b", good);
    rest(50);
    narrow.window_requests = 1;
    narrow.window_ms = LONG;
    assert_int_equal(ask(store, &narrow, "patient", &wait), 0);
    assert_in_range(wait, 1000, LONG);
    assert_true(ask(store, &origin, "b", &wait) > 0); /* its long wait is its own */
    store_close(store);
}

int store_lease_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_one_for_all), ONE(test_answer_lost),    ONE(test_expiry),
        ONE(test_restart),     ONE(test_refusal),        ONE(test_drop),
        ONE(test_order),       ONE(test_nobody_starves), ONE(test_who_does_not_come),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: leases", tests, NULL, NULL);
}
