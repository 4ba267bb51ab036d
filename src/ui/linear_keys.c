/*
 * Keys as lines: which command a line means that is a key here, and what is said of one that is
 * none here but is elsewhere.
 */
#include "actions.h"
#include "linear.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys that have no letter are called by their names. */
const char *linear_key_name(const char *line)
{
    static const struct {
        const char *name, *key;
    } names[] = { { "enter", "<CR>" },         { "esc", "<Esc>" },     { "space", "<Space>" },
                  { "tab", "<Tab>" },          { "home", "<Home>" },   { "end", "<End>" },
                  { "left", "<Left>" },        { "right", "<Right>" }, { "pageup", "<PageUp>" },
                  { "pagedown", "<PageDown>" } };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++)
        if (str_ieq(names[i].name, line))
            return names[i].key;
    return line;
}

/* The command of a line that is a key here, with its count or letter; NULL: it is none; empty: a
 * count that the key does not take, which was said. */
char *linear_key(struct linear *l, const char *line)
{
    const char *command = NULL;
    size_t count = *line == '0' ? 0 : strspn(line, "0123456789");

    if (strchr(line, ' '))
        return NULL;
    if (count > 0 && !line[count])
        return count == 1 && desk_lookup(l->desk, line, &command) == KEY_COMMAND
                   ? mem_strdup(command)
                   : NULL;
    switch (desk_lookup(l->desk, line + count, &command)) {
    case KEY_CHAR:
        return mem_printf("%s %s", command, line + strlen(line) - 1);
    case KEY_COMMAND:
        if (count > 0 && desk_refuses_count(l->desk, line, command))
            return mem_strdup("");
        return count > 0 && desk_takes_count(command)
                   ? mem_printf("%s %.*s", command, (int)count, line)
                   : mem_strdup(command);
    default:
        return NULL;
    }
}

/* "t toread": what the key would ask for stands behind it. */
char *linear_key_words(struct linear *l, const char *line)
{
    const char *rest = strchr(line, ' ');
    char *key = rest ? mem_strndup(line, (size_t)(rest - line)) : NULL;
    char *command = key ? linear_key(l, key) : NULL, *whole = NULL;

    if (command && str_starts(command, "prompt ") && !command_find(key))
        whole = mem_printf("%s%s", command + 7, rest);
    free(command);
    free(key);
    return whole;
}

/* ---- keys that are none here ---- */

struct elsewhere {
    const char *keys;
    const char *context, *command; /* the first room that has it, lists of papers before others */
};

static void look_elsewhere(void *ctx, const char *context, const char *keys, const char *command)
{
    struct elsewhere *e = ctx;

    if (strcmp(keys, e->keys) != 0 || !desk_view_ops(context))
        return;
    if (e->context && strcmp(context, "library") != 0)
        return;
    e->context = context;
    e->command = command;
}

/* Has the line a meaning as a word? "m" may be a key elsewhere, "help" is a command. */
static bool is_word(const char *line)
{
    size_t i;
    const char *name, *help;

    for (i = 0; (name = linear_word(i, &help)); i++)
        if (strcmp(name, line) == 0)
            return true;
    for (i = 0; (name = desk_command_name(i)); i++)
        if (strcmp(name, line) == 0)
            return true;
    return command_find(line) || desk_view_ops(line);
}

bool linear_key_refused(struct linear *l, const char *line)
{
    struct elsewhere e = { .keys = linear_key_name(line) };
    const char *command = NULL, *words;
    enum key_match match = desk_lookup(l->desk, e.keys, &command);

    if (strchr(line, ' ') || is_word(line) || match == KEY_COMMAND || match == KEY_CHAR)
        return false;
    if (match == KEY_PREFIX) {
        linear_say("error: %s is the beginning of a key; help tells which there are", line);
        l->failed++;
        return true;
    }
    desk_each_binding(l->desk, look_elsewhere, &e);
    if (!e.context)
        return false;
    words = desk_words(e.context, e.command);
    linear_say("error: %s is no key here; in %s: %s", line,
               strcmp(e.context, "library") == 0 ? "lists of papers"
                                                 : desk_view_ops(e.context)->title,
               words ? words : e.command);
    l->failed++;
    return true;
}

bool linear_asks_in_vain(struct linear *l, const char *line)
{
    struct arena *arena;
    const struct command *command;
    char **keys = NULL, *name;
    bool vain = false;

    if (!str_starts(line, "prompt "))
        return false;
    line += 7;
    name = mem_strndup(line, strcspn(line, " "));
    command = command_find(name);
    arena = arena_new();
    if (command && !line[strlen(name)] && ids_at(command) > 0 && !l->desk->in_sidebar)
        vain = view_selected(desk_view(l->desk), arena, &keys) == 0;
    if (vain) {
        linear_say("error: no paper is at hand here: go to one, or name it (%s %s)", name,
                   command->args);
        l->failed++;
    }
    arena_free(arena);
    free(name);
    return vain;
}
