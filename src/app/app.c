/*
 * The application: opening the library, taking a command's options out of its words,
 * running it.
 */
#include "carrel/app.h"
#include "carrel/arrivals.h"
#include "carrel/state.h"

#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/utf8.h"

#include "commands.h"
#include "embed_server.h"
#include <ctype.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define IDS_MAX 100000
#define OUT_FLUSH 65536

/* The library is good without, and the next one tries it again. */
static void learn(struct store *store)
{
    struct error why = { 0 };

    if (arrivals_learn(store, &why) != ERR_OK)
        log_write(LOG_WARN, "what a newer carrel has said waits: %s", why.message);
}

int app_open_store(struct store **out, const struct app *app, bool create, struct error *err)
{
    struct store_options options = { .create = create };
    int result = store_open(out, app->library, &options, err);

    if (result == ERR_OK)
        learn(*out);
    if (result == ERR_OK && app->config && config_text(app->config, "embedding.url"))
        embed_server_for_queries(*out, (struct app *)(uintptr_t)app);
    if (result == ERR_OK && app->config)
        store_set_cite_form(*out, config_text(app->config, "cite.key"));
    if (result == ERR_NOTFOUND) /* not "no such id": nothing is there at all */
        return error_set(err, ERR_FAILED,
                         "there is no library in %s yet; make one with: carrel import FILE",
                         app->library);
    return result;
}

void app_free(struct app *app)
{
    free(app->library);
    free(app->config_file);
    config_free(app->config);
}

/* ---- options ---- */

const char *call_option(const struct command_call *call, const char *name)
{
    size_t i = call->option_count;

    while (i-- > 0)
        if (strcmp(call->options[i].name, name) == 0)
            return call->options[i].value;
    return NULL;
}

const char *call_path(struct command_call *call, const char *named)
{
    char *whole;

    if (!named || !call->desk)
        return named;
    whole = path_expand(named);
    named = arena_strdup(call->arena, whole);
    free(whole);
    return named;
}

bool call_has(const struct command_call *call, const char *name)
{
    return call_option(call, name) != NULL;
}

static void call_told(void *ctx, size_t done, size_t total)
{
    struct command_call *call = ctx;

    if (call->progress)
        call->progress(call, done, total);
}

void call_watch(struct command_call *call, bool on)
{
    state_watch(call->store, on ? call_told : NULL, call);
}

int call_number(const struct command_call *call, const char *name, long least, long most,
                long *value, struct error *err)
{
    const char *text = call_option(call, name);

    if (!text)
        return ERR_OK;
    if (!str_to_long(text, least, most, value))
        return error_set(err, ERR_USAGE, "%s takes a whole number from %ld to %ld, not '%s'", name,
                         least, most, text);
    return ERR_OK;
}

static const struct command_option *option_find(const struct command *command, const char *name,
                                                size_t len)
{
    const struct command_option *option;

    for (option = command->options; option && option->name; option++)
        if (strlen(option->name) == len && strncmp(option->name, name, len) == 0)
            return option;
    return NULL;
}

/* What there is not, with the one that was likely meant. */
static int no_option(const struct command *command, const char *name, size_t len, struct error *err)
{
    char *typed = mem_strndup(name, len);
    struct nearest nearest = { .typed = typed };
    const struct command_option *option;
    int result;

    for (option = command->options; option && option->name; option++)
        nearest_offer(&nearest, option->name);
    result = error_set(err, ERR_USAGE, "%s has no option %s%s%s%s; see: carrel help %s",
                       command->name, typed, nearest.best ? "; did you mean '" : "",
                       nearest.best ? nearest.best : "", nearest.best ? "'?" : "", command->name);
    free(typed);
    return result;
}

static int option_add(struct command_call *call, const char *name, const char *value,
                      struct error *err)
{
    if (call->option_count == ARRAY_LEN(call->options))
        return error_set(err, ERR_USAGE, "too many options");
    call->options[call->option_count].name = name;
    call->options[call->option_count++].value = value;
    return ERR_OK;
}

bool option_wants(const struct command_option *option, const char *word)
{
    size_t len = strlen(word);
    const char *at = option->arg;

    if (!at || at[0] != '[')
        return at != NULL;
    for (at++; *at; at += strcspn(at, "|]") + 1)
        if (strcspn(at, "|]") == len && strncmp(at, word, len) == 0)
            return true;
    return false;
}

/* One word that begins with "-": an option of the command, with its value in it or behind it. */
static int option_take(struct command_call *call, const struct command *command, char **argv,
                       int argc, int *i, struct error *err)
{
    char *word = argv[*i], *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const struct command_option *option = option_find(command, word, len);

    if (!option)
        return no_option(command, word, len, err);
    if (!option->arg)
        return equals ? error_set(err, ERR_USAGE, "%s takes no value", option->name)
                      : option_add(call, option->name, "", err);
    if (equals)
        return option_add(call, option->name, equals + 1, err);
    if (option->arg[0] == '[' && (*i + 1 >= argc || !option_wants(option, argv[*i + 1])))
        return option_add(call, option->name, "", err);
    if (*i + 1 >= argc)
        return error_set(err, ERR_USAGE, "%s needs a value: %s %s", option->name, option->name,
                         option->arg);
    return option_add(call, option->name, argv[++*i], err);
}

