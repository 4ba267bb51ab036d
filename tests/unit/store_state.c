/*
 * The reader's state and its undo; finding works and reading their rows.
 */
#include "store_test.h"

#include "../../src/store/internal.h"

#include "carrel/notes.h"
#include "carrel/ops.h"
#include "carrel/reading.h"
#include "carrel/shelves.h"

static int with_works(void **state)
{
    struct store *store;

    library_setup(state);
    store = library_open(*state);
    library_add(store, "arxiv:1706.03762", "Attention Is All You Need", "We propose.",
                "Ashish Vaswani\nNoam Shazeer");
    library_add(store, "doi:10.1000/x", "Another", "Text.", "A. Nother");
    library_run(store, "INSERT INTO alias(scheme, value, work_id) VALUES"
                       "('arxiv', '1706.03762', 1), ('doi', '10.48550/arxiv.1706.03762', 1), "
                       "('doi', '10.1000/x', 2)");
    store_close(store);
    return 0;
}

/* All of the reader's state, as one text. */
static char *state_dump(struct store *store)
{
    static const char *const sql[] = {
        "SELECT 'tag ' || work_id || ' ' || name FROM work_tag JOIN tag ON tag.id = tag_id ORDER "
        "BY 1",
        "SELECT 'note ' || work_id || ' ' || body FROM note ORDER BY 1",
        "SELECT 'reading ' || work_id || ' ' || state || ' ' || starred FROM reading "
        "WHERE state OR starred ORDER BY 1",
        "SELECT 'query ' || name || ' ' || query FROM saved_query ORDER BY 1",
        "SELECT 'priority ' || work_id || ' ' || priority FROM reading WHERE priority ORDER BY 1",
        "SELECT 'collection ' || c.name || ' ' || work_id || ' ' || position FROM collection_work "
        "JOIN collection c ON c.id = collection_id ORDER BY 1",
    };
    struct str out = STR_INIT;
    size_t i;

    for (i = 0; i < ARRAY_LEN(sql); i++) {
        struct stmt *stmt;

        assert_int_equal(stmt_prepare(&stmt, store, sql[i], NULL), ERR_OK);
        while (stmt_step(stmt, NULL) == 1)
            str_printf(&out, "%s\n", stmt_text(stmt, 0));
        stmt_reset(stmt);
    }
    return str_take(&out);
}

static int act(struct store *store, int which)
{
    switch (which) {
    case 0:
        return state_tag(store, 1, "toread", true, NULL);
    case 1:
        return state_mark(store, 1, READ_LATER, NULL);
    case 2:
        return state_star(store, 1, true, NULL);
    case 3:
        return state_note_set(store, 1, "first \n", NULL);
    case 4:
        return state_note_set(store, 1, "second", NULL);
    case 5:
        return queries_add(store, "mine", "cat:cs.CL", NULL);
    case 6:
        return queries_add(store, "mine", "cat:cs.LG", NULL);
    case 7:
        return state_mark(store, 1, READ_READ, NULL);
    case 8:
        return state_tag(store, 1, "toread", false, NULL);
    case 9:
        return state_star(store, 1, false, NULL);
    case 10:
        return state_note_set(store, 1, "", NULL);
    case 11:
        return state_priority(store, 1, 3, NULL);
    case 12:
        return state_collect(store, 1, "survey", &(double){ 1 }, NULL);
    case 13:
        return state_collect(store, 1, "survey", &(double){ 0.5 }, NULL);
    case 14:
        return state_priority(store, 1, 99, NULL); /* 9 is the most */
    case 15:
        return state_collect(store, 1, "survey", NULL, NULL);
    default:
        return queries_remove(store, "mine", NULL);
    }
}

#define ACTIONS 17

