/*
 * Answers: errors in one form, ETags and 304, gzip, CORS, and what every answer carries.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/hash.h"
#include "carrel/log.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

#define GZIP_LEAST 1024

void exchange_header(struct exchange *x, const char *name, const char *value)
{
    if (x->header_count == HTTP_HEADERS)
        return;
    x->headers[x->header_count].name = name;
    x->headers[x->header_count++].value = arena_strdup(x->arena, value);
}

void error_write(struct str *out, const char *code, const char *message, const char *field)
{
    struct str whole = STR_INIT;
    struct jsonw w;

    utf8_squeeze(&whole, message, strlen(message)); /* what it quotes may be cut inside a letter */
    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key(&w, "error");
    jsonw_object(&w);
    jsonw_key_string(&w, "code", code);
    jsonw_key_string(&w, "message", whole.ptr);
    jsonw_key_string(&w, "field", field);
    jsonw_end(&w);
    jsonw_end(&w);
    str_free(&whole);
}

void exchange_error(struct exchange *x, int status, const char *code, const char *field,
                    const char *fmt, ...)
{
    struct str message = STR_INIT;
    const char *whole = NULL;
    va_list ap;

    va_start(ap, fmt);
    str_vprintf(&message, fmt, ap);
    va_end(ap);
    x->status = status;
    x->media = NULL;
    str_clear(&x->out);
    if (field
        && !str_starts(message.ptr, field)) /* who shows it alone says what it is about, too */
        whole = arena_printf(x->arena, "%s: %s", field, message.ptr);
    error_write(&x->out, code, whole ? whole : message.ptr, field);
    str_add_char(&x->out, '\n');
    str_free(&message);
}

void exchange_failed(struct exchange *x, int result, const struct error *err)
{
    static const struct {
        int result, status;
        const char *code;
    } known[] = {
        { ERR_USAGE, 400, "bad_request" },  { ERR_PARSE, 400, "bad_request" },
        { ERR_NOTFOUND, 404, "not_found" }, { ERR_REFUSED, 403, "forbidden" },
        { ERR_LIMIT, 413, "too_large" },    { ERR_EXISTS, 409, "conflict" },
        { ERR_BUSY, 503, "busy" },          { ERR_CANCELLED, 503, "stopping" },
        { ERR_READONLY, 503, "read_only" },
    };
    size_t i;

    if (x->status) /* it was told in words of its own */
        return;
    if (result == ERR_FULL) { /* it is of no field, and which disk it is is the log's */
        log_write(LOG_WARN, "%s %s: %s", x->request_id, x->path, err->message);
        exchange_error(x, 507, "no_room", NULL,
                       "the disk of this service is full; its log has more under %s",
                       x->request_id);
        return;
    }
    for (i = 0; i < ARRAY_LEN(known); i++)
        if (known[i].result == result) {
            exchange_error(x, known[i].status, known[i].code, x->field, "%s", err->message);
            return;
        }
    log_write(LOG_ERROR, "%s %s: %s", x->request_id, x->path, err->message);
    exchange_error(x, 500, "internal", NULL, "something went wrong here; the log has more under %s",
                   x->request_id);
}

const char *request_header(const struct exchange *x, const char *name)
{
    return MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, name);
}

/* Of a list of codings: is this one among those that are wanted at all? */
static bool accepts_gzip(const struct exchange *x)
{
    const char *list = request_header(x, "Accept-Encoding"),
               *at = list ? strcasestr(list, "gzip") : NULL;

    if (!at)
        return false;
    at += 4;
    at += strspn(at, " ");
    return strncmp(at, ";q=0", 4) != 0
           || (at[4] == '.' && strspn(at + 5, "0") != strcspn(at + 5, ",; "));
}

