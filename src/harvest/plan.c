/*
 * From configuration to sources: which are enabled, with which settings, streams and budget, and
 * when they are due.
 */
#include "internal.h"

#include "carrel/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_MS (15 * 60000) /* after a run that was not whole */
#define RETRY_MAX_MS (12 * 3600000)
#define RUNS_LOOKED_AT 8

/* Without any [source] in the configuration. */
static const char *const unconfigured[] = { "arxiv", "huggingface" };

struct settings_ctx {
    const struct config *config;
    const struct harvest_subject *subject; /* NULL: as configured */
    const char *name;
    struct arena *arena;
};

/* The key is short and the name bounded, so one buffer on the stack does: any thread may ask. */
static const char *settings_text(void *ctx, const char *key)
{
    const struct settings_ctx *settings = ctx;
    char full[256];

    snprintf(full, sizeof full, "source.%s.%s", settings->name, key);
    return config_text(settings->config, full);
}

/* The lists of a source, which a subject takes the place of; false: another setting. */
static bool subject_values(const struct harvest_subject *subject, const char *key,
                           const char *const **values, size_t *count)
{
    *count = 0;
    if (strcmp(key, "category") == 0) {
        *values = subject->categories;
        *count = subject->category_count;
    } else if (strcmp(key, "query") == 0) {
        *values = &subject->query;
        *count = subject->query != NULL;
    } else {
        return strcmp(key, "list") == 0;
    }
    return true;
}

static size_t settings_values(void *ctx, const char *key, const char *const **values)
{
    const struct settings_ctx *settings = ctx;
    char full[256];
    size_t count;

    if (settings->subject && subject_values(settings->subject, key, values, &count))
        return count;
    snprintf(full, sizeof full, "source.%s.%s", settings->name, key);
    return config_values(settings->config, full, values);
}

/* ---- names ---- */

struct plan_names {
    struct arena *arena;
    struct text_list list;
};

static void plan_name(void *ctx, const char *key, const char *value, const char *from)
{
    struct plan_names *names = ctx;
    const char *begin = key + 7, *end = strrchr(key, '.');
    size_t i;

    (void)value;
    (void)from;
    if (!str_istarts(key, "source.") || end <= begin)
        return;
    for (i = 0; i < names->list.len; i++)
        if (strlen(names->list.items[i]) == (size_t)(end - begin)
            && strncmp(names->list.items[i], begin, (size_t)(end - begin)) == 0)
            return;
    text_list_add(&names->list, names->arena, begin, (size_t)(end - begin));
}

static bool plan_wanted(const char *name, const char *const *names, size_t count)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return count == 0;
}

static const struct source_ops *plan_ops(const struct config *config, const char *name)
{
    char key[256];
    const char *kind;

    snprintf(key, sizeof key, "source.%s.kind", name);
    kind = config_text(config, key);
    return source_find(kind ? kind : name);
}

/* ---- one source ---- */

static int plan_interval(struct harvest_source *source, const struct config *config,
                         struct error *err)
{
    char key[256];
    const char *text;
    int64_t ms = 0;

    snprintf(key, sizeof key, "source.%s.interval", source->name);
    text = config_text(config, key);
    if (!text || !duration_parse(text, &ms))
        return ERR_OK;
    if (ms < source->origin.floor_ms && !source_all_loopback(source->ops, &source->settings))
        return error_set(err, ERR_USAGE,
                         "%s = %s: %s asks for at least %" PRId64
                         " ms between two requests; less is for servers on this machine only",
                         key, text, source->ops->title, source->origin.floor_ms);
    source->origin.interval_ms = ms;
    return ERR_OK;
}

/* As configured, or as often as the service has something new. */
static int64_t plan_every(const struct harvest_source *source, const struct config *config)
{
    char key[256];
    const char *text;
    int64_t ms;

    snprintf(key, sizeof key, "source.%s.every", source->name);
    text = config_text(config, key);
    return text && duration_parse(text, &ms) ? ms : source->ops->every_ms;
}

static int plan_source(struct harvest_plan *plan, struct harvest_source *source,
                       const struct config *config, struct error *err)
{
    struct source_plan streams = { .arena = plan->arena };
    int result = source->ops->origin(&source->settings, &source->origin, err);

    if (result == ERR_OK)
        result = plan_interval(source, config, err);
    if (result == ERR_OK)
        result = source->ops->plan(&source->settings, &streams, err);
    if (result != ERR_OK)
        return error_context(err, "source \"%s\"", source->name);
    source->every_ms = plan_every(source, config);
    source->streams = streams.streams;
    return ERR_OK;
}

static int plan_add(struct harvest_plan *plan, size_t *cap, const struct config *config,
                    const struct harvest_subject *subject, const char *name, struct error *err)
{
    struct settings_ctx *ctx = arena_alloc(plan->arena, sizeof *ctx);
    struct harvest_source source = { .ops = plan_ops(config, name) };
    int result;

    source.name = arena_strdup(plan->arena, name);
    *ctx = (struct settings_ctx){ config, subject, source.name, plan->arena };
    source.settings = (struct source_settings){ .ctx = ctx,
                                                .name = source.name,
                                                .narrow = subject != NULL,
                                                .text = settings_text,
                                                .values = settings_values };
    result = plan_source(plan, &source, config, err);
    if (result == ERR_OK)
        VEC_PUSH(plan->sources, plan->count, *cap, source);
    return result;
}

