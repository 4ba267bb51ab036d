/*
 * The lengths file: right, stale, damaged, left behind by a killed writer, and beside a live one.
 */
#include "store_test.h"

#include "carrel/clock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *cache_path(const struct library *library)
{
    return path_join(library->dir, "cache/lengths");
}

static ino_t cache_inode(const struct library *library)
{
    char *path = cache_path(library);
    struct stat st = { 0 };

    stat(path, &st);
    free(path);
    return st.st_ino;
}

static void check_lengths(struct store *store, int64_t docs, int64_t id, int title)
{
    const struct lengths *lengths;
    struct error err = { 0 };

    assert_int_equal(lengths_get(&lengths, store, &err), ERR_OK);
    assert_int_equal(lengths->docs, docs);
    if (id) {
        assert_true(lengths->count > id);
        assert_int_equal(lengths->entries[id].title, title);
    }
}

static void test_empty(void **state)
{
    struct store *store = library_open(*state);
    const struct lengths *lengths;

    assert_int_equal(lengths_get(&lengths, store, NULL), ERR_OK);
    assert_int_equal(lengths->docs, 0);
    assert_true(lengths->avg_title >= 1 && lengths->avg_abstract >= 1);
    store_close(store);
}

static void test_writer_keeps_it_right(void **state)
{
    struct store *store = library_open(*state), *reader = library_open(*state);
    const struct lengths *lengths;
    ino_t inode;

    library_add(store, "x:1", "one two", "a b c", "N N");
    inode = cache_inode(*state);
    assert_true(inode != 0);
    check_lengths(reader, 1, 1, 2);
    library_add(store, "x:2", "one two three four", "a", "N");
    check_lengths(reader, 2, 2, 4);
    assert_int_equal(lengths_get(&lengths, reader, NULL), ERR_OK);
    assert_true(lengths->avg_title == 3.0 && lengths->avg_abstract == 2.0);
    assert_int_equal(cache_inode(*state), inode); /* nobody had to make it anew */
    store_close(reader);
    store_close(store);
}

static void damage(const struct library *library, off_t at, const char *bytes, size_t len)
{
    char *path = cache_path(library);
    int fd = open(path, O_WRONLY);

    assert_int_equal(pwrite(fd, bytes, len, at), len);
    close(fd);
    free(path);
}

static void test_damaged_is_rebuilt(void **state)
{
    static const struct {
        off_t at;
        const char *bytes;
        size_t len;
    } cases[] = {
        { 0, "1NELRRAC", 8 },                  /* the other byte order */
        { 8, "\1\2\3\4\5\6\7\0", 8 },          /* another library */
        { 16, "\1\0\0\0\0\0\0\0", 8 },         /* another generation */
        { 24, "\xFF\xFF\xFF\xFF\0\0\0\0", 8 }, /* more entries than bytes */
    };
    struct library *library = *state;
    struct store *store = library_open(library);
    char *path = cache_path(library);
    size_t i;

    library_add(store, "x:1", "one two", "a", "N");
    store_close(store);
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        damage(library, cases[i].at, cases[i].bytes, cases[i].len);
        store = library_open(library);
        check_lengths(store, 1, 1, 2);
        store_close(store);
    }
    assert_int_equal(truncate(path, 10), 0);
    store = library_open(library);
    check_lengths(store, 1, 1, 2);
    assert_int_equal(file_size(path), 64 + 4 * 2);
    store_close(store);
    free(path);
}

/* A writer that dies with the file written and the transaction not committed. */
static void killed_writer(const struct library *library)
{
    struct store *store = library_open(library);
    struct lengths_writer *writer;

    store_begin(store, NULL);
    writer = lengths_writer_begin(store);
    lengths_writer_set(writer, 1, 99, 99, 99, NULL);
    lengths_writer_commit(writer, NULL);
    _exit(0); /* as a kill: nothing is closed by us */
}

