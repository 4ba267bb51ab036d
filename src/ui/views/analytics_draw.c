/*
 * How statistics look: panels one below the other, or in two columns where there is room, on a
 * sheet that is higher than the screen and scrolls with the cursor.
 */
#include "analytics.h"

#include "../charts.h"

#include "carrel/clock.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TWO_FROM 100         /* columns of the view; less has one column of panels */
#define SECOND STATS_AUTHORS /* the first panel of the second column */
#define CHART_ROWS 7
#define CELL_MOST 4
#define HEAT_FOOT 3 /* axis, dates, what the shades mean */
#define COUNT_COLUMNS 8
#define NEWEST_COLUMNS 12
#define NEWEST_FROM 50
#define LINE_PERIODS 400

static bool is_heat(enum stats_kind kind)
{
    return kind == STATS_CATEGORIES || kind == STATS_READING;
}

/* Rows below the title. */
static int body_rows(const struct stats_panel *panel)
{
    if (stats_is_empty(panel))
        return 1;
    if (panel->kind == STATS_PAPERS)
        return CHART_ROWS;
    return (int)panel->len + (is_heat(panel->kind) ? HEAT_FOOT : 0);
}

/* ---- one panel ---- */

/* Where a row's picture begins and ends. */
struct row_shape {
    int name, from, to, newest;
};

static struct row_shape shape_of(const struct stats_panel *panel, int width)
{
    struct row_shape shape = { 0 };
    bool newest = panel->kind == STATS_SOURCES && width >= NEWEST_FROM;
    size_t i;

    for (i = 0; i < panel->len; i++)
        if (text_width(panel->rows[i].name) > shape.name)
            shape.name = text_width(panel->rows[i].name);
    if (shape.name > width * 2 / 5)
        shape.name = width * 2 / 5;
    shape.from = shape.name + 3;
    shape.newest = newest ? width - 1 : 0;
    shape.to = width - 1 - COUNT_COLUMNS - (newest ? NEWEST_COLUMNS : 0);
    return shape;
}

/* Periods that a row's line has room for. */
static size_t line_periods(const struct stats_panel *panel, int columns)
{
    size_t periods = columns > 0 ? (size_t)columns : 0;

    if (periods > panel->periods)
        periods = panel->periods;
    return periods < LINE_PERIODS ? periods : LINE_PERIODS;
}

/* Rows of lines have no axis of their own: the title tells how far they go back. */
static void say_span(struct str *title, const struct stats_panel *panel, int width)
{
    struct row_shape shape = shape_of(panel, width);

    if (stats_is_empty(panel) || !panel->periods || is_heat(panel->kind))
        return;
    str_add(title, ", ");
    if (panel->kind != STATS_PAPERS) {
        stats_span(title, panel, line_periods(panel, shape.to - shape.from));
        return;
    }
    stats_span(title, panel, panel->periods);
    str_printf(title, ", %" PRId64 " in all", panel->rows[0].count);
}

static void draw_title(struct canvas *canvas, const struct stats_panel *panel, int x, int y,
                       int width)
{
    struct str title = STR_INIT;

    canvas_fill(canvas, x, y, width, STYLE_DIM, canvas->ascii ? "-" : "─");
    str_printf(&title, " %s", stats_title(panel->kind));
    say_span(&title, panel, width);
    if (panel->more > 0)
        str_printf(&title, ", %zu of %" PRId64, panel->len, (int64_t)panel->len + panel->more);
    str_add(&title, " ");
    canvas_text(canvas, x + 1, y, width - 2, STYLE_HEADING, title.ptr);
    str_free(&title);
}

static void period_first(char out[16], const struct stats_panel *panel, size_t at)
{
    date_format(out, panel->first_day + (int32_t)at * panel->period_days);
}

/* The axis begins with the first day of its first period and ends with the last one of its last. */
static void period_label(char out[16], size_t at, const void *ctx)
{
    const struct stats_panel *panel = ctx;

    if (at + 1 == panel->periods)
        date_format(out, panel->first_day + (int32_t)panel->periods * panel->period_days - 1);
    else
        period_first(out, panel, at);
}

