/*
 * One client: what waits to be sent to it, how long it may take, how it ends.
 *
 * Frames that are told to all are shared and wait in a queue of bounded length; when it is full the
 * oldest are dropped, and the client is told how many before it gets the next. What is its alone
 * (answers, pings, pongs, the close frame) are bytes that go first. Whoever takes nothing for too
 * long is cut off: nobody is waited for.
 */
#include "ws.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REASON_MAX 100 /* bytes; the RFC's 123 less what squeezing may add */

struct ws_client *ws_client_new(struct ws *ws, int fd, int64_t now)
{
    struct ws_client *c = mem_zalloc(sizeof *c);

    c->ws = ws;
    c->fd = fd;
    str_init(&c->own);
    c->ping_at = now + ws->ping_ms;
    c->counted_at = now;
    c->allowance = WS_BURST;
    return c;
}

static void forget_waiting(struct ws_client *c)
{
    ws_queue_drop(&c->queue, ~0u);
    c->dropped = 0;
}

/* Of TLS, libmicrohttpd 0.9.75 shuts its pair first and notes afterwards that it is closed: its
 * thread may look in between, and then never again. So what it shuts is another file, put in the
 * place of the socket, and the socket is shut behind it. */
static void give_back(struct ws_client *c)
{
    int keep = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);

    if (keep >= 0 && dup3(c->ws->wake, c->fd, O_CLOEXEC) < 0)
        log_write(LOG_ERROR, "%s /ws/realtime: %s", c->request_id, strerror(errno));
    MHD_upgrade_action(c->handle, MHD_UPGRADE_ACTION_CLOSE);
    if (keep >= 0) {
        shutdown(keep, SHUT_RDWR);
        close(keep);
    }
}

void ws_client_free(struct ws_client *c)
{
    ws_client_listen(c, 0);
    forget_waiting(c);
    ws_frame_free(c->now);
    str_free(&c->own);
    ws_input_free(&c->in);
    if (c->fd >= 0 && c->ws->epoll >= 0) /* closing does not do that while there is a duplicate */
        epoll_ctl(c->ws->epoll, EPOLL_CTL_DEL, c->fd, NULL);
    if (c->handle)
        give_back(c);
    else if (c->fd >= 0)
        close(c->fd);
    ws_leave(c->ws);
    free(c);
}

/* ---- the end ---- */

/* Nothing is sent behind the close frame that is in `own`. */
static void begin_end(struct ws_client *c, int code, const char *why)
{
    if (code > 0)
        log_write(LOG_INFO, "%s /ws/realtime ends: %d %s", c->request_id, code, why);
    else
        log_write(LOG_INFO, "%s /ws/realtime ends: %s", c->request_id, why);
    c->state = WS_CLOSING;
    c->close_by = clock_ticks_ms() + WS_CLOSE_MS;
    ws_client_listen(c, 0);
    forget_waiting(c);
}

void ws_client_close(struct ws_client *c, int code, const char *fmt, ...)
{
    struct str payload = STR_INIT;
    char why[REASON_MAX];
    va_list ap;

    if (c->state != WS_OPEN)
        return;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    str_add_char(&payload, (char)(code >> 8));
    str_add_char(&payload, (char)(code & 255));
    utf8_squeeze(&payload, why, strlen(why)); /* what it quotes may be cut inside a letter */
    ws_frame_add(&c->own, WS_CLOSE, payload.ptr, payload.len);
    begin_end(c, code, why);
    str_free(&payload);
}

/* ---- going out ---- */

static void own_grew(struct ws_client *c)
{
    if (c->own.len - c->own_sent > WS_OWN_MAX)
        ws_client_close(c, WS_POLICY, "too many answers wait to be taken");
}

void ws_client_say(struct ws_client *c, const struct str *text)
{
    if (c->state != WS_OPEN)
        return;
    ws_frame_add(&c->own, WS_TEXT, text->ptr, text->len);
    own_grew(c);
}

void ws_client_tell(struct ws_client *c, struct ws_frame *frame)
{
    const struct ws_queue *queue = &c->queue;

    if (!c->waits && (queue->len >= c->ws->most_queued || queue->bytes + frame->len > WS_BYTES_MAX))
        ws_client_flush(c); /* much was told at once */
    if (c->state == WS_OPEN)
        c->dropped += ws_queue_push(&c->queue, frame, c->ws->most_queued);
}

static void tell_dropped(struct ws_client *c)
{
    struct str text = STR_INIT;

    str_printf(&text, "{\"dropped\":%llu}", (unsigned long long)c->dropped);
    atomic_fetch_add(&c->ws->dropped, c->dropped);
    c->dropped = 0;
    ws_client_say(c, &text);
    str_free(&text);
}

/* What goes next: a frame that has begun, else what is its own, else the oldest that waits. */
static bool next_bytes(struct ws_client *c, const void **at, size_t *len)
{
    bool midway = c->now && c->now_sent > 0;

    if (!c->now && c->own.len == 0 && c->dropped > 0)
        tell_dropped(c);
    else if (!c->now && c->own.len == 0)
        c->now = ws_queue_take(&c->queue);
    if (!midway && c->own.len > 0) {
        *at = c->own.ptr + c->own_sent;
        *len = c->own.len - c->own_sent;
    } else if (c->now) {
        *at = c->now->bytes + c->now_sent;
        *len = c->now->len - c->now_sent;
    } else {
        return false;
    }
    return true;
}