static void test_killed_before_commit(void **state)
{
    struct library *library = *state;
    struct store *store = library_open(library);
    int status;
    pid_t child;

    library_add(store, "x:1", "one two", "a", "N");
    store_close(store);
    fflush(NULL);
    child = fork();
    if (child == 0)
        killed_writer(library);
    assert_int_equal(waitpid(child, &status, 0), child);
    store = library_open(library);
    check_lengths(store, 1, 1, 2);
    library_add(store, "x:2", "three", "a", "N");
    check_lengths(store, 2, 1, 2);
    store_close(store);
}

static void test_rolled_back(void **state)
{
    struct store *store = library_open(*state), *reader = library_open(*state);
    struct lengths_writer *writer;

    library_add(store, "x:1", "one two", "a", "N");
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    writer = lengths_writer_begin(store);
    assert_int_equal(lengths_writer_set(writer, 1, 50, 1, 1, NULL), ERR_OK);
    check_lengths(reader, 1, 1, 2);
    lengths_writer_free(writer);
    store_rollback(store);
    check_lengths(reader, 1, 1, 2);
    check_lengths(store, 1, 1, 2);
    /* And one that had its file written already. */
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    writer = lengths_writer_begin(store);
    assert_int_equal(lengths_writer_set(writer, 1, 50, 1, 1, NULL), ERR_OK);
    assert_int_equal(lengths_writer_commit(writer, NULL), ERR_OK);
    store_rollback(store);
    check_lengths(store, 1, 1, 2);
    store_close(reader);
    reader = library_open(*state);
    check_lengths(reader, 1, 1, 2);
    store_close(reader);
    store_close(store);
}

/* A reader that comes between file and COMMIT answers soon, from memory, and keeps its hands off.
 */
static void test_reader_beside_committing_writer(void **state)
{
    struct store *store = library_open(*state), *reader;
    struct lengths_writer *writer;
    int64_t since = clock_ticks_ms();
    ino_t inode;

    library_add(store, "x:1", "one two", "a", "N");
    inode = cache_inode(*state);
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    writer = lengths_writer_begin(store);
    assert_int_equal(lengths_writer_set(writer, 1, 50, 1, 1, NULL), ERR_OK);
    assert_int_equal(lengths_writer_commit(writer, NULL), ERR_OK);
    reader = library_open(*state);
    check_lengths(reader, 1, 1, 2);
    assert_in_range(clock_ticks_ms() - since, 0, 5000);
    assert_int_equal(cache_inode(*state), inode);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    check_lengths(reader, 1, 1, 50);
    assert_int_equal(cache_inode(*state), inode);
    store_close(reader);
    store_close(store);
}

static void test_remove_and_saturate(void **state)
{
    struct store *store = library_open(*state), *other;
    struct lengths_writer *writer;
    const struct lengths *lengths;

    library_add(store, "x:1", "one two", "a", "N");
    assert_int_equal(store_begin(store, NULL), ERR_OK);
    writer = lengths_writer_begin(store);
    assert_int_equal(lengths_writer_set(writer, 7, 300, 256, 70000, NULL), ERR_OK);
    assert_int_equal(lengths_writer_remove(writer, 1, NULL), ERR_OK);
    assert_int_equal(lengths_writer_commit(writer, NULL), ERR_OK);
    assert_int_equal(store_commit(store, NULL), ERR_OK);
    other = library_open(*state);
    assert_int_equal(lengths_get(&lengths, other, NULL), ERR_OK);
    assert_int_equal(lengths->docs, 1);
    assert_int_equal(lengths->entries[1].title, 0);
    assert_int_equal(lengths->entries[7].title, 255);
    assert_int_equal(lengths->entries[7].authors, 255);
    assert_int_equal(lengths->entries[7].abstract, 65535);
    store_close(other);
    store_close(store);
}

int store_lengths_tests(void)
{
#define ONE(test) cmocka_unit_test_setup_teardown(test, library_setup, library_teardown)
    const struct CMUnitTest tests[] = {
        ONE(test_empty),
        ONE(test_writer_keeps_it_right),
        ONE(test_damaged_is_rebuilt),
        ONE(test_killed_before_commit),
        ONE(test_rolled_back),
        ONE(test_reader_beside_committing_writer),
        ONE(test_remove_and_saturate),
    };
#undef ONE

    return cmocka_run_group_tests_name("store: lengths", tests, NULL, NULL);
}
