/*
 * What a terminal would show: pages drawn by MuPDF in the confined child go through each encoder,
 * and a small decoder of each stream gives pixels back, which are compared with those of the page.
 */
#include "ui_test.h"

#include "carrel/base64.h"
#include "carrel/file.h"
#include "carrel/mem.h"
#include "carrel/picture.h"
#include "carrel/process.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

/* ---- a page ---- */

/* Words, rules, and a field of 25 x 25 colours: more than any palette has. */
static void page_content(struct str *out)
{
    int i, k;

    str_add(out, "BT /F1 24 Tf 50 780 Td (Attention in small gardens) Tj ET\n");
    for (i = 0; i < 30; i++)
        str_printf(out,
                   "BT /F1 10 Tf 50 %d Td (Hedgehogs of line %d, in rows that are read.) Tj ET\n",
                   750 - 12 * i, i);
    for (i = 0; i < 25; i++)
        for (k = 0; k < 25; k++)
            str_printf(out, "%.3f %.3f %.3f rg %d %d 13 13 re f\n", i / 24.0, k / 24.0,
                       (i + k) % 7 / 6.0, 100 + 13 * i, 40 + 13 * k);
}

static char *write_page(void)
{
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R"
        ">>>>>>",
        NULL, "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"
    };
    struct str pdf = STR_INIT, content = STR_INIT;
    char *path = mem_printf("/tmp/carrel-picture-%d.pdf", (int)getpid());
    size_t starts[ARRAY_LEN(objects)], i, table;

    page_content(&content);
    str_add(&pdf, "%PDF-1.4\n");
    for (i = 0; i < ARRAY_LEN(objects); i++) {
        starts[i] = pdf.len;
        str_printf(&pdf, "%zu 0 obj\n", i + 1);
        if (objects[i])
            str_add(&pdf, objects[i]);
        else
            str_printf(&pdf, "<</Length %zu>>stream\n%s\nendstream", content.len, content.ptr);
        str_add(&pdf, "\nendobj\n");
    }
    table = pdf.len;
    str_printf(&pdf, "xref\n0 %zu\n0000000000 65535 f \n", ARRAY_LEN(objects) + 1);
    for (i = 0; i < ARRAY_LEN(objects); i++)
        str_printf(&pdf, "%010zu 00000 n \n", starts[i]);
    str_printf(&pdf, "trailer<</Size %zu/Root 1 0 R>>\nstartxref\n%zu\n%%%%EOF\n",
               ARRAY_LEN(objects) + 1, table);
    assert_int_equal(file_write(path, pdf.ptr, pdf.len, NULL), ERR_OK);
    str_free(&pdf);
    str_free(&content);
    return path;
}

static struct page_image image;
static struct picture page;

static int draw_page(void **state)
{
    struct processor *processor = processor_new(&(struct processor_options){ 0 });
    char *path = write_page();
    struct error err = { 0 };

    (void)state;
    if (process_render(processor, path, NULL, 0, 640, &image, &err) != ERR_OK || !image.pixels)
        fail_msg("%s%s", err.message, image.message);
    page = (struct picture){ .id = picture_next_id(),
                             .width = image.width,
                             .height = image.height,
                             .pixels = image.pixels };
    processor_free(processor);
    unlink(path);
    free(path);
    return 0;
}

static int drop_page(void **state)
{
    (void)state;
    page_image_free(&image);
    return 0;
}

/* ---- kitty ---- */

struct kitty {
    uint32_t id, width, height, placed;
    int columns, rows, format;
    bool packed, placeholders, more, deleted;
    struct str payload; /* Base64 */
    int commands;
    size_t longest;
};

