/*
 * A clone: folders, files, log, what commits change, blame, branches and tags. Each level is a view
 * of its own on the desk's stack, so that Esc leads back to where one came from; what it shows is
 * read whole on a worker (carrel/code.h).
 */
#include "code.h"

#include <stdlib.h>
#include <string.h>

#define LOG_FIRST 500u /* commits; Enter on the last row asks for more, from the first one on */

struct code_question {
    struct question question;
    struct code_place place;
    struct code_wish wish;
    struct code_level level;
};

/* ---- asking ---- */

static int code_read_question(struct question *question, struct store *store, struct error *err)
{
    struct code_question *q = (struct code_question *)question;

    return code_read(&q->level, store, question->arena, &q->place, &q->wish, &question->task.cancel,
                     err);
}

static int code_ask(struct view *view, struct error *err)
{
    struct code_view *v = view->state;
    struct code_question *q = question_new(sizeof *q, "code", code_read_question);
    struct arena *arena = q->question.arena;
    int result = code_place_parse(&q->place, arena, v->argument, err);

    if (result != ERR_OK) {
        q->question.task.free(&q->question.task);
        return result;
    }
    q->wish = (struct code_wish){ .most = v->most,
                                  .all = v->all,
                                  .author = v->author ? arena_strdup(arena, v->author) : NULL,
                                  .graph = !v->no_graph,
                                  .ascii = desk_app(view->desk)->ascii };
    asker_ask(&v->asker, view, q);
    return ERR_OK;
}

void code_ask_again(struct view *view)
{
    struct error err = { 0 };

    if (code_ask(view, &err) != ERR_OK)
        desk_say(view->desk, STYLE_ERROR, "%s", err.message);
}

void code_show(struct view *view, const struct code_place *place)
{
    struct code_view *v = view->state;
    struct arena *arena = arena_new();
    const char *text = code_place_print(arena, place);

    free(v->argument);
    v->argument = mem_strdup(text);
    free(view->argument); /* for the title */
    view->argument = mem_strdup(text);
    arena_free(arena);
    v->arriving = true;
    code_ask_again(view);
}

/* What could not be read keeps its place, so that one can go on from there. */
static void code_answered(struct code_view *v, struct task *task)
{
    struct code_question *q = (struct code_question *)task;

    v->level = q->level;
    if (v->asker.error.code)
        v->level = (struct code_level){ .place = q->place };
    asker_keep(&v->asker, task);
    v->list.count = (int)v->level.count + (v->level.more ? 1 : 0);
    if (v->arriving) {
        v->list.cursor = (int)v->level.start;
        v->list.top = 0;
        v->shift = 0;
        v->arrived = true;
    }
    v->arriving = v->arriving && v->asker.error.code;
    listview_clamp(&v->list);
    code_measure(v);
}

static void code_result(struct view *view, struct task *task)
{
    struct code_view *v = view->state;

    if (asker_answered(&v->scout, view, task))
        code_scouted(view, task);
    else if (asker_answered(&v->asker, view, task))
        code_answered(v, task);
}

/* ---- commands ---- */

const struct code_row *code_row_here(const struct code_view *v)
{
    return (size_t)v->list.cursor < v->level.count ? &v->level.rows[v->list.cursor] : NULL;
}

static void set_author(struct view *view, const char *author)
{
    struct code_view *v = view->state;

    free(v->author);
    v->author = author ? mem_strdup(author) : NULL;
    v->arriving = true;
    code_ask_again(view);
}

static void do_author(struct view *view, const char *argument)
{
    const struct code_view *v = view->state;

    if (v->level.place.what != CODE_LOG)
        desk_refuse(view->desk, "authors are chosen in a log: L");
    else
        set_author(view, argument);
}

static void do_graph(struct view *view, const char *argument)
{
    struct code_view *v = view->state;

    (void)argument;
    if (v->level.place.what != CODE_LOG || *v->level.place.path || v->author) {
        desk_refuse(view->desk, "a graph is of a whole log: T, then L");
        return;
    }
    v->no_graph = !v->no_graph;
    code_ask_again(view);
}

static void do_all(struct view *view, const char *argument)
{
    struct code_view *v = view->state;

    (void)argument;
    if (v->level.place.what != CODE_LOG) {
        desk_refuse(view->desk, "all branches are for a log: L; B lists them");
        return;
    }
    v->all = !v->all;
    v->arriving = true;
    code_ask_again(view);
}

static void do_refresh(struct view *view, const char *argument)
{
    (void)argument;
    code_ask_again(view);
}

static void do_fetch(struct view *view, const char *argument)
{
    struct code_view *v = view->state;
    char *line = mem_printf("repo %s fetch", v->level.place.id);

    (void)argument;
    desk_run_line(view->desk, line);
    free(line);
}

