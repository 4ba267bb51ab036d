/* Which version of a paper was seen, what is news then, and what older libraries bring along. */
#include "store_test.h"

#include "carrel/ops.h"

static struct store *with_paper(void **state)
{
    struct store *store;

    store = library_open(*state);
    library_add(store, "arxiv:2401.00001", "On Gardens", "", "Ada");
    library_run(store, "INSERT INTO alias(scheme, value, work_id) VALUES('arxiv', '2401.00001', 1);"
                       "UPDATE work_text SET published = '2024-01-02T10:00:00Z'");
    return store;
}

static int64_t news(struct store *store)
{
    return library_int(store, "SELECT count(*) FROM work_news");
}

static char *seen(struct store *store, struct arena *arena)
{
    char *value;

    assert_int_equal(seen_get(&value, store, arena, 1, NULL), ERR_OK);
    return value;
}

/* The version goes with the mark, and undo takes both back. */
static void test_mark(void **state)
{
    struct store *store = with_paper(state);
    struct arena *arena = arena_new();
    char *what;

    assert_int_equal(state_mark(store, 1, READ_READ, NULL), ERR_OK);
    assert_string_equal(seen(store, arena), "2024-01-02");
    assert_int_equal(state_undo(store, &what, NULL), ERR_OK);
    assert_string_equal(what, "'On Gardens' marked read");
    free(what);
    assert_null(seen(store, arena));
    library_run(store, "INSERT INTO work_version VALUES(1, 2, 19800, 5, 0, 'x')");
    assert_int_equal(news(store), 0); /* it was never read */
    assert_int_equal(state_mark(store, 1, READ_READ, NULL), ERR_OK);
    assert_string_equal(seen(store, arena), "v2 2024-03-18");
    assert_int_equal(news(store), 0);
    library_run(store, "UPDATE work_version SET number = 3");
    assert_int_equal(news(store), 1);
    assert_int_equal(state_mark(store, 1, READ_READ, NULL), ERR_OK); /* read again */
    assert_int_equal(news(store), 0);
    library_run(store, "UPDATE work SET flags = 4; UPDATE work_version SET withdrawn = 9");
    assert_int_equal(news(store), 1);
    assert_int_equal(state_seen(store, 1, NULL), ERR_OK);
    assert_string_equal(seen(store, arena), "v3 2024-03-18 withdrawn");
    assert_int_equal(news(store), 0);
    assert_int_equal(state_mark(store, 1, READ_UNREAD, NULL), ERR_OK);
    assert_null(seen(store, arena));
    arena_free(arena);
    store_close(store);
}

/* A version without a number is newer by its day, and one without a day by when it came. */
static void test_news(void **state)
{
    static const struct {
        const char *seen, *row; /* number, day, came, withdrawn */
        int news;
    } cases[] = {
        { "v1", "2, 0, 5, 0", 1 },
        { "v2", "2, 19800, 5, 0", 0 },
        { "v3", "2, 19800, 5, 0", 0 },
        { "2024-01-02", "0, 19800, 5, 0", 1 },
        { "2024-03-18", "0, 19800, 5, 0", 0 },
        { "v1 2024-01-02", "0, 19800, 5, 0", 1 },
        { "v1 2024-04-01", "0, 19800, 5, 0", 0 },
        { "v1 withdrawn", "1, 0, 5, 9", 0 },
        { "v1", "1, 0, 0, 9", 1 },
        { "v1", "0, 0, 9000000000000000, 0", 1 },
        { "v1", "0, 0, 5, 0", 0 },
    };
    struct store *store = with_paper(state);
    size_t i;

    assert_int_equal(state_mark(store, 1, READ_READ, NULL), ERR_OK);
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        char *sql =
            mem_printf("INSERT OR REPLACE INTO work_version VALUES(1, %s, 'x')", cases[i].row);

        assert_int_equal(state_seen_version(store, 1, cases[i].seen, NULL), ERR_OK);
        library_run(store, sql);
        if (news(store) != cases[i].news)
            fail_msg("seen '%s', is '%s': %s news", cases[i].seen, cases[i].row,
                     cases[i].news ? "no" : "unasked-for");
        free(sql);
    }
    library_run(store, "DELETE FROM seen; UPDATE reading SET changed = 4"); /* as before it */
    assert_int_equal(news(store), 1);
    library_run(store, "UPDATE reading SET changed = 6");
    assert_int_equal(news(store), 0);
    store_close(store);
}

