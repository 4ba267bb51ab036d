/*
 * A line at the desk: its own commands first, then the view's, then the library's.
 */
#include "actions.h"
#include "desk.h"

#include "carrel/remote.h"

#include <stdlib.h>
#include <string.h>

static const struct desk_command *const own[] = { desk_rooms_commands, desk_papers_commands,
                                                  desk_settings_commands };

const struct desk_command *desk_own_command(const char *name)
{
    const struct desk_command *command;
    size_t i;

    for (i = 0; i < ARRAY_LEN(own); i++)
        for (command = own[i]; command->name; command++)
            if (strcmp(command->name, name) == 0)
                return command;
    return NULL;
}

void words_behind(struct str *out, int argc, char **argv, int from)
{
    int i;

    for (i = from; i < argc; i++)
        str_printf(out, "%s%s", i > from ? " " : "", argv[i]);
}

/* ":find WORDS" and ":open" alone are the view's, ":read --outline ID" the command line's. */
static bool desk_not_own(int argc, char **argv)
{
    int i;

    if (strcmp(argv[0], "open") == 0)
        return argc == 1;
    if (strcmp(argv[0], "find") == 0)
        return argc > 1;
    for (i = 1; i < argc && strcmp(argv[0], "read") == 0; i++)
        if (argv[i][0] == '-')
            return true;
    return false;
}

static bool desk_run_own(struct desk *desk, int argc, char **argv)
{
    const struct desk_command *command = desk_own_command(argv[0]);

    if (!command || desk_not_own(argc, argv))
        return false;
    command->run(desk, argc, argv);
    return true;
}

bool desk_is_keyless(const char *name)
{
    static const char *const keyless[] = { "unselect",  "scroll-up", "scroll-down", "goto-row",
                                           "click-row", "category",  "page",        "reading-width",
                                           "annotate",  "at",        "diff",        "author" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(keyless); i++)
        if (strcmp(keyless[i], name) == 0)
            return true;
    return false;
}

/* In Help's words, with the command: the key that was pressed is in nobody's mind "next-match". */
static void say_elsewhere(struct desk *desk, const char *name)
{
    const char *words = desk_words_elsewhere(name);

    if (words)
        desk_refuse(desk, "not here: %s [%s]", words, name);
    else
        desk_refuse(desk, "nothing to %s here", name);
}

/* Commands that only some views know: a hint, not an error. Nearly all of them have keys. */
static bool desk_elsewhere(struct desk *desk, const char *name)
{
    bool known = keymap_binds(&desk->keymap, name) || desk_is_keyless(name);

    if (known) {
        say_elsewhere(desk, name);
    }
    return known;
}

/* What others call a room, or what is in one. */
static const char *desk_instead(const char *name)
{
    if (strcmp(name, "reading") == 0 || strcmp(name, "reading-list") == 0)
        return "queue is what is put off, /is:reading what was begun";
    return command_instead(name);
}

/* The nearest of what may be typed here is offered. */
static void desk_unknown(struct desk *desk, const char *name)
{
    struct nearest nearest = { .typed = name };
    const struct command *command;
    const char *own_name;
    size_t i;

    for (i = 0; (own_name = desk_command_name(i)); i++)
        nearest_offer(&nearest, own_name);
    for (i = 0; (command = command_at(i)); i++)
        if (command->flags & CMD_DESK)
            nearest_offer(&nearest, command->name);
    for (i = 0; desk_view_at(i); i++)
        nearest_offer(&nearest, desk_view_at(i)->name);
    remote_outcome(desk, ERR_USAGE);
    if (desk_instead(name))
        desk_say(desk, STYLE_WARN, "no command '%s': %s", name, desk_instead(name));
    else if (nearest.best)
        desk_say(desk, STYLE_WARN, "no command '%s'; did you mean '%s'?", name, nearest.best);
    else
        desk_say(desk, STYLE_WARN, "no command '%s'; %s", name,
                 desk->hears ? "see: carrel help" : "? lists all");
}

/* ":mark" alone: what may stand there, from the table. */
static bool desk_needs_words(struct desk *desk, const struct command *command, int argc,
                             char **argv)
{
    if (ids_at(command) == 0 || command_words(command, argc, argv) >= ids_at(command))
        return false;
    remote_outcome(desk, ERR_USAGE);
    desk_say(desk, STYLE_WARN, ":%s %.*s, for the marked rows or this one; %s", command->name,
             (int)strcspn(command->args, " "), command->args, command->summary);
    return true;
}

