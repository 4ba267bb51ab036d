/*
 * The job that reads one file into the library, or fetches it first; and the rule that asks for
 * such jobs when papers are marked. What is there already is left alone, so a second run after a
 * crash costs a look.
 */
#include "carrel/kinds.h"

#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/jsonw.h"
#include "carrel/uploads.h"
#include "carrel/works.h"

#include "keep.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

struct process_members {
    char *file, *origin, *fetch, *upload, *title;
};

static int read_members(struct job_run *run, struct process_members *out, struct error *err)
{
    const struct {
        const char *name;
        char **text;
    } members[] = { { "file", &out->file },
                    { "origin", &out->origin },
                    { "fetch", &out->fetch },
                    { "upload", &out->upload },
                    { "title", &out->title } };
    size_t i;
    int result = ERR_OK;

    for (i = 0; i < ARRAY_LEN(members) && result == ERR_OK; i++)
        result = job_member(run->store, run->arena, run->job->payload, members[i].name,
                            members[i].text, err);
    if (result == ERR_OK && !out->fetch && !out->upload && (!out->file || *out->file != '/'))
        result = error_set(err, ERR_USAGE,
                           "process needs {\"file\":PATH} with a whole path, {\"fetch\":ID} or "
                           "{\"upload\":NAME}");
    return result;
}

/* What was uploaded goes when it has been read. One that is gone already was read by a run that did
 * not come to its end: then it lies in its place by its hash. */
static int process_upload(struct job_run *run, struct keeper *keeper,
                          const struct process_members *wish, struct kept *kept, struct error *err)
{
    char *path = upload_path(run->ctx, wish->upload), *place = NULL;
    int result;

    if (!path)
        return error_set(err, ERR_USAGE, "\"upload\" is no name of a file that was sent: %.80s",
                         wish->upload);
    if (!file_exists(path))
        place = documents_path(run->store, arena_strndup(run->arena, wish->upload, 64));
    keeper_title(keeper, wish->title);
    result = keeper_keep(keeper, place ? place : path, wish->origin ? wish->origin : wish->upload,
                         NULL, false, run->arena, kept, err);
    if (result == ERR_OK)
        unlink(path);
    free(path);
    free(place);
    return result;
}

static int process_wanted(struct job_run *run, struct keeper *keeper,
                          const struct process_members *wish, struct kept *kept, struct error *err)
{
    struct fetch_options fetching = { .cancel = run->stop, .progress = fetch_progress, .ctx = run };
    int result = job_is_guarded(run, &fetching.public_only, err);

    if (result != ERR_OK)
        return result;
    if (wish->fetch)
        return keeper_fetch(keeper, wish->fetch, &fetching, false, run->arena, kept, err);
    if (wish->upload)
        return process_upload(run, keeper, wish, kept, err);
    return keeper_keep(keeper, wish->file, wish->origin ? wish->origin : wish->file, NULL, false,
                       run->arena, kept, err);
}

int kind_process(struct job_run *run, struct error *err)
{
    const struct app *app = run->ctx;
    struct document_reader_options options = { .config = app->config, .cancel = run->stop };
    struct process_members wish = { 0 };
    struct keeper *keeper = NULL;
    struct kept kept = { 0 };
    int result = read_members(run, &wish, err);

    if (result != ERR_OK)
        return result;
    result = keeper_open(&keeper, app, &options, err);
    if (result == ERR_OK)
        result = process_wanted(run, keeper, &wish, &kept, err);
    if (result == ERR_OK)
        result = process_result(run, &kept, err);
    keeper_close(keeper);
    return result;
}

/* ---- asked for by the service ---- */

void app_process_request(struct job_request *request, struct str *payload, struct str *key,
                         const struct process_wish *wish)
{
    struct jsonw w;

    jsonw_start(&w, payload);
    jsonw_object(&w);
    if (wish->fetch) {
        jsonw_key_string(&w, "fetch", wish->fetch);
        str_printf(key, "fetch:%016" PRIx64, hash64(wish->fetch, strlen(wish->fetch), 1));
    } else {
        jsonw_key_string(&w, "upload", wish->upload);
        jsonw_key_string(&w, "origin", wish->origin);
        upload_key(key, wish->upload);
    }
    if (wish->title)
        jsonw_key_string(&w, "title", wish->title);
    jsonw_key_bool(&w, "outside", true);
    jsonw_end(&w);
    *request = (struct job_request){ .kind = "process",
                                     .payload = payload->ptr,
                                     .key = key->ptr,
                                     .priority = wish->upload ? JOB_AWAITED : JOB_ASKED };
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
