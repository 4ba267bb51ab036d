/*
 * The doctor on what is kept of records beside the works: the keys of entries (cited_key) and the
 * versions of papers (work_version). Both are read out of the records again and compared; --fix
 * leaves what was read. Of a large library every nth record and work is looked at, but every work
 * of which versions are kept.
 */
#include "doctor.h"

#include "carrel/alerts.h"
#include "carrel/citation.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LOOKED_AT 20000

/* ---- keys ---- */

struct wrong_key {
    int64_t record;
    char *key; /* as the record has it; NULL: it has no entry */
};

/* Is the key that is kept (NULL: none) the record's? */
static bool key_stands(struct wrong_key *wrong, struct arena *arena, struct stmt *stmt)
{
    const char *kept = stmt_is_null(stmt, 2) ? NULL : stmt_text(stmt, 2);
    struct str key = STR_INIT;
    struct record record;
    size_t len;
    const void *bytes = stmt_blob(stmt, 1, &len);
    bool stands = true;

    if (payload_unpack(&record, arena, bytes, len, NULL) == ERR_OK) { /* else told elsewhere */
        bool cited = citation_key(&key, arena, &record.cited);

        stands = cited ? kept && strcmp(kept, key.ptr) == 0 : !kept;
        *wrong = (struct wrong_key){ .record = stmt_int(stmt, 0),
                                     .key = cited ? mem_strdup(key.ptr) : NULL };
        if (stands)
            free(wrong->key);
    }
    str_free(&key);
    return stands;
}

static int keys_mend(struct doctor *doctor, const struct wrong_key *wrong, size_t count,
                     struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        result = store_run(doctor->store,
                           wrong[i].key ? "INSERT INTO cited_key(record_id, key) SELECT ?1, ?3 "
                                          "WHERE ?2 ON CONFLICT(record_id) DO UPDATE SET key = ?3"
                                        : "DELETE FROM cited_key WHERE record_id = ?1 AND ?2",
                           wrong[i].record, 1, wrong[i].key, err);
    return result;
}

#define KEYS_ORPHANED "FROM cited_key WHERE record_id NOT IN (SELECT id FROM record)"

/* Keys of records that are not there. */
static int keys_orphaned(struct doctor *doctor, struct error *err)
{
    int64_t count = 0;
    int result = store_query_int(doctor->store, "SELECT count(*) " KEYS_ORPHANED, &count, err);

    if (result == ERR_OK && count > 0 && doctor->fix)
        result = store_exec(doctor->store, "DELETE " KEYS_ORPHANED, err);
    if (result == ERR_OK && count > 0)
        doctor_say(doctor, doctor->fix,
                   doctor->fix ? "%" PRId64 " keys of no entry removed"
                               : "%" PRId64 " keys of entries belong to no record",
                   count);
    return result;
}

int doctor_keys(struct doctor *doctor, struct error *err)
{
    struct arena *arena = arena_new();
    struct wrong_key *wrong = NULL, one;
    size_t count = 0, cap = 0, i;
    int64_t kept = 0;
    struct stmt *stmt = NULL;
    int step = ERR_OK, result = keys_orphaned(doctor, err);

    if (result == ERR_OK)
        result = store_query_int(doctor->store, "SELECT count(*) FROM cited_key", &kept, err);
    if (result == ERR_OK)
        result = stmt_prepare_once(&stmt, doctor->store,
                                   "SELECT r.id, r.payload, c.key FROM record r LEFT JOIN "
                                   "cited_key c ON c.record_id = r.id WHERE (c.record_id IS NOT "
                                   "NULL OR r.source IN ('bibtex', 'ris', 'csl', 'zotero', "
                                   "'papis')) AND r.id % ?1 = 0",
                                   err);
    if (result == ERR_OK)
        stmt_bind_int(stmt, 1, kept / LOOKED_AT + 1);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        arena_reset(arena);
        if (!key_stands(&one, arena, stmt))
            VEC_PUSH(wrong, count, cap, one);
    }
    stmt_free(stmt);
    result = result == ERR_OK ? step : result;
    if (result == ERR_OK && count > 0 && doctor->fix)
        result = keys_mend(doctor, wrong, count, err);
    if (result == ERR_OK && count > 0)
        doctor_say(doctor, doctor->fix,
                   doctor->fix ? "keys of %zu entries read again"
                               : "keys of %zu entries differ from their records",
                   count);
    else if (result == ERR_OK && kept > 0)
        doctor_say(doctor, true, "keys of entries (%" PRId64 ")", kept);
    for (i = 0; i < count; i++)
        free(wrong[i].key);
    free(wrong);
    arena_free(arena);
    return result;
}

