/*
 * The table of kinds, and a job's text for people.
 */
#include "carrel/kinds.h"

#include "doctor.h"

#include "carrel/clock.h"
#include "carrel/file.h"
#include "carrel/log.h"
#include "carrel/utf8.h"
#include "carrel/webhooks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct job_kind app_kinds[] = {
    { .name = "clone",
      .help = "clone a repository, or fetch what is new of it; {\"fetch\":ADDRESS}",
      .run = kind_clone,
      .attempts = 3,
      .retry_ms = 60000 },
    { .name = "doctor",
      .help = "check the library; {\"fix\":true} rebuilds what can be rebuilt",
      .run = kind_doctor,
      .attempts = 2 },
    { .name = "embed",
      .help = "make the vectors that are missing, or those of a new model",
      .run = kind_embed,
      .attempts = 5 },
    { .name = "harvest",
      .help = "fetch what is new at sources; {\"source\":NAME or \"sources\":[NAME],"
              "\"query\":TEXT,\"categories\":[NAME],\"since\":DATE,\"max\":N,\"slice\":true}",
      .run = kind_harvest,
      .attempts = 3,
      .retry_ms = 300000,
      .retry_max_ms = 3600000 },
    { .name = "import",
      .help = "read papers from a file; {\"file\":PATH,\"format\":NAME}",
      .run = kind_import,
      .attempts = 3 },
    { .name = "peer",
      .help = "exchange with a peer; {\"peer\":NAME}",
      .run = kind_peer,
      .attempts = 3,
      .retry_ms = 60000 },
    { .name = "process",
      .help = "read a document into the library; {\"file\":PATH}, {\"fetch\":ID} or "
              "{\"upload\":NAME,\"origin\":NAME,\"title\":TEXT}",
      .run = kind_process,
      .attempts = 3,
      .retry_ms = 60000 },
    { .name = HOOK_JOB,
      .help = "run a program of the configuration; {\"hook\":NAME,\"event\":NAME}; made by what "
              "happens",
      .run = kind_hook,
      .attempts = 5,
      .retry_ms = 30000 },
    { .name = WEBHOOK_JOB,
      .help = "send what waits for a webhook; {\"delivery\":N}; made by what happens",
      .run = kind_webhook },
};
const size_t app_kinds_len = ARRAY_LEN(app_kinds);

/* ---- doctor ---- */

struct doctor_job {
    struct job_run *run;
    struct jsonw w;
    int64_t checks;
};

static void doctor_check(void *ctx, bool ok, const char *what)
{
    struct doctor_job *doctor = ctx;

    job_progress(doctor->run, ++doctor->checks, 0, "checks");
    jsonw_object(&doctor->w);
    jsonw_key_bool(&doctor->w, "ok", ok);
    jsonw_key_string(&doctor->w, "what", what);
    jsonw_end(&doctor->w);
}

/* Checking changes nothing and mending is done again without harm: no transaction of its own. */
int kind_doctor(struct job_run *run, struct error *err)
{
    struct doctor_job doctor = { .run = run };
    char *fix = NULL;
    long problems = 0;
    int result = job_member(run->store, run->arena, run->job->payload, "fix", &fix, err);

    if (result != ERR_OK)
        return result;
    jsonw_start(&doctor.w, &run->result);
    jsonw_object(&doctor.w);
    jsonw_key(&doctor.w, "checks");
    jsonw_array(&doctor.w);
    result = app_doctor(run->ctx, run->store,
                        &(struct doctor_options){ .fix = fix && strcmp(fix, "1") == 0,
                                                  .cancel = run->stop,
                                                  .line = doctor_check,
                                                  .ctx = &doctor },
                        &problems, err);
    jsonw_end(&doctor.w);
    jsonw_key_int(&doctor.w, "problems", problems);
    jsonw_end(&doctor.w);
    if (result == ERR_OK && problems > 0)
        return error_set(err, ERR_PARTIAL, "%ld problem%s found; see: carrel doctor", problems,
                         problems == 1 ? "" : "s");
    return result;
}

/* ---- asking and working ---- */

int app_job_add(struct store *store, const struct job_request *request, int64_t *id, bool *existing,
                struct error *err)
{
    const struct job_kind *kind = job_kind_find(app_kinds, app_kinds_len, request->kind);
    struct job_request whole = *request;
    struct str names = STR_INIT;
    size_t i;
    int result;

    if (!kind) {
        for (i = 0; i < app_kinds_len; i++)
            str_printf(&names, "%s%s", i ? ", " : "", app_kinds[i].name);
        result = error_set(err, ERR_USAGE, "there is no kind of job called '%.60s': there are %s",
                           request->kind, names.ptr);
        str_free(&names);
        return result;
    }
    if (whole.attempts_max == 0)
        whole.attempts_max = kind->attempts;
    return jobs_add(store, &whole, id, existing, err);
}

