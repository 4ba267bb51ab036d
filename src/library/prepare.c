/*
 * Preparing a record away from the database: canonical names, dates, packed payload, tokens.
 *
 * Runs on the importer's calling thread, so that the writer thread has little left to compute.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/ops.h"
#include "carrel/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct preparer {
    struct fts_preparer *fts;
    struct embedders embedders;
    struct str packed;
    z_stream deflater;
    void *kept; /* the packed form of the next record, if it has that hash */
    size_t kept_len;
    uint64_t kept_hash;
};

static void payload_start(z_stream *deflater)
{
    if (deflateInit2(deflater, 1, Z_DEFLATED, -12, 5, Z_DEFAULT_STRATEGY) != Z_OK)
        die("zlib does not start");
}

struct preparer *preparer_new(struct embedders *embedders)
{
    struct preparer *preparer = mem_zalloc(sizeof *preparer);

    preparer->fts = fts_preparer_new();
    preparer->embedders = *embedders;
    memset(embedders, 0, sizeof *embedders);
    str_init(&preparer->packed);
    payload_start(&preparer->deflater);
    return preparer;
}

void preparer_free(struct preparer *preparer)
{
    if (!preparer)
        return;
    fts_preparer_free(preparer->fts);
    embedders_close(&preparer->embedders);
    str_free(&preparer->packed);
    deflateEnd(&preparer->deflater);
    free(preparer);
}

int payload_unpack(struct record *out, struct arena *arena, const void *bytes, size_t len,
                   struct error *err)
{
    struct str plain = STR_INIT;
    z_stream stream = { 0 };
    int status, result;

    if (inflateInit2(&stream, -15) != Z_OK)
        return error_set(err, ERR_FAILED, "zlib does not start");
    stream.next_in = (Bytef *)(uintptr_t)bytes;
    stream.avail_in = (uInt)len;
    do {
        str_reserve(&plain, len * 4 + 256);
        stream.next_out = (Bytef *)plain.ptr + plain.len;
        stream.avail_out = (uInt)(plain.cap - plain.len - 1);
        status = inflate(&stream, Z_NO_FLUSH);
        plain.len = stream.total_out;
    } while (status == Z_OK && plain.len < PAYLOAD_MAX * 4);
    inflateEnd(&stream);
    if (status == Z_STREAM_END)
        result = record_unpack(out, arena, plain.ptr, plain.len, err);
    else
        result = error_set(err, ERR_CORRUPT, "a kept record is damaged");
    str_free(&plain);
    return result;
}

static void *payload_deflate(z_stream *z, const struct str *packed, size_t *len,
                             struct arena *arena)
{
    uLong bound;
    void *payload;

    deflateReset(z);
    bound = deflateBound(z, packed->len);
    payload = arena_alloc(arena, bound);
    z->next_in = (Bytef *)packed->ptr;
    z->avail_in = (uInt)packed->len;
    z->next_out = payload;
    z->avail_out = (uInt)bound;
    deflate(z, Z_FINISH);
    *len = z->total_out;
    return payload;
}

void *payload_pack(struct str *packed, uint64_t *hash, size_t *len, const struct record *record,
                   struct arena *arena)
{
    z_stream deflater = { 0 };
    void *payload;

    str_clear(packed);
    record_pack(packed, record);
    *hash = hash64(packed->ptr, packed->len, 0);
    payload_start(&deflater);
    payload = payload_deflate(&deflater, packed, len, arena);
    deflateEnd(&deflater);
    return payload;
}

static void prepare_payload(struct preparer *preparer, struct prepared *out, struct arena *arena)
{
    str_clear(&preparer->packed);
    record_pack(&preparer->packed, &out->record);
    out->hash = hash64(preparer->packed.ptr, preparer->packed.len, 0);
    if (preparer->kept && preparer->kept_hash == out->hash) {
        out->payload = preparer->kept;
        out->payload_len = preparer->kept_len;
    } else {
        out->payload =
            payload_deflate(&preparer->deflater, &preparer->packed, &out->payload_len, arena);
    }
}

char *authors_text(const struct text_list *authors, struct arena *arena)
{
    struct str lines = STR_INIT;
    char *text;
    size_t i;

    for (i = 0; i < authors->len; i++) {
        if (i > 0)
            str_add_char(&lines, '\n');
        str_add(&lines, authors->items[i]);
    }
    text = arena_strndup(arena, lines.ptr, lines.len);
    str_free(&lines);
    return text;
}

bool published_days(const char *text, int32_t *first, int32_t *last)
{
    bool known = date_parse(text, first, last);

    if (known && *first == 0) {
        *first = 1;
        *last = *last > 0 ? *last : 1;
    }
    return known;
}

