/*
 * Operations: registers come to the same in any order, what a library of before holds becomes
 * operations once, and what is computed from them is what was there.
 */
#include "store_test.h"

#include "carrel/ops.h"
#include "carrel/reading.h"

#define A "0000000000000000000000000000000a"
#define B "0000000000000000000000000000000b"
#define C "0000000000000000000000000000000c"

static void take(struct store *store, const struct op *op)
{
    struct error err = { 0 };
    const char *why;
    enum op_fate fate;
    bool ahead;

    assert_int_equal(store_begin(store, &err), ERR_OK);
    assert_int_equal(ops_take(store, op, &fate, &ahead, &why, &err), ERR_OK);
    if (fate == OP_REFUSED)
        fail_msg("%s", why);
    assert_int_equal(registers_settle(store, op->kind, op->item, op->field, &err), ERR_OK);
    assert_int_equal(store_commit(store, &err), ERR_OK);
}

static char *outcome(struct store *store, const char *sql)
{
    struct stmt *stmt;
    char *text = NULL;

    assert_int_equal(stmt_prepare(&stmt, store, sql, NULL), ERR_OK);
    if (stmt_step(stmt, NULL) == 1)
        text = mem_strdup(stmt_text(stmt, 0));
    stmt_reset(stmt);
    return text;
}

/* All orders of `count` operations, each twice, leave what `sql` says. */
static void check_orders(struct library *library, const struct op *ops, size_t count,
                         const char *sql, const char *expected)
{
    size_t order[4] = { 0 }, runs = 1, i, run;
    struct store *store = library_open(library);

    for (i = 2; i <= count; i++)
        runs *= i;
    for (run = 0; run < runs; run++) {
        size_t left[4] = { 0, 1, 2, 3 }, rest = run;
        char *got;

        for (i = 0; i < count; i++) {
            size_t at = rest % (count - i), k;

            rest /= count - i;
            order[i] = left[at];
            for (k = at; k + 1 < count; k++)
                left[k] = left[k + 1];
        }
        library_run(store, "DELETE FROM op");
        for (i = 0; i < count; i++)
            take(store, &ops[order[i]]);
        for (i = 0; i < count; i++)
            take(store, &ops[i]);
        got = outcome(store, sql);
        assert_string_equal(got ? got : "(none)", expected);
        free(got);
    }
    store_close(store);
}

#define AT(n) ((INT64_C(1767225600000) << 16) + (n))

static void test_last_one_stands(void **state)
{
    const struct op ops[] = {
        { .stamp = AT(1),
          .machine = A,
          .kind = "query",
          .item = "q",
          .field = "",
          .value = "one",
          .past = "" },
        { .stamp = AT(3),
          .machine = A,
          .kind = "query",
          .item = "q",
          .field = "",
          .value = "three",
          .past = "" },
        { .stamp = AT(3),
          .machine = B,
          .kind = "query",
          .item = "q",
          .field = "",
          .value = "later machine",
          .past = "" },
        { .stamp = AT(2),
          .machine = C,
          .kind = "query",
          .item = "q",
          .field = "",
          .value = NULL,
          .past = "" },
    };
    struct op gone[4];

    check_orders(*state, ops, 4, "SELECT query FROM saved_query", "later machine");
    memcpy(gone, ops, sizeof gone);
    gone[3].stamp = AT(4); /* taken away last: older ones do not bring it back */
    check_orders(*state, gone, 4, "SELECT query FROM saved_query", "(none)");
}

