/*
 * Writing events: what is new of a batch becomes rows, and a note of what is to be done with them
 * later, all in one transaction.
 */
#include "events_internal.h"

#include <stdlib.h>
#include <string.h>

#define FOLD_PATIENCE_MS 30000
#define NAMES_MOST 200000 /* that are remembered */

struct events_writer {
    struct store *store;
    struct events_seen *seen;
    struct pending *pending;
    struct hashmap *names; /* a byte for the kind, then the name -> usage_name.id */
    struct str key;
};

const char *event_kind_name(enum event_kind kind)
{
    static const char *const names[EVENT_KINDS] = { "pageview", "click", "search" };

    return names[kind];
}

int events_open(struct events_writer **out, struct store *store, struct error *err)
{
    struct events_writer *writer = mem_zalloc(sizeof *writer);
    int result;

    writer->store = store;
    writer->seen = seen_new();
    writer->pending = pending_new();
    writer->names = hashmap_new();
    str_init(&writer->key);
    /* The same pages are written by each transaction: the longer the log, the more seldom they are
     * copied from it. 80 MB of it at most, as long as nobody reads for long. */
    result = store_exec(store, "PRAGMA wal_autocheckpoint = 20000", err);
    if (result == ERR_OK)
        result = events_fold(store, FOLD_PATIENCE_MS, err); /* of one who was killed */
    if (result == ERR_OK)
        result = seen_refresh(writer->seen, store, err);
    if (result != ERR_OK) {
        events_free(writer);
        writer = NULL;
    }
    *out = writer;
    return result;
}

void events_free(struct events_writer *writer)
{
    if (!writer)
        return;
    seen_free(writer->seen);
    pending_free(writer->pending);
    hashmap_free(writer->names);
    str_free(&writer->key);
    free(writer);
}

/* ---- names ---- */

static int name_insert(struct store *store, enum usage_kind kind, const char *name, int64_t *id,
                       struct error *err)
{
    struct stmt *stmt;
    int step, result = stmt_prepare(
                  &stmt, store,
                  "INSERT INTO usage_name(kind, name) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET "
                  "name = name RETURNING id",
                  err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, (int64_t)kind);
    stmt_bind_text(stmt, 2, name);
    step = stmt_step(stmt, err);
    if (step == 1) {
        *id = stmt_int(stmt, 0);
        step = stmt_step(stmt, err); /* to its end: only then it is written for sure */
    }
    stmt_reset(stmt);
    return step;
}

/* 0 for none. */
static int name_of(struct events_writer *writer, enum usage_kind kind, const char *name,
                   int64_t *id, struct error *err)
{
    uint64_t *kept;
    int result;

    *id = 0;
    if (!name)
        return ERR_OK;
    str_clear(&writer->key);
    str_add_char(&writer->key, (char)('0' + kind));
    str_add(&writer->key, name);
    kept = hashmap_get(writer->names, writer->key.ptr, writer->key.len);
    if (kept) {
        *id = (int64_t)*kept;
        return ERR_OK;
    }
    result = name_insert(writer->store, kind, name, id, err);
    if (result == ERR_OK) {
        if (hashmap_count(writer->names) >= NAMES_MOST)
            hashmap_clear(writer->names);
        *hashmap_put(writer->names, writer->key.ptr, writer->key.len, NULL) = (uint64_t)*id;
    }
    return result;
}

static int event_names(struct events_writer *writer, const struct event *event,
                       int64_t subjects[USAGE_KINDS], struct error *err)
{
    const char *const names[USAGE_KINDS] = { [USAGE_PAPER] = event->paper,
                                             [USAGE_PATH] = event->path,
                                             [USAGE_SOURCE] = event->source,
                                             [USAGE_QUERY] = event->query };
    int kind, result = ERR_OK;

    for (kind = 0; kind < USAGE_KINDS && result == ERR_OK; kind++)
        result = name_of(writer, (enum usage_kind)kind, names[kind], &subjects[kind], err);
    return result;
}

/* ---- rows ---- */

static void bind_or_null(struct stmt *stmt, int at, int64_t value, int64_t none)
{
    if (value == none)
        stmt_bind_null(stmt, at);
    else
        stmt_bind_int(stmt, at, value);
}

static int event_insert(struct store *store, const struct event *event,
                        const int64_t subjects[USAGE_KINDS], int64_t now, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "INSERT INTO event(key, received, at, kind, paper, path, referrer, "
                              "query, target, results) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, "
                              "?10)",
                              err);

    if (result != ERR_OK)
        return result;
    stmt_bind_blob(stmt, 1, event->id, EVENT_ID_BYTES);
    stmt_bind_int(stmt, 2, now);
    stmt_bind_int(stmt, 3, event->at);
    stmt_bind_int(stmt, 4, event->kind);
    bind_or_null(stmt, 5, subjects[USAGE_PAPER], 0);
    bind_or_null(stmt, 6, subjects[USAGE_PATH], 0);
    bind_or_null(stmt, 7, subjects[USAGE_SOURCE], 0);
    bind_or_null(stmt, 8, subjects[USAGE_QUERY], 0);
    stmt_bind_text(stmt, 9, event->target);
    bind_or_null(stmt, 10, event->results, -1);
    return stmt_run(stmt, err);
}

static int event_write(struct events_writer *writer, const struct event *event,
                       enum event_fate *fate, int64_t now, struct error *err)
{
    int64_t subjects[USAGE_KINDS];
    bool known;
    int result = seen_put(writer->seen, writer->store, event->id, &known, err);

    *fate = known ? EVENT_DUPLICATE : EVENT_ACCEPTED;
    if (result != ERR_OK || known)
        return result;
    result = event_names(writer, event, subjects, err);
    if (result == ERR_OK)
        result = event_insert(writer->store, event, subjects, now, err);
    if (result == ERR_OK)
        pending_add(writer->pending, event, subjects);
    return result;
}

int events_write(struct events_writer *writer, const struct event *events, size_t count,
                 enum event_fate *fates, int64_t now, struct error *err)
{
    struct store *store = writer->store;
    size_t i;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    pending_clear(writer->pending);
    result = seen_refresh(writer->seen, store, err);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = event_write(writer, &events[i], &fates[i], now, err);
    if (result == ERR_OK)
        result = pending_write(writer->pending, store, now, err);
    if (result == ERR_OK)
        result = store_commit(store, err);
    if (result != ERR_OK) { /* what is remembered may not be there */
        store_rollback(store);
        seen_forget(writer->seen);
        hashmap_clear(writer->names);
    }
    return result;
}
