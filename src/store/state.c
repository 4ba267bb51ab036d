/*
 * The reader's own state: marks, priorities, stars, tags, collections, notes, saved queries; and
 * the log that makes each step undoable. Highlights, which share the log, are in reading.c.
 *
 * What is said goes into registers (carrel/ops.h), from which the tables are computed.
 *
 * A step is one action of a person. Its rows name works by key and carry old and new value, from
 * which undo.c takes it back. Inside state_begin and state_commit all calls are one step; a call
 * outside is a step of its own.
 */
#include "carrel/state.h"
#include "carrel/reading.h"
#include "carrel/works.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include "alerts_internal.h"
#include "ops_internal.h"
#include "state_internal.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TELL_EACH 64
#define NOTE_MAX (1u << 20)
#define QUERY_NAME_MAX 100
#define QUERY_MAX 4096
#define STEP_CACHE_KIB 131072 /* of pages, while a step lasts: it may be for all papers */

int state_begin(struct store *store, struct error *err)
{
    int result;

    assert(store->step == 0);
    result = store_set_cache(store, STEP_CACHE_KIB, err);
    if (result == ERR_OK)
        result = store_begin(store, err);
    if (result == ERR_OK)
        result = store_query_int(store, "SELECT ifnull(max(step), 0) + 1 FROM change_log",
                                 &store->step, err);
    if (result != ERR_OK)
        state_rollback(store);
    return result;
}

/* What could not be given back is no more than memory. */
static void state_over(struct store *store)
{
    store->step = store->redoes = 0;
    store_set_cache(store, 0, NULL);
}

int state_commit(struct store *store, struct error *err)
{
    int result = store_commit(store, err);

    state_over(store);
    return result;
}

void state_rollback(struct store *store)
{
    store_rollback(store);
    state_over(store);
}

int state_end(struct store *store, int result, struct error *err)
{
    if (result == ERR_OK)
        return state_commit(store, err);
    state_rollback(store);
    return result;
}

void state_watch(struct store *store, void (*told)(void *ctx, size_t done, size_t total), void *ctx)
{
    store->told = told;
    store->told_ctx = ctx;
}

int state_tell(struct store *store, size_t done, size_t total, struct error *err)
{
    if (store_is_cancelled(store))
        return error_set(err, ERR_CANCELLED, "stopped");
    if (store->told && done % TELL_EACH == 0)
        store->told(store->told_ctx, done, total);
    return ERR_OK;
}

int state_changes(struct store *store, int64_t *count, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT count(DISTINCT item) FROM change_log WHERE step = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, store->step);
    result = stmt_step(stmt, err);
    *count = result == 1 ? stmt_int(stmt, 0) : 0;
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int state_write_log(struct store *store, const char *kind, const char *item, const char *field,
                    const char *old, const char *new, int64_t undoes, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO change_log(at, step, kind, item, field, old, new, undoes, redoes) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, clock_now_ms());
    stmt_bind_int(stmt, 2, store->step);
    stmt_bind_text(stmt, 3, kind);
    stmt_bind_text(stmt, 4, item);
    stmt_bind_text(stmt, 5, field);
    stmt_bind_text(stmt, 6, old);
    stmt_bind_text(stmt, 7, new);
    if (undoes)
        stmt_bind_int(stmt, 8, undoes);
    if (store->redoes)
        stmt_bind_int(stmt, 9, store->redoes);
    return stmt_run(stmt, err);
}

int state_log(struct store *store, const char *kind, const char *item, const char *field,
              const char *old, const char *new, struct error *err)
{
    return state_write_log(store, kind, item, field, old, new, 0, err);
}

static int log_import_counts(struct store *store, int64_t step, const char *counts,
                             struct error *err)
{
    return store_run(store,
                     "UPDATE change_log SET field = ?3 WHERE step = ?1 AND kind = 'import' AND "
                     "new = '' AND ?2",
                     step, 1, counts, err);
}

int state_log_import(int64_t *step, struct store *store, const char *name, const char *counts,
                     const char *records, struct error *err)
{
    int64_t open = store->step; /* papers came back in a step of their own */
    int result;

    if (*step != 0) {
        result = log_import_counts(store, *step, counts, err);
        store->step = *step;
    } else {
        result =
            store_query_int(store, "SELECT ifnull(max(step), 0) + 1 FROM change_log", step, err);
        store->step = *step;
        if (result == ERR_OK)
            result = state_log(store, "import", name, counts, NULL, "", err);
    }
    if (result == ERR_OK)
        result = state_log(store, "import", name, "records", NULL, records, err);
    store->step = open;
    return result;
}

int state_log_undo(struct store *store, const char *kind, const char *item, int64_t step,
                   struct error *err)
{
    return state_write_log(store, kind, item, "undo", NULL, NULL, step, err);
}

int state_log_back(struct store *store, const char *kind, const char *item, const char *field,
                   const char *old, const char *new, int64_t step, struct error *err)
{
    return state_write_log(store, kind, item, field, old, new, step, err);
}

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

/* ---- setting one value, without the log ---- */

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

/* ---- one action ---- */

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

/* ---- saved queries ---- */

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
    struct stmt *stmt;
    int result = own ? state_begin(store, err) : ERR_OK;

    if (result != ERR_OK)
        return result;
    result = stmt_prepare(&stmt, store, "SELECT query FROM saved_query WHERE name = ?1", err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, name);
        result = stmt_step(stmt, err);
        if (result == 1)
            old = mem_strdup(stmt_text(stmt, 0));
        stmt_reset(stmt);
        result = result < 0 ? result : ERR_OK;
    }
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
    while ((step = stmt_step(stmt, err)) == 1) {
        if (*count == cap) {
            size_t wider = cap ? cap * 2 : 16;
            struct saved_query *items = arena_alloc(arena, wider * sizeof *items);

            if (cap)
                memcpy(items, *out, cap * sizeof *items);
            *out = items;
            cap = wider;
        }
        (*out)[*count].id = stmt_int(stmt, 0);
        (*out)[*count].name = arena_strdup(arena, stmt_text(stmt, 1));
        (*out)[(*count)++].query = arena_strdup(arena, stmt_text(stmt, 2));
    }
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
