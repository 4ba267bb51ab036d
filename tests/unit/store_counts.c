/*
 * Counting for statistics: days and categories at their edges, what was undone, authors whose
 * counts are equal.
 */
#include "store_test.h"

#include "carrel/counts.h"

#define DAY_MS 86400000

struct seen {
    struct str text; /* "name day count; ..." */
    int stop_at;     /* rows; 0 never */
    int rows;
};

static int see(void *ctx, const struct counts_row *row)
{
    struct seen *seen = ctx;

    str_printf(&seen->text, "%s %d %d; ", row->name, (int)row->day, (int)row->count);
    return ++seen->rows == seen->stop_at ? ERR_LIMIT : 0;
}

static void check_counts(struct store *store, enum counts_what what,
                         const struct counts_range *range, const char *expected)
{
    struct seen seen = { .text = STR_INIT };
    struct error err = { 0 };

    assert_int_equal(counts_each(store, what, range, see, &seen, &err), ERR_OK);
    assert_string_equal(seen.text.ptr, expected);
    str_free(&seen.text);
}

/* Works 1..5 on days 10, 11, 11, 12, 0; cs.CL has 1, 2, 3; math.PR 3, 4; cs.CV 5, undated. */
static struct store *open_filled(const struct library *library)
{
    struct store *store = library_open(library);

    library_run(
        store,
        "INSERT INTO work(id, key, day, added, changed, title_hash) VALUES(1, 'a', 10, 0, 0, 0), "
        "(2, 'b', 11, 0, 0, 0), (3, 'c', 11, 0, 0, 0), (4, 'd', 12, 0, 0, 0), (5, 'e', 0, 0, 0, "
        "0)");
    library_run(store, "INSERT INTO category(id, code) VALUES(1, 'cs.CL'), (2, 'math.PR'), "
                       "(3, 'cs.CV'), (4, 'csx')");
    library_run(store, "INSERT INTO work_category(category_id, day, work_id, position) VALUES"
                       "(1, 10, 1, 0), (1, 11, 2, 0), (1, 11, 3, 0), (2, 11, 3, 1), (2, 12, 4, 0), "
                       "(3, 0, 5, 0)");
    library_run(store, "INSERT INTO author(id, name) VALUES(1, 'Zoe'), (2, 'Abe'), (3, 'Mia'), "
                       "(4, 'Nobody')");
    library_run(store, "INSERT INTO work_author(work_id, position, author_id) VALUES(1, 0, 1), "
                       "(2, 0, 1), (3, 0, 2), (3, 1, 3), (4, 0, 2), (5, 0, 3)");
    return store;
}

static void test_days(void **state)
{
    struct store *store = open_filled(*state);
    struct counts_range all = { .first = 1, .last = 12 }, some = { .first = 11, .last = 11 };
    struct counts_range in = { .first = 1, .last = 12, .category = "cs.*" };

    check_counts(store, COUNTS_PAPERS, &all, " 10 1;  11 2;  12 1; ");
    check_counts(store, COUNTS_PAPERS, &some, " 11 2; ");
    check_counts(store, COUNTS_PAPERS, &in, " 10 1;  11 2; ");
    check_counts(store, COUNTS_CATEGORIES, &all,
                 "cs.CL 10 1; cs.CL 11 2; math.PR 11 1; math.PR 12 1; ");
    in.category = "math.PR";
    check_counts(store, COUNTS_CATEGORIES, &in, "cs.CL 11 1; math.PR 11 1; math.PR 12 1; ");
    store_close(store);
}

static void test_stop(void **state)
{
    struct store *store = open_filled(*state);
    struct counts_range all = { .first = 1, .last = 12 };
    struct seen seen = { .text = STR_INIT, .stop_at = 2 };

    assert_int_equal(counts_each(store, COUNTS_PAPERS, &all, see, &seen, NULL), ERR_LIMIT);
    assert_int_equal(seen.rows, 2);
    str_free(&seen.text);
    store_close(store);
}

static void check_authors(struct store *store, const struct counts_range *range, size_t limit,
                          const char *expected, int more)
{
    struct arena *arena = arena_new();
    struct str text = STR_INIT;
    struct name_count *names;
    size_t count, i;
    int64_t left;

    assert_int_equal(counts_authors(&names, &count, &left, store, arena, range, limit, NULL),
                     ERR_OK);
    for (i = 0; i < count; i++)
        str_printf(&text, "%s %d; ", names[i].name, (int)names[i].count);
    assert_string_equal(text.ptr, expected);
    assert_int_equal(left, more);
    str_free(&text);
    arena_free(arena);
}

