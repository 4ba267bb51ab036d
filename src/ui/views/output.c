/*
 * What another program says of the selection (`|`): a text to scroll and search in. The argument is
 * what stands behind the bar, and the papers are those of the view below. The program runs while
 * this is open; closing it ends the program.
 */
#include "../desk.h"

#include "carrel/program.h"
#include "carrel/selection.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

#define TIME_MS (10 * 60000)
#define OUT_MAX (4u << 20) /* bytes that are shown */

struct output {
    struct textview text;
    uint64_t task; /* 0: it has ended */
    struct arena *arena;
    char **keys; /* what was piped */
    size_t papers;
    char *ended; /* how; NULL: it runs */
    int remote;  /* who waits for it; 0: nobody */
};

struct output_task {
    struct task task;
    const struct app *app;
    struct arena *arena;
    char **keys;
    size_t count;
    char *form, *line; /* form NULL: as JSON */
    struct str said;
};

static int output_run(struct task *task, void *worker, struct error *err)
{
    struct output_task *t = (struct output_task *)task;
    char *argv[] = { arena_strdup(t->arena, desk_shell()), arena_strdup(t->arena, "-c"), t->line,
                     NULL };
    struct str input = STR_INIT;
    struct program program = { .argv = argv,
                               .time_ms = TIME_MS,
                               .out_max = OUT_MAX,
                               .both = true,
                               .cut = true,
                               .cancel = &task->cancel };
    int result = worker ? selection_write(&input, t->app, worker, t->keys, t->count, t->form, err)
                        : error_set(err, ERR_FAILED, "there is no library yet");

    if (result == ERR_OK) {
        program.input = input.ptr;
        program.input_len = input.len;
        result = program_run(&program, &t->said, err);
    }
    str_free(&input);
    return result;
}

static void output_free(struct task *task)
{
    struct output_task *t = (struct output_task *)task;

    str_free(&t->said);
    arena_free(t->arena);
    free(t);
}

static int output_open(struct view *view, const char *argument, struct error *err)
{
    struct view *below = desk_below(view);
    struct output_task *t;
    struct output *output;
    struct arena *arena = arena_new();
    char *form, *line, **keys = NULL;
    size_t count = 0, i;
    int result = pipe_parse(arena, argument, &form, &line, err);

    if (result == ERR_OK)
        count = view_selected(below, arena, &keys);
    if (result == ERR_OK && count == 0)
        result = error_set(err, ERR_NOTFOUND, "no paper here that could be piped");
    if (result != ERR_OK) {
        arena_free(arena);
        return result;
    }
    output = mem_zalloc(sizeof *output);
    output->arena = arena_new();
    output->papers = count;
    output->keys = arena_alloc(output->arena, count * sizeof *keys);
    for (i = 0; i < count; i++)
        output->keys[i] = arena_strdup(output->arena, keys[i]);
    output->remote = remote_begin(view->desk);
    view->state = output;
    t = mem_zalloc(sizeof *t);
    t->task.name = "pipe";
    t->task.run = output_run;
    t->task.free = output_free;
    t->app = desk_app(view->desk);
    t->arena = arena;
    t->keys = keys;
    t->count = count;
    t->form = form;
    t->line = line;
    str_init(&t->said);
    output->task = desk_post_program(view, &t->task);
    return ERR_OK;
}

/* Without "ESC [ 1 m" and its like, colours that were meant for a terminal; tabs as blanks. */
static void without_escapes(struct str *out, const char *bytes, size_t len)
{
    struct str plain = STR_INIT;
    size_t column = 0, i;

    for (i = 0; i < len; i++) {
        if (bytes[i] == '\033' && i + 1 < len && bytes[i + 1] == '[') {
            for (i += 2; i < len && (bytes[i] < '@' || bytes[i] > '~'); i++)
                ;
        } else if (bytes[i] == '\t') {
            str_add_repeat(&plain, ' ', 8 - column % 8);
            column += 8 - column % 8;
        } else {
            str_add_char(&plain, bytes[i]);
            column = bytes[i] == '\n' ? 0 : column + ((bytes[i] & 0xC0) != 0x80);
        }
    }
    utf8_clean(out, plain.ptr, plain.len);
    str_free(&plain);
}