/* All need to know where they are. */
static const struct {
    const char *name;
    code_command_fn *run;
} commands[] = {
    { "open", code_enter },
    { "log-here", code_log },
    { "log-row", code_log_row },
    { "blame-here", code_blame },
    { "blame-before", code_blame_before },
    { "branches", code_refs },
    { "top", code_top },
    { "diff-here", code_diff_here },
    { "diff", code_diff },
    { "mark-commit", code_mark },
    { "at", code_at },
    { "author", do_author },
    { "graph", do_graph },
    { "all-branches", do_all },
    { "next-commit", code_next_commit },
    { "prev-commit", code_prev_commit },
    { "next-hunk", code_next_hunk },
    { "prev-hunk", code_prev_hunk },
    { "next-file", code_next_file },
    { "prev-file", code_prev_file },
    { "find", code_find },
    { "next-match", code_next },
    { "prev-match", code_prev },
    { "left", code_left },
    { "right", code_right },
    { "left-or-back", code_left_or_back },
    { "right-or-open", code_right_or_open },
    { "line-start", code_line_start },
    { "line-end", code_line_end },
    { "wrap", code_wrap },
    { "refresh", do_refresh },
    { "fetch", do_fetch },
};

/* All words behind a command are one argument; NULL: there is none. Malloc'd. */
static char *argument_of(int argc, char **argv)
{
    struct str argument = STR_INIT;
    int i;

    for (i = 1; i < argc; i++)
        str_printf(&argument, "%s%s", i > 1 ? " " : "", argv[i]);
    if (argc > 1)
        return str_take(&argument);
    str_free(&argument);
    return NULL;
}

static void click(struct code_view *v, int line)
{
    if (line > 0) /* below the title */
        v->list.cursor = code_row_at(v, line - 1);
}

static bool code_command(struct view *view, int argc, char **argv)
{
    struct code_view *v = view->state;
    char *argument;
    size_t i;

    for (i = 0; i < ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, argv[0]) != 0)
            continue;
        argument = argument_of(argc, argv);
        if (v->level.place.id)
            commands[i].run(view, argument);
        free(argument);
        return true;
    }
    if (argc > 1 && strcmp(argv[0], "click-row") == 0) {
        click(v, atoi(argv[1]));
        return true;
    }
    return listview_command(&v->list, argc, argv);
}

/* Esc: first all authors again. */
static bool code_peel(struct view *view)
{
    const struct code_view *v = view->state;

    if (!v->author)
        return false;
    set_author(view, NULL);
    return true;
}

/* ---- the contract ---- */

/* One that is opened from another shows things in the same way. */
static void take_after(struct code_view *v, const struct view *from)
{
    const struct code_view *other = from && from->ops == &view_code ? from->state : NULL;

    if (!other)
        return;
    v->wrap = other->wrap;
    v->no_graph = other->no_graph;
}

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
    v->arriving = true;
    take_after(v, desk_below(view));
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

/* A line as it stands in its file, behind its number; of folders and logs what stands in the row.
 */
static bool code_line(struct view *view, int at, struct str *out)
{
    const struct code_view *v = view->state;
    const struct code_row *row = (size_t)at < v->level.count ? &v->level.rows[at] : NULL;
    const char *left = row ? row->again ? row->again : row->left : "";

    if (!row) {
        str_add(out, code_more_text(v));
        return true;
    }
    if (row->commit && strcmp(row->commit, v->marked) == 0)
        str_add(out, "marked, ");
    if (row->style == CODE_ADDED || row->style == CODE_REMOVED)
        str_add(out, row->style == CODE_ADDED ? "added, " : "removed, ");
    text_words(out, left);
    str_printf(out, "%s%s", *left ? ": " : "", row->text);
    return true;
}

static void code_lines(struct view *view, struct view_lines *lines)
{
    struct code_view *v = view->state;

    listview_lines(&v->list, lines);
    lines->body = v->level.place.what == CODE_FILE;
}

static void code_close(struct view *view)
{
    struct code_view *v = view->state;

    asker_close(&v->asker, view);
    asker_close(&v->scout, view);
    str_free(&v->find);
    free(v->author);
    free(v->argument);
    free(v);
}

/* The keys that matter at this level. */
static const char *code_hints(const struct view *view)
{
    static const char *const hints[CODE_WHATS] = {
        [CODE_TREE] = "Enter open  L log  gL its log  B branches  @ at  / find  ? help  Esc back",
        [CODE_FILE] = "b blame  L log  D diff  zl right  zw wrap  @ at  / find  ? help  Esc back",
        [CODE_LOG] =
            "Enter diff  v mark  D diff to it  f author  zg graph  / find  ? help  Esc back",
        [CODE_DIFF] = "]c hunk  ]f file  J commit  Enter file  zw wrap  / find  ? help  Esc back",
        [CODE_BLAME] = "Enter diff  , before it  zl right  zw wrap  / find  ? help  Esc back",
        [CODE_REFS] = "Enter tree  v mark  D diff to it  / find  ? help  Esc back",
    };
    const struct code_view *v = view->state;

    return hints[v->level.place.what];
}

const struct view_ops view_code = { .name = "code",
                                    .title = "Code",
                                    .hints = code_hints,
                                    .whole = true,
                                    .pages = true,
                                    .open = code_open,
                                    .draw = code_draw,
                                    .command = code_command,
                                    .peel = code_peel,
                                    .changed = code_changed,
                                    .result = code_result,
                                    .selection = code_selection,
                                    .status = code_status,
                                    .failure = code_failure,
                                    .data = code_data,
                                    .lines = code_lines,
                                    .line = code_line,
                                    .close = code_close };
