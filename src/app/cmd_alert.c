/*
 * The command `alert`: rules that watch what imports and harvests bring, and their journal.
 */
#include "alerts.h"
#include "commands.h"

#include "carrel/alerts.h"
#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/search.h"
#include "carrel/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ALERT_NAME_MAX 40 /* bytes */

static int alert_add(struct command_call *call, struct error *err)
{
    const char *on_name = call_option(call, "--on"), *query = call_option(call, "--query");
    const char *name = call->argv[1];
    enum alert_on on;
    int64_t count = 0;
    int result;

    if (!*name || strlen(name) > ALERT_NAME_MAX || strcspn(name, " \t\r\n\033") != strlen(name))
        return error_set(err, ERR_USAGE, "an alert's name is one word of at most %d bytes",
                         ALERT_NAME_MAX);
    if (!on_name || !alert_on_from(&on, on_name))
        return error_set(err, ERR_USAGE, "alert add %s needs --on new, replaced or withdrawn",
                         name);
    query = query ? query : "";
    result = search_count(&count, call->store, query, err); /* it must work now */
    if (result == ERR_PARSE && err)
        err->code = result = ERR_USAGE;
    if (result == ERR_OK)
        result = alerts_add(call->store, name, on, query, err);
    if (result == ERR_OK)
        str_printf(&call->say,
                   "alert %s: tells what is %s from now on (its query finds %" PRId64
                   " papers today)\n",
                   name, on_name, count);
    return result;
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
            str_printf(&call->out, "%-20s %-10s %6" PRId64 " fired  %s\n", rules[i].name,
                       alert_on_name(rules[i].on), rules[i].fired,
                       *rules[i].query ? rules[i].query : "every paper");
        if (count == 0)
            str_add(&call->say, "no alerts yet; make one with: carrel alert add NAME --on new "
                                "--query QUERY\n");
        return ERR_OK;
    }
    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++) {
        jsonw_object(&w);
        jsonw_key_string(&w, "name", rules[i].name);
        jsonw_key_string(&w, "on", alert_on_name(rules[i].on));
        jsonw_key_string(&w, "query", rules[i].query);
        jsonw_key_int(&w, "fired", rules[i].fired);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
    return ERR_OK;
}

static void alert_log_text(struct command_call *call, const struct alert_row *row)
{
    char at[32];

    time_format(at, row->at);
    str_printf(&call->out, "%5" PRId64 "  %s  %s: %s%s%s  %s  %s%s\n", row->id, at, row->rule,
               alert_on_name(row->on), *row->detail ? " " : "", row->detail,
               row->work ? row->key : "-", row->work ? row->title : "(merged into another paper)",
               row->dismissed ? "  [dismissed]" : "");
}

static void alert_log_json(struct jsonw *w, const struct alert_row *row)
{
    char at[32];

    time_format(at, row->at);
    jsonw_object(w);
    jsonw_key_int(w, "id", row->id);
    jsonw_key_string(w, "at", at);
    jsonw_key_string(w, "alert", row->rule);
    jsonw_key_string(w, "on", alert_on_name(row->on));
    jsonw_key_string(w, "detail", row->detail);
    jsonw_key_string(w, "paper", row->work ? row->key : NULL);
    jsonw_key_string(w, "title", row->work ? row->title : NULL);
    jsonw_key_bool(w, "dismissed", row->dismissed != 0);
    jsonw_end(w);
}

/* Looks first, so that it is true whatever brought the papers. */
static int alert_log(struct command_call *call, struct error *err)
{
    struct alert_row *rows;
    struct error why = { 0 };
    struct jsonw w;
    int64_t fired;
    long limit = 100;
    size_t i, count;
    int result = call_number(call, "--limit", 1, 100000, &limit, err);

    if (result == ERR_OK && !store_read_only(call->store)
        && alerts_evaluate(call->store, &fired, &why) != ERR_OK)
        str_printf(&call->say, "%s\n", why.message);
    if (result == ERR_OK)
        result = alerts_log(call->store, call->arena, call_has(call, "--all"), limit, &rows, &count,
                            err);
    if (result != ERR_OK)
        return result;
    if (!call_has(call, "--json")) {
        for (i = 0; i < count; i++)
            alert_log_text(call, &rows[i]);
        if (count == 0)
            str_add(&call->say, "no alerts have fired\n");
        return ERR_OK;
    }
    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        alert_log_json(&w, &rows[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
    return ERR_OK;
}

static int alert_dismiss(struct command_call *call, struct error *err)
{
    const char *word = call->argv[1];
    int64_t id = 0, count;
    char *end;
    int result;

    if (strcmp(word, "all") != 0) {
        errno = 0;
        id = strtoll(word, &end, 10);
        if (errno || *end || id < 1)
            return error_set(err, ERR_USAGE, "'%s' is no number of an alert: see 'alert log'",
                             word);
    }
    result = alerts_dismiss(call->store, id, &count, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%" PRId64 " dismissed\n", count);
    return result;
}

int cmd_alert(struct command_call *call, struct error *err)
{
    const char *what = call->argc > 0 ? call->argv[0] : "list";
    int result;

    if (strcmp(what, "list") == 0 && call->argc <= 1)
        return alert_list(call, err);
    if (strcmp(what, "log") == 0 && call->argc == 1)
        return alert_log(call, err);
    if (strcmp(what, "add") == 0 && call->argc == 2)
        return alert_add(call, err);
    if (strcmp(what, "dismiss") == 0 && call->argc == 2)
        return alert_dismiss(call, err);
    if (strcmp(what, "rm") == 0 && call->argc == 2) {
        result = alerts_remove(call->store, call->argv[1], err);
        if (result == ERR_OK)
            str_printf(&call->say, "alert %s is gone; what it told stays in the log\n",
                       call->argv[1]);
        return result;
    }
    return error_set(err, ERR_USAGE,
                     "alert add NAME --on new|replaced|withdrawn [--query QUERY], alert rm NAME, "
                     "alert list, alert log, or alert dismiss NUMBER|all");
}
