/*
 * One repository: its facts, its numbers over time, its papers, the papers that its README names,
 * and the README to read. One that papers link to and that was never asked for has its papers.
 *
 * The cursor goes through all lines; on a paper's, Enter opens it and marks are that paper's. From
 * any other line Enter opens the only paper, or goes to the first of them.
 */
#include "../asker.h"

#include "carrel/repository_view.h"
#include "carrel/view.h"

#include "carrel/clock.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEASURE 100 /* longer lines are hard to read */

/* What a worker has read; all in the answer's arena. */
struct repository_read {
    bool known; /* false: it is only linked; `full` has its works and nothing else */
    struct repository_full full;
    char **absent; /* papers that its README names and that are not in the library */
    size_t absent_count;
};

struct repository_view {
    char *key;
    struct repository_read read;
    struct textview text;
    size_t works_at, absent_at; /* the first paragraphs of each */
    struct listview list;       /* of the text's lines */
    struct asker asker;
};

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

/* ---- as text ---- */

static void add_blank(struct textview *text)
{
    textview_add(text, STYLE_NORMAL, 0, "%s", "");
}

static void add_field(struct textview *text, const char *name, const char *value)
{
    if (value && *value)
        textview_add(text, STYLE_NORMAL, 12, "%-11s %s", name, value);
}

static void add_list(struct textview *text, const char *name, const struct text_list *list)
{
    struct str joined = STR_INIT;

    text_list_join(&joined, list, ", ");
    add_field(text, name, joined.ptr);
    str_free(&joined);
}

static void add_metric(struct textview *text, const struct repository_full *full, const char *name,
                       int64_t number, bool ascii)
{
    struct repository_metric metric;
    struct str line = STR_INIT;

    if (repository_metric(&metric, full, name))
        repository_metric_print(&line, &metric, ascii);
    else if (number >= 0)
        str_printf(&line, "%" PRId64, number);
    add_field(text, name, line.ptr);
    str_free(&line);
}

static void add_dates(struct textview *text, const struct repository_full *full)
{
    const struct repository *r = &full->repository;
    struct str line = STR_INIT;
    char asked[32];

    time_format(asked, full->asked);
    if (r->created)
        str_printf(&line, "created %.10s", r->created);
    if (r->pushed)
        str_printf(&line, "%spushed %.10s", line.len ? ", " : "", r->pushed);
    str_printf(&line, "%sasked about %.10s%s", line.len ? ", " : "", asked,
               full->wanted ? ", kept by hand" : "");
    add_field(text, "dates", line.ptr);
    str_free(&line);
}

/* What it is not to be overlooked for. */
static void add_state(struct textview *text, const struct repository *r)
{
    if (r->state != REPOSITORY_KNOWN)
        textview_add(text, STYLE_WARN, 12, "%-11s %s%s%s", "state", repository_state_name(r->state),
                     r->why ? ": " : "", r->why ? r->why : "");
    if (r->archived)
        textview_add(text, STYLE_WARN, 12, "%-11s %s", "archived", "it is not worked on any more");
    if (r->parent)
        textview_add(text, STYLE_NORMAL, 12, "%-11s repo:%s", "fork of", r->parent);
    else if (r->fork)
        add_field(text, "fork", "yes");
}

static void add_facts(struct textview *text, const struct repository_full *full, bool ascii)
{
    const struct repository *r = &full->repository;
    char issues[32] = "";

    textview_add(text, STYLE_TITLE, 0, "%s", r->name);
    if (r->description && *r->description)
        textview_add(text, STYLE_NORMAL, 0, "%s", r->description);
    add_blank(text);
    add_state(text, r);
    add_field(text, "page", r->url);
    add_field(text, "homepage", r->homepage);
    add_field(text, "language", r->language);
    add_field(text, "licence", r->license);
    add_list(text, "topics", &r->topics);
    add_metric(text, full, "stars", r->stars, ascii);
    add_metric(text, full, "forks", r->forks, ascii);
    if (r->issues > 0)
        snprintf(issues, sizeof issues, "%" PRId64 " open", r->issues);
    add_field(text, "issues", issues);
    add_dates(text, full);
    add_list(text, "was called", &full->names);
}

