/*
 * Charts on a canvas (charts.h): eighths of a cell for heights, an axis that starts where it says.
 */
#include "charts.h"

#include "carrel/text.h"

#include <math.h>
#include <stdio.h>

#define MARGIN 8
#define EIGHTHS 8
#define LEAST_SHARE 0.05 /* of the highest value: what the whole height spans at least */

static const char *const blocks[EIGHTHS + 1] = { " ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char *const plain[EIGHTHS + 1] = { " ", "_", "_", ".", ".", ":", ":", "#", "#" };

void chart_sparkline(struct canvas *canvas, int x, int y, int columns, enum style style,
                     const double *values, size_t count)
{
    struct str line = STR_INIT;
    size_t room = columns > 0 ? (size_t)columns : 0, skip = count > room ? count - room : 0;

    text_sparkline(&line, values + skip, count - skip, canvas->ascii);
    canvas_text(canvas, x + (int)(room - (count - skip)), y, columns, style, line.ptr);
    str_free(&line);
}

static void draw_column(struct canvas *canvas, int x, int bottom, int rows, double share)
{
    int eighths = (int)(share * rows * EIGHTHS + 0.5), row;

    if (eighths < 1)
        eighths = 1; /* what was sampled is seen, were it zero */
    for (row = 0; row < rows && eighths > 0; row++, eighths -= EIGHTHS)
        canvas_text(canvas, x, bottom - row, 1, STYLE_ACCENT,
                    (canvas->ascii ? plain : blocks)[eighths < EIGHTHS ? eighths : EIGHTHS]);
}

static void draw_margin(struct canvas *canvas, int x, int y, double value)
{
    char text[32];
    int width = snprintf(text, sizeof text, "%.0f", value);

    canvas_text(canvas, x + MARGIN - 2 - width, y, width, STYLE_DIM, text);
}

static void draw_axis(struct canvas *canvas, int x, int y, int width, size_t from,
                      const struct chart_columns *chart)
{
    char first[16], last[16];
    int columns = (int)(chart->count - from);

    canvas_fill(canvas, x, y, columns, STYLE_DIM, canvas->ascii ? "-" : "─");
    chart->label(first, from, chart->ctx);
    chart->label(last, chart->count - 1, chart->ctx);
    canvas_text(canvas, x, y + 1, width, STYLE_DIM, first);
    if (columns > text_width(first) + text_width(last) + 2)
        canvas_text(canvas, x + columns - text_width(last), y + 1, width, STYLE_DIM, last);
}

void chart_columns(struct canvas *canvas, int x, int y, int width, int height,
                   const struct chart_columns *chart)
{
    int room = width - MARGIN, rows = height - 2;
    size_t from = room > 0 && chart->count > (size_t)room ? chart->count - (size_t)room : 0, i;
    double least = NAN, most = NAN, span;

    if (width < 16 || height < 4 || chart->count == 0)
        return;
    for (i = from; i < chart->count; i++) {
        least = fmin(least, chart->values[i]);
        most = fmax(most, chart->values[i]);
    }
    if (isnan(most))
        return;
    if (least >= 0 && least < most / 2)
        least = 0; /* the axis starts at nothing unless all is far above it */
    span = fmax(fmax(most - least, LEAST_SHARE * fabs(most)), 1);
    draw_margin(canvas, x, y, least + span);
    draw_margin(canvas, x, y + rows - 1, least);
    for (i = from; i < chart->count; i++) {
        int at = x + MARGIN + (int)(i - from);

        if (isnan(chart->values[i]))
            canvas_text(canvas, at, y + rows - 1, 1, STYLE_DIM, canvas->ascii ? " " : "·");
        else
            draw_column(canvas, at, y + rows - 1, rows, (chart->values[i] - least) / span);
    }
    draw_axis(canvas, x + MARGIN, y + rows, room, from, chart);
}
