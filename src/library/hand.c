/*
 * The record of what a person says of a work: put over all others when the work is composed,
 * written by edits (edit.c). There is one current one; those before it stay, as older ones of any
 * source do. An identifier is an alias for as long as the hand or another record of the work names
 * it.
 */
#include "internal.h"

#include "carrel/edit.h"
#include "carrel/ops.h"

#include <stdlib.h>
#include <string.h>

/* ---- in composing ---- */

void hand_fold(struct record *hand, const struct record *more, struct arena *arena)
{
    const struct edit_field *field;
    size_t i;

    for (i = 0; (field = edit_field_at(i)); i++)
        if (!*edit_value(hand, field, arena))
            edit_set(hand, field, edit_value(more, field, arena), arena, NULL);
}

void hand_over(struct record *out, const struct record *hand, struct arena *arena)
{
    const struct edit_field *field;
    size_t i;

    for (i = 0; (field = edit_field_at(i)); i++) {
        const char *value = edit_value(hand, field, arena);

        if (*value && strcmp(field->name, "arxiv") != 0) /* an alias, and no field of a work */
            edit_set(out, field, value, arena, NULL);
    }
}

/* ---- its record ---- */

int hand_read(struct record *out, struct store *store, struct arena *arena, int64_t work,
              struct error *err)
{
    struct stmt *stmt;
    int step;
    int result =
        stmt_prepare(&stmt, store,
                     "SELECT r.payload FROM record r JOIN work w ON w.id = r.work_id WHERE "
                     "r.work_id = ?1 AND r.current AND r.source = '" HAND "' "
                     "ORDER BY r.source_key != w.key, r.fetched DESC, r.id DESC",
                     err);

    *out = (struct record){ 0 };
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct record one;
        size_t len;
        const void *bytes = stmt_blob(stmt, 0, &len);

        step = payload_unpack(&one, arena, bytes, len, err);
        if (step != ERR_OK)
            break;
        hand_fold(out, &one, arena);
    }
    stmt_reset(stmt);
    return step;
}

/* False when it says nothing. */
static bool hand_speaks(const struct record *hand, struct arena *arena)
{
    const struct edit_field *field;
    size_t i;

    for (i = 0; (field = edit_field_at(i)); i++)
        if (*edit_value(hand, field, arena))
            return true;
    return false;
}

/* A name that the hand alone gives is noted as the hand's, though it came with what other machines
 * have said (regroup.c): other things are said of the work by it only if there is no other
 * (ops_name). */
static int hand_alias(struct writer *writer, struct arena *arena, int64_t work, int64_t record,
                      const char *id, struct error *err)
{
    bool named = false;
    int result = alias_insert(writer, work, record, id, err);

    if (result == ERR_OK)
        result = hand_named(&named, writer->store, arena, work, id, HAND, err);
    if (result != ERR_OK || named)
        return result;
    return store_run(writer->store,
                     "UPDATE alias SET record_id = ?2 WHERE work_id = ?1 AND scheme || ':' || "
                     "value = ?3",
                     work, record, id, err);
}

/* In the place of those that are there. */
static int hand_write(struct writer *writer, struct arena *arena, int64_t work, const char *key,
                      struct record *hand, struct error *err)
{
    struct prepared prepared = { 0 };
    struct str packed = STR_INIT;
    struct text_list names = { 0 };
    int64_t record = 0;
    size_t i;
    int result = store_run(writer->store,
                           "UPDATE record SET current = 0 WHERE work_id = ?1 AND ?2 = 0 AND "
                           "current AND source = ?3",
                           work, 0, HAND, err);

    if (result != ERR_OK || !hand_speaks(hand, arena))
        return result;
    hand->id = NULL;
    prepared.payload = payload_pack(&packed, &prepared.hash, &prepared.payload_len, hand, arena);
    prepared.record = *hand;
    prepared.record.id = arena_strdup(arena, key);
    prepared.record.source = HAND;
    result = record_insert(writer, work, &prepared, true, &record, err);
    record_names(&names, arena, hand);
    for (i = 0; i < names.len && result == ERR_OK; i++)
        result = hand_alias(writer, arena, work, record, names.items[i], err);
    str_free(&packed);
    return result;
}

/* ---- identifiers ---- */

