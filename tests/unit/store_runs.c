/*
 * Streams, runs and gaps: a place is there with what it belongs to or not at all, a run whose
 * process was killed is told as lost, and nothing that is missing is forgotten or told twice.
 */
#include "store_test.h"

#include "carrel/clock.h"
#include "carrel/streams.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct store *store;
static struct arena *arena;
static struct error err;

static int set_up(void **state)
{
    int result = library_setup(state);

    setenv("CARREL_CLOCK", "2026-03-01T12:00:00Z", 1);
    if (result == 0) {
        store = library_open(*state);
        arena = arena_new();
    }
    return result;
}

static int tear_down(void **state)
{
    store_close(store);
    arena_free(arena);
    unsetenv("CARREL_CLOCK");
    return library_teardown(state);
}

static struct stream stream_of(const char *source, const char *name)
{
    struct stream stream;

    assert_int_equal(streams_get(store, arena, source, name, &stream, &err), ERR_OK);
    return stream;
}

static void test_stream(void **state)
{
    struct stream stream = stream_of("arxiv", "oai/cs:cs:CL"), *list;
    size_t count;

    (void)state;
    assert_int_equal(stream.id, 0);
    assert_string_equal(stream.cursor, "");
    assert_int_equal(stream.total, -1);
    assert_int_equal(stream.since, DAY_NONE);
    stream.cursor = arena_strdup(arena, "oai?set=cs&token=a%25b");
    stream.got = 2500;
    stream.total = 7000;
    stream.since = day_from_civil(2026, 2, 1);
    assert_int_equal(streams_save(store, &stream, &err), ERR_OK);
    assert_true(stream.id > 0);

    assert_int_equal(store_begin(store, &err), ERR_OK); /* with its records, or not at all */
    stream.cursor = arena_strdup(arena, "oai?set=cs&token=lost");
    stream.got = 5000;
    assert_int_equal(streams_save(store, &stream, &err), ERR_OK);
    store_rollback(store);

    stream = stream_of("arxiv", "oai/cs:cs:CL");
    assert_string_equal(stream.cursor, "oai?set=cs&token=a%25b");
    assert_int_equal(stream.got, 2500);
    assert_int_equal(stream.since, day_from_civil(2026, 2, 1));
    stream.since = DAY_NONE;
    stream.finished = true;
    assert_int_equal(streams_save(store, &stream, &err), ERR_OK);
    assert_int_equal(stream_of("arxiv", "oai/cs:cs:CL").since, DAY_NONE);
    stream = stream_of("journal", "feed");
    assert_int_equal(streams_save(store, &stream, &err), ERR_OK);
    assert_int_equal(streams_list(store, arena, NULL, &list, &count, &err), ERR_OK);
    assert_int_equal(count, 2);
    assert_true(list[0].finished);
    assert_int_equal(streams_list(store, arena, "journal", &list, &count, &err), ERR_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].name, "feed");
}