static void test_undo_round_trip(void **state)
{
    struct store *store = library_open(*state);
    char *before[ACTIONS + 1], *now, *what = NULL;
    struct error err = { 0 };
    int i;

    for (i = 0; i < ACTIONS; i++) {
        before[i] = state_dump(store);
        assert_int_equal(act(store, i), ERR_OK);
        now = state_dump(store);
        assert_string_not_equal(before[i], now); /* each does something */
        free(now);
    }
    for (i = ACTIONS - 1; i >= 0; i--) {
        assert_int_equal(state_undo(store, &what, &err), ERR_OK);
        assert_true(strlen(what) > 5);
        free(what);
        now = state_dump(store);
        assert_string_equal(now, before[i]);
        free(now);
    }
    assert_int_equal(state_undo(store, &what, &err), ERR_NOTFOUND);
    check_says(&err, ERR_NOTFOUND, "nothing to undo");
    store_close(store); /* a restart */
    store = library_open(*state);
    for (i = 0; i < ACTIONS; i++) {
        now = state_dump(store);
        assert_string_equal(now, before[i]);
        free(now);
        assert_int_equal(state_redo(store, &what, &err), ERR_OK);
        free(what);
    }
    assert_int_equal(state_redo(store, &what, &err), ERR_NOTFOUND);
    for (i = ACTIONS - 1; i >= 0; i--) {
        assert_int_equal(state_undo(store, &what, &err), ERR_OK);
        free(what);
        now = state_dump(store);
        assert_string_equal(now, before[i]);
        free(now);
        free(before[i]);
    }
    store_close(store);
}

