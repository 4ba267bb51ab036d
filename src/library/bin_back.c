/*
 * What comes back out of the bin: by the way on which records of other machines come, so that it is
 * what it would be had it never been away, with the numbers that it had. What a person has said of
 * a paper's fields (HAND) is made anew from the registers. None of it is news.
 */
#include "bin.h"

#include "carrel/alerts.h"
#include "carrel/log.h"
#include "carrel/ops.h"
#include "carrel/works.h"

#include <stdlib.h>
#include <string.h>

struct kept_record {
    int64_t id, fetched;
    struct kept_payload as;
    bool gone; /* it stays in the bin */
};

/* In the order in which they came: a withdrawal finds its paper. */
static int kept_records(struct kept_record **out, size_t *count, struct store *store,
                        struct arena *arena, int64_t work, struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT id, fetched, source, payload, hash FROM bin WHERE work "
                                    "= ?1 ORDER BY id",
                                    err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct kept_record record = { .id = stmt_int(stmt, 0),
                                      .fetched = stmt_int(stmt, 1),
                                      .as = { .source = stmt_dup(stmt, 2, arena),
                                              .hash = (uint64_t)stmt_int(stmt, 4) } };
        const void *bytes = stmt_blob(stmt, 3, &record.as.len);

        record.as.payload = arena_alloc(arena, record.as.len + 1);
        memcpy(record.as.payload, bytes, record.as.len);
        ARENA_PUSH(arena, *out, *count, cap, record);
    }
    stmt_reset(stmt);
    return step;
}

/* A record of the paper, on its way back. */
struct returning {
    struct writer *writer;
    struct preparer *preparer;
    struct arena *arena;
    int64_t work;  /* that it was of */
    int64_t added; /* when that came first */
    bool gone;     /* the work's number is free */
};

static int return_prepare(struct returning *r, struct prepared *out, struct kept_record *kept,
                          struct error *err)
{
    struct text_list names = { 0 };
    struct record record;
    const char *why = "it cannot be read";
    int64_t at = 0;
    int result = payload_unpack(&record, r->arena, kept->as.payload, kept->as.len, err);

    if (result != ERR_OK)
        return result;
    record_all_names(&names, r->arena, &record);
    result = bin_judge(&kept->gone, &at, r->writer->store, &names, err);
    if (result != ERR_OK || kept->gone)
        return result;
    if (!preparer_kept(r->preparer, out, &record, &kept->as, r->arena, &why))
        return error_set(err, ERR_CORRUPT, "record %lld in the bin: %s", (long long)kept->id, why);
    out->fetched = kept->fetched;
    return ERR_OK;
}

/* What hangs from the number of its work, if that is another one now. */
static int return_settle(struct returning *r, const struct prepared *prepared, int64_t record,
                         struct error *err)
{
    struct store *store = r->writer->store;
    int64_t work = 0, live = 0;
    int result = alias_work(store, &work, prepared->aliases.items[0], err);

    if (result != ERR_OK) /* a withdrawal of what is not here */
        return result == ERR_NOTFOUND ? ERR_OK : result;
    result = store_run(store, "UPDATE work SET added = min(added, ?2) WHERE id = ?1", work,
                       r->added, NULL, err);
    if (result == ERR_OK)
        result = registers_samples(store, work, prepared->record.id, NULL, err);
    if (result == ERR_OK)
        result = store_run(store,
                           "INSERT OR REPLACE INTO record_again(record_id) SELECT id FROM record "
                           "WHERE id = ?1",
                           record, 0, NULL, err);
    if (result != ERR_OK || work == r->work)
        return result;
    result = store_lookup(store, &live, "SELECT 1 FROM work WHERE id = ?1", NULL, r->work, 0, err);
    if (result != ERR_NOTFOUND)
        return result;
    result = store_run(store, "UPDATE merge SET work_id = ?1 WHERE work_id = ?2", work, r->work,
                       NULL, err);
    return result == ERR_OK ? alerts_merge(store, work, r->work, err) : result;
}

/* As when it comes from another machine: it is not added to what would be too much. It is told
 * once, however often its paper is settled. */
static void return_refuse(struct returning *r, struct kept_record *kept, const struct error *why)
{
    kept->gone = true;
    if (r->writer->refused != kept->id)
        log_write(LOG_WARN, "a record stays in the bin: %s", why->message);
    r->writer->refused = kept->id;
}

static int return_apply(struct returning *r, struct kept_record *kept,
                        const struct prepared *prepared, struct error *err)
{
    struct error why = { 0 };
    enum applied what;
    int result;

    r->writer->record_id = kept->id;
    r->writer->work_id = r->gone ? r->work : 0;
    result = writer_apply(r->writer, prepared, &what, &why);
    r->gone &= r->writer->work_id != 0;
    r->writer->record_id = r->writer->work_id = 0;
    if (result == ERR_LIMIT) { /* nothing was written of it */
        return_refuse(r, kept, &why);
        return ERR_OK;
    }
    if (result != ERR_OK && err)
        *err = why;
    return result;
}

static int return_record(struct returning *r, struct kept_record *kept, struct error *err)
{
    struct prepared prepared = { 0 };
    int result = return_prepare(r, &prepared, kept, err);

    if (result != ERR_OK || kept->gone)
        return result;
    result = return_apply(r, kept, &prepared, err);
    if (result == ERR_OK && !kept->gone)
        result =
            store_run(r->writer->store, "DELETE FROM bin WHERE id = ?1", kept->id, 0, NULL, err);
    if (result == ERR_OK && !kept->gone)
        result = return_settle(r, &prepared, kept->id, err);
    fts_document_free(&prepared.doc);
    return result;
}

