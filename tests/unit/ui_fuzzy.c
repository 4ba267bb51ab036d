/*
 * Fuzzy matching: what is found, what comes before what, and which letters were meant.
 */
#include "ui_test.h"

#include "ui/fuzzy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void before(const char *pattern, const char *one, const char *two)
{
    assert_true(fuzzy_score(pattern, one, NULL) > fuzzy_score(pattern, two, NULL));
}

static void meant(const char *pattern, const char *text, const char *stars)
{
    bool marks[FUZZY_TEXT];
    size_t i;

    assert_true(fuzzy_score(pattern, text, marks) > 0);
    for (i = 0; text[i]; i++)
        assert_int_equal(marks[i], stars[i] == '*');
}

static void test_found(void **state)
{
    (void)state;
    assert_int_equal(fuzzy_score("", "anything", NULL), 1);
    assert_int_equal(fuzzy_score("", "", NULL), 1);
    assert_int_equal(fuzzy_score("a", "", NULL), 0);
    assert_int_equal(fuzzy_score("ba", "ab", NULL), 0);
    assert_true(fuzzy_score("ms", "mark star", NULL) > 0);
    assert_true(fuzzy_score("MS", "Mark Star", NULL) > 0);
    assert_int_equal(fuzzy_score("MS", "mark star", NULL), 0);
    assert_true(fuzzy_score("star mark", "mark star", NULL) > 0);
    assert_int_equal(fuzzy_score("star none", "mark star", NULL), 0);
}

static void test_order(void **state)
{
    (void)state;
    before("vt", "view topics", "invite");
    before("sync", "sync", "synthetic cells");
    before("mark", "mark star", "a remark");
    before("att", "attention", "a long time to go");
    before("gr", "GraphRead", "angry");
}

static void test_marks(void **state)
{
    (void)state;
    meant("ms", "mark star", "*    *   ");
    meant("star", "mark star", "     ****");
    meant("star mark", "mark star", "**** ****");
    meant("aiayn", "Attention Is All You Need", "*         *  *   *   *   ");
}

/* Longer than is looked at, and letters of several bytes. */
static void test_bounds(void **state)
{
    char text[1000], pattern[200];

    (void)state;
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    memset(pattern, 'a', sizeof pattern);
    pattern[sizeof pattern - 1] = '\0';
    assert_true(fuzzy_score(pattern, text, NULL) > 0);
    assert_int_equal(fuzzy_score("ab", text, NULL), 0);
    meant("ö", "Schrödinger", "    **      ");
}

int ui_test_fuzzy(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_found), cmocka_unit_test(test_order),
                                        cmocka_unit_test(test_marks),
                                        cmocka_unit_test(test_bounds) };

    return cmocka_run_group_tests_name("ui_fuzzy", tests, NULL, NULL);
}
