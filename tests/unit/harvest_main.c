/*
 * Inside the harvest driver: gaps that are read in several pages, and when a source that did not
 * come is asked again.
 */
#include "harvest/internal.h"

#include "carrel/file.h"
#include "carrel/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct store *library(char dir[64])
{
    const struct store_options options = { .create = true };
    struct store *store;
    struct error err = { 0 };

    strcpy(dir, "/tmp/carrel-harvest-XXXXXX");
    assert_non_null(mkdtemp(dir));
    if (store_open(&store, dir, &options, &err) != ERR_OK)
        fail_msg("%s", err.message);
    return store;
}

/* The first page of a gap was had, the second not: it is the same gap, further on, and not another
 * one, or each run would add one. */
static void test_gap_moves(void **state)
{
    char dir[64], *command;
    struct store *store = library(dir);
    struct arena *arena = arena_new();
    const struct harvest_source source = { .ops = source_find("arxiv") };
    struct source_task task = { .source = &source, .run = { .id = 2, .source = (char[]){ "arxiv" } } };
    struct worker worker = { .store = store, .task = &task };
    struct stream stream = { .source = (char[]){ "arxiv" }, .name = (char[]){ "api" } };
    struct harvest_gap gap = { .source = stream.source,
                               .stream = stream.name,
                               .what = (char[]){ "100 to 199" },
                               .why = (char[]){ "HTTP 500" },
                               .cursor = (char[]){ "api?start=100" },
                               .run = 1 };
    struct place place = { .stream = &stream, .gap = &gap, .cursor = STR_INIT };
    struct harvest_gap *open;
    struct error err = { 0 };
    size_t count;

    (void)state;
    assert_int_equal(gaps_note(store, &gap, &err), ERR_OK);
    assert_int_equal(gaps_move(store, gap.id, "api?start=150", &err), ERR_OK);
    str_add(&place.cursor, "api?start=150");
    assert_int_equal(place_note_gap(&worker, &place, "150 to 199", "HTTP 500", &err), ERR_OK);
    assert_int_equal(gaps_list(store, arena, "arxiv", true, &open, &count, &err), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(open[0].id, gap.id);
    assert_int_equal(open[0].tries, 2);
    assert_string_equal(open[0].cursor, "api?start=150");
    assert_int_equal(task.missed, 1);
    str_free(&place.cursor);
    arena_free(arena);
    store_close(store);
    command = mem_printf("rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
    free(command);
}

static void ran(struct store *store, enum run_state state, int64_t ended, int64_t seen)
{
    struct harvest_run run = { .source = (char[]){ "lamps" } };
    struct stream_lease lease;
    struct error err = { 0 };

    assert_int_equal(lease_take(store, "lamps", 60000, &lease, &err), ERR_OK);
    assert_int_equal(runs_begin(store, &lease, &run, &err), ERR_OK);
    run.state = state;
    run.ended = ended;
    run.seen = seen;
    assert_int_equal(runs_save(store, &run, &err), ERR_OK);
    assert_int_equal(lease_drop(store, &lease, &err), ERR_OK);
}

static int64_t due(struct store *store, int64_t every)
{
    struct harvest_source source = { .name = (char[]){ "lamps" }, .every_ms = every };
    char *names[] = { (char[]){ "feed" } };
    struct error err = { 0 };
    int64_t at = -1;

    source.streams.items = names;
    source.streams.len = 1;
    assert_int_equal(harvest_next_due(store, &source, &at, &err), ERR_OK);
    return at;
}

/* A quarter of an hour, then twice as long each time that nothing came, up to `every` or half a
 * day; what brings something, or is whole, ends that. */
static void test_tried_again(void **state)
{
    const int64_t minute = 60000, hour = 60 * minute, day = 24 * hour;
    char dir[64], *command;
    struct store *store = library(dir);
    int i;

    (void)state;
    assert_int_equal(due(store, 6 * hour), 0);
    ran(store, RUN_FAILED, 1000 * hour, 0);
    assert_int_equal(due(store, 6 * hour), 1000 * hour + 15 * minute);
    assert_int_equal(due(store, 5 * minute), 1000 * hour + 5 * minute);
    ran(store, RUN_PARTIAL, 1001 * hour, 0);
    assert_int_equal(due(store, 6 * hour), 1001 * hour + 30 * minute);
    ran(store, RUN_FAILED, 1002 * hour, 0);
    assert_int_equal(due(store, 6 * hour), 1002 * hour + 60 * minute);
    ran(store, RUN_PARTIAL, 1003 * hour, 7);
    assert_int_equal(due(store, 6 * hour), 1003 * hour + 15 * minute);
    for (i = 0; i < 20; i++)
        ran(store, RUN_FAILED, (1004 + i) * hour, 0);
    assert_int_equal(due(store, 6 * hour), 1023 * hour + 6 * hour);
    assert_int_equal(due(store, 30 * day), 1023 * hour + 12 * hour);
    ran(store, RUN_CANCELLED, 1024 * hour, 3);
    assert_int_equal(due(store, 6 * hour), 1024 * hour + 15 * minute);
    ran(store, RUN_DONE, 1025 * hour, 3);
    assert_int_equal(due(store, 6 * hour), 0);
    store_close(store);
    command = mem_printf("rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
    free(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_gap_moves),
                                        cmocka_unit_test(test_tried_again) };

    return cmocka_run_group_tests_name("harvest", tests, NULL, NULL);
}
