/*
 * Undo of an import (imported.h), and what it tells.
 *
 * A paper that nothing but the import has spoken of goes into the bin, as by a removal: so it goes
 * on all machines, and comes back as it was. Words that took the place of older ones of the same
 * source give it back as if that source had been imported once more. What joined a paper that was
 * here stays: there are no words to take its place. Nor does an older version of a preprint take
 * the place of a newer one.
 *
 * The undo has a row of the kind "import" for each of both, by which redo turns it round: field
 * "gone" with what was said of the paper's names, field "words" with the two records.
 */
#include "imported.h"

#include "bin.h"

#include "carrel/hash.h"
#include "carrel/ops.h"
#include "carrel/state.h"
#include "carrel/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct taking {
    struct binning b;
    struct imported imported;
    struct arena *arena; /* of the whole step */
    int64_t *records;    /* nobody else's: what the import has said, and undone ones; ascending */
    size_t count, done, total;
    struct hashmap *stay; /* works that are told already */
    int64_t step;
    struct import_turned *turned;
};

static int by_id(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Of one step, or of all those that are undone or not. */
static int read_imports(struct imported *out, struct store *store, struct arena *arena,
                        const char *sql, int64_t value, struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, value);
    while ((step = stmt_step(stmt, err)) == 1)
        if (!imported_parse(out, stmt_text(stmt, 0), arena)) {
            step = error_set(err, ERR_CORRUPT,
                             "what step %" PRId64 " has imported cannot be read any more",
                             stmt_int(stmt, 1));
            break;
        }
    stmt_reset(stmt);
    return step;
}

static const char of_step[] = "SELECT new, step FROM change_log WHERE step = ?1 AND kind = "
                              "'import' AND undoes IS NULL ORDER BY seq";
static const char of_undone[] =
    "SELECT c.new, c.step FROM change_log c WHERE c.kind = 'import' AND "
    "c.undoes IS NULL AND EXISTS (SELECT 1 FROM change_log u WHERE "
    "u.undoes = c.step) = ?1 ORDER BY c.seq";

static size_t all_ids(int64_t **ids, const struct imported *imported, struct arena *arena)
{
    const struct imported_list *lists[] = { &imported->added, &imported->said, &imported->words };
    size_t count = 0, i, k;

    for (i = 0; i < ARRAY_LEN(lists); i++)
        count += lists[i]->len;
    *ids = arena_alloc(arena, (count + 1) * sizeof **ids);
    count = 0;
    for (i = 0; i < ARRAY_LEN(lists); i++)
        for (k = 0; k < lists[i]->len; k++)
            (*ids)[count++] = lists[i]->items[k].id;
    qsort(*ids, count, sizeof **ids, by_id);
    return count;
}

static bool among(int64_t id, const int64_t *ids, size_t count)
{
    return bsearch(&id, ids, count, sizeof *ids, by_id) != NULL;
}

/* What an import that was undone has left with a paper speaks for nobody, unless it was done again.
 */
static int take_all_records(struct taking *t, struct error *err)
{
    struct imported undone = { 0 }, stands = { 0 };
    struct store *store = t->b.writer->store;
    int64_t *own, *once, *now;
    size_t own_count, once_count, now_count, i;
    int result = read_imports(&t->imported, store, t->arena, of_step, t->step, err);

    if (result == ERR_OK)
        result = read_imports(&undone, store, t->arena, of_undone, 1, err);
    if (result == ERR_OK)
        result = read_imports(&stands, store, t->arena, of_undone, 0, err);
    if (result != ERR_OK)
        return result;
    own_count = all_ids(&own, &t->imported, t->arena);
    once_count = all_ids(&once, &undone, t->arena);
    now_count = all_ids(&now, &stands, t->arena);
    t->total = own_count;
    t->records = arena_alloc(t->arena, (own_count + once_count + 1) * sizeof *t->records);
    for (i = 0; i < own_count; i++)
        t->records[t->count++] = own[i];
    for (i = 0; i < once_count; i++)
        if (!among(once[i], now, now_count))
            t->records[t->count++] = once[i];
    qsort(t->records, t->count, sizeof *t->records, by_id);
    return ERR_OK;
}

