/*
 * The commands of the queue: `jobs` looks at it and changes it, `worker` works it; and what other
 * commands need to hand their work to it (--background).
 */
#include "commands.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/kinds.h"
#include "carrel/log.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 100
#define LEAVE_MS 10000 /* for what runs to stop, before the process ends without it */
#define ONCE_WAIT_MS 60000

/* ---- jobs list ---- */

static int list_filter(struct command_call *call, struct job_filter *filter, struct error *err)
{
    const char *state = call_option(call, "--state");
    enum job_state one;
    long limit = 0;
    int result = call_number(call, "--limit", 1, 100000, &limit, err);

    filter->limit = (size_t)limit;
    filter->kind = call_option(call, "--kind");
    if (result != ERR_OK || !state)
        return result;
    if (!job_state_from(state, &one))
        return error_set(err, ERR_USAGE,
                         "--state is queued, running, done, failed or cancelled, not '%s'", state);
    filter->states = 1u << one;
    return ERR_OK;
}

static void list_line(struct str *out, const struct job *job)
{
    struct str age = STR_INIT, headline = STR_INIT;

    span_format(&age, clock_now_ms() - job->created);
    job_headline(&headline, job);
    str_printf(out, "%7" PRId64 "  %-9s  %-10s  %d/%-3d %7s  %s\n", job->id,
               job_state_name(job->state), job->kind, job->attempts, job->attempts_max, age.ptr,
               headline.ptr);
    str_free(&age);
    str_free(&headline);
}

static void list_json(struct str *out, const struct job *jobs, size_t count, const int64_t *counts)
{
    struct jsonw w;
    size_t i;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "counts");
    jsonw_object(&w);
    for (i = 0; i < JOB_STATES; i++)
        jsonw_key_int(&w, job_state_name((enum job_state)i), counts[i]);
    jsonw_end(&w);
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count; i++)
        job_to_json(&w, &jobs[i]);
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

static int jobs_do_list(struct command_call *call, struct error *err)
{
    struct job_filter filter = { 0 };
    int64_t counts[JOB_STATES];
    struct job *jobs = NULL;
    size_t count = 0, i;
    int result = list_filter(call, &filter, err);

    if (result == ERR_OK)
        result = jobs_list(call->store, call->arena, &filter, &jobs, &count, err);
    if (result == ERR_OK)
        result = jobs_counts(call->store, counts, err);
    if (result != ERR_OK)
        return result;
    if (call_has(call, "--json")) {
        list_json(&call->out, jobs, count, counts);
        return ERR_OK;
    }
    if (count > 0)
        str_printf(&call->out, "%7s  %-9s  %-10s  %-5s %7s  %s\n", "ID", "STATE", "KIND", "TRIES",
                   "AGE", "WHAT");
    else
        str_add(&call->say, "no jobs; carrel import --background FILE makes one\n");
    for (i = 0; i < count; i++)
        list_line(&call->out, &jobs[i]);
    return ERR_OK;
}

/* ---- jobs show ---- */

static int job_id(const char *text, int64_t *id, struct error *err)
{
    long number;

    if (!str_to_long(text, 1, LONG_MAX, &number))
        return error_set(err, ERR_NOTFOUND, "there is no job '%.60s'; ids are numbers", text);
    *id = number;
    return ERR_OK;
}

struct whole_job {
    struct job job;
    struct job_event *story;
    int64_t *before, *after;
    size_t story_len, before_len, after_len;
};

static int read_whole(struct command_call *call, int64_t id, struct whole_job *whole,
                      struct error *err)
{
    int result = jobs_get(call->store, call->arena, id, &whole->job, err);

    if (result == ERR_OK)
        result = jobs_story(call->store, call->arena, id, &whole->story, &whole->story_len, err);
    if (result == ERR_OK)
        result = jobs_around(call->store, call->arena, id, true, &whole->before, &whole->before_len,
                             err);
    if (result == ERR_OK)
        result =
            jobs_around(call->store, call->arena, id, false, &whole->after, &whole->after_len, err);
    return result;
}

