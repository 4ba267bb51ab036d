/*
 * Linear mode: what of a text is said, how columns and changes are put into words, sentences as
 * lines of a document.
 */
#include "ui_test.h"

#include "ui/charts.h"
#include "ui/linear.h"
#include "ui/views/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void plain(const char *expected, const char *text)
{
    struct str out = STR_INIT;

    linear_plain(&out, text);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
}

static void test_plain(void **state)
{
    (void)state;
    plain("", "");
    plain("Łukasz, 深度 α", "Łukasz, 深度 α");
    plain("one line", "one\nline\n");
    plain("[31mred", "\033[31mred");
    plain("ab", "a\r\bb\x7f");
    plain("bars 5", "█▁▂ bars ⠿⡇5");
    plain("unread starred", "unread ★ starred ●");
    plain("a · b", "a · b");             /* a product in a text stays one */
    plain("x", "\xC2\x9Bx\xE2\x80\xAE"); /* a C1 control, an override of direction */
}

static void test_columns(void **state)
{
    struct str out = STR_INIT;

    (void)state;
    text_words(&out, "  9e71c53  2023-11-14   Ada: one two  ");
    assert_string_equal(out.ptr, "9e71c53, 2023-11-14, Ada: one two");
    str_clear(&out);
    text_words(&out, "cs.CC                     0 unread of      0  cat:cs.CC");
    assert_string_equal(out.ptr, "cs.CC, 0 unread of 0, cat:cs.CC");
    str_free(&out);
}

static void said(const char *expected, enum style style, const char *line)
{
    struct textview text = { 0 };
    struct str out = STR_INIT;

    textview_add(&text, style, 0, "%s", line);
    textview_wrap(&text, TEXT_WHOLE);
    assert_true(textview_line(&text, 0, &out));
    assert_string_equal(out.ptr, expected);
    textview_clear(&text);
    str_free(&out);
}

/* Dots are pauses between the desk's own words alone. */
static void test_pauses(void **state)
{
    (void)state;
    said("arxiv:2401.00001, cs.CL, unread", STYLE_DIM, "arxiv:2401.00001 · cs.CL · unread");
    said("WE = mentions(e) · exp(−C · firstsent(e))", STYLE_NORMAL,
         "WE = mentions(e) · exp(−C · firstsent(e))");
}

static void test_notes(void **state)
{
    struct str out = STR_INIT;

    (void)state;
    text_stop(&out);
    text_note(&out, "");
    assert_string_equal(out.ptr, "");
    str_add(&out, "basic cluster.");
    text_note(&out, "whose?");
    assert_string_equal(out.ptr, "basic cluster. Note: whose?");
    str_clear(&out);
    str_add(&out, "a cluster");
    text_note(&out, "whose?");
    assert_string_equal(out.ptr, "a cluster. Note: whose?");
    str_free(&out);
}

static void changed(const char *expected, unsigned now, unsigned before)
{
    struct str out = STR_INIT;

    chart_change(&out, now, before);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
}

static void test_changes(void **state)
{
    (void)state;
    changed(", up 12 percent", 56, 50);
    changed(", down 41 percent", 10, 17);
    changed(", as before", 0, 0);
    changed(", up from 2", 5, 2);
    changed(", down from 9", 0, 9);
}

static void test_sentences(void **state)
{
    static const char text[] = "1 Light\n\nIt is lit, see Fig. 1. It hums!\n\nx = 1. Or 2.";
    struct document_block blocks[] = { { .kind = BLOCK_HEADING, .level = 1, .start = 0, .end = 7 },
                                       { .kind = BLOCK_PARAGRAPH, .start = 9, .end = 40 },
                                       { .kind = BLOCK_EQUATION, .start = 42, .end = 54 } };
    struct document doc = { .text = (char *)(uintptr_t)text,
                            .len = sizeof text - 1,
                            .reading_len = sizeof text - 1,
                            .blocks = blocks,
                            .block_count = 3 };
    struct reader_lines lines;

    (void)state;
    reader_wrap(&lines, &doc, READER_SENTENCES);
    assert_int_equal(lines.len, 4);
    assert_int_equal(lines.items[1].start, 9);
    assert_int_equal(lines.items[1].end, 31);
    assert_int_equal(lines.items[2].start, 32);
    assert_int_equal(lines.items[2].end, 40);
    assert_int_equal(lines.items[3].end, 54);
    reader_lines_free(&lines);
}

int ui_test_linear(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),   cmocka_unit_test(test_columns),
        cmocka_unit_test(test_pauses),  cmocka_unit_test(test_notes),
        cmocka_unit_test(test_changes), cmocka_unit_test(test_sentences)
    };

    return cmocka_run_group_tests_name("ui linear", tests, NULL, NULL);
}
