/*
 * Pictures in a terminal: sizes, scaling, what terminals answer and what follows from it. The
 * streams themselves are decoded in ui_pictures.c.
 */
#include "carrel/picture.h"
#include "carrel/terminal_pictures.h"

#include "carrel/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- sizes ---- */

static void test_fit(void **state)
{
    static const struct {
        uint32_t width, height;
        int columns_most, rows_most, columns, rows;
    } cases[] = {
        { 640, 905, 80, 0, 80, 57 },       /* A4 across 80 columns of 8x16 */
        { 640, 905, 80, 24, 34, 24 },      /* the whole of it in sight */
        { 1000, 10, 80, 24, 80, 1 },       /* a rule */
        { 10, 1000, 80, 24, 1, 24 },       /* a column */
        { 10, 100000, 80, 0, 1, 297 },     /* no taller than there are marks */
        { 100, 100, 1000, 1000, 297, 149 } /* nor wider */
    };
    struct picture_display display = { .cell_width = 8, .cell_height = 16 };
    int columns, rows;
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        picture_fit(&columns, &rows, &display, cases[i].width, cases[i].height,
                    cases[i].columns_most, cases[i].rows_most);
        assert_int_equal(columns, cases[i].columns);
        assert_int_equal(rows, cases[i].rows);
    }
    display.cell_width = 16; /* square cells */
    picture_fit(&columns, &rows, &display, 300, 200, 30, 0);
    assert_int_equal(rows, 20);
}

/* The mean of the area, computed the slow way: the fine grid that both grids divide. */
static int mean_of(const struct picture *picture, uint32_t width, uint32_t height, uint32_t x,
                   uint32_t y, int channel)
{
    uint64_t sum = 0, all = (uint64_t)picture->width * picture->height;
    uint32_t i, k;

    for (k = 0; k < picture->height; k++)
        for (i = 0; i < picture->width; i++) {
            uint32_t column = (x * picture->width + i) / width;
            uint32_t row = (y * picture->height + k) / height;

            sum += picture->pixels[(row * picture->width + column) * 3 + (uint32_t)channel];
        }
    return (int)((sum + all / 2) / all);
}

static void test_scale(void **state)
{
    static const uint32_t sizes[][2] = { { 1, 1 }, { 7, 5 }, { 13, 11 }, { 3, 2 }, { 29, 40 } };
    unsigned char pixels[13 * 11 * 3];
    struct picture picture = { .id = 1, .width = 13, .height = 11, .pixels = pixels };
    uint32_t x, y;
    size_t i;
    int channel;

    (void)state;
    for (i = 0; i < sizeof pixels; i++)
        pixels[i] = (unsigned char)(i * i * 31 % 251);
    for (i = 0; i < ARRAY_LEN(sizes); i++) {
        uint32_t width = sizes[i][0], height = sizes[i][1];
        unsigned char *scaled = picture_scale(&picture, width, height);

        for (y = 0; y < height; y++)
            for (x = 0; x < width; x++)
                for (channel = 0; channel < 3; channel++)
                    assert_int_equal(scaled[(y * width + x) * 3 + (uint32_t)channel],
                                     mean_of(&picture, width, height, x, y, channel));
        free(scaled);
    }
}

static void test_palette(void **state)
{
    int color, other, best, i;

    (void)state;
    for (color = 0; color < 4096; color++) {
        unsigned char rgb[3] = { (unsigned char)(color >> 8 << 4), (unsigned char)(color >> 4 << 4),
                                 (unsigned char)(color << 4) };
        int least = 1 << 30, got = 0;

        best = picture_palette_nearest(rgb);
        assert_in_range(best, 16, 255);
        for (other = 16; other < 256; other++) {
            unsigned char it[3];
            int sum = 0;

            picture_palette_color(it, other);
            for (i = 0; i < 3; i++)
                sum += (it[i] - rgb[i]) * (it[i] - rgb[i]);
            least = sum < least ? sum : least;
            got = other == best ? sum : got;
        }
        /* The nearest grey is that of the mean, which is not always the nearest one. */
        assert_true(got <= least + 100);
    }
}

static void test_ids(void **state)
{
    struct picture a = { .id = picture_next_id() }, b = { .id = picture_next_id() };
    uint32_t id = picture_kitty_id(&a).id;

    (void)state;
    assert_int_not_equal(a.id, b.id);
    assert_int_not_equal(id, picture_kitty_id(&b).id);
    assert_int_equal(id, picture_kitty_id(&a).id);
    assert_in_range(picture_kitty_id(&a).color, 16, 255);
    assert_in_range(picture_kitty_id(&a).mark, 1, 255);
}

static void test_marks(void **state)
{
    unsigned last = 0;
    int i;

    (void)state;
    for (i = 0; i < PICTURE_CELLS_MAX; i++) {
        assert_true(picture_kitty_mark(i) > last);
        last = picture_kitty_mark(i);
    }
    assert_int_equal(picture_kitty_mark(0), 0x305);
    assert_int_equal(picture_kitty_mark(1), 0x30D);
    assert_int_equal(picture_kitty_mark(2), 0x30E);
    assert_int_equal(picture_kitty_mark(296), 0x1D244);
    assert_int_equal(picture_kitty_mark(297), 0);
    assert_int_equal(picture_kitty_mark(-1), 0);
}

