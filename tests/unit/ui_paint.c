/*
 * The painter against a small terminal: whatever changes from one canvas to the next, the screen is
 * that of the canvas, and what did not change is not written.
 */
#include "ui_test.h"

#include "ui/paint.h"

#include "carrel/mem.h"
#include "carrel/text.h"
#include "carrel/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- a terminal that knows what the painter writes ---- */

#define COLUMNS 200
#define ROWS 60

struct seen {
    char text[CELL_BYTES];
    struct look look;
    bool link;
};

struct screen {
    struct seen cells[ROWS][COLUMNS];
    int width, height, x, y, top, bottom;
    struct look look;
    bool link, pending; /* pending: behind the last column */
    bool colored;       /* erasing paints the ground */
};

static const struct look plain = { .fg = COLOR_OWN, .bg = COLOR_OWN };

static void blank(struct screen *s, int y, int x, int to)
{
    for (; x < to; x++) {
        s->cells[y][x] = (struct seen){ .text = " ", .look = plain };
        s->cells[y][x].look.bg = s->colored ? s->look.bg : COLOR_OWN;
    }
}

static void roll(struct screen *s, bool up)
{
    size_t line = sizeof s->cells[0], count = (size_t)(s->bottom - s->top);

    if (up)
        memmove(s->cells[s->top], s->cells[s->top + 1], line * count);
    else
        memmove(s->cells[s->top + 1], s->cells[s->top], line * count);
    blank(s, up ? s->bottom : s->top, 0, s->width);
}

static void line_feed(struct screen *s)
{
    s->pending = false;
    if (s->y == s->bottom)
        roll(s, true);
    else
        s->y++;
}

static int take_color(const int *numbers, int count, int *i)
{
    int kind = *i + 1 < count ? numbers[*i + 1] : 0, color;

    if (kind == 5) {
        color = numbers[*i + 2];
        *i += 2;
    } else {
        color = COLOR_RGB | numbers[*i + 2] << 16 | numbers[*i + 3] << 8 | numbers[*i + 4];
        *i += 4;
    }
    return color;
}

static void sgr(struct screen *s, const int *numbers, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        int n = numbers[i];

        if (n == 0)
            s->look = plain;
        s->look.bold |= n == 1;
        s->look.dim |= n == 2;
        s->look.italic = n == 3 || (n != 23 && s->look.italic);
        s->look.underline = n == 4 || (n != 24 && s->look.underline);
        s->look.reverse = n == 7 || (n != 27 && s->look.reverse);
        if (n == 38)
            s->look.fg = take_color(numbers, count, &i);
        else if (n == 48)
            s->look.bg = take_color(numbers, count, &i);
        else if (n == 39 || (n >= 30 && n < 38) || (n >= 90 && n < 98))
            s->look.fg = n == 39 ? COLOR_OWN : n < 38 ? n - 30 : n - 82;
        else if (n == 49 || (n >= 40 && n < 48) || (n >= 100 && n < 108))
            s->look.bg = n == 49 ? COLOR_OWN : n < 48 ? n - 40 : n - 92;
    }
}

static const char *control(struct screen *s, const char *at)
{
    int numbers[24] = { 0 }, count = 0, y;
    bool private = *at == '?';

    at += private;
    while (*at == ';' || (*at >= '0' && *at <= '9')) {
        assert_true(count < 23);
        if (*at == ';')
            count++;
        else
            numbers[count] = numbers[count] * 10 + *at - '0';
        at++;
    }
    if (*at == 'H') {
        s->y = (numbers[0] ? numbers[0] : 1) - 1;
        s->x = (numbers[1] ? numbers[1] : 1) - 1;
        s->pending = false;
    } else if (*at == 'C') {
        s->x += numbers[0] ? numbers[0] : 1;
    } else if (*at == 'K') {
        blank(s, s->y, s->x, s->width);
    } else if (*at == 'X') {
        assert_true(s->x + numbers[0] <= s->width);
        blank(s, s->y, s->x, s->x + numbers[0]);
    } else if (*at == 'J') {
        for (y = 0; y < s->height; y++)
            blank(s, y, 0, s->width);
    } else if (*at == 'm') {
        sgr(s, numbers, count + 1);
    } else if (*at == 'r') {
        s->top = numbers[0] ? numbers[0] - 1 : 0;
        s->bottom = numbers[1] ? numbers[1] - 1 : s->height - 1;
        s->x = s->y = 0;
    } else {
        assert_true(private);
    }
    assert_true(s->x < s->width && s->y < s->height);
    return at + 1;
}

