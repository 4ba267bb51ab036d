/* Lines at the desk and their commands, among the files that run them. */
#ifndef CARREL_UI_ACTIONS_H
#define CARREL_UI_ACTIONS_H

#include "desk.h"

struct desk_command {
    const char *name, *help;
    void (*run)(struct desk *desk, int argc, char **argv); /* argv[0] is the name */
};
extern const struct desk_command desk_rooms_commands[];  /* actions_rooms.c; the last has no name */
extern const struct desk_command desk_papers_commands[]; /* actions_papers.c */
extern const struct desk_command desk_settings_commands[];     /* actions_settings.c */
const struct desk_command *desk_own_command(const char *name); /* NULL: it is none of these */
/* Words from argv[from] on, with a blank between them. */
void words_behind(struct str *out, int argc, char **argv, int from);
/* ":view code ID log v1": all words behind the name are the view's. */
void desk_view_named(struct desk *desk, int argc, char **argv);

/* desk_options.c: an option that nobody here takes is said, and nothing is done. `own`: the desk's
 * own command is meant. */
bool desk_refuses_option(struct desk *desk, bool own, int argc, char **argv);

/* vim.c: a word of vim's, carried out or answered; false: it is none. */
bool desk_vim(struct desk *desk, int argc, char **argv);

/* command_post.c: where a command's ids begin among its words, by the table: 2 of "STATE ID...",
 * 0: nowhere. */
int ids_at(const struct command *command);
/* Runs it on the papers at hand where no ids are given. */
void desk_post_command(struct desk *desk, const struct command *command, int argc, char **argv);

#endif
