/*
 * Events that are kept and not counted yet. Counts and visitors of single papers lie on pages all
 * over the library: written with each transaction, they are most of what goes to the disk. So a
 * transaction only notes, in one row, what is to be counted; events_fold counts what many of them
 * have noted at once, and takes the notes away with it. They are read from the table alone: who is
 * killed, or writes at the same time, leaves notes that anybody counts once.
 *
 * A note tells the minute and the visitor's hash, sorted by hash, so that it does not lead back to
 * a single event.
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

struct pending {
    struct note *notes;
    size_t len, cap;
};

struct pending *pending_new(void)
{
    return mem_zalloc(sizeof(struct pending));
}

void pending_free(struct pending *pending)
{
    if (pending)
        free(pending->notes);
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
}

static int compare_notes(const void *a, const void *b)
{
    uint64_t x = ((const struct note *)a)->visitor, y = ((const struct note *)b)->visitor;

    return x < y ? -1 : x > y;
}

int pending_write(struct pending *pending, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int result;

    if (pending->len == 0)
        return ERR_OK;
    result = stmt_prepare(&stmt, store, "INSERT INTO usage_pending(events) VALUES(?1)", err);
    if (result != ERR_OK)
        return result;
    qsort(pending->notes, pending->len, sizeof *pending->notes, compare_notes);
    stmt_bind_blob(stmt, 1, pending->notes, pending->len * sizeof *pending->notes);
    return stmt_run(stmt, err);
}

/* ---- counting ---- */

static int notes_add(struct rollup *rollup, const uint8_t *bytes, size_t len, struct error *err)
{
    struct note note;
    size_t at;

    if (len % sizeof note != 0)
        return error_set(err, ERR_CORRUPT, "%zu bytes of events that are not counted yet", len);
    for (at = 0; at < len; at += sizeof note) {
        struct event event;

        memcpy(&note, bytes + at, sizeof note);
        if (note.kind < 0 || note.kind >= EVENT_KINDS)
            return error_set(err, ERR_CORRUPT, "an event that is not counted yet has no kind");
        event = (struct event){ .kind = (enum event_kind)note.kind,
                                .at = note.at,
                                .results = note.fruitless ? 0 : -1,
                                .visitor = note.visitor };
        rollup_add(rollup, &event, note.subjects);
    }
    return ERR_OK;
}

static int notes_read(struct rollup *rollup, struct store *store, struct error *err)
{
    struct stmt *stmt;
    int step = 0;
    int result = stmt_prepare(&stmt, store, "SELECT events FROM usage_pending ORDER BY id", err);

    if (result != ERR_OK)
        return result;
    while (result == ERR_OK && (step = stmt_step(stmt, err)) == 1) {
        size_t len;
        const void *bytes = stmt_blob(stmt, 0, &len);

        result = notes_add(rollup, bytes, len, err);
    }
    stmt_reset(stmt);
    return step < 0 ? step : result;
}

static int fold(struct store *store, struct error *err)
{
    struct rollup *rollup = rollup_new();
    int result = store_begin(store, err);

    if (result != ERR_OK) {
        rollup_free(rollup);
        return result;
    }
    result = notes_read(rollup, store, err);
    if (result == ERR_OK)
        result = rollup_write(rollup, store, err);
    if (result == ERR_OK)
        result = store_exec(store, "DELETE FROM usage_pending", err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    if (result != ERR_OK)
        store_rollback(store);
    rollup_free(rollup);
    return result;
}

int events_fold(struct store *store, int64_t patience_ms, struct error *err)
{
    int64_t some = 0, patience = store->busy_ms;
    int result = store_query_int(store, "SELECT EXISTS (SELECT 1 FROM usage_pending)", &some, err);

    if (result != ERR_OK || !some)
        return result;
    store->busy_ms = patience_ms;
    result = fold(store, err);
    store->busy_ms = patience;
    return result;
}
