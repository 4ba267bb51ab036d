/*
 * The guided start of a carrel that is new: what it is, which fields one reads, papers to begin
 * with, keys to try, how it looks. It comes by itself once (desk_welcome_due) and again by
 * :welcome; Esc or q leaves it at any point, and nothing is written before its last step.
 */
#include "welcome.h"

#include "carrel/config.h"
#include "carrel/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- its end, on the writer's thread ---- */

struct apply_task {
    struct task task;
    struct app *app;
    const char *chosen[SUBJECTS_MAX];
    struct welcome_wish wish;
    struct welcome_done done;
    char theme[40]; /* "": as it was */
    uint64_t view;
};

static int apply_run(struct task *task, void *worker, struct error *err)
{
    struct apply_task *t = (struct apply_task *)task;

    (void)worker; /* there may have been no library when it was opened */
    return welcome_apply(&t->done, t->app, &t->wish, &task->cancel, err);
}

static void say_done(struct desk *desk, const struct welcome_done *done)
{
    struct str text = STR_INIT;

    if (done->feeds > 0)
        str_printf(&text, "%zu feed%s made", done->feeds, done->feeds == 1 ? "" : "s");
    if (done->papers > 0)
        str_printf(&text, "%s%ld papers to begin with", text.len ? ", " : "", done->papers);
    desk_say(desk, STYLE_NORMAL, "%s%s:welcome comes back here", text.ptr, text.len ? "; " : "");
    str_free(&text);
}

static void apply_done(void *ctx, struct task *task)
{
    struct apply_task *t = (struct apply_task *)task;
    struct desk *desk = ctx;
    struct view *view = desk_view(desk);

    if (task->status != ERR_OK) {
        desk_say(desk, STYLE_ERROR, "%s", task->err.message);
        return;
    }
    if (t->done.settings)
        desk_settings_changed(desk);
    desk_library_made(desk);
    if (t->theme[0])
        desk_theme(desk, t->theme);
    if (view && view->id == t->view) {
        ((struct welcome *)view->state)->applied = true;
        desk_pop(desk);
    }
    desk_changed(desk);
    say_done(desk, &t->done);
    desk->repaint = true;
}

static void apply_free(struct task *task)
{
    free(task);
}

static void welcome_finish(struct view *view)
{
    struct welcome *w = view->state;
    struct apply_task *t = mem_zalloc(sizeof *t);

    t->task.name = "welcome";
    t->task.run = apply_run;
    t->task.done = apply_done;
    t->task.free = apply_free;
    t->app = view->desk->app;
    memcpy(t->chosen, w->chosen, sizeof t->chosen);
    t->wish = (struct welcome_wish){ t->chosen, w->chosen_len, w->starter };
    snprintf(t->theme, sizeof t->theme, "%s", looks_taken(view));
    t->view = view->id;
    w->applying = true;
    pool_post(view->desk->writer, &t->task);
}

/* ---- the steps ---- */

static bool is_step(const struct view *view, int step)
{
    return step != WELCOME_LOOKS || !view->desk->told;
}

void step_title(struct view *view, const char *what)
{
    struct welcome *w = view->state;
    int number = 0, all = 0, step;

    for (step = WELCOME_FIELDS; step <= WELCOME_END; step++) {
        all += is_step(view, step);
        number += is_step(view, step) && step <= (int)w->step;
    }
    textview_add(&w->text, STYLE_TITLE, 0, "Step %d of %d: %s", number, all, what);
}

static void hello_intro(struct welcome *w)
{
    textview_add(&w->text, STYLE_TITLE, 0, "Welcome to carrel");
    textview_add(&w->text, STYLE_NORMAL, 0,
                 "A desk in a library, in a terminal: it fetches papers of your fields, finds any "
                 "word in them, and keeps what you mark, tag and note, all on this machine.");
    textview_add(&w->text, STYLE_NORMAL, 0,
                 "Two minutes: your fields, some papers to begin with, the keys. Enter goes on.");
    textview_add(
        &w->text, STYLE_DIM, 0,
        "Esc or q leaves, and nothing is written then. This comes once; :welcome brings it back, "
        "carrel demo shows a filled library.");
}

static void starter_intro(struct view *view)
{
    struct welcome *w = view->state;

    step_title(view, "something to begin with");
    textview_add(
        &w->text, STYLE_NORMAL, 0,
        "About 200 landmark papers, most of them of computer science, from 1948 on, with a "
        "sentence or two on each. They are part of the program and need no network.");
    textview_add(&w->text, STYLE_ACCENT, 0, "Now: %s. Space changes that, Enter goes on.",
                 w->starter ? "yes, put them into my library" : "no, begin empty");
}

