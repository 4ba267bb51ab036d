/*
 * The command `serve`: where to listen, with which secret, and until when.
 */
#include "ingest.h"
#include "usage.h"

#include "carrel/clock.h"
#include "carrel/log.h"
#include "carrel/notify.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define POLL_MS 100
#define LOOK_MS 500    /* for connections that are too slow */
#define LEAVE_MS 10000 /* for jobs to stop, before the process ends without them */

static atomic_bool terminated, changed; /* SIGTERM; SIGHUP: the configuration has changed */

static void on_term(int number)
{
    (void)number;
    atomic_store(&terminated, true);
}

static void on_hup(int number)
{
    (void)number;
    atomic_store(&changed, true);
}

/* Whoever can be reached from elsewhere, be it by a proxy on this machine, must be able to ask who
 * is asking. */
static int serve_keys(struct http_server *server, const char *listen, bool local, struct error *err)
{
    const struct config *config = server->app->config;
    const char *const *names;
    int result;

    local = local && !config_bool(config, "serve.behind-proxy");
    result = auth_open(&server->keys, server->app, !local, err);
    if (result != ERR_OK && !local && err && !server->keys)
        error_context(err, "listening at %s", listen);
    server->open_reads = local || config_bool(config, "serve.open-reads");
    server->any_host =
        config_bool(config, "serve.open-reads") && config_values(config, "serve.host", &names) == 0;
    return result;
}

/* A file that the configuration names and that cannot be read is as wrong there as one that is too
 * short: whoever starts the service again and again need not. */
static int as_configured(int result, struct error *err)
{
    if (result == ERR_OK)
        return ERR_OK;
    err->code = ERR_USAGE;
    return ERR_USAGE;
}

/* What browsers send: a scheme and a host, perhaps a port, and nothing behind them. */
static bool is_origin(const char *text)
{
    size_t scheme = str_starts(text, "https://") ? 8 : str_starts(text, "http://") ? 7 : 0;

    return strcmp(text, "*") == 0
           || (scheme > 0 && text[scheme] && !text[strcspn(text + scheme, "/?#@, ") + scheme]);
}

static int check_origins(const struct config *config, struct error *err)
{
    const char *const *origins;
    size_t count = config_values(config, "serve.cors-origin", &origins), i;

    for (i = 0; i < count; i++)
        if (!is_origin(origins[i]))
            return error_set(
                err, ERR_USAGE,
                "serve.cors-origin %.100s: an origin is like https://example.org, or * "
                "for all",
                origins[i]);
    return ERR_OK;
}

/* Made when there is none, and brought up to date, before anybody asks; it knows whom to tell. */
static int library_prepare(const struct app *app, struct error *err)
{
    struct store *store = NULL;
    int result = app_open_store(&store, app, true, err);

    if (result == ERR_OK)
        result = hooks_register(store, app, err);
    store_close(store);
    return result;
}

static void serve_until_told(struct command_call *call, struct http_server *server,
                             struct background *background)
{
    struct follower *follower = follower_new(server);
    int64_t look_at = 0;

    while (!atomic_load(&terminated) && !(call->cancel && atomic_load(call->cancel))) {
        int64_t now = clock_ticks_ms();

        if (now >= look_at) {
            patience_look(server->patience, now);
            look_at = now + LOOK_MS;
        }
        follower_look(follower, now, atomic_exchange(&changed, false));
        background_tick(background);
        clock_sleep_ms(POLL_MS);
    }
    follower_free(follower);
}

static void tell_address(struct command_call *call, const struct http_server *server)
{
    struct str address = STR_INIT;

    http_address(server, &address);
    str_printf(&call->say, "carrel serves http%s://%s (%s%s); documentation at /docs\n",
               server->tls ? "s" : "", address.ptr,
               server->keys ? "" : "read-only: no secret is configured",
               server->keys && server->open_reads ? "reads need no token"
               : server->keys                     ? "reading needs a token, too"
                                                  : "");
    log_talk(call->say.ptr);
    str_clear(&call->say);
    str_free(&address);
}

/* Requests under way are answered and what runs goes back to the queue. */
static void serve_end(struct http_server *server, struct background *background)
{
    bool ended;

    atomic_store(&server->stopping, true);
    notify_tell("STOPPING=1");
    background_stop(background);
    http_stop(server);
    ended = background_end(background, LEAVE_MS);
    log_talk("carrel has stopped serving\n");
    if (!ended)
        _exit(0); /* a job hangs; it is back in the queue, and ends with the process */
}

/* Each client that is connected is one file: as many as we may have. */
static void allow_files(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        log_write(LOG_INFO, "the number of open files stays as it is: %s", strerror(errno));
}

static void hear_signals(void)
{
    const struct sigaction term = { .sa_handler = on_term }, hup = { .sa_handler = on_hup },
                           ignore = { .sa_handler = SIG_IGN };

    atomic_store(&terminated, false);
    atomic_store(&changed, false);
    sigaction(SIGTERM, &term, NULL);
    sigaction(SIGHUP, &hup, NULL);
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* a file as large as it may be is a full disk */
}

static int serve(struct command_call *call, struct error *err)
{
    struct http_server server = { .app = call->app };
    struct background *background = NULL;
    bool local = false;
    const char *listen = call_serve_address(call, call_option(call, "--listen"));
    int64_t rate = config_int(call->app->config, "serve.rate");
    int result = http_check_address(listen, &local, err);

    if (result == ERR_OK)
        result = check_origins(call->app->config, err);
    if (result == ERR_OK)
        result = as_configured(serve_keys(&server, listen, local, err), err);
    hear_signals();
    allow_files();
    server.limiter = limiter_new((int)rate);
    server.bus = bus_new();
    server.usage = usage_cache_new();
    if (result == ERR_OK)
        result = library_prepare(call->app, err);
    library_remember(&server);
    if (result == ERR_OK)
        result = as_configured(hook_peers_open(&server.peers, call->app, err), err);
    if (result == ERR_OK)
        result = ingest_start(&server.ingest, &server, err);
    if (result == ERR_OK)
        result = http_start(&server, listen, err);
    if (result == ERR_OK) {
        result = background_start(&background, &server, err);
        if (result == ERR_OK) {
            tell_address(call, &server);
            notify_tell("READY=1");
            serve_until_told(call, &server, background);
        }
        serve_end(&server, background);
    }
    ingest_stop(server.ingest);
    ingest_free(server.ingest);
    usage_cache_free(server.usage);
    limiter_free(server.limiter);
    bus_free(server.bus);
    auth_free(server.keys);
    hook_peers_free(server.peers);
    return result;
}

static int describe(struct command_call *call, const char *form, struct error *err)
{
    if (strcmp(form, "openapi") == 0)
        openapi_write(&call->out);
    else if (strcmp(form, "postman") == 0)
        postman_write(&call->out);
    else
        return error_set(err, ERR_USAGE, "--describe %.40s: openapi or postman", form);
    return ERR_OK;
}

int http_serve(struct command_call *call, struct error *err)
{
    const char *form = call_option(call, "--describe");

    return form ? describe(call, form, err) : serve(call, err);
}
