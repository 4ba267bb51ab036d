/*
 * Any bytes on a connection: the service must answer in HTTP, or hang up, and live on. The input is
 * what a client sends, in pieces at each 0xFF. Some marks become what no fuzzer would find, so that
 * what lies behind it is reached, too: "@T" a token that may do everything, "@U" a UUID that was
 * not there before, "@N" the time, "@L" the length of what follows the first headers, and "@S" a
 * signature of it by a secret that is known.
 */
#include "http_service.h"

#include "carrel/signature.h"

#include <netinet/tcp.h>
#include <poll.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define HALF_MS 30     /* for an answer, before the client says that nothing more comes */
#define ANSWER_MS 40   /* and then; half a request gets none */
#define QUIET_MS 2     /* after one */
#define HEALTH_MS 5000 /* for one that must come */
#define HEALTH_EVERY 50

/* ---- what is sent ---- */

static void add_time(struct str *out)
{
    char text[32];

    time_format(text, clock_real_ms());
    str_add(out, text);
}

static void add_uuid(struct str *out)
{
    static unsigned count;

    str_printf(out, "%08x-0000-4000-8000-000000000000", ++count);
}

/* Where the body begins: behind the first empty line. */
static size_t body_of(const struct str *input)
{
    const char *end = memmem(input->ptr, input->len, "\r\n\r\n", 4);

    return end ? (size_t)(end - input->ptr) + 4 : input->len;
}

static void add_signature(struct str *out, const struct str *input)
{
    struct str secret = STR_INIT;
    size_t body = body_of(input);

    str_add(&secret, SECRET);
    signature_write(out, &secret, clock_real_ms() / 1000, input->ptr + body, input->len - body);
    str_free(&secret);
}

static bool add_mark(struct str *out, char mark, const struct str *input)
{
    if (mark == 'T')
        str_add(out, token.ptr);
    else if (mark == 'U')
        add_uuid(out);
    else if (mark == 'N')
        add_time(out);
    else if (mark == 'L' && input)
        str_printf(out, "%zu", input->len - body_of(input));
    else if (mark == 'S' && input)
        add_signature(out, input);
    else
        return false;
    return true;
}

/* Marks of the body first: those of the headers tell of it. */
static void expand(struct str *out, const char *bytes, size_t len, const struct str *input)
{
    size_t i;

    for (i = 0; i < len; i++)
        if (bytes[i] == '@' && i + 1 < len && add_mark(out, bytes[i + 1], input))
            i++;
        else
            str_add_char(out, bytes[i]);
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

/* ---- what comes back ---- */

/* False: nothing has come, or nothing more will. */
static bool read_some(int fd, int wait_ms, struct str *out)
{
    struct pollfd wait = { .fd = fd, .events = POLLIN };
    char part[8192];
    ssize_t got;

    if (poll(&wait, 1, wait_ms) <= 0)
        return false;
    got = recv(fd, part, sizeof part, 0);
    if (got > 0 && out->len < sizeof part)
        str_add_mem(out, part, (size_t)got);
    return got > 0;
}

static void read_answer(int fd, int wait_ms, struct str *out)
{
    if (!read_some(fd, HALF_MS, out)) {
        if (wait_ms < HEALTH_MS)
            shutdown(fd, SHUT_WR);
        read_some(fd, wait_ms, out);
    }
    while (out->len > 0 && read_some(fd, QUIET_MS, out))
        ;
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
        die("the status is %s: %.900s", status, answer->ptr);
}

static void ask(const struct str *input, int wait_ms, struct str *answer)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0
        || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0)
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
    struct str half = STR_INIT, input = STR_INIT, answer = STR_INIT;
    size_t head;

    if (!server.daemon)
        service_start();
    expand(&half, (const char *)bytes, len, NULL);
    head = body_of(&half);
    expand(&input, half.ptr, head, &half);
    str_add_mem(&input, half.ptr + head, half.len - head);
    ask(&input, ANSWER_MS, &answer);
    if (++count % HEALTH_EVERY == 0)
        check_health();
    str_free(&half);
    str_free(&input);
    str_free(&answer);
    return 0;
}