/* As wide as all periods allow. */
static int cell_columns(const struct stats_panel *panel, int columns)
{
    int cell = columns / (int)panel->periods;

    return cell < 1 ? 1 : cell > CELL_MOST ? CELL_MOST : cell;
}

static void draw_columns(struct canvas *canvas, const struct stats_panel *panel, int x, int y,
                         int width)
{
    double values[STATS_WEEKS_MAX];
    struct chart_columns chart = {
        .values = values, .count = panel->periods, .label = period_label, .ctx = panel
    };
    stats_values(values, panel->periods, panel, &panel->rows[0]);
    chart.cell = cell_columns(panel, width - CHART_MARGIN - 1);
    chart.from_zero = true;
    chart_columns(canvas, x, y, width - 1, CHART_ROWS, &chart);
}

static unsigned most_of(const struct stats_panel *panel, size_t periods)
{
    unsigned most = 0;
    size_t i, k;

    for (i = 0; i < panel->len; i++)
        for (k = panel->periods - periods; k < panel->periods; k++)
            if (panel->rows[i].counts[k] > most)
                most = panel->rows[i].counts[k];
    return most;
}

static size_t heat_periods(const struct stats_panel *panel, int columns)
{
    size_t room = columns > 0 ? (size_t)(columns / cell_columns(panel, columns)) : 0;

    return panel->periods < room ? panel->periods : room;
}

static void draw_heat(struct canvas *canvas, const struct stats_panel *panel,
                      const struct stats_row *row, int x, int y, int columns)
{
    size_t periods = heat_periods(panel, columns);
    int cell = cell_columns(panel, columns);

    if (periods > 0)
        chart_heat(canvas, x, y, cell, row->counts + panel->periods - periods, periods,
                   most_of(panel, periods));
}

static void draw_heat_foot(struct canvas *canvas, const struct stats_panel *panel, int x, int y,
                           int columns)
{
    size_t periods = heat_periods(panel, columns);
    char first[16], last[16];

    if (periods == 0)
        return;
    period_first(first, panel, panel->periods - periods);
    period_label(last, panel->periods - 1, panel);
    chart_axis(canvas, x, y, (int)periods * cell_columns(panel, columns), columns, first, last);
    chart_heat_key(canvas, x, y + 2, columns, most_of(panel, periods));
}

static void draw_line(struct canvas *canvas, const struct stats_panel *panel,
                      const struct stats_row *row, int x, int y, int columns)
{
    double values[LINE_PERIODS];
    size_t periods = line_periods(panel, columns);

    stats_values(values, periods, panel, row);
    chart_sparkline(canvas, x + columns - (int)periods, y, (int)periods, STYLE_ACCENT, values,
                    periods);
}

static void draw_row(struct canvas *canvas, const struct stats_panel *panel, size_t at, int x,
                     int y, int width)
{
    const struct stats_row *row = &panel->rows[at];
    struct row_shape shape = shape_of(panel, width);
    int columns = shape.to - shape.from;
    char text[32];

    canvas_text(canvas, x + 1, y, shape.name, STYLE_NORMAL, row->name);
    if (is_heat(panel->kind))
        draw_heat(canvas, panel, row, x + shape.from, y, columns);
    else if (row->counts)
        draw_line(canvas, panel, row, x + shape.from, y, columns);
    else
        chart_bar(canvas, x + shape.from, y, columns, STYLE_ACCENT,
                  (double)row->count / (double)panel->rows[0].count);
    snprintf(text, sizeof text, "%" PRId64, row->count);
    canvas_right(canvas, x + shape.to + COUNT_COLUMNS, y, STYLE_NORMAL, text);
    if (shape.newest && row->newest) {
        time_format(text, row->newest);
        text[10] = '\0';
        canvas_right(canvas, x + shape.newest, y, STYLE_DIM, text);
    }
}

/* ---- all of them ---- */

struct sheet {
    struct canvas canvas;
    struct analytics_view *v;
    size_t spot;
};

