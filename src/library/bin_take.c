/*
 * Works into the bin: as a whole, with all that is derived from their records. What was said of one
 * stays in registers, alerts and merges stay under its number.
 */
#include "bin.h"

#include "carrel/ops.h"

int bin_run(struct store *store, const char *const *sql, size_t count, int64_t work, int64_t other,
            struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        result = store_run(store, sql[i], work, other, NULL, err);
    return result;
}

/* What its record has left under names: claims on those of other works, and names that have become
 * another work's. */
static int leave_names(struct store *store, int64_t record, const struct text_list *names,
                       struct error *err)
{
    static const char *const sql[] = {
        "DELETE FROM claim WHERE name = ?3 AND record_id = ?1",
        "UPDATE alias SET record_id = NULL WHERE scheme = substr(?3, 1, instr(?3, ':') - 1) AND "
        "value = substr(?3, instr(?3, ':') + 1) AND record_id = ?1",
    };
    size_t i, k;
    int result = ERR_OK;

    for (i = 0; i < names->len; i++)
        for (k = 0; k < ARRAY_LEN(sql) && result == ERR_OK; k++)
            result = store_run(store, sql[k], record, 0, names->items[i], err);
    return result;
}

/* One of its records: the hand's goes with the others. */
static int take_record(struct store *store, int64_t work, int64_t id, bool hand,
                       const struct text_list *names, bool *part, struct error *err)
{
    int64_t at;
    bool gone = true;
    int result = leave_names(store, id, names, err);

    if (result == ERR_OK && !hand)
        result = bin_put_names(store, names, work, err);
    if (result == ERR_OK && !hand)
        result = bin_judge(&gone, &at, store, names, err);
    *part |= !gone;
    return result;
}

/* Names of all its records, of the hand's too. */
static int take_names(struct store *store, int64_t work, bool *part, struct error *err)
{
    struct arena *arena = arena_new();
    struct stmt *stmt;
    int step = 0, result = stmt_prepare(&stmt, store,
                                        "SELECT id, payload, source = '" HAND
                                        "' FROM record WHERE work_id = ?1",
                                        err);

    if (result == ERR_OK)
        stmt_bind_int(stmt, 1, work);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        struct text_list names = { 0 };
        struct record record;
        size_t len;
        const void *bytes = stmt_blob(stmt, 1, &len);
        bool hand = stmt_int(stmt, 2) != 0;

        result = payload_unpack(&record, arena, bytes, len, err);
        if (result != ERR_OK)
            break;
        (hand ? record_names : record_all_names)(&names, arena, &record);
        result = take_record(store, work, stmt_int(stmt, 0), hand, &names, part, err);
    }
    result = result == ERR_OK && step < 0 ? step : result;
    stmt_reset(stmt);
    arena_free(arena);
    return result;
}

static const char into_work[] =
    "INSERT INTO bin_work(id, key, title, added, at) SELECT w.id, w.key, t.title, w.added, ?2 "
    "FROM work w JOIN work_text t ON t.id = w.id WHERE w.id = ?1 ON CONFLICT(id) DO UPDATE SET "
    "key = excluded.key, title = excluded.title, at = excluded.at, added = min(added, "
    "excluded.added)";
static const char into_records[] =
    "INSERT INTO bin(id, work, source, source_key, version, fetched, hash, payload) SELECT id, "
    "work_id, source, source_key, version, fetched, hash, payload FROM record WHERE work_id = "
    "?1 AND source != '" HAND "'";
static const char into_names[] =
    "INSERT OR IGNORE INTO bin_name(name, work, own) SELECT scheme || ':' || value, work_id, 0 "
    "FROM alias WHERE work_id = ?1";
static const char out_top[] =
    "UPDATE meta SET value = max(value, (SELECT max(id) FROM record WHERE work_id = ?1)) WHERE "
    "key = 'record_top'";
static const char *const work_into[] = { into_work, into_records, into_names,
                                         "DELETE FROM alias WHERE work_id = ?1" };
static const char *const work_out[] = {
    "DELETE FROM sample WHERE work_id = ?1",
    "DELETE FROM cited_key WHERE record_id IN (SELECT id FROM record WHERE work_id = ?1)",
    out_top,
    "UPDATE meta SET value = max(value, ?1) WHERE key = 'work_top'",
    "DELETE FROM record WHERE work_id = ?1",
};

int bin_take_work(struct writer *writer, int64_t work, int64_t at, bool *part, struct error *err)
{
    struct store *store = writer->store;
    int result = bin_run(store, work_into, ARRAY_LEN(work_into), work, at, err);

    if (result == ERR_OK)
        result = take_names(store, work, part, err);
    if (result == ERR_OK)
        result = bin_run(store, work_out, ARRAY_LEN(work_out), work, 0, err);
    if (result == ERR_OK)
        result = registers_work(store, work, err); /* it has no name any more: nothing */
    if (result == ERR_OK)
        result = compose_remove(writer, work, err);
    writer->gone = true;
    writer->looked = false;
    return result;
}
