/*
 * Which records are in the bin (carrel/bin.h), and settling it when something was said: of works
 * that are here, and of papers in the bin.
 */
#include "bin.h"

#include <stdlib.h>
#include <string.h>

int bin_judge(bool *gone, int64_t *at, struct store *store, const struct text_list *names,
              struct error *err)
{
    enum bin_word word = BIN_UNSAID;
    int64_t when = 0;
    size_t i;
    int result = ERR_OK;

    *gone = false;
    for (i = 0; i < names->len && result == ERR_OK; i++) {
        result = bin_word(store, &word, &when, names->items[i], err);
        if (word == BIN_GONE && (!*gone || when > *at)) {
            *gone = true;
            *at = when;
        }
        if (i == 0 && word == BIN_STAYS)
            break;
    }
    return result;
}

/* The number behind all that were ever given, or 0: the next one is that anyhow. */
static int next_number(int64_t *next, struct store *store, const char *sql, struct error *err)
{
    *next = 0;
    return store_query_int(store, sql, next, err);
}

int bin_look(struct writer *writer, struct error *err)
{
    int64_t one = 0;
    int result = next_number(&writer->record_next, writer->store,
                             "SELECT ifnull((SELECT value + 1 FROM meta WHERE key = 'record_top' "
                             "AND value > 0 AND value >= ifnull((SELECT max(id) FROM record), 0)), "
                             "0)",
                             err);

    if (result == ERR_OK)
        result = next_number(&writer->work_next, writer->store,
                             "SELECT ifnull((SELECT value + 1 FROM meta WHERE key = 'work_top' AND "
                             "value > 0 AND value >= ifnull((SELECT max(id) FROM work), 0)), 0)",
                             err);
    if (result == ERR_OK)
        result = store_query_int(writer->store,
                                 "SELECT EXISTS (SELECT 1 FROM op WHERE kind = 'gone' AND value = "
                                 "'1')",
                                 &one, err);
    writer->gone = one != 0;
    writer->looked = result == ERR_OK;
    return result;
}

/* ---- a work that is here ---- */

/* Is any of its records gone? The hand's go with the others. */
static int work_gone(bool *gone, int64_t *at, struct store *store, int64_t work, struct error *err)
{
    struct arena *arena = arena_new();
    struct stmt *stmt;
    int step = 0, result = stmt_prepare(&stmt, store,
                                        "SELECT payload FROM record WHERE work_id = ?1 AND source "
                                        "!= '" HAND "'",
                                        err);

    *gone = false;
    if (result == ERR_OK)
        stmt_bind_int(stmt, 1, work);
    while (result == ERR_OK && !*gone && (step = stmt_step(stmt, err)) == 1) {
        struct text_list names = { 0 };
        struct record record;
        size_t len;
        const void *bytes = stmt_blob(stmt, 0, &len);

        result = payload_unpack(&record, arena, bytes, len, err);
        if (result != ERR_OK)
            break;
        record_all_names(&names, arena, &record);
        result = bin_judge(gone, at, store, &names, err);
    }
    if (result == ERR_OK && step < 0)
        result = step;
    stmt_reset(stmt);
    arena_free(arena);
    return result;
}

/* Other works whose records give names of this one. */
static int works_beside(int64_t **works, size_t *count, struct store *store, struct arena *arena,
                        int64_t work, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT DISTINCT r.work_id FROM alias a CROSS JOIN claim c ON c.name "
                              "= a.scheme || ':' || a.value JOIN record r ON r.id = c.record_id "
                              "WHERE a.work_id = ?1 AND r.work_id != ?1",
                              err);

    *works = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    return stmt_ints(works, count, stmt, arena, err);
}

int bin_settle_work(struct writer *writer, struct preparer *preparer, int64_t work,
                    struct error *err)
{
    int64_t at = 0;
    bool gone;
    int result = work_gone(&gone, &at, writer->store, work, err);

    return result == ERR_OK && gone ? bin_settle_gone(writer, preparer, work, at, err) : result;
}

int bin_settle_gone(struct writer *writer, struct preparer *preparer, int64_t work, int64_t at,
                    struct error *err)
{
    struct arena *arena = arena_new();
    int64_t *beside, back = 0;
    size_t count;
    bool part = false;
    int result = works_beside(&beside, &count, writer->store, arena, work, err);

    if (result == ERR_OK)
        result = bin_take_work(writer, work, at, &part, err);
    if (result == ERR_OK && part)
        result = bin_give_back(writer, preparer, work, &back, err);
    if (result == ERR_OK && count > 0)
        result = regroup(writer, beside, count, err);
    arena_free(arena);
    return result;
}

/* ---- whatever has the name ---- */

static int numbers_of(int64_t **out, size_t *count, struct store *store, struct arena *arena,
                      const char *sql, const char *name, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, name);
    return stmt_ints(out, count, stmt, arena, err);
}

int bin_settle_papers(struct writer *writer, struct preparer *preparer, const char *name,
                      int64_t *back, struct error *err)
{
    struct arena *arena = arena_new();
    int64_t *numbers;
    size_t count, i;
    int result = numbers_of(&numbers, &count, writer->store, arena,
                            "SELECT work FROM bin_name WHERE name = ?1", name, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        result = bin_give_back(writer, preparer, numbers[i], back, err);
    arena_free(arena);
    return result;
}

int bin_settle_name(struct writer *writer, struct preparer *preparer, const char *name,
                    struct error *err)
{
    static const char sql[] =
        "SELECT work_id FROM alias WHERE scheme = substr(?1, 1, instr(?1, ':') - 1) AND value = "
        "substr(?1, instr(?1, ':') + 1) UNION SELECT r.work_id FROM claim c JOIN record r ON r.id "
        "= c.record_id WHERE c.name = ?1";
    struct arena *arena = arena_new();
    int64_t *numbers, back = 0;
    size_t count, i;
    int result = numbers_of(&numbers, &count, writer->store, arena, sql, name, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        result = bin_settle_work(writer, preparer, numbers[i], err);
    arena_free(arena);
    return result == ERR_OK ? bin_settle_papers(writer, preparer, name, &back, err) : result;
}
