/*
 * Inside /ws/realtime: frames, clients and the thread that owns them.
 *
 *     realtime.c    the handshake, on a thread of libmicrohttpd
 *     ws_loop.c     the thread: one epoll over all sockets, what is told to all, timers
 *     ws_client.c   one client: what waits for it, how it ends
 *     ws_input.c    bytes -> messages, by wslay
 *     ws_message.c  messages -> token, topics
 *     ws_frame.c    frames and queues of them
 *
 * Everything here runs on that one thread, except where it says otherwise.
 */
#ifndef CARREL_HTTP_WS_H
#define CARREL_HTTP_WS_H

#include "internal.h"

#define WS_INPUT_MAX (64u << 10) /* bytes of a message that comes in */
#define WS_BYTES_MAX (1u << 20)  /* that wait for one client */
#define WS_OWN_MAX (64u << 10)   /* of answers and pongs among them */
#define WS_FIRST_MS 10000        /* for the first message to bring a token */
#define WS_CLOSE_MS 2000         /* for a client to take its close frame */
#define WS_LINGER_MS 300         /* for it to end what it is sending, over TLS */
#define WS_BURST 100             /* frames that may come at once, and then */
#define WS_RATE 20               /* so many a second */

enum { WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };
enum {
    WS_BROKEN = -1, /* wslay has seen something that is no WebSocket */
    WS_SAID = 0,    /* the client wants to end */
    WS_AWAY = 1001,
    WS_PROTOCOL = 1002,
    WS_UNSUPPORTED = 1003,
    WS_INVALID = 1007,
    WS_POLICY = 1008,
    WS_INTERNAL = 1011,
    WS_UNAUTHORIZED = 4401,
    WS_FORBIDDEN = 4403,
};

/* ---- frames ---- */

/* One text frame, as it goes over the wire: written once, shared by all clients. */
struct ws_frame {
    unsigned refs;
    enum topic topic;
    size_t len;
    unsigned char bytes[];
};
/* {"topic","data"}; any thread. */
struct ws_frame *ws_frame_new(enum topic topic, const char *json);
void ws_frame_free(struct ws_frame *frame); /* gives one reference back */
/* A whole frame of `opcode` at the end of `out`. */
void ws_frame_add(struct str *out, int opcode, const void *payload, size_t len);

/* Frames that wait, oldest first. All noughts is an empty one, which holds no memory. */
struct ws_queue {
    struct ws_frame **items; /* a ring */
    size_t head, len, cap, bytes;
};
/* Takes a reference of its own. Drops the oldest ones so that no more than so many frames, and
 * WS_BYTES_MAX, wait; returns how many. The new one always stays. */
size_t ws_queue_push(struct ws_queue *queue, struct ws_frame *frame, size_t most);
struct ws_frame *ws_queue_take(struct ws_queue *queue);      /* the reference too; NULL: empty */
void ws_queue_drop(struct ws_queue *queue, unsigned topics); /* those of these topics */

/* ---- what comes in ---- */

struct ws_input_ops {
    bool (*frame)(void *ctx); /* one begins; false: nothing more is wanted */
    void (*message)(void *ctx, const char *text, size_t len);
    void (*pong)(void *ctx);
    void (*answer)(void *ctx, const void *bytes, size_t len); /* to be sent: pongs, a close */
    /* The connection has to end: with this code, or, when it is WS_SAID or WS_BROKEN, behind the
     * close that `answer` was given. */
    void (*end)(void *ctx, int code, const char *why);
};
/* wslay's state, which is kept only inside of a message: an idle client has none. */
struct ws_feeding;
struct ws_input {
    struct wslay_event_context *wslay;
    struct ws_feeding *feeding; /* during ws_input_feed */
    uint64_t fed, taken;        /* bytes that it got, and of those in whole frames */
    bool open;                  /* a message has begun and not ended */
};
void ws_input_feed(struct ws_input *in, const void *bytes, size_t len,
                   const struct ws_input_ops *ops, void *ctx);
void ws_input_free(struct ws_input *in);
const char *ws_version(void); /* "wslay 1.1.1"; any thread */

/* ---- a client ---- */

/* The earlier of two times; 0 is none. */
static inline int64_t ws_sooner(int64_t a, int64_t b)
{
    return b && b < a ? b : a;
}

