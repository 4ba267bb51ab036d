/*
 * Help, made from the tables: overview, one command, all settings, the manual page, and what
 * --version says.
 */
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
    { "--linear", "plain lines for screen readers" },
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

void help_config(struct str *out)
{
    static const char *const types[] = {
        "text", "true|false", "number", "time", "size", "path", ""
    };
    size_t i;

    str_add(
        out,
        "Settings (git-config syntax: a key a.b.c is c in section [a \"b\"]; * is any name)\n\n");
    for (i = 0; i < app_options_len; i++) {
        const struct config_option *option = &app_options[i];
        const char *type = option->type == CONFIG_CHOICE ? option->choices : types[option->type];

        str_printf(out, "  %-24s %s\n  %-24s (%s%s%s%s)\n", option->key, option->help, "", type,
                   option->repeatable ? ", repeatable" : "", option->fallback ? ", default " : "",
                   option->fallback ? option->fallback : "");
    }
}

/* roff: a backslash and a dot or quote at a line's start need care. */
static void man_text(struct str *out, const char *text)
{
    const char *at;

    for (at = text; *at; at++) {
        if ((at == text || at[-1] == '\n') && (*at == '.' || *at == '\''))
            str_add(out, "\\&");
        if (*at == '\\')
            str_add(out, "\\e");
        else if (*at == '-')
            str_add(out, "\\-");
        else
            str_add_char(out, *at);
    }
}

static void man_item(struct str *out, const char *head, const char *arg, const char *text)
{
    str_add(out, ".TP\n\\fB");
    man_text(out, head);
    str_add(out, "\\fR");
    if (arg && *arg) {
        str_add(out, " \\fI");
        man_text(out, arg);
        str_add(out, "\\fR");
    }
    str_add_char(out, '\n');
    man_text(out, text);
    str_add_char(out, '\n');
}

void help_man(struct str *out)
{
    const struct command *command;
    const struct command_option *option;
    size_t i;

    str_add(out, ".TH CARREL 1 \"\" \"carrel " CARREL_VERSION
                 "\"\n.SH NAME\ncarrel \\- a research workstation in a "
                 "terminal\n.SH SYNOPSIS\n.B carrel\n[options]\n.br\n.B carrel\n[options] command "
                 "[arguments]\n"
                 ".SH DESCRIPTION\nWithout a command carrel opens the desk; press ? there for its "
                 "keys.\n.SH OPTIONS\n");
    for (i = 0; i < ARRAY_LEN(globals); i++)
        man_item(out, globals[i].option, NULL, globals[i].help);
    str_add(out, ".SH COMMANDS\n");
    for (i = 0; (command = command_at(i)); i++) {
        if (!(command->flags & CMD_CLI))
            continue;
        man_item(out, command->name, command->args, command->summary);
        if (command->help) {
            str_add(out, ".br\n");
            man_text(out, command->help);
            str_add_char(out, '\n');
        }
        if (command->options)
            str_add(out, ".RS\n");
        for (option = command->options; option && option->name; option++)
            man_item(out, option->name, option->arg, option->help);
        if (command->options)
            str_add(out, ".RE\n");
    }
    str_add(out, ".SH EXIT STATUS\n0 done; 1 failed; 2 usage, or a query that does not parse; 3 "
                 "partly done; 4 no such "
                 "id; 130 interrupted.\n.SH FILES\n");
    man_item(out, "$XDG_DATA_HOME/carrel/library.db", NULL, "the library");
    man_item(out, "$XDG_CONFIG_HOME/carrel/config", NULL, "settings, in git-config syntax");
}

int cmd_help(struct command_call *call, struct error *err)
{
    const struct command *command;

    if (call_has(call, "--man")) {
        help_man(&call->out);
        return ERR_OK;
    }
    if (call->argc == 0) {
        help_overview(&call->out);
        return ERR_OK;
    }
    command = command_find(call->argv[0]);
    if (!command)
        return error_set(err, ERR_USAGE, "no command '%s'; see: carrel help", call->argv[0]);
    help_command(&call->out, command);
    if (strcmp(command->name, "config") == 0) {
        str_add_char(&call->out, '\n');
        help_config(&call->out);
    }
    return ERR_OK;
}
