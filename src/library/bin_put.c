/*
 * Records of removed papers that come all the same, from a source, a file or another machine: they
 * go straight into the bin, beside what it has of the paper.
 */
#include "bin.h"

static int put_name(struct store *store, const char *name, int64_t work, bool own,
                    struct error *err)
{
    return store_run(store,
                     "INSERT INTO bin_name(name, work, own) VALUES(?3, ?1, ?2) ON CONFLICT DO "
                     "UPDATE SET own = max(own, excluded.own)",
                     work, own, name, err);
}

int bin_put_names(struct store *store, const struct text_list *names, int64_t work,
                  struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < names->len && result == ERR_OK; i++)
        result = put_name(store, names->items[i], work, i == 0, err);
    return result;
}

/* The number of a record that goes straight into the bin: none after it has that. */
static int new_number(int64_t *number, struct writer *writer, const char *last, const char *key,
                      struct error *err)
{
    int result = store_query_int(writer->store, last, number, err);

    ++*number;
    return result == ERR_OK
               ? store_run(writer->store, "UPDATE meta SET value = ?1 WHERE key = ?3 AND ?2",
                           *number, 1, key, err)
               : result;
}

int bin_new_paper(int64_t *paper, struct writer *writer, struct error *err)
{
    return new_number(paper, writer,
                      "SELECT max(ifnull((SELECT max(id) FROM work), 0), (SELECT value FROM meta "
                      "WHERE key = 'work_top'))",
                      "work_top", err);
}

/* The paper in the bin that has one of its names, or a new one. */
static int paper_of(int64_t *paper, struct writer *writer, const struct prepared *prepared,
                    int64_t at, struct error *err)
{
    struct stmt *stmt;
    bool own;
    size_t i;
    int result = ERR_NOTFOUND;

    for (i = 0; i < prepared->aliases.len && result == ERR_NOTFOUND; i++)
        result = bin_find(writer->store, paper, &own, prepared->aliases.items[i], err);
    if (result != ERR_NOTFOUND)
        return result;
    result = bin_new_paper(paper, writer, err);
    if (result == ERR_OK)
        result = stmt_prepare(&stmt, writer->store,
                              "INSERT INTO bin_work(id, key, title, added, at) VALUES(?1, ?2, ?3, "
                              "?4, ?5)",
                              err);
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, *paper);
    stmt_bind_text(stmt, 2, prepared->key);
    stmt_bind_text(stmt, 3, prepared->record.title);
    stmt_bind_int(stmt, 4, writer->now);
    stmt_bind_int(stmt, 5, at);
    return stmt_run(stmt, err);
}

/* The same words again are no new record, but later. */
static int put_again(bool *there, struct writer *writer, const struct prepared *prepared,
                     int64_t fetched, struct error *err)
{
    struct stmt *stmt;
    int step,
        result = stmt_prepare(&stmt, writer->store,
                              "UPDATE bin SET fetched = max(fetched, ?4) WHERE source_key = ?1 AND "
                              "source = ?2 AND hash = ?3 RETURNING id",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, prepared->record.id);
    stmt_bind_text(stmt, 2, prepared->record.source ? prepared->record.source : "jsonl");
    stmt_bind_int(stmt, 3, (int64_t)prepared->hash);
    stmt_bind_int(stmt, 4, fetched);
    while ((step = stmt_step(stmt, err)) == 1)
        *there = true;
    stmt_reset(stmt);
    return step;
}

static int put_row(struct writer *writer, const struct prepared *prepared, int64_t id,
                   int64_t paper, int64_t fetched, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store,
                              "INSERT INTO bin(id, work, source, source_key, version, fetched, "
                              "hash, payload) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, paper);
    stmt_bind_text(stmt, 3, prepared->record.source ? prepared->record.source : "jsonl");
    stmt_bind_text(stmt, 4, prepared->record.id);
    stmt_bind_int(stmt, 5, prepared->record.version);
    stmt_bind_int(stmt, 6, fetched);
    stmt_bind_int(stmt, 7, (int64_t)prepared->hash);
    stmt_bind_blob(stmt, 8, prepared->payload, prepared->payload_len);
    return stmt_run(stmt, err);
}

int bin_put(struct writer *writer, const struct prepared *prepared, int64_t at, struct error *err)
{
    int64_t fetched = prepared->fetched ? prepared->fetched : writer->now, id = 0, paper = 0;
    bool there = false;
    int result = put_again(&there, writer, prepared, fetched, err);

    if (result != ERR_OK || there)
        return result;
    result = paper_of(&paper, writer, prepared, at, err);
    if (result == ERR_OK)
        result = new_number(&id, writer, BIN_LAST_RECORD, "record_top", err);
    if (result == ERR_OK)
        result = put_row(writer, prepared, id, paper, fetched, err);
    if (result == ERR_OK)
        result = bin_put_names(writer->store, &prepared->aliases, paper, err);
    return result == ERR_OK ? bin_look(writer, err) : result;
}
