/*
 * The frame around a view: title bar, sidebar, prompt and messages.
 */
#include "desk.h"

#include "carrel/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NARROW 50

/* "Library", "Search: attention", or the name of the feed. */
static char *bar_title(const struct view *view)
{
    const char *argument = view->argument ? view->argument : "";
    const char *shown = view->ops->shown ? view->ops->shown(view) : NULL;

    if (shown && !str_eq(shown, argument))
        argument = shown;
    else if (view->name)
        return mem_strdup(view->name);
    return mem_printf("%s%s%s", view->ops->title, *argument ? ": " : "", argument);
}

char *desk_title(struct desk *desk)
{
    struct view *view = desk_view(desk);
    char *title = view ? bar_title(view) : mem_strdup(""), *out;

    out = mem_printf("%s%scarrel", title, *title ? " - " : "");
    free(title);
    return out;
}

/* A narrow screen has room for the view's name and what counts most. */
static void draw_bar(struct desk *desk)
{
    struct canvas *canvas = &desk->canvas;
    struct view *view = desk_view(desk);
    struct str status = STR_INIT;
    bool narrow = canvas->width < NARROW;
    enum style style = desk->focused ? STYLE_BAR : STYLE_DIM; /* the keys go elsewhere */
    int width, left = narrow ? 1 : 9;
    char *title, *more;

    if (!desk->app->linear)
        canvas_fill(canvas, 0, 0, canvas->width, style, " ");
    if (!narrow)
        canvas_text(canvas, 1, 0, canvas->width - 2, style, "carrel");
    if (!view)
        return;
    title = bar_title(view);
    if (view->ops->status)
        view->ops->status(view, &status);
    more = status.len ? strstr(status.ptr, "  ") : NULL;
    if (more && (narrow || text_width(status.ptr) + 20 > canvas->width))
        *more = '\0';
    width = text_width(status.ptr);
    if (width > canvas->width - left - 3)
        width = canvas->width - left - 3;
    if (desk->app->linear) {
        char *line = mem_printf("%s%s%s", title, width > 0 ? ", " : "", status.ptr);

        canvas_text(canvas, left, 0, canvas->width - left, style, line);
        free(line);
    } else {
        canvas_text(canvas, canvas->width - width - 1, 0, width, style, status.ptr);
        canvas_text(canvas, left, 0, canvas->width - width - left - 2, style, title);
    }
    free(title);
    str_free(&status);
}

#define WORK_FROM 50 /* narrower screens have no room for it */

/* What runs in the background, at the right; the columns that are left. */
static int draw_work(struct desk *desk, int y)
{
    struct canvas *canvas = &desk->canvas;
    const char *work = desk->doing.len > 0   ? desk->doing.ptr
                       : desk->clock.len > 0 ? desk->clock.ptr
                                             : desk->work.ptr;
    int width = text_width(work);

    if (width == 0 || canvas->width < WORK_FROM || desk->prompt != PROMPT_NONE)
        return canvas->width;
    if (width > canvas->width / 2)
        width = canvas->width / 2;
    canvas_text(canvas, canvas->width - width, y, width, STYLE_ACCENT, work);
    return canvas->width - width - 2;
}

#define MESSAGE_ROWS 4

/* A message that is longer than a line goes over the end of the view, its end on the last line. */
static void draw_message(struct canvas *canvas, int y, int columns, enum style style,
                         const char *text)
{
    size_t starts[MESSAGE_ROWS], at = 0, next;
    size_t lens[MESSAGE_ROWS];
    int rows = 0, i;

    while (text[at] && rows < MESSAGE_ROWS && rows < y - 1) {
        starts[rows] = at;
        lens[rows] = text_wrap(text + at, columns, &next);
        at += next;
        rows++;
    }
    if (rows > 0 && text[at]) /* more than that: the rest is cut with an ellipsis */
        lens[rows - 1] = strlen(text) - starts[rows - 1];
    for (i = 0; i < rows; i++) {
        char *line = mem_strndup(text + starts[i], lens[i]);

        if (i < rows - 1)
            canvas_fill(canvas, 0, y - rows + 1 + i, canvas->width, STYLE_NORMAL, " ");
        canvas_text(canvas, 0, y - rows + 1 + i, columns, style, line);
        free(line);
    }
}

