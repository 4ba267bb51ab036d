/*
 * What deliveries of webhooks say. Papers are told as the interchange form has them, but without
 * tags and notes: what a reader thinks of them is no news for others. A file of this machine is
 * told by its name alone.
 */
#include "hooks.h"

#include "carrel/clock.h"
#include "carrel/documents.h"
#include "carrel/file.h"
#include "carrel/jsonw.h"
#include "carrel/publish.h"

#include <stdlib.h>
#include <string.h>

static void begin(struct jsonw *w, struct str *out, enum webhook_event event, const char *webhook)
{
    jsonw_start(w, out);
    jsonw_object(w);
    jsonw_key_int(w, "version", 1);
    jsonw_key_string(w, "event", webhook_event_name(event));
    jsonw_key_string(w, "webhook", webhook);
}

/* The record of a work as a value; nothing when it is gone, or null with `null`. */
static int work_json(struct jsonw *w, struct store *store, int64_t work, bool null,
                     struct error *err)
{
    struct arena *arena = arena_new();
    struct str json = STR_INIT;
    struct record record;
    int result = work ? publish_record(store, arena, work, &record, err) : ERR_NOTFOUND;

    if (result == ERR_OK) {
        record.tags = record.notes = (struct text_list){ 0 };
        record_to_json(&json, &record);
        jsonw_raw(w, json.ptr);
    } else if (result == ERR_NOTFOUND && null) {
        jsonw_null(w);
    }
    str_free(&json);
    arena_free(arena);
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

static int scraped(struct jsonw *w, struct store *store, struct arena *arena,
                   const struct webhook_delivery *delivery, struct error *err)
{
    int64_t *works;
    size_t count, i;
    int result = webhook_delivery_works(store, arena, delivery, &works, &count, err);

    jsonw_key(w, "run");
    jsonw_raw(w, delivery->about);
    jsonw_key(w, "records");
    jsonw_array(w);
    for (i = 0; result == ERR_OK && i < count; i++)
        result = work_json(w, store, works[i], false, err);
    jsonw_end(w);
    return result;
}

static void document_json(struct jsonw *w, const struct stored_document *row)
{
    bool url = str_starts(row->origin, "https://") || str_starts(row->origin, "http://");
    struct str id = STR_INIT;

    str_printf(&id, "file:%s", row->name);
    jsonw_object(w);
    jsonw_key_string(w, "id", id.ptr);
    jsonw_key_string(w, "sha256", row->sha256);
    jsonw_key_string(w, "format", row->format);
    jsonw_key_string(w, "state", row->state);
    jsonw_key_string(w, "message", *row->message ? row->message : NULL);
    jsonw_key_string(w, "origin", url ? row->origin : path_base(row->origin));
    jsonw_key_string(w, "title", *row->title ? row->title : NULL);
    jsonw_key_int(w, "pages", row->pages);
    jsonw_key_int(w, "chars", row->chars);
    jsonw_key_int(w, "bytes", row->bytes);
    jsonw_key_time(w, "processed", row->processed);
    jsonw_end(w);
    str_free(&id);
}

static void chunk_json(struct jsonw *w, const struct stored_chunk *chunk)
{
    jsonw_object(w);
    jsonw_key_int(w, "ordinal", chunk->ordinal);
    jsonw_key_int(w, "page", (int64_t)chunk->page + 1);
    jsonw_key_int(w, "start", chunk->start);
    jsonw_key_int(w, "end", chunk->end);
    jsonw_key_string(w, "heading", chunk->heading);
    jsonw_key_string(w, "text", chunk->body);
    jsonw_end(w);
}

/* Those of this part, divided as the outbox has divided them. */
static void chunks_json(struct jsonw *w, struct arena *arena, const struct stored_chunk *chunks,
                        size_t count, int part)
{
    size_t *sizes = arena_alloc(arena, (count + 1) * sizeof *sizes), first = 0, some = 0, i;

    for (i = 0; i < count; i++)
        sizes[i] = webhook_chunk_size(chunks[i].heading, chunks[i].body);
    for (; part > 0; part--) {
        first += some;
        some = webhook_fill(sizes + first, count - first, WEBHOOK_CHUNKS);
    }
    jsonw_array(w);
    for (i = first; i < first + some; i++)
        chunk_json(w, &chunks[i]);
    jsonw_end(w);
}

static int document_members(struct jsonw *w, struct store *store, const struct stored_document *row,
                            struct error *err)
{
    jsonw_key(w, "document");
    document_json(w, row);
    jsonw_key(w, "work");
    return work_json(w, store, row->work, true, err);
}

int hook_document(struct jsonw *w, struct store *store, struct arena *arena, const char *sha256,
                  struct error *err)
{
    struct stored_document row;
    char *path = documents_path(store, sha256);
    int result = documents_find(&row, store, arena, sha256, err);

    if (result == ERR_OK) {
        result = document_members(w, store, &row, err);
        jsonw_key_string(w, "file", file_exists(path) ? path : NULL);
    }
    free(path);
    return result;
}

static int processed(struct jsonw *w, struct store *store, struct arena *arena,
                     const struct webhook_delivery *delivery, struct error *err)
{
    struct stored_document row;
    struct stored_chunk *chunks;
    size_t count;
    int result = documents_find(&row, store, arena, delivery->document, err);

    if (result == ERR_OK)
        result = documents_chunks(&chunks, &count, store, arena, row.id, err);
    if (result != ERR_OK)
        return result;
    result = document_members(w, store, &row, err);
    jsonw_key(w, "chunks");
    chunks_json(w, arena, chunks, count, delivery->part);
    return result;
}

int hook_body(struct str *out, struct store *store, const struct webhook_delivery *delivery,
              struct error *err)
{
    struct arena *arena = arena_new();
    struct jsonw w;
    int result = store_begin_read(store, err);

    if (result == ERR_OK) {
        begin(&w, out, delivery->event, delivery->webhook);
        jsonw_key_int(&w, "part", delivery->part);
        jsonw_key_int(&w, "parts", delivery->parts);
        result = delivery->event == WEBHOOK_SCRAPED ? scraped(&w, store, arena, delivery, err)
                                                    : processed(&w, store, arena, delivery, err);
        jsonw_end(&w);
        str_add_char(out, '\n');
        store_rollback(store);
    }
    arena_free(arena);
    return result;
}

void hook_ping(struct str *out, const char *name)
{
    struct jsonw w;

    begin(&w, out, WEBHOOK_PING, name);
    jsonw_key_time(&w, "at", clock_real_ms());
    jsonw_end(&w);
    str_add_char(out, '\n');
}