static bool listed(const struct text_list *list, const char *text)
{
    size_t i;

    for (i = 0; i < list->len; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

/* Is it a name that records of the work give, but for those of one source? What a source has given
 * once stays a name (graph.c); of the hand the current record alone counts. */
int hand_named(bool *named, struct store *store, struct arena *arena, int64_t work, const char *id,
               const char *but, struct error *err)
{
    struct text_list names;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store,
        "SELECT payload FROM record WHERE work_id = ?1 AND (current OR source != '" HAND "') AND "
        "source != ?2",
        err);

    *named = false;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, but);
    while ((step = stmt_step(stmt, err)) == 1 && !*named) {
        struct record record;
        size_t len;
        const void *bytes = stmt_blob(stmt, 0, &len);

        step = payload_unpack(&record, arena, bytes, len, err);
        if (step != ERR_OK)
            break;
        names = (struct text_list){ 0 };
        record_names(&names, arena, &record);
        *named = listed(&names, id);
    }
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* The name of which the hand has said an identifier (or says it: what is no longer so has a row,
 * too), else what the work is called without it. */
static int name_without(char **name, struct store *store, struct arena *arena, int64_t work,
                        const char *id, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT o.item FROM alias a CROSS JOIN op o ON o.item = a.scheme || "
                              "':' || a.value JOIN machine m ON m.n = o.machine WHERE a.work_id = "
                              "?1 AND o.kind = 'edit' AND o.field = substr(?2, 1, instr(?2, ':') - "
                              "1) AND o.item != ?2 ORDER BY o.stamp DESC, m.id DESC LIMIT 1",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, id);
    step = stmt_step(stmt, err);
    if (step == 1)
        *name = stmt_dup(stmt, 0, arena);
    stmt_reset(stmt);
    return step < 0 ? step : step == 1 ? ERR_OK : ops_name(name, store, arena, work, err);
}

/* What was said of the work by that name, before it had one that lasts, is said by another. */
static int hand_drop_name(struct writer *writer, struct arena *arena, int64_t work, const char *id,
                          struct error *err)
{
    struct store *store = writer->store;
    char *name;
    int64_t owner = 0;
    int result = alias_work(store, &owner, id, err);

    if (result == ERR_NOTFOUND || (result == ERR_OK && owner != work))
        return ERR_OK;
    if (result == ERR_OK)
        result = store_run(store,
                           "DELETE FROM alias WHERE work_id = ?1 AND ?2 = 0 AND scheme || ':' || "
                           "value = ?3",
                           work, 0, id, err);
    if (result == ERR_OK)
        result = name_without(&name, store, arena, work, id, err);
    if (result == ERR_OK && strcmp(name, id) != 0)
        result = ops_rename(store, id, name, err);
    return result;
}

/* Identifiers that were said of one of its names, and of which others were said later of another.
 */
static int names_outdone(struct text_list *out, struct store *store, struct arena *arena,
                         int64_t work, const struct record *hand, struct error *err)
{
    struct text_list standing = { 0 };
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT DISTINCT b.scheme || ':' || b.value FROM alias a CROSS JOIN "
                              "op o ON o.item = a.scheme || ':' || a.value CROSS JOIN alias b ON "
                              "b.scheme = o.field AND b.value = o.value WHERE a.work_id = ?1 AND "
                              "o.kind = 'edit' AND o.field IN ('arxiv', 'doi') AND b.work_id = ?1",
                              err);

    if (result != ERR_OK)
        return result;
    record_names(&standing, arena, hand);
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1)
        if (!listed(&standing, stmt_text(stmt, 0)))
            text_list_add(out, arena, stmt_text(stmt, 0), strlen(stmt_text(stmt, 0)));
    stmt_reset(stmt);
    return step;
}

/* They are no names of it, unless a source says so, too: on whichever machine they ever were. */
static int hand_drop_outdone(struct writer *writer, struct arena *arena, int64_t work,
                             const struct record *hand, bool *any, struct error *err)
{
    struct text_list names = { 0 };
    bool named;
    size_t i;
    int result = names_outdone(&names, writer->store, arena, work, hand, err);

    for (i = 0; i < names.len && result == ERR_OK; i++) {
        result = hand_named(&named, writer->store, arena, work, names.items[i], HAND, err);
        if (result == ERR_OK && !named) {
            *any = true;
            result = hand_drop_name(writer, arena, work, names.items[i], err);
        }
    }
    return result;
}

