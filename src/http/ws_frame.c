/*
 * Frames of WebSocket (RFC 6455, section 5) as a server writes them, which is unmasked: so a frame
 * can be written once and its bytes sent to any number of clients. wslay would copy the message for
 * each of them.
 */
#include "ws.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_MAX 10

/* The header of a whole frame; returns its length. */
static size_t header(unsigned char *out, int opcode, size_t len)
{
    size_t more = len < 126 ? 0 : len < 65536 ? 2 : 8, i;

    out[0] = (unsigned char)(0x80 | opcode);
    out[1] = (unsigned char)(more == 0 ? len : more == 2 ? 126 : 127);
    for (i = 0; i < more; i++)
        out[2 + i] = (unsigned char)((uint64_t)len >> (8 * (more - 1 - i)));
    return 2 + more;
}

void ws_frame_add(struct str *out, int opcode, const void *payload, size_t len)
{
    unsigned char head[HEADER_MAX];
    size_t size = header(head, opcode, len);

    str_add_mem(out, (const char *)head, size);
    str_add_mem(out, payload, len);
}

struct ws_frame *ws_frame_new(enum topic topic, const char *json)
{
    struct str text = STR_INIT;
    struct jsonw w;
    struct ws_frame *frame;
    unsigned char head[HEADER_MAX];
    size_t size;

    jsonw_start(&w, &text);
    jsonw_object(&w);
    jsonw_key_string(&w, "topic", topic_name(topic));
    jsonw_key(&w, "data");
    jsonw_raw(&w, json);
    jsonw_end(&w);
    size = header(head, WS_TEXT, text.len);
    frame = mem_alloc(sizeof *frame + size + text.len);
    frame->refs = 1;
    frame->topic = topic;
    frame->len = size + text.len;
    memcpy(frame->bytes, head, size);
    memcpy(frame->bytes + size, text.ptr, text.len);
    str_free(&text);
    return frame;
}

void ws_frame_free(struct ws_frame *frame)
{
    if (frame && --frame->refs == 0)
        free(frame);
}

/* ---- queues ---- */

static struct ws_frame **place(const struct ws_queue *queue, size_t i)
{
    return &queue->items[(queue->head + i) & (queue->cap - 1)];
}

static void widen(struct ws_queue *queue)
{
    struct ws_queue wide = *queue;
    size_t i;

    wide.cap = queue->cap ? queue->cap * 2 : 8;
    wide.head = 0;
    wide.items = mem_alloc(wide.cap * sizeof(struct ws_frame *));
    for (i = 0; i < queue->len; i++)
        wide.items[i] = *place(queue, i);
    free(queue->items);
    *queue = wide;
}

struct ws_frame *ws_queue_take(struct ws_queue *queue)
{
    struct ws_frame *frame;

    if (queue->len == 0)
        return NULL;
    frame = *place(queue, 0);
    queue->head++;
    queue->bytes -= frame->len;
    if (--queue->len == 0) {
        free(queue->items);
        *queue = (struct ws_queue){ 0 };
    }
    return frame;
}

size_t ws_queue_push(struct ws_queue *queue, struct ws_frame *frame, size_t most)
{
    size_t dropped = 0;

    while (queue->len > 0 && (queue->len >= most || queue->bytes + frame->len > WS_BYTES_MAX)) {
        ws_frame_free(ws_queue_take(queue));
        dropped++;
    }
    if (queue->len == queue->cap)
        widen(queue);
    frame->refs++;
    queue->len++;
    queue->bytes += frame->len;
    *place(queue, queue->len - 1) = frame;
    return dropped;
}

void ws_queue_drop(struct ws_queue *queue, unsigned topics)
{
    size_t count;

    for (count = queue->len; count > 0; count--) { /* each is taken, and what stays put back */
        struct ws_frame *frame = ws_queue_take(queue);

        if (!(topics & (1u << frame->topic)))
            ws_queue_push(queue, frame, SIZE_MAX);
        ws_frame_free(frame);
    }
}
