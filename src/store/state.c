/*
 * The reader's own state of papers: marks, priorities, stars, tags, collections, notes. Saved
 * queries are in queries.c and highlights in reading.c; all share the log of steps (steps.c).
 *
 * What is said goes into registers (carrel/ops.h), from which the tables are computed.
 */
#include "carrel/state.h"
#include "carrel/works.h"

#include "carrel/utf8.h"

#include "ops_internal.h"
#include "state_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_MAX (1u << 20)

/* First column as text (caller frees), NULL when there is no row or it is NULL. */
int state_read(struct store *store, char **out, const char *sql, int64_t work, const char *text,
               struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    *out = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    if (text)
        stmt_bind_text(stmt, 2, text);
    result = stmt_step(stmt, err);
    if (result == 1 && !stmt_is_null(stmt, 0))
        *out = mem_strdup(stmt_text(stmt, 0));
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

struct state_change {
    const char *kind, *field;
    const char *new;  /* NULL: none */
    const char *name; /* of the work; NULL: asked for */
};

/* A mark that nobody has set is one, too. */
const char *state_value(const char *kind, const char *value)
{
    bool number =
        strcmp(kind, "read") == 0 || strcmp(kind, "star") == 0 || strcmp(kind, "priority") == 0;

    return value ? value : number ? "0" : NULL;
}

/* When a highlight was changed is no part of what it is. */
static size_t state_len(const char *kind, const char *value)
{
    const char *changed = strcmp(kind, "highlight") == 0 ? strstr(value, ",\"changed\":") : NULL;

    return changed ? (size_t)(changed - value) : strlen(value);
}

bool state_same(const char *kind, const char *a, const char *b)
{
    size_t len;

    a = state_value(kind, a);
    b = state_value(kind, b);
    if (!a || !b)
        return a == b;
    len = state_len(kind, a);
    return len == state_len(kind, b) && strncmp(a, b, len) == 0;
}

/* What reads the present value of a kind, of a work or of a name. */
const char *state_present_sql(const char *kind)
{
    static const struct {
        const char *kind, *sql;
    } kinds[] = {
        { "read", "SELECT state FROM reading WHERE work_id = ?1" },
        { "star", "SELECT starred FROM reading WHERE work_id = ?1" },
        { "priority", "SELECT priority FROM reading WHERE work_id = ?1" },
        { "tag", "SELECT 1 FROM work_tag wt JOIN tag t ON t.id = wt.tag_id WHERE wt.work_id = ?1 "
                 "AND t.name = ?2" },
        { "collection", "SELECT printf('%.15g', cw.position) FROM collection c JOIN "
                        "collection_work cw ON cw.collection_id = c.id WHERE cw.work_id = ?1 AND "
                        "c.name = ?2" },
        { "note", "SELECT body FROM note WHERE work_id = ?1" },
        { "seen", "SELECT value FROM seen WHERE work_id = ?1" },
        { "query", "SELECT query FROM saved_query WHERE name = ?2" },
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(kinds[i].kind, kind) == 0)
            return kinds[i].sql;
    return NULL;
}

/* Reads the old value, writes and logs the new one, unless they agree. */
static int state_change(struct store *store, int64_t work, const struct state_change *change,
                        struct error *err)
{
    struct arena *arena = arena_new();
    bool own = store->step == 0;
    char *asked = NULL, *old = NULL;
    const char *key = change->name;
    int result = own ? state_begin(store, err) : ERR_OK;

    if (result != ERR_OK)
        goto out;
    if (!key) {
        result = ops_name(&asked, store, arena, work, err);
        key = asked;
    }
    if (result == ERR_OK)
        result = state_read(store, &old, state_present_sql(change->kind), work,
                            *change->field ? change->field : NULL, err);
    if (result == ERR_OK && !state_same(change->kind, old, change->new)) {
        result = ops_say_named(store, work, key, change->kind, change->field,
                               state_value(change->kind, change->new), err);
        if (result == ERR_OK)
            result = state_log(store, change->kind, key, change->field, old, change->new, err);
    }
    result = own ? state_end(store, result, err) : result;
out:
    free(old);
    arena_free(arena);
    return result;
}

/* Which version was read goes with the mark: the one that the Reader has noted, else the newest. A
 * paper that is marked read again was read anew. */
static int mark_seen(struct store *store, int64_t work, const char *name, enum read_state state,
                     int64_t before, struct error *err)
{
    char *seen = NULL, newest[SEEN_MAX] = "";
    struct state_change change = { .kind = "seen", .field = "", .name = name };
    bool read, unread;
    int result = state_read(store, &seen, state_present_sql("seen"), work, NULL, err);

    read = state == READ_READ && (before == READ_READ || !seen);
    unread = state == READ_UNREAD && seen;
    if (result == ERR_OK && read)
        result = seen_newest(newest, store, work, err);
    if (*newest)
        change.new = newest;
    if (result == ERR_OK && (unread || *newest))
        result = state_change(store, work, &change, err);
    free(seen);
    return result;
}

int state_mark(struct store *store, int64_t work, enum read_state state, struct error *err)
{
    char value[8], *name = NULL;
    struct state_change change = { .kind = "read", .field = "", .new = value };
    struct arena *arena;
    bool own = store->step == 0;
    int64_t before = READ_UNREAD;
    int result = own ? state_begin(store, err) : ERR_OK;

    if (result != ERR_OK)
        return result;
    arena = arena_new();
    snprintf(value, sizeof value, "%d", (int)state);
    result = ops_name(&name, store, arena, work, err);
    change.name = name;
    if (result == ERR_OK
        && (result = store_lookup(store, &before, "SELECT state FROM reading WHERE work_id = ?1",
                                  NULL, work, 0, err))
               == ERR_NOTFOUND)
        result = ERR_OK;
    if (result == ERR_OK)
        result = state_change(store, work, &change, err);
    if (result == ERR_OK)
        result = mark_seen(store, work, name, state, before, err);
    arena_free(arena);
    return own ? state_end(store, result, err) : result;
}

int state_seen_version(struct store *store, int64_t work, const char *seen, struct error *err)
{
    struct state_change change = { .kind = "seen", .field = "", .new = seen };
    struct seen_parts parts;

    if (seen && !seen_parse(&parts, seen))
        return error_set(err, ERR_USAGE, "'%.40s' is no version: write v2, 2024-03-05 or both",
                         seen);
    return state_change(store, work, &change, err);
}

int state_priority(struct store *store, int64_t work, int priority, struct error *err)
{
    char value[8];
    struct state_change change = { .kind = "priority", .field = "", .new = value };

    if (priority > PRIORITY_MAX)
        priority = PRIORITY_MAX;
    if (priority < -PRIORITY_MAX)
        priority = -PRIORITY_MAX;
    snprintf(value, sizeof value, "%d", priority);
    return state_change(store, work, &change, err);
}

int state_seen(struct store *store, int64_t work, struct error *err)
{
    char newest[SEEN_MAX];
    int result = seen_newest(newest, store, work, err);

    return result == ERR_OK && *newest ? state_seen_version(store, work, newest, err) : result;
}

int state_star(struct store *store, int64_t work, bool on, struct error *err)
{
    struct state_change change = { .kind = "star", .field = "", .new = on ? "1" : "0" };

    return state_change(store, work, &change, err);
}

int state_tag(struct store *store, int64_t work, const char *tag, bool on, struct error *err)
{
    struct state_change change = { .kind = "tag", .field = tag, .new = on ? "1" : NULL };
    int result = tag_check(tag, err);

    return result == ERR_OK ? state_change(store, work, &change, err) : result;
}

int state_collect(struct store *store, int64_t work, const char *name, const double *position,
                  struct error *err)
{
    char value[32] = "";
    struct state_change change = { .kind = "collection",
                                   .field = name,
                                   .new = position ? value : NULL };
    int result = query_name_check(name, NULL);

    if (result != ERR_OK)
        return name_refuse("collection", "\" ( ) : *", name, err);
    if (position)
        snprintf(value, sizeof value, "%.15g", *position);
    return state_change(store, work, &change, err);
}

static void note_clean(struct str *out, const char *body)
{
    utf8_clean(out, body, strlen(body));
    while (out->len > 0 && strchr(" \t\n", out->ptr[out->len - 1]))
        str_cut(out, out->len - 1);
}

int state_note_set(struct store *store, int64_t work, const char *body, struct error *err)
{
    struct str clean = STR_INIT;
    struct state_change change = { .kind = "note", .field = "" };
    int result;

    if (strlen(body) > NOTE_MAX)
        return error_set(err, ERR_LIMIT, "a note may have 1 MiB; this one has %zu bytes",
                         strlen(body));
    note_clean(&clean, body);
    change.new = clean.len > 0 ? clean.ptr : NULL;
    result = state_change(store, work, &change, err);
    str_free(&clean);
    return result;
}

int state_note_edit(struct store *store, int64_t work, const char *before, const char *text,
                    enum note_met *met, struct error *err)
{
    struct str clean = STR_INIT, both = STR_INIT;
    char *now = NULL;
    int result = state_begin(store, err);

    *met = NOTE_YOURS;
    if (result != ERR_OK)
        return result;
    note_clean(&clean, text);
    result = state_read(store, &now, state_present_sql("note"), work, NULL, err);
    if (result == ERR_OK)
        result = note_meet(&both, met, store, before, now ? now : "", clean.ptr, err);
    if (result == ERR_OK)
        result = state_note_set(store, work, both.ptr, err);
    free(now);
    str_free(&clean);
    str_free(&both);
    return state_end(store, result, err);
}

int state_note_add(struct store *store, int64_t work, const char *line, struct error *err)
{
    char *old = NULL;
    struct str text = STR_INIT;
    int result = state_read(store, &old, state_present_sql("note"), work, NULL, err);

    str_printf(&text, "%s%s%s", old ? old : "", old ? "\n" : "", line);
    if (result == ERR_OK)
        result = state_note_set(store, work, text.ptr, err);
    str_free(&text);
    free(old);
    return result;
}
