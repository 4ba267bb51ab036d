/*
 * The forms in which papers can be cited, each with what it comes to: Enter copies one. The
 * argument is the papers' ids, blanks between them.
 */
#include "../asker.h"

#include "../desk.h"

#include "carrel/cite_forms.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

#define NAME_COLUMNS 10
#define FORMS_MAX 24
#define WHOLE_LEAST 7 /* rows for the form that is shown whole, and the one above it */
#define LIST_LEAST 3
#define SCROLL_LINES 4

struct cite_row {
    const char *name, *help;
    char *text; /* whole; "" when it could not be made */
};

struct cite_question {
    struct question question;
    const struct app *app;
    const char *ids;
    struct cite_row rows[FORMS_MAX];
    size_t count, papers;
};

struct cite_view {
    struct cite_row rows[FORMS_MAX]; /* texts in the answer's arena */
    struct listview list;
    int down; /* lines of the form below that are above what is shown */
    size_t papers;
    struct asker asker;
};

/* ---- asking ---- */

static int cite_works(struct cite_question *q, int64_t *works, struct store *store,
                      struct error *err)
{
    char *ids = arena_strdup(q->question.arena, q->ids), *rest = NULL, *id;
    int result = ERR_OK;

    for (id = strtok_r(ids, " ", &rest); id && result == ERR_OK; id = strtok_r(NULL, " ", &rest)) {
        result = works_find(store, &works[q->papers], id, err);
        q->papers += result == ERR_OK;
    }
    return result;
}

static int cite_read(struct question *question, struct store *store, struct error *err)
{
    struct cite_question *q = (struct cite_question *)question;
    int64_t *works = arena_alloc(question->arena, (strlen(q->ids) / 2 + 2) * sizeof *works);
    struct cite_source source = { .store = store,
                                  .config = q->app->config,
                                  .arena = question->arena,
                                  .works = works,
                                  .cancel = &question->task.cancel };
    const char *name, *help;
    int result = cite_works(q, works, store, err);
    size_t i;

    source.count = q->papers;
    for (i = 0; result == ERR_OK && i < FORMS_MAX && (name = cite_form_at(i, &help)); i++) {
        struct str text = STR_INIT;

        result = cite_form_write(&text, &source, name, err);
        str_trim(&text);
        q->rows[q->count++] =
            (struct cite_row){ name, help, arena_strdup(question->arena, text.ptr) };
        str_free(&text);
    }
    return result;
}

static void cite_ask(struct view *view)
{
    struct cite_view *v = view->state;
    struct cite_question *q = question_new(sizeof *q, "cite", cite_read);

    q->app = desk_app(view->desk);
    q->ids = arena_strdup(q->question.arena, view->argument ? view->argument : "");
    asker_ask(&v->asker, view, q);
}

static void cite_result(struct view *view, struct task *task)
{
    struct cite_view *v = view->state;
    const struct cite_question *q = (const struct cite_question *)task;

    if (!asker_answered(&v->asker, view, task) || v->asker.error.code)
        return;
    asker_keep(&v->asker, task);
    memcpy(v->rows, q->rows, sizeof v->rows);
    v->list.count = (int)q->count;
    v->papers = q->papers;
    listview_clamp(&v->list);
}

static void cite_changed(struct view *view)
{
    struct cite_view *v = view->state;

    asker_changed(&v->asker, view, cite_ask);
}

/* ---- drawing ---- */

static void draw_row(struct canvas *canvas, const struct cite_row *row, bool here, int x, int y,
                     int width)
{
    struct str line = STR_INIT;

    str_add_mem(&line, row->text, strcspn(row->text, "\n"));
    canvas_text(canvas, x + 1, y, NAME_COLUMNS, STYLE_ACCENT, row->name);
    if (width > NAME_COLUMNS + 2)
        canvas_text(canvas, x + 1 + NAME_COLUMNS, y, width - 2 - NAME_COLUMNS, STYLE_NORMAL,
                    line.ptr);
    if (here)
        canvas_cursor_row(canvas, x, y, width);
    str_free(&line);
}

/* The whole of what is under the cursor, below the list; how far it goes on is told. Returns how
 * many lines of it are above what is shown. */
static int draw_whole(struct canvas *canvas, const struct cite_row *row, int down,
                      const struct rect *at)
{
    struct textview text = { .top = down };
    const char *line = row->text;
    char *more;
    int height = at->height;

    textview_add(&text, STYLE_DIM, 0, "%s", row->help);
    while (*line) {
        size_t len = strcspn(line, "\n");

        textview_add(&text, STYLE_NORMAL, 2, "%.*s", (int)len, line);
        line += len + (line[len] == '\n');
    }
    textview_wrap(&text, at->width);
    if ((int)text.line_count > height && height > 1) {
        textview_draw(&text, canvas, at->x, at->y, at->width, --height);
        more = mem_printf("lines %d to %d of %zu; J K scroll", text.top + 1, text.top + height,
                          text.line_count);
        canvas_text(canvas, at->x, at->y + height, at->width, STYLE_DIM, more);
        free(more);
    } else {
        textview_draw(&text, canvas, at->x, at->y, at->width, height);
    }
    down = text.top;
    textview_clear(&text);
    return down;
}

