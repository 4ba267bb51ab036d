/*
 * Inside the harvest driver: gaps that are read in several pages.
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
    struct source_task task = { .run = { .id = 2, .source = (char[]){ "arxiv" } } };
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

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_gap_moves) };

    return cmocka_run_group_tests_name("harvest", tests, NULL, NULL);
}
