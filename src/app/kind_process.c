/*
 * The job that reads one file into the library, or fetches it first; and the rule that asks for
 * such jobs when papers are marked. What is there already is left alone, so a second run after a
 * crash costs a look.
 */
#include "carrel/kinds.h"

#include "carrel/hash.h"
#include "carrel/jsonw.h"

#include "carrel/works.h"

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

/* What is fetched shows its bytes as progress. */
static void fetch_progress(void *ctx, const struct net_progress *progress)
{
    struct job_run *run = ctx;

    if (progress->received > 0)
        job_progress(run, progress->received / 1024, progress->size / 1024, "KiB");
}

int kind_process(struct job_run *run, struct error *err)
{
    const struct app *app = run->ctx;
    struct document_reader_options options = { .config = app->config, .cancel = run->stop };
    struct fetch_options fetching = { .cancel = run->stop, .progress = fetch_progress, .ctx = run };
    struct keeper *keeper = NULL;
    struct kept kept = { 0 };
    char *file = NULL, *origin = NULL, *what = NULL;
    int result = job_member(run->store, run->arena, run->job->payload, "file", &file, err);

    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "origin", &origin, err);
    if (result == ERR_OK)
        result = job_member(run->store, run->arena, run->job->payload, "fetch", &what, err);
    if (result != ERR_OK)
        return result;
    if (!what && (!file || *file != '/'))
        return error_set(err, ERR_USAGE,
                         "process needs {\"file\":PATH} with a whole path, or {\"fetch\":ID}");
    result = keeper_open(&keeper, app, &options, err);
    if (result == ERR_OK && what)
        result = keeper_fetch(keeper, what, &fetching, false, run->arena, &kept, err);
    else if (result == ERR_OK)
        result =
            keeper_keep(keeper, file, origin ? origin : file, NULL, false, run->arena, &kept, err);
    if (result == ERR_OK)
        result = process_result(run, &kept, err);
    keeper_close(keeper);
    return result;
}

void process_fetch_payload(struct str *payload, struct str *key, const char *what)
{
    struct jsonw w;

    jsonw_start(&w, payload);
    jsonw_object(&w);
    jsonw_key_string(&w, "fetch", what);
    jsonw_end(&w);
    str_printf(key, "fetch:%016" PRIx64, hash64(what, strlen(what), 0));
}

/* ---- by rule ---- */

static int fetch_one(struct store *store, const char *id, int64_t *added, struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    bool existing = false;
    int64_t job;
    int result;

    process_fetch_payload(&payload, &key, id);
    result = app_job_add(
        store, &(struct job_request){ .kind = "process", .payload = payload.ptr, .key = key.ptr },
        &job, &existing, err);
    *added += result == ERR_OK && !existing;
    str_free(&payload);
    str_free(&key);
    return result;
}

static bool rule_names(const struct config *config, const char *mark)
{
    const char *const *values;
    size_t count = config_values(config, "process.fetch", &values), i;

    for (i = 0; i < count; i++)
        if (strcmp(values[i], mark) == 0)
            return true;
    return false;
}

int process_marked(const struct app *app, struct store *store, const char *mark, char **ids,
                   size_t count, int64_t *added, struct error *err)
{
    struct arena *arena;
    size_t i;
    int result = ERR_OK;

    *added = 0;
    if (!rule_names(app->config, mark))
        return ERR_OK;
    arena = arena_new();
    for (i = 0; i < count && result == ERR_OK; i++) {
        struct stored_document pdf;
        struct work_full work;
        int64_t id;

        result = works_find(store, &id, ids[i], err);
        if (result == ERR_OK)
            result = works_full(store, arena, id, &work, err);
        if (result != ERR_OK)
            break;
        result = keep_pdf_of(&pdf, store, arena, id, err);
        if (result != ERR_NOTFOUND)
            continue;
        result = ERR_OK;
        if (str_starts(work.row.key, "arxiv:") || work.record.pdf_url)
            result = fetch_one(store, work.row.key, added, err);
    }
    arena_free(arena);
    return result;
}