/* Each was written by somebody who had not seen the other; the third saw the first. */
static void test_notes_stand_beside_each_other(void **state)
{
    struct library *library = *state;
    const struct op ops[] = {
        { .stamp = AT(1),
          .machine = A,
          .kind = "note",
          .item = "arxiv:2401.00001",
          .field = "",
          .value = "one",
          .past = "" },
        { .stamp = AT(2),
          .machine = B,
          .kind = "note",
          .item = "arxiv:2401.00001",
          .field = "",
          .value = "two",
          .past = "" },
        { .stamp = AT(3),
          .machine = C,
          .kind = "note",
          .item = "arxiv:2401.00001",
          .field = "",
          .value = "three",
          .past = A ":19b76d90c0000001 " },
        { .stamp = AT(0),
          .machine = B,
          .kind = "note",
          .item = "arxiv:2401.00001",
          .field = "",
          .value = "before two",
          .past = "" },
    };
    struct op told[4];
    char past[64], own[64];
    struct store *store = library_open(library);

    library_add(store, "arxiv:2401.00001", "On Gardens", "", "Ada");
    library_run(store, "INSERT OR IGNORE INTO alias(scheme, value, work_id) VALUES('arxiv', "
                       "'2401.00001', 1)");
    store_close(store);
    memcpy(told, ops, sizeof told);
    snprintf(past, sizeof past, A ":%llx ", (unsigned long long)AT(1));
    told[2].past = past;
    snprintf(own, sizeof own, B ":%llx ", (unsigned long long)AT(0));
    told[1].past = own; /* a machine that has not seen its own edit was put back */
    check_orders(library, told, 4, "SELECT body FROM note",
                 "two\n\n-- also written on 00000000, 2026-01-01 00:00:\n\nthree");
    told[3] = told[2]; /* and one who saw all takes it away */
    told[3].stamp = AT(9);
    told[3].value = NULL;
    snprintf(past, sizeof past, A ":%llx ", (unsigned long long)AT(1));
    told[3].past = A ":1d0000000000000 " B ":1d0000000000000 " C ":1d0000000000000 ";
    check_orders(library, told, 4, "SELECT body FROM note", "(none)");
}

/* Somebody marks one of two works, and somebody later both as one: the later word stands. */
static void test_a_later_mark_stands(void **state)
{
    struct store *store = library_open(*state);
    struct op read = { .kind = "read",
                       .machine = A,
                       .item = "arxiv:2401.00002",
                       .field = "",
                       .value = "2",
                       .past = "" };
    int64_t now;

    library_add(store, "arxiv:2401.00001", "On Gardens", "", "Ada");
    library_run(store, "INSERT OR IGNORE INTO alias(scheme, value, work_id) VALUES('arxiv', "
                       "'2401.00001', 1), ('arxiv', '2401.00002', 1)");
    read.stamp = AT(1);
    take(store, &read);
    assert_int_equal(state_mark(store, 1, READ_SKIP, NULL), ERR_OK);
    assert_int_equal(state_mark(store, 1, 2, NULL), ERR_OK);
    assert_int_equal(ops_clock(store, &now, NULL), ERR_OK);
    read.stamp = now - 1; /* from one who had not heard of it */
    read.value = "1";
    take(store, &read);
    assert_int_equal(library_int(store, "SELECT state FROM reading"), 2);
    store_close(store);
}

static int64_t stamp_of(struct store *store, const char *item, char machine[MACHINE_HEX])
{
    struct arena *arena = arena_new();
    struct op op = { .stamp = 0 };

    assert_int_equal(ops_register(&op, store, arena, "query", item, "", NULL), ERR_OK);
    snprintf(machine, MACHINE_HEX, "%s", op.machine);
    arena_free(arena);
    return op.stamp;
}

/* A battery was empty, or somebody typed the wrong year. */
static void test_a_clock_that_was_wrong_once(void **state)
{
    struct store *store = library_open(*state);
    char before[MACHINE_HEX], after[MACHINE_HEX];
    int64_t first, second;

    assert_int_equal(queries_add(store, "one", "tag:a", NULL), ERR_OK);
    first = stamp_of(store, "one", before);
    library_run(store, "UPDATE meta SET value = value + (365 * 86400000 << 16) WHERE key = "
                       "'clock'");
    assert_int_equal(queries_add(store, "two", "tag:a", NULL), ERR_OK);
    second = stamp_of(store, "two", after);
    assert_true(second >= first && op_stamp_ms(second) < op_stamp_ms(first) + 3600000);
    assert_string_not_equal(before, after); /* whose stamps have only to grow */
    assert_int_equal(queries_add(store, "one", "tag:b", NULL), ERR_OK);
    assert_true(stamp_of(store, "one", before) > first);
    assert_string_equal(before, after);
    /* What it said then comes back to it, and does not draw the clock along. */
    take(store, &(struct op){ .stamp = first + (INT64_C(365) * 86400000 << 16),
                              .machine = A,
                              .kind = "query",
                              .item = "far",
                              .field = "",
                              .value = "tag:c",
                              .past = "" });
    assert_int_equal(queries_add(store, "three", "tag:a", NULL), ERR_OK);
    assert_true(op_stamp_ms(stamp_of(store, "three", before)) < op_stamp_ms(first) + 3600000);
    store_close(store);
}