static void add_works(struct repository_view *v)
{
    const struct repository_full *full = &v->read.full;
    struct str title = STR_INIT;
    size_t i;

    add_blank(&v->text);
    textview_add(&v->text, STYLE_HEADING, 0,
                 full->work_count ? "Papers"
                                  : "No paper here links "
                                    "to it");
    v->works_at = v->text.len;
    for (i = 0; i < full->work_count; i++) {
        const struct repository_work *work = &full->works[i];

        str_clear(&title);
        text_from_latex(&title, work->title);
        if (*work->evidence)
            str_printf(&title, "  (%s%s%s)", work->evidence, *work->said ? ": " : "", work->said);
        else if (*work->said)
            str_printf(&title, "  (%s)", work->said);
        textview_add(&v->text, work->linked ? STYLE_NORMAL : STYLE_DIM, 4, "%s  %s", work->key,
                     title.ptr);
    }
    str_free(&title);
}

static bool names_as_own(const struct repository *r, const char *id)
{
    size_t i;

    for (i = 0; i < r->paper_count; i++)
        if (strcmp(r->papers[i].id, id) == 0)
            return r->papers[i].own;
    return false;
}

static void add_absent(struct repository_view *v)
{
    const struct repository_read *read = &v->read;
    size_t i;

    if (read->absent_count > 0) {
        add_blank(&v->text);
        textview_add(&v->text, STYLE_HEADING, 0, "Named in its README, not in this library");
    }
    v->absent_at = v->text.len;
    for (i = 0; i < read->absent_count; i++)
        textview_add(&v->text, STYLE_DIM, 4, "%s%s", read->absent[i],
                     names_as_own(&read->full.repository, read->absent[i]) ? "  (as its own)" : "");
}

/* ---- the README ---- */

struct readme_text {
    struct textview *text;
    enum readme_kind last;
    bool begun;
};

static void add_block(void *ctx, const struct readme_block *block)
{
    static const enum style styles[] = {
        [README_TEXT] = STYLE_NORMAL, [README_HEADING] = STYLE_HEADING,
        [README_ITEM] = STYLE_NORMAL, [README_ROW] = STYLE_NORMAL,
        [README_QUOTE] = STYLE_DIM,   [README_CODE] = STYLE_DIM
    };
    struct readme_text *readme = ctx;
    bool runs_on = readme->begun && block->kind == readme->last && block->kind != README_TEXT
                   && block->kind != README_QUOTE && block->kind != README_HEADING;
    int indent = block->kind == README_ITEM                                  ? 2 * block->depth
                 : block->kind == README_QUOTE || block->kind == README_CODE ? 4
                                                                             : 0;

    if (!runs_on)
        add_blank(readme->text);
    textview_add(readme->text, styles[block->kind], indent + (block->kind == README_ITEM ? 2 : 0),
                 "%*s%s", indent, "", block->text);
    readme->last = block->kind;
    readme->begun = true;
}

static void add_readme(struct textview *text, const struct repository *r)
{
    struct readme_text readme = { .text = text };

    if (!r->readme || !*r->readme)
        return;
    add_blank(text);
    textview_add(text, STYLE_ACCENT, 0, "%s", r->readme_name ? r->readme_name : "README");
    readme_blocks(r->readme, add_block, &readme);
}

static void repository_compose(struct repository_view *v, bool ascii)
{
    const struct repository_full *full = &v->read.full;

    textview_clear(&v->text);
    if (v->read.known) {
        add_facts(&v->text, full, ascii);
    } else {
        textview_add(&v->text, STYLE_TITLE, 0, "%s", full->row.key);
        add_blank(&v->text);
        add_field(&v->text, "state",
                  "linked by papers; its facts were not asked for yet. F asks GitHub now; a sync "
                  "does with a section [source \"github\"] in the config.");
    }
    add_works(v);
    add_absent(v);
    if (v->read.known)
        add_readme(&v->text, &full->repository);
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