static void end_intro(struct view *view)
{
    struct welcome *w = view->state;
    struct welcome_wish wish = { w->chosen, w->chosen_len, w->starter };
    struct str fields = STR_INIT;
    size_t i;

    for (i = 0; i < w->chosen_len; i++)
        str_printf(&fields, "%s%s", i ? ", " : "", w->chosen[i]);
    step_title(view, "that is it");
    if (w->chosen_len > 0)
        textview_add(&w->text, STYLE_NORMAL, 0, "Fields: %s. They are written to %s.", fields.ptr,
                     view->desk->app->config_file);
    else
        textview_add(&w->text, STYLE_NORMAL, 0,
                     "No fields: what arXiv has of cs.AI, cs.CL, cs.CV, cs.LG and stat.ML is "
                     "fetched.");
    if (welcome_reads_huggingface(view->desk->app, &wish))
        textview_add(&w->text, STYLE_NORMAL, 0,
                     "Hugging Face's daily and trending papers are fetched beside it%s.",
                     w->chosen_len > 0 ? ": [source \"huggingface\"] there" : "");
    textview_add(&w->text, STYLE_NORMAL, 0, "%s",
                 w->starter ? "The landmark papers come at once." : "The library begins empty.");
    if (view->desk->told) /* whose steps leave the looks out */
        textview_add(
            &w->text, STYLE_NORMAL, 0,
            "Linear mode writes plain lines and has no themes; at a screen, :theme chooses "
            "one.");
    if (*looks_taken(view))
        textview_add(&w->text, STYLE_NORMAL, 0, "It looks as now (%s).", looks_taken(view));
    textview_add(&w->text, STYLE_NORMAL, 0,
                 "New papers are fetched in the background while carrel is open (7 shows how); h "
                 "goes back a step.");
    textview_add(&w->text, STYLE_ACCENT, 0, "Enter makes it so.");
    str_free(&fields);
}

/* With a blank line between two paragraphs, but where a list needs the room. */
static void step_air(struct welcome *w)
{
    struct textview tight = w->text;
    size_t i;

    w->text = (struct textview){ .find = tight.find };
    for (i = 0; i < tight.len; i++) {
        if (i > 0)
            textview_blank(&w->text);
        textview_add(&w->text, tight.paragraphs[i].style, tight.paragraphs[i].indent, "%s",
                     tight.paragraphs[i].text);
    }
    textview_clear(&tight);
}

static void step_text(struct view *view)
{
    struct welcome *w = view->state;

    textview_clear(&w->text);
    if (w->step == WELCOME_HELLO)
        hello_intro(w);
    else if (w->step == WELCOME_FIELDS)
        fields_intro(view);
    else if (w->step == WELCOME_STARTER)
        starter_intro(view);
    else if (w->step == WELCOME_KEYS)
        keys_intro(view);
    else if (w->step == WELCOME_LOOKS)
        looks_intro(view);
    else
        end_intro(view);
    if (w->step != WELCOME_FIELDS && w->step != WELCOME_LOOKS)
        step_air(w);
}

/* A step on (1) or back (-1). */
static void step_by(struct view *view, int by)
{
    struct welcome *w = view->state;
    int step = (int)w->step + by;

    if (!is_step(view, step))
        step += by;
    if (step < WELCOME_HELLO)
        return;
    w->step = (enum welcome_step)step;
    w->text.top = 0;
    if (w->step == WELCOME_LOOKS)
        looks_enter(view);
    step_text(view);
    if (w->step == WELCOME_FIELDS && !view->desk->told)
        desk_prompt(view->desk, PROMPT_FIND, "");
}

static void step_next(struct view *view)
{
    struct welcome *w = view->state;

    if (w->step == WELCOME_END && !w->applying)
        welcome_finish(view);
    else if (w->step != WELCOME_END)
        step_by(view, 1);
}

/* ---- commands ---- */

static void do_space(struct view *view)
{
    struct welcome *w = view->state;

    if (w->step == WELCOME_FIELDS)
        fields_toggle(view);
    else if (w->step == WELCOME_STARTER) {
        w->starter = !w->starter;
        desk_say(view->desk, STYLE_NORMAL, "%s",
                 w->starter ? "yes, put them into my library" : "no, begin empty");
    }
    step_text(view);
}

