/*
 * Commands about carrel itself: doctor, backup, restore, dump, config, paths, completion.
 */
#include "commands.h"

#include "carrel/file.h"
#include "carrel/jobs.h"
#include "carrel/jsonw.h"
#include "carrel/library.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct doctor_talk {
    struct command_call *call;
    struct jsonw *w;
};

static void doctor_line(void *ctx, bool ok, const char *what)
{
    struct doctor_talk *talk = ctx;

    if (talk->w) {
        jsonw_object(talk->w);
        jsonw_key_bool(talk->w, "ok", ok);
        jsonw_key_string(talk->w, "what", what);
        jsonw_end(talk->w);
    } else {
        str_printf(&talk->call->out, "%s  %s\n", ok ? "ok " : "BAD", what);
    }
}

int cmd_doctor(struct command_call *call, struct error *err)
{
    struct doctor_talk talk = { .call = call };
    bool json = call_has(call, "--json");
    struct job_request job = { .kind = "doctor",
                               .payload = call_has(call, "--fix") ? "{\"fix\":true}" : NULL,
                               .key = call_has(call, "--fix") ? "doctor-fix" : "doctor" };
    struct jsonw w;
    long problems = 0;
    int result;

    if (call->desk || call_has(call, "--background"))
        return job_hand_over(call, &job, err);
    if (json) {
        jsonw_start(&w, &call->out);
        jsonw_object(&w);
        jsonw_key_int(&w, "version", 1);
        jsonw_key(&w, "checks");
        jsonw_array(&w);
        talk.w = &w;
    }
    result =
        library_doctor(call->store, call_has(call, "--fix"), doctor_line, &talk, &problems, err);
    if (json) {
        jsonw_end(&w);
        jsonw_key_int(&w, "problems", problems);
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    }
    if (result == ERR_OK && problems > 0)
        return error_set(err, ERR_CORRUPT, "%ld problem%s%s", problems, problems == 1 ? "" : "s",
                         call_has(call, "--fix")
                             ? " left; restore a backup, or import again"
                             : "; 'carrel doctor --fix' mends what can be mended");
    return result;
}

int cmd_backup(struct command_call *call, struct error *err)
{
    bool there;
    int result;

    if (call->argc != 1)
        return error_set(err, ERR_USAGE, "backup takes one file: carrel backup FILE");
    if (folder_exists(call->argv[0]))
        return error_set(err, ERR_USAGE, "%s is a folder; name a file", call->argv[0]);
    there = file_size(call->argv[0]) >= 0;
    result = library_backup(call->store, call->argv[0], err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s: %lld bytes, verified%s\n", call->argv[0],
                   (long long)file_size(call->argv[0]), there ? "; replaced the file there" : "");
    return result;
}

int cmd_restore(struct command_call *call, struct error *err)
{
    int result;

    if (call->argc != 1)
        return error_set(err, ERR_USAGE, "restore takes one file: carrel restore FILE");
    result = library_restore(call->argv[0], call->app->library, call_has(call, "--force"), err);
    if (result == ERR_OK)
        str_printf(&call->say, "restored into %s\n", call->app->library);
    return result;
}

int cmd_dump(struct command_call *call, struct error *err)
{
    if (!call->app->faces)
        return error_set(err, ERR_FAILED, "there is no desk here to draw");
    return call->app->faces->dump(call, err);
}

/* ---- config and paths ---- */

struct config_talk {
    struct command_call *call;
    struct jsonw *w;
};

static void config_line(void *ctx, const char *key, const char *value, const char *from)
{
    struct config_talk *talk = ctx;

    if (talk->w) {
        jsonw_object(talk->w);
        jsonw_key_string(talk->w, "key", key);
        jsonw_key_string(talk->w, "value", value);
        jsonw_key_string(talk->w, "from", from);
        jsonw_end(talk->w);
    } else {
        str_printf(&talk->call->out, "%s = %s\t(%s)\n", key, value, from);
    }
}