enum ws_state {
    WS_OPEN,
    WS_CLOSING, /* its close frame is being sent; what it says is not heard any more */
    WS_SHUT,    /* the close frame is sent: its end of the connection is waited for */
    WS_DEAD,    /* to be freed */
};
struct ws;
struct ws_client {
    struct ws *ws;
    int fd;                                   /* -1: none, in tests */
    struct MHD_UpgradeResponseHandle *handle; /* closes it; NULL: it is ours */
    enum ws_state state;
    bool allowed;    /* its token was seen, or none is needed */
    bool waits;      /* for the socket to take more */
    bool watched;    /* and epoll knows that */
    bool said;       /* that it wants to end */
    unsigned topics; /* bits 1 << enum topic */
    struct caller caller;
    char request_id[20];
    struct ws_input in;
    struct str own; /* answers, pings, pongs, the close: go first */
    size_t own_sent;
    struct ws_queue queue;
    struct ws_frame *now; /* on its way */
    size_t now_sent;
    uint64_t dropped; /* frames, since it was last told */
    /* clock_ticks_ms(), 0: not waited for */
    int64_t first_by, ping_at, pong_by, took_at, close_by;
    double allowance; /* of frames that come in */
    int64_t counted_at;
};
/* Any thread, until it is handed over. It takes the place that ws_enter gave, and gives it back. */
struct ws_client *ws_client_new(struct ws *ws, int fd, int64_t now);
void ws_client_free(struct ws_client *c); /* closes fd */
/* Bytes that it sent. */
void ws_client_hear(struct ws_client *c, const void *bytes, size_t len);
void ws_client_say(struct ws_client *c, const struct str *text); /* a text frame of our own */
void ws_client_tell(struct ws_client *c, struct ws_frame *frame);
/* Begins the end; the first reason stands. */
void ws_client_close(struct ws_client *c, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Sends what the socket takes. */
void ws_client_flush(struct ws_client *c);
/* Does what is due; returns when to look again. */
int64_t ws_client_look(struct ws_client *c, int64_t now);
/* Its topics; the bus is listened to for as long as somebody wants them. */
void ws_client_listen(struct ws_client *c, unsigned topics);
/* One message of it. */
void ws_message(struct ws_client *c, const char *text, size_t len);

/* ---- all of them ---- */

struct ws_tap {
    struct ws *ws;
    enum topic topic;
};
struct ws_arrival {
    struct ws_client *client;
    struct str extra; /* what it sent behind its request */
};
struct ws {
    struct http_server *server;
    size_t most_clients, most_queued;
    int64_t ping_ms, pong_ms, stall_ms;
    int epoll, wake;
    pthread_t thread;
    bool running;
    /* of the thread */
    struct ws_client **clients;
    size_t len, cap;
    size_t listeners[TOPICS];
    struct ws_tap taps[TOPICS];
    struct store *store;         /* where tokens are looked up; NULL until then */
    int64_t revoked, revoked_at; /* how many tokens were, and when that was looked at */
    int64_t next;                /* when to look through the clients */
    bool deaths;                 /* some are WS_DEAD */
    bool ending;
    unsigned char *buffer; /* for reading */
    /* of all threads */
    atomic_size_t count;  /* of clients, and of those that are on the way */
    atomic_ulong dropped; /* frames, of all clients that were told so */
    pthread_mutex_t lock;
    struct ws_arrival *arrivals;
    size_t arrivals_len, arrivals_cap;
    struct ws_queue told;
    size_t lost[TOPICS]; /* told faster than they could be handed on */
    bool stopping;
};
/* Without its thread. */
struct ws *ws_new(struct http_server *server);
int ws_start(struct ws *ws, struct error *err);
/* Any thread: a place for one more client; false: there is none. */
bool ws_enter(struct ws *ws);
void ws_leave(struct ws *ws);
/* Says goodbye (1001) to all, and ends the thread in WS_CLOSE_MS at most. NULL is fine. */
void ws_end(struct ws *ws);
void ws_free(struct ws *ws);
/* Any thread: hands a client over, with what it sent already. Behind ws_end it ends at once. */
void ws_adopt(struct ws *ws, struct ws_client *client, const char *extra, size_t len);
/* For the bus: any thread. */
void ws_told(void *tap, enum topic topic, const char *json);

#endif
