/*
 * Hooks (scripts.h): the configuration's list, and what happens as jobs. A job's payload names the
 * hook and what it is about, never a program: that is the configuration's to say when it is run.
 */
#include "scripts.h"

#include "demo.h"
#include "hooks.h"

#include "carrel/jsonw.h"
#include "carrel/log.h"
#include "carrel/names.h"
#include "carrel/newcomers.h"
#include "carrel/search.h"
#include "carrel/works.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "hook."
#define MATCHES 200 /* papers of one job */
#define QUERIES 500 /* saved ones that are asked */
#define REPORT_MAX 60000

static const char *const event_names[] = { "new-match", "processed", "synced" };

const char *script_event_name(enum script_event event)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(event_names); i++)
        if (event == 1u << i)
            return event_names[i];
    return "";
}

bool script_event_from(enum script_event *event, const char *name)
{
    size_t i;

    for (i = 0; i < ARRAY_LEN(event_names); i++)
        if (strcmp(event_names[i], name) == 0) {
            *event = (enum script_event)(1u << i);
            return true;
        }
    return false;
}

/* ---- the configuration ---- */

static const char *option(const struct scripts *scripts, const struct config *config,
                          const char *name, const char *what)
{
    const char *text =
        config_text(config, arena_printf(scripts->arena, PREFIX "%s.%s", name, what));

    return text && !str_blank(text) ? arena_strdup(scripts->arena, text) : NULL;
}

static int read_one(struct script *script, const struct scripts *scripts,
                    const struct config *config, const char *name, struct error *err)
{
    const char *const *values;
    size_t count =
               config_values(config, arena_printf(scripts->arena, PREFIX "%s.on", name), &values),
           i;

    *script = (struct script){ .name = arena_strdup(scripts->arena, name),
                               .run = option(scripts, config, name, "run"),
                               .query = option(scripts, config, name, "query") };
    for (i = 0; i < count; i++) {
        enum script_event event;

        if (script_event_from(&event, values[i]))
            script->events |= event;
    }
    if (!script->run)
        return error_set(err, ERR_USAGE, "[hook \"%s\"] has no run = PROGRAM WORD...", name);
    if (!script->events)
        return error_set(err, ERR_USAGE, "[hook \"%s\"] has no on = " SCRIPT_EVENTS, name);
    return ERR_OK;
}

int scripts_read(struct scripts *out, const struct app *app, struct error *err)
{
    struct config *now = NULL;
    struct text_list names;
    size_t i;
    int result;

    *out = (struct scripts){ .arena = arena_new() };
    if (demo_is(app))
        return ERR_OK;
    result = config_again(&now, app->config, err);
    if (result != ERR_OK)
        return result;
    hook_names(&names, out->arena, now, PREFIX);
    out->items = arena_alloc(out->arena, (names.len + 1) * sizeof *out->items);
    for (i = 0; i < names.len && result == ERR_OK; i++) {
        result = read_one(&out->items[i], out, now, names.items[i], err);
        out->count += result == ERR_OK;
    }
    config_free(now);
    return result;
}

const struct script *scripts_find(const struct scripts *scripts, const char *name)
{
    size_t i;

    for (i = 0; i < scripts->count; i++)
        if (strcmp(scripts->items[i].name, name) == 0)
            return &scripts->items[i];
    return NULL;
}

void scripts_free(struct scripts *scripts)
{
    arena_free(scripts->arena);
    *scripts = (struct scripts){ .count = 0 };
}

/* ---- jobs ---- */

static void begin(struct jsonw *w, struct str *payload, const struct script *script,
                  enum script_event event)
{
    str_clear(payload);
    jsonw_start(w, payload);
    jsonw_object(w);
    jsonw_key_string(w, "hook", script->name);
    jsonw_key_string(w, "event", script_event_name(event));
}

static int end(struct jsonw *w, const struct str *payload, struct store *store, struct error *err)
{
    int64_t id;

    jsonw_end(w);
    return app_job_add(store, &(struct job_request){ .kind = HOOK_JOB, .payload = payload->ptr },
                       &id, NULL, err);
}

int scripts_processed(struct store *store, const struct scripts *scripts, const char *sha256,
                      struct error *err)
{
    struct str payload = STR_INIT;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < scripts->count && result == ERR_OK; i++) {
        struct jsonw w;

        if (!(scripts->items[i].events & SCRIPT_PROCESSED))
            continue;
        begin(&w, &payload, &scripts->items[i], SCRIPT_PROCESSED);
        jsonw_key_string(&w, "document", sha256);
        result = end(&w, &payload, store, err);
    }
    str_free(&payload);
    return result;
}

