/*
 * The frame around a view: title bar, sidebar, prompt and messages.
 */
#include "desk.h"

#include "carrel/text.h"

#include <stdlib.h>

static void draw_bar(struct desk *desk)
{
    struct canvas *canvas = &desk->canvas;
    struct view *view = desk_view(desk);
    struct str status = STR_INIT;
    int width;

    if (!desk->app->linear)
        canvas_fill(canvas, 0, 0, canvas->width, STYLE_BAR, " ");
    canvas_text(canvas, 1, 0, canvas->width - 2, STYLE_BAR, "carrel");
    if (view) {
        char *title =
            mem_printf("%s%s%s", view->ops->title, view->argument && *view->argument ? ": " : "",
                       view->argument ? view->argument : "");

        if (view->ops->status)
            view->ops->status(view, &status);
        width = text_width(status.ptr);
        if (width > canvas->width - 12)
            width = canvas->width - 12;
        canvas_text(canvas, canvas->width - width - 1, 0, width, STYLE_BAR, status.ptr);
        canvas_text(canvas, 9, 0, canvas->width - width - 12, STYLE_BAR, title);
        free(title);
    }
    str_free(&status);
}

#define WORK_FROM 50 /* narrower screens have no room for it */

/* What runs in the background, at the right; the columns that are left. */
static int draw_work(struct desk *desk, int y)
{
    struct canvas *canvas = &desk->canvas;
    int width = text_width(desk->work.ptr);

    if (width == 0 || canvas->width < WORK_FROM || desk->prompt != PROMPT_NONE)
        return canvas->width;
    if (width > canvas->width / 2)
        width = canvas->width / 2;
    canvas_text(canvas, canvas->width - width, y, width, STYLE_ACCENT, desk->work.ptr);
    return canvas->width - width - 2;
}

static const char *draw_hint(const struct view *view)
{
    if (view && view->ops->hint)
        return view->ops->hint;
    return "/ search  Enter open  r read  s star  t tag  : command  ? help  Q quit";
}

static void draw_bottom(struct desk *desk)
{
    static const char *const signs[] = { "", ":", "/", "/" };
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
        canvas->cursor_x = 1 + at;
        canvas->cursor_y = y;
        free(before);
    } else if (desk->message.len > 0) {
        canvas_text(canvas, 0, y, columns, desk->message_style, desk->message.ptr);
    } else if (desk->pending[0]) {
        canvas_text(canvas, 0, y, columns, STYLE_DIM, desk->pending);
    } else {
        canvas_text(canvas, 0, y, columns, STYLE_DIM, draw_hint(desk_view(desk)));
    }
}

void desk_draw(struct desk *desk)
{
    struct canvas *canvas = &desk->canvas;
    struct view *view = desk_view(desk);
    int side = desk_sidebar_width(desk);

    canvas_clear(canvas);
    if (canvas->width < 20 || canvas->height < 5) {
        canvas_text(canvas, 0, 0, canvas->width, STYLE_ERROR, "carrel needs 20x5");
        return;
    }
    draw_bar(desk);
    if (side)
        desk_draw_sidebar(desk, side);
    if (view)
        view->ops->draw(view, canvas, side, 1, canvas->width - side, canvas->height - 2);
    draw_bottom(desk);
}
