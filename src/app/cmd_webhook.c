/*
 * The command `webhook`: who is told, what waits or could not be delivered, and a test.
 */
#include "commands.h"
#include "hooks.h"

#include "carrel/clock.h"
#include "carrel/jsonw.h"
#include "carrel/kinds.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define LIST_MOST 50

/* ---- list ---- */

static void hook_json(struct jsonw *w, const struct webhook *hook)
{
    int state;

    jsonw_object(w);
    jsonw_key_string(w, "name", hook->name);
    jsonw_key_string(w, "url", hook->url);
    jsonw_key(w, "on");
    jsonw_array(w);
    if (hook->events & WEBHOOK_SCRAPED)
        jsonw_string(w, webhook_event_name(WEBHOOK_SCRAPED));
    if (hook->events & WEBHOOK_PROCESSED)
        jsonw_string(w, webhook_event_name(WEBHOOK_PROCESSED));
    jsonw_end(w);
    jsonw_key_bool(w, "gone", hook->gone);
    for (state = 0; state < JOB_STATES; state++)
        jsonw_key_int(w, webhook_state_name((enum job_state)state), hook->counts[state]);
    jsonw_end(w);
}

static void delivery_json(struct jsonw *w, const struct webhook_delivery *delivery)
{
    jsonw_object(w);
    jsonw_key_int(w, "id", delivery->id);
    jsonw_key_string(w, "webhook", delivery->webhook);
    jsonw_key_string(w, "event", webhook_event_name(delivery->event));
    jsonw_key_string(w, "state", webhook_state_name(delivery->state));
    jsonw_key_int(w, "part", delivery->part);
    jsonw_key_int(w, "parts", delivery->parts);
    jsonw_key_string(w, "document", *delivery->document ? delivery->document : NULL);
    jsonw_key_string(w, "key", delivery->key);
    jsonw_key_int(w, "job", delivery->job);
    jsonw_key_time(w, "created", delivery->created);
    jsonw_key_int(w, "attempts", delivery->attempts);
    jsonw_key_time(w, "tried", delivery->tried);
    jsonw_key_time(w, "next", delivery->state == JOB_QUEUED ? delivery->due : 0);
    jsonw_key_int(w, "status", delivery->status);
    jsonw_key_string(w, "answer", *delivery->answer ? delivery->answer : NULL);
    jsonw_key_string(w, "error", *delivery->error ? delivery->error : NULL);
    jsonw_end(w);
}

static void hook_text(struct str *out, const struct webhook *hook)
{
    int state;

    str_printf(out, "%s  %s  %s\n   ", hook->name, hook->url,
               hook->gone          ? "(410: wants nothing more)"
               : hook->events == 0 ? "(not in the configuration)"
               : hook->events == (WEBHOOK_SCRAPED | WEBHOOK_PROCESSED)
                   ? "scraper-complete, document-processed"
                   : webhook_event_name((enum webhook_event)hook->events));
    for (state = 0; state < JOB_STATES; state++)
        str_printf(out, " %" PRId64 " %s%s", hook->counts[state],
                   webhook_state_name((enum job_state)state), state + 1 < JOB_STATES ? "," : "\n");
}

static void delivery_text(struct str *out, const struct webhook_delivery *delivery)
{
    char at[32];

    time_format(at, delivery->created);
    str_printf(out, "%5" PRId64 "  %-9s  %.16s  %s: %s", delivery->id,
               webhook_state_name(delivery->state), at, delivery->webhook,
               webhook_event_name(delivery->event));
    if (delivery->parts > 1)
        str_printf(out, " %d/%d", delivery->part, delivery->parts);
    if (delivery->status > 0)
        str_printf(out, "  HTTP %d", delivery->status);
    if (delivery->attempts > 1)
        str_printf(out, ", %d tries", delivery->attempts);
    if (*delivery->error && delivery->state != JOB_DONE)
        str_printf(out, ": %s", delivery->error);
    str_add_char(out, '\n');
}

