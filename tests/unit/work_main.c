/*
 * The worker's threads: running, retrying, cancelling, timing out, leaving, and effects that happen
 * once.
 */
#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/mem.h"
#include "carrel/worker.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    char *dir;
    struct store *store;
    struct arena *arena;
    atomic_int runs, failures_left;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int setup(void **state)
{
    struct fixture *f = mem_zalloc(sizeof *f);
    struct store_options options = { .create = true };
    struct error err = { 0 };

    f->dir = mem_strdup("/tmp/carrel-work-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    if (store_open(&f->store, f->dir, &options, &err) != ERR_OK)
        fail_msg("%s", err.message);
    assert_int_equal(store_exec(f->store, "CREATE TABLE effect(job INTEGER)", NULL), ERR_OK);
    f->arena = arena_new();
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    store_close(f->store);
    nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_free(f->arena);
    free(f->dir);
    free(f);
    return 0;
}

/* ---- kinds ---- */

static int effect(struct job_run *run, struct error *err)
{
    struct stmt *stmt;
    int result = store_begin(run->store, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, run->store, "INSERT INTO effect(job) VALUES(?1)", err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, run->job->id);
    return stmt_run(stmt, err);
}

/* Leaves its transaction open, as the contract asks. */
static int run_effect(struct job_run *run, struct error *err)
{
    struct fixture *f = run->ctx;

    atomic_fetch_add(&f->runs, 1);
    str_add(&run->result, "{\"said\":\"done\"}");
    return effect(run, err);
}

static int run_fails(struct job_run *run, struct error *err)
{
    struct fixture *f = run->ctx;
    int result = effect(run, err);

    atomic_fetch_add(&f->runs, 1);
    if (result == ERR_OK && atomic_fetch_sub(&f->failures_left, 1) > 0)
        return error_set(err, ERR_NETWORK, "the line is dead");
    return result;
}

static int run_refused(struct job_run *run, struct error *err)
{
    (void)run;
    return error_set(err, ERR_USAGE, "no wall is called 'x'");
}

static int run_partial(struct job_run *run, struct error *err)
{
    (void)run;
    return error_set(err, ERR_PARTIAL, "one wall was left out");
}

/* Works until it is told to stop. */
static int run_waits(struct job_run *run, struct error *err)
{
    struct fixture *f = run->ctx;
    int result = effect(run, err);

    store_rollback(run->store);
    atomic_fetch_add(&f->runs, 1);
    job_progress(run, 3, 7, "walls");
    while (result == ERR_OK && !atomic_load(run->stop))
        usleep(2000);
    return result == ERR_OK ? error_set(err, ERR_CANCELLED, "stopped") : result;
}

/* A statement that would run for ever. */
static int run_endless(struct job_run *run, struct error *err)
{
    struct fixture *f = run->ctx;
    int64_t n;

    atomic_fetch_add(&f->runs, 1);
    return store_query_int(run->store,
                           "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
                           "SELECT count(*) FROM c WHERE n < 0",
                           &n, err);
}

/* Does not hear that it should stop. */
static atomic_bool deaf_end;
static int run_deaf(struct job_run *run, struct error *err)
{
    struct fixture *f = run->ctx;

    (void)err;
    atomic_fetch_add(&f->runs, 1);
    while (!atomic_load(&deaf_end))
        usleep(2000);
    return ERR_OK;
}

static const struct job_kind kinds[] = {
    { .name = "effect", .run = run_effect },
    { .name = "fails", .run = run_fails, .retry_ms = 1, .retry_max_ms = 4 },
    { .name = "refused", .run = run_refused },
    { .name = "partial", .run = run_partial },
    { .name = "waits", .run = run_waits },
    { .name = "endless", .run = run_endless },
    { .name = "short", .run = run_waits, .timeout_ms = 50, .attempts = 1 },
    { .name = "deaf", .run = run_deaf },
};

/* ---- helpers ---- */

static int64_t add(struct fixture *f, const char *kind, int attempts)
{
    struct job_request request = { .kind = kind, .attempts_max = attempts };
    int64_t id;

    assert_int_equal(jobs_add(f->store, &request, &id, NULL, NULL), ERR_OK);
    return id;
}

static struct worker *start(struct fixture *f, int threads, bool once)
{
    struct worker_options options = { .library = f->dir,
                                      .kinds = kinds,
                                      .kind_count = ARRAY_LEN(kinds),
                                      .threads = threads,
                                      .once = once,
                                      .once_wait_ms = 5000,
                                      .poll_ms = 20,
                                      .ctx = f };
    struct worker *worker;
    struct error err = { 0 };

    if (worker_start(&worker, &options, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return worker;
}

static int64_t add_urgent(struct fixture *f, const char *kind, int priority)
{
    struct job_request request = { .kind = kind, .priority = priority };
    int64_t id;

    assert_int_equal(jobs_add(f->store, &request, &id, NULL, NULL), ERR_OK);
    return id;
}

static void run_once(struct fixture *f, int threads)
{
    struct worker *worker = start(f, threads, true);

    assert_true(worker_wait(worker, 60000));
    assert_true(worker_free(worker, 60000));
}

static struct job get(struct fixture *f, int64_t id)
{
    struct job job;

    assert_int_equal(jobs_get(f->store, f->arena, id, &job, NULL), ERR_OK);
    return job;
}

static void wait_state(struct fixture *f, int64_t id, enum job_state state)
{
    int64_t until = clock_ticks_ms() + 60000;

    while (get(f, id).state != state && clock_ticks_ms() < until)
        usleep(5000);
    assert_int_equal(get(f, id).state, state);
}

static void wait_runs(struct fixture *f, int runs)
{
    int64_t until = clock_ticks_ms() + 60000;

    while (atomic_load(&f->runs) < runs && clock_ticks_ms() < until)
        usleep(2000);
    assert_int_equal(atomic_load(&f->runs), runs);
}

static int64_t effects(struct fixture *f)
{
    int64_t count = -1;

    assert_int_equal(store_query_int(f->store, "SELECT count(*) FROM effect", &count, NULL),
                     ERR_OK);
    return count;
}

/* ---- tests ---- */

static void test_once(void **state)
{
    struct fixture *f = *state;
    int64_t id = 0;
    int i;

    for (i = 0; i < 200; i++)
        id = add(f, "effect", 0);
    add(f, "nobody-knows", 0);
    run_once(f, 4);
    assert_int_equal(atomic_load(&f->runs), 200);
    assert_int_equal(effects(f), 200);
    assert_int_equal(get(f, id).state, JOB_DONE);
    assert_string_equal(get(f, id).result, "{\"said\":\"done\"}");
}

static void test_retry(void **state)
{
    struct fixture *f = *state;
    int64_t good, bad;

    atomic_store(&f->failures_left, 2);
    good = add(f, "fails", 5);
    run_once(f, 1);
    assert_int_equal(get(f, good).state, JOB_DONE);
    assert_int_equal(get(f, good).attempts, 3);
    assert_int_equal(effects(f), 1); /* those of the failures were rolled back */
    atomic_store(&f->failures_left, 100);
    bad = add(f, "fails", 3);
    run_once(f, 2);
    assert_int_equal(get(f, bad).state, JOB_FAILED);
    assert_string_equal(get(f, bad).error, "the line is dead");
    assert_int_equal(effects(f), 1);
}

/* A thread that found nothing while another one's job was still running must not end the worker
 * when that job has gone back into the queue meanwhile. */
static void test_once_sees_retries(void **state)
{
    struct fixture *f = *state;
    int round;

    for (round = 0; round < 60; round++) {
        int64_t id;

        atomic_store(&f->failures_left, 4);
        id = add(f, "fails", 6);
        run_once(f, 4);
        assert_int_equal(get(f, id).state, JOB_DONE);
    }
}

static void test_permanent_and_partial(void **state)
{
    struct fixture *f = *state;
    int64_t refused = add(f, "refused", 0), partial = add(f, "partial", 0);
    struct worker *worker = start(f, 1, true);
    struct worker_totals totals;

    assert_true(worker_wait(worker, 60000));
    worker_totals(worker, &totals);
    assert_int_equal(totals.failed, 1);
    assert_int_equal(totals.partial, 1);
    assert_true(worker_free(worker, 60000));
    assert_int_equal(get(f, refused).state, JOB_FAILED);
    assert_int_equal(get(f, refused).attempts, 1);
    assert_int_equal(get(f, partial).state, JOB_DONE);
    assert_string_equal(get(f, partial).error, "one wall was left out");
}

static void test_cancel(void **state)
{
    struct fixture *f = *state;
    int64_t waits = add(f, "waits", 0), endless = add(f, "endless", 0);
    struct worker *worker = start(f, 2, false);
    int64_t until = clock_ticks_ms() + 60000;

    wait_runs(f, 2);
    while (get(f, waits).done != 3 && clock_ticks_ms() < until)
        usleep(5000);
    assert_int_equal(get(f, waits).total, 7); /* progress was written down */
    assert_string_equal(get(f, waits).unit, "walls");
    assert_int_equal(jobs_cancel(f->store, waits, NULL, NULL), ERR_OK);
    assert_int_equal(jobs_cancel(f->store, endless, NULL, NULL), ERR_OK);
    wait_state(f, waits, JOB_CANCELLED);
    wait_state(f, endless, JOB_CANCELLED); /* inside a statement */
    assert_true(worker_free(worker, 60000));
}

static void test_leave(void **state)
{
    struct fixture *f = *state;
    int64_t id = add(f, "waits", 0);
    struct worker *worker = start(f, 1, false);

    wait_runs(f, 1);
    assert_true(worker_free(worker, 60000));
    assert_int_equal(get(f, id).state, JOB_QUEUED);
    assert_int_equal(get(f, id).attempts, 0);
}

static void test_timeout(void **state)
{
    struct fixture *f = *state;
    int64_t id = add(f, "short", 1);

    run_once(f, 1);
    assert_int_equal(get(f, id).state, JOB_FAILED);
    assert_non_null(strstr(get(f, id).error, "took longer than"));
}

/* The job was given to another while this worker slept: nothing of it stays. */
static void test_lost(void **state)
{
    struct fixture *f = *state;
    int64_t id = add(f, "waits", 0);
    struct worker *worker = start(f, 1, false);

    wait_runs(f, 1);
    assert_int_equal(
        store_exec(f->store, "UPDATE job SET token = token + 1, lease_until = lease_until + 60000",
                   NULL),
        ERR_OK);
    assert_true(worker_wait(worker, 500) == false); /* it goes on with other jobs */
    assert_int_equal(get(f, id).state, JOB_RUNNING);
    assert_true(worker_free(worker, 60000));
    assert_int_equal(get(f, id).state, JOB_RUNNING);
    assert_int_equal(effects(f), 0);
}

/* Even one that does not listen does not keep the process: its job is back in the queue at once. */
static void test_deaf(void **state)
{
    struct fixture *f = *state;
    int64_t id = add(f, "deaf", 0);
    struct worker *worker = start(f, 1, false);

    wait_runs(f, 1);
    assert_false(worker_free(worker, 20));
    assert_int_equal(get(f, id).state, JOB_QUEUED);
    atomic_store(&deaf_end, true);
    assert_true(worker_free(worker, 60000));
    assert_int_equal(get(f, id).state, JOB_QUEUED); /* its late end did not count */
}

static void test_chain(void **state)
{
    struct fixture *f = *state;
    struct job_request request = { .kind = "effect", .after_count = 1 };
    int64_t before = add(f, "effect", 0), id = 0;
    int i;

    for (i = 0; i < 20; i++) {
        request.after = &before;
        assert_int_equal(jobs_add(f->store, &request, &id, NULL, NULL), ERR_OK);
        before = id;
    }
    run_once(f, 3); /* "once" sees that what ends frees what waits */
    assert_int_equal(get(f, id).state, JOB_DONE);
    assert_int_equal(effects(f), 21);
}

static void test_unknown_kind(void **state)
{
    struct fixture *f = *state;
    struct worker_options options = {
        .library = f->dir, .kinds = kinds, .kind_count = 1, .threads = 1, .only = "paint"
    };
    struct worker *worker;
    struct error err = { 0 };

    assert_int_equal(worker_start(&worker, &options, &err), ERR_USAGE);
    assert_non_null(strstr(err.message, "'paint'"));
}

/* What is urgent, and what has a lane of its own, does not wait for who keeps all threads. */
static void test_lanes(void **state)
{
    static const struct worker_lane lanes[] = { { .urgent = JOB_AWAITED }, { .kind = "partial" } };
    struct fixture *f = *state;
    struct worker_options options = { .library = f->dir,
                                      .kinds = kinds,
                                      .kind_count = ARRAY_LEN(kinds),
                                      .threads = 2,
                                      .lanes = lanes,
                                      .lane_count = ARRAY_LEN(lanes),
                                      .poll_ms = 20,
                                      .ctx = f };
    int64_t plain, asked, urgent, partial;
    struct worker *worker;

    add(f, "waits", 1);
    add(f, "waits", 1);
    assert_int_equal(worker_start(&worker, &options, NULL), ERR_OK);
    wait_runs(f, 2);
    plain = add(f, "effect", 1);
    asked = add_urgent(f, "effect", JOB_ASKED);
    urgent = add_urgent(f, "effect", JOB_AWAITED);
    partial = add(f, "partial", 1);
    wait_state(f, urgent, JOB_DONE);
    wait_state(f, partial, JOB_DONE);
    usleep(100000);
    assert_int_equal(get(f, plain).state, JOB_QUEUED);
    assert_int_equal(get(f, asked).state, JOB_QUEUED);
    assert_true(worker_free(worker, 60000));
}

int main(void)
{
#define WORK_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        WORK_TEST(test_once),
        WORK_TEST(test_retry),
        WORK_TEST(test_once_sees_retries),
        WORK_TEST(test_permanent_and_partial),
        WORK_TEST(test_cancel),
        WORK_TEST(test_leave),
        WORK_TEST(test_timeout),
        WORK_TEST(test_lost),
        WORK_TEST(test_deaf),
        WORK_TEST(test_chain),
        WORK_TEST(test_unknown_kind),
        WORK_TEST(test_lanes),
    };

    log_configure(LOG_ERROR, false, true);
    return cmocka_run_group_tests_name("worker", tests, NULL, NULL);
}
