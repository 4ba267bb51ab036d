/*
 * The queue of jobs: order, leases and tokens, dependencies, keys, cancelling, retrying, a clock
 * that is set back, forgetting.
 */
#include "store_test.h"

#include "carrel/audit.h"
#include "carrel/clock.h"
#include "carrel/jobs.h"

#include <sys/wait.h>
#include <unistd.h>

#define LEASE 60000

static const char *const kinds[] = { "paint", "sand" };

struct queue {
    struct library *library;
    struct store *store;
    struct arena *arena;
};

static int queue_setup(void **state)
{
    struct queue *queue = mem_zalloc(sizeof *queue);

    library_setup((void **)&queue->library);
    queue->store = library_open(queue->library);
    queue->arena = arena_new();
    *state = queue;
    return 0;
}

static int queue_teardown(void **state)
{
    struct queue *queue = *state;
    void *library = queue->library;

    store_close(queue->store);
    arena_free(queue->arena);
    free(queue);
    return library_teardown(&library);
}

static int64_t add(struct queue *queue, struct job_request request)
{
    struct error err = { 0 };
    int64_t id = 0;

    if (!request.kind)
        request.kind = "paint";
    if (jobs_add(queue->store, &request, &id, NULL, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return id;
}

static struct job claim_of(struct queue *queue, size_t kind_count, int64_t lease)
{
    struct job_claim claim = {
        .worker = "test/1", .kinds = kinds, .kind_count = kind_count, .lease_ms = lease
    };
    struct error err = { 0 };
    struct job job;
    int64_t next;

    if (jobs_claim(queue->store, queue->arena, &claim, &job, &next, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return job;
}

static struct job claim(struct queue *queue)
{
    return claim_of(queue, 2, LEASE);
}

static int complete(struct queue *queue, int64_t id, int64_t token)
{
    int result;

    assert_int_equal(store_begin(queue->store, NULL), ERR_OK);
    result = jobs_complete(queue->store, id, token, "{\"ok\":true}", NULL, NULL);
    if (result == ERR_OK)
        return store_commit(queue->store, NULL);
    store_rollback(queue->store);
    return result;
}

static struct job get(struct queue *queue, int64_t id)
{
    struct error err = { 0 };
    struct job job;

    if (jobs_get(queue->store, queue->arena, id, &job, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return job;
}

/* As if `ms` had passed for leases and pauses. */
static void pass(struct queue *queue, int64_t ms)
{
    char sql[200];

    snprintf(
        sql, sizeof sql,
        "UPDATE job SET due = due - %lld, seen = seen - %lld, lease_until = lease_until - %lld",
        (long long)ms, (long long)ms, (long long)ms);
    library_run(queue->store, sql);
}

static void test_order(void **state)
{
    struct queue *queue = *state;
    int64_t low = add(queue, (struct job_request){ .priority = -1 });
    int64_t first = add(queue, (struct job_request){ 0 });
    int64_t second = add(queue, (struct job_request){ .kind = "sand" });
    int64_t high = add(queue, (struct job_request){ .kind = "sand", .priority = 5 });

    add(queue, (struct job_request){ .kind = "other", .priority = 9 });
    assert_int_equal(claim(queue).id, high);
    assert_int_equal(claim(queue).id, first);
    assert_int_equal(claim_of(queue, 1, LEASE).id, low); /* only the first kind */
    assert_int_equal(claim(queue).id, second);
    assert_int_equal(claim(queue).id, 0); /* nobody here knows "other" */
}

static void test_delay(void **state)
{
    struct queue *queue = *state;
    struct job_claim ask = {
        .worker = "test/1", .kinds = kinds, .kind_count = 2, .lease_ms = LEASE
    };
    int64_t id = add(queue, (struct job_request){ .delay_ms = 50000, .priority = 3 }), next = 0;
    struct job job;

    assert_int_equal(jobs_claim(queue->store, queue->arena, &ask, &job, &next, NULL), ERR_OK);
    assert_int_equal(job.id, 0);
    assert_true(next > clock_real_ms() + 40000 && next <= clock_real_ms() + 50000);
    pass(queue, 50001);
    assert_int_equal(claim(queue).id, id);
}

static void test_complete_once(void **state)
{
    struct queue *queue = *state;
    int64_t id = add(queue, (struct job_request){ .payload = "{\"n\":1}" });
    struct job first = claim(queue), second;

    assert_int_equal(first.id, id);
    assert_string_equal(first.payload, "{\"n\":1}");
    assert_int_equal(first.attempts, 1);
    pass(queue, LEASE + 1000);
    second = claim(queue); /* the first worker looks dead */
    assert_int_equal(second.id, id);
    assert_int_equal(second.attempts, 2);
    assert_int_not_equal(first.token, second.token);
    assert_int_equal(complete(queue, id, first.token), ERR_BUSY);
    assert_int_equal(jobs_fail(queue->store, id, first.token, "late", 0, NULL), ERR_BUSY);
    assert_int_equal(jobs_release(queue->store, id, first.token, NULL), ERR_BUSY);
    assert_int_equal(get(queue, id).state, JOB_RUNNING);
    assert_int_equal(complete(queue, id, second.token), ERR_OK);
    assert_int_equal(complete(queue, id, second.token), ERR_BUSY); /* nor twice */
    assert_int_equal(get(queue, id).state, JOB_DONE);
    assert_string_equal(get(queue, id).result, "{\"ok\":true}");
}

/* A stale token takes the effect beside it away, too. */
static void test_effect_rolls_back(void **state)
{
    struct queue *queue = *state;
    int64_t id = add(queue, (struct job_request){ 0 });
    struct job old = claim(queue), new;

    library_run(queue->store, "CREATE TABLE effect(job INTEGER)");
    pass(queue, LEASE + 1000);
    new = claim(queue);
    assert_int_equal(store_begin(queue->store, NULL), ERR_OK);
    library_run(queue->store, "INSERT INTO effect VALUES(1)");
    assert_int_equal(jobs_complete(queue->store, id, old.token, NULL, NULL, NULL), ERR_BUSY);
    store_rollback(queue->store);
    assert_int_equal(library_int(queue->store, "SELECT count(*) FROM effect"), 0);
    assert_int_equal(complete(queue, id, new.token), ERR_OK);
}

static void test_beat(void **state)
{
    struct queue *queue = *state;
    int64_t id = add(queue, (struct job_request){ 0 });
    struct job job = claim(queue);
    struct job_beat beat = {
        .id = id, .token = job.token, .lease_ms = LEASE, .done = 3, .total = 9, .unit = "walls"
    };
    enum job_order order = JOB_LOST;

    pass(queue, LEASE - 1000);
    assert_int_equal(jobs_beat(queue->store, &beat, &order, NULL), ERR_OK);
    assert_int_equal(order, JOB_GO_ON);
    pass(queue, LEASE - 1000); /* renewed: still its own */
    assert_int_equal(claim(queue).id, 0);
    assert_int_equal(get(queue, id).done, 3);
    assert_string_equal(get(queue, id).unit, "walls");
    beat.token++;
    assert_int_equal(jobs_beat(queue->store, &beat, &order, NULL), ERR_OK);
    assert_int_equal(order, JOB_LOST);
    assert_int_equal(jobs_order(queue->store, id, job.token, &order, NULL), ERR_OK);
    assert_int_equal(order, JOB_GO_ON);
}

static void test_retries(void **state)
{
    struct queue *queue = *state;
    int64_t id = add(queue, (struct job_request){ .attempts_max = 2 });
    struct job_event *story;
    struct job job = claim(queue);
    size_t count;

    assert_int_equal(jobs_fail(queue->store, id, job.token, "no brush", 5000, NULL), ERR_OK);
    assert_int_equal(get(queue, id).state, JOB_QUEUED);
    assert_string_equal(get(queue, id).error, "no brush");
    assert_int_equal(claim(queue).id, 0); /* pausing */
    pass(queue, 5001);
    job = claim(queue);
    assert_int_equal(job.id, id);
    assert_int_equal(jobs_fail(queue->store, id, job.token, "no paint", 5000, NULL), ERR_OK);
    assert_int_equal(get(queue, id).state, JOB_FAILED); /* attempts used up */
    assert_int_equal(jobs_retry(queue->store, id, NULL), ERR_OK);
    job = claim(queue);
    assert_int_equal(job.attempts, 1);
    assert_int_equal(complete(queue, id, job.token), ERR_OK);
    assert_int_equal(jobs_story(queue->store, queue->arena, id, &story, &count, NULL), ERR_OK);
    assert_int_equal(count, 3);
    assert_string_equal(story[0].text, "attempt 1: no brush");
    assert_string_equal(story[1].text, "attempt 2: no paint");
    assert_int_equal(jobs_retry(queue->store, id, NULL), ERR_FAILED); /* done */
    assert_int_equal(jobs_retry(queue->store, 999, NULL), ERR_NOTFOUND);
}

static void test_permanent(void **state)
{
    struct queue *queue = *state;
    int64_t id = add(queue, (struct job_request){ 0 });
    struct job job = claim(queue);

    assert_int_equal(jobs_fail(queue->store, id, job.token, "no such wall", -1, NULL), ERR_OK);
    assert_int_equal(get(queue, id).state, JOB_FAILED);
}

/* A job that kills whoever runs it is not run for ever. */
static void test_poison(void **state)
{
    struct queue *queue = *state;
    int64_t id = add(queue, (struct job_request){ .attempts_max = 3 });
    int i;

    for (i = 0; i < 3; i++) {
        assert_int_equal(claim(queue).id, id);
        pass(queue, LEASE + 1000);
    }
    assert_int_equal(claim(queue).id, 0);
    assert_int_equal(get(queue, id).state, JOB_FAILED);
    assert_non_null(strstr(get(queue, id).error, "no sign of life from its worker test/1"));
}

static void test_release(void **state)
{
    struct queue *queue = *state;
    int64_t id = add(queue, (struct job_request){ 0 });
    struct job job = claim(queue);

    assert_int_equal(jobs_release(queue->store, id, job.token, NULL), ERR_OK);
    assert_int_equal(get(queue, id).attempts, 0);
    assert_int_equal(claim(queue).id, id);
}

static void test_cancel(void **state)
{
    struct queue *queue = *state;
    int64_t waiting = add(queue, (struct job_request){ .kind = "other" });
    int64_t running = add(queue, (struct job_request){ 0 });
    struct job job = claim(queue);
    enum job_order order;
    bool stopping = true;

    assert_int_equal(jobs_cancel(queue->store, waiting, &stopping, NULL), ERR_OK);
    assert_false(stopping);
    assert_int_equal(get(queue, waiting).state, JOB_CANCELLED);
    assert_int_equal(jobs_cancel(queue->store, waiting, NULL, NULL), ERR_FAILED);
    assert_int_equal(jobs_cancel(queue->store, running, &stopping, NULL), ERR_OK);
    assert_true(stopping);
    assert_int_equal(jobs_order(queue->store, running, job.token, &order, NULL), ERR_OK);
    assert_int_equal(order, JOB_STOP);
    assert_int_equal(jobs_stopped(queue->store, running, job.token, NULL), ERR_OK);
    assert_int_equal(get(queue, running).state, JOB_CANCELLED);
    assert_int_equal(jobs_cancel(queue->store, 999, NULL, NULL), ERR_NOTFOUND);
    /* Its worker died before it heard of it. */
    running = add(queue, (struct job_request){ 0 });
    job = claim(queue);
    assert_int_equal(jobs_cancel(queue->store, running, NULL, NULL), ERR_OK);
    pass(queue, LEASE + 1000);
    assert_int_equal(claim(queue).id, 0);
    assert_int_equal(get(queue, running).state, JOB_CANCELLED);
}

static void test_key(void **state)
{
    struct queue *queue = *state;
    struct job_request request = { .kind = "paint", .key = "wall-7" };
    int64_t id, same, later;
    bool existing;
    struct job job;

    assert_int_equal(jobs_add(queue->store, &request, &id, &existing, NULL), ERR_OK);
    assert_false(existing);
    assert_int_equal(jobs_add(queue->store, &request, &same, &existing, NULL), ERR_OK);
    assert_true(existing);
    assert_int_equal(same, id);
    job = claim(queue);
    assert_int_equal(jobs_add(queue->store, &request, &same, &existing, NULL), ERR_OK);
    assert_true(existing); /* a running one is open, too */
    assert_int_equal(jobs_fail(queue->store, id, job.token, "rain", -1, NULL), ERR_OK);
    assert_int_equal(jobs_add(queue->store, &request, &later, &existing, NULL), ERR_OK);
    assert_false(existing);
    assert_int_equal(jobs_retry(queue->store, id, NULL), ERR_EXISTS);
}

static void test_dependencies(void **state)
{
    struct queue *queue = *state;
    int64_t a = add(queue, (struct job_request){ 0 });
    int64_t b = add(queue, (struct job_request){ 0 });
    int64_t both[] = { a, b };
    int64_t c = add(queue, (struct job_request){ .after = both, .after_count = 2, .priority = 9 });
    struct job job = claim(queue);

    assert_int_equal(job.id, a);
    assert_int_equal(complete(queue, a, job.token), ERR_OK);
    job = claim(queue);
    assert_int_equal(job.id, b); /* not c: it waits for b */
    assert_int_equal(claim(queue).id, 0);
    assert_int_equal(get(queue, c).waits, 1);
    assert_int_equal(complete(queue, b, job.token), ERR_OK);
    assert_int_equal(claim(queue).id, c);
    /* What is done already is not waited for; what was never there is an error. */
    job = get(queue, add(queue, (struct job_request){ .after = &a, .after_count = 1 }));
    assert_int_equal(job.waits, 0);
    a = 999;
    assert_int_equal(
        jobs_add(queue->store,
                 &(struct job_request){ .kind = "paint", .after = &a, .after_count = 1 }, &b, NULL,
                 NULL),
        ERR_NOTFOUND);
}

/* Of a kind, behind the place where the last look ended; what runs again is no failure. */
static void test_failed_since(void **state)
{
    struct queue *queue = *state;
    int64_t a = add(queue, (struct job_request){ .attempts_max = 2 }), event = -1;
    struct job job = claim(queue), *jobs;
    size_t count;

    assert_int_equal(jobs_fail(queue->store, a, job.token, "rain", 60000, NULL), ERR_OK);
    assert_int_equal(
        jobs_failed_since(queue->store, queue->arena, "paint", &event, &jobs, &count, NULL),
        ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(jobs[0].error, "rain");
    assert_int_equal(jobs[0].state, JOB_QUEUED);
    assert_true(event > 0);
    assert_int_equal(
        jobs_failed_since(queue->store, queue->arena, "paint", &event, &jobs, &count, NULL),
        ERR_OK);
    assert_int_equal(count, 0);
    a = add(queue, (struct job_request){ 0 });
    job = claim(queue);
    assert_int_equal(job.id, a);
    assert_int_equal(jobs_fail(queue->store, a, job.token, "snow", -1, NULL), ERR_OK);
    assert_int_equal(jobs_failed_since(queue->store, queue->arena, "sand", &(int64_t){ event },
                                       &jobs, &count, NULL),
                     ERR_OK);
    assert_int_equal(count, 0); /* of another kind */
    assert_int_equal(
        jobs_failed_since(queue->store, queue->arena, "paint", &event, &jobs, &count, NULL),
        ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(jobs[0].error, "snow");
}

static void test_dependency_fails(void **state)
{
    struct queue *queue = *state;
    int64_t a = add(queue, (struct job_request){ 0 });
    int64_t b = add(queue, (struct job_request){ .after = &a, .after_count = 1 });
    int64_t c = add(queue, (struct job_request){ .after = &b, .after_count = 1 });
    int64_t any =
        add(queue, (struct job_request){ .after = &b, .after_count = 1, .after_any_end = true });
    struct job job = claim(queue);
    struct error err = { 0 };

    assert_int_equal(jobs_fail(queue->store, a, job.token, "rain", -1, NULL), ERR_OK);
    assert_int_equal(get(queue, b).state, JOB_FAILED);
    assert_int_equal(get(queue, c).state, JOB_FAILED); /* through b */
    assert_non_null(strstr(get(queue, b).error, "which it waits for, failed"));
    assert_int_equal(get(queue, any).waits, 0); /* runs all the same */
    assert_int_equal(jobs_retry(queue->store, c, &err), ERR_FAILED);
    assert_non_null(strstr(err.message, "retry that one"));
    /* One added now falls at once. */
    assert_int_equal(
        get(queue, add(queue, (struct job_request){ .after = &a, .after_count = 1 })).state,
        JOB_FAILED);
    /* The first one's retry brings back what fell with it. */
    assert_int_equal(jobs_retry(queue->store, a, NULL), ERR_OK);
    assert_int_equal(get(queue, b).state, JOB_QUEUED);
    assert_int_equal(get(queue, c).state, JOB_QUEUED);
    assert_int_equal(get(queue, c).waits, 1);
    job = claim(queue);
    assert_int_equal(job.id, a);
    assert_int_equal(complete(queue, a, job.token), ERR_OK);
    assert_int_equal(claim(queue).id, b);
}

/* A process that is gone need not be waited for. */
static void test_dead_process(void **state)
{
    struct queue *queue = *state;
    int64_t id = add(queue, (struct job_request){ 0 });
    pid_t child;
    int status;

    store_close(queue->store); /* no connection goes through a fork */
    fflush(NULL);
    child = fork();
    if (child == 0) {
        queue->store = library_open(queue->library);
        _exit(claim(queue).id == id ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    queue->store = library_open(queue->library);
    assert_int_equal(get(queue, id).state, JOB_RUNNING);
    assert_int_equal(jobs_tidy(queue->store, NULL), ERR_OK);
    assert_int_equal(claim(queue).id, id);
    assert_int_equal(jobs_tidy(queue->store, NULL), ERR_OK); /* we are alive */
    assert_int_equal(get(queue, id).state, JOB_RUNNING);
}

static void test_clock_set_back(void **state)
{
    struct queue *queue = *state;
    int64_t running = add(queue, (struct job_request){ .priority = 1 }), pausing;
    int64_t hour = 3600000;
    struct job job = claim(queue);

    pausing = add(queue, (struct job_request){ 0 });
    job = claim(queue);
    assert_int_equal(jobs_fail(queue->store, pausing, job.token, "rain", 5000, NULL), ERR_OK);
    pass(queue, -hour); /* all times lie an hour ahead now */
    assert_int_equal(jobs_tidy(queue->store, NULL), ERR_OK);
    assert_true(get(queue, pausing).due <= clock_real_ms() + 5000);
    pass(queue, LEASE + 1000);
    assert_int_equal(claim(queue).id, running); /* its worker died in that hour */
    assert_int_equal(claim(queue).id, pausing);
}

static void test_bad_requests(void **state)
{
    struct queue *queue = *state;
    char *large = mem_alloc(JOB_JSON_MAX + 10);
    const struct job_request bad[] = {
        { .kind = "" },
        { .kind = "two words" },
        { .kind = "paint", .payload = "{" },
        { .kind = "paint", .payload = "[1]" },
        { .kind = "paint", .payload = "7" },
        { .kind = "paint", .key = "" },
        { .kind = "paint", .priority = 100000 },
        { .kind = "paint", .attempts_max = -1 },
        { .kind = "paint", .payload = large },
    };
    struct error err = { 0 };
    int64_t id;
    size_t i;

    memset(large, ' ', JOB_JSON_MAX + 9);
    large[JOB_JSON_MAX + 9] = '\0';
    for (i = 0; i < ARRAY_LEN(bad); i++) {
        int result = jobs_add(queue->store, &bad[i], &id, NULL, &err);

        assert_true(result == ERR_USAGE || result == ERR_LIMIT);
        assert_true(strlen(err.message) > 10);
    }
    assert_int_equal(library_int(queue->store, "SELECT count(*) FROM job"), 0);
    free(large);
}

static void test_lists(void **state)
{
    struct queue *queue = *state;
    int64_t a = add(queue, (struct job_request){ 0 }), b = add(queue, (struct job_request){ 0 });
    int64_t urgent = add(queue, (struct job_request){ .kind = "other", .priority = 3 });
    struct job_filter filter = { 0 };
    int64_t counts[JOB_STATES];
    struct job job = claim(queue), *jobs;
    struct str json = STR_INIT;
    struct jsonw w;
    size_t count;

    assert_int_equal(complete(queue, a, job.token), ERR_OK);
    job = claim(queue);
    assert_int_equal(jobs_list(queue->store, queue->arena, &filter, &jobs, &count, NULL), ERR_OK);
    assert_int_equal(count, 3);
    assert_int_equal(jobs[0].id, b); /* running, queued, ended */
    assert_int_equal(jobs[1].id, urgent);
    assert_int_equal(jobs[2].id, a);
    filter.states = 1u << JOB_DONE;
    assert_int_equal(jobs_list(queue->store, queue->arena, &filter, &jobs, &count, NULL), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(jobs_counts(queue->store, counts, NULL), ERR_OK);
    assert_int_equal(counts[JOB_RUNNING], 1);
    assert_int_equal(counts[JOB_QUEUED], 1);
    assert_int_equal(counts[JOB_DONE], 1);
    jsonw_start(&w, &json);
    job_to_json(&w, &jobs[0]);
    assert_non_null(strstr(json.ptr,
                           "{\"id\":1,\"kind\":\"paint\",\"state\":\"done\",\"progress\":{"
                           "\"done\":0,\"total\":0,"));
    assert_non_null(strstr(json.ptr, "\"payload\":{},\"error\":null,\"result\":{\"ok\":true}}"));
    str_free(&json);
}

static void test_prune(void **state)
{
    struct queue *queue = *state;
    int64_t gone = 0, open = add(queue, (struct job_request){ .kind = "other" });
    int i;

    for (i = 0; i < 10; i++) {
        int64_t id = add(queue, (struct job_request){ 0 });

        assert_int_equal(complete(queue, id, claim(queue).token), ERR_OK);
    }
    library_run(queue->store, "UPDATE job SET finished = finished - 100000 WHERE id <= 4");
    assert_int_equal(jobs_prune(queue->store, 50000, 1000, &gone, NULL), ERR_OK);
    assert_int_equal(gone, 3); /* ids 2 to 4; 1 is open */
    assert_int_equal(jobs_prune(queue->store, 50000, 5, &gone, NULL), ERR_OK);
    assert_int_equal(gone, 2); /* beyond the newest five */
    assert_int_equal(library_int(queue->store, "SELECT count(*) FROM job"), 6);
    assert_int_equal(get(queue, open).state, JOB_QUEUED);
}

static void test_member(void **state)
{
    struct queue *queue = *state;
    char *text;

    assert_int_equal(
        job_member(queue->store, queue->arena, "{\"file\":\"a b\",\"n\":3}", "file", &text, NULL),
        ERR_OK);
    assert_string_equal(text, "a b");
    assert_int_equal(job_member(queue->store, queue->arena, "{\"n\":3}", "file", &text, NULL),
                     ERR_OK);
    assert_null(text);
}

static void test_backoff(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 200; i++) {
        int64_t first = job_backoff_ms(1, 1000, 60000), third = job_backoff_ms(3, 1000, 60000);

        assert_true(first >= 500 && first <= 1000);
        assert_true(third >= 2000 && third <= 4000);
        assert_true(job_backoff_ms(60, 1000, 60000) <= 60000);
    }
}

/* However many wait, claiming looks at the front only: no plan of its reads scans a table or sorts.
 */
static void test_plans(void **state)
{
    static const char *const reads[] = {
        "SELECT min(lease_until) FROM job WHERE state = 1 AND ?1",
        "SELECT min(due) FROM job WHERE state = 0 AND waits = 0 AND ready = 0 AND ?1",
        ("SELECT id, priority FROM job WHERE state = 0 AND waits = 0 AND ready = 1 AND kind = ?1 "
         "ORDER BY priority DESC, id LIMIT 1"),
    };
    struct queue *queue = *state;
    size_t i;

    for (i = 0; i < ARRAY_LEN(reads); i++) {
        char *sql = mem_printf("EXPLAIN QUERY PLAN %s", reads[i]);
        struct stmt *stmt;

        assert_int_equal(stmt_prepare_once(&stmt, queue->store, sql, NULL), ERR_OK);
        while (stmt_step(stmt, NULL) == 1) {
            const char *plan = stmt_text(stmt, 3);

            if (strstr(plan, "TEMP B-TREE") || !strstr(plan, "USING"))
                fail_msg("%s: %s", reads[i], plan);
        }
        stmt_free(stmt);
        free(sql);
    }
}

/* A request's name leads to its job for a day, for whoever gave it. */
static void test_once(void **state)
{
    struct queue *queue = *state;
    const struct job_once once = { .token = "ann", .key = "monday", .request = "a" };
    struct job_once other = once;
    int64_t id = add(queue, (struct job_request){ 0 }), found = 0;

    assert_int_equal(jobs_once_find(queue->store, &once, &found, NULL), ERR_NOTFOUND);
    assert_int_equal(jobs_once_save(queue->store, &once, id, NULL), ERR_OK);
    assert_int_equal(jobs_once_find(queue->store, &once, &found, NULL), ERR_OK);
    assert_int_equal(found, id);
    other.request = "b";
    assert_int_equal(jobs_once_find(queue->store, &other, &found, NULL), ERR_EXISTS);
    other = (struct job_once){ .token = "bo", .key = "monday", .request = "a" };
    assert_int_equal(jobs_once_find(queue->store, &other, &found, NULL), ERR_NOTFOUND);
    library_run(queue->store, "UPDATE job_once SET at = at - 86400001");
    assert_int_equal(jobs_once_find(queue->store, &once, &found, NULL), ERR_NOTFOUND);
    assert_int_equal(jobs_once_save(queue->store, &once, id, NULL), ERR_OK); /* the old row went */
}

/* Pages of all jobs, newest first. */
static void test_pages(void **state)
{
    struct queue *queue = *state;
    const struct job_filter two = { .limit = 2 }, sand = { .kind = "sand" },
                            done = { .states = 1u << JOB_DONE };
    struct job *jobs;
    size_t count;
    int64_t first = add(queue, (struct job_request){ 0 });
    int64_t second = add(queue, (struct job_request){ .kind = "sand" });
    int64_t third = add(queue, (struct job_request){ 0 });

    assert_int_equal(jobs_page(queue->store, queue->arena, &two, 0, &jobs, &count, NULL), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(jobs[0].id, third);
    assert_int_equal(jobs_page(queue->store, queue->arena, &two, second, &jobs, &count, NULL),
                     ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(jobs[0].id, first);
    assert_int_equal(jobs_page(queue->store, queue->arena, &sand, 0, &jobs, &count, NULL), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(jobs_page(queue->store, queue->arena, &done, 0, &jobs, &count, NULL), ERR_OK);
    assert_int_equal(count, 0);
}

/* The newest rows are kept, listed from the newest on. */
static void test_audit(void **state)
{
    struct queue *queue = *state;
    const struct audit_row row = { .request = "r",
                                   .token = "t",
                                   .client = "c",
                                   .method = "POST",
                                   .path = "/scrape",
                                   .status = 202,
                                   .subject = "job 1" };
    struct audit_row *rows;
    size_t count;

    assert_int_equal(audit_add(queue->store, &row, NULL), ERR_OK);
    library_run(queue->store, "UPDATE audit SET id = 20000");
    assert_int_equal(audit_add(queue->store, &row, NULL), ERR_OK);
    assert_int_equal(audit_list(queue->store, queue->arena, 0, 10, &rows, &count, NULL), ERR_OK);
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].id, 20001);
    assert_string_equal(rows[0].subject, "job 1");
    library_run(queue->store, "UPDATE audit SET id = 10001 WHERE id = 20000");
    assert_int_equal(audit_add(queue->store, &row, NULL), ERR_OK);
    assert_int_equal(audit_list(queue->store, queue->arena, 20002, 10, &rows, &count, NULL),
                     ERR_OK);
    assert_int_equal(count, 1); /* 10001 is too old beside 20002 */
}

int store_jobs_tests(void)
{
#define QUEUE_TEST(f) cmocka_unit_test_setup_teardown(f, queue_setup, queue_teardown)
    const struct CMUnitTest tests[] = {
        QUEUE_TEST(test_order),
        QUEUE_TEST(test_delay),
        QUEUE_TEST(test_complete_once),
        QUEUE_TEST(test_effect_rolls_back),
        QUEUE_TEST(test_beat),
        QUEUE_TEST(test_retries),
        QUEUE_TEST(test_permanent),
        QUEUE_TEST(test_poison),
        QUEUE_TEST(test_release),
        QUEUE_TEST(test_cancel),
        QUEUE_TEST(test_key),
        QUEUE_TEST(test_dependencies),
        QUEUE_TEST(test_failed_since),
        QUEUE_TEST(test_dependency_fails),
        QUEUE_TEST(test_clock_set_back),
        QUEUE_TEST(test_dead_process),
        QUEUE_TEST(test_bad_requests),
        QUEUE_TEST(test_lists),
        QUEUE_TEST(test_prune),
        QUEUE_TEST(test_member),
        QUEUE_TEST(test_plans),
        QUEUE_TEST(test_once),
        QUEUE_TEST(test_pages),
        QUEUE_TEST(test_audit),
        cmocka_unit_test(test_backoff),
    };

    return cmocka_run_group_tests_name("jobs", tests, NULL, NULL);
}
