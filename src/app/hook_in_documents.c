/*
 * Documents that another carrel has read: their metadata and chunks come into the library, the file
 * does not. The parts of a delivery are kept until all are there. A document that was read here,
 * from its file, is left as it is; one that comes as a file later takes the place of what was told.
 */
#include "hook_in.h"

#include "carrel/chunks.h"
#include "carrel/clock.h"
#include "carrel/document.h"
#include "carrel/documents.h"
#include "carrel/embed.h"
#include "carrel/vectors.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 1000
#define CHUNKS_MAX (PARTS_MAX * WEBHOOK_CHUNKS)
#define PASSAGE_MAX 65536
#define TEXT_MAX 4096
#define LARGE (INT64_C(1) << 40)

struct hook_document {
    struct document_save save;
    struct document_chunk *chunks;
    char name[24]; /* "file:..." */
    const char *processed;
    int part, parts;
    bool whole, here; /* all parts are there; it was in the library before */
    int8_t *vectors;
};

/* ---- members ---- */

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int need_text(const char **out, struct hook_taking *taking, const json_t *object,
                     const char *name, bool optional, struct error *err)
{
    const char *text = text_of(object, name);

    *out = NULL;
    if (!text && optional
        && (!json_object_get(object, name) || json_is_null(json_object_get(object, name))))
        return ERR_OK;
    if (!text || strlen(text) > TEXT_MAX)
        return error_set(err, ERR_PARSE, "document.%s: a text of at most %d bytes", name, TEXT_MAX);
    *out = arena_strdup(taking->arena, text);
    return ERR_OK;
}

static int need_number(int64_t *out, const json_t *object, const char *name, int64_t most,
                       struct error *err)
{
    const json_t *value = json_object_get(object, name);

    *out = json_is_integer(value) ? (int64_t)json_integer_value(value) : -1;
    return *out >= 0 && *out <= most
               ? ERR_OK
               : error_set(err, ERR_PARSE, "%s: a whole number from 0 to %" PRId64, name, most);
}

