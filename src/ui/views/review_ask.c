/*
 * What a review reads and writes: its beginning (which papers of the list are unread), its papers,
 * and where it stands. Writing is the writer's thread's.
 */
#include "papers.h"
#include "review.h"

#include "carrel/recommend.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

/* ---- beginning ---- */

struct begin_task {
    struct task task;
    struct arena *arena;
    struct papers_asked asked;
    struct mark_set *marked; /* these, whatever the list; NULL: its unread ones */
    char *title;
    size_t count;
    int64_t allowed, id;
};

/* Papers of the list without a verdict, in its order. */
static int begin_unread(struct begin_task *t, struct store *store, char ***keys, size_t *count,
                        struct error *err)
{
    struct search_options options = { .limit = t->count, .sort = t->asked.sort, .keys = true };
    const char *filter = t->asked.filter;
    struct search_result *found = NULL;
    size_t i;
    int result = ERR_OK;

    filter = filter ? arena_printf(t->arena, "(%s) is:unread", filter) : "is:unread";
    options.default_filter = filter;
    if (t->asked.recommended)
        result = recommend_search(&found, store, filter,
                                  t->count > RECOMMENDED_ROWS ? t->count : RECOMMENDED_ROWS, err);
    if (found)
        order_keep(&t->asked.order, found);
    if (result == ERR_OK && !found)
        result = search_run(&found, store, t->asked.query, &options, err);
    if (result != ERR_OK)
        return result;
    *keys = arena_alloc(t->arena, (found->len + 1) * sizeof **keys);
    for (i = 0; i < found->len; i++)
        (*keys)[(*count)++] = arena_strdup(t->arena, found->hits[i].row.key);
    search_result_free(found);
    return ERR_OK;
}

static int begin_run(struct task *task, void *worker, struct error *err)
{
    struct begin_task *t = (struct begin_task *)task;
    char **keys = NULL;
    size_t count = 0;
    int result = ERR_OK;

    if (!worker)
        return error_set(err, ERR_FAILED, "there is no library yet");
    if (t->marked)
        count = mark_set_keys(t->marked, t->arena, &keys);
    else
        result = begin_unread(t, worker, &keys, &count, err);
    if (result == ERR_OK && count == 0)
        result = error_set(err, ERR_FAILED,
                           "nothing in this list is unread: there is nothing to "
                           "review");
    if (result == ERR_OK)
        result = review_start(&t->id, worker, t->title, keys, count < t->count ? count : t->count,
                              t->allowed, err);
    return result;
}

static void begin_done(void *app, struct task *task)
{
    struct desk *desk = app;
    struct begin_task *t = (struct begin_task *)task;
    int i;

    for (i = 0; i < desk->depth; i++)
        if (desk->stack[i]->id == task->owner)
            review_begun(desk->stack[i], t->id, task->status == ERR_OK ? NULL : &task->err);
    desk->repaint = true;
}

static void begin_free(struct task *task)
{
    struct begin_task *t = (struct begin_task *)task;

    mark_set_free(t->marked);
    order_free(&t->asked.order);
    arena_free(t->arena);
    free(t);
}

void review_begin(struct view *view, long count, int64_t allowed_ms)
{
    struct view *list = desk_below(view);
    struct begin_task *t = mem_zalloc(sizeof *t);

    t->task.name = "review";
    t->task.run = begin_run;
    t->task.done = begin_done;
    t->task.free = begin_free;
    t->task.owner = view->id;
    t->arena = arena_new();
    t->count = (size_t)count;
    t->allowed = allowed_ms;
    while (list && !list->ops->marked)
        list = desk_below(list);
    papers_asked(list, t->arena, &t->asked);
    t->title = arena_strdup(t->arena, t->asked.title);
    t->marked = list ? list->ops->marked(list) : NULL;
    pool_post(view->desk->writer, &t->task);
}

/* ---- its papers ---- */

struct review_question {
    struct question question;
    int64_t id;
    struct review review;
    struct review_row *rows;
    size_t count;
};

static int read_abstract(char **out, struct store *store, struct arena *arena, int64_t work,
                         struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store, "SELECT abstract FROM work_text WHERE id = ?1", err);

    *out = arena_strdup(arena, "");
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = stmt_dup(stmt, 0, arena);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int review_read(struct question *question, struct store *store, struct error *err)
{
    struct review_question *q = (struct review_question *)question;
    struct review_item *items;
    size_t i;
    int result = review_get(&q->review, store, question->arena, q->id, err);

    if (result == ERR_OK)
        result = review_items(&items, &q->count, store, question->arena, q->review.id, err);
    if (result != ERR_OK)
        return result;
    q->rows = arena_alloc(question->arena, (q->count + 1) * sizeof *q->rows);
    for (i = 0; i < q->count && result == ERR_OK; i++) {
        struct review_row *row = &q->rows[i];

        row->judged = items[i].judged;
        row->starred = items[i].starred;
        result = works_rows(store, question->arena, &items[i].work, 1, &row->row, err);
        if (result == ERR_OK)
            result = read_abstract(&row->abstract, store, question->arena, items[i].work, err);
    }
    return result;
}

void review_ask(struct view *view)
{
    struct reviewing *r = view->state;
    struct review_question *q = question_new(sizeof *q, "review", review_read);

    q->id = r->id;
    asker_ask(&r->asker, view, q);
}

/* A verdict that says what stood before is one, too, though the library has nothing new to note. */
static void keep_confirmed(struct review_row *rows, const struct reviewing *r)
{
    int i;

    for (i = 0; i < r->count; i++)
        rows[i].judged |= r->rows[i].judged && rows[i].row.state != READ_UNREAD
                          && rows[i].row.state == r->rows[i].row.state;
}

bool review_answer(struct view *view, struct task *task)
{
    struct reviewing *r = view->state;
    struct review_question *q = (struct review_question *)task;
    /* Verdicts are shown before they are written: what was read before that would take them back.
     */
    bool stale = r->count > 0 && (r->asker.again || view->desk->writing > 0);

    if (!asker_answered(&r->asker, view, task) || r->asker.error.code || stale)
        return false;
    if (r->count == (int)q->count) /* before its rows go */
        keep_confirmed(q->rows, r);
    asker_keep(&r->asker, task);
    r->review = q->review;
    r->rows = q->rows;
    r->count = (int)q->count;
    return true;
}

/* ---- where it stands ---- */

struct save_task {
    struct task task;
    int64_t id, used, allowed, place;
    bool end;
};

static int save_run(struct task *task, void *worker, struct error *err)
{
    struct save_task *t = (struct save_task *)task;

    if (!worker || store_read_only(worker))
        return ERR_OK; /* nothing is kept, and nobody has asked for it */
    return review_keep(worker, t->id, t->used, t->allowed, t->place, t->end, err);
}

static void save_done(void *app, struct task *task)
{
    struct desk *desk = app;

    if (task->status != ERR_OK && task->status != ERR_CANCELLED)
        desk_say(desk, STYLE_ERROR, "where the review stands is not kept: %s", task->err.message);
}

static void save_free(struct task *task)
{
    free(task);
}

void review_save(struct view *view, bool end)
{
    struct reviewing *r = view->state;
    struct save_task *t;

    if (r->id == 0)
        return;
    t = mem_zalloc(sizeof *t);
    t->task.name = "review";
    t->task.run = save_run;
    t->task.done = save_done;
    t->task.free = save_free;
    t->id = r->id;
    t->used = review_used(r);
    t->allowed = r->allowed;
    t->place = r->place;
    t->end = end;
    pool_post(view->desk->writer, &t->task);
}