static void ids_member(struct jsonw *w, const char *key, const int64_t *ids, size_t count)
{
    size_t i;

    jsonw_key(w, key);
    jsonw_array(w);
    for (i = 0; i < count; i++)
        jsonw_int(w, ids[i]);
    jsonw_end(w);
}

static void show_json(struct str *out, const struct whole_job *whole)
{
    struct jsonw w;
    char at[32];
    size_t i;

    jsonw_start(&w, out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "job");
    job_to_json(&w, &whole->job);
    ids_member(&w, "after", whole->before, whole->before_len);
    ids_member(&w, "before", whole->after, whole->after_len);
    jsonw_key(&w, "story");
    jsonw_array(&w);
    for (i = 0; i < whole->story_len; i++) {
        time_format(at, whole->story[i].at);
        jsonw_object(&w);
        jsonw_key_string(&w, "at", at);
        jsonw_key_string(&w, "text", whole->story[i].text);
        jsonw_end(&w);
    }
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(out, '\n');
}

static void show_time(struct str *out, const char *name, int64_t at)
{
    char text[32];

    if (!at)
        return;
    time_format(text, at);
    str_printf(out, "%-10s %s\n", name, text);
}

static void show_words(struct str *out, const char *name, const char *json)
{
    struct str words = STR_INIT;

    job_words(&words, json);
    if (words.len > 0)
        str_printf(out, "%-10s %s\n", name, words.ptr);
    str_free(&words);
}

static void show_told(struct str *out, const struct job *job)
{
    struct arena *arena = arena_new();
    struct text_list told = { 0 };
    size_t i;

    job_told(&told, arena, job);
    for (i = 0; i < told.len; i++)
        str_printf(out, "%-10s %s\n", i ? "" : "told", told.items[i]);
    arena_free(arena);
}

static void show_text(struct str *out, const struct whole_job *whole)
{
    const struct job *job = &whole->job;
    struct str standing = STR_INIT;
    char at[32];
    size_t i;

    job_standing(&standing, job);
    str_printf(out, "job %" PRId64 "  %s  %s\n", job->id, job->kind, job_state_name(job->state));
    show_words(out, "asked for", job->payload);
    str_printf(out, "%-10s %d of %d\n", "attempts", job->attempts, job->attempts_max);
    if (job->priority)
        str_printf(out, "%-10s %d\n", "priority", job->priority);
    if (*job->key)
        str_printf(out, "%-10s %s\n", "key", job->key);
    show_time(out, "created", job->created);
    show_time(out, "started", job->started);
    show_time(out, "finished", job->finished);
    if (*job->worker)
        str_printf(out, "%-10s %s\n", "worker", job->worker);
    for (i = 0; i < whole->before_len; i++)
        str_printf(out, "%-10s job %" PRId64 "\n", "waits for", whole->before[i]);
    for (i = 0; i < whole->after_len; i++)
        str_printf(out, "%-10s job %" PRId64 "\n", "is before", whole->after[i]);
    if (standing.len)
        str_printf(out, "%-10s %s\n", job->state == JOB_FAILED ? "why" : "stands", standing.ptr);
    show_words(out, "result", job->result);
    show_told(out, job);
    for (i = 0; i < whole->story_len; i++) {
        time_format(at, whole->story[i].at);
        str_printf(out, "%s  %s\n", at, whole->story[i].text);
    }
    str_free(&standing);
}

static int jobs_do_show(struct command_call *call, struct error *err)
{
    struct whole_job whole = { 0 };
    int64_t id = 0;
    int result;

    if (call->argc != 2)
        return error_set(err, ERR_USAGE, "which job? carrel jobs show ID");
    result = job_id(call->argv[1], &id, err);
    if (result == ERR_OK)
        result = read_whole(call, id, &whole, err);
    if (result != ERR_OK)
        return result;
    if (call_has(call, "--json"))
        show_json(&call->out, &whole);
    else
        show_text(&call->out, &whole);
    return ERR_OK;
}

/* ---- retry, cancel, add ---- */

