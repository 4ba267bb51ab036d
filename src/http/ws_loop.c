/*
 * The thread that owns all clients of /ws/realtime: one epoll over their sockets and a wake. What
 * other threads have for it (new clients, what was told to the bus) waits in an inbox, which is all
 * that is locked here. It waits for no client, no disk but the look-up of a token, and while there
 * are no clients, for nothing but the wake.
 */
#include "ws.h"

#include "carrel/access.h"
#include "carrel/clock.h"
#include "carrel/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS 256
#define READ_BYTES (16u << 10)
#define TICK_MS 100     /* clients are looked through no more often */
#define REVOKED_MS 1000 /* how soon a token that was taken back is noticed */
#define TOLD_MAX 4096   /* frames in the inbox */

/* ---- from other threads ---- */

static void wake(struct ws *ws)
{
    uint64_t one = 1;

    if (write(ws->wake, &one, sizeof one) < 0 && errno != EAGAIN) /* EAGAIN: it is awake */
        log_write(LOG_ERROR, "/ws/realtime cannot be woken: %s", strerror(errno));
}

bool ws_enter(struct ws *ws)
{
    if (atomic_fetch_add(&ws->count, 1) < ws->most_clients)
        return true;
    ws_leave(ws);
    return false;
}

void ws_leave(struct ws *ws)
{
    atomic_fetch_sub(&ws->count, 1);
}

void ws_told(void *tap, enum topic topic, const char *json)
{
    struct ws *ws = ((struct ws_tap *)tap)->ws;
    struct ws_frame *frame = ws_frame_new(topic, json);

    pthread_mutex_lock(&ws->lock);
    if (ws->told.len > 0
        && (ws->told.len >= TOLD_MAX || ws->told.bytes + frame->len > WS_BYTES_MAX))
        ws->lost[topic]++;
    else
        ws_queue_push(&ws->told, frame, TOLD_MAX);
    ws_frame_free(frame);
    pthread_mutex_unlock(&ws->lock);
    wake(ws);
}

void ws_adopt(struct ws *ws, struct ws_client *client, const char *extra, size_t len)
{
    struct ws_arrival arrival = { .client = client, .extra = STR_INIT };
    bool late;

    pthread_mutex_lock(&ws->lock);
    late = ws->stopping;
    if (!late) {
        str_add_mem(&arrival.extra, extra, len);
        VEC_PUSH(ws->arrivals, ws->arrivals_len, ws->arrivals_cap, arrival);
    }
    pthread_mutex_unlock(&ws->lock);
    if (!late) {
        wake(ws);
        return;
    }
    ws_client_close(client, WS_AWAY, "the service stops");
    ws_client_flush(client);
    ws_client_free(client);
}

/* ---- one client's turn ---- */

static void watch(struct ws *ws, struct ws_client *c)
{
    struct epoll_event event = { .events = EPOLLIN | (c->waits ? EPOLLOUT : 0u), .data.ptr = c };

    if (c->watched == c->waits)
        return;
    c->watched = c->waits;
    if (epoll_ctl(ws->epoll, EPOLL_CTL_MOD, c->fd, &event) != 0)
        c->state = WS_DEAD;
}

/* After anything that concerns it. */
static void attend(struct ws *ws, struct ws_client *c, int64_t now)
{
    int64_t next;

    ws_client_flush(c);
    next = ws_client_look(c, now);
    ws->next = next < ws->next ? next : ws->next;
    watch(ws, c);
    ws->deaths = ws->deaths || c->state == WS_DEAD;
}

