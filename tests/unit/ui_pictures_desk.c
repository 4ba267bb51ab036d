/*
 * Pictures on a canvas, and what a terminal gets beside its cells: sent once, drawn anew only where
 * something changed, never over what stands before them.
 */
#include "ui_test.h"

#include "ui/paint.h"
#include "ui/term_pictures.h"

#include "carrel/canvas.h"
#include "carrel/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WIDTH 64
#define HEIGHT 96 /* 8 columns and 6 rows of 8 x 16 */

struct on_canvas {
    struct canvas canvas;
    struct term_pictures pictures;
    struct picture picture;
    struct picture_place place;
    struct str out;
    unsigned char pixels[WIDTH * HEIGHT * 3];
};

static int setup(void **state)
{
    struct on_canvas *t = mem_zalloc(sizeof *t);
    size_t i;

    canvas_init(&t->canvas, 20, 8, false);
    for (i = 0; i < sizeof t->pixels; i++)
        t->pixels[i] = (unsigned char)(i / 3 / WIDTH * 2 + i % 3);
    t->picture = (struct picture){
        .id = picture_next_id(), .width = WIDTH, .height = HEIGHT, .pixels = t->pixels
    };
    t->place = (struct picture_place){
        .x = 3, .y = 1, .columns = 8, .rows = 6, .all_columns = 8, .all_rows = 6
    };
    str_init(&t->out);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct on_canvas *t = *state;

    canvas_free(&t->canvas);
    term_pictures_free(&t->pictures);
    str_free(&t->out);
    free(t);
    return 0;
}

static const struct cell *at(const struct on_canvas *t, int x, int y)
{
    return &t->canvas.cells[y * t->canvas.width + x];
}

/* A painting with the picture in it and a word somewhere; what the terminal gets beside the cells.
 */
static const char *paint(struct on_canvas *t, int x, int y, const char *word)
{
    canvas_clear(&t->canvas);
    canvas_picture(&t->canvas, &t->picture, &t->place);
    canvas_text(&t->canvas, x, y, 20, STYLE_NORMAL, word);
    str_clear(&t->out);
    term_pictures_before(&t->pictures, &t->canvas, &t->out);
    term_pictures_after(&t->pictures, &t->canvas, false, &t->out);
    return t->out.ptr;
}

static int count(const char *text, const char *what)
{
    int found = 0;

    for (; (text = strstr(text, what)) != NULL; text += strlen(what))
        found++;
    return found;
}

/* ---- cells ---- */

static void test_cells(void **state)
{
    struct on_canvas *t = *state;
    struct str out = STR_INIT;

    paint(t, 0, 0, "over");
    assert_string_equal(at(t, 3, 1)->text, PICTURE_BLOCK);
    assert_int_equal(at(t, 3, 1)->look, CELL_COLORS);
    assert_int_equal(at(t, 3, 1)->fg[0], 7); /* the mean of rows 0 to 7: 0, 2 .. 14 */
    assert_int_equal(at(t, 3, 1)->bg[1], 24);
    assert_int_equal(at(t, 2, 1)->look, CELL_STYLED);
    assert_int_equal(at(t, 11, 1)->look, CELL_STYLED);
    t->place.from_row = 2; /* another window on the same sheet */
    t->place.rows = 2;
    paint(t, 4, 2, "over");
    assert_int_equal(at(t, 3, 1)->fg[0], 7 + 64);
    assert_int_equal(at(t, 3, 3)->look, CELL_STYLED);
    assert_string_equal(at(t, 4, 2)->text, "o"); /* what comes later stands before it */
    assert_int_equal(at(t, 4, 2)->look, CELL_STYLED);
    canvas_to_ansi(&out, &t->canvas, true);
    assert_non_null(strstr(out.ptr, "\033[0;38;2;71;72;73;48;2;87;88;89m" PICTURE_BLOCK));
    str_clear(&out);
    canvas_to_ansi(&out, &t->canvas, false);
    assert_null(strstr(out.ptr, "38;2"));
    str_clear(&out);
    canvas_to_svg(&out, &t->canvas);
    assert_non_null(strstr(out.ptr, "fill=\"#474849\""));
    str_free(&out);
}

/* Larger than the canvas, outside of it, empty: what there is room for, and no more. */
static void test_cells_clipped(void **state)
{
    struct on_canvas *t = *state;

    t->place = (struct picture_place){
        .x = 15, .y = 5, .columns = 99, .rows = 99, .all_columns = 80, .all_rows = 60
    };
    paint(t, 0, 0, "x");
    assert_int_equal(at(t, 19, 7)->look, CELL_COLORS);
    assert_int_equal(t->canvas.pictures[0].place.columns, 5);
    assert_int_equal(t->canvas.pictures[0].place.rows, 3);
    t->place.x = 20;
    paint(t, 0, 0, "x");
    assert_int_equal(t->canvas.picture_count, 0);
    t->place.x = -1;
    paint(t, 0, 0, "x");
    assert_int_equal(t->canvas.picture_count, 0);
    t->place.x = 0;
    t->place.from_row = 60;
    paint(t, 0, 0, "x");
    assert_int_equal(t->canvas.picture_count, 0);
}

static void test_off(void **state)
{
    struct on_canvas *t = *state;
    struct str out = STR_INIT;

    t->canvas.display.kind = PICTURES_OFF;
    strcpy(t->canvas.display.why, "no pictures here");
    assert_string_equal(paint(t, 0, 0, ""), "");
    canvas_to_text(&out, &t->canvas);
    assert_string_equal(out.ptr, "\n   no\n   pictures\n   here\n\n\n\n\n");
    str_free(&out);
}

