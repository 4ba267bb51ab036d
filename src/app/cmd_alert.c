/*
 * The command `alert`: rules that watch what imports and harvests bring, and their journal.
 */
#include "alerts.h"
#include "commands.h"

#include "carrel/alerts.h"
#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/search.h"
#include "carrel/trends.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALERT_NAME_MAX 40 /* bytes */
#define ALERT_PREVIEW_MAX 1000

/* NAN when the option is not there. */
static int alert_limit(struct command_call *call, const char *option, double *limit,
                       struct error *err)
{
    const char *text = call_option(call, option);
    char *end;

    *limit = NAN;
    if (!text)
        return ERR_OK;
    *limit = strtod(text, &end);
    if (end == text || *end || !isfinite(*limit))
        return error_set(err, ERR_USAGE, "%s takes a number, not '%.40s'", option, text);
    return ERR_OK;
}

/* What belongs to a trend, and to nothing else. */
static int alert_add_trend(struct command_call *call, struct alert_rule *rule, struct error *err)
{
    static const char *const only[] = { "--metric", "--over", "--velocity", "--zscore" };
    const char *metric = call_option(call, "--metric");
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(only) && rule->on != ALERT_TREND; i++)
        if (call_has(call, only[i]))
            return error_set(err, ERR_USAGE, "%s goes with --on trend", only[i]);
    rule->metric = arena_strdup(call->arena, metric ? metric : TRENDS_METRIC);
    result = alert_limit(call, "--over", &rule->above, err);
    if (result == ERR_OK)
        result = alert_limit(call, "--velocity", &rule->velocity, err);
    if (result == ERR_OK)
        result = alert_limit(call, "--zscore", &rule->zscore, err);
    if (result == ERR_OK && rule->on == ALERT_TREND && isnan(rule->above) && isnan(rule->velocity)
        && isnan(rule->zscore))
        return error_set(err, ERR_USAGE,
                         "--on trend needs what is to be exceeded: --over N, --velocity N (a day) "
                         "or --zscore N; of several, all");
    return result;
}

/* "upvotes over 50, over 10 a day, z over 3" */
static void alert_say_trend(struct str *out, const struct alert_rule *rule)
{
    const char *mark = "";

    str_printf(out, "%s ", rule->metric);
    if (!isnan(rule->above)) {
        str_printf(out, "over %g", rule->above);
        mark = ", ";
    }
    if (!isnan(rule->velocity)) {
        str_printf(out, "%sover %g a day", mark, rule->velocity);
        mark = ", ";
    }
    if (!isnan(rule->zscore))
        str_printf(out, "%sz over %g", mark, rule->zscore);
}

/* A rule on a trend has its first look at once: what is past the thresholds now is no news. */
static int alert_added(struct command_call *call, const struct alert_rule *rule, int64_t found,
                       struct error *err)
{
    struct alert_row *rows;
    struct alert_rule there;
    size_t count = 0, known;
    struct error why = { 0 };
    int64_t fired;
    int result;

    if (rule->on != ALERT_TREND) {
        str_printf(&call->say,
                   "alert %s: tells what is %s from now on (its query finds %" PRId64
                   " papers today)\n",
                   rule->name, alert_on_name(rule->on), found);
        return ERR_OK;
    }
    if (alerts_evaluate(call->store, call->app, call->cancel, &fired, &why) != ERR_OK)
        str_printf(&call->say, "%s\n", why.message); /* of some other rule */
    result = alerts_rule(call->store, call->arena, rule->name, &there, err);
    if (result == ERR_OK)
        result = alerts_preview(call->store, call->arena, &there, ALERT_PREVIEW_MAX, &rows, &count,
                                &known, err);
    str_printf(&call->say, "alert %s: tells each paper once, when it has ", rule->name);
    alert_say_trend(&call->say, rule);
    if (result == ERR_OK)
        str_printf(&call->say, " (%zu%s past that today, which is no news)", count,
                   count == ALERT_PREVIEW_MAX ? " or more are"
                   : count == 1               ? " is"
                                              : " are");
    str_add_char(&call->say, '\n');
    return result;
}