/* A process takes the lease and begins a run, and is killed. */
static void hold_and_die(const struct library *library)
{
    int ready[2];
    char byte;
    pid_t child;

    assert_int_equal(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        struct harvest_run run = { .source = (char *)(uintptr_t) "arxiv" };
        struct store *own = library_open(library);
        struct stream_lease lease;

        if (lease_take(own, "arxiv", 3600000, &lease, NULL) != ERR_OK
            || runs_begin(own, &lease, &run, NULL) != ERR_OK || write(ready[1], "x", 1) != 1)
            _exit(1);
        pause();
        _exit(0);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void test_holder_killed(void **state)
{
    struct stream_holder holder;
    struct stream_lease lease;
    struct harvest_run *runs;
    size_t count;

    hold_and_die(*state);
    assert_int_equal(lease_holder(store, arena, "arxiv", &holder, &err), ERR_NOTFOUND);
    assert_int_equal(lease_take(store, "arxiv", 60000, &lease, &err), ERR_OK); /* without waiting */
    assert_int_equal(runs_list(store, arena, "arxiv", 0, &runs, &count, &err), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(runs[0].state, RUN_LOST);
    assert_true(runs[0].ended > 0);
    assert_true(*runs[0].error);
}

/* ---- runs ---- */

static void test_runs(void **state)
{
    struct harvest_run run = { .source = (char *)(uintptr_t) "arxiv" }, *runs;
    struct stream_lease lease;
    struct stream_holder holder;
    int64_t oldest = 0;
    size_t count;
    int i;

    (void)state;
    assert_int_equal(lease_take(store, "arxiv", 60000, &lease, &err), ERR_OK);
    for (i = 0; i < 3; i++) {
        assert_int_equal(runs_begin(store, &lease, &run, &err), ERR_OK);
        oldest = oldest ? oldest : run.id;
        run.seen = i;
        run.state = i == 1 ? RUN_PARTIAL : RUN_DONE;
        run.error = (char *)(uintptr_t)(i == 1 ? "busy" : "");
        run.ended = clock_now_ms();
        assert_int_equal(runs_save(store, &run, &err), ERR_OK);
    }
    assert_int_equal(lease_holder(store, arena, "arxiv", &holder, &err), ERR_OK);
    assert_int_equal(holder.run, run.id);
    assert_int_equal(runs_list(store, arena, NULL, 2, &runs, &count, &err), ERR_OK);
    assert_int_equal(count, 2); /* newest first */
    assert_int_equal(runs[0].seen, 2);
    assert_string_equal(runs[0].error, "");
    assert_string_equal(runs[1].error, "busy");
    assert_string_equal(run_state_name(runs[1].state), "partial");
    for (i = 0; i < 1000; i++)
        assert_int_equal(runs_begin(store, &lease, &run, &err), ERR_OK);
    assert_int_equal(runs_list(store, arena, "arxiv", 5000, &runs, &count, &err), ERR_OK);
    assert_int_equal(count, 1000); /* the oldest go */
    assert_true(runs[count - 1].id > oldest);
}

/* ---- gaps ---- */

static struct harvest_gap gap_of(const char *stream, const char *cursor, int64_t run)
{
    return (struct harvest_gap){ .source = (char *)(uintptr_t) "arxiv",
                                 .stream = (char *)(uintptr_t)stream,
                                 .what = (char *)(uintptr_t) "page 3",
                                 .why = (char *)(uintptr_t) "busy",
                                 .cursor = (char *)(uintptr_t)cursor,
                                 .run = run };
}

static size_t open_gaps(struct harvest_gap **list)
{
    struct harvest_gap *own;
    size_t count;

    assert_int_equal(gaps_list(store, arena, "arxiv", true, list ? list : &own, &count, &err),
                     ERR_OK);
    return count;
}

static void test_gaps(void **state)
{
    struct harvest_gap standing = gap_of("oai/cs", NULL, 1), passed = gap_of("api/q", "api?q=a", 1);
    struct harvest_gap again, *list;
    size_t count;

    (void)state;
    assert_int_equal(gaps_note(store, &standing, &err), ERR_OK);
    assert_int_equal(gaps_note(store, &passed, &err), ERR_OK);
    assert_int_equal(open_gaps(NULL), 2);
    again = gap_of("oai/cs", NULL, 1); /* twice in one run is one try */
    assert_int_equal(gaps_note(store, &again, &err), ERR_OK);
    assert_int_equal(again.id, standing.id);
    assert_int_equal(again.tries, 1);
    again = gap_of("oai/cs", NULL, 2);
    again.why = (char *)(uintptr_t) "cut";
    assert_int_equal(gaps_note(store, &again, &err), ERR_OK);
    assert_int_equal(again.tries, 2);
    assert_int_equal(open_gaps(&list), 2);
    assert_string_equal(list[0].why, "cut");
    assert_string_equal(list[0].cursor, "");

    assert_int_equal(gaps_passed(store, "arxiv", "api/q", &err), ERR_OK);
    assert_int_equal(open_gaps(NULL),
                     2); /* what was passed over stays missing when the list goes on */
    assert_int_equal(gaps_passed(store, "arxiv", "oai/cs", &err), ERR_OK);
    assert_int_equal(open_gaps(&list), 1);
    assert_int_equal(gaps_move(store, passed.id, "api?q=a&start=10", &err), ERR_OK);
    assert_int_equal(open_gaps(&list), 1);
    assert_string_equal(list[0].cursor, "api?q=a&start=10");
    assert_int_equal(gaps_close(store, passed.id, &err), ERR_OK);
    assert_int_equal(open_gaps(NULL), 0);
    assert_int_equal(gaps_list(store, arena, NULL, false, &list, &count, &err), ERR_OK);
    assert_int_equal(count, 2); /* history */
    assert_true(list[0].closed > 0);
    again = gap_of("oai/cs", NULL, 3); /* a closed one does not come back: a new one begins */
    assert_int_equal(gaps_note(store, &again, &err), ERR_OK);
    assert_true(again.id != standing.id);
    assert_int_equal(again.tries, 1);
}

int store_runs_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_stream, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_holder_killed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_runs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_gaps, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("store: runs", tests, NULL, NULL);
}
