/*
 * The Code view drawn: a column of numbers or dates, and texts that go sideways or are wrapped.
 */
#include "code.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define SIDEWAYS 16    /* columns a step */
#define TITLE_LEAST 20 /* columns; where it has less, as of when is all that is told */

void code_measure(struct code_view *v)
{
    size_t i;

    v->left_width = v->longest = 0;
    for (i = 0; i < v->level.count; i++) {
        int left = text_width(v->level.rows[i].left), text = text_width(v->level.rows[i].text);

        v->left_width = left > v->left_width ? left : v->left_width;
        v->longest = text > v->longest ? text : v->longest;
    }
}

/* ---- wrapping ---- */

/* The bytes of a text's next line, and where the one behind it begins. */
static size_t next_line(const struct code_view *v, const char *text)
{
    size_t len = text_fit(text, v->room > 0 ? v->room : 1, NULL);
    int wide;

    return len > 0 || !*text ? len : text_grapheme(text, strlen(text), &wide);
}

/* How many lines a row takes. */
static int lines_of(const struct code_view *v, int row)
{
    const char *text;
    int lines = 1;

    if (!v->wrap || (size_t)row >= v->level.count)
        return 1;
    text = v->level.rows[row].text;
    for (text += next_line(v, text); *text; text += next_line(v, text))
        lines++;
    return lines;
}

int code_row_at(const struct code_view *v, int line)
{
    int row = v->list.top;

    while (row < v->list.count - 1 && (line -= lines_of(v, row)) >= 0)
        row++;
    return row;
}

/* The cursor's row is to be seen whole, from its beginning at least. */
static void place_wrapped(struct code_view *v, int height)
{
    int lines = lines_of(v, v->list.cursor), row;

    for (row = v->list.cursor - 1; row >= v->list.top; row--) {
        lines += lines_of(v, row);
        if (lines > height) {
            v->list.top = row + 1;
            return;
        }
    }
}

/* ---- drawing ---- */

const char *code_more_text(const struct code_view *v)
{
    return v->level.place.what == CODE_LOG ? "Enter: earlier commits" : "cut here: it goes on";
}

/* What of a text stands to the right of so many columns. */
static const char *behind(const char *text, int columns)
{
    return columns > 0 ? text + text_fit(text, columns, NULL) : text;
}

static int draw_wrapped(const struct code_view *v, struct canvas *canvas, int x, int y, int rows,
                        enum style style, const char *text)
{
    int line = 0;

    do {
        size_t len = next_line(v, text);
        char *part = mem_strndup(text, len);

        canvas_text(canvas, x, y + line, v->room, style, part);
        free(part);
        text += len;
        line++;
    } while (*text && line < rows);
    return line;
}

/* The first row of the screen and the cursor's say in full what they share with the row above. */
static const char *left_of(const struct code_view *v, const struct code_row *row)
{
    size_t at = (size_t)(row - v->level.rows);

    return row->again && ((int)at == v->list.top || (int)at == v->list.cursor) ? row->again
                                                                               : row->left;
}

/* The lines that it takes, of `rows` at most. */
static int draw_row(struct code_view *v, struct canvas *canvas, int x, int y, int rows,
                    const struct code_row *row)
{
    static const enum style styles[] = {
        [CODE_PLAIN] = STYLE_NORMAL, [CODE_FOLDER] = STYLE_ACCENT, [CODE_HEAD] = STYLE_TITLE,
        [CODE_ADDED] = STYLE_ACCENT, [CODE_REMOVED] = STYLE_ERROR, [CODE_QUIET] = STYLE_DIM
    };
    int left = v->left_room;

    if (row->commit && strcmp(row->commit, v->marked) == 0)
        canvas_text(canvas, x - 1, y, 1, STYLE_ACCENT, "*");
    if (left > 0) {
        canvas_text(canvas, x, y, left, STYLE_DIM, left_of(v, row));
        x += left + 2;
    }
    if (v->wrap)
        return draw_wrapped(v, canvas, x, y, rows, styles[row->style], row->text);
    canvas_text(canvas, x, y, v->room, styles[row->style], behind(row->text, v->shift));
    return 1;
}

