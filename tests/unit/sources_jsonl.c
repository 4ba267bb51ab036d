/*
 * JSONL: the interchange record, tolerant types, bad lines, bounds, and its own output read back.
 */
#include "sources_check.h"

static void test_whole_record(void **state)
{
    static const char line[] =
        "{\"id\":\"arxiv:1706.03762\",\"title\":\"A Title\",\"abstract\":\"One.\\n\\nTwo.\","
        "\"authors\":[\"Ann Lee\",\"Deepti\"],\"categories\":[\"cs.CL\",\"cs.LG\"],"
        "\"published\":\"2017-06-12T17:57:34Z\",\"updated\":\"2017\",\"doi\":\"10.1000/a\","
        "\"venue\":\"V\",\"comment\":\"C\",\"url\":\"http://u.example\",\"pdf_url\":\"http://"
        "p.example\","
        "\"code_urls\":[\"https://github.com/a/"
        "b\"],\"tags\":[\"t\"],\"notes\":[\"line\\nline\"]}\n";
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO, line);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.format, PARSE_JSONL);
    assert_int_equal(h.count, 1);
    assert_string_equal(h.json.ptr, line); /* what was written is read, and written again */
    held_free(&h);
}

static void test_tolerant(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(
        &h, PARSE_JSONL,
        "\xEF\xBB\xBF\n  \r\n"
        "{\"title\":\"Only\"}\r\n"
        "{\"title\":\"T\",\"id\":\"1706.03762v5\",\"authors\":\"Ann Lee, Bo Ray and Cy Dee\","
        "\"categories\":\"cs.CL\",\"published\":2017,\"doi\":null,\"extra\":{\"a\":[1]}}\n"
        "{\"title\":\"U\",\"id\":\"10.1000/ABC\",\"authors\":[{\"name\":\"Eve\"},7,null]}\n"
        "{\"title\":\"V\",\"authors\":\"Lovelace, Ada and Babbage, Charles\"}");
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 4);
    assert_int_equal(h.rejects, 0);
    assert_int_equal(h.records[0].line, 3);
    assert_string_equal(h.records[1].id, "arxiv:1706.03762");
    assert_int_equal(h.records[1].version, 5);
    assert_int_equal(h.records[1].authors.len, 3);
    assert_string_equal(h.records[1].authors.items[2], "Cy Dee");
    assert_string_equal(h.records[1].published, "2017");
    assert_string_equal(h.records[1].categories.items[0], "cs.CL");
    assert_string_equal(h.records[2].id, "doi:10.1000/abc");
    assert_int_equal(h.records[2].authors.len, 1);
    assert_int_equal(h.records[3].authors.len, 2);
    assert_string_equal(h.records[3].authors.items[1], "Charles Babbage");
    held_free(&h);
}

static void check_bad(const char *line, const char *why)
{
    struct str text = STR_INIT;
    struct held h = { 0 };

    str_printf(&text, "{\"title\":\"first\"}\n%s\n{\"title\":\"last\"}\n", line);
    held_parse(&h, PARSE_AUTO, text.ptr);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.rejects, 1);
    assert_int_equal(h.reject_line, 2);
    if (!strstr(h.why, why))
        fail_msg("%s: \"%s\" does not say \"%s\"", line, h.why, why);
    held_free(&h);
    str_free(&text);
}

static void test_bad_lines(void **state)
{
    (void)state;
    check_bad("{", "not JSON");
    check_bad("{\"title\":\"x\"", "not JSON");
    check_bad("{\"title\":\"x\"} trailing", "not JSON");
    check_bad("[1]", "not a JSON object");
    check_bad("<xml/>", "not JSON");
    check_bad("{\"id\":\"arxiv:1706.03762\"}", "title");
    check_bad("{\"title\":\" \"}", "title");
    check_bad("{\"title\":7}", "title");
    check_bad("{\"title\":\"x\",\"id\":7}", "id");
    check_bad("{\"title\":\"x\",\"id\":\"what is this\"}", "id");
    check_bad("{\"title\":\"a\\u0000b\"}", "not JSON");
    check_bad("{\"title\":\"bad \xFF byte\"}", "not JSON");
    check_bad("\x1b[31m{", "not JSON");
}

/* Control characters and overrides of the text's direction do not come in. */
static void test_clean(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_JSONL,
               "{\"title\":\"a\\u001b[31m b\\u202e c\\td\",\"authors\":[\"  A \\n B \"]}\n");
    assert_string_equal(h.records[0].title, "a[31m b c d");
    assert_string_equal(h.records[0].authors.items[0], "A B");
    held_free(&h);
}

/* A line without end is passed over without being kept, and the next one is read. */
static void test_endless_line(void **state)
{
    struct str text = STR_INIT;
    struct held h = { 0 };

    (void)state;
    str_add(&text, "{\"title\":\"first\"}\n{\"title\":\"");
    str_add_repeat(&text, 'x', 17u << 20);
    str_add(&text, "\"}\n{\"title\":\"last\"}\n");
    held_parse_bytes(&h, PARSE_JSONL, text.ptr, text.len, 65536);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_int_equal(h.rejects, 1);
    assert_int_equal(h.reject_line, 2);
    assert_int_equal(h.records[1].line, 3);
    held_free(&h);
    str_free(&text);
}

static void test_long_fields(void **state)
{
    struct str text = STR_INIT;
    struct held h = { 0 };

    (void)state;
    str_add(&text, "{\"title\":\"");
    str_add_repeat(&text, 't', 5000);
    str_add(&text, "\"}\n{\"title\":\"ok\",\"abstract\":\"");
    str_add_repeat(&text, 'a', 300000);
    str_add(&text, "\"}\n{\"title\":\"many\",\"authors\":[\"a\"");
    for (int i = 0; i < 21000; i++)
        str_add(&text, ",\"b\"");
    str_add(&text, "]}\n");
    held_parse_bytes(&h, PARSE_JSONL, text.ptr, text.len, 65536);
    assert_int_equal(h.rejects, 2);
    assert_int_equal(h.count, 1);
    assert_int_equal(h.records[0].authors.len, 20000);
    held_free(&h);
    str_free(&text);
}

static void test_not_lines(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO, "{\n  \"title\": \"x\"\n}\n");
    assert_int_equal(h.result, ERR_PARSE);
    assert_int_equal(h.rejects, 0);
    assert_non_null(strstr(h.err.message, "JSONL"));
    held_free(&h);
    held_parse(&h, PARSE_AUTO, "[{\"title\":\"x\"}]");
    assert_int_equal(h.result, ERR_PARSE);
    held_free(&h);
}

static void test_sink_stops(void **state)
{
    struct held h = { .stop_after = 2 };

    (void)state;
    held_parse(&h, PARSE_JSONL, "{\"title\":\"a\"}\n{\"title\":\"b\"}\n{\"title\":\"c\"}\n");
    assert_int_equal(h.count, 2);
    assert_int_equal(h.result, 7);
    held_free(&h);
}

int run_jsonl(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_record), cmocka_unit_test(test_tolerant),
        cmocka_unit_test(test_bad_lines),    cmocka_unit_test(test_clean),
        cmocka_unit_test(test_endless_line), cmocka_unit_test(test_long_fields),
        cmocka_unit_test(test_not_lines),    cmocka_unit_test(test_sink_stops),
    };

    return cmocka_run_group_tests_name("sources: jsonl", tests, NULL, NULL);
}