static enum op_fate take(struct store *store, const char *value)
{
    static int64_t stamp = INT64_C(1) << 40;
    const struct op op = { .stamp = stamp++,
                           .machine = "0123456789abcdef0123456789abcdef",
                           .kind = "seen",
                           .item = "arxiv:2401.00001",
                           .field = "",
                           .value = value,
                           .past = "" };
    enum op_fate fate = OP_REFUSED;
    const char *why;
    bool ahead;

    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(ops_take(store, &op, &fate, &ahead, &why, NULL), ERR_OK);
    if (fate == OP_TAKEN)
        assert_int_equal(registers_settle(store, op.kind, op.item, op.field, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    return fate;
}

/* It comes from other machines like a mark, and nothing else comes so. */
static void test_taken(void **state)
{
    static const char *const wrong[] = { "",
                                         "v",
                                         "v0",
                                         "2",
                                         "v2 ",
                                         "v2 x",
                                         "2024-13-01",
                                         "2024-01-02 v2",
                                         "v1000",
                                         "v02",
                                         "v2  withdrawn",
                                         "v2\n" };
    struct store *store = with_paper(state);
    struct arena *arena = arena_new();
    size_t i;

    assert_int_equal(take(store, "v2 2024-03-05 withdrawn"), OP_TAKEN);
    assert_string_equal(seen(store, arena), "v2 2024-03-05 withdrawn");
    assert_int_equal(library_int(store, "SELECT number FROM seen WHERE withdrawn"), 2);
    for (i = 0; i < ARRAY_LEN(wrong); i++)
        if (take(store, wrong[i]) != OP_REFUSED)
            fail_msg("'%s' was taken", wrong[i]);
    assert_int_equal(take(store, NULL), OP_TAKEN);
    assert_null(seen(store, arena));
    arena_free(arena);
    store_close(store);
}

/* Numbers of records that are there already, and withdrawals. */
static void test_migrates(void **state)
{
    struct store *store = with_paper(state);

    library_add(store, "arxiv:2401.00002", "Two", "", "Ada");
    library_add(store, "arxiv:2401.00003", "Three", "", "Ada");
    library_run(
        store,
        "INSERT INTO record(work_id, source, source_key, version, fetched, hash, current, payload) "
        "VALUES(1, 'arxiv-atom', 'arxiv:2401.00001', 1, 100, 1, 0, ''), (1, 'arxiv-atom', "
        "'arxiv:2401.00001', 3, 200, 2, 1, ''), (2, 'arxiv-atom', 'arxiv:2401.00002', 2, 100, 3, "
        "1, ''), (3, 'oai-arxiv', 'arxiv:2401.00003', 0, 100, 4, 1, ''), (3, 'oai', "
        "'arxiv:2401.00003', 0, 300, 5, 1, ''); UPDATE work SET flags = 4 WHERE id = 3; DROP VIEW "
        "work_news; DROP TABLE work_version; DROP TABLE seen");
    library_run(store, BEFORE_36 "; " BEFORE_35 "; PRAGMA user_version = 33");
    store_close(store);
    store = library_open(*state);
    assert_int_equal(library_int(store, "SELECT count(*) FROM work_version"), 2);
    assert_int_equal(
        library_int(store, "SELECT number * 1000 + came FROM work_version WHERE work_id = 1"),
        3200);
    assert_int_equal(library_int(store, "SELECT known = '1 - -' || char(10) || '3 - -' FROM "
                                        "work_version WHERE work_id = 1"),
                     1);
    assert_int_equal(library_int(store, "SELECT withdrawn FROM work_version WHERE work_id = 3"),
                     300);
    store_close(store);
}

int store_seen_tests(void)
{
#define ONE(name) cmocka_unit_test_setup_teardown(name, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_mark),
        ONE(test_news),
        ONE(test_taken),
        ONE(test_migrates),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: versions seen", tests, NULL, NULL);
}
