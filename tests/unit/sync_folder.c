/*
 * Sync through a folder: places that are wiped, rewritten, of somebody else, and two at once; and
 * pages that a stranger has put there.
 */
#include "sync_test.h"

#include "carrel/base64.h"
#include "carrel/file.h"
#include "carrel/hash.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define PAPER "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|"

/* ---- machines around a folder ---- */

static char *stick;

static struct store *begin(char **dir)
{
    struct store *store;

    *dir = sync_test_library();
    store = sync_test_open(*dir);
    if (!stick) {
        stick = mem_printf("%s-stick", *dir);
        assert_int_equal(mkdir(stick, 0777), 0);
    }
    return store;
}

static int end(void **state)
{
    free(stick);
    stick = NULL;
    return sync_test_end(state);
}

static int try_exchange(struct store *store, struct sync_totals *totals, struct error *err)
{
    const struct sync_peer peer = { .name = "stick", .url = stick, .folder = true };

    return sync_exchange(store, &peer, totals, err);
}

static struct sync_totals exchange(struct store *store)
{
    struct sync_totals totals;

    must(try_exchange(store, &totals, err));
    return totals;
}

static struct peer_state state_of(struct store *store)
{
    struct peer_state state;

    must(peer_state_get(&state, store, "stick", stick, err));
    return state;
}

static void tag(struct store *store, const char *name)
{
    must(state_tag(store, sync_test_find(store, "arxiv:2401.00001"), name, true, err));
}

static bool has_tag(struct store *store, const char *name)
{
    struct arena *arena = arena_new();
    struct work_full work;
    bool has;

    must(works_full(store, arena, sync_test_find(store, "arxiv:2401.00001"), &work, err));
    has = strstr(work.row.tags, name) != NULL;
    arena_free(arena);
    return has;
}

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
    return mem_printf("%s/%s/%08" PRId64 ".page", stick, state_of(store).got, at.next);
}

/* ---- what others have read is never written over ---- */

