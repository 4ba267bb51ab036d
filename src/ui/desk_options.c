/*
 * Options at the desk: the library's commands look at their own, and what only the desk knows (its
 * commands, rooms, and what views understand) takes hardly any. One that is not taken is told,
 * since what was meant by it would be left out without a word.
 */
#include "actions.h"
#include "desk.h"

#include "carrel/remote.h"

#include <ctype.h>
#include <string.h>

/* As on the command line: "-word" leaves a word out of a query, and "-" is a key. */
static bool is_option(const char *word)
{
    return word[0] == '-'
           && ((word[1] == '-' && word[2]) || (isalpha((unsigned char)word[1]) && !word[2]));
}

/* Of the desk's own commands what they take; "*": who gets the words knows. Others take none. */
static const char *options_of(const char *name)
{
    static const char *const rows[][2] = { { "cite", "--as --style --to" },
                                           { "edit", "*" },
                                           { "remove", "*" } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(rows); i++)
        if (strcmp(rows[i][0], name) == 0)
            return rows[i][1];
    return "";
}

static bool takes_option(const char *options, const char *word)
{
    size_t len = strcspn(word, "="), size;

    for (; *options; options += size + strspn(options + size, " ")) {
        size = strcspn(options, " ");
        if (strncmp(options, "*", size) == 0 || (size == len && strncmp(options, word, len) == 0))
            return true;
    }
    return false;
}

static bool is_known_here(struct desk *desk, const char *name)
{
    return desk_own_command(name) || desk_view_ops(name) || keymap_binds(&desk->keymap, name)
           || desk_is_keyless(name);
}

/* Does the command line know this option of it? */
static bool is_for_shell(const char *name, const char *word)
{
    const struct command *command = command_find(name);
    const struct command_option *option;

    for (option = command ? command->options : NULL; option && option->name; option++)
        if (takes_option(option->name, word))
            return true;
    return false;
}

/* With the one that was likely meant. */
static void say_none(struct desk *desk, const char *name, const char *takes, const char *word)
{
    struct arena *arena = arena_new();
    struct nearest nearest = { .typed = arena_strndup(arena, word, strcspn(word, "=")) };
    char *options = arena_strdup(arena, takes), *rest = NULL, *option;

    for (option = strtok_r(options, " ", &rest); option; option = strtok_r(NULL, " ", &rest))
        nearest_offer(&nearest, option);
    desk_say(desk, STYLE_ERROR, "%s has no option %s%s%s%s", name, nearest.typed,
             nearest.best ? "; did you mean '" : "", nearest.best ? nearest.best : "",
             nearest.best ? "'?" : "");
    arena_free(arena);
}

bool desk_refuses_option(struct desk *desk, bool own, int argc, char **argv)
{
    const struct command *command = own ? NULL : command_find(argv[0]);
    const char *takes = own ? options_of(argv[0]) : "";
    int i;

    if ((command && command->flags & CMD_DESK) || !is_known_here(desk, argv[0]))
        return false;
    for (i = 1; i < argc && !words_text_follows(i, argv) && strcmp(argv[i], "--") != 0; i++) {
        if (!is_option(argv[i]) || takes_option(takes, argv[i]))
            continue;
        remote_outcome(desk, ERR_USAGE);
        if (is_for_shell(argv[0], argv[i]))
            desk_say(desk, STYLE_ERROR, "%s is for the command line: carrel %s %s", argv[i],
                     argv[0], argv[i]);
        else
            say_none(desk, argv[0], takes, argv[i]);
        return true;
    }
    return false;
}
