/*
 * What registers amount to (carrel/ops.h): the rows of reading, work_tag, note, saved_query,
 * document_place, highlight and sample, computed anew whenever a register has changed or works have
 * been joined and parted. Times of rows are those of the operations, so that they are the same on
 * all machines.
 */
#include "ops_internal.h"

#include "carrel/str.h"

#include <string.h>

int registers_find(struct store *store, const char *item, int64_t *work, struct error *err)
{
    const char *colon = strchr(item, ':');
    struct stmt *stmt;
    int step, result = stmt_prepare(
                  &stmt, store, "SELECT work_id FROM alias WHERE scheme = ?1 AND value = ?2", err);

    *work = 0;
    if (result != ERR_OK || !colon)
        return result;
    stmt_bind_text_n(stmt, 1, item, (size_t)(colon - item));
    stmt_bind_text(stmt, 2, colon + 1);
    step = stmt_step(stmt, err);
    if (step == 1)
        *work = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

static int settle_query(struct store *store, const char *name, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT OR REPLACE INTO saved_query(id, name, query, position, created) SELECT (SELECT id "
        "FROM saved_query WHERE name = ?1), ?1, o.value, ifnull((SELECT value FROM op WHERE item = "
        "?1 AND kind = 'query' AND field = 'position'), 0), o.stamp >> 16 FROM op o WHERE o.item = "
        "?1 AND o.kind = 'query' AND o.field = '' AND o.value IS NOT NULL",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    result = stmt_run(stmt, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "DELETE FROM saved_query WHERE ?1 AND name = ?3 AND EXISTS (SELECT 1 "
                           "FROM op WHERE item = ?3 AND kind = 'query' AND field = '' AND value IS "
                           "NULL)",
                           1, 0, name, err);
    return result;
}

static int settle_place(struct store *store, const char *item, const char *mark, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT OR REPLACE INTO document_place(document, mark, start, stop, quote, prefix, suffix, "
        "changed) SELECT substr(item, 6), field, value ->> '$.start', value ->> '$.stop', value "
        "->> '$.quote', value ->> '$.prefix', value ->> '$.suffix', stamp >> 16 FROM op WHERE item "
        "= ?1 AND kind = 'place' AND field = ?2",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, item);
    stmt_bind_text(stmt, 2, mark);
    return stmt_run(stmt, err);
}

static int note_texts(struct note_text *out, struct store *store, const char *kind,
                      const char *item, const char *field, struct error *err)
{
    struct stmt *stmt;
    int step, result = register_rows(&stmt, store, kind, item, field, err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1)
        note_add(out, &(struct op){ .stamp = stmt_int(stmt, 1),
                                    .machine = stmt_text(stmt, 2),
                                    .value = stmt_is_null(stmt, 3) ? NULL : stmt_text(stmt, 3) });
    stmt_reset(stmt);
    return step;
}

int ops_note_texts(size_t *count, struct store *store, const char *kind, const char *item,
                   const char *field, struct error *err)
{
    struct note_text note = { .arena = arena_new() };
    struct str body = STR_INIT;
    int result = note_texts(&note, store, kind, item, field, err);

    *count = note_compose(&body, &note);
    str_free(&body);
    arena_free(note.arena);
    return result;
}

static int settle_highlight(struct store *store, const char *item, const char *uid,
                            struct error *err)
{
    struct note_text note = { .arena = arena_new() };
    struct str body = STR_INIT;
    struct stmt *stmt;
    int result = note_texts(&note, store, "hnote", item, uid, err);

    note_compose(&body, &note);
    if (result == ERR_OK)
        result = store_run(store, "DELETE FROM highlight WHERE ?1 AND uid = ?3", 1, 0, uid, err);
    if (result == ERR_OK)
        result = stmt_prepare(
            &stmt, store,
            "INSERT INTO highlight(uid, document, start, stop, quote, prefix, suffix, page, note, "
            "created, changed) SELECT field, substr(item, 6), value ->> '$.start', value ->> "
            "'$.stop', value ->> '$.quote', value ->> '$.prefix', value ->> '$.suffix', value ->> "
            "'$.page', ?3, value ->> '$.created', max(stamp >> 16, ?4) FROM op WHERE item = ?1 AND "
            "kind = 'highlight' AND field = ?2 AND value IS NOT NULL AND (?5 OR value ->> "
            "'$.gone' IS NULL)",
            err);
    if (result == ERR_OK) {
        stmt_bind_text(stmt, 1, item);
        stmt_bind_text(stmt, 2, uid);
        stmt_bind_text(stmt, 3, body.ptr);
        stmt_bind_int(stmt, 4, note.changed);
        stmt_bind_int(stmt, 5, body.len > 0);
        result = stmt_run(stmt, err);
    }
    str_free(&body);
    arena_free(note.arena);
    return result;
}

int registers_samples(struct store *store, int64_t work, const char *item, const char *field,
                      struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO sample(work_id, source, metric, item, day, value) SELECT ?1, source, "
        "substr(rest, 1, instr(rest, ' ') - 1), ?2, CAST(substr(rest, instr(rest, ' ') + 1) AS "
        "INTEGER), CAST(value AS REAL) FROM (SELECT substr(field, 1, instr(field, ' ') - 1) AS "
        "source, substr(field, instr(field, ' ') + 1) AS rest, value FROM op WHERE item = ?2 AND "
        "kind = 'sample' AND field = ifnull(?3, field) AND NOT (?2 LIKE 'repo:%' AND field LIKE "
        "'github%')) WHERE true ON CONFLICT DO UPDATE SET value "
        "= excluded.value WHERE value != excluded.value",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_text(stmt, 2, item);
    stmt_bind_text(stmt, 3, field);
    return stmt_run(stmt, err);
}

/* Of the repository that has the number which the host has given it; where it gives none, of the
 * one that is called so: a name may be another's by now. */
int registers_stars(struct store *store, const char *key, const char *field, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        "INSERT INTO repository_sample(repository_id, metric, day, value) SELECT r.id, "
        "substr(rest, 1, instr(rest, ' ') - 1), CAST(substr(rest, instr(rest, ' ') + 1) AS "
        "INTEGER), CAST(value AS REAL) FROM (SELECT CAST(substr(field, 8) AS INTEGER) AS number, "
        "substr(field, instr(field, ' ') + 1) AS rest, value FROM op WHERE item = 'repo:' || ?1 "
        "AND kind = 'sample' AND field = ifnull(?2, field) AND field LIKE 'github%') o JOIN "
        "repository r ON r.id = CASE o.number WHEN 0 THEN (SELECT repository_id FROM "
        "repository_alias WHERE key = ?1) ELSE (SELECT id FROM repository WHERE repository.number "
        "= o.number AND host = substr(?1, 1, instr(?1, '/') - 1)) END WHERE true ON CONFLICT DO "
        "UPDATE SET value = excluded.value WHERE value != excluded.value",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, key);
    stmt_bind_text(stmt, 2, field);
    return stmt_run(stmt, err);
}

int registers_settle(struct store *store, const char *kind, const char *item, const char *field,
                     struct error *err)
{
    int64_t work = 0;
    int result = ERR_OK;

    if (strcmp(kind, "query") == 0)
        return settle_query(store, item, err);
    if (strcmp(kind, "place") == 0)
        return settle_place(store, item, field, err);
    if (strcmp(kind, "highlight") == 0 || strcmp(kind, "hnote") == 0)
        return settle_highlight(store, item, field, err);
    if (strcmp(kind, "pair") == 0 || strcmp(kind, "edit") == 0 || strcmp(kind, "gone") == 0)
        return ERR_OK;
    if (strcmp(kind, "sample") == 0 && str_starts(item, "repo:"))
        result = registers_stars(store, item + 5, field, err);
    if (result == ERR_OK)
        result = registers_find(store, item, &work, err);
    if (result != ERR_OK || work == 0)
        return result;
    return strcmp(kind, "sample") == 0 ? registers_samples(store, work, item, field, err)
                                       : registers_work(store, work, err);
}

bool registers_of_work(const char *kind)
{
    static const char *const kinds[] = { "read", "star",     "tag",       "note",
                                         "seen", "priority", "collection" };
    size_t i;

    for (i = 0; i < ARRAY_LEN(kinds); i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}