static int synced(struct store *store, const struct scripts *scripts, const char *report,
                  struct error *err)
{
    struct str payload = STR_INIT;
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < scripts->count && result == ERR_OK; i++) {
        struct jsonw w;

        if (!(scripts->items[i].events & SCRIPT_SYNCED))
            continue;
        begin(&w, &payload, &scripts->items[i], SCRIPT_SYNCED);
        jsonw_key(&w, "report");
        jsonw_raw(&w, strlen(report) < REPORT_MAX ? report : "");
        result = end(&w, &payload, store, err);
    }
    str_free(&payload);
    return result;
}

/* ---- new papers ---- */

/* Of each newcomer the queries that find it, as a bit of their place. */
struct match {
    int64_t work;
    size_t order;       /* in which it came */
    struct str queries; /* JSON strings, with commas */
};
struct matching {
    struct match *items; /* by work */
    size_t count;
    const char *query; /* that is being asked */
};

static int by_work(const void *a, const void *b)
{
    const struct match *x = a, *y = b;

    return (x->work > y->work) - (x->work < y->work);
}

static int by_order(const void *a, const void *b)
{
    const struct match *x = a, *y = b;

    return (x->order > y->order) - (x->order < y->order);
}

static int found(void *ctx, int64_t work)
{
    struct matching *matching = ctx;
    struct match key = { .work = work };
    struct match *match = bsearch(&key, matching->items, matching->count, sizeof key, by_work);
    struct jsonw w;

    if (match) {
        if (match->queries.len > 0)
            str_add_char(&match->queries, ',');
        jsonw_start(&w, &match->queries);
        jsonw_string(&w, matching->query);
    }
    return 0;
}

static void query_name(void *ctx, const char *name)
{
    struct text_list *names = ((void **)ctx)[0];

    text_list_add(names, ((void **)ctx)[1], name, strlen(name));
}

/* What each finds; a saved query that no longer works finds nothing, and is told. */
static int ask(struct matching *matching, struct store *store, struct arena *arena,
               const struct script *script, struct error *err)
{
    struct text_list names = { 0 };
    void *ctx[] = { &names, arena };
    size_t i;
    int result = ERR_OK;

    if (script->query) {
        matching->query = script->query;
        return search_each(store, script->query, found, matching, err);
    }
    result = names_each(store, NAME_QUERY, "", QUERIES, query_name, ctx, err);
    for (i = 0; i < names.len && result == ERR_OK; i++) {
        struct error why = { 0 };

        matching->query = names.items[i];
        if (search_each(store, arena_printf(arena, "query:%s", names.items[i]), found, matching,
                        &why)
            != ERR_OK)
            log_write(LOG_WARN, "hook %s: saved query %s: %s", script->name, names.items[i],
                      why.message);
    }
    return result;
}

static int add_matches(struct store *store, struct arena *arena, const struct script *script,
                       const struct match *matches, size_t count, struct error *err)
{
    struct str payload = STR_INIT;
    struct jsonw w;
    size_t i;
    int result = ERR_OK;

    begin(&w, &payload, script, SCRIPT_MATCH);
    jsonw_key(&w, "papers");
    jsonw_array(&w);
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct work_row row = { 0 };

        result = works_rows(store, arena, &matches[i].work, 1, &row, err);
        if (result != ERR_OK || row.id == 0)
            continue;
        jsonw_object(&w);
        jsonw_key_string(&w, "id", row.key);
        jsonw_key(&w, "queries");
        jsonw_raw(&w, arena_printf(arena, "[%s]", matches[i].queries.ptr));
        jsonw_end(&w);
    }
    jsonw_end(&w);
    if (result == ERR_OK)
        result = end(&w, &payload, store, err);
    str_free(&payload);
    return result;
}

