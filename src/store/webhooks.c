/*
 * Whom webhooks tell: the configuration's list as the library has it, so that whatever writes to
 * the library, with or without that configuration at hand, notes what they want (webhooks.h).
 */
#include "internal.h"

#include "carrel/webhooks.h"

#include <string.h>

const char *webhook_event_name(enum webhook_event event)
{
    return event == WEBHOOK_SCRAPED     ? "scraper-complete"
           : event == WEBHOOK_PROCESSED ? "document-processed"
                                        : "ping";
}

/* One statement that gets a webhook; its parameters: name, url, events, attempts. */
static int run_with(struct store *store, const char *sql, const struct webhook *hook,
                    struct error *err)
{
    struct stmt *stmt;
    int result = stmt_prepare(&stmt, store, sql, err);

    if (result != ERR_OK)
        return result;
    stmt_bind_text(stmt, 1, hook->name);
    stmt_bind_text(stmt, 2, hook->url);
    stmt_bind_int(stmt, 3, hook->events);
    stmt_bind_int(stmt, 4, hook->attempts);
    return stmt_run(stmt, err);
}

static const struct webhook *find(const struct webhook *hooks, size_t count, const char *name)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(hooks[i].name, name) == 0)
            return &hooks[i];
    return NULL;
}

static bool same(const struct webhook *kept, const struct webhook *wanted)
{
    if (!wanted)
        return kept->events == 0;
    return strcmp(kept->url, wanted->url) == 0 && kept->attempts == wanted->attempts
           && kept->events == wanted->events;
}

static bool all_same(const struct webhook *kept, size_t kept_count, const struct webhook *hooks,
                     size_t count)
{
    size_t i;

    for (i = 0; i < kept_count; i++)
        if (!same(&kept[i], find(hooks, count, kept[i].name)))
            return false;
    for (i = 0; i < count; i++)
        if (!find(kept, kept_count, hooks[i].name))
            return false;
    return true;
}

static int write_all(struct store *store, const struct webhook *hooks, size_t count,
                     struct error *err)
{
    size_t i;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    result = store_exec(store, "UPDATE webhook SET events = 0", err);
    for (i = 0; i < count && result == ERR_OK; i++)
        result = run_with(store,
                          "INSERT INTO webhook(name, url, events, attempts) VALUES(?1, ?2, ?3, ?4) "
                          "ON CONFLICT(name) DO UPDATE SET url = ?2, attempts = ?4, "
                          "events = ?3, gone = iif(gone = ?2, gone, '')",
                          &hooks[i], err);
    for (i = 0; i < count && result == ERR_OK; i++) /* what waits may have begun with others */
        result =
            store_run(store,
                      "UPDATE job SET attempts_max = ?1 WHERE state = ?2 AND attempts_max <> ?1 "
                      "AND id IN (SELECT job_id FROM webhook_delivery WHERE webhook = ?3)",
                      hooks[i].attempts, JOB_QUEUED, hooks[i].name, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

static int list_names(struct store *store, struct arena *arena, struct webhook **out, size_t *count,
                      struct error *err)
{
    struct stmt *stmt;
    size_t cap = 0;
    int step, result = stmt_prepare(&stmt, store,
                                    "SELECT name, url, events, attempts, gone <> '' AND gone = url "
                                    "FROM webhook ORDER BY name",
                                    err);

    *out = NULL;
    *count = 0;
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        struct webhook hook = { .name = stmt_dup(stmt, 0, arena),
                                .url = stmt_dup(stmt, 1, arena),
                                .events = (unsigned)stmt_int(stmt, 2),
                                .attempts = (int)stmt_int(stmt, 3),
                                .gone = stmt_int(stmt, 4) != 0 };

        ARENA_PUSH(arena, *out, *count, cap, hook);
    }
    stmt_reset(stmt);
    return step;
}

int webhooks_set(struct store *store, const struct webhook *hooks, size_t count, struct error *err)
{
    struct arena *arena = arena_new();
    struct webhook *kept;
    size_t kept_count;
    int result = list_names(store, arena, &kept, &kept_count, err);

    if (result == ERR_OK && !all_same(kept, kept_count, hooks, count))
        result = write_all(store, hooks, count, err);
    arena_free(arena);
    return result;
}

int webhooks_list(struct store *store, struct arena *arena, struct webhook **out, size_t *count,
                  struct error *err)
{
    struct stmt *stmt = NULL;
    int step = 0, result = list_names(store, arena, out, count, err);

    if (result == ERR_OK)
        result =
            stmt_prepare(&stmt, store,
                         "SELECT d.webhook, j.state, count(*) FROM webhook_delivery d JOIN job "
                         "j ON j.id = d.job_id GROUP BY 1, 2",
                         err);
    if (result != ERR_OK)
        return result;
    while ((step = stmt_step(stmt, err)) == 1) {
        const struct webhook *hook = find(*out, *count, stmt_text(stmt, 0));
        int64_t state = stmt_int(stmt, 1);

        if (hook && state >= 0 && state < JOB_STATES)
            (*out)[hook - *out].counts[state] = stmt_int(stmt, 2);
    }
    stmt_reset(stmt);
    return step;
}

int webhooks_gone(struct store *store, const char *name, const char *url, struct error *err)
{
    const struct webhook hook = { .name = name, .url = url };

    return run_with(store, "UPDATE webhook SET gone = ?2 WHERE name = ?1", &hook, err);
}

int webhooks_welcome(struct store *store, const char *name, struct error *err)
{
    return store_run(store, "UPDATE webhook SET gone = '' WHERE name = ?3 AND gone <> ''", 0, 0,
                     name, err);
}