/* The line that was pressed is one of the screen, and text stands above a list. */
static bool list_command(const struct welcome *w, struct listview *list, int argc, char **argv)
{
    int row = argc > 1 && strcmp(argv[0], "click-row") == 0 ? atoi(argv[1]) - w->above : -1;

    if (strcmp(argv[0], "click-row") != 0)
        return listview_command(list, argc, argv);
    if (row >= 0 && row < list->height && list->top + row < list->count)
        list->cursor = list->top + row;
    return true;
}

/* What moves or scrolls. */
static bool step_command(struct view *view, int argc, char **argv)
{
    struct welcome *w = view->state;
    int before = w->looks.list.cursor;
    bool done;

    if (w->step == WELCOME_FIELDS)
        return list_command(w, &w->list, argc, argv);
    if (w->step != WELCOME_LOOKS)
        return textview_command(&w->text, argc, argv);
    done = list_command(w, &w->looks.list, argc, argv);
    if (w->looks.list.cursor != before)
        looks_moved(view);
    return done;
}

static bool welcome_command(struct view *view, int argc, char **argv)
{
    struct welcome *w = view->state;

    w->leaving = false;
    if (strcmp(argv[0], "next-step") == 0)
        step_next(view);
    else if (strcmp(argv[0], "prev-step") == 0)
        step_by(view, -1);
    else if (strcmp(argv[0], "select") == 0)
        do_space(view);
    else if (strcmp(argv[0], "try") == 0 && argc > 1 && w->step == WELCOME_KEYS) {
        keys_try(view, argv[1]);
        step_text(view);
    } else if (strcmp(argv[0], "leave-out") == 0 && w->step == WELCOME_KEYS) {
        keys_skip(w);
        step_text(view);
    } else if (strcmp(argv[0], "leave-out") == 0 && w->step == WELCOME_LOOKS) {
        looks_back(view);
        step_next(view);
    } else if (strcmp(argv[0], "find") == 0 && argc > 1 && w->step == WELCOME_FIELDS)
        fields_filter(w, argv[1]);
    else
        return step_command(view, argc, argv);
    return true;
}

/* As it is typed; Enter chooses and begins anew, on nothing it goes on. Of fields that have but the
 * letters none is taken: which of them is meant is said by Space. Line by line it always is. */
static void welcome_finding(struct view *view, const char *text, bool done)
{
    struct welcome *w = view->state;

    if (w->step != WELCOME_FIELDS)
        return;
    if (!done || view->desk->told) {
        fields_filter(w, text ? text : "");
        return;
    }
    if (!text) {
        fields_filter(w, "");
        return;
    }
    fields_filter(w, text);
    if (*text && w->list.count > 0 && !fields_is_meant(w)) {
        desk_say(view->desk, STYLE_WARN,
                 "no field is called '%s'; these have its letters: Space chooses one, / types anew",
                 w->typed.ptr);
        return;
    }
    if (*text)
        fields_toggle(view);
    else
        step_next(view);
    if (w->step == WELCOME_FIELDS) {
        desk_prompt(view->desk, PROMPT_FIND, w->list.count > 0 ? "" : text);
        fields_filter(w, w->list.count > 0 ? "" : text);
    }
}

/* Esc: of the keys it leaves the rest out; of what was chosen it asks before it is lost. */
static bool welcome_peel(struct view *view)
{
    struct welcome *w = view->state;
    bool stay = true;

    if (w->step == WELCOME_KEYS && !keys_done(w)) {
        keys_escape(view);
        step_text(view);
    } else if (w->chosen_len > 0 && !w->applying && !w->leaving) {
        w->leaving = true;
        desk_say(view->desk, STYLE_WARN,
                 "%zu field%s chosen and not kept yet: once more leaves the start without %s",
                 w->chosen_len, w->chosen_len == 1 ? "" : "s", w->chosen_len == 1 ? "it" : "them");
    } else {
        stay = false;
        desk_say(
            view->desk, STYLE_NORMAL,
            "the guided start is left, and nothing of it is written; :welcome comes back here");
    }
    return stay;
}

static const char *welcome_context(const struct view *view)
{
    const struct welcome *w = view->state;

    return w->step == WELCOME_KEYS && !keys_done(w) ? "trying"
           : w->step == WELCOME_LOOKS               ? "looking"
                                                    : NULL;
}

/* ---- drawing and telling ---- */

