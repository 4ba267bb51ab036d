/*
 * What all ways of showing a picture share: ids, sizes, scaling.
 */
#include "carrel/picture.h"

#include "carrel/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

uint32_t picture_next_id(void)
{
    static atomic_uint last;

    return atomic_fetch_add(&last, 1) + 1;
}

const char *picture_kind_name(enum picture_kind kind)
{
    static const char *const names[] = { "off", "blocks", "sixel", "kitty" };

    return names[kind];
}

/* a * b / c, rounded, between 1 and most. */
static int part(uint64_t a, uint64_t b, uint64_t c, int most)
{
    uint64_t value = (a * b + c / 2) / c;

    return value < 1 ? 1 : value > (uint64_t)most ? most : (int)value;
}

void picture_fit(int *columns, int *rows, const struct picture_display *display, uint32_t width,
                 uint32_t height, int columns_most, int rows_most)
{
    /* As many cells across stand for as many pixels as cells of twice the height do down. */
    uint64_t across = (uint64_t)width * (uint64_t)display->cell_height;
    uint64_t down = (uint64_t)height * (uint64_t)display->cell_width;

    if (columns_most < 1 || columns_most > PICTURE_CELLS_MAX)
        columns_most = PICTURE_CELLS_MAX;
    if (rows_most < 1 || rows_most > PICTURE_CELLS_MAX)
        rows_most = PICTURE_CELLS_MAX;
    if (across == 0 || down == 0) {
        *columns = *rows = 1;
    } else if ((uint64_t)columns_most * down <= (uint64_t)rows_most * across) {
        *columns = columns_most;
        *rows = part((uint64_t)columns_most, down, across, rows_most);
    } else {
        *rows = rows_most;
        *columns = part((uint64_t)rows_most, across, down, columns_most);
    }
}

/* ---- scaling ---- */

/* On a common measure a source pixel is `to` long and a scaled one `from`: overlaps are whole
 * numbers, and the weights of a scaled pixel sum up to `from`. */
static void scale_row(uint32_t *sums, const unsigned char *row, uint32_t from, uint32_t to)
{
    uint32_t x, i;

    for (x = 0; x < to; x++) {
        uint64_t start = (uint64_t)x * from, end = start + from;
        uint64_t r = 0, g = 0, b = 0;

        for (i = (uint32_t)(start / to); i < from && (uint64_t)i * to < end; i++) {
            uint64_t left = (uint64_t)i * to, right = left + to;
            uint64_t weight = (right < end ? right : end) - (left > start ? left : start);

            r += weight * row[3 * i];
            g += weight * row[3 * i + 1];
            b += weight * row[3 * i + 2];
        }
        sums[3 * x] = (uint32_t)r;
        sums[3 * x + 1] = (uint32_t)g;
        sums[3 * x + 2] = (uint32_t)b;
    }
}

unsigned char *picture_scale(const struct picture *picture, uint32_t width, uint32_t height)
{
    size_t values = (size_t)width * 3, i;
    unsigned char *scaled = mem_alloc(values * height);
    uint32_t *row = mem_alloc(values * sizeof *row), had = UINT32_MAX, y, k;
    uint64_t *sums = mem_alloc(values * sizeof *sums);
    uint64_t all = (uint64_t)picture->width * picture->height;

    for (y = 0; y < height; y++) {
        uint64_t start = (uint64_t)y * picture->height, end = start + picture->height;

        memset(sums, 0, values * sizeof *sums);
        for (k = (uint32_t)(start / height); k < picture->height && (uint64_t)k * height < end;
             k++) {
            uint64_t top = (uint64_t)k * height, bottom = top + height;
            uint64_t weight = (bottom < end ? bottom : end) - (top > start ? top : start);

            if (k != had) /* a source row on the edge of two is summed once */
                scale_row(row, picture->pixels + (size_t)k * picture->width * 3, picture->width,
                          width);
            had = k;
            for (i = 0; i < values; i++)
                sums[i] += weight * row[i];
        }
        for (i = 0; i < values; i++)
            scaled[values * y + i] = (unsigned char)((sums[i] + all / 2) / all);
    }
    free(row);
    free(sums);
    return scaled;
}
