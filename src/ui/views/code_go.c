/*
 * The Code view: ways to other places. Each opens a view of its own, so that Esc leads back; what
 * was typed is looked for first, so that a slip leaves one where one is. Only from commit to commit
 * the same view goes on.
 */
#include "code.h"

#include <stdlib.h>
#include <string.h>

#define LOG_MORE 16u /* times as many rows: 8,000, then all of most repositories */

static void go(struct view *view, const struct code_place *place)
{
    struct arena *arena = arena_new();

    desk_open(view->desk, &view_code, code_place_print(arena, place));
    arena_free(arena);
}

/* ---- looked for first ---- */

struct scout_question {
    struct question question;
    struct code_place place;
    enum code_step step;
};

static int scout_read(struct question *question, struct store *store, struct error *err)
{
    struct scout_question *q = (struct scout_question *)question;

    return code_step(&q->place, q->step, store, question->arena, &q->question.task.cancel, err);
}

static void go_if_there(struct view *view, const struct code_place *place, enum code_step step)
{
    struct code_view *v = view->state;
    struct scout_question *q = question_new(sizeof *q, "code", scout_read);
    struct arena *arena = q->question.arena;

    q->place = *place;
    q->place.id = arena_strdup(arena, place->id);
    q->place.from = "";
    q->place.at = arena_strdup(arena, place->at);
    q->place.path = arena_strdup(arena, place->path);
    q->step = step;
    asker_ask(&v->scout, view, q);
}

void code_scouted(struct view *view, struct task *task)
{
    struct code_view *v = view->state;

    if (v->scout.error.code)
        desk_say(view->desk, STYLE_ERROR, "%s", v->scout.error.message);
    else
        go(view, &((struct scout_question *)task)->place);
}

/* ---- from what is shown ---- */

void code_enter(struct view *view, const char *argument)
{
    struct code_view *v = view->state;
    const struct code_row *row = code_row_here(v);

    (void)argument;
    if (row && row->leads) {
        go(view, row->leads);
    } else if (!row && v->level.more && v->level.place.what == CODE_LOG) {
        v->most *= LOG_MORE;
        code_ask_again(view);
    } else {
        desk_refuse(view->desk, "this line leads nowhere; L its log, b blame, T the tree");
    }
}

/* What is shown, with the line of the cursor if it is a file. */
static struct code_place place_shown(const struct code_view *v)
{
    struct code_place place = v->level.place;
    bool lines = place.what == CODE_FILE || place.what == CODE_BLAME;

    place.from = "";
    place.line = lines && v->list.cursor > 0 ? (size_t)v->list.cursor + 1 : 0;
    return place;
}

/* The row's file or folder; where it leads to none, what is shown. */
static struct code_place place_here(const struct code_view *v)
{
    const struct code_row *row = code_row_here(v);

    if (row && row->leads && (row->leads->what == CODE_FILE || row->leads->what == CODE_TREE))
        return *row->leads;
    return place_shown(v);
}

static void go_as(struct view *view, struct code_place place, enum code_what what, bool whole)
{
    place.what = what;
    if (what != CODE_FILE && what != CODE_BLAME)
        place.line = 0;
    if (whole)
        place.path = "";
    go(view, &place);
}

void code_log(struct view *view, const char *argument)
{
    (void)argument;
    go_as(view, place_shown(view->state), CODE_LOG, false);
}

void code_log_row(struct view *view, const char *argument)
{
    (void)argument;
    go_as(view, place_here(view->state), CODE_LOG, false);
}

void code_refs(struct view *view, const char *argument)
{
    (void)argument;
    go_as(view, place_shown(view->state), CODE_REFS, true);
}

void code_top(struct view *view, const char *argument)
{
    (void)argument;
    go_as(view, place_shown(view->state), CODE_TREE, true);
}

void code_blame(struct view *view, const char *argument)
{
    struct code_place place = place_here(view->state);

    (void)argument;
    if (place.what == CODE_FILE || place.what == CODE_BLAME)
        go_as(view, place, CODE_BLAME, false);
    else
        desk_refuse(view->desk, "blame is of a file: go to one, or open it, first");
}

void code_blame_before(struct view *view, const char *argument)
{
    const struct code_row *row = code_row_here(view->state);

    (void)argument;
    if (row && row->origin)
        go_if_there(view, row->origin, CODE_BEFORE);
    else
        desk_refuse(view->desk, "this is for a line of blame: b shows it");
}

