/*
 * The pages carrel(1), carrel-config(5) and carrel-query(7), from the tables of commands, settings
 * and fields. The page of the service is written by its face.
 */
#include "carrel/man.h"

#include "carrel/search.h"

#include "commands.h"

#include <stdlib.h>
#include <string.h>

/* ---- carrel(1) ---- */

static void command_page(struct str *out, const struct command *command)
{
    const struct command_option *option;
    char *title = mem_printf("carrel %s%s%s%s", command->name, command->options ? " [OPTIONS]" : "",
                             *command->args ? " " : "", command->args);

    man_heading(out, title);
    free(title);
    man_text(out, command->summary);
    if (command->help)
        man_flow(out, command->help);
    for (option = command->options; option && option->name; option++)
        man_item(out, option->name, option->arg, option->help);
}

static void environment(struct str *out)
{
    static const struct {
        const char *name, *help;
    } rows[] = {
        { "CARREL_LIBRARY", "the library's folder, where -L does not say it" },
        { "XDG_DATA_HOME, XDG_CONFIG_HOME", "where library and settings are, else" },
        { "VISUAL, EDITOR", "what notes and forms are written with" },
        { "BROWSER", "what opens pages; else xdg-open" },
        { "SHELL", "what runs commands behind ! and | at the desk; else /bin/sh" },
        { "NO_COLOR", "no colours" },
        { "PORT", "where serve listens, at all addresses" },
        { "CARREL_DESK",
          "the process of the desk that --remote means; programs that a desk runs have it, and the "
          "ids of the selection as CARREL_IDS" },
        { "CARREL_TRACE", "topics (keys, net ...) that are written to a trace file" },
    };
    size_t i;

    man_section(out, "ENVIRONMENT");
    for (i = 0; i < ARRAY_LEN(rows); i++)
        man_item(out, rows[i].name, NULL, rows[i].help);
}

static void page_carrel(struct str *out, const struct app_faces *faces)
{
    const struct command *command;
    const char *help, *option;
    size_t i;

    man_page(out, "carrel", 1, "a research workstation in a terminal");
    man_section(out, "SYNOPSIS");
    str_add(out, ".B carrel\n[\\fIoptions\\fR]\n.br\n.B carrel\n[\\fIoptions\\fR] \\fIcommand\\fR "
                 "[\\fIarguments\\fR]\n.br\n.B carrel \\-\\-remote\n\\fIcommand\\fR\n");
    man_section(out, "DESCRIPTION");
    man_text(out,
             "carrel harvests research papers and code from the places where they appear, keeps "
             "them in a library of your own, and lets you search, read and share them. Without "
             "a command it opens the desk, a program for the terminal; press ? there for its "
             "keys. Data goes to standard output, talk to standard error. Global options may "
             "stand before or behind the command.");
    man_section(out, "OPTIONS");
    for (i = 0; (option = help_global(i, &help)); i++)
        man_item(out, option, NULL, help);
    man_section(out, "COMMANDS");
    for (i = 0; (command = command_at(i)); i++)
        if (command->flags & CMD_CLI)
            command_page(out, command);
    if (faces && faces->man_desk)
        faces->man_desk(out);
    man_section(out, "EXIT STATUS");
    man_text(out,
             "0 done; 1 failed; 2 usage, or a query that does not parse; 3 partly done; 4 no "
             "such id, view or job; 130 interrupted. SIGTERM to serve or worker is a clean 0.");
    environment(out);
    man_section(out, "FILES");
    man_item(out, "$XDG_DATA_HOME/carrel/library.db", NULL,
             "the library (~/.local/share/carrel); files, clones and indexes lie beside it");
    man_item(out, "$XDG_CONFIG_HOME/carrel/config", NULL,
             "settings (~/.config/carrel), see carrel-config(5)");
    man_see_also(out, "carrel");
}

/* ---- carrel-config(5) ---- */

/* "source.*.url" -> [source "NAME"]; the end of the section's part in *key. */
static char *section_of(const char *key, const char **last)
{
    const char *dot = strrchr(key, '.'), *star = strstr(key, ".*.");

    *last = dot + 1;
    return star ? mem_printf("[%.*s \"NAME\"]", (int)(star - key), key)
                : mem_printf("[%.*s]", (int)(dot - key), key);
}

