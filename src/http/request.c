/*
 * A request: libmicrohttpd's epoll threads call in here for each, piece by piece. It is routed by
 * its first line and headers, so that a body that nobody wants is never gathered; handled when it
 * is whole; answered at once, unless its handler suspends the connection (HTTP_LATER).
 */
#include "ws.h"

#include "carrel/clock.h"
#include "carrel/utf8.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define BODIES_KNOWN                                                                               \
    ((size_t)256 << 20)               /* bytes of all bodies that are held for holders of tokens */
#define BODIES_ANY ((size_t)64 << 20) /* and for those who have shown nothing yet */
#define DRAINED (8 << 20)             /* bytes too many that are read all the same */
#define FORM_SPARE 65536              /* of a form, beside its document */

/* ---- its life ---- */

static struct exchange *exchange_new(struct http_server *server, const char *uri)
{
    struct exchange *x = mem_zalloc(sizeof *x);
    uint64_t random = 0;

    x->server = server;
    x->began = clock_ticks_us();
    x->arena = arena_new();
    str_init(&x->body);
    str_init(&x->id);
    str_init(&x->out);
    if (getrandom(&random, sizeof random, 0) != (ssize_t)sizeof random)
        random = (uint64_t)x->began;
    snprintf(x->request_id, sizeof x->request_id, "%016llx", (unsigned long long)random);
    x->uri_too_long = strlen(uri) > HTTP_URI_MAX;
    x->uri_has_nought = strstr(uri, "%00") != NULL;
    atomic_fetch_add(&server->requests, 1);
    return x;
}

/* The bodies beside which this one has to find room, and how much there is. */
static atomic_size_t *bodies_of(const struct exchange *x, size_t *most)
{
    bool anybody = (x->route->flags & ROUTE_SIGNED) != 0;

    *most = anybody ? BODIES_ANY : BODIES_KNOWN;
    return &x->server->bodies[anybody];
}

/* What an answer that is being taken, perhaps slowly, has no need of. */
static void exchange_shed(struct exchange *x)
{
    size_t most;

    http_store_give(x->server, x->store);
    x->store = NULL;
    json_decref(x->json);
    x->json = NULL;
    if (x->body.len > 0)
        atomic_fetch_sub(bodies_of(x, &most), x->body.len);
    str_free(&x->body);
}

static void exchange_free(struct exchange *x)
{
    if (x->arrival)
        atomic_fetch_sub(&x->server->unanswered, 1);
    if (x->has_place)
        ws_leave(x->server->ws);
    if (x->visit && !x->upgrade)
        visit_rests(x->visit);
    exchange_shed(x);
    incoming_free(x->incoming);
    str_free(&x->id);
    str_free(&x->out);
    arena_free(x->arena);
    free(x);
}

/* The first bytes of a request have come: MHD asks for this before anything else. */
void *request_on_uri(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    (void)connection;
    return exchange_new(ctx, uri);
}

void request_on_done(void *ctx, struct MHD_Connection *connection, void **state,
                     enum MHD_RequestTerminationCode code)
{
    (void)ctx;
    (void)connection;
    (void)code;
    if (*state)
        exchange_free(*state);
    *state = NULL;
}

/* ---- what its head says ---- */

/* OPTIONS: what may be asked here, for people and for browsers. */
static void answer_options(struct exchange *x, const struct str *allow)
{
    char *methods = arena_printf(x->arena, "%s, HEAD, OPTIONS", allow->ptr);

    x->status = 204;
    exchange_header(x, "Allow", methods);
    exchange_header(x, "Access-Control-Allow-Methods", methods);
}

/* Also whoever only asks what may be asked is a visitor. */
static bool is_visited(const struct exchange *x, const char *path, const struct str *allow)
{
    struct str id = STR_INIT, others = STR_INIT;
    char *method = arena_printf(x->arena, "%.*s", (int)strcspn(allow->ptr, ","), allow->ptr);
    const struct route *route = x->route ? x->route : route_find(method, path, &id, &others);

    str_free(&id);
    str_free(&others);
    return route && (route->flags & ROUTE_VISITED);
}

