/*
 * health: asks a running service whether it is alive and ready, for containers, timers and people.
 *
 * It needs no library, so that it answers where the disk is full or read-only: its one request has
 * no budget and is not written down.
 */
#include "commands.h"

#include "carrel/net.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define DEADLINE_MS 5000
#define ANSWER_MAX 65536

/* ---- where it is ---- */

const char *call_serve_address(struct command_call *call, const char *listen)
{
    const char *port = getenv("PORT");

    if (listen)
        return listen;
    return port && *port ? arena_printf(call->arena, "0.0.0.0:%s", port)
                         : config_text(call->app->config, "serve.listen");
}

/* Who listens at every address can be asked at this machine's own. */
static const char *health_here(struct command_call *call)
{
    static const struct {
        const char *every, *own;
    } hosts[] = { { "0.0.0.0:", "127.0.0.1:" }, { "[::]:", "[::1]:" } };
    const char *tls = config_text(call->app->config, "serve.tls-certificate-file");
    const char *listen = call_serve_address(call, NULL), *host = "";
    size_t i;

    for (i = 0; i < ARRAY_LEN(hosts); i++) {
        if (str_starts(listen, hosts[i].every)) {
            host = hosts[i].own;
            listen += strlen(hosts[i].every);
        }
    }
    return arena_printf(call->arena, "http%s://%s%s", tls ? "s" : "", host, listen);
}

static int health_base(const char **out, struct command_call *call, struct error *err)
{
    char *base;
    size_t len;

    if (call->argc == 0) {
        *out = health_here(call);
        return ERR_OK;
    }
    base = arena_strdup(call->arena, call->argv[0]);
    if (!str_istarts(base, "http://") && !str_istarts(base, "https://"))
        return error_set(err, ERR_USAGE, "%.200s is no address: http://HOST:PORT, or https://...",
                         base);
    for (len = strlen(base); len > 0 && base[len - 1] == '/'; len--)
        base[len - 1] = '\0';
    *out = base;
    return ERR_OK;
}

/* ---- asking ---- */

static int health_ask(struct command_call *call, const char *base, struct net_answer *answer,
                      struct error *err)
{
    const struct net_origin origin = { .name = base };
    const char *check = call_has(call, "--live") ? "live" : "ready";
    const struct net_request request = {
        .origin = &origin,
        .note = { .source = "health" },
        .url = arena_printf(call->arena, "%s/health?check=%s", base, check),
        .expect = NET_JSON,
        .max_bytes = ANSWER_MAX,
        .deadline_ms = DEADLINE_MS,
        .tries = 1,
        .redirects = -1,
        .cancel = call->cancel,
    };
    struct net *net = net_new(&(struct net_options){
        .version = CARREL_VERSION, .ca_file = config_text(call->app->config, "net.ca-file") });
    struct net_client *client = net_client_new(net, &net_no_ledger, NULL);
    int result = net_send(client, &request, answer, err);

    net_client_free(client);
    net_free(net);
    return result;
}

/* ---- telling ---- */

static void health_line(struct command_call *call, const char *base, json_t *health)
{
    const char *version = json_string_value(json_object_get(health, "version"));
    const char *started = json_string_value(json_object_get(health, "started"));

    str_printf(&call->out, "%s: %s, carrel %s, %" JSON_INTEGER_FORMAT " papers, since %s\n",
               json_is_true(json_object_get(health, "ready")) ? "ready" : "alive", base,
               version ? version : "?", json_integer_value(json_object_get(health, "papers")),
               started ? started : "?");
}

/* An answer that is not 200 may still be the service's own word, which says more than a number. */
static int health_tell(struct command_call *call, const char *base, json_t *health, int result,
                       struct error *err)
{
    json_t *ready = json_object_get(health, "ready");
    const char *problem = json_string_value(json_object_get(health, "problem"));

    if (!json_is_boolean(ready))
        return result == ERR_OK ? error_set(err, ERR_PARSE, "%s is no service of carrel", base)
                                : result;
    if (result != ERR_OK)
        return error_set(err, ERR_BUSY, "%s is alive but not ready: %s", base,
                         problem ? problem : "it is stopping");
    health_line(call, base, health);
    return ERR_OK;
}

int cmd_health(struct command_call *call, struct error *err)
{
    struct net_answer answer = { 0 };
    const char *base = NULL;
    json_t *health;
    int result;

    if (call->argc > 1)
        return error_set(err, ERR_USAGE, "health takes one address at most: carrel health [URL]");
    result = health_base(&base, call, err);
    if (result != ERR_OK)
        return result;
    result = health_ask(call, base, &answer, err);
    health = json_loadb(answer.body.ptr ? answer.body.ptr : "", answer.body.len, 0, NULL);
    result = health_tell(call, base, health, result, err);
    if (call_has(call, "--json") && json_is_boolean(json_object_get(health, "ready"))) {
        str_clear(&call->out);
        str_add_mem(&call->out, answer.body.ptr, answer.body.len);
    }
    json_decref(health);
    net_answer_free(&answer);
    return result;
}
