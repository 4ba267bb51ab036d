/*
 * Charts on a canvas (charts.h): eighths of a cell for heights, an axis that starts where it says.
 */
#include "charts.h"

#include "carrel/text.h"

#include <math.h>
#include <stdio.h>

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

static void draw_column(struct canvas *canvas, int x, int bottom, int rows, int cell, double share)
{
    int eighths = (int)(share * rows * EIGHTHS + 0.5), row;

    if (eighths < 1)
        eighths = 1; /* what was sampled is seen, were it zero */
    for (row = 0; row < rows && eighths > 0; row++, eighths -= EIGHTHS)
        canvas_fill(canvas, x, bottom - row, cell, STYLE_ACCENT,
                    (canvas->ascii ? plain : blocks)[eighths < EIGHTHS ? eighths : EIGHTHS]);
}

static void draw_margin(struct canvas *canvas, int x, int y, double value)
{
    char text[32];
    int width = snprintf(text, sizeof text, "%.0f", value);

    canvas_text(canvas, x + CHART_MARGIN - 2 - width, y, width, STYLE_DIM, text);
}

void chart_axis(struct canvas *canvas, int x, int y, int columns, int room, const char *first,
                const char *last)
{
    canvas_fill(canvas, x, y, columns, STYLE_DIM, canvas->ascii ? "-" : "─");
    canvas_text(canvas, x, y + 1, room, STYLE_DIM, first);
    if (columns > text_width(first) + text_width(last) + 2)
        canvas_text(canvas, x + columns - text_width(last), y + 1, room, STYLE_DIM, last);
}

static void draw_axis(struct canvas *canvas, int x, int y, int room, int cell, size_t from,
                      const struct chart_columns *chart)
{
    char first[16], last[16];

    chart->label(first, from, chart->ctx);
    chart->label(last, chart->count - 1, chart->ctx);
    chart_axis(canvas, x, y, (int)(chart->count - from) * cell, room, first, last);
}

void chart_columns(struct canvas *canvas, int x, int y, int width, int height,
                   const struct chart_columns *chart)
{
    int room = width - CHART_MARGIN, rows = height - 2, cell = chart->cell > 1 ? chart->cell : 1;
    size_t fit = room > 0 ? (size_t)(room / cell) : 0;
    size_t from = chart->count > fit ? chart->count - fit : 0, i;
    double least = NAN, most = NAN, span;

    if (width < 16 || height < 4 || chart->count == 0)
        return;
    for (i = from; i < chart->count; i++) {
        least = fmin(least, chart->values[i]);
        most = fmax(most, chart->values[i]);
    }
    if (isnan(most))
        return;
    if (least >= 0 && (least < most / 2 || chart->from_zero))
        least = 0; /* the axis starts at nothing unless all is far above it */
    span = fmax(fmax(most - least, LEAST_SHARE * fabs(most)), 1);
    draw_margin(canvas, x, y, least + span);
    draw_margin(canvas, x, y + rows - 1, least);
    for (i = from; i < chart->count; i++) {
        int at = x + CHART_MARGIN + (int)(i - from) * cell;

        if (isnan(chart->values[i]))
            canvas_fill(canvas, at, y + rows - 1, cell, STYLE_DIM, canvas->ascii ? " " : "·");
        else
            draw_column(canvas, at, y + rows - 1, rows, cell, (chart->values[i] - least) / span);
    }
    draw_axis(canvas, x + CHART_MARGIN, y + rows, room, cell, from, chart);
}

/* ---- bars ---- */

void chart_bar(struct canvas *canvas, int x, int y, int columns, enum style style, double share)
{
    static const char *const ends[EIGHTHS] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
    int eighths, whole;

    if (columns < 1 || !(share > 0))
        return;
    eighths = (int)(fmin(share, 1) * columns * EIGHTHS + 0.5);
    if (eighths < 1)
        eighths = 1;
    whole = eighths / EIGHTHS;
    if (canvas->ascii) {
        canvas_fill(canvas, x, y, whole > 0 ? whole : 1, style, whole > 0 ? "#" : "-");
        return;
    }
    canvas_fill(canvas, x, y, whole, style, "█");
    if (eighths % EIGHTHS)
        canvas_text(canvas, x + whole, y, 1, style, ends[eighths % EIGHTHS]);
}

/* ---- heat maps ---- */

#define SHADES 4

static const char *const shades[SHADES + 1] = { "·", "░", "▒", "▓", "█" };
static const char *const plain_shades[SHADES + 1] = { ".", "-", "+", "*", "#" };

/* The least value that has a shade: squares, from 1 up. */
static unsigned shade_from(int shade, unsigned most)
{
    unsigned steps = (unsigned)((shade - 1) * (shade - 1));
    unsigned least = (unsigned)(((uint64_t)most * steps + SHADES * SHADES - 1) / (SHADES * SHADES));

    return least > 1 ? least : 1;
}

static int shade_of(unsigned value, unsigned most)
{
    int shade = value > 0 ? SHADES : 0;

    while (shade > 1 && value < shade_from(shade, most))
        shade--;
    return shade;
}

void chart_heat(struct canvas *canvas, int x, int y, int cell, const unsigned *values, size_t count,
                unsigned most)
{
    size_t i;

    for (i = 0; i < count; i++) {
        int shade = shade_of(values[i], most);

        canvas_fill(canvas, x + (int)i * cell, y, cell, shade ? STYLE_ACCENT : STYLE_DIM,
                    (canvas->ascii ? plain_shades : shades)[shade]);
    }
}

void chart_heat_key(struct canvas *canvas, int x, int y, int columns, unsigned most)
{
    struct str key = STR_INIT;
    int shade;

    for (shade = 1; shade <= SHADES && most > 0; shade++)
        if (shade == SHADES || shade_from(shade, most) != shade_from(shade + 1, most))
            str_printf(&key, "%s%s %u+", key.len ? "  " : "",
                       (canvas->ascii ? plain_shades : shades)[shade], shade_from(shade, most));
    canvas_text(canvas, x, y, columns, STYLE_DIM, key.ptr);
    str_free(&key);
}

#define PERCENT_FROM 10 /* of less a share says nothing */

void chart_change(struct str *out, unsigned now, unsigned before)
{
    const char *way = now > before ? "up" : "down";
    unsigned by = now > before ? now - before : before - now;

    if (by == 0)
        str_add(out, ", as before");
    else if (before < PERCENT_FROM)
        str_printf(out, ", %s from %u", way, before);
    else
        str_printf(out, ", %s %.0f percent", way, 100.0 * by / before);
}