static void test_authors(void **state)
{
    struct store *store = open_filled(*state);
    struct counts_range ever = { .first = INT32_MIN, .last = INT32_MAX };
    struct counts_range dated = { .first = 1, .last = 12 }, none = { .first = 90, .last = 99 };

    check_authors(store, &ever, 10, "Abe 2; Mia 2; Zoe 2; ", 0);
    check_authors(store, &ever, 2, "Abe 2; Zoe 2; ", 1); /* Mia came last into the library */
    check_authors(store, &dated, 10, "Abe 2; Zoe 2; Mia 1; ", 0);
    check_authors(store, &none, 10, "", 0);
    ever.category = "math.PR";
    check_authors(store, &ever, 10, "Abe 2; Mia 1; ", 0);
    ever.category = "cs.CV"; /* its only paper has no date */
    check_authors(store, &ever, 10, "Mia 1; ", 0);
    store_close(store);
}

static void test_reading(void **state)
{
    struct store *store = open_filled(*state);
    struct counts_range all = { .first = 0, .last = 99999 };
    char *what = NULL;

    setenv("CARREL_CLOCK", "1970-01-21T23:59:59Z", 1); /* day 20 */
    assert_int_equal(state_mark(store, 1, READ_READ, NULL), ERR_OK);
    assert_int_equal(state_mark(store, 2, READ_READ, NULL), ERR_OK);
    assert_int_equal(state_star(store, 1, true, NULL), ERR_OK);
    setenv("CARREL_CLOCK", "1970-01-22T00:00:00Z", 1);
    assert_int_equal(state_mark(store, 1, READ_UNREAD, NULL), ERR_OK); /* no deed */
    assert_int_equal(state_star(store, 1, false, NULL), ERR_OK);       /* nor this */
    assert_int_equal(state_mark(store, 3, READ_LATER, NULL), ERR_OK);
    assert_int_equal(state_mark(store, 4, READ_SKIP, NULL), ERR_OK);
    assert_int_equal(state_tag(store, 1, "0", true, NULL), ERR_OK);
    assert_int_equal(state_tag(store, 1, "0", false, NULL), ERR_OK);
    assert_int_equal(state_note_set(store, 1, "0", NULL), ERR_OK);
    assert_int_equal(state_mark(store, 5, READ_READ, NULL), ERR_OK);
    assert_int_equal(state_undo(store, &what, NULL), ERR_OK);
    free(what);
    check_counts(store, COUNTS_READING, &all,
                 "later 21 1; note 21 1; read 20 2; skip 21 1; star 20 1; tag 21 1; ");
    all.last = 20;
    check_counts(store, COUNTS_READING, &all, "read 20 2; star 20 1; ");
    unsetenv("CARREL_CLOCK");
    store_close(store);
}

static void test_sources(void **state)
{
    struct store *store = open_filled(*state);
    struct counts_range none = { 0 };

    library_run(store,
                "INSERT INTO record(work_id, source, source_key, fetched, hash, current, "
                "payload) VALUES(1, 'oai', 'a', 5, 0, 1, x''), (2, 'rss', 'b', 6, 0, 1, x''), "
                "(1, 'oai', 'a', 7, 0, 0, x''), (3, 'oai', 'c', 8, 0, 1, x'')");
    check_counts(store, COUNTS_SOURCES, &none, "oai 0 2; rss 0 1; ");
    library_run(store, "INSERT INTO link(work_id, kind, url) VALUES(1, 'pdf', 'x'), "
                       "(1, 'code', 'x'), (2, 'code', 'y')");
    check_counts(store, COUNTS_LINKS, &none, "code 0 2; pdf 0 1; ");
    check_counts(store, COUNTS_DOCUMENTS, &none, "");
    store_close(store);
}

int store_counts_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_days, library_setup, library_teardown),
        cmocka_unit_test_setup_teardown(test_stop, library_setup, library_teardown),
        cmocka_unit_test_setup_teardown(test_authors, library_setup, library_teardown),
        cmocka_unit_test_setup_teardown(test_reading, library_setup, library_teardown),
        cmocka_unit_test_setup_teardown(test_sources, library_setup, library_teardown),
    };

    return cmocka_run_group_tests_name("store: counts", tests, NULL, NULL);
}
