/*
 * Webhooks in the configuration: which there are, and the library told of them.
 */
#include "hooks.h"
#include "demo.h"
#include "scripts.h"

#include "carrel/kinds.h"
#include "carrel/log.h"
#include "carrel/record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "webhook."

/* ---- the configuration ---- */

struct names {
    struct text_list *list;
    struct arena *arena;
    const char *prefix;
};

static void look_at(void *ctx, const char *key, const char *value, const char *from)
{
    const struct names *names = ctx;
    const char *begin = key + strlen(names->prefix), *end = strrchr(key, '.');
    size_t i;

    (void)value;
    (void)from;
    if (!str_istarts(key, names->prefix) || end <= begin)
        return;
    for (i = 0; i < names->list->len; i++)
        if (strlen(names->list->items[i]) == (size_t)(end - begin)
            && strncmp(names->list->items[i], begin, (size_t)(end - begin)) == 0)
            return;
    text_list_add(names->list, names->arena, begin, (size_t)(end - begin));
}

void hook_names(struct text_list *out, struct arena *arena, const struct config *config,
                const char *prefix)
{
    struct names names = { .list = out, .arena = arena, .prefix = prefix };

    *out = (struct text_list){ 0 };
    config_each(config, look_at, &names);
}

static const char *option(struct arena *arena, const char *name, const char *what)
{
    return arena_printf(arena, PREFIX "%s.%s", name, what);
}

static unsigned events_of(const struct config *config, const char *key)
{
    const char *const *values;
    size_t count = config_values(config, key, &values), i;
    unsigned events = 0;

    for (i = 0; i < count; i++)
        events |= strcmp(values[i], webhook_event_name(WEBHOOK_SCRAPED)) == 0 ? WEBHOOK_SCRAPED
                                                                              : WEBHOOK_PROCESSED;
    return count > 0 ? events : WEBHOOK_SCRAPED | WEBHOOK_PROCESSED;
}

void hooks_configured(struct arena *arena, const struct config *config, struct webhook **out,
                      size_t *count)
{
    struct text_list names;
    size_t i;

    hook_names(&names, arena, config, PREFIX);
    *out = arena_alloc(arena, (names.len + 1) * sizeof **out);
    *count = names.len;
    for (i = 0; i < names.len; i++) {
        const char *name = names.items[i], *url = config_text(config, option(arena, name, "url"));

        (*out)[i] = (struct webhook){
            .name = name,
            .url = url ? url : "",
            .events = events_of(config, option(arena, name, "on")),
            .attempts = (int)config_int(config, PREFIX "attempts"),
        };
    }
}

static int check_all(const struct config *config, const struct webhook *hooks, size_t count,
                     struct error *err)
{
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < count && result == ERR_OK; i++)
        result = hook_check(config, &hooks[i], err);
    return result;
}

int hooks_register(struct store *store, const struct app *app, struct error *err)
{
    struct arena *arena = arena_new();
    struct config *config;
    struct webhook *hooks;
    size_t count;
    int result = config_again(&config, app->config, err);

    if (result == ERR_OK) {
        hooks_configured(arena, config, &hooks, &count);
        count = demo_is(app) ? 0 : count;
        result = webhooks_set(store, hooks, count, err);
        if (result == ERR_OK)
            result = check_all(config, hooks, count, err);
        config_free(config);
    }
    arena_free(arena);
    return result;
}

void hooks_expect(struct store *store, const struct app *app)
{
    struct store *own = NULL;
    struct error err = { 0 };
    int result = store ? ERR_OK : app_open_store(&own, app, true, &err);

    if (result == ERR_OK)
        result = hooks_register(store ? store : own, app, &err);
    if (result != ERR_OK)
        log_write(LOG_WARN, "webhooks: %s", err.message);
    if (store || own)
        scripts_expect(store ? store : own, app);
    store_close(own);
}

/* ---- sending what is due ---- */

static void send_all(struct command_call *call)
{
    struct worker_totals totals;
    struct error err = { 0 };

    if (app_work_off(call->app, WEBHOOK_JOB, call->cancel, &totals, &err) != ERR_OK) {
        str_printf(&call->say, "webhooks: %s\n", err.message);
        return;
    }
    str_printf(&call->say, "webhooks: %" PRId64 " delivered", totals.done);
    if (totals.retried)
        str_printf(&call->say, ", %" PRId64 " tries failed and are made again", totals.retried);
    if (totals.failed)
        str_printf(&call->say, ", %" PRId64 " given up", totals.failed);
    str_add(&call->say, totals.retried + totals.failed ? " (carrel webhook list)\n" : "\n");
}

void hooks_after(struct command_call *call)
{
    struct store *store = NULL;
    struct error err = { 0 };
    int64_t due = 0;
    int result = app_open_store(&store, call->app, false, &err);

    if (result == ERR_OK)
        result = webhooks_due(store, &due, &err);
    store_close(store);
    if (result != ERR_OK)
        str_printf(&call->say, "webhooks: %s\n", err.message);
    else if (due > 0)
        send_all(call);
}
