/*
 * The command that is told what alerts have fired: named by the configuration alone, never by the
 * library, split into words and run without a shell. What came over the network reaches it as JSON
 * on its standard input and nowhere else. It runs outside of transactions, and its rows are marked
 * behind it: told at least once.
 */
#include "alerts.h"
#include "carrel/program.h"
#include "demo.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/jsonw.h"

#include <stdlib.h>
#include <string.h>

#define CLAIM_MORE_MS 60000 /* beyond the time of a command: to start it and to write it down */

const char *alert_command(const struct app *app, const char *rule)
{
    char *key = mem_printf("alert.%s.run", rule);
    const char *line = NULL;

    if (app->config && !demo_is(app))
        line = config_text(app->config, key);
    if (!line && app->config && !demo_is(app))
        line = config_text(app->config, "alert.run");
    free(key);
    return line && !str_blank(line) ? line : NULL;
}

static void rows_json(struct str *out, const char *rule, const struct alert_row *rows, size_t count)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "alert", rule);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        alert_row_json(&w, &rows[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

static int run_words(const struct app *app, const char *rule, char **words, const struct str *json,
                     const atomic_bool *cancel, struct error *err)
{
    struct program program = { .argv = words,
                               .input = json->ptr,
                               .input_len = json->len,
                               .time_ms = config_int(app->config, "alert.time-limit"),
                               .cancel = cancel };
    int result = program_run(&program, NULL, err);

    if (result != ERR_OK)
        error_context(err, "the command of alert %s", rule);
    return result;
}

int alert_run(const struct app *app, const char *rule, const struct alert_row *rows, size_t count,
              const atomic_bool *cancel, struct error *err)
{
    const char *line = alert_command(app, rule);
    struct arena *arena = arena_new();
    struct str json = STR_INIT;
    char **words;
    int result;

    if (!line)
        result = error_set(err, ERR_USAGE,
                           "no command is set for alert %s: [alert] run = PROGRAM WORD... in %s",
                           rule, app->config_file ? app->config_file : "the configuration");
    else
        result = program_words(arena, line, &words, err);
    if (line && result != ERR_OK)
        error_context(err, "alert.run");
    if (result == ERR_OK) {
        rows_json(&json, rule, rows, count);
        result = run_words(app, rule, words, &json, cancel, err);
    }
    str_free(&json);
    arena_free(arena);
    return result;
}

static enum alert_end end_of(int result)
{
    return result == ERR_OK                              ? ALERT_END_TOLD
           : result == ERR_CANCELLED                     ? ALERT_END_STOPPED
           : result == ERR_FAILED || result == ERR_LIMIT ? ALERT_END_FAILED
                                                         : ALERT_END_UNSTARTED;
}

/* Written down even when carrel is asked to leave. */
static int write_down(struct store *store, const struct app *app, const struct alert_row *rows,
                      size_t count, int told, const char *why, const atomic_bool *cancel,
                      struct error *err)
{
    enum alert_end end = end_of(told);
    int result;

    store_set_cancel(store, NULL);
    result = alerts_told(store, rows, count, end,
                         end == ALERT_END_FAILED || end == ALERT_END_UNSTARTED ? why : NULL,
                         config_int(app->config, "alert.backoff"), err);
    store_set_cancel(store, cancel);
    return result;
}

/* The rows of one rule, some hundred at a time; the first that fail end it until the next time. */
static int tell_rule(struct store *store, const struct app *app, const char *rule,
                     const atomic_bool *cancel, struct error *err)
{
    struct arena *arena = arena_new();
    int64_t after = 0, patience = config_int(app->config, "alert.time-limit") + CLAIM_MORE_MS;
    int result = ERR_OK;

    while (result == ERR_OK) {
        struct error why = { 0 };
        struct alert_row *rows;
        size_t count;
        int told;

        arena_reset(arena);
        result =
            alerts_claim(store, arena, rule, after, clock_real_ms() + patience, &rows, &count, err);
        if (result != ERR_OK || count == 0)
            break;
        after = rows[count - 1].id;
        told = alert_run(app, rule, rows, count, cancel, &why);
        result = write_down(store, app, rows, count, told, why.message, cancel, err);
        if (result == ERR_OK && told != ERR_OK)
            result = error_set(err, told, "%s", why.message);
    }
    arena_free(arena);
    return result;
}

int alerts_tell(struct store *store, const struct app *app, const atomic_bool *cancel,
                struct error *err)
{
    struct arena *arena = arena_new();
    char **rules = NULL;
    size_t i, count = 0;
    int result = ERR_OK, failed = ERR_OK;

    if (!cancel || !atomic_load(cancel)) /* who wants to leave does not begin a command */
        result = alerts_waiting(store, arena, &rules, &count, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct error why = { 0 };
        int told = alert_command(app, rules[i]) ? tell_rule(store, app, rules[i], cancel, &why)
                                                : alerts_let_go(store, rules[i], &why);

        if (told == ERR_CANCELLED)
            result = error_set(err, told, "%s", why.message);
        else if (told != ERR_OK && failed == ERR_OK)
            failed = error_set(err, told, "%s", why.message);
    }
    arena_free(arena);
    return result != ERR_OK ? result : failed;
}
