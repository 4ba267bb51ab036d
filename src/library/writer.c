/*
 * The writer: one prepared record into the open transaction.
 */
#include "writer.h"
#include "bin.h"

#include "carrel/clock.h"
#include "carrel/enquiries.h"
#include "carrel/jsonw.h"
#include "carrel/ops.h"
#include "carrel/repositories.h"
#include "carrel/tables.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct writer *writer_new(struct store *store)
{
    struct writer *writer = mem_zalloc(sizeof *writer);

    writer->store = store;
    writer->index = fts_queue_new();
    writer->vocabulary = vocabulary_new();
    writer->preparer = fts_preparer_new();
    writer->authors = hashmap_new();
    writer->categories = hashmap_new();
    writer->catalog = hashmap_new();
    return writer;
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    lengths_writer_free(writer->lengths);
    vectors_writer_free(writer->vectors);
    embedders_close(&writer->embedders);
    fts_queue_free(writer->index);
    vocabulary_free(writer->vocabulary);
    fts_preparer_free(writer->preparer);
    hashmap_free(writer->authors);
    hashmap_free(writer->categories);
    hashmap_free(writer->catalog);
    twice_free(writer->twice);
    free(writer);
}

int writer_begin(struct writer *writer, struct error *err)
{
    int result = store_begin(writer->store, err);

    if (result != ERR_OK)
        return result;
    result = writer_start(writer, err);
    if (result != ERR_OK) {
        writer_abort(writer);
        store_rollback(writer->store);
    }
    return result;
}

int writer_start(struct writer *writer, struct error *err)
{
    int result = vectors_writer_begin(&writer->vectors, writer->store, err);

    if (result == ERR_OK && !writer->embedders_open) {
        result = embedders_open(&writer->embedders, writer->store, err);
        writer->embedders_open = result == ERR_OK;
    }
    if (result != ERR_OK)
        return result;
    writer->lengths = lengths_writer_begin(writer->store);
    writer->now = clock_now_ms();
    writer->works_change = 0;
    return bin_look(writer, err);
}

int writer_finish(struct writer *writer, struct error *err)
{
    struct lengths_writer *lengths = writer->lengths;
    struct vectors_writer *vectors = writer->vectors;
    int result = fts_queue_flush(writer->index, writer->store, err);

    if (result == ERR_OK)
        result = vocabulary_flush(writer->vocabulary, writer->store, err);
    writer->lengths = NULL;
    writer->vectors = NULL;
    if (result == ERR_OK)
        result = vectors_writer_commit(vectors, err);
    else
        vectors_writer_free(vectors);
    if (result == ERR_OK && writer->segments)
        result = segment_writer_flush(writer->segments, err);
    if (result == ERR_OK && writer->works_change)
        result = store_run(writer->store, "UPDATE meta SET value = value + ?1 WHERE key = 'works'",
                           writer->works_change, 0, NULL, err);
    if (result != ERR_OK) {
        lengths_writer_free(lengths);
        return result;
    }
    return lengths_writer_commit(lengths, err);
}

/* Numbers of names that this transaction made are wrong after its end. */
void writer_abort(struct writer *writer)
{
    lengths_writer_free(writer->lengths);
    writer->lengths = NULL;
    vectors_writer_free(writer->vectors);
    writer->vectors = NULL;
    fts_queue_clear(writer->index);
    vocabulary_clear(writer->vocabulary);
    if (writer->segments)
        segment_writer_reset(writer->segments);
    hashmap_clear(writer->authors);
    hashmap_clear(writer->categories);
    hashmap_clear(writer->catalog);
}

static int insert_aliases(struct writer *writer, int64_t work, int64_t record,
                          const struct prepared *prepared, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < prepared->aliases.len && result == ERR_OK; i++)
        result = alias_insert(writer, work, record, prepared->aliases.items[i], err);
    return result;
}

static int apply_new(struct writer *writer, const struct prepared *prepared, int64_t *id,
                     struct error *err)
{
    struct prepared named = *prepared;
    int64_t work, record;
    int result;

    if (writer->doubtful) /* the best of its names may be another's */
        named.key = prepared->aliases.items[0];
    result = compose_new(writer, &work, &named, err);

    *id = work;
    if (result == ERR_OK)
        result = record_insert(writer, work, prepared, true, &record, err);
    if (result == ERR_OK) {
        twice_said(writer, prepared, record);
        result = insert_aliases(writer, work, record, prepared, err);
    }
    if (result == ERR_OK)
        result = compose_claims(writer, work, err);
    if (result == ERR_OK && prepared->record.versions.len > 1)
        result = editions_keep(writer->store, work, err);
    if (result == ERR_OK && !prepared->fetched)
        result = compose_state(writer, work, &prepared->record, err);
    return result;
}