static void output_show(struct output *output, const struct str *said)
{
    struct str text = STR_INIT;
    const char *line;

    without_escapes(&text, said->ptr, said->len);
    textview_clear(&output->text);
    for (line = text.ptr; *line; line += *line == '\n') {
        size_t len = strcspn(line, "\n");

        textview_add(&output->text, STYLE_NORMAL, 2, "%.*s", (int)len, line);
        line += len;
    }
    if (said->len >= OUT_MAX)
        textview_add(&output->text, STYLE_WARN, 2,
                     "It said more than %u MiB; the rest is not here.", OUT_MAX >> 20);
    str_free(&text);
}

static void output_result(struct view *view, struct task *task)
{
    struct output *output = view->state;
    struct output_task *t = (struct output_task *)task;
    bool good = task->status == ERR_OK;

    remote_resume(view->desk, output->remote);
    remote_outcome(view->desk, task->status);
    remote_output(view->desk, t->said.ptr);
    output->task = 0;
    output->ended =
        mem_strdup(good ? t->said.len ? "done" : "done; it said nothing" : task->err.message);
    output_show(output, &t->said);
    if (!good)
        desk_say(view->desk, STYLE_ERROR, "%s", task->err.message);
    else if (t->said.len == 0)
        desk_say(view->desk, STYLE_NORMAL, "%.60s: done; it said nothing", t->line);
    view->desk->hears = NULL;
}

static void output_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                        int height)
{
    struct output *output = view->state;

    if (output->task)
        canvas_text(canvas, x + 1, y, width - 2, STYLE_DIM, "it runs; Esc ends it");
    else
        textview_draw(&output->text, canvas, x, y, width, height);
}

static bool output_command(struct view *view, int argc, char **argv)
{
    struct output *output = view->state;

    return textview_command(&output->text, argc, argv);
}

/* The same papers, for another command. */
static size_t output_selection(struct view *view, struct arena *arena, char ***keys)
{
    const struct output *output = view->state;
    size_t i;

    *keys = arena_alloc(arena, output->papers * sizeof **keys);
    for (i = 0; i < output->papers; i++)
        (*keys)[i] = arena_strdup(arena, output->keys[i]);
    return output->papers;
}

static struct textview *output_text(const struct view *view)
{
    return &((struct output *)view->state)->text;
}

static void output_status(struct view *view, struct str *out)
{
    struct output *output = view->state;

    str_printf(out, "%zu selected  %.60s", output->papers,
               output->ended ? output->ended : "running");
}

static void output_data(struct view *view, struct jsonw *w)
{
    struct output *output = view->state;

    jsonw_key_int(w, "papers", (int64_t)output->papers);
    jsonw_key_string(w, "ended", output->ended);
    textview_data(&output->text, w);
}

static void output_close(struct view *view)
{
    struct output *output = view->state;

    if (output->task) {
        pool_cancel(view->desk->programs, output->task);
        remote_resume(view->desk, output->remote);
        remote_outcome(view->desk, ERR_CANCELLED);
        remote_said(view->desk, "it was closed before it had ended", true);
        view->desk->hears = NULL;
    }
    textview_clear(&output->text);
    str_free(&output->text.find);
    arena_free(output->arena);
    free(output->ended);
    free(output);
}

const struct view_ops view_output = { .name = "output",
                                      .title = "Output",
                                      .hint = "j k scroll  / find  Esc back",
                                      .open = output_open,
                                      .draw = output_draw,
                                      .command = output_command,
                                      .result = output_result,
                                      .selection = output_selection,
                                      .status = output_status,
                                      .data = output_data,
                                      .text = output_text,
                                      .close = output_close };
