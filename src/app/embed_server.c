/*
 * Talking to an embedding server: one request a batch, tried again and paced by net; a refused
 * token or a wrong answer ends it with the server's own words.
 */
#include "embed_server.h"

#include "carrel/embed_api.h"
#include "carrel/file.h"
#include "carrel/hash.h"
#include "carrel/ledger.h"
#include "carrel/net.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX (64u << 20)
#define QUERY_MS 5000 /* longest wait for the vector of a query */
#define ORIGIN "embedding"

struct embed_server {
    struct net *net;
    struct net_client *client;
    struct store *store;
    const atomic_bool *cancel;
    char *url, *model, *header; /* header: the token's, NULL without one */
    int64_t requests, tokens;
    size_t count; /* texts of the request that is under way */
    bool hasty;   /* somebody waits before the screen */
};

int embed_server_open(struct embed_server **out, const struct app *app, struct store *store,
                      const atomic_bool *cancel, struct error *err)
{
    const char *url = config_text(app->config, "embedding.url");
    const char *model = config_text(app->config, "embedding.model");
    struct net_options options = { .version = CARREL_VERSION,
                                   .ca_file = config_text(app->config, "net.ca-file") };
    struct embed_server *server;
    struct str address = STR_INIT;
    int result;

    *out = NULL;
    if (!url)
        return ERR_OK;
    if (!model)
        return error_set(err, ERR_USAGE, "embedding.url is set, but not embedding.model");
    server = mem_zalloc(sizeof *server);
    embed_api_url(&address, url);
    server->url = str_take(&address);
    server->model = mem_strdup(model);
    server->store = store;
    server->cancel = cancel;
    result = net_bearer(&server->header, config_text(app->config, "embedding.token-file"), err);
    server->net = net_new(&options);
    server->client = net_client_new(server->net, ledger_table(), store);
    if (result != ERR_OK)
        embed_server_free(server);
    else
        *out = server;
    return result;
}

void embed_server_free(struct embed_server *server)
{
    if (!server)
        return;
    net_client_free(server->client);
    net_free(server->net);
    free(server->url);
    free(server->model);
    free(server->header);
    free(server);
}

void embed_server_cost(const struct embed_server *server, int64_t *requests, int64_t *tokens)
{
    *requests = server->requests;
    *tokens = server->tokens;
}

/* net asks before it takes an answer for good: a broken one is tried again. Another dimension than
 * before is no accident, and is told when it comes. */
static int server_check(void *ctx, const struct net_answer *answer, struct error *err)
{
    struct embed_server *server = ctx;
    struct embed_api_answer parsed;
    int result =
        embed_api_parse(&parsed, answer->body.ptr, answer->body.len, server->count, 0, err);

    if (result == ERR_OK)
        free(parsed.vectors);
    return result;
}

static int server_ask(struct embed_server *server, const char *const *texts, size_t count,
                      size_t dim, struct embed_api_answer *out, struct error *err)
{
    static const struct net_origin origin = { .name = ORIGIN, .connections = 2 };
    const char *const headers[] = { server->header };
    struct net_answer answer = { 0 };
    struct str body = STR_INIT;
    struct net_request request = { .origin = &origin,
                                   .note = { .source = "embedding", .purpose = server->model },
                                   .url = server->url,
                                   .headers = headers,
                                   .header_count = server->header ? 1 : 0,
                                   .body_type = "application/json",
                                   .expect = NET_JSON,
                                   .max_bytes = ANSWER_MAX,
                                   .redirects = -1,
                                   .check = server_check,
                                   .ctx = server,
                                   .cancel = server->cancel };
    int result;

    server->count = count;
    if (server->hasty) {
        request.tries = 2;
        request.deadline_ms = QUERY_MS;
        request.patience_ms = QUERY_MS;
    }
    embed_api_request(&body, server->model, texts, count);
    request.body = body.ptr;
    request.body_len = body.len;
    result = net_send(server->client, &request, &answer, err);
    server->requests += answer.tries;
    if (result == ERR_OK
        && (result = embed_api_parse(out, answer.body.ptr, answer.body.len, count, dim, err))
               != ERR_OK)
        error_context(err, "%s", server->url);
    if (result == ERR_OK)
        server->tokens += out->tokens;
    net_answer_free(&answer);
    str_free(&body);
    return result;
}

int embed_server_texts(void *ctx, const char *const *texts, size_t count, float *vectors,
                       size_t dim, struct error *err)
{
    struct embed_api_answer answer;
    int result = server_ask(ctx, texts, count, dim, &answer, err);

    if (result != ERR_OK)
        return result;
    memcpy(vectors, answer.vectors, count * dim * sizeof *vectors);
    free(answer.vectors);
    return ERR_OK;
}

/* The same server and model give vectors that can be compared. */
static uint64_t server_content(const struct embed_server *server)
{
    return hash64(server->model, strlen(server->model),
                  hash64(server->url, strlen(server->url), 0));
}

int embed_server_model(struct embed_server *server, struct vectors_model *out, struct error *err)
{
    static const char *const probe[] = { "carrel" };
    struct vectors_model known[2];
    struct embed_api_answer answer;
    uint64_t content = server_content(server);
    int i, result = vectors_models(server->store, &known[0], &known[1], err);

    ledger_lift(server->store, ORIGIN, NULL); /* refused before: the token may be another now */
    for (i = 0; i < 2 && result == ERR_OK; i++) {
        if (known[i].slot < 0 || known[i].kind != VECTORS_SERVER || known[i].content != content)
            continue;
        *out = known[i];
        return ERR_OK;
    }
    if (result == ERR_OK)
        result = server_ask(server, probe, 1, 0, &answer, err);
    if (result != ERR_OK)
        return result;
    free(answer.vectors);
    *out = (struct vectors_model){
        .slot = -1, .kind = VECTORS_SERVER, .content = content, .dim = (int)answer.dim
    };
    strncpy(out->name, server->model, sizeof out->name - 1);
    return ERR_OK;
}

/* The words of a query, when a server's vectors serve. */
static int server_query(void *ctx, struct store *store, const atomic_bool *cancel, const char *text,
                        float *out, size_t dim, struct error *err)
{
    struct vectors_model serving, next;
    struct embed_server *server;
    int result = embed_server_open(&server, ctx, store, cancel, err);

    if (result == ERR_OK)
        result = vectors_models(store, &serving, &next, err);
    if (result == ERR_OK && (!server || serving.content != server_content(server)))
        result = error_set(err, ERR_REFUSED, "the vectors are those of another server");
    if (result == ERR_OK) {
        server->hasty = true;
        result = embed_server_texts(server, &text, 1, out, dim, err);
    }
    embed_server_free(server);
    return result;
}

void embed_server_for_queries(struct store *store, struct app *app)
{
    vectors_set_embedder(store, server_query, app);
}
