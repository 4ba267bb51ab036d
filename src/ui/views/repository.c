/*
 * One repository: its facts, its numbers over time, its papers, the papers that its README names,
 * and the README to read (repository_text.c). One that papers link to and that was never asked for
 * has its papers.
 *
 * The cursor goes through all lines; on a paper's, Enter opens it and marks are that paper's. From
 * any other line Enter opens the only paper, or goes to the first of them.
 */
#include "repository.h"

#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

#define MEASURE 100 /* longer lines are hard to read */

struct repository_question {
    struct question question;
    char *key;
    struct repository_read read;
};

/* ---- asking ---- */

static int read_absent(struct repository_question *q, struct store *store, struct error *err)
{
    const struct repository *r = &q->read.full.repository;
    struct arena *arena = q->question.arena;
    size_t i;
    int64_t work;
    int result = ERR_OK;

    q->read.absent = arena_alloc(arena, (r->paper_count + 1) * sizeof *q->read.absent);
    for (i = 0; i < r->paper_count; i++) {
        result = works_find(store, &work, r->papers[i].id, err);
        if (result == ERR_NOTFOUND)
            q->read.absent[q->read.absent_count++] = r->papers[i].id;
        else if (result != ERR_OK)
            return result;
    }
    return ERR_OK;
}

static int repository_read_question(struct question *question, struct store *store,
                                    struct error *err)
{
    struct repository_question *q = (struct repository_question *)question;
    struct repository_full *full = &q->read.full;
    int64_t id;
    int result =
        repositories_find(store, &id, arena_printf(question->arena, "repo:%s", q->key), err);

    if (result == ERR_OK) {
        q->read.known = true;
        result = repositories_full(store, question->arena, id, full, err);
        return result == ERR_OK ? read_absent(q, store, err) : result;
    }
    if (result != ERR_NOTFOUND)
        return result;
    full->row.key = q->key;
    result =
        repositories_works(store, question->arena, q->key, &full->works, &full->work_count, err);
    if (result == ERR_OK && full->work_count == 0)
        result = error_set(err, ERR_NOTFOUND,
                           "repo:%s is not in this library and no paper links to it; "
                           ":add https://%s asks for it",
                           q->key, q->key);
    return result;
}

static void repository_ask(struct view *view)
{
    struct repository_view *v = view->state;
    struct repository_question *q = question_new(sizeof *q, "repository", repository_read_question);

    q->key = arena_strdup(q->question.arena, v->key);
    asker_ask(&v->asker, view, q);
}

static void repository_result(struct view *view, struct task *task)
{
    struct repository_view *v = view->state;

    if (!asker_answered(&v->asker, view, task))
        return;
    v->read = (struct repository_read){ 0 };
    if (v->asker.error.code) {
        textview_clear(&v->text);
        textview_add(&v->text, STYLE_ERROR, 0, "%s", v->asker.error.message);
        v->works_at = v->absent_at = 0;
        return;
    }
    v->read = ((struct repository_question *)task)->read;
    asker_keep(&v->asker, task);
    repository_compose(v, desk_app(view->desk)->ascii);
}

static void repository_changed(struct view *view)
{
    struct repository_view *v = view->state;

    asker_changed(&v->asker, view, repository_ask);
}

static void repository_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                            int height)
{
    struct repository_view *v = view->state;
    int measure = width - 2 > MEASURE ? MEASURE : width - 2;

    textview_wrap(&v->text, measure);
    v->list.count = (int)v->text.line_count;
    listview_place(&v->list, height);
    v->text.top = v->list.top;
    textview_draw(&v->text, canvas, x + 1, y, measure, height);
    canvas_cursor_row(canvas, x, y + v->list.cursor - v->list.top, width);
}

/* ---- commands ---- */

/* The paper whose line the cursor is on; NULL none. */
static const char *repository_paper(const struct repository_view *v, bool *here)
{
    size_t paragraph = v->list.cursor < (int)v->text.line_count
                           ? v->text.lines[v->list.cursor].paragraph
                           : SIZE_MAX;

    *here = paragraph >= v->works_at && paragraph - v->works_at < v->read.full.work_count;
    if (*here)
        return v->read.full.works[paragraph - v->works_at].key;
    if (paragraph >= v->absent_at && paragraph - v->absent_at < v->read.absent_count)
        return v->read.absent[paragraph - v->absent_at];
    return NULL;
}

static void to_first_paper(struct view *view)
{
    struct repository_view *v = view->state;
    size_t i;

    for (i = 0; i < v->text.line_count; i++) {
        if (v->text.lines[i].paragraph == v->works_at) {
            v->list.cursor = (int)i;
            break;
        }
    }
    desk_say(view->desk, STYLE_NORMAL,
             "%zu papers: Enter opens the one under the cursor, gC the code of its day",
             v->read.full.work_count);
}

static void repository_enter(struct view *view)
{
    const struct repository_view *v = view->state;
    bool here;
    const char *paper = repository_paper(v, &here);

    if (here)
        desk_open(view->desk, &view_paper, paper);
    else if (paper)
        desk_say(view->desk, STYLE_WARN, "not in the library; :add %s fetches it", paper);
    else if (v->read.full.work_count == 1)
        desk_open(view->desk, &view_paper, v->read.full.works[0].key);
    else if (v->read.full.work_count > 1)
        to_first_paper(view);
    else
        desk_refuse(view->desk, "no paper here links to it; o opens the repository's page");
}

