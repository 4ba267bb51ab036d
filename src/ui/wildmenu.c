/*
 * The list above the prompt (of commands, or of a query) from which Tab and S-Tab choose, as in
 * vim: the chosen one stands in the line, behind the last one comes the line as Tab had completed
 * it, and Esc leads back to what was typed. Any other key takes the line as it stands.
 */
#include "desk.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define WILD_ROWS 4
#define WILD_GAP 2

void wildmenu_close(struct desk *desk)
{
    struct wildmenu *menu = &desk->wildmenu;
    size_t i;

    for (i = 0; i < menu->len; i++)
        free(menu->found[i]);
    free(menu->found);
    free(menu->typed);
    free(menu->line);
    *menu = (struct wildmenu){ 0 };
}

void wildmenu_open(struct desk *desk, const char *typed, const char *line, size_t word,
                   char **found, size_t len)
{
    int steps = desk->wildmenu.ahead;

    wildmenu_close(desk);
    desk->wildmenu = (struct wildmenu){ .typed = mem_strdup(typed),
                                        .line = mem_strdup(line),
                                        .word = word,
                                        .found = found,
                                        .len = len,
                                        .chosen = len };
    for (; steps > 0; steps--)
        wildmenu_step(desk, 1);
    for (; steps < 0; steps++)
        wildmenu_step(desk, -1);
}

static void put_line(struct desk *desk, const char *line)
{
    line_edit_start(&desk->edits[desk->prompt], line);
    desk_theme_back(desk); /* of the one that stood there before */
    desk_prompt_changed(desk);
}

/* The place behind the last one is that of the line alone. */
void wildmenu_step(struct desk *desk, int step)
{
    struct wildmenu *menu = &desk->wildmenu;
    size_t places = menu->len + 1;
    char *line;

    menu->chosen = (menu->chosen + (step > 0 ? 1 : places - 1)) % places;
    line = menu->chosen == menu->len
               ? mem_strdup(menu->line)
               : mem_printf("%.*s%s", (int)menu->word, menu->line, menu->found[menu->chosen]);
    put_line(desk, line);
    free(line);
}

bool wildmenu_leave(struct desk *desk)
{
    if (!desk->wildmenu.typed)
        return false;
    put_line(desk, desk->wildmenu.typed);
    wildmenu_close(desk);
    return true;
}

/* ---- drawing ---- */

/* The first one of the next row, when a row begins with this one. */
static size_t next_row(const struct wildmenu *menu, size_t first, int columns)
{
    size_t i = first;
    int used = 0;

    for (; i < menu->len; i++) {
        used += text_width(menu->found[i]);
        if (i > first && used > columns)
            break;
        used += WILD_GAP;
    }
    return i;
}

/* How many rows all of them take; *row gets the one of what is chosen. */
static int count_rows(const struct wildmenu *menu, int columns, int *row)
{
    size_t at = 0, next;
    int rows = 0;

    *row = 0;
    for (; at < menu->len; at = next) {
        next = next_row(menu, at, columns);
        if (menu->chosen >= at && menu->chosen < next)
            *row = rows;
        rows++;
    }
    return rows;
}

static void draw_row(const struct wildmenu *menu, struct canvas *canvas, int y, size_t at,
                     size_t end, int columns)
{
    int x = 0;

    for (; at < end; at++) {
        int width = text_width(menu->found[at]);

        canvas_text(canvas, x, y, columns - x, STYLE_NORMAL, menu->found[at]);
        if (at == menu->chosen)
            canvas_cursor_row(canvas, x, y, width < columns - x ? width : columns - x);
        x += width + WILD_GAP;
    }
}

/* Where not all of them fit, pages of rows, and at the right which of how many. */
void wildmenu_draw(const struct desk *desk, struct canvas *canvas, int y)
{
    const struct wildmenu *menu = &desk->wildmenu;
    int columns = canvas->width, most = WILD_ROWS < y - 1 ? WILD_ROWS : y - 1, row, rows, first, i;
    char *place = mem_printf("%zu/%zu", menu->chosen < menu->len ? menu->chosen + 1 : 0, menu->len);
    size_t at = 0;

    rows = count_rows(menu, columns, &row);
    if (rows > most) {
        columns -= text_width(place) + WILD_GAP;
        rows = count_rows(menu, columns, &row);
    }
    first = rows > most ? row / most * most : 0;
    for (i = 0; i < first; i++)
        at = next_row(menu, at, columns);
    most = rows - first < most ? rows - first : most;
    for (i = 0; i < most; i++) {
        size_t end = next_row(menu, at, columns);

        canvas_fill(canvas, 0, y - most + 1 + i, canvas->width, STYLE_NORMAL, " ");
        draw_row(menu, canvas, y - most + 1 + i, at, end, columns);
        at = end;
    }
    if (columns < canvas->width)
        canvas_right(canvas, canvas->width, y, STYLE_DIM, place);
    free(place);
}
