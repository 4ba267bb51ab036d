/*
 * Which machine a library is: the same one for as long as it is the same library, another one in a
 * copy, wherever that lies, and when it hears of words of its own that it does not know.
 */
#include "store_test.h"

#include "carrel/ops.h"

static void machine_of(const char *dir, char id[MACHINE_HEX])
{
    struct library library = { .dir = (char *)dir };
    struct store *store = library_open(&library);
    struct error err = { 0 };

    if (ops_machine(store, id, &err) != ERR_OK)
        fail_msg("%s", err.message);
    store_close(store);
}

static void say(const char *dir, const char *name)
{
    struct library library = { .dir = (char *)dir };
    struct store *store = library_open(&library);

    assert_int_equal(queries_add(store, name, "tag:green", NULL), ERR_OK);
    store_close(store);
}

static void run(const char *command, const char *from, const char *to)
{
    char *line = mem_printf("%s %s %s", command, from, to);

    assert_int_equal(system(line), 0);
    free(line);
}

static void test_the_same_one(void **state)
{
    struct library *library = *state;
    char first[MACHINE_HEX], again[MACHINE_HEX];
    int i;

    machine_of(library->dir, first);
    for (i = 0; i < 3; i++) {
        char *name = mem_printf("query-%d", i);

        say(library->dir, name);
        machine_of(library->dir, again);
        assert_string_equal(first, again);
        free(name);
    }
    machine_of(library->dir, again);
    assert_string_equal(first, again);
}

static void test_a_copy_elsewhere(void **state)
{
    struct library *library = *state;
    char *copy = mem_printf("%s-copy", library->dir);
    char first[MACHINE_HEX], second[MACHINE_HEX];

    machine_of(library->dir, first);
    say(library->dir, "one");
    run("cp -a", library->dir, copy);
    machine_of(copy, second);
    assert_string_not_equal(first, second);
    machine_of(library->dir, second); /* the one that was copied is who it was */
    assert_string_equal(first, second);
    free(copy);
}

/* The copy has the file, and what was said after it was made may have been told to others. */
static void test_a_copy_put_back(void **state)
{
    struct library *library = *state;
    char *saved = mem_printf("%s-saved.db", library->dir);
    char *file = path_join(library->dir, "library.db");
    char first[MACHINE_HEX], second[MACHINE_HEX], again[MACHINE_HEX];

    say(library->dir, "one");
    machine_of(library->dir, first);
    run("cp", file, saved);
    say(library->dir, "two");
    machine_of(library->dir, second);
    assert_string_equal(first, second);
    run("cp", saved, file);
    say(library->dir, "three");
    machine_of(library->dir, second);
    assert_string_not_equal(first, second);
    machine_of(library->dir, again);
    assert_string_equal(second, again);
    free(file);
    free(saved);
}

static void hear(struct store *store, const struct op *op, enum op_fate expected)
{
    struct error err = { 0 };
    const char *why = NULL;
    enum op_fate fate;
    bool ahead;

    assert_int_equal(store_begin(store, &err), ERR_OK);
    assert_int_equal(ops_take(store, op, &fate, &ahead, &why, &err), ERR_OK);
    assert_int_equal(store_commit(store, &err), ERR_OK);
    if (fate != expected)
        fail_msg("%s: fate %d, not %d (%s)", op->item, fate, expected, why ? why : "");
}

/* Where nothing else shows that it was put back: its own words come from a peer. */
static void test_own_words_that_are_not_here(void **state)
{
    struct library *library = *state;
    struct store *store = library_open(library);
    struct op *ops, lost;
    struct arena *arena = arena_new();
    char first[MACHINE_HEX], second[MACHINE_HEX];
    size_t count;

    assert_int_equal(ops_machine(store, first, NULL), ERR_OK);
    assert_int_equal(queries_add(store, "one", "tag:green", NULL), ERR_OK);
    assert_int_equal(ops_since(store, arena, 0, 10, &ops, &count, NULL), ERR_OK);
    hear(store, &ops[0], OP_PASSED); /* an echo */
    library_run(store, "UPDATE meta SET value = 5 WHERE key = 'clock'");
    hear(store, &ops[0], OP_PASSED); /* even if the clock did not follow it so far */
    assert_int_equal(ops_machine(store, second, NULL), ERR_OK);
    assert_string_equal(first, second);
    lost = ops[0];
    lost.item = "lost";
    lost.stamp += 1 << 16;
    hear(store, &lost, OP_TAKEN);
    assert_int_equal(ops_machine(store, second, NULL), ERR_OK);
    assert_string_not_equal(first, second);
    lost.item = "lost-too"; /* now it is another's */
    hear(store, &lost, OP_TAKEN);
    assert_int_equal(ops_machine(store, first, NULL), ERR_OK);
    assert_string_equal(first, second);
    arena_free(arena);
    store_close(store);
}

int store_machine_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_the_same_one),
        ONE(test_a_copy_elsewhere),
        ONE(test_a_copy_put_back),
        ONE(test_own_words_that_are_not_here),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: its machine", tests, NULL, NULL);
}