static int once_locked(struct store *store, const struct job_once *once,
                       const struct job_request *request, int64_t *id, bool *existing,
                       struct error *err)
{
    int result = jobs_once_find(store, once, id, err);

    *existing = result == ERR_OK;
    if (result != ERR_NOTFOUND)
        return result;
    result = app_job_add(store, request, id, existing, err);
    return result == ERR_OK ? jobs_once_save(store, once, *id, err) : result;
}

int app_job_once(struct store *store, const struct job_once *once,
                 const struct job_request *request, int64_t *id, bool *existing, struct error *err)
{
    int result;

    if (!once)
        return app_job_add(store, request, id, existing, err);
    result = store_begin(store, err);
    if (result != ERR_OK)
        return result;
    result = once_locked(store, once, request, id, existing, err);
    if (result == ERR_OK)
        return store_commit(store, err);
    store_rollback(store);
    return result;
}

int job_is_guarded(struct job_run *run, bool *guarded, struct error *err)
{
    const struct app *app = run->ctx;
    char *outside = NULL;
    int result = job_member(run->store, run->arena, run->job->payload, "outside", &outside, err);

    *guarded =
        outside && strcmp(outside, "0") != 0 && !config_bool(app->config, "serve.allow-private");
    return result;
}

/* Quickly, or another time: the desk calls this between two keys. */
static void ask_for_vectors(const struct app *app)
{
    struct store_options options = { .busy_ms = 50 };
    struct store *store;
    struct error err = { 0 };
    int result = store_open(&store, app->library, &options, &err);

    if (result == ERR_OK)
        result = embed_job_due(store, app, &err);
    if (result != ERR_OK)
        log_write(LOG_DEBUG, "vectors were not asked for: %s", err.message);
    store_close(store);
}

/* Queries of hooks ask for keys as the desk does. */
static void tell_form(void *ctx, struct store *store)
{
    const struct app *app = ctx;

    if (app->config)
        store_set_cite_form(store, config_text(app->config, "cite.key"));
}

int app_worker_start(struct worker **out, struct app *app, const struct worker_options *options,
                     struct error *err)
{
    struct worker_options whole = *options;

    ask_for_vectors(app);
    whole.library = app->library;
    whole.kinds = app_kinds;
    whole.kind_count = app_kinds_len;
    whole.ctx = app;
    whole.opened = tell_form;
    return worker_start(out, &whole, err);
}

int app_worker_stay(struct worker **out, struct app *app, const struct worker_options *options,
                    struct error *err)
{
    static const struct worker_lane lanes[] = { { .urgent = JOB_AWAITED },
                                                { .kind = WEBHOOK_JOB },
                                                { .kind = HOOK_JOB, .alone = true } };
    struct worker_options whole = *options;

    whole.lanes = lanes;
    whole.lane_count = ARRAY_LEN(lanes);
    return app_worker_start(out, app, &whole, err);
}

#define WORK_WAIT_MS 50
#define WORK_ONCE_MS 1000 /* a pause so short is waited for */
#define WORK_LEAVE_MS 5000

int app_work_off(struct app *app, const char *kind, const atomic_bool *cancel,
                 struct worker_totals *totals, struct error *err)
{
    const struct worker_options options = {
        .only = kind, .once = true, .once_wait_ms = WORK_ONCE_MS, .threads = 2
    };
    struct worker *worker;
    int result = app_worker_start(&worker, app, &options, err);

    *totals = (struct worker_totals){ 0 };
    if (result != ERR_OK)
        return result;
    while (!worker_wait(worker, WORK_WAIT_MS) && !(cancel && atomic_load(cancel)))
        continue;
    worker_stop(worker);
    worker_wait(worker, WORK_LEAVE_MS);
    worker_totals(worker, totals);
    if (!worker_free(worker, 0))
        log_write(LOG_WARN, "a %s does not end; it is tried again later", kind);
    return ERR_OK;
}

/* ---- text ---- */

void span_format(struct str *out, int64_t ms)
{
    int64_t seconds = ms < 0 ? 0 : (ms + 500) / 1000;

    if (seconds < 90)
        str_printf(out, "%" PRId64 " s", seconds);
    else if (seconds < 90 * 60)
        str_printf(out, "%" PRId64 " min", (seconds + 30) / 60);
    else if (seconds < 36 * 3600)
        str_printf(out, "%" PRId64 " h", (seconds + 1800) / 3600);
    else
        str_printf(out, "%" PRId64 " d", (seconds + 43200) / 86400);
}

void number_format(struct str *out, int64_t value)
{
    char digits[32];
    int len = snprintf(digits, sizeof digits, "%" PRId64, value), i;

    for (i = 0; i < len; i++) {
        str_add_char(out, digits[i]);
        if ((len - 1 - i) % 3 == 0 && i + 1 < len && digits[i] != '-')
            str_add_char(out, ',');
    }
}

