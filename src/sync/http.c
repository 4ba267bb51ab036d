/*
 * An exchange with a service: GET /sync/changes page by page until it has no more, then POST of
 * what it has not, packed both ways. What its answers to POST say of its cursor spares reading the
 * same back.
 */
#include "internal.h"

#include "carrel/net.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 8 /* of taking and giving; two are the rule, since what is taken may decide anew */
#define DEADLINE_MS 120000
#define ANSWER_MAX 65536 /* bytes of what is said of a page that was taken */

static int ask(struct exchange *x, struct net_request *request, struct net_answer *answer,
               struct error *err)
{
    char *name = mem_printf("peer %s", x->peer->name);
    const struct net_origin origin = { .name = name };
    const char *headers[2];
    int result;

    request->origin = &origin;
    request->note = (struct net_note){ .source = "peer", .purpose = "changes" };
    request->headers = headers;
    if (x->peer->token)
        headers[request->header_count++] = x->peer->token;
    if (request->body)
        headers[request->header_count++] = "Content-Encoding: gzip";
    request->expect = NET_JSON;
    request->max_bytes = request->body ? ANSWER_MAX : SYNC_BYTES_MAX;
    request->deadline_ms = DEADLINE_MS;
    request->redirects = -1;
    request->forgiving = true;
    request->cancel = x->peer->cancel;
    result = net_send(x->peer->client, request, answer, err);
    x->totals->bytes_got += answer->bytes;
    if (result != ERR_OK && result != ERR_CANCELLED)
        http_words(x, answer, result, err);
    free(name);
    return result;
}

/* ---- taking ---- */

static int got_save(struct exchange *x, void *ctx, struct error *err)
{
    (void)err;
    sync_cursor_print(x->state.got, ctx);
    return ERR_OK;
}

/* It begins anew with us: it is another machine now, or was set back. What it had of ours it may
 * have lost with the rest, so all of ours goes to it again. */
static void note_beginning(struct exchange *x, const struct sync_pack *pack)
{
    char cursor[PEER_CURSOR_MAX];

    sync_cursor_print(cursor, &pack->cursor);
    if (strcmp(cursor, x->state.got) != 0) {
        x->state.sent[0] = '\0';
        x->came_len = 0;
    }
}

static int pull_page(struct exchange *x, struct arena *arena, bool *more, struct error *err)
{
    struct net_answer answer = { 0 };
    struct sync_pack pack;
    char *url = arena_printf(arena, "%s/sync/changes?since=%s&limit=%zu", x->peer->url,
                             x->state.got, x->peer->limit ? x->peer->limit : SYNC_LIMIT);
    struct net_request request = { .url = url };
    int result = ask(x, &request, &answer, err);

    if (result == ERR_OK)
        result = sync_pack_read(&pack, arena, answer.body.ptr, answer.body.len, err);
    if (result == ERR_OK)
        note_beginning(x, &pack);
    if (result == ERR_OK && (pack.record_count > 0 || pack.op_count > 0))
        result = exchange_take(x, &pack, got_save, &pack.next, err);
    else if (result == ERR_OK)
        sync_cursor_print(x->state.got, &pack.next);
    *more = result == ERR_OK && pack.more;
    if (*more && sync_cursor_same(&pack.next, &pack.cursor))
        result = error_set(err, ERR_PARSE, "%s says that there is more, but does not go on",
                           x->peer->url);
    net_answer_free(&answer);
    return result;
}

static int pull(struct exchange *x, struct error *err)
{
    struct arena *arena = arena_new();
    bool more = true;
    int result = ERR_OK;

    while (result == ERR_OK && more) {
        arena_reset(arena);
        result = exchange_step(x, "receiving", err);
        if (result == ERR_OK)
            result = pull_page(x, arena, &more, err);
    }
    arena_free(arena);
    return result;
}

/* ---- giving ---- */

/* Where it stood before this and stands now; *plain: nothing but what we sent has changed there. */
static int answer_read(struct exchange *x, const struct net_answer *answer, bool *behind,
                       struct error *err)
{
    json_error_t why;
    json_t *json = json_loadb(answer->body.ptr, answer->body.len, JSON_REJECT_DUPLICATES, &why);
    const char *before = json_string_value(json_object_get(json, "before"));
    const char *after = json_string_value(json_object_get(json, "after"));
    const char *told = json_string_value(json_object_get(json, "told"));
    struct sync_cursor cursor;
    int64_t refused = json_integer_value(json_object_get(json, "refused"));
    int result = ERR_OK;

    if (!before || !after || !sync_cursor_parse(&cursor, after))
        result = error_set(err, ERR_PARSE, "%s does not say how it has taken a page", x->peer->url);
    if (result == ERR_OK && strcmp(before, x->state.got) == 0
        && json_is_true(json_object_get(json, "plain")))
        sync_cursor_print(x->state.got, &cursor);
    if (result == ERR_OK)
        *behind = strcmp(after, x->state.got) != 0;
    if (result == ERR_OK && refused > 0)
        exchange_tell(x, "it refused %lld of ours, first %.200s", (long long)refused,
                      told ? told : "of which it says nothing");
    json_decref(json);
    return result;
}

/* *behind (bool): the peer has come to something that we have not. */
static int push_page(struct exchange *x, void *behind, const struct sync_page *page,
                     const struct str *bytes, struct error *err)
{
    struct net_answer answer = { 0 };
    struct str packed = STR_INIT;
    char *url = mem_printf("%s/sync/changes", x->peer->url);
    struct net_request request = { .url = url, .body_type = "application/x-ndjson" };
    int result;

    sync_gzip(&packed, bytes->ptr, bytes->len);
    request.body = packed.ptr;
    request.body_len = packed.len;
    result = ask(x, &request, &answer, err);
    if (result == ERR_OK)
        result = answer_read(x, &answer, behind, err);
    if (result == ERR_OK) {
        exchange_given(x, page, packed.len);
        result = exchange_save(x, err);
    }
    net_answer_free(&answer);
    str_free(&packed);
    free(url);
    return result;
}

/* What it says that we do not know yet waits; what we say it can have. */
int http_exchange(struct exchange *x, struct error *err)
{
    bool behind = true;
    int round, result = ERR_OK, pushed = ERR_OK;

    for (round = 0; round < ROUNDS && behind && result == ERR_OK; round++) {
        result = pull(x, err);
        behind = false;
        if (result == ERR_OK)
            result = exchange_give(x, push_page, &behind, err);
        else if (result == ERR_VERSION)
            pushed = exchange_give(x, push_page, &behind, NULL);
    }
    if (pushed != ERR_OK)
        error_context(err, "what is ours could not be given, either");
    return result;
}
