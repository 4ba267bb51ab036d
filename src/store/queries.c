/*
 * Saved queries: words that stand for a search, kept in the order in which a person has them. They
 * share the log of steps (steps.c) and the registers (carrel/ops.h) with the state of papers.
 */
#include "carrel/state.h"
#include "carrel/works.h"

#include "carrel/utf8.h"

#include "ops_internal.h"
#include "state_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUERY_NAME_MAX 100
#define QUERY_MAX 4096

/* ---- setting one, without the log ---- */

/* A query that comes again, by undo, has the place that it had. */
static int state_place_query(struct store *store, const char *name, struct error *err)
{
    int64_t position = 0;
    char text[24];
    int result = store_lookup(store, &position,
                              "SELECT 1 FROM op WHERE item = ?1 AND kind = 'query' AND field = "
                              "'position'",
                              name, 0, 0, err);

    if (result != ERR_NOTFOUND)
        return result;
    result = store_query_int(store, "SELECT ifnull(max(position), 0) + 1 FROM saved_query",
                             &position, err);
    snprintf(text, sizeof text, "%lld", (long long)position);
    return result == ERR_OK ? ops_say(store, "query", name, "position", text, err) : result;
}

int state_apply_query(struct store *store, const char *name, const char *query, struct error *err)
{
    int result = ops_say(store, "query", name, "", query, err);

    if (result == ERR_OK && query)
        result = state_place_query(store, name, err);
    return result == ERR_OK ? registers_settle(store, "query", name, "", err) : result;
}

/* ---- what a person does ---- */

/* Does the text hold query:NAME as a word of its own? */
static bool query_mentions(const char *text, const char *name)
{
    char *word = mem_printf("query:%s", name);
    size_t len = strlen(word);
    const char *at = text;
    bool found = false;

    while (!found && (at = strstr(at, word))) {
        found = (at == text || strchr(" (-", at[-1])) && (!at[len] || strchr(" )", at[len]));
        at += len;
    }
    free(word);
    return found;
}

/* A query that another one is made of cannot go before it. */
static int queries_unused(struct store *store, const char *name, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, "SELECT name, query FROM saved_query", err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        if (!query_mentions(stmt_text(stmt, 1), name))
            continue;
        step = error_set(err, ERR_USAGE,
                         "the saved query '%s' uses query:%s; change or remove that one first",
                         stmt_text(stmt, 0), name);
        break;
    }
    stmt_reset(stmt);
    return step;
}

static int queries_set(struct store *store, const char *name, const char *query, struct error *err)
{
    bool own = store->step == 0;
    char *old = NULL;
    int result = own ? state_begin(store, err) : ERR_OK;

    if (result != ERR_OK)
        return result;
    result = state_read(store, &old, state_present_sql("query"), 0, name, err);
    if (result == ERR_OK && !query && !old)
        result = error_set(err, ERR_NOTFOUND, "no saved query called '%s'", name);
    if (result == ERR_OK && !query)
        result = queries_unused(store, name, err);
    if (result == ERR_OK && !str_eq(old, query)) {
        result = state_apply_query(store, name, query, err);
        if (result == ERR_OK)
            result = state_log(store, "query", name, "", old, query, err);
    }
    result = own ? state_end(store, result, err) : result;
    free(old);
    return result;
}

int query_name_check(const char *name, struct error *err)
{
    size_t len = strlen(name), i;

    if (len == 0 || len > QUERY_NAME_MAX || !utf8_valid(name, len))
        return error_set(err, ERR_USAGE, "a saved query's name has 1 to %d bytes of UTF-8",
                         QUERY_NAME_MAX);
    for (i = 0; i < len; i++)
        if ((unsigned char)name[i] <= ' ' || strchr("\"():*\x7F", name[i]))
            return name_refuse("saved query", "\" ( ) : *", name, err);
    return ERR_OK;
}

int query_text_check(const char *query, struct error *err)
{
    return !str_blank(query) && op_is_clean(query, QUERY_MAX, false)
               ? ERR_OK
               : error_set(err, ERR_USAGE,
                           "a saved query is one line of UTF-8 of 1 to %d bytes, without tabs",
                           QUERY_MAX);
}

int queries_add(struct store *store, const char *name, const char *query, struct error *err)
{
    int result = query_name_check(name, err);

    if (result == ERR_OK)
        result = query_text_check(query, err);
    return result == ERR_OK ? queries_set(store, name, query, err) : result;
}

int queries_remove(struct store *store, const char *name, struct error *err)
{
    return queries_set(store, name, NULL, err);
}

int queries_list(struct store *store, struct arena *arena, struct saved_query **out, size_t *count,
                 struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step;
    int result = stmt_prepare(
        &stmt, store, "SELECT id, name, query FROM saved_query ORDER BY position, name", err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *out, *count, cap,
                   ((struct saved_query){ .id = stmt_int(stmt, 0),
                                          .name = stmt_dup(stmt, 1, arena),
                                          .query = stmt_dup(stmt, 2, arena) }));
    stmt_reset(stmt);
    return step;
}

int queries_has(bool *has, struct store *store, const char *query, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT 1 FROM saved_query WHERE query = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, query);
    result = stmt_step(stmt, err);
    *has = result == 1;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int queries_get(struct store *store, struct arena *arena, const char *name, char **query,
                struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT query FROM saved_query WHERE name = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    result = stmt_step(stmt, err);
    if (result == 1)
        *query = arena_strdup(arena, stmt_text(stmt, 0));
    stmt_reset(stmt);
    if (result == 0)
        return error_set(err, ERR_NOTFOUND, "no saved query called '%s'", name);
    return result < 0 ? result : ERR_OK;
}