/* ---- kitty ---- */

static void test_sent_once(void **state)
{
    struct on_canvas *t = *state;
    struct picture first = t->picture;
    int i;

    t->canvas.display.kind = PICTURES_KITTY;
    paint(t, 0, 0, "a");
    assert_int_equal(count(t->out.ptr, "\033_Ga=t"), 1);
    assert_int_equal(at(t, 3, 1)->look, CELL_INDEX);
    assert_int_equal(at(t, 3, 1)->fg[0], picture_kitty_id(&t->picture).color);
    assert_memory_equal(at(t, 3, 1)->text, "\364\216\273\256", 4);
    assert_string_equal(paint(t, 0, 0, "b"), ""); /* cells are all that is written */
    t->place.from_row = 1;
    assert_string_equal(paint(t, 0, 0, "b"), "");
    t->place.all_columns = 16; /* larger: only its place is told */
    t->place.all_rows = 12;
    paint(t, 0, 0, "b");
    assert_int_equal(count(t->out.ptr, "\033_G"), 1);
    assert_int_equal(count(t->out.ptr, "a=p,U=1"), 1);
    for (i = 0; i < TERM_SENT - 1; i++) {
        t->picture.id = picture_next_id();
        paint(t, 0, 0, "b");
        assert_int_equal(count(t->out.ptr, "\033_Ga=t"), 1);
        assert_int_equal(count(t->out.ptr, "a=d"), 0);
    }
    t->picture.id = picture_next_id(); /* one too many: the oldest goes */
    paint(t, 0, 0, "b");
    assert_int_equal(count(t->out.ptr, "a=d,d=I"), 1);
    t->picture = first;
    paint(t, 0, 0, "b");
    assert_int_equal(count(t->out.ptr, "\033_Ga=t"), 1);
    str_clear(&t->out);
    term_pictures_leave(&t->pictures, false, &t->out);
    assert_int_equal(count(t->out.ptr, "a=d,d=I"), TERM_SENT);
    paint(t, 0, 0, "b");
    assert_int_equal(count(t->out.ptr, "\033_Ga=t"), 1);
}

/* ---- exact colours ---- */

/* Cells of pictures are written by the painter like all others, in the colours that there are. */
static void test_exact_colors(void **state)
{
    struct on_canvas *t = *state;
    struct painter painter = { .terminal = { .palette = DEPTH_TRUE, .looks = true } };
    struct str bytes = STR_INIT;

    assert_string_equal(paint(t, 0, 0, "a"), ""); /* nothing is written beside them */
    painter_paint(&painter, &t->canvas, true, &bytes);
    assert_non_null(strstr(bytes.ptr, "38;2;7;8;9;48;2;23;24;25m" PICTURE_BLOCK));
    str_clear(&bytes);
    painter_paint(&painter, &t->canvas, false, &bytes);
    assert_string_equal(bytes.ptr, "");
    painter.terminal.palette = DEPTH_256;
    painter_paint(&painter, &t->canvas, true, &bytes);
    assert_non_null(strstr(bytes.ptr, "38;5;"));
    assert_null(strstr(bytes.ptr, ";2;"));
    painter_forget(&painter);
    str_free(&bytes);
}

/* ---- sixel ---- */

static void test_sixel_pieces(void **state)
{
    struct on_canvas *t = *state;

    t->canvas.display.kind = PICTURES_SIXEL;
    paint(t, 0, 0, "a");
    assert_int_equal(count(t->out.ptr, "\033P0;1;0q"), 1);
    assert_non_null(strstr(t->out.ptr, "\033[2;4H\033P0;1;0q\"1;1;64;96#"));
    assert_int_equal(at(t, 3, 1)->look, CELL_PIXELS);
    assert_string_equal(paint(t, 0, 0, "a"), "");
    assert_string_equal(paint(t, 0, 0, "b"), "");
    paint(t, 12, 2, "beside"); /* its row may have been written: all of the piece is drawn anew */
    assert_int_equal(count(t->out.ptr, "\033P"), 1);
    paint(t, 5, 3, "over"); /* row 3 is not its own any more, and row 2 changed again */
    assert_int_equal(count(t->out.ptr, "\033P"), 1);
    assert_non_null(strstr(t->out.ptr, "\033[2;4H\033P0;1;0q\"1;1;64;32#"));
    assert_string_equal(paint(t, 5, 3, "over"), "");
    assert_string_equal(paint(t, 5, 3, "past"), ""); /* only the covered row changed */
    t->picture.id = picture_next_id();               /* another page in the same place */
    paint(t, 5, 3, "past");
    assert_int_equal(count(t->out.ptr, "\033P"), 2);
    assert_non_null(strstr(t->out.ptr, "\033[2;4H\033P0;1;0q\"1;1;64;32#"));
    assert_non_null(strstr(t->out.ptr, "\033[5;4H\033P0;1;0q\"1;1;64;48#"));
    canvas_clear(&t->canvas); /* no picture any more */
    str_clear(&t->out);
    term_pictures_after(&t->pictures, &t->canvas, false, &t->out);
    assert_string_equal(t->out.ptr, "");
}

int ui_test_pictures_desk(void)
{
#define CANVAS_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CANVAS_TEST(test_cells),        CANVAS_TEST(test_cells_clipped),
        CANVAS_TEST(test_off),          CANVAS_TEST(test_sent_once),
        CANVAS_TEST(test_exact_colors), CANVAS_TEST(test_sixel_pieces),
    };

    return cmocka_run_group_tests_name("pictures at the desk", tests, NULL, NULL);
}