static void went(struct ws_client *c, size_t bytes)
{
    if (c->now && (c->now_sent > 0 || c->own.len == 0)) {
        c->now_sent += bytes;
        if (c->now_sent == c->now->len) {
            ws_frame_free(c->now);
            c->now = NULL;
            c->now_sent = 0;
        }
        return;
    }
    c->own_sent += bytes;
    if (c->own_sent == c->own.len) {
        str_free(&c->own);
        c->own_sent = 0;
    }
}

/* The close frame is out: now the other end closes, or time does. Of a TLS connection we cannot
 * shut one direction alone, so there we close when the other end has had its say. */
static void all_sent(struct ws_client *c)
{
    c->waits = false;
    c->took_at = 0;
    if (c->state != WS_CLOSING)
        return;
    if (!c->handle)
        shutdown(c->fd, SHUT_WR);
    c->state = c->handle && c->said ? WS_DEAD : WS_SHUT;
}

void ws_client_flush(struct ws_client *c)
{
    int64_t now = clock_ticks_ms();
    const void *at;
    size_t len;

    if (c->fd < 0 || c->state >= WS_SHUT)
        return;
    while (next_bytes(c, &at, &len)) {
        ssize_t some = send(c->fd, at, len, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (some > 0) {
            went(c, (size_t)some);
            c->took_at = now;
        } else if (some < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            c->waits = true;
            c->took_at = c->took_at ? c->took_at : now;
            return;
        } else if (errno != EINTR) {
            c->state = WS_DEAD; /* it is gone */
            return;
        }
    }
    all_sent(c);
}

/* ---- coming in ---- */

/* A bucket of frames: bursts pass, floods do not. */
static bool on_frame(void *ctx)
{
    struct ws_client *c = ctx;
    int64_t now = clock_ticks_ms();

    c->allowance += (double)(now - c->counted_at) * WS_RATE / 1000.0;
    c->allowance = c->allowance > WS_BURST ? WS_BURST : c->allowance;
    c->counted_at = now;
    if (c->allowance < 1)
        ws_client_close(c, WS_POLICY, "too many messages: %d a second", WS_RATE);
    c->allowance -= 1;
    return c->state == WS_OPEN;
}

static void on_message(void *ctx, const char *text, size_t len)
{
    struct ws_client *c = ctx;

    if (c->state == WS_OPEN)
        ws_message(c, text, len);
}

static void on_pong(void *ctx)
{
    struct ws_client *c = ctx;

    c->pong_by = 0;
}

static void on_answer(void *ctx, const void *bytes, size_t len)
{
    struct ws_client *c = ctx;

    if (c->state == WS_OPEN)
        str_add_mem(&c->own, bytes, len);
}

static void on_end(void *ctx, int code, const char *why)
{
    struct ws_client *c = ctx;

    if (code > 0)
        ws_client_close(c, code, "%s", why);
    else if (c->state == WS_OPEN)
        begin_end(c, code, code == WS_SAID ? "it said so" : "it broke the protocol");
    c->said = code == WS_SAID;
}

void ws_client_hear(struct ws_client *c, const void *bytes, size_t len)
{
    static const struct ws_input_ops ops = { on_frame, on_message, on_pong, on_answer, on_end };

    if (c->state != WS_OPEN)
        return;
    ws_input_feed(&c->in, bytes, len, &ops, c);
    own_grew(c);
}

/* ---- time ---- */

static void token_ended(struct ws_client *c)
{
    int64_t left = c->caller.ends - clock_real_ms();

    if (c->caller.ends && left <= 0)
        ws_client_close(c, WS_UNAUTHORIZED, "the token has expired");
}

static void ping(struct ws_client *c, int64_t now)
{
    ws_frame_add(&c->own, WS_PING, "", 0);
    c->ping_at = now + c->ws->ping_ms;
    c->pong_by = c->pong_by ? c->pong_by : now + c->ws->pong_ms;
}

int64_t ws_client_look(struct ws_client *c, int64_t now)
{
    int64_t next;

    if (c->state >= WS_CLOSING) {
        c->state = now >= c->close_by ? WS_DEAD : c->state;
        return c->close_by;
    }
    if (c->first_by && now >= c->first_by)
        ws_client_close(c, WS_UNAUTHORIZED, "no token came in %d s", WS_FIRST_MS / 1000);
    if (c->pong_by && now >= c->pong_by)
        ws_client_close(c, WS_POLICY, "a ping was not answered");
    if (c->took_at && now >= c->took_at + c->ws->stall_ms)
        ws_client_close(c, WS_POLICY, "nothing was taken for %lld ms", (long long)c->ws->stall_ms);
    token_ended(c);
    if (c->state == WS_OPEN && now >= c->ping_at)
        ping(c, now);
    ws_client_flush(c);
    next = ws_sooner(ws_sooner(c->ping_at, c->first_by), c->pong_by);
    if (c->caller.ends)
        next = ws_sooner(next, now + (c->caller.ends - clock_real_ms()));
    next = ws_sooner(next, c->took_at ? c->took_at + c->ws->stall_ms : 0);
    return c->state >= WS_CLOSING ? c->close_by : next;
}
