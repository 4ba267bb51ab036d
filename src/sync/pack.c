/*
 * Pages as they come: read line by line, every part of them bounded and checked. What the parts may
 * be is judged where they are taken (ops_check.c, arrivals.c).
 */
#include "carrel/sync.h"

#include "carrel/base64.h"
#include "carrel/hash.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* ---- gzip ---- */

void sync_gzip(struct str *out, const char *bytes, size_t len)
{
    z_stream z = { 0 };

    if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        die("zlib does not start");
    str_reserve(out, deflateBound(&z, len) + 64);
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    z.next_out = (Bytef *)out->ptr + out->len;
    z.avail_out = (uInt)(out->cap - out->len - 1);
    deflate(&z, Z_FINISH);
    out->len += z.total_out;
    out->ptr[out->len] = '\0';
    deflateEnd(&z);
}

int sync_gunzip(struct str *out, const char *bytes, size_t len, size_t most, struct error *err)
{
    z_stream z = { 0 };
    size_t begin = out->len;
    int status;

    if (inflateInit2(&z, 15 + 16) != Z_OK)
        die("zlib does not start");
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    do {
        str_reserve(out, 65536);
        z.next_out = (Bytef *)out->ptr + out->len;
        z.avail_out = (uInt)(out->cap - out->len - 1);
        status = inflate(&z, Z_NO_FLUSH);
        out->len = begin + z.total_out;
    } while (status == Z_OK && out->len - begin <= most && (z.avail_in > 0 || z.avail_out == 0));
    inflateEnd(&z);
    out->ptr[out->len] = '\0';
    if (out->len - begin > most)
        return error_set(err, ERR_LIMIT, "a page unpacks to more than %zu MiB", most >> 20);
    return status == Z_STREAM_END && z.avail_in == 0
               ? ERR_OK
               : error_set(err, ERR_PARSE, "a page is no gzip, or cut short");
}

/* ---- lines ---- */

#define MARKS_MAX 64 /* of JSON in a line: those of the head are some twenty */

struct reading {
    struct sync_pack *pack;
    struct arena *arena;
    size_t record_cap, op_cap;
    size_t unpacked; /* bytes of records */
    int64_t line;
};

static int bad(const struct reading *reading, const char *why, struct error *err)
{
    return error_set(err, ERR_PARSE, "line %" PRId64 " of a page: %s", reading->line, why);
}

static char *text_at(const json_t *list, size_t at, struct arena *arena)
{
    const json_t *value = json_array_get(list, at);

    return json_is_string(value)
               ? arena_strndup(arena, json_string_value(value), json_string_length(value))
               : NULL;
}

/* How many bytes it unpacks to; at most SYNC_RECORD_MAX + 1 are looked at. */
static size_t unpacked_size(const void *bytes, size_t len)
{
    z_stream z = { 0 };
    Bytef out[16384];
    int status;

    if (inflateInit2(&z, -15) != Z_OK)
        die("zlib does not start");
    z.next_in = (Bytef *)(uintptr_t)bytes;
    z.avail_in = (uInt)len;
    do {
        z.next_out = out;
        z.avail_out = sizeof out;
        status = inflate(&z, Z_NO_FLUSH);
    } while (status == Z_OK && z.total_out <= SYNC_RECORD_MAX);
    inflateEnd(&z);
    return z.total_out;
}

/* A few bytes may unpack to very many. A record that is too large is left without its words, which
 * is refused where it is taken; the others are not to wait for it. */
static int bound_record(struct reading *reading, struct arrival *arrival, struct error *err)
{
    size_t size = unpacked_size(arrival->payload, arrival->len);

    if (size > SYNC_RECORD_MAX)
        arrival->len = 0;
    arrival->size = size;
    reading->unpacked += size;
    return reading->unpacked <= SYNC_RECORDS_MAX
               ? ERR_OK
               : error_set(err, ERR_LIMIT, "the records of a page unpack to more than %u MiB",
                           SYNC_RECORDS_MAX >> 20);
}

static int read_record(struct reading *reading, const json_t *list, struct error *err)
{
    struct sync_pack *pack = reading->pack;
    const json_t *payload = json_array_get(list, 2), *fetched = json_array_get(list, 1);
    struct arrival arrival = { .source = text_at(list, 0, reading->arena),
                               .fetched = json_is_integer(fetched)
                                              ? (int64_t)json_integer_value(fetched)
                                              : 0 };
    struct str bytes = STR_INIT;
    int result = ERR_OK;

    if (json_array_size(list) != 3 || !arrival.source || !json_is_string(payload)
        || !base64_decode(&bytes, json_string_value(payload), json_string_length(payload)))
        result = bad(reading, "it is no record", err);
    if (result == ERR_OK) {
        void *copy = arena_alloc(reading->arena, bytes.len + 1);

        memcpy(copy, bytes.ptr, bytes.len);
        arrival.payload = copy;
        arrival.len = bytes.len;
        result = bound_record(reading, &arrival, err);
        ARENA_PUSH(reading->arena, pack->records, pack->record_count, reading->record_cap, arrival);
    }
    str_free(&bytes);
    return result;
}

static bool stamp_read(int64_t *out, const char *text)
{
    size_t digits = text ? strspn(text, "0123456789abcdef") : 0;

    if (digits == 0 || digits > 16 || text[digits])
        return false;
    *out = (int64_t)strtoull(text, NULL, 16);
    return true;
}

/* Texts with NUL bytes in them are cut there, and are then no longer what they were: jansson
 * refuses them unless it is told otherwise. */