static void route_request(struct exchange *x, const char *path)
{
    struct str allow = STR_INIT;
    const char *method = x->head ? "GET" : x->method;

    x->route = route_find(method, path, &x->id, &allow);
    x->visited = is_visited(x, path, &allow);
    if (x->uri_too_long)
        exchange_error(x, 414, "uri_too_long", NULL, "the address is longer than %d bytes",
                       HTTP_URI_MAX);
    else if (x->uri_has_nought || !utf8_valid(path, strlen(path)))
        exchange_error(x, 400, "bad_request", NULL, "the address is no UTF-8 text without noughts");
    else if (!x->route && strcmp(x->method, "OPTIONS") == 0 && allow.len > 0)
        answer_options(x, &allow);
    else if (!x->route && allow.len > 0) {
        exchange_error(x, 405, "method_not_allowed", NULL, "%.20s is not for this; %s is",
                       x->method, allow.ptr);
        exchange_header(x, "Allow", allow.ptr);
    } else if (!x->route) {
        exchange_error(x, 404, "not_found", NULL,
                       "there is nothing at this address; /docs lists "
                       "what there is");
    }
    str_free(&allow);
}

static int64_t body_limit(const struct exchange *x)
{
    return x->incoming ? incoming_limit(x) : (int64_t)x->route->body_max;
}

static void refuse_body(struct exchange *x)
{
    int64_t most = body_limit(x);

    if (most > 0)
        exchange_error(x, 413, "too_large", NULL, "a body of at most %" PRId64 " bytes%s", most,
                       x->incoming ? " (serve.upload-limit)" : "");
    else
        exchange_error(x, 400, "bad_request", NULL, "this takes no body");
}

static bool has_room(const struct exchange *x, size_t bytes)
{
    size_t most;

    return atomic_load(bodies_of(x, &most)) + bytes <= most;
}

static void refuse_crowd(struct exchange *x)
{
    exchange_error(x, 503, "busy", NULL, "too many bodies are under way");
    exchange_header(x, "Retry-After", "1");
}

/* A body that says that it is too long is not waited for; one that is just a little too long is
 * read to its end and thrown away, since whoever is still sending may not hear an answer. */
static void announced_size(struct exchange *x)
{
    const char *length = request_header(x, "Content-Length");
    int64_t most = body_limit(x) + (x->incoming ? FORM_SPARE : 0);
    long bytes = 0;

    x->mistyped = !x->incoming && x->route->body && !body_type_is_taken(x);
    if (!length)
        return;
    if (!str_to_long(length, 0, LONG_MAX, &bytes) || bytes > most + DRAINED)
        (x->mistyped ? refuse_type : refuse_body)(x);
    else if (bytes > most)
        x->too_large = true;
    else if (!x->incoming && !has_room(x, (size_t)bytes))
        refuse_crowd(x);
}

/* A compressed body could be of any size. */
static void check_coding(struct exchange *x)
{
    const char *coding = request_header(x, "Content-Encoding");

    if (!coding || x->route->body_max == 0 || str_ieq(coding, "identity"))
        return;
    if (!(x->route->flags & ROUTE_PACKED) || !str_ieq(coding, "gzip"))
        exchange_error(x, 415, "unsupported_media_type", "Content-Encoding",
                       "bodies are taken as they are, not as '%.30s'", coding);
}

static void limit_rate(struct exchange *x)
{
    int wait_s = 0;

    if (limiter_allows(x->server->limiter, x->client, clock_ticks_ms(), &wait_s))
        return;
    exchange_error(x, 429, "too_many_requests", NULL, "ask again in %d s", wait_s);
    exchange_header(x, "Retry-After", arena_printf(x->arena, "%d", wait_s));
}

