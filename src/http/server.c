/*
 * The server: libmicrohttpd's epoll threads call in here for each request, piece by piece. A
 * request is routed by its first line and headers, so that a body that nobody wants is never
 * gathered; handled when it is whole; answered at once.
 *
 * Each request borrows a connection to the library from a pool, so there are as many as requests at
 * the same time.
 */
#include "ingest.h"
#include "ws.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/ip.h"
#include "carrel/log.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <unistd.h>

#define THREADS 8
#define TIMEOUT_S 30
#define CONNECTIONS 4096
#define PORT_MOST 65535
#define TLS_FILE_MOST (256u << 10)
#define DRAINED (8 << 20)
#define IDLE_STORES 16
#define BUSY_MS 3000 /* for another writer: a thread that waits keeps others waiting */
#define BODIES_KNOWN                                                                               \
    ((size_t)256 << 20)               /* bytes of all bodies that are held for holders of tokens */
#define BODIES_ANY ((size_t)64 << 20) /* and for those who have shown nothing yet */
#define SETTLE_MS 5000                /* for requests under way, when the service stops */
#define FORM_SPARE 65536              /* of a form, beside its document */
#define MEMORY (48u << 10)            /* of a connection: its headers */

/* ---- connections to the library ---- */

int http_store_take(struct http_server *server, struct store **store, struct error *err)
{
    int result = ERR_OK;

    if (*store) /* asking for the token took one */
        return ERR_OK;
    pthread_mutex_lock(&server->lock);
    if (server->idle_len > 0)
        *store = server->idle[--server->idle_len];
    pthread_mutex_unlock(&server->lock);
    if (!*store)
        result = app_open_store(store, server->app, false, err);
    if (result == ERR_OK)
        store_set_busy(*store, BUSY_MS);
    return result;
}

void http_store_give(struct http_server *server, struct store *store)
{
    if (!store)
        return;
    pthread_mutex_lock(&server->lock);
    if (server->idle_len < IDLE_STORES) {
        VEC_PUSH(server->idle, server->idle_len, server->idle_cap, store);
        store = NULL;
    }
    pthread_mutex_unlock(&server->lock);
    store_close(store);
}

/* ---- one request ---- */

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
static void *on_uri(void *ctx, const char *uri, struct MHD_Connection *connection)
{
    (void)connection;
    return exchange_new(ctx, uri);
}

static void on_done(void *ctx, struct MHD_Connection *connection, void **state,
                    enum MHD_RequestTerminationCode code)
{
    (void)ctx;
    (void)connection;
    (void)code;
    if (*state)
        exchange_free(*state);
    *state = NULL;
}

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

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *connection, const char *uri,
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

/* ---- beginning and end ---- */

/* "127.0.0.1:8577", "[::1]:8577", "host:port". */
static int address_of(const char *listen, struct sockaddr_storage *out, socklen_t *len,
                      struct error *err)
{
    const struct addrinfo hints = { .ai_family = AF_UNSPEC,
                                    .ai_socktype = SOCK_STREAM,
                                    .ai_flags = AI_PASSIVE | AI_NUMERICSERV };
    const char *colon = strrchr(listen, ':');
    struct addrinfo *found;
    char host[256];
    long port;
    size_t n;
    int code;

    if (!colon || colon == listen || !colon[1] || (size_t)(colon - listen) >= sizeof host)
        return error_set(err, ERR_USAGE, "'%.100s': an address to listen at is HOST:PORT", listen);
    if (!str_to_long(colon + 1, 0, PORT_MOST, &port))
        return error_set(err, ERR_USAGE, "cannot listen at %.100s: a port is a number from 0 to %d",
                         listen, PORT_MOST);
    n = (size_t)(colon - listen);
    if (listen[0] == '[' && n > 2 && listen[n - 1] == ']') {
        listen++;
        n -= 2;
    }
    snprintf(host, sizeof host, "%.*s", (int)n, listen);
    code = getaddrinfo(host, colon + 1, &hints, &found);
    if (code != 0)
        return error_set(err, ERR_USAGE, "cannot listen at %s:%s: %s", host, colon + 1,
                         gai_strerror(code));
    memcpy(out, found->ai_addr, found->ai_addrlen);
    *len = found->ai_addrlen;
    freeaddrinfo(found);
    return ERR_OK;
}

int http_check_address(const char *listen, bool *local, struct error *err)
{
    struct sockaddr_storage address;
    socklen_t len;
    int result = address_of(listen, &address, &len, err);

    if (result == ERR_OK)
        *local = ip_is_loopback((const struct sockaddr *)&address);
    return result;
}