static int read_op(struct reading *reading, const json_t *list, struct error *err)
{
    struct sync_pack *pack = reading->pack;
    size_t size = json_array_size(list);
    struct op op = { .machine = text_at(list, 1, reading->arena),
                     .kind = text_at(list, 2, reading->arena),
                     .item = text_at(list, 3, reading->arena),
                     .field = text_at(list, 4, reading->arena),
                     .value = text_at(list, 5, reading->arena),
                     .past = size > 6 ? text_at(list, 6, reading->arena) : "" };

    if (size < 6 || size > 7 || !stamp_read(&op.stamp, text_at(list, 0, reading->arena))
        || !op.machine || !op.kind || !op.item || !op.field || !op.past
        || (!op.value && !json_is_null(json_array_get(list, 5))))
        return bad(reading, "it is no operation", err);
    ARENA_PUSH(reading->arena, pack->ops, pack->op_count, reading->op_cap, op);
    return ERR_OK;
}

static int read_cursor(struct reading *reading, struct sync_cursor *out, const json_t *head,
                       const char *name, struct error *err)
{
    const char *text = json_string_value(json_object_get(head, name));

    return text && sync_cursor_parse(out, text) && strcmp(out->machine, reading->pack->machine) == 0
               ? ERR_OK
               : bad(reading, "its cursor is none", err);
}

static int read_head(struct reading *reading, const json_t *head, struct error *err)
{
    struct sync_pack *pack = reading->pack;
    const char *form = json_string_value(json_object_get(head, "carrel"));
    const char *machine = json_string_value(json_object_get(head, "machine"));
    int result;

    if (!form || strcmp(form, "sync") != 0)
        return bad(reading, "it is no page of carrel's sync", err);
    if (json_integer_value(json_object_get(head, "version")) != 1)
        return error_set(err, ERR_VERSION, "a page is of a newer carrel; update this one");
    if (!machine || strlen(machine) != MACHINE_HEX - 1
        || strspn(machine, "0123456789abcdef") != MACHINE_HEX - 1)
        return bad(reading, "its machine is none", err);
    memcpy(pack->machine, machine, MACHINE_HEX);
    pack->more = json_is_true(json_object_get(head, "more"));
    pack->clock = (int64_t)json_integer_value(json_object_get(head, "clock"));
    result = read_cursor(reading, &pack->cursor, head, "cursor", err);
    return result == ERR_OK ? read_cursor(reading, &pack->next, head, "next", err) : result;
}

/* A value of one byte takes many in memory: lines are flat and short, but for their texts. */
static bool is_flat(const char *line, size_t len)
{
    size_t i, marks = 0;
    bool quoted = false;

    for (i = 0; i < len && marks <= MARKS_MAX; i++)
        if (quoted && line[i] == '\\')
            i++;
        else if (line[i] == '"')
            quoted = !quoted;
        else if (!quoted && strchr("[{,:", line[i]))
            marks++;
    return marks <= MARKS_MAX;
}

static int read_line(struct reading *reading, const char *line, size_t len, struct error *err)
{
    json_error_t why;
    bool flat = is_flat(line, len);
    json_t *value = flat ? json_loadb(line, len, JSON_REJECT_DUPLICATES, &why) : NULL;
    const json_t *list;
    int result;

    reading->line++;
    if (!value && reading->line > 1 && !utf8_valid(line, len)) {
        reading->pack->unfit++;
        result = ERR_OK;
    } else if (!value)
        result = bad(reading, flat ? "it is no JSON" : "it has too many parts", err);
    else if (reading->line == 1)
        result = read_head(reading, value, err);
    else if ((list = json_object_get(value, "r")))
        result = read_record(reading, list, err);
    else if ((list = json_object_get(value, "o")))
        result = read_op(reading, list, err);
    else
        result = bad(reading, "it is neither a record nor an operation", err);
    json_decref(value);
    if (result == ERR_OK
        && reading->pack->record_count + reading->pack->op_count > 2 * SYNC_LIMIT_MAX)
        result = error_set(err, ERR_LIMIT, "a page has more than %d parts", 2 * SYNC_LIMIT_MAX);
    return result;
}

/* The last line: how many are before it, and a hash of them. */
static int check_tail(const char *bytes, size_t len, size_t *body, struct error *err)
{
    const char *begin;
    char hash[20];
    size_t at = len;

    while (at > 1 && bytes[at - 2] != '\n')
        at--;
    begin = bytes + (at > 0 ? at - 1 : 0);
    *body = (size_t)(begin - bytes);
    snprintf(hash, sizeof hash, "%016" PRIx64, hash64(bytes, *body, 0));
    if (len == 0 || bytes[len - 1] != '\n' || len - *body > 100
        || strncmp(begin, "{\"end\":", 7) != 0 || !strstr(begin, hash))
        return error_set(err, ERR_PARSE, "a page is cut short, or damaged");
    return ERR_OK;
}

int sync_pack_read(struct sync_pack *out, struct arena *arena, const char *bytes, size_t len,
                   struct error *err)
{
    struct reading reading = { .pack = out, .arena = arena };
    const char *at = bytes;
    size_t body = 0;
    int result = check_tail(bytes, len, &body, err);

    *out = (struct sync_pack){ .more = false };
    while (result == ERR_OK && at < bytes + body) {
        const char *end = memchr(at, '\n', (size_t)(bytes + body - at));

        result = read_line(&reading, at, (size_t)(end - at), err);
        at = end + 1;
    }
    return result == ERR_OK && reading.line == 0
               ? error_set(err, ERR_PARSE, "a page has no first line")
               : result;
}
