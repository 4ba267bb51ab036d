/*
 * The doctor: what is promised about a library is checked, and what can be rebuilt is rebuilt on
 * request.
 *
 * Records are the truth and are only checked. Index, vocabulary, lengths and counters are derived
 * from the works' texts; works from their records.
 */
#include "doctor.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void doctor_say(struct doctor *doctor, bool ok, const char *fmt, ...)
{
    struct str text = STR_INIT;
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    doctor->line(doctor->ctx, ok, text.ptr);
    doctor->problems += !ok;
    str_free(&text);
}

/* A check of SQLite's own, of which each row but "ok" is a fault. */
static int doctor_pragma(struct doctor *doctor, const char *sql, const char *name,
                         struct error *err)
{
    struct stmt *stmt;
    long bad = 0;
    int step, result = stmt_prepare_once(&stmt, doctor->store, sql, err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        if (strcmp(stmt_text(stmt, 0), "ok") == 0)
            continue;
        if (bad++ < 5)
            doctor_say(doctor, false, "%s: %s", name, stmt_text(stmt, 0));
    }
    stmt_free(stmt);
    if (step == ERR_OK && bad == 0)
        doctor_say(doctor, true, "%s", name);
    return step;
}

static int doctor_file(struct doctor *doctor, struct error *err)
{
    return doctor_pragma(doctor, "PRAGMA integrity_check(20)", "database file", err);
}

/* Behind the checks that mend such rows. */
static int doctor_references(struct doctor *doctor, struct error *err)
{
    return doctor_pragma(doctor, "PRAGMA foreign_key_check", "references between tables", err);
}

static int doctor_count(struct doctor *doctor, const char *sql, int64_t *count, struct error *err)
{
    return store_query_int(doctor->store, sql, count, err);
}

/* Rows that belong to no work. */
static int doctor_orphans(struct doctor *doctor, struct error *err)
{
    static const char *const tables[] = { "work_text",    "record",        "alias",
                                          "work_author",  "work_category", "link",
                                          "work_tag",     "note",          "reading",
                                          "work_length",  "embedding0",    "embedding1",
                                          "sample",       "catalog_work",  "collection_work",
                                          "work_version", "seen" };
    int64_t total = 0;
    size_t i;

    for (i = 0; i < ARRAY_LEN(tables); i++) {
        const char *column =
            strcmp(tables[i], "work_text") == 0 || strcmp(tables[i], "work_length") == 0
                ? "id"
                : "work_id";
        char sql[200];
        int64_t count = 0;
        int result;

        snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s NOT IN (SELECT id FROM work)",
                 tables[i], column);
        result = doctor_count(doctor, sql, &count, err);
        if (result != ERR_OK)
            return result;
        total += count;
        if (count > 0 && doctor->fix) {
            snprintf(sql, sizeof sql, "DELETE FROM %s WHERE %s NOT IN (SELECT id FROM work)",
                     tables[i], column);
            result = store_exec(doctor->store, sql, err);
            if (result != ERR_OK)
                return result;
            doctor_say(doctor, true, "%" PRId64 " orphans removed from %s", count, tables[i]);
        } else if (count > 0) {
            doctor_say(doctor, false, "%" PRId64 " rows of %s belong to no work", count, tables[i]);
        }
    }
    if (total == 0)
        doctor_say(doctor, true, "no orphans");
    return ERR_OK;
}

static int doctor_counter(struct doctor *doctor, struct error *err)
{
    int64_t counted = 0, kept = 0;
    int result = doctor_count(doctor, "SELECT count(*) FROM work", &counted, err);

    if (result == ERR_OK)
        result = doctor_count(doctor, "SELECT value FROM meta WHERE key = 'works'", &kept, err);
    if (result != ERR_OK)
        return result;
    if (counted == kept) {
        doctor_say(doctor, true, "counter of works (%" PRId64 ")", counted);
        return ERR_OK;
    }
    if (!doctor->fix) {
        doctor_say(doctor, false, "the counter says %" PRId64 " works, there are %" PRId64, kept,
                   counted);
        return ERR_OK;
    }
    result =
        store_exec(doctor->store,
                   "UPDATE meta SET value = (SELECT count(*) FROM work) WHERE key = 'works'", err);
    doctor_say(doctor, result == ERR_OK, "counter of works set to %" PRId64, counted);
    return result;
}

