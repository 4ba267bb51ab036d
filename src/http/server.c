/*
 * The server: libmicrohttpd's daemon, from the address it listens at to its end, and the pool of
 * connections to the library that its requests (request.c) borrow from: there are as many as
 * requests at the same time.
 */
#include "ingest.h"
#include "ws.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/ip.h"
#include "carrel/log.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS 8
#define TIMEOUT_S 30
#define CONNECTIONS 4096
#define PORT_MOST 65535
#define TLS_FILE_MOST (256u << 10)
#define IDLE_STORES 16
#define BUSY_MS 3000       /* for another writer: a thread that waits keeps others waiting */
#define SETTLE_MS 5000     /* for requests under way, when the service stops */
#define MEMORY (48u << 10) /* of a connection: its headers */

/* ---- connections to the library ---- */

int http_store_take(struct http_server *server, struct store **store, struct error *err)
{
    int result = ERR_OK;

    if (*store) /* asking for the token took one */
        return ERR_OK;
    result = library_look(server, err);
    if (result != ERR_OK)
        return result;
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

/* ---- where it listens ---- */

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

/* ---- beginning and end ---- */

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
        flags, 0, NULL, NULL, request_on_bytes, server, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
        MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
        MHD_OPTION_URI_LOG_CALLBACK, request_on_uri, server, MHD_OPTION_NOTIFY_COMPLETED,
        request_on_done, NULL, MHD_OPTION_NOTIFY_CONNECTION, patience_on_connection,
        server->patience, MHD_OPTION_PER_IP_CONNECTION_LIMIT, each, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
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
