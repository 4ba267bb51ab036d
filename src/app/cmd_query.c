/*
 * The command `query`: queries that are saved under a name.
 */
#include "commands.h"
#include "each_paper.h"
#include "list_rows.h"

#include "carrel/alerts.h"
#include "carrel/search.h"
#include "carrel/state.h"

#include <inttypes.h>
#include <string.h>

#define QUERY_PLACES 100000

struct counted_query {
    const struct saved_query *query;
    int64_t count, unread; /* -1: it no longer works, and is listed all the same */
};

static void query_text(struct str *out, const void *row)
{
    const struct counted_query *q = row;

    if (q->count < 0)
        str_printf(out, "%-20s %-23s  %s\n", q->query->name, "does not work any more",
                   q->query->query);
    else
        str_printf(out, "%-20s %6" PRId64 " unread of %6" PRId64 "  %s\n", q->query->name,
                   q->unread, q->count, q->query->query);
}

static void query_json(struct jsonw *w, const void *row)
{
    const struct counted_query *q = row;

    jsonw_object(w);
    jsonw_key_string(w, "name", q->query->name);
    jsonw_key_string(w, "query", q->query->query);
    jsonw_key_int(w, "count", q->count);
    jsonw_key_int(w, "unread", q->unread);
    jsonw_end(w);
}

static void query_count(struct counted_query *q, struct command_call *call)
{
    const char *query = q->query->query;
    char *unread = arena_printf(call->arena, "(%s) is:unread", query);

    if (search_count(&q->count, call->store, query, NULL) != ERR_OK)
        q->count = -1;
    if (search_count(&q->unread, call->store, str_blank(query) ? "is:unread" : unread, NULL)
        != ERR_OK)
        q->unread = -1;
}

static int query_list(struct command_call *call, struct error *err)
{
    struct list_rows list = {
        .size = sizeof(struct counted_query),
        .text = query_text,
        .json = query_json,
        .none = "no saved queries yet; save one with: carrel query add NAME QUERY\n",
    };
    struct saved_query *queries;
    struct counted_query *rows;
    size_t i;
    int result = queries_list(call->store, call->arena, &queries, &list.count, err);

    if (result != ERR_OK)
        return result;
    list.rows = rows = arena_alloc(call->arena, (list.count + 1) * sizeof *rows);
    for (i = 0; i < list.count; i++) {
        rows[i].query = &queries[i];
        query_count(&rows[i], call);
    }
    list_rows(call, &list);
    return ERR_OK;
}

static int query_add(struct command_call *call, struct error *err)
{
    struct str text = STR_INIT;
    char *old = NULL;
    int64_t count = 0;
    int i, result;

    for (i = 2; i < call->argc; i++)
        str_printf(&text, "%s%s", i > 2 ? " " : "", call->argv[i]);
    result = words_fit("the name", call->argv[1], err);
    if (result == ERR_OK)
        result = words_fit("the query", text.ptr, err);
    if (result == ERR_OK)
        result = search_count(&count, call->store, text.ptr, err); /* it must work now */
    if (result == ERR_PARSE && err)
        err->code = result = ERR_USAGE;
    if (result == ERR_OK
        && queries_get(call->store, call->arena, call->argv[1], &old, NULL) == ERR_OK
        && !str_eq(old, text.ptr))
        str_printf(&call->say, "replaced '%s'; 'undo' brings it back. ", old);
    if (result == ERR_OK)
        result = queries_add(call->store, call->argv[1], text.ptr, err);
    if (result == ERR_OK)
        str_printf(&call->say, "saved as %s: %" PRId64 " paper%s\n", call->argv[1], count,
                   count == 1 ? "" : "s");
    str_free(&text);
    return result;
}

/* Alerts that use this one. (Other saved queries keep it from going: queries_remove.) */
static int query_alerts(struct command_call *call, const char *name, struct str *users,
                        struct error *err)
{
    struct alert_rule *rules;
    size_t count, i;
    int result = alerts_rules(call->store, call->arena, &rules, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (query_uses(rules[i].query, name))
            str_printf(users, "%salert %s", users->len ? ", " : "", rules[i].name);
    return result;
}

static int query_remove(struct command_call *call, struct error *err)
{
    const char *name = call->argv[1];
    struct str users = STR_INIT;
    int result = query_alerts(call, name, &users, err);

    if (result == ERR_OK && users.len > 0 && !call_has(call, "--force"))
        result = error_set(err, ERR_FAILED,
                           "%s is used by %s; 'query rm %s --force' forgets it all the same", name,
                           users.ptr, name);
    if (result == ERR_OK)
        result = queries_remove(call->store, name, err);
    if (result == ERR_OK)
        str_printf(&call->say, "forgot the saved query %s%s%s\n", name,
                   users.len ? ", without which there waits: " : "", users.ptr);
    str_free(&users);
    return result;
}

/* As one step; what uses the old name keeps it from going. */
static int query_rename(struct command_call *call, struct error *err)
{
    const char *from = call->argv[1], *to = call->argv[2];
    char *text = NULL, *there = NULL;
    struct str users = STR_INIT;
    int result = queries_get(call->store, call->arena, from, &text, err);

    if (result == ERR_OK)
        result = query_alerts(call, from, &users, err);
    if (result == ERR_OK && users.len > 0)
        result = error_set(err, ERR_FAILED, "%s is used by %s, which would not find it", from,
                           users.ptr);
    str_free(&users);
    if (result == ERR_OK && queries_get(call->store, call->arena, to, &there, NULL) == ERR_OK)
        result = error_set(err, ERR_USAGE, "there is a saved query called %s already", to);
    if (result == ERR_OK)
        result = words_fit("the name", to, err);
    if (result == ERR_OK)
        result = state_begin(call->store, err);
    if (result != ERR_OK)
        return result;
    result = queries_add(call->store, to, text, err);
    if (result == ERR_OK)
        result = queries_remove(call->store, from, err);
    result = state_end(call->store, result, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s is called %s now\n", from, to);
    return result;
}

static int query_move(struct command_call *call, struct error *err)
{
    const char *name = call->argv[1], *where = call->argv[2];
    int64_t place;
    long number;
    int result;

    if (!str_to_long(where + (*where == '+'), -QUERY_PLACES, QUERY_PLACES, &number))
        return error_set(err, ERR_USAGE, "'%s' is no place: 1 is the first, +1 one further down",
                         where);
    place = number;
    result = queries_move(call->store, name, *where == '+' || *where == '-', &place, err);
    if (result == ERR_OK)
        str_printf(&call->say, "%s stands at %" PRId64 "\n", name, place);
    return result;
}

int cmd_query(struct command_call *call, struct error *err)
{
    const char *what = call->argc > 0 ? call->argv[0] : "list";

    if (strcmp(what, "list") == 0 && call->argc <= 1)
        return query_list(call, err);
    if (strcmp(what, "add") == 0 && call->argc >= 3)
        return query_add(call, err);
    if (strcmp(what, "rm") == 0 && call->argc == 2)
        return query_remove(call, err);
    if (strcmp(what, "rename") == 0 && call->argc == 3)
        return query_rename(call, err);
    if (strcmp(what, "move") == 0 && call->argc == 3)
        return query_move(call, err);
    return error_set(err, ERR_USAGE,
                     "query add NAME QUERY, query rename NAME NEW, query move NAME PLACE, query rm "
                     "NAME, or query list");
}