/* Every work needs a record, texts and a name. */
static int doctor_works(struct doctor *doctor, struct error *err)
{
    static const struct {
        const char *sql, *what;
    } checks[] = {
        { "SELECT count(*) FROM work w WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.work_id = "
          "w.id AND r.current)",
          "works without a current record" },
        { "SELECT count(*) FROM work w WHERE NOT EXISTS (SELECT 1 FROM work_text t WHERE t.id = "
          "w.id)",
          "works without texts" },
        { "SELECT count(*) FROM work w WHERE NOT EXISTS (SELECT 1 FROM alias a WHERE a.work_id = "
          "w.id)",
          "works without a name" },
    };
    long before = doctor->problems;
    size_t i;

    for (i = 0; i < ARRAY_LEN(checks); i++) {
        int64_t count = 0;
        int result = doctor_count(doctor, checks[i].sql, &count, err);

        if (result != ERR_OK)
            return result;
        if (count > 0)
            doctor_say(doctor, false, "%" PRId64 " %s", count, checks[i].what);
    }
    if (doctor->problems == before)
        doctor_say(doctor, true, "every work has its record, texts and name");
    return ERR_OK;
}

/* Are the fields still what the records say? All works of a small library, every nth of a large
 * one. */
static int doctor_fields(struct doctor *doctor, struct error *err)
{
    struct arena *arena = arena_new();
    int64_t works = 0, differ = 0, looked = 0;
    struct stmt *stmt;
    int step;
    int result = doctor_count(doctor, "SELECT count(*) FROM work", &works, err);

    if (result == ERR_OK)
        result = stmt_prepare_once(
            &stmt, doctor->store,
            "SELECT w.id, t.title, t.abstract, t.authors FROM work w JOIN work_text t "
            "ON t.id = w.id WHERE w.id % ?1 = 0",
            err);
    if (result != ERR_OK)
        goto out;
    stmt_bind_int(stmt, 1, works / 20000 + 1);
    while ((step = stmt_step(stmt, err)) == 1) {
        struct record record;

        arena_reset(arena);
        looked++;
        if (compose_merge(doctor->store, arena, stmt_int(stmt, 0), &record, NULL) != ERR_OK
            || strcmp(record.title, stmt_text(stmt, 1)) != 0
            || strcmp(record.abstract ? record.abstract : "", stmt_text(stmt, 2)) != 0
            || strcmp(authors_text(&record.authors, arena), stmt_text(stmt, 3)) != 0)
            differ++;
    }
    stmt_free(stmt);
    result = step;
    if (result == ERR_OK && differ == 0)
        doctor_say(doctor, true, "fields agree with the records (%" PRId64 " works looked at)",
                   looked);
    else if (result == ERR_OK)
        doctor_say(doctor, false, "%" PRId64 " of %" PRId64 " works differ from their records",
                   differ, looked);
out:
    arena_free(arena);
    return result;
}

/* ---- the index ---- */

