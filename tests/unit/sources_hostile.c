/*
 * What is no feed, what is cut, and what was made to hurt; and files, plain and gzip.
 */
#include "sources_check.h"

#include "carrel/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static void check_refused(const char *text, const char *why)
{
    struct held h = { 0 };

    held_parse(&h, PARSE_AUTO, text);
    assert_int_equal(h.result, ERR_PARSE);
    assert_int_equal(h.count, 0);
    if (!strstr(h.err.message, why) || strchr(h.err.message, '\n'))
        fail_msg("\"%s\" does not say \"%s\"", h.err.message, why);
    held_free(&h);
}

static void test_no_feeds(void **state)
{
    (void)state;
    check_refused("", "empty");
    check_refused(" \n\n", "empty");
    check_refused("request:\n  body: null\n", "neither");
    check_refused("Rate exceeded.", "neither");
    check_refused("<schema xmlns=\"urn:s\"/>", "<schema>");
    check_refused("<a/>", "<a>");
    check_refused("<!DOCTYPE html>\n<html><body><br></body></html>", "web page");
    check_refused("<!doctype html><html><head><meta charset=utf-8></head>", "web page");
    check_refused("<html/>", "web page");
    check_refused("<h1>Retry after 10 seconds</h1>", "<h1>");
    check_refused("\xEF\xBB\xBFplain", "neither");
    check_refused("<", "line 1");
}

static void test_wrong_format(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_OAI, "<feed><entry><title>x</title></entry></feed>");
    assert_int_equal(h.result, ERR_PARSE);
    assert_non_null(strstr(h.err.message, "<feed> does not begin oai"));
    held_free(&h);
    held_parse(&h, PARSE_ARXIV_ATOM, "<html></html>");
    assert_int_equal(h.result, ERR_PARSE);
    assert_non_null(strstr(h.err.message, "web page"));
    held_free(&h);
}

/* The records before the cut are kept; the line of the cut is told. */
static void test_cut(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<feed>\n<entry><title>A</title></entry>\n<entry><title>B</title>\n<summ");
    assert_int_equal(h.result, ERR_PARSE);
    assert_int_equal(h.count, 1);
    assert_non_null(strstr(h.err.message, "line 4"));
    held_free(&h);
    held_parse(&h, PARSE_AUTO, "<rss><channel><item><title>A</title></item>\n");
    assert_int_equal(h.result, ERR_PARSE);
    assert_int_equal(h.count, 1);
    assert_non_null(strstr(h.err.message, "cut short"));
    held_free(&h);
    held_parse(&h, PARSE_AUTO, "<feed><entry><title>A</title></entry>\n<b></c></feed>");
    assert_int_equal(h.result, ERR_PARSE);
    assert_int_equal(h.count, 1);
    assert_non_null(strstr(h.err.message, "line 2"));
    held_free(&h);
}

static void test_entity_bomb(void **state)
{
    struct str text = STR_INIT;
    struct held h = { 0 };
    int i;

    (void)state;
    str_add(&text, "<!DOCTYPE feed [<!ENTITY a0 \"laugh laugh laugh laugh laugh laugh\">");
    for (i = 1; i < 12; i++) {
        str_printf(&text, "<!ENTITY a%d \"", i);
        for (int k = 0; k < 10; k++)
            str_printf(&text, "&a%d;", i - 1);
        str_add(&text, "\">");
    }
    str_add(&text, "]><feed><entry><title>x</title><summary>&a11;</summary></entry></feed>");
    held_parse_bytes(&h, PARSE_AUTO, text.ptr, text.len, text.len);
    assert_int_not_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 0);
    held_free(&h);
    str_free(&text);
}

static void test_outside_entity(void **state)
{
    struct held h = { 0 };

    (void)state;
    held_parse(&h, PARSE_AUTO,
               "<!DOCTYPE feed [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>"
               "<feed><entry><title>x&f;y</title></entry></feed>");
    assert_null(strstr(h.json.ptr, "root"));
    held_free(&h);
}

static void test_depth(void **state)
{
    struct str text = STR_INIT;
    struct held h = { 0 };
    int i;

    (void)state;
    str_add(&text, "<feed><entry><title>A</title></entry>");
    for (i = 0; i < 100000; i++)
        str_add(&text, "<x>");
    str_add(&text, "<y/>");
    held_parse_bytes(&h, PARSE_AUTO, text.ptr, text.len, 4096);
    assert_int_equal(h.result, ERR_LIMIT);
    assert_int_equal(h.count, 1);
    held_free(&h);
    str_free(&text);
}

