/*
 * Works out of records: made, composed again and removed, with everything that is derived from them
 * (texts, index, vectors, lists, lengths).
 *
 * Nothing is edited in place: whenever the set of current records changes, the work is composed
 * again, and only what differs is written. What the records together say is in compose_merge.c.
 */
#include "internal.h"

#include "carrel/credit.h"
#include "carrel/text.h"
#include "carrel/works.h"

#include <stdio.h>
#include <string.h>

int compose_flags(const struct record *record)
{
    return (record->code_urls.len > 0 ? WORK_HAS_CODE : 0) | (record->doi ? WORK_HAS_DOI : 0)
           | (record_is_withdrawn(record) ? WORK_WITHDRAWN : 0)
           | (record->pdf_url ? WORK_HAS_PDF : 0) | (cited_of_body(record) ? WORK_OF_BODY : 0)
           | (int)credits_bits(&record->credits) << WORK_CREDIT_SHIFT;
}

static int compose_text_row(struct writer *writer, const char *sql, int64_t id,
                            const struct record *record, const char *authors, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_text(stmt, 2, record->title);
    stmt_bind_text(stmt, 3, record->abstract ? record->abstract : "");
    stmt_bind_text(stmt, 4, authors);
    stmt_bind_text(stmt, 5, record->published);
    stmt_bind_text(stmt, 6, record->updated);
    stmt_bind_text(stmt, 7, record->doi);
    stmt_bind_text(stmt, 8, record->venue);
    stmt_bind_text(stmt, 9, record->comment);
    stmt_bind_text(stmt, 10, record->url);
    stmt_bind_text(stmt, 11, record->pdf_url);
    stmt_bind_text(stmt, 12, record->license);
    return stmt_run(stmt, err);
}

/* What preparing has embedded already. */
static int compose_vectors(struct writer *writer, int64_t id, const struct prepared *prepared,
                           struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(prepared->vectors) && result == ERR_OK; i++)
        if (prepared->vectors[i].of)
            result = vectors_writer_put(writer->vectors, prepared->vectors[i].of, id,
                                        prepared->vectors[i].numbers, err);
    return result;
}

static int compose_index(struct writer *writer, int64_t id, const struct fts_document *doc,
                         struct error *err)
{
    int result = fts_queue_insert(writer->index, writer->store, id, doc, err);

    if (result != ERR_OK)
        return result;
    vocabulary_add(writer->vocabulary, doc, 1);
    if (writer->segments)
        segment_writer_add(writer->segments, id, doc);
    return lengths_writer_set(writer->lengths, id, doc->title_len, doc->authors_len,
                              doc->abstract_len, err);
}

int compose_new(struct writer *writer, int64_t *id, const struct prepared *prepared,
                struct error *err)
{
    int64_t primary = 0, number;
    struct stmt *stmt;
    int result = number_take(&number, writer, &writer->work_id, &writer->work_next, err);

