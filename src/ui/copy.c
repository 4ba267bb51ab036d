/*
 * Copying: the terminal itself sets the clipboard (OSC 52), also over ssh. tmux does not believe
 * that of the programs in it unless it is told to, so there its own command is used, which fills
 * its buffer and hands the text on.
 */
#include "desk.h"

#include "carrel/base64.h"

#include <stdlib.h>
#include <string.h>

struct copy_task {
    struct task task;
    char *text, *what;
    bool passes; /* to the clipboard, too */
};

static void copy_osc(struct desk *desk, const char *text)
{
    struct str osc = STR_INIT;

    str_add(&osc, "\033]52;c;");
    base64_encode(&osc, text, strlen(text));
    str_add(&osc, "\a");
    if (desk->write_raw)
        desk->write_raw(desk->face, osc.ptr, osc.len);
    str_free(&osc);
}

static int copy_run(struct task *task, void *worker, struct error *err)
{
    struct copy_task *t = (struct copy_task *)task;

    (void)worker;
    return terminal_tmux_copy(t->text, &t->passes, err);
}

static void copy_done(void *ctx, struct task *task)
{
    struct desk *desk = ctx;
    struct copy_task *t = (struct copy_task *)task;

    if (task->status != ERR_OK) { /* it may be a terminal in its own right */
        copy_osc(desk, t->text);
        desk_say(desk, STYLE_WARN, "copied %s, if the terminal takes it; tmux does not: %s",
                 t->what, task->err.message);
    } else if (!t->passes) {
        desk_say(desk, STYLE_NORMAL,
                 "copied %s into tmux's buffer only: tmux set -s set-clipboard on lets it further",
                 t->what);
    } else {
        desk_say(desk, STYLE_NORMAL, "copied %s", t->what);
    }
    desk->repaint = true;
}

static void copy_free(struct task *task)
{
    struct copy_task *t = (struct copy_task *)task;

    free(t->text);
    free(t->what);
    free(t);
}

void desk_copy_text(struct desk *desk, const char *text, const char *what)
{
    const char *tmux = getenv("TMUX");
    struct copy_task *t;

    if (desk->told) { /* what is written there is read aloud, so no codes */
        desk_say(desk, STYLE_NORMAL, "no clipboard in linear mode; it is: %s", text);
        return;
    }
    if (desk->headless || !tmux || !*tmux) {
        copy_osc(desk, text);
        desk_say(desk, STYLE_NORMAL, "copied %s", what);
        return;
    }
    t = mem_zalloc(sizeof *t);
    t->task.name = "copy";
    t->task.run = copy_run;
    t->task.done = copy_done;
    t->task.free = copy_free;
    t->text = mem_strdup(text);
    t->what = mem_strdup(what);
    pool_post(desk->readers, &t->task);
}