static void test_tmux_wrap(void **state)
{
    struct str out = STR_INIT;

    (void)state;
    picture_tmux_wrap(&out, "\033_Ga=d\033\\", 8);
    assert_string_equal(out.ptr, "\033Ptmux;\033\033_Ga=d\033\033\\\033\\");
    str_free(&out);
}

/* ---- answers ---- */

/* The bytes that belong to no answer. */
static void feed(struct picture_answers *answers, const char *bytes, struct str *rest)
{
    for (; *bytes; bytes++)
        if (!picture_answer(answers, *bytes))
            str_add_char(rest, *bytes);
}

static void test_answers(void **state)
{
    struct picture_answers kitty = { 0 }, xterm = { 0 }, plain = { 0 };
    struct str rest = STR_INIT;

    (void)state;
    feed(&kitty, "j\033P>|kitty(0.26.5)\033\\\033_Gi=31;OK\033\\k\033[6;34;15t\033[4;816;1200t",
         &rest);
    assert_false(kitty.done);
    feed(&kitty, "\033[?62;c", &rest);
    assert_string_equal(rest.ptr, "jk"); /* keys that were typed meanwhile */
    assert_true(kitty.kitty && kitty.done && !kitty.sixel);
    assert_int_equal(kitty.cell_width, 15);
    assert_int_equal(kitty.cell_height, 34);
    assert_int_equal(kitty.width, 1200);
    assert_string_equal(kitty.name, "kitty(0.26.5)");
    feed(&xterm, "\033[?63;1;2;4;6;9;15;22c", &rest);
    assert_true(xterm.sixel && xterm.done && !xterm.kitty);
    feed(&plain, "\033_Gi=31;ENOTSUPPORTED:no\033\\\033[?64;14;40c", &rest);
    assert_true(plain.done && !plain.sixel && !plain.kitty);
    str_free(&rest);
}

/* Hostile or broken: nothing is believed, nothing overflows, and what comes later is understood. */
static void test_answers_broken(void **state)
{
    struct picture_answers answers = { 0 };
    struct str rest = STR_INIT, keys = STR_INIT;
    int i;

    (void)state;
    feed(&answers, "\033[6;-1;0t\033[4;99999999999;1t\033OA\033[A\033[6;1t", &rest);
    assert_int_equal(answers.cell_width, 0);
    assert_int_equal(answers.width, 0);
    assert_int_equal(rest.len, 0);
    str_add(&rest, "\033_");
    for (i = 0; i < 5000; i++)
        str_add_char(&rest, 'x');
    feed(&answers, rest.ptr, &keys);
    assert_false(answers.done);
    feed(&answers, "\033\\\033[?4ck", &keys);
    assert_true(answers.done && answers.sixel);
    assert_string_equal(keys.ptr, "k");
    str_free(&rest);
    str_free(&keys);
}

/* ---- what follows ---- */

static void test_choose(void **state)
{
    struct picture_facts kitty = { .term = "xterm-kitty", .answers = { .kitty = true } };
    struct picture_facts xterm = { .term = "xterm-256color", .answers = { .sixel = true } };
    struct picture_facts plain = { .term = "xterm-256color" }, tmux = { .term = "tmux-256color" };
    struct picture_display display;

    (void)state;
    picture_choose(&display, &kitty);
    assert_int_equal(display.kind, PICTURES_KITTY);
    assert_string_equal(display.why, "");
    snprintf(kitty.answers.name, sizeof kitty.answers.name,
             "WezTerm 20240203"); /* no placeholders */
    kitty.answers.sixel = true;
    picture_choose(&display, &kitty);
    assert_int_equal(display.kind, PICTURES_SIXEL);
    picture_choose(&display, &xterm);
    assert_int_equal(display.kind, PICTURES_SIXEL);
    picture_choose(&display, &plain);
    assert_int_equal(display.kind, PICTURES_BLOCKS);
    assert_int_equal(display.colors, 256);
    plain.colorterm = "truecolor";
    picture_choose(&display, &plain);
    assert_int_equal(display.colors, PICTURE_TRUE_COLOR);

    tmux.tmux = true;
    snprintf(tmux.outer, sizeof tmux.outer, "xterm-kitty ");
    picture_choose(&display, &tmux);
    assert_int_equal(display.kind, PICTURES_BLOCKS);
    assert_non_null(strstr(display.why, "allow-passthrough"));
    tmux.tmux_passes = true;
    picture_choose(&display, &tmux);
    assert_int_equal(display.kind, PICTURES_KITTY);
    assert_true(display.tmux);
    snprintf(tmux.outer, sizeof tmux.outer, "xterm-256color ");
    picture_choose(&display, &tmux);
    assert_int_equal(display.kind, PICTURES_BLOCKS);
    assert_string_equal(display.why, ""); /* there is nothing that tmux keeps back */
}

