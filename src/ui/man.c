/*
 * The desk's part of carrel(1): its commands and its keys, as they are without any configuration.
 */
#include "desk.h"

#include "carrel/man.h"
#include "carrel/ui.h"

#include <stdlib.h>
#include <string.h>

static void commands(struct str *out)
{
    const struct command *command;
    const char *name;
    size_t i;
    const char *words;

    man_section(out, "COMMANDS OF THE DESK");
    man_text(out, "They are typed behind a colon; the names of views are commands, too.");
    for (i = 0; (name = desk_command_name(i)); i++)
        man_item(out, name, NULL, desk_command_help(name));
    for (i = 0; (command = command_at(i)); i++)
        if (command->flags & CMD_DESK && !desk_command_help(command->name))
            man_item(out, command->name, command->args, command->summary);
    man_text(out, "Words of vim's that are understood, too:");
    for (i = 0; (name = desk_vim_words(i, &words)); i++)
        man_item(out, name, NULL, words);
}

static void keys(struct str *out)
{
    struct keymap keymap = { .len = 0 };
    const char *context = "";
    size_t i;

    keymap_builtin(&keymap);
    man_section(out, "KEYS");
    man_text(out, "A view's own keys come before those of global. A number before a key that moves "
                  "is a count; alone, or right before gg and G outside of documents, pages and "
                  "code, a digit is a view. [keys \"CONTEXT\"] in the configuration "
                  "changes them.");
    for (i = 0; i < keymap.len; i++) {
        const struct binding *binding = &keymap.items[i];
        const char *words = desk_words(binding->context, binding->command);
        char *said = words && strcmp(words, binding->command) != 0
                         ? mem_printf("%s (%s)", words, binding->command)
                         : mem_strdup(binding->command);

        if (strcmp(context, binding->context) != 0)
            man_heading(out, binding->context);
        if (strcmp(context, binding->context) != 0)
            str_add(out, ".PD 0\n"); /* one line each, without blanks between */
        context = binding->context;
        man_item(out, binding->keys, NULL, said);
        free(said);
    }
    str_add(out, ".PD\n");
    keymap_free(&keymap);
}

void ui_man(struct str *out)
{
    commands(out);
    keys(out);
}
