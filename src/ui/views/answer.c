/*
 * What a command answered, when that is more than a line: a text to scroll and search in. The
 * argument is the command's name, a newline, and the text.
 */
#include "carrel/view.h"

#include <stdlib.h>
#include <string.h>

struct answer {
    struct textview text;
};

static int answer_open(struct view *view, const char *argument, struct error *err)
{
    struct answer *answer;
    const char *line = argument ? strchr(argument, '\n') : NULL;

    if (!line)
        return error_set(err, ERR_USAGE, "an answer needs a text");
    answer = mem_zalloc(sizeof *answer);
    view->state = answer;
    view->argument[line - argument] = '\0'; /* the title */
    for (line++; *line; line += *line == '\n') {
        size_t len = strcspn(line, "\n");

        textview_add(&answer->text, STYLE_NORMAL, 2, "%.*s", (int)len, line);
        line += len;
    }
    return ERR_OK;
}

static void answer_draw(struct view *view, struct canvas *canvas, int x, int y, int width,
                        int height)
{
    struct answer *answer = view->state;

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

static struct textview *answer_text(const struct view *view)
{
    return &((struct answer *)view->state)->text;
}

static void answer_close(struct view *view)
{
    struct answer *answer = view->state;

    textview_clear(&answer->text);
    str_free(&answer->text.find);
    free(answer);
}

const struct view_ops view_answer = { .name = "answer",
                                      .title = "Answer",
                                      .hint = "j k scroll  / find  Esc back",
                                      .open = answer_open,
                                      .draw = answer_draw,
                                      .command = answer_command,
                                      .data = answer_data,
                                      .text = answer_text,
                                      .close = answer_close };