static void begin_request(struct exchange *x, const char *method, const char *path,
                          const char *version)
{
    x->method = arena_strdup(x->arena, method);
    x->version = arena_strdup(x->arena, version);
    x->path = arena_strdup(x->arena, path);
    x->head = strcmp(method, "HEAD") == 0;
    x->visit = visit_of(x->connection);
    visit_brings(x->visit);
    headers_client(x);
    route_request(x, path);
    if (!x->route || !(x->route->flags & ROUTE_PROBED))
        limit_rate(x);
    if (!headers_check(x) || x->status || !params_read(x) || !auth_check(x))
        return;
    http_store_give(x->server, x->store); /* the body may take its time */
    x->store = NULL;
    check_coding(x);
    if (!x->status)
        incoming_begin(x);
    if (!x->status)
        announced_size(x);
}

/* ---- its body and its answer ---- */

static void keep_body(struct exchange *x, const char *bytes, size_t len)
{
    size_t most;
    atomic_size_t *held = bodies_of(x, &most);

    if (x->body.len + len > x->route->body_max)
        x->too_large = true;
    else if (atomic_fetch_add(held, len) + len <= most)
        str_add_mem(&x->body, bytes, len);
    else {
        atomic_fetch_sub(held, len);
        x->crowded = true;
    }
}

/* Bytes of a body; what is over the limit is thrown away and told at the end. False: there is no
 * end to it. */
static bool gather(struct exchange *x, const char *bytes, size_t len)
{
    visit_brought(x->visit, len);
    x->came += (int64_t)len;
    if (x->came > body_limit(x) + FORM_SPARE + DRAINED)
        return false;
    if (x->too_large || x->crowded || x->mistyped)
        return true;
    if (x->incoming)
        incoming_take(x, bytes, len);
    else
        keep_body(x, bytes, len);
    return true;
}

/* What a handler has come to becomes the answer. */
static void conclude(struct exchange *x, int result, const struct error *err)
{
    if (result == ERR_CANCELLED && !atomic_load(&x->server->stopping))
        exchange_error(x, 503, "busy", NULL, "it takes longer than serve.time-limit allows");
    else if (result != ERR_OK)
        exchange_failed(x, result, err);
    else if (!x->status)
        x->status = x->route->status ? x->route->status : 200;
    if (x->status < 300 && !x->media)
        x->media = x->route->media;
}

/* The connection was suspended and goes on. */
static void handle_later(struct exchange *x)
{
    struct error err = { 0 };
    int (*later)(struct exchange *, struct error *) = x->later;
    int result;

    x->later = NULL;
    result = later(x, &err);
    conclude(x, result, &err);
}

/* False: it is not answered yet, and must not be looked at: it may have gone on already. */
static bool handle(struct exchange *x)
{
    struct error err = { 0 };
    int result;

    if (x->mistyped && x->came > 0) /* how long it is does not matter then */
        refuse_type(x);
    else if (x->too_large || x->crowded)
        (x->too_large ? refuse_body : refuse_crowd)(x);
    if (x->status)
        return true;
    visit_waits(x->visit);
    result = x->route->scope == SCOPE_NONE ? ERR_OK : http_store_take(x->server, &x->store, &err);
    if (result == ERR_OK)
        result = x->route->command ? run_command(x, &err) : x->route->handle(x, &err);
    if (result == HTTP_LATER)
        return false;
    conclude(x, result, &err);
    return true;
}

static enum MHD_Result finish(struct exchange *x)
{
    enum MHD_Result sent;

    audit_note(x);
    sent = exchange_send(x);
    exchange_shed(x);
    return sent;
}

enum MHD_Result request_on_bytes(void *ctx, struct MHD_Connection *connection, const char *uri,
                                 const char *method, const char *version, const char *bytes,
                                 size_t *len, void **state)
{
    struct exchange *x = *state;

    (void)ctx;
    if (!x->connection) { /* the headers are here */
        x->connection = connection;
        begin_request(x, method, uri, version);
        return x->status ? finish(x) : MHD_YES; /* an early no closes the connection */
    }
    if (*len > 0) {
        bool goes_on = gather(x, bytes, *len);

        *len = 0;
        return goes_on ? MHD_YES : MHD_NO;
    }
    if (x->later)
        handle_later(x);
    else if (!x->status && !handle(x))
        return MHD_YES;
    return finish(x);
}