static int doctor_rebuild_index(struct doctor *doctor, struct error *err)
{
    struct vocabulary *vocabulary = vocabulary_new();
    struct fts_preparer *preparer = fts_preparer_new();
    struct fts_document doc = { 0 };
    struct stmt *stmt = NULL;
    int step;
    int result = store_exec(doctor->store,
                            "INSERT INTO fts(fts) VALUES('rebuild'); DELETE FROM work_length; "
                            "UPDATE meta SET value = (random() & 9223372036854775807) "
                            "WHERE key = 'text_gen'",
                            err);

    doctor->segments = true; /* they were made of what is thrown away here */
    if (result == ERR_OK)
        result = segments_forget(doctor->store, err);
    if (result == ERR_OK)
        result = vocabulary_forget(doctor->store, err);
    if (result == ERR_OK)
        result = stmt_prepare_once(&stmt, doctor->store,
                                   "SELECT id, title, abstract, authors FROM work_text", err);
    while (result == ERR_OK && (step = stmt_step(stmt, err)) != 0) {
        struct stmt *insert;

        if (step < 0) {
            result = step;
            break;
        }
        fts_document_prepare(preparer, &doc, stmt_text(stmt, 1), stmt_text(stmt, 2),
                             stmt_text(stmt, 3));
        vocabulary_add(vocabulary, &doc, 1);
        result = stmt_prepare(
            &insert, doctor->store,
            "INSERT INTO work_length(id, title, authors, abstract) VALUES(?1, ?2, ?3, ?4)", err);
        if (result != ERR_OK)
            break;
        stmt_bind_int(insert, 1, stmt_int(stmt, 0));
        stmt_bind_int(insert, 2, doc.title_len);
        stmt_bind_int(insert, 3, doc.authors_len);
        stmt_bind_int(insert, 4, doc.abstract_len);
        result = stmt_run(insert, err);
    }
    if (result == ERR_OK)
        result = vocabulary_flush(vocabulary, doctor->store, err);
    stmt_free(stmt);
    fts_document_free(&doc);
    fts_preparer_free(preparer);
    vocabulary_free(vocabulary);
    return result;
}

/* One kind of words, counted afresh, against what is kept. */
struct doctor_words {
    struct hashmap *counted;
    size_t met;
    bool agrees;
};

static int doctor_word(void *ctx, const char *word, size_t len, int64_t df)
{
    struct doctor_words *words = ctx;
    const uint64_t *counted = hashmap_get(words->counted, word, len);

    words->met++;
    words->agrees &= counted && (int64_t)*counted == df;
    return !words->agrees;
}

static void doctor_count_words(struct hashmap *map, const char *list)
{
    const char *at, *stop;

    for (at = list; (stop = strchr(at, '\x1F')); at = stop + 1)
        (*hashmap_put(map, at, (size_t)(stop - at), NULL))++;
}

static int doctor_vocabulary(struct doctor *doctor, bool *agrees, struct error *err)
{
    struct doctor_words words[2] = { { .counted = hashmap_new(), .agrees = true },
                                     { .counted = hashmap_new(), .agrees = true } };
    struct fts_preparer *preparer = fts_preparer_new();
    struct fts_document doc = { 0 };
    struct stmt *stmt;
    int step, kind;
    int result = stmt_prepare_once(&stmt, doctor->store,
                                   "SELECT title, abstract, authors FROM work_text", err);

    *agrees = true;
    while (result == ERR_OK && (step = stmt_step(stmt, err)) != 0) {
        if (step < 0) {
            result = step;
            break;
        }
        fts_document_prepare(preparer, &doc, stmt_text(stmt, 0), stmt_text(stmt, 1),
                             stmt_text(stmt, 2));
        doctor_count_words(words[VOCABULARY_TERMS].counted, doc.terms.ptr);
        doctor_count_words(words[VOCABULARY_STEMS].counted, doc.stems.ptr);
    }
    stmt_free(stmt);
    for (kind = 0; kind < 2; kind++) {
        if (result == ERR_OK)
            result = vocabulary_each(doctor->store, (enum vocabulary_kind)kind, "", doctor_word,
                                     &words[kind], err);
        *agrees &= words[kind].agrees && words[kind].met == hashmap_count(words[kind].counted);
        hashmap_free(words[kind].counted);
    }
    if (result == ERR_CORRUPT) { /* damage is a finding */
        *agrees = false;
        result = ERR_OK;
    }
    fts_document_free(&doc);
    fts_preparer_free(preparer);
    return result;
}