/* ":tables Question Answering": the words behind a view's name are its argument. */
static void desk_view_words(struct desk *desk, int argc, char **argv)
{
    struct arena *arena = arena_new();
    char **words = arena_alloc(arena, ((size_t)argc + 1) * sizeof *words);
    int i;

    words[0] = argv[0]; /* is not looked at */
    for (i = 0; i < argc; i++)
        words[i + 1] = argv[i];
    desk_view_named(desk, argc + 1, words);
    arena_free(arena);
}

/* ":jobs" goes there, ":jobs retry 3" does it; ":topics cs.CL" goes there too, since the command
 * takes options only. */
static bool desk_means_view(const struct command *command, int argc, char **argv)
{
    return desk_view_ops(argv[0])
           && (argc == 1 || !command || (!*command->args && argv[1][0] != '-'));
}

/* ":42" and ":50%" */
static bool is_place(const char *word)
{
    size_t digits = strspn(word, "0123456789");

    return digits > 0 && (!word[digits] || strcmp(word + digits, "%") == 0);
}

/* These look at what is selected by themselves. */
static bool takes_selected(const char *name)
{
    return strcmp(name, "cite") == 0 || strcmp(name, "copy") == 0;
}

static void desk_run_words(struct desk *desk, int argc, char **argv, const char *line)
{
    struct view *view = desk_view(desk);
    const struct command *command;

    if (desk_refuses_option(desk, desk_own_command(argv[0]) && !desk_not_own(argc, argv), argc,
                            argv))
        return;
    if (takes_selected(argv[0]) && desk_waits_for_rows(desk, line))
        return;
    if (desk_sidebar_command(desk, argc, argv) || desk_run_own(desk, argc, argv))
        return;
    if (view && view->ops->command && view->ops->command(view, argc, argv))
        return;
    command = command_find(argv[0]);
    if (is_place(argv[0])) {
        char *words[] = { "goto-row", argv[0] };

        if (!desk_sidebar_command(desk, 2, words) && view && view->ops->command)
            view->ops->command(view, 2, words);
    } else if (desk_means_view(command, argc, argv)) {
        desk_view_words(desk, argc, argv);
    } else if (command && (command->flags & CMD_DESK)) {
        if (desk_needs_words(desk, command, argc, argv))
            return;
        if ((command->flags & CMD_WRITES) && strcmp(command->name, "undo") != 0
            && strcmp(command->name, "redo") != 0) {
            free(desk->last_command);
            desk->last_command = mem_strdup(line);
        }
        desk_post_command(desk, command, argc, argv);
    } else if (desk_view_ops(argv[0])) {
        desk_view_words(desk, argc, argv);
    } else if (command) {
        remote_outcome(desk, ERR_USAGE);
        desk_say(desk, STYLE_ERROR, "%s is for the command line: carrel %s", argv[0], argv[0]);
    } else if (!desk_vim(desk, argc, argv) && !desk_elsewhere(desk, argv[0])) {
        desk_unknown(desk, argv[0]);
    }
}

void desk_run_argv(struct desk *desk, int argc, char **argv)
{
    struct str line = STR_INIT;

    remote_line(&line, argc, argv);
    desk_run_words(desk, argc, argv, line.ptr);
    str_free(&line);
}

int desk_run_line(struct desk *desk, const char *line)
{
    struct arena *arena = arena_new();
    struct error err = { 0 };
    char **words;
    int count = 0, result = ERR_OK;

    line += strspn(line, " ");
    line += *line == ':' && line[1]; /* typed out of habit, as in vim */
    if (!desk_run_whole(desk, line))
        result = words_of_line(arena, line, &words, &count, &err);
    remote_outcome(desk, result);
    if (result != ERR_OK)
        desk_say(desk, STYLE_ERROR, "%s", err.message);
    else if (count > 0)
        desk_run_words(desk, count, words, line);
    tutor_look(desk);
    arena_free(arena);
    return result;
}

const char *desk_command_help(const char *name)
{
    const struct desk_command *command = desk_own_command(name);
    size_t i;

    if (command)
        return command->help;
    for (i = 0; line_commands[i].name; i++)
        if (strcmp(line_commands[i].name, name) == 0)
            return line_commands[i].help;
    return NULL;
}

const char *desk_command_name(size_t i)
{
    const struct desk_command *command;
    size_t group;

    for (group = 0; group < ARRAY_LEN(own); group++)
        for (command = own[group]; command->name; command++)
            if (i-- == 0)
                return command->name;
    return line_commands[i].name;
}