/* The current record of the same source about the same thing. */
int find_present(struct writer *writer, const struct prepared *prepared, struct present *present,
                 struct error *err)
{
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, writer->store,
                     "SELECT id, hash, version, fetched FROM record WHERE source_key = ?1 AND "
                     "source = ?2 AND current = 1",
                     err);

    memset(present, 0, sizeof *present);
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, prepared->record.id);
    stmt_bind_text(stmt, 2, prepared->record.source ? prepared->record.source : "jsonl");
    result = stmt_step(stmt, err);
    if (result == 1) {
        present->id = stmt_int(stmt, 0);
        present->hash = stmt_int(stmt, 1);
        present->version = (int)stmt_int(stmt, 2);
        present->fetched = stmt_int(stmt, 3);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* The record with these very words, current or not; 0 none. */
int record_of(struct writer *writer, const struct prepared *prepared, int64_t *id,
              struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, writer->store,
                              "SELECT id FROM record WHERE source_key = ?1 AND source = ?2 AND "
                              "hash = ?3 ORDER BY id LIMIT 1",
                              err);

    *id = 0;
    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, prepared->record.id);
    stmt_bind_text(stmt, 2, prepared->record.source);
    stmt_bind_int(stmt, 3, (int64_t)prepared->hash);
    result = stmt_step(stmt, err);
    if (result == 1)
        *id = stmt_int(stmt, 0);
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

/* A record that joined a work by its title: noted, so that split can take it out again. */
static int note_joined(struct writer *writer, int64_t work, int64_t record,
                       const struct prepared *prepared, const struct identity *identity,
                       struct error *err)
{
    struct str moved = STR_INIT, aliases = STR_INIT;
    char number[24];
    struct jsonw w;
    int result;

    text_list_join(&aliases, &prepared->aliases, " ");
    snprintf(number, sizeof number, "%" PRId64, record);
    jsonw_start(&w, &moved);
    jsonw_object(&w);
    jsonw_key_string(&w, "records", number);
    jsonw_key_string(&w, "aliases", aliases.ptr);
    jsonw_end(&w);
    result = identity_note(writer, work, prepared->key, identity->evidence, identity->score,
                           moved.ptr, false, err);
    if (result == ERR_OK)
        result = ops_say_alike(writer->store, identity->with, prepared->aliases.items[0], err);
    writer->joined += result == ERR_OK;
    str_free(&moved);
    str_free(&aliases);
    return result;
}

/* An archive that delivers a paper again has taken its withdrawal back: a deleted header, whose
 * source is plain "oai", no longer holds. */
static int lift_withdrawal(struct writer *writer, const struct prepared *prepared, bool *lifted,
                           struct error *err)
{
    int64_t id;
    int result;

    *lifted = false;
    if (prepared->record.deleted || !str_starts(prepared->record.source, "oai-"))
        return ERR_OK;
    result = store_lookup(
        writer->store, &id,
        "SELECT id FROM record WHERE source_key = ?1 AND source = 'oai' AND current = 1",
        prepared->record.id, 0, 0, err);
    if (result != ERR_OK)
        return result == ERR_NOTFOUND ? ERR_OK : result;
    *lifted = true;
    writer->record = id;
    return store_run(writer->store, "UPDATE record SET current = 0 WHERE id = ?1", id, 0, NULL,
                     err);
}

/* One saying of many: into the record that is there. */
int apply_more(struct writer *writer, int64_t work, int64_t record, const struct prepared *prepared,
               enum applied *what, struct error *err)
{
    struct accumulated added;
    int result = accumulate(writer, record, prepared, &added, err);

    writer->record = record;
    *what = added.links || added.names ? APPLIED_UPDATED : APPLIED_UNCHANGED;
    if (result == ERR_OK && added.names)
        result = insert_aliases(writer, work, record, prepared, err);
    if (result == ERR_OK && added.names)
        return compose_again(writer, work, err);
    return result == ERR_OK && added.links
               ? compose_more_links(writer, work, &prepared->record, err)
               : result;
}

/* A record that is new here joins a work: its names, and why they are one. */
int join_record(struct writer *writer, const struct identity *identity, int64_t record,
                const struct prepared *prepared, struct error *err)
{
    int result = insert_aliases(writer, identity->work, record, prepared, err);

    if (result == ERR_OK && identity->evidence)
        result = note_joined(writer, identity->work, record, prepared, identity, err);
    return result;
}

/* The time of a record is when its words were last new, on any machine. */
int record_renew(struct writer *writer, int64_t record, int64_t fetched, struct error *err)
{
    int result = store_run(writer->store, "UPDATE record SET fetched = ?2 WHERE id = ?1", record,
                           fetched, NULL, err);

    return result == ERR_OK ? record_again(writer, record, err) : result;
}

