/*
 * The order of saved queries: each has its place in a register of its own, so it travels as what is
 * asked does. Places are whole numbers; those that a move has changed are said anew.
 */
#include "carrel/state.h"
#include "carrel/str.h"
#include "carrel/works.h"

#include "ops_internal.h"
#include "state_internal.h"

#include <stdlib.h>
#include <string.h>

bool state_is_query_place(const struct state_row *row)
{
    return strcmp(row->kind, "query") == 0 && strcmp(row->field, "position") == 0;
}

int state_apply_query_place(struct store *store, const char *name, const char *place,
                            struct error *err)
{
    int result = ops_say(store, "query", name, "position", place, err);

    return result == ERR_OK ? registers_settle(store, "query", name, "", err) : result;
}

/* Its place becomes `place`, and the step tells it. */
static int place_say(struct store *store, const char *name, int64_t place, struct error *err)
{
    char *old = NULL, *new = mem_printf("%lld", (long long)place);
    int result = state_read(store, &old, QUERY_PLACE_SQL, 0, name, err);

    if (result == ERR_OK && !str_eq(old, new)) {
        result = state_apply_query_place(store, name, new, err);
        if (result == ERR_OK)
            result = state_log(store, "query", name, "position", old, new, err);
    }
    free(old);
    free(new);
    return result;
}

/* Takes the one at `from` out and puts it in before `to` of the others. */
static void move_within(struct saved_query *queries, size_t from, size_t to)
{
    struct saved_query moved = queries[from];

    if (to > from)
        memmove(&queries[from], &queries[from + 1], (to - from) * sizeof *queries);
    else
        memmove(&queries[to + 1], &queries[to], (from - to) * sizeof *queries);
    queries[to] = moved;
}

static int move_step(struct store *store, struct arena *arena, const char *name, bool relative,
                     int64_t *place, struct error *err)
{
    struct saved_query *queries;
    size_t count, from = 0, i;
    int64_t to;
    int result = queries_list(store, arena, &queries, &count, err);

    if (result != ERR_OK)
        return result;
    while (from < count && strcmp(queries[from].name, name) != 0)
        from++;
    if (from == count)
        return error_set(err, ERR_NOTFOUND, "no saved query called '%s'", name);
    to = relative ? (int64_t)from + *place : *place - 1;
    to = to < 0 ? 0 : to >= (int64_t)count ? (int64_t)count - 1 : to;
    move_within(queries, from, (size_t)to);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = place_say(store, queries[i].name, (int64_t)i + 1, err);
    *place = to + 1;
    return result;
}

int queries_move(struct store *store, const char *name, bool relative, int64_t *place,
                 struct error *err)
{
    struct arena *arena = arena_new();
    int result = state_begin(store, err);

    if (result == ERR_OK) {
        result = move_step(store, arena, name, relative, place, err);
        result = state_end(store, result, err);
    }
    arena_free(arena);
    return result;
}
