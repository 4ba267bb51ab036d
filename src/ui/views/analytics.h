/*
 * Inside the view of statistics: its state, shared by what asks (analytics.c) and what draws
 * (analytics_draw.c).
 */
#ifndef CARREL_UI_ANALYTICS_H
#define CARREL_UI_ANALYTICS_H

#include "../asker.h"

#include "carrel/stats_view.h"
#include "carrel/view.h"

#define ANALYTICS_ROWS 10 /* of a panel */

/* What the cursor can stand on: a row of a panel; the chart of all papers is one. Where it lies on
 * the sheet is what drawing finds out. */
struct analytics_spot {
    enum stats_kind kind;
    size_t row;
    int y, height;      /* with the panel's title, for the first of a panel */
    int x, line, width; /* of the row itself */
};

struct analytics_view {
    char *category;
    int weeks;
    /* In the arenas of the answers. */
    struct stats shown; /* its panel of bursts comes from the other asker */
    struct stats_options shown_for;
    struct asker counts, words;
    bool stale;           /* the library has changed since words were counted */
    struct listview list; /* over spots */
    struct analytics_spot spots[STATS_PANELS * ANALYTICS_ROWS];
    int top; /* the first line of the sheet that is on the screen */
};

void analytics_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height);
/* In words, and all periods of the row under the cursor. */
bool analytics_line(struct view *view, int at, struct str *out);
void analytics_detail(struct view *view, struct str *out);
/* What the panel of bursts says while it has no rows. */
void analytics_say_bursts(struct str *out, const struct analytics_view *v, bool ascii);

#endif
