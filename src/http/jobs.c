/*
 * Routes of the queue: putting a job into it, and looking at jobs, ending them and trying them
 * again. What scrapes and documents have of their own is in scrape.c and process.c.
 */
#include "jobs.h"
#include "internal.h"

#include "carrel/clock.h"
#include "carrel/kinds.h"
#include "carrel/sha256.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 50
#define KEY_MAX 200
#define KEY_HEADER "Idempotency-Key"

/* ---- a new one ---- */

/* The name that its sender gave to the request; NULL: none. */
static int once_read(struct exchange *x, const char *what, struct job_once *once, bool *named,
                     struct error *err)
{
    const char *key = request_header(x, KEY_HEADER), *at;
    char hash[65];

    *named = key != NULL;
    if (!key)
        return ERR_OK;
    x->field = KEY_HEADER;
    for (at = key; *at > ' ' && *at < 0x7F; at++)
        ;
    if (!*key || *at || at - key > KEY_MAX)
        return error_set(err, ERR_PARSE, "a name of 1 to %d printable characters", KEY_MAX);
    if (!what) {
        sha256_hex(hash, x->body.ptr, x->body.len);
        what = hash;
    }
    *once = (struct job_once){ .token = x->caller.id,
                               .key = arena_strdup(x->arena, key),
                               .request =
                                   arena_printf(x->arena, "%s %s %s", x->method, x->path, what) };
    return ERR_OK;
}

static void answer_short(struct exchange *x, const struct job *job)
{
    struct jsonw w;

    jsonw_start(&w, &x->out);
    jsonw_object(&w);
    jsonw_key(&w, "job");
    jsonw_object(&w);
    jsonw_key_int(&w, "id", job->id);
    jsonw_key_string(&w, "kind", job->kind);
    jsonw_key_string(&w, "state", job_state_name(job->state));
    jsonw_end(&w);
    jsonw_end(&w);
    str_add_char(&x->out, '\n');
    exchange_header(x, "Location",
                    arena_printf(x->arena,
                                 strcmp(job->kind, "harvest") == 0 ? "/scrape/status?job=%" PRId64
                                                                   : "/process/status/%" PRId64,
                                 job->id));
}

int answer_with_job(struct exchange *x, const struct job_request *request, const char *what,
                    struct error *err)
{
    struct job_once once;
    bool named, existing = false;
    int64_t id = 0;
    struct job job;
    int result = once_read(x, what, &once, &named, err);

    if (result == ERR_OK)
        result = app_job_once(x->store, named ? &once : NULL, request, &id, &existing, err);
    if (result == ERR_OK)
        result = jobs_get(x->store, x->arena, id, &job, err);
    if (result != ERR_OK)
        return result;
    x->subject = arena_printf(x->arena, "job %" PRId64 "%s", id, existing ? ", there already" : "");
    answer_short(x, &job);
    return ERR_OK;
}

/* ---- one ---- */

void job_answer(struct exchange *x, const struct job *job)
{
    struct jsonw w;

    jsonw_start(&w, &x->out);
    jsonw_object(&w);
    jsonw_key(&w, "job");
    job_status_to_json(&w, job);
    jsonw_end(&w);
    str_add_char(&x->out, '\n');
}

int job_read(struct exchange *x, const char *text, const char *const *kinds, struct job *job,
             struct error *err)
{
    long id;
    int result;

    if (!str_to_long(text, 1, LONG_MAX, &id))
        return error_set(err, ERR_NOTFOUND, "there is no job '%.60s'; their ids are 1, 2, 3 ...",
                         text);
    result = jobs_get(x->store, x->arena, id, job, err);
    if (result != ERR_OK || !kinds)
        return result;
    for (; *kinds; kinds++)
        if (strcmp(*kinds, job->kind) == 0)
            return ERR_OK;
    return error_set(err, ERR_NOTFOUND, "job %ld is one of another kind: /jobs/%ld", id, id);
}

/* Its end, or another beginning; then it is told as it is now. */
static int change(struct exchange *x, bool retry, struct error *err)
{
    bool stopping = false;
    struct job job;
    int result;

    x->field = "id";
    result = job_read(x, x->id.ptr, NULL, &job, err);
    if (result != ERR_OK)
        return result;
    x->subject = arena_printf(x->arena, "job %" PRId64, job.id);
    result =
        retry ? jobs_retry(x->store, job.id, err) : jobs_cancel(x->store, job.id, &stopping, err);
    if (result == ERR_FAILED) /* where it stands does not allow it */
        result = ERR_EXISTS;
    if (result == ERR_OK)
        result = jobs_get(x->store, x->arena, job.id, &job, err);
    if (result == ERR_OK)
        job_answer(x, &job);
    return result;
}

int handle_job_cancel(struct exchange *x, struct error *err)
{
    return change(x, false, err);
}

int handle_job_retry(struct exchange *x, struct error *err)
{
    return change(x, true, err);
}

/* ---- lists ---- */

static int write_counts(struct exchange *x, struct jsonw *w, struct error *err)
{
    int64_t counts[JOB_STATES];
    int i, result = jobs_counts(x->store, counts, err);

    if (result != ERR_OK)
        return result;
    jsonw_key(w, "counts");
    jsonw_object(w);
    for (i = 0; i < JOB_STATES; i++)
        jsonw_key_int(w, job_state_name((enum job_state)i), counts[i]);
    jsonw_end(w);
    return ERR_OK;
}

int jobs_answer(struct exchange *x, const struct job_filter *wanted, bool counts, struct error *err)
{
    const char *limit = params_value(x, "limit"), *cursor = params_value(x, "cursor");
    struct job_filter filter = *wanted;
    struct job *jobs;
    size_t count, i, page = limit ? strtoul(limit, NULL, 10) : PAGE;
    struct jsonw w;
    int result;

    filter.limit = page + 1; /* is there more? */
    result = jobs_page(x->store, x->arena, &filter, cursor ? strtoll(cursor, NULL, 10) : 0, &jobs,
                       &count, err);
    jsonw_start(&w, &x->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    if (result == ERR_OK && counts)
        result = write_counts(x, &w, err);
    if (result != ERR_OK)
        return result;
    jsonw_key(&w, "items");
    jsonw_array(&w);
    for (i = 0; i < count && i < page; i++)
        job_to_json(&w, &jobs[i]);
    jsonw_end(&w);
    jsonw_key_string(&w, "next",
                     count > page ? arena_printf(x->arena, "%" PRId64, jobs[page - 1].id) : NULL);
    jsonw_end(&w);
    str_add_char(&x->out, '\n');
    return ERR_OK;
}

int handle_jobs(struct exchange *x, struct error *err)
{
    const char *state = params_value(x, "state");
    struct job_filter filter = { .kind = params_value(x, "kind") };
    enum job_state one;

    if (state && job_state_from(state, &one))
        filter.states = 1u << one;
    return jobs_answer(x, &filter, true, err);
}
