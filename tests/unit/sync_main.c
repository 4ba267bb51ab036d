/*
 * Sync: the clock, registers, pages and what must not be taken; libraries that exchange.
 */
#include "sync_test.h"

#include "carrel/bin.h"

#include "carrel/clock.h"
#include "carrel/publish.h"
#include "carrel/samples.h"

#include <unistd.h>

/* ---- two libraries ---- */

static void test_both_notes_are_kept(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library();
    struct store *a = sync_test_open(one), *b = sync_test_open(two);
    struct arena *arena = arena_new();
    struct work_full work;
    const char *body;

    (void)state;
    sync_test_import(one, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    sync_test_send(a, b, 0);
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "From the one.", err));
    must(state_note_set(b, sync_test_find(b, "arxiv:2401.00001"), "From the other.", err));
    sync_test_send(a, b, 0);
    sync_test_send(b, a, 0);
    sync_test_agree(a, b);
    must(works_full(a, arena, sync_test_find(a, "arxiv:2401.00001"), &work, err));
    body = work.record.notes.items[0];
    assert_non_null(strstr(body, "From the one."));
    assert_non_null(strstr(body, "From the other."));
    assert_non_null(strstr(body, "-- also written on "));
    /* Who edits the two has seen both. */
    must(state_note_set(b, sync_test_find(b, "arxiv:2401.00001"), "Both.", err));
    sync_test_send(b, a, 0);
    sync_test_agree(a, b);
    must(works_full(a, arena, sync_test_find(a, "arxiv:2401.00001"), &work, err));
    assert_string_equal(work.record.notes.items[0], "Both.");
    assert_int_equal(sync_test_send(a, b, 0), 0); /* nothing is new */
    arena_free(arena);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* What both come to have when each writes without the other. */
static char *note_of_both(struct store *a, struct store *b, const char *here, const char *there)
{
    struct arena *arena = arena_new();
    struct work_full work;
    char *body;

    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), here, err));
    must(state_note_set(b, sync_test_find(b, "arxiv:2401.00001"), there, err));
    sync_test_send(a, b, 0);
    sync_test_send(b, a, 0);
    sync_test_agree(a, b);
    must(works_full(a, arena, sync_test_find(a, "arxiv:2401.00001"), &work, err));
    body = mem_strdup(work.record.notes.items[0]);
    arena_free(arena);
    return body;
}

