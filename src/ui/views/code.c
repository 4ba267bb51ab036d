/*
 * A clone: folders, files, log, what commits change, blame, branches and tags. Each level is a view
 * of its own on the desk's stack, so that Esc leads back to where one came from; what it shows is
 * read whole on a worker (carrel/code.h).
 */
#include "../asker.h"

#include "carrel/code.h"
#include "carrel/view.h"

#include "carrel/text.h"

#include <stdlib.h>
#include <string.h>

#define SIDEWAYS 16    /* columns a step */
#define LOG_FIRST 500u /* commits; Enter on the last row asks for more, from the first one on */
#define LOG_MORE 16u    /* times as many: 8,000, then all of most repositories */

struct code_view {
    char *argument;
    size_t most;
    struct code_level level;
    struct listview list;
    int left_width, longest; /* columns of the rows' two parts */
    int shift;               /* columns of the texts that are out of sight, to the left */
    int room;                /* columns that a text had, when it was drawn last */
    struct str find;
    struct asker asker;
};

struct code_question {
    struct question question;
    struct code_place place;
    size_t most;
    struct code_level level;
};

/* ---- asking ---- */

static int code_read_question(struct question *question, struct store *store, struct error *err)
{
    struct code_question *q = (struct code_question *)question;

    return code_read(&q->level, store, question->arena, &q->place, q->most, &question->task.cancel,
                     err);
}

static int code_ask(struct view *view, struct error *err)
{
    struct code_view *v = view->state;
    struct code_question *q = question_new(sizeof *q, "code", code_read_question);
    int result = code_place_parse(&q->place, q->question.arena, v->argument, err);

    if (result != ERR_OK) {
        q->question.task.free(&q->question.task);
        return result;
    }
    q->most = v->most;
    asker_ask(&v->asker, view, q);
    return ERR_OK;
}

static void measure(struct code_view *v)
{
    size_t i;

    v->left_width = v->longest = 0;
    for (i = 0; i < v->level.count; i++) {
        int left = text_width(v->level.rows[i].left), text = text_width(v->level.rows[i].text);

        v->left_width = left > v->left_width ? left : v->left_width;
        v->longest = text > v->longest ? text : v->longest;
    }
}

static void code_result(struct view *view, struct task *task)
{
    struct code_view *v = view->state;

    if (!asker_answered(&v->asker, view, task))
        return;
    v->level = (struct code_level){ 0 };
    v->list.count = 0;
    if (v->asker.error.code)
        return;
    v->level = ((struct code_question *)task)->level;
    asker_keep(&v->asker, task);
    v->list.count = (int)v->level.count + (v->level.more ? 1 : 0);
    listview_clamp(&v->list);
    measure(v);
}

/* ---- drawing ---- */

static const char *more_text(const struct code_view *v)
{
    return v->level.place.what == CODE_LOG ? "Enter: earlier commits" : "cut here: it goes on";
}

/* What of a text stands to the right of so many columns. */
static const char *behind(const char *text, int columns)
{
    return columns > 0 ? text + text_fit(text, columns, NULL) : text;
}

static void draw_row(struct code_view *v, struct canvas *canvas, int x, int y, int width,
                     const struct code_row *row)
{
    static const enum style styles[] = {
        [CODE_PLAIN] = STYLE_NORMAL, [CODE_FOLDER] = STYLE_ACCENT, [CODE_HEAD] = STYLE_TITLE,
        [CODE_ADDED] = STYLE_ACCENT, [CODE_REMOVED] = STYLE_ERROR, [CODE_QUIET] = STYLE_DIM
    };
    int left = v->left_width > width / 2 ? width / 2 : v->left_width;

    if (left > 0) {
        canvas_text(canvas, x, y, left, STYLE_DIM, row->left);
        x += left + 2;
        width -= left + 2;
    }
    v->room = width;
    canvas_text(canvas, x, y, width, styles[row->style], behind(row->text, v->shift));
}

/* As of when stays in sight, but where there is room for little else. */
static void draw_title(const struct code_view *v, struct canvas *canvas, int x, int y, int width)
{
    int right = text_width(v->level.as_of);

    if (width < right * 2) {
        canvas_text(canvas, x, y, width, STYLE_HEADING, v->level.as_of);
        return;
    }
    canvas_text(canvas, x, y, width - right - 2, STYLE_HEADING, v->level.title);
    canvas_right(canvas, x + width, y, STYLE_ACCENT, v->level.as_of);
}