/* ---- what stays, when a part came back ---- */

/* What the records that are back have said of the paper; or what those say that are not. */
static int rest_names(struct returning *r, const struct kept_record *kept, struct error *err)
{
    struct text_list names = { 0 };
    struct record record;
    size_t i;
    int result = payload_unpack(&record, r->arena, kept->as.payload, kept->as.len, err);

    if (result != ERR_OK)
        return result;
    record_all_names(&names, r->arena, &record);
    if (kept->gone)
        return bin_put_names(r->writer->store, &names, r->work, err);
    for (i = 0; i < names.len && result == ERR_OK; i++)
        result = store_run(r->writer->store, "DELETE FROM bin_name WHERE work = ?1 AND name = ?3",
                           r->work, 0, names.items[i], err);
    return result;
}

/* It is called by the first record that is left. */
static int rest_called(struct returning *r, const struct kept_record *kept, struct error *err)
{
    struct text_list names = { 0 };
    struct record record;
    int result = payload_unpack(&record, r->arena, kept->as.payload, kept->as.len, err);

    if (result != ERR_OK)
        return result;
    record_all_names(&names, r->arena, &record);
    result = store_run(r->writer->store, "UPDATE bin_work SET key = ?3 WHERE id = ?1", r->work, 0,
                       names.items[0], err);
    return result == ERR_OK && record.title && *record.title
               ? store_run(r->writer->store, "UPDATE bin_work SET title = ?3 WHERE id = ?1",
                           r->work, 0, record.title, err)
               : result;
}

/* The number is that of what is back; the rest is another paper. */
static int rest_number(struct returning *r, struct error *err)
{
    static const char *const sql[] = {
        "UPDATE bin SET work = ?2 WHERE work = ?1",
        "UPDATE bin_name SET work = ?2 WHERE work = ?1",
        "UPDATE bin_work SET id = ?2 WHERE id = ?1",
    };
    int64_t number;
    int result = bin_new_paper(&number, r->writer, err);

    return result == ERR_OK ? bin_run(r->writer->store, sql, ARRAY_LEN(sql), r->work, number, err)
                            : result;
}

static int return_rest(struct returning *r, const struct kept_record *kept, size_t count,
                       struct error *err)
{
    size_t i, first = 0;
    int result = ERR_OK, gone;

    while (first < count && !kept[first].gone)
        first++;
    if (first == count)
        return ERR_OK;
    for (gone = 0; gone < 2; gone++)
        for (i = 0; i < count && result == ERR_OK; i++)
            if (kept[i].gone == (gone != 0))
                result = rest_names(r, &kept[i], err);
    if (result == ERR_OK)
        result = rest_called(r, &kept[first], err);
    return result == ERR_OK && !r->gone ? rest_number(r, err) : result;
}

/* It merged when it first came, for the same reasons: that is noted already. */
static int forget_merges(struct store *store, int64_t mark, struct error *err)
{
    return store_run(store,
                     "DELETE FROM merge AS m WHERE id > ?1 AND EXISTS (SELECT 1 FROM merge o WHERE "
                     "o.work_id = m.work_id AND o.id <= ?1 AND o.undone IS NULL AND o.gone_key = "
                     "m.gone_key)",
                     mark, 0, NULL, err);
}

static int return_begin(struct returning *r, int64_t *merges, int64_t *events, struct error *err)
{
    struct store *store = r->writer->store;
    int64_t live = 0;
    int result = alerts_mark(store, events, err);

    if (result == ERR_OK)
        result = store_query_int(store, "SELECT ifnull(max(id), 0) FROM merge", merges, err);
    if (result == ERR_OK)
        result = store_lookup(store, &r->added, "SELECT added FROM bin_work WHERE id = ?1", NULL,
                              r->work, 0, err);
    if (result == ERR_OK || result == ERR_NOTFOUND)
        result =
            store_lookup(store, &live, "SELECT 1 FROM work WHERE id = ?1", NULL, r->work, 0, err);
    r->gone = result == ERR_NOTFOUND;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int return_end(struct returning *r, int64_t merges, int64_t events, struct error *err)
{
    static const char *const empty[] = {
        "DELETE FROM bin_name WHERE work = ?1 AND NOT EXISTS (SELECT 1 FROM bin WHERE work = ?1)",
        "DELETE FROM bin_work WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM bin WHERE work = ?1)",
    };
    struct store *store = r->writer->store;
    int result = bin_run(store, empty, ARRAY_LEN(empty), r->work, 0, err);

    if (result == ERR_OK)
        result = forget_merges(store, merges, err);
    if (result == ERR_OK)
        result = alerts_take_back(store, events, err);
    r->writer->looked = false;
    return result;
}

int bin_give_back(struct writer *writer, struct preparer *preparer, int64_t work, int64_t *back,
                  struct error *err)
{
    struct returning r = {
        .writer = writer, .preparer = preparer, .arena = arena_new(), .work = work
    };
    struct kept_record *kept;
    int64_t merges = 0, events = 0;
    size_t count, i;
    bool any = false;
    int result = kept_records(&kept, &count, writer->store, r.arena, work, err);

    if (result == ERR_OK)
        result = return_begin(&r, &merges, &events, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        result = return_record(&r, &kept[i], err);
        any |= !kept[i].gone;
    }
    if (result == ERR_OK && any)
        result = return_rest(&r, kept, count, err);
    if (result == ERR_OK && any)
        result = return_end(&r, merges, events, err);
    *back += any;
    arena_free(r.arena);
    return result;
}
