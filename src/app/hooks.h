/*
 * Webhooks at work: the configuration's list into the library, what a delivery says, and sending
 * it.
 */
#ifndef APP_HOOKS_H
#define APP_HOOKS_H

#include "carrel/app.h"
#include "carrel/hooks.h"
#include "carrel/net.h"
#include "carrel/record.h"
#include "carrel/webhooks.h"

/* Names of the sections [PREFIX "NAME"], each once, in their order; `prefix` with its dot. */
void hook_names(struct text_list *out, struct arena *arena, const struct config *config,
                const char *prefix);

/* The configuration's webhooks, in the arena, whole or not: what happens is noted for one without
 * an address or a secret, too, and can be sent when it has them. */
void hooks_configured(struct arena *arena, const struct config *config, struct webhook **out,
                      size_t *count);
/* Can this one be sent to? ERR_USAGE: it has no address that may be asked, or no secret. */
int hook_check(const struct config *config, const struct webhook *hook, struct error *err);
/* Whoever wants to be told (programs too, scripts.h) of what comes now: hooks_register where it
 * must not hold up what is asked for: what is wrong goes into the log. `store` NULL: a connection
 * of its own. */
void hooks_expect(struct store *store, const struct app *app);

/* The bytes of a delivery, appended. ERR_NOTFOUND: what it is about is gone. */
int hook_body(struct str *out, struct store *store, const struct webhook_delivery *delivery,
              struct error *err);
/* Members of an open object: a document, its work, and where its file lies here. ERR_NOTFOUND. */
struct jsonw;
int hook_document(struct jsonw *w, struct store *store, struct arena *arena, const char *sha256,
                  struct error *err);
/* Of a ping, by which a webhook is tested. */
void hook_ping(struct str *out, const char *name);

struct hook_message {
    const struct config *config;
    const struct webhook *hook;
    enum webhook_event event;
    const char *key;  /* Idempotency-Key */
    int64_t delivery; /* 0: none */
    const struct str *body;
};
/* One try, signed now; the ledger of `store` has it. ERR_OK: a 2xx. *answer as net_send leaves it;
 * ERR_REFUSED, ERR_NOTFOUND, ERR_USAGE: another try would be no better. */
int hook_send(struct store *store, const struct hook_message *message, const atomic_bool *cancel,
              struct net_answer *answer, struct error *err);
/* The beginning of what was answered, one line. */
void hook_excerpt(struct str *out, const struct net_answer *answer);

/* At the end of a command that may have filled the outbox: sends what is due, and says what came of
 * it. */
void hooks_after(struct command_call *call);

#endif