/* Jobs for those that are found, in one transaction with the mark. */
static int settle(struct store *store, struct arena *arena, const struct script *script,
                  const struct newcomers *came, struct matching *matching, struct error *err)
{
    size_t hits = 0, i;
    int result = store_begin(store, err);

    if (result != ERR_OK)
        return result;
    for (i = 0; i < matching->count; i++)
        if (matching->items[i].queries.len > 0) {
            struct match hit = matching->items[i];

            matching->items[i] = matching->items[hits];
            matching->items[hits++] = hit;
        }
    if (hits > 1)
        qsort(matching->items, hits, sizeof *matching->items, by_order);
    result = newcomers_seen(store, script->name, came, err);
    for (i = 0; i < hits && result == ERR_OK; i += MATCHES)
        result = add_matches(store, arena, script, matching->items + i,
                             hits - i < MATCHES ? hits - i : MATCHES, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result == ERR_EXISTS ? ERR_OK : result;
}

static int match_one(struct store *store, const struct script *script, struct error *err)
{
    struct arena *arena = arena_new();
    struct matching matching = { .count = 0 };
    struct newcomers came;
    size_t i;
    int result = newcomers_look(&came, store, arena, script->name, err);

    if (result == ERR_OK && newcomers_any(&came)) {
        matching.items = mem_zalloc((came.count + 1) * sizeof *matching.items);
        matching.count = came.count;
        for (i = 0; i < came.count; i++)
            matching.items[i] =
                (struct match){ .work = came.works[i], .order = i, .queries = STR_INIT };
        if (came.count > 0) {
            qsort(matching.items, matching.count, sizeof *matching.items, by_work);
            result = ask(&matching, store, arena, script, err);
        }
        if (result == ERR_OK)
            result = settle(store, arena, script, &came, &matching, err);
        for (i = 0; i < matching.count; i++)
            str_free(&matching.items[i].queries);
        free(matching.items);
    }
    arena_free(arena);
    return result;
}

/* ---- when something happens ---- */

static void complain(const char *name, int result, const struct error *err)
{
    if (result != ERR_OK && result != ERR_CANCELLED)
        log_write(LOG_WARN, "hook%s%s: %s", *name ? " " : "s", name, err->message);
}

void scripts_expect(struct store *store, const struct app *app)
{
    struct scripts scripts;
    struct error err = { 0 };
    size_t i;
    int result = scripts_read(&scripts, app, &err);

    for (i = 0; i < scripts.count && result == ERR_OK; i++)
        if (scripts.items[i].events & SCRIPT_MATCH)
            result = newcomers_watch(store, scripts.items[i].name, &err);
    complain("", result, &err);
    scripts_free(&scripts);
}

void scripts_match(struct store *store, const struct app *app)
{
    struct scripts scripts;
    struct error err = { 0 };
    size_t i;
    int result = scripts_read(&scripts, app, &err);

    complain("", result, &err);
    for (i = 0; i < scripts.count && result == ERR_OK; i++)
        if (scripts.items[i].events & SCRIPT_MATCH)
            complain(scripts.items[i].name, match_one(store, &scripts.items[i], &err), &err);
    scripts_free(&scripts);
}

void scripts_synced(struct store *store, const struct app *app, const char *report)
{
    struct scripts scripts;
    struct error err = { 0 };
    int result = scripts_read(&scripts, app, &err);

    if (result == ERR_OK)
        result = synced(store, &scripts, report, &err);
    complain("", result, &err);
    scripts_free(&scripts);
}

static int waiting(struct store *store, size_t *count, struct error *err)
{
    const struct job_filter filter = { .states = 1u << JOB_QUEUED, .kind = HOOK_JOB, .limit = 1 };
    struct arena *arena = arena_new();
    struct job *jobs;
    int result = jobs_list(store, arena, &filter, &jobs, count, err);

    arena_free(arena);
    return result;
}

/* Nothing, when all that wait have failed before and pause. */
static void say_run(struct str *say, const struct worker_totals *totals)
{
    int64_t run = totals->done + totals->failed + totals->retried;

    if (run == 0)
        return;
    str_printf(say, "hooks: %" PRId64 " run", run);
    if (totals->failed + totals->retried > 0)
        str_add(say, ", not all without an error (carrel jobs)");
    if (totals->retried > 0)
        str_printf(say, "; %" PRId64 " will be tried again", totals->retried);
    str_add_char(say, '\n');
}

void scripts_after(struct command_call *call, const char *report)
{
    struct worker_totals totals;
    struct store *store = NULL;
    struct error err = { 0 };
    size_t count = 0;
    int result = app_open_store(&store, call->app, false, &err);

    if (result == ERR_OK) {
        scripts_match(store, call->app);
        if (report)
            scripts_synced(store, call->app, report);
        result = waiting(store, &count, &err);
    }
    store_close(store);
    if (result == ERR_OK && count > 0 && !call->desk)
        result = app_work_off(call->app, HOOK_JOB, call->cancel, &totals, &err);
    if (result != ERR_OK)
        str_printf(&call->say, "hooks: %s\n", err.message);
    else if (count > 0 && !call->desk)
        say_run(&call->say, &totals);
}
