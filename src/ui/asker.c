/*
 * Asking in the background (asker.h): the task around a view's question.
 */
#include "asker.h"

#include "desk.h"

#include <stdlib.h>

static int question_run(struct task *task, void *worker, struct error *err)
{
    struct question *question = (struct question *)task;
    int result;

    if (!worker)
        return error_set(err, ERR_FAILED,
                         "there is no library yet; make one with: carrel import FILE");
    store_set_cancel(worker, &task->cancel);
    result = question->read(question, worker, err);
    store_set_cancel(worker, NULL);
    return result;
}

static void question_free(struct task *task)
{
    struct question *question = (struct question *)task;

    if (question->drop)
        question->drop(question);
    arena_free(question->arena);
    free(task);
}

void *question_new(size_t size, const char *name,
                   int (*read)(struct question *question, struct store *store, struct error *err))
{
    struct question *question = mem_zalloc(size);

    question->task.name = name;
    question->task.run = question_run;
    question->task.free = question_free;
    question->arena = arena_new();
    question->read = read;
    return question;
}

void asker_ask(struct asker *asker, struct view *view, void *question)
{
    asker_stop(asker, view);
    asker->again = NULL;
    asker->question = question;
    asker->question->desk = view->desk;
    asker->task = desk_post(view, &asker->question->task);
}

void asker_changed(struct asker *asker, struct view *view, void (*ask)(struct view *view))
{
    if (asker->task)
        asker->again = ask;
    else
        ask(view);
}

bool asker_answered(struct asker *asker, struct view *view, struct task *task)
{
    if (task->id != asker->task)
        return false;
    asker->task = 0;
    asker->question = NULL;
    if (task->status == ERR_CANCELLED)
        return false;
    asker->error = task->status == ERR_OK ? (struct error){ 0 } : task->err;
    asker->loaded = asker->loaded || task->status == ERR_OK;
    if (asker->again)
        asker->again(view);
    return true;
}

void asker_keep(struct asker *asker, struct task *task)
{
    struct question *question = (struct question *)task;

    arena_free(asker->arena);
    asker->arena = question->arena;
    question->arena = NULL;
}

void asker_stop(struct asker *asker, struct view *view)
{
    if (asker->task)
        desk_cancel(view->desk, asker->task);
    asker->task = 0;
    asker->question = NULL;
}

static void progress_seen(void *ctx, void *data)
{
    struct desk *desk = ctx;

    (void)data;
    desk->repaint = true;
}

void question_progress(struct question *question, int percent)
{
    if (atomic_exchange(&question->percent, percent) != percent)
        pool_tell(question->desk->readers, progress_seen, NULL, NULL);
}

int asker_percent(const struct asker *asker)
{
    return asker->question ? atomic_load(&asker->question->percent) : 0;
}

void asker_close(struct asker *asker, struct view *view)
{
    asker_stop(asker, view);
    arena_free(asker->arena);
}
