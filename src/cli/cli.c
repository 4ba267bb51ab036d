/*
 * The command line. Global options may stand before or after the command's name, as long as "--"
 * has not come; everything else belongs to the command.
 *
 * Data is written to standard output, talk to standard error. A reader that goes away (EPIPE) ends
 * us quietly. The first interrupt cancels what runs and keeps what is committed, the second one
 * ends the program.
 */
#include "carrel/cli.h"

#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/publish.h"
#include "carrel/remote.h"
#include "carrel/search.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static atomic_bool cli_cancel;

static void cli_interrupt(int number)
{
    if (atomic_exchange(&cli_cancel, true))
        _exit(128 + number);
}

struct cli {
    struct app app;
    char **argv; /* the command and what belongs to it */
    int argc;
    const char **overlay;
    size_t overlay_len, overlay_cap;
    const char *config;
    bool log_json, help, version;
    bool remote; /* argv is a command for a desk that runs */
};

/* The value of a global option in this word or the next. */
static int cli_value(int argc, char **argv, int *i, const char *name, const char **value,
                     struct error *err)
{
    size_t len = strlen(name);

    if (argv[*i][len] == '=') {
        *value = argv[*i] + len + 1;
        return ERR_OK;
    }
    if (*i + 1 >= argc)
        return error_set(err, ERR_USAGE, "%s needs a value", name);
    *value = argv[++*i];
    return ERR_OK;
}

static bool cli_is(const char *word, const char *name)
{
    size_t len = strlen(name);

    return strncmp(word, name, len) == 0
           && (word[len] == '\0' || (word[len] == '=' && name[1] == '-'));
}

static int cli_color(struct cli *cli, const char *value, struct error *err)
{
    static const char *const names[] = { "auto", "always", "never" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(names[i], value) == 0) {
            cli->app.color = (enum app_color)i;
            return ERR_OK;
        }
    }
    return error_set(err, ERR_USAGE, "--color is auto, always or never, not '%s'", value);
}

/* 1: a global option was taken; 0: not one. */
static int cli_global(struct cli *cli, int argc, char **argv, int *i, struct error *err)
{
    const char *word = argv[*i], *value = NULL;
    int result = 1, got = ERR_OK;

    if (cli_is(word, "-L") || cli_is(word, "--library")) {
        got = cli_value(argc, argv, i, word[1] == 'L' ? "-L" : "--library", &value, err);
        if (got == ERR_OK) {
            free(cli->app.library);
            cli->app.library = path_expand(value);
        }
    } else if (cli_is(word, "--config"))
        got = cli_value(argc, argv, i, "--config", &cli->config, err);
    else if (strcmp(word, "-c") == 0) {
        got = cli_value(argc, argv, i, "-c", &value, err);
        if (got == ERR_OK)
            VEC_PUSH(cli->overlay, cli->overlay_len, cli->overlay_cap, value);
    } else if (cli_is(word, "--color")) {
        got = cli_value(argc, argv, i, "--color", &value, err);
        if (got == ERR_OK)
            got = cli_color(cli, value, err);
    } else if (strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0)
        cli->app.quiet = true;
    else if (strcmp(word, "-v") == 0 || strcmp(word, "--verbose") == 0)
        cli->app.verbose++;
    else if (strcmp(word, "--log-json") == 0)
        cli->log_json = true;
    else if (strcmp(word, "--ascii") == 0)
        cli->app.ascii = true;
    else if (strcmp(word, "--linear") == 0)
        cli->app.linear = true;
    else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0)
        cli->help = true;
    else if (strcmp(word, "--sync") == 0 && cli->argc == 0)
        cli->argv[cli->argc++] = (char *)(uintptr_t) "sync";
    else if (strcmp(word, "--version") == 0)
        cli->version = true;
    else
        result = 0;
    return got != ERR_OK ? got : result;
}

/* All that is left is the command: a line, or its words. */
static int cli_parse_remote(struct cli *cli, int argc, char **argv, int i, struct error *err)
{
    const char *value = NULL;
    int result = cli_value(argc, argv, &i, "--remote", &value, err);

    if (result == ERR_OK && str_blank(value))
        result = error_set(err, ERR_USAGE, "--remote needs a command: carrel --remote 'mark read'");
    if (result == ERR_OK) {
        cli->remote = true;
        cli->argv[cli->argc++] = (char *)(uintptr_t)value;
        while (++i < argc)
            cli->argv[cli->argc++] = argv[i];
    }
    return result;
}