static int taking_tell(struct taking *t, struct error *err)
{
    arena_reset(t->b.arena);
    return state_tell(t->b.writer->store, ++t->done, t->total, err);
}

/* ---- papers ---- */

/* Has anybody else spoken of it: another source, a person's own words, a document? */
static int others_speak(bool *others, struct taking *t, int64_t work, struct error *err)
{
    int64_t *records;
    size_t count = 0, i;
    struct stmt *stmt;
    int result =
        stmt_prepare(&stmt, t->b.writer->store,
                     "SELECT id FROM record WHERE work_id = ?1 AND current = 1 ORDER BY id", err);

    *others = false;
    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, work);
    result = stmt_ints(&records, &count, stmt, t->b.arena, err);
    for (i = 0; i < count && !*others; i++)
        *others = !among(records[i], t->records, t->count);
    return result;
}

static int take_paper(struct taking *t, int64_t work, struct error *err)
{
    struct str said = STR_INIT;
    char *key = NULL;
    int result = bin_say_gone(&t->b, work, &key, &said, err);

    if (result == ERR_OK)
        result =
            state_log_back(t->b.writer->store, "import", key, "gone", said.ptr, NULL, t->step, err);
    t->turned->papers += result == ERR_OK;
    str_free(&said);
    return result;
}

int imported_work(int64_t *work, struct store *store, int64_t record, bool current,
                  struct error *err)
{
    int result =
        store_lookup(store, work, "SELECT work_id FROM record WHERE id = ?1 AND current >= ?2",
                     NULL, record, current, err);

    if (result == ERR_NOTFOUND)
        *work = 0;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static void note_stays(struct taking *t, int64_t work)
{
    bool fresh;

    hashmap_put(t->stay, (const char *)&work, sizeof work, &fresh);
    t->turned->others += fresh;
}

static int take_papers(struct taking *t, struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < t->imported.added.len && result == ERR_OK; i++) {
        int64_t work = 0;
        bool others = false;

        result =
            imported_work(&work, t->b.writer->store, t->imported.added.items[i].id, false, err);
        if (result == ERR_OK && work)
            result = others_speak(&others, t, work, err);
        if (others)
            note_stays(t, work);
        else if (result == ERR_OK && work)
            result = take_paper(t, work, err);
        if (result == ERR_OK)
            result = taking_tell(t, err);
    }
    return result;
}

/* ---- words ---- */

static int read_record(struct record *record, struct kept_payload *kept, struct binning *b,
                       int64_t id, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, b->writer->store,
                              "SELECT payload, hash, source FROM record WHERE id = ?1", err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    result = stmt_step(stmt, err);
    if (result == 1) {
        const void *bytes = stmt_blob(stmt, 0, &kept->len);

        kept->payload = arena_alloc(b->arena, kept->len + 1);
        memcpy(kept->payload, bytes, kept->len);
        kept->hash = (uint64_t)stmt_int(stmt, 1);
        kept->source = stmt_dup(stmt, 2, b->arena);
        result = payload_unpack(record, b->arena, kept->payload, kept->len, err);
    } else if (result == 0) {
        result = ERR_NOTFOUND;
    }
    stmt_reset(stmt);
    return result;
}