static void kitty_key(struct kitty *kitty, char key, const char *value)
{
    uint32_t number = (uint32_t)strtoul(value, NULL, 10);

    switch (key) {
    case 'i':
        kitty->id = number;
        break;
    case 's':
        kitty->width = number;
        break;
    case 'v':
        kitty->height = number;
        break;
    case 'f':
        kitty->format = (int)number;
        break;
    case 'c':
        kitty->columns = (int)number;
        break;
    case 'r':
        kitty->rows = (int)number;
        break;
    case 'o':
        kitty->packed = *value == 'z';
        break;
    case 'm':
        kitty->more = number;
        break;
    case 'U':
        kitty->placeholders = number;
        break;
    case 'q':
        assert_int_equal(number, 2); /* or answers come into the keyboard */
        break;
    case 'a':
        kitty->placed = *value == 'p' ? kitty->id + 1 : kitty->placed;
        kitty->deleted |= *value == 'd';
        break;
    case 'p':
        assert_int_equal(number, 1);
        break;
    case 'd':
        assert_int_equal(*value, 'I');
        break;
    default:
        assert_int_equal(key, 't');
        assert_int_equal(*value, 'd');
    }
}

/* One command behind "ESC _ G"; returns what stands behind its end. */
static const char *kitty_command(struct kitty *kitty, const char *at)
{
    const char *end = strstr(at, "\033\\"), *payload = memchr(at, ';', (size_t)(end - at));

    assert_non_null(end);
    if (kitty->more)
        assert_true(at[0] == 'q'); /* nothing else between the parts of a picture */
    while (at < (payload ? payload : end)) {
        assert_int_equal(at[1], '=');
        kitty_key(kitty, at[0], at + 2);
        at += strcspn(at, ",;\033");
        at += *at == ',';
    }
    if (payload) {
        size_t len = (size_t)(end - payload) - 1;

        str_add_mem(&kitty->payload, payload + 1, len);
        kitty->longest = len > kitty->longest ? len : kitty->longest;
    }
    kitty->commands++;
    return end + 2;
}

/* All of them; what is left is text. */
static const char *kitty_read(struct kitty *kitty, const char *at)
{
    *kitty = (struct kitty){ .payload = STR_INIT };
    while (strncmp(at, "\033_G", 3) == 0)
        at = kitty_command(kitty, at + 3);
    assert_false(kitty->more);
    return at;
}

static void kitty_check(struct kitty *kitty, int columns, int rows)
{
    size_t len = (size_t)kitty->width * kitty->height * 3;
    unsigned char *pixels = mem_alloc(len);
    struct str packed = STR_INIT;
    uLongf got = len;

    assert_int_equal(kitty->width, image.width);
    assert_int_equal(kitty->height, image.height);
    assert_int_equal(kitty->format, 24);
    assert_int_equal(kitty->id, picture_kitty_id(&page).id);
    assert_int_equal(kitty->columns, columns);
    assert_int_equal(kitty->rows, rows);
    assert_true(kitty->packed && kitty->placeholders && kitty->placed && !kitty->deleted);
    assert_in_range(kitty->longest, 1, 4096);
    assert_true(base64_decode(&packed, kitty->payload.ptr, kitty->payload.len));
    assert_int_equal(uncompress(pixels, &got, (const Bytef *)packed.ptr, packed.len), Z_OK);
    assert_int_equal(got, len);
    assert_memory_equal(pixels, image.pixels, len);
    str_free(&packed);
    str_free(&kitty->payload);
    free(pixels);
}

static void test_kitty(void **state)
{
    struct str out = STR_INIT, before = STR_INIT, packed = STR_INIT;
    struct kitty kitty;

    (void)state;
    picture_kitty_send(&out, &page, 80, 57, false);
    assert_string_equal(kitty_read(&kitty, out.ptr), "");
    assert_true(kitty.commands > 2);
    kitty_check(&kitty, 80, 57);
    str_add(&before, out.ptr);
    picture_kitty_pack(&packed, &page); /* beforehand: the same bytes */
    page.packed = &packed;
    str_clear(&out);
    picture_kitty_send(&out, &page, 80, 57, false);
    page.packed = NULL;
    assert_string_equal(out.ptr, before.ptr);
    str_free(&packed);
    str_free(&before);
    str_clear(&out);
    picture_kitty_delete(&out, &page, false);
    kitty_read(&kitty, out.ptr);
    assert_true(kitty.deleted);
    assert_int_equal(kitty.id, picture_kitty_id(&page).id);
    str_free(&out);
}