static int cli_parse(struct cli *cli, int argc, char **argv, struct error *err)
{
    bool rest = false;
    int i;

    cli->argv = mem_zalloc(((size_t)argc + 1) * sizeof *cli->argv);
    for (i = 1; i < argc; i++) {
        int taken;

        if (rest || strcmp(argv[i], "--") == 0) {
            rest = true;
            cli->argv[cli->argc++] = argv[i];
            continue;
        }
        taken = cli_global(cli, argc, argv, &i, err);
        if (taken < 0)
            return taken;
        if (taken == 1)
            continue;
        if (cli->argc == 0 && cli_is(argv[i], "--remote"))
            return cli_parse_remote(cli, argc, argv, i, err);
        if (cli->argc == 0 && argv[i][0] == '-' && argv[i][1])
            return error_set(err, ERR_USAGE, "no option %s; see: carrel --help", argv[i]);
        cli->argv[cli->argc++] = argv[i];
    }
    return ERR_OK;
}

static int cli_configure(struct cli *cli, struct error *err)
{
    char *home = path_config_home(), *data = path_data_home();
    const char *library = getenv("CARREL_LIBRARY");
    struct config *config = NULL;
    int result;

    if (!cli->app.library)
        cli->app.library = library && *library ? path_expand(library) : path_join(data, "carrel");
    cli->app.config_file =
        cli->config ? path_expand(cli->config) : path_join(home, "carrel/config");
    setenv("CARREL_LIBRARY", cli->app.library, 1); /* programs that are run from here find it */
    free(home);
    free(data);
    if (getenv("NO_COLOR") && *getenv("NO_COLOR") && cli->app.color == COLOR_AUTO)
        cli->app.color = COLOR_NEVER;
    if (cli->app.color == COLOR_AUTO && isatty(STDOUT_FILENO))
        cli->app.color = COLOR_ALWAYS;
    log_configure(cli->app.quiet         ? LOG_ERROR
                  : cli->app.verbose > 1 ? LOG_DEBUG
                  : cli->app.verbose     ? LOG_INFO
                                         : LOG_WARN,
                  cli->log_json, false);
    result = config_open(&config, cli->app.config_file, cli->config != NULL, cli->overlay,
                         cli->overlay_len, app_options, app_options_len, err);
    cli->app.config = config;
    return result;
}

/* *gone: nobody reads any more, as head when it has seen enough, which is no error. */
static int cli_write(const struct str *out, bool *gone, struct error *err)
{
    *gone = false;
    if (out->len == 0 || fd_write_all(STDOUT_FILENO, out->ptr, out->len, err) == ERR_OK)
        return ERR_OK;
    *gone = errno == EPIPE;
    return *gone ? ERR_OK : error_context(err, "standard output");
}

static int cli_flush(struct command_call *call, struct error *err)
{
    bool gone;
    int result = cli_write(&call->out, &gone, err);

    if (gone)
        exit(0);
    str_clear(&call->out);
    return result;
}

static void cli_complain(const struct cli *cli, const struct error *err)
{
    struct str message = STR_INIT;

    utf8_clean(&message, err->message, strlen(err->message)); /* it may name what was typed */
    if (cli->log_json)
        log_write(LOG_ERROR, "%s", message.ptr);
    else
        fprintf(stderr, "carrel: %s\n", message.ptr);
    str_free(&message);
}

static int cli_command(struct cli *cli, struct error *err)
{
    struct command_call call = {
        .app = &cli->app, .arena = arena_new(), .flush = cli_flush, .cancel = &cli_cancel
    };
    int result;

    str_init(&call.out);
    str_init(&call.say);
    result = app_run(&call, cli->argc, cli->argv, err);
    if (call.say.len > 0 && !cli->app.quiet)
        log_talk(call.say.ptr);
    str_free(&call.out);
    str_free(&call.say);
    arena_free(call.arena);
    return result;
}

/* ---- a desk that runs ---- */

/* By the exit code that it answered with. */
static int cli_remote_code(int code)
{
    static const int codes[] = { ERR_FAILED, ERR_USAGE, ERR_PARTIAL, ERR_NOTFOUND, ERR_CANCELLED };
    size_t i;

    for (i = 0; i < ARRAY_LEN(codes); i++)
        if (error_exit_code(codes[i]) == code)
            return codes[i];
    return ERR_FAILED;
}

static int cli_remote(struct cli *cli, struct error *err)
{
    struct str line = STR_INIT, said = STR_INIT, out = STR_INIT;
    int code = 0, result;
    bool gone;

    remote_line(&line, cli->argc, cli->argv);
    result = remote_send(&cli->app, line.ptr, &code, &said, &out, &cli_cancel, err);
    if (result == ERR_OK && out.len > 0)
        result = cli_write(&out, &gone, err);
    else if (result == ERR_OK && code == 0 && said.len > 0)
        printf("%s\n", said.ptr);
    if (result == ERR_OK && code != 0)
        result = error_set(err, cli_remote_code(code), "%s", said.ptr);
    str_free(&line);
    str_free(&said);
    str_free(&out);
    return result;
}

