/*
 * Documents as bodies: application/pdf as it comes, or the one file of a form. They go to a file
 * piece by piece (uploads.h), and are looked at before a job is made of them.
 */
#include "internal.h"

#include "carrel/file.h"
#include "carrel/uploads.h"
#include "carrel/utf8.h"

#include <stdlib.h>
#include <string.h>

#define FORM_BUFFER 32768
#define HEAD 1024 /* a PDF says what it is within these bytes */
#define CALLED_MAX 200

struct incoming {
    struct upload *upload;
    struct MHD_PostProcessor *form; /* NULL: the body is the document */
    char head[HEAD];
    size_t head_len;
    char *called;
    int files;
    int result; /* of the first thing that went wrong */
    struct error err;
};

int64_t incoming_limit(const struct exchange *x)
{
    return config_int(x->server->app->config, "serve.upload-limit");
}

static void go_wrong(struct incoming *in, int result)
{
    if (in->result == ERR_OK)
        in->result = result;
}

static void take_bytes(struct incoming *in, const char *bytes, size_t len)
{
    size_t room = HEAD - in->head_len, head = len < room ? len : room;
    struct error err = { 0 };
    int result;

    if (in->result != ERR_OK || len == 0)
        return;
    memcpy(in->head + in->head_len, bytes, head);
    in->head_len += head;
    result = upload_add(in->upload, bytes, len, &err);
    if (result != ERR_OK) {
        in->err = err;
        go_wrong(in, result);
    }
}

/* What the sender calls it: the last part of a path, fit to be shown. */
static char *clean_name(const char *name)
{
    struct str out = STR_INIT;
    const char *at;

    for (at = name; *at; at++)
        if (*at == '/' || *at == '\\')
            name = at + 1;
    utf8_squeeze(&out, name, strnlen(name, CALLED_MAX));
    return out.ptr && out.len > 0 ? out.ptr : NULL;
}

/* A piece of a member of the form. */
static enum MHD_Result on_form(void *ctx, enum MHD_ValueKind kind, const char *key,
                               const char *filename, const char *type, const char *coding,
                               const char *bytes, uint64_t offset, size_t len)
{
    struct incoming *in = ctx;

    (void)kind;
    (void)type;
    (void)coding;
    if (!filename) {
        go_wrong(in, error_set(&in->err, ERR_PARSE, "the form's '%.60s' is no file", key));
        return MHD_YES;
    }
    if (offset == 0 && ++in->files > 1) {
        go_wrong(in, error_set(&in->err, ERR_PARSE, "a form with one file, not with several"));
        return MHD_YES;
    }
    if (!in->called)
        in->called = clean_name(filename);
    take_bytes(in, bytes, len);
    return MHD_YES;
}

bool incoming_begin(struct exchange *x)
{
    bool form = body_is(x, "multipart/form-data");
    struct incoming *in;
    struct error err = { 0 };
    int result;

    if (!(x->route->flags & ROUTE_STREAMS) || (!form && !body_is(x, "application/pdf")))
        return false;
    in = x->incoming = mem_zalloc(sizeof *in);
    result = upload_begin(&in->upload, x->server->app, ".pdf", incoming_limit(x), &err);
    if (result == ERR_OK && form) {
        in->form = MHD_create_post_processor(x->connection, FORM_BUFFER, on_form, in);
        if (!in->form)
            result = error_set(&err, ERR_PARSE, "the form's boundary is missing");
    }
    if (result != ERR_OK)
        exchange_failed(x, result, &err);
    return result == ERR_OK;
}

void incoming_take(struct exchange *x, const void *bytes, size_t len)
{
    struct incoming *in = x->incoming;

    if (!in->form)
        take_bytes(in, bytes, len);
    else if (MHD_post_process(in->form, bytes, len) == MHD_NO && in->result == ERR_OK)
        go_wrong(in, error_set(&in->err, ERR_PARSE, "the form is broken"));
}

static bool is_pdf(const struct incoming *in)
{
    return memmem(in->head, in->head_len, "%PDF-", 5) != NULL;
}

int incoming_end(struct exchange *x, const char **name, const char **called, const char **sha256,
                 struct error *err)
{
    struct incoming *in = x->incoming;

    if (in->form) {
        if (MHD_destroy_post_processor(in->form) == MHD_NO && in->result == ERR_OK)
            go_wrong(in, error_set(&in->err, ERR_PARSE, "the form is cut short"));
        in->form = NULL;
        if (in->result == ERR_OK && in->files == 0)
            go_wrong(in, error_set(&in->err, ERR_PARSE, "the form has no file in it"));
    }
    if (in->result == ERR_OK && !is_pdf(in))
        go_wrong(in, error_set(&in->err, ERR_PARSE, "what was sent is no PDF"));
    if (in->result != ERR_OK)
        return error_set(err, in->result, "%s", in->err.message);
    in->result = upload_end(in->upload, err);
    *name = upload_name(in->upload);
    *sha256 = upload_sha256(in->upload);
    *called = in->called ? in->called : "upload.pdf";
    return in->result;
}

void incoming_free(struct incoming *incoming)
{
    if (!incoming)
        return;
    if (incoming->form)
        MHD_destroy_post_processor(incoming->form);
    upload_free(incoming->upload);
    free(incoming->called);
    free(incoming);
}
