/*
 * Any bytes on a connection: the service must answer in HTTP, or hang up, and live on. The input is
 * what a client sends, in pieces at each 0xFF; "@T" becomes a token that may do everything, so that
 * what lies behind the check of tokens is reached, too.
 */
#include "http/internal.h"

#include "carrel/clock.h"
#include "carrel/library.h"
#include "carrel/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define ANSWER_MS 40   /* for an answer; half a request gets none */
#define QUIET_MS 5     /* after one */
#define HEALTH_MS 5000 /* for one that must come */
#define HEALTH_EVERY 50

static char folder[] = "/tmp/carrel-fuzz-XXXXXX";
static struct app app;
static struct http_server server;
static struct sockaddr_in address;
static struct str token = STR_INIT;

static void must(int result, const struct error *err)
{
    if (result != ERR_OK)
        die("%s", err->message);
}

static void service_end(void)
{
    char *command = mem_printf("rm -rf %s", folder);

    http_stop(&server);
    limiter_free(server.limiter);
    bus_free(server.bus);
    auth_free(server.keys);
    config_free(app.config);
    str_free(&token);
    if (system(command) != 0)
        fprintf(stderr, "%s is left\n", folder);
    free(command);
    free(app.library);
}

static void file_of(const char *path, const char *text)
{
    FILE *out = fopen(path, "w");

    if (!out || fputs(text, out) < 0 || fclose(out) != 0)
        die("%s cannot be written", path);
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

static void service_start(void)
{
    static const struct app_faces faces = { .token = http_token };
    const char *overlay[2];
    struct str where = STR_INIT;
    struct error err = { 0 };
    char *secret, *papers;

    if (!mkdtemp(folder))
        die("no folder");
    log_configure(LOG_ERROR, false, true);
    secret = mem_printf("%s/secret", folder);
    papers = mem_printf("%s/papers.jsonl", folder);
    file_of(secret, "a secret of thirty-two bytes or more");
    file_of(
        papers,
        "{\"id\":\"arxiv:2602.00001\",\"title\":\"Reading lamps\",\"authors\":[\"Ann Lee\"]}\n");
    app.library = mem_printf("%s/library", folder);
    app.faces = &faces;
    overlay[0] = mem_printf("serve.secret-file=%s", secret);
    overlay[1] = "serve.cors-origin=https://site.example";
    must(config_open(&app.config, "/nonexistent/carrel-config", false, overlay, 2, app_options,
                     app_options_len, &err),
         &err);
    command((char *[]){ "import", papers }, 2, NULL);
    command((char *[]){ "token", "--scope", "admin" }, 3, &token);
    str_cut(&token, token.len - 1);
    server = (struct http_server){ .app = &app, .open_reads = true };
    must(auth_open(&server.keys, &app, true, &err), &err);
    server.limiter = limiter_new(0);
    server.bus = bus_new();
    must(http_start(&server, "127.0.0.1:0", &err), &err);
    http_address(&server, &where);
    address = (struct sockaddr_in){ .sin_family = AF_INET,
                                    .sin_port = htons((uint16_t)atoi(strchr(where.ptr, ':') + 1)) };
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    str_free(&where);
    free(secret);
    free(papers);
    free((char *)(uintptr_t)overlay[0]);
    atexit(service_end);
}

/* False: the other side has hung up. */
static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static void send_input(int fd, const struct str *input)
{
    size_t at = 0, end;

    while (at < input->len) {
        const char *mark = memchr(input->ptr + at, 0xFF, input->len - at);

        end = mark ? (size_t)(mark - input->ptr) : input->len;
        if (!send_all(fd, input->ptr + at, end - at))
            return;
        at = end + 1;
    }
}

static void read_answer(int fd, int wait_ms, struct str *out)
{
    char part[8192];

    for (;;) {
        struct pollfd wait = { .fd = fd, .events = POLLIN };
        ssize_t got;

        if (poll(&wait, 1, out->len > 0 ? QUIET_MS : wait_ms) <= 0)
            return; /* it waits for more */
        got = recv(fd, part, sizeof part, 0);
        if (got <= 0)
            return;
        if (out->len < sizeof part)
            str_add_mem(out, part, (size_t)got);
    }
}

/* Every answer has a status that the documentation knows. */
static void check_answer(const struct str *answer)
{
    static const char known[] = " 101 200 202 204 206 304 400 401 403 404 405 409 410 411 413 414 "
                                "415 422 426 429 431 500 501 503 505 507 ";
    char status[6];

    if (answer->len == 0)
        return;
    if (answer->len < 13 || strncmp(answer->ptr, "HTTP/1.", 7) != 0)
        die("no HTTP: %.60s", answer->ptr);
    snprintf(status, sizeof status, " %.3s ", answer->ptr + 9);
    if (!strstr(known, status) || strcmp(status, " 500 ") == 0)
        die("the status is %s: %.300s", status, answer->ptr);
}

static void ask(const struct str *input, int wait_ms, struct str *answer)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        die("the service is gone: %s", strerror(errno));
    send_input(fd, input);
    read_answer(fd, wait_ms, answer);
    close(fd);
    check_answer(answer);
}

/* Whatever came before, the next one is served. */
static void check_health(void)
{
    struct str input = STR_INIT, answer = STR_INIT;

    str_add(&input, "GET /health HTTP/1.0\r\n\r\n");
    ask(&input, HEALTH_MS, &answer);
    if (!strstr(answer.ptr, " 200 OK"))
        die("the service is not well: %.200s", answer.ptr);
    str_free(&input);
    str_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static unsigned count;
    struct str input = STR_INIT, answer = STR_INIT;
    size_t i;

    if (!server.daemon)
        service_start();
    for (i = 0; i < len; i++)
        if (bytes[i] == '@' && i + 1 < len && bytes[i + 1] == 'T') {
            str_add(&input, token.ptr);
            i++;
        } else {
            str_add_char(&input, (char)bytes[i]);
        }
    ask(&input, ANSWER_MS, &answer);
    if (++count % HEALTH_EVERY == 0)
        check_health();
    str_free(&input);
    str_free(&answer);
    return 0;
}