static void code_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                      int height)
{
    struct code_view *v = view->state;
    int row;

    if (v->asker.error.code) {
        canvas_wrapped(canvas, x + 1, y, width - 2, height, STYLE_ERROR, v->asker.error.message);
        return;
    }
    if (!v->level.title) {
        canvas_text(canvas, x + 1, y, width - 2, STYLE_DIM, "Looking…");
        return;
    }
    draw_title(v, canvas, x + 1, y, width - 2);
    listview_place(&v->list, height - 1);
    for (row = 0; row < height - 1 && v->list.top + row < v->list.count; row++) {
        size_t i = (size_t)(v->list.top + row);

        if (i < v->level.count)
            draw_row(v, canvas, x + 1, y + 1 + row, width - 2, &v->level.rows[i]);
        else
            canvas_text(canvas, x + 1, y + 1 + row, width - 2, STYLE_DIM, more_text(v));
    }
    if (v->list.count == 0)
        canvas_text(canvas, x + 1, y + 1, width - 2, STYLE_DIM, "nothing is here");
    else
        canvas_cursor_row(canvas, x, y + 1 + v->list.cursor - v->list.top, width);
}

/* ---- commands ---- */

static const struct code_row *row_here(const struct code_view *v)
{
    return (size_t)v->list.cursor < v->level.count ? &v->level.rows[v->list.cursor] : NULL;
}

static void go(struct view *view, const struct code_place *place)
{
    struct arena *arena = arena_new();

    desk_open(view->desk, &view_code, code_place_print(arena, place));
    arena_free(arena);
}

static void do_open(struct view *view, const char *argument)
{
    struct code_view *v = view->state;
    const struct code_row *row = row_here(v);

    (void)argument;
    if (row && row->leads) {
        go(view, row->leads);
    } else if (!row && v->level.more && v->level.place.what == CODE_LOG) {
        v->most *= LOG_MORE;
        code_ask(view, NULL);
    } else {
        desk_say(view->desk, STYLE_DIM, "this line leads nowhere; L its log, b blame, T the tree");
    }
}

/* The row's file or folder; where it leads to none, what is shown. */
static struct code_place place_here(const struct code_view *v)
{
    const struct code_row *row = row_here(v);
    struct code_place place = v->level.place;

    if (row && row->leads && (row->leads->what == CODE_FILE || row->leads->what == CODE_TREE))
        place = *row->leads;
    return place;
}

static void do_log(struct view *view, const char *argument)
{
    struct code_place place = ((struct code_view *)view->state)->level.place;

    (void)argument;
    place.what = CODE_LOG;
    go(view, &place);
}

static void do_log_row(struct view *view, const char *argument)
{
    struct code_place place = place_here(view->state);

    (void)argument;
    place.what = CODE_LOG;
    go(view, &place);
}

static void do_blame(struct view *view, const char *argument)
{
    struct code_place place = place_here(view->state);

    (void)argument;
    if (place.what != CODE_FILE && place.what != CODE_BLAME) {
        desk_say(view->desk, STYLE_DIM, "blame is of a file");
        return;
    }
    place.what = CODE_BLAME;
    go(view, &place);
}

static void do_refs(struct view *view, const char *argument)
{
    struct code_place place = ((struct code_view *)view->state)->level.place;

    (void)argument;
    place.what = CODE_REFS;
    place.path = "";
    go(view, &place);
}

static void do_top(struct view *view, const char *argument)
{
    struct code_place place = ((struct code_view *)view->state)->level.place;

    (void)argument;
    place.what = CODE_TREE;
    place.path = "";
    go(view, &place);
}

static void do_diff(struct view *view, const char *argument)
{
    struct code_place place = ((struct code_view *)view->state)->level.place;

    (void)argument;
    place.what = CODE_DIFF;
    place.path = "";
    go(view, &place);
}

/* The same place at another commit. */
static void do_at(struct view *view, const char *argument)
{
    struct code_place place = ((struct code_view *)view->state)->level.place;

    if (!argument) {
        desk_say(view->desk, STYLE_WARN,
                 "at what? A branch, a tag, a hash, a day (2021-03-04), or a paper's id");
        return;
    }
    place.at = argument;
    go(view, &place);
}

static void move_sideways(struct view *view, int columns)
{
    struct code_view *v = view->state;

    v->shift += columns;
    if (v->shift > v->longest - v->room)
        v->shift = v->longest - v->room;
    if (v->shift < 0)
        v->shift = 0;
}

static void do_left(struct view *view, const char *argument)
{
    (void)argument;
    move_sideways(view, -SIDEWAYS);
}

static void do_right(struct view *view, const char *argument)
{
    (void)argument;
    move_sideways(view, SIDEWAYS);
}

/* What was found comes into sight, with a step of what stands before it. */
static void show_found(struct view *view, const struct code_row *row)
{
    struct code_view *v = view->state;
    const char *hit = strcasestr(row->text, v->find.ptr);
    char *before = mem_strndup(row->text, hit ? (size_t)(hit - row->text) : 0);
    int column = text_width(before), wide = text_width(v->find.ptr);

    if (column + wide <= v->room)
        v->shift = 0;
    else if (column < v->shift || column + wide > v->shift + v->room)
        move_sideways(view, column - SIDEWAYS - v->shift);
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

    if (v->find.len == 0 || count == 0)
        return;
    for (k = 1; k <= count; k++) {
        i = ((size_t)v->list.cursor + (step > 0 ? k : count * 2 - k)) % count;
        if (row_has(v, i)) {
            v->list.cursor = (int)i;
            show_found(view, &v->level.rows[i]);
            return;
        }
    }
    desk_say(view->desk, STYLE_WARN, "'%s' is not here", v->find.ptr);
}

