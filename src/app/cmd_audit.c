/*
 * audit: what the holders of tokens have written through the service.
 */
#include "commands.h"

#include "carrel/audit.h"
#include "carrel/clock.h"
#include "carrel/jsonw.h"

#include <inttypes.h>
#include <limits.h>

#define ROWS 50

static void audit_json(struct str *out, struct arena *arena, const struct audit_row *rows,
                       size_t count, bool more)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++) {
        jsonw_object(&w);
        jsonw_key_time(&w, "at", rows[i].at);
        jsonw_key_string(&w, "request", rows[i].request);
        jsonw_key_string(&w, "token", rows[i].token);
        jsonw_key_string(&w, "client", rows[i].client);
        jsonw_key_string(&w, "method", rows[i].method);
        jsonw_key_string(&w, "path", rows[i].path);
        jsonw_key_int(&w, "status", rows[i].status);
        jsonw_key_string(&w, "subject", *rows[i].subject ? rows[i].subject : NULL);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_key_string(&w, "next", more ? arena_printf(arena, "%" PRId64, rows[count - 1].id) : NULL);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

static void audit_text(struct str *out, const struct audit_row *rows, size_t count)
{
    char at[32];
    size_t i;

    for (i = 0; i < count; i++) {
        time_format(at, rows[i].at);
        str_printf(out, "%s  %.8s  %-15s  %3d  %s %s%s%s\n", at, rows[i].token, rows[i].client,
                   rows[i].status, rows[i].method, rows[i].path, *rows[i].subject ? "  " : "",
                   rows[i].subject);
    }
}

int cmd_audit(struct command_call *call, struct error *err)
{
    long limit = ROWS, before = 0;
    struct audit_row *rows;
    size_t count;
    int result = call_number(call, "--limit", 1, AUDIT_KEPT, &limit, err);

    if (call->argc > 0)
        return error_set(err, ERR_USAGE, "audit takes options only");
    if (result == ERR_OK)
        result = call_number(call, "--before", 1, LONG_MAX, &before, err);
    if (result == ERR_OK)
        result =
            audit_list(call->store, call->arena, before, (size_t)limit + 1, &rows, &count, err);
    if (result != ERR_OK)
        return result;
    if (call_has(call, "--json"))
        audit_json(&call->out, call->arena, rows, count > (size_t)limit ? (size_t)limit : count,
                   count > (size_t)limit);
    else
        audit_text(&call->out, rows, count > (size_t)limit ? (size_t)limit : count);
    if (count == 0)
        str_add(&call->say, "nothing was written through the service\n");
    return ERR_OK;
}
