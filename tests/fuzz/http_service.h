/*
 * A whole service for a fuzz target: a library with a paper, tokens, a peer whose deliveries are
 * taken, a webhook that nobody answers, and the work beside the requests. Nothing of it leaves this
 * machine, whatever addresses the input has.
 */
#ifndef FUZZ_HTTP_SERVICE_H
#define FUZZ_HTTP_SERVICE_H

#include "http/ingest.h"
#include "http/usage.h"

#include "carrel/clock.h"
#include "carrel/library.h"
#include "carrel/log.h"
#include "carrel/process.h"
#include "carrel/vcs.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define NOBODY "http://127.0.0.1:9" /* where nobody listens */
#define SECRET "a secret of thirty-two bytes or more"
#define TICK_MS 100

int LLVMFuzzerInitialize(int *argc, char ***argv);

static char service_folder[] = "/tmp/carrel-fuzz-XXXXXX";
static struct app app;
static struct http_server server;
static struct background *background;
static struct str token = STR_INIT;
static struct sockaddr_in address;
static pthread_t ticking;
static atomic_bool ended;

/* ---- no way out: these come before those of libc ---- */

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    struct addrinfo numeric = hints ? *hints : (struct addrinfo){ 0 };

    numeric.ai_flags |= AI_NUMERICHOST;
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return real(name && strcmp(name, "localhost") == 0 ? "127.0.0.1" : name, service, &numeric,
                out);
}

int connect(int fd, const struct sockaddr *to, socklen_t len)
{
    int (*real)(int, const struct sockaddr *, socklen_t);
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)to;

    if (to->sa_family == AF_INET6
        || (to->sa_family == AF_INET && ntohl(v4->sin_addr.s_addr) >> 24 != 127)) {
        errno = ENETUNREACH;
        return -1;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "connect");
    return real(fd, to, len);
}

/* Children that read documents, or clone, are this program again. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    int status;

    if (process_child(*argc, *argv, &status) || vcs_child(*argc, *argv, &status))
        _exit(status);
    return 0;
}

/* ---- beginning and end ---- */

static void must(int result, const struct error *err)
{
    if (result != ERR_OK)
        die("%s", err->message);
}

static char *file_of(const char *name, const char *text)
{
    char *path = mem_printf("%s/%s", service_folder, name);
    FILE *out = fopen(path, "w");

    if (!out || fputs(text, out) < 0 || fclose(out) != 0)
        die("%s cannot be written", path);
    return path;
}

/* Runs a command as the program would. */
static void command(char *const *words, int count, struct str *out)
{
    struct command_call call = { .app = &app, .arena = arena_new() };
    char *argv[8];
    struct error err = { 0 };

    memcpy(argv, words, (size_t)count * sizeof *argv);
    str_init(&call.out);
    str_init(&call.say);
    must(app_run(&call, count, argv, &err), &err);
    if (out)
        str_add_mem(out, call.out.ptr, call.out.len);
    str_free(&call.out);
    str_free(&call.say);
    store_close(call.store);
    arena_free(call.arena);
}

static void configure(const char *secret)
{
    static const char *const wishes[] = {
        "serve.cors-origin=https://site.example",
        "serve.rate=0",
        "harvest.background=false",
        "harvest.backoff=1ms",
        "webhook.site.url=" NOBODY,
        "webhook.attempts=2",
        "webhook.backoff=10ms",
        "source.arxiv.oai-url=" NOBODY,
        "source.arxiv.api-url=" NOBODY,
        "source.arxiv.rss-url=" NOBODY,
        "source.huggingface.url=" NOBODY,
        "source.pwc.url=" NOBODY,
        "source.github.url=" NOBODY,
    };
    static const char *const secrets[] = { "serve.secret-file", "webhook.site.secret-file",
                                           "webhook-in.north.secret-file" };
    const char *overlay[ARRAY_LEN(wishes) + ARRAY_LEN(secrets)];
    struct config *config = NULL;
    struct error err = { 0 };
    size_t i, count = 0;

    for (i = 0; i < ARRAY_LEN(wishes); i++)
        overlay[count++] = wishes[i];
    for (i = 0; i < ARRAY_LEN(secrets); i++)
        overlay[count++] = mem_printf("%s=%s", secrets[i], secret);
    must(config_open(&config, "/nonexistent/carrel-config", false, overlay, count, app_options,
                     app_options_len, &err),
         &err);
    app.config = config;
    for (i = ARRAY_LEN(wishes); i < count; i++)
        free((char *)(uintptr_t)overlay[i]);
}

static void *tick(void *ctx)
{
    (void)ctx;
    while (!atomic_load(&ended)) {
        background_tick(background);
        patience_look(server.patience, clock_ticks_ms());
        clock_sleep_ms(TICK_MS);
    }
    return NULL;
}

/* In the order in which the command does it. */
static void service_end(void)
{
    char *remove = mem_printf("rm -rf %s", service_folder);

    atomic_store(&ended, true);
    pthread_join(ticking, NULL);
    atomic_store(&server.stopping, true);
    background_stop(background);
    http_stop(&server);
    if (!background_end(background, 10000))
        die("a job hangs");
    ingest_free(server.ingest);
    usage_cache_free(server.usage);
    limiter_free(server.limiter);
    bus_free(server.bus);
    auth_free(server.keys);
    hook_peers_free(server.peers);
    config_free(app.config);
    str_free(&token);
    if (system(remove) != 0)
        fprintf(stderr, "%s is left\n", service_folder);
    free(remove);
    free(app.library);
}

static void service_listen(void)
{
    struct str where = STR_INIT;
    struct error err = { 0 };

    server = (struct http_server){ .app = &app, .open_reads = true, .any_host = true };
    library_remember(&server);
    must(auth_open(&server.keys, &app, true, &err), &err);
    server.limiter = limiter_new(0);
    server.bus = bus_new();
    server.usage = usage_cache_new();
    must(hook_peers_open(&server.peers, &app, &err), &err);
    must(ingest_start(&server.ingest, &server, &err), &err);
    must(http_start(&server, "127.0.0.1:0", &err), &err);
    must(background_start(&background, &server, &err), &err);
    if (pthread_create(&ticking, NULL, tick, NULL) != 0)
        die("no thread");
    http_address(&server, &where);
    address = (struct sockaddr_in){ .sin_family = AF_INET,
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                    .sin_port = htons((uint16_t)atoi(strchr(where.ptr, ':') + 1)) };
    str_free(&where);
}

static void service_start(void)
{
    static const struct app_faces faces = { .token = http_token };
    char *secret, *papers;

    if (!mkdtemp(service_folder))
        die("no folder");
    log_configure(LOG_ERROR, false, true);
    signal(SIGPIPE, SIG_IGN);
    secret = file_of("secret", SECRET);
    papers = file_of(
        "papers.jsonl",
        "{\"id\":\"arxiv:2602.00001\",\"title\":\"Reading lamps\",\"authors\":[\"Ann Lee\"]}\n");
    app.library = mem_printf("%s/library", service_folder);
    app.faces = &faces;
    configure(secret);
    command((char *[]){ "import", papers }, 2, NULL);
    command((char *[]){ "token", "--scope", "admin" }, 3, &token);
    str_cut(&token, token.len - 1);
    service_listen();
    free(secret);
    free(papers);
    atexit(service_end);
}

#endif
