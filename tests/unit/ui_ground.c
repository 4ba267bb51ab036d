/*
 * What a terminal says of its ground, byte by byte, and what is none of it.
 */
#include "ui_test.h"

#include "ui/desk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* How many of the bytes were taken. */
static int hear(struct desk *desk, const char *bytes)
{
    int taken = 0;

    for (; *bytes; bytes++)
        taken += ground_hears(desk, *bytes);
    return taken;
}

static void test_answers(void **state)
{
    static const struct {
        const char *answer;
        bool known, light;
    } cases[] = {
        { "\033]11;rgb:ffff/ffff/ffff\a", true, true },
        { "\033]11;rgb:fdfd/f6f6/e3e3\033\\", true, true }, /* Solarized */
        { "\033]11;rgb:0000/2b2b/3636\033\\", true, false },
        { "\033]11;rgb:f/f/f\a", true, true },
        { "\033]11;rgb:00/00/00\a", true, false },
        { "\033]11;rgba:ffff/ffff/f0f0/8000\a", true, true },
        { "\033]11;rgb:fffff/0/0\a", false, false },
        { "\033]11;rgb:ff/ff\a", false, false },
        { "\033]11;\a", false, false },
    };
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        struct desk desk = { 0 };

        assert_int_equal(hear(&desk, cases[i].answer), strlen(cases[i].answer));
        assert_false(ground_hearing(&desk));
        assert_int_equal(desk.ground.known, cases[i].known);
        assert_int_equal(desk.ground.light, cases[i].light);
    }
}

static void test_keys_within(void **state)
{
    struct desk desk = { 0 };

    (void)state;
    assert_int_equal(hear(&desk, "\033]11;rgb:ff"), 11);
    assert_false(ground_hears(&desk, 'j')); /* a key, which ends it */
    assert_false(ground_hearing(&desk));
    assert_false(ground_hears(&desk, 'f'));
    assert_int_equal(hear(&desk, "\033]12;"), 3); /* of what begins like one */
    assert_false(ground_hearing(&desk));
}

/* Whatever is sent, it is not listened to for good. */
static void test_endless(void **state)
{
    struct desk desk = { 0 };
    int i;

    (void)state;
    hear(&desk, "\033]11;");
    for (i = 0; i < 1000 && ground_hears(&desk, 'f'); i++)
        ;
    assert_in_range(i, 20, 60);
    assert_false(desk.ground.known);
}

int ui_test_ground(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_answers),
                                        cmocka_unit_test(test_keys_within),
                                        cmocka_unit_test(test_endless) };

    return cmocka_run_group_tests_name("ground of the terminal", tests, NULL, NULL);
}
