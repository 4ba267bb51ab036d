/*
 * Today's open alerts above its list: a few lines with a cursor that comes from the list below.
 * Enter opens the paper, x (which skips a paper in the list) dismisses the alert.
 */
#include "papers.h"

#include "carrel/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LEAST_HEIGHT 10 /* of the view; with less the list has it all */
#define RULE_COLUMNS 12

int pane_read(struct alert_pane *pane, struct store *store, struct error *err)
{
    int result = alerts_open(store, &pane->open, err);

    pane->arena = arena_new();
    return result == ERR_OK ? alerts_log(store, pane->arena, NULL, false, PANE_ROWS, &pane->rows,
                                         &pane->len, err)
                            : result;
}

void pane_take(struct alert_pane *pane, struct alert_pane *read)
{
    const struct alert_row *row = pane_row(pane);
    int64_t id = row ? row->id : 0;
    int cursor = pane->cursor;
    size_t i;

    arena_free(pane->arena);
    pane->arena = read->arena;
    pane->rows = read->rows;
    pane->len = read->len;
    pane->open = read->open;
    read->arena = NULL;
    for (i = 0; i < pane->len && id; i++)
        if (pane->rows[i].id == id)
            cursor = (int)i;
    if (cursor >= (int)pane->len)
        cursor = (int)pane->len - 1;
    pane->cursor = cursor;
}

void pane_free(struct alert_pane *pane)
{
    arena_free(pane->arena);
}

int pane_len(const struct alert_pane *pane)
{
    return pane->hidden ? 0 : (int)pane->len;
}

const struct alert_row *pane_row(const struct alert_pane *pane)
{
    return pane->cursor >= 0 && pane->cursor < pane_len(pane) ? &pane->rows[pane->cursor] : NULL;
}

bool pane_click(struct alert_pane *pane, int line)
{
    int row = pane->top + line - 1; /* below the heading */

    if (line >= 1 && line < pane->lines - 1 && row < pane_len(pane))
        pane->cursor = row;
    return true;
}

static void pane_open(struct view *view, const struct alert_row *row)
{
    if (row->work)
        desk_open(view->desk, &view_paper, row->key);
    else
        desk_say(view->desk, STYLE_NORMAL, "that paper was merged into another; x dismisses this");
}

static void pane_dismiss(struct view *view, const struct alert_row *row)
{
    char *line = mem_printf("alert dismiss %" PRId64, row->id);

    desk_run_line(view->desk, line);
    free(line);
}

static void pane_related(struct view *view, const struct alert_row *row)
{
    char *query = mem_printf("near:%s", row->key);

    if (row->work)
        desk_open(view->desk, &view_search, query);
    free(query);
}

bool pane_refuses_marks(struct view *view)
{
    struct papers *p = view->state;
    bool there = pane_row(&p->pane) != NULL;

    if (there)
        desk_refuse(view->desk, "an alert cannot be marked: j and gg go to the papers; x "
                                "dismisses this one");
    return there;
}

bool pane_command(struct view *view, int argc, char **argv)
{
    struct papers *p = view->state;
    const struct alert_row *row = pane_row(&p->pane);

    if (!row)
        return false;
    if (strcmp(argv[0], "open") == 0)
        pane_open(view, row);
    else if (argc == 2 && strcmp(argv[0], "mark") == 0 && strcmp(argv[1], "skip") == 0)
        pane_dismiss(view, row);
    else if (strcmp(argv[0], "related-here") == 0 && marks_count(&p->marks) == 0)
        pane_related(view, row);
    else
        return false;
    return true;
}

/* ---- drawing ---- */

static void pane_title(struct str *out, const struct alert_row *row)
{
    if (row->work)
        text_from_latex(out, row->title);
    else
        str_add(out, "(merged into another paper)");
}