static void add_name(struct text_list *out, struct arena *arena, const char *text)
{
    struct ident ident;
    struct str id = STR_INIT;
    size_t i;

    if (!text || !ident_parse(&ident, text))
        return;
    ident_print(&id, &ident);
    for (i = 0; i < out->len; i++)
        if (strcmp(out->items[i], id.ptr) == 0)
            break;
    if (i == out->len)
        text_list_add(out, arena, id.ptr, id.len);
    str_free(&id);
}

void record_names(struct text_list *out, struct arena *arena, const struct record *record)
{
    size_t i;

    add_name(out, arena, record->id);
    add_name(out, arena, record->doi);
    for (i = 0; i < record->aliases.len; i++)
        add_name(out, arena, record->aliases.items[i]);
    if (out->len == 0 && record->url)
        add_name(out, arena, record->url);
}

/* A paper that nobody has numbered is called by what it says: the same title, first author and year
 * give the same name on every machine. */
static char *prepare_local_key(const struct record *record, struct arena *arena)
{
    struct str key = STR_INIT;
    char *local;

    text_key(&key, record->title);
    str_add_char(&key, '\n');
    if (record->authors.len > 0)
        text_key(&key, record->authors.items[0]);
    str_printf(&key, "\n%.4s", record->published ? record->published : "");
    local = arena_printf(arena, "local:%016" PRIx64, hash64(key.ptr, key.len, 0));
    str_free(&key);
    return local;
}

void record_all_names(struct text_list *out, struct arena *arena, const struct record *record)
{
    record_names(out, arena, record);
    if (out->len == 0)
        add_name(out, arena, prepare_local_key(record, arena));
}

/* Of all names the one whose scheme comes first in enum id_scheme. */
static void prepare_names(struct prepared *out, struct arena *arena)
{
    enum id_scheme best = ID_LOCAL;
    size_t i;

    record_all_names(&out->aliases, arena, &out->record);
    for (i = 0; i < out->aliases.len; i++) {
        const char *colon = strchr(out->aliases.items[i], ':');
        enum id_scheme scheme =
            ident_scheme_from(out->aliases.items[i], (size_t)(colon - out->aliases.items[i]));

        if (!out->key || scheme < best
            || (scheme == best && strcmp(out->aliases.items[i], out->key) < 0)) {
            out->key = out->aliases.items[i];
            best = scheme;
        }
    }
    if (!out->record.id)
        out->record.id = out->key;
}

static size_t notes_size(const struct record *record)
{
    size_t i, size = 0;

    for (i = 0; i < record->notes.len; i++)
        size += strlen(record->notes.items[i]) + 2;
    return size;
}

bool preparer_run(struct preparer *preparer, struct prepared *out, const struct record *record,
                  struct arena *arena, const char **why)
{
    struct fts_document doc = out->doc;

    memset(out, 0, sizeof *out);
    out->doc = doc;
    record_copy(&out->record, record, arena);
    /* What is no paper goes to the store as it is. */
    if (record->catalog || record->repository || (record->asked && !record->title))
        return true;
    if (str_blank(record->title) && !record->deleted) {
        *why = "no title";
        return false;
    }
    if (!out->record.title)
        out->record.title = arena_strdup(arena, "");
    if (record->published && !published_days(record->published, &out->day, &out->day_last)) {
        log_write(LOG_INFO, "%s: '%.40s' is no date; kept without",
                  record->id ? record->id : record->title, record->published);
        out->record.published = NULL;
    }
    if (notes_size(&out->record) > OP_VALUE_MAX) {
        *why = "its notes are larger than 1 MiB";
        return false;
    }
    prepare_names(out, arena);
    out->authors = authors_text(&out->record.authors, arena);
    out->title_hash = text_key_hash(out->record.title);
    prepare_payload(preparer, out, arena);
    if (preparer->packed.len > PAYLOAD_MAX) {
        *why = "larger than 4 MiB";
        return false;
    }
    fts_document_prepare(preparer->fts, &out->doc, out->record.title, out->record.abstract,
                         out->authors);
    embedders_prepare(&preparer->embedders, out, arena);
    return true;
}

bool preparer_kept(struct preparer *preparer, struct prepared *out, struct record *record,
                   const struct kept_payload *kept, struct arena *arena, const char **why)
{
    bool good;

    record->source = kept->source;
    record->adds = source_adds(kept->source);
    preparer->kept = kept->payload;
    preparer->kept_len = kept->len;
    preparer->kept_hash = kept->hash;
    good = preparer_run(preparer, out, record, arena, why);
    preparer->kept = NULL;
    return good;
}
