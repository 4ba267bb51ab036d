/*
 * `!` and `|` at the prompt: a command of the shell's, with the terminal for itself, or with the
 * selection on its standard input. The line is the person's own and goes to the shell as it stands;
 * nothing of the library is put into it.
 */
#include "desk.h"

#include "carrel/program.h"

#include "carrel/selection.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define IDS "CARREL_IDS"
#define IDS_BYTES 100000 /* an argument vector has its bounds */

const char *desk_shell(void)
{
    const char *shell = getenv("SHELL");

    return shell && *shell == '/' ? shell : "/bin/sh";
}

/* One word, which quotes may hold together; *at goes behind it. */
static char *take_word(struct arena *arena, const char **at, struct error *err)
{
    bool quoted = **at == '"' || **at == '\'';
    char quote[] = { **at, '\0' };
    size_t len = quoted ? strcspn(*at + 1, quote) : strcspn(*at, " ");
    char *word = arena_strndup(arena, *at + quoted, len);

    if (quoted && !(*at)[1 + len]) {
        error_set(err, ERR_USAGE, "a quote is not closed");
        return NULL;
    }
    *at += len + 2 * (size_t)quoted;
    return word;
}

int pipe_parse(struct arena *arena, const char *text, char **form, char **line, struct error *err)
{
    const char *at = text + strspn(text, " ");
    int result = ERR_OK;

    *form = NULL;
    if (strncmp(at, "--as", 4) == 0 && (at[4] == ' ' || at[4] == '=')) {
        at += 5;
        at += strspn(at, " ");
        *form = take_word(arena, &at, err);
        result = *form ? selection_form_check(*form, err) : ERR_USAGE;
    }
    *line = arena_strdup(arena, at + strspn(at, " "));
    if (result == ERR_OK && !**line)
        result =
            error_set(err, ERR_USAGE,
                      "| [--as FORM] COMMAND: what should read the papers? FORM is " SELECTION_FORMS
                      " or a template like \"{id} {title}\"");
    return result;
}

static void desk_pipe(struct desk *desk, const char *text)
{
    desk_open(desk, &view_output, text);
}

/* Ours, and what is selected, for a command that wants to know: all of it, or nothing, as half of
 * it would be something else than what was meant. *too_many: how many they are, when that is too
 * much; else 0. */
static char **with_selection(struct arena *arena, struct desk *desk, size_t *too_many)
{
    struct str ids = STR_INIT;
    char **keys, **env;
    size_t count = view_selected(desk_view(desk), arena, &keys), i;

    for (i = 0; i < count && ids.len < IDS_BYTES; i++)
        str_printf(&ids, "%s%s", i ? " " : "", keys[i]);
    *too_many = ids.len < IDS_BYTES ? 0 : count;
    env = program_environ(arena, IDS, *too_many == 0 ? ids.ptr : NULL);
    str_free(&ids);
    return env;
}

/* Run, and how it ended is said. */
static void desk_bang_run(struct desk *desk, char **argv, const char *line, char **env)
{
    int status = desk_run_program(desk, argv, env, NULL, argv[1] != NULL);

    if (status == -1)
        ; /* told */
    else if (WIFSIGNALED(status))
        desk_say(desk, STYLE_ERROR, "%.60s was ended by signal %d", line, WTERMSIG(status));
    else
        desk_say(desk, WEXITSTATUS(status) ? STYLE_ERROR : STYLE_NORMAL, "%.60s ended with %d",
                 line, WEXITSTATUS(status));
}

static void desk_bang(struct desk *desk, const char *text)
{
    struct arena *arena = arena_new();
    char *line = arena_strdup(arena, text + strspn(text, " "));
    char *argv[] = { arena_strdup(arena, desk_shell()), arena_strdup(arena, "-c"), line, NULL };
    size_t too_many;
    char **env = with_selection(arena, desk, &too_many);

    if (!*line) {
        argv[1] = NULL; /* a shell to type into */
        line = argv[0];
    }
    if (desk->headless)
        desk_say(desk, STYLE_WARN, "not without a terminal");
    else if (desk->hears) /* it would wait for an Enter that nobody is there to press */
        desk_refuse(desk, "! takes the desk's terminal and waits there for Enter, so not from "
                          "--remote: run it in a shell, or | COMMAND");
    else if (too_many && strstr(line, IDS))
        desk_say(desk, STYLE_ERROR,
                 "%zu papers are too many for $CARREL_IDS: |--as ids COMMAND reads them", too_many);
    else
        desk_bang_run(desk, argv, line, env);
    arena_free(arena);
}

const struct line_command line_commands[] = {
    { "!", "COMMAND of the shell, with the terminal; $CARREL_IDS is what is selected", desk_bang },
    { "|", "[--as FORM] COMMAND: the selected papers on its standard input, what it says shown",
      desk_pipe },
    { 0 }
};

bool desk_run_whole(struct desk *desk, const char *line)
{
    const struct line_command *command;

    line += strspn(line, " ");
    for (command = line_commands; command->name; command++)
        if (str_starts(line, command->name)) {
            if (!desk_waits_for_rows(desk, line))
                command->run(desk, line + strlen(command->name));
            return true;
        }
    return false;
}
