/*
 * Parameters of a request against those of its route: unknown ones, wrong types and values are
 * told by name. What passes may go on to a command.
 */
#include "internal.h"

#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CURSOR "cursor" /* which commands call so, too */

bool value_listed(const char *values, const char *value)
{
    size_t len = strlen(value);

    while (*values) {
        size_t word = strcspn(values, "|");

        if (word == len && strncmp(values, value, len) == 0)
            return true;
        values += word + (values[word] == '|');
    }
    return false;
}

static bool value_check(struct exchange *x, const struct param *param, const char *value)
{
    long number;

    if (strlen(value) > HTTP_VALUE_MAX)
        exchange_error(x, 400, "bad_request", param->name, "longer than %d bytes", HTTP_VALUE_MAX);
    else if (param->type == PARAM_CHOICE && !value_listed(param->values, value))
        exchange_error(x, 400, "bad_request", param->name, "one of %s, not '%.60s'", param->values,
                       value);
    else if (param->type == PARAM_INT
             && !str_to_long(value, (long)param->least, (long)param->most, &number))
        exchange_error(x, 400, "bad_request", param->name,
                       "a whole number from %" PRId64 " to %" PRId64 ", not '%.60s'", param->least,
                       param->most, value);
    else
        return true;
    return false;
}

static bool text_is_clean(const char *text, size_t len)
{
    return len == 0 || (utf8_valid(text, len) && !memchr(text, 0, len));
}

static enum MHD_Result param_take(void *ctx, enum MHD_ValueKind kind, const char *key,
                                  size_t key_len, const char *value, size_t value_len)
{
    struct exchange *x = ctx;
    const struct param *param = x->route->params;
    size_t i;

    (void)kind;
    if (!text_is_clean(key, key_len) || !text_is_clean(value, value_len)) {
        exchange_error(x, 400, "bad_request",
                       text_is_clean(key, key_len) ? arena_strdup(x->arena, key) : NULL,
                       "a parameter is no UTF-8 text without noughts");
        return MHD_NO;
    }
    for (i = 0; param[i].name; i++)
        if (!param[i].in_path && strcmp(param[i].name, key) == 0)
            break;
    if (strcmp(key, "token") == 0) /* where a browser can send no header; never logged */
        return MHD_YES;
    if (!param[i].name)
        exchange_error(x, 400, "bad_request", arena_strdup(x->arena, key),
                       "there is no such parameter");
    else if (x->values[i])
        exchange_error(x, 400, "bad_request", param[i].name, "it is given twice");
    else if (value_check(x, &param[i], value ? value : ""))
        x->values[i] = arena_strdup(x->arena, value ? value : "");
    return x->status ? MHD_NO : MHD_YES;
}

bool params_read(struct exchange *x)
{
    const struct param *param = x->route->params;
    size_t i;

    MHD_get_connection_values_n(x->connection, MHD_GET_ARGUMENT_KIND, param_take, x);
    for (i = 0; param[i].name && !x->status; i++) {
        if (param[i].in_path && value_check(x, &param[i], x->id.ptr))
            x->values[i] = x->id.ptr;
        if (param[i].required && !x->values[i] && !x->status)
            exchange_error(x, 400, "bad_request", param[i].name, "it is missing");
    }
    return x->status == 0;
}

const char *params_value(const struct exchange *x, const char *name)
{
    const struct param *param = x->route->params;
    size_t i;

    for (i = 0; param[i].name; i++)
        if (strcmp(param[i].name, name) == 0)
            return x->values[i];
    return NULL;
}

/* Which parameter a command's error is about: one that it names, else the argument. NULL: none. */
static const char *param_blamed(const struct exchange *x, const struct error *err)
{
    const struct param *param;
    const char *argument = NULL;

    for (param = x->route->params; param->name; param++) {
        if (param->option && *param->option
            && (strstr(err->message, param->option)
                || (strcmp(param->name, CURSOR) == 0 && strstr(err->message, CURSOR))))
            return param->name;
        if (!param->option)
            argument = param->name;
    }
    return argument;
}

/* The route's command with what was given, as an argument vector; values never become options. */
int run_command(struct exchange *x, struct error *err)
{
    const struct param *param = x->route->params;
    struct command_call call = { .app = (struct app *)(uintptr_t)x->server->app,
                                 .store = x->store,
                                 .arena = x->arena,
                                 .cancel = visit_cancel(x->visit) };
    char *argv[8 + 2 * HTTP_PARAMS], **words;
    int argc = 0, count, result;
    size_t i;

    result = words_split(x->arena, x->route->command, &words, &count, err);
    while (result == ERR_OK && argc < count && argc < 6) {
        argv[argc] = words[argc];
        argc++;
    }
    for (i = 0; param[i].name; i++)
        if (x->values[i] && param[i].option && *param[i].option)
            argv[argc++] = arena_printf(x->arena, "%s=%s", param[i].option, x->values[i]);
    argv[argc++] = arena_strdup(x->arena, "--");
    for (i = 0; param[i].name; i++)
        if (x->values[i] && !param[i].option)
            argv[argc++] = arena_strdup(x->arena, x->values[i]);
    str_init(&call.out);
    str_init(&call.say);
    if (result == ERR_OK)
        result = app_run(&call, argc, argv, err);
    if (result != ERR_OK && result != ERR_PARTIAL)
        x->field = param_blamed(x, err);
    if (result == ERR_OK || result == ERR_PARTIAL)
        str_add_mem(&x->out, call.out.ptr, call.out.len);
    str_free(&call.out);
    str_free(&call.say);
    return result == ERR_PARTIAL ? ERR_OK : result;
}
