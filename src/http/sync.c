/*
 * What another machine's carrel exchanges with this one: GET gives pages behind a cursor, POST
 * takes one (carrel/sync.h).
 */
#include "internal.h"

#include "carrel/sync.h"

#include <inttypes.h>
#include <string.h>

int handle_changes(struct exchange *x, struct error *err)
{
    const char *since = params_value(x, "since"), *limit = params_value(x, "limit");
    struct sync_wish wish = { .limit = limit ? (size_t)strtoul(limit, NULL, 10) : SYNC_LIMIT };
    struct sync_page page;

    if (!sync_cursor_parse(&wish.after, since ? since : "")) {
        x->field = "since";
        return error_set(err, ERR_PARSE, "it is no cursor: give the \"next\" of an earlier page");
    }
    x->media = "application/x-ndjson";
    return sync_page_write(&page, &x->out, x->store, &wish, err);
}

/* As it was sent: packed, or plain. */
static int page_body(struct exchange *x, struct str *plain, struct error *err)
{
    const char *coding = request_header(x, "Content-Encoding");

    if (!coding || str_ieq(coding, "identity")) {
        str_add_mem(plain, x->body.ptr, x->body.len);
        return ERR_OK;
    }
    return sync_gunzip(plain, x->body.ptr, x->body.len, SYNC_BYTES_MAX, err);
}

static void write_answer(struct exchange *x, const struct sync_answer *answer)
{
    struct str subject = STR_INIT;
    struct jsonw w;

    jsonw_start(&w, &x->out);
    jsonw_object(&w);
    jsonw_key_int(&w, "version", 1);
    jsonw_key_string(&w, "before", answer->before);
    jsonw_key_string(&w, "after", answer->after);
    jsonw_key_bool(&w, "plain", answer->plain);
    jsonw_key_int(&w, "added", answer->added);
    jsonw_key_int(&w, "updated", answer->updated);
    jsonw_key_int(&w, "taken", answer->taken);
    jsonw_key_int(&w, "refused", answer->refused);
    jsonw_key_int(&w, "ahead", answer->ahead);
    jsonw_key_string(&w, "told", *answer->told ? answer->told : NULL);
    jsonw_end(&w);
    str_add_char(&x->out, '\n');
    str_add_count(&subject, answer->added + answer->updated, "paper");
    str_add(&subject, ", ");
    str_add_count(&subject, answer->taken, "operation");
    x->subject = arena_strdup(x->arena, subject.ptr);
    str_free(&subject);
}

int handle_changes_post(struct exchange *x, struct error *err)
{
    struct sync_answer answer;
    struct str plain = STR_INIT;
    int result = page_body(x, &plain, err);

    if (result == ERR_OK)
        result = sync_take(&answer, x->store, plain.ptr, plain.len, err);
    if (result == ERR_OK)
        write_answer(x, &answer);
    else if (result == ERR_VERSION)
        exchange_error(x, 409, "conflict", NULL, "%s", err->message);
    str_free(&plain);
    return result;
}