/* Whatever is taken can be answered, and the answer is taken by others. */
static void test_the_ends_of_time(void **state)
{
    struct store *store = library_open(*state);
    struct op op = { .stamp = AT(1),
                     .machine = A,
                     .kind = "note",
                     .item = "arxiv:2401.00001",
                     .field = "" },
              *ops;
    struct arena *arena = arena_new();
    struct error err = { 0 };
    char own[MACHINE_HEX], past[64];
    const char *why = NULL;
    enum op_fate fate;
    size_t count;
    bool ahead;

    library_add(store, "arxiv:2401.00001", "On Gardens", "", "Ada");
    library_run(store, "INSERT OR IGNORE INTO alias(scheme, value, work_id) VALUES('arxiv', "
                       "'2401.00001', 1)");
    assert_int_equal(ops_machine(store, own, NULL), ERR_OK);
    snprintf(past, sizeof past, "%s:1d0000000000000 ", own); /* of what we have not said */
    op.value = "theirs";
    op.past = past;
    take(store, &op);
    assert_int_equal(state_note_set(store, 1, "ours", &err), ERR_OK);
    assert_int_equal(ops_since(store, arena, 0, 10, &ops, &count, NULL), ERR_OK);
    assert_int_equal(count, 1);
    assert_int_equal(ops[0].stamp, INT64_C(0x1d0000000000001)); /* behind that */
    take(store, &ops[0]);                                       /* it is fit to be taken */
    past[MACHINE_HEX] = '7';
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(ops_take(store, &op, &fate, &ahead, &why, NULL), ERR_OK);
    assert_int_equal(fate, OP_REFUSED);
    op.kind = "read";
    op.value = "1";
    op.past = "";
    op.stamp = OP_STAMP_MAX - 1; /* as far as that nothing comes after it */
    assert_int_equal(ops_take(store, &op, &fate, &ahead, &why, NULL), ERR_OK);
    assert_int_equal(fate, OP_REFUSED);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    op.stamp = INT64_C(0x1d0000000000000);
    take(store, &op);
    assert_int_equal(state_mark(store, 1, READ_SKIP, &err), ERR_OK);
    assert_int_equal(ops_register(&op, store, arena, "read", op.item, "", NULL), ERR_OK);
    assert_int_equal(op.stamp, INT64_C(0x1d0000000000001));
    take(store, &op);
    arena_free(arena);
    store_close(store);
}

/* What peers would not take is not said here. */
static void test_what_cannot_be_sent_is_not_said(void **state)
{
    struct store *store = library_open(*state);
    struct error err = { 0 };

    library_add(store, "arxiv:2401.00001", "On Gardens", "", "Ada");
    assert_int_equal(queries_add(store, "bad", "tag:\377", &err), ERR_USAGE);
    assert_int_equal(queries_add(store, "bad", "tag:a\ttag:b", &err), ERR_USAGE);
    assert_int_equal(queries_add(store, "bad", " ", &err), ERR_USAGE);
    assert_int_equal(state_tag(store, 1, "next\xC2\x85line", true, &err), ERR_USAGE);
    assert_int_equal(state_tag(store, 1, "r\xC3\xA9sum\xC3\xA9", true, &err), ERR_OK);
    store_close(store);
}

