/*
 * The guided start: how the desk looks. The theme at the cursor is worn at once, so that the list
 * itself shows it, and is remembered with the rest, at the end.
 */
#include "welcome.h"

#include "carrel/text.h"

#include <stdio.h>
#include <string.h>

#define NAME_COLUMNS 16
#define SAMPLE_ROWS 5

static void looks_add(void *ctx, const char *name)
{
    struct looks *looks = ctx;
    struct theme theme;
    struct error err;

    if (looks->list.count == LOOKS_MAX || strlen(name) >= sizeof looks->items[0].name
        || theme_load(&theme, name, &err) != ERR_OK) /* of one's own, and wrong: :theme tells why */
        return;
    strcpy(looks->items[looks->list.count].name, name);
    strcpy(looks->items[looks->list.count++].about, theme.about);
}

static void looks_find(struct looks *looks, const char *name)
{
    int i;

    for (i = 0; i < looks->list.count; i++)
        if (strcmp(looks->items[i].name, name) == 0)
            looks->list.cursor = i;
}

void looks_enter(struct view *view)
{
    struct looks *looks = &((struct welcome *)view->state)->looks;
    const char *worn = view->desk->theme_wish;

    if (looks->list.count == 0) {
        looks->items[0] = (struct look_item){ "auto", "light or dark, as your terminal is" };
        looks->list.count = 1;
        theme_each(looks_add, looks);
    }
    if (!looks->chosen[0])
        snprintf(looks->before, sizeof looks->before, "%s", worn);
    looks_find(looks, worn);
}

void looks_moved(struct view *view)
{
    struct looks *looks = &((struct welcome *)view->state)->looks;
    const char *name = looks->items[looks->list.cursor].name;
    bool other = strcmp(name, looks->before) != 0;

    if (desk_theme_try(view->desk, name))
        snprintf(looks->chosen, sizeof looks->chosen, "%s", other ? name : "");
}

const char *looks_taken(const struct view *view)
{
    const struct looks *looks = &((const struct welcome *)view->state)->looks;

    return strcmp(view->desk->theme_wish, looks->chosen) == 0 ? looks->chosen : "";
}

void looks_back(struct view *view)
{
    struct looks *looks = &((struct welcome *)view->state)->looks;

    if (*looks_taken(view))
        desk_theme_try(view->desk, looks->before);
    looks->chosen[0] = '\0';
}

void looks_intro(struct view *view)
{
    struct welcome *w = view->state;

    step_title(view, "how shall it look?");
    textview_add(&w->text, STYLE_NORMAL, 0,
                 "j and k (or the arrows) go through the themes, and each is shown at once. Enter "
                 "takes the one at the cursor, n leaves it as it was; :theme changes it any time.");
}

/* ---- drawing ---- */

/* Some of what differs between them, in `rows`. */
static void draw_sample(struct canvas *canvas, int x, int y, int width, int rows)
{
    static const struct {
        enum style style;
        const char *text;
    } parts[SAMPLE_ROWS - 1][3] = {
        { { STYLE_UNREAD, "Why moths love reading rooms" }, { STYLE_DIM, "Vale +1  2026" } },
        { { STYLE_NORMAL, "A paper you have read," }, { STYLE_MATCH, "found by this" } },
        { { STYLE_ACCENT, "arxiv:2401.00001" }, { STYLE_HIGHLIGHT, "what you highlight" } },
        { { STYLE_WARN, "a warning" }, { STYLE_ERROR, "an error" } },
    };
    int row, part;

    for (row = 1; row < rows; row++) {
        int at = x;

        for (part = 0; part < 3 && parts[row - 1][part].text && at < x + width; part++) {
            canvas_text(canvas, at, y + row, x + width - at, parts[row - 1][part].style,
                        parts[row - 1][part].text);
            at += text_width(parts[row - 1][part].text) + 2;
        }
    }
}

void looks_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct looks *looks = &((struct welcome *)view->state)->looks;
    int sample = height >= looks->list.count + SAMPLE_ROWS ? SAMPLE_ROWS : 0, i;

    listview_place(&looks->list, height - sample);
    for (i = 0; i < looks->list.height && looks->list.top + i < looks->list.count; i++) {
        const struct look_item *item = &looks->items[looks->list.top + i];

        canvas_text(canvas, x + 3, y + i, NAME_COLUMNS - 1, STYLE_ACCENT, item->name);
        canvas_text(canvas, x + 3 + NAME_COLUMNS, y + i, width - 4 - NAME_COLUMNS, STYLE_NORMAL,
                    item->about);
        if (looks->list.top + i == looks->list.cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
    draw_sample(canvas, x + 3, y + looks->list.count, width - 4, sample);
}