static bool compress_body(struct exchange *x)
{
    z_stream z = { 0 };
    struct str packed = STR_INIT;

    if (x->out.len < GZIP_LEAST || !accepts_gzip(x)
        || deflateInit2(&z, 5, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    str_reserve(&packed, deflateBound(&z, x->out.len) + 64);
    z.next_in = (Bytef *)x->out.ptr;
    z.avail_in = (uInt)x->out.len;
    z.next_out = (Bytef *)packed.ptr;
    z.avail_out = (uInt)(packed.cap - 1);
    deflate(&z, Z_FINISH);
    packed.len = z.total_out;
    deflateEnd(&z);
    str_free(&x->out);
    x->out = packed;
    return true;
}

/* "W/"1f2e..."": of the content, whatever its coding. */
static bool etag_matches(const struct exchange *x, const char *etag)
{
    const char *wanted = request_header(x, "If-None-Match");

    return wanted && (strcmp(wanted, "*") == 0 || strstr(wanted, etag + 2));
}

const char *cors_allows(const struct exchange *x, const char *origin)
{
    const char *const *allowed;
    size_t count = config_values(x->server->app->config, "serve.cors-origin", &allowed), i;

    for (i = 0; i < count; i++)
        if (strcmp(allowed[i], "*") == 0 || strcmp(allowed[i], origin) == 0)
            return allowed[i];
    return NULL;
}

static void add_cors(const struct exchange *x, struct MHD_Response *response)
{
    const char *origin = request_header(x, "Origin"), *allows;
    const char *const *allowed;

    if (config_values(x->server->app->config, "serve.cors-origin", &allowed) == 0)
        return;
    MHD_add_response_header(response, "Vary", "Origin");
    allows = origin ? cors_allows(x, origin) : NULL;
    if (!allows)
        return;
    MHD_add_response_header(response, "Access-Control-Allow-Origin", allows);
    MHD_add_response_header(response, "Access-Control-Allow-Headers",
                            "Authorization, Content-Type, If-None-Match, Idempotency-Key");
    MHD_add_response_header(response, "Access-Control-Expose-Headers",
                            "ETag, Location, X-Request-Id");
    MHD_add_response_header(response, "Access-Control-Max-Age", "86400");
}

static void add_common(const struct exchange *x, struct MHD_Response *response)
{
    size_t i;

    if (!x->upgrade)
        MHD_add_response_header(response, "Content-Type", x->media ? x->media : "application/json");
    MHD_add_response_header(response, "X-Request-Id", x->request_id);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
    if (atomic_load(&x->server->stopping) && !x->upgrade)
        MHD_add_response_header(response, "Connection", "close");
    for (i = 0; i < x->header_count; i++)
        MHD_add_response_header(response, x->headers[i].name, x->headers[i].value);
    add_cors(x, response);
}

/* For people a line, for programs (--log-json) its parts. Who visits a website is not told: their
 * addresses are kept nowhere. */
static void log_answer(const struct exchange *x, size_t bytes)
{
    const char *client = x->visited ? "-" : x->client;
    double ms = (double)(clock_ticks_us() - x->began) / 1000.0;
    struct str parts = STR_INIT;
    struct jsonw w;

    jsonw_start(&w, &parts);
    jsonw_object(&w);
    jsonw_key_string(&w, "request_id", x->request_id);
    jsonw_key_string(&w, "client", client);
    jsonw_key_string(&w, "method", x->method);
    jsonw_key_string(&w, "path", x->path ? x->path : "-");
    jsonw_key_int(&w, "status", x->status);
    jsonw_key_int(&w, "bytes", (int64_t)bytes);
    jsonw_key_double(&w, "ms", ms);
    jsonw_key_string(&w, "token", *x->caller.id ? x->caller.id : NULL);
    jsonw_end(&w);
    log_parts(LOG_INFO, parts.ptr, "%s %s %s %s %d %zu bytes %.1f ms", x->request_id, client,
              x->method, x->path ? x->path : "-", x->status, bytes, ms);
    str_free(&parts);
}

/* From here on the connection speaks another protocol. */
static enum MHD_Result send_upgrade(struct exchange *x)
{
    struct MHD_Response *response = MHD_create_response_for_upgrade(x->upgrade, x->upgrade_ctx);
    enum MHD_Result sent;

    if (!response)
        return MHD_NO;
    add_common(x, response);
    sent = MHD_queue_response(x->connection, (unsigned)x->status, response);
    MHD_destroy_response(response);
    visit_leaves(x->visit);
    log_answer(x, 0);
    return sent;
}

/* It owns the bytes. */
static struct MHD_Response *response_of(struct exchange *x)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(
        x->out.len, x->out.ptr, x->out.cap > 0 ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);

    if (response)
        str_init(&x->out);
    return response;
}

enum MHD_Result exchange_send(struct exchange *x)
{
    struct MHD_Response *response;
    enum MHD_Result sent;
    bool packed = false;
    char etag[40] = "";
    size_t bytes;

    if (x->upgrade)
        return send_upgrade(x);
    if (!x->status)
        x->status = 200;
    if (x->status == 200 && (x->head || strcmp(x->method, "GET") == 0)) {
        snprintf(etag, sizeof etag, "W/\"%016" PRIx64 "\"", hash64(x->out.ptr, x->out.len, 0));
        if (etag_matches(x, etag)) {
            x->status = 304;
            str_clear(&x->out);
        }
    }
    if (x->status != 304)
        packed = compress_body(x);
    bytes = x->out.len;
    response = response_of(x);
    if (!response)
        return MHD_NO;
    add_common(x, response);
    if (*etag) {
        MHD_add_response_header(response, "ETag", etag);
        MHD_add_response_header(response, "Cache-Control",
                                x->cache ? x->cache : "private, no-cache");
    }
    if (packed)
        MHD_add_response_header(response, "Content-Encoding", "gzip");
    if (x->status == 200 || x->status == 304)
        MHD_add_response_header(response, "Vary", "Accept-Encoding");
    visit_takes(x->visit, bytes);
    sent = MHD_queue_response(x->connection, (unsigned)x->status, response);
    MHD_destroy_response(response);
    log_answer(x, bytes);
    counted_add(&x->server->counted, x);
    if (x->status >= 500)
        atomic_fetch_add(&x->server->errors, 1);
    return sent;
}
