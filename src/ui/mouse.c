/*
 * The mouse: what lies under it decides. A press opens, chooses or begins to drag an edge; the
 * wheel moves what it is over; the right button goes back. With `:mouse off` none of it comes here,
 * and most terminals select text all the same while Shift is held.
 */
#include "desk.h"

#include "carrel/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BACK_BUTTON 2
#define TWICE_MS 400 /* between the clicks of a double click */

static bool is_in(const struct rect *rect, int x, int y)
{
    return x >= rect->x && x < rect->x + rect->width && y >= rect->y && y < rect->y + rect->height;
}

/* The edges: of the feeds, and between a list and the paper beside it. */
static bool on_side_edge(const struct panes *panes, const struct mouse *mouse)
{
    return panes->side.width > 0 && mouse->x == panes->side.width - 1 && mouse->y >= panes->side.y
           && mouse->y < panes->side.y + panes->side.height;
}

static bool on_split(const struct panes *panes, const struct mouse *mouse)
{
    const struct rect *beside = &panes->beside;

    if (beside->width == 0)
        return false;
    return panes->below ? mouse->y == beside->y - 1 && mouse->x >= beside->x
                        : mouse->x == beside->x - 1 && mouse->y >= beside->y
                              && mouse->y < beside->y + beside->height;
}

static int bounded(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

static void drag(struct desk *desk, const struct panes *panes, const struct mouse *mouse)
{
    struct remembered *kept = &desk->remembered;
    const struct rect *main = &panes->main, *beside = &panes->beside;
    int all = panes->below ? main->height + beside->height + 1 : main->width + beside->width + 1;
    int part = panes->below ? mouse->y - main->y : mouse->x - main->x;

    if (desk->drag == DRAG_SIDE)
        kept->side = bounded(mouse->x + 1, SIDE_LEAST, SIDE_MOST);
    else if (desk->drag == DRAG_SPLIT
             && beside->width > 0) /* rounded up: the edge stays below it */
        kept->split = bounded((part * 100 + all - 1) / all, SPLIT_LEAST, 100 - SPLIT_LEAST);
}

static void press_beside(struct desk *desk, const struct mouse *mouse)
{
    const char *key = desk->beside ? desk->beside->argument : NULL;
    char *copy;

    if (!key || !mouse->twice)
        return;
    copy = mem_strdup(key); /* opening closes what lies beside */
    desk_open(desk, desk->beside->ops, copy);
    free(copy);
}

static void press_main(struct desk *desk, const struct panes *panes, const struct mouse *mouse)
{
    char line[40];

    desk->in_sidebar = false;
    snprintf(line, sizeof line, "click-row %d %d", mouse->y - panes->main.y,
             mouse->x - panes->main.x);
    desk_run_line(desk, line);
    if (mouse->twice)
        desk_run_line(desk, "open");
}

static void press_last_line(struct desk *desk, int x)
{
    char key[32], first[32];
    const char *keys = key;
    size_t took;

    if (!desk_hint_at(desk, x, key))
        return;
    while ((took = key_next(keys, first)) > 0) {
        keys += took;
        desk_key(desk, first);
    }
}

static void press(struct desk *desk, const struct panes *panes, const struct mouse *mouse)
{
    const char *address = canvas_link_of(&desk->canvas, mouse->x, mouse->y);

    if (mouse->button == BACK_BUTTON)
        desk_run_line(desk, "back");
    else if (on_side_edge(panes, mouse))
        desk->drag = DRAG_SIDE;
    else if (on_split(panes, mouse))
        desk->drag = DRAG_SPLIT;
    else if (mouse->y == 0)
        desk_palette(desk, "");
    else if (mouse->y == desk->canvas.height - 1)
        press_last_line(desk, mouse->x);
    else if (address)
        desk_open_address(desk, address);
    else if (is_in(&panes->side, mouse->x, mouse->y)) {
        if (mouse->y - 1 < (int)desk->feed_len) {
            desk->feed_cursor = mouse->y - 1;
            desk_open_feed(desk);
        }
    } else if (is_in(&panes->beside, mouse->x, mouse->y))
        press_beside(desk, mouse);
    else if (is_in(&panes->main, mouse->x, mouse->y))
        press_main(desk, panes, mouse);
}

static void wheel(struct desk *desk, const struct panes *panes, const struct mouse *mouse)
{
    char *words[] = { mouse->what == MOUSE_WHEEL_UP ? "scroll-up" : "scroll-down" };

    if (is_in(&panes->beside, mouse->x, mouse->y) && desk->beside)
        desk->beside->ops->command(desk->beside, 1, words);
    else
        desk_run_line(desk, words[0]);
}

/* The palette is before everything else. */
static void palette_mouse(struct desk *desk, const struct mouse *mouse)
{
    if (mouse->what == MOUSE_WHEEL_UP || mouse->what == MOUSE_WHEEL_DOWN)
        desk_key(desk, mouse->what == MOUSE_WHEEL_UP ? "<Up>" : "<Down>");
    else if (mouse->what == MOUSE_PRESS)
        desk_key(desk, desk_palette_press(desk, mouse->x, mouse->y) ? "<CR>" : "<Esc>");
}

void desk_mouse(struct desk *desk, const struct mouse *mouse)
{
    struct panes panes;

    desk->repaint = true;
    desk->key_at = clock_ticks_ms();
    if (desk->prompt == PROMPT_PALETTE) {
        palette_mouse(desk, mouse);
        return;
    }
    desk_panes(desk, &panes);
    if (mouse->what == MOUSE_PRESS && mouse->button != 1) {
        if (mouse->y != desk->canvas.height - 1) /* there stands what is asked about */
            str_clear(&desk->message);
        press(desk, &panes, mouse);
    } else if (mouse->what == MOUSE_DRAG) {
        drag(desk, &panes, mouse);
    } else if (mouse->what == MOUSE_RELEASE) {
        if (desk->drag != DRAG_NONE)
            desk_remember(desk);
        desk->drag = DRAG_NONE;
    } else if (mouse->what == MOUSE_WHEEL_UP || mouse->what == MOUSE_WHEEL_DOWN) {
        wheel(desk, &panes, mouse);
    }
}

void desk_focus(struct desk *desk, bool focused)
{
    desk->focused = focused;
    desk->repaint = true;
}

/* BUTTON;COLUMN;ROW: of the button two bits, 32 for dragging, 64 for the wheel; M, or m when it is
 * let go. */
static bool report_parse(struct mouse *mouse, const char *text)
{
    int button, x, y;
    char end;

    if (sscanf(text, "%d;%d;%d%c", &button, &x, &y, &end) != 4 || (end != 'M' && end != 'm')
        || button < 0 || x < 1 || y < 1)
        return false;
    *mouse = (struct mouse){ .x = x - 1, .y = y - 1, .button = button & 3 };
    mouse->what = button & 64   ? (button & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP)
                  : end == 'm'  ? MOUSE_RELEASE
                  : button & 32 ? MOUSE_DRAG
                                : MOUSE_PRESS;
    return true;
}

void desk_mouse_report(struct desk *desk, const char *text)
{
    struct mouse mouse;
    int64_t now = clock_ticks_ms();

    if (!report_parse(&mouse, text))
        return;
    if (mouse.what == MOUSE_PRESS) {
        mouse.twice = desk->click_at && now - desk->click_at < TWICE_MS && desk->click.x == mouse.x
                      && desk->click.y == mouse.y;
        desk->click = mouse;
        desk->click_at = mouse.twice ? 0 : now;
    }
    desk_mouse(desk, &mouse);
}
