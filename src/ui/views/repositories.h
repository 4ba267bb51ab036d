/*
 * Inside the view of repositories: its state, shared by what asks (repositories.c) and what draws
 * (repositories_draw.c).
 */
#ifndef CARREL_UI_REPOSITORIES_H
#define CARREL_UI_REPOSITORIES_H

#include "../asker.h"

#include "carrel/repository_view.h"
#include "carrel/view.h"

/* What a worker has read; all in the answer's arena. */
struct repositories_read {
    struct repository_row *rows;
    size_t count;
    struct repositories_totals totals;
};

struct repositories_view {
    char *paper;  /* that the shown ones belong to; NULL: all */
    bool unasked; /* those that were never asked for */
    enum repositories_order sort;
    struct repositories_read read;
    bool shown_unasked; /* what `read` is */
    struct listview list;
    int head; /* rows of the screen above the list */
    struct str find;
    struct asker asker;
};

void repositories_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                       int height);

bool repositories_line(struct view *view, int at, struct str *out); /* in words */

#endif
