/*
 * What comes in over a WebSocket: wslay puts frames and fragments together, checks UTF-8, lengths
 * and close codes, answers pings and closes. Its answers are taken out at once, as bytes, so that
 * nothing of it waits there.
 *
 * A context of wslay is 8 KiB, and thousands of clients are idle. So it is made when bytes come and
 * freed when they end on the end of a message: it then knows nothing that the next one would not.
 */
#include "ws.h"

#include "carrel/utf8.h"

#include <string.h>
#include <wslay/wslay.h>

#define MASK 4

/* One call of ws_input_feed. */
struct ws_feeding {
    const struct ws_input_ops *ops;
    void *ctx;
    const unsigned char *bytes;
    size_t len;
    bool stopped;
};

static ssize_t on_recv(wslay_event_context_ptr wslay, uint8_t *buffer, size_t len, int flags,
                       void *user)
{
    struct ws_input *in = user;
    struct ws_feeding *f = in->feeding;
    size_t some = len < f->len ? len : f->len;

    (void)flags;
    if (some == 0) {
        wslay_event_set_error(wslay, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(buffer, f->bytes, some);
    f->bytes += some;
    f->len -= some;
    in->fed += some;
    return (ssize_t)some;
}

static ssize_t on_send(wslay_event_context_ptr wslay, const uint8_t *bytes, size_t len, int flags,
                       void *user)
{
    struct ws_input *in = user;

    (void)wslay;
    (void)flags;
    in->feeding->ops->answer(in->feeding->ctx, bytes, len);
    return (ssize_t)len;
}

static void stop(struct ws_input *in)
{
    in->feeding->stopped = true;
    wslay_event_shutdown_read(in->wslay);
}

/* Refuses what came: wslay is asked nothing more. */
static void refuse(struct ws_input *in, int code, const char *why)
{
    stop(in);
    in->feeding->ops->end(in->feeding->ctx, code, why);
}

/* wslay takes lengths in their shortest form only, so the header's size is known. */
static void on_frame(wslay_event_context_ptr wslay,
                     const struct wslay_event_on_frame_recv_start_arg *frame, void *user)
{
    struct ws_input *in = user;
    uint64_t len = frame->payload_length;

    (void)wslay;
    in->taken += 2 + (len < 126 ? 0u : len < 65536 ? 2u : 8u) + MASK + len;
    if (!wslay_is_ctrl_frame(frame->opcode))
        in->open = !frame->fin;
    if (!in->feeding->ops->frame(in->feeding->ctx))
        stop(in);
}

/* What wslay lets pass: half a code, and in a frame that came in pieces a reason that is no text.
 */
static void check_close(struct ws_input *in, const char *payload, size_t len)
{
    if (len == 1)
        refuse(in, WS_PROTOCOL, "a close code has two bytes");
    else if (len > 2 && !utf8_valid(payload + 2, len - 2))
        refuse(in, WS_INVALID, "the reason is no UTF-8");
}

static void on_message(wslay_event_context_ptr wslay,
                       const struct wslay_event_on_msg_recv_arg *message, void *user)
{
    struct ws_input *in = user;
    struct ws_feeding *f = in->feeding;

    if (f->stopped)
        return;
    if (message->opcode == WSLAY_PING)
        wslay_event_send(wslay); /* the pong, before what later messages are answered */
    if (message->opcode == WSLAY_TEXT_FRAME)
        f->ops->message(f->ctx, (const char *)message->msg, message->msg_length);
    else if (message->opcode == WSLAY_BINARY_FRAME)
        refuse(in, WS_UNSUPPORTED, "messages are text");
    else if (message->opcode == WSLAY_PONG)
        f->ops->pong(f->ctx);
    else if (message->opcode == WSLAY_CONNECTION_CLOSE)
        check_close(in, (const char *)message->msg, message->msg_length);
}

static void begin(struct ws_input *in)
{
    static const struct wslay_event_callbacks callbacks = {
        .recv_callback = on_recv,
        .send_callback = on_send,
        .on_frame_recv_start_callback = on_frame,
        .on_msg_recv_callback = on_message,
    };

    if (wslay_event_context_server_init(&in->wslay, &callbacks, in) != 0)
        die("out of memory");
    wslay_event_config_set_max_recv_msg_length(in->wslay, WS_INPUT_MAX);
    in->fed = in->taken = 0;
    in->open = false;
}

void ws_input_feed(struct ws_input *in, const void *bytes, size_t len,
                   const struct ws_input_ops *ops, void *ctx)
{
    struct ws_feeding f = { .ops = ops, .ctx = ctx, .bytes = bytes, .len = len };
    bool broken;

    if (!in->wslay)
        begin(in);
    in->feeding = &f;
    broken = wslay_event_recv(in->wslay) != 0;
    if (broken && !f.stopped) /* the frame itself; wslay's own close would have no code */
        refuse(in, WS_PROTOCOL, "that is no frame");
    if (!f.stopped)
        wslay_event_send(in->wslay);
    if (!f.stopped && wslay_event_get_close_sent(in->wslay))
        ops->end(ctx, wslay_event_get_close_received(in->wslay) ? WS_SAID : WS_BROKEN, NULL);
    in->feeding = NULL;
    if (f.stopped || (in->fed == in->taken && !in->open))
        ws_input_free(in);
}

void ws_input_free(struct ws_input *in)
{
    wslay_event_context_free(in->wslay);
    in->wslay = NULL;
}

const char *ws_version(void)
{
    return "wslay " WSLAY_VERSION;
}