static void read_some(struct ws *ws, struct ws_client *c)
{
    ssize_t some = recv(c->fd, ws->buffer, READ_BYTES, MSG_DONTWAIT);

    if (some > 0 && c->state == WS_SHUT && c->handle)
        c->close_by =
            ws_sooner(c->close_by, clock_ticks_ms() + WS_LINGER_MS); /* its close, mostly */
    else if (some > 0)
        ws_client_hear(c, ws->buffer, (size_t)some);
    else if (some == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        c->state = WS_DEAD;
}

/* Those that ended, at the end of a round: events of the round may name them. */
static void bury(struct ws *ws)
{
    size_t i;

    for (i = 0; ws->deaths && i < ws->len; i++)
        if (ws->clients[i]->state == WS_DEAD) {
            ws_client_free(ws->clients[i]);
            ws->clients[i--] = ws->clients[--ws->len];
        }
    ws->deaths = false;
}

/* ---- the inbox ---- */

static void welcome(struct ws *ws, struct ws_arrival *arrival, int64_t now)
{
    struct ws_client *c = arrival->client;
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };

    VEC_PUSH(ws->clients, ws->len, ws->cap, c);
    if (epoll_ctl(ws->epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) {
        log_write(LOG_ERROR, "%s /ws/realtime: %s", c->request_id, strerror(errno));
        c->state = WS_DEAD;
    } else if (arrival->extra.len > 0) {
        ws_client_hear(c, arrival->extra.ptr, arrival->extra.len);
    }
    str_free(&arrival->extra);
    attend(ws, c, now);
}

static void hand_on(struct ws *ws, struct ws_queue *told, const size_t *lost, int64_t now)
{
    unsigned topics = 0;
    struct ws_frame *frame;
    size_t i, t;

    while ((frame = ws_queue_take(told))) {
        topics |= 1u << frame->topic;
        for (i = 0; i < ws->len; i++)
            if (ws->clients[i]->topics & (1u << frame->topic))
                ws_client_tell(ws->clients[i], frame);
        ws_frame_free(frame);
    }
    for (i = 0; topics && i < ws->len; i++) {
        for (t = 0; t < TOPICS; t++)
            if (ws->clients[i]->topics & (1u << t))
                ws->clients[i]->dropped += lost[t];
        if (ws->clients[i]->topics & topics)
            attend(ws, ws->clients[i], now);
    }
}

static void open_inbox(struct ws *ws, int64_t now)
{
    struct ws_arrival *arrivals;
    struct ws_queue told;
    size_t lost[TOPICS], count, i;
    uint64_t wakes;

    if (read(ws->wake, &wakes, sizeof wakes) < 0 && errno != EAGAIN)
        log_write(LOG_ERROR, "/ws/realtime does not wake: %s", strerror(errno));
    pthread_mutex_lock(&ws->lock);
    arrivals = ws->arrivals;
    count = ws->arrivals_len;
    told = ws->told;
    memcpy(lost, ws->lost, sizeof lost);
    ws->arrivals = NULL;
    ws->arrivals_len = ws->arrivals_cap = 0;
    ws->told = (struct ws_queue){ 0 };
    memset(ws->lost, 0, sizeof ws->lost);
    ws->ending = ws->stopping;
    pthread_mutex_unlock(&ws->lock);
    for (i = 0; i < count; i++)
        welcome(ws, &arrivals[i], now);
    free(arrivals);
    hand_on(ws, &told, lost, now);
    for (i = 0; ws->ending && i < ws->len; i++) {
        ws_client_close(ws->clients[i], WS_AWAY, "the service stops");
        attend(ws, ws->clients[i], now);
    }
}

/* ---- time ---- */

static bool still_holds(struct ws *ws, const struct ws_client *c)
{
    struct error err = { 0 };
    bool holds = false;

    if (access_holds(ws->store, c->caller.id, &holds, &err) != ERR_OK)
        log_write(LOG_ERROR, "/ws/realtime: %s", err.message);
    return holds;
}

/* Each client's token is asked for only when there is one more that was taken back. */
static void look_for_revoked(struct ws *ws, int64_t now)
{
    struct error err = { 0 };
    int64_t revoked = 0;
    size_t i;

    ws->revoked_at = now;
    if (http_store_take(ws->server, &ws->store, &err) != ERR_OK
        || access_revoked(ws->store, &revoked, &err) != ERR_OK) {
        log_write(LOG_ERROR, "/ws/realtime: %s", err.message);
        return;
    }
    for (i = 0; revoked != ws->revoked && i < ws->len; i++)
        if (*ws->clients[i]->caller.id && !still_holds(ws, ws->clients[i]))
            ws_client_close(ws->clients[i], WS_UNAUTHORIZED, "the token was taken back");
    ws->revoked = revoked;
}

static bool any_token(const struct ws *ws)
{
    size_t i;

    for (i = 0; i < ws->len; i++)
        if (*ws->clients[i]->caller.id)
            return true;
    return false;
}

static void look_through(struct ws *ws, int64_t now)
{
    bool tokens = any_token(ws);
    size_t i;

    if (tokens && now >= ws->revoked_at + REVOKED_MS)
        look_for_revoked(ws, now);
    ws->next = tokens ? ws->revoked_at + REVOKED_MS : INT64_MAX;
    for (i = 0; i < ws->len; i++)
        attend(ws, ws->clients[i], now);
    if (ws->next < now + TICK_MS)
        ws->next = now + TICK_MS;
}

/* ---- the thread ---- */

static int wait_ms(const struct ws *ws)
{
    int64_t left = ws->next - clock_ticks_ms();

    return ws->len == 0 ? -1 : left <= 0 ? 0 : left > 60000 ? 60000 : (int)left + 1;
}

static void one_round(struct ws *ws)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(ws->epoll, events, EVENTS, wait_ms(ws)), i;
    int64_t now = clock_ticks_ms();

    for (i = 0; i < count; i++) {
        struct ws_client *c = events[i].data.ptr;

        if (!c) {
            open_inbox(ws, now);
            continue;
        }
        if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            read_some(ws, c);
        attend(ws, c, now);
    }
    if (now >= ws->next)
        look_through(ws, now);
    bury(ws);
}

