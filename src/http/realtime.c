/*
 * The handshake of /ws/realtime (RFC 6455, section 4): a GET that asks for an upgrade is answered
 * by 101, and then its socket is no longer libmicrohttpd's. We keep a duplicate and let it close
 * its own: so it frees what it holds for a connection (48 KiB of address space, some of it used),
 * and an idle client costs little more than its socket. With TLS what is handed over is one end of
 * a pair, whose other end it goes on to serve: that one is kept as it is.
 */
#include "ws.h"

#include "carrel/base64.h"
#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/sha1.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
#define KEY_BYTES 16
#define KEY_TEXT 24
#define SEND_BUFFER (64 << 10) /* the kernel doubles it; else a slow client gets megabytes */

/* "keep-alive, Upgrade" */
static bool lists(const char *list, const char *word)
{
    size_t len = strlen(word);

    while (list && *list) {
        size_t item;

        list += strspn(list, " \t,");
        item = strcspn(list, " \t,;");
        if (item == len && strncasecmp(list, word, len) == 0)
            return true;
        list += strcspn(list, ",");
    }
    return false;
}

/* ---- whether ---- */

static bool asks_upgrade(struct exchange *x)
{
    const char *version = request_header(x, "Sec-WebSocket-Version");
    bool asks = !x->head && strcmp(x->version, "HTTP/1.1") == 0
                && lists(request_header(x, "Upgrade"), "websocket")
                && lists(request_header(x, "Connection"), "upgrade");

    if (asks && version && strcmp(version, "13") == 0)
        return true;
    exchange_error(x, 426, "upgrade_required", NULL,
                   asks ? "Sec-WebSocket-Version must be 13"
                        : "this is a WebSocket: ask for it with Upgrade: websocket over HTTP/1.1");
    exchange_header(x, "Upgrade", "websocket");
    exchange_header(x, "Connection", "Upgrade");
    exchange_header(x, "Sec-WebSocket-Version", "13");
    return false;
}

static bool has_key(struct exchange *x)
{
    const char *key = request_header(x, "Sec-WebSocket-Key");
    struct str bytes = STR_INIT;
    bool good = key && strlen(key) == KEY_TEXT && base64_decode(&bytes, key, KEY_TEXT)
                && bytes.len == KEY_BYTES;

    str_free(&bytes);
    if (!good)
        exchange_error(x, 400, "bad_request", NULL, "Sec-WebSocket-Key must be %d bytes as Base64",
                       KEY_BYTES);
    return good;
}

/* A browser lets any page open a WebSocket to anywhere, so the page's site is looked at here. */
static bool from_here(struct exchange *x)
{
    const char *origin = request_header(x, "Origin"), *host = request_header(x, "Host"), *site;

    if (!origin || cors_allows(x, origin))
        return true;
    site = strstr(origin, "://");
    if (site && host && strcasecmp(site + 3, host) == 0)
        return true;
    exchange_error(x, 403, "forbidden", NULL,
                   "pages of %.100s may not connect; serve.cors-origin says which may", origin);
    return false;
}

static bool has_room(struct exchange *x)
{
    struct ws *ws = x->server->ws;

    if (atomic_load(&x->server->stopping))
        exchange_error(x, 503, "stopping", NULL, "the service stops");
    else if (!ws_enter(ws))
        exchange_error(x, 503, "busy", NULL, "%zu clients are connected, which is all that may be",
                       ws->most_clients);
    else
        x->has_place = true;
    return x->has_place;
}

/* ---- the answer, and what follows ---- */

static void add_accept(struct exchange *x)
{
    struct str text = STR_INIT;
    unsigned char digest[20];

    str_printf(&text, "%s" GUID, request_header(x, "Sec-WebSocket-Key"));
    sha1(digest, text.ptr, text.len);
    str_clear(&text);
    base64_encode(&text, digest, sizeof digest);
    exchange_header(x, "Upgrade", "websocket");
    exchange_header(x, "Sec-WebSocket-Accept", text.ptr);
    str_free(&text);
}

/* Frames go at once, as far as a buffer of our size takes them. */
static void set_up(int fd, bool tcp)
{
    int on = 1, off = 0, size = SEND_BUFFER;

    if ((tcp
         && (setsockopt(fd, IPPROTO_TCP, TCP_CORK, &off, sizeof off) != 0
             || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0))
        || setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) != 0
        || fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) != 0)
        log_write(LOG_INFO, "/ws/realtime: a socket's options: %s", strerror(errno));
}

static void on_upgrade(void *ctx, struct MHD_Connection *connection, void *state, const char *extra,
                       size_t extra_len, MHD_socket socket,
                       struct MHD_UpgradeResponseHandle *handle)
{
    struct exchange *x = state;
    struct ws *ws = ctx;
    int64_t now = clock_ticks_ms();
    bool tls = x->server->tls;
    int fd = tls ? socket : fcntl(socket, F_DUPFD_CLOEXEC, 0);

    (void)connection;
    if (fd >= 0) {
        struct ws_client *c = ws_client_new(ws, fd, now);

        x->has_place = false; /* it is the client's now */
        set_up(fd, !tls);
        c->handle = tls ? handle : NULL;
        c->caller = x->caller;
        c->allowed = *x->caller.id || auth_reads_open(x);
        c->first_by = c->allowed ? 0 : now + WS_FIRST_MS;
        snprintf(c->request_id, sizeof c->request_id, "%s", x->request_id);
        ws_adopt(ws, c, extra, extra_len);
    } else {
        log_write(LOG_ERROR, "%s /ws/realtime: %s", x->request_id, strerror(errno));
    }
    if (!tls)
        MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
}

int handle_websocket(struct exchange *x, struct error *err)
{
    (void)err;
    http_store_give(x->server, x->store); /* it may stay for days */
    x->store = NULL;
    if (!asks_upgrade(x) || !has_key(x) || !from_here(x) || !has_room(x))
        return ERR_OK;
    add_accept(x);
    x->upgrade = on_upgrade;
    x->upgrade_ctx = x->server->ws;
    return ERR_OK;
}
