/*
 * Charts on a canvas, shared by the views: they draw in block characters (ASCII ones where the
 * canvas is ASCII), say what they mean without colour, and show what is missing as missing (NAN).
 * They change nothing else and keep nothing.
 */
#ifndef CARREL_UI_CHARTS_H
#define CARREL_UI_CHARTS_H

#include "carrel/canvas.h"

#include <stdbool.h>
#include <stddef.h>

/* One row: the last `columns` of the values, one column each, right-aligned (text_sparkline). */
void chart_sparkline(struct canvas *canvas, int x, int y, int columns, enum style style,
                     const double *values, size_t count);

/* Columns over a time axis: the last values that there is room for, from the left `first` and
 * `last` naming the ends of what is drawn. The left margin has the highest value drawn and the foot
 * of the axis; a gap is a "·" on the axis (a blank when ascii). Needs 16 columns and 4 rows; draws
 * nothing in less. */
#define CHART_MARGIN 8
struct chart_columns {
    const double *values;
    size_t count;
    int cell;       /* columns of the canvas for each value, 0: one */
    bool from_zero; /* the axis begins there, however far above it all is */
    void (*label)(char out[16], size_t at, const void *ctx); /* of a value, for the axis */
    const void *ctx;
};
void chart_columns(struct canvas *canvas, int x, int y, int width, int height,
                   const struct chart_columns *chart);

/* A rule with the names of its two ends below, the second one where it fits: two rows. */
void chart_axis(struct canvas *canvas, int x, int y, int columns, int room, const char *first,
                const char *last);

/* One row: the share (0..1) of `columns` that a bar fills, in eighths of a cell; something above
 * nothing is always seen. */
void chart_bar(struct canvas *canvas, int x, int y, int columns, enum style style, double share);

/* One row of a heat map, `cell` columns a value: four shades, which begin at 1 and at a sixteenth,
 * a quarter and nine sixteenths of `most`, so that small numbers can be told apart; none is "·". */
void chart_heat(struct canvas *canvas, int x, int y, int cell, const unsigned *values, size_t count,
                unsigned most);
/* What the shades mean: "░ 1+  ▒ 4+  ▓ 16+  █ 36+". */
void chart_heat_key(struct canvas *canvas, int x, int y, int columns, unsigned most);

/* A chart in words: ", up 12 percent" from one period to the next; of few, ", up from 2". */
void chart_change(struct str *out, unsigned now, unsigned before);

#endif