/* One field too long, or one record of too many fields: that record goes, the next one stays. */
static void test_large_records(void **state)
{
    struct str text = STR_INIT;
    struct held h = { 0 };
    int i;

    (void)state;
    str_add(&text, "<feed>\n<entry><title>A</title><summary>");
    str_add_repeat(&text, 'a', 600u << 10);
    str_add(&text, "</summary></entry>\n<entry><title>B</title>");
    for (i = 0; i < 100; i++) {
        str_add(&text, "<author><name>");
        str_add_repeat(&text, 'b', 500u << 10);
        str_add(&text, "</name></author>");
    }
    str_add(&text, "</entry>\n<entry><title>C</title>");
    for (i = 0; i < 5000; i++)
        str_printf(&text, "<category term='c%d'/><link title='doi' href='doi:10.1000/%d'/>", i, i);
    str_add(&text, "</entry></feed>");
    held_parse_bytes(&h, PARSE_AUTO, text.ptr, text.len, 65536);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.rejects, 2);
    assert_int_equal(h.reject_line, 3);
    assert_int_equal(h.count, 1);
    assert_string_equal(h.records[0].title, "C");
    assert_int_equal(h.records[0].line, 4);
    assert_true(h.records[0].categories.len <= 200);
    assert_true(h.records[0].aliases.len <= 50);
    held_free(&h);
    str_free(&text);
}

/* A control character spoils one word, not the rest of the answer. */
static void test_control_characters(void **state)
{
    static const char text[] = "<feed><entry><title>one\x0B\x1B[1m two</title></entry>"
                               "<entry><title>nul\0nul</title></entry></feed>";
    struct held h = { 0 };

    (void)state;
    held_parse_bytes(&h, PARSE_AUTO, text, sizeof text - 1, 5);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    assert_string_equal(h.records[0].title, "one [1m two");
    assert_string_equal(h.records[1].title, "nul nul");
    held_free(&h);
}

static void test_encodings(void **state)
{
    static const char utf16[] =
        "\xFF\xFE<\0f\0e\0e\0d\0>\0<\0e\0n\0t\0r\0y\0>\0<\0t\0i\0t\0l\0e\0>\0"
        "\xE9\0<\0/\0t\0i\0t\0l\0e\0>\0<\0/\0e\0n\0t\0r\0y\0>\0<\0/\0f\0e\0e\0"
        "d\0>";
    struct held h = { 0 };

    (void)state;
    held_parse_bytes(&h, PARSE_AUTO, utf16, sizeof utf16, 3);
    assert_int_equal(h.result, ERR_OK);
    assert_string_equal(h.records[0].title, "\xC3\xA9");
    held_free(&h);
    held_parse(&h, PARSE_AUTO,
               "<?xml version='1.0' encoding='ISO-8859-1'?><feed><entry><title>\xE9</title></entry>"
               "</feed>");
    assert_string_equal(h.records[0].title, "\xC3\xA9");
    held_free(&h);
}

/* ---- files ---- */

static char folder[] = "/tmp/carrel-sources-XXXXXX";

static int folder_open(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int folder_close(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void write_gzip(const char *path, const char *mode, const char *text)
{
    gzFile file = gzopen(path, mode);

    assert_non_null(file);
    assert_int_equal(gzputs(file, text), (int)strlen(text));
    gzclose(file);
}

static void test_files(void **state)
{
    struct held h = { 0 };
    char *path = path_join(folder, "records");

    (void)state;
    write_gzip(path, "wb9", "{\"title\":\"a\"}\n{\"tit");
    write_gzip(path, "ab9", "le\":\"b\"}\n"); /* a second member, in the middle of a word */
    held_file(&h, path);
    assert_int_equal(h.result, ERR_OK);
    assert_int_equal(h.count, 2);
    held_free(&h);
    assert_int_equal(truncate(path, file_size(path) - 5), 0);
    held_file(&h, path);
    assert_int_equal(h.result, ERR_PARSE);
    assert_non_null(strstr(h.err.message, "cut short"));
    assert_non_null(strstr(h.err.message, path));
    held_free(&h);
    assert_int_equal(file_write(path, "", 0, NULL), ERR_OK);
    held_file(&h, path);
    assert_int_equal(h.result, ERR_PARSE);
    held_free(&h);
    unlink(path);
    held_file(&h, path);
    assert_int_equal(h.result, ERR_IO);
    held_free(&h);
    held_file(&h, folder);
    assert_true(h.result < 0);
    held_free(&h);
    free(path);
}

int run_hostile(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_feeds),
        cmocka_unit_test(test_wrong_format),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_entity_bomb),
        cmocka_unit_test(test_outside_entity),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_large_records),
        cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_control_characters),
    };

    return cmocka_run_group_tests_name("sources: hostile", tests, folder_open, folder_close);
}
