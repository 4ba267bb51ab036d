/*
 * What a client of /ws/realtime sends, as bytes behind the handshake: frames and the messages in
 * them. However they are cut into reads, the same messages are heard; what is answered is whole
 * frames as a server writes them. The first byte says whether a token is still wanted, the second
 * into which pieces the rest is cut.
 */
#include "http/ws.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define SAME_MAX                                                                                   \
    600 /* bytes: fewer frames than are counted as a flood, whatever the clock does                \
         */

static struct http_server server;

static struct ws *set_up(void)
{
    static struct app app;
    struct config *config = NULL;

    config_open(&config, "/nonexistent/config", false, NULL, 0, app_options, app_options_len, NULL);
    app.config = config;
    server.app = &app;
    server.bus = bus_new();
    pthread_mutex_init(&server.lock, NULL);
    return ws_new(&server);
}

/* Whole frames, unmasked, without reserved bits; a close comes last. */
static void check_answers(const struct ws_client *c)
{
    const unsigned char *at = (const unsigned char *)c->own.ptr, *end = at + c->own.len;
    bool closed = false;

    while (at < end) {
        size_t len, more;

        assert(!closed && end - at >= 2);
        assert(at[0] == (0x80 | WS_TEXT) || at[0] == (0x80 | WS_PONG)
               || at[0] == (0x80 | WS_CLOSE));
        closed = at[0] == (0x80 | WS_CLOSE);
        len = at[1];
        more = len == 126 ? 2 : 0;
        assert(len < 127 && end - at >= (ptrdiff_t)(2 + more));
        if (more)
            len = (size_t)at[2] << 8 | at[3];
        assert((size_t)(end - at) >= 2 + more + len);
        assert(at[0] == (0x80 | WS_TEXT) || len <= 125);
        at += 2 + more + len;
    }
    assert(closed == (c->state == WS_CLOSING));
    assert(c->own.len <= 2 * WS_OWN_MAX);
}

static struct ws_client *hear(struct ws *ws, const uint8_t *bytes, size_t size, bool allowed,
                              size_t piece)
{
    struct ws_client *c = ws_enter(ws) ? ws_client_new(ws, -1, 0) : NULL;

    assert(c);
    c->allowed = allowed;
    while (size > 0) {
        size_t some = size < piece ? size : piece;

        ws_client_hear(c, bytes, some);
        bytes += some;
        size -= some;
    }
    assert(c->state == WS_OPEN || c->state == WS_CLOSING);
    assert(c->state == WS_OPEN || c->topics == 0);
    assert(c->allowed || c->topics == 0); /* nobody hears anything without a token */
    check_answers(c);
    return c;
}

/* The code of the close that it was sent, 0: none. */
static int close_code(const struct ws_client *c)
{
    const unsigned char *at = (const unsigned char *)c->own.ptr, *end = at + c->own.len;

    for (; at < end; at += 2 + (at[1] == 126 ? 2 + ((size_t)at[2] << 8 | at[3]) : at[1]))
        if (at[0] == (0x80 | WS_CLOSE) && at[1] >= 2)
            return at[2] << 8 | at[3];
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct ws *ws;
    struct ws_client *whole, *cut;

    if (!ws)
        ws = set_up();
    if (size < 2)
        return 0;
    whole = hear(ws, bytes + 2, size - 2, bytes[0] & 1, size);
    cut = hear(ws, bytes + 2, size - 2, bytes[0] & 1, 1 + bytes[1]);
    if (size <= SAME_MAX) {
        /* wslay passes over two bytes of each piece of a close frame when it checks for UTF-8. */
        assert(whole->state == cut->state || close_code(whole) == 1007 || close_code(cut) == 1007);
        assert(whole->state != WS_OPEN || cut->state != WS_OPEN || whole->topics == cut->topics);
        assert(cut->state != WS_OPEN || whole->state != WS_OPEN
               || (whole->own.len == cut->own.len
                   && memcmp(whole->own.ptr, cut->own.ptr, cut->own.len) == 0));
    }
    ws_client_free(whole);
    ws_client_free(cut);
    assert(atomic_load(&ws->count) == 0 && ws->listeners[TOPIC_JOBS] == 0);
    return 0;
}