static void set_spot(struct sheet *sheet, int title, int x, int line, int width, int rows)
{
    struct analytics_spot *spot = &sheet->v->spots[sheet->spot++];

    spot->x = x;
    spot->line = line;
    spot->width = width;
    spot->y = spot->row == 0 ? title : line;
    spot->height = line + rows - spot->y;
}

static void draw_nothing(struct sheet *sheet, const struct stats_panel *panel, int x, int y,
                         int width)
{
    struct str why = STR_INIT;

    if (panel->kind == STATS_BURSTS)
        analytics_say_bursts(&why, sheet->v, sheet->canvas.ascii);
    else
        str_add(&why, stats_nothing(panel->kind));
    canvas_text(&sheet->canvas, x + 1, y, width - 2, STYLE_DIM, why.ptr);
    str_free(&why);
}

static void draw_panel(struct sheet *sheet, const struct stats_panel *panel, int x, int y,
                       int width)
{
    struct canvas *canvas = &sheet->canvas;
    struct row_shape shape = shape_of(panel, width);
    int rows = (int)panel->len, foot = is_heat(panel->kind) ? HEAT_FOOT : 0, i;

    draw_title(canvas, panel, x, y, width);
    if (stats_is_empty(panel)) {
        draw_nothing(sheet, panel, x, y + 1, width);
    } else if (panel->kind == STATS_PAPERS) {
        draw_columns(canvas, panel, x, y + 1, width);
        set_spot(sheet, y, x, y, width, CHART_ROWS + 1);
    } else {
        for (i = 0; i < rows; i++) {
            draw_row(canvas, panel, (size_t)i, x, y + 1 + i, width);
            set_spot(sheet, y, x, y + 1 + i, width, i == rows - 1 ? 1 + foot : 1);
        }
        if (foot)
            draw_heat_foot(canvas, panel, x + shape.from, y + 1 + rows, shape.to - shape.from);
    }
}

static int column_height(const struct stats *shown, int from, int to)
{
    int rows = 0, i;

    for (i = from; i < to; i++)
        rows += body_rows(&shown->panels[i]) + 2;
    return rows;
}

static void draw_column(struct sheet *sheet, int from, int to, int x, int width)
{
    int y = 0, i;

    for (i = from; i < to; i++) {
        const struct stats_panel *panel = &sheet->v->shown.panels[i];

        draw_panel(sheet, panel, x, y, width);
        y += body_rows(panel) + 2;
    }
}

/* The whole sheet; its height. */
static int draw_sheet(struct sheet *sheet, int width)
{
    const struct stats *shown = &sheet->v->shown;
    bool two = width >= TWO_FROM;
    int left = column_height(shown, 0, two ? SECOND : STATS_PANELS);
    int right = two ? column_height(shown, SECOND, STATS_PANELS) : 0;
    int rows = left > right ? left : right, half = two ? (width - 2) / 2 : width;

    canvas_init(&sheet->canvas, width, rows, sheet->canvas.ascii);
    draw_column(sheet, 0, two ? SECOND : STATS_PANELS, 0, half);
    if (two)
        draw_column(sheet, SECOND, STATS_PANELS, half + 2, width - half - 2);
    return rows;
}

/* The spot under the cursor is seen whole, if it fits; with the last one, what is empty behind it.
 */
static void scroll(struct analytics_view *v, int rows, int height)
{
    const struct analytics_spot *spot = &v->spots[v->list.cursor];
    int end = v->list.cursor == v->list.count - 1 ? rows : spot->y + spot->height;

    if (end > v->top + height)
        v->top = end - height;
    if (spot->y < v->top)
        v->top = spot->y;
    if (v->top > rows - height)
        v->top = rows - height;
    if (v->top < 0)
        v->top = 0;
}

static void copy_rows(struct canvas *canvas, const struct canvas *sheet, int x, int y, int from,
                      int rows)
{
    int i;

    for (i = 0; i < rows && from + i < sheet->height; i++)
        memcpy(&canvas->cells[(size_t)(y + i) * (size_t)canvas->width + (size_t)x],
               &sheet->cells[(size_t)(from + i) * (size_t)sheet->width],
               (size_t)sheet->width * sizeof *sheet->cells);
}

