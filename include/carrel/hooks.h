/*
 * Webhooks as the configuration has them. Those of others: who may send to us, and what they bring
 * into the library, once for each Idempotency-Key. Ours: whom to tell.
 */
#ifndef CARREL_HOOKS_H
#define CARREL_HOOKS_H

#include "carrel/app.h"
#include "carrel/signature.h"
#include "carrel/webhooks.h"

/* The secrets of the sections [webhook-in "NAME"]. One for all threads. */
struct hook_peers;
/* ERR_USAGE: a section without a secret, or with one that is too short. */
int hook_peers_open(struct hook_peers **out, const struct app *app, struct error *err);
void hook_peers_free(struct hook_peers *peers); /* NULL is fine */
bool hook_peers_any(const struct hook_peers *peers);
/* Whose signature it is; NULL: nobody's. Every secret is tried, whichever fits. */
const char *hook_peers_find(const struct hook_peers *peers, const struct signature *signature,
                            const struct str *body);

struct hook_incoming {
    const char *peer, *key;
    enum webhook_event event;
    const struct str *body; /* JSON of the event's form */
};
/* Brings it into the library and writes the answer (JSON), or the first answer when it was here
 * before; what it brings and its receipt are one transaction. One at a time, others wait.
 * ERR_PARSE: it is not of its form. ERR_EXISTS: the key was that of something else. ERR_BUSY:
 * another process is at it. Any thread; `store` is its own. */
int hook_take(struct hook_peers *peers, const struct app *app, struct store *store,
              const struct hook_incoming *incoming, int *status, struct str *answer,
              struct error *err);

/* ---- whom to tell ---- */

/* Before something happens that they may want to know: the library gets to know them, as the
 * configuration is now, whenever this program has begun. ERR_USAGE: it cannot be read, and what the
 * library knows stays; or one of them cannot be sent to, and the library knows it all the same. */
int hooks_register(struct store *store, const struct app *app, struct error *err);

#endif
