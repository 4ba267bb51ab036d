/*
 * Leases of sources, as seen by one who comes late, and gaps.
 */
#include "store_test.h"

#include "carrel/clock.h"
#include "carrel/streams.h"

#define LEASE 60000

static void test_lease(void **state)
{
    struct store *store = library_open(*state);
    struct stream_lease one, two;
    struct error err = { 0 };

    assert_int_equal(lease_take(store, "arxiv", LEASE, &one, &err), ERR_OK);
    assert_int_equal(lease_take(store, "arxiv", LEASE, &two, &err), ERR_BUSY);
    check_says(&err, ERR_BUSY, "arxiv is being harvested by another carrel");
    assert_int_equal(lease_take(store, "other", LEASE, &two, &err), ERR_OK);
    assert_int_equal(lease_renew(store, &one, LEASE, &err), ERR_OK);
    assert_int_equal(lease_drop(store, &one, &err), ERR_OK);
    assert_int_equal(lease_take(store, "arxiv", LEASE, &two, &err), ERR_OK);
    assert_true(two.token > one.token);
    assert_int_equal(lease_renew(store, &one, LEASE, &err), ERR_BUSY);
    check_says(&err, ERR_BUSY, "taken over");
    assert_int_equal(lease_drop(store, &one, &err), ERR_BUSY); /* it is not his to give up */
    assert_int_equal(lease_take(store, "arxiv", LEASE, &one, &err), ERR_BUSY);
    store_close(store);
}

/* The thread that renews may have looked just before the lease was given up. */
static void test_renewed_too_late(void **state)
{
    struct store *store = library_open(*state);
    struct stream_lease lease, next;
    struct error err = { 0 };

    assert_int_equal(lease_take(store, "arxiv", LEASE, &lease, &err), ERR_OK);
    assert_int_equal(lease_drop(store, &lease, &err), ERR_OK);
    assert_int_equal(lease_renew(store, &lease, LEASE, &err), ERR_BUSY);
    assert_int_equal(lease_take(store, "arxiv", LEASE, &next, &err), ERR_OK);
    store_close(store);
}

/* Nobody renewed in time, but nobody took it either: it goes on. */
static void test_late_but_alone(void **state)
{
    struct store *store = library_open(*state);
    struct stream_lease lease, next;
    struct error err = { 0 };

    assert_int_equal(lease_take(store, "arxiv", LEASE, &lease, &err), ERR_OK);
    library_run(store, "UPDATE harvest_lease SET until = 1");
    assert_int_equal(lease_renew(store, &lease, LEASE, &err), ERR_OK);
    library_run(store, "UPDATE harvest_lease SET until = 1");
    assert_int_equal(lease_take(store, "arxiv", LEASE, &next, &err), ERR_OK);
    assert_int_equal(lease_renew(store, &lease, LEASE, &err), ERR_BUSY);
    store_close(store);
}

/* Taken an hour from now: what is left of it is nobody's, unless its holder still renews it. */
static void test_clock_set_back(void **state)
{
    struct store *store = library_open(*state);
    struct stream_lease lease, next;
    struct error err = { 0 };

    assert_int_equal(lease_take(store, "arxiv", LEASE, &lease, &err), ERR_OK);
    library_run(store, "UPDATE harvest_lease SET taken = taken + 3600000, until = until + 3600000");
    assert_int_equal(lease_renew(store, &lease, LEASE, &err), ERR_OK);
    assert_int_equal(lease_take(store, "arxiv", LEASE, &next, &err), ERR_BUSY);
    assert_in_range(library_int(store, "SELECT until FROM harvest_lease"), clock_real_ms(),
                    clock_real_ms() + LEASE);
    library_run(store, "UPDATE harvest_lease SET taken = taken + 3600000, until = until + 3600000");
    assert_int_equal(lease_take(store, "arxiv", LEASE, &next, &err), ERR_OK);
    store_close(store);
}

int store_streams_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_lease),
        ONE(test_renewed_too_late),
        ONE(test_late_but_alone),
        ONE(test_clock_set_back),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: streams", tests, NULL, NULL);
}
