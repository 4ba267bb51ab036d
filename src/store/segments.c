/*
 * Reading the list of segments: opened files, and which of their works count; see segments.h.
 *
 * What was read is kept with the connection until one of two random numbers changes: text_gen (a
 * text was written) or segment_gen (the list was). Files stay open from one list to the next.
 */
#include "carrel/segments.h"

#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/mem.h"

#include "segments_internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define RELAX_BYTES (96ll << 20) /* of segments that may stay in a connection's memory */

struct segments_handle {
    struct segment_set face;
    struct segment *items;
    uint64_t **dead;
    struct postings **open; /* by position, as `items` */
    size_t count;
    int64_t *pending;
    int64_t text_gen, segment_gen;
    bool known, usable;
};

char *segment_path(struct store *store, int64_t name)
{
    return mem_printf("%s/cache/postings-%016" PRIx64 ".seg", store->dir, (uint64_t)name);
}

static void handle_forget(struct segments_handle *handle, bool close)
{
    size_t i;

    for (i = 0; i < handle->count; i++) {
        free(handle->dead[i]);
        if (close)
            postings_close(handle->open[i]);
    }
    free(handle->items);
    free(handle->dead);
    free(handle->open);
    free(handle->pending);
    memset(handle, 0, sizeof *handle);
}

void segments_close(void *handle)
{
    if (handle)
        handle_forget(handle, true);
    free(handle);
}

static int read_generations(struct store *store, int64_t *text_gen, int64_t *segment_gen,
                            int64_t *to, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store,
                              "SELECT (SELECT value FROM meta WHERE key = 'text_gen'), "
                              "(SELECT value FROM meta WHERE key = 'segment_gen'), "
                              "(SELECT value FROM meta WHERE key = 'segments_to')",
                              err);

    if (result != ERR_OK)
        return result;
    result = stmt_step(stmt, err);
    if (result == 1) {
        *text_gen = stmt_int(stmt, 0);
        *segment_gen = stmt_int(stmt, 1);
        *to = stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    return result < 0 ? result : ERR_OK;
}

int64_t *segment_ids(const void *blob, size_t len, size_t *count)
{
    int64_t *ids = mem_alloc(len + sizeof *ids);

    *count = len / sizeof *ids;
    if (len > 0)
        memcpy(ids, blob, *count * sizeof *ids);
    return ids;
}

static void bits_set(uint64_t **bits, const struct postings_info *info, const int64_t *ids,
                     size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        int64_t doc = ids[i] - info->first_id;

        if (doc < 0 || ids[i] > info->last_id)
            continue;
        if (!*bits)
            *bits = mem_zalloc(((size_t)(info->last_id - info->first_id) / 64 + 1) * 8);
        (*bits)[doc / 64] |= 1ull << (doc % 64);
    }
}

static int read_pending(struct store *store, struct segments_handle *handle, struct error *err)
{
    size_t cap = 0;
    struct stmt *stmt;
    int step;
    int result = stmt_prepare(&stmt, store,
                              "SELECT work_id FROM segment_pending WHERE work_id <= (SELECT value "
                              "FROM meta WHERE key = 'segments_to') ORDER BY 1",
                              err);

    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1)
        VEC_PUSH(handle->pending, handle->face.pending_count, cap, stmt_int(stmt, 0));
    stmt_reset(stmt);
    return step;
}

/* A file of the old list, or a newly opened one. */
static struct postings *take_open(struct segments_handle *old, struct store *store, int64_t name)
{
    struct postings *postings = NULL;
    struct error why;
    char *path;
    size_t i;

    for (i = 0; i < old->count; i++) {
        if (old->open[i] && postings_info(old->open[i])->name == name) {
            postings = old->open[i];
            old->open[i] = NULL;
            return postings;
        }
    }
    path = segment_path(store, name);
    if (postings_open(&postings, path, &why) != ERR_OK)
        log_write(LOG_DEBUG, "segments are left aside: %s", why.message);
    free(path);
    return postings;
}

static int read_list(struct store *store, struct segments_handle *handle,
                     struct segments_handle *old, struct error *err)
{
    size_t cap = 0, cap_dead = 0, cap_items = 0, len = 0, count;
    int64_t library_id = 0;
    struct stmt *stmt;
    int step;
    int result =
        store_query_int(store, "SELECT value FROM meta WHERE key = 'library_id'", &library_id, err);

    if (result == ERR_OK)
        result = stmt_prepare(&stmt, store, "SELECT name, dead FROM segment ORDER BY id", err);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct postings *postings = take_open(old, store, stmt_int(stmt, 0));
        uint64_t *dead = NULL;
        const void *blob = stmt_blob(stmt, 1, &len);
        int64_t *ids = segment_ids(blob, len, &count);
        const struct postings_info *info = postings ? postings_info(postings) : NULL;

