/*
 * Scrolling a region of lines where that spares writing: a list that moved by a line differs in
 * every row, and is the same one line further. Lines scroll over their whole width, so what stands
 * still beside a list is written anew; it is counted.
 */
#include "paint.h"

#include "carrel/mem.h"

#include <stdlib.h>
#include <string.h>

#define SPARES_FROM 200 /* cells; less is not worth a flicker */
#define TOP 1           /* the bar never scrolls, nor the last line */

struct scroll {
    struct painter *painter;
    const struct canvas *canvas;
    int top, rows; /* the region */
};

static bool is_blank_cell(const struct cell *cell)
{
    return cell->text[0] == ' ' && !cell->text[1] && cell->look == CELL_STYLED;
}

/* Cells of a row that would have to be written over another row of the screen (-1: an empty one),
 * blanks over blanks aside. Stops counting at `most`. */
static int row_cost(const struct scroll *scroll, int row, int over, int most)
{
    size_t width = (size_t)scroll->canvas->width, i;
    const struct cell *want = scroll->canvas->cells + (size_t)row * width;
    const struct cell *have = over < 0 ? NULL : scroll->painter->shown + (size_t)over * width;
    int cost = 0;

    if (have && memcmp(want, have, width * sizeof *want) == 0)
        return 0;
    for (i = 0; i < width && cost < most; i++)
        cost += have ? memcmp(&want[i], &have[i], sizeof *want) != 0 : !is_blank_cell(&want[i]);
    return cost;
}

/* What it costs when the region has gone up by `by` lines (down, when less than 0). */
static int cost_of(const struct scroll *scroll, int by, int most)
{
    int row, cost = 0;

    for (row = 0; row < scroll->rows && cost < most; row++) {
        int over = row + by;
        bool inside = over >= 0 && over < scroll->rows;

        cost += row_cost(scroll, scroll->top + row, inside ? scroll->top + over : -1, most - cost);
    }
    return cost;
}

static void move_rows(struct scroll *scroll, int by)
{
    size_t width = (size_t)scroll->canvas->width;
    struct cell *cells = scroll->painter->shown + (size_t)scroll->top * width;
    int count = abs(by), kept = scroll->rows - count;
    struct cell *from = cells + (by > 0 ? (size_t)count * width : 0);
    struct cell *to = cells + (by > 0 ? 0 : (size_t)count * width);

    memmove(to, from, (size_t)kept * width * sizeof *cells);
    painter_blank(scroll->painter, cells + (by > 0 ? (size_t)kept * width : 0),
                  (size_t)count * width);
}

static void write_scroll(struct scroll *scroll, int by, struct str *out)
{
    struct painter *painter = scroll->painter;
    int i, last = scroll->top + scroll->rows - 1;

    painter_plain(painter, out);
    str_printf(out, "\033[%d;%dr", scroll->top + 1, last + 1);
    painter->x = -1; /* setting a region moves the cursor */
    painter_go(painter, 0, by > 0 ? last : scroll->top, out);
    for (i = 0; i < abs(by); i++)
        str_add(out, by > 0 ? "\n" : "\033M");
    str_add(out, "\033[r");
    painter->x = -1;
}

/* By the lines that one step, a turn of the wheel, half a page or a page move it. */
static int best_of(const struct scroll *scroll, int *cost)
{
    static const int steps[] = { 1, 2, 3, 4, 5, 6 };
    int best = 0, half = scroll->rows / 2, i, sign;

    for (i = 0; i < (int)ARRAY_LEN(steps) + 2; i++) {
        for (sign = -1; sign <= 1; sign += 2) {
            int by = sign * (i < (int)ARRAY_LEN(steps) ? steps[i] : half - (i & 1));
            int other = abs(by) < scroll->rows && by ? cost_of(scroll, by, *cost) : *cost;

            if (other < *cost) {
                *cost = other;
                best = by;
            }
        }
    }
    return best;
}

void painter_scroll(struct painter *painter, const struct canvas *canvas, struct str *out)
{
    struct scroll scroll = { .painter = painter, .canvas = canvas, .top = TOP };
    int bottom = canvas->height - 2, all, cost, by;

    while (scroll.top < bottom && row_cost(&scroll, scroll.top, scroll.top, 1) == 0)
        scroll.top++;
    while (bottom > scroll.top && row_cost(&scroll, bottom, bottom, 1) == 0)
        bottom--;
    scroll.rows = bottom - scroll.top + 1;
    if (scroll.rows < 4)
        return;
    all = cost = cost_of(&scroll, 0, 1 << 30);
    by = best_of(&scroll, &cost);
    if (by == 0 || all - cost < SPARES_FROM)
        return;
    write_scroll(&scroll, by, out);
    move_rows(&scroll, by);
}
