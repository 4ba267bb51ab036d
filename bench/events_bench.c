/*
 * How many events a running service takes: so many connections, each of which sends the next batch
 * when the one before was acknowledged.
 *
 *     events_bench PORT TOKEN [SECONDS [CONNECTIONS [BATCH [PAPERS]]]]
 *
 * Papers are as unequal as those of a website: the n-th is seen 1/n times as often as the first;
 * each event has an id and a visitor of its own, one in ten a referrer. Prints a line: events a
 * second, and the percentiles of the answers' times.
 */
#include "shared/measure.h"

#include "carrel/clock.h"
#include "carrel/error.h"
#include "carrel/mem.h"
#include "carrel/str.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct load {
    int port;
    const char *token;
    int64_t until; /* ticks, ms */
    int batch, papers;
    atomic_long accepted, failed;
};
struct client {
    struct load *load;
    pthread_t thread;
    uint64_t random;
    struct str body, request;
    double *times; /* ms */
    size_t len, cap;
};

static uint64_t next_random(struct client *client)
{
    client->random ^= client->random << 13;
    client->random ^= client->random >> 7;
    client->random ^= client->random << 17;
    return client->random;
}

static int some_paper(struct client *client)
{
    double part = (double)(next_random(client) >> 11) / 9007199254740992.0;

    return (int)pow(client->load->papers, part);
}

static void body_write(struct client *client, const char *at)
{
    int i;

    str_clear(&client->body);
    for (i = 0; i < client->load->batch; i++) {
        uint64_t a = next_random(client), b = next_random(client);
        int paper = some_paper(client);

        str_printf(&client->body,
                   "%s{\"event_id\":\"%08x-%04x-4%03x-8%03x-%012llx\",\"at\":\"%s\","
                   "\"paper\":\"arxiv:2602.%05d\",\"path\":\"/papers/2602.%05d\","
                   "\"visitor\":\"%llx\"%s}",
                   i ? "," : "[", (unsigned)a, (unsigned)(a >> 32) & 0xffff,
                   (unsigned)(a >> 48) & 0xfff, (unsigned)(b >> 48) & 0xfff,
                   (unsigned long long)(b & 0xffffffffffff), at, paper, paper,
                   (unsigned long long)(a ^ b),
                   i % 10 ? "" : ",\"referrer\":\"https://news.example/today\"");
    }
    str_add_char(&client->body, ']');
    str_clear(&client->request);
    str_printf(&client->request,
               "POST /events/pageview HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n"
               "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
               client->load->token, client->body.len);
    str_add_mem(&client->request, client->body.ptr, client->body.len);
}

/* Reads one answer; how many it says were accepted, -1 for anything but a 202. */
static long answer_read(int fd)
{
    char answer[4096];
    size_t len = 0;
    const char *body, *accepted;

    do {
        ssize_t got = recv(fd, answer + len, sizeof answer - 1 - len, 0);

        if (got <= 0)
            return -1;
        len += (size_t)got;
        answer[len] = '\0';
        body = strstr(answer, "\r\n\r\n");
    } while (!body || !strchr(body, '\n') || answer[len - 1] != '\n');
    accepted = strstr(body, "\"accepted\":");
    return strncmp(answer, "HTTP/1.1 202", 12) == 0 && accepted ? strtol(accepted + 11, NULL, 10)
                                                                : -1;
}

static bool send_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL);

        if (sent <= 0)
            return false;
        bytes += sent;
        len -= (size_t)sent;
    }
    return true;
}

static void *client_run(void *ctx)
{
    struct client *client = ctx;
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_port = htons((uint16_t)client->load->port),
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        die("nobody listens at port %d", client->load->port);
    while (clock_ticks_ms() < client->load->until) {
        int64_t began;
        long accepted;
        char at[32];

        time_format(at, clock_real_ms());
        body_write(client, at);
        began = clock_ticks_us();
        accepted = send_all(fd, client->request.ptr, client->request.len) ? answer_read(fd) : -1;
        VEC_PUSH(client->times, client->len, client->cap,
                 (double)(clock_ticks_us() - began) / 1000.0);
        if (accepted < 0) {
            atomic_fetch_add(&client->load->failed, 1);
            break;
        }
        atomic_fetch_add(&client->load->accepted, accepted);
    }
    close(fd);
    return NULL;
}

static int number(int argc, char **argv, int at, int otherwise)
{
    return argc > at ? atoi(argv[at]) : otherwise;
}

int main(int argc, char **argv)
{
    struct load load = { .port = number(argc, argv, 1, 0),
                         .token = argc > 2 ? argv[2] : "",
                         .batch = number(argc, argv, 5, 100),
                         .papers = number(argc, argv, 6, 10000) };
    int seconds = number(argc, argv, 3, 10), count = number(argc, argv, 4, 16), i;
    struct client *clients = mem_zalloc((size_t)count * sizeof *clients);
    int64_t began = clock_ticks_ms();
    double *times = NULL, took;
    size_t len = 0, cap = 0, k;

    if (load.port == 0)
        die("events_bench PORT TOKEN [SECONDS [CONNECTIONS [BATCH [PAPERS]]]]");
    load.until = began + seconds * 1000;
    for (i = 0; i < count; i++) {
        clients[i] = (struct client){ .load = &load,
                                      .random = (uint64_t)clock_ticks_us() * 2654435761u
                                                + (uint64_t)i * 0x9E3779B97F4A7C15u + 1,
                                      .body = STR_INIT,
                                      .request = STR_INIT };
        pthread_create(&clients[i].thread, NULL, client_run, &clients[i]);
    }
    for (i = 0; i < count; i++) {
        pthread_join(clients[i].thread, NULL);
        for (k = 0; k < clients[i].len; k++)
            VEC_PUSH(times, len, cap, clients[i].times[k]);
        free(clients[i].times);
        str_free(&clients[i].body);
        str_free(&clients[i].request);
    }
    took = (double)(clock_ticks_ms() - began) / 1000.0;
    if (len > 0)
        qsort(times, len, sizeof *times, bench_by_size);
    if (len > 0)
        printf("%d connections, batches of %d: %.0f events/s, %zu requests, p50 %.1f ms, p99 %.1f "
               "ms, %ld failed\n",
               count, load.batch, (double)load.accepted / took, len, times[len / 2],
               times[len * 99 / 100], (long)load.failed);
    free(times);
    free(clients);
    return load.failed > 0;
}