static void on_log(void *ctx, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
static void on_log(void *ctx, const char *fmt, va_list ap)
{
    char line[300];

    (void)ctx;
    vsnprintf(line, sizeof line, fmt, ap);
    line[strcspn(line, "\n")] = '\0';
    log_write(LOG_INFO, "http: %s", line);
}

/* The certificate and its key, which the daemon copies; both or none. */
static int tls_read(struct http_server *server, struct str *certificate, struct str *key,
                    struct error *err)
{
    const struct config *config = server->app->config;
    const char *files[] = { config_text(config, "serve.tls-certificate-file"),
                            config_text(config, "serve.tls-key-file") };
    struct str *texts[] = { certificate, key };
    int result = ERR_OK;
    size_t i;

    server->tls = files[0] && files[1];
    if (!server->tls)
        return files[0] || files[1] ? error_set(err, ERR_USAGE,
                                                "serve.tls-certificate-file and serve.tls-key-file "
                                                "go together; one of them is not set")
                                    : ERR_OK;
    for (i = 0; i < 2 && result == ERR_OK; i++) {
        char *path = path_expand(files[i]);

        result = file_read(texts[i], path, TLS_FILE_MOST, err);
        free(path);
    }
    if (result != ERR_OK && err)
        err->code = ERR_USAGE;
    return result == ERR_OK ? ERR_OK : ERR_USAGE;
}

static int daemon_start(struct http_server *server, const struct sockaddr_storage *address,
                        const struct str *certificate, const struct str *key, struct error *err)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG | MHD_ALLOW_UPGRADE
                     | MHD_ALLOW_SUSPEND_RESUME;
    /* With TLS the daemon goes on carrying the bytes of those that were upgraded. */
    unsigned connections = CONNECTIONS + (server->tls ? (unsigned)server->ws->most_clients : 0);
    const struct config *config = server->app->config;
    unsigned each = config_bool(config, "serve.behind-proxy") /* all come from the proxy */
                        ? 0
                        : (unsigned)config_int(config, "serve.client-connections");
    struct MHD_OptionItem tls[] = {
        { MHD_OPTION_HTTPS_MEM_CERT, 0, certificate->ptr },
        { MHD_OPTION_HTTPS_MEM_KEY, 0, key->ptr },
        { MHD_OPTION_END, 0, NULL },
    };

    if (address->ss_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    if (server->tls)
        flags |= MHD_USE_TLS;
    else
        tls[0].option = MHD_OPTION_END;
    errno = 0;
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
        MHD_OPTION_URI_LOG_CALLBACK, on_uri, server, MHD_OPTION_NOTIFY_COMPLETED, on_done, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, patience_on_connection, server->patience,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, each, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (server->daemon)
        return ERR_OK;
    if (!errno && server->tls)
        return error_set(err, ERR_USAGE, "the certificate or its key is refused");
    return error_set(err, ERR_FAILED, "%s",
                     errno ? strerror(errno) : "libmicrohttpd does not start");
}

int http_start(struct http_server *server, const char *listen, struct error *err)
{
    struct str certificate = STR_INIT, key = STR_INIT;
    struct sockaddr_storage address;
    socklen_t len;
    int result = address_of(listen, &address, &len, err);

    pthread_mutex_init(&server->lock, NULL);
    server->started = clock_real_ms();
    server->ws = ws_new(server);
    server->patience = patience_new(config_int(server->app->config, "serve.patience"),
                                    config_int(server->app->config, "serve.time-limit"));
    if (result == ERR_OK)
        result = tls_read(server, &certificate, &key, err);
    if (result == ERR_OK)
        result = ws_start(server->ws, err);
    if (result == ERR_OK) {
        result = daemon_start(server, &address, &certificate, &key, err);
        if (result != ERR_OK && err)
            error_context(err, "cannot listen at %s", listen);
    }
    explicit_bzero(key.ptr, key.len);
    str_free(&certificate);
    str_free(&key);
    if (result != ERR_OK)
        http_stop(server);
    return result;
}

void http_address(const struct http_server *server, struct str *out)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_LISTEN_FD);
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    char host[NI_MAXHOST], port[NI_MAXSERV];

    if (info && getsockname(info->listen_fd, (struct sockaddr *)&address, &len) == 0
        && getnameinfo((struct sockaddr *)&address, len, host, sizeof host, port, sizeof port,
                       NI_NUMERICHOST | NI_NUMERICSERV)
               == 0)
        str_printf(out, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

/* No new connections; what is under way on the others is answered. */
static void settle(struct http_server *server)
{
    MHD_socket fd = MHD_quiesce_daemon(server->daemon);

    patience_settle(server->patience, SETTLE_MS);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
}

void http_stop(struct http_server *server)
{
    size_t i;

    ws_end(server->ws); /* before the daemon, which may still carry their bytes */
    if (server->daemon)
        settle(server);
    ingest_stop(server->ingest); /* nobody may be suspended when the daemon stops */
    if (server->daemon)
        MHD_stop_daemon(server->daemon);
    ws_free(server->ws);
    patience_free(server->patience);
    for (i = 0; i < server->idle_len; i++)
        store_close(server->idle[i]);
    free(server->idle);
    server->idle = NULL;
    server->idle_len = server->idle_cap = 0;
    server->patience = NULL;
    server->ws = NULL;
    server->daemon = NULL;
}

const char *http_versions(void)
{
    static char text[100];

    snprintf(text, sizeof text, "libmicrohttpd %s, %s", MHD_get_version(), ws_version());
    return text;
}
