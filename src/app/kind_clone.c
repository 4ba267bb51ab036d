/*
 * The job that clones a repository, or fetches what is new of it. A clone that was broken off
 * begins again; what it has brought into the library before stays.
 */
#include "carrel/kinds.h"

#include "clone.h"

#include "carrel/jsonw.h"

#include <string.h>

static void clone_progress(void *ctx, const char *state, int64_t done, int64_t total,
                           const char *unit)
{
    (void)state;
    if (*unit)
        job_progress(ctx, done, total, unit);
}

int kind_clone(struct job_run *run, struct error *err)
{
    struct clone_options options = { .cancel = run->stop, .progress = clone_progress, .ctx = run };
    struct cloned cloned;
    struct jsonw w;
    char *what = NULL, *as = NULL, *outside = NULL;
    bool guarded = false;
    int result = job_member(run->store, run->arena, run->job->payload, "fetch", &what, err);

    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "as", &as, err);
    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "outside", &outside, err);
    if (result == ERR_OK)
        result = job_is_guarded(run, &guarded, err);
    options.outside = outside && strcmp(outside, "0") != 0;
    options.private = !guarded;
    if (result != ERR_OK)
        return result;
    if (!what || !*what)
        return error_set(err, ERR_USAGE, "clone needs {\"fetch\":ADDRESS}");
    options.as = as && *as ? as : NULL;
    result = clone_repository(run->ctx, run->arena, what, &options, &cloned, err);
    if (result != ERR_OK)
        return result;
    jsonw_start(&w, &run->result);
    jsonw_object(&w);
    jsonw_key_string(&w, "id", arena_printf(run->arena, "repo:%s", cloned.key));
    jsonw_key_bool(&w, "cloned", cloned.cloned);
    jsonw_key_bool(&w, "changed", cloned.changed);
    jsonw_key_int(&w, "bytes", cloned.bytes);
    jsonw_key_int(&w, "files", cloned.indexed);
    jsonw_end(&w);
    return ERR_OK;
}