static void answer_job(struct command_call *call, const struct job *job, const char *did)
{
    struct jsonw w;

    if (!call_has(call, "--json")) {
        str_printf(&call->say, "job %" PRId64 " (%s): %s\n", job->id, job->kind, did);
        return;
    }
    jsonw_start(&w, &call->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key(&w, "job");
    job_to_json(&w, job);
    jsonw_end(&w);
    str_add_char(&call->out, '\n');
}

static int change_one(struct command_call *call, bool retry, int64_t id, struct error *err)
{
    bool stopping = false;
    struct job job;
    int result =
        retry ? jobs_retry(call->store, id, err) : jobs_cancel(call->store, id, &stopping, err);

    if (result == ERR_OK)
        result = jobs_get(call->store, call->arena, id, &job, err);
    if (result == ERR_OK)
        answer_job(call, &job,
                   retry      ? "in the queue again"
                   : stopping ? "told to stop"
                              : "cancelled");
    return result;
}

/* Several ids: what cannot be changed does not keep the others from it. */
static int jobs_do_change(struct command_call *call, struct error *err)
{
    bool retry = strcmp(call->argv[0], "retry") == 0;
    struct error why = { 0 };
    size_t count = 0, good = 0, i;
    char **ids;
    int result = call->argc < 2
                     ? error_set(err, ERR_USAGE, "which job? carrel jobs %s ID...", call->argv[0])
                     : call_ids(call, 1, &ids, &count, err);

    for (i = 0; i < count; i++) {
        int64_t id = 0;

        result = job_id(ids[i], &id, &why);
        if (result == ERR_OK)
            result = change_one(call, retry, id, &why);
        if (result == ERR_OK)
            good++;
        else if (count > 1)
            str_printf(&call->say, "%s\n", why.message);
    }
    if (count == 0 || good == count)
        return count ? ERR_OK : result;
    if (count == 1)
        return error_set(err, why.code, "%s", why.message);
    return error_set(err, good ? ERR_PARTIAL : why.code, "%zu of %zu jobs could not be changed: %s",
                     count - good, count, why.message);
}

static int add_options(struct command_call *call, struct job_request *request, struct error *err)
{
    const char *delay = call_option(call, "--delay");
    long priority = 0;
    int64_t *after = arena_alloc(call->arena, (call->option_count + 1) * sizeof *after);
    size_t i;
    int result =
        call_number(call, "--priority", -JOB_PRIORITY_MAX, JOB_PRIORITY_MAX, &priority, err);

    for (i = 0; i < call->option_count && result == ERR_OK; i++)
        if (strcmp(call->options[i].name, "--after") == 0)
            result = job_id(call->options[i].value, &after[request->after_count++], err);
    if (result == ERR_OK && delay && !duration_parse(delay, &request->delay_ms))
        result =
            error_set(err, ERR_USAGE, "--delay takes a time such as 30s or 2h, not '%s'", delay);
    request->priority = (int)priority;
    request->after = after;
    request->key = call_option(call, "--key");
    return result;
}

int job_hand_over(struct command_call *call, const struct job_request *request, struct error *err)
{
    bool existing = false;
    int64_t id = 0;
    struct job job;
    int result = app_job_add(call->store, request, &id, &existing, err);

    if (result == ERR_OK)
        result = jobs_get(call->store, call->arena, id, &job, err);
    if (result == ERR_OK)
        answer_job(call, &job, existing ? "in the queue already" : "in the queue");
    return result;
}

static int jobs_do_add(struct command_call *call, struct error *err)
{
    struct job_request request = { 0 };
    int result;

    if (call->argc < 2 || call->argc > 3)
        return error_set(err, ERR_USAGE, "which kind? carrel jobs add KIND [JSON]");
    request.kind = call->argv[1];
    request.payload = call->argc == 3 ? call->argv[2] : NULL;
    result = add_options(call, &request, err);
    return result == ERR_OK ? job_hand_over(call, &request, err) : result;
}

int cmd_jobs(struct command_call *call, struct error *err)
{
    static const struct {
        const char *name;
        int (*run)(struct command_call *, struct error *);
    } verbs[] = { { "list", jobs_do_list },
                  { "show", jobs_do_show },
                  { "retry", jobs_do_change },
                  { "cancel", jobs_do_change },
                  { "add", jobs_do_add } };
    size_t i;

    if (call->argc == 0)
        return jobs_do_list(call, err);
    for (i = 0; i < ARRAY_LEN(verbs); i++)
        if (strcmp(verbs[i].name, call->argv[0]) == 0)
            return verbs[i].run(call, err);
    return error_set(err, ERR_USAGE,
                     "jobs knows list, show ID, retry ID, cancel ID and add KIND, not '%s'",
                     call->argv[0]);
}

/* ---- worker ---- */

static atomic_bool worker_term;

static void worker_signal(int number)
{
    (void)number;
    atomic_store(&worker_term, true);
}

/* Until it ends by itself (--once) or is told to; true: by an interrupt. */
static bool worker_attend(struct command_call *call, struct worker *worker)
{
    while (!worker_wait(worker, TICK_MS)) {
        if (call->cancel && atomic_load(call->cancel))
            return true;
        if (atomic_load(&worker_term))
            break;
    }
    return false;
}

static void worker_report(struct command_call *call, const struct worker_totals *totals)
{
    struct jsonw w;

    if (call_has(call, "--json")) {
        jsonw_start(&w, &call->out);
        jsonw_object(&w);
        jsonw_key_int(&w, "version", 1);
        jsonw_key_int(&w, "done", totals->done);
        jsonw_key_int(&w, "partial", totals->partial);
        jsonw_key_int(&w, "failed", totals->failed);
        jsonw_key_int(&w, "retried", totals->retried);
        jsonw_key_int(&w, "cancelled", totals->cancelled);
        jsonw_key_int(&w, "returned", totals->returned);
        jsonw_end(&w);
        str_add_char(&call->out, '\n');
        return;
    }
    str_printf(&call->say, "%" PRId64 " done", totals->done + totals->partial);
    if (totals->failed)
        str_printf(&call->say, ", %" PRId64 " failed", totals->failed);
    if (totals->cancelled)
        str_printf(&call->say, ", %" PRId64 " cancelled", totals->cancelled);
    if (totals->returned)
        str_printf(&call->say, ", %" PRId64 " returned to the queue", totals->returned);
    str_add_char(&call->say, '\n');
}

static int worker_run(struct command_call *call, struct worker *worker, struct error *err)
{
    struct worker_totals totals;
    bool interrupted = worker_attend(call, worker);

    worker_stop(worker);
    worker_wait(worker, LEAVE_MS);
    worker_totals(worker, &totals);
    worker_report(call, &totals);
    if (!worker_free(worker, 0)) {
        /* A thread hangs; what it ran is back in the queue, and only the end of the process ends
         * it. */
        fputs(call->say.ptr, stderr);
        _exit(interrupted ? 130 : 0);
    }
    if (interrupted)
        return error_set(err, ERR_CANCELLED, "stopped; what ran is back in the queue");
    if (call_has(call, "--once") && totals.failed + totals.partial > 0)
        return error_set(err, ERR_PARTIAL,
                         "%" PRId64 " failed, %" PRId64 " done in part; see: carrel jobs list",
                         totals.failed, totals.partial);
    return ERR_OK;
}

int cmd_worker(struct command_call *call, struct error *err)
{
    struct sigaction action = { .sa_handler = worker_signal }, before;
    struct worker_options options = { .only = call_option(call, "--kind"),
                                      .once = call_has(call, "--once"),
                                      .once_wait_ms = ONCE_WAIT_MS };
    long threads = (long)config_int(call->app->config, "worker.threads");
    struct worker *worker;
    int result;

    if (call->argc > 0)
        return error_set(err, ERR_USAGE, "worker takes options only");
    result = call_number(call, "--threads", 1, 64, &threads, err);
    if (result != ERR_OK)
        return result;
    options.threads = threads < 1 ? 1 : (int)threads;
    sigaction(SIGTERM, &action, &before);
    result = (options.once || options.only ? app_worker_start : app_worker_stay)(&worker, call->app,
                                                                                 &options, err);
    if (result == ERR_OK)
        result = worker_run(call, worker, err);
    sigaction(SIGTERM, &before, NULL);
    return result;
}
