/*
 * The desk in panes: the view alone; the feeds and the view; or the feeds, a list, and the paper
 * under its cursor, beside the list where there are columns for both, else below it. What there is
 * no room for is left out, whatever the layout says.
 *
 * The paper beside is a view like others, in no stack. While the next one is being read the last
 * one stays, so that moving does not flicker; and only one is read at a time.
 */
#include "desk.h"

#include <stdlib.h>
#include <string.h>

#define BESIDE_FROM 96 /* columns of list and paper together */
#define BESIDE_LEAST 40
#define BELOW_FROM 14 /* lines of both */
#define BELOW_LEAST 5

const char *layout_name(enum pane_count layout)
{
    static const char *const names[] = { "", "one", "two", "three" };

    return names[layout];
}

static int bounded(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

static bool wants_beside(struct desk *desk)
{
    struct view *view = desk_view(desk);

    return view && view->ops->under && !desk->app->linear
           && desk->remembered.layout == LAYOUT_THREE;
}

static void split_columns(struct panes *panes, int percent)
{
    struct rect *main = &panes->main;
    int list = bounded(main->width * percent / 100, BESIDE_LEAST, main->width - BESIDE_LEAST - 1);

    panes->beside =
        (struct rect){ main->x + list + 1, main->y, main->width - list - 1, main->height };
    main->width = list;
}

static void split_lines(struct panes *panes, int percent)
{
    struct rect *main = &panes->main;
    int list = bounded(main->height * percent / 100, BELOW_LEAST, main->height - BELOW_LEAST - 1);

    panes->beside =
        (struct rect){ main->x, main->y + list + 1, main->width, main->height - list - 1 };
    panes->below = true;
    main->height = list;
}

void desk_panes(struct desk *desk, struct panes *panes)
{
    const struct canvas *canvas = &desk->canvas;
    int side = desk_sidebar_width(desk), height = canvas->height - 2 - tutor_rows(desk);

    *panes = (struct panes){ .side = { 0, 1, side, height },
                             .main = { side, 1, canvas->width - side, height } };
    if (!wants_beside(desk))
        return;
    if (panes->main.width >= BESIDE_FROM)
        split_columns(panes, desk->remembered.split);
    else if (height >= BELOW_FROM)
        split_lines(panes, desk->remembered.split);
}

void desk_draw_panes(struct desk *desk, const struct panes *panes)
{
    struct canvas *canvas = &desk->canvas;
    struct view *view = desk_view(desk);
    const struct rect *main = &panes->main, *beside = &panes->beside;

    if (panes->side.width)
        desk_draw_sidebar(desk, panes->side.width);
    if (view) /* before the bar, whose status tells what drawing computes */
        view->ops->draw(view, canvas, main->x, main->y, main->width, main->height);
    if (beside->width == 0)
        return;
    if (panes->below)
        canvas_fill(canvas, beside->x, beside->y - 1, beside->width, STYLE_DIM,
                    canvas->ascii ? "-" : "─");
    else
        canvas_vline(canvas, beside->x - 1, beside->y, beside->height);
    if (desk->beside)
        desk->beside->ops->draw(desk->beside, canvas, beside->x + !panes->below, beside->y,
                                beside->width - !panes->below, beside->height);
}

/* ---- the paper beside ---- */

void desk_beside_close(struct desk *desk)
{
    view_close(desk->beside);
    view_close(desk->coming);
    desk->beside = desk->coming = NULL;
}

struct view *desk_beside_of(struct desk *desk, uint64_t id)
{
    return desk->beside && desk->beside->id == id   ? desk->beside
           : desk->coming && desk->coming->id == id ? desk->coming
                                                    : NULL;
}

/* What has come takes its place. */
static void beside_arrive(struct desk *desk)
{
    if (!desk->coming || (desk->coming->asked > 0 && desk->beside))
        return;
    view_close(desk->beside);
    desk->beside = desk->coming;
    desk->coming = NULL;
}

void desk_beside(struct desk *desk)
{
    struct panes panes;
    struct arena *arena;
    const char *key;

    desk_panes(desk, &panes);
    if (panes.beside.width == 0) {
        desk_beside_close(desk);
        return;
    }
    beside_arrive(desk);
    arena = arena_new();
    key = desk_view(desk)->ops->under(desk_view(desk), arena);
    if (!key && desk_view(desk)->asked == 0) /* there is none, and none is on its way */
        desk_beside_close(desk);
    if (key && !desk->coming && !(desk->beside && str_eq(desk->beside->argument, key)))
        desk->coming =
            view_new(desk, str_starts(key, "repo:") ? &view_repository : &view_paper, key);
    beside_arrive(desk);
    arena_free(arena);
}

/* ---- choosing ---- */

void desk_layout(struct desk *desk, const char *which)
{
    struct remembered *kept = &desk->remembered;
    int i = (int)kept->layout % LAYOUT_THREE + 1;

    if (which) {
        for (i = LAYOUT_ONE;
             i <= LAYOUT_THREE && strcmp(layout_name((enum pane_count)i), which) != 0
             && (which[0] != '0' + i || which[1]);
             i++)
            ;
        if (i > LAYOUT_THREE) {
            desk_say(desk, STYLE_WARN, "no layout '%.20s': one, two or three panes", which);
            return;
        }
    }
    kept->layout = (enum pane_count)i;
    desk_say(desk, STYLE_NORMAL, "%s pane%s%s", layout_name(kept->layout), i == 1 ? "" : "s",
             i > LAYOUT_ONE && desk->canvas.width < SIDEBAR_FROM
                 ? "; for the feeds there are too few columns"
                 : "");
    desk_remember(desk);
}
