/*
 * The Code view: to the next place of a word, to the next file or hunk of a difference.
 */
#include "code.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define BEFORE 16 /* columns of what stands in front of a word that comes into sight */

/* ---- words ---- */

/* What was found comes into sight, with some of what stands before it. */
static void show_found(struct code_view *v, const struct code_row *row)
{
    const char *hit = strcasestr(row->text, v->find.ptr);
    char *before = mem_strndup(row->text, hit ? (size_t)(hit - row->text) : 0);
    int column = text_width(before), wide = text_width(v->find.ptr);

    if (v->wrap || column + wide <= v->room)
        v->shift = 0;
    else if (column < v->shift || column + wide > v->shift + v->room)
        code_shift(v, column - BEFORE - v->shift);
    free(before);
}

static bool row_has(const struct code_view *v, size_t i)
{
    return strcasestr(v->level.rows[i].text, v->find.ptr)
           || strcasestr(v->level.rows[i].left, v->find.ptr);
}

static void find_from(struct view *view, int step)
{
    struct code_view *v = view->state;
    size_t count = v->level.count, i, k;

    if (v->find.len == 0)
        return;
    for (k = 1; k <= count; k++) {
        i = ((size_t)v->list.cursor + (step > 0 ? k : count * 2 - k)) % count;
        if (row_has(v, i)) {
            v->list.cursor = (int)i;
            show_found(v, &v->level.rows[i]);
            return;
        }
    }
    desk_say(view->desk, STYLE_WARN, "'%s' is not here", v->find.ptr);
}

void code_find(struct view *view, const char *argument)
{
    struct code_view *v = view->state;

    if (argument) {
        str_clear(&v->find);
        str_add(&v->find, argument);
    }
    find_from(view, 1);
}

void code_next(struct view *view, const char *argument)
{
    (void)argument;
    find_from(view, 1);
}

void code_prev(struct view *view, const char *argument)
{
    (void)argument;
    find_from(view, -1);
}

/* ---- files and hunks ---- */

/* The nearest row in that direction where one begins; -1: none. */
static int stop_beside(const struct code_view *v, enum code_stop stop, int step)
{
    int row;

    for (row = v->list.cursor + step; row >= 0 && (size_t)row < v->level.count; row += step)
        if (v->level.rows[row].stop == stop)
            return row;
    return -1;
}

/* `times`: a count, as in 3]c, or NULL. */
static void go_stop(struct view *view, enum code_stop stop, int step, const char *times)
{
    struct code_view *v = view->state;
    const char *what = stop == CODE_STOP_FILE ? "file" : "hunk";
    int left = times && atoi(times) > 0 ? atoi(times) : 1, row = stop_beside(v, stop, step);

    if (v->level.place.what != CODE_DIFF)
        desk_refuse(view->desk, "%ss are in what a commit changes: D", what);
    else if (row < 0)
        desk_refuse(view->desk, "no %s is %s", what, step > 0 ? "below" : "above");
    for (; row >= 0 && left > 0; left--) {
        v->list.cursor = v->list.top = row; /* all of it is to be seen */
        row = stop_beside(v, stop, step);
    }
}

void code_next_hunk(struct view *view, const char *argument)
{
    go_stop(view, CODE_STOP_HUNK, 1, argument);
}

void code_prev_hunk(struct view *view, const char *argument)
{
    go_stop(view, CODE_STOP_HUNK, -1, argument);
}

void code_next_file(struct view *view, const char *argument)
{
    go_stop(view, CODE_STOP_FILE, 1, argument);
}

void code_prev_file(struct view *view, const char *argument)
{
    go_stop(view, CODE_STOP_FILE, -1, argument);
}
