/*
 * Publishing segments: what an import collected, and what was left uncovered by others.
 *
 * A work is in segment_pending while the segments' word on it is void. Rows are signed by the
 * connection that wrote them: when a segment is published, its works leave the table unless another
 * connection has changed them since this one read them. Works above segments_to need no row; those
 * that a published segment passes over, because another import owns them, get one signed 0.
 */
#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/lengths.h"
#include "carrel/log.h"
#include "carrel/mem.h"

#include "segments_internal.h"

#include <stdlib.h>
#include <string.h>

#define PUBLISH_POSTINGS 2000000 /* about 18,000 abstracts, 50 MB while they are collected */
#define CATCH_UP_WORKS 16384     /* in one transaction */

struct segment_writer {
    struct store *store;
    struct postings_builder *builder;
    bool broken;    /* the cache cannot be written: no further attempts */
    bool published; /* since the last look at what can be merged */
};

struct segment_writer *segment_writer_new(struct store *store)
{
    struct segment_writer *writer = mem_zalloc(sizeof *writer);

    writer->store = store;
    writer->builder = postings_builder_new();
    return writer;
}

void segment_writer_free(struct segment_writer *writer)
{
    if (!writer)
        return;
    postings_builder_free(writer->builder);
    free(writer);
}

void segment_writer_add(struct segment_writer *writer, int64_t id, const struct fts_document *doc)
{
    struct lengths_entry length =
        lengths_saturate(doc->title_len, doc->authors_len, doc->abstract_len);

    if (!writer->broken)
        postings_builder_add(writer->builder, id, &length, doc->stems.ptr, doc->stems.len,
                             doc->counts);
}

void segment_writer_drop(struct segment_writer *writer, int64_t id)
{
    postings_builder_drop(writer->builder, id);
}

void segment_writer_reset(struct segment_writer *writer)
{
    postings_builder_clear(writer->builder);
}

/* ---- the list ---- */

int64_t segment_new_name(void)
{
    static _Thread_local uint64_t count;
    int64_t seed[3] = { clock_now_ms(), clock_ticks_us(), (int64_t)++count };

    return (int64_t)(hash64(seed, sizeof seed, (uint64_t)(uintptr_t)&count) >> 1);
}

int segment_touch(struct store *store, struct error *err)
{
    return store_exec(store,
                      "UPDATE meta SET value = (random() & 9223372036854775807) "
                      "WHERE key = 'segment_gen'",
                      err);
}

int segment_list(struct store *store, const struct postings_info *info, uint64_t hash,
                 const int64_t *dead, size_t dead_count, struct error *err)
{
    char *path = segment_path(store, info->name);
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO segment(name, docs, first_id, last_id, bytes, hash, "
                              "dead) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                              err);

    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, info->name);
        stmt_bind_int(stmt, 2, info->docs);
        stmt_bind_int(stmt, 3, info->first_id);
        stmt_bind_int(stmt, 4, info->last_id);
        stmt_bind_int(stmt, 5, file_size(path));
        stmt_bind_int(stmt, 6, (int64_t)hash);
        stmt_bind_blob(stmt, 7, dead ? (const void *)dead : "", dead_count * sizeof *dead);
        result = stmt_run(stmt, err);
    }
    free(path);
    return result;
}

