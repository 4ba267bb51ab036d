/*
 * What a command answered, when that is more than a line: a text to scroll and search in. The
 * argument is the command's name, a newline, and the text; behind the name may stand a tab and
 * the words where the text should begin.
 */
#include "carrel/view.h"

#include <stdlib.h>
#include <string.h>

struct answer {
    struct textview text;
    char *at; /* where it should begin, until it is drawn first; NULL: at its beginning */
};

static int answer_open(struct view *view, const char *argument, struct error *err)
{
    struct answer *answer;
    const char *line = argument ? strchr(argument, '\n') : NULL;
    char *at;

    if (!line)
        return error_set(err, ERR_USAGE, "an answer needs a text");
    answer = mem_zalloc(sizeof *answer);
    view->state = answer;
    view->argument[line - argument] = '\0'; /* the title */
    at = strchr(view->argument, '\t');
    if (at) {
        *at = '\0';
        answer->at = mem_strdup(at + 1);
    }
    for (line++; *line; line += *line == '\n') {
        size_t len = strcspn(line, "\n");

        textview_add(&answer->text, STYLE_NORMAL, 2, "%.*s", (int)len, line);
        line += len;
    }
    return ERR_OK;
}

/* The words may be broken over two lines: then the first of them has to do. */
static void answer_place(struct answer *answer, struct canvas *canvas, int x, int y, int width,
                         int height)
{
    char name[] = "find", *find[] = { name, answer->at };

    textview_draw(&answer->text, canvas, x, y, width, 0); /* wraps it */
    textview_command(&answer->text, 2, find);
    if (answer->text.top == 0) {
        answer->at[strcspn(answer->at, " ")] = '\0';
        textview_command(&answer->text, 2, find);
    }
    answer->text.top -= answer->text.top < height / 3 ? answer->text.top : height / 3;
    free(answer->at);
    answer->at = NULL;
}

static void answer_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                        int height)
{
    struct answer *answer = view->state;

    if (answer->at)
        answer_place(answer, canvas, x, y, width, height);
    textview_draw(&answer->text, canvas, x, y, width, height);
}

static bool answer_command(struct view *view, int argc, char **argv)
{
    struct answer *answer = view->state;

    return textview_command(&answer->text, argc, argv);
}

static void answer_data(struct view *view, struct jsonw *w)
{
    struct answer *answer = view->state;

    textview_data(&answer->text, w);
}

static void answer_close(struct view *view)
{
    struct answer *answer = view->state;

    textview_clear(&answer->text);
    str_free(&answer->text.find);
    free(answer->at);
    free(answer);
}

const struct view_ops view_answer = { .name = "answer",
                                      .title = "Answer",
                                      .hint = "j k scroll  / find  Esc back",
                                      .open = answer_open,
                                      .draw = answer_draw,
                                      .command = answer_command,
                                      .data = answer_data,
                                      .close = answer_close };