/* What tmux hands on is what would be sent without it. */
static void test_kitty_tmux(void **state)
{
    struct str out = STR_INIT, inner = STR_INIT;
    struct kitty kitty;
    const char *at;

    (void)state;
    picture_kitty_send(&out, &page, 40, 28, true);
    for (at = out.ptr; *at; at += 2) {
        assert_memory_equal(at, "\033Ptmux;", 7);
        for (at += 7; strncmp(at, "\033\\", 2) != 0; at++) {
            at += *at == '\033';
            assert_true(*at != '\0');
            str_add_char(&inner, *at);
        }
    }
    assert_string_equal(kitty_read(&kitty, inner.ptr), "");
    kitty_check(&kitty, 40, 28);
    str_free(&out);
    str_free(&inner);
}

static unsigned take_rune(const char **at)
{
    const unsigned char *s = (const unsigned char *)*at;
    int more = s[0] >= 0xF0 ? 3 : s[0] >= 0xE0 ? 2 : s[0] >= 0xC0 ? 1 : 0, i;
    unsigned rune = more == 0 ? s[0] : s[0] & (0x3Fu >> more);

    for (i = 1; i <= more; i++)
        rune = rune << 6 | (s[i] & 0x3Fu);
    *at += more + 1;
    return rune;
}

static int mark_number(unsigned rune)
{
    int i = 0;

    while (picture_kitty_mark(i) && picture_kitty_mark(i) != rune)
        i++;
    return i;
}

static void test_kitty_cells(void **state)
{
    struct picture_kitty_id id = picture_kitty_id(&page);
    struct str out = STR_INIT;
    int row, column;
    const char *at;

    (void)state;
    for (row = 0; row < PICTURE_CELLS_MAX; row += 37)
        for (column = 0; column < PICTURE_CELLS_MAX; column += 23) {
            str_clear(&out);
            picture_kitty_cell(&out, &page, row, column);
            at = out.ptr;
            assert_int_equal(take_rune(&at), 0x10EEEE);
            assert_int_equal(mark_number(take_rune(&at)), row);
            assert_int_equal(mark_number(take_rune(&at)), column);
            assert_int_equal(((uint32_t)mark_number(take_rune(&at)) << 24) + (uint32_t)id.color,
                             id.id);
            assert_int_equal(*at, '\0');
        }
    str_free(&out);
}

/* ---- sixel ---- */

struct sixel {
    uint32_t width, height, x, y; /* y: of the band */
    unsigned char rgb[256][3];
    bool defined[256], *set;
    unsigned char *pixels;
    int color;
};

static uint32_t take_number(const char **at)
{
    char *end;
    unsigned long value = strtoul(*at, &end, 10);

    *at = end;
    return (uint32_t)value;
}

static void sixel_color(struct sixel *sixel, const char **at)
{
    uint32_t number = take_number(at), part;
    int i;

    assert_in_range(number, 0, 255);
    sixel->color = (int)number;
    if (**at != ';')
        return;
    ++*at;
    assert_int_equal(take_number(at), 2); /* RGB */
    for (i = 0; i < 3; i++) {
        assert_int_equal(*(*at)++, ';');
        part = take_number(at);
        assert_in_range(part, 0, 100);
        sixel->rgb[number][i] = (unsigned char)((part * 255 + 50) / 100);
    }
    sixel->defined[number] = true;
}

