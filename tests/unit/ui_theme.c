/*
 * Themes: each built-in one can be read at every depth of colours, and has the contrast that WCAG 2
 * asks for; files that are wrong are told with their line.
 */
#include "ui_test.h"

#include "carrel/app.h"
#include "carrel/canvas.h"
#include "carrel/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define READABLE 4.5 /* WCAG 2.1, 1.4.3 (AA) */
#define HIGH 7.0     /* 1.4.6 (AAA) */

static double contrast(const struct theme *theme, enum style style, bool cursor, enum depth depth)
{
    struct look look = theme_look(theme, style, cursor, depth);
    uint8_t fg[3], bg[3];

    theme_rgb(fg, theme, look.fg, look.reverse);
    theme_rgb(bg, theme, look.bg, !look.reverse);
    return theme_contrast(fg, bg);
}

static void check_contrast(const char *name, double least, enum depth depth)
{
    struct theme theme;
    struct error err = { 0 };
    int style, cursor;

    if (theme_load(&theme, name, &err) != ERR_OK)
        fail_msg("%s", err.message);
    for (style = 0; style < STYLE_COUNT; style++)
        for (cursor = 0; cursor < 2; cursor++)
            if (contrast(&theme, (enum style)style, cursor, depth) < least)
                fail_msg("%s, %d colours: %s%s has %.2f, not %.1f", name, (int)depth,
                         style_name((size_t)style), cursor ? " under the cursor" : "",
                         contrast(&theme, (enum style)style, cursor, depth), least);
}

/* The one without a file: nothing but the terminal's own, and a cursor that is seen. */
static void test_plain(void **state)
{
    const struct theme *plain = theme_plain();
    size_t i;

    (void)state;
    for (i = 0; i <= STYLE_COUNT; i++) {
        assert_int_equal(plain->looks[i].fg, COLOR_OWN);
        assert_int_equal(plain->looks[i].bg, COLOR_OWN);
        assert_int_equal(plain->looks[i].reverse, i == THEME_CURSOR);
        assert_memory_equal(&plain->looks[i], &plain->few[i], sizeof plain->few[i]);
    }
}

/* Of sixteen colours each terminal has its own idea; what is measured is xterm's. */
static void test_contrast(void **state)
{
    (void)state;
    check_contrast("dark", READABLE, DEPTH_TRUE);
    check_contrast("dark", READABLE, DEPTH_256);
    check_contrast("light", READABLE, DEPTH_TRUE);
    check_contrast("light", READABLE, DEPTH_256);
    check_contrast("high-contrast", HIGH, DEPTH_TRUE);
    check_contrast("high-contrast", HIGH, DEPTH_256);
    check_contrast("high-contrast", HIGH, DEPTH_16);
}

static void test_wcag(void **state)
{
    const uint8_t black[3] = { 0, 0, 0 }, white[3] = { 255, 255, 255 }, grey[3] = { 119, 119, 119 };

    (void)state;
    assert_true(theme_contrast(black, white) > 20.99 && theme_contrast(black, white) < 21.01);
    assert_true(theme_contrast(white, grey) > 4.47 && theme_contrast(white, grey) < 4.49);
    assert_true(theme_contrast(grey, grey) < 1.001);
}

static void test_depths(void **state)
{
    struct theme theme;
    struct look look;
    const char *text = "[styles]\nwarn #ff8700 on 24 bold # a word\n[few]\nerror bright-red\n";

    (void)state;
    assert_int_equal(theme_parse(&theme, "t", text, "t", NULL), ERR_OK);
    look = theme_look(&theme, STYLE_WARN, false, DEPTH_TRUE);
    assert_int_equal(look.fg, COLOR_RGB | 0xff8700);
    assert_int_equal(look.bg, 24);
    look = theme_look(&theme, STYLE_WARN, false, DEPTH_256);
    assert_int_equal(look.fg, 208);
    look = theme_look(&theme, STYLE_ERROR, false, DEPTH_16);
    assert_int_equal(look.fg, 9);
    look = theme_look(&theme, STYLE_ERROR, false, DEPTH_8);
    assert_int_equal(look.fg, 1);
    assert_true(look.bold);
    look = theme_look(&theme, STYLE_WARN, true, DEPTH_NONE);
    assert_int_equal(look.fg, COLOR_OWN);
    assert_true(look.reverse && look.bold);
}

static void wrong(const char *text, const char *said)
{
    struct theme theme;
    struct error err = { 0 };

    assert_int_equal(theme_parse(&theme, "t", text, "t", &err), ERR_USAGE);
    if (!strstr(err.message, said))
        fail_msg("'%s' is not in: %s", said, err.message);
}

static void test_wrong(void **state)
{
    (void)state;
    wrong("\n[styles]\ntilte red\n", "t:3: no style 'tilte': there are normal, bar, title");
    wrong("[styles]\ntitle reddish\n", "t:2: no colour 'reddish'");
    wrong("[styles]\ntitle 256\n", "no colour '256'");
    wrong("[styles]\ntitle #12345\n", "no colour '#12345'");
    wrong("[styles]\ntitle red on\n", "no colour ''");
    wrong("[styles]\ntitle red blinking\n", "no attribute 'blinking': there are on COLOUR, bold");
    wrong("[style]\n", "no section '[style]': there are [styles] and [few]");
    wrong("title red\n", "no setting 'title'");
    wrong("ground default\n", "no colour 'default'");
}

/* The user's own come before those built in, and all are named when one is not there. */
static void test_own(void **state)
{
    char home[] = "/tmp/carrel-theme-XXXXXX";
    struct theme theme;
    struct error err = { 0 };
    char *folder, *path;

    (void)state;
    assert_non_null(mkdtemp(home));
    setenv("XDG_CONFIG_HOME", home, 1);
    folder = path_join(home, "carrel/themes");
    path = path_join(folder, "dark");
    assert_int_equal(folder_make(folder, NULL), ERR_OK);
    assert_int_equal(file_write(path, "about mine\n", 11, NULL), ERR_OK);
    assert_int_equal(theme_load(&theme, "dark", &err), ERR_OK);
    assert_string_equal(theme.about, "mine");
    assert_int_equal(theme_load(&theme, "drak", &err), ERR_NOTFOUND);
    assert_non_null(
        strstr(err.message, "there are auto, dark, light, high-contrast, terminal; your own"));
    assert_int_equal(theme_load(&theme, "../dark", &err), ERR_NOTFOUND);
    unlink(path);
    rmdir(folder);
    *strrchr(folder, '/') = '\0';
    rmdir(folder);
    rmdir(home);
    unsetenv("XDG_CONFIG_HOME");
    free(folder);
    free(path);
}

int ui_test_theme(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain),  cmocka_unit_test(test_contrast), cmocka_unit_test(test_wcag),
        cmocka_unit_test(test_depths), cmocka_unit_test(test_wrong),    cmocka_unit_test(test_own)
    };

    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
