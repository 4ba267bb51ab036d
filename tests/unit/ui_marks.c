/*
 * Marks in layers: whatever ends first, commands and markings that are under way act on what was
 * meant, and leave what was marked or unmarked since.
 */
#include "ui_test.h"

#include "../../src/ui/desk.h"
#include "../../src/ui/marks.h"

#include "carrel/app.h"
#include "carrel/search.h"

#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "ab" has the marks "a" and "b". */
static void marked(const struct mark_set *set, const char *letters)
{
    struct arena *arena = arena_new();
    char **keys, all[64] = "";
    size_t count = mark_set_keys(set, arena, &keys), i;

    qsort(keys, count, sizeof *keys, by_text);
    for (i = 0; i < count; i++)
        all[i] = *keys[i];
    assert_string_equal(all, letters);
    assert_int_equal(mark_set_count(set), count);
    arena_free(arena);
}

static void put(struct marks *marks, const char *letters, bool on)
{
    char key[2] = "";

    for (; *letters; letters++) {
        key[0] = *letters;
        marks_put(marks, key, on);
    }
}

static void test_two_commands(void **state)
{
    struct marks marks;
    struct mark_set *first, *second;

    (void)state;
    marks_init(&marks);
    put(&marks, "a", true);
    first = marks_share(&marks);
    put(&marks, "bc", true);
    second = marks_share(&marks);
    put(&marks, "d", true);
    put(&marks, "c", false);
    marks_done(&marks, first);
    marked(marks.top, "bd"); /* c was unmarked last */
    marks_done(&marks, second);
    marked(marks.top, "d"); /* b was the second one's */
    mark_set_free(first);
    mark_set_free(second);
    marks_free(&marks);
}

/* A query's marks come when others were cleared, or done with: those do not come back. */
static void test_marking_is_late(void **state)
{
    struct marks marks;
    struct mark_set *below, *found, *acted;

    (void)state;
    marks_init(&marks);
    put(&marks, "ab", true);
    below = marks_share(&marks);
    found = mark_set_new(below);
    mark_set_free(below);
    mark_set_put(found, "f", true);
    mark_set_put(found, "g", true);
    marks_clear(&marks);
    put(&marks, "c", true);
    put(&marks, "g", true);
    put(&marks, "g", false);
    marks_take(&marks, found);
    marked(marks.top, "cf");

    acted = marks_share(&marks);
    below = marks_share(&marks);
    found = mark_set_new(below);
    mark_set_free(below);
    mark_set_put(found, "h", true);
    marks_done(&marks, acted);
    mark_set_free(acted);
    marks_take(&marks, found);
    marked(marks.top, "h");
    marks_free(&marks);
}

/* A command in between has a layer of its own. */
static void test_marking_beside_command(void **state)
{
    struct marks marks;
    struct mark_set *below, *found, *acted;

    (void)state;
    marks_init(&marks);
    put(&marks, "a", true);
    below = marks_share(&marks);
    found = mark_set_new(below);
    mark_set_free(below);
    mark_set_put(found, "f", true);
    put(&marks, "b", true);
    acted = marks_share(&marks);
    put(&marks, "c", true);
    marks_take(&marks, found);
    marked(marks.top, "abcf");
    marks_done(&marks, acted);
    marked(marks.top, "cf");
    mark_set_free(acted);
    marks_free(&marks);
}

static void test_again(void **state)
{
    struct marks marks;
    struct mark_set *handed;

    (void)state;
    marks_init(&marks);
    put(&marks, "a", true);
    marks_clear(&marks);
    put(&marks, "bc", true);
    handed = marks_share(&marks);
    put(&marks, "c", false);
    marks_again(&marks);
    marked(marks.top, "ab");
    mark_set_free(handed);
    marks_free(&marks);
}

/* ---- at the desk ---- */

