/*
 * The guided start: the keys that matter most, tried on a list of five. What a key does is seen,
 * and no paper is touched.
 */
#include "welcome.h"

#include <string.h>

static const struct {
    const char *what, *asks, *says;
} tour[] = {
    { "down", "j goes down (so does the arrow). Press it.", "Down one line. 10j would be ten." },
    { "up", "k goes up.", "And up. gg is the beginning, G the end." },
    { "star", "s stars the paper at the cursor.", "Starred; r marks read, L puts off, x skips." },
    { "undo", "u takes the last step back, always.", "Taken back. It works after a restart, too." },
    { "open", "Enter opens a paper.", "This is where abstract, notes and documents would be." },
    { "back", "h (or Esc) goes back.", "Back in the list." },
    { "search", "/ searches as you type.",
      "Words, \"phrases\", author:name, date:2020.. and more." },
    { "prompt", ": takes commands; Tab completes them.", "Whatever a key does, a command does." },
    { "help", "? lists the keys of wherever you are.", "That is all of them in one place." },
};

static const char *const papers[WELCOME_ROWS] = {
    "Copper lanterns for quiet reading rooms", "On the endurance of oak desks",
    "Ceiling lamps that hum", "Why moths love reading rooms", "Attention in small gardens"
};

bool keys_done(const struct welcome *w)
{
    return w->lesson >= ARRAY_LEN(tour);
}

static const char *keys_asks(const struct welcome *w)
{
    return keys_done(w) ? "That is most of it. Enter goes on." : tour[w->lesson].asks;
}

void keys_intro(struct view *view)
{
    struct welcome *w = view->state;

    step_title(view, "keys to try");
    textview_add(&w->text, STYLE_NORMAL, 0, "%s", keys_asks(w));
    if (!keys_done(w))
        textview_add(&w->text, STYLE_DIM, 0, "n leaves one out, Esc the rest of them.");
}

void keys_skip(struct welcome *w)
{
    if (!keys_done(w) && strcmp(tour[w->lesson++].what, "back") == 0)
        w->opened = false;
}

static void show(struct welcome *w, const char *what)
{
    if (strcmp(what, "down") == 0 && w->cursor < WELCOME_ROWS - 1)
        w->cursor++;
    else if (strcmp(what, "up") == 0 && w->cursor > 0)
        w->cursor--;
    else if (strcmp(what, "star") == 0)
        w->starred[w->cursor] = true;
    else if (strcmp(what, "undo") == 0)
        memset(w->starred, 0, sizeof w->starred);
    else if (strcmp(what, "open") == 0 || strcmp(what, "back") == 0)
        w->opened = *what == 'o';
}

/* What is asked for is done and told; any other key does nothing. */
void keys_try(struct view *view, const char *what)
{
    struct welcome *w = view->state;
    const char *said;

    if (keys_done(w))
        return;
    if (strcmp(tour[w->lesson].what, what) != 0) {
        desk_refuse(view->desk, "That was another key. %s", tour[w->lesson].asks);
        return;
    }
    show(w, what);
    said = tour[w->lesson++].says;
    desk_say(view->desk, STYLE_NORMAL, "%s%s%s", said, view->desk->told ? " " : "",
             view->desk->told ? keys_asks(w) : ""); /* a screen shows it above */
}

void keys_escape(struct view *view)
{
    struct welcome *w = view->state;

    if (strcmp(tour[w->lesson].what, "back") == 0) {
        keys_try(view, "back");
        return;
    }
    w->lesson = ARRAY_LEN(tour);
    w->opened = false;
    desk_say(view->desk, STYLE_NORMAL, "the keys are left out%s%s", view->desk->told ? ": " : "",
             view->desk->told ? keys_asks(w) : "");
}

void keys_draw(const struct welcome *w, struct canvas *canvas, int x, int y, int width, int height)
{
    int i;

    if (w->opened) {
        canvas_text(canvas, x + 1, y, width - 2, STYLE_TITLE, papers[w->cursor]);
        canvas_text(canvas, x + 1, y + 1, width - 2, STYLE_DIM, "A paper, open.");
        return;
    }
    for (i = 0; i < WELCOME_ROWS && i < height; i++) {
        if (w->starred[i])
            canvas_text(canvas, x + 1, y + i, 1, STYLE_WARN, canvas->ascii ? "*" : "★");
        canvas_text(canvas, x + 3, y + i, width - 4, STYLE_NORMAL, papers[i]);
        if (i == w->cursor)
            canvas_cursor_row(canvas, x, y + i, width);
    }
}
