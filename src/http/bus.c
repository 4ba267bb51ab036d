/*
 * Who listens to what happens in the service. Telling holds the lock while it calls: a listener
 * that has left is never called again, and listeners copy what they are given and return.
 */
#include "internal.h"

#include <stdlib.h>

struct listener {
    unsigned topics;
    bus_fn fn;
    void *ctx;
};

struct bus {
    pthread_mutex_t lock;
    struct listener *listeners;
    size_t len, cap;
    atomic_uint heard; /* topics that somebody listens to */
};

const char *topic_name(enum topic topic)
{
    static const char *const names[TOPICS] = { [TOPIC_EVENTS] = "events",
                                               [TOPIC_JOBS] = "jobs",
                                               [TOPIC_SCRAPES] = "scrapes",
                                               [TOPIC_METRICS] = "metrics" };

    return names[topic];
}

struct bus *bus_new(void)
{
    struct bus *bus = mem_zalloc(sizeof *bus);

    pthread_mutex_init(&bus->lock, NULL);
    return bus;
}

void bus_free(struct bus *bus)
{
    if (!bus)
        return;
    pthread_mutex_destroy(&bus->lock);
    free(bus->listeners);
    free(bus);
}

static void count_heard(struct bus *bus)
{
    unsigned heard = 0;
    size_t i;

    for (i = 0; i < bus->len; i++)
        heard |= bus->listeners[i].topics;
    atomic_store(&bus->heard, heard);
}

void bus_listen(struct bus *bus, unsigned topics, bus_fn fn, void *ctx)
{
    struct listener listener = { .topics = topics, .fn = fn, .ctx = ctx };

    pthread_mutex_lock(&bus->lock);
    VEC_PUSH(bus->listeners, bus->len, bus->cap, listener);
    count_heard(bus);
    pthread_mutex_unlock(&bus->lock);
}

void bus_leave(struct bus *bus, bus_fn fn, void *ctx)
{
    size_t i;

    pthread_mutex_lock(&bus->lock);
    for (i = 0; i < bus->len; i++)
        if (bus->listeners[i].fn == fn && bus->listeners[i].ctx == ctx)
            bus->listeners[i--] = bus->listeners[--bus->len];
    count_heard(bus);
    pthread_mutex_unlock(&bus->lock);
}

void bus_tell(struct bus *bus, enum topic topic, const char *json)
{
    size_t i;

    pthread_mutex_lock(&bus->lock);
    for (i = 0; i < bus->len; i++)
        if (bus->listeners[i].topics & (1u << topic))
            bus->listeners[i].fn(bus->listeners[i].ctx, topic, json);
    pthread_mutex_unlock(&bus->lock);
}

bool bus_heard(struct bus *bus, enum topic topic)
{
    return (atomic_load(&bus->heard) & (1u << topic)) != 0;
}
