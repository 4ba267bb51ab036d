/*
 * Libraries that are copies of others, or are put back to what they were.
 */
#include "sync_test.h"

/* A machine that goes on from a copy is another one, and its peers begin anew with it. */
static void test_a_copy_is_another_machine(void **state)
{
    char *one = sync_test_library(), *copy, *command;
    struct store *a = sync_test_open(one), *b;
    char first[MACHINE_HEX], second[MACHINE_HEX];
    struct sync_cursor cursor;
    struct sync_page page;
    struct str bytes = STR_INIT;

    (void)state;
    sync_test_import(one, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    must(ops_machine(a, first, err));
    must(sync_cursor_now(&cursor, a, err));
    store_close(a);
    copy = mem_printf("%s-copy", one);
    command = mem_printf("cp -r %s %s", one, copy);
    assert_int_equal(system(command), 0);
    b = sync_test_open(copy);
    must(ops_machine(b, second, err));
    assert_string_not_equal(first, second);
    must(sync_page_write(&page, &bytes, b, &(struct sync_wish){ .after = cursor }, err));
    assert_int_equal(page.records, 1); /* that cursor means nothing here */
    str_free(&bytes);
    store_close(b);
    free(command);
    free(copy);
    free(one);
}

/* Puts the library back to its copy, in place and with its file `machine`: a whole disk, say. */
static struct store *put_back(struct store *store, const char *dir)
{
    char *command = mem_printf("cp -rT %s-copy %s && rm -f %s/library.db-*", dir, dir, dir);

    store_close(store);
    assert_int_equal(system(command), 0);
    free(command);
    return sync_test_open(dir);
}

static struct store *copied(struct store *store, const char *dir)
{
    char *command = mem_printf("cp -r %s %s-copy", dir, dir);

    store_close(store);
    assert_int_equal(system(command), 0);
    free(command);
    return sync_test_open(dir);
}

/* A cursor of what a library had before it was put back is none, also when it has said as much
 * since. */
static void test_a_cursor_of_what_was_lost(void **state)
{
    char *one = sync_test_library(), first[MACHINE_HEX], second[MACHINE_HEX];
    struct store *a = sync_test_open(one);
    struct sync_cursor before, lost;
    struct sync_page page;
    struct str bytes = STR_INIT;
    int64_t work;

    (void)state;
    sync_test_import(one, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    must(sync_cursor_now(&before, a, err));
    a = copied(a, one);
    must(ops_machine(a, first, err));
    must(state_tag(a, sync_test_find(a, "arxiv:2401.00001"), "green", true, err));
    must(sync_cursor_now(&lost, a, err));
    a = put_back(a, one);
    work = sync_test_find(a, "arxiv:2401.00001");
    must(state_tag(a, work, "red", true, err));
    must(state_tag(a, work, "blue", true, err));
    must(ops_machine(a, second, err));
    assert_string_equal(first, second); /* nothing shows it */
    must(sync_page_write(&page, &bytes, a, &(struct sync_wish){ .after = lost }, err));
    assert_true(str_ends(page.cursor, ".0.0.0"));
    assert_int_equal(page.records, 1);
    assert_int_equal(page.ops, 2);
    must(sync_page_write(&page, &bytes, a, &(struct sync_wish){ .after = before }, err));
    assert_false(str_ends(page.cursor, ".0.0.0"));
    assert_int_equal(page.records, 0);
    assert_int_equal(page.ops, 2);
    str_free(&bytes);
    store_close(a);
    free(one);
}

/* Nor has the library that was put back seen what it had written, whatever it writes now. */
static void test_a_note_that_was_lost_stands(void **state)
{
    char *one = sync_test_library(), *two = sync_test_library();
    struct store *a = sync_test_open(one), *b = sync_test_open(two);
    struct arena *arena = arena_new();
    struct work_full work;

    (void)state;
    sync_test_import(one, "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|");
    sync_test_send(a, b, 0);
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "First.", err));
    sync_test_send(a, b, 0);
    a = copied(a, one);
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "Of what was lost.", err));
    sync_test_send(a, b, 0);
    a = put_back(a, one);
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "Once.", err));
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "Twice.", err));
    sync_test_send(a, b, 0);
    sync_test_send(b, a, 0);
    sync_test_agree(a, b);
    must(works_full(a, arena, sync_test_find(a, "arxiv:2401.00001"), &work, err));
    assert_non_null(strstr(work.record.notes.items[0], "Of what was lost."));
    assert_non_null(strstr(work.record.notes.items[0], "Twice."));
    assert_null(strstr(work.record.notes.items[0], "Once."));
    assert_null(strstr(work.record.notes.items[0], "First."));
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "Both seen.", err));
    sync_test_send(a, b, 0);
    sync_test_agree(a, b);
    arena_reset(arena);
    must(works_full(b, arena, sync_test_find(b, "arxiv:2401.00001"), &work, err));
    assert_string_equal(work.record.notes.items[0], "Both seen.");
    arena_free(arena);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

int sync_copy_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_a_copy_is_another_machine, sync_test_end),
        cmocka_unit_test_teardown(test_a_cursor_of_what_was_lost, sync_test_end),
        cmocka_unit_test_teardown(test_a_note_that_was_lost_stands, sync_test_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
