/*
 * Sync with strangers: pages that nobody of ours has written, through a folder and as the service
 * takes them.
 */
#include "sync_test.h"

#include "carrel/base64.h"
#include "carrel/file.h"
#include "carrel/hash.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <zlib.h>

#define PAPER "arxiv:2401.00001|On Gardens|Ada Lindgren|2024-01-02||1|oai-arxiv|"

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
    struct store *a = stick_begin(&one);
    struct str page = STR_INIT;
    struct sync_answer answer;
    const char *line = "{\"o\":[\"19a000000000000\",\"" STRANGER
                       "\",\"tag\",\"\\u001b]0;owned\\u0007\\u001b[2J\",\"x\",\"1\"]}\n";

    (void)state;
    put_page(1, line);
    assert_int_equal(stick_exchange(a).refused, 1);
    assert_true(is_plain(stick_state(a).told));
    assert_non_null(strstr(stick_state(a).told, "owned"));
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
    struct store *a = stick_begin(&one);
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

#define FORGED 3000

/* They cost what any word costs, and keep nobody else from speaking. */
static void test_many_machines(void **state)
{
    char *one, *two;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);
    struct str lines = STR_INIT;
    struct sync_answer answer;
    unsigned i;

    (void)state;
    sync_test_import(one, PAPER);
    for (i = 0; i < FORGED; i++)
        add_tag(&lines, i + 1, "arxiv:2401.00009");
    must(take_lines(a, &lines, &answer, err));
    assert_int_equal(answer.refused, 0);
    stick_tag(a, "ours");
    stick_exchange(a);
    stick_exchange(b);
    assert_true(stick_has_tag(b, "ours"));
    stick_tag(b, "theirs");
    stick_exchange(b);
    stick_exchange(a);
    assert_true(stick_has_tag(a, "theirs"));
    str_free(&lines);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

static char *note_of(struct store *store)
{
    struct arena *arena = arena_new();
    struct work_full work;
    char *body;

    must(works_full(store, arena, sync_test_find(store, "arxiv:2401.00001"), &work, err));
    body = mem_strdup(work.record.notes.len ? work.record.notes.items[0] : "");
    arena_free(arena);
    return body;
}

static void add_note(struct str *lines, unsigned machine, const char *past)
{
    str_printf(lines,
               "{\"o\":[\"19a000000000000\",\"%032x\",\"note\",\"arxiv:2401.00001\",\"\",\"From "
               "%u.\",\"%s\"]}\n",
               machine, machine, past);
}

/* A note that thousands claim to have written can still be written, and read elsewhere. */
static void test_many_edits_of_a_note(void **state)
{
    char *one, *two, *body;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);
    struct str lines = STR_INIT, past = STR_INIT;
    struct sync_answer answer;
    unsigned i;

    (void)state;
    sync_test_import(one, PAPER);
    for (i = 0; i < 1200; i++)
        str_printf(&past, "%032x:5 ", i + 100000);
    for (i = 0; i < 50; i++)
        add_note(&lines, i + 1, past.ptr);
    str_clear(&past);
    for (i = 0; i < 1200; i++)
        str_printf(&past, "%032x:5 ", i + 200000);
    for (i = 0; i < 50; i++)
        add_note(&lines, i + 51, past.ptr);
    for (i = 0; i < FORGED; i++)
        add_note(&lines, i + 1000, "");
    must(take_lines(a, &lines, &answer, err));
    assert_in_range(answer.refused, FORGED - 200, FORGED);
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "Ours.", err));
    stick_exchange(a);
    assert_int_equal(stick_exchange(b).refused, 0);
    body = note_of(b);
    assert_string_equal(body, "Ours.");
    free(body);
    str_free(&lines);
    str_free(&past);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

static bool is_starred(struct store *store)
{
    struct arena *arena = arena_new();
    struct work_full work;
    bool starred;

    must(works_full(store, arena, sync_test_find(store, "arxiv:2401.00001"), &work, err));
    starred = work.row.starred;
    arena_free(arena);
    return starred;
}

/* As if this carrel had been one that does not know "star", and were updated. */
static void update_to_stars(struct store *store)
{
    must(store_exec(store,
                    "UPDATE op SET kind = 'star' WHERE kind = 'rating'; UPDATE meta SET value = "
                    "replace(value, ' star ', ' ') WHERE key = 'kinds'",
                    err));
}

/* What a newer carrel says holds nothing up: it is kept, handed on, and understood after an update.
 */
