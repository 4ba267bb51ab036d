/*
 * Events on their way to the disk: one thread gathers what all requests bring into one transaction
 * and one fsync ("group commit"). A request that waits for it is suspended and takes no thread.
 */
#ifndef CARREL_HTTP_INGEST_H
#define CARREL_HTTP_INGEST_H

#include "internal.h"

#include "carrel/events.h"
#include "carrel/salt.h"

/* What one request brings; it and the texts of its events live in the exchange's arena. */
struct ingest_batch {
    struct exchange *x;
    struct event *events;
    enum event_fate *fates; /* filled before the request goes on */
    size_t count;
    int result;
    struct error err;
    struct ingest_batch *next; /* the queue's */
};

struct ingest_figures {
    atomic_ulong accepted, duplicate, rejected, refused /* requests: the queue was full */, commits;
    atomic_ulong waiting;            /* events */
    struct histogram sizes, seconds; /* of transactions: their events, until they are on the disk */
};

struct ingest;
int ingest_start(struct ingest **out, struct http_server *server, struct error *err);
/* Writes what waits and lets the requests go on; no other is taken from now on. The daemon still
 * runs, so that they are answered. */
void ingest_stop(struct ingest *ingest);
void ingest_free(struct ingest *ingest); /* NULL is fine; the daemon has stopped */
struct ingest_figures *ingest_figures(struct ingest *ingest);

/* Suspends the connection and hands the batch over; `later` of the exchange is called when it is
 * written or has failed. ERR_BUSY: the queue is full; ERR_CANCELLED: it is closed. Then nothing was
 * suspended. */
int ingest_offer(struct ingest *ingest, struct ingest_batch *batch, struct error *err);
/* The salt of today. */
int ingest_salt(struct ingest *ingest, struct salt *out, struct error *err);

#endif