static void list_write(struct command_call *call, const struct webhook *hooks, size_t hook_count,
                       const struct webhook_delivery *rows, size_t count, const char *problem)
{
    struct jsonw w;
    size_t i;

    if (!call_has(call, "--json")) {
        for (i = 0; i < hook_count; i++)
            hook_text(&call->out, &hooks[i]);
        for (i = 0; i < count; i++)
            delivery_text(&call->out, &rows[i]);
        if (hook_count == 0)
            str_add(&call->say, "no webhook is configured; see: carrel help webhook\n");
        return;
    }
    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "webhooks");
    jsonw_array(&w);
    for (i = 0; i < hook_count; i++)
        hook_json(&w, &hooks[i]);
    jsonw_end(&w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        delivery_json(&w, &rows[i]);
    jsonw_end(&w);
    jsonw_key_string(&w, "next", NULL);
    jsonw_key_string(&w, "problem", problem);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

/* One that cannot be sent to, or a configuration that is being written, keeps nobody from those
 * that the library knows: it is told. */
static int know_hooks(struct command_call *call, const char **problem, struct error *err)
{
    int result = hooks_register(call->store, call->app, err);

    *problem = NULL;
    if (result != ERR_USAGE)
        return result;
    *problem = arena_strdup(call->arena, err->message);
    str_printf(&call->say, "%s\n", *problem);
    return ERR_OK;
}

static int do_list(struct command_call *call, struct error *err)
{
    const char *wanted = call_option(call, "--state"), *problem;
    struct webhook_delivery *rows;
    struct webhook *hooks;
    size_t count, hook_count;
    enum job_state state = JOB_QUEUED;
    long limit = LIST_MOST;
    int result = call_number(call, "--limit", 1, 10000, &limit, err);

    if (result == ERR_OK && wanted && !webhook_state_from(wanted, &state))
        return error_set(err, ERR_USAGE,
                         "--state %s: waiting, sending, delivered, dead or cancelled", wanted);
    if (result == ERR_OK)
        result = know_hooks(call, &problem, err);
    if (result == ERR_OK)
        result = webhooks_list(call->store, call->arena, &hooks, &hook_count, err);
    if (result == ERR_OK)
        result = webhook_deliveries(call->store, call->arena, NULL, wanted ? 1u << state : 0,
                                    (size_t)limit, &rows, &count, err);
    if (result == ERR_OK)
        list_write(call, hooks, hook_count, rows, count, problem);
    return result;
}

/* ---- one ---- */

static int number_of(const char *text, int64_t *id, struct error *err)
{
    long value;

    if (!str_to_long(text, 1, INT64_MAX, &value))
        return error_set(err, ERR_USAGE, "'%.40s' is no number of a delivery", text);
    *id = value;
    return ERR_OK;
}

/* Its bytes as they are sent, or, before the first try and once they are delivered, as they would
 * be. */
static int body_of(struct str *out, struct store *store, const struct webhook_delivery *delivery,
                   struct error *err)
{
    int result = webhook_body(out, store, delivery->id, err);

    return result == ERR_NOTFOUND ? hook_body(out, store, delivery, err) : result;
}

static int do_show(struct command_call *call, struct error *err)
{
    struct webhook_delivery delivery;
    struct str body = STR_INIT;
    struct error gone = { 0 };
    struct jsonw w;
    int64_t id = 0;
    int result;

    if (call->argc != 2)
        return error_set(err, ERR_USAGE, "webhook show takes the number of one delivery");
    result = number_of(call->argv[1], &id, err);
    if (result == ERR_OK)
        result = webhook_delivery_get(call->store, call->arena, id, &delivery, err);
    if (result != ERR_OK)
        return result;
    if (body_of(&body, call->store, &delivery, &gone) != ERR_OK)
        str_printf(&call->say, "what it says is gone: %s\n", gone.message);
    if (call_has(call, "--json")) {
        jsonw_start(&w, &call->out);
        delivery_json(&w, &delivery);
        str_add_char(&call->out, '\n');
    } else {
        delivery_text(&call->out, &delivery);
        str_printf(&call->out, "Idempotency-Key: %s\njob: %" PRId64 "\n", delivery.key,
                   delivery.job);
        if (*delivery.answer)
            str_printf(&call->out, "answer: %s\n", delivery.answer);
        str_add_mem(&call->out, body.ptr, body.len);
    }
    str_free(&body);
    return ERR_OK;
}

static int redeliver_one(struct command_call *call, int64_t id, size_t *done, struct error *err)
{
    int result = webhook_redeliver(call->store, id, err);

    *done += result == ERR_OK;
    return result;
}

static int redeliver_dead(struct command_call *call, size_t *done, struct error *err)
{
    struct webhook_delivery *rows;
    size_t count, i;
    int result =
        webhook_deliveries(call->store, call->arena, NULL, 1u << JOB_FAILED, 0, &rows, &count, err);

    for (i = count; i > 0 && result == ERR_OK; i--) /* the oldest first */
        result = redeliver_one(call, rows[i - 1].id, done, err);
    return result;
}

static int do_redeliver(struct command_call *call, struct error *err)
{
    bool dead = call_has(call, "--dead");
    const char *problem;
    size_t done = 0;
    struct jsonw w;
    int64_t id = 0;
    int i, result = know_hooks(call, &problem, err);

    if (result == ERR_OK && dead == (call->argc > 1))
        return error_set(err, ERR_USAGE,
                         "webhook redeliver takes numbers of deliveries, or --dead");
    if (result == ERR_OK && dead)
        result = redeliver_dead(call, &done, err);
    for (i = 1; i < call->argc && result == ERR_OK; i++) {
        result = number_of(call->argv[i], &id, err);
        if (result == ERR_OK)
            result = redeliver_one(call, id, &done, err);
    }
    if (result == ERR_OK && call_has(call, "--json")) {
        jsonw_start(&w, &call->out);
        jsonw_object(&w);
        jsonw_key_int(&w, "version", 1);
        jsonw_key_int(&w, "redelivered", (int64_t)done);
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    } else {
        str_printf(&call->say, "%zu put into the queue again\n", done);
    }
    return result;
}

/* ---- test ---- */

static int test_answer(struct command_call *call, const char *name, const struct net_answer *answer,
                       int64_t took_ms)
{
    struct str said = STR_INIT;
    struct jsonw w;

    hook_excerpt(&said, answer);
    if (call_has(call, "--json")) {
        jsonw_start(&w, &call->out);
        jsonw_object(&w);
        jsonw_key_int(&w, "version", 1);
        jsonw_key_string(&w, "webhook", name);
        jsonw_key_int(&w, "status", answer->status);
        jsonw_key_int(&w, "took_ms", took_ms);
        jsonw_key_string(&w, "answer", said.ptr);
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
    } else if (answer->status > 0) {
        str_printf(&call->out, "HTTP %d in %" PRId64 " ms%s%s\n", answer->status, took_ms,
                   said.len ? ": " : "", said.ptr);
    }
    str_free(&said);
    return ERR_OK;
}

static int test_send(struct command_call *call, const struct webhook *hook, struct error *err)
{
    struct str body = STR_INIT;
    struct hook_message message = {
        .config = call->app->config, .hook = hook, .event = WEBHOOK_PING, .body = &body
    };
    struct net_answer answer = { 0 };
    int64_t began = clock_ticks_ms();
    uint64_t random[2];
    int result;

    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
        return error_set(err, ERR_FAILED, "the system gives no random bytes");
    message.key = arena_printf(call->arena, "%016" PRIx64 "%016" PRIx64, random[0], random[1]);
    hook_ping(&body, hook->name);
    result = hook_send(call->store, &message, call->cancel, &answer, err);
    test_answer(call, hook->name, &answer, clock_ticks_ms() - began);
    if (result == ERR_OK)
        result = webhooks_welcome(call->store, hook->name, err);
    net_answer_free(&answer);
    str_free(&body);
    return result == ERR_USAGE || result == ERR_OK || result == ERR_CANCELLED
               ? result
               : error_set(err, ERR_FAILED, "%s", err->message);
}

static int do_test(struct command_call *call, struct error *err)
{
    struct webhook *hooks;
    size_t count, i;
    int result;

    if (call->argc != 2)
        return error_set(err, ERR_USAGE, "webhook test takes the name of one webhook");
    hooks_configured(call->arena, call->app->config, &hooks, &count);
    result = hooks_register(call->store, call->app, err);
    if (result == ERR_USAGE) /* another one; or this one, which is told when it is sent to */
        result = ERR_OK;
    for (i = 0; i < count && result == ERR_OK; i++)
        if (strcmp(hooks[i].name, call->argv[1]) == 0)
            return test_send(call, &hooks[i], err);
    return result != ERR_OK
               ? result
               : error_set(err, ERR_NOTFOUND, "no webhook '%.60s' is configured", call->argv[1]);
}

int cmd_webhook(struct command_call *call, struct error *err)
{
    static const struct {
        const char *name;
        int (*run)(struct command_call *, struct error *);
    } verbs[] = {
        { "list", do_list }, { "show", do_show }, { "redeliver", do_redeliver }, { "test", do_test }
    };
    size_t i;

    for (i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].name, call->argc > 0 ? call->argv[0] : "list") == 0)
            return verbs[i].run(call, err);
    return error_set(err, ERR_USAGE,
                     "webhook knows list, show ID, redeliver ID and test NAME, not '%s'",
                     call->argv[0]);
}