/* The record that stands makes room: what comes in its place is later than it, also when both come
 * within one millisecond. */
static int stand_back(struct writer *writer, const struct present *present, struct error *err)
{
    writer->before = present->id;
    if (!present->id)
        return ERR_OK;
    if (present->fetched >= writer->now)
        writer->now = present->fetched + 1;
    return store_run(writer->store, "UPDATE record SET current = 0 WHERE id = ?1", present->id, 0,
                     NULL, err);
}

int stand_again(struct writer *writer, const struct present *present, int64_t record,
                struct error *err)
{
    int64_t now = writer->now;
    int result = stand_back(writer, present, err);

    writer->record = record;
    if (result == ERR_OK)
        result = store_run(writer->store, "UPDATE record SET current = 1 WHERE id = ?1", record, 0,
                           NULL, err);
    if (result == ERR_OK)
        result = record_renew(writer, record, writer->now, err);
    writer->now = now;
    return result;
}

/* What a source says now takes the place of what it said before. Words that it has said before and
 * says again (`record`) are no new record. */
static int apply_update(struct writer *writer, const struct identity *identity,
                        const struct present *present, int64_t record,
                        const struct prepared *prepared, struct error *err)
{
    int64_t now = writer->now;
    int result;

    if (record) {
        result = stand_again(writer, present, record, err);
    } else {
        result = stand_back(writer, present, err);
        if (result == ERR_OK)
            result = record_insert(writer, identity->work, prepared, true, &record, err);
        writer->now = now;
    }
    if (result == ERR_OK) {
        twice_said(writer, prepared, record);
        result = join_record(writer, identity, record, prepared, err);
    }
    if (result == ERR_OK)
        result = compose_again(writer, identity->work, err);
    return result == ERR_OK ? compose_state(writer, identity->work, &prepared->record, err)
                            : result;
}

/* Other words than those that stand. */
static int apply_words(struct writer *writer, const struct identity *identity,
                       const struct present *present, const struct prepared *prepared,
                       enum applied *what, struct error *err)
{
    int64_t record = 0;
    int result = present->id ? record_of(writer, prepared, &record, err) : ERR_OK;

    if (result != ERR_OK)
        return result;
    if (record && twice_hold(writer, identity->work, prepared, record, present->id)) {
        *what = APPLIED_UNCHANGED;
        return compose_state(writer, identity->work, &prepared->record, err);
    }
    *what = APPLIED_UPDATED;
    return apply_update(writer, identity, present, record, prepared, err);
}

static int apply_known(struct writer *writer, const struct identity *identity,
                       const struct prepared *prepared, enum applied *what, struct error *err)
{
    int64_t work = identity->work;
    struct present present;
    int64_t record;
    bool older, lifted = false;
    int result = find_present(writer, prepared, &present, err);

    if (result == ERR_OK)
        result = lift_withdrawal(writer, prepared, &lifted, err);
    if (result != ERR_OK)
        return result;
    if (present.id && present.hash == (int64_t)prepared->hash && lifted) {
        *what = APPLIED_UPDATED; /* after the withdrawal it is new again */
        result = record_renew(writer, present.id, writer->now, err);
        return result == ERR_OK ? compose_again(writer, work, err) : result;
    }
    if (present.id && present.hash == (int64_t)prepared->hash) {
        *what = APPLIED_UNCHANGED;
        twice_said(writer, prepared, present.id);
        return compose_state(writer, work, &prepared->record, err);
    }
    if (present.id && prepared->record.adds)
        return apply_more(writer, work, present.id, prepared, what, err);
    older =
        present.id && prepared->record.version > 0 && prepared->record.version < present.version;
    if (older) { /* history that came late */
        *what = APPLIED_UNCHANGED;
        result =
            store_lookup(writer->store, &record,
                         "SELECT 1 FROM record WHERE source_key = ?1 AND hash = ?2 AND current = 0",
                         prepared->record.id, 0, (int64_t)prepared->hash, err);
        if (result == ERR_NOTFOUND)
            result = record_insert(writer, work, prepared, false, &record, err);
        return result == ERR_OK ? editions_keep(writer->store, work, err) : result;
    }
    return apply_words(writer, identity, &present, prepared, what, err);
}

/* ---- names that lead to several works, or were awaited ---- */

static int settle_names(struct writer *writer, const struct prepared *prepared, int64_t *work,
                        struct error *err)
{
    int result = regroup(writer, work, 1, err);

    if (result == ERR_OK)
        result = alias_work(writer->store, work, prepared->aliases.items[0], err);
    if (result == ERR_OK)
        result = registers_work(writer->store, *work, err);
    if (result == ERR_OK)
        result = hand_refresh(writer, *work, err);
    return result;
}