static void draw_panels(struct analytics_view *v, struct canvas *canvas, int x, int y, int width,
                        int height)
{
    struct sheet sheet = { .v = v };
    const struct analytics_spot *spot;
    int rows;

    sheet.canvas.ascii = canvas->ascii;
    rows = draw_sheet(&sheet, width);
    if (v->list.count > 0) {
        spot = &v->spots[v->list.cursor];
        scroll(v, rows, height);
        canvas_cursor_row(&sheet.canvas, spot->x, spot->line, spot->width);
    }
    copy_rows(canvas, &sheet.canvas, x, y, v->top, height);
    canvas_free(&sheet.canvas);
}

/* "Categories: cs.LG, 412, 30 in the last week, up 12 percent." */
bool analytics_line(struct view *view, int at, struct str *out)
{
    const struct analytics_view *v = view->state;
    const struct analytics_spot *spot = &v->spots[at];
    const struct stats_panel *panel = &v->shown.panels[spot->kind];
    const struct stats_row *row = &panel->rows[spot->row];

    str_printf(out, "%s: %s%s%" PRId64, stats_title(spot->kind), row->name, *row->name ? ", " : "",
               row->count);
    if (row->counts && panel->periods > 1) {
        str_printf(out, ", %u in the last %s", row->counts[panel->periods - 1],
                   panel->period_days == 7 ? "week" : "day");
        chart_change(out, row->counts[panel->periods - 1], row->counts[panel->periods - 2]);
    }
    str_add(out, ".");
    return true;
}

/* All periods of the row under the cursor. */
void analytics_detail(struct view *view, struct str *out)
{
    const struct analytics_view *v = view->state;
    const struct analytics_spot *spot = &v->spots[v->list.cursor];
    const struct stats_panel *panel = &v->shown.panels[spot->kind];
    char day[16];
    size_t i;

    if (v->list.count == 0 || !panel->rows[spot->row].counts)
        return;
    period_first(day, panel, 0);
    str_printf(out, "By %s from %s:", panel->period_days == 7 ? "week" : "day", day);
    for (i = 0; i < panel->periods; i++)
        str_printf(out, "%s %u", i ? "," : "", panel->rows[spot->row].counts[i]);
    str_add(out, ".");
}

static void draw_linear(struct view *view, struct canvas *canvas, int at, int x, int y, int width)
{
    struct str line = STR_INIT;

    analytics_line(view, at, &line);
    canvas_text(canvas, x, y, width, STYLE_NORMAL, line.ptr);
    str_free(&line);
}

static void draw_lines(struct view *view, struct canvas *canvas, int x, int y, int width,
                       int height)
{
    struct analytics_view *v = view->state;
    int i;

    listview_place(&v->list, height);
    for (i = 0; i < height && v->list.top + i < v->list.count; i++) {
        draw_linear(view, canvas, v->list.top + i, x, y + i, width);
        if (v->list.top + i == v->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
}

static void draw_message(const struct analytics_view *v, struct canvas *canvas, int x, int y,
                         int width)
{
    const struct error *error = &v->counts.error;
    const char *text = error->code ? error->message
                       : v->counts.loaded
                           ? "No papers yet. They come by a harvest (7, then S) or carrel import."
                       : canvas->ascii ? "Counting..."
                                       : "Counting…";

    canvas_wrapped(canvas, x + 1, y, width - 2, canvas->height,
                   error->code ? STYLE_ERROR : STYLE_DIM, text);
}

void analytics_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct analytics_view *v = view->state;

    v->list.height = height;
    if (v->counts.error.code || !v->counts.loaded || v->shown.totals.works == 0)
        draw_message(v, canvas, x, y, width);
    else if (desk_app(view->desk)->linear)
        draw_lines(view, canvas, x, y, width, height);
    else
        draw_panels(v, canvas, x, y, width, height);
}
