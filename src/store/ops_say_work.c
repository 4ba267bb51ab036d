/*
 * Saying something of a work, by one of its names (carrel/ops.h): a mark, a tag, a note, what the
 * hand says of its fields.
 */
#include "ops_internal.h"

#include <inttypes.h>
#include <string.h>

/* Its other names of which that register is set. */
static int names_set(struct text_list *out, struct arena *arena, struct store *store, int64_t work,
                     const char *name, const char *kind, const char *field, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT DISTINCT o.item FROM alias a CROSS JOIN op o ON o.item = "
                              "a.scheme || ':' || a.value WHERE a.work_id = ?1 AND o.kind = ?2 AND "
                              "o.field = ?3 AND o.item != ?4 ORDER BY o.item",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, kind);
    stmt_bind_text(stmt, 3, field);
    stmt_bind_text(stmt, 4, name);
    return stmt_texts(stmt, out, arena, err);
}

/* The least of marks and name, which needs no table to be sorted in: that of a hand comes last,
 * what the work is called first. Whose it is makes no difference to one alone. */
static const char name_sql[] =
    "SELECT substr(min((CASE WHEN (SELECT count(*) FROM alias WHERE work_id = ?1) > 1 THEN (SELECT "
    "source FROM record WHERE id = a.record_id) IS 'hand' ELSE 0 END) || (ifnull(a.scheme || ':' "
    "|| a.value, w.key) != w.key) || ifnull(a.scheme || ':' || a.value, w.key)), 3) FROM work w "
    "LEFT JOIN alias a ON a.work_id = w.id WHERE w.id = ?1";

int ops_name(char **name, struct store *store, struct arena *arena, int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, name_sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1 && stmt_is_null(stmt, 0))
        step = 0;
    if (step == 1)
        *name = stmt_dup(stmt, 0, arena);
    stmt_reset(stmt);
    return step < 0 ? step
           : step == 1
               ? ERR_OK
               : error_set(err, ERR_NOTFOUND, "work %" PRId64 " is no longer in the library", work);
}

/* What the other names of the work say of it: "0" nothing, as does NULL. */
static int others_say(char **out, struct store *store, struct arena *arena, int64_t work,
                      const char *name, const char *kind, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT o.value FROM work w JOIN alias a ON a.work_id = w.id CROSS "
                              "JOIN op o ON o.item = a.scheme || ':' || a.value JOIN machine m ON "
                              "m.n = o.machine WHERE w.id = ?1 AND o.kind = ?2 AND o.item != ?3 "
                              "AND o.value IS NOT NULL ORDER BY o.stamp DESC, m.id DESC LIMIT 1",
                              err);

    *out = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, kind);
    stmt_bind_text(stmt, 3, name);
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = stmt_dup(stmt, 0, arena);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* An old mark that the other names have anyway comes back when that of this one is taken back, and
 * each has its own again when they are parted. */
static int mark_value(const char **value, struct store *store, struct arena *arena, int64_t work,
                      const char *name, const char *kind, struct error *err)
{
    char *others;
    int result;

    if (strcmp(kind, "read") != 0 && strcmp(kind, "star") != 0 && strcmp(kind, "priority") != 0)
        return ERR_OK;
    result = others_say(&others, store, arena, work, name, kind, err);
    if (result == ERR_OK && others && str_eq(others, *value))
        *value = NULL;
    return result;
}

static int say_named(struct store *store, struct arena *arena, int64_t work, const char *name,
                     const struct op *op, struct error *err)
{
    struct text_list names = { 0 };
    bool many = strcmp(op->kind, "tag") == 0 || strcmp(op->kind, "collection") == 0;
    bool others = op_is_note(op->kind) || (many && !op->value);
    size_t i;
    int result =
        others ? names_set(&names, arena, store, work, name, op->kind, op->field, err) : ERR_OK;

    for (i = 0; i < names.len && result == ERR_OK; i++)
        result = ops_say(store, op->kind, names.items[i], op->field, NULL, err);
    if (result == ERR_OK)
        result = ops_say(store, op->kind, name, op->field, op->value, err);
    return result == ERR_OK ? registers_work_kind(store, work, op->kind, err) : result;
}

int ops_say_work(struct store *store, int64_t work, const char *kind, const char *field,
                 const char *value, struct error *err)
{
    const struct op op = { .kind = kind, .field = field, .value = value };
    struct arena *arena = arena_new();
    char *name;
    int result = ops_name(&name, store, arena, work, err);

    if (result == ERR_OK)
        result = say_named(store, arena, work, name, &op, err);
    arena_free(arena);
    return result;
}

int ops_say_named(struct store *store, int64_t work, const char *name, const char *kind,
                  const char *field, const char *value, struct error *err)
{
    const struct op op = { .kind = kind, .field = field, .value = value };
    struct arena *arena = arena_new();
    int result = say_named(store, arena, work, name, &op, err);

    arena_free(arena);
    return result;
}

int ops_say_back(struct store *store, int64_t work, const char *kind, const char *field,
                 const char *value, struct error *err)
{
    struct op op = { .kind = kind, .field = field, .value = value };
    struct arena *arena = arena_new();
    char *name;
    int result = ops_name(&name, store, arena, work, err);

    if (result == ERR_OK)
        result = mark_value(&op.value, store, arena, work, name, kind, err);
    if (result == ERR_OK)
        result = say_named(store, arena, work, name, &op, err);
    arena_free(arena);
    return result;
}

/* What stands now, of all names; *names gets those that say something. */
static int edit_now(char **out, struct text_list *names, struct store *store, struct arena *arena,
                    int64_t work, const char *field, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT o.value, o.item FROM alias a CROSS JOIN op o ON o.item = "
                              "a.scheme || ':' || a.value JOIN machine m ON m.n = o.machine WHERE "
                              "a.work_id = ?1 AND o.kind = 'edit' AND o.field = ?2 AND o.value IS "
                              "NOT NULL ORDER BY o.stamp, m.id",
                              err);

    *out = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, field);
    while ((step = stmt_step(stmt, err)) == 1) {
        *out = stmt_dup(stmt, 0, arena);
        text_list_add(names, arena, stmt_text(stmt, 1), strlen(stmt_text(stmt, 1)));
    }
    stmt_reset(stmt);
    return step;
}

int ops_say_edit(struct store *store, int64_t work, const char *key, const char *field,
                 const char *value, struct error *err)
{
    struct arena *arena = arena_new();
    struct text_list names = { 0 };
    char *now;
    size_t i;
    int result = edit_now(&now, &names, store, arena, work, field, err);
    bool differs = result == ERR_OK && !str_eq(now, value);

    for (i = 0; i < names.len && differs && result == ERR_OK; i++)
        result = ops_say(store, "edit", names.items[i], field, NULL, err);
    if (differs && value && result == ERR_OK)
        result = ops_say(store, "edit", key, field, value, err);
    arena_free(arena);
    return result;
}
