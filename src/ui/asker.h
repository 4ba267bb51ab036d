/*
 * Asking in the background, for views: one question at a time, read from the library by a worker
 * into an arena that becomes the view's with the answer. A newer question takes the place of the
 * one under way, whose answer is dropped. Loop thread, but for `read`.
 */
#ifndef CARREL_UI_ASKER_H
#define CARREL_UI_ASKER_H

#include "carrel/mem.h"
#include "carrel/store.h"
#include "carrel/view.h"

/* Embedded at the head of what a view asks. Options and answer lie in the arena. */
struct question {
    struct task task;
    struct arena *arena;
    struct desk *desk;
    atomic_int percent;
    /* Worker thread; touches only the question. The store is cancelled with the task. */
    int (*read)(struct question *question, struct store *store, struct error *err);
    void (*drop)(struct question *question); /* frees what lies elsewhere; NULL: nothing does */
};

struct asker {
    uint64_t task;                    /* under way, 0 none */
    struct question *question;        /* that task: it lives until its answer comes; NULL none */
    bool loaded;                      /* something could be read */
    void (*again)(struct view *view); /* asks once more when the answer has come; NULL: no need */
    struct error error;               /* of the last answer; code 0: it could be read */
    struct arena *arena;              /* of the last answer that was kept; NULL none */
};

/* Zeroed, `size` bytes, with an arena; for asker_ask, which takes it. */
void *question_new(size_t size, const char *name,
                   int (*read)(struct question *question, struct store *store, struct error *err));
void asker_ask(struct asker *asker, struct view *view, void *question);
/* The library has changed: asks anew; while a question is under way, when its answer has come, so
 * that a library that changes all the time gets answers too. */
void asker_changed(struct asker *asker, struct view *view, void (*ask)(struct view *view));
/* The view's `result`: true when this answers what was asked last; then `error` tells how it went.
 * Older and cancelled ones are none. */
bool asker_answered(struct asker *asker, struct view *view, struct task *task);
/* The answer before is freed, this one's arena is the asker's. */
void asker_keep(struct asker *asker, struct task *task);
/* From `read`: how far it is; the desk draws anew. */
void question_progress(struct question *question, int percent);
int asker_percent(const struct asker *asker); /* of what is under way; 0: nothing said yet */
void asker_stop(struct asker *asker, struct view *view);
/* Stops and frees what was kept. */
void asker_close(struct asker *asker, struct view *view);

#endif