static int compare_ids(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int segment_bury(struct store *store, int64_t row, const int64_t *ids, size_t count,
                 struct error *err)
{
    int64_t *dead = NULL;
    size_t had = 0, len, kept = 0, i;
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, "SELECT dead FROM segment WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, row);
    if (stmt_step(stmt, err) == 1) {
        const void *blob = stmt_blob(stmt, 0, &len);

        dead = segment_ids(blob, len, &had);
    }
    stmt_reset(stmt);
    dead = mem_realloc(dead, (had + count + 1) * sizeof *dead);
    memcpy(dead + had, ids, count * sizeof *ids);
    qsort(dead, had + count, sizeof *dead, compare_ids);
    for (i = 0; i < had + count; i++)
        if (kept == 0 || dead[kept - 1] != dead[i])
            dead[kept++] = dead[i];
    result = stmt_prepare(&stmt, store, "UPDATE segment SET dead = ?2 WHERE id = ?1", err);
    if (result == ERR_OK) {
        stmt_bind_int(stmt, 1, row);
        stmt_bind_blob(stmt, 2, dead, kept * sizeof *dead);
        result = stmt_run(stmt, err);
    }
    free(dead);
    return result;
}

struct id_list {
    int64_t *items;
    size_t len, cap;
};

static int read_ids(struct id_list *list, struct store *store, const char *sql, int64_t a,
                    int64_t b, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, a);
    stmt_bind_int(stmt, 2, b);
    while ((step = stmt_step(stmt, err)) == 1)
        VEC_PUSH(list->items, list->len, list->cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

/* In every segment: these count no longer (they are in a newer one, or nowhere). */
static int bury_everywhere(struct store *store, const int64_t *ids, size_t count, struct error *err)
{
    struct id_list rows = { 0 };
    size_t i;
    int result;

    if (count == 0)
        return ERR_OK;
    result = read_ids(&rows, store, "SELECT id FROM segment WHERE first_id <= ?2 AND last_id >= ?1",
                      ids[0], ids[count - 1], err);
    for (i = 0; i < rows.len && result == ERR_OK; i++)
        result = segment_bury(store, rows.items[i], ids, count, err);
    free(rows.items);
    return result;
}

static int run_id(struct store *store, const char *sql, int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    return stmt_run(stmt, err);
}

/* ---- publishing ---- */

/* Works that somebody else has changed are not ours to speak for. */
static int drop_foreign(struct segment_writer *writer, struct error *err)
{
    struct id_list foreign = { 0 };
    size_t i;
    int result = read_ids(&foreign, writer->store,
                          "SELECT work_id FROM segment_pending WHERE writer NOT IN (0, ?1) AND ?2",
                          writer->store->token, 1, err);

    for (i = 0; i < foreign.len; i++)
        postings_builder_drop(writer->builder, foreign.items[i]);
    free(foreign.items);
    return result;
}

/* Ids that are no work any more die in the segments. */
static int settle_gone(struct store *store, struct error *err)
{
    struct id_list gone = { 0 };
    size_t i;
    int result = read_ids(&gone, store,
                          "SELECT work_id FROM segment_pending WHERE NOT EXISTS (SELECT 1 FROM "
                          "work_length WHERE id = work_id) AND ?1 IS NOT ?2 ORDER BY 1",
                          0, 1, err);

    if (result == ERR_OK)
        result = bury_everywhere(store, gone.items, gone.len, err);
    for (i = 0; i < gone.len && result == ERR_OK; i++)
        result =
            run_id(store, "DELETE FROM segment_pending WHERE work_id = ?1", gone.items[i], err);
    if (result == ERR_OK && gone.len > 0)
        result = segment_touch(store, err);
    free(gone.items);
    return result;
}

/* Those covered now leave the table, as do those that are gone; those that were passed over enter
 * it. */
static int settle_pending(struct segment_writer *writer, const int64_t *ids, size_t count,
                          int64_t to, struct error *err)
{
    struct id_list pending = { 0 }, passed = { 0 };
    int64_t last = ids[count - 1];
    size_t i;
    int result = read_ids(&pending, writer->store,
                          "SELECT work_id FROM segment_pending WHERE ?1 IS NOT ?2", 0, 1, err);

    for (i = 0; i < pending.len && result == ERR_OK; i++)
        if (postings_builder_has(writer->builder, pending.items[i]))
            result = run_id(writer->store, "DELETE FROM segment_pending WHERE work_id = ?1",
                            pending.items[i], err);
    if (result == ERR_OK)
        result = settle_gone(writer->store, err);
    if (result == ERR_OK && last > to)
        result = read_ids(&passed, writer->store,
                          "SELECT id FROM work_length WHERE id > ?1 AND id <= ?2", to, last, err);
    for (i = 0; i < passed.len && result == ERR_OK; i++)
        if (!postings_builder_has(writer->builder, passed.items[i]))
            result = run_id(writer->store,
                            "INSERT OR IGNORE INTO segment_pending(work_id, writer) VALUES(?1, 0)",
                            passed.items[i], err);
    free(pending.items);
    free(passed.items);
    return result;
}

static int publish_list(struct segment_writer *writer, const struct postings_info *info,
                        uint64_t hash, struct error *err)
{
    struct store *store = writer->store;
    size_t count, known = 0;
    int64_t *ids = postings_builder_ids(writer->builder, &count), to = 0;
    int result =
        store_query_int(store, "SELECT value FROM meta WHERE key = 'segments_to'", &to, err);

    while (known < count && ids[known] <= to)
        known++;
    if (result == ERR_OK)
        result = bury_everywhere(store, ids, known, err);
    if (result == ERR_OK)
        result = settle_pending(writer, ids, count, to, err);
    if (result == ERR_OK)
        result = segment_list(store, info, hash, NULL, 0, err);
    if (result == ERR_OK && ids[count - 1] > to)
        result = run_id(store, "UPDATE meta SET value = ?1 WHERE key = 'segments_to'",
                        ids[count - 1], err);
    if (result == ERR_OK)
        result = segment_touch(store, err);
    free(ids);
    return result;
}

/* Bounds are made with the library's averages as far as they are known, and say so. */
static int publish_info(struct segment_writer *writer, struct postings_info *info,
                        struct error *err)
{
    const struct lengths *lengths;
    double averages[3];
    int result = store_query_int(writer->store, "SELECT value FROM meta WHERE key = 'library_id'",
                                 &info->library_id, err);

    if (result == ERR_OK)
        result = lengths_get(&lengths, writer->store, err);
    if (result != ERR_OK)
        return result;
    postings_builder_averages(writer->builder, averages);
    if (lengths->docs >= (int64_t)postings_builder_docs(writer->builder)) {
        averages[0] = lengths->avg_title;
        averages[1] = lengths->avg_abstract;
        averages[2] = lengths->avg_authors;
    }
    info->avg_title = averages[0];
    info->avg_abstract = averages[1];
    info->avg_authors = averages[2];
    info->name = segment_new_name();
    return ERR_OK;
}

static int publish(struct segment_writer *writer, struct error *err)
{
    struct postings_info info = { 0 };
    uint64_t hash;
    struct error why;
    char *path, *folder;
    int result = drop_foreign(writer, err);

    if (result != ERR_OK || postings_builder_docs(writer->builder) == 0)
        return result;
    result = publish_info(writer, &info, err);
    if (result != ERR_OK)
        return result;
    folder = path_join(writer->store->dir, "cache");
    path = segment_path(writer->store, info.name);
    if (folder_make(folder, &why) != ERR_OK
        || postings_builder_write(writer->builder, path, &info, &hash, &why) != ERR_OK) {
        log_write(LOG_WARN, "search stays slower for now: %s", why.message);
        writer->broken = true;
    } else {
        result = publish_list(writer, &info, hash, err);
        writer->published = true;
    }
    postings_builder_clear(writer->builder);
    free(folder);
    free(path);
    return result;
}

int segment_writer_flush(struct segment_writer *writer, struct error *err)
{
    if (writer->broken || postings_builder_size(writer->builder) < PUBLISH_POSTINGS)
        return ERR_OK;
    return publish(writer, err);
}

int segment_writer_tidy(struct segment_writer *writer, struct error *err)
{
    bool published = writer->published;

    writer->published = false;
    return published ? segments_merge(writer->store, NULL, NULL, err) : ERR_OK;
}

/* ---- catching up ---- */

/* Reads works that no segment covers and that are not collected yet. */
static int collect_uncovered(struct segment_writer *writer, bool *more, struct error *err)
{
    struct fts_preparer *preparer = fts_preparer_new();
    struct fts_document doc = { 0 };
    struct id_list ids = { 0 };
    size_t i, taken = 0;
    int64_t to = 0;
    int result = store_query_int(writer->store, "SELECT value FROM meta WHERE key = 'segments_to'",
                                 &to, err);

    *more = false;
    if (result == ERR_OK)
        result = read_ids(&ids, writer->store,
                          "SELECT work_id FROM segment_pending WHERE work_id <= ?1 AND work_id IN "
                          "(SELECT id FROM work_length) AND ?2 UNION SELECT id FROM work_length "
                          "WHERE id > ?1 ORDER BY 1",
                          to, 1, err);
    for (i = 0; i < ids.len && result == ERR_OK; i++) {
        struct stmt *stmt;

        if (postings_builder_has(writer->builder, ids.items[i]))
            continue;
        if (taken++ == CATCH_UP_WORKS) {
            *more = true;
            break;
        }
        result = stmt_prepare(&stmt, writer->store,
                              "SELECT title, abstract, authors FROM work_text WHERE id = ?1", err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(stmt, 1, ids.items[i]);
        result = stmt_step(stmt, err);
        if (result == 1) {
            fts_document_prepare(preparer, &doc, stmt_text(stmt, 0), stmt_text(stmt, 1),
                                 stmt_text(stmt, 2));
            segment_writer_add(writer, ids.items[i], &doc);
        }
        stmt_reset(stmt);
        result = result < 0 ? result : ERR_OK;
    }
    free(ids.items);
    fts_document_free(&doc);
    fts_preparer_free(preparer);
    return result;
}

/* What is read here is read under the write lock, so it is ours to speak for, whoever wrote it. */
static int catch_up(struct segment_writer *writer, bool *more, struct error *err)
{
    struct store *store = writer->store;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = drop_foreign(writer, err);
    if (result == ERR_OK)
        result = run_id(store, "UPDATE segment_pending SET writer = ?1", store->token, err);
    if (result == ERR_OK)
        result = collect_uncovered(writer, more, err);
    if (result == ERR_OK)
        result = postings_builder_docs(writer->builder) > 0 ? publish(writer, err)
                                                            : settle_gone(store, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    postings_builder_clear(writer->builder);
    store_rollback(store);
    return result;
}

/* The cache folder may be emptied at any time: what it held is made anew. */
static int forget_lost(struct store *store, struct error *err)
{
    const struct segment_set *set;
    int result = segments_get(&set, store, err);

    if (result != ERR_NOTFOUND || set->count == 0)
        return result == ERR_NOTFOUND ? ERR_OK : result;
    result = store_begin(store, err);
    if (result != ERR_OK)
        return result;
    result = segments_forget(store, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int segment_writer_finish(struct segment_writer *writer, bool (*stop)(void *ctx), void *ctx,
                          struct error *err)
{
    int64_t uncovered = 0;
    bool more = true;
    int result = forget_lost(writer->store, err);

    if (result == ERR_OK)
        result = segments_uncovered(writer->store, &uncovered, err);
    while (result == ERR_OK && uncovered >= SEGMENT_LEAST && more && !writer->broken
           && !(stop && stop(ctx)))
        result = catch_up(writer, &more, err);
    if (result == ERR_OK && !writer->broken)
        result = segments_merge(writer->store, stop, ctx, err);
    return result;
}