/* No paper, but an entry of the catalogue. */
static int apply_catalog(struct writer *writer, const struct record *record, enum applied *what,
                         struct error *err)
{
    static const enum applied same[] = { [CATALOG_ADDED] = APPLIED_ADDED,
                                         [CATALOG_UPDATED] = APPLIED_UPDATED,
                                         [CATALOG_UNCHANGED] = APPLIED_UNCHANGED };
    const char *credit = record->credits.len > 0 ? record->credits.items[0] : NULL;
    enum catalog_change change;
    int result = catalog_put(writer->store, record->catalog, credit, &change, err);

    if (result == ERR_OK)
        *what = same[change];
    return result;
}

/* No paper, but a repository; works whose papers its README names get or lose a link. */
static int apply_repository(struct writer *writer, const struct record *record, enum applied *what,
                            struct error *err)
{
    static const enum applied same[] = { [REPOSITORY_ADDED] = APPLIED_ADDED,
                                         [REPOSITORY_UPDATED] = APPLIED_UPDATED,
                                         [REPOSITORY_UNCHANGED] = APPLIED_UNCHANGED };
    struct arena *arena = arena_new();
    struct work_ids touched = { 0 };
    enum repository_change change = REPOSITORY_UNCHANGED;
    int64_t id;
    size_t i;
    int result =
        repository_put(writer->store, arena, record->repository, &change, &id, &touched, err);

    if (result == ERR_OK && change != REPOSITORY_UNCHANGED)
        result = repository_embed(writer, id, err);
    for (i = 0; i < touched.len && result == ERR_OK; i++)
        result = compose_again(writer, touched.items[i], err);
    *what = same[change];
    arena_free(arena);
    return result;
}

/* When the source was asked, and whether it has something. */
static int apply_asked(struct writer *writer, const struct record *record, struct error *err)
{
    return enquiries_put(writer->store, record->source, record->asked, record->title != NULL,
                         writer->now, err);
}

/* Of a paper that was removed: the bin has it then. */
static int apply_gone(struct writer *writer, const struct prepared *prepared, enum applied *what,
                      struct error *err)
{
    bool gone = false;
    int64_t at = 0;
    int result = bin_judge(&gone, &at, writer->store, &prepared->aliases, err);

    if (result != ERR_OK || !gone)
        return result;
    *what = APPLIED_BINNED;
    result = bin_put(writer, prepared, at, err);
    return result == ERR_OK && prepared->record.asked ? apply_asked(writer, &prepared->record, err)
                                                      : result;
}

/* Which work it is of, and what it makes of that. */
static int apply_paper(struct writer *writer, const struct prepared *prepared, enum applied *what,
                       struct error *err)
{
    struct identity identity;
    int64_t work;
    int result;

    result = identity_find(writer, prepared, &identity, err);
    work = identity.work;
    if (result == ERR_NOTFOUND && !*prepared->record.title) {
        *what = APPLIED_UNCHANGED; /* the withdrawal of a paper that was never here */
        result = ERR_OK;
    } else if (result == ERR_NOTFOUND) {
        *what = APPLIED_ADDED;
        result = apply_new(writer, prepared, &work, err);
    } else if (result == ERR_OK) {
        result = prepared->fetched ? arrive_known(writer, &identity, prepared, what, err)
                                   : apply_known(writer, &identity, prepared, what, err);
    }
    if (result == ERR_OK && work && (writer->doubtful || writer->awaited))
        result = settle_names(writer, prepared, &work, err);
    if (result == ERR_OK && work) /* none: nothing was kept */
        result = samples_put(writer->store, work, &prepared->record, err);
    if (result == ERR_OK && prepared->record.asked)
        result = apply_asked(writer, &prepared->record, err);
    free(identity.evidence);
    free(identity.with);
    return result;
}

int writer_apply(struct writer *writer, const struct prepared *prepared, enum applied *what,
                 struct error *err)
{
    int result = ERR_OK;

    writer->record = writer->before = 0;
    writer->doubtful = writer->awaited = false;
    if (prepared->record.catalog)
        return apply_catalog(writer, &prepared->record, what, err);
    if (prepared->record.repository)
        return apply_repository(writer, &prepared->record, what, err);
    *what = APPLIED_UNCHANGED;
    if (prepared->record.asked && !prepared->record.title)
        return apply_asked(writer, &prepared->record, err);
    if (writer->gone)
        result = apply_gone(writer, prepared, what, err);
    if (result == ERR_OK && *what != APPLIED_BINNED)
        result = apply_paper(writer, prepared, what, err);
    if (result != ERR_OK && err)
        error_context(err, "%s", prepared->key);
    return result;
}