        if (!info || info->name != stmt_int(stmt, 0) || info->library_id != library_id) {
            handle->usable = false;
        } else {
            bits_set(&dead, info, ids, count);
            bits_set(&dead, info, handle->pending, handle->face.pending_count);
        }
        free(ids);
        VEC_PUSH(handle->items, handle->face.count, cap_items,
                 ((struct segment){ .postings = postings, .dead = dead }));
        if (cap_dead < cap_items) {
            handle->dead = mem_grow(handle->dead, &cap_dead, cap_items, sizeof *handle->dead);
            handle->open = mem_grow(handle->open, &cap, cap_items, sizeof *handle->open);
        }
        handle->dead[handle->count] = dead;
        handle->open[handle->count++] = postings;
    }
    stmt_reset(stmt);
    return step;
}

static int handle_read(struct store *store, struct segments_handle *handle, struct error *err)
{
    struct segments_handle old = *handle;
    int result;

    memset(handle, 0, sizeof *handle);
    handle->usable = true;
    result =
        read_generations(store, &handle->text_gen, &handle->segment_gen, &handle->face.to, err);
    if (result == ERR_OK)
        result = read_pending(store, handle, err);
    if (result == ERR_OK)
        result = read_list(store, handle, &old, err);
    handle_forget(&old, true);
    handle->face.items = handle->items;
    handle->face.pending = handle->pending;
    handle->usable &= handle->face.count > 0;
    handle->known = result == ERR_OK;
    return result;
}

int segments_get(const struct segment_set **out, struct store *store, struct error *err)
{
    struct segments_handle *handle = store->segments;
    int64_t text_gen = 0, segment_gen = 0, to;
    int tries = 0;
    int result = read_generations(store, &text_gen, &segment_gen, &to, err);

    if (result != ERR_OK)
        return result;
    if (!handle)
        store->segments = handle = mem_zalloc(sizeof *handle);
    if (!handle->known || handle->text_gen != text_gen || handle->segment_gen != segment_gen) {
        /* A file may be merged away between reading the list and opening it: once more, then. */
        do
            result = handle_read(store, handle, err);
        while (result == ERR_OK && !handle->usable && handle->face.count > 0 && ++tries < 3);
    }
    if (result != ERR_OK)
        return result;
    *out = &handle->face; /* also when they cannot be used: how many there should be */
    return handle->usable ? ERR_OK : error_set(err, ERR_NOTFOUND, "no segments to search");
}

void segments_relax(struct store *store)
{
    const struct segments_handle *handle = store->segments;
    int64_t bytes = 0;
    size_t i;

    if (!handle || !handle->usable)
        return;
    for (i = 0; i < handle->count; i++)
        bytes += (int64_t)postings_bytes(handle->open[i]);
    if (bytes <= RELAX_BYTES)
        return;
    for (i = 0; i < handle->count; i++)
        postings_release(handle->open[i]);
}

int segments_note(struct store *store, int64_t id, bool is_new, struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(
        &stmt, store,
        is_new ? "INSERT OR REPLACE INTO segment_pending(work_id, writer) SELECT ?1, ?2 "
                 "WHERE ?1 <= (SELECT value FROM meta WHERE key = 'segments_to')"
               : "INSERT OR REPLACE INTO segment_pending(work_id, writer) VALUES(?1, ?2)",
        err);

    if (result != ERR_OK)
        return result;
    stmt_bind_int(stmt, 1, id);
    stmt_bind_int(stmt, 2, store->token);
    return stmt_run(stmt, err);
}

int segments_forget(struct store *store, struct error *err)
{
    return store_exec(store,
                      "DELETE FROM segment; DELETE FROM segment_pending; "
                      "UPDATE meta SET value = 0 WHERE key = 'segments_to'; "
                      "UPDATE meta SET value = (random() & 9223372036854775807) "
                      "WHERE key = 'segment_gen'",
                      err);
}

int segments_verify(struct store *store, int64_t *count, struct error *err)
{
    struct stmt *stmt;
    int step;
    int result = stmt_prepare_once(&stmt, store, "SELECT name, hash FROM segment", err);

    *count = 0;
    while (result == ERR_OK && (step = stmt_step(stmt, err)) != 0) {
        char *path = segment_path(store, stmt_int(stmt, 0));
        struct postings *postings = NULL;

        result = step < 0 ? step : postings_open(&postings, path, err);
        if (result == ERR_OK)
            result = postings_verify(postings, (uint64_t)stmt_int(stmt, 1), err);
        if (result != ERR_OK && step == 1)
            error_context(err, "%s", path_base(path));
        postings_close(postings);
        free(path);
        (*count)++;
    }
    stmt_free(stmt);
    return result;
}

int segments_uncovered(struct store *store, int64_t *count, struct error *err)
{
    return store_query_int(
        store,
        "SELECT (SELECT count(*) FROM work_length WHERE id > (SELECT value FROM meta WHERE key = "
        "'segments_to')) + (SELECT count(*) FROM segment_pending WHERE work_id <= (SELECT value "
        "FROM meta WHERE key = 'segments_to'))",
        count, err);
}