static int alert_add(struct command_call *call, struct error *err)
{
    const char *on_name = call_option(call, "--on"), *query = call_option(call, "--query");
    struct alert_rule rule = { .name = call->argv[1] };
    struct str why = STR_INIT;
    int64_t count = 0;
    int result;

    if (!*rule.name || strlen(rule.name) > ALERT_NAME_MAX
        || strcspn(rule.name, " \t\r\n\033") != strlen(rule.name))
        return error_set(err, ERR_USAGE, "an alert's name is one word of at most %d bytes",
                         ALERT_NAME_MAX);
    if (!on_name || !alert_on_from(&rule.on, on_name))
        return error_set(err, ERR_USAGE,
                         "alert add %s needs --on new, replaced, withdrawn or trend", rule.name);
    rule.query = arena_strdup(call->arena, query ? query : "");
    result = alert_add_trend(call, &rule, err);
    if (result == ERR_OK && query_unfinished(&why, rule.query))
        result = error_set(err, ERR_USAGE, "--query: %s", why.ptr);
    str_free(&why);
    if (result == ERR_OK)
        result = search_count(&count, call->store, rule.query, err); /* it must work now */
    if (result == ERR_PARSE && err)
        err->code = result = ERR_USAGE;
    if (result == ERR_OK)
        result = alerts_add(call->store, &rule, err);
    return result == ERR_OK ? alert_added(call, &rule, count, err) : result;
}

static void alert_list_text(struct command_call *call, const struct alert_rule *rule)
{
    const char *command = alert_command(call->app, rule->name);

    str_printf(&call->out, "%-20s %-10s %6" PRId64 " fired  ", rule->name, alert_on_name(rule->on),
               rule->fired);
    if (rule->on == ALERT_TREND) {
        alert_say_trend(&call->out, rule);
        str_add(&call->out, ", ");
    }
    str_printf(&call->out, "%s%s%s\n", *rule->query ? rule->query : "every paper",
               command ? "  runs " : "", command ? command : "");
}

static void alert_limit_json(struct jsonw *w, const char *key, double limit)
{
    if (!isnan(limit))
        jsonw_key_double(w, key, limit);
}

static void alert_list_json(struct command_call *call, struct jsonw *w,
                            const struct alert_rule *rule)
{
    jsonw_object(w);
    jsonw_key_string(w, "name", rule->name);
    jsonw_key_string(w, "on", alert_on_name(rule->on));
    jsonw_key_string(w, "query", rule->query);
    if (rule->on == ALERT_TREND)
        jsonw_key_string(w, "metric", rule->metric);
    alert_limit_json(w, "over", rule->above);
    alert_limit_json(w, "velocity", rule->velocity);
    alert_limit_json(w, "zscore", rule->zscore);
    jsonw_key_int(w, "fired", rule->fired);
    jsonw_key_string(w, "run", alert_command(call->app, rule->name));
    jsonw_end(w);
}

static int alert_list(struct command_call *call, struct error *err)
{
    struct alert_rule *rules;
    size_t i, count;
    struct jsonw w;
    int result = alerts_rules(call->store, call->arena, &rules, &count, err);

    if (result != ERR_OK)
        return result;
    if (!call_has(call, "--json")) {
        for (i = 0; i < count; i++)
            alert_list_text(call, &rules[i]);
        if (count == 0)
            str_add(&call->say, "no alerts yet; make one with: carrel alert add NAME --on new "
                                "--query QUERY\n");
        return ERR_OK;
    }
    jsonw_items(&w, &call->out);
    for (i = 0; i < count; i++)
        alert_list_json(call, &w, &rules[i]);
    jsonw_items_end(&w);
    return ERR_OK;
}

