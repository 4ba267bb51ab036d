/*
 * Half blocks: two pixels in a cell, one above the other, in 24-bit colour, the xterm palette, or
 * black and white.
 */
#include "carrel/picture.h"

#include <string.h>

#define CUBE 16
#define GREYS 232

static const int steps[6] = { 0, 95, 135, 175, 215, 255 };

void picture_palette_color(unsigned char rgb[3], int color)
{
    int i, grey = 8 + (color - GREYS) * 10;

    for (i = 0; i < 3; i++) {
        int step = i == 0   ? (color - CUBE) / 36
                   : i == 1 ? (color - CUBE) / 6 % 6
                            : (color - CUBE) % 6;

        rgb[i] = (unsigned char)(color >= GREYS ? grey : steps[step]);
    }
}

static int distance(const unsigned char rgb[3], int color)
{
    unsigned char other[3];
    int i, sum = 0;

    picture_palette_color(other, color);
    for (i = 0; i < 3; i++)
        sum += (rgb[i] - other[i]) * (rgb[i] - other[i]);
    return sum;
}

static int nearest_step(int value)
{
    int i = 0;

    while (i < 5 && value - steps[i] > steps[i + 1] - value)
        i++;
    return i;
}

int picture_palette_nearest(const unsigned char rgb[3])
{
    int cube = CUBE + 36 * nearest_step(rgb[0]) + 6 * nearest_step(rgb[1]) + nearest_step(rgb[2]);
    int mean = (rgb[0] + rgb[1] + rgb[2]) / 3, step = (mean - 3) / 10;
    int grey = GREYS + (mean < 3 ? 0 : step > 23 ? 23 : step);

    return distance(rgb, grey) < distance(rgb, cube) ? grey : cube;
}

bool picture_is_light(const unsigned char rgb[3])
{
    return rgb[0] * 299 + rgb[1] * 587 + rgb[2] * 114 >= 128000;
}

static void add_color(struct str *out, const unsigned char rgb[3], bool below, int colors)
{
    if (colors >= PICTURE_TRUE_COLOR)
        str_printf(out, "%d;2;%d;%d;%d", below ? 48 : 38, rgb[0], rgb[1], rgb[2]);
    else if (colors >= 256)
        str_printf(out, "%d;5;%d", below ? 48 : 38, picture_palette_nearest(rgb));
    else
        str_printf(out, "%d", (below ? 40 : 30) + (picture_is_light(rgb) ? 7 : 0));
}

void picture_blocks_row(struct str *out, const unsigned char *scaled, int columns, int row,
                        int from, int count, int colors)
{
    const unsigned char *above = scaled + (size_t)(2 * row) * (size_t)columns * 3;
    const unsigned char *below = above + (size_t)columns * 3;
    int i;

    for (i = from; i < from + count && i < columns; i++) {
        /* Colours stay until others come. */
        if (i == from || memcmp(above + 3 * i, above + 3 * (i - 1), 3) != 0
            || memcmp(below + 3 * i, below + 3 * (i - 1), 3) != 0) {
            str_add(out, "\033[");
            add_color(out, above + 3 * i, false, colors);
            str_add_char(out, ';');
            add_color(out, below + 3 * i, true, colors);
            str_add_char(out, 'm');
        }
        str_add(out, PICTURE_BLOCK);
    }
    str_add(out, "\033[0m");
}
