/*
 * Documents, repositories and texts handed in over HTTP: each becomes a job. Addresses are looked
 * at here, so that a bad one is told at once; what they lead to is looked at by whoever asks them.
 */
#include "jobs.h"

#include "carrel/kinds.h"
#include "carrel/net.h"
#include "carrel/record.h"
#include "carrel/uploads.h"
#include "carrel/works.h"

#include <string.h>

static const char *const kinds[] = { "process", "clone", NULL };

/* An address that somebody sent, in the member `field`. */
static int address_of(struct exchange *x, const char *field, const char *url, struct error *err)
{
    x->field = field;
    if (config_bool(x->server->app->config, "serve.allow-private"))
        return ERR_OK;
    return net_check_public(url, err);
}

/* An id that the library knows, or one of arXiv's; as the library writes it. */
static int paper_of(struct exchange *x, const char *text, const char **id, struct error *err)
{
    struct arena *arena = x->arena;
    struct str name = STR_INIT;
    struct work_row row = { 0 };
    struct ident ident;
    int64_t work;
    int result;

    x->field = "id";
    result = works_find(x->store, &work, text, err);
    if (result == ERR_OK)
        result = works_rows(x->store, arena, &work, 1, &row, err);
    if (result == ERR_NOTFOUND && ident_parse(&ident, text) && ident.scheme == ID_ARXIV) {
        ident_print(&name, &ident);
        *id = arena_strdup(arena, name.ptr);
        result = ERR_OK;
    } else if (result == ERR_OK) {
        *id = row.key;
    }
    str_free(&name);
    return result;
}

static int hand_over(struct exchange *x, const struct process_wish *wish, const char *what,
                     struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    int result;

    x->field = NULL;
    app_process_request(&request, &payload, &key, wish);
    result = answer_with_job(x, &request, what, err);
    str_free(&payload);
    str_free(&key);
    return result;
}

static int process_incoming(struct exchange *x, struct error *err)
{
    struct process_wish wish = { 0 };
    const char *sha256 = NULL;
    int result;

    x->field = "body";
    result = incoming_end(x, &wish.upload, &wish.origin, &sha256, err);
    return result == ERR_OK ? hand_over(x, &wish, sha256, err) : result;
}

int handle_process_pdf(struct exchange *x, struct error *err)
{
    struct process_wish wish = { 0 };
    const char *url, *id;
    int result;

    if (x->incoming)
        return process_incoming(x, err);
    result = body_read(x, err);
    if (result != ERR_OK)
        return result;
    url = body_text(x->json, "url");
    id = body_text(x->json, "id");
    if (!url == !id) {
        x->field = url ? "id" : "url";
        return error_set(err, ERR_PARSE, "one of url and id");
    }
    wish.fetch = url;
    result = url ? address_of(x, "url", url, err) : paper_of(x, id, &wish.fetch, err);
    return result == ERR_OK ? hand_over(x, &wish, NULL, err) : result;
}

/* Over HTTP no folder, no file:// and no ssh: body_read has let http and https through alone. */
int handle_process_github(struct exchange *x, struct error *err)
{
    struct str payload = STR_INIT, key = STR_INIT;
    struct job_request request;
    const char *url;
    int result = body_read(x, err);

    if (result != ERR_OK)
        return result;
    url = body_text(x->json, "url");
    result = address_of(x, "url", url, err);
    if (result == ERR_OK)
        result = app_clone_request(&request, &payload, &key, url, err);
    if (result == ERR_OK) {
        x->field = NULL;
        request.priority = JOB_ASKED;
        result = answer_with_job(x, &request, NULL, err);
    }
    str_free(&payload);
    str_free(&key);
    return result;
}

/* The text as a file, since it may be too long for a job's payload. */
static int text_to_file(struct exchange *x, const char *text, struct upload **out,
                        struct error *err)
{
    size_t len = strlen(text);
    int result = upload_begin(out, x->server->app, ".txt", (int64_t)len, err);

    if (result == ERR_OK)
        result = upload_add(*out, text, len, err);
    return result == ERR_OK ? upload_end(*out, err) : result;
}

static int check_text(struct exchange *x, const char *text, struct error *err)
{
    x->field = "text";
    return text[strspn(text, " \t\r\n")] ? ERR_OK
                                         : error_set(err, ERR_PARSE, "there are only blanks in it");
}

int handle_process_text(struct exchange *x, struct error *err)
{
    struct process_wish wish = { 0 };
    struct upload *upload = NULL;
    const char *url;
    int result = body_read(x, err);

    if (result != ERR_OK)
        return result;
    url = body_text(x->json, "url");
    if (url)
        result = address_of(x, "url", url, err);
    if (result == ERR_OK)
        result = check_text(x, body_text(x->json, "text"), err);
    if (result == ERR_OK)
        result = text_to_file(x, body_text(x->json, "text"), &upload, err);
    if (result == ERR_OK) {
        wish.upload = upload_name(upload);
        wish.title = body_text(x->json, "title");
        wish.origin = url ? url : wish.title ? wish.title : "text";
        result = hand_over(x, &wish, NULL, err);
    }
    upload_free(upload);
    return result;
}

int handle_process_status(struct exchange *x, struct error *err)
{
    struct job job;
    int result;

    x->field = "id";
    result = job_read(x, x->id.ptr, kinds, &job, err);
    if (result == ERR_OK)
        job_answer(x, &job);
    return result;
}