static void alert_log_text(struct command_call *call, const struct alert_row *row)
{
    char at[32], number[24] = "-";

    time_format(at, row->at);
    if (row->id)
        snprintf(number, sizeof number, "%" PRId64, row->id);
    str_printf(&call->out, "%5s  %s  %s: %s%s%s  %s  %s%s", number, at, row->rule,
               alert_on_name(row->on), *row->detail ? " " : "", row->detail,
               row->work ? row->key : "-", row->work ? row->title : "(merged into another paper)",
               row->dismissed ? "  [dismissed]" : "");
    if (*row->failure)
        str_printf(&call->out, "  [%s: %s]",
                   row->hook == HOOK_FAILED ? "not told, given up; alert retry" : "not told yet",
                   row->failure);
    str_add_char(&call->out, '\n');
}

static void alert_rows(struct command_call *call, const struct alert_row *rows, size_t count)
{
    struct jsonw w;
    size_t i;

    if (!call_has(call, "--json")) {
        for (i = 0; i < count; i++)
            alert_log_text(call, &rows[i]);
        return;
    }
    jsonw_items(&w, &call->out);
    for (i = 0; i < count; i++)
        alert_row_json(&w, &rows[i]);
    jsonw_items_end(&w);
}

static int say_none(struct command_call *call, struct error *err)
{
    const char *rule = call->argc > 1 ? call->argv[1] : NULL;
    struct alert_row *rows;
    size_t count = 0;
    int result = alerts_log(call->store, call->arena, rule, true, 1, &rows, &count, err);

    if (result == ERR_OK)
        str_add(&call->say, count > 0 ? "no alerts are open; --all shows what was dismissed\n"
                                      : "no alerts have fired\n");
    return result;
}

/* Looks first, so that it is true whatever brought the papers. */
static int alert_log(struct command_call *call, struct error *err)
{
    struct alert_row *rows;
    struct error why = { 0 };
    int64_t fired;
    long limit = 100;
    size_t count;
    int result = call_number(call, "--limit", 1, 100000, &limit, err);

    if (result == ERR_OK && !store_read_only(call->store)
        && alerts_evaluate(call->store, call->app, call->cancel, &fired, &why) != ERR_OK)
        str_printf(&call->say, "%s\n", why.message);
    if (result == ERR_OK)
        result = alerts_log(call->store, call->arena, call->argc > 1 ? call->argv[1] : NULL,
                            call_has(call, "--all"), limit, &rows, &count, err);
    if (result != ERR_OK)
        return result;
    alert_rows(call, rows, count);
    return count > 0 || call_has(call, "--json") ? ERR_OK : say_none(call, err);
}

static int alert_test(struct command_call *call, struct error *err)
{
    struct alert_rule rule;
    struct alert_row *rows;
    size_t count, known;
    long limit = 10;
    int result = call_number(call, "--limit", 1, ALERT_PREVIEW_MAX, &limit, err);

    if (result == ERR_OK)
        result = alerts_rule(call->store, call->arena, call->argv[1], &rule, err);
    if (result == ERR_OK)
        result = alerts_preview(call->store, call->arena, &rule, (size_t)limit, &rows, &count,
                                &known, err);
    if (result != ERR_OK)
        return result;
    alert_rows(call, rows, count);
    if (count == 0)
        str_printf(&call->say, "alert %s would tell nothing of what is here\n", rule.name);
    else if (known > 0)
        str_printf(&call->say, "%zu of them %s past it before and will not be told again\n", known,
                   known == 1 ? "was" : "were");
    if (!call_has(call, "--run") || count == 0)
        return ERR_OK;
    result = alert_run(call->app, rule.name, rows, count, call->cancel, err);
    if (result == ERR_OK)
        str_printf(&call->say, "the command was told of %zu\n", count);
    return result;
}

