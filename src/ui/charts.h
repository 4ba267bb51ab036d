/*
 * Charts on a canvas, shared by the views: they draw in block characters (ASCII ones where the
 * canvas is ASCII), say what they mean without colour, and show what is missing as missing (NAN).
 * They change nothing else and keep nothing.
 */
#ifndef CARREL_UI_CHARTS_H
#define CARREL_UI_CHARTS_H

#include "carrel/canvas.h"

#include <stddef.h>

/* One row: the last `columns` of the values, one column each, right-aligned (text_sparkline). */
void chart_sparkline(struct canvas *canvas, int x, int y, int columns, enum style style,
                     const double *values, size_t count);

/* Columns over a time axis: the last values that there is room for, from the left `first` and
 * `last` naming the ends of what is drawn. The left margin has the highest value drawn and the foot
 * of the axis; a gap is a "·" on the axis (a blank when ascii). Needs 16 columns and 4 rows; draws
 * nothing in less. */
struct chart_columns {
    const double *values;
    size_t count;
    void (*label)(char out[16], size_t at, const void *ctx); /* of a value, for the axis */
    const void *ctx;
};
void chart_columns(struct canvas *canvas, int x, int y, int width, int height,
                   const struct chart_columns *chart);

#endif
