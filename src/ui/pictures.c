/*
 * How the desk shows pictures. Nothing is asked before the first one is wanted; then tmux is asked
 * by a worker and the terminal by a few bytes whose answers come among the keys, and until they
 * have come there are half blocks. The loop never waits.
 */
#include "desk.h"

#include "carrel/clock.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWERS_MS 60000 /* a line may be bad; what comes later is no answer */

void desk_pictures_choose(struct desk *desk)
{
    enum picture_kind before = desk->canvas.display.kind;
    struct picture_display *display = &desk->canvas.display;

    picture_choose(display, &desk->pictures);
    desk->repaint |= display->kind != before;
    if (desk->pictures_asked && display->why[0] && !str_eq(desk->pictures_said, display->why)) {
        free(desk->pictures_said);
        desk->pictures_said = mem_strdup(display->why);
        desk_say(desk, STYLE_WARN, "%s", display->why);
        desk->repaint = true;
    }
}

void desk_pictures_start(struct desk *desk)
{
    if (desk->headless) { /* text, ANSI and SVG can show half blocks, and nothing else */
        enum picture_wish wish = PICTURES_AUTO;

        picture_wish_parse(&wish, config_text(desk->app->config, "ui.pictures"));
        desk->pictures =
            (struct picture_facts){ .term = "xterm",
                                    .colorterm = "truecolor",
                                    .ascii = desk->app->ascii,
                                    .linear = desk->app->linear,
                                    .wish =
                                        wish == PICTURES_WANT_OFF ? wish : PICTURES_WANT_BLOCKS };
    } else {
        terminal_facts(&desk->pictures, desk->app, STDOUT_FILENO);
    }
    desk_pictures_choose(desk);
}

/* ---- asking ---- */

struct tmux_task {
    struct task task;
    struct picture_facts facts;
};

static int tmux_run(struct task *task, void *worker, struct error *err)
{
    (void)worker;
    (void)err;
    terminal_ask_tmux(&((struct tmux_task *)task)->facts);
    return ERR_OK;
}

static void tmux_done(void *ctx, struct task *task)
{
    struct tmux_task *t = (struct tmux_task *)task;
    struct desk *desk = ctx;

    if (task->status != ERR_OK)
        return;
    desk->pictures.tmux_passes = t->facts.tmux_passes;
    memcpy(desk->pictures.outer, t->facts.outer, sizeof t->facts.outer);
    desk_pictures_choose(desk);
}

static void tmux_free(struct task *task)
{
    free(task);
}

static void ask(struct desk *desk)
{
    struct str questions = STR_INIT;

    picture_ask(&questions, &desk->pictures);
    if (questions.len > 0 && desk->write_raw) {
        desk->write_raw(desk->face, questions.ptr, questions.len);
        desk->pictures_until = clock_ticks_ms() + ANSWERS_MS;
    }
    if (desk->pictures.tmux) {
        struct tmux_task *t = mem_zalloc(sizeof *t);

        t->task.name = "tmux";
        t->task.run = tmux_run;
        t->task.done = tmux_done;
        t->task.free = tmux_free;
        t->facts = desk->pictures;
        pool_post(desk->readers, &t->task);
    }
    str_free(&questions);
}

const struct picture_display *desk_pictures(struct desk *desk)
{
    if (!desk->pictures_asked && !desk->headless) {
        desk->pictures_asked = true;
        ask(desk);
        desk_pictures_choose(desk);
    }
    return &desk->canvas.display;
}

/* ---- hearing ---- */

bool desk_picture_listens(const struct desk *desk)
{
    return !desk->pictures.answers.done && clock_ticks_ms() < desk->pictures_until;
}

bool desk_picture_hears(struct desk *desk, char byte)
{
    struct picture_answers *answers = &desk->pictures.answers;
    bool used = picture_answer(answers, byte);

    if (answers->done) {
        desk_pictures_choose(desk);
        desk->redraw = true; /* some terminals print questions they do not understand */
    }
    return used;
}

/* ---- the reader's choice ---- */

void desk_pictures_wish(struct desk *desk, const char *way)
{
    static const char *const ways[] = { "auto", "kitty", "sixel", "blocks", "off" };
    enum picture_wish wish = desk->pictures.wish;

    if (!way)
        wish = (enum picture_wish)((wish + 1) % ARRAY_LEN(ways));
    else if (!picture_wish_parse(&wish, way)) {
        desk_say(desk, STYLE_WARN, "pictures auto, kitty, sixel, blocks or off");
        return;
    }
    desk_pictures(desk);
    desk->pictures.wish = wish;
    free(desk->pictures_said); /* to be said again */
    desk->pictures_said = NULL;
    desk_say(desk, STYLE_NORMAL, "pictures: %s", ways[wish]);
    desk_pictures_choose(desk);
    if (wish == PICTURES_AUTO)
        desk_say(desk, STYLE_NORMAL, "pictures: auto (%s)",
                 picture_kind_name(desk->canvas.display.kind));
    desk->redraw = true;
}