/* Above the prompt: what may stand there, or what is wrong with a query, once typing rests. */
static void draw_slip(struct desk *desk, int y)
{
    struct view *view = desk_view(desk);
    struct str slip = STR_INIT;

    if (desk->wildmenu.typed)
        wildmenu_draw(desk, &desk->canvas, y);
    else if (desk->prompt == PROMPT_COMMAND || desk->prompt == PROMPT_SEARCH)
        str_add(&slip, desk->message.ptr);
    else if (desk->prompt == PROMPT_NOTE)
        str_add(&slip, "A note on what is highlighted: Enter keeps it, Esc leaves it.");
    else if (desk->prompt == PROMPT_FEED && desk->message.len > 0) /* Tab found nothing */
        str_add(&slip, desk->message.ptr);
    else if (desk->prompt == PROMPT_FEED)
        desk_feed_say(desk, &slip);
    if (slip.len == 0 && desk->paused && desk->prompt == PROMPT_SEARCH && view && view->ops->slip)
        view->ops->slip(view, &slip);
    if (slip.len > 0) {
        canvas_fill(&desk->canvas, 0, y, desk->canvas.width, STYLE_NORMAL, " ");
        draw_message(&desk->canvas, y, desk->canvas.width, STYLE_DIM, slip.ptr);
    }
    str_free(&slip);
}

static void draw_bottom(struct desk *desk)
{
    static const char *const signs[PROMPT_COUNT] = { "", ":", "/", "/", ">", "=", ">" };
    struct canvas *canvas = &desk->canvas;
    int y = canvas->height - 1, columns = draw_work(desk, y);

    if (desk->prompt != PROMPT_NONE) {
        const struct line_edit *edit = &desk->edits[desk->prompt];
        char *before = mem_strndup(edit->text.ptr, edit->at);
        int at = text_width(before), room = canvas->width - 2;
        const char *shown = edit->text.ptr;

        if (at > room - 1) { /* the end that is typed at stays in sight */
            shown += text_fit(edit->text.ptr, at - room / 2, NULL);
            at = room / 2;
        }
        canvas_text(canvas, 0, y, 1, STYLE_ACCENT, signs[desk->prompt]);
        canvas_text(canvas, 1, y, room, STYLE_NORMAL, shown);
        if (edit->selected)
            canvas_cursor_row(canvas, 1, y, text_width(shown));
        draw_slip(desk, y - 1);
        canvas->cursor_x = 1 + at;
        canvas->cursor_y = y;
        free(before);
    } else if (desk->message.len > 0) {
        char *said =
            mem_printf("%s%s%s", desk->message.ptr, desk->teach.len ? "   " : "", desk->teach.ptr);

        draw_message(canvas, y, columns, desk->message_style, said);
        free(said);
    } else if (desk->teach.len > 0) {
        canvas_text(canvas, 0, y, columns, STYLE_ACCENT, desk->teach.ptr);
    } else if (desk->pending[0]) {
        desk_draw_pending(desk, y, columns);
    } else {
        desk_draw_hints(desk, y, columns);
    }
}

void desk_draw(struct desk *desk)
{
    struct canvas *canvas = &desk->canvas;
    struct panes panes;

    canvas_clear(canvas);
    if (canvas->width < 20 || canvas->height < 5) {
        canvas_text(canvas, 0, 0, canvas->width, STYLE_ERROR, "carrel needs 20x5");
        return;
    }
    desk_beside(desk);
    desk_panes(desk, &panes);
    desk_draw_panes(desk, &panes);
    tutor_draw(desk, tutor_rows(desk));
    draw_bar(desk);
    draw_bottom(desk);
    if (desk->prompt == PROMPT_PALETTE)
        desk_palette_draw(desk);
}