static void test_choose_wish(void **state)
{
    struct picture_facts facts = { .term = "xterm-256color", .answers = { .kitty = true } };
    struct picture_display display;

    (void)state;
    assert_true(picture_wish_parse(&facts.wish, "sixel"));
    picture_choose(&display, &facts);
    assert_int_equal(display.kind, PICTURES_SIXEL);
    assert_true(picture_wish_parse(&facts.wish, "kitty"));
    facts.colors = 8; /* ncurses could not write the ids */
    picture_choose(&display, &facts);
    assert_int_equal(display.kind, PICTURES_BLOCKS);
    assert_non_null(strstr(display.why, "TERM=xterm-256color has only 8 colours"));
    facts.colors = 256;
    facts.tmux = true;
    picture_choose(&display, &facts);
    assert_int_equal(display.kind, PICTURES_BLOCKS);
    assert_non_null(strstr(display.why, "allow-passthrough"));
    assert_true(picture_wish_parse(&facts.wish, "off"));
    picture_choose(&display, &facts);
    assert_int_equal(display.kind, PICTURES_OFF);
    assert_false(picture_wish_parse(&facts.wish, "png"));
}

static void test_choose_poor(void **state)
{
    static const struct {
        struct picture_facts facts;
        enum picture_kind kind;
        const char *why;
        char asks; /* all, some, none */
    } cases[] = {
        { { .term = "dumb" }, PICTURES_OFF, "TERM=dumb", 'n' },
        { { .term = NULL }, PICTURES_OFF, "TERM", 'n' },
        { { .term = "linux" }, PICTURES_BLOCKS, "8 colours", 'n' },
        { { .term = "vt220" }, PICTURES_OFF, "colours", 'n' },
        { { .term = "screen" }, PICTURES_BLOCKS, "8 colours", 's' },
        { { .term = "screen-256color" }, PICTURES_BLOCKS, "", 's' },
        { { .term = "xterm", .no_color = true }, PICTURES_OFF, "NO_COLOR", 'a' },
        { { .term = "xterm", .no_color = true, .answers = { .sixel = true } },
          PICTURES_SIXEL,
          "",
          'a' },
        { { .term = "xterm", .ascii = true }, PICTURES_OFF, "ASCII", 'a' },
        { { .term = "xterm", .linear = true }, PICTURES_OFF, "--linear", 'a' },
        { { .term = "xterm", .colors = 8 }, PICTURES_BLOCKS, "black and white", 'a' },
    };
    struct picture_display display;
    struct str questions = STR_INIT;
    size_t i;

    (void)state;
    for (i = 0; i < ARRAY_LEN(cases); i++) {
        picture_choose(&display, &cases[i].facts);
        assert_int_equal(display.kind, cases[i].kind);
        assert_non_null(strstr(display.why, cases[i].why));
        assert_int_equal(!*display.why, !*cases[i].why);
        assert_null(strchr(display.why, '\n'));
        str_clear(&questions);
        picture_ask(&questions, &cases[i].facts);
        assert_int_equal(questions.len == 0, cases[i].asks == 'n');
        assert_int_equal(strstr(questions.ptr, "\033_G") != NULL, cases[i].asks == 'a');
        assert_int_equal(str_ends(questions.ptr, "\033[c"), cases[i].asks != 'n');
    }
    str_free(&questions);
}

/* The window's own measure, else the terminal's answers, else 8 x 16. */
static void test_choose_cell(void **state)
{
    struct picture_facts facts = { .term = "xterm", .columns = 80, .rows = 24 };
    struct picture_display display;

    (void)state;
    picture_choose(&display, &facts);
    assert_int_equal(display.cell_width * 1000 + display.cell_height, 8016);
    facts.answers.width = 800;
    facts.answers.height = 480;
    picture_choose(&display, &facts);
    assert_int_equal(display.cell_width * 1000 + display.cell_height, 10020);
    facts.answers.cell_width = 9;
    facts.answers.cell_height = 18;
    picture_choose(&display, &facts);
    assert_int_equal(display.cell_width * 1000 + display.cell_height, 9018);
    facts.width = 1200;
    facts.height = 816;
    picture_choose(&display, &facts);
    assert_int_equal(display.cell_width * 1000 + display.cell_height, 15034);
    facts.width = 80; /* nonsense of some terminals: cells as pixels */
    facts.height = 24;
    picture_choose(&display, &facts);
    assert_int_equal(display.cell_width * 1000 + display.cell_height, 9018);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fit),         cmocka_unit_test(test_scale),
        cmocka_unit_test(test_palette),     cmocka_unit_test(test_ids),
        cmocka_unit_test(test_marks),       cmocka_unit_test(test_tmux_wrap),
        cmocka_unit_test(test_answers),     cmocka_unit_test(test_answers_broken),
        cmocka_unit_test(test_choose),      cmocka_unit_test(test_choose_wish),
        cmocka_unit_test(test_choose_poor), cmocka_unit_test(test_choose_cell),
    };

    return cmocka_run_group_tests_name("pictures", tests, NULL, NULL);
}