/* "all", the number of a row, or the name of a rule. */
static int alert_dismiss(struct command_call *call, struct error *err)
{
    const char *word = call->argv[1], *rule = NULL;
    int64_t id = 0, count;
    char *end;
    int result;

    if (strcmp(word, "all") != 0) {
        errno = 0;
        id = strtoll(word, &end, 10);
        if (errno || *end || id < 1) {
            rule = word;
            id = 0;
        }
    }
    result = alerts_dismiss(call->store, rule, id, &count, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%" PRId64 " dismissed\n", count);
    return result;
}

/* The rows of one rule wait again; without a command for it they stay as they are. */
static int alert_wait_again(struct command_call *call, const char *rule, int64_t *count,
                            struct error *err)
{
    *count = 0;
    if (alert_command(call->app, rule))
        return alerts_again(call->store, rule, count, err);
    str_printf(&call->say, "alert %s: no command is set; [alert] run = PROGRAM WORD... in %s\n",
               rule, call->app->config_file ? call->app->config_file : "the configuration");
    return ERR_OK;
}

/* What was given up, or waits for another try, is told now. */
static int alert_retry(struct command_call *call, struct error *err)
{
    const char *only = call->argc > 1 ? call->argv[1] : NULL;
    char **rules;
    int64_t rows, all = 0;
    size_t i, count, found = 0;
    int result = alerts_untold(call->store, call->arena, &rules, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++) {
        if (only && strcmp(rules[i], only) != 0)
            continue;
        found++;
        result = alert_wait_again(call, rules[i], &rows, err);
        all += rows;
    }
    if (result == ERR_OK && only && found == 0)
        result = error_set(err, ERR_NOTFOUND, "no alert of '%.40s' waits to be told again", only);
    else if (result == ERR_OK && found == 0)
        str_add(&call->say, "all alerts that have a command were told\n");
    if (result == ERR_OK && all > 0)
        result = alerts_tell(call->store, call->app, call->cancel, err);
    if (result == ERR_OK && all > 0)
        str_printf(&call->say, "the command was told of %" PRId64 "\n", all);
    return result;
}

static int alert_remove(struct command_call *call, struct error *err)
{
    int result = alerts_remove(call->store, call->argv[1], err);

    if (result == ERR_OK)
        str_printf(&call->say, "alert %s is gone; what it told stays in the log\n", call->argv[1]);
    return result;
}

int cmd_alert(struct command_call *call, struct error *err)
{
    static const struct {
        const char *word;
        int least, most; /* words, with this one */
        int (*run)(struct command_call *call, struct error *err);
        const char *usage;
    } ways[] = {
        { "add", 2, 2, alert_add, "add NAME --on new|replaced|withdrawn|trend [--query QUERY]" },
        { "rm", 2, 2, alert_remove, "rm NAME" },
        { "list", 0, 1, alert_list, "list" },
        { "log", 1, 2, alert_log, "log [NAME]" },
        { "test", 2, 2, alert_test, "test NAME" },
        { "retry", 1, 2, alert_retry, "retry [NAME]" },
        { "dismiss", 2, 2, alert_dismiss, "dismiss NUMBER|NAME|all" },
    };
    struct str usage = STR_INIT;
    int result;
    const char *what = call->argc > 0 ? call->argv[0] : "list";
    size_t i;

    for (i = 0; i < ARRAY_LEN(ways); i++) {
        if (strcmp(what, ways[i].word) == 0) {
            if (call->argc >= ways[i].least && call->argc <= ways[i].most)
                return ways[i].run(call, err);
            return error_set(err, ERR_USAGE, "alert %s", ways[i].usage);
        }
    }
    for (i = 0; i < ARRAY_LEN(ways); i++)
        str_printf(&usage, "%salert %s", i ? ", " : "", ways[i].usage);
    result = error_set(err, ERR_USAGE, "%s", usage.ptr);
    str_free(&usage);
    return result;
}