static void *run(void *arg)
{
    struct ws *ws = arg;

    while (!ws->ending || ws->len > 0)
        one_round(ws);
    return NULL;
}

/* ---- beginning and end ---- */

struct ws *ws_new(struct http_server *server)
{
    const struct config *config = server->app->config;
    struct ws *ws = mem_zalloc(sizeof *ws);
    int i;

    ws->server = server;
    ws->most_clients = (size_t)config_int(config, "serve.ws-clients");
    ws->most_queued = (size_t)config_int(config, "serve.ws-queue");
    ws->ping_ms = config_int(config, "serve.ws-ping");
    ws->pong_ms = config_int(config, "serve.ws-pong");
    ws->stall_ms = config_int(config, "serve.ws-stall");
    ws->epoll = ws->wake = -1;
    ws->next = INT64_MAX;
    ws->revoked = -1;
    ws->revoked_at = -REVOKED_MS;
    ws->buffer = mem_alloc(READ_BYTES);
    for (i = 0; i < TOPICS; i++)
        ws->taps[i] = (struct ws_tap){ ws, (enum topic)i };
    pthread_mutex_init(&ws->lock, NULL);
    return ws;
}

int ws_start(struct ws *ws, struct error *err)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    int code;

    ws->epoll = epoll_create1(EPOLL_CLOEXEC);
    ws->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ws->epoll < 0 || ws->wake < 0 || epoll_ctl(ws->epoll, EPOLL_CTL_ADD, ws->wake, &event) != 0)
        return error_errno(err, "/ws/realtime");
    code = pthread_create(&ws->thread, NULL, run, ws);
    ws->running = code == 0;
    return code == 0 ? ERR_OK : error_set(err, ERR_FAILED, "/ws/realtime: %s", strerror(code));
}

void ws_end(struct ws *ws)
{
    if (!ws || !ws->running)
        return;
    pthread_mutex_lock(&ws->lock);
    ws->stopping = true;
    pthread_mutex_unlock(&ws->lock);
    wake(ws);
    pthread_join(ws->thread, NULL);
    ws->running = false;
}

void ws_free(struct ws *ws)
{
    if (!ws)
        return;
    ws_queue_drop(&ws->told, ~0u);
    http_store_give(ws->server, ws->store);
    if (ws->epoll >= 0)
        close(ws->epoll);
    if (ws->wake >= 0)
        close(ws->wake);
    pthread_mutex_destroy(&ws->lock);
    free(ws->clients);
    free(ws->buffer);
    free(ws);
}