static int doctor_index(struct doctor *doctor, struct error *err)
{
    int64_t lengths = 0, works = 0;
    struct error why = { 0 };
    bool index_ok, words_ok = true;
    int result;

    index_ok = store_read_only(doctor->store)
               || store_exec(doctor->store,
                             "INSERT INTO fts(fts, rank) VALUES('integrity-check', 1)", &why)
                      == ERR_OK;
    if (!index_ok && why.code == ERR_CANCELLED)
        return error_set(err, why.code, "%s", why.message);
    result = doctor_vocabulary(doctor, &words_ok, err);
    if (result == ERR_OK)
        result = doctor_count(doctor, "SELECT count(*) FROM work_length", &lengths, err);
    if (result == ERR_OK)
        result = doctor_count(doctor, "SELECT count(*) FROM work_text", &works, err);
    if (result != ERR_OK)
        return result;
    if (index_ok && words_ok && lengths == works) {
        doctor_say(doctor, true,
                   store_read_only(doctor->store)
                       ? "vocabulary and lengths (the library may not be written, which checking "
                         "the full-text index needs)"
                       : "full-text index, vocabulary and lengths");
        return ERR_OK;
    }
    if (!doctor->fix) {
        doctor_say(doctor, false,
                   "%s does not agree with the texts; 'carrel doctor --fix' rebuilds it",
                   !index_ok   ? "the full-text index"
                   : !words_ok ? "the vocabulary"
                               : "the table of lengths");
        return ERR_OK;
    }
    result = doctor_rebuild_index(doctor, err);
    if (result == ERR_OK)
        doctor_say(doctor, true, "full-text index, vocabulary and lengths rebuilt");
    return result;
}

/* ---- vectors ---- */

/* The model that made them, and a vector of its size for each work. */
static int doctor_vectors(struct doctor *doctor, struct error *err)
{
    struct vectors_model serving, next;
    const struct embed_model *model;
    struct error why = { 0 };
    int64_t missing = 0, signs = 0;
    char sql[200];
    int result = doctor->fix ? vectors_settle(doctor->store, err) : ERR_OK;

    if (result == ERR_OK)
        result = vectors_models(doctor->store, &serving, &next, err);
    if (result != ERR_OK || serving.slot < 0)
        return result;
    if (serving.kind != VECTORS_SERVER
        && (vectors_open_model(&model, doctor->store, &serving, &why) != ERR_OK
            || embed_verify(model, &why) != ERR_OK))
        doctor_say(doctor, false, "embedding model: %s", why.message);
    snprintf(sql, sizeof sql, "DELETE FROM embedding%d WHERE length(vector) NOT IN (0, %d)",
             serving.slot, serving.dim);
    result = store_exec(doctor->store, sql, err); /* without fix it is taken back */
    snprintf(sql, sizeof sql,
             "SELECT count(*) FROM work w WHERE NOT EXISTS "
             "(SELECT 1 FROM embedding%d e WHERE e.work_id = w.id)",
             serving.slot);
    if (result == ERR_OK)
        result = doctor_count(doctor, sql, &missing, err);
    if (result == ERR_OK)
        result = vectors_check(doctor->store, &signs, err);
    if (result != ERR_OK)
        return result;
    if (signs > 0)
        doctor_say(doctor, true, "cache/signs differed for %" PRId64 " works and was removed",
                   signs);
    if (missing > 0 && serving.kind == VECTORS_SERVER)
        doctor_say(doctor, true, "%" PRId64 " work%s for a vector from %s", missing,
                   missing == 1 ? " waits" : "s wait", serving.name);
    else if (missing > 0 && !doctor->fix)
        doctor_say(doctor, false, "%" PRId64 " work%s no vector of %s", missing,
                   missing == 1 ? " has" : "s have", serving.name);
    else if (missing == 0)
        doctor_say(doctor, true, "vectors of %s", serving.name);
    doctor->embed = missing > 0 && serving.kind != VECTORS_SERVER;
    return ERR_OK;
}