static void test_what_a_newer_carrel_says(void **state)
{
    char *one, *two;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);
    struct str lines = STR_INIT;

    (void)state;
    sync_test_import(one, PAPER);
    str_add(&lines, "{\"o\":[\"19a000000000000\",\"" STRANGER
                    "\",\"rating\",\"arxiv:2401.00001\",\"\",\"0\"]}\n"
                    "{\"o\":[\"19a000000000001\",\"000000000000000000000000000000a2\",\"rating\","
                    "\"arxiv:2401.00001\",\"\",\"1\"]}\n");
    add_tag(&lines, 0xa1, "arxiv:2401.00001");
    put_page(1, lines.ptr);
    assert_int_equal(stick_exchange(a).taken, 3);
    assert_true(stick_has_tag(a, "x"));
    assert_string_equal(stick_state(a).told, "");
    str_clear(&lines);
    str_printf(&lines, "rm -r %s/" STRANGER ".1", stick);
    assert_int_equal(system(lines.ptr), 0);
    assert_int_equal(stick_exchange(b).taken, 3); /* from a alone */
    assert_false(is_starred(b));
    update_to_stars(b);
    stick_exchange(b);
    assert_true(is_starred(b)); /* the later of the two */
    update_to_stars(a);
    assert_int_equal(stick_exchange(a).refused, 0);
    assert_true(is_starred(a));
    str_free(&lines);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* ---- times that cannot be ---- */

#define YEAR_MS (INT64_C(365) * 24 * 3600000)

static void add_mark(struct str *lines, int64_t stamp, const char *state)
{
    str_printf(lines,
               "{\"o\":[\"%" PRIx64 "\",\"" STRANGER
               "\",\"read\",\"arxiv:2401.00001\",\"\",\"%s\"]}\n",
               (uint64_t)stamp, state);
}

static int state_of(struct store *store)
{
    struct arena *arena = arena_new();
    struct work_full work;
    int state;

    must(works_full(store, arena, sync_test_find(store, "arxiv:2401.00001"), &work, err));
    state = (int)work.row.state;
    arena_free(arena);
    return state;
}

/* Whatever time somebody claims, it can be answered. */
static void test_the_end_of_time(void **state)
{
    char *one, *two;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);
    struct str lines = STR_INIT;
    struct sync_answer answer;

    (void)state;
    sync_test_clock(1800000000000);
    sync_test_import(one, PAPER);
    add_mark(&lines, OP_STAMP_MAX - 1, "1");
    must(take_lines(a, &lines, &answer, err));
    assert_int_equal(answer.refused, 1);
    assert_non_null(strstr(answer.told, "ten years ahead"));
    str_clear(&lines);
    add_mark(&lines, (1800000000000 + 10 * YEAR_MS) << 16, "1");
    must(take_lines(a, &lines, &answer, err));
    assert_int_equal(answer.taken, 1);
    must(state_mark(a, sync_test_find(a, "arxiv:2401.00001"), READ_SKIP, err));
    stick_exchange(a);
    assert_int_equal(stick_exchange(b).refused, 0);
    assert_int_equal(state_of(b), READ_SKIP);
    str_free(&lines);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

/* A clock that was set to another century: nobody takes that, until it is right again. */
static void test_a_clock_of_another_century(void **state)
{
    char *one, *two, *body;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);

    (void)state;
    sync_test_import(one, PAPER);
    sync_test_clock(1800000000000 + 80 * YEAR_MS);
    stick_tag(a, "late");
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "First.", err));
    must(state_note_set(a, sync_test_find(a, "arxiv:2401.00001"), "Second.", err));
    stick_exchange(a);
    sync_test_clock(1800000000000);
    assert_int_equal(stick_exchange(b).refused, 2);
    stick_tag(a, "now");
    stick_exchange(a);
    stick_exchange(b);
    assert_true(stick_has_tag(b, "late"));
    body = note_of(b);
    assert_string_equal(body, "Second.");
    free(body);
    store_close(a);
    store_close(b);
    free(one);
    free(two);
}

static void test_what_is_no_utf8(void **state)
{
    char *one, *two;
    struct store *a = stick_begin(&one), *b = stick_begin(&two);
    struct str lines = STR_INIT;
    struct sync_answer answer;

    (void)state;
    sync_test_import(one, PAPER);
    must(store_begin(a, err));
    must(ops_say(a, "query", "bad", "", "tag:\377", err)); /* of a library of before */
    must(store_commit(a, err));
    stick_tag(a, "green");
    stick_exchange(a);
    stick_exchange(b);
    assert_true(stick_has_tag(b, "green"));
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

int sync_stranger_tests(void)
{
#define STRANGER_TEST(test) cmocka_unit_test_teardown(test, stick_end)
    const struct CMUnitTest tests[] = {
        STRANGER_TEST(test_no_word_reaches_the_terminal),
        STRANGER_TEST(test_much_in_few_bytes),
        STRANGER_TEST(test_many_machines),
        STRANGER_TEST(test_many_edits_of_a_note),
        STRANGER_TEST(test_what_a_newer_carrel_says),
        STRANGER_TEST(test_the_end_of_time),
        STRANGER_TEST(test_a_clock_of_another_century),
        STRANGER_TEST(test_what_is_no_utf8),
    };

    return cmocka_run_group_tests_name("strangers", tests, NULL, NULL);
}