/* As of when stays in sight, but where there is room for little else. */
static void draw_title(const struct code_view *v, struct canvas *canvas, int x, int y, int width)
{
    int right = text_width(v->level.as_of);

    if (width < right + TITLE_LEAST) {
        canvas_text(canvas, x, y, width, STYLE_HEADING, v->level.as_of);
        return;
    }
    canvas_text(canvas, x, y, width - right - 2, STYLE_HEADING, v->level.title);
    canvas_right(canvas, x + width, y, STYLE_ACCENT, v->level.as_of);
}

static void draw_rows(struct code_view *v, struct canvas *canvas, int x, int y, int width,
                      int height)
{
    int line = 0, row;

    for (row = v->list.top; line < height && row < v->list.count; row++) {
        bool is_row = (size_t)row < v->level.count;
        int at = y + line;

        if (is_row)
            line += draw_row(v, canvas, x + 1, at, height - line, &v->level.rows[row]);
        else
            canvas_text(canvas, x + 1, y + line++, width - 2, STYLE_DIM, code_more_text(v));
        for (; row == v->list.cursor && at < y + line; at++)
            canvas_cursor_row(canvas, x, at, width);
    }
    if (v->list.count == 0)
        canvas_text(canvas, x + 1, y, width - 2, STYLE_DIM,
                    v->author ? "no commit of that author; f and Enter shows all"
                              : "nothing is here");
}

void code_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct code_view *v = view->state;

    if (v->asker.error.code) {
        canvas_wrapped(canvas, x + 1, y, width - 2, height, STYLE_ERROR, v->asker.error.message);
        return;
    }
    if (!v->level.title) {
        canvas_text(canvas, x + 1, y, width - 2, STYLE_DIM, "Looking…");
        return;
    }
    v->left_room = v->left_width < (width - 2) / 2 ? v->left_width : (width - 2) / 2;
    v->room = width - 2 - (v->left_room > 0 ? v->left_room + 2 : 0);
    draw_title(v, canvas, x + 1, y, width - 2);
    if (v->arrived) /* what was meant, with some of what stands before it */
        v->list.top = v->list.cursor - (height - 1) / 3;
    v->arrived = false;
    listview_place(&v->list, height - 1);
    if (v->wrap)
        place_wrapped(v, height - 1);
    draw_rows(v, canvas, x, y + 1, width, height - 1);
}

/* ---- sideways ---- */

void code_shift(struct code_view *v, int columns)
{
    v->shift += columns;
    if (v->shift > v->longest - v->room)
        v->shift = v->longest - v->room;
    if (v->shift < 0)
        v->shift = 0;
}

static void sideways(struct view *view, int columns)
{
    struct code_view *v = view->state;

    if (v->wrap)
        desk_refuse(view->desk, "lines are wrapped, so there is nothing beside; zw ends that");
    else
        code_shift(v, columns);
}

void code_left(struct view *view, const char *argument)
{
    (void)argument;
    sideways(view, -SIDEWAYS);
}

void code_right(struct view *view, const char *argument)
{
    (void)argument;
    sideways(view, SIDEWAYS);
}

void code_line_start(struct view *view, const char *argument)
{
    const struct code_view *v = view->state;

    (void)argument;
    sideways(view, -v->shift);
}

/* The end of the cursor's line comes into sight. */
void code_line_end(struct view *view, const char *argument)
{
    const struct code_view *v = view->state;
    const struct code_row *row = code_row_here(v);

    (void)argument;
    if (row)
        sideways(view, text_width(row->text) - v->room - v->shift);
}

void code_left_or_back(struct view *view, const char *argument)
{
    const struct code_view *v = view->state;

    if (v->shift > 0)
        code_left(view, argument);
    else
        desk_run_line(view->desk, "back");
}

void code_right_or_open(struct view *view, const char *argument)
{
    const struct code_view *v = view->state;

    if (!v->wrap && v->longest > v->room)
        code_right(view, argument);
    else
        code_enter(view, argument);
}

void code_wrap(struct view *view, const char *argument)
{
    struct code_view *v = view->state;

    (void)argument;
    v->wrap = !v->wrap;
    v->shift = 0;
    desk_say(view->desk, STYLE_DIM,
             v->wrap ? "long lines are wrapped" : "long lines go on to the right");
}