static bool plan_enabled(const struct config *config, const char *name)
{
    const struct source_ops *ops = plan_ops(config, name);
    char key[256];

    snprintf(key, sizeof key, "source.%s.enabled", name);
    return config_text(config, key) ? config_bool(config, key) : !ops || !ops->opt_in;
}

/* What of a subject the source cannot be asked for; NULL: it can. */
static const char *plan_unasked(const struct source_ops *ops, const struct harvest_subject *subject)
{
    if (!ops || !subject)
        return NULL;
    if (subject->query && !(ops->wishes & SOURCE_WISH_QUERY))
        return "query";
    return subject->category_count > 0 && !(ops->wishes & SOURCE_WISH_CATEGORIES) ? "categories"
                                                                                  : NULL;
}

static int plan_fill(struct harvest_plan *plan, const struct config *config,
                     const struct text_list *all, const char *const *names, size_t name_count,
                     const struct harvest_subject *subject, struct error *err)
{
    size_t i, cap = 0;
    int result = ERR_OK;

    for (i = 0; i < all->len && result == ERR_OK; i++) {
        const char *name = all->items[i], *unasked = NULL;

        if (strlen(name) <= 100)
            unasked = plan_unasked(plan_ops(config, name), subject);
        if (strlen(name) > 100)
            result =
                error_set(err, ERR_USAGE, "source \"%.60s...\": a name of 100 bytes at most", name);
        else if (!plan_wanted(name, names, name_count)
                 || (name_count == 0 && (unasked || !plan_enabled(config, name))))
            continue;
        else if (!plan_ops(config, name))
            result = error_set(err, ERR_USAGE,
                               "source \"%s\": carrel knows no service of this name; a feed needs "
                               "kind = feed",
                               name);
        else if (unasked)
            result = error_set(err, ERR_USAGE, "source \"%s\" cannot be asked for %s", name,
                               strcmp(unasked, "query") == 0 ? "a query" : unasked);
        else
            result = plan_add(plan, &cap, config, subject, name, err);
    }
    return result;
}

int harvest_plan_new(struct harvest_plan *plan, const struct config *config,
                     const char *const *names, size_t name_count, struct error *err)
{
    return harvest_plan_subject(plan, config, names, name_count, NULL, err);
}

int harvest_plan_subject(struct harvest_plan *plan, const struct config *config,
                         const char *const *names, size_t name_count,
                         const struct harvest_subject *subject, struct error *err)
{
    struct plan_names configured = { .arena = arena_new() };
    struct text_list all, first = { 0 };
    size_t i, k;
    int result;

    *plan = (struct harvest_plan){ .arena = configured.arena };
    config_each(config, plan_name, &configured);
    all = configured.list;
    /* What is asked for by name needs no section when the service is one that carrel knows. */
    for (i = 0; i < name_count; i++) {
        for (k = 0; k < all.len && strcmp(all.items[k], names[i]) != 0; k++)
            continue;
        if (k == all.len)
            text_list_add(&all, plan->arena, names[i], strlen(names[i]));
    }
    for (i = 0; all.len == 0 && i < ARRAY_LEN(unconfigured); i++)
        text_list_add(&first, plan->arena, unconfigured[i], strlen(unconfigured[i]));
    if (all.len == 0)
        all = first;
    result = plan_fill(plan, config, &all, names, name_count, subject, err);
    if (result == ERR_OK && subject && plan->count == 0)
        result = error_set(err, ERR_USAGE, "no enabled source can be asked for this");
    if (result != ERR_OK)
        harvest_plan_free(plan);
    return result;
}

void harvest_plan_free(struct harvest_plan *plan)
{
    arena_free(plan->arena);
    free(plan->sources);
    *plan = (struct harvest_plan){ 0 };
}

/* ---- schedule ---- */

static bool run_was_whole(const struct harvest_run *run)
{
    return run->state != RUN_PARTIAL && run->state != RUN_FAILED && run->state != RUN_CANCELLED;
}

/* After a run that was not whole: a quarter of an hour; twice as long after each further one that
 * brought nothing, so that a service which is down for days is not asked a hundred times a day. */
static int64_t retry_pause(const struct harvest_run *runs, size_t count, int64_t every)
{
    int64_t pause = RETRY_MS, most = every < RETRY_MAX_MS ? every : RETRY_MAX_MS;
    size_t i;

    for (i = 1; i < count && !run_was_whole(&runs[i]) && runs[i - 1].seen == 0; i++)
        pause *= 2;
    return pause < most ? pause : most;
}

int harvest_next_due(struct store *store, const struct harvest_source *source, int64_t *due,
                     struct error *err)
{
    struct arena *arena = arena_new();
    struct harvest_run *runs;
    size_t count, i;
    int result = ERR_OK;

    *due = INT64_MAX;
    for (i = 0; i < source->streams.len && result == ERR_OK; i++) {
        struct stream stream;

        result = streams_get(store, arena, source->name, source->streams.items[i], &stream, err);
        if (result == ERR_OK && stream.completed == 0)
            *due = 0;
        else if (result == ERR_OK && stream.completed + source->every_ms < *due)
            *due = stream.completed + source->every_ms;
    }
    if (result == ERR_OK)
        result = runs_list(store, arena, source->name, RUNS_LOOKED_AT, &runs, &count, err);
    if (result == ERR_OK && *due == INT64_MAX)
        *due = 0;
    if (result == ERR_OK && count > 0 && !run_was_whole(&runs[0])) {
        int64_t again = runs[0].ended + retry_pause(runs, count, source->every_ms);

        *due = again > *due ? again : *due;
    }
    arena_free(arena);
    return result;
}
