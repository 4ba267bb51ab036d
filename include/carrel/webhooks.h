/*
 * Webhooks in the library: whom to tell, the outbox, and receipts for what others have told us.
 *
 * Nothing is lost and nothing doubled on the way into the outbox: each page of a harvest notes its
 * new and changed records in the transaction that holds them (webhooks_changed), and the
 * transaction that ends the run, or finds that its process has died, turns them into deliveries
 * (webhooks_run_ended). A document's deliveries are written with the document. Each delivery has a
 * job of the kind "webhook" (jobs.h) that is added in the same transaction; it waits for the one
 * before it of the same webhook, so that their order is kept, and knows tries, pauses and ends.
 * A delivery names records and not works, which may be merged meanwhile.
 *
 * On the way out it is sent at least once, always with the same Idempotency-Key and, from the first
 * try on, the same bytes.
 *
 * All functions run on the thread that owns the connection; texts lie in the given arena.
 */
#ifndef CARREL_WEBHOOKS_H
#define CARREL_WEBHOOKS_H

#include "carrel/jobs.h"
#include "carrel/mem.h"
#include "carrel/store.h"
#include "carrel/str.h"

#define WEBHOOK_JOB "webhook"
#define WEBHOOK_RECORDS 500 /* of a delivery, at most */
#define WEBHOOK_CHUNKS 200
#define WEBHOOK_BYTES (4u << 20) /* of both, about: receivers take 16 MiB, written as JSON */
#define WEBHOOK_KEY_MAX 200      /* bytes of an Idempotency-Key */

enum webhook_event { WEBHOOK_PING, WEBHOOK_SCRAPED = 1, WEBHOOK_PROCESSED = 2 }; /* bits, too */
const char *webhook_event_name(enum webhook_event event); /* "scraper-complete" */

/* ---- whom to tell ---- */

struct webhook {
    const char *name, *url;
    unsigned events;            /* bits; 0: not in the configuration any more */
    int attempts;               /* at a delivery */
    bool gone;                  /* its address answered 410 */
    int64_t counts[JOB_STATES]; /* of its deliveries, by the state of their jobs */
};
/* The webhooks of the configuration, as they are now: from now on their events are noted, and those
 * of no other. Writes only when something has changed. Inside no transaction. */
int webhooks_set(struct store *store, const struct webhook *hooks, size_t count, struct error *err);
int webhooks_list(struct store *store, struct arena *arena, struct webhook **out, size_t *count,
                  struct error *err);
/* It wants nothing more at this address (410): nothing is sent until the configuration has another
 * address or it is welcomed. What happens meanwhile is noted, and its deliveries die when their
 * turn comes, so that they can be sent after all. */
int webhooks_gone(struct store *store, const char *name, const char *url, struct error *err);
int webhooks_welcome(struct store *store, const char *name, struct error *err);

/* ---- what happens; inside the transaction in which it does ---- */

int webhooks_changed(struct store *store, int64_t run, const int64_t *records, size_t count,
                     struct error *err);
int webhooks_run_ended(struct store *store, int64_t run, struct error *err);
/* `sizes` of its chunks (webhook_chunk_size). Older deliveries of the same document that wait are
 * cancelled: this one has all of it. */
int webhooks_processed(struct store *store, const char *sha256, const size_t *sizes, size_t chunks,
                       struct error *err);

/* ---- what goes into one delivery ---- */

/* How many of these go into one, from the first on: at most so many, and so many bytes; one in any
 * case. */
size_t webhook_fill(const size_t *sizes, size_t count, size_t most);
size_t webhook_chunk_size(const char *heading, const char *body);

/* ---- the outbox ---- */

struct webhook_delivery {
    int64_t id, job;
    char *webhook, *key;
    enum webhook_event event;
    char *document; /* SHA-256; "" none */
    int part, parts;
    char *about, *records;  /* JSON */
    int64_t created, tried; /* ms of clock_now_ms(); tried 0: not yet */
    int status;             /* HTTP, of the last try; 0: no answer */
    char *answer, *error;   /* "" none */
    enum job_state state;
    int attempts;
    int64_t due; /* of a waiting one: ms of clock_real_ms() */
};
/* "waiting", "sending", "delivered", "dead", "cancelled" */
const char *webhook_state_name(enum job_state state);
bool webhook_state_from(const char *name, enum job_state *state);
/* The newest first. `states`: bits 1 << enum job_state, 0 all; limit 0: all. */
int webhook_deliveries(struct store *store, struct arena *arena, const char *webhook,
                       unsigned states, size_t limit, struct webhook_delivery **out, size_t *count,
                       struct error *err);
/* ERR_NOTFOUND. */
int webhook_delivery_get(struct store *store, struct arena *arena, int64_t id,
                         struct webhook_delivery *out, struct error *err);
/* Works that its records belong to now, in the order of the records. */
int webhook_delivery_works(struct store *store, struct arena *arena,
                           const struct webhook_delivery *delivery, int64_t **out, size_t *count,
                           struct error *err);
/* The bytes that are sent, appended. ERR_NOTFOUND: they have not been made yet. */
int webhook_body(struct str *out, struct store *store, int64_t id, struct error *err);
int webhook_set_body(struct store *store, int64_t id, const struct str *body, struct error *err);
/* What came of a try. `delivered`: inside the transaction that completes its job; the bytes go. */
int webhook_tried(struct store *store, int64_t id, int status, const char *answer, bool delivered,
                  struct error *err);
/* Once more with all its tries: a dead or cancelled one with the same key and bytes; one that was
 * delivered is made anew, with a new key. ERR_EXISTS: it waits or is being sent. */
int webhook_redeliver(struct store *store, int64_t id, struct error *err);
/* How many could be sent now. */
int webhooks_due(struct store *store, int64_t *due, struct error *err);
/* How many could not be delivered. */
int webhook_dead(struct store *store, int64_t *count, struct error *err);

/* ---- what others have told us ---- */

struct webhook_receipt {
    const char *peer, *key, *hash, *body;
    int status;
};
/* ERR_NOTFOUND: none. ERR_EXISTS: the key was used for something else. */
int webhook_receipt_find(struct store *store, struct arena *arena, const char *peer,
                         const char *key, const char *hash, struct webhook_receipt *out,
                         struct error *err);
/* Inside the transaction of its effect. ERR_EXISTS: somebody else was quicker; all is to be rolled
 * back. Forgets what is older than 30 days. */
int webhook_receipt_add(struct store *store, const struct webhook_receipt *receipt,
                        struct error *err);

/* Inside a transaction: keeps a part; *have counts those that are here, this one among them. */
int webhook_part_put(struct store *store, const char *peer, const char *document,
                     const char *processed, int part, const struct str *body, int *have,
                     struct error *err);
/* Their bodies in order. ERR_NOTFOUND: there is no such part. */
int webhook_part_get(struct str *out, struct store *store, const char *peer, const char *document,
                     const char *processed, int part, struct error *err);
int webhook_parts_drop(struct store *store, const char *peer, const char *document,
                       struct error *err);

#endif