static void cite_draw(struct view *view, struct canvas *canvas, int x, int y, int width, int height)
{
    struct cite_view *v = view->state;
    int rows = height - WHOLE_LEAST > LIST_LEAST ? height - WHOLE_LEAST : LIST_LEAST, i;
    struct rect whole;

    if (v->asker.error.code)
        canvas_text(canvas, x + 1, y, width - 1, STYLE_ERROR, v->asker.error.message);
    if (v->asker.error.code || v->list.count == 0)
        return;
    rows = v->list.count < rows ? v->list.count : rows;
    rows = rows < height ? rows : height;
    listview_place(&v->list, rows);
    for (i = 0; i < rows && v->list.top + i < v->list.count; i++)
        draw_row(canvas, &v->rows[v->list.top + i], v->list.top + i == v->list.cursor, x, y + i,
                 width);
    whole = (struct rect){ x + 1, y + rows + 1, width - 2, height - rows - 1 };
    if (whole.height > 0)
        v->down = draw_whole(canvas, &v->rows[v->list.cursor], v->down, &whole);
}

/* ---- in words ---- */

static void cite_lines(struct view *view, struct view_lines *lines)
{
    struct cite_view *v = view->state;

    listview_lines(&v->list, lines);
}

static bool cite_line(struct view *view, int at, struct str *out)
{
    const struct cite_view *v = view->state;
    const struct cite_row *row = &v->rows[at];

    str_printf(out, "%s: %.*s", row->name, (int)strcspn(row->text, "\n"), row->text);
    return true;
}

static void cite_detail(struct view *view, struct str *out)
{
    const struct cite_view *v = view->state;
    const struct cite_row *row = v->list.cursor < v->list.count ? &v->rows[v->list.cursor] : NULL;

    if (row)
        str_printf(out, "%s: %s", row->help, row->text);
}

/* ---- the contract ---- */

static void cite_copy(struct view *view)
{
    struct cite_view *v = view->state;
    const struct cite_row *row = &v->rows[v->list.cursor];
    char *what = cite_said(row->name, row->text, v->papers);

    desk_copy_text(view->desk, row->text, what);
    free(what);
}

static bool cite_command(struct view *view, int argc, char **argv)
{
    struct cite_view *v = view->state;
    int cursor = v->list.cursor;

    if (listview_command(&v->list, argc, argv)) {
        v->down = v->list.cursor == cursor ? v->down : 0;
        return true;
    }
    if (strcmp(argv[0], "beside-down") == 0 || strcmp(argv[0], "beside-up") == 0) {
        v->down += argv[0][strlen("beside-")] == 'd' ? SCROLL_LINES : -SCROLL_LINES;
        return true; /* drawing keeps it within the text */
    }
    if (v->list.count == 0 || (strcmp(argv[0], "open") != 0 && strcmp(argv[0], "copy") != 0))
        return false;
    cite_copy(view);
    return true;
}

static int cite_open(struct view *view, const char *argument, struct error *err)
{
    if (!argument || !*argument)
        return error_set(err, ERR_USAGE, "which papers? :cite on a list, or dump cite ID");
    view->state = mem_zalloc(sizeof(struct cite_view));
    cite_ask(view);
    return ERR_OK;
}

static void cite_status(struct view *view, struct str *out)
{
    const struct cite_view *v = view->state;

    if (v->asker.loaded)
        str_printf(out, "%zu paper%s", v->papers, v->papers == 1 ? "" : "s");
}

static size_t cite_selection(struct view *view, struct arena *arena, char ***keys)
{
    const struct cite_view *v = view->state;
    char *ids = arena_strdup(arena, view->argument), *rest = NULL, *id;
    size_t count = 0;

    *keys = arena_alloc(arena, (v->papers + 1) * sizeof **keys);
    for (id = strtok_r(ids, " ", &rest); id && count < v->papers; id = strtok_r(NULL, " ", &rest))
        (*keys)[count++] = id;
    return count;
}

static const struct error *cite_failure(const struct view *view)
{
    const struct cite_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void cite_data(struct view *view, struct jsonw *w)
{
    const struct cite_view *v = view->state;
    int i;

    jsonw_key_int(w, "cursor", v->list.cursor);
    jsonw_key(w, "items");
    jsonw_array(w);
    for (i = 0; i < v->list.count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "form", v->rows[i].name);
        jsonw_key_string(w, "text", v->rows[i].text);
        jsonw_end(w);
    }
    jsonw_end(w);
}

static void cite_close(struct view *view)
{
    struct cite_view *v = view->state;

    if (!v)
        return;
    asker_close(&v->asker, view);
    free(v);
}

const struct view_ops view_cite = { .name = "cite",
                                    .title = "Cite",
                                    .hint = "Enter copy  J K scroll  :cite FILE.bib  Esc back",
                                    .open = cite_open,
                                    .draw = cite_draw,
                                    .command = cite_command,
                                    .changed = cite_changed,
                                    .result = cite_result,
                                    .selection = cite_selection,
                                    .status = cite_status,
                                    .failure = cite_failure,
                                    .data = cite_data,
                                    .lines = cite_lines,
                                    .line = cite_line,
                                    .detail = cite_detail,
                                    .close = cite_close };
