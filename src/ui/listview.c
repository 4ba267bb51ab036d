/*
 * A list's cursor: moving, scrolling, staying inside. The rows themselves are the view's.
 */
#include "carrel/view.h"

#include <stdlib.h>
#include <string.h>

void listview_clamp(struct listview *list)
{
    if (list->cursor >= list->count)
        list->cursor = list->count - 1;
    if (list->cursor < 0)
        list->cursor = 0;
}

void listview_place(struct listview *list, int height)
{
    list->height = height;
    listview_clamp(list);
    if (list->cursor < list->top)
        list->top = list->cursor;
    if (list->cursor >= list->top + height)
        list->top = list->cursor - height + 1;
    if (list->top + height > list->count)
        list->top = list->count - height;
    if (list->top < 0)
        list->top = 0;
}

void listview_lines(struct listview *list, struct view_lines *lines)
{
    listview_clamp(list);
    lines->count = list->count;
    lines->cursor = list->cursor;
}

bool listview_match(struct listview *list, int direction, bool here,
                    bool (*has)(const void *ctx, int row), const void *ctx)
{
    int row = list->cursor, i;

    for (i = here ? 0 : 1; i <= list->count; i++) {
        int at = (row + direction * i + list->count * 2) % list->count;

        if (!has(ctx, at))
            continue;
        list->cursor = at;
        return true;
    }
    return false;
}

bool listview_command(struct listview *list, int argc, char **argv)
{
    static const struct {
        const char *name;
        int rows, halves, pages;
    } moves[] = { { "down", 1, 0, 0 },        { "up", -1, 0, 0 },       { "half-down", 0, 1, 0 },
                  { "half-up", 0, -1, 0 },    { "page-down", 0, 0, 1 }, { "page-up", 0, 0, -1 },
                  { "scroll-down", 3, 0, 0 }, { "scroll-up", -3, 0, 0 } };
    int page = list->height > 1 ? list->height - 1 : 1;
    int times = argc > 1 ? atoi(argv[1]) : 0; /* a count, or a row; 0: none given */
    size_t i;

    for (i = 0; i < ARRAY_LEN(moves); i++) {
        if (strcmp(argv[0], moves[i].name) == 0) {
            list->cursor += (moves[i].rows + moves[i].halves * (page / 2) + moves[i].pages * page)
                            * (times > 0 ? times : 1);
            listview_clamp(list);
            return true;
        }
    }
    if (strcmp(argv[0], "goto-start") == 0 || strcmp(argv[0], "goto-row") == 0)
        list->cursor = times > 0 ? times - 1 : 0;
    else if (strcmp(argv[0], "goto-end") == 0)
        list->cursor = times > 0 ? times - 1 : list->count - 1;
    else if (strcmp(argv[0], "click-row") == 0)
        list->cursor = list->top + times;
    else
        return false;
    listview_clamp(list);
    return true;
}