static void sixel_bits(struct sixel *sixel, char c, uint32_t count)
{
    uint32_t bit;

    assert_in_range(c, '?', '~');
    assert_true(sixel->x + count <= sixel->width);
    assert_true(sixel->defined[sixel->color]);
    for (; count > 0; count--, sixel->x++)
        for (bit = 0; bit < 6; bit++) {
            size_t at = (size_t)(sixel->y + bit) * sixel->width + sixel->x;

            if (!((c - '?') >> bit & 1))
                continue;
            assert_true(sixel->y + bit < sixel->height);
            assert_false(sixel->set[at]); /* each pixel once */
            sixel->set[at] = true;
            memcpy(sixel->pixels + 3 * at, sixel->rgb[sixel->color], 3);
        }
}

static void sixel_read(struct sixel *sixel, const char *at)
{
    *sixel = (struct sixel){ .x = 0 };
    assert_memory_equal(at, "\033P0;1;0q\"1;1;", 13);
    at += 13;
    sixel->width = take_number(&at);
    at++;
    sixel->height = take_number(&at);
    sixel->pixels = mem_zalloc((size_t)sixel->width * sixel->height * 3);
    sixel->set = mem_zalloc((size_t)sixel->width * sixel->height);
    while (*at != '\033') {
        char c = *at++;

        if (c == '#') {
            sixel_color(sixel, &at);
        } else if (c == '!') {
            uint32_t count = take_number(&at);

            sixel_bits(sixel, *at++, count);
        } else if (c == '$' || c == '-') {
            sixel->x = 0;
            sixel->y += c == '-' ? 6 : 0;
        } else {
            sixel_bits(sixel, c, 1);
        }
    }
    assert_string_equal(at, "\033\\");
}

static double psnr(const unsigned char *a, const unsigned char *b, size_t len)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < len; i++)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum == 0 ? 99 : 10 * log10(255.0 * 255.0 * (double)len / sum);
}

static void check_sixel(const unsigned char *pixels, uint32_t width, uint32_t height, double least)
{
    struct str out = STR_INIT;
    struct sixel sixel;
    double near;
    size_t i;

    picture_sixel(&out, pixels, width, height);
    sixel_read(&sixel, out.ptr);
    assert_int_equal(sixel.width, width);
    assert_int_equal(sixel.height, height);
    for (i = 0; i < (size_t)width * height; i++)
        assert_true(sixel.set[i]);
    near = psnr(sixel.pixels, pixels, (size_t)width * height * 3);
    print_message("sixel of %ux%u: %zu bytes, PSNR %.1f dB\n", width, height, out.len, near);
    assert_true(near >= least);
    free(sixel.set);
    free(sixel.pixels);
    str_free(&out);
}

static void test_sixel(void **state)
{
    unsigned char one[3] = { 10, 200, 30 };
    uint32_t text = image.height / 2; /* above the colours: black, white and the greys between */

    (void)state;
    check_sixel(image.pixels, image.width, image.height, 32);
    check_sixel(image.pixels, image.width, text, 45);
    check_sixel(image.pixels + (size_t)text * image.width * 3, image.width, 7, 40);
    check_sixel(one, 1, 1, 45);
}

/* Noise has no good palette: it must still be a picture. */
static void test_sixel_noise(void **state)
{
    unsigned char noise[64 * 50 * 3];
    uint32_t seed = 1;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)((seed = seed * 1103515245 + 12345) >> 16);
    check_sixel(noise, 64, 50, 20);
}

/* ---- half blocks ---- */

struct block {
    unsigned char above[3], below[3];
};

static int sgr_color(const char **at, unsigned char rgb[3], int colors)
{
    int place = (int)take_number(at), i;

    assert_int_equal(*(*at)++, ';');
    if (colors < PICTURE_TRUE_COLOR) {
        assert_int_equal(take_number(at), 5);
        ++*at;
        picture_palette_color(rgb, (int)take_number(at));
        return place;
    }
    assert_int_equal(take_number(at), 2);
    for (i = 0; i < 3; i++) {
        assert_int_equal(*(*at)++, ';');
        rgb[i] = (unsigned char)take_number(at);
    }
    return place;
}

