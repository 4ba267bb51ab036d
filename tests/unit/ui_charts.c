/*
 * Charts: heights, gaps, axes and what does not fit.
 */
#include "ui_test.h"

#include "ui/charts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static void label(char out[16], size_t at, const void *ctx)
{
    (void)ctx;
    snprintf(out, 16, "d%zu", at);
}

static void drawn(const char *expected, int width, int height, bool ascii, const double *values,
                  size_t count)
{
    struct chart_columns chart = { .values = values, .count = count, .label = label };
    struct canvas canvas;
    struct str out = STR_INIT;

    canvas_init(&canvas, width, height, ascii);
    chart_columns(&canvas, 0, 0, width, height, &chart);
    canvas_to_text(&out, &canvas);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
    canvas_free(&canvas);
}

static void test_columns(void **state)
{
    static const double values[] = { 0, 25, NAN, 50, 75, 100, 100, 100 };

    (void)state;
    drawn("   100      ▄███\n"
          "     0  ▁▄·█████\n"
          "        ────────\n"
          "        d0    d7\n",
          16, 4, false, values, 8);
    drawn("   100      .###\n"
          "     0  _. #####\n"
          "        --------\n"
          "        d0    d7\n",
          16, 4, true, values, 8);
}

/* The newest stay when there is no room for all; a level far above nothing is cut, and says so. */
static void test_columns_room(void **state)
{
    double values[20];
    int i;

    (void)state;
    for (i = 0; i < 20; i++)
        values[i] = 1000 + 10 * i;
    drawn("  1190      ▁▃▆█\n"
          "  1120  ▁▂▅▇████\n"
          "        ────────\n"
          "        d12\n",
          16, 4, false, values, 20);
    drawn("\n\n\n", 16, 3, false, values, 20);
    values[0] = NAN;
    drawn("\n\n\n\n", 16, 4, false, values, 1);
}

static void test_sparkline(void **state)
{
    static const double values[] = { 9, NAN, 0, 70 };
    struct canvas canvas;
    struct str out = STR_INIT;

    (void)state;
    canvas_init(&canvas, 6, 1, false);
    chart_sparkline(&canvas, 0, 0, 6, STYLE_ACCENT, values, 4);
    canvas_to_text(&out, &canvas);
    assert_string_equal(out.ptr, "  ▂·▁█\n");
    str_clear(&out);
    canvas_clear(&canvas);
    chart_sparkline(&canvas, 0, 0, 2, STYLE_ACCENT, values, 4);
    canvas_to_text(&out, &canvas);
    assert_string_equal(out.ptr, "▁█\n");
    str_free(&out);
    canvas_free(&canvas);
}

/* A level far above nothing may yet be asked to stand on nothing; cells may be wider. */
static void test_columns_cells(void **state)
{
    static const double values[] = { 80, 100, NAN };
    struct chart_columns chart = {
        .values = values, .count = 3, .cell = 3, .from_zero = true, .label = label
    };
    struct canvas canvas;
    struct str out = STR_INIT;

    (void)state;
    canvas_init(&canvas, 17, 4, false);
    chart_columns(&canvas, 0, 0, 17, 4, &chart);
    canvas_to_text(&out, &canvas);
    assert_string_equal(out.ptr, "   100  ▅▅▅███\n"
                                 "     0  ██████···\n"
                                 "        ─────────\n"
                                 "        d0     d2\n");
    str_free(&out);
    canvas_free(&canvas);
}

static void bars(const char *expected, bool ascii)
{
    static const double shares[] = { 1, 0.5, 0.3, 0.0001, 0, NAN, 7 };
    struct canvas canvas;
    struct str out = STR_INIT;
    int i;

    canvas_init(&canvas, 5, 7, ascii);
    for (i = 0; i < 7; i++)
        chart_bar(&canvas, 0, i, 4, STYLE_ACCENT, shares[i]);
    canvas_to_text(&out, &canvas);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
    canvas_free(&canvas);
}

static void test_bar(void **state)
{
    (void)state;
    bars("████\n██\n█▎\n▏\n\n\n████\n", false);
    bars("####\n##\n#\n-\n\n\n####\n", true);
}

static void heat(const char *expected, bool ascii, int cell, const unsigned *values, size_t count,
                 unsigned most)
{
    struct canvas canvas;
    struct str out = STR_INIT;

    canvas_init(&canvas, 32, 2, ascii);
    chart_heat(&canvas, 0, 0, cell, values, count, most);
    chart_heat_key(&canvas, 0, 1, 32, most);
    canvas_to_text(&out, &canvas);
    assert_string_equal(out.ptr, expected);
    str_free(&out);
    canvas_free(&canvas);
}

/* What the key says is what is drawn, at each edge. */
static void test_heat(void **state)
{
    static const unsigned values[] = { 0, 1, 9, 10, 39, 40, 89, 90, 160 };
    static const unsigned few[] = { 0, 1, 2 };

    (void)state;
    heat("·░░▒▒▓▓██\n░ 1+  ▒ 10+  ▓ 40+  █ 90+\n", false, 1, values, 9, 160);
    heat(".--++**##\n- 1+  + 10+  * 40+  # 90+\n", true, 1, values, 9, 160);
    heat("··▓▓██\n▓ 1+  █ 2+\n", false, 2, few, 3, 2);
    heat("·█\n█ 1+\n", false, 1, few, 2, 1);
    heat("··\n\n", false, 2, few, 1, 0);
}

int ui_test_charts(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns),       cmocka_unit_test(test_columns_room),
        cmocka_unit_test(test_columns_cells), cmocka_unit_test(test_bar),
        cmocka_unit_test(test_heat),          cmocka_unit_test(test_sparkline)
    };

    return cmocka_run_group_tests_name("charts", tests, NULL, NULL);
}