int cmd_config(struct command_call *call, struct error *err)
{
    struct config_talk talk = { .call = call };
    struct jsonw w;
    const char *value;

    if (call->argc > 1)
        return error_set(err, ERR_USAGE, "config takes at most one key; settings are changed in %s",
                         call->app->config_file);
    if (call->argc == 1) {
        value = config_text(call->app->config, call->argv[0]);
        if (!value)
            return error_set(err, ERR_NOTFOUND, "%s is not set (see 'carrel help config')",
                             call->argv[0]);
        str_printf(&call->out, "%s\n", value);
        return ERR_OK;
    }
    if (call_has(call, "--json")) {
        jsonw_start(&w, &call->out);
        jsonw_array(&w);
        talk.w = &w;
    }
    config_each(call->app->config, config_line, &talk);
    if (talk.w) {
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    } else if (call->out.len == 0) {
        str_printf(&call->say, "nothing is set; the file would be %s\n", call->app->config_file);
    }
    return ERR_OK;
}

int cmd_paths(struct command_call *call, struct error *err)
{
    const struct {
        const char *name;
        char *path;
    } paths[] = { { "library", path_join(call->app->library, "library.db") },
                  { "cache", path_join(call->app->library, "cache") },
                  { "config", mem_strdup(call->app->config_file) } };
    struct jsonw w;
    size_t i;

    (void)err;
    jsonw_start(&w, &call->out);
    if (call_has(call, "--json"))
        jsonw_object(&w);
    for (i = 0; i < ARRAY_LEN(paths); i++) {
        if (call_has(call, "--json"))
            jsonw_key_string(&w, paths[i].name, paths[i].path);
        else
            str_printf(&call->out, "%-8s %s\n", paths[i].name, paths[i].path);
        free(paths[i].path);
    }
    if (call_has(call, "--json")) {
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    }
    return ERR_OK;
}

/* ---- completion ---- */

static void completion_words(struct str *out, bool options_of_each)
{
    const struct command *command;
    const struct command_option *option;
    size_t i;

    for (i = 0; (command = command_at(i)); i++) {
        if (!(command->flags & CMD_CLI))
            continue;
        if (!options_of_each) {
            str_printf(out, "%s ", command->name);
            continue;
        }
        str_printf(out, "    %s) words=\"", command->name);
        for (option = command->options; option && option->name; option++)
            str_printf(out, "%s ", option->name);
        str_add(out, "\" ;;\n");
    }
}

static void completion_fish(struct str *out)
{
    const struct command *command;
    const struct command_option *option;
    size_t i;

    for (i = 0; (command = command_at(i)); i++) {
        str_printf(out, "complete -c carrel -n __fish_use_subcommand -f -a %s -d '%s'\n",
                   command->name,
                   strchr(command->summary, '\'') ? command->name : command->summary);
        for (option = command->options; option && option->name; option++)
            if (str_starts(option->name, "--"))
                str_printf(out, "complete -c carrel -n '__fish_seen_subcommand_from %s' -l %s%s\n",
                           command->name, option->name + 2, option->arg ? " -r" : "");
    }
}

int cmd_completion(struct command_call *call, struct error *err)
{
    const char *shell = call->argc == 1 ? call->argv[0] : "";
    bool zsh = strcmp(shell, "zsh") == 0;

    if (strcmp(shell, "fish") == 0) {
        completion_fish(&call->out);
        return ERR_OK;
    }
    if (!zsh && strcmp(shell, "bash") != 0)
        return error_set(err, ERR_USAGE, "completion for which shell? bash, zsh or fish");
    if (zsh)
        str_add(&call->out, "#compdef carrel\nautoload -U +X bashcompinit && bashcompinit\n");
    str_add(
        &call->out,
        "_carrel() {\n  local current=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} words\n"
        "  if [ \"$COMP_CWORD\" -eq 1 ]; then words=\"");
    completion_words(&call->out, false);
    str_add(&call->out, "\"; else case $command in\n");
    completion_words(&call->out, true);
    str_add(&call->out,
            "    esac; fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
            "  [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- \"$current\"))\n}\n"
            "complete -F _carrel carrel\n");
    return ERR_OK;
}