/* "-word" leaves a word out of a search, but a lone letter is an option mistyped. */
static bool is_option(const struct command *command, const char *word)
{
    if (word[0] != '-' || word[1] == '\0')
        return false;
    return word[1] == '-' || option_find(command, word, strlen(word))
           || (isalpha((unsigned char)word[1]) && word[2] == '\0');
}

static int options_take(struct command_call *call, const struct command *command, int argc,
                        char **argv, struct error *err)
{
    bool only_arguments = false;
    int i, result = ERR_OK;

    call->argv = arena_alloc(call->arena, ((size_t)argc + 1) * sizeof *call->argv);
    for (i = 1; i < argc && result == ERR_OK; i++) {
        const char *word = argv[i];

        if (!only_arguments && strcmp(word, "--") == 0)
            only_arguments = true;
        else if (!only_arguments && is_option(command, word))
            result = option_take(call, command, argv, argc, &i, err);
        else
            call->argv[call->argc++] = argv[i];
    }
    return result;
}

int command_words(const struct command *command, int argc, char **argv)
{
    struct command_call call = { .arena = arena_new() };
    bool right = options_take(&call, command, argc, argv, NULL) == ERR_OK;
    int words = right ? call.argc + 1 : argc;

    arena_free(call.arena);
    return words;
}

/* What was not found may be one file whose name has blanks, and came as several words. */
static void tell_joined(const struct command_call *call, struct error *err)
{
    struct str name = STR_INIT, before = STR_INIT;
    bool found = false;
    int i, k;

    for (i = 0; i < call->argc && !found; i++) {
        str_clear(&name);
        str_add(&name, call->argv[i]);
        for (k = i + 1; k < call->argc && !found; k++) {
            char *path;

            str_printf(&name, " %s", call->argv[k]);
            path = path_expand(name.ptr);
            found = file_exists(path);
            free(path);
        }
    }
    if (found) {
        str_add(&before, err->message);
        error_set(err, err->code, "%.300s; '%s' is a file: put its name in double quotes",
                  before.ptr, name.ptr);
    }
    str_free(&before);
    str_free(&name);
}

int app_run(struct command_call *call, int argc, char **argv, struct error *err)
{
    const struct command *command = command_find(argv[0]);
    bool own_store = false;
    int result;

    if (!command)
        return command_unknown(argv[0], err);
    result = options_take(call, command, argc, argv, err);
    if (result == ERR_OK && !*command->args && call->argc > 0)
        result =
            error_set(err, ERR_USAGE, "%s takes no arguments, but got '%s'; see: carrel help %s",
                      command->name, call->argv[0], command->name);
    if (result == ERR_OK && !(command->flags & CMD_NO_STORE) && !call->store) {
        result = app_open_store(&call->store, call->app, command->flags & CMD_CREATES, err);
        own_store = result == ERR_OK;
    }
    if (result == ERR_OK) {
        if (call->store)
            store_set_cancel(call->store, call->cancel);
        result = command->run(call, err);
        if (result != ERR_OK && err && strstr(command->args, "FILE"))
            tell_joined(call, err);
        if (call->store)
            store_set_cancel(call->store, NULL);
    }
    if (result == ERR_OK || result == ERR_PARTIAL) {
        int flushed = call->flush ? call->flush(call, err) : ERR_OK;

        result = flushed != ERR_OK ? flushed : result;
    } else if (call->flush && call->out.len > 0) {
        call->flush(call, NULL); /* what was found before it failed */
    }
    if (own_store) {
        store_close(call->store);
        call->store = NULL;
    }
    return result;
}

int call_out(struct command_call *call, struct error *err)
{
    return call->flush && call->out.len > OUT_FLUSH ? call->flush(call, err) : ERR_OK;
}

static int ids_from_stdin(struct command_call *call, char ***ids, size_t *count, size_t *cap,
                          struct error *err)
{
    char *line = NULL;
    size_t size = 0;
    ssize_t len;
    int result = ERR_OK;

    while (result == ERR_OK && (len = getline(&line, &size, stdin)) >= 0) {
        while (len > 0 && strchr(" \t\r\n", line[len - 1]))
            line[--len] = '\0';
        if (len == 0)
            continue;
        if (*count == IDS_MAX)
            result = error_set(err, ERR_LIMIT, "more than %d ids at once", IDS_MAX);
        else
            VEC_PUSH(*ids, *count, *cap, arena_strdup(call->arena, line));
    }
    free(line);
    return result;
}

int call_ids(struct command_call *call, int from, char ***ids, size_t *count, struct error *err)
{
    char **list = NULL;
    size_t cap = 0;
    int i, result = ERR_OK;

    *count = 0;
    for (i = from; i < call->argc && result == ERR_OK; i++) {
        if (strcmp(call->argv[i], "-") == 0 && !call->desk)
            result = ids_from_stdin(call, &list, count, &cap, err);
        else
            VEC_PUSH(list, *count, cap, call->argv[i]);
    }
    if (result == ERR_OK && *count == 0)
        result = error_set(err, ERR_USAGE,
                           call->desk ? "no paper is at hand here: go to one, or name it"
                                      : "no id given: name at least one paper, or - to read ids "
                                        "from standard input");
    *ids = arena_alloc(call->arena, (*count + 1) * sizeof **ids);
    if (*count > 0)
        memcpy(*ids, list, *count * sizeof **ids);
    free(list);
    return result;
}