int imported_say_again(bool *said, struct binning *b, int64_t id, struct error *err)
{
    struct prepared prepared = { 0 };
    struct kept_payload kept;
    struct record record;
    const char *why = "it cannot be read";
    enum applied what;
    int64_t work = 0;
    int result = read_record(&record, &kept, b, id, err);

    *said = false;
    if (result != ERR_OK)
        return result == ERR_NOTFOUND ? ERR_OK : result;
    if (!preparer_kept(b->preparer, &prepared, &record, &kept, b->arena, &why))
        return error_set(err, ERR_CORRUPT, "record %" PRId64 ": %s", id, why);
    result = writer_apply(b->writer, &prepared, &what, err);
    fts_document_free(&prepared.doc);
    if (result == ERR_OK)
        result = imported_work(&work, b->writer->store, id, true, err);
    *said = work != 0;
    return result;
}

static int take_words(struct taking *t, const struct imported_record *item, struct error *err)
{
    int64_t work = 0;
    char number[24], pair[48];
    bool said = false;
    int result = imported_work(&work, t->b.writer->store, item->id, true, err);

    if (result == ERR_OK && work)
        result = imported_say_again(&said, &t->b, item->before, err);
    t->turned->words += said;
    t->turned->newer += work && !said;
    if (result != ERR_OK || !said)
        return result;
    snprintf(number, sizeof number, "%" PRId64, item->id);
    snprintf(pair, sizeof pair, "%" PRId64 "<%" PRId64, item->id, item->before);
    return state_log_back(t->b.writer->store, "import", number, "words", pair, NULL, t->step, err);
}

/* The last first: what was replaced twice is what it was before the first. */
static int take_all_words(struct taking *t, struct error *err)
{
    size_t i;
    int64_t work;
    int result = ERR_OK;

    for (i = t->imported.words.len; i-- > 0 && result == ERR_OK;) {
        result = take_words(t, &t->imported.words.items[i], err);
        if (result == ERR_OK)
            result = taking_tell(t, err);
    }
    for (i = 0; i < t->imported.said.len && result == ERR_OK; i++) {
        result = imported_work(&work, t->b.writer->store, t->imported.said.items[i].id, true, err);
        t->turned->joined += result == ERR_OK && work;
        if (result == ERR_OK)
            result = taking_tell(t, err);
    }
    return result;
}

int import_undo(struct writer *writer, int64_t step, struct import_turned *turned,
                struct error *err)
{
    struct taking t = { .step = step, .turned = turned };
    int result = binning_open(&t.b, writer, err);

    if (result != ERR_OK)
        return result;
    t.arena = arena_new();
    t.stay = hashmap_new();
    result = take_all_records(&t, err);
    if (result == ERR_OK)
        result = take_papers(&t, err);
    if (result == ERR_OK)
        result = take_all_words(&t, err);
    hashmap_free(t.stay);
    arena_free(t.arena);
    binning_close(&t.b);
    return result;
}

/* ---- telling ---- */

static void describe_some(struct str *out, size_t count, const char *one, const char *many)
{
    if (count == 0)
        return;
    str_printf(out, "%s %zu ", out->len ? "," : ":", count);
    str_add(out, count == 1 ? one : many);
}

char *import_describe(const char *name, const struct import_turned *turned, bool back)
{
    struct str parts = STR_INIT;
    char *what;

    describe_some(&parts, turned->papers, back ? "paper is in the bin" : "paper is back",
                  back ? "papers are in the bin" : "papers are back");
    describe_some(&parts, turned->words, back ? "has its older words" : "has the file's words",
                  back ? "have their older words" : "have the file's words");
    describe_some(&parts, turned->others, "stays, as others speak of it, too",
                  "stay, as others speak of them, too");
    describe_some(&parts, turned->joined, "that was here keeps what it was given",
                  "that were here keep what they were given");
    describe_some(&parts, turned->newer, "keeps its newer words", "keep their newer words");
    describe_some(&parts, turned->waiting,
                  "of which nothing is left comes when it is imported again",
                  "of which nothing is left come when they are imported again");
    if (parts.len == 0)
        str_add(&parts, ": nothing of it is as it was left");
    what = mem_printf("import of %s%s", name, parts.ptr);
    str_free(&parts);
    return what;
}