/* "hot           Gardens of a Job                      trend upvotes 51" */
static void pane_draw_row(struct canvas *canvas, const struct alert_row *row, int x, int y,
                          int width)
{
    int why = width >= 70 ? width / 3 : width >= 45 ? 10 : 0;
    int left = x + 1 + RULE_COLUMNS + 1, room = width - RULE_COLUMNS - 2 - (why ? why + 1 : 0);
    struct str title = STR_INIT, reason = STR_INIT;

    pane_title(&title, row);
    str_printf(&reason, "%s%s%s", alert_on_name(row->on), *row->detail ? " " : "", row->detail);
    canvas_text(canvas, x + 1, y, RULE_COLUMNS, STYLE_ACCENT, row->rule);
    canvas_text(canvas, left, y, room, STYLE_UNREAD, title.ptr);
    if (why)
        canvas_text(canvas, x + width - why, y, why, STYLE_DIM, reason.ptr);
    str_free(&title);
    str_free(&reason);
}

void pane_words(const struct alert_row *row, struct str *out)
{
    str_printf(out, "%s, %s%s%s: ", row->rule, alert_on_name(row->on), *row->detail ? " " : "",
               row->detail);
    pane_title(out, row);
    str_add_char(out, '.');
}

static int pane_draw_linear(struct canvas *canvas, const struct alert_row *row, int x, int y,
                            int width, int rows)
{
    struct str text = STR_INIT;
    int lines;

    str_add(&text, "alert ");
    pane_words(row, &text);
    lines = canvas_wrapped(canvas, x, y, width, rows, STYLE_NORMAL, text.ptr);
    str_free(&text);
    return lines;
}

static void pane_heading(const struct alert_pane *pane, struct canvas *canvas, int x, int y,
                         int width)
{
    struct str text = STR_INIT;
    int used;

    str_printf(&text, "Alerts: %" PRId64 " open", pane->open);
    used = canvas_text(canvas, x, y, width, STYLE_HEADING, text.ptr);
    if (width > used + 30)
        canvas_text(canvas, x + used + 2, y, width - used - 2, STYLE_DIM,
                    pane->cursor < 0 ? "k at the top goes there" : "Enter opens, x dismisses");
    str_free(&text);
}

int pane_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct papers *p = view->state;
    struct alert_pane *pane = &p->pane;
    int most = height >= 20 ? 5 : 3, rows = (int)pane->len < most ? (int)pane->len : most;
    int i, used = 1;

    pane->hidden = height < LEAST_HEIGHT;
    pane->lines = 0;
    if (pane_len(pane) == 0)
        return 0;
    if (pane->top > (int)pane->len - rows)
        pane->top = (int)pane->len - rows;
    if (pane->cursor >= 0 && pane->cursor < pane->top)
        pane->top = pane->cursor;
    if (pane->cursor >= pane->top + rows)
        pane->top = pane->cursor - rows + 1;
    pane_heading(pane, canvas, x, y, width);
    for (i = pane->top; i < pane->top + rows && used < height - 3; i++) {
        int lines = 1;

        if (desk_app(view->desk)->linear)
            lines = pane_draw_linear(canvas, &pane->rows[i], x, y + used, width, height - 3 - used);
        else
            pane_draw_row(canvas, &pane->rows[i], x, y + used, width);
        for (; lines > 0; lines--, used++)
            if (i == pane->cursor) {
                canvas_cursor_row(canvas, x, y + used, width);
                if (desk_app(view->desk)->linear) { /* what the reader speaks is where it is */
                    canvas->cursor_x = x;
                    canvas->cursor_y = y + used;
                }
            }
    }
    canvas_fill(canvas, x, y + used, width, STYLE_DIM, "─");
    pane->lines = used + 1;
    return pane->lines;
}

void pane_data(const struct alert_pane *pane, struct jsonw *w)
{
    size_t i;

    jsonw_key_int(w, "alerts_open", pane->open);
    jsonw_key_int(w, "alert_cursor", pane->cursor);
    jsonw_key(w, "alerts");
    jsonw_array(w);
    for (i = 0; i < pane->len; i++)
        alert_row_json(w, &pane->rows[i]);
    jsonw_end(w);
}