/* ---- segments of the ranked index ---- */

/* They are a cache: missing ones are no fault, changed ones are. */
static int doctor_segments(struct doctor *doctor, struct error *err)
{
    struct error why = { 0 };
    int64_t count = 0;
    int result = segments_verify(doctor->store, &count, &why);

    if (result == ERR_OK) {
        doctor_say(doctor, true, "segments of the ranked index (%" PRId64 ")", count);
        return ERR_OK;
    }
    if (result != ERR_CORRUPT && result != ERR_IO && result != ERR_NOTFOUND)
        return error_set(err, result, "%s", why.message);
    if (!doctor->fix) {
        doctor_say(doctor, result != ERR_CORRUPT,
                   "segments of the ranked index: %s; searches are right, but slower, until the "
                   "next import or 'carrel doctor --fix'",
                   why.message);
        return ERR_OK;
    }
    doctor->segments = true;
    return segments_forget(doctor->store, err);
}

static int doctor_cover(struct doctor *doctor, struct error *err)
{
    struct segment_writer *writer = segment_writer_new(doctor->store);
    int result = segment_writer_finish(writer, NULL, NULL, err);

    segment_writer_free(writer);
    if (result == ERR_OK)
        doctor_say(doctor, true, "segments of the ranked index made anew");
    return result;
}

/* In transactions of its own, behind the doctor's. */
static int doctor_embed(struct doctor *doctor, struct error *err)
{
    struct library_embedding options = { 0 };
    int64_t added = 0, documents = 0, repositories = 0;
    int result = library_embed(doctor->store, &options, &added, err);

    if (result == ERR_OK)
        result = library_embed_documents(doctor->store, &options, &documents, err);
    if (result == ERR_OK)
        result = library_embed_repositories(doctor->store, &options, &repositories, err);
    if (result == ERR_OK)
        doctor_say(doctor, true, "%" PRId64 " vectors made", added);
    if (result == ERR_OK && documents > 0)
        doctor_say(doctor, true, "vectors of %" PRId64 " documents made", documents);
    if (result == ERR_OK && repositories > 0)
        doctor_say(doctor, true, "vectors of %" PRId64 " repositories made", repositories);
    return result;
}

static int doctor_run(struct doctor *doctor, struct error *err)
{
    static int (*const checks[])(struct doctor *, struct error *) = {
        doctor_file,      doctor_orphans,      doctor_counter,    doctor_works,
        doctor_fields,    doctor_index,        doctor_vectors,    doctor_segments,
        doctor_documents, doctor_repositories, doctor_reading,    doctor_keys,
        doctor_versions,  doctor_webhooks,     doctor_references, doctor_bin
    };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(checks) && result == ERR_OK; i++)
        result = checks[i](doctor, err);
    return result;
}

int library_doctor(struct store *store, bool fix,
                   void (*line)(void *ctx, bool ok, const char *what), void *ctx, long *problems,
                   struct error *err)
{
    struct doctor doctor = { .store = store, .fix = fix, .line = line, .ctx = ctx };
    /* The index check writes, and what is checked must stand still. */
    int result =
        store_read_only(store) && !fix ? store_begin_read(store, err) : store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = doctor_run(&doctor, err);
    *problems = doctor.problems;
    if (result != ERR_OK || !fix) {
        store_rollback(store);
        return result;
    }
    result = store_commit(store, err);
    if (result == ERR_OK && doctor.embed)
        result = doctor_embed(&doctor, err);
    if (result == ERR_OK && doctor.segments)
        result = doctor_cover(&doctor, err);
    *problems = doctor.problems;
    return result;
}