/* A new step ends what could be done again; going to and fro does not. */
static void test_redo_ends(void **state)
{
    struct store *store = library_open(*state);
    struct error err = { 0 };
    struct arena *arena = arena_new();
    struct state_step *steps;
    char *what = NULL;
    size_t count;
    int i;

    assert_int_equal(state_redo(store, &what, &err), ERR_NOTFOUND);
    check_says(&err, ERR_NOTFOUND, "nothing to do again");
    assert_int_equal(state_star(store, 1, true, NULL), ERR_OK);
    assert_int_equal(state_star(store, 2, true, NULL), ERR_OK);
    for (i = 0; i < 3; i++) {
        assert_int_equal(state_undo(store, NULL, NULL), ERR_OK);
        assert_int_equal(state_undo(store, NULL, NULL), ERR_OK);
        assert_int_equal(library_int(store, "SELECT count(*) FROM reading WHERE starred"), 0);
        assert_int_equal(state_redo(store, NULL, NULL), ERR_OK);
        assert_int_equal(state_redo(store, NULL, NULL), ERR_OK);
        assert_int_equal(library_int(store, "SELECT count(*) FROM reading WHERE starred"), 2);
    }
    assert_int_equal(state_undo(store, NULL, NULL), ERR_OK);
    assert_int_equal(state_tag(store, 2, "new", true, NULL), ERR_OK);
    assert_int_equal(state_redo(store, &what, &err), ERR_NOTFOUND);
    assert_int_equal(state_history(&steps, &count, store, arena, 2, true, NULL), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(steps[0].what, "added tag new on 'Another'");
    assert_false(steps[0].undone);
    assert_true(steps[1].undone && steps[1].again);
    arena_free(arena);
    store_close(store);
}

static void test_one_step_of_many(void **state)
{
    struct store *store = library_open(*state);
    char *what = NULL, *left;

    assert_int_equal(state_begin(store, NULL), ERR_OK);
    assert_int_equal(state_tag(store, 1, "a", true, NULL), ERR_OK);
    assert_int_equal(state_tag(store, 2, "a", true, NULL), ERR_OK);
    assert_int_equal(state_commit(store, NULL), ERR_OK);
    assert_int_equal(state_undo(store, &what, NULL), ERR_OK);
    assert_string_equal(what, "added tag a on 'Attention Is All You Need' and 1 more");
    left = state_dump(store);
    assert_string_equal(left, "");
    free(left);
    free(what);
    store_close(store);
}

static int64_t stamps_of(struct store *store)
{
    int64_t count = 0;

    assert_int_equal(store_query_int(store, "SELECT count(DISTINCT stamp) FROM op", &count, NULL),
                     ERR_OK);
    return count;
}

/* A step of many papers parses each statement once, and says each thing at a time of its own. */
static void test_step_plans_once(void **state)
{
    struct store *store = library_open(*state);
    int64_t clock = 0, latest = 0, work;
    size_t at = 0, len;
    const char *sql;
    uint64_t *value;
    int round;

    assert_int_equal(state_begin(store, NULL), ERR_OK);
    for (round = 0; round < 2; round++)
        for (work = 1; work <= 2; work++) {
            assert_int_equal(state_star(store, work, round == 0, NULL), ERR_OK);
            assert_int_equal(state_mark(store, work, READ_READ, NULL), ERR_OK);
        }
    assert_int_equal(state_commit(store, NULL), ERR_OK);
    assert_int_equal(stamps_of(store), 4);
    assert_int_equal(ops_clock(store, &clock, NULL), ERR_OK);
    assert_int_equal(store_query_int(store, "SELECT max(stamp) FROM op", &latest, NULL), ERR_OK);
    assert_int_equal(clock, latest);
    while (hashmap_next(store->statements, &at, &sql, &len, &value)) {
        struct stmt *stmt = (struct stmt *)(uintptr_t)*value;

        if (sqlite3_stmt_status(stmt->handle, SQLITE_STMTSTATUS_REPREPARE, 0) > 0)
            fail_msg("planned again: %s", sql);
    }
    store_close(store);
}

static void test_no_change_is_no_step(void **state)
{
    struct store *store = library_open(*state);

    assert_int_equal(state_mark(store, 1, READ_UNREAD, NULL), ERR_OK);
    assert_int_equal(state_star(store, 1, false, NULL), ERR_OK);
    assert_int_equal(state_tag(store, 1, "never", false, NULL), ERR_OK);
    assert_int_equal(state_note_set(store, 1, " \n", NULL), ERR_OK);
    assert_int_equal(library_int(store, "SELECT count(*) FROM change_log"), 0);
    store_close(store);
}

static void note_is(struct store *store, const char *text)
{
    char *dump = state_dump(store), *want = mem_printf("note 1 %s\n", text);

    assert_string_equal(dump, want);
    free(dump);
    free(want);
}

/* What becomes of a note while its editor is open is not lost, nor is what was written there. */
static void test_a_note_that_changes_meanwhile(void **state)
{
    struct store *store = library_open(*state);
    enum note_met met;
    char *what = NULL, *dump;

    assert_int_equal(state_note_set(store, 1, "now", NULL), ERR_OK);
    assert_int_equal(state_note_edit(store, 1, "before", "before \n", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_STAYS);
    assert_int_equal(state_note_edit(store, 1, "before", "", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_STAYS);
    note_is(store, "now");
    assert_int_equal(state_note_edit(store, 1, "before", "now\n", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_YOURS);
    assert_int_equal(library_int(store, "SELECT count(*) FROM change_log"), 1);
    assert_int_equal(state_note_edit(store, 1, "before", "yours", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_BOTH);
    dump = state_dump(store);
    assert_true(str_starts(dump, "note 1 now\n\n-- also written on "));
    assert_true(str_ends(dump, ":\n\nyours\n"));
    free(dump);
    assert_int_equal(state_undo(store, &what, NULL), ERR_OK);
    free(what);
    note_is(store, "now");
    assert_int_equal(state_note_edit(store, 1, "now", "yours", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_YOURS);
    note_is(store, "yours");
    assert_int_equal(state_note_set(store, 1, "", NULL), ERR_OK);
    assert_int_equal(state_note_edit(store, 1, "yours", "again", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_AGAIN);
    note_is(store, "again");
    store_close(store);
}

static void test_a_highlights_note_that_changes_meanwhile(void **state)
{
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    char document[] = "0123456789abcdef", quote[] = "Lamps tire", none[] = "";
    struct highlight row = { .document = document,
                             .anchor = { .quote = quote, .prefix = none, .suffix = none },
                             .note = none };
    enum note_met met;

    assert_int_equal(highlight_add(store, arena, &row, NULL), ERR_OK);
    assert_int_equal(highlight_note(store, row.uid, "theirs", NULL), ERR_OK);
    assert_int_equal(highlight_note_edit(store, row.uid, "", "yours", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_BOTH);
    assert_int_equal(highlight_get(&row, store, arena, row.uid, NULL), ERR_OK);
    assert_true(str_starts(row.note, "theirs\n\n-- also written on "));
    assert_true(str_ends(row.note, ":\n\nyours"));
    assert_int_equal(highlight_note_edit(store, row.uid, row.note, "one", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_YOURS);
    assert_int_equal(highlight_note_edit(store, row.uid, "other", "", &met, NULL), ERR_OK);
    assert_int_equal(met, NOTE_STAYS);
    assert_int_equal(highlight_get(&row, store, arena, row.uid, NULL), ERR_OK);
    assert_string_equal(row.note, "one");
    arena_free(arena);
    store_close(store);
}

/* The step counts as undone although its work has left, and the one before it can be reached. */
static void test_undo_past_a_work_that_is_gone(void **state)
{
    struct store *store = library_open(*state);
    char *what = NULL, *left;

    assert_int_equal(state_tag(store, 1, "kept", true, NULL), ERR_OK);
    assert_int_equal(state_star(store, 2, true, NULL), ERR_OK);
    library_run(store, "DELETE FROM alias WHERE work_id = 2; DELETE FROM work_text WHERE id = 2; "
                       "DELETE FROM reading WHERE work_id = 2; DELETE FROM work WHERE id = 2");
    assert_int_equal(state_undo(store, &what, NULL), ERR_OK);
    free(what);
    assert_int_equal(state_undo(store, &what, NULL), ERR_OK);
    free(what);
    left = state_dump(store);
    assert_string_equal(left, "");
    free(left);
    store_close(store);
}

static void test_undo_refuses(void **state)
{
    struct store *store = library_open(*state);
    struct error err = { 0 };
    char *what = NULL;
    int64_t step = 0;
    char kind[16];

    assert_int_equal(state_undo_step(store, 42, &what, &err), ERR_NOTFOUND);
    assert_int_equal(state_tag(store, 1, "a", true, NULL), ERR_OK);
    assert_int_equal(state_newest(store, STATE_ANY, &step, kind, NULL), ERR_OK);
    assert_string_equal(kind, "tag");
    assert_int_equal(state_undo_step(store, step, &what, &err), ERR_OK);
    free(what);
    assert_int_equal(state_undo_step(store, step, &what, &err), ERR_NOTFOUND); /* not twice */
    assert_int_equal(state_begin(store, NULL), ERR_OK);
    assert_int_equal(state_log(store, "merge", "arxiv:1706.03762", "", NULL, "doi:10.1000/x", NULL),
                     ERR_OK);
    assert_int_equal(state_commit(store, NULL), ERR_OK);
    assert_int_equal(state_undo(store, &what, &err), ERR_USAGE);
    check_says(&err, ERR_USAGE, "split");
    assert_false(store_in_transaction(store));
    assert_int_equal(state_star(store, 1, true, NULL), ERR_OK);
    store_close(store);
}

static void test_tag_names(void **state)
{
    static const char *const bad[] = { "",    "two words", "a,b", "a:b", "-a",
                                       "a\"", "(a)",       "a*",  "\t",  "bad\xFF" };
    struct store *store = library_open(*state);
    struct error err = { 0 };
    char longest[66] = { 0 };
    size_t i;

    for (i = 0; i < ARRAY_LEN(bad); i++)
        assert_int_equal(state_tag(store, 1, bad[i], true, &err), ERR_USAGE);
    memset(longest, 'x', 65);
    assert_int_equal(state_tag(store, 1, longest, true, &err), ERR_USAGE);
    longest[64] = '\0';
    assert_int_equal(state_tag(store, 1, longest, true, &err), ERR_OK);
    assert_int_equal(state_tag(store, 1, "\xE8\xAA\xAD\xE3\x82\x80", true, &err), ERR_OK);
    assert_int_equal(state_tag(store, 99, "a", true, &err), ERR_NOTFOUND);
    assert_false(store_in_transaction(store));
    store_close(store);
}

static void test_find(void **state)
{
    static const char *const names[] = { "arxiv:1706.03762",
                                         "1706.03762",
                                         "1706.03762v5",
                                         "arXiv:1706.03762v2",
                                         "https://arxiv.org/abs/1706.03762v7",
                                         "https://arxiv.org/pdf/1706.03762",
                                         "doi:10.48550/arXiv.1706.03762",
                                         "https://doi.org/10.48550/arXiv.1706.03762" };
    struct store *store = library_open(*state);
    struct error err = { 0 };
    int64_t id;
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++) {
        id = 0;
        if (works_find(store, &id, names[i], &err) != ERR_OK || id != 1)
            fail_msg("%s: %s", names[i], err.message);
    }
    assert_int_equal(works_find(store, &id, "arxiv:2001.00001", &err), ERR_NOTFOUND);
    check_says(&err, ERR_NOTFOUND, "is not in this library");
    assert_int_equal(works_find(store, &id, "what?", &err), ERR_NOTFOUND);
    check_says(&err, ERR_NOTFOUND, "no id that carrel knows");
    store_close(store);
}

static void test_rows(void **state)
{
    static const int64_t ids[] = { 2, 99, 1 };
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct work_row rows[3];
    struct work_full full;

    assert_int_equal(state_tag(store, 1, "b", true, NULL), ERR_OK);
    assert_int_equal(state_tag(store, 1, "a", true, NULL), ERR_OK);
    assert_int_equal(state_mark(store, 1, READ_READ, NULL), ERR_OK);
    assert_int_equal(works_rows(store, arena, ids, 3, rows, NULL), ERR_OK);
    assert_int_equal(rows[0].id, 2);
    assert_string_equal(rows[0].tags, "");
    assert_int_equal(rows[1].id, 0);
    assert_string_equal(rows[2].title, "Attention Is All You Need");
    assert_string_equal(rows[2].tags, "a b");
    assert_int_equal(rows[2].state, READ_READ);
    assert_int_equal(works_full(store, arena, 1, &full, NULL), ERR_OK);
    assert_int_equal(full.record.authors.len, 2);
    assert_int_equal(full.aliases.len, 2);
    assert_int_equal(full.record.tags.len, 2);
    assert_int_equal(works_full(store, arena, 99, &full, NULL), ERR_NOTFOUND);
    arena_free(arena);
    store_close(store);
}

static void test_queries(void **state)
{
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    struct saved_query *queries;
    struct error err = { 0 };
    size_t count;
    char *query = NULL;

    assert_int_equal(queries_add(store, "b", "one", NULL), ERR_OK);
    assert_int_equal(queries_add(store, "a", "two", NULL), ERR_OK);
    assert_int_equal(queries_add(store, "b", "three", NULL), ERR_OK);
    assert_int_equal(queries_add(store, "with blank", "x", &err), ERR_USAGE);
    assert_int_equal(queries_list(store, arena, &queries, &count, NULL), ERR_OK);
    assert_int_equal(count, 2);
    assert_string_equal(queries[0].name, "b"); /* in the order they were made */
    assert_string_equal(queries[0].query, "three");
    assert_int_equal(queries_get(store, arena, "a", &query, NULL), ERR_OK);
    assert_string_equal(query, "two");
    assert_int_equal(queries_get(store, arena, "c", &query, &err), ERR_NOTFOUND);
    assert_int_equal(queries_remove(store, "c", &err), ERR_NOTFOUND);
    arena_free(arena);
    store_close(store);
}

/* A collection is whole however long it is, and so is the queue. */
static void test_long_shelves(void **state)
{
    struct store *store = library_open(*state);
    struct arena *arena = arena_new();
    int64_t *works = NULL, place = 0;
    size_t count = 0;
    double end = 0;

    library_run(store, "INSERT INTO collection(id, name) VALUES(1, 'long')");
    library_run(store, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
                       "100003) INSERT INTO collection_work(collection_id, work_id, position) "
                       "SELECT 1, i, i FROM n");
    library_run(store, "INSERT INTO reading(work_id, state, changed, queued) SELECT work_id, 2, 1, "
                       "work_id FROM collection_work");
    assert_int_equal(collection_order(&works, &count, store, arena, "long", NULL), ERR_OK);
    assert_int_equal(count, 100003);
    assert_int_equal(works[100002], 100003);
    assert_int_equal(collection_place(&place, store, "long", 100003, NULL), ERR_OK);
    assert_int_equal(place, 100003);
    assert_int_equal(collection_end(&end, store, "long", NULL), ERR_OK);
    assert_int_equal((int)end, 100003);
    assert_int_equal(queue_order(&works, &count, store, arena, NULL), ERR_OK);
    assert_int_equal(count, 100003);
    arena_free(arena);
    store_close(store);
}

int store_state_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, with_works, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_redo_ends),
        ONE(test_undo_round_trip),
        ONE(test_one_step_of_many),
        ONE(test_step_plans_once),
        ONE(test_no_change_is_no_step),
        ONE(test_a_note_that_changes_meanwhile),
        ONE(test_a_highlights_note_that_changes_meanwhile),
        ONE(test_undo_past_a_work_that_is_gone),
        ONE(test_undo_refuses),
        ONE(test_tag_names),
        ONE(test_find),
        ONE(test_rows),
        ONE(test_queries),
        ONE(test_long_shelves),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: state", tests, NULL, NULL);
}
