/*
 * The job that reads one file into the library. What is there already is left alone, so a second
 * run after a crash costs a look.
 */
#include "carrel/kinds.h"

#include "carrel/hash.h"
#include "carrel/jsonw.h"

#include "keep.h"

#include <inttypes.h>
#include <string.h>

void process_request_payload(struct str *payload, struct str *key, const char *path,
                             const char *origin)
{
    struct jsonw w;

    jsonw_start(&w, payload);
    jsonw_object(&w);
    jsonw_key_string(&w, "file", path);
    if (strcmp(path, origin) != 0)
        jsonw_key_string(&w, "origin", origin);
    jsonw_end(&w);
    str_printf(key, "process:%016" PRIx64, hash64(path, strlen(path), 0));
}

static int process_result(struct job_run *run, const struct kept *kept, struct error *err)
{
    struct jsonw w;

    jsonw_start(&w, &run->result);
    jsonw_object(&w);
    jsonw_key_string(&w, "id", kept->name);
    jsonw_key_string(&w, "state", kept->state);
    jsonw_key_string(&w, "work", *kept->work ? kept->work : NULL);
    jsonw_key_int(&w, "pages", kept->pages);
    jsonw_key_int(&w, "chars", kept->chars);
    jsonw_end(&w);
    job_progress(run, kept->pages, kept->pages, "pages");
    return kept->text ? ERR_OK
                      : error_set(err, ERR_PARTIAL, "%s: %s", kept->state,
                                  *kept->message ? kept->message : "no text");
}

int kind_process(struct job_run *run, struct error *err)
{
    const struct app *app = run->ctx;
    struct document_reader_options options = { .config = app->config, .cancel = run->stop };
    struct keeper *keeper = NULL;
    struct kept kept = { 0 };
    char *file = NULL, *origin = NULL;
    int result = job_member(run->store, run->arena, run->job->payload, "file", &file, err);

    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "origin", &origin, err);
    if (result != ERR_OK)
        return result;
    if (!file || *file != '/')
        return error_set(err, ERR_USAGE, "process needs {\"file\":PATH} with a whole path");
    result = keeper_open(&keeper, app, &options, err);
    if (result == ERR_OK)
        result = keeper_keep(keeper, file, origin ? origin : file, false, run->arena, &kept, err);
    if (result == ERR_OK)
        result = process_result(run, &kept, err);
    keeper_close(keeper);
    return result;
}