static const char *letter(struct screen *s, const char *at)
{
    int width;
    size_t took = text_grapheme(at, strlen(at), &width);

    assert_false(s->pending);
    assert_true(s->x + width <= s->width && took < CELL_BYTES);
    s->cells[s->y][s->x] = (struct seen){ .look = s->look, .link = s->link };
    memcpy(s->cells[s->y][s->x].text, at, took);
    if (width == 2)
        s->cells[s->y][s->x + 1] = (struct seen){ .look = s->look, .link = s->link };
    s->x += width;
    s->pending = s->x == s->width;
    s->x -= s->pending;
    return at + took;
}

static void take(struct screen *s, const char *at)
{
    while (*at) {
        if (str_starts(at, "\033[")) {
            at = control(s, at + 2);
        } else if (str_starts(at, "\033]8;")) {
            const char *end = strstr(at, "\033\\");

            s->link = end[-1] != ';';
            at = end + 2;
        } else if (str_starts(at, "\033M")) {
            if (s->y == s->top)
                roll(s, false);
            else
                s->y--;
            at += 2;
        } else if (*at == '\r' || *at == '\n') {
            if (*at == '\n')
                line_feed(s);
            else
                s->x = 0;
            s->pending = false;
            at++;
        } else {
            assert_true((unsigned char)*at >= 0x20);
            at = letter(s, at);
        }
    }
}

static bool looks_alike(const struct look *a, const struct look *b, bool letters)
{
    if (a->bg != b->bg || a->underline != b->underline || a->reverse != b->reverse)
        return false;
    return !letters
           || (a->fg == b->fg && a->bold == b->bold && a->dim == b->dim && a->italic == b->italic);
}

static void compare(const struct screen *s, const struct canvas *canvas, enum depth depth,
                    bool links)
{
    int x, y;

    for (y = 0; y < canvas->height; y++) {
        for (x = 0; x < canvas->width; x++) {
            const struct cell *want = &canvas->cells[y * canvas->width + x];
            const struct seen *have = &s->cells[y][x];
            struct look look =
                theme_look(canvas->theme, (enum style)want->style, want->cursor, depth);

            if (want->width == 0)
                continue;
            if (strcmp(want->text, have->text) != 0)
                fail_msg("row %d, column %d: '%s', not '%s'", y, x, have->text, want->text);
            if (!looks_alike(&look, &have->look, strcmp(want->text, " ") != 0))
                fail_msg("row %d, column %d ('%s'): looks otherwise: %d on %d, not %d on %d", y, x,
                         want->text, have->look.fg, have->look.bg, look.fg, look.bg);
            assert_int_equal(have->link, links && want->link != 0);
        }
    }
}

/* ---- what is painted ---- */

struct rig {
    struct screen *screen;
    struct canvas canvas;
    struct painter painter;
    struct theme theme;
    struct str bytes;
};

static void rig_open(struct rig *rig, const char *theme, struct paint_terminal terminal, int width,
                     int height)
{
    memset(rig, 0, sizeof *rig);
    str_init(&rig->bytes);
    assert_int_equal(theme_load(&rig->theme, theme, NULL), ERR_OK);
    canvas_init(&rig->canvas, width, height, false);
    rig->canvas.theme = &rig->theme;
    rig->painter.terminal = terminal;
    rig->screen = mem_zalloc(sizeof *rig->screen);
    rig->screen->width = width;
    rig->screen->height = height;
    rig->screen->bottom = height - 1;
    rig->screen->colored = terminal.erase_colored;
    rig->screen->look = plain;
}

static size_t rig_paint(struct rig *rig, bool whole)
{
    str_clear(&rig->bytes);
    painter_paint(&rig->painter, &rig->canvas, whole, &rig->bytes);
    take(rig->screen, rig->bytes.ptr);
    compare(rig->screen, &rig->canvas, rig->painter.terminal.palette, rig->painter.terminal.links);
    return rig->bytes.len;
}

static void rig_close(struct rig *rig)
{
    painter_forget(&rig->painter);
    canvas_free(&rig->canvas);
    str_free(&rig->bytes);
    free(rig->screen);
}

static const struct paint_terminal xterm = { .palette = DEPTH_256,
                                             .erases = true,
                                             .erases_inside = true,
                                             .erase_colored = true,
                                             .scrolls = true,
                                             .looks = true,
                                             .links = true };

