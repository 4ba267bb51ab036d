/*
 * The terminal of this process, for pictures: what the environment and the configuration say, what
 * tmux says, and what the terminal answers when it is asked.
 */
#ifndef CARREL_TERMINAL_H
#define CARREL_TERMINAL_H

#include "carrel/app.h"
#include "carrel/terminal_pictures.h"

/* Environment, configuration (ui.pictures) and the size of the window behind `fd`. Waits for
 * nobody. */
void terminal_facts(struct picture_facts *facts, const struct app *app, int fd);
/* Asks tmux, where we are in it: waits for it, half a second at most. Any thread. */
void terminal_ask_tmux(struct picture_facts *facts);
/* Gives the text to the tmux that we are in, for its buffer and, where it `passes`, the clipboard of
 * the terminal around it. Waits for it, half a second at most; any thread. */
int terminal_tmux_copy(const char *text, bool *passes, struct error *err);
/* Asks the terminal itself and waits for its answer, a second at most; nothing of it is left to be
 * read. Not while the desk has the terminal. */
void terminal_ask(struct picture_facts *facts, const atomic_bool *cancel);

#endif