/* ---- revisions ---- */

/* The same place at another commit. */
void code_at(struct view *view, const char *argument)
{
    struct code_place place = place_shown(view->state);

    if (!argument) {
        desk_say(view->desk, STYLE_WARN,
                 "at what? A branch, a tag, a hash, a day (2021-03-04), or a paper's id");
        return;
    }
    place.at = argument;
    go_if_there(view, &place, CODE_LOOK);
}

void code_mark(struct view *view, const char *argument)
{
    struct code_view *v = view->state;
    const struct code_row *row = code_row_here(v);

    (void)argument;
    if (!row || !row->commit) {
        desk_refuse(view->desk, "commits are marked in a log (L) or among branches (B)");
    } else if (strcmp(v->marked, row->commit) == 0) {
        v->marked[0] = '\0';
    } else {
        memcpy(v->marked, row->commit, VCS_ID);
        desk_say(view->desk, STYLE_NORMAL, "%.7s is marked: D on another one shows what differs",
                 v->marked);
    }
}

static int marked_row(const struct code_view *v)
{
    size_t i;

    for (i = 0; i < v->level.count && v->marked[0]; i++)
        if (v->level.rows[i].commit && strcmp(v->level.rows[i].commit, v->marked) == 0)
            return (int)i;
    return -1;
}

/* Of the commit under the cursor; if another is marked, from the older of both to the newer, which
 * in a log is the upper one; branches have no order, so from the marked one. */
void code_diff_here(struct view *view, const char *argument)
{
    const struct code_view *v = view->state;
    const struct code_row *row = code_row_here(v);
    struct code_place place = place_shown(v);
    int marked = marked_row(v);

    (void)argument;
    place.what = CODE_DIFF;
    place.line = 0;
    if (row && row->commit)
        place.at = row->commit;
    if (row && row->commit && marked >= 0 && marked != v->list.cursor) {
        place.from = v->marked;
        if (v->level.place.what == CODE_LOG && marked < v->list.cursor) {
            place.from = row->commit;
            place.at = v->marked;
        }
    }
    go(view, &place);
}

/* ":diff A..B", ":diff A". */
void code_diff(struct view *view, const char *argument)
{
    struct code_place place = place_shown(view->state);

    if (!argument) {
        code_diff_here(view, argument);
        return;
    }
    place.what = CODE_DIFF;
    place.line = 0;
    place.at = argument;
    go_if_there(view, &place, CODE_LOOK);
}

/* ---- from commit to commit ---- */

static void show_commit(struct view *view, const char *commit)
{
    struct code_place place = ((struct code_view *)view->state)->level.place;

    place.at = commit;
    code_show(view, &place);
}

/* The log from which this was opened stands on the next commit, too; NULL: there is none. */
static const char *step_in_log(struct view *view, int step)
{
    struct view *below = desk_below(view);
    struct code_view *log = below && below->ops == &view_code ? below->state : NULL;
    int row = log ? log->list.cursor + step : 0;

    if (!log || log->level.place.what != CODE_LOG)
        return NULL;
    if (row < 0 || (size_t)row >= log->level.count)
        return "";
    log->list.cursor = row;
    return log->level.rows[row].commit;
}

static void step_commit(struct view *view, int step)
{
    const struct code_view *v = view->state;
    const char *commit;

    if (v->level.place.what != CODE_DIFF || *v->level.place.from) {
        desk_refuse(view->desk, "J and K go from commit to commit in what one changes");
        return;
    }
    commit = step_in_log(view, step);
    if (!commit && step > 0)
        commit = v->level.commit.parent;
    if (!commit)
        desk_refuse(view->desk, "K goes up in the log that this was opened from: none is");
    else if (!*commit)
        desk_refuse(view->desk, "this is the %s commit there", step > 0 ? "last" : "newest");
    else
        show_commit(view, commit);
}

void code_next_commit(struct view *view, const char *argument)
{
    step_commit(view, argument && atoi(argument) > 0 ? atoi(argument) : 1);
}

void code_prev_commit(struct view *view, const char *argument)
{
    step_commit(view, argument && atoi(argument) > 0 ? -atoi(argument) : -1);
}