/* A library of version 29. */
static void test_what_was_there_is_said_once(void **state)
{
    struct store *store = library_open(*state);
    int64_t work;
    char *got;

    library_run(store, BEFORE_36 "; " BEFORE_35);
    library_run(store, BEFORE_32);
    library_run(store, "DROP VIEW work_news; DROP TABLE work_version; DROP TABLE seen");
    library_run(store, "DROP VIEW keep_apart; CREATE TABLE keep_apart(a TEXT NOT NULL, b TEXT NOT "
                       "NULL, PRIMARY KEY(a, b)) WITHOUT ROWID; DROP TRIGGER alias_samples_new; "
                       "DROP TRIGGER alias_samples_moved; DROP TRIGGER alias_samples_gone; "
                       "DROP TABLE op; DROP TABLE machine; "
                       "DROP TABLE record_again; DROP TABLE claim; DROP TABLE peer; "
                       "DROP TABLE peer_segment; DROP TABLE cited_key; DELETE FROM meta WHERE key "
                       "LIKE 'machine%'; "
                       "PRAGMA user_version = 29");
    work = library_add(store, "arxiv:2401.00001", "On Gardens", "", "Ada");
    library_run(
        store,
        "INSERT INTO reading VALUES(1, 2, 1, 1000); INSERT INTO tag VALUES(1, 'green'); "
        "INSERT INTO work_tag VALUES(1, 1, 2000); INSERT INTO note VALUES(1, 1, 'A note.', 3000, "
        "3000); INSERT INTO saved_query VALUES(1, 'mine', 'tag:green', 4, 4000); "
        "INSERT INTO keep_apart VALUES('arxiv:2401.00001', 'arxiv:2401.00002'); "
        "INSERT INTO document_place VALUES('0123456789abcdef', '', 1, 2, 'q', 'p', 's', 5); "
        "INSERT INTO highlight VALUES('aabbccdd', '0123456789abcdef', 1, 2, 'q', 'p', 's', 0, "
        "'why', 6, 7); INSERT INTO sample VALUES(1, 'huggingface', 'upvotes', "
        "'arxiv:2401.00001', 20000, 12)");
    library_run(store, "INSERT OR IGNORE INTO alias(scheme, value, work_id) VALUES('arxiv', "
                       "'2401.00001', 1)");
    assert_int_equal(work, 1);
    store_close(store);
    store = library_open(*state);
    got = outcome(store, "SELECT group_concat(kind || ' ' || field || ' ' || ifnull(value, '-'), "
                         "'; ') FROM (SELECT * "
                         "FROM op WHERE kind NOT IN ('place', 'highlight') ORDER BY kind, field)");
    assert_string_equal(
        got,
        "hnote aabbccdd why; note  A note.; pair arxiv:2401.00002 apart; query  tag:green; "
        "query position 4; read  2; sample huggingface upvotes 20000 12.0; star  1; tag green 1");
    free(got);
    assert_int_equal(library_int(store, "SELECT count(*) FROM op"), 11);
    assert_int_equal(library_int(store, "SELECT count(*) FROM keep_apart"), 1);
    /* Computed anew, it is what it was. */
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    assert_int_equal(registers_work(store, work, NULL), ERR_OK);
    assert_int_equal(
        registers_settle(store, "highlight", "file:0123456789abcdef", "aabbccdd", NULL), ERR_OK);
    assert_int_equal(registers_settle(store, "place", "file:0123456789abcdef", "", NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    got = outcome(
        store,
        "SELECT r.state || r.starred || n.body || t.name || x.added || h.note || h.quote || p.stop "
        "FROM reading r, note n, tag t, work_tag x, highlight h, document_place p");
    assert_string_equal(got, "21A note.green2000whyq2");
    free(got);
    store_close(store);
    store = library_open(*state); /* and no second time */
    assert_int_equal(library_int(store, "SELECT count(*) FROM op"), 11);
    store_close(store);
}

int store_ops_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_last_one_stands),
        ONE(test_notes_stand_beside_each_other),
        ONE(test_a_later_mark_stands),
        ONE(test_a_clock_that_was_wrong_once),
        ONE(test_the_ends_of_time),
        ONE(test_what_cannot_be_sent_is_not_said),
        ONE(test_what_was_there_is_said_once),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: operations", tests, NULL, NULL);
}
