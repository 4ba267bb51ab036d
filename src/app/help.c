/*
 * Help, made from the tables: overview, one command, all settings. The manual is man_pages.c's.
 */
#include "carrel/man.h"

#include "commands.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *option, *help;
} globals[] = {
    { "-L, --library DIR",
      "the library's folder (default $CARREL_LIBRARY, else $XDG_DATA_HOME/carrel)" },
    { "--config FILE", "settings (default $XDG_CONFIG_HOME/carrel/config)" },
    { "-c KEY=VALUE", "one setting, over the file's; repeatable" },
    { "-q, --quiet", "say less" },
    { "-v, --verbose", "say more" },
    { "--log-json", "talk as JSON lines on standard error" },
    { "--color auto|always|never", "colours (NO_COLOR is obeyed)" },
    { "--ascii", "draw with ASCII only" },
    { "--linear", "the desk as plain lines, for screen readers and scripts (docs/LINEAR.md)" },
    { "--remote COMMAND",
      "run a desk's command (what is typed behind : there) in the desk that is open" },
    { "-h, --help", "this" },
    { "--version", "version, libraries and features" },
};

void help_overview(struct str *out)
{
    const struct command *command;
    int width = help_width();
    size_t i;

    str_add(out, "carrel: a research workstation in a terminal\n\n"
                 "  carrel [OPTIONS]                    open the desk\n"
                 "  carrel [OPTIONS] COMMAND [ARGS]\n\nCommands\n");
    for (i = 0; (command = command_at(i)); i++)
        if (command->flags & CMD_CLI)
            help_row(out, command->name, 14, command->summary, width);
    str_add(out, "\nOptions\n");
    for (i = 0; i < ARRAY_LEN(globals); i++)
        help_row(out, globals[i].option, 29, globals[i].help, width);
    str_add_char(out, '\n');
    help_flow(out,
              "Data goes to standard output, talk to standard error. Exit codes: 0 done, 1 failed, "
              "2 usage, 3 partly done, 4 no such id, 130 interrupted.",
              width);
    str_add(out, "More about one command: carrel help COMMAND\n");
}

void help_command(struct str *out, const struct command *command)
{
    const struct command_option *option;

    str_printf(out, "carrel %s%s%s%s\n    %s\n", command->name,
               command->options ? " [OPTIONS]" : "", *command->args ? " " : "", command->args,
               command->summary);
    if (command->help) {
        str_add_char(out, '\n');
        help_flow(out, command->help, help_width());
    }
    if (command->options)
        str_add_char(out, '\n');
    for (option = command->options; option && option->name; option++) {
        char left[40];

        snprintf(left, sizeof left, "%s%s%s", option->name, option->arg ? " " : "",
                 option->arg ? option->arg : "");
        help_row(out, left, 23, option->help, help_width());
    }
}

const char *help_global(size_t i, const char **help)
{
    if (i >= ARRAY_LEN(globals))
        return NULL;
    *help = globals[i].help;
    return globals[i].option;
}

void help_setting_type(struct str *out, const struct config_option *option)
{
    static const char *const types[] = {
        "text", "true|false", "number", "time", "size", "path", ""
    };

    str_printf(out, "(%s%s%s%s)",
               option->type == CONFIG_CHOICE ? option->choices : types[option->type],
               option->repeatable ? ", repeatable" : "", option->fallback ? ", default " : "",
               option->fallback ? option->fallback : "");
}

void help_config(struct str *out)
{
    size_t i;

    str_add(
        out,
        "Settings (git-config syntax: a key a.b.c is c in section [a \"b\"]; * is any name)\n\n");
    for (i = 0; i < app_options_len; i++) {
        str_printf(out, "  %-24s %s\n  %-24s ", app_options[i].key, app_options[i].help, "");
        help_setting_type(out, &app_options[i]);
        str_add_char(out, '\n');
    }
}

int cmd_help(struct command_call *call, struct error *err)
{
    const struct command *command;

    if (call_has(call, "--man"))
        return man_write(&call->out, call->argc > 0 ? call->argv[0] : "carrel", call->app->faces,
                         err);
    if (call->argc == 0) {
        help_overview(&call->out);
        return ERR_OK;
    }
    command = command_find(call->argv[0]);
    if (!command)
        return command_unknown(call->argv[0], err);
    help_command(&call->out, command);
    if (strcmp(command->name, "config") == 0) {
        str_add_char(&call->out, '\n');
        help_config(&call->out);
    }
    return ERR_OK;
}
