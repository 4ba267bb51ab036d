/*
 * Moving in a list of papers, and to the next unread one, which may lie in a stretch that is not
 * here yet.
 */
#include "papers.h"

#include <string.h>

#define SEEK_ASKS 100 /* "next unread" gives up after so many chunks */

/* To a row of the list, or below 0 to one of the alerts above it: -1 is the last of them, or coming
 * from the list the last that is shown. */
static void papers_go(struct view *view, int64_t to)
{
    struct papers *p = view->state;
    int above = pane_len(&p->pane), shown = p->pane.top + p->pane.lines - 2;

    if (!pane_row(&p->pane) && shown > 0 && shown < above)
        above = shown;
    if (to >= p->rows)
        to = p->rows - 1;
    if (to < -above)
        to = -above;
    p->pane.cursor = to < 0 && above > 0 ? (int)to + above : -1;
    if (p->pane.cursor < 0)
        p->cursor = to < 0 ? 0 : (int)to;
    papers_clamp(view);
}

bool papers_move(struct view *view, const char *name, int times)
{
    struct papers *p = view->state;
    int page = p->height > 1 ? p->height - 1 : 1;
    const struct {
        const char *name;
        int rows;
    } moves[] = { { "down", 1 },
                  { "up", -1 },
                  { "half-down", page / 2 },
                  { "half-up", -page / 2 },
                  { "page-down", page },
                  { "page-up", -page },
                  { "scroll-down", 3 },
                  { "scroll-up", -3 } };
    int above = pane_len(&p->pane), alert = pane_row(&p->pane) ? p->pane.cursor : -1;
    int64_t to = alert >= 0 ? alert - above : p->cursor; /* below 0 are Today's alerts */
    size_t i;

    for (i = 0; i < ARRAY_LEN(moves) && strcmp(moves[i].name, name) != 0; i++)
        ;
    if (i < ARRAY_LEN(moves))
        to += (int64_t)moves[i].rows * (times > 0 ? times : 1);
    else if (strcmp(name, "goto-start") == 0 || strcmp(name, "goto-row") == 0)
        to = times > 0 ? times - 1 : 0;
    else if (strcmp(name, "goto-end") == 0)
        to = times > 0 ? times - 1 : p->rows - 1;
    else if (strcmp(name, "click-row") == 0 && times - p->above < p->pane.lines)
        return pane_click(&p->pane, times - p->above);
    else if (strcmp(name, "click-row") == 0)
        to = p->top + times - p->above - p->pane.lines;
    else
        return false;
    papers_go(view, to);
    return true;
}

/* ---- the next unread paper ---- */

void papers_arrive(struct view *view, int at)
{
    struct papers *p = view->state;
    struct search_hit *hit = papers_row(p, at);

    p->cursor = at;
    p->pane.cursor = -1;
    papers_clamp(view);
    if (hit)
        desk_follow(view, hit->row.key);
}

/* Goes on from where it was; asks for a stretch that is not here and is called again with it. */
void papers_seek_on(struct view *view)
{
    struct papers *p = view->state;

    while (p->seek) {
        struct search_hit *hit = papers_row(p, p->seek_at);

        if (!hit && p->seek_asks-- > 0) {
            papers_ask_more(view, p->seek > 0 ? p->seek_at : p->seek_at + 1 - CHUNK_ROWS);
            return;
        }
        if (hit && hit->row.state == READ_UNREAD) {
            p->seek = 0;
            papers_arrive(view, p->seek_at);
        } else if ((!hit || --p->seek_left <= 0) && p->seek_feeds) {
            p->seek = 0;
            desk_next_feed(view->desk);
            return;
        } else if (!hit || p->seek_left <= 0) {
            desk_say(view->desk, STYLE_NORMAL, "nothing unread %s",
                     hit ? "is left here" : "is near; search is:unread");
            p->seek = 0;
        } else {
            p->seek_at = (p->seek_at + p->seek + p->rows) % p->rows;
        }
    }
}

void papers_seek(struct view *view, int direction, bool here)
{
    struct papers *p = view->state;

    if (p->rows == 0)
        return;
    p->seek = direction;
    p->seek_at = here ? p->cursor : (p->cursor + direction + p->rows) % p->rows;
    p->seek_left = p->rows;
    p->seek_asks = SEEK_ASKS;
    papers_seek_on(view);
}