/* Payloads and messages may come from outside: one line, no control characters. */
static void one_line(struct str *out, const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x20 && *text != 0x7F)
            str_add_char(out, *text);
        else if (out->len > 0 && out->ptr[out->len - 1] != ' ')
            str_add_char(out, ' ');
}

/* The string behind "name": in a payload that jobs_add has checked; escapes are left as they are.
 */
static char *payload_text(const char *payload, const char *name)
{
    char *pattern = mem_printf("\"%s\":\"", name);
    const char *at = strstr(payload, pattern), *end;
    size_t len = strlen(pattern);

    free(pattern);
    if (!at)
        return NULL;
    at += len;
    for (end = at; *end && *end != '"'; end++)
        if (*end == '\\' && end[1])
            end++;
    return mem_strndup(at, (size_t)(end - at));
}

void job_subject(struct str *out, const struct job *job)
{
    char *file = payload_text(job->payload, "file"), *source = payload_text(job->payload, "source");
    char *fetch = payload_text(job->payload, "fetch"),
         *origin = payload_text(job->payload, "origin"),
         *query = payload_text(job->payload, "query"),
         *webhook = payload_text(job->payload, "webhook"),
         *hook = payload_text(job->payload, "hook"), *event = payload_text(job->payload, "event"),
         *peer = payload_text(job->payload, "peer");

    if (fetch)
        one_line(out, fetch);
    else if (origin) /* the file lies under its hash; this is what people call it */
        one_line(out, path_base(origin));
    else if (file)
        one_line(out, path_base(file));
    else if (webhook)
        one_line(out, webhook);
    else if (peer)
        one_line(out, peer);
    else if (hook) {
        one_line(out, hook);
        str_add_char(out, ' ');
        one_line(out, event ? event : "");
    } else if (source || query) {
        one_line(out, source ? source : "all sources");
        if (query) {
            str_add(out, ", ");
            one_line(out, query);
        }
    } else if (strcmp(job->kind, "doctor") == 0)
        str_add(out, strstr(job->payload, "true") ? "check and mend" : "check");
    else
        job_words(out, job->payload);
    free(file);
    free(source);
    free(fetch);
    free(query);
    free(origin);
    free(webhook);
    free(hook);
    free(event);
    free(peer);
}

/* One of them is "1 paper". Units are plurals that end so. */
static size_t unit_len(const struct job *job)
{
    return strlen(job->unit) - (job->done == 1 && str_ends(job->unit, "s"));
}

void job_rate(struct str *out, const struct job *job)
{
    int64_t took = job->seen - job->began;
    double rate = took > 0 ? (double)job->done * 1000 / (double)took : 0;

    if (job->done <= 0)
        return;
    number_format(out, job->done);
    if (*job->unit)
        str_printf(out, " %.*s", (int)unit_len(job), job->unit);
    if (job->total > 0) {
        str_add(out, " of ");
        number_format(out, job->total);
    }
    if (job->state != JOB_RUNNING || took < 1000)
        return;
    str_add(out, ", ");
    if (rate >= 10)
        number_format(out, (int64_t)(rate + 0.5));
    else
        str_printf(out, "%.1f", rate);
    str_add(out, "/s");
    if (job->total > job->done) {
        str_add(out, ", ");
        span_format(out, (int64_t)((double)(job->total - job->done) * 1000 / rate));
        str_add(out, " left");
    }
}

void job_standing(struct str *out, const struct job *job)
{
    int64_t until = job->due - clock_real_ms();

    if (job->state == JOB_RUNNING) {
        str_add(out, job->stopping ? "stopping" : "");
        if (!job->stopping)
            job_rate(out, job);
    } else if (job->state == JOB_QUEUED && job->waits > 0) {
        str_printf(out, "waits for %" PRId64 " other job%s", job->waits,
                   job->waits == 1 ? "" : "s");
    } else if (job->state == JOB_QUEUED && until > 0) {
        str_add(out, job->attempts ? "again in " : "in ");
        span_format(out, until);
        if (*job->error) {
            str_add(out, ": ");
            one_line(out, job->error);
        }
    } else if (job->state != JOB_QUEUED && *job->error && strcmp(job->error, "cancelled") != 0) {
        one_line(out, job->error);
    } else if (job->state == JOB_DONE && !job_import_words(out, job)) {
        job_rate(out, job);
    }
}

void job_headline(struct str *out, const struct job *job)
{
    struct str standing = STR_INIT;
    size_t before = out->len;

    job_subject(out, job);
    job_standing(&standing, job);
    if (standing.len > 0)
        str_printf(out, "%s%s", out->len > before ? ": " : "", standing.ptr);
    str_free(&standing);
}