/* What the hand has said and says no more. */
static int hand_drop_names(struct writer *writer, struct arena *arena, int64_t work,
                           const struct record *before, struct error *err)
{
    struct text_list names = { 0 };
    bool named;
    size_t i;
    int result = ERR_OK;

    record_names(&names, arena, before);
    for (i = 0; i < names.len && result == ERR_OK; i++) {
        result = hand_named(&named, writer->store, arena, work, names.items[i], "", err);
        if (result == ERR_OK && !named)
            result = hand_drop_name(writer, arena, work, names.items[i], err);
    }
    return result;
}

/* ---- what machines say ---- */

int hand_say(struct writer *writer, struct arena *arena, int64_t work, const char *key,
             const struct record *before, const struct record *hand, struct error *err)
{
    const struct edit_field *field;
    size_t i;
    int result = ERR_OK;

    for (i = 0; (field = edit_field_at(i)) && result == ERR_OK; i++) {
        const char *value = edit_value(hand, field, arena);

        if (*value || *edit_value(before, field, arena))
            result =
                ops_say_edit(writer->store, work, key, field->name, *value ? value : NULL, err);
    }
    return result;
}

/* Of each field the latest that was said of any name of the work; *item the name of the last. */
static int hand_heard(struct record *out, char **item, struct store *store, struct arena *arena,
                      int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, store,
                              "SELECT o.field, o.value, o.item FROM alias a CROSS JOIN op o ON "
                              "o.item = a.scheme || ':' || a.value JOIN machine m ON m.n = "
                              "o.machine WHERE a.work_id = ?1 AND o.kind = 'edit' "
                              "ORDER BY o.stamp, m.id",
                              err);

    *out = (struct record){ 0 };
    *item = NULL;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        const struct edit_field *field = edit_field_find(stmt_text(stmt, 0));

        *item = stmt_dup(stmt, 2, arena);
        if (field && !stmt_is_null(stmt, 1)) /* a value that is none here says nothing */
            edit_set(out, field, stmt_text(stmt, 1), arena, NULL);
    }
    stmt_reset(stmt);
    return step;
}

/* Identifiers that are another work's are not said of this one. */
static int hand_without_others(struct record *hand, struct store *store, struct arena *arena,
                               int64_t work, struct error *err)
{
    const struct edit_field *field;
    size_t i;
    int result = ERR_OK;

    for (i = 0; (field = edit_field_at(i)) && result == ERR_OK; i++) {
        const char *value = field->scheme ? edit_value(hand, field, arena) : "";
        int64_t owner = work;

        if (!*value)
            continue;
        result = alias_work(store, &owner, arena_printf(arena, "%s:%s", field->scheme, value), err);
        if (result == ERR_OK && owner != work)
            result = edit_set(hand, field, "", arena, err);
        result = result == ERR_NOTFOUND ? ERR_OK : result;
    }
    return result;
}

static bool hand_same(const struct record *a, const struct record *b, struct arena *arena)
{
    const struct edit_field *field;
    size_t i;

    for (i = 0; (field = edit_field_at(i)); i++)
        if (strcmp(edit_value(a, field, arena), edit_value(b, field, arena)) != 0)
            return false;
    return true;
}

int hand_refresh(struct writer *writer, int64_t work, struct error *err)
{
    struct arena *arena = arena_new();
    struct record before, hand;
    bool outdone = false;
    char *item;
    int result = hand_heard(&hand, &item, writer->store, arena, work, err);

    if (result != ERR_OK || !item)
        goto out;
    result = hand_without_others(&hand, writer->store, arena, work, err);
    if (result == ERR_OK)
        result = hand_read(&before, writer->store, arena, work, err);
    if (result == ERR_OK)
        result = hand_drop_outdone(writer, arena, work, &hand, &outdone, err);
    if (result != ERR_OK || (hand_same(&before, &hand, arena) && !outdone))
        goto out;
    if (!hand_same(&before, &hand, arena)) {
        result = hand_write(writer, arena, work, item, &hand, err);
        if (result == ERR_OK)
            result = hand_drop_names(writer, arena, work, &before, err);
    }
    if (result == ERR_OK)
        result = compose_again(writer, work, err);
    if (result == ERR_OK)
        result = registers_work(writer->store, work, err);
out:
    arena_free(arena);
    return result;
}
