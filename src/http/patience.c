/*
 * How long the service waits for each of its connections. libmicrohttpd ends those that are silent;
 * whoever sends or takes a byte now and then could hold one, and what it holds, for ever. So each
 * has a time by which it has to be done with what it does, and is shut when that has passed; it is
 * libmicrohttpd that closes it then. What takes us too long is told to stop.
 *
 * A connection is in the list from the moment it is accepted until just before its socket is
 * closed, so what is shut under the lock is that connection and no other.
 */
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/log.h"

#include <stdlib.h>
#include <sys/socket.h>

#define BYTES_A_MS 32 /* that a body brings and an answer takes at least: 32 kB a second */
#define GRACE_MS 3000 /* for work that is under way when the service stops */
#define SETTLE_POLL_MS 5

enum doing { RESTS, BRINGS, WAITS, TAKES, LEFT, SHUT };

struct visit {
    struct patience *patience;
    struct visit *prev, *next;
    int fd;
    enum doing doing;
    int64_t by; /* ticks, ms */
    atomic_bool cancel;
};

struct patience {
    pthread_mutex_t lock;
    struct visit *first;
    int64_t wait_ms, work_ms;
};

struct patience *patience_new(int64_t wait_ms, int64_t work_ms)
{
    struct patience *patience = mem_zalloc(sizeof *patience);

    pthread_mutex_init(&patience->lock, NULL);
    patience->wait_ms = wait_ms;
    patience->work_ms = work_ms;
    return patience;
}

void patience_free(struct patience *patience)
{
    if (!patience)
        return;
    pthread_mutex_destroy(&patience->lock);
    free(patience);
}

/* ---- coming and going ---- */

struct visit *visit_new(struct patience *patience, int fd)
{
    struct visit *visit = mem_zalloc(sizeof *visit);

    visit->patience = patience;
    visit->fd = fd;
    visit->by = clock_ticks_ms() + patience->wait_ms;
    pthread_mutex_lock(&patience->lock);
    visit->next = patience->first;
    if (visit->next)
        visit->next->prev = visit;
    patience->first = visit;
    pthread_mutex_unlock(&patience->lock);
    return visit;
}

void visit_free(struct visit *visit)
{
    struct patience *patience = visit->patience;

    pthread_mutex_lock(&patience->lock);
    if (visit->next)
        visit->next->prev = visit->prev;
    if (visit->prev)
        visit->prev->next = visit->next;
    else
        patience->first = visit->next;
    pthread_mutex_unlock(&patience->lock);
    free(visit);
}

void patience_on_connection(void *patience, struct MHD_Connection *connection, void **visit,
                            enum MHD_ConnectionNotificationCode code)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);

    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *visit = visit_new(patience, info ? info->connect_fd : -1);
    } else if (*visit) {
        visit_free(*visit);
        *visit = NULL;
    }
}

struct visit *visit_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

    return info ? info->socket_context : NULL;
}

/* ---- what it does ---- */

static void turn_to(struct visit *visit, enum doing doing, int64_t ms)
{
    pthread_mutex_lock(&visit->patience->lock);
    visit->doing = doing;
    visit->by = clock_ticks_ms() + ms;
    atomic_store(&visit->cancel, false);
    pthread_mutex_unlock(&visit->patience->lock);
}

void visit_rests(struct visit *visit)
{
    turn_to(visit, RESTS, visit->patience->wait_ms);
}

void visit_brings(struct visit *visit)
{
    turn_to(visit, BRINGS, visit->patience->wait_ms);
}

void visit_brought(struct visit *visit, size_t bytes)
{
    pthread_mutex_lock(&visit->patience->lock);
    visit->by += (int64_t)bytes / BYTES_A_MS;
    pthread_mutex_unlock(&visit->patience->lock);
}

void visit_waits(struct visit *visit)
{
    turn_to(visit, WAITS, visit->patience->work_ms);
}

void visit_takes(struct visit *visit, size_t bytes)
{
    turn_to(visit, TAKES, visit->patience->wait_ms + (int64_t)(bytes / BYTES_A_MS));
}

void visit_leaves(struct visit *visit)
{
    turn_to(visit, LEFT, 0);
}

const atomic_bool *visit_cancel(const struct visit *visit)
{
    return &visit->cancel;
}

/* ---- looking ---- */

void patience_look(struct patience *patience, int64_t now)
{
    struct visit *visit;
    size_t shut = 0;

    pthread_mutex_lock(&patience->lock);
    for (visit = patience->first; visit; visit = visit->next) {
        if (now < visit->by || visit->doing == LEFT || visit->doing == SHUT)
            continue;
        if (visit->doing == WAITS)
            atomic_store(&visit->cancel, true);
        else {
            shut += shutdown(visit->fd, SHUT_RDWR) == 0;
            visit->doing = SHUT; /* its thread will notice, and nobody waits for it */
        }
    }
    pthread_mutex_unlock(&patience->lock);
    if (shut > 0)
        log_write(LOG_INFO, "%zu connections were too slow", shut);
}

static bool any_under_way(struct patience *patience)
{
    const struct visit *visit;
    bool any = false;

    pthread_mutex_lock(&patience->lock);
    for (visit = patience->first; visit && !any; visit = visit->next)
        any = visit->doing == BRINGS || visit->doing == WAITS || visit->doing == TAKES;
    pthread_mutex_unlock(&patience->lock);
    return any;
}

void patience_settle(struct patience *patience, int64_t ms)
{
    int64_t now = clock_ticks_ms(), until = now + ms;
    struct visit *visit;

    pthread_mutex_lock(&patience->lock);
    patience->work_ms = patience->work_ms < GRACE_MS ? patience->work_ms : GRACE_MS;
    for (visit = patience->first; visit; visit = visit->next)
        if (visit->doing == WAITS && visit->by > now + GRACE_MS)
            visit->by = now + GRACE_MS;
    pthread_mutex_unlock(&patience->lock);
    for (; any_under_way(patience) && now < until; now = clock_ticks_ms()) {
        patience_look(patience, now);
        clock_sleep_ms(SETTLE_POLL_MS);
    }
}