static void test_a_peer_that_was_forgotten(void **state)
{
    char *one, *two;
    struct store *a = begin(&one), *b = begin(&two);

    (void)state;
    sync_test_import(one, PAPER);
    exchange(a);
    exchange(b);
    shell("rm %s/*/*.page", stick);
    exchange(a);
    exchange(b);
    forget(a);
    tag(a, "green");
    exchange(a);
    exchange(b);
    assert_true(has_tag(b, "green"));
    shell("rm -r %s/*", stick); /* nothing is left to go by */
    forget(a);
    tag(a, "blue");
    exchange(a);
    exchange(b);
    assert_true(has_tag(b, "blue"));
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

static void test_segments_that_are_gone(void **state)
{
    char *one, *two, *former, *first;
    struct store *a = begin(&one), *b = begin(&two);

    (void)state;
    sync_test_import(one, PAPER);
    exchange(a);
    tag(a, "green");
    exchange(a);
    former = mem_strdup(state_of(a).got);
    first = mem_printf("%s/%s/00000001.page", stick, former);
    assert_int_equal(unlink(first), 0); /* not the last one */
    exchange(a);
    assert_string_not_equal(state_of(a).got, former);
    exchange(b);
    assert_true(has_tag(b, "green"));
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
    struct store *a = begin(&one), *b = begin(&two);
    struct str bytes = STR_INIT;

    (void)state;
    sync_test_import(one, PAPER);
    exchange(a);
    path = next_segment(a);
    must(file_write(path, "other", 5, err));
    tag(a, "green");
    exchange(a);
    if (file_exists(path)) {
        must(file_read(&bytes, path, 100000, err));
        assert_string_equal(bytes.ptr, "other");
    }
    exchange(b);
    assert_true(has_tag(b, "green"));
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
    struct store *a = begin(&one);
    struct peer_segment at;
    struct peer_state before;
    struct str bytes = STR_INIT;
    char *path;

    (void)state;
    sync_test_import(one, PAPER);
    exchange(a);
    tag(a, "green");
    before = state_of(a);
    path = next_segment(a);
    exchange(a);
    must(file_read(&bytes, path, 100000, err));
    must(store_begin(a, err));
    must(peer_segment_get(&at, a, "stick", "own", err));
    at = (struct peer_segment){ .next = at.next - 1,
                                .hash = (int64_t)hash64(bytes.ptr, bytes.len, 0) };
    must(peer_segment_put(a, "stick", "own", &at, err));
    must(peer_state_put(a, &before, err));
    must(store_commit(a, err));
    place = mem_strdup(state_of(a).got);
    assert_int_equal(exchange(a).ops_sent, 0);
    assert_string_equal(state_of(a).got, place);
    assert_string_not_equal(state_of(a).sent, before.sent);
    free(place);
    free(path);
    str_free(&bytes);
    store_close(a);
    free(one);
}

static void test_one_at_a_time(void **state)
{
    char *one, *path;
    struct store *a = begin(&one);
    struct sync_totals totals;
    struct error why = { 0 };
    int fd;

    (void)state;
    sync_test_import(one, PAPER);
    path = path_join(one, "sync.lock");
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_int_equal(try_exchange(a, &totals, &why), ERR_BUSY);
    assert_non_null(strstr(why.message, "another carrel"));
    close(fd);
    assert_int_equal(exchange(a).records_sent, 1);
    free(path);
    store_close(a);
    free(one);
}

/* A library that was set back writes other things under numbers that were read. */
static void test_a_place_that_was_rewritten(void **state)
{
    char *one, *two, *here, *there;
    struct store *a = begin(&one), *b = begin(&two);

    (void)state;
    sync_test_import(one, PAPER);
    exchange(a);
    tag(a, "green");
    exchange(a);
    exchange(b);
    here = mem_printf("%s/%s/", stick, state_of(a).got);
    forget(a); /* begins another place, of two segments */
    exchange(a);
    tag(a, "blue");
    exchange(a);
    there = mem_printf("%s/%s/", stick, state_of(a).got);
    shell("cp %s*.page %s", there, here);
    shell("rm -r %s", there);
    exchange(b);
    assert_true(has_tag(b, "blue"));
    free(here);
    free(there);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* ---- pages that a stranger has put there ---- */

#define STRANGER "000000000000000000000000000000a1"

/* A page of these lines, each with its line feed. */
static void make_page(struct str *out, const char *lines)
{
    const char *at;
    int count = 1;

    str_printf(out,
               "{\"carrel\":\"sync\",\"version\":1,\"machine\":\"" STRANGER
               "\",\"cursor\":\"" STRANGER ".0.0.0\",\"next\":\"" STRANGER
               ".1.1.1\",\"more\":false,\"clock\":1}\n%s",
               lines);
    for (at = lines; (at = strchr(at, '\n')); at++)
        count++;
    str_printf(out, "{\"end\":%d,\"hash\":\"%016" PRIx64 "\"}\n", count,
               hash64(out->ptr, out->len, 0));
}

static void put_page(int number, const char *lines)
{
    char *place = mem_printf("%s/" STRANGER ".1", stick);
    char *path = mem_printf("%s/%08d.page", place, number);
    struct str page = STR_INIT, packed = STR_INIT;

    make_page(&page, lines);
    sync_gzip(&packed, page.ptr, page.len);
    mkdir(place, 0777);
    must(file_write(path, packed.ptr, packed.len, err));
    str_free(&page);
    str_free(&packed);
    free(place);
    free(path);
}

static bool is_plain(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return false;
    return true;
}

static void test_no_word_reaches_the_terminal(void **state)
{
    char *one;
    struct store *a = begin(&one);
    struct str page = STR_INIT;
    struct sync_answer answer;
    const char *line = "{\"o\":[\"19a000000000000\",\"" STRANGER
                       "\",\"tag\",\"\\u001b]0;owned\\u0007\\u001b[2J\",\"x\",\"1\"]}\n";

    (void)state;
    put_page(1, line);
    assert_int_equal(exchange(a).refused, 1);
    assert_true(is_plain(state_of(a).told));
    assert_non_null(strstr(state_of(a).told, "owned"));
    make_page(&page, line);
    must(sync_take(&answer, a, page.ptr, page.len, err));
    assert_int_equal(answer.refused, 1);
    assert_true(is_plain(answer.told));
    str_free(&page);
    store_close(a);
    free(one);
}

static int take_lines(struct store *store, const struct str *lines, struct sync_answer *answer,
                      struct error *err)
{
    struct str page = STR_INIT;
    int result;

    make_page(&page, lines->ptr);
    result = sync_take(answer, store, page.ptr, page.len, err);
    str_free(&page);
    return result;
}

/* A record that unpacks to so many bytes. */
static void add_bomb(struct str *lines, size_t size)
{
    z_stream z = { 0 };
    char *plain = mem_zalloc(size), *packed = mem_zalloc(size / 100 + 1000);
    struct str text = STR_INIT;

    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)plain;
    z.avail_in = (uInt)size;
    z.next_out = (Bytef *)packed;
    z.avail_out = (uInt)(size / 100 + 1000);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    base64_encode(&text, packed, z.total_out);
    str_printf(lines, "{\"r\":[\"jsonl\",1700000000000,\"%s\"]}\n", text.ptr);
    deflateEnd(&z);
    str_free(&text);
    free(plain);
    free(packed);
}

static void add_tag(struct str *lines, unsigned machine, const char *item)
{
    str_printf(lines, "{\"o\":[\"19a000000000000\",\"%032x\",\"tag\",\"%s\",\"x\",\"1\"]}\n",
               machine, item);
}

static void test_much_in_few_bytes(void **state)
{
    char *one;
    struct store *a = begin(&one);
    struct str lines = STR_INIT;
    struct sync_answer answer;
    struct error why = { 0 };
    int i;

    (void)state;
    add_bomb(&lines, 5 << 20); /* it alone is refused */
    add_tag(&lines, 0xa1, "arxiv:2401.00001");
    must(take_lines(a, &lines, &answer, err));
    assert_int_equal(answer.refused, 1);
    assert_int_equal(answer.taken, 1);
    str_clear(&lines);
    for (i = 0; i < 40; i++)
        add_bomb(&lines, 5 << 20);
    assert_int_equal(take_lines(a, &lines, &answer, NULL), ERR_LIMIT);
    str_clear(&lines);
    str_add(&lines, "{\"o\":[");
    for (i = 0; i < 100000; i++)
        str_add(&lines, "0,");
    str_add(&lines, "0]}\n");
    assert_int_equal(take_lines(a, &lines, &answer, &why), ERR_PARSE);
    assert_non_null(strstr(why.message, "too many parts"));
    str_free(&lines);
    store_close(a);
    free(one);
}

static void test_many_machines(void **state)
{
    char *one;
    struct store *a = begin(&one);
    struct str lines = STR_INIT;
    struct sync_answer answer;
    unsigned i;

    (void)state;
    for (i = 0; i < SYNC_MACHINES_MAX; i++)
        add_tag(&lines, i + 1, "arxiv:2401.00001");
    must(take_lines(a, &lines, &answer, err));
    add_tag(&lines, 5000, "arxiv:2401.00001"); /* the others are known now */
    must(take_lines(a, &lines, &answer, err));
    str_clear(&lines);
    for (i = 0; i <= SYNC_MACHINES_MAX; i++)
        add_tag(&lines, i + 10000, "arxiv:2401.00001");
    assert_int_equal(take_lines(a, &lines, &answer, NULL), ERR_LIMIT);
    str_free(&lines);
    store_close(a);
    free(one);
}

/* It is there when this carrel knows what it says; what is ours goes all the same. */
static void test_a_newer_carrel_is_waited_for(void **state)
{
    char *one;
    struct store *a = begin(&one);
    struct str lines = STR_INIT;
    struct sync_answer answer;
    struct error why = { 0 };

    (void)state;
    sync_test_import(one, PAPER);
    str_add(&lines, "{\"o\":[\"19a000000000000\",\"" STRANGER
                    "\",\"rating\",\"arxiv:2401.00001\",\"\",\"5\"]}\n");
    put_page(1, lines.ptr);
    assert_int_equal(exchange(a).records_sent, 1);
    assert_non_null(strstr(state_of(a).told, "rating"));
    assert_non_null(strstr(state_of(a).told, "update"));
    assert_int_equal(take_lines(a, &lines, &answer, &why), ERR_VERSION);
    str_clear(&lines);
    add_tag(&lines, 0xa1, "arxiv:2401.00001");
    put_page(1, lines.ptr); /* it was not passed over */
    assert_int_equal(exchange(a).taken, 1);
    str_free(&lines);
    store_close(a);
    free(one);
}

static void test_what_is_no_utf8(void **state)
{
    char *one, *two;
    struct store *a = begin(&one), *b = begin(&two);
    struct str lines = STR_INIT;
    struct sync_answer answer;

    (void)state;
    sync_test_import(one, PAPER);
    must(store_begin(a, err));
    must(ops_say(a, "query", "bad", "", "tag:\377", err)); /* of a library of before */
    must(store_commit(a, err));
    tag(a, "green");
    exchange(a);
    exchange(b);
    assert_true(has_tag(b, "green"));
    add_tag(&lines, 0xa1, "arxiv:2401.\377");
    add_tag(&lines, 0xa1, "arxiv:2401.00001");
    must(take_lines(b, &lines, &answer, err));
    assert_int_equal(answer.refused, 1);
    assert_int_equal(answer.taken, 1);
    str_free(&lines);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

int sync_folder_tests(void)
{
#define FOLDER_TEST(test) cmocka_unit_test_teardown(test, end)
    const struct CMUnitTest tests[] = {
        FOLDER_TEST(test_a_peer_that_was_forgotten),
        FOLDER_TEST(test_segments_that_are_gone),
        FOLDER_TEST(test_a_segment_of_somebody_else),
        FOLDER_TEST(test_a_segment_of_ours_counts),
        FOLDER_TEST(test_one_at_a_time),
        FOLDER_TEST(test_a_place_that_was_rewritten),
        FOLDER_TEST(test_no_word_reaches_the_terminal),
        FOLDER_TEST(test_much_in_few_bytes),
        FOLDER_TEST(test_many_machines),
        FOLDER_TEST(test_a_newer_carrel_is_waited_for),
        FOLDER_TEST(test_what_is_no_utf8),
    };

    return cmocka_run_group_tests_name("folders", tests, NULL, NULL);
}