/* Lines that both begin with stand there once. */
static void test_what_notes_have_in_common(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library(), *body;
    struct store *a = sync_test_open(one), *b = sync_test_open(two);

    (void)state;
    sync_test_import(one, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    sync_test_send(a, b, 0);
    body = note_of_both(a, b, "Read it.\nTwice.\nHere.", "Read it.\nTwice.\n\nThere.");
    assert_true(str_starts(body, "Read it.\nTwice.\n"));
    assert_null(strstr(body + 5, "Read it."));
    assert_non_null(strstr(body, "Here."));
    assert_non_null(strstr(body, "\n\n-- also written on "));
    assert_non_null(strstr(body, "There."));
    free(body);
    body = note_of_both(a, b, "Read it.", "Read it.\nOnce more.");
    assert_string_equal(body, "Read it.\nOnce more.");
    free(body);
    body = note_of_both(a, b, "Read it.\nAnd more.", "Read it.");
    assert_string_equal(body, "Read it.\nAnd more.");
    free(body);
    body = note_of_both(a, b, "Reading", "Read it"); /* what they begin with is no line */
    assert_non_null(strstr(body, "Reading"));
    assert_non_null(strstr(body, "Read it"));
    free(body);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

static void test_what_is_said_waits_for_its_paper(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library();
    struct store *a = sync_test_open(one), *b = sync_test_open(two);
    struct sync_cursor cursor;
    struct sync_page page;
    struct sync_answer answer;
    struct str bytes = STR_INIT;

    (void)state;
    sync_test_import(one, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    must(state_tag(a, sync_test_find(a, "arxiv:2401.00001"), "green", true, err));
    must(sync_cursor_now(&cursor, a, err));
    cursor.at.op = 0; /* operations alone */
    must(sync_page_write(&page, &bytes, a, &(struct sync_wish){ .after = cursor }, err));
    assert_int_equal(page.ops, 1);
    must(sync_take(&answer, b, bytes.ptr, bytes.len, err));
    assert_int_equal(answer.taken, 1);
    sync_test_import(two, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    sync_test_send(a, b, 0);
    sync_test_agree(a, b);
    must(sync_take(&answer, b, bytes.ptr, bytes.len, err));
    assert_int_equal(answer.taken, 0);
    str_free(&bytes);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* ---- the clock ---- */

static int64_t say(struct store *store, const char *tag)
{
    struct arena *arena = arena_new();
    struct op op;
    int64_t stamp;

    must(store_begin(store, err));
    must(ops_say(store, "tag", "arxiv:2401.00001", tag, "1", err));
    must(store_commit(store, err));
    must(ops_register(&op, store, arena, "tag", "arxiv:2401.00001", tag, err));
    stamp = op.stamp;
    arena_free(arena);
    return stamp;
}

static enum op_fate hear(struct store *store, const struct op *op, bool *ahead, const char **why)
{
    enum op_fate fate;

    must(store_begin(store, err));
    must(ops_take(store, op, &fate, ahead, why, err));
    must(store_commit(store, err));
    return fate;
}

#define OTHER "00000000000000000000000000000001"
#define THEN INT64_C(1767225600000)

static void test_clock(void **state)
{
    char *dir = sync_test_library();
    struct store *store = sync_test_open(dir);
    struct op op = { .machine = OTHER,
                     .kind = "tag",
                     .item = "arxiv:2401.00001",
                     .field = "x",
                     .value = "1",
                     .past = "" };
    const char *why;
    bool ahead;
    int64_t first, clock;

    (void)state;
    sync_test_clock(THEN);
    first = say(store, "a");
    assert_int_equal(op_stamp_ms(first), THEN);
    assert_int_equal(say(store, "b"), first + 1);
    sync_test_clock(THEN - 3600000); /* set back: it goes on all the same */
    assert_int_equal(say(store, "c"), first + 2);
    sync_test_clock(THEN);
    op.stamp = (THEN + 3600000) << 16; /* an hour ahead: followed */
    assert_int_equal(hear(store, &op, &ahead, &why), OP_TAKEN);
    assert_false(ahead);
    assert_int_equal(say(store, "d"), op.stamp + 1);
    op.stamp = (THEN + 100 * OP_AHEAD_MS) << 16; /* a hundred days: taken, told, not followed */
    assert_int_equal(hear(store, &op, &ahead, &why), OP_TAKEN);
    assert_true(ahead);
    must(ops_clock(store, &clock, err));
    assert_int_equal(op_stamp_ms(clock), THEN + 3600000);
    assert_int_equal(say(store, "x"), op.stamp + 1); /* who sees it speaks after it */
    must(ops_clock(store, &clock, err));
    assert_int_equal(op_stamp_ms(clock), THEN + 3600000);
    assert_int_equal(hear(store, &op, &ahead, &why), OP_PASSED);
    store_close(store);
    free(dir);
}

/* ---- what must not be taken ---- */

static void test_strangers(void **state)
{
    char *dir = sync_test_library(), own[MACHINE_HEX];
    struct store *store = sync_test_open(dir);
    struct op good = { .stamp = THEN << 16,
                       .machine = OTHER,
                       .kind = "tag",
                       .item = "arxiv:2401.00001",
                       .field = "fine",
                       .value = "1",
                       .past = "" },
              bad[24];
    size_t count = 0, i;
    const char *why;
    bool ahead;

    (void)state;
    sync_test_clock(THEN);
    must(ops_machine(store, own, err));
#define BAD(member, what) bad[count] = good, bad[count++].member = what
    BAD(kind, "st ars");
    BAD(item, "arxiv:2401.00001v2");
    BAD(item, "On Gardens");
    BAD(item, "");
    BAD(field, "two words");
    BAD(field, "tab\there");
    BAD(field, "-minus");
    BAD(field, "");
    BAD(value, "2");
    BAD(value, "\x1b[2J");
    BAD(stamp, 0);
    BAD(stamp, -5);
    BAD(stamp, INT64_MAX);
    BAD(machine, "x");
    BAD(machine, "ABCDEF00000000000000000000000001");
    BAD(past, OTHER ":5 ");
    BAD(kind, "note");
    bad[count - 1].field = "";
    bad[count - 1].value = "bell\a";
    BAD(kind, "read");
    bad[count - 1].field = "";
    bad[count - 1].value = "7";
    BAD(kind, "pair");
    bad[count - 1].field = "arxiv:2401.00001";
    bad[count - 1].value = "apart";
    BAD(kind, "highlight");
    bad[count - 1].item = "file:0123456789abcdef";
    bad[count - 1].field = "0123456789abcdef";
    bad[count - 1].value = "{\"start\":5,\"stop\":1}";
    BAD(kind, "place");
    bad[count - 1].item = "file:0123456789abcdef";
    bad[count - 1].field = "";
    bad[count - 1].value =
        "{\"start\":1,\"stop\":5,\"quote\":\"\\u001b[2J\",\"prefix\":\"\",\"suffix\":\"\"}";
    BAD(kind, "query");
    bad[count - 1].item = "a query";
    bad[count - 1].field = "";
    for (i = 0; i < count; i++)
        if (hear(store, &bad[i], &ahead, &why) != OP_REFUSED || !why)
            fail_msg("%zu was taken: %s %s %s", i, bad[i].kind, bad[i].item, bad[i].field);
    assert_int_equal(hear(store, &good, &ahead, &why), OP_TAKEN);
    assert_int_equal(hear(store, &good, &ahead, &why), OP_PASSED);
    store_close(store);
    free(dir);
}

static int read_pack(const char *bytes, size_t len)
{
    struct arena *arena = arena_new();
    struct sync_pack pack;
    int result = sync_pack_read(&pack, arena, bytes, len, NULL);

    arena_free(arena);
    return result;
}

/* Cut anywhere, or with any bit turned, a page is none. */
static void test_damaged_pages(void **state)
{
    char *dir = sync_test_library();
    struct store *store = sync_test_open(dir);
    struct sync_cursor begin = { .machine = "" };
    struct sync_page page;
    struct str bytes = STR_INIT, packed = STR_INIT, plain = STR_INIT;
    size_t i;

    (void)state;
    sync_test_import(dir, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    must(state_star(store, sync_test_find(store, "arxiv:2401.00001"), true, err));
    must(sync_page_write(&page, &bytes, store, &(struct sync_wish){ .after = begin }, err));
    assert_int_equal(page.records + page.ops, 2);
    assert_int_equal(read_pack(bytes.ptr, bytes.len), ERR_OK);
    for (i = 0; i < bytes.len; i++) {
        struct str half = STR_INIT;

        str_add_mem(&half, bytes.ptr, i);
        assert_int_equal(read_pack(half.ptr, half.len), ERR_PARSE);
        str_free(&half);
        bytes.ptr[i] ^= 4;
        if (i < bytes.len - 40)
            assert_int_equal(read_pack(bytes.ptr, bytes.len), ERR_PARSE);
        bytes.ptr[i] ^= 4;
    }
    sync_gzip(&packed, bytes.ptr, bytes.len);
    assert_int_equal(sync_gunzip(&plain, packed.ptr, packed.len, 1 << 20, NULL), ERR_OK);
    assert_string_equal(plain.ptr, bytes.ptr);
    assert_int_equal(sync_gunzip(&plain, packed.ptr, packed.len - 1, 1 << 20, NULL), ERR_PARSE);
    assert_int_equal(sync_gunzip(&plain, packed.ptr, packed.len, 100, NULL), ERR_LIMIT);
    str_free(&bytes);
    str_free(&packed);
    str_free(&plain);
    store_close(store);
    free(dir);
}

static void remove_one(struct store *store, const char *id)
{
    char *name = mem_strdup(id);
    struct bin_counts counts;

    must(library_remove(store, &name, 1, &counts, err));
    free(name);
}

static bool has_paper(struct store *store, const char *id)
{
    int64_t work;

    return works_find(store, &work, id, NULL) == ERR_OK;
}

/* Of a work that has more to it on the other machine, that stays. */
static void test_removed_on_one_machine(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library(), *name;
    struct store *a = sync_test_open(one), *b = sync_test_open(two);
    struct bin_counts counts;

    (void)state;
    sync_test_import(one, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    sync_test_send(a, b, 0);
    sync_test_import(two, "doi:10.1145/1|On Gardens|A. Lindgren|2024-06||0|crossref|"); /* joins */
    must(state_note_set(b, sync_test_find(b, "doi:10.1145/1"), "Said there.", err));
    remove_one(a, "arxiv:2401.00001");
    sync_test_send(a, b, 0);
    assert_false(has_paper(b, "arxiv:2401.00001"));
    assert_true(has_paper(b, "doi:10.1145/1"));
    sync_test_send(b, a, 0);
    sync_test_agree(a, b);
    name = mem_strdup("arxiv:2401.00001");
    must(library_return(b, &name, 1, &counts, err));
    free(name);
    sync_test_send(b, a, 0);
    sync_test_send(a, b, 0);
    assert_int_equal(sync_test_find(a, "doi:10.1145/1"), sync_test_find(a, "arxiv:2401.00001"));
    sync_test_agree(a, b);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

static void test_cursors(void **state)
{
    static const char *const none[] = { "x",
                                        OTHER,
                                        OTHER ".1.2",
                                        OTHER ".1.2.3.4",
                                        OTHER ".-1.2.3",
                                        OTHER ".1.2.9999999999999999999",
                                        OTHER ".1.2.3 " };
    struct sync_cursor cursor;
    char text[PEER_CURSOR_MAX];
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(none); i++)
        assert_false(sync_cursor_parse(&cursor, none[i]));
    assert_true(sync_cursor_parse(&cursor, OTHER ".1.2.3"));
    sync_cursor_print(text, &cursor);
    assert_string_equal(text, OTHER ".1.2.3");
    assert_true(sync_cursor_parse(&cursor, ""));
    sync_cursor_print(text, &cursor);
    assert_string_equal(text, "");
}

int main(void)
{
#define SYNC_TEST(test) cmocka_unit_test_teardown(test, sync_test_end)
    const struct CMUnitTest tests[] = {
        SYNC_TEST(test_both_notes_are_kept),
        SYNC_TEST(test_what_notes_have_in_common),
        SYNC_TEST(test_what_is_said_waits_for_its_paper),
        SYNC_TEST(test_clock),
        SYNC_TEST(test_strangers),
        SYNC_TEST(test_damaged_pages),
        SYNC_TEST(test_cursors),
        SYNC_TEST(test_removed_on_one_machine),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    return failed + sync_copy_tests() + sync_page_tests() + sync_folder_tests()
           + sync_stranger_tests() + sync_schedule_tests();
}