/* Its code as of a paper's day: of the paper here, else of its only one. */
static void repository_code_then(struct view *view)
{
    const struct repository_view *v = view->state;
    bool here;
    const char *paper = repository_paper(v, &here);
    char *place;

    if (!here && v->read.full.work_count == 0) {
        desk_refuse(view->desk, "no paper here links to it; c shows its code as it is now");
    } else if (!here && v->read.full.work_count > 1) {
        to_first_paper(view);
    } else {
        place = mem_printf("repo:%s tree %s", v->key, here ? paper : v->read.full.works[0].key);
        desk_open(view->desk, &view_code, place);
        free(place);
    }
}

/* The text jumps from its top line, so that is where the cursor is, and one line is all it shows.
 */
static bool repository_find(struct repository_view *v, int argc, char **argv)
{
    v->text.top = v->list.cursor;
    v->text.height = 1;
    if (!textview_command(&v->text, argc, argv))
        return false;
    v->list.cursor = v->text.top;
    return true;
}

/* Marks and tags without an id are for the paper at hand. */
static bool wants_paper(const struct repository_view *v, int argc, char **argv)
{
    bool here;

    return argc == 2 && (strcmp(argv[0], "mark") == 0 || strcmp(argv[0], "tag") == 0)
           && !repository_paper(v, &here);
}

static bool repository_command(struct view *view, int argc, char **argv)
{
    struct repository_view *v = view->state;
    char *line;

    if (listview_command(&v->list, argc, argv))
        return true;
    if (wants_paper(v, argc, argv)) {
        desk_refuse(view->desk, "papers are marked, repositories are not; "
                                "go to one of its papers");
        return true;
    }
    if (strcmp(argv[0], "open") == 0) {
        repository_enter(view);
    } else if (strcmp(argv[0], "refresh") == 0) {
        repository_ask(view);
    } else if (strcmp(argv[0], "clone-here") == 0) {
        line = mem_printf("repo:%s", v->key);
        desk_open(view->desk, &view_code, line);
        free(line);
    } else if (strcmp(argv[0], "code-then") == 0) {
        repository_code_then(view);
    } else if (strcmp(argv[0], "clone") == 0) {
        line = mem_printf("add --clone repo:%s", v->key);
        desk_run_line(view->desk, line);
        free(line);
    } else if (strcmp(argv[0], "fetch") == 0) {
        line = mem_printf("add https://%s", v->key);
        desk_run_line(view->desk, line);
        free(line);
    } else {
        return repository_find(v, argc, argv);
    }
    return true;
}

/* ---- the contract ---- */

static int repository_open(struct view *view, const char *argument, struct error *err)
{
    struct repository_view *v;
    struct str key = STR_INIT;

    if (!argument || !repository_key(&key, argument)) {
        str_free(&key);
        return error_set(err, ERR_USAGE,
                         "which repository? Give repo:github.com/OWNER/NAME or its address");
    }
    v = mem_zalloc(sizeof *v);
    view->state = v;
    v->key = str_take(&key);
    textview_add(&v->text, STYLE_DIM, 0, "Looking…");
    repository_ask(view);
    return ERR_OK;
}

static void repository_status(struct view *view, struct str *out)
{
    const struct repository_view *v = view->state;

    if (v->list.count > v->list.height)
        str_printf(out, "%d%%", v->list.cursor * 100 / (v->list.count - 1));
}

static size_t repository_selection(struct view *view, struct arena *arena, char ***keys)
{
    const struct repository_view *v = view->state;
    bool here;
    const char *paper = repository_paper(v, &here);

    *keys = arena_alloc(arena, sizeof **keys);
    (*keys)[0] = paper ? arena_strdup(arena, paper) : arena_printf(arena, "repo:%s", v->key);
    return 1;
}

static const struct error *repository_failure(const struct view *view)
{
    const struct repository_view *v = view->state;

    return v->asker.error.code ? &v->asker.error : NULL;
}

static void repository_data(struct view *view, struct jsonw *w)
{
    const struct repository_view *v = view->state;
    const struct repository_full *full = &v->read.full;
    size_t i;

    if (v->read.known)
        repository_json_full(w, full);
    else if (full->row.key)
        repository_json_linked(w, full->row.key, full->works, full->work_count);
    jsonw_key(w, "absent");
    jsonw_array(w);
    for (i = 0; i < v->read.absent_count; i++)
        jsonw_string(w, v->read.absent[i]);
    jsonw_end(w);
    jsonw_key_int(w, "cursor", v->list.cursor);
}

static void repository_lines(struct view *view, struct view_lines *lines)
{
    struct repository_view *v = view->state;

    textview_lines(&v->text, lines);
    v->list.count = lines->count;
    listview_lines(&v->list, lines);
}

static bool repository_line(struct view *view, int at, struct str *out)
{
    return textview_line(&((struct repository_view *)view->state)->text, at, out);
}

static void repository_close(struct view *view)
{
    struct repository_view *v = view->state;

    asker_close(&v->asker, view);
    textview_clear(&v->text);
    str_free(&v->text.find);
    free(v->key);
    free(v);
}

const struct view_ops view_repository = {
    .name = "repository",
    .title = "Repository",
    .hint = "Enter paper  c code  gC code on its day  C clone  F ask GitHub  / find  Esc back",
    .open = repository_open,
    .draw = repository_draw,
    .command = repository_command,
    .changed = repository_changed,
    .result = repository_result,
    .selection = repository_selection,
    .status = repository_status,
    .failure = repository_failure,
    .data = repository_data,
    .lines = repository_lines,
    .line = repository_line,
    .close = repository_close
};
