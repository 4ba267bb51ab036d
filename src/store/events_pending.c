/*
 * Events that are kept, whose ids are in no bucket and which are not counted yet. Ids, counts and
 * visitors of single papers lie on pages all over the library: written with each transaction, they
 * are most of what goes to the disk. So a transaction only notes, in one row, what is to be filed
 * and counted; events_fold does that for many of them at once, and takes the notes away with it. It
 * reads them from the table alone: who is killed, or writes at the same time, leaves notes that
 * anybody takes up, once.
 *
 * What is to be counted tells the minute and the visitor's hash, and is sorted by hash, so that it
 * does not lead back to a single event.
 */
#include "events_internal.h"
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* As it lies in memory, little-endian on every machine that carrel runs on, and without padding. */
struct note {
    int64_t at; /* ms, the beginning of its minute */
    uint64_t visitor;
    int64_t subjects[USAGE_KINDS];
    int32_t kind, fruitless;
};
_Static_assert(sizeof(struct note) == 24 + 8 * USAGE_KINDS, "no padding");
typedef uint8_t event_id[EVENT_ID_BYTES];

struct pending {
    struct note *notes;
    event_id *ids;
    size_t len, cap, ids_cap; /* of both there are as many */
};

struct pending *pending_new(void)
{
    return mem_zalloc(sizeof(struct pending));
}

void pending_free(struct pending *pending)
{
    if (!pending)
        return;
    free(pending->notes);
    free(pending->ids);
    free(pending);
}

void pending_clear(struct pending *pending)
{
    pending->len = 0;
}

void pending_add(struct pending *pending, const struct event *event,
                 const int64_t subjects[USAGE_KINDS])
{
    struct note note = { .at = event->at - event->at % usage_span_ms(USAGE_MINUTE),
                         .visitor = event->visitor,
                         .kind = (int32_t)event->kind,
                         .fruitless = event->kind == EVENT_SEARCH && event->results == 0 };

    memcpy(note.subjects, subjects, sizeof note.subjects);
    VEC_PUSH(pending->notes, pending->len, pending->cap, note);
    if (pending->ids_cap < pending->cap) {
        pending->ids_cap = pending->cap;
        pending->ids = mem_realloc(pending->ids, pending->ids_cap * sizeof *pending->ids);
    }
    memcpy(pending->ids[pending->len - 1], event->id, EVENT_ID_BYTES);
}

static int compare_notes(const void *a, const void *b)
{
    uint64_t x = ((const struct note *)a)->visitor, y = ((const struct note *)b)->visitor;

    return x < y ? -1 : x > y;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, EVENT_ID_BYTES);
}

int pending_write(struct pending *pending, struct store *store, int64_t now, struct error *err)
{
    struct stmt *stmt;
    int result;

    if (pending->len == 0)
        return ERR_OK;
    result = stmt_prepare(
        &stmt, store, "INSERT INTO event_pending(received, keys, counts) VALUES(?1, ?2, ?3)", err);
    if (result != ERR_OK)
        return result;
    qsort(pending->notes, pending->len, sizeof *pending->notes, compare_notes);
    qsort(pending->ids, pending->len, sizeof *pending->ids, compare_ids);
    stmt_bind_int(stmt, 1, now);
    stmt_bind_blob(stmt, 2, pending->ids, pending->len * sizeof *pending->ids);
    stmt_bind_blob(stmt, 3, pending->notes, pending->len * sizeof *pending->notes);
    return stmt_run(stmt, err);
}

/* ---- filing and counting ---- */

struct folded {
    struct rollup *rollup;
    event_id *ids;
    size_t len, cap;
    int64_t newest; /* ms, when the last of them came */
};

static int note_add(struct folded *folded, const struct note *note, struct error *err)
{
    struct event event = { .kind = (enum event_kind)note->kind,
                           .at = note->at,
                           .results = note->fruitless ? 0 : -1,
                           .visitor = note->visitor };

    if (note->kind < 0 || note->kind >= EVENT_KINDS)
        return error_set(err, ERR_CORRUPT, "an event that is not counted yet has no kind");
    rollup_add(folded->rollup, &event, note->subjects);
    return ERR_OK;
}

static int row_add(struct folded *folded, struct stmt *stmt, struct error *err)
{
    size_t ids_len, notes_len, at;
    const uint8_t *ids = stmt_blob(stmt, 1, &ids_len), *notes = stmt_blob(stmt, 2, &notes_len);
    size_t count = ids_len / EVENT_ID_BYTES;
    int result = ERR_OK;

    if (ids_len != count * EVENT_ID_BYTES || notes_len != count * sizeof(struct note))
        return error_set(err, ERR_CORRUPT, "%zu and %zu bytes of events that are not counted yet",
                         ids_len, notes_len);
    for (at = 0; at < count && result == ERR_OK; at++) {
        struct note note;

        memcpy(&note, notes + at * sizeof note, sizeof note);
        result = note_add(folded, &note, err);
    }
    if (folded->len + count > folded->cap) {
        folded->cap = 2 * (folded->len + count);
        folded->ids = mem_realloc(folded->ids, folded->cap * sizeof *folded->ids);
    }
    if (count > 0)
        memcpy(folded->ids[folded->len], ids, ids_len);
    folded->len += count;
    if (stmt_int(stmt, 0) > folded->newest)
        folded->newest = stmt_int(stmt, 0);
    return result;
}

static int rows_read(struct folded *folded, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, store,
                              "SELECT received, keys, counts FROM event_pending ORDER BY id", err);

    if (result != ERR_OK)
        return result;
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1)
        result = row_add(folded, stmt, err);
    stmt_reset(stmt);
    return step < 0 ? step : result;
}

/* Inside a transaction. Somebody else may have been quicker. */
static int fold(struct folded *folded, struct store *store, struct error *err)
{
    int result = rows_read(folded, store, err);

    if (result != ERR_OK || folded->len == 0)
        return result;
    qsort(folded->ids, folded->len, sizeof *folded->ids, compare_ids);
    result = seen_file(store, (const uint8_t(*)[EVENT_ID_BYTES])folded->ids, folded->len,
                       folded->newest, err);
    if (result == ERR_OK)
        result = rollup_write(folded->rollup, store, err);
    if (result == ERR_OK)
        result = store_exec(store, "DELETE FROM event_pending", err);
    return result;
}

static int fold_all(struct store *store, struct error *err)
{
    struct folded folded = { 0 };
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    folded.rollup = rollup_new();
    result = fold(&folded, store, err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    if (result != ERR_OK)
        store_rollback(store);
    rollup_free(folded.rollup);
    free(folded.ids);
    return result;
}

int events_fold(struct store *store, int64_t patience_ms, struct error *err)
{
    int64_t some = 0, patience = store->busy_ms;
    int result = store_query_int(store, "SELECT EXISTS (SELECT 1 FROM event_pending)", &some, err);

    if (result != ERR_OK || !some)
        return result;
    store->busy_ms = patience_ms;
    result = fold_all(store, err);
    store->busy_ms = patience;
    return result;
}
