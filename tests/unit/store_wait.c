/*
 * Several at once: processes that open a new library together, a writer in the way, a cancel.
 */
#include "store_test.h"

#include "carrel/clock.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#define OPENERS 8

static int open_and_write(const struct library *library, int gate)
{
    struct store_options options = { .create = true };
    struct error err = { 0 };
    struct store *store;
    char byte;

    if (read(gate, &byte, 1) != 0) /* until the parent closes it */
        return 1;
    if (store_open(&store, library->dir, &options, &err) != ERR_OK
        || store_exec(store, "INSERT INTO author(name) VALUES(hex(randomblob(8)))", &err)
               != ERR_OK) {
        fprintf(stderr, "%s\n", err.message);
        return 2;
    }
    store_close(store);
    return 0;
}

static void test_open_new_at_once(void **state)
{
    struct library *library = *state;
    pid_t children[OPENERS];
    struct store *store;
    int gate[2], status, i;

    fflush(NULL);
    assert_int_equal(pipe(gate), 0);
    for (i = 0; i < OPENERS; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            close(gate[1]);
            _exit(open_and_write(library, gate[0]));
        }
    }
    close(gate[1]);
    close(gate[0]);
    for (i = 0; i < OPENERS; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    store = library_open(library);
    assert_int_equal(library_int(store, "SELECT count(*) FROM author"), OPENERS);
    assert_int_equal(library_int(store, "SELECT count(*) FROM meta WHERE key = 'library_id'"), 1);
    store_close(store);
}

/* A process that holds the write lock until its pipe is closed. */
static pid_t hold_lock(const struct library *library, int *release)
{
    int up[2], down[2];
    char byte = 0;
    pid_t child;

    fflush(NULL);
    assert_int_equal(pipe(up) | pipe(down), 0);
    child = fork();
    if (child == 0) {
        struct store *store = NULL;

        close(down[1]);
        if (store_open(&store, library->dir, &(struct store_options){ 0 }, NULL) != ERR_OK
            || store_begin(store, NULL) != ERR_OK || write(up[1], &byte, 1) != 1)
            _exit(1);
        _exit(read(down[0], &byte, 1) == 0 && store_commit(store, NULL) == ERR_OK ? 0 : 1);
    }
    close(up[1]);
    close(down[0]);
    assert_int_equal(read(up[0], &byte, 1), 1);
    close(up[0]);
    *release = down[1];
    return child;
}

static void test_busy_writer(void **state)
{
    struct library *library = *state;
    struct error err = { 0 };
    struct store *store;
    int64_t since, works = -1;
    int release, status;
    pid_t child;

    store_close(library_open(library));
    assert_int_equal(
        store_open(&store, library->dir, &(struct store_options){ .busy_ms = 200 }, &err), ERR_OK);
    child = hold_lock(library, &release);
    since = clock_ticks_ms();
    assert_int_equal(store_begin(store, &err), ERR_BUSY);
    assert_in_range(clock_ticks_ms() - since, 150, 5000);
    check_says(&err, ERR_BUSY, "another carrel has been writing to");
    check_says(&err, ERR_BUSY, "for 200 ms");
    assert_int_equal(works_count(store, &works, &err), ERR_OK); /* readers never wait */
    assert_int_equal(works, 0);
    close(release);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(store_begin(store, &err), ERR_OK);
    assert_int_equal(store_commit(store, &err), ERR_OK);
    store_close(store);
}

struct canceller {
    atomic_bool cancel;
    int after_ms;
};

static void *cancel_later(void *ctx)
{
    struct canceller *canceller = ctx;

    usleep((unsigned)canceller->after_ms * 1000);
    atomic_store(&canceller->cancel, true);
    return NULL;
}

static void test_cancel_while_waiting(void **state)
{
    struct library *library = *state;
    struct canceller canceller = { .after_ms = 50 };
    struct store *store = library_open(library);
    struct error err = { 0 };
    int64_t since = clock_ticks_ms();
    pthread_t thread;
    int release, status;
    pid_t child = hold_lock(library, &release);

    store_set_cancel(store, &canceller.cancel);
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, &canceller), 0);
    assert_int_equal(store_begin(store, &err), ERR_CANCELLED);
    assert_in_range(clock_ticks_ms() - since, 0, 5000);
    pthread_join(thread, NULL);
    close(release);
    waitpid(child, &status, 0);
    store_close(store);
}

static void test_cancel_statement(void **state)
{
    struct canceller canceller = { .after_ms = 50 };
    struct store *store = library_open(*state);
    struct error err = { 0 };
    int64_t since = clock_ticks_ms(), value = 0;
    pthread_t thread;

    store_set_cancel(store, &canceller.cancel);
    assert_int_equal(pthread_create(&thread, NULL, cancel_later, &canceller), 0);
    assert_int_equal(store_query_int(store,
                                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM "
                                     "n WHERE i < 2000000000) SELECT count(*) FROM n",
                                     &value, &err),
                     ERR_CANCELLED);
    assert_in_range(clock_ticks_ms() - since, 40, 5000);
    pthread_join(thread, NULL);
    atomic_store(&canceller.cancel, false); /* and the connection is good for the next one */
    assert_int_equal(library_int(store, "SELECT 7"), 7);
    store_close(store);
}

static void test_cancelled_transaction_rolls_back(void **state)
{
    struct store *store = library_open(*state);
    atomic_bool cancel = false;
    struct error err = { 0 };

    store_set_cancel(store, &cancel);
    assert_int_equal(store_begin(store, &err), ERR_OK);
    library_run(store, "INSERT INTO author(name) VALUES('a')");
    atomic_store(&cancel, true);
    assert_int_equal(store_exec(store,
                                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
                                "WHERE i < 90000) INSERT INTO author(name) SELECT 'n' || i FROM n",
                                &err),
                     ERR_CANCELLED);
    store_rollback(store);
    atomic_store(&cancel, false);
    assert_false(store_in_transaction(store));
    assert_int_equal(library_int(store, "SELECT count(*) FROM author"), 0);
    store_close(store);
}

static void test_data_version(void **state)
{
    struct store *one = library_open(*state), *two = library_open(*state);
    int64_t before = store_data_version(one);

    assert_int_equal(store_data_version(one), before);
    library_run(two, "INSERT INTO author(name) VALUES('theirs')");
    assert_int_not_equal(store_data_version(one), before);
    before = store_data_version(one);
    library_run(one, "INSERT INTO author(name) VALUES('ours')");
    assert_int_not_equal(store_data_version(one), before);
    store_close(one);
    store_close(two);
}

int store_wait_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_open_new_at_once),
        ONE(test_busy_writer),
        ONE(test_cancel_while_waiting),
        ONE(test_cancel_statement),
        ONE(test_cancelled_transaction_rolls_back),
        ONE(test_data_version),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: several at once", tests, NULL, NULL);
}
