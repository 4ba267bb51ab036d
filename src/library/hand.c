/*
 * The record of what a person says of a work: put over all others when the work is composed,
 * written by edits (edit.c). There is one current one; those before it stay, as older ones of any
 * source do. An identifier is an alias for as long as the hand or another record of the work names
 * it.
 */
#include "internal.h"

#include "carrel/edit.h"

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

/* In the place of those that are there. */
int hand_write(struct writer *writer, struct arena *arena, int64_t work, const char *key,
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
        result = alias_insert(writer, work, record, names.items[i], err);
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

/* Is it a name that the current records of the work give, but for those of one source? */
int hand_named(bool *named, struct store *store, struct arena *arena, int64_t work, const char *id,
               const char *but, struct error *err)
{
    struct text_list names;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(
        &stmt, store, "SELECT payload FROM record WHERE work_id = ?1 AND current AND source != ?2",
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

/* What the hand has said and says no more. */
int hand_drop_names(struct writer *writer, struct arena *arena, int64_t work,
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
            result = store_run(writer->store,
                               "DELETE FROM alias WHERE work_id = ?1 AND ?2 = 0 AND "
                               "scheme || ':' || value = ?3",
                               work, 0, names.items[i], err);
    }
    return result;
}

/* ---- behind a split ---- */

int hand_settle(struct writer *writer, int64_t work, struct error *err)
{
    struct arena *arena = arena_new();
    const struct edit_field *field;
    struct record hand;
    char *key = NULL;
    bool gone = false;
    size_t i;
    int result = hand_read(&hand, writer->store, arena, work, err);

    for (i = 0; (field = edit_field_at(i)) && result == ERR_OK; i++) {
        const char *value = field->scheme ? edit_value(&hand, field, arena) : "";
        int64_t to = work;

        if (!*value)
            continue;
        result =
            alias_work(writer->store, &to, arena_printf(arena, "%s:%s", field->scheme, value), err);
        if (result == ERR_NOTFOUND)
            result = ERR_OK;
        else if (result == ERR_OK && to != work) {
            gone = true;
            result = edit_set(&hand, field, "", arena, err);
        }
    }
    if (result == ERR_OK && gone)
        result = work_key(writer->store, work, &key, err);
    if (result == ERR_OK && gone)
        result = hand_write(writer, arena, work, key, &hand, err);
    free(key);
    arena_free(arena);
    return result;
}
