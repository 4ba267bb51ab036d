/*
 * Ten thousand jobs, four processes, kill -9: each job takes effect once.
 *
 * The workers are processes of their own, killed and replaced at random moments; a job's effect is
 * a row that nothing keeps from being written twice but the token.
 */
#include "store_test.h"
#include "turns.h"

#include "carrel/clock.h"
#include "carrel/jobs.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define JOBS turns(10000)
#define WORKERS 4
#define KILLS turns(24)
#define LEASE 400 /* ms; killed workers' jobs go on soon */

/* One job: its effect and its end in one transaction. */
static int work_one(struct store *store, const struct job *job)
{
    struct stmt *stmt;
    int result = store_begin(store, NULL);

    if (result != ERR_OK)
        return result;
    result = stmt_prepare(&stmt, store, "INSERT INTO effect(job) VALUES(?1)", NULL);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, job->id);
        result = stmt_run(stmt, NULL);
    }
    if (result == ERR_OK)
        result = jobs_complete(store, job->id, job->token, NULL, NULL, NULL);
    if (result == ERR_OK)
        return store_commit(store, NULL);
    store_rollback(store);
    return result == ERR_BUSY ? ERR_OK : result; /* another has it: fine */
}

/* Until all are done; exit code 0, or 1 for an error. */
static int work(const char *dir)
{
    static const char *const kinds[] = { "test" };
    struct job_claim claim = {
        .worker = "test/kill", .kinds = kinds, .kind_count = 1, .lease_ms = LEASE
    };
    struct store_options options = { 0 };
    struct arena *arena = arena_new();
    struct error err = { 0 };
    struct store *store;
    int result = store_open(&store, dir, &options, &err);

    while (result == ERR_OK) {
        int64_t next = 0;
        struct job job;

        arena_reset(arena);
        result = jobs_claim(store, arena, &claim, &job, &next, &err);
        if (result == ERR_OK && job.id)
            result = work_one(store, &job);
        else if (result == ERR_OK && next)
            usleep(20000); /* somebody's lease is still to end */
        else if (result == ERR_OK)
            break;
    }
    if (result != ERR_OK)
        fprintf(stderr, "# worker: %s\n", err.message);
    store_close(store);
    arena_free(arena);
    return result != ERR_OK;
}

static pid_t start(const char *dir)
{
    pid_t child;

    fflush(NULL);
    child = fork();
    if (child == 0)
        _exit(work(dir));
    assert_true(child > 0);
    return child;
}

static void fill(struct store *store)
{
    struct job_request request = { .kind = "test", .attempts_max = JOB_ATTEMPTS_MAX };
    int64_t id;
    int i;

    library_run(store, "CREATE TABLE effect(job INTEGER)");
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    for (i = 0; i < JOBS; i++) {
        request.priority = i % 7;
        assert_int_equal(jobs_add(store, &request, &id, NULL, NULL), ERR_OK);
    }
    assert_int_equal(store_commit(store, NULL), ERR_OK);
}

static void test_kill(void **state)
{
    struct library *library = *state;
    pid_t workers[WORKERS];
    struct store *store = library_open(library);
    unsigned dice = 20260301;
    int i, status;

    fill(store);
    store_close(store);
    for (i = 0; i < WORKERS; i++)
        workers[i] = start(library->dir);
    for (i = 0; i < KILLS; i++) {
        int victim;

        dice = dice * 1103515245u + 12345u;
        victim = (int)(dice >> 16) % WORKERS;
        usleep(5000 + (dice >> 8) % 60000);
        kill(workers[victim], SIGKILL);
        assert_int_equal(waitpid(workers[victim], &status, 0), workers[victim]);
        workers[victim] = start(library->dir);
    }
    for (i = 0; i < WORKERS; i++) {
        assert_int_equal(waitpid(workers[i], &status, 0), workers[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    store = library_open(library);
    assert_int_equal(library_int(store, "SELECT count(*) FROM effect"), JOBS);
    assert_int_equal(library_int(store, "SELECT count(DISTINCT job) FROM effect"), JOBS);
    assert_int_equal(library_int(store, "SELECT count(*) FROM job WHERE state = 2"), JOBS);
    print_message("# %d jobs, %d kills, %d jobs begun more than once\n", JOBS, KILLS,
                  (int)library_int(store, "SELECT count(*) FROM job WHERE attempts > 1"));
    store_close(store);
}

int store_jobs_kill_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kill, library_setup, library_teardown),
    };

    return cmocka_run_group_tests_name("jobs-kill", tests, NULL, NULL);
}