static void do_find(struct view *view, const char *argument)
{
    struct code_view *v = view->state;

    if (argument) {
        str_clear(&v->find);
        str_add(&v->find, argument);
    }
    find_from(view, 1);
}

static void do_next(struct view *view, const char *argument)
{
    (void)argument;
    find_from(view, 1);
}

static void do_prev(struct view *view, const char *argument)
{
    (void)argument;
    find_from(view, -1);
}

static void do_refresh(struct view *view, const char *argument)
{
    (void)argument;
    code_ask(view, NULL);
}

static void do_fetch(struct view *view, const char *argument)
{
    struct code_view *v = view->state;
    char *line;

    (void)argument;
    if (!v->level.place.id)
        return;
    line = mem_printf("repo %s fetch", v->level.place.id);
    desk_run_line(view->desk, line);
    free(line);
}

static const struct {
    const char *name;
    void (*run)(struct view *view, const char *argument);
    bool loaded; /* it needs to know where it is */
} commands[] = { { "open", do_open, true },        { "log-here", do_log, true },
                 { "log-row", do_log_row, true },  { "blame-here", do_blame, true },
                 { "branches", do_refs, true },    { "top", do_top, true },
                 { "diff-here", do_diff, true },   { "at", do_at, true },
                 { "find", do_find, false },       { "next-match", do_next, false },
                 { "prev-match", do_prev, false }, { "left", do_left, true },
                 { "right", do_right, true },      { "refresh", do_refresh, false },
                 { "fetch", do_fetch, false } };

static bool code_command(struct view *view, int argc, char **argv)
{
    struct code_view *v = view->state;
    size_t i;

    for (i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, argv[0]) != 0)
            continue;
        if (commands[i].loaded && !v->level.title)
            return true;
        commands[i].run(view, argc > 1 ? argv[1] : NULL);
        return true;
    }
    return listview_command(&v->list, argc, argv);
}

/* ---- the contract ---- */

static int code_open(struct view *view, const char *argument, struct error *err)
{
    struct code_view *v;
    int result;

    if (!argument || !*argument)
        return error_set(err, ERR_USAGE,
                         "which repository? Give repo:github.com/OWNER/NAME, or a paper's id");
    v = mem_zalloc(sizeof *v);
    view->state = v;
    v->argument = mem_strdup(argument);
    v->most = LOG_FIRST;
    str_init(&v->find);
    result = code_ask(view, err);
    if (result != ERR_OK) {
        free(v->argument);
        free(v);
        view->state = NULL;
    }
    return result;
}

static void code_changed(struct view *view)
{
    (void)view; /* a commit stays what it is */
}

static void code_status(struct view *view, struct str *out)
{
    const struct code_view *v = view->state;

    if (v->list.count > 0)
        str_printf(out, "%d/%d%s", v->list.cursor + 1, (int)v->level.count,
                   v->level.more ? "+" : "");
}

static size_t code_selection(struct view *view, struct arena *arena, char ***keys)
{
    const struct code_view *v = view->state;

    if (!v->level.place.id)
        return 0;
    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = arena_strdup(arena, v->level.place.id);
    return 1;
}

static const struct error *code_failure(const struct view *view)
{
    const struct code_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void code_data(struct view *view, struct jsonw *w)
{
    const struct code_view *v = view->state;
    size_t i;

    jsonw_key_string(w, "id", v->level.place.id);
    jsonw_key_string(w, "title", v->level.title);
    jsonw_key_string(w, "as_of", v->level.as_of);
    jsonw_key(w, "rows");
    jsonw_array(w);
    for (i = 0; i < v->level.count; i++) {
        jsonw_object(w);
        jsonw_key_string(w, "left", v->level.rows[i].left);
        jsonw_key_string(w, "text", v->level.rows[i].text);
        jsonw_end(w);
    }
    jsonw_end(w);
    jsonw_key_bool(w, "more", v->level.more);
    jsonw_key_int(w, "cursor", v->list.cursor);
}

static void code_close(struct view *view)
{
    struct code_view *v = view->state;

    asker_close(&v->asker, view);
    str_free(&v->find);
    free(v->argument);
    free(v);
}

const struct view_ops view_code = {
    .name = "code",
    .title = "Code",
    .hint = "Enter open  L log  b blame  D diff  B branches  T top  @ at  / find  Esc back",
    .whole = true,
    .open = code_open,
    .draw = code_draw,
    .command = code_command,
    .changed = code_changed,
    .result = code_result,
    .selection = code_selection,
    .status = code_status,
    .failure = code_failure,
    .data = code_data,
    .close = code_close
};
