/*
 * Sync through a folder: places that are wiped, rewritten, of somebody else, and two at once.
 */
#include "sync_test.h"

#include "carrel/file.h"
#include "carrel/hash.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAPER "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|"

static void shell(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void shell(const char *fmt, ...)
{
    char command[2000];
    va_list args;

    va_start(args, fmt);
    vsnprintf(command, sizeof command, fmt, args);
    va_end(args);
    assert_int_equal(system(command), 0);
}

static void forget(struct store *store)
{
    must(store_begin(store, err));
    must(peer_state_forget(store, "stick", err));
    must(store_commit(store, err));
}

/* Where this one writes, and its next segment. */
static char *next_segment(struct store *store)
{
    struct peer_segment at;

    must(peer_segment_get(&at, store, "stick", "own", err));
    return mem_printf("%s/%s/%08" PRId64 ".page", stick, stick_state(store).got, at.next);
}

/* ---- what others have read is never written over ---- */

static void test_a_peer_that_was_forgotten(void **state)
{
    char *one, *two;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);

    (void)state;
    sync_test_import(one, PAPER);
    stick_exchange(a);
    stick_exchange(b);
    shell("rm %s/*/*.page", stick);
    stick_exchange(a);
    stick_exchange(b);
    forget(a);
    stick_tag(a, "green");
    stick_exchange(a);
    stick_exchange(b);
    assert_true(stick_has_tag(b, "green"));
    shell("rm -r %s/*", stick); /* nothing is left to go by */
    forget(a);
    stick_tag(a, "blue");
    stick_exchange(a);
    stick_exchange(b);
    assert_true(stick_has_tag(b, "blue"));
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

static void test_segments_that_are_gone(void **state)
{
    char *one, *two, *former, *first;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);

    (void)state;
    sync_test_import(one, PAPER);
    stick_exchange(a);
    stick_tag(a, "green");
    stick_exchange(a);
    former = mem_strdup(stick_state(a).got);
    first = mem_printf("%s/%s/00000001.page", stick, former);
    assert_int_equal(unlink(first), 0); /* not the last one */
    stick_exchange(a);
    assert_string_not_equal(stick_state(a).got, former);
    stick_exchange(b);
    assert_true(stick_has_tag(b, "green"));
    free(former);
    free(first);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* Two at once: what another process has put under the next number is left as it is. */
static void test_a_segment_of_somebody_else(void **state)
{
    char *one, *two, *path;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);
    struct str bytes = STR_INIT;

    (void)state;
    sync_test_import(one, PAPER);
    stick_exchange(a);
    path = next_segment(a);
    must(file_write(path, "other", 5, err));
    stick_tag(a, "green");
    stick_exchange(a);
    if (file_exists(path)) {
        must(file_read(&bytes, path, 100000, err));
        assert_string_equal(bytes.ptr, "other");
    }
    stick_exchange(b);
    assert_true(stick_has_tag(b, "green"));
    str_free(&bytes);
    free(path);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* What was written before its writer died, behind the last note of it. */
static void test_a_segment_of_ours_counts(void **state)
{
    char *one, *place;
    struct store *a = stick_begin(&one);
    struct peer_segment at;
    struct peer_state before;
    struct str bytes = STR_INIT;
    char *path;

    (void)state;
    sync_test_import(one, PAPER);
    stick_exchange(a);
    stick_tag(a, "green");
    before = stick_state(a);
    path = next_segment(a);
    stick_exchange(a);
    must(file_read(&bytes, path, 100000, err));
    must(store_begin(a, err));
    must(peer_segment_get(&at, a, "stick", "own", err));
    at = (struct peer_segment){ .next = at.next - 1,
                                .hash = (int64_t)hash64(bytes.ptr, bytes.len, 0) };
    must(peer_segment_put(a, "stick", "own", &at, err));
    must(peer_state_put(a, &before, err));
    must(store_commit(a, err));
    place = mem_strdup(stick_state(a).got);
    assert_int_equal(stick_exchange(a).ops_sent, 0);
    assert_string_equal(stick_state(a).got, place);
    assert_string_not_equal(stick_state(a).sent, before.sent);
    free(place);
    free(path);
    str_free(&bytes);
    store_close(a);
    free(one);
}

static void test_one_at_a_time(void **state)
{
    char *one, *path;
    struct store *a = stick_begin(&one);
    struct sync_totals totals;
    struct error why = { 0 };
    int fd;

    (void)state;
    sync_test_import(one, PAPER);
    path = path_join(one, "sync.lock");
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(stick_try(a, &totals, &why), ERR_BUSY);
    assert_non_null(strstr(why.message, "another carrel"));
    close(fd);
    assert_int_equal(stick_exchange(a).records_sent, 1);
    free(path);
    store_close(a);
    free(one);
}

/* A library that was set back writes other things under numbers that were read. */
static void test_a_place_that_was_rewritten(void **state)
{
    char *one, *two, *here, *there;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);

    (void)state;
    sync_test_import(one, PAPER);
    stick_exchange(a);
    stick_tag(a, "green");
    stick_exchange(a);
    stick_exchange(b);
    here = mem_printf("%s/%s/", stick, stick_state(a).got);
    forget(a); /* begins another place, of two segments */
    stick_exchange(a);
    stick_tag(a, "blue");
    stick_exchange(a);
    there = mem_printf("%s/%s/", stick, stick_state(a).got);
    shell("cp %s*.page %s", there, here);
    shell("rm -r %s", there);
    stick_exchange(b);
    assert_true(stick_has_tag(b, "blue"));
    free(here);
    free(there);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* Any one place is a whole copy: a machine whose words came may be gone, and its place with it. */
static void test_what_came_is_written_too(void **state)
{
    char *one, *two, *three, *place;
    struct store *a = stick_begin(&one), *b = stick_begin(&two), *c = stick_begin(&three);
    struct sync_totals totals;

    (void)state;
    stick_exchange(b); /* it has a place, in which nothing is missing */
    sync_test_import(one, PAPER);
    stick_tag(a, "green");
    stick_exchange(a);
    place = mem_strdup(stick_state(a).got);
    store_close(a);
    totals = stick_exchange(b);
    assert_int_equal(totals.records_sent, 1);
    assert_int_equal(totals.ops_sent, totals.taken);
    totals = stick_exchange(b); /* once */
    assert_int_equal(totals.records_sent + totals.ops_sent, 0);
    shell("rm -r %s/%s", stick, place);
    stick_exchange(c);
    assert_true(stick_has_tag(c, "green"));
    store_close(b);
    store_close(c);
    free(one);
    free(two);
    free(three);
    free(place);
}

int sync_folder_tests(void)
{
#define FOLDER_TEST(test) cmocka_unit_test_teardown(test, stick_end)
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(test_a_peer_that_was_forgotten),
        FOLDER_TEST(test_segments_that_are_gone),
        FOLDER_TEST(test_a_segment_of_somebody_else),
        FOLDER_TEST(test_a_segment_of_ours_counts),
        FOLDER_TEST(test_one_at_a_time),
        FOLDER_TEST(test_a_place_that_was_rewritten),
        FOLDER_TEST(test_what_came_is_written_too),
    };

    return cmocka_run_group_tests_name("folders", tests, NULL, NULL);
}