static void setting(struct str *out, const struct config_option *option, const char *key)
{
    struct str what = STR_INIT;

    help_setting_type(&what, option);
    man_item(out, key, what.ptr, option->help);
    str_free(&what);
}

static void page_config(struct str *out)
{
    char *before = NULL;
    size_t i;

    man_page(out, "carrel-config", 5, "settings of carrel");
    man_section(out, "DESCRIPTION");
    man_flow(out,
             "Settings stand in $XDG_CONFIG_HOME/carrel/config (or the file of --config) in the "
             "syntax of git-config(1): sections, subsections in quotes, include.path, values with "
             "; or # in quotes. -c KEY=VALUE on the command line goes before the file; the first "
             "one of a key replaces the file's values, repeating it adds. An unknown key or a bad "
             "value is an error that names the file and the line.\n\n"
             "Times are numbers with ms, s, m, h or d, sizes with k, KiB, MiB, GiB and their like; "
             "paths may begin with ~/, and with $CREDENTIALS_DIRECTORY/ under systemd. Secrets are "
             "in files, never in values. 'carrel config' shows what is set and where.\n\n"
             "    [source \"arxiv\"]\n"
             "        category = cs.CL\n"
             "        every = 12h\n"
             "    [keys \"global\"]\n"
             "        bind = X | --as bibtex cat >> ~/refs.bib\n");
    man_section(out, "SETTINGS");
    for (i = 0; i < app_options_len; i++) {
        const char *key;
        char *section = section_of(app_options[i].key, &key);

        if (!str_eq(section, before))
            man_heading(out, section);
        free(before);
        before = section;
        setting(out, &app_options[i], key);
    }
    free(before);
    man_section(out, "FILES");
    man_item(out, "$XDG_CONFIG_HOME/carrel/config", NULL, "~/.config/carrel/config");
    man_see_also(out, "carrel-config");
}

/* ---- carrel-query(7) ---- */

static void field_row(struct str *out, const char *name)
{
    const struct query_help *help = query_help_find(name);
    struct str head = STR_INIT, same = STR_INIT;
    const char *alias, *meant;
    size_t i;

    str_printf(&head, "%s:", name);
    man_item(out, head.ptr, help ? help->values : NULL, help ? help->help : "");
    for (i = 0; (alias = query_field_at(i, &meant)); i++)
        if (strcmp(meant, name) == 0 && strcmp(alias, name) != 0)
            str_printf(&same, "%s%s:", same.len ? ", " : "also written ", alias);
    if (same.len > 0)
        man_more(out, same.ptr);
    str_free(&head);
    str_free(&same);
}

static void page_query(struct str *out)
{
    const struct command *search = command_find("search");
    const char *name, *meant;
    size_t i;

    man_page(out, "carrel-query", 7, "the language of carrel's queries");
    man_section(out, "DESCRIPTION");
    man_text(out,
             "Queries are typed behind / at the desk and behind 'carrel search'; saved ones are "
             "feeds, alerts and hooks have them, and the service takes them as q and query.");
    man_flow(out, "    attention \"long context\" -survey title:transformer author:\"del rio\"\n"
                  "    is:unread tag:toread cat:cs.CL cat:math.* date:2024-03..2025\n"
                  "    near:arxiv:1706.03762 query:vision (a OR b) prefix*\n"
                  "    kind:repository \"reading lamps\" stars:>100\n");
    man_section(out, "SYNTAX");
    man_flow(out, search->help);
    man_section(out, "FIELDS");
    for (i = 0; (name = query_field_at(i, &meant)); i++)
        if (strcmp(name, meant) == 0)
            field_row(out, name);
    man_see_also(out, "carrel-query");
}

int man_write(struct str *out, const char *page, const struct app_faces *faces, struct error *err)
{
    if (strcmp(page, "carrel") == 0)
        page_carrel(out, faces);
    else if (strcmp(page, "config") == 0)
        page_config(out);
    else if (strcmp(page, "query") == 0)
        page_query(out);
    else if (strcmp(page, "api") == 0 && faces && faces->man_api)
        faces->man_api(out);
    else
        return error_set(err, ERR_USAGE,
                         "no manual page '%.40s': there are carrel, config, query and api", page);
    return ERR_OK;
}