static void welcome_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                         int height)
{
    struct welcome *w = view->state;
    int measure = width > 84 ? 80 : width - 4, first = y, rows;
    bool list = w->step == WELCOME_FIELDS || w->step == WELCOME_LOOKS;

    if (w->step == WELCOME_END) /* another theme may have been chosen by its command */
        step_text(view);
    textview_wrap(&w->text, measure);
    rows = (int)w->text.line_count;
    if (list && rows > height / 2)
        rows = height / 2; /* the list itself is what counts */
    if (rows > height)
        rows = height;
    textview_draw(&w->text, canvas, x + 2, y + (height > 12 ? 1 : 0), measure, rows);
    y += rows + (height > 12 ? 2 : 0);
    height -= rows + (height > 12 ? 2 : 0);
    w->above = y - first;
    if (w->step == WELCOME_FIELDS && height > 2)
        fields_draw(view, canvas, x, y, width, height);
    else if (w->step == WELCOME_LOOKS && height > 0)
        looks_draw(view, canvas, x, y, width, height);
    else if (w->step == WELCOME_KEYS && height > 0)
        keys_draw(w, canvas, x + 1, y, width - 2, height);
}

/* The words of a step, then its fields. */
static void welcome_lines(struct view *view, struct view_lines *lines)
{
    struct welcome *w = view->state;
    static const char *const names[] = {
        "Welcome", "Fields", "Papers", "Keys", "Looks", "The end"
    };

    if (w->step == WELCOME_FIELDS && w->typed.len > 0) {
        listview_lines(&w->list, lines);
        lines->list = w->typed.ptr;
    } else {
        textview_lines(&w->text, lines);
        lines->list = names[w->step];
    }
}

static bool welcome_line(struct view *view, int at, struct str *out)
{
    const struct welcome *w = view->state;

    if (w->step == WELCOME_FIELDS && w->typed.len > 0)
        return fields_line(w, at, out);
    return textview_line(&w->text, at, out);
}

static void welcome_status(struct view *view, struct str *out)
{
    const struct welcome *w = view->state;

    if (w->step == WELCOME_FIELDS)
        str_printf(out, "%zu chosen", w->chosen_len);
    if (w->applying)
        str_add(out, "  one moment");
}

static const char *welcome_hints(const struct view *view)
{
    const struct welcome *w = view->state;

    return w->step == WELCOME_FIELDS
               ? "/ type  Space choose  j k move  Enter next  h back  Esc leave"
           : w->step == WELCOME_LOOKS
               ? "j k look at each  Enter take it  n as it was  h back  Esc leave"
           : w->step == WELCOME_KEYS && !keys_done(w)
               ? "the key that is asked for  n leave it out  Esc leave them"
               : "Enter next  h back  Esc leave";
}

/* ---- the contract ---- */

static int welcome_open(struct view *view, const char *argument, struct error *err)
{
    struct welcome *w = mem_zalloc(sizeof *w);

    (void)argument;
    (void)err;
    str_init(&w->typed);
    w->starter = true;
    view->state = w;
    fields_filter(w, "");
    step_text(view);
    return ERR_OK;
}

static void welcome_data(struct view *view, struct jsonw *w)
{
    const struct welcome *state = view->state;
    size_t i;

    jsonw_key_int(w, "step", state->step);
    jsonw_key_string(w, "typed", state->typed.ptr);
    jsonw_key(w, "chosen");
    jsonw_array(w);
    for (i = 0; i < state->chosen_len; i++)
        jsonw_string(w, state->chosen[i]);
    jsonw_end(w);
    jsonw_key_bool(w, "starter", state->starter);
    jsonw_key_string(w, "theme", looks_taken(view));
    textview_data((struct textview *)(uintptr_t)&state->text, w);
}

static void welcome_close(struct view *view)
{
    struct welcome *w = view->state;

    if (!w->applied)
        looks_back(view);
    desk_welcomed(view->desk);
    textview_clear(&w->text);
    str_free(&w->text.find);
    str_free(&w->typed);
    free(w);
}

const struct view_ops view_welcome = { .name = "welcome",
                                       .title = "Welcome",
                                       .whole = true,
                                       .open = welcome_open,
                                       .draw = welcome_draw,
                                       .command = welcome_command,
                                       .finding = welcome_finding,
                                       .peel = welcome_peel,
                                       .context = welcome_context,
                                       .hints = welcome_hints,
                                       .status = welcome_status,
                                       .data = welcome_data,
                                       .lines = welcome_lines,
                                       .line = welcome_line,
                                       .close = welcome_close };