/* Rows that no other one is like, beside a column that stands still. */
static void draw_list(struct canvas *canvas, int top, int cursor)
{
    int y;

    canvas_clear(canvas);
    canvas_fill(canvas, 0, 0, canvas->width, STYLE_BAR, " ");
    for (y = 1; y < canvas->height - 1; y++) {
        char text[200];
        unsigned row = (unsigned)(top + y) * 2654435761u;

        snprintf(text, sizeof text, "%08x a title of its own, %u words long, by %x and %x", row,
                 row % 97, row * 31, row * 17);
        canvas_text(canvas, 0, y, 10, STYLE_TITLE, y < 6 ? "a feed" : "");
        canvas_text(canvas, 12, y, canvas->width - 24, STYLE_NORMAL, text);
        canvas_text(canvas, canvas->width - 8, y, 8, STYLE_DIM, "2024");
    }
    canvas_cursor_row(canvas, 12, cursor, canvas->width - 12);
}

static void test_nothing_changed(void **state)
{
    struct rig rig;

    (void)state;
    rig_open(&rig, "dark", xterm, 80, 24);
    draw_list(&rig.canvas, 0, 3);
    assert_true(rig_paint(&rig, true) > 500);
    draw_list(&rig.canvas, 0, 3);
    assert_int_equal(rig_paint(&rig, false), 0);
    rig_close(&rig);
}

/* The cursor moves: two rows are written, since they look otherwise. A line scrolls: a row and the
 * edges are. */
static void test_moves(void **state)
{
    struct rig rig;
    size_t whole;

    (void)state;
    rig_open(&rig, "dark", xterm, 200, 60);
    draw_list(&rig.canvas, 0, 57);
    whole = rig_paint(&rig, true);
    draw_list(&rig.canvas, 0, 58);
    assert_true(rig_paint(&rig, false) < 500);
    draw_list(&rig.canvas, 1, 58);
    assert_true(rig_paint(&rig, false) < whole / 8);
    draw_list(&rig.canvas, 0, 58);
    assert_true(rig_paint(&rig, false) < whole / 8);
    rig_close(&rig);
}

static unsigned next(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16 & 0x7FFF;
}

static void scribble(struct canvas *canvas, unsigned *seed)
{
    static const char *const words[] = { "plain",    " ",
                                         "日本語の", "e\xCC\x81t\xC3\xA9",
                                         "—",        "a longer text that may be cut",
                                         "",         "x" };
    int x = (int)next(seed) % canvas->width, y = (int)next(seed) % canvas->height;
    enum style style = (enum style)(next(seed) % STYLE_COUNT);
    int kind = (int)next(seed) % 8;

    if (kind == 0)
        canvas_fill(canvas, x, y, (int)next(seed) % 40, style, " ");
    else if (kind == 1)
        canvas_cursor_row(canvas, x, y, (int)next(seed) % 60);
    else if (kind == 2)
        canvas_link(canvas, x, y, 5, "https://example.org/a");
    else
        canvas_text(canvas, x, y, 30, style, words[next(seed) % 8]);
}

static void random_paintings(const char *theme, struct paint_terminal terminal, unsigned seed)
{
    struct rig rig;
    int i, k;

    rig_open(&rig, theme, terminal, 60, 20);
    for (i = 0; i < 300; i++) {
        if (next(&seed) % 3 == 0)
            draw_list(&rig.canvas, (int)next(&seed) % 12, (int)next(&seed) % 20);
        for (k = (int)next(&seed) % 10; k > 0; k--)
            scribble(&rig.canvas, &seed);
        rig_paint(&rig, i == 0 || next(&seed) % 40 == 0);
    }
    rig_close(&rig);
}

static void test_anything(void **state)
{
    struct paint_terminal poor = xterm, bare = xterm, none = xterm, few = xterm;

    (void)state;
    poor.erase_colored = false;
    bare.erases = bare.erases_inside = bare.scrolls = bare.links = false;
    bare.palette = DEPTH_TRUE;
    none.palette = DEPTH_NONE;
    few.palette = DEPTH_8;
    random_paintings("dark", xterm, 1);
    random_paintings("light", xterm, 2);
    random_paintings("light", poor, 3);
    random_paintings("high-contrast", bare, 4);
    random_paintings("terminal", none, 5);
    random_paintings("dark", few, 6);
    random_paintings("dark", poor, 7);
}

int ui_test_paint(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_nothing_changed),
                                        cmocka_unit_test(test_moves),
                                        cmocka_unit_test(test_anything) };

    return cmocka_run_group_tests_name("paint", tests, NULL, NULL);
}
