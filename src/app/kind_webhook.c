/*
 * The job that sends one delivery of a webhook. Its bytes are made at the first try and kept, so
 * that every try sends the same; that it was delivered is written in the transaction that completes
 * the job. Whoever dies between the answer and that transaction sends it again, under the same key.
 */
#include "hooks.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"

#include <inttypes.h>
#include <string.h>

#define RETRY_AFTER_MAX_MS (24 * INT64_C(3600000))

static int find_hook(struct webhook *out, struct arena *arena, const struct config *config,
                     const char *name, struct error *err)
{
    struct webhook *hooks;
    size_t count, i;

    hooks_configured(arena, config, &hooks, &count);
    for (i = 0; i < count; i++)
        if (strcmp(hooks[i].name, name) == 0) {
            *out = hooks[i];
            return ERR_OK;
        }
    return error_set(err, ERR_NOTFOUND, "webhook %s is not in the configuration any more", name);
}

/* Another delivery may have learnt that nobody wants them. */
static int still_wanted(struct job_run *run, const struct webhook *hook, struct error *err)
{
    struct webhook *known;
    size_t count, i;
    int result = webhooks_list(run->store, run->arena, &known, &count, err);

    for (i = 0; i < count && result == ERR_OK; i++)
        if (strcmp(known[i].name, hook->name) == 0 && known[i].gone
            && strcmp(known[i].url, hook->url) == 0)
            return error_set(err, ERR_NOTFOUND, "%s has answered 410 before and is left alone",
                             hook->url);
    return result;
}

static int take_body(struct str *body, struct store *store, const struct webhook_delivery *delivery,
                     struct error *err)
{
    int result = webhook_body(body, store, delivery->id, err);

    if (result != ERR_NOTFOUND)
        return result;
    result = hook_body(body, store, delivery, err);
    return result == ERR_OK ? webhook_set_body(store, delivery->id, body, err) : result;
}

/* When to try again: by the number of tries, or when the other side says, whichever is later. */
static int64_t pause_ms(const struct config *config, const struct job_run *run,
                        const struct net_answer *answer)
{
    int64_t pause = job_backoff_ms(run->job->attempts, config_int(config, "webhook.backoff"),
                                   config_int(config, "webhook.backoff-max"));
    int64_t asked = answer->not_before > 0 ? answer->not_before - clock_real_ms() : 0;

    if (asked > RETRY_AFTER_MAX_MS)
        asked = RETRY_AFTER_MAX_MS;
    return asked > pause ? asked : pause;
}

/* ERR_OK leaves the transaction open for the job's completion. */
static int write_down(struct job_run *run, const struct webhook_delivery *delivery,
                      const struct webhook *hook, const struct net_answer *answer, int sent,
                      struct error *err)
{
    struct str said = STR_INIT;
    int result;

    hook_excerpt(&said, answer);
    store_set_cancel(run->store, NULL); /* what was sent is written down in any case */
    result = store_begin(run->store, err);
    if (result == ERR_OK)
        result =
            webhook_tried(run->store, delivery->id, answer->status, said.ptr, sent == ERR_OK, err);
    if (result == ERR_OK && answer->status == 410)
        result = webhooks_gone(run->store, hook->name, hook->url, err);
    if (result == ERR_OK && sent != ERR_OK)
        result = store_commit(run->store, err);
    else if (result != ERR_OK)
        store_rollback(run->store);
    str_free(&said);
    return result;
}

static int send(struct job_run *run, const struct config *config,
                const struct webhook_delivery *delivery, const struct webhook *hook,
                struct error *err)
{
    struct str body = STR_INIT;
    const struct hook_message message = { .config = config,
                                          .hook = hook,
                                          .event = delivery->event,
                                          .key = delivery->key,
                                          .delivery = delivery->id,
                                          .body = &body };
    struct net_answer answer = { 0 };
    struct error why = { 0 };
    int result = take_body(&body, run->store, delivery, err), sent;

    if (result == ERR_OK) {
        sent = hook_send(run->store, &message, run->stop, &answer, &why);
        run->retry_ms = pause_ms(config, run, &answer);
        result = write_down(run, delivery, hook, &answer, sent, err);
        if (result == ERR_OK && sent != ERR_OK)
            result = error_set(err, sent, "%s", why.message);
        str_printf(&run->result, "{\"status\":%d,\"bytes\":%zu}", answer.status, body.len);
    }
    net_answer_free(&answer);
    str_free(&body);
    return result;
}

static int send_to(struct job_run *run, const struct config *config,
                   const struct webhook_delivery *delivery, struct error *err)
{
    struct webhook hook;
    int result = find_hook(&hook, run->arena, config, delivery->webhook, err);

    if (result == ERR_OK)
        result = still_wanted(run, &hook, err);
    return result == ERR_OK ? send(run, config, delivery, &hook, err) : result;
}

/* By the configuration as it is now; while it cannot be read, later. */
int kind_webhook(struct job_run *run, struct error *err)
{
    const struct app *app = run->ctx;
    struct webhook_delivery delivery;
    struct config *config = NULL;
    char *text = NULL;
    long id;
    int result = job_member(run->store, run->arena, run->job->payload, "delivery", &text, err);

    if (result == ERR_OK && (!text || !str_to_long(text, 1, INT64_MAX, &id)))
        result = error_set(err, ERR_USAGE, "webhook needs {\"delivery\":N}");
    if (result == ERR_OK)
        result = webhook_delivery_get(run->store, run->arena, id, &delivery, err);
    if (result == ERR_OK && delivery.job != run->job->id)
        result = error_set(err, ERR_NOTFOUND, "delivery %ld has another job now", id);
    if (result == ERR_OK && config_again(&config, app->config, err) != ERR_OK)
        result = error_set(err, ERR_FAILED, "%s", err->message);
    if (result == ERR_OK)
        result = send_to(run, config, &delivery, err);
    config_free(config);
    return result;
}