static bool is_hash(const char *text)
{
    return text && strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static bool is_state(const char *text)
{
    int i;

    for (i = 0; text && i <= DOCUMENT_LIMIT; i++)
        if (strcmp(document_state_name((enum document_state)i), text) == 0)
            return true;
    return false;
}

static int check_parts(struct hook_document *document, const json_t *json, struct error *err)
{
    int64_t part = 0, parts = 0;
    int result = need_number(&part, json, "part", PARTS_MAX, err);

    if (result == ERR_OK)
        result = need_number(&parts, json, "parts", PARTS_MAX, err);
    if (result == ERR_OK && (part < 1 || part > parts))
        result = error_set(err, ERR_PARSE, "part: from 1 to parts");
    document->part = (int)part;
    document->parts = (int)parts;
    return result;
}

/* Where it came from over there: an address stays one, a file's name is told with its teller. */
static const char *origin_of(struct hook_taking *taking, const char *origin)
{
    return str_starts(origin, "https://") || str_starts(origin, "http://")
               ? origin
               : arena_printf(taking->arena, "peer:%s/%s", taking->incoming->peer, origin);
}

static int check_document(struct hook_taking *taking, struct hook_document *document,
                          const json_t *json, struct error *err)
{
    const struct {
        const char *name, **to;
        bool optional;
    } texts[] = {
        { "sha256", &document->save.sha256, false }, { "format", &document->save.format, false },
        { "state", &document->save.state, false },   { "message", &document->save.message, true },
        { "origin", &document->save.origin, false }, { "title", &document->save.title, true },
        { "processed", &document->processed, false }
    };
    const struct {
        const char *name;
        int64_t *to;
    } numbers[] = { { "pages", &document->save.pages },
                    { "chars", &document->save.chars },
                    { "bytes", &document->save.bytes } };
    size_t i;
    int result = json_is_object(json) ? ERR_OK : error_set(err, ERR_PARSE, "document: an object");

    for (i = 0; i < ARRAY_LEN(texts) && result == ERR_OK; i++)
        result = need_text(texts[i].to, taking, json, texts[i].name, texts[i].optional, err);
    for (i = 0; i < ARRAY_LEN(numbers) && result == ERR_OK; i++)
        result = need_number(numbers[i].to, json, numbers[i].name, LARGE, err);
    if (result == ERR_OK && !is_hash(document->save.sha256))
        result = error_set(err, ERR_PARSE, "document.sha256: 64 hexadecimal digits");
    if (result == ERR_OK && !is_state(document->save.state))
        result = error_set(err, ERR_PARSE, "document.state: as 'process --json' names them");
    if (result != ERR_OK)
        return result;
    document->save.origin = origin_of(taking, document->save.origin);
    memcpy(document->name, "file:", 5);
    memcpy(document->name + 5, document->save.sha256, DOCUMENT_NAME_LEN);
    return ERR_OK;
}

/* ---- chunks ---- */

static int take_chunk(struct hook_taking *taking, struct document_chunk *out, const json_t *json,
                      struct error *err)
{
    const char *text = text_of(json, "text"), *heading = text_of(json, "heading");
    int64_t page = 0, start = 0, end = 0;
    int result = need_number(&page, json, "page", INT32_MAX, err);

    if (result == ERR_OK)
        result = need_number(&start, json, "start", INT32_MAX, err);
    if (result == ERR_OK)
        result = need_number(&end, json, "end", INT32_MAX, err);
    if (result != ERR_OK)
        return result;
    if (!text || strlen(text) > PASSAGE_MAX || (heading && strlen(heading) > TEXT_MAX)
        || end < start)
        return error_set(err, ERR_PARSE,
                         "chunks: each has a text of at most %d bytes and its place", PASSAGE_MAX);
    *out = (struct document_chunk){ .page = page > 0 ? (uint32_t)page - 1 : 0,
                                    .start = (uint32_t)start,
                                    .end = (uint32_t)end,
                                    .turns = "",
                                    .heading = heading ? arena_strdup(taking->arena, heading) : "",
                                    .body = arena_strdup(taking->arena, text) };
    return ERR_OK;
}

static int take_chunks(struct hook_taking *taking, struct hook_document *document,
                       const json_t *json, struct error *err)
{
    const json_t *chunks = json_object_get(json, "chunks");
    size_t count = json_array_size(chunks), had = document->save.chunk_count, i;
    struct document_chunk *all;
    int result = ERR_OK;

    if (!json_is_array(chunks) || count > WEBHOOK_CHUNKS)
        return error_set(err, ERR_PARSE, "chunks: an array of at most %d", WEBHOOK_CHUNKS);
    all = arena_alloc(taking->arena, (had + count + 1) * sizeof *all);
    if (had > 0)
        memcpy(all, document->chunks, had * sizeof *all);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = take_chunk(taking, &all[had + i], json_array_get(chunks, i), err);
    document->chunks = all;
    document->save.chunks = all;
    document->save.chunk_count = had + count;
    return result;
}

/* The other parts, of which this one is the last to come. */
static int take_part(struct hook_taking *taking, struct hook_document *document, int part,
                     struct error *err)
{
    struct str body = STR_INIT;
    json_t *json = NULL;
    int result;

    if (part == document->part)
        return take_chunks(taking, document, taking->json, err);
    result = webhook_part_get(&body, taking->store, taking->incoming->peer, document->save.sha256,
                              document->processed, part, err);
    if (result == ERR_OK) {
        json = json_loadb(body.ptr, body.len, 0, NULL);
        result = json ? take_chunks(taking, document, json, err)
                      : error_set(err, ERR_CORRUPT, "part %d of a document is damaged", part);
    }
    json_decref(json);
    str_free(&body);
    return result;
}

static int all_parts(struct hook_taking *taking, struct hook_document *document, bool *all,
                     struct error *err)
{
    struct str body = STR_INIT;
    int part, result = ERR_OK;

    for (part = 1; part <= document->parts && result == ERR_OK; part++)
        if (part != document->part)
            result = webhook_part_get(&body, taking->store, taking->incoming->peer,
                                      document->save.sha256, document->processed, part, err);
    str_free(&body);
    *all = result == ERR_OK;
    return result == ERR_NOTFOUND ? ERR_OK : result;
}

/* ---- the whole ---- */

/* Read from a file of ours, or told as it is told now? */
static int is_here(struct hook_taking *taking, struct hook_document *document, struct error *err)
{
    struct stored_document row;
    int result = documents_find(&row, taking->store, taking->arena, document->save.sha256, err);

    if (result == ERR_NOTFOUND)
        return ERR_OK;
    document->here = result == ERR_OK && row.reader > 0;
    return result;
}

static int make_vectors(struct hook_taking *taking, struct hook_document *document,
                        struct error *err)
{
    const struct embed_model *model = NULL;
    struct vectors_model serving, next;
    struct document_save *save = &document->save;
    size_t i;
    int result = vectors_models(taking->store, &serving, &next, err);

    if (result == ERR_OK && serving.slot >= 0 && serving.kind != VECTORS_SERVER)
        result = vectors_open_model(&model, taking->store, &serving, err);
    if (result != ERR_OK || !model)
        return result == ERR_NOTFOUND ? ERR_OK : result;
    save->dim = (size_t)embed_info(model)->dim;
    save->model = serving.content;
    document->vectors = arena_alloc(taking->arena, (save->chunk_count + 1) * save->dim);
    for (i = 0; i < save->chunk_count; i++)
        library_embed_chunk(model, save->chunks[i].heading, save->chunks[i].body,
                            document->vectors + i * save->dim);
    save->vectors = document->vectors;
    return ERR_OK;
}

/* What the other side says of the work, and the document as one more source of it. */
static int take_work(struct hook_taking *taking, const struct hook_document *document,
                     struct error *err)
{
    const json_t *work = json_object_get(taking->json, "work");
    const char *id = text_of(work, "id"), *title = text_of(work, "title");
    struct record record = { .id = (char *)(uintptr_t)document->name,
                             .source = "file",
                             .file = document->save.origin };
    json_t *one;
    int result = ERR_OK;

    if (document->save.chunk_count == 0) /* without text it belongs to no work */
        return ERR_OK;
    if (id && !str_starts(id, "file:")) {
        text_list_add(&record.aliases, taking->arena, id, strlen(id));
        one = json_pack("[O]", work);
        result = take_records(taking, one, err);
        json_decref(one);
    }
    record.title = arena_strdup(taking->arena, document->save.title ? document->save.title
                                               : title              ? title
                                                                    : document->name);
    return result == ERR_OK ? importer_add(taking->importer, &record, err) : result;
}

int take_document(struct hook_taking *taking, struct error *err)
{
    struct hook_document *document = arena_alloc(taking->arena, sizeof *document);
    int part, result = check_parts(document, taking->json, err);

    taking->document = document;
    document->save.foreign = true;
    if (result == ERR_OK)
        result = check_document(taking, document, json_object_get(taking->json, "document"), err);
    if (result == ERR_OK)
        result = is_here(taking, document, err);
    if (result == ERR_OK)
        result = all_parts(taking, document, &document->whole, err);
    if (result != ERR_OK)
        return result;
    if (!document->whole) { /* its form is checked all the same */
        result = take_chunks(taking, document, taking->json, err);
        return result;
    }
    for (part = 1; part <= document->parts && result == ERR_OK; part++)
        result = take_part(taking, document, part, err);
    if (result == ERR_OK && !document->here)
        result = make_vectors(taking, document, err);
    return result == ERR_OK && !document->here ? take_work(taking, document, err) : result;
}

int save_document(struct hook_taking *taking, struct store *store, struct error *err)
{
    const struct hook_document *document = taking->document;
    const struct hook_incoming *incoming = taking->incoming;
    int have = 0, result = ERR_OK;

    if (document->whole) {
        if (!document->here)
            result = documents_save(store, &document->save, NULL, err);
        return result == ERR_OK
                   ? webhook_parts_drop(store, incoming->peer, document->save.sha256, err)
                   : result;
    }
    result = webhook_part_put(store, incoming->peer, document->save.sha256, document->processed,
                              document->part, incoming->body, &have, err);
    if (result == ERR_OK && have >= document->parts) /* the others came while we looked */
        result = error_set(err, ERR_BUSY, "another part of the document is being taken");
    return result;
}

void document_answer(const struct hook_taking *taking, struct jsonw *w)
{
    const struct hook_document *document = taking->document;

    if (!document)
        return;
    jsonw_key(w, "document");
    jsonw_object(w);
    jsonw_key_string(w, "id", document->name);
    jsonw_key_string(w, "state",
                     !document->whole ? "waiting"
                     : document->here ? "unchanged"
                                      : "kept");
    jsonw_key_int(w, "part", document->part);
    jsonw_key_int(w, "parts", document->parts);
    jsonw_end(w);
}