    if (result != ERR_OK)
        return result;
    result =
        stmt_prepare(&stmt, writer->store,
                     "INSERT INTO work(id, key, day, day_last, added, changed, title_hash, flags) "
                     "VALUES(nullif(?7, 0), ?1, ?2, ?3, ?4, ?4, ?5, ?6)",
                     err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, prepared->key);
    stmt_bind_int(stmt, 2, prepared->day);
    stmt_bind_int(stmt, 3, prepared->day_last);
    stmt_bind_int(stmt, 4, writer->now);
    stmt_bind_int(stmt, 5, (int64_t)prepared->title_hash);
    stmt_bind_int(stmt, 6, compose_flags(&prepared->record));
    stmt_bind_int(stmt, 7, number);
    result = stmt_run(stmt, err);
    if (result != ERR_OK)
        return result;
    *id = store_last_id(writer->store);
    result = compose_text_row(
        writer,
        "INSERT INTO work_text(id, title, abstract, authors, published, updated, doi, venue, "
        "comment, url, pdf_url, license) "
        "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        *id, &prepared->record, prepared->authors, err);
    if (result == ERR_OK)
        result = compose_index(writer, *id, &prepared->doc, err);
    if (result == ERR_OK)
        result = compose_vectors(writer, *id, prepared, err);
    if (result == ERR_OK)
        result = compose_lists(writer, *id, prepared->day, &prepared->record, &primary, err);
    if (result == ERR_OK && primary)
        result = store_run(writer->store, "UPDATE work SET primary_category = ?2 WHERE id = ?1",
                           *id, primary, NULL, err);
    writer->works_change++;
    return result;
}

int compose_empty(struct writer *writer, int64_t *id, struct error *err)
{
    char nothing[] = "", key[32];
    struct prepared prepared = { .key = key, .authors = nothing };
    int64_t last = 0;
    int result = store_query_int(writer->store, "SELECT ifnull(max(id), 0) FROM work", &last, err);

    if (result != ERR_OK)
        return result;
    snprintf(key, sizeof key, "split:new-%lld", (long long)last);
    prepared.record.title = nothing;
    fts_document_prepare(writer->preparer, &prepared.doc, "", "", "");
    result = compose_new(writer, id, &prepared, err);
    fts_document_free(&prepared.doc);
    return result;
}

/* ---- composing again ---- */

/* Takes the present texts of a work out of the index. */
static int compose_unindex(struct writer *writer, int64_t work, struct error *err)
{
    struct fts_document doc = { 0 };
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store,
                              "SELECT title, abstract, authors FROM work_text WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_step(stmt, err);
    if (result == 1) {
        fts_document_prepare(writer->preparer, &doc, stmt_text(stmt, 0), stmt_text(stmt, 1),
                             stmt_text(stmt, 2));
        stmt_reset(stmt);
        result = fts_queue_delete(writer->index, writer->store, work, &doc, err);
        vocabulary_add(writer->vocabulary, &doc, -1);
        if (writer->segments)
            segment_writer_drop(writer->segments, work);
    }
    stmt_reset(stmt);
    fts_document_free(&doc);
    return result;
}

static bool compose_texts_differ(struct writer *writer, int64_t work, const struct record *record,
                                 const char *authors)
{
    struct stmt *stmt;
    bool differ = true;

    if (stmt_prepare(&stmt, writer->store,
                     "SELECT title, abstract, authors FROM work_text WHERE id = ?1", NULL)
        != ERR_OK)
        return true;
    stmt_bind_int(stmt, 1, work);
    if (stmt_step(stmt, NULL) == 1)
        differ = strcmp(stmt_text(stmt, 0), record->title) != 0
                 || strcmp(stmt_text(stmt, 1), record->abstract ? record->abstract : "") != 0
                 || strcmp(stmt_text(stmt, 2), authors) != 0;
    stmt_reset(stmt);
    return differ;
}

/* The name of a work: of its aliases the one whose scheme comes first. */
static int compose_key(struct writer *writer, int64_t work, struct error *err)
{
    return store_run(
        writer->store,
        "UPDATE OR IGNORE work SET key = (SELECT scheme || ':' || value FROM alias "
        "WHERE work_id = ?1 "
        "ORDER BY CASE scheme WHEN 'arxiv' THEN 1 WHEN 'doi' THEN 2 WHEN 'hf' THEN 3 "
        "WHEN 'repo' THEN 4 "
        "WHEN 'file' THEN 5 WHEN 'openreview' THEN 6 WHEN 'pwc' THEN 7 WHEN 'oai' THEN "
        "8 WHEN 'url' THEN 9 "
        "ELSE 10 END, value LIMIT 1) "
        "WHERE id = ?1 AND EXISTS (SELECT 1 FROM alias WHERE work_id = ?1)",
        work, 0, NULL, err);
}

static int compose_work_row(struct writer *writer, int64_t work, const struct record *record,
                            int64_t primary, int32_t day, int32_t day_last, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, writer->store,
        "UPDATE work SET day = ?2, day_last = ?3, changed = ?4, title_hash = ?5, flags = ?6, "
        "primary_category = ?7 WHERE id = ?1",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    stmt_bind_int(stmt, 2, day);
    stmt_bind_int(stmt, 3, day_last);
    stmt_bind_int(stmt, 4, writer->now);
    stmt_bind_int(stmt, 5, (int64_t)text_key_hash(record->title));
    stmt_bind_int(stmt, 6, compose_flags(record));
    stmt_bind_int(stmt, 7, primary);
    return stmt_run(stmt, err);
}

int compose_again(struct writer *writer, int64_t work, struct error *err)
{
    struct arena *arena = arena_new();
    struct record record;
    int32_t day = 0, day_last = 0;
    int64_t primary = 0;
    char *authors;
    int result = compose_key(writer, work, err); /* it decides whose words stand */

    if (result == ERR_OK)
        result = compose_merge(writer->store, arena, work, &record, err);
    if (result != ERR_OK)
        goto out;
    if (record.published && !published_days(record.published, &day, &day_last))
        day = day_last = 0;
    authors = authors_text(&record.authors, arena);
    if (compose_texts_differ(writer, work, &record, authors)) {
        struct fts_document doc = { 0 };

        result = compose_unindex(writer, work, err);
        fts_document_prepare(writer->preparer, &doc, record.title, record.abstract, authors);
        if (result == ERR_OK)
            result = compose_index(writer, work, &doc, err);
        if (result == ERR_OK)
            result = embedders_write(writer, work, &doc, err);
        fts_document_free(&doc);
    }
    if (result == ERR_OK)
        result = compose_text_row(
            writer,
            "UPDATE work_text SET title = ?2, abstract = ?3, authors = ?4, published = ?5, "
            "updated = ?6, doi = ?7, venue = ?8, comment = ?9, url = ?10, pdf_url = ?11, "
            "license = ?12 WHERE id = ?1",
            work, &record, authors, err);
    if (result == ERR_OK)
        result = compose_clear_lists(writer, work, err);
    if (result == ERR_OK)
        result = compose_lists(writer, work, day, &record, &primary, err);
    if (result == ERR_OK)
        result = compose_work_row(writer, work, &record, primary, day, day_last, err);
    if (result == ERR_OK)
        result = compose_claims(writer, work, err);
    if (result == ERR_OK)
        result = editions_keep(writer->store, work, err);
out:
    arena_free(arena);
    return result;
}

int compose_remove(struct writer *writer, int64_t work, struct error *err)
{
    int result = compose_unindex(writer, work, err);

    if (result == ERR_OK)
        result = lengths_writer_remove(writer->lengths, work, err);
    if (result == ERR_OK)
        result = vectors_writer_remove(writer->vectors, work, err);
    if (result == ERR_OK)
        result = compose_clear_lists(writer, work, err);
    if (result == ERR_OK)
        result = store_run(writer->store, "DELETE FROM work_version WHERE work_id = ?1", work, 0,
                           NULL, err);
    if (result == ERR_OK)
        result =
            store_run(writer->store, "DELETE FROM work_text WHERE id = ?1", work, 0, NULL, err);
    if (result == ERR_OK)
        result = store_run(writer->store, "DELETE FROM work WHERE id = ?1", work, 0, NULL, err);
    writer->works_change--;
    return result;
}