static void blocks_read(struct block *blocks, int count, const char *at, int colors)
{
    struct block now = { 0 };
    int i;

    for (i = 0; i < count; i++) {
        if (*at == '\033') {
            at += 2;
            assert_int_equal(sgr_color(&at, now.above, colors), 38);
            assert_int_equal(*at++, ';');
            assert_int_equal(sgr_color(&at, now.below, colors), 48);
            assert_int_equal(*at++, 'm');
        }
        assert_int_equal(take_rune(&at), 0x2580);
        blocks[i] = now;
    }
    assert_string_equal(at, "\033[0m");
}

/* The mean of the page over one half of a cell, in fractions of pixels. */
static double page_mean(int columns, int halves, int x, int y, int channel)
{
    double left = (double)x * image.width / columns,
           right = (double)(x + 1) * image.width / columns;
    double top = (double)y * image.height / halves,
           bottom = (double)(y + 1) * image.height / halves;
    double sum = 0;
    uint32_t i, k;

    for (k = (uint32_t)top; k < image.height && k < bottom; k++)
        for (i = (uint32_t)left; i < image.width && i < right; i++)
            sum += (fmin(right, i + 1) - fmax(left, i)) * (fmin(bottom, k + 1) - fmax(top, k))
                   * image.pixels[(k * image.width + i) * 3 + (uint32_t)channel];
    return sum / ((right - left) * (bottom - top));
}

static void test_blocks(void **state)
{
    enum { COLUMNS = 77, ROWS = 55 };
    unsigned char *scaled = picture_scale(&page, COLUMNS, 2 * ROWS);
    struct block blocks[COLUMNS];
    struct str out = STR_INIT;
    int row, column, channel;

    (void)state;
    for (row = 0; row < ROWS; row++) {
        str_clear(&out);
        picture_blocks_row(&out, scaled, COLUMNS, row, 0, COLUMNS, PICTURE_TRUE_COLOR);
        blocks_read(blocks, COLUMNS, out.ptr, PICTURE_TRUE_COLOR);
        for (column = 0; column < COLUMNS; column++)
            for (channel = 0; channel < 3; channel++) {
                double above = page_mean(COLUMNS, 2 * ROWS, column, 2 * row, channel);
                double below = page_mean(COLUMNS, 2 * ROWS, column, 2 * row + 1, channel);

                assert_true(fabs(blocks[column].above[channel] - above) < 0.501);
                assert_true(fabs(blocks[column].below[channel] - below) < 0.501);
            }
    }
    /* A part of a row, in the 256 colours: the nearest of them. */
    str_clear(&out);
    picture_blocks_row(&out, scaled, COLUMNS, 40, 20, 30, 256);
    blocks_read(blocks, 30, out.ptr, 256);
    for (column = 0; column < 30; column++) {
        unsigned char rgb[3];

        picture_palette_color(
            rgb, picture_palette_nearest(scaled + (size_t)(80 * COLUMNS + 20 + column) * 3));
        assert_memory_equal(blocks[column].above, rgb, 3);
    }
    str_clear(&out);
    picture_blocks_row(&out, scaled, COLUMNS, 0, 0, 2, 8);
    assert_string_equal(out.ptr, "\033[37;47m" PICTURE_BLOCK PICTURE_BLOCK "\033[0m");
    str_free(&out);
    free(scaled);
}

int ui_test_pictures(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kitty),       cmocka_unit_test(test_kitty_tmux),
        cmocka_unit_test(test_kitty_cells), cmocka_unit_test(test_sixel),
        cmocka_unit_test(test_sixel_noise), cmocka_unit_test(test_blocks),
    };

    return cmocka_run_group_tests_name("pictures of pages", tests, draw_page, drop_page);
}