/* ---- versions ---- */

struct kept_versions {
    bool any;
    int64_t number, day;
    char *all; /* the whole row */
};

static int versions_read(struct kept_versions *out, struct doctor *doctor, struct arena *arena,
                         int64_t work, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, doctor->store,
                                    "SELECT number, day, number || ' ' || day || ' ' || came || ' "
                                    "' || withdrawn || ' ' || known FROM work_version WHERE "
                                    "work_id = ?1",
                                    err);

    *out = (struct kept_versions){ .any = false };
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    step = stmt_step(stmt, err);
    if (step == 1)
        *out = (struct kept_versions){ .any = true,
                                       .number = stmt_int(stmt, 0),
                                       .day = stmt_int(stmt, 1),
                                       .all = stmt_dup(stmt, 2, arena) };
    stmt_reset(stmt);
    return step < 0 ? step : ERR_OK;
}

/* Rows of before there were days (schema 34) have numbers only, or are not there; they are right as
 * far as they go. */
static bool versions_agree(const struct kept_versions *kept, const struct kept_versions *read)
{
    if (!kept->any)
        return !read->any || read->number == 0;
    if (!read->any)
        return false;
    return kept->day == 0 ? kept->number == read->number : strcmp(kept->all, read->all) == 0;
}

static int versions_check(struct doctor *doctor, struct arena *arena, int64_t work, bool *agrees,
                          struct error *err)
{
    struct kept_versions kept, read;
    int result = versions_read(&kept, doctor, arena, work, err);

    if (result == ERR_OK)
        result = editions_keep(doctor->store, work, err); /* rolled back without --fix */
    if (result == ERR_OK)
        result = versions_read(&read, doctor, arena, work, err);
    if (result == ERR_CORRUPT) { /* told elsewhere, and not to be mended by reading it again */
        *agrees = true;
        return ERR_OK;
    }
    *agrees = result == ERR_OK && versions_agree(&kept, &read);
    return result;
}

static int versions_works(struct doctor *doctor, struct arena *arena, int64_t **works,
                          size_t *count, struct error *err)
{
    int64_t all = 0;
    size_t cap = 0;
    struct stmt *stmt = NULL;
    int step = ERR_OK,
        result = store_query_int(doctor->store, "SELECT count(*) FROM work", &all, err);

    if (result == ERR_OK)
        result = stmt_prepare_once(&stmt, doctor->store,
                                   "SELECT id FROM work WHERE id % ?1 = 0 OR id IN (SELECT work_id "
                                   "FROM work_version)",
                                   err);
    if (result == ERR_OK)
        stmt_bind_int(stmt, 1, all / LOOKED_AT + 1);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1)
        ARENA_PUSH(arena, *works, *count, cap, stmt_int(stmt, 0));
    stmt_free(stmt);
    return result == ERR_OK ? step : result;
}

int doctor_versions(struct doctor *doctor, struct error *err)
{
    struct arena *list = arena_new(), *arena = arena_new();
    int64_t *works = NULL, kept = 0, mark = 0;
    size_t count = 0, differ = 0, i;
    bool agrees = true;
    int result = ERR_OK;

    if (store_read_only(doctor->store)) /* they are written to be compared */
        goto out;
    result = alerts_mark(doctor->store, &mark, err);
    if (result == ERR_OK)
        result = versions_works(doctor, list, &works, &count, err);
    for (i = 0; i < count && result == ERR_OK; i++) {
        arena_reset(arena);
        result = versions_check(doctor, arena, works[i], &agrees, err);
        differ += result == ERR_OK && !agrees;
    }
    if (result == ERR_OK) /* no news */
        result = alerts_take_back(doctor->store, mark, err);
    if (result == ERR_OK)
        result = store_query_int(doctor->store, "SELECT count(*) FROM work_version", &kept, err);
    if (result == ERR_OK && differ > 0)
        doctor_say(doctor, doctor->fix,
                   doctor->fix ? "versions of %zu papers read again"
                               : "versions of %zu papers differ from their records",
                   differ);
    else if (result == ERR_OK && kept > 0)
        doctor_say(doctor, true, "versions of papers (%" PRId64 ")", kept);
out:
    arena_free(list);
    arena_free(arena);
    return result;
}
