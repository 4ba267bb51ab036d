/*
 * The query language: what texts mean, how they are printed again, and where errors are.
 */
#include "search_fixture.h"

#include <stdlib.h>
#include <string.h>

/* The canonical text of a query; parsing that must give it again. */
static void reads_as(const char *text, const char *canonical)
{
    struct str first = STR_INIT, second = STR_INIT;
    struct query *query = NULL;
    struct error err;
    size_t where;

    if (query_parse(&query, text, &where, &err) != ERR_OK)
        fail_msg("%s: %s", text, err.message);
    query_print(&first, query);
    query_free(query);
    assert_string_equal(first.ptr, canonical);
    if (query_parse(&query, first.ptr, &where, &err) != ERR_OK)
        fail_msg("%s: %s", first.ptr, err.message);
    query_print(&second, query);
    query_free(query);
    assert_string_equal(second.ptr, first.ptr);
    str_free(&first);
    str_free(&second);
}

static void fails_at(const char *text, size_t at, const char *says)
{
    struct query *query = NULL;
    struct error err;
    size_t where = 9999;

    assert_int_equal(query_parse(&query, text, &where, &err), ERR_PARSE);
    assert_null(query);
    assert_int_equal(where, at);
    if (!strstr(err.message, says))
        fail_msg("'%s' does not say '%s'", err.message, says);
}

static void test_operators(void **state)
{
    (void)state;
    reads_as("", "");
    reads_as("  a   b ", "a b");
    reads_as("a AND b", "a b");
    reads_as("a b OR c", "a b OR c");
    reads_as("a (b OR c)", "a (b OR c)");
    reads_as("(a b) OR (c OR d)", "a b OR c OR d");
    reads_as("((((a))))", "a");
    reads_as("a NOT b", "a -b");
    reads_as("-(a b)", "-(a b)");
    reads_as("NOT NOT a", "a");
    reads_as("NOT -(a b)", "a b");
    reads_as("--word", "--word");
    reads_as("NOT --word", "NOT --word");
    reads_as("\"long context\" a", "\"long context\" a");
    reads_as("prefix*", "prefix*");
    reads_as("prefix***", "prefix*");
}

static void test_fields(void **state)
{
    (void)state;
    reads_as("title:transformer", "title:transformer");
    reads_as("TI:transformer", "title:transformer");
    reads_as("author:\"del rio\"", "author:\"del rio\"");
    reads_as("title:(a OR b*)", "title:a OR title:b*");
    reads_as("x title:(a OR b)", "x (title:a OR title:b)");
    reads_as("cat:math.* date:2024-03..2025", "cat:math.* date:2024-03..2025");
    reads_as("tag:\"to read\" tag:\"\"", "tag:\"to read\" tag:\"\"");
    reads_as("arxiv:1706.03762v2", "arxiv:1706.03762v2");
    reads_as("id:1706.03762", "1706.03762");
    reads_as("doi:10.1145/*", "doi:10.1145/*");
    reads_as("10.1016/S0140-6736(97)11096-0 x", "id:\"10.1016/S0140-6736(97)11096-0\" x");
    reads_as("-is:read near:1706.03762 query:mine", "-is:read near:1706.03762 query:mine");
}

/* People paste sentences: none of these may fail. */
static void test_sentences(void **state)
{
    static const char *const sentences[] = {
        "what is: attention?",
        "Is it true that ... (really)?",
        "AND OR NOT",
        "OR attention",
        "attention OR",
        "attention AND",
        "NOT",
        "- - -",
        "*",
        "a * b",
        "x: y :z ::",
        "http://example.org/a?b=c",
        "C++ & C#: don't panic!",
        "\xE2\x80\x9Cquoted\xE2\x80\x9D \xEF\xBB\xBF",
        "\xFF\xFE\x80 bytes",
        "foo:bar baz:qux",
        "()",
        "\"\"",
        "title:",
        "date: 2024",
        "-",
    };
    struct query *query;
    struct error err;
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(sentences); i++) {
        if (query_parse(&query, sentences[i], NULL, &err) != ERR_OK)
            fail_msg("%s: %s", sentences[i], err.message);
        query_free(query);
    }
}

static void test_errors(void **state)
{
    (void)state;
    fails_at("a \"b c", 2, "column 3");
    fails_at("\xC3\xA9\xC3\xA9 \"b", 5, "column 4");
    fails_at("a (b (c)", 2, "no partner");
    fails_at("a) b", 1, "closes nothing");
    fails_at("\xFF\xFE\x01 (b", 4, "column 4"); /* the place in what was typed */
}

static void test_complaints(void **state)
{
    (void)state;
    fails_at("titl:y", 0, "did you mean title:?");
    fails_at("a date:soon", 7, "is no date");
    fails_at("year:abc", 5, "is no date"); /* another name of date */
    fails_at("date:2024-13", 5, "is no date");
    fails_at("is:\"read later\"", 3, "is not one of");
    fails_at("date:\"today year\"", 5, "is no date");
    fails_at("is:red", 3, "unread");
    fails_at("has:cake", 4, "is not one of");
    fails_at("stars:many", 6, "stars: 'many' is no number");
    fails_at("stars:500..100", 6, "no number");
    fails_at("near:nothing", 5, "is no id");
    fails_at("kind:dog", 5, "paper");
    fails_at("venue:\"\"", 6, "names no venue");
    fails_at("a venue:*", 8, "names no venue");
    fails_at("key:*", 4, "is no key");
    fails_at("key:\"lee 2024\"", 4, "is no key");
}

static void test_bounds(void **state)
{
    char *text = mem_zalloc(5001);

    (void)state;
    memset(text, 'a', 4096);
    reads_as(text, text);
    text[4096] = 'a';
    fails_at(text, 0, "4096 are allowed");
    memset(text, '(', 2000);
    text[2000] = '\0';
    fails_at(text, 64, "deeper than 64");
    text[0] = '\0';
    while (strlen(text) < 400)
        strcat(text, "NOT ");
    strcat(text, "a");
    fails_at(text, 256, "deeper than 64");
    free(text);
}

static void test_uses(void **state)
{
    (void)state;
    assert_true(query_uses("query:base", "base"));
    assert_true(query_uses("cat:cs.CL (is:starred OR -query:base)", "base"));
    assert_false(query_uses("query:basement", "base"));
    assert_false(query_uses("\"query:base\" base", "base")); /* words, no filter */
    assert_false(query_uses("query:base (a", "base"));       /* finds nothing anyway */
}

int search_query_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operators),  cmocka_unit_test(test_fields),
        cmocka_unit_test(test_sentences),  cmocka_unit_test(test_errors),
        cmocka_unit_test(test_complaints), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_uses),
    };

    return cmocka_run_group_tests_name("query language", tests, NULL, NULL);
}