struct marking {
    struct app app;
    struct desk *desk;
};

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void settle(struct desk *desk)
{
    while (!desk_idle(desk)) {
        poll(NULL, 0, 5);
        desk_drain(desk);
        desk_draw(desk);
    }
}

/* A desk in its Library, with the papers of the fixtures. */
static int setup(void **state)
{
    struct marking *m = mem_zalloc(sizeof *m);
    struct command_call call = { .app = &m->app, .arena = arena_new() };
    char *words[] = { arena_strdup(call.arena, "import"),
                      arena_strdup(call.arena, "tests/fixtures/papers.jsonl") };
    struct config *config = NULL;
    struct error err = { 0 };

    str_init(&call.out);
    str_init(&call.say);
    m->app.library = mem_strdup("/tmp/carrel-ui-XXXXXX");
    assert_non_null(mkdtemp(m->app.library));
    if (config_open(&config, "/nowhere/config", false, NULL, 0, app_options, app_options_len, &err)
        != ERR_OK)
        fail_msg("%s", err.message);
    m->app.config = config;
    if (app_run(&call, 2, words, &err) != ERR_OK)
        fail_msg("%s", err.message);
    m->desk = desk_new(&m->app, 100, 30, true, &err);
    assert_non_null(m->desk);
    desk_run_line(m->desk, "view library");
    desk_draw(m->desk);
    settle(m->desk);
    str_free(&call.out);
    str_free(&call.say);
    arena_free(call.arena);
    *state = m;
    return 0;
}

static int teardown(void **state)
{
    struct marking *m = *state;

    desk_free(m->desk);
    nftw(m->app.library, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    app_free(&m->app);
    free(m);
    return 0;
}

static int count_one(void *ctx, int64_t work)
{
    (void)work;
    (*(int *)ctx)++;
    return 0;
}

static int found(const struct marking *m, const char *query)
{
    struct store *store;
    struct error err = { 0 };
    int count = 0;

    assert_int_equal(app_open_store(&store, &m->app, false, &err), ERR_OK);
    if (search_each(store, query, count_one, &count, &err) != ERR_OK)
        fail_msg("%s: %s", query, err.message);
    store_close(store);
    return count;
}

/* What is asked for while rows are being marked is for these, wherever one is by then. */
static void test_waiting_elsewhere(void **state)
{
    struct marking *m = *state;

    desk_run_line(m->desk, "select *");
    desk_run_line(m->desk, "mark star");
    desk_run_line(m->desk, "open arxiv:2401.00001");
    settle(m->desk);
    assert_int_equal(found(m, "is:starred"), 0);
    assert_non_null(strstr(m->desk->message.ptr, "mark star"));
}

static void test_waiting_for_none(void **state)
{
    struct marking *m = *state;

    desk_run_line(m->desk, "select title:nowhere");
    desk_run_line(m->desk, "mark star");
    settle(m->desk);
    assert_int_equal(found(m, "is:starred"), 0);
}

static void test_waiting_in_order(void **state)
{
    struct marking *m = *state;

    desk_run_line(m->desk, "select title:hedgehogs");
    desk_run_line(m->desk, "mark star");
    desk_run_line(m->desk, "select title:gardens");
    settle(m->desk);
    assert_int_equal(found(m, "is:starred"), found(m, "title:hedgehogs"));
    assert_int_equal(found(m, "is:starred title:hedgehogs"), found(m, "title:hedgehogs"));
    assert_true(found(m, "title:hedgehogs") > 0);
}

#define AT_DESK(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int ui_test_marks(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_two_commands),
                                        cmocka_unit_test(test_marking_is_late),
                                        cmocka_unit_test(test_marking_beside_command),
                                        cmocka_unit_test(test_again),
                                        AT_DESK(test_waiting_elsewhere),
                                        AT_DESK(test_waiting_for_none),
                                        AT_DESK(test_waiting_in_order) };

    return cmocka_run_group_tests_name("ui marks", tests, NULL, NULL);
}