/* ---- without a terminal ---- */

static void summary_search(struct store *store, const char *query)
{
    struct search_options options = { .limit = 3 };
    struct search_result *result;
    struct error err;
    size_t i;

    if (search_run(&result, store, query, &options, &err) != ERR_OK) {
        printf("\nsearch: %s\n  %s\n", query, err.message);
        return;
    }
    printf("\nsearch: %s  (%" PRId64 " found in %.1f ms)\n", query, result->total, result->took_ms);
    for (i = 0; i < result->len; i++)
        printf("  %-20s %s\n", result->hits[i].row.key, result->hits[i].row.title);
    search_result_free(result);
}

static int cli_summary(struct cli *cli, struct error *err)
{
    static const char *const queries[] = { "attention", "title:learning date:2015..",
                                           "\"language model\" OR translation" };
    struct publish_totals totals;
    struct store *store;
    size_t i;
    int result = app_open_store(&store, &cli->app, false, err);

    if (result != ERR_OK)
        return result;
    result = publish_totals(store, &totals, err);
    if (result == ERR_OK) {
        printf("carrel " CARREL_VERSION
               ": no terminal here, so no desk; this is what it would show.\n\n"
               "papers %" PRId64 " (%" PRId64 " unread), authors %" PRId64 ", with code %" PRId64
               "\n",
               totals.works, totals.unread, totals.authors, totals.with_code);
        for (i = 0; i < ARRAY_LEN(queries); i++)
            summary_search(store, queries[i]);
        printf("\nlibrary  %s/library.db\nconfig   %s\nhelp     carrel help\n", cli->app.library,
               cli->app.config_file);
    }
    store_close(store);
    return result;
}

static void cli_fault(void *ctx, const char *fault)
{
    struct str *told = ctx;

    str_printf(told, "%s\n", fault);
}

/* Settings that cannot be used keep everything from running but what tells why. */
static int cli_settings_check(struct cli *cli, struct error *err)
{
    struct str told = STR_INIT, plain = STR_INIT;
    size_t faults =
        config_faults(cli->app.config_file, app_options, app_options_len, cli_fault, &told);

    utf8_clean(&plain, told.ptr, told.len);
    fputs(plain.ptr, stdout);
    str_free(&told);
    str_free(&plain);
    return faults == 0
               ? ERR_USAGE
               : error_set(err, ERR_FAILED,
                           "%zu thing%s to put right in the settings; keys and themes are "
                           "looked at when %s",
                           faults, faults == 1 ? "" : "s", faults == 1 ? "it is" : "they are");
}

static bool cli_asks_settings(const struct cli *cli)
{
    return cli->argc == 2 && strcmp(cli->argv[0], "config") == 0
           && strcmp(cli->argv[1], "--check") == 0;
}

static int cli_run(struct cli *cli, struct error *err)
{
    struct str text = STR_INIT;
    int result = ERR_OK;

    if (cli->version) {
        version_text(&text, cli->app.faces);
    } else if (cli->help && cli->argc > 0 && command_find(cli->argv[0])) {
        help_command(&text, command_find(cli->argv[0]));
    } else if (cli->help) {
        help_overview(&text);
    } else {
        result = cli_configure(cli, err);
        if (result == ERR_USAGE && cli_asks_settings(cli))
            return cli_settings_check(cli, err);
        if (result != ERR_OK)
            return result;
        if (cli->remote)
            return cli_remote(cli, err);
        if (cli->argc > 0)
            return cli_command(cli, err);
        return cli->app.linear || (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
                   ? cli->app.faces->desk(&cli->app, err)
                   : cli_summary(cli, err);
    }
    fputs(text.ptr, stdout);
    str_free(&text);
    return result;
}

int cli_main(int argc, char **argv, const struct app_faces *faces)
{
    struct sigaction action = { .sa_handler = cli_interrupt, .sa_flags = SA_RESTART };
    struct cli cli = { .app.faces = faces };
    struct error err = { 0 };
    int result;

    signal(SIGPIPE, SIG_IGN);
    sigaction(SIGINT, &action, NULL);
    result = cli_parse(&cli, argc, argv, &err);
    if (result == ERR_OK)
        result = cli_run(&cli, &err);
    if (result != ERR_OK && *err.message)
        cli_complain(&cli, &err);
    if (fflush(stdout) != 0 && errno != EPIPE && result == ERR_OK)
        result = ERR_IO;
    free(cli.argv);
    free(cli.overlay);
    app_free(&cli.app);
    return error_exit_code(result);
}
